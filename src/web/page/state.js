// What the page keeps: the players, made up here, and the choices of the person, in localStorage; the commands and the
// catalog in force, as the program gives them.

import { askJson, GUILD, ofGame } from './api.js';

const KEY = 'homuhomu';
const EPOCH = 1420070400000n; // Discord's, of snowflakes
export const COLORS = ['#b4552d', '#7650cf', '#1f7485', '#b03a6a', '#37763a', '#4460c4', '#80620f', '#a23a3a'];
export const APPLICATION = '900000000000000002';
export const CHANNELS = [
	['900000000000000003', 'gacha'],
	['900000000000000004', 'general'],
];

// View, send, embed, attach, read, use commands; an administrator has every bit.
const PERMISSIONS = { member: '2147601408', administrator: '2251799813685247' };

const listeners = new Map();
export const state = {
	players: [],
	current: null, // id
	place: 'server',
	tab: 'odds',
	lang: 'auto',
	theme: 'auto',
	commands: [],
	info: null,
};

export function on(event, run) {
	listeners.set(event, [...(listeners.get(event) ?? []), run]);
}

export function emit(event, detail) {
	for (const run of listeners.get(event) ?? []) run(detail);
}

export function save() {
	const { players, current, place, tab, lang, theme } = state;
	try {
		localStorage.setItem(KEY, JSON.stringify({ players, current, place, tab, lang, theme }));
	} catch {
		// A full or forbidden storage: the page works, and forgets when it is closed.
	}
}

export function load() {
	try {
		Object.assign(state, JSON.parse(localStorage.getItem(KEY)) ?? {});
	} catch {
		// Not ours, or damaged: begin anew.
	}
	if (!Array.isArray(state.players)) state.players = [];
}

let sequence = 0;
const worker = BigInt(crypto.getRandomValues(new Uint16Array(1))[0] & 0x3ff);
export const snowflake = () =>
	String(((BigInt(Date.now()) - EPOCH) << 22n) | (worker << 12n) | BigInt(sequence++ & 0xfff));

export const player = (id = state.current) => state.players.find((one) => one.id === id) ?? state.players[0];

export function addPlayer(name) {
	const used = state.players.map((one) => one.color);
	const color = COLORS.find((one) => !used.includes(one)) ?? COLORS[state.players.length % COLORS.length];
	const made = { id: snowflake(), name, color, admin: false };
	state.players.push(made);
	return made;
}

export const user = (one) => ({
	id: one.id,
	username: one.name.toLowerCase().replace(/\s+/g, '_'),
	global_name: one.name,
	discriminator: '0',
	avatar: null,
	bot: false,
});
export const member = (one) => ({
	nick: null,
	roles: [],
	joined_at: '2026-01-01T00:00:00.000000+00:00',
	deaf: false,
	mute: false,
	flags: 0,
	permissions: PERMISSIONS[one.admin ? 'administrator' : 'member'],
});

// What every interaction carries, as Discord makes it.
export function interaction(type, data, { by = player(), place = state.place, locale, more = {} }) {
	const server = place === 'server';
	const channel = server ? CHANNELS[0][0] : String(BigInt(by.id) ^ 1n);
	return {
		id: snowflake(),
		application_id: APPLICATION,
		type,
		version: 1,
		token: Array.from(crypto.getRandomValues(new Uint8Array(24)), (b) => b.toString(16).padStart(2, '0')).join(
			'',
		),
		data,
		channel_id: channel,
		channel: { id: channel, type: server ? 0 : 1 },
		locale,
		context: server ? 0 : 1,
		entitlements: [],
		authorizing_integration_owners: server ? { 0: GUILD } : { 0: '0' },
		attachment_size_limit: 10485760,
		app_permissions: PERMISSIONS.member,
		...(server
			? {
					guild_id: GUILD,
					guild_locale: locale,
					guild: { id: GUILD, locale, features: [] },
					member: { ...member(by), user: user(by) },
				}
			: { user: user(by) }),
		...more,
	};
}

export async function refreshInfo() {
	state.info = await askJson(ofGame('/api/info'));
}

export async function refresh() {
	[state.commands] = await Promise.all([askJson('/api/commands'), refreshInfo()]);
}

export const item = (id) => state.info?.catalog.items.find((one) => one.id === id);
export const rarity = (id) => state.info?.catalog.rarities.find((one) => one.id === id);
