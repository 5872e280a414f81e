// The conversation: sends interactions, keeps the messages that came back, and shows them to whom Discord would.

import { interact } from './api.js';
import { $, dialog, h, icon } from './dom.js';
import { locale, t, tn } from './i18n.js';
import { ask as askModal } from './modal.js';
import { avatar, body, clock } from './message.js';
import { APPLICATION, emit, interaction, on, player, snowflake, state, user } from './state.js';

const EPHEMERAL = 64;
const BOT = { name: 'homuhomu', color: '#a8471c' };
const QUICK = [
	['quick_pull', 'gacha pull', { count: 10 }, 'primary'],
	['quick_banners', 'gacha banners', {}],
	['quick_daily', 'daily', {}],
	['quick_fairness', 'fairness', {}],
];

const entries = [];
const log = () => $('log');

// ---- what is seen

const placeOf = () => (state.place === 'server' ? 'server' : state.current);

function visible(entry) {
	return entry.place === placeOf() && (!entry.ephemeral || entry.by === state.current);
}

function header(entry) {
	const by = player(entry.by);
	const command = h('span', { class: 'command' }, entry.command);
	return h(
		'div',
		{ class: 'reply' },
		icon('reply'),
		avatar(by),
		h(
			'span',
			{},
			entry.command ? tn('used', { name: h('b', {}, by.name), command }) : t('answered', { name: by.name }),
		),
	);
}

function failure(entry) {
	const { error, again } = entry.failed;
	return h(
		'div',
		{ class: 'failure', role: 'alert' },
		icon('alert'),
		h('div', {}, h('b', {}, t('failed')), h('p', {}, error)),
		again &&
			h(
				'button',
				{
					type: 'button',
					class: 'button secondary',
					onclick: () => {
						drop(entry);
						again();
					},
				},
				t('retry'),
			),
	);
}

function content(entry) {
	if (entry.failed) return failure(entry);
	if (entry.waiting)
		return h(
			'div',
			{ class: 'thinking' },
			h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
			t('thinking'),
		);
	if (entry.odd)
		return h(
			'div',
			{},
			h('p', {}, t('unknown', { type: entry.odd.type })),
			h('pre', { tabindex: '0' }, JSON.stringify(entry.odd, null, 1)),
		);
	return body(
		entry.data,
		entry.files,
		(data, element) => press(entry, data, element),
		() => state.players,
	);
}

function render(entry) {
	entry.element.replaceChildren(
		header(entry),
		h(
			'div',
			{ class: 'message-main' },
			h(
				'span',
				{ class: 'avatar bot', 'aria-hidden': 'true' },
				h('img', { src: '/assets/flame.svg', alt: '' }),
			),
			h(
				'div',
				{ class: 'message-body' },
				h(
					'div',
					{ class: 'who' },
					h('b', {}, BOT.name),
					h('span', { class: 'badge' }, t('bot')),
					clock(entry.at),
				),
				content(entry),
				entry.note && h('p', { class: 'note-failed', role: 'alert' }, icon('alert'), entry.note),
				entry.ephemeral &&
					!entry.waiting &&
					h(
						'div',
						{ class: 'only' },
						icon('eye'),
						t('only_you'),
						' • ',
						h('button', { type: 'button', class: 'plain', onclick: () => drop(entry) }, t('dismiss')),
					),
			),
		),
	);
	entry.element.classList.toggle('ephemeral', Boolean(entry.ephemeral));
	entry.element.setAttribute('aria-busy', String(Boolean(entry.waiting)));
}

function add(entry) {
	Object.assign(entry, {
		id: snowflake(),
		at: Date.now(),
		place: placeOf(),
		files: [],
		data: {},
		element: h('article', { class: 'message' }),
	});
	entries.push(entry);
	render(entry);
	log().append(entry.element);
	show();
	return entry;
}

function drop(entry) {
	entry.files.forEach((file) => URL.revokeObjectURL(file.url));
	entry.element.remove();
	entries.splice(entries.indexOf(entry), 1);
	show();
	$('composer-focus')?.focus();
}

function welcome() {
	const known = (path) =>
		path
			.split(' ')
			.reduce(
				(list, word) =>
					list?.find((one) => one.name === word)?.options ??
					(list?.some((one) => one.name === word) ? [] : undefined),
				state.commands,
			);
	const key = (name) => h('kbd', {}, name);
	return [
		h('img', { src: '/assets/flame.svg', alt: '', width: '56', height: '56' }),
		h('h2', {}, t('welcome', { name: player().name })),
		h('p', {}, t('welcome_text')),
		h(
			'div',
			{ class: 'row' },
			QUICK.filter(([, path]) => known(path)).map(([word, path, values, style = 'secondary']) =>
				h(
					'button',
					{ type: 'button', class: `button ${style}`, onclick: () => emit('run', { path, values }) },
					t(word),
				),
			),
		),
		h(
			'p',
			{ class: 'keys' },
			tn('keys', { slash: key('/'), tab: key('Tab'), enter: key('Enter'), esc: key('Esc') }),
		),
	];
}

function show() {
	for (const entry of entries) entry.element.hidden = !visible(entry);
	const empty = !entries.some(visible);
	$('welcome').hidden = !empty;
	if (empty) $('welcome').replaceChildren(...welcome());
}

// Unless the person has scrolled up to read. Pictures that load later move the end once more.
function toEnd(force) {
	const box = log();
	const near = box.scrollHeight - box.scrollTop - box.clientHeight < 240;
	if (force || near) box.scrollTop = box.scrollHeight;
}

// ---- answers

function keepFiles(entry, answer) {
	const listed = answer.data?.attachments;
	const fresh = answer.files.map((file, i) => ({
		name: file.name,
		url: URL.createObjectURL(file),
		type: file.type,
		size: file.size,
		description: listed?.find((one) => Number(one.id) === i)?.description,
	}));
	const kept = !listed
		? entry.files
		: entry.files.filter(
				(file) =>
					listed.some((one) => one.filename === file.name) &&
					!fresh.some((one) => one.name === file.name),
			);
	entry.files.filter((file) => !kept.includes(file)).forEach((file) => URL.revokeObjectURL(file.url));
	entry.files = [...kept, ...fresh];
}

function fill(entry, answer) {
	const data = answer.data ?? {};
	keepFiles(entry, answer);
	entry.data = answer.type === 7 ? { ...entry.data, ...data } : data;
	if (answer.type === 4) entry.ephemeral = Boolean(data.flags & EPHEMERAL);
	entry.waiting = false;
	entry.failed = entry.note = undefined;
	render(entry);
	for (const image of entry.element.querySelectorAll('img.image'))
		image.addEventListener('load', () => toEnd(false), { once: true });
}

// What an answer does. entry: the message that waits for it or that was pressed; source: that message was there before.
function take(entry, answer, source, by) {
	switch (answer.type) {
		case 4:
			fill(source ? add({ by, waiting: true }) : entry, answer);
			break;
		case 5:
			if (source) entry = add({ by });
			Object.assign(entry, { waiting: false, failed: { error: t('deferred') }, ephemeral: true });
			render(entry);
			break;
		case 6:
			if (!source) drop(entry);
			break;
		case 7:
			fill(entry, answer);
			break;
		case 9:
			modal(entry, answer.data, source);
			break;
		default:
			Object.assign(entry, source ? {} : { waiting: false });
			entry = source ? add({ by }) : entry;
			entry.odd = { type: answer.type, data: answer.data };
			render(entry);
	}
	toEnd(!source);
}

const asMessage = (entry) => ({
	id: entry.id,
	type: 20,
	channel_id: '0',
	content: '',
	embeds: [],
	components: [],
	attachments: [],
	mentions: [],
	timestamp: new Date(entry.at).toISOString(),
	edited_timestamp: null,
	pinned: false,
	tts: false,
	mention_everyone: false,
	mention_roles: [],
	...entry.data,
	flags: entry.ephemeral ? EPHEMERAL : 0,
	author: { id: APPLICATION, username: BOT.name, discriminator: '0', avatar: null, bot: true },
});

// A slash command: data as Discord has it, words for the line above the answer.
export async function run(data, command) {
	const by = player();
	const place = state.place;
	const entry = add({ by: by.id, command, waiting: true, ephemeral: true });
	toEnd(true);
	try {
		take(entry, await interact(interaction(2, data, { by, place, locale: locale() })), false, by.id);
	} catch (error) {
		Object.assign(entry, { waiting: false, failed: { error: error.message, again: () => run(data, command) } });
		render(entry);
		toEnd(true);
	}
	emit('played', by.id);
}

async function press(entry, data, element) {
	const by = player();
	const pressable = () => [...entry.element.querySelectorAll('[data-id]')];
	const at = pressable().indexOf(element);
	element.classList.add('busy');
	element.setAttribute('aria-busy', 'true');
	entry.note = undefined;
	const resolved =
		data.component_type === 5
			? { resolved: { users: Object.fromEntries(data.values.map((one) => [one, user(player(one))])) } }
			: {};
	try {
		take(
			entry,
			await interact(
				interaction(
					3,
					{ ...data, ...resolved },
					{
						by,
						place: entry.place === 'server' ? 'server' : 'dm',
						locale: locale(),
						more: { message: asMessage(entry) },
					},
				),
			),
			true,
			by.id,
		);
	} catch (error) {
		entry.note = `${t('failed_press')}: ${error.message}`;
		render(entry);
	}
	element.classList.remove('busy');
	element.removeAttribute('aria-busy');
	// The message was drawn anew under the focus: it goes to what stands in the same place.
	if (!element.isConnected && document.activeElement === document.body)
		(pressable()[at] ?? $('composer-focus')).focus();
	emit('played', by.id);
}

function modal(entry, data, source) {
	const by = player();
	if (!source) entry.element.hidden = true;
	askModal(
		data,
		async (components) => {
			const message = source ? { message: asMessage(entry) } : {};
			const answer = await interact(
				interaction(
					5,
					{ custom_id: data.custom_id, components },
					{ by, place: entry.place === 'server' ? 'server' : 'dm', locale: locale(), more: message },
				),
			);
			entry.element.hidden = false;
			take(entry, answer, source, by.id);
			emit('played', by.id);
			return true;
		},
		(sent) => !source && !sent && drop(entry),
		dialog,
	);
}

export function start() {
	on('current', () => {
		show();
		toEnd(true);
	});
	on('language', () => {
		entries.forEach(render);
		show();
	});
	on('players', () => {
		entries.forEach(render);
		show();
	});
	on('loaded', show);
	show();
}
