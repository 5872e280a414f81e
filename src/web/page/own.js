// A player's own receipts, and the catalog in force as the rules read it. Both are kept until something new is played.

import { ask, receiptsOf } from './api.js';
import { readCatalog } from './game.js';
import { GUILD, on, state } from './state.js';

let kept = null;

export function catalog() {
	kept ??= ask('/api/catalog')
		.then((answer) => answer.text())
		.then(readCatalog)
		.catch((error) => {
			kept = null;
			throw error;
		});
	return kept;
}
on('loaded', () => {
	kept = null;
});

// Players are told apart by user, or by server and user (HOMU_SCOPE). Every pull of one, in order: {line, receipt}.
export function pullsOf(one) {
	const scoped = state.info?.scope === 'guild' && state.place === 'server';
	return receiptsOf(scoped ? `${GUILD}/${one.id}` : one.id);
}
