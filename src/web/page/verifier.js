// Replays receipts (gacha.md, Every pull can be verified; interface.md, Receipts) in the page: commitment, numbers,
// chain, every transition and result, every ten-pull whole. Lines of several players may stand in any mixture, each
// player's in order. Touches no page, so a test can run it alone. What it finds are {line, code, …} for the caller to
// word.

import { apply, draw, hex, seedKey, sha256, Stream, unhex } from './game.js';
import { canonical, parse } from './json.js';

const HASHED = [
	'v',
	'player',
	'epoch',
	'commit',
	'client_seed',
	'n',
	'slot',
	'banner',
	'catalog',
	'before',
	'result',
	'after',
	'at',
	'interaction',
];
const MEMBERS = [...HASHED, 'chain', 'seed'];
const LINE_BYTES_MAX = 16384; // the program writes no longer receipt
const MISSING_MAX = 64; // of a forged file: further catalogs are not looked for
const ZEROS = '0'.repeat(64);
const utf8 = new TextEncoder();

const isText = (v) => typeof v === 'string';
const isHex = (v) => isText(v) && /^[0-9a-f]{64}$/.test(v);
const isCount = (v) => Number.isSafeInteger(v) && v >= 1;

function isClientSeed(v) {
	return isText(v) && utf8.encode(v).length <= 64 && !/\p{Cc}/u.test(v);
}

function isTime(v) {
	if (!isText(v) || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(v)) return false;
	const time = Date.parse(v);
	return !Number.isNaN(time) && new Date(time).toISOString() === v.replace('Z', '.000Z');
}

function isState(v) {
	if (!(v instanceof Map) || [...v.keys()].join() !== 'n,flag') return false;
	const n = v.get('n');
	const flag = v.get('flag');
	return (
		n instanceof Map &&
		flag instanceof Map &&
		canonical([...n.keys()]) === canonical([...flag.keys()]) &&
		[...n.values()].every(isCount) &&
		[...flag.values()].every((one) => typeof one === 'boolean')
	);
}

const FORMS = {
	v: (v) => v === 1,
	player: isText,
	epoch: isCount,
	commit: isHex,
	client_seed: isClientSeed,
	n: isCount,
	slot: (v) => Number.isSafeInteger(v) && v >= 0 && v <= 10,
	banner: isText,
	catalog: isHex,
	before: isState,
	result: isText,
	after: isState,
	at: isTime,
	interaction: isText,
	chain: isHex,
	seed: (v) => v === undefined || isHex(v),
};

// The receipt as an object, or a text that says what is wrong.
function read(line) {
	let root;
	try {
		root = parse(line);
	} catch (error) {
		return error.message;
	}
	if (!(root instanceof Map)) return 'not an object';
	for (const key of root.keys()) if (!MEMBERS.includes(key)) return `no receipt has '${key}'`;
	for (const key of MEMBERS) if (!FORMS[key](root.get(key))) return `'${key}' is missing or not of its form`;
	const receipt = Object.fromEntries(root);
	receipt.hashed = `{${HASHED.map((key) => `"${key}":${canonical(root.get(key), false)}`).join()}}`;
	return receipt;
}

// Counters by the catalog's rarities, or null if these are not its rarities, highest first.
function stateOf(map, catalog) {
	const ids = catalog.rarities.map((rarity) => rarity.id);
	if (canonical([...map.get('n').keys()]) !== canonical(ids)) return null;
	return { n: [...map.get('n').values()], flag: [...map.get('flag').values()] };
}

const sameState = (a, b) => a.n.every((n, i) => n === b.n[i]) && a.flag.every((flag, i) => flag === b.flag[i]);

export class Begins extends Error {}

export class Verifier {
	// catalogs: of readCatalog. fromChain: hex of the chain before a file that begins in the middle. find: async, gives
	// the catalog of a hash that is not among these, or null.
	constructor(catalogs, { fromChain = null, find = async () => null } = {}) {
		this.catalogs = new Map(catalogs.map((catalog) => [catalog.sha256, catalog]));
		this.fromChain = fromChain;
		this.find = find;
		this.missing = 0; // catalogs that were named and not found
		this.players = new Map();
		this.keys = new Map();
		this.line = 0;
		this.receipts = 0;
		this.unchecked = 0;
		this.faults = [];
	}

	fault(code, more = {}, line = this.line) {
		this.faults.push({ line, code, ...more });
	}

	// bytes: one line without its end. Gives {receipt, checked} or null. Throws Begins when verifying cannot go on.
	async take(bytes) {
		this.line++;
		let text;
		try {
			text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
				.decode(bytes)
				.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '');
		} catch {
			this.receipts++;
			this.fault('form', { what: 'not UTF-8' });
			return null;
		}
		if (text === '' || /^\{[ \t-\r]*"kind"[ \t-\r]*:/.test(text)) return null;
		this.receipts++;
		if (utf8.encode(text).length > LINE_BYTES_MAX) {
			this.fault('form', { what: `longer than ${LINE_BYTES_MAX} bytes` });
			return null;
		}
		const receipt = read(text);
		if (isText(receipt)) {
			this.fault('form', { what: receipt });
			return null;
		}
		const checked = await this.check(receipt);
		this.unchecked += !checked;
		return { receipt, checked, line: this.line };
	}

	finish() {
		for (const player of this.players.values())
			if (player.slot) this.fault('cut_short', { count: player.slot }, player.line);
		return {
			ok: this.faults.length === 0,
			receipts: this.receipts,
			unchecked: this.unchecked,
			missing: this.missing,
			faults: this.faults,
		};
	}

	async catalogOf(sha256) {
		if (!this.catalogs.has(sha256)) {
			const found = this.missing < MISSING_MAX ? await this.find(sha256) : null;
			const known = found?.sha256 === sha256;
			this.missing += !known;
			this.catalogs.set(sha256, known ? found : null);
		}
		return this.catalogs.get(sha256);
	}

	async check(receipt) {
		const last = this.players.get(receipt.player);
		const player = last ?? { states: new Map(), slot: 0, highest: Infinity };
		const first = !last;
		if (first && receipt.n !== 1 && this.fromChain === null)
			throw new Begins(
				`line ${this.line}: the receipts of player ${receipt.player} begin with pull ${receipt.n} of ` +
					`epoch ${receipt.epoch}`,
			);
		const adjacent = !first && this.follows(player, receipt);
		if (first) player.seenAll = receipt.n === 1 && receipt.epoch === 1;
		else if (!adjacent) Object.assign(player, { seenAll: false, states: new Map(), slot: 0 });
		await this.checkHashes(player, receipt, first, adjacent);
		this.checkSlot(player, receipt, first || adjacent);
		const catalog = await this.catalogOf(receipt.catalog);
		const checked = catalog
			? await this.checkDraw(player, receipt, catalog)
			: this.checkUnknown(player, receipt, adjacent);
		Object.assign(player, { last: receipt, line: this.line });
		this.players.set(receipt.player, player);
		this.fromChain = null;
		return checked;
	}

	// The same epoch and the next number, or the next epoch and 1.
	follows({ last }, receipt) {
		if (
			receipt.epoch === last.epoch
				? receipt.n === last.n + 1
				: receipt.epoch === last.epoch + 1 && receipt.n === 1
		)
			return true;
		this.fault('gap', { epoch: last.epoch, n: last.n });
		return false;
	}

	async checkHashes(player, receipt, first, adjacent) {
		const previous = receipt.n === 1 ? ZEROS : first ? this.fromChain : player.last.chain;
		if (first || adjacent || receipt.n === 1) {
			const body = utf8.encode(receipt.hashed);
			const all = new Uint8Array(32 + body.length);
			all.set(unhex(previous));
			all.set(body, 32);
			if (hex(await sha256(all)) !== receipt.chain) this.fault('chain');
		}
		if (first || receipt.epoch !== player.last.epoch) player.seed = null;
		else if (player.last.commit !== receipt.commit) this.fault('commit');
		if (receipt.seed) {
			const kept = hex(await sha256(unhex(receipt.seed))) === receipt.commit;
			player.seed = kept ? receipt.seed : null;
			if (!kept) this.fault('seed');
		}
	}

	checkSlot(player, receipt, known) {
		const { slot } = receipt;
		if (player.slot && slot === player.slot + 1) {
			if (player.last.interaction !== receipt.interaction) this.fault('ten_interaction');
			else if (player.last.banner !== receipt.banner || player.last.catalog !== receipt.catalog)
				this.fault('ten_banner');
		} else {
			if (player.slot) this.fault('cut_short', { count: player.slot }, player.line);
			if (slot > 1 && known) this.fault('ten_begins', { slot });
			player.highest = Infinity;
			player.tenKnown = slot === 1;
		}
		player.slot = slot === 10 ? 0 : slot;
	}

	// Without the catalog the pity groups are unknown: only two pulls in a row on one banner can be compared.
	checkUnknown(player, receipt, adjacent) {
		const { last } = player;
		if (
			adjacent &&
			last.banner === receipt.banner &&
			last.catalog === receipt.catalog &&
			canonical(last.after, false) !== canonical(receipt.before, false)
		)
			this.fault('continuity');
		Object.assign(player, { states: new Map(), seenAll: false, tenKnown: false });
		return false;
	}

	async checkDraw(player, receipt, catalog) {
		const banner = catalog.banners.get(receipt.banner);
		const before = stateOf(receipt.before, catalog);
		const after = stateOf(receipt.after, catalog);
		if (!banner || !before || !after) {
			this.fault(banner ? 'rarities' : 'banner', { banner: receipt.banner });
			return true;
		}
		if (receipt.slot > 0 && !banner.hasTen) this.fault('no_ten');
		this.checkBefore(player, banner, before);
		const checked = await this.checkResult(player, receipt, banner, before);
		this.checkAfter(player, receipt, banner, before, after);
		banner.rarities.forEach((rarity, i) =>
			player.states.set(canonical([banner.group, rarity.id]), { n: after.n[i], flag: after.flag[i] }),
		);
		return checked;
	}

	checkBefore(player, banner, before) {
		const wrong = banner.rarities.findIndex((rarity, i) => {
			const known =
				player.states.get(canonical([banner.group, rarity.id])) ??
				(player.seenAll ? { n: 1, flag: false } : null);
			return known && (known.n !== before.n[i] || known.flag !== before.flag[i]);
		});
		if (wrong >= 0) this.fault('before', { rarity: banner.rarities[wrong].id });
	}

	async checkResult(player, receipt, banner, before) {
		if (!player.seed || (receipt.slot === 10 && !player.tenKnown && banner.tenPull >= 0)) return false;
		if (!this.keys.has(player.seed)) this.keys = new Map([[player.seed, await seedKey(unhex(player.seed))]]);
		const stream = new Stream(
			this.keys.get(player.seed),
			[
				'v1',
				receipt.player,
				receipt.epoch,
				receipt.banner,
				receipt.catalog,
				receipt.client_seed,
				receipt.n,
				'',
			].join('|'),
		);
		const tenth = receipt.slot === 10 && banner.tenPull >= 0 && player.highest > banner.tenPull;
		const { item } = await draw(banner, before, tenth, stream);
		if (item !== receipt.result) this.fault('result', { stated: receipt.result, drawn: item });
		return true;
	}

	checkAfter(player, receipt, banner, before, after) {
		const rarity = banner.find.get(receipt.result);
		if (rarity === undefined) {
			this.fault('item', { item: receipt.result });
			return;
		}
		const rules = banner.rarities[rarity];
		if (!sameState(apply(banner, before, rarity, rules.featured.includes(receipt.result)), after))
			this.fault('after', { item: receipt.result });
		player.highest = Math.min(player.highest, rarity);
	}
}

// A whole file. bytes: Uint8Array. step(done, entry) is called with each receipt.
export async function verify(bytes, catalogs, { step = () => {}, ...more } = {}) {
	const verifier = new Verifier(catalogs, more);
	for (let at = 0; at < bytes.length;) {
		let end = bytes.indexOf(10, at);
		if (end < 0) end = bytes.length;
		const entry = await verifier.take(bytes.subarray(at, end));
		await step(end / bytes.length, entry);
		at = end + 1;
	}
	return verifier.finish();
}
