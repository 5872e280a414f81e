// Requests to the program. Every failure becomes a Failure with words for a person, and none waits without an end.

import { t } from './i18n.js';

const WAIT_MS = 15_000;
const AGAIN_MS = 2_000;

// The server that the page is in, made up. With HOMU_SCOPE=guild its catalog is its own.
export const GUILD = '900000000000000001';
export const ofGame = (path, more = {}) => `${path}?${new URLSearchParams({ guild: GUILD, ...more })}`;

export class Failure extends Error {
	// code: offline, late, or the HTTP status.
	constructor(code, message) {
		super(message);
		this.code = code;
	}
}

// Calls told(false) when the program stops answering and told(true) when it answers again.
let told = () => {};
let down = false;
export function onConnection(callback) {
	told = callback;
}

function lost() {
	if (down) return;
	down = true;
	told(false);
	const look = setInterval(async () => {
		if (
			!(await fetch('/health').then(
				(answer) => answer.ok,
				() => false,
			))
		)
			return;
		clearInterval(look);
		down = false;
		told(true);
	}, AGAIN_MS);
}

async function reason(response) {
	const text = await response.text().catch(() => '');
	try {
		return JSON.parse(text).error ?? text;
	} catch {
		return text.slice(0, 300);
	}
}

// The Response, if it is a good one. body: an object goes as JSON, text as it is.
export async function ask(path, { method = 'GET', body, signal, wait = WAIT_MS } = {}) {
	const timeout = AbortSignal.timeout(wait);
	let response;
	try {
		response = await fetch(path, {
			method,
			body: typeof body === 'object' ? JSON.stringify(body) : body,
			headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
			signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		if (timeout.aborted) throw new Failure('late', t('late', { s: wait / 1000 }));
		lost();
		throw new Failure('offline', t('offline'));
	}
	if (response.ok) return response;
	const why = await reason(response);
	throw new Failure(response.status, t('refused', { status: response.status, why: why || response.statusText }));
}

export const askJson = async (path, options) => (await ask(path, options)).json();

// A response to an interaction: {type, data, files: [File…]}.
export async function interact(interaction, options) {
	const response = await ask('/interactions', { method: 'POST', body: interaction, ...options });
	if (!response.headers.get('content-type')?.startsWith('multipart/'))
		return { ...(await response.json()), files: [] };
	const form = await response.formData();
	const answer = form.get('payload_json');
	const files = [];
	for (const [name, file] of form) if (name.startsWith('files[')) files[Number(name.slice(6, -1))] = file;
	return { ...JSON.parse(typeof answer === 'string' ? answer : await answer.text()), files };
}

// Every receipt of a player in the order of pulls: {line, receipt}.
export async function receiptsOf(player) {
	const all = [];
	let cursor = null;
	do {
		const before = cursor === null ? '' : `&before=${encodeURIComponent(cursor)}`;
		const page = await askJson(`/api/receipts?player=${encodeURIComponent(player)}${before}`);
		for (const line of page.lines) all.push({ line, receipt: JSON.parse(line) });
		cursor = page.next;
	} while (cursor !== null);
	return all.sort((a, b) => a.receipt.epoch - b.receipt.epoch || a.receipt.n - b.receipt.n);
}
