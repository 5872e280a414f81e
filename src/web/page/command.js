// Commands and their options: which ones Discord would offer, what a field holds, and how both stand in an interaction.

import { icon } from './dom.js';
import { local, t } from './i18n.js';
import { avatar } from './message.js';
import { CHANNELS, member, player, state, user } from './state.js';

export const TYPES = {
	sub: 1,
	group: 2,
	text: 3,
	integer: 4,
	flag: 5,
	user: 6,
	channel: 7,
	role: 8,
	mentionable: 9,
	number: 10,
	file: 11,
};
const isRestricted = (one) => one.default_member_permissions && one.default_member_permissions !== '0';

// ---- commands

function leaves(root) {
	const out = [];
	const walk = (options, names, shown, description) => {
		const inner = (options ?? []).filter((one) => one.type === TYPES.sub || one.type === TYPES.group);
		if (inner.length === 0)
			out.push({
				root,
				path: names.join(' '),
				shown: `/${shown.join(' ')}`,
				description,
				options: options ?? [],
			});
		for (const one of inner)
			walk(one.options, [...names, one.name], [...shown, local(one, 'name')], local(one, 'description'));
	};
	walk(root.options, [root.name], [local(root, 'name')], local(root, 'description'));
	return out;
}

// What Discord would offer to this player in this place.
export function offered() {
	const context = state.place === 'server' ? 0 : 1;
	return state.commands
		.filter(
			(one) =>
				(one.type ?? 1) === 1 &&
				(one.contexts?.includes(context) ?? true) &&
				(context === 1 || player().admin || !isRestricted(one)),
		)
		.flatMap(leaves);
}

// Those that fit what is typed, best first.
export function found(typed) {
	const words = typed.replace(/^\//, '').toLowerCase().trim();
	const score = (one) => {
		const names = [one.path.toLowerCase(), one.shown.slice(1).toLowerCase()];
		if (names.some((name) => name.startsWith(words))) return 0;
		if (names.some((name) => name.split(' ').some((word) => word.startsWith(words)))) return 1;
		return names.some((name) => name.includes(words)) ? 2 : 3;
	};
	return offered()
		.map((one) => [score(one), one])
		.filter(([rank]) => rank < 3)
		.sort(([a], [b]) => a - b)
		.map(([, one]) => one);
}

// ---- options

// A field is {option, input, choices, choice, file}.
export const isFilled = (field) => field.file || field.input.value !== '';
export const nameOf = (field) => local(field.option, 'name');

// What an option's value is chosen from, or undefined.
export function choicesOf(option) {
	switch (option.type) {
		case TYPES.flag:
			return [
				{ label: t('yes'), value: true },
				{ label: t('no'), value: false },
			];
		case TYPES.user:
		case TYPES.mentionable:
			return state.players.map((one) => ({
				label: one.name,
				value: one.id,
				mark: avatar(one),
				detail: one.id,
			}));
		case TYPES.channel:
			return CHANNELS.map(([value, name]) => ({ label: name, value, mark: icon('hash') }));
		default:
			return option.choices?.map((one) => ({ label: local(one, 'name'), value: one.value }));
	}
}

// The option as Discord sends it, or throws words for the person.
export function valueOf(field) {
	const { option, input } = field;
	const { name, type } = option;
	const words = {
		name: nameOf(field),
		min: option.min_value ?? option.min_length ?? 0,
		max: option.max_value ?? option.max_length ?? '…',
	};
	const wrong = (key) => Object.assign(new Error(t(key, words)), { field });
	const out = (value) => ({ name, type, value });
	if (!isFilled(field)) throw wrong('need');
	if (type === TYPES.file) return out(field.file.id);
	if (field.choices) {
		const typed = input.value.toLowerCase();
		const choice = field.choice ?? field.choices.find((one) => one.label.toLowerCase() === typed);
		if (!choice) throw wrong('need_choice');
		return out(choice.value);
	}
	if (field.choice) return out(field.choice.value);
	if (type === TYPES.integer || type === TYPES.number) {
		const value = Number(input.value);
		if (!Number.isFinite(value) || (type === TYPES.integer && !Number.isSafeInteger(value)))
			throw wrong('need_number');
		if (value < (option.min_value ?? -Infinity) || value > (option.max_value ?? Infinity))
			throw wrong('need_range');
		return out(value);
	}
	if (input.value.length < (option.min_length ?? 0) || input.value.length > (option.max_length ?? 6000))
		throw wrong('need_length');
	return out(input.value);
}

// The data of an interaction.
export function dataOf(one, options, resolved) {
	const words = one.path.split(' ');
	let nested = options;
	for (let depth = words.length - 1; depth > 0; depth--)
		nested = [
			{ name: words[depth], type: words.length - depth === 1 ? TYPES.sub : TYPES.group, options: nested },
		];
	return {
		id: one.root.id ?? '0',
		name: words[0],
		type: 1,
		options: nested,
		...(Object.keys(resolved).length ? { resolved } : {}),
	};
}

// fields: where a file that was chosen is found.
export function resolvedOf(options, fields) {
	const resolved = {};
	const put = (kind, key, value) => {
		resolved[kind] = { ...resolved[kind], [key]: value };
	};
	for (const { type, value } of options) {
		const other = state.players.find((one) => one.id === value);
		if ((type === TYPES.user || type === TYPES.mentionable) && other) {
			put('users', value, user(other));
			if (state.place === 'server') put('members', value, member(other));
		} else if (type === TYPES.channel) {
			put('channels', value, {
				id: value,
				type: 0,
				name: CHANNELS.find(([one]) => one === value)[1],
				permissions: member(player()).permissions,
			});
		} else if (type === TYPES.file) {
			put('attachments', value, fields.find((field) => field.file?.id === value).file);
		}
	}
	return resolved;
}
