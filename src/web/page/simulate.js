// The simulator: the program draws in slices while the page asks how far it is; it can be cancelled.

import { askJson, ofGame } from './api.js';
import { $, h, icon } from './dom.js';
import { named, number, percent, t } from './i18n.js';
import { banners, bannerSelect, dot, failure, table } from './panel.js';
import { item, state } from './state.js';

const LOOK_MS = 250;
const PULLS_MAX = 1e8; // the program takes no more
let banner;
let running = null; // id

function rows(observed, pulls, promised, name) {
	return Object.entries(observed).map(([id, count]) => [
		name(id),
		number(count),
		percent(count / pulls),
		percent(promised[id] ?? 0),
		`${count >= promised[id] * pulls ? '+' : '−'}${number(Math.abs(count - (promised[id] ?? 0) * pulls), 0)}`,
	]);
}

function result(one, odds) {
	const { result: found } = one;
	const items = Object.fromEntries(odds.items.map((other) => [other.id, other.rate]));
	const rarities = {};
	for (const other of odds.items)
		rarities[item(other.id)?.rarity] = (rarities[item(other.id)?.rarity] ?? 0) + other.rate;
	const fits = found.p === null || found.p >= 0.01;
	const head = [t('rarity'), t('observed'), t('share'), t('long_run'), t('difference')];
	return [
		h(
			'p',
			{ class: `verdict ${fits ? 'good' : 'warn'}` },
			icon(fits ? 'check' : 'alert'),
			t(fits ? 'sim_fits' : 'sim_odd'),
		),
		h('p', {}, t('sim_done', { pulls: number(found.pulls), rate: number(found.pulls_per_second) })),
		h(
			'p',
			{ class: 'muted' },
			t('sim_test', { chi2: number(found.chi2 ?? 0, 2), df: found.df, p: number(found.p ?? 1, 4) }),
			` · ${found.stream}`,
		),
		table(t('rarity'), head, rows(found.rarities, found.pulls, rarities, dot)),
		h(
			'details',
			{},
			h('summary', {}, t('items')),
			table(
				t('items'),
				[t('item'), ...head.slice(1)],
				rows(found.items, found.pulls, items, (id) => [item(id)?.emoji, ' ', named(item(id)?.name) || id]),
			),
		),
	];
}

function show(...nodes) {
	$('sim-answer').replaceChildren(...nodes.flat(Infinity));
}

function progress(one) {
	show(
		h('p', { id: 'sim-label' }, t('sim_running', { done: number(one.done), pulls: number(one.pulls) })),
		h('progress', { 'aria-labelledby': 'sim-label', max: String(one.pulls), value: one.done }),
	);
}

function buttons() {
	$('sim-start').disabled = running !== null;
	$('sim-cancel').hidden = running === null;
}

async function follow(id) {
	const one = await askJson(`/api/simulations/${id}`);
	if (one.cancelled)
		show(h('p', { class: 'verdict warn' }, icon('stop'), t('sim_cancelled', { done: number(one.done) })));
	else if (one.finished)
		show(
			result(
				one,
				await askJson(ofGame('/api/odds'), {
					method: 'POST',
					body: { banner: one.banner, counters: {}, flags: [] },
				}),
			),
		);
	else progress(one);
	return one.finished || one.cancelled;
}

async function start(event) {
	event?.preventDefault();
	const pulls = Number($('sim-pulls').value);
	const seed = $('sim-seed').value.trim().toLowerCase();
	const wrong =
		!Number.isInteger(pulls) || pulls < 1 || pulls > PULLS_MAX
			? t('sim_pulls_bad', { max: number(PULLS_MAX) })
			: seed !== '' && !/^[0-9a-f]{64}$/.test(seed)
				? t('sim_seed_bad')
				: '';
	if (wrong) {
		show(failure(new Error(wrong)));
		return;
	}
	running = 'asked';
	buttons();
	try {
		progress({ done: 0, pulls });
		const { id } = await askJson(ofGame('/api/simulations'), {
			method: 'POST',
			body: { banner, pulls, ...(seed && { seed }) },
		});
		running = id;
		while (!(await follow(id))) await new Promise((done) => setTimeout(done, LOOK_MS));
	} catch (error) {
		show(failure(error.code === 409 ? new Error(t('sim_busy')) : error, () => start()));
	}
	running = null;
	buttons();
}

async function cancel() {
	try {
		await askJson(`/api/simulations/${running}`, { method: 'DELETE' });
	} catch (error) {
		show(failure(error, cancel));
	}
}

function controls() {
	const pulls = h('input', {
		id: 'sim-pulls',
		type: 'number',
		min: '1',
		max: String(PULLS_MAX),
		step: '1',
		required: true,
		value: $('sim-pulls')?.value ?? '1000000',
	});
	const seed = h('input', {
		id: 'sim-seed',
		type: 'text',
		autocomplete: 'off',
		spellcheck: 'false',
		maxlength: '64',
		class: 'mono',
		value: $('sim-seed')?.value ?? '',
	});
	$('sim-form').replaceChildren(
		bannerSelect(banner, (chosen) => {
			banner = chosen;
		}),
		h('label', { class: 'control' }, h('span', {}, t('pulls')), pulls),
		h('label', { class: 'control wide' }, h('span', {}, t('sim_seed')), seed),
		h(
			'div',
			{ class: 'row' },
			h('button', { class: 'button primary', id: 'sim-start' }, icon('play'), t('sim_start')),
			h(
				'button',
				{ type: 'button', class: 'button danger', id: 'sim-cancel', onclick: cancel },
				icon('stop'),
				t('cancel'),
			),
		),
	);
	buttons();
}

export function build() {
	return [
		h('p', { class: 'muted', 'data-t': 'sim_intro' }, t('sim_intro')),
		h('form', { id: 'sim-form', class: 'form', onsubmit: start }),
		h('div', { id: 'sim-answer', class: 'stack', 'aria-live': 'polite' }),
	];
}

export function open() {
	if (!state.info) return;
	banner = banners().some((one) => one.id === banner) ? banner : banners()[0]?.id;
	controls();
}
