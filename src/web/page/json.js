// Strict JSON for what is hashed (gacha.md, Catalog): objects become Maps, since the order of keys counts and a plain
// object would move keys that look like numbers to the front. Refused: what RFC 8259 refuses, duplicate keys, lone
// surrogates, a byte order mark, nesting beyond 64. A number that is not a safe integer reads as NaN.

const DEPTH_MAX = 64;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const SHORT = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const BLANK = /[ \t\n\r]*/y;

class Reader {
	constructor(text) {
		this.text = text;
		this.at = 0;
	}

	fail(why) {
		const before = this.text.slice(0, this.at);
		const line = before.split('\n').length;
		throw new SyntaxError(`line ${line}, column ${this.at - before.lastIndexOf('\n')}: ${why}`);
	}

	match(pattern) {
		pattern.lastIndex = this.at;
		const found = pattern.exec(this.text);
		if (found) this.at = pattern.lastIndex;
		return found && found[0];
	}

	take(char) {
		this.match(BLANK);
		if (this.text[this.at] !== char) return false;
		this.at++;
		return true;
	}

	value(depth) {
		this.match(BLANK);
		switch (this.text[this.at]) {
			case '{':
				return this.object(depth);
			case '[':
				return this.array(depth);
			case '"':
				return this.string();
			case 't':
				return this.word('true', true);
			case 'f':
				return this.word('false', false);
			case 'n':
				return this.word('null', null);
			default:
				return this.number();
		}
	}

	word(word, value) {
		if (!this.text.startsWith(word, this.at)) this.fail('no value begins like this');
		this.at += word.length;
		return value;
	}

	number() {
		const text = this.match(NUMBER);
		if (text === null) this.fail('a value is missing');
		return /^(0|-?[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : NaN;
	}

	hex4() {
		const digits = this.text.slice(this.at, this.at + 4);
		if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('\\u takes four hex digits');
		this.at += 4;
		return String.fromCharCode(parseInt(digits, 16));
	}

	string() {
		let out = '';
		for (this.at++; ;) {
			out += this.match(PLAIN);
			const char = this.text[this.at++];
			if (char === '"') break;
			if (char !== '\\') {
				this.at--;
				this.fail('a string does not end, or holds a control character');
			}
			const escape = this.text[this.at++];
			if (escape === 'u') out += this.hex4();
			else if (Object.hasOwn(ESCAPES, escape ?? '')) out += ESCAPES[escape];
			else this.fail('there is no such escape');
		}
		if (/\p{Surrogate}/u.test(out)) this.fail('a lone surrogate');
		return out;
	}

	array(depth) {
		const out = [];
		if (depth === DEPTH_MAX) this.fail('nested too deep');
		this.at++;
		if (this.take(']')) return out;
		do out.push(this.value(depth + 1));
		while (this.take(','));
		if (!this.take(']')) this.fail('an array does not end');
		return out;
	}

	object(depth) {
		const out = new Map();
		if (depth === DEPTH_MAX) this.fail('nested too deep');
		this.at++;
		if (this.take('}')) return out;
		do {
			this.match(BLANK);
			if (this.text[this.at] !== '"') this.fail('a key is missing');
			const key = this.string();
			if (out.has(key)) this.fail(`the key '${key}' stands twice`);
			if (!this.take(':')) this.fail('a colon is missing');
			out.set(key, this.value(depth + 1));
		} while (this.take(','));
		if (!this.take('}')) this.fail('an object does not end');
		return out;
	}
}

// Throws SyntaxError with line and column.
export function parse(text) {
	const reader = new Reader(text);
	const value = reader.value(0);
	reader.match(BLANK);
	if (reader.at !== text.length) reader.fail('something follows the value');
	return value;
}

function quote(text) {
	return `"${text.replace(
		/["\\\u0000-\u001f]/g,
		(c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
	)}"`;
}

// By UTF-8 bytes, which is by code points; JavaScript's own order is by UTF-16 units.
function compareKeys(a, b) {
	const x = [...a];
	const y = [...b];
	for (let i = 0; i < x.length && i < y.length; i++)
		if (x[i] !== y[i]) return x[i].codePointAt(0) - y[i].codePointAt(0);
	return x.length - y.length;
}

// The canonical form. sorted: false keeps the order of keys, as receipts need it.
export function canonical(value, sorted = true) {
	if (typeof value === 'string') return quote(value);
	if (Array.isArray(value)) return `[${value.map((one) => canonical(one, sorted)).join()}]`;
	if (!(value instanceof Map)) return String(value);
	const keys = [...value.keys()];
	if (sorted) keys.sort(compareKeys);
	return `{${keys.map((key) => `${quote(key)}:${canonical(value.get(key), sorted)}`).join()}}`;
}
