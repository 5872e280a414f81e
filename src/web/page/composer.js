// The slash-command input: a list of commands, then one field for each option, filled from lists, players, files, or the
// program's own autocomplete.

import { interact } from './api.js';
import { run } from './chat.js';
import { $, debounce, h, icon } from './dom.js';
import { local, locale, t } from './i18n.js';
import { avatar } from './message.js';
import { Popup } from './popup.js';
import { CHANNELS, interaction, member, on, player, snowflake, state, user } from './state.js';

const TYPES = { sub: 1, group: 2, text: 3, integer: 4, flag: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10,
	file: 11 };
const TYPING_MS = 150;
const ADMINISTRATOR_ONLY = (one) => one.default_member_permissions && one.default_member_permissions !== '0';

let popup;
let command = null; // {path, words, root, options, …} once it is chosen
let fields = [];
let tail; // the input that takes a command's name, then more options

// ---- commands

function leaves(root) {
	const out = [];
	const walk = (options, names, shown, description) => {
		const inner = (options ?? []).filter((one) => one.type === TYPES.sub || one.type === TYPES.group);
		if (inner.length === 0)
			out.push({ root, path: names.join(' '), shown: `/${shown.join(' ')}`, description, options: options ?? [] });
		for (const one of inner)
			walk(one.options, [...names, one.name], [...shown, local(one, 'name')], local(one, 'description'));
	};
	walk(root.options, [root.name], [local(root, 'name')], local(root, 'description'));
	return out;
}

// What Discord would offer to this player in this place.
function offered() {
	const context = state.place === 'server' ? 0 : 1;
	return state.commands.filter((one) => (one.type ?? 1) === 1 && (one.contexts?.includes(context) ?? true) &&
		(context === 1 || player().admin || !ADMINISTRATOR_ONLY(one))).flatMap(leaves);
}

function found(typed) {
	const words = typed.replace(/^\//, '').toLowerCase().trim();
	const score = (one) => {
		const names = [one.path.toLowerCase(), one.shown.slice(1).toLowerCase()];
		if (names.some((name) => name.startsWith(words)))
			return 0;
		if (names.some((name) => name.split(' ').some((word) => word.startsWith(words))))
			return 1;
		return names.some((name) => name.includes(words)) ? 2 : 3;
	};
	return offered().map((one) => [score(one), one]).filter(([rank]) => rank < 3).sort(([a], [b]) => a - b)
		.map(([, one]) => one);
}

// ---- the fields

function say(text, bad) {
	$('hint').textContent = text;
	$('hint').classList.toggle('error', Boolean(bad));
}

const isFilled = (field) => field.file || field.input.value !== '';
const nameOf = (field) => local(field.option, 'name');

function choicesOf(option) {
	switch (option.type) {
	case TYPES.flag:
		return [{ label: t('yes'), value: true }, { label: t('no'), value: false }];
	case TYPES.user:
	case TYPES.mentionable:
		return state.players.map((one) => ({ label: one.name, value: one.id, mark: avatar(one), detail: one.id }));
	case TYPES.channel:
		return CHANNELS.map(([value, name]) => ({ label: name, value, mark: icon('hash') }));
	default:
		return option.choices?.map((one) => ({ label: local(one, 'name'), value: one.value }));
	}
}

// The option as Discord sends it, or throws words for the person.
function valueOf(field) {
	const { option, input } = field;
	const { name, type } = option;
	const words = { name: nameOf(field), min: option.min_value ?? option.min_length ?? 0, max: option.max_value ??
		option.max_length ?? '…' };
	const wrong = (key) => Object.assign(new Error(t(key, words)), { field });
	const out = (value) => ({ name, type, value });
	if (!isFilled(field))
		throw wrong('need');
	if (type === TYPES.file)
		return out(field.file.id);
	if (field.choices) {
		const typed = input.value.toLowerCase();
		const choice = field.choice ?? field.choices.find((one) => one.label.toLowerCase() === typed);
		if (!choice)
			throw wrong('need_choice');
		return out(choice.value);
	}
	if (field.choice)
		return out(field.choice.value);
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

function dataOf(one, options, resolved) {
	const words = one.path.split(' ');
	let nested = options;
	for (let depth = words.length - 1; depth > 0; depth--)
		nested = [{ name: words[depth], type: words.length - depth === 1 ? TYPES.sub : TYPES.group, options: nested }];
	return { id: one.root.id ?? '0', name: words[0], type: 1, options: nested,
		...(Object.keys(resolved).length ? { resolved } : {}) };
}

function resolvedOf(options) {
	const resolved = {};
	const put = (kind, key, value) => {
		resolved[kind] = { ...resolved[kind], [key]: value };
	};
	for (const { type, value } of options) {
		const other = state.players.find((one) => one.id === value);
		if ((type === TYPES.user || type === TYPES.mentionable) && other) {
			put('users', value, user(other));
			if (state.place === 'server')
				put('members', value, member(other));
		} else if (type === TYPES.channel) {
			put('channels', value, { id: value, type: 0, name: CHANNELS.find(([one]) => one === value)[1], permissions: member(player()).permissions });
		} else if (type === TYPES.file) {
			put('attachments', value, fields.find((field) => field.file?.id === value).file);
		}
	}
	return resolved;
}

// ---- lists

function narrow(list, typed) {
	const words = typed.toLowerCase();
	return list.filter((one) => one.label.toLowerCase().includes(words));
}

function take(field, choice) {
	field.choice = choice;
	field.input.value = choice.label;
	grow(field.input);
	popup.close();
	onward(field);
}

const complete = debounce(TYPING_MS, async (field) => {
	const options = fields.filter((one) => one === field || isFilled(one)).flatMap((one) => {
		if (one === field)
			return [{ name: one.option.name, type: one.option.type, value: one.input.value, focused: true }];
		try {
			return [valueOf(one)];
		} catch {
			return [];
		}
	});
	const mine = (field.asked = new AbortController());
	const title = nameOf(field);
	try {
		const answer = await interact(interaction(4, dataOf(command, options, resolvedOf(options)), { locale: locale() }), { signal: mine.signal });
		if (field.asked !== mine || document.activeElement !== field.input)
			return;
		const choices = (answer.data?.choices ?? []).map((one) => ({ label: local(one, 'name'), value: one.value }));
		popup.open(field.input, title, choices, (choice) => take(field, choice), field.input.value === '' ? -1 : 0);
	} catch (error) {
		if (!mine.signal.aborted && document.activeElement === field.input)
			popup.say(field.input, title, error.message);
	}
});

function suggest(field) {
	const title = `${nameOf(field)} — ${local(field.option, 'description')}`;
	field.asked?.abort();
	if (field.choices) {
		const typed = field.choice ? '' : field.input.value;
		popup.open(field.input, title, narrow(field.choices, typed), (choice) => take(field, choice));
	} else if (field.option.autocomplete) {
		if (!popup.isOpen || popup.input !== field.input)
			popup.say(field.input, title, t('searching'));
		complete(field);
	} else {
		popup.close();
	}
}

const left = () => command.options.filter((option) => !fields.some((field) => field.option === option));

function suggestTail() {
	if (!command) {
		if (tail.value === '')
			popup.close();
		else
			popup.open(tail, t('commands'), found(tail.value).map((one) => ({ label: one.shown, detail: one.description, one })),
				({ one }) => choose(one));
		return;
	}
	const items = left().map((option) => ({ label: local(option, 'name'), detail: local(option, 'description'), option }));
	const typed = narrow(items, tail.value);
	if (typed.length)
		popup.open(tail, t('option_add'), typed, ({ option }) => addField(option).input.focus(), tail.value === '' ? -1 : 0);
	else
		popup.close();
}

// ---- keys

function onward(field) {
	const next = fields.slice(fields.indexOf(field) + 1).find((one) => !isFilled(one)) ?? fields.find((one) => !isFilled(one));
	(next?.input ?? tail).focus();
}

function grow(input) {
	input.style.setProperty('--n', Math.max(input.value.length * (/[^\u0000-\u00ff]/.test(input.value) ? 2 : 1), 4));
}

function fieldKey(event, field) {
	if (popup.input === field.input && popup.key(event)) {
		event.preventDefault();
		event.stopPropagation();
	} else if (event.key === 'Enter' && !event.isComposing) {
		event.preventDefault();
		send();
	} else if (event.key === 'Backspace' && field.input.value === '' && field.input.type !== 'file') {
		event.preventDefault();
		if (field.option.required)
			leave();
		else
			removeField(field);
	} else if (event.key === 'Escape') {
		leave();
	}
}

function tailKey(event) {
	if (popup.input === tail && popup.key(event)) {
		event.preventDefault();
		event.stopPropagation();
	} else if (event.key === 'Enter' && !event.isComposing) {
		event.preventDefault();
		send();
	} else if (event.key === 'Backspace' && tail.value === '' && command) {
		event.preventDefault();
		const last = fields.at(-1);
		if (last && !last.option.required)
			removeField(last);
		else
			leave();
	} else if (event.key === 'Escape' && command) {
		leave();
	}
}

// ---- building

async function readFile(field, file) {
	if (!file)
		return;
	const url = await new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(reader.result);
		reader.onerror = () => reject(reader.error);
		reader.readAsDataURL(file);
	});
	const type = file.type || 'application/octet-stream';
	field.file = { id: snowflake(), filename: file.name, size: file.size, content_type: type, ephemeral: true, proxy_url: url,
		url: url.replace(/^data:[^,]*?;base64,/, `data:${type};base64,`) };
	field.element.querySelector('.file-name').textContent = file.name;
	onward(field);
}

function fileInput(field) {
	const input = h('input', { type: 'file', 'aria-label': nameOf(field), 'aria-describedby': 'hint',
		onchange: () => readFile(field, input.files[0]).catch((error) => say(error.message, true)) });
	return [input, h('span', { class: 'file-name', 'aria-hidden': 'true' }, t('file_choose'))];
}

function textInput(field) {
	const { option } = field;
	const lists = field.choices || option.autocomplete;
	const input = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-label': nameOf(field),
		'aria-describedby': 'hint', 'aria-required': option.required && 'true',
		inputmode: option.type === TYPES.integer ? 'numeric' : undefined,
		...(lists ? { role: 'combobox', 'aria-expanded': 'false', 'aria-autocomplete': 'list' } : {}),
		oninput: () => {
			field.choice = null;
			grow(input);
			suggest(field);
		},
		onfocus: () => {
			say(`${local(option, 'description')}${option.required ? ` (${t('required')})` : ''}`);
			suggest(field);
		},
		onblur: () => popup.input === input && popup.close() });
	return [input];
}

function addField(option) {
	const field = { option, choices: choicesOf(option), choice: null, file: null };
	const inputs = option.type === TYPES.file ? fileInput(field) : textInput(field);
	[field.input] = inputs;
	field.input.addEventListener('keydown', (event) => fieldKey(event, field));
	field.element = h('span', { class: `field${option.type === TYPES.file ? ' of-file' : ''}`,
		onmousedown: (event) => event.target === field.element && setTimeout(() => field.input.focus()) },
	h('span', { class: 'field-name', 'aria-hidden': 'true' }, nameOf(field)), inputs,
	!option.required && h('button', { type: 'button', tabindex: '-1', class: 'ghost', 'aria-label': t('remove_option', { name: nameOf(field) }),
		onclick: () => removeField(field) }, icon('close')));
	grow(field.input);
	fields.push(field);
	tail.value = '';
	tail.before(field.element);
	return field;
}

function removeField(field) {
	fields = fields.filter((one) => one !== field);
	field.element.remove();
	tail.focus();
	hintTail();
}

function hintTail() {
	const more = command ? left().map((option) => local(option, 'name')).join(', ') : '';
	tail.placeholder = command ? '' : t('input');
	tail.setAttribute('aria-label', command ? t('option_add') : t('input'));
	if (command)
		say(more ? t('option_more', { names: more }) : t('option_none'));
	else
		say('');
}

export function choose(one) {
	leave(false);
	command = one;
	tail.value = '';
	$('command').replaceChildren(h('button', { type: 'button', class: 'chip', 'aria-label': `${one.shown}: ${t('clear')}`, onclick: () => leave() },
		one.shown));
	$('composer').classList.add('has-command');
	one.options.filter((option) => option.required).forEach(addField);
	popup.close();
	hintTail();
	(fields[0]?.input ?? tail).focus();
	if (!fields.length)
		suggestTail();
}

function leave(focus = true) {
	fields.forEach((field) => {
		field.asked?.abort();
		field.element.remove();
	});
	fields = [];
	command = null;
	tail.value = '';
	$('command').replaceChildren();
	$('composer').classList.remove('has-command');
	popup.close();
	hintTail();
	if (focus)
		tail.focus();
}

function shownCommand() {
	const parts = fields.filter(isFilled).map((field) => `${nameOf(field)}: ${field.file?.filename ?? field.input.value}`);
	return [command.shown, ...parts].join(' ');
}

function send() {
	if (!command) {
		if (tail.value !== '')
			say(t(tail.value.startsWith('/') ? 'no_command' : 'only_slash'), true);
		return;
	}
	try {
		const options = fields.filter((field) => field.option.required || isFilled(field)).map(valueOf);
		const data = dataOf(command, options, resolvedOf(options));
		const shown = shownCommand();
		leave();
		run(data, shown);
	} catch (error) {
		if (!error.field)
			throw error;
		say(error.message, true);
		error.field.input.focus();
		say(error.message, true);
	}
}

// As if the person had typed it: path "gacha pull", values by option name.
function runPath({ path, values }) {
	const one = offered().find((other) => other.path === path);
	if (!one)
		return;
	const given = one.options.filter((option) => Object.hasOwn(values, option.name));
	const options = given.map(({ name, type }) => ({ name, type, value: values[name] }));
	const shown = given.map((option) => `${local(option, 'name')}: ${values[option.name]}`);
	run(dataOf(one, options, resolvedOf(options)), [one.shown, ...shown].join(' '));
}

export function start() {
	popup = new Popup($('popup'));
	tail = h('input', { type: 'text', id: 'composer-focus', class: 'tail', role: 'combobox', 'aria-expanded': 'false', 'aria-autocomplete': 'list',
		'aria-describedby': 'hint', autocomplete: 'off', spellcheck: 'false',
		oninput: suggestTail,
		onfocus: () => {
			hintTail();
			suggestTail();
		},
		onblur: () => popup.input === tail && popup.close(),
		onkeydown: tailKey });
	$('fields').append(tail);
	$('composer').addEventListener('submit', (event) => {
		event.preventDefault();
		send();
	});
	$('slash').addEventListener('click', () => {
		leave();
		tail.value = '/';
		suggestTail();
	});
	$('fields').addEventListener('mousedown', (event) => event.target === $('fields') && setTimeout(() => tail.focus()));
	document.addEventListener('keydown', (event) => {
		const typing = event.target.closest?.('input, textarea, select, [contenteditable], dialog');
		if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		$('slash').click();
	});
	on('run', runPath);
	on('language', () => leave(false));
	on('current', () => leave(false));
	hintTail();
}
