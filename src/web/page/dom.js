// Building of the page's elements. Text is only ever set as text: nothing here, or anywhere on the page, parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

// 24 units square, drawn as strokes.
const ICONS = {
	add: 'M12 5v14M5 12h14',
	alert: 'M12 3 2 20h20zM12 10v4M12 17.2v.1',
	check: 'm5 12.5 4.5 4.5L19 7.5',
	close: 'm6 6 12 12M18 6 6 18',
	down: 'm6 9 6 6 6-6',
	edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
	eye: 'M2 12s4-6.5 10-6.5S22 12 22 12s-4 6.5-10 6.5S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
	file: 'M6 2.5h8l5 5V21.5H6zM14 2.5v5h5',
	hash: 'M9.5 4 8 20M16 4l-1.5 16M4.5 9H20M4 15h15.5',
	link: 'M14 5h5v5M19 5l-8.5 8.5M11 6H6v12.5h12.5V14',
	mail: 'M3 6h18v12.5H3zM3.5 6.5 12 13l8.5-6.5',
	play: 'M7 5v14l12-7z',
	reply: 'M20 18v-5a4 4 0 0 0-4-4H5M9 5 5 9l4 4',
	send: 'M4 12 3 4l18 8-18 8zM4 12h9',
	shield: 'M12 3l7.5 3v5c0 5-3.2 8.5-7.5 10.5C7.7 19.5 4.5 16 4.5 11V6zM9 12l2.2 2.2L15.3 10',
	stop: 'M7 7h10v10H7z',
	tools: 'M4 20V10M10 20V4M16 20v-7M22 20H2',
};

function attach(element, props, children) {
	for (const [key, value] of Object.entries(props ?? {})) {
		if (value === undefined || value === null || value === false) continue;
		if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
		else if (key === 'value' || key === 'checked') element[key] = value;
		else if (key.startsWith('--')) element.style.setProperty(key, value);
		else element.setAttribute(key, value === true ? '' : value);
	}
	element.append(
		...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false),
	);
	return element;
}

// on… are listeners, --… custom properties, the rest attributes; children are nodes or text.
export const h = (tag, props, ...children) => attach(document.createElement(tag), props, children);
export const s = (tag, props, ...children) => attach(document.createElementNS(SVG, tag), props, children);
export const $ = (id) => document.getElementById(id);

export const icon = (name) =>
	s('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, s('path', { d: ICONS[name] }));

let unique = 0;
export const id = (prefix) => `${prefix}-${++unique}`;

export function debounce(ms, run) {
	let timer;
	return (...args) => {
		clearTimeout(timer);
		timer = setTimeout(run, ms, ...args);
	};
}

// Arrow keys, Home and End move among the elements that `list` gives; one of them is in the order of Tab.
export function rove(box, list, { vertical = false, pick = () => {} } = {}) {
	const back = vertical ? 'ArrowUp' : 'ArrowLeft';
	const forth = vertical ? 'ArrowDown' : 'ArrowRight';
	box.addEventListener('keydown', (event) => {
		const all = list();
		const at = all.indexOf(event.target);
		const to = { [back]: at - 1, [forth]: at + 1, Home: 0, End: all.length - 1 }[event.key];
		if (at < 0 || to === undefined) return;
		event.preventDefault();
		const next = all[(to + all.length) % all.length];
		next.focus();
		pick(next);
	});
}

export function download(name, text, type) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	h('a', { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// A modal dialogue: the browser keeps the focus inside, closes it on Escape, and gives the focus back.
export function dialog(title, body, { close, closed = () => {} }) {
	const heading = id('dialog');
	const box = h(
		'dialog',
		{ class: 'dialog', 'aria-labelledby': heading },
		h(
			'header',
			{},
			h('h2', { id: heading }, title),
			h(
				'button',
				{ type: 'button', class: 'ghost', 'aria-label': close, onclick: () => box.close() },
				icon('close'),
			),
		),
		body,
	);
	const before = document.activeElement;
	box.addEventListener('close', () => {
		box.remove();
		before?.focus?.();
		closed();
	});
	box.addEventListener('mousedown', (event) => event.target === box && box.close());
	document.body.append(box);
	box.showModal();
	return box;
}
