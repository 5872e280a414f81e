// The rules of one draw (gacha.md, One draw, exactly), written from the specification and apart from the program's own
// code, for the verifier. Pure. A catalog is one that `catalog check` accepts.

import { canonical, parse } from './json.js';

export const ONE = 1_000_000_000;
const WORDS = 1n << 64n;
const utf8 = new TextEncoder();

export const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, '0')).join('');
export const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const sha256 = async (data) =>
	new Uint8Array(await crypto.subtle.digest('SHA-256', typeof data === 'string' ? utf8.encode(data) : data));

// "0.6%" in parts per thousand million.
export function parts(percent) {
	const [whole, fraction = ''] = percent.slice(0, -1).split('.');
	return Number(whole) * 10_000_000 + Number(fraction.padEnd(7, '0'));
}

function readRarity(catalog, raw, id, pool) {
	const mine = pool.filter((item) => item.rarity === id);
	const up = raw.get('rate_up')?.get(id);
	const featured = mine.filter((item) => up?.get('items').includes(item.id));
	const pity = raw.get('pity')?.get(id);
	return {
		id,
		rate: raw.get('rates').has(id) ? parts(raw.get('rates').get(id)) : 0,
		hard: pity?.get('hard') ?? Infinity,
		softFrom: pity?.get('soft_from') ?? Infinity,
		softStep: pity?.has('soft_step') ? parts(pity.get('soft_step')) : 0,
		rateUp: Boolean(up),
		share: up ? parts(up.get('share')) : 0,
		guarantee: up?.get('guarantee') ?? false,
		featured: featured.map((item) => item.id),
		others: mine.filter((item) => !featured.includes(item)).map((item) => item.id),
	};
}

function readBanner(catalog, raw) {
	const pool = catalog.items.filter((item) => raw.get('pool')?.includes(item.id) ?? true);
	const ids = catalog.rarities.map((rarity) => rarity.id);
	return {
		id: raw.get('id'),
		name: raw.get('name'),
		group: raw.get('pity_group') ?? raw.get('id'),
		rarities: ids.map((id) => readRarity(catalog, raw, id, pool)),
		tenPull: raw.has('ten_pull') ? ids.indexOf(raw.get('ten_pull')) : -1,
		hasTen: raw.get('cost').has('10'),
		find: new Map(pool.map((item) => [item.id, ids.indexOf(item.rarity)])),
	};
}

// {sha256, rarities, items, banners}; throws if it is no catalog.
export async function readCatalog(text) {
	const root = parse(text);
	const catalog = {
		sha256: hex(await sha256(canonical(root))),
		rarities: root.get('rarities').map((one) => ({ id: one.get('id'), color: one.get('color') })),
		items: root.get('items').map((one) => ({ id: one.get('id'), rarity: one.get('rarity') })),
	};
	catalog.banners = new Map(root.get('banners').map((raw) => [raw.get('id'), readBanner(catalog, raw)]));
	return catalog;
}

export function seedKey(seed) {
	return crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

// The words of one pull. prefix: `v1|…|<n>|`, all but the block.
export class Stream {
	constructor(key, prefix) {
		Object.assign(this, { key, prefix, block: 0, words: [] });
	}

	async word() {
		if (this.words.length === 0) {
			const block = await crypto.subtle.sign('HMAC', this.key, utf8.encode(this.prefix + this.block++));
			const view = new DataView(block);
			this.words = [0, 8, 16, 24].map((at) => view.getBigUint64(at));
		}
		return this.words.shift();
	}

	async range(total) {
		const t = BigInt(total);
		const bound = WORDS - (WORDS % t);
		let word;
		do word = await this.word();
		while (word >= bound);
		return Number(word % t);
	}
}

export function topRate(banner, n, due) {
	const top = banner.rarities[0];
	if (due || n >= top.hard) return ONE;
	if (n < top.softFrom) return top.rate;
	// Beyond ONE steps nothing changes, and a product of large numbers would not be exact.
	return Math.min(ONE, top.rate + Math.min(ONE, n - top.softFrom + 1) * top.softStep);
}

async function drawLower(banner, state, tenth, stream) {
	const last = tenth ? banner.tenPull : banner.rarities.length - 1;
	const lower = banner.rarities.slice(1, last + 1);
	const due = lower.findIndex((rarity, i) => state.n[i + 1] >= rarity.hard);
	if (due >= 0) return due + 1;
	let roll = await stream.range(lower.reduce((sum, rarity) => sum + rarity.rate, 0));
	return 1 + lower.findIndex((rarity) => (roll -= rarity.rate) < 0);
}

// What drawing an item of this rarity does to the counters.
export function apply(banner, state, rarity, featured) {
	const rules = banner.rarities[rarity];
	const flag = [...state.flag];
	if (rules.rateUp && (featured || rules.guarantee)) flag[rarity] = !featured;
	return { n: state.n.map((n, i) => (i < rarity ? n + 1 : 1)), flag };
}

// One draw: {item, rarity, featured}. tenth: the tenth draw is due.
export async function draw(banner, state, tenth, stream) {
	const top = topRate(banner, state.n[0], tenth && banner.tenPull === 0);
	const rarity = (await stream.range(ONE)) < top ? 0 : await drawLower(banner, state, tenth, stream);
	const rules = banner.rarities[rarity];
	const featured = rules.rateUp && (state.flag[rarity] || (await stream.range(ONE)) < rules.share);
	const list = featured ? rules.featured : rules.others;
	return { item: list[await stream.range(list.length)], rarity, featured };
}
