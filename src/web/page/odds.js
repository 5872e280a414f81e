// The banner inspector: exact odds from the program, from counters that the person sets.

import { askJson, ofGame } from './api.js';
import { $, debounce, h } from './dom.js';
import { named, number, percent, t } from './i18n.js';
import { banners, bannerSelect, dot, failure, figures, fill, table } from './panel.js';
import { plot } from './plot.js';
import { catalog, pullsOf } from './own.js';
import { item, on, player, state } from './state.js';

const QUANTILES = ['50', '90', '99'];
let banner;
let counters = {};
let flags = {};

const bound = (value) => (value === null ? t('never') : number(value));

function summary(title, one) {
	return (
		one &&
		h(
			'div',
			{ class: 'summary' },
			h('h3', {}, title),
			figures([
				[t('rate'), percent(one.rate, 4)],
				[t('expected'), number(one.expected, 2)],
				[t('quantiles'), QUANTILES.map((q) => bound(one.quantiles[q])).join(' / ')],
				[t('worst'), bound(one.worst)],
			]),
		)
	);
}

const marksOf = (one, values, kind) =>
	QUANTILES.map((q) => ({
		x: one.quantiles[q],
		y: Number(q) / 100,
		text: `${q} %`,
		kind,
		below: kind === 'featured',
	})).filter((mark) => mark.x !== null && mark.x <= values.length);

function chart(odds, names) {
	const kinds = ['top', 'featured'].filter((kind) => odds.curve[kind]?.length);
	const series = kinds.map((kind) => ({ values: odds.curve[kind], kind }));
	if (series.length === 0) return null;
	const at = (values, n) => percent(values[Math.min(n, values.length) - 1] ?? 0, 2);
	const length = Math.max(...series.map(({ values }) => values.length));
	return [
		h('h3', {}, t('curve')),
		h(
			'ul',
			{ class: 'legend' },
			series.map(({ kind }) => h('li', { class: kind }, names[kind])),
		),
		plot({
			label: t('curve'),
			max: { x: length, y: 1 },
			yText: (value) => `${Math.round(value * 100)} %`,
			series,
			marks: series.flatMap(({ values, kind }) => marksOf(odds[kind], values, kind)),
			sliderLabel: t('pulls'),
			start: Math.min(length, odds[kinds.at(-1)].quantiles['50'] ?? length),
			read: (n) =>
				[
					t('curve_read', { n }),
					...series.map(({ values, kind }) => `${names[kind]} ${at(values, n)}`),
				].join(' · '),
		}),
	];
}

function itemTable(odds) {
	const tenth = odds.items.some((one) => one.slot10 !== undefined);
	return [
		table(
			t('item'),
			[t('item'), t('base'), t('long_run'), t('next'), tenth && t('slot10')].filter(Boolean),
			odds.items.map((one) =>
				[
					[dot(item(one.id)?.rarity), ' ', item(one.id)?.emoji, ' ', named(item(one.id)?.name) || one.id],
					percent(one.base),
					percent(one.rate),
					percent(one.next),
					tenth && percent(one.slot10),
				].filter((cell) => cell !== false),
			),
		),
		h('p', { class: 'muted' }, t('items_note')),
	];
}

async function answer() {
	const set = Object.fromEntries(Object.entries(counters).filter(([, n]) => n > 1));
	const odds = await askJson(ofGame('/api/odds'), {
		method: 'POST',
		body: { banner, counters: set, flags: Object.keys(flags).filter((one) => flags[one]) },
	});
	const rarity = state.info.catalog.rarities[0].id;
	const names = { top: t('top_item', { rarity }), featured: t('featured', { rarity }) };
	return [
		h('div', { class: 'summaries' }, summary(names.top, odds.top), summary(names.featured, odds.featured)),
		chart(odds, names),
		itemTable(odds),
	];
}

const again = () => fill($('odds-answer'), answer);
const soon = debounce(200, again);

// The counters that this player's last pull of the banner's pity group left behind.
async function useOwn() {
	const { banners: rules } = await catalog();
	const group = rules.get(banner)?.group;
	const pulls = (await pullsOf(player())).filter(({ receipt }) => rules.get(receipt.banner)?.group === group);
	const last = pulls.at(-1)?.receipt.after;
	counters = { ...last?.n };
	flags = { ...last?.flag };
	controls(last ? '' : t('own_none', { name: player().name }));
	again();
}

// The lowest rarity's counter is always 1: it has no row.
function controls(note = '') {
	const box = $('odds-controls');
	const counter = (one) => {
		const input = h('input', {
			type: 'number',
			min: '1',
			step: '1',
			value: counters[one.id] ?? 1,
			'aria-label': t('count_of', { rarity: one.id }),
			oninput: () => {
				counters[one.id] = Math.max(1, Math.floor(Number(input.value)) || 1);
				soon();
			},
		});
		return input;
	};
	const flag = (one) => {
		const input = h('input', {
			type: 'checkbox',
			checked: Boolean(flags[one.id]),
			'aria-label': t('flag_of', { rarity: one.id }),
			onchange: () => {
				flags[one.id] = input.checked;
				again();
			},
		});
		return h('label', { class: 'check' }, input, t('guarantee'));
	};
	const fresh = () => {
		counters = {};
		flags = {};
		controls();
		again();
	};
	const status = h('p', { class: 'muted', role: 'status' }, note);
	const own = () => useOwn().catch((error) => status.replaceChildren(failure(error, own)));
	box.replaceChildren(
		bannerSelect(banner, (chosen) => {
			banner = chosen;
			fresh();
		}),
		h(
			'fieldset',
			{ class: 'counters' },
			h('legend', {}, t('own')),
			state.info.catalog.rarities
				.slice(0, -1)
				.map((one) => h('div', { class: 'counter' }, dot(one.id), counter(one), flag(one))),
			h(
				'div',
				{ class: 'row' },
				h(
					'button',
					{ type: 'button', class: 'button secondary', onclick: own },
					t('own_use', { name: player().name }),
				),
				h('button', { type: 'button', class: 'button secondary', onclick: fresh }, t('own_fresh')),
			),
			status,
		),
	);
}

export function build() {
	return [h('div', { id: 'odds-controls', class: 'stack' }), h('div', { id: 'odds-answer', class: 'stack' })];
}

export function open() {
	if (!state.info) return;
	banner = banners().some((one) => one.id === banner) ? banner : banners()[0]?.id;
	controls();
	again();
}

on('current', () => state.tab === 'odds' && state.info && controls());
