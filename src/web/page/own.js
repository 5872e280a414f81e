// A player's own receipts, and the catalog in force as the rules read it. Both are kept until something new is played.

import { ask, receiptsOf } from './api.js';
import { readCatalog } from './game.js';
import { GUILD, on } from './state.js';

let kept = null;

export function catalog() {
	kept ??= ask('/api/catalog').then((answer) => answer.text()).then(readCatalog).catch((error) => {
		kept = null;
		throw error;
	});
	return kept;
}
on('loaded', () => {
	kept = null;
});

// Players are told apart by user, or by server and user (HOMU_SCOPE): the key that has receipts.
export async function keyOf(one) {
	const scoped = `${GUILD}/${one.id}`;
	return (await receiptsOf(one.id, 1)).length === 0 && (await receiptsOf(scoped, 1)).length > 0 ? scoped : one.id;
}
