// The playground: sets the page up and holds its frame together (language, theme, players, places, tools).

import { onConnection } from './api.js';
import * as chat from './chat.js';
import * as composer from './composer.js';
import { $, debounce, dialog, h, icon, rove } from './dom.js';
import * as editor from './editor.js';
import { setLanguage, t } from './i18n.js';
import * as luck from './luck.js';
import { avatar } from './message.js';
import * as odds from './odds.js';
import { failure } from './panel.js';
import * as simulate from './simulate.js';
import { addPlayer, COLORS, emit, load, on, player, refresh, refreshInfo, save, state } from './state.js';
import * as verify from './verify.js';

const TOOLS = { odds, luck, catalog: editor, simulate, verify };
const NAME_MAX = 32;
const LOOK_MS = 200;

// ---- players

function choosePlayer(id) {
	state.current = id;
	save();
	drawPlayers();
	emit('current');
}

function editPlayer(one) {
	const name = h('input', {
		type: 'text',
		id: 'player-name',
		required: true,
		maxlength: String(NAME_MAX),
		value: one.name,
	});
	const colors = h(
		'div',
		{ class: 'colors', role: 'radiogroup', 'aria-label': t('player_color') },
		COLORS.map((color, i) =>
			h('input', {
				type: 'radio',
				name: 'color',
				value: color,
				checked: color === one.color,
				'--c': color,
				'aria-label': `${t('player_color')} ${i + 1}`,
			}),
		),
	);
	const form = h(
		'form',
		{
			onsubmit: (event) => {
				event.preventDefault();
				one.name = name.value.trim() || one.name;
				one.color = colors.querySelector(':checked')?.value ?? one.color;
				box.close();
				changed();
			},
		},
		h('div', { class: 'form-row' }, h('label', { for: 'player-name' }, t('player_name')), name),
		colors,
		h('p', { class: 'muted' }, t(state.players.length > 1 ? 'player_remove_note' : 'player_last')),
		h(
			'footer',
			{},
			h(
				'button',
				{
					type: 'button',
					class: 'button danger',
					disabled: state.players.length < 2,
					onclick: () => {
						state.players = state.players.filter((other) => other !== one);
						box.close();
						if (state.current === one.id) choosePlayer(state.players[0].id);
						changed();
					},
				},
				t('player_remove'),
			),
			h('button', { class: 'button primary' }, t('save')),
		),
	);
	const box = dialog(t('player_edit', { name: one.name }), form, { close: t('close') });
	name.select();
}

function changed() {
	save();
	drawPlayers();
	emit('players');
	emit('current');
}

function drawPlayers() {
	const held = $('players').contains(document.activeElement);
	$('players').replaceChildren(
		...state.players.map((one) => {
			const current = one.id === state.current;
			return h(
				'li',
				{ class: current && 'current' },
				h(
					'button',
					{
						type: 'button',
						class: 'player',
						'aria-current': current && 'true',
						tabindex: current ? '0' : '-1',
						title: one.name,
						onclick: () => (current ? editPlayer(one) : choosePlayer(one.id)),
					},
					avatar(one),
					h('span', { class: 'player-name' }, one.name),
					current && h('span', { class: 'unseen' }, ` (${t('player_edit', { name: one.name })})`),
				),
			);
		}),
		h(
			'li',
			{},
			h(
				'button',
				{
					type: 'button',
					class: 'player add',
					title: t('player_add'),
					'aria-label': t('player_add'),
					onclick: () => {
						choosePlayer(addPlayer(t('player_new', { n: state.players.length + 1 })).id);
						editPlayer(player());
					},
				},
				h('span', { class: 'avatar', 'aria-hidden': 'true' }, icon('add')),
			),
		),
	);
	if (held) $('players').querySelector('[aria-current]').focus();
	$('admin').checked = Boolean(player().admin);
	$('admin').disabled = state.place !== 'server';
}

// ---- places

function drawPlace() {
	$('place').replaceChildren(
		...[
			['server', 'hash'],
			['dm', 'mail'],
		].map(([place, sign]) =>
			h(
				'button',
				{
					type: 'button',
					role: 'radio',
					'aria-checked': String(state.place === place),
					tabindex: state.place === place ? '0' : '-1',
					onclick: () => {
						state.place = place;
						save();
						drawPlace();
						$('place').querySelector('[aria-checked=true]').focus();
						emit('current');
					},
				},
				icon(sign),
				h('span', {}, t(place)),
			),
		),
	);
	$('admin').disabled = state.place !== 'server';
}

// ---- tools

function openTab(tab, focus) {
	state.tab = tab;
	save();
	for (const name of Object.keys(TOOLS)) {
		const chosen = name === tab;
		const button = $(`tab-${name}`);
		button.setAttribute('aria-selected', String(chosen));
		button.tabIndex = chosen ? 0 : -1;
		$(`panel-${name}`).hidden = !chosen;
		if (chosen && focus) button.focus();
	}
	TOOLS[tab].open();
}

function buildTools() {
	$('tabs').append(
		...Object.keys(TOOLS).map((name) =>
			h('button', {
				type: 'button',
				role: 'tab',
				id: `tab-${name}`,
				'aria-controls': `panel-${name}`,
				'data-t': `tab_${name}`,
				onclick: () => {
					openTab(name);
					look();
				},
			}),
		),
	);
	$('panels').append(
		...Object.entries(TOOLS).map(([name, tool]) =>
			h(
				'section',
				{
					class: 'panel',
					role: 'tabpanel',
					id: `panel-${name}`,
					tabindex: '0',
					'aria-labelledby': `tab-${name}`,
					hidden: true,
				},
				tool.build(),
			),
		),
	);
	rove($('tabs'), () => [...$('tabs').children], { pick: (button) => button.click() });
	rove($('players'), () => [...$('players').querySelectorAll('button')], { vertical: true });
	rove($('players'), () => [...$('players').querySelectorAll('button')]);
	rove($('place'), () => [...$('place').children], { pick: (button) => button.click() });
}

// ---- the whole

const dark = matchMedia('(prefers-color-scheme: dark)');

function applyTheme() {
	document.documentElement.dataset.theme =
		state.theme === 'auto' ? (dark.matches ? 'dark' : 'light') : state.theme;
	$('theme').value = state.theme;
}

function applyLanguage() {
	$('language').value = state.lang;
	setLanguage(state.lang);
	drawPlayers();
	drawPlace();
	emit('language');
	if ($(`panel-${state.tab}`)) TOOLS[state.tab].open();
}

function view(name) {
	document.body.dataset.view = name;
	for (const button of $('views').children)
		button.setAttribute('aria-pressed', String(button.dataset.view === name));
}

async function fetchAll() {
	try {
		await refresh();
	} catch (error) {
		$('welcome').hidden = false;
		$('welcome').replaceChildren(failure(error, fetchAll));
		return;
	}
	emit('loaded');
	openTab(state.tab);
}

// What was played, or the time that has passed, may have put another catalog in force.
async function look() {
	const before = state.info?.catalog.sha256;
	await refreshInfo().catch(() => {}); // a failure is told with the next request that a person makes
	if (state.info?.catalog.sha256 === before) return;
	emit('loaded');
	TOOLS[state.tab].open();
}

function begin() {
	load();
	setLanguage(state.lang);
	if (state.players.length === 0) {
		addPlayer(t('player_first'));
		addPlayer(t('player_second'));
	}
	state.current = player().id;
	if (!Object.hasOwn(TOOLS, state.tab)) state.tab = 'odds';
	save();
	$('send').append(icon('send'));
	buildTools();
	applyTheme();
	applyLanguage();
	chat.start();
	composer.start();
	view('chat');
	dark.addEventListener('change', applyTheme);
	$('theme').addEventListener('change', () => {
		state.theme = $('theme').value;
		save();
		applyTheme();
	});
	$('language').addEventListener('change', () => {
		state.lang = $('language').value;
		save();
		applyLanguage();
	});
	$('admin').addEventListener('change', () => {
		player().admin = $('admin').checked;
		save();
		emit('current');
	});
	$('views').addEventListener('click', (event) => event.target.dataset.view && view(event.target.dataset.view));
	on('run', () => view('chat'));
	on('played', debounce(LOOK_MS, look));
	onConnection((connected) => {
		$('connection').textContent = t(connected ? 'back' : 'offline');
		$('connection').classList.toggle('good', connected);
		$('connection').hidden = false;
		if (connected) {
			setTimeout(() => ($('connection').hidden = true), 4000);
			fetchAll();
		}
	});
	fetchAll();
}

begin();
