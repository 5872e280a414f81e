// A player's pulls of one banner against what its rates promise: exact for the top rarity, long-run rates for the
// others.

import { askJson, ofGame } from './api.js';
import { $, h } from './dom.js';
import { named, number, percent, t } from './i18n.js';
import { pullsOf } from './own.js';
import { banners, dot, fill, table } from './panel.js';
import { plot } from './plot.js';
import { item, on, player, state } from './state.js';

const PULLS_MAX = 3000; // the latest ones are looked at: the sums below grow with the square of their number
const TAIL = 0.025; // of players, left out of the band at either side
let banner;

// Chance of the first hit at each pull, from P(T ≤ n). What is beyond the curve's end falls as at its end.
function firstHit(curve, length) {
	const out = [];
	let alive = 1;
	let hazard = 0;
	for (let i = 0; i < length; i++) {
		const left = i < curve.length ? 1 - curve[i] : alive * (1 - hazard);
		if (i < curve.length) hazard = alive > 1e-12 ? (alive - left) / alive : 1;
		out.push(Math.max(0, alive - left));
		alive = Math.max(0, left);
	}
	return out;
}

// After 1…n pulls: mean count of hits, the usual range, and chance(k) of at least k hits after all n. before: the first
// hit from where the player began. The k-th hit comes within m pulls just when m pulls bring k hits or more.
function expectation(before, fresh, n) {
	const mean = new Array(n).fill(0);
	const low = new Array(n).fill(0);
	const high = new Array(n).fill(0);
	const reached = [1];
	const support = fresh.findLastIndex((p) => p > 0) + 1;
	for (let k = 1, at = before; reached.at(-1) > 1e-9 && k <= n; k++) {
		let sum = 0;
		for (let m = 0; m < n; m++) {
			sum += at[m];
			mean[m] += sum;
			if (sum >= 1 - TAIL) low[m] = k;
			if (sum >= TAIL) high[m] = k;
		}
		reached.push(sum);
		const next = new Array(n).fill(0);
		for (let m = k - 1; m < n; m++)
			for (let j = 0; at[m] > 0 && j < support && m + j + 1 < n; j++) next[m + j + 1] += at[m] * fresh[j];
		at = next;
	}
	return { mean, low, high, chance: (k) => reached[k] ?? 0 };
}

function rarityTable(odds, receipts) {
	const promised = {};
	for (const one of odds.items) promised[item(one.id)?.rarity] = (promised[item(one.id)?.rarity] ?? 0) + one.rate;
	const counts = {};
	for (const receipt of receipts)
		counts[item(receipt.result)?.rarity] = (counts[item(receipt.result)?.rarity] ?? 0) + 1;
	const rows = state.info.catalog.rarities
		.filter((one) => promised[one.id] || counts[one.id])
		.map((one) => {
			const count = counts[one.id] ?? 0;
			const expected = (promised[one.id] ?? 0) * receipts.length;
			return [
				dot(one.id),
				number(count),
				number(expected, 1),
				percent(count / receipts.length, 2),
				percent(promised[one.id] ?? 0, 2),
				`${count >= expected ? '+' : '−'}${number(Math.abs(count - expected), 1)}`,
			];
		});
	return table(
		t('rarity'),
		[t('rarity'), t('count'), t('luck_expected'), t('share'), t('long_run'), t('difference')],
		rows,
	);
}

async function answer() {
	const all = (await pullsOf(player())).map(({ receipt }) => receipt);
	const pulled = banners().filter((one) => all.some((receipt) => receipt.banner === one.id));
	if (pulled.length === 0) return h('p', { class: 'empty' }, t('luck_none', { name: player().name }));
	if (!pulled.some((one) => one.id === banner)) banner = pulled[0].id;
	const receipts = all.filter((receipt) => receipt.banner === banner).slice(-PULLS_MAX);
	const top = state.info.catalog.rarities[0].id;
	const began = receipts[0].before.n[top] ?? 1;
	const [odds, mine] = await Promise.all(
		[{}, began > 1 ? { [top]: began } : {}].map((counters) =>
			askJson(ofGame('/api/odds'), { method: 'POST', body: { banner, counters, flags: [] } }),
		),
	);
	const n = receipts.length;
	const expected = expectation(firstHit(mine.curve.top, n), firstHit(odds.curve.top, n), n);
	const { mean, low, high } = expected;
	let count = 0;
	const got = receipts.map((receipt) => (count += item(receipt.result)?.rarity === top));
	const select = h(
		'select',
		{
			onchange: () => {
				banner = select.value;
				open();
			},
		},
		pulled.map((one) => h('option', { value: one.id, selected: one.id === banner }, named(one.name))),
	);
	return [
		h('label', { class: 'control' }, h('span', {}, t('banner')), select),
		h('h3', {}, t('luck_plot', { rarity: top })),
		h(
			'ul',
			{ class: 'legend' },
			h('li', { class: 'top' }, t('luck_got')),
			h('li', { class: 'mean' }, t('luck_expected')),
			h('li', { class: 'in-band' }, t('luck_band')),
		),
		plot({
			label: t('luck_plot', { rarity: top }),
			max: { x: n, y: Math.max(1, ...high, count) * 1.1 },
			yText: (value) => number(value, value % 1 ? 1 : 0),
			series: [
				{ values: mean, kind: 'mean' },
				{ values: got, kind: 'top' },
			],
			band: { low, high },
			sliderLabel: t('pulls'),
			read: (at) => {
				const i = Math.min(at, n) - 1;
				return t('luck_read', {
					n: i + 1,
					rarity: top,
					got: got[i],
					mean: number(mean[i], 2),
					low: low[i],
					high: high[i],
				});
			},
		}),
		h(
			'p',
			{ class: 'strong' },
			t('luck_more', {
				fewer: percent(1 - expected.chance(count), 1),
				more: percent(expected.chance(count + 1), 1),
			}),
		),
		rarityTable(odds, receipts),
		h('p', { class: 'muted' }, t('luck_note')),
	];
}

export function build() {
	return [h('p', { class: 'muted', id: 'luck-intro' }), h('div', { id: 'luck-answer', class: 'stack' })];
}

export function open() {
	if (!state.info) return;
	$('luck-intro').textContent = t('luck_intro', { name: player().name });
	fill($('luck-answer'), answer);
}

for (const event of ['current', 'played']) on(event, () => state.tab === 'luck' && open());
