// The verifier's panel: receipts of the player, of a file, or pasted, are replayed in the page (verifier.js).

import { $, h, icon } from './dom.js';
import { readCatalog } from './game.js';
import { named, number, t } from './i18n.js';
import { catalog, catalogOf, pullsOf } from './own.js';
import { failure, table } from './panel.js';
import { emit, item, on, player, state } from './state.js';
import { Begins, verify } from './verifier.js';

const ROWS_MAX = 200;
const FAULTS_MAX = 100;
const STEP = 50; // receipts between two looks at the screen
const more = []; // catalogs that the person added

function rowOf(entry, bad) {
	const { receipt, checked, line } = entry;
	const mark = bad.has(line)
		? ['bad', 'alert', 'wrong']
		: checked
			? ['good', 'check', 'right']
			: ['wait', 'eye', 'waiting'];
	const found = item(receipt.result);
	return [
		`${receipt.epoch}.${receipt.n}${receipt.slot ? ` (${receipt.slot}/10)` : ''}`,
		[found?.emoji, ' ', named(found?.name) || receipt.result],
		named(state.info?.catalog.banners.find((one) => one.id === receipt.banner)?.name) || receipt.banner,
		h('span', { class: `tag ${mark[0]}` }, icon(mark[1]), t(mark[2])),
	];
}

function advice(sum, entries) {
	if (sum.unchecked === 0) return null;
	if (sum.missing > 0) return h('p', { class: 'muted' }, t('verify_no_catalog'));
	return h(
		'div',
		{ class: 'advice' },
		h('p', {}, t('verify_rotate')),
		entries.some(({ receipt }) => receipt.player.endsWith(player().id)) &&
			h(
				'button',
				{
					type: 'button',
					class: 'button secondary',
					onclick: () => emit('run', { path: 'fairness', values: { rotate: true } }),
				},
				t('verify_rotate_do', { name: player().name }),
			),
	);
}

function report(sum, entries) {
	const bad = new Set(sum.faults.map((fault) => fault.line));
	const [kind, sign, word] = !sum.ok
		? ['bad', 'alert', 'verify_bad']
		: sum.unchecked
			? ['wait', 'eye', 'verify_part']
			: ['good', 'check', 'verify_ok'];
	const first = [
		...entries.filter((entry) => bad.has(entry.line)),
		...entries.filter((entry) => !bad.has(entry.line)).reverse(),
	];
	return [
		h(
			'p',
			{
				class: `verdict ${kind}`,
				id: 'verify-verdict',
				'data-ok': String(sum.ok),
				'data-unchecked': String(sum.unchecked),
			},
			icon(sign),
			t(word, { n: number(sum.faults.length) }),
		),
		h(
			'p',
			{},
			t('verify_sum', {
				receipts: number(sum.receipts),
				checked: number(sum.receipts - sum.unchecked),
				unchecked: number(sum.unchecked),
			}),
		),
		h(
			'ol',
			{ class: 'faults' },
			sum.faults.slice(0, FAULTS_MAX).map((fault) => h('li', {}, t(`fault_${fault.code}`, fault))),
		),
		sum.faults.length > FAULTS_MAX &&
			h('p', {}, t('verify_rest', { n: number(sum.faults.length - FAULTS_MAX) })),
		advice(sum, entries),
		table(
			t('check'),
			[t('pull'), t('result'), t('banner'), t('check')],
			first.slice(0, ROWS_MAX).map((entry) => rowOf(entry, bad)),
			4,
		),
		first.length > ROWS_MAX &&
			h('p', { class: 'muted' }, t('verify_rest', { n: number(first.length - ROWS_MAX) })),
		h('p', { class: 'muted' }, t('verify_what')),
	];
}

function show(...nodes) {
	$('verify-answer').replaceChildren(...nodes.flat(Infinity).filter(Boolean));
}

async function check(read) {
	const bar = h('progress', { 'aria-label': t('verify_running'), max: '1', value: 0 });
	show(h('p', {}, t('verify_running')), bar);
	try {
		if (!crypto.subtle) throw new Error(t('verify_crypto'));
		const bytes = await read();
		const entries = [];
		const sum = await verify(bytes, [await catalog(), ...more], {
			find: catalogOf,
			step: async (done, entry) => {
				if (entry) entries.push(entry);
				if (entries.length % STEP) return;
				bar.value = done;
				await new Promise((turn) => setTimeout(turn));
			},
		});
		show(sum.receipts === 0 ? h('p', { class: 'empty' }, t('verify_none')) : report(sum, entries));
	} catch (error) {
		show(
			failure(error instanceof Begins ? new Error(t('verify_middle', { why: error.message })) : error, () =>
				check(read),
			),
		);
	}
}

const encode = (text) => new TextEncoder().encode(text);
const mine = () => check(async () => encode((await pullsOf(player())).map(({ line }) => line).join('\n')));

// A file is receipts, or a catalog to replay with.
async function take(file) {
	const bytes = new Uint8Array(await file.arrayBuffer());
	try {
		const added = await readCatalog(new TextDecoder().decode(bytes));
		more.push(added);
		show(h('p', { class: 'verdict good' }, icon('check'), t('verify_catalog')));
	} catch {
		await check(() => bytes);
	}
}

export function build() {
	const file = h('input', {
		type: 'file',
		class: 'hidden-file',
		'data-t-label': 'verify_file',
		'aria-label': t('verify_file'),
		onchange: () => {
			if (file.files[0]) take(file.files[0]);
			file.value = '';
		},
	});
	const text = h('textarea', {
		id: 'verify-text',
		class: 'mono',
		rows: '3',
		spellcheck: 'false',
		wrap: 'off',
		'data-t-label': 'verify_paste',
		'data-t-hint': 'verify_paste',
	});
	const zone = h(
		'div',
		{
			class: 'drop',
			ondragover: (event) => {
				event.preventDefault();
				zone.classList.add('over');
			},
			ondragleave: () => zone.classList.remove('over'),
			ondrop: (event) => {
				event.preventDefault();
				zone.classList.remove('over');
				if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
			},
		},
		h('p', { class: 'muted', 'data-t': 'verify_drop' }),
		text,
		h(
			'div',
			{ class: 'row' },
			h('button', {
				type: 'button',
				class: 'button secondary',
				'data-t': 'verify_pasted',
				onclick: () => check(() => encode(text.value)),
			}),
		),
	);
	return [
		h('p', { class: 'muted', 'data-t': 'verify_intro' }),
		h(
			'div',
			{ class: 'row' },
			h(
				'button',
				{ type: 'button', class: 'button primary', onclick: mine },
				icon('shield'),
				h('span', { id: 'verify-mine' }),
			),
			h('label', { class: 'button secondary as-label' }, file, h('span', { 'data-t': 'verify_file' })),
		),
		zone,
		h('div', { id: 'verify-answer', class: 'stack', 'aria-live': 'polite' }),
	];
}

export function open() {
	$('verify-mine').textContent = t('verify_mine', { name: player().name });
}

on('current', () => {
	open();
	show();
});
