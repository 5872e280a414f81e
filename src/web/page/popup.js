// The list above an input (a combobox of ARIA): arrows move, Enter and Tab take what is active, Escape closes.

import { h, id } from './dom.js';
import { t } from './i18n.js';

export class Popup {
	constructor(box) {
		this.box = box;
		this.list = h('ul', {
			role: 'listbox',
			id: id('list'),
			class: 'popup-list',
			onmousedown: (event) => event.preventDefault(),
		});
		this.head = h('div', { class: 'popup-head' });
		this.note = h('div', { class: 'popup-note', role: 'status' });
		box.append(this.head, this.list, this.note);
		this.items = [];
		this.close();
	}

	// input: a combobox; items: {label, detail, mark, group}; pick(item) when one is taken; active: which one at first.
	open(input, title, items, pick, active = 0) {
		if (this.input !== input) this.close();
		Object.assign(this, { input, items, pick, active: Math.min(active, items.length - 1), isOpen: true });
		this.head.textContent = title;
		this.note.textContent = items.length ? '' : t('nothing');
		this.rows = items.map((item, i) =>
			h(
				'li',
				{
					role: 'option',
					id: `${this.list.id}-${i}`,
					'aria-selected': 'false',
					onmousemove: () => this.move(i),
					onclick: () => pick(item),
				},
				item.mark,
				h('span', { class: 'popup-label' }, item.label),
				item.detail && h('span', { class: 'popup-detail' }, item.detail),
			),
		);
		this.list.replaceChildren(...this.rows);
		this.list.setAttribute('aria-label', title);
		this.list.hidden = items.length === 0;
		this.box.hidden = false;
		input.setAttribute('aria-expanded', String(items.length > 0));
		input.setAttribute('aria-controls', this.list.id);
		this.move(this.active);
	}

	say(input, title, text) {
		this.open(input, title, [], () => {});
		this.note.textContent = text;
	}

	close() {
		this.isOpen = false;
		this.items = [];
		this.box.hidden = true;
		this.list.replaceChildren();
		this.input?.setAttribute('aria-expanded', 'false');
		this.input?.removeAttribute('aria-activedescendant');
	}

	move(to) {
		this.active = to;
		this.rows.forEach((row, i) => row.setAttribute('aria-selected', String(i === to)));
		if (!this.rows[to]) {
			this.input.removeAttribute('aria-activedescendant');
			return;
		}
		this.input.setAttribute('aria-activedescendant', this.rows[to].id);
		this.rows[to].scrollIntoView({ block: 'nearest' });
	}

	// Whether the key was for the list.
	key(event) {
		const count = this.items.length;
		if (!this.isOpen || event.isComposing) return false;
		if (event.key === 'ArrowDown' && count) this.move((this.active + 1) % count);
		else if (event.key === 'ArrowUp' && count)
			this.move((this.active + count - (this.active < 0 ? 0 : 1)) % count);
		else if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && this.items[this.active])
			this.pick(this.items[this.active]);
		else if (event.key === 'Escape') this.close();
		else return false;
		return true;
	}
}
