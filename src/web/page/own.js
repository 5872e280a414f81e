// A player's own receipts, and catalogs as the rules read them: the one in force, kept until another is, and those of
// receipts.

import { ask, Failure, GUILD, ofGame, receiptsOf } from './api.js';
import { readCatalog } from './game.js';
import { on, state } from './state.js';

const fetchCatalog = async (more) => readCatalog(await (await ask(ofGame('/api/catalog', more))).text());
const revisions = new Map(); // by hash: what a hash names never changes
let kept = null;

export function catalog() {
	kept ??= fetchCatalog().catch((error) => {
		kept = null;
		throw error;
	});
	return kept;
}
on('loaded', () => {
	kept = null;
});

// The catalog of this hash, or null if the program has none.
export async function catalogOf(sha256) {
	if (revisions.has(sha256)) return revisions.get(sha256);
	try {
		const found = await fetchCatalog({ sha256 });
		revisions.set(sha256, found);
		return found;
	} catch (error) {
		if (error instanceof Failure && error.code === 404) return null;
		throw error;
	}
}

// Players are told apart by user, or by server and user (HOMU_SCOPE). Every pull of one, in order: {line, receipt}.
export function pullsOf(one) {
	const scoped = state.info?.scope === 'guild' && state.place === 'server';
	return receiptsOf(scoped ? `${GUILD}/${one.id}` : one.id);
}
