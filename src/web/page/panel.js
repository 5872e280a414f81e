// What the tools beside the chat share: loading and failing, choosing a banner, tables.

import { h, icon } from './dom.js';
import { named, t } from './i18n.js';
import { rarity, state } from './state.js';

// Shows that it loads, then what `make` gives, or why it failed and a way to try again. The last call wins.
export async function fill(box, make) {
	const mine = {};
	box.current = mine;
	box.setAttribute('aria-busy', 'true');
	if (!box.hasChildNodes()) box.append(h('p', { class: 'muted' }, t('loading')));
	let made;
	try {
		made = await make();
	} catch (error) {
		made = failure(error, () => fill(box, make));
	}
	if (box.current !== mine) return;
	box.replaceChildren(...[made].flat(Infinity).filter(Boolean));
	box.setAttribute('aria-busy', 'false');
}

export function failure(error, again) {
	return h(
		'div',
		{ class: 'failure', role: 'alert' },
		icon('alert'),
		h('div', {}, h('p', {}, error.message)),
		again && h('button', { type: 'button', class: 'button secondary', onclick: again }, t('retry')),
	);
}

export const banners = () => state.info?.catalog.banners ?? [];

export function bannerSelect(chosen, change) {
	const element = h(
		'select',
		{ onchange: () => change(element.value) },
		banners().map((one) =>
			h(
				'option',
				{ value: one.id, selected: one.id === chosen },
				`${named(one.name)}${one.open ? '' : ` (${t('closed')})`}`,
			),
		),
	);
	return h('label', { class: 'control' }, h('span', {}, t('banner')), element);
}

export const dot = (id) => h('span', { class: 'rarity', '--c': rarity(id)?.color ?? '#888' }, id);

// rows: lists of cells, of which the first `words` are words and the others figures.
export function table(caption, head, rows, words = 1) {
	return h(
		'div',
		{ class: 'table', tabindex: '0', role: 'region', 'aria-label': caption },
		h(
			'table',
			{},
			h(
				'thead',
				{},
				h(
					'tr',
					{},
					head.map((one, i) => h('th', { scope: 'col', class: i >= words && 'number' }, one)),
				),
			),
			h(
				'tbody',
				{},
				rows.map((cells) =>
					h(
						'tr',
						{},
						cells.map((cell, i) =>
							i === 0
								? h('th', { scope: 'row' }, cell)
								: h('td', { class: i >= words && 'number' }, cell),
						),
					),
				),
			),
		),
	);
}

// Words over figures.
export const figures = (list) =>
	h(
		'dl',
		{ class: 'figures' },
		list.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
	);
