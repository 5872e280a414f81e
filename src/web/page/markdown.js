// Discord's Markdown, the part that messages use, into elements. Everything becomes a text node unless a rule here
// makes an element of it, and links are http or https only.

import { h } from './dom.js';
import { lang, t } from './i18n.js';
import { CHANNELS, player, state } from './state.js';

const STYLES = {
	t: { timeStyle: 'short' },
	T: { timeStyle: 'medium' },
	d: { dateStyle: 'short' },
	D: { dateStyle: 'long' },
	f: { dateStyle: 'long', timeStyle: 'short' },
	F: { dateStyle: 'full', timeStyle: 'short' },
};
const UNITS = [
	['year', 31557600],
	['month', 2629800],
	['day', 86400],
	['hour', 3600],
	['minute', 60],
	['second', 1],
];

function relative(date) {
	const seconds = Math.round((date - Date.now()) / 1000);
	const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? UNITS.at(-1);
	return new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}

function time(seconds, style = 'f') {
	const date = new Date(seconds * 1000);
	if (Number.isNaN(date.getTime())) return `<t:${seconds}>`;
	const full = new Intl.DateTimeFormat(lang, STYLES.F).format(date);
	const text = style === 'R' ? relative(date) : new Intl.DateTimeFormat(lang, STYLES[style]).format(date);
	return h(
		'time',
		{ class: 'time', datetime: date.toISOString(), title: full, 'data-back': style === 'R' },
		text,
	);
}

// Keeps "3 minutes ago" true.
setInterval(() => {
	for (const element of document.querySelectorAll('time[data-back]'))
		element.textContent = relative(new Date(element.dateTime));
}, 10_000);

function link(url, text) {
	return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text);
}

function mention(kind, id) {
	const names = {
		'@': () => state.players.find((one) => one.id === id)?.name,
		'@!': () => player(id)?.name,
		'#': () => CHANNELS.find(([one]) => one === id)?.[1],
	};
	return h('span', { class: 'mention' }, `${kind === '#' ? '#' : '@'}${names[kind]?.() ?? id}`);
}

function spoiler(children) {
	const open = () => {
		box.classList.add('shown');
		for (const name of ['role', 'aria-label', 'aria-expanded']) box.removeAttribute(name);
		box.tabIndex = -1;
	};
	const box = h(
		'span',
		{
			class: 'spoiler',
			role: 'button',
			tabindex: '0',
			'aria-expanded': 'false',
			'aria-label': t('spoiler'),
			onclick: open,
			onkeydown: (event) => (event.key === 'Enter' || event.key === ' ') && open(),
		},
		h('span', {}, children),
	);
	return box;
}

export function customEmoji(name, id, animated) {
	return h('img', {
		class: 'emoji',
		alt: `:${name}:`,
		title: `:${name}:`,
		src: `https://cdn.discordapp.com/emojis/${id}.${animated ? 'gif' : 'webp'}?size=48`,
	});
}

const nest = (tag, props) => (found) => h(tag, props, inline(found[1]));

// In the order in which they are tried at one place.
const RULES = [
	[/\\([^\w\s])/y, (found) => found[1]],
	[/(`+)([^]*?[^`])\1(?!`)/y, (found) => h('code', {}, found[2].trim() || found[2])],
	[/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, (found) => time(Number(found[1]), found[2])],
	[/<(@!?|@&|#)(\d{1,20})>/y, (found) => mention(found[1], found[2])],
	[/<\/([^:>]{1,100}):\d{1,20}>/y, (found) => h('span', { class: 'mention' }, `/${found[1]}`)],
	[/<(a?):(\w{2,32}):(\d{1,20})>/y, (found) => customEmoji(found[2], found[3], found[1])],
	[/<(https?:\/\/[^\s<>]+)>/y, (found) => link(found[1], found[1])],
	[
		/\[((?:\\.|[^\]\\]){1,1000})\]\((<?)(https?:\/\/[^\s()<>]+)>?(?: "[^"]*")?\)/y,
		(found) => link(found[3], inline(found[1])),
	],
	[/https?:\/\/[^\s<>]+[^\s<>.,:;"')\]]/y, (found) => link(found[0], found[0])],
	[/\*\*\*((?:\\.|[^\\])+?)\*\*\*/y, (found) => h('strong', {}, h('em', {}, inline(found[1])))],
	[/\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/y, nest('strong')],
	[/__((?:\\.|[^\\])+?)__(?!_)/y, nest('u')],
	[/~~((?:\\.|[^\\])+?)~~/y, nest('s')],
	[/\|\|((?:\\.|[^\\])+?)\|\|/y, (found) => spoiler(inline(found[1]))],
	[/\*(?!\s)((?:\\.|\*\*|[^\\*])+?)(?<!\s)\*(?!\*)/y, nest('em')],
	[/\b_((?:\\.|__|[^\\_])+?)_\b/y, nest('em')],
	[/\n/y, () => h('br')],
	[/[^\\`<[*_~|\nh]+|[^]/y, (found) => found[0]],
];

export function inline(text) {
	const out = [];
	for (let at = 0; at < text.length;) {
		for (const [pattern, make] of RULES) {
			pattern.lastIndex = at;
			const found = pattern.exec(text);
			if (!found) continue;
			at += found[0].length; // before make, which may use the pattern for what is inside
			out.push(make(found));
			break;
		}
	}
	return out;
}

const MARK = /^(\s*)(?:[-*]|(\d{1,9})\.)\s+(.+)$/;

function list(lines) {
	const first = MARK.exec(lines[0]);
	return h(
		first[2] ? 'ol' : 'ul',
		{ start: first[2] },
		lines.map((line) => {
			const found = MARK.exec(line);
			return h('li', { class: found[1].length > 1 && 'deeper' }, inline(found[3]));
		}),
	);
}

// Lines that begin alike belong together: {kind, lines}.
function kindOf(line) {
	if (/^>>> /.test(line)) return 'rest';
	if (/^> ?/.test(line)) return 'quote';
	if (/^#{1,3} +\S/.test(line)) return 'head';
	if (/^-# +\S/.test(line)) return 'small';
	return MARK.test(line) ? 'list' : 'text';
}

function block(kind, lines) {
	switch (kind) {
		case 'rest':
		case 'quote':
			return h('blockquote', {}, blocks(lines.map((line) => line.replace(/^>(>>)? ?/, '')).join('\n')));
		case 'head':
			return lines.map((line) => {
				const [, marks, text] = /^(#+) +(.*)$/.exec(line);
				return h('div', { class: `head head${marks.length}` }, inline(text));
			});
		case 'small':
			return lines.map((line) => h('div', { class: 'small' }, inline(line.replace(/^-# +/, ''))));
		case 'list':
			return list(lines);
		default:
			return h('div', {}, inline(lines.join('\n')));
	}
}

function blocks(text) {
	const groups = [];
	for (const line of text.split('\n')) {
		const open = groups.at(-1);
		const kind = open?.kind === 'rest' ? 'rest' : kindOf(line);
		if (open?.kind === kind) open.lines.push(line);
		else groups.push({ kind, lines: [line] });
	}
	return groups.map(({ kind, lines }) => block(kind, lines));
}

// A message's text, as a list of nodes.
export function markdown(text) {
	return text.split(/(```(?:[a-z0-9_+-]*\n)?[^]*?```)/i).map((part, i) => {
		if (i % 2 === 0) return part.trim() === '' ? [] : blocks(part.replace(/^\n|\n$/g, ''));
		const body = part
			.slice(3, -3)
			.replace(/^[a-z0-9_+-]*\n/i, '')
			.replace(/\n$/, '');
		return h('pre', { tabindex: '0' }, h('code', {}, body));
	});
}

export const emoji = (one) =>
	one.id ? customEmoji(one.name, one.id, one.animated) : h('span', { class: 'emoji' }, one.name);
