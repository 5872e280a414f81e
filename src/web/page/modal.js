// A modal of the program: text inputs and selects in a dialogue, and what was entered as Discord sends it back.

import { h, id } from './dom.js';
import { t } from './i18n.js';

// {element, read} of one input; the label stands outside.
function input(one, name) {
	if (one.type === 3) {
		const element = h(
			'select',
			{ id: name, required: one.required !== false, multiple: (one.max_values ?? 1) > 1 },
			one.required === false && h('option', { value: '' }, t('choose')),
			one.options.map((option) =>
				h('option', { value: option.value, selected: option.default }, option.label),
			),
		);
		return {
			element,
			read: () => ({
				type: 3,
				custom_id: one.custom_id,
				values: [...element.selectedOptions].map((option) => option.value).filter(Boolean),
			}),
		};
	}
	const props = {
		id: name,
		required: one.required !== false,
		minlength: one.min_length,
		maxlength: one.max_length ?? 4000,
		placeholder: one.placeholder,
		value: one.value ?? '',
	};
	const element =
		one.style === 2 ? h('textarea', { ...props, rows: '5' }) : h('input', { ...props, type: 'text' });
	return { element, read: () => ({ type: 4, custom_id: one.custom_id, value: element.value }) };
}

// A row holds one input with its own label; a label holds one without.
function part(one) {
	const name = id('input');
	const inner = one.type === 18 ? one.component : one.components?.[0];
	if (!inner || ![3, 4].includes(inner.type))
		return { element: h('pre', { tabindex: '0' }, JSON.stringify(one, null, 1)), read: () => null };
	const { element, read } = input(inner, name);
	const note = one.type === 18 ? one.description : undefined;
	if (note) element.setAttribute('aria-describedby', `${name}-note`);
	return {
		element: h(
			'div',
			{ class: 'form-row' },
			h(
				'label',
				{ for: name },
				one.label ?? inner.label,
				inner.required !== false && h('span', { class: 'must', 'aria-hidden': 'true' }, ' *'),
			),
			note && h('p', { id: `${name}-note`, class: 'muted' }, note),
			element,
		),
		read: () => (one.type === 18 ? { type: 18, component: read() } : { type: 1, components: [read()] }),
	};
}

// send(components) posts it; done(sent) is called when the dialogue is gone.
export function ask(data, send, done, dialog) {
	const parts = (data.components ?? []).map(part);
	const error = h('p', { class: 'error', role: 'alert' });
	const submit = h('button', { class: 'button primary' }, t('submit'));
	let sent = false;
	const form = h(
		'form',
		{
			onsubmit: async (event) => {
				event.preventDefault();
				error.textContent = '';
				submit.disabled = true;
				try {
					await send(parts.map(({ read }) => read()).filter(Boolean));
					sent = true;
					box.close();
				} catch (why) {
					error.textContent = `${t('failed_press')}: ${why.message}`;
				}
				submit.disabled = false;
			},
		},
		parts.map(({ element }) => element),
		error,
		h(
			'footer',
			{},
			h('button', { type: 'button', class: 'button secondary', onclick: () => box.close() }, t('cancel')),
			submit,
		),
	);
	const box = dialog(data.title, form, { close: t('close'), closed: () => done(sent) });
	form.querySelector('input, textarea, select')?.focus();
}
