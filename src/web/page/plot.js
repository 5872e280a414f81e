// One small chart: curves over a whole number, a band, marks, and a readout that follows the pointer and the slider
// below it (which is how the keyboard reads the chart).

import { h, s } from './dom.js';

const HEIGHT = 220;
const EDGE = { left: 44, right: 14, top: 12, bottom: 24 };
const STEPS = [1, 2, 5];

function ticks(max, most) {
	for (let size = 10 ** Math.floor(Math.log10(max / most)); ; size *= 10)
		for (const step of STEPS)
			if (max / (size * step) <= most)
				return Array.from(
					{ length: Math.floor(max / (size * step) + 1e-9) + 1 },
					(_, i) => i * size * step,
				);
}

// label: what the chart is; max: {x, y}; yText(value); series: [{values, kind}], values[i] at x = first + i;
// band: {low, high}; marks: [{x, y, text, kind, below}]; read(x) gives the words of the readout; sliderLabel.
export function plot({ label, first = 1, max, yText, series, band, marks = [], read, sliderLabel, start }) {
	const last = Math.max(first + 1, max.x);
	const drawing = s('svg', { class: 'plot', role: 'img', 'aria-label': label });
	const output = h('output', { class: 'readout' });
	const slider = h('input', {
		type: 'range',
		min: String(first),
		max: String(last),
		step: '1',
		'aria-label': sliderLabel,
	});
	slider.value = String(start ?? last);
	let width = 0;
	let cursor;
	const x = (value) => EDGE.left + ((value - first) / (last - first)) * (width - EDGE.left - EDGE.right);
	const y = (value) => HEIGHT - EDGE.bottom - (value / max.y) * (HEIGHT - EDGE.top - EDGE.bottom);
	const path = (values) =>
		values.map((value, i) => `${i ? 'L' : 'M'}${x(first + i).toFixed(1)} ${y(value).toFixed(1)}`).join('');

	const point = () => {
		const at = Number(slider.value);
		output.textContent = read(at);
		slider.setAttribute('aria-valuetext', output.textContent);
		cursor.replaceChildren(
			s('line', { x1: x(at), x2: x(at), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
			...series
				.filter(({ values }) => values.length)
				.map(({ values, kind }) =>
					s('circle', {
						class: kind,
						cx: x(at),
						cy: y(values[Math.min(at - first, values.length - 1)]),
						r: 4.5,
					}),
				),
		);
	};
	const draw = () => {
		width = drawing.clientWidth || 480;
		drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
		cursor = s('g', { class: 'cursor' });
		drawing.replaceChildren(
			s(
				'g',
				{ class: 'grid' },
				ticks(max.y, 5).map((value) => [
					s('line', { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
					s('text', { x: EDGE.left - 6, y: y(value) + 4, 'text-anchor': 'end' }, yText(value)),
				]),
				ticks(last, Math.max(3, Math.floor(width / 70)))
					.filter((value) => value >= first)
					.map((value) =>
						s('text', { x: x(value), y: HEIGHT - 6, 'text-anchor': 'middle' }, String(value)),
					),
			),
			band
				? s('path', {
						class: 'band',
						d: `${path(band.high)}${path(band.low)
							.replace('M', 'L')
							.split('L')
							.slice(1)
							.reverse()
							.map((one) => `L${one}`)
							.join('')}Z`,
					})
				: '',
			...series.map(({ values, kind }) => s('path', { class: `line ${kind}`, d: path(values) })),
			...marks.map((mark) =>
				s(
					'g',
					{ class: `mark ${mark.kind}` },
					s('circle', { cx: x(mark.x), cy: y(mark.y), r: 3.5 }),
					s(
						'text',
						mark.below
							? { x: x(mark.x) + 7, y: y(mark.y) + 13 }
							: { x: x(mark.x) - 7, y: y(mark.y) - 5, 'text-anchor': 'end' },
						mark.text,
					),
				),
			),
			cursor,
		);
		point();
	};

	drawing.addEventListener('pointermove', (event) => {
		const share =
			(event.clientX - drawing.getBoundingClientRect().left - EDGE.left) / (width - EDGE.left - EDGE.right);
		slider.value = String(Math.round(first + Math.max(0, Math.min(1, share)) * (last - first)));
		point();
	});
	slider.addEventListener('input', point);
	new ResizeObserver(() => drawing.clientWidth !== width && draw()).observe(drawing);
	draw();
	return h('figure', { class: 'figure' }, drawing, slider, output);
}
