// The catalog editor: text with line numbers, checked by the program as it is typed. Nothing here changes the game.

import { ask, askJson, ofGame } from './api.js';
import { $, debounce, download, h, icon } from './dom.js';
import { t } from './i18n.js';
import { failure } from './panel.js';
import { state } from './state.js';

const FILE = 'catalog.json';
const CHECK_MS = 350;
let loaded = false;
let faults = [];
let asked;

const area = () => $('catalog-text');

function lineAt(number) {
	const lines = area().value.split('\n');
	const before = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
	return [before, before + (lines[number - 1]?.length ?? 0)];
}

function jump(number) {
	const box = area();
	const height = parseFloat(getComputedStyle(box).lineHeight);
	box.focus();
	box.setSelectionRange(...lineAt(number));
	box.scrollTop = Math.max(0, (number - 4) * height);
	box.scrollLeft = 0;
}

function gutter() {
	const count = area().value.split('\n').length;
	const bad = new Set(faults.map((fault) => fault.line));
	$('catalog-lines').replaceChildren(
		...Array.from({ length: count }, (_, i) => h('span', { class: bad.has(i + 1) && 'bad' }, String(i + 1))),
	);
	$('catalog-lines').style.setProperty('--y', `${-area().scrollTop}px`);
}

function show(answer) {
	({ faults } = answer);
	gutter();
	$('catalog-status').className = `verdict ${answer.ok ? 'good' : 'bad'}`;
	$('catalog-status').replaceChildren(
		icon(answer.ok ? 'check' : 'alert'),
		answer.ok ? t('catalog_ok') : t('catalog_faults', { n: faults.length }),
		answer.sha256 ? h('code', { title: answer.sha256 }, ` ${answer.sha256.slice(0, 12)}`) : '',
	);
	$('catalog-faults').replaceChildren(
		...faults.map((fault) =>
			h(
				'li',
				{},
				h(
					'button',
					{ type: 'button', class: 'fault', onclick: () => jump(fault.line) },
					h('b', {}, t('catalog_line', { n: fault.line })),
					h('code', {}, fault.rule),
					h('span', {}, fault.text),
					h('small', {}, fault.path || '/'),
				),
			),
		),
	);
}

async function check() {
	asked?.abort();
	const mine = (asked = new AbortController());
	$('catalog-status').className = 'verdict';
	$('catalog-status').replaceChildren(t('catalog_checking'));
	try {
		const answer = await askJson('/api/catalog/check', {
			method: 'POST',
			body: area().value,
			signal: mine.signal,
		});
		if (asked === mine) show(answer);
	} catch (error) {
		if (!mine.signal.aborted) {
			$('catalog-status').className = '';
			$('catalog-status').replaceChildren(failure(error, check));
		}
	}
}

const soon = debounce(CHECK_MS, check);

function set(text) {
	area().value = text;
	area().setSelectionRange(0, 0);
	area().scrollTop = 0;
	gutter();
	return check();
}

async function reset() {
	try {
		await set(await (await ask(ofGame('/api/catalog'))).text());
		loaded = true;
	} catch (error) {
		$('catalog-status').replaceChildren(failure(error, reset));
	}
}

export function build() {
	const file = h('input', {
		type: 'file',
		class: 'hidden-file',
		accept: '.json,application/json',
		'data-t-label': 'catalog_open',
		'aria-label': t('catalog_open'),
		onchange: async () => file.files[0] && set(await file.files[0].text()),
	});
	const text = h('textarea', {
		id: 'catalog-text',
		class: 'mono',
		spellcheck: 'false',
		autocomplete: 'off',
		wrap: 'off',
		'data-t-label': 'catalog_text',
		'aria-label': t('catalog_text'),
		'aria-describedby': 'catalog-status',
		oninput: () => {
			gutter();
			soon();
		},
		onscroll: () => $('catalog-lines').style.setProperty('--y', `${-text.scrollTop}px`),
		ondragover: (event) => event.preventDefault(),
		ondrop: async (event) => {
			if (!event.dataTransfer.files[0]) return;
			event.preventDefault();
			set(await event.dataTransfer.files[0].text());
		},
	});
	return [
		h('p', { class: 'muted', 'data-t': 'catalog_intro' }, t('catalog_intro')),
		h(
			'div',
			{ class: 'row' },
			h(
				'button',
				{ type: 'button', class: 'button secondary', onclick: reset, 'data-t': 'catalog_reset' },
				t('catalog_reset'),
			),
			h(
				'label',
				{ class: 'button secondary as-label' },
				file,
				h('span', { 'data-t': 'catalog_open' }, t('catalog_open')),
			),
			h(
				'button',
				{
					type: 'button',
					class: 'button secondary',
					'data-t': 'catalog_save',
					onclick: () => download(FILE, area().value, 'application/json'),
				},
				t('catalog_save'),
			),
		),
		h(
			'div',
			{ class: 'editor' },
			h('div', { class: 'lines', 'aria-hidden': 'true' }, h('div', { id: 'catalog-lines' })),
			text,
		),
		h('div', { id: 'catalog-status', class: 'verdict', role: 'status' }),
		h('ol', { id: 'catalog-faults', class: 'faults' }),
		h('p', { class: 'muted', id: 'catalog-use' }),
	];
}

export function open() {
	$('catalog-use').textContent = t('catalog_use', { file: FILE });
	if (!loaded) reset();
	else if (state.info) check();
}
