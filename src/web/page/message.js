// One message as Discord draws it: text, embeds, files, components. What is pressed or chosen goes to `act`.

import { h, icon, id } from './dom.js';
import { locale, number, t } from './i18n.js';
import { emoji, inline, markdown } from './markdown.js';

const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link', 6: 'premium' };

export function avatar(one) {
	return h(
		'span',
		{ class: 'avatar', '--c': one.color, 'aria-hidden': 'true' },
		[...one.name.trim()][0]?.toUpperCase() ?? '?',
	);
}

export function clock(ms) {
	return h(
		'time',
		{ class: 'clock', datetime: new Date(ms).toISOString() },
		new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(ms),
	);
}

// ---- embeds and files

// The address of a picture: a file of the message, or https.
function address(url, files) {
	if (url?.startsWith('attachment://')) return files.find((file) => file.name === url.slice(13))?.url;
	return /^https:\/\//.test(url ?? '') ? url : undefined;
}

function picture(media, files, kind) {
	const url = address(media?.url, files);
	const file = files.find((one) => one.url === url);
	const name = file?.description || t('picture', { name: file?.name ?? '' });
	return url && h('img', { class: kind, src: url, alt: kind === 'thumbnail' ? '' : name, loading: 'lazy' });
}

// Up to three short fields share a line, as at Discord.
function fields(list) {
	const rows = [];
	for (const field of list) {
		const open = rows.at(-1);
		if (field.inline && open?.[0].inline && open.length < 3) open.push(field);
		else rows.push([field]);
	}
	return rows.map((row) =>
		h(
			'div',
			{ class: `fields of${row.length}` },
			row.map((field) =>
				h(
					'div',
					{ class: 'embed-field' },
					h('div', { class: 'name' }, inline(field.name)),
					h('div', { class: 'text' }, markdown(field.value)),
				),
			),
		),
	);
}

function title(embed) {
	const text = inline(embed.title);
	return h(
		'div',
		{ class: 'title' },
		/^https?:\/\//.test(embed.url ?? '')
			? h('a', { href: embed.url, target: '_blank', rel: 'noopener noreferrer' }, text)
			: text,
	);
}

function embedded(embed, files) {
	const foot = [embed.footer?.text, embed.timestamp && new Date(embed.timestamp).toLocaleString(locale())].filter(
		Boolean,
	);
	const color = typeof embed.color === 'number' ? `#${embed.color.toString(16).padStart(6, '0')}` : undefined;
	return h(
		'div',
		{ class: 'embed', '--bar': color },
		h(
			'div',
			{ class: 'embed-body' },
			embed.author?.name && h('div', { class: 'author' }, embed.author.name),
			embed.title && title(embed),
			embed.description && h('div', { class: 'text' }, markdown(embed.description)),
			fields(embed.fields ?? []),
		),
		picture(embed.thumbnail, files, 'thumbnail'),
		picture(embed.image, files, 'image'),
		foot.length > 0 && h('div', { class: 'footer' }, foot.join(' • ')),
	);
}

function attachment(file) {
	if (file.type.startsWith('image/'))
		return (
			picture(file, [file], 'image') ??
			h('img', { class: 'image', src: file.url, alt: file.description || t('picture', { name: file.name }) })
		);
	return h(
		'a',
		{ class: 'file', href: file.url, download: file.name },
		icon('file'),
		h('span', {}, file.name),
		h('small', {}, `${number(file.size / 1000, 1)} kB`),
	);
}

// ---- components

function button(one, act) {
	const inside = [one.emoji && emoji(one.emoji), one.label && h('span', {}, one.label)];
	const props = { class: `button ${STYLES[one.style] ?? 'secondary'}` };
	if (!one.label && one.emoji) props['aria-label'] = one.emoji.name;
	if (one.style === 5)
		return /^https?:\/\//.test(one.url ?? '')
			? h(
					'a',
					{ ...props, href: one.url, target: '_blank', rel: 'noopener noreferrer' },
					inside,
					icon('link'),
				)
			: h('span', props, inside);
	return h(
		'button',
		{
			...props,
			type: 'button',
			disabled: one.disabled,
			'data-id': one.custom_id,
			onclick: (event) => act({ component_type: 2, custom_id: one.custom_id }, event.currentTarget),
		},
		inside,
	);
}

// A list that opens below its button. Several values are sent when it closes, one at once.
function select(one, act, players) {
	const many = (one.max_values ?? 1) > 1;
	const options = one.options ?? players().map((other) => ({ label: other.name, value: other.id }));
	const chosen = new Set(options.filter((option) => option.default).map((option) => option.value));
	const before = [...chosen].join();
	const label = id('select');
	let at = 0;
	const face = h('span', { id: label });
	const opener = h(
		'button',
		{
			type: 'button',
			class: 'select-face',
			'aria-haspopup': 'listbox',
			'aria-expanded': 'false',
			disabled: one.disabled,
			'data-id': one.custom_id,
		},
		face,
		icon('down'),
	);
	const rows = options.map((option, i) =>
		h(
			'li',
			{ role: 'option', id: id('option'), onclick: () => pick(i) },
			option.emoji && emoji(option.emoji),
			h('span', {}, option.label, option.description && h('small', {}, option.description)),
			icon('check'),
		),
	);
	const list = h(
		'ul',
		{
			class: 'select-list',
			role: 'listbox',
			tabindex: '-1',
			hidden: true,
			'aria-labelledby': label,
			'aria-multiselectable': many && 'true',
		},
		rows,
	);
	const show = () => {
		const names = options.filter((option) => chosen.has(option.value)).map((option) => option.label);
		face.textContent = names.join(', ') || one.placeholder || t('choose');
		rows.forEach((row, i) => {
			row.setAttribute('aria-selected', String(chosen.has(options[i].value)));
			row.classList.toggle('active', i === at);
		});
		list.setAttribute('aria-activedescendant', rows[at]?.id ?? '');
		rows[at]?.scrollIntoView?.({ block: 'nearest' });
	};
	const open = () => {
		list.hidden = false;
		opener.setAttribute('aria-expanded', 'true');
		show();
		list.focus();
	};
	const shut = (send) => {
		if (list.hidden) return;
		list.hidden = true;
		opener.setAttribute('aria-expanded', 'false');
		show();
		const values = options.map((option) => option.value).filter((value) => chosen.has(value));
		if (send && values.length >= (one.min_values ?? 1) && (!many || values.join() !== before))
			act({ component_type: one.type, custom_id: one.custom_id, values }, opener);
	};
	const pick = (i) => {
		at = i;
		const { value } = options[i];
		if (!many) {
			chosen.clear();
			chosen.add(value);
			shut(true);
			opener.focus();
			return;
		}
		if (!chosen.delete(value) && chosen.size < one.max_values) chosen.add(value);
		show();
	};
	opener.addEventListener('click', open);
	list.addEventListener('keydown', (event) => {
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
		if (to !== undefined) {
			at = Math.max(0, Math.min(rows.length - 1, to));
			show();
		} else if (event.key === 'Enter' || event.key === ' ') {
			pick(at);
		} else if (event.key === 'Escape') {
			shut(many);
			opener.focus();
		} else {
			return;
		}
		event.preventDefault();
		event.stopPropagation();
	});
	list.addEventListener('focusout', () => shut(many));
	show();
	return h('div', { class: 'select' }, opener, list);
}

function component(one, act, players) {
	switch (one.type) {
		case 1:
			return h(
				'div',
				{ class: 'row' },
				one.components.map((inner) => component(inner, act, players)),
			);
		case 2:
			return button(one, act);
		case 3:
		case 5:
			return select(one, act, players);
		default:
			return h('pre', { tabindex: '0' }, JSON.stringify(one, null, 1));
	}
}

// The inside of a message. files: {name, url, type, size, description}.
export function body(data, files, act, players) {
	const shown = (data.embeds ?? []).flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]);
	const loose = files.filter((file) => !shown.includes(`attachment://${file.name}`));
	return [
		data.content && h('div', { class: 'text' }, markdown(data.content)),
		loose.map(attachment),
		(data.embeds ?? []).map((embed) => embedded(embed, files)),
		(data.components ?? []).map((one) => component(one, act, players)),
	];
}
