// The slash-command input: a list of commands, then one field for each option, filled from lists, players, files, or
// the program's own autocomplete.

import { interact } from './api.js';
import { run } from './chat.js';
import { choicesOf, dataOf, found, isFilled, nameOf, offered, resolvedOf, TYPES, valueOf } from './command.js';
import { $, debounce, h, icon } from './dom.js';
import { local, locale, t } from './i18n.js';
import { Popup } from './popup.js';
import { interaction, on, snowflake } from './state.js';

const TYPING_MS = 150;

let popup;
let command = null; // {path, words, root, options, …} once it is chosen
let fields = [];
let tail; // the input that takes a command's name, then more options

// ---- the fields

function say(text, bad) {
	$('hint').textContent = text;
	$('hint').classList.toggle('error', Boolean(bad));
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
	if (!fields.includes(field)) return;
	const options = fields
		.filter((one) => one === field || isFilled(one))
		.flatMap((one) => {
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
		const answer = await interact(
			interaction(4, dataOf(command, options, resolvedOf(options, fields)), { locale: locale() }),
			{ signal: mine.signal },
		);
		if (field.asked !== mine || document.activeElement !== field.input) return;
		const choices = (answer.data?.choices ?? []).map((one) => ({
			label: local(one, 'name'),
			value: one.value,
		}));
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
		if (!popup.isOpen || popup.input !== field.input) popup.say(field.input, title, t('searching'));
		complete(field);
	} else {
		popup.close();
	}
}

const left = () => command.options.filter((option) => !fields.some((field) => field.option === option));

function suggestTail() {
	if (!command) {
		if (tail.value === '') popup.close();
		else
			popup.open(
				tail,
				t('commands'),
				found(tail.value).map((one) => ({ label: one.shown, detail: one.description, one })),
				({ one }) => choose(one),
			);
		return;
	}
	const items = left().map((option) => ({
		label: local(option, 'name'),
		detail: local(option, 'description'),
		option,
	}));
	const typed = narrow(items, tail.value);
	if (typed.length)
		popup.open(
			tail,
			t('option_add'),
			typed,
			({ option }) => addField(option).input.focus(),
			tail.value === '' ? -1 : 0,
		);
	else popup.close();
}

// ---- keys

function onward(field) {
	const next =
		fields.slice(fields.indexOf(field) + 1).find((one) => !isFilled(one)) ??
		fields.find((one) => !isFilled(one));
	(next?.input ?? tail).focus();
}

function grow(input) {
	input.style.setProperty(
		'--n',
		Math.max(input.value.length * (/[^\u0000-\u00ff]/.test(input.value) ? 2 : 1), 4),
	);
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
		if (field.option.required) leave();
		else removeField(field);
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
		if (last && !last.option.required) removeField(last);
		else leave();
	} else if (event.key === 'Escape' && command) {
		leave();
	}
}

// ---- building

async function readFile(field, file) {
	if (!file) return;
	const url = await new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(reader.result);
		reader.onerror = () => reject(reader.error);
		reader.readAsDataURL(file);
	});
	const type = file.type || 'application/octet-stream';
	field.file = {
		id: snowflake(),
		filename: file.name,
		size: file.size,
		content_type: type,
		ephemeral: true,
		proxy_url: url,
		url: url.replace(/^data:[^,]*?;base64,/, `data:${type};base64,`),
	};
	field.element.querySelector('.file-name').textContent = file.name;
	onward(field);
}

function fileInput(field) {
	const input = h('input', {
		type: 'file',
		'aria-label': nameOf(field),
		'aria-describedby': 'hint',
		onchange: () => readFile(field, input.files[0]).catch((error) => say(error.message, true)),
	});
	return [input, h('span', { class: 'file-name', 'aria-hidden': 'true' }, t('file_choose'))];
}

function textInput(field) {
	const { option } = field;
	const lists = field.choices || option.autocomplete;
	const input = h('input', {
		type: 'text',
		autocomplete: 'off',
		spellcheck: 'false',
		'aria-label': nameOf(field),
		'aria-describedby': 'hint',
		'aria-required': option.required && 'true',
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
		onblur: () => popup.input === input && popup.close(),
	});
	return [input];
}

function addField(option) {
	const field = { option, choices: choicesOf(option), choice: null, file: null };
	const inputs = option.type === TYPES.file ? fileInput(field) : textInput(field);
	[field.input] = inputs;
	field.input.addEventListener('keydown', (event) => fieldKey(event, field));
	field.element = h(
		'span',
		{
			class: `field${option.type === TYPES.file ? ' of-file' : ''}`,
			onmousedown: (event) => event.target === field.element && setTimeout(() => field.input.focus()),
		},
		h('span', { class: 'field-name', 'aria-hidden': 'true' }, nameOf(field)),
		inputs,
		!option.required &&
			h(
				'button',
				{
					type: 'button',
					tabindex: '-1',
					class: 'ghost',
					'aria-label': t('remove_option', { name: nameOf(field) }),
					onclick: () => removeField(field),
				},
				icon('close'),
			),
	);
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
	const more = command
		? left()
				.map((option) => local(option, 'name'))
				.join(', ')
		: '';
	tail.placeholder = command ? '' : t('input');
	tail.setAttribute('aria-label', command ? t('option_add') : t('input'));
	if (command) say(more ? t('option_more', { names: more }) : t('option_none'));
	else say('');
}

export function choose(one) {
	leave(false);
	command = one;
	tail.value = '';
	$('command').replaceChildren(
		h(
			'button',
			{ type: 'button', class: 'chip', 'aria-label': `${one.shown}: ${t('clear')}`, onclick: () => leave() },
			one.shown,
		),
	);
	$('composer').classList.add('has-command');
	one.options.filter((option) => option.required).forEach(addField);
	popup.close();
	hintTail();
	(fields[0]?.input ?? tail).focus();
	if (!fields.length) suggestTail();
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
	if (focus) tail.focus();
}

function shownCommand() {
	const parts = fields
		.filter(isFilled)
		.map((field) => `${nameOf(field)}: ${field.file?.filename ?? field.input.value}`);
	return [command.shown, ...parts].join(' ');
}

function send() {
	if (!command) {
		if (tail.value !== '') say(t(tail.value.startsWith('/') ? 'no_command' : 'only_slash'), true);
		return;
	}
	try {
		const options = fields.filter((field) => field.option.required || isFilled(field)).map(valueOf);
		const data = dataOf(command, options, resolvedOf(options, fields));
		const shown = shownCommand();
		leave();
		run(data, shown);
	} catch (error) {
		if (!error.field) throw error;
		say(error.message, true);
		error.field.input.focus();
		say(error.message, true);
	}
}

// As if the person had typed it: path "gacha pull", values by option name.
function runPath({ path, values }) {
	const one = offered().find((other) => other.path === path);
	if (!one) return;
	const given = one.options.filter((option) => Object.hasOwn(values, option.name));
	const options = given.map(({ name, type }) => ({ name, type, value: values[name] }));
	const shown = given.map((option) => `${local(option, 'name')}: ${values[option.name]}`);
	run(dataOf(one, options, resolvedOf(options, [])), [one.shown, ...shown].join(' '));
}

export function start() {
	popup = new Popup($('popup'));
	tail = h('input', {
		type: 'text',
		id: 'composer-focus',
		class: 'tail',
		role: 'combobox',
		'aria-expanded': 'false',
		'aria-autocomplete': 'list',
		'aria-describedby': 'hint',
		autocomplete: 'off',
		spellcheck: 'false',
		oninput: suggestTail,
		onfocus: () => {
			hintTail();
			suggestTail();
		},
		onblur: () => popup.input === tail && popup.close(),
		onkeydown: tailKey,
	});
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
	$('fields').addEventListener(
		'mousedown',
		(event) => event.target === $('fields') && setTimeout(() => tail.focus()),
	);
	document.addEventListener('keydown', (event) => {
		const typing = event.target.closest?.('input, textarea, select, [contenteditable], dialog');
		if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		$('slash').click();
	});
	on('run', runPath);
	on('language', () => leave(false));
	on('current', () => leave(false));
	hintTail();
}
