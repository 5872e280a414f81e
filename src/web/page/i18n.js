// The page's words in English and Japanese. Elements of index.html name theirs with data-t (text), data-t-label
// (aria-label) and data-t-hint (placeholder).

const WORDS = {
	app: ['Playground', 'プレイグラウンド'],
	skip: ['Skip to the command input', 'コマンド入力へ移動'],
	players: ['Players', 'プレイヤー'],
	player_add: ['Add a player', 'プレイヤーを追加'],
	player_edit: ['Edit {name}', '{name} を編集'],
	player_name: ['Name', '名前'],
	player_color: ['Colour', '色'],
	player_remove: ['Remove', '削除'],
	player_remove_note: [
		'What this player owns stays in the store, but the page forgets who it was.',
		'持ち物はストアに残りますが、このページからは選べなくなります。',
	],
	player_last: ['One player has to stay.', '最後のプレイヤーは削除できません。'],
	player_new: ['Player {n}', 'プレイヤー{n}'],
	player_first: ['Mio', 'ミオ'],
	player_second: ['Ren', 'レン'],
	save: ['Save', '保存'],
	close: ['Close', '閉じる'],
	cancel: ['Cancel', 'キャンセル'],
	submit: ['Submit', '送信'],
	retry: ['Try again', 'もう一度'],
	dismiss: ['Dismiss message', 'メッセージを閉じる'],
	chat: ['Chat', 'チャット'],
	tools: ['Tools', 'ツール'],
	place: ['Where to play', 'プレイする場所'],
	server: ['Server', 'サーバー'],
	dm: ['Direct message', 'DM'],
	admin: ['Administrator', '管理者'],
	admin_note: [
		'Gives this player the administrator permission in the server',
		'このプレイヤーにサーバーの管理者権限を与えます',
	],
	language: ['Language', '言語'],
	theme: ['Theme', 'テーマ'],
	auto_language: ['English (auto)', '日本語（自動）'],
	auto_theme: ['Auto theme', 'テーマ自動'],
	light: ['Light', 'ライト'],
	dark: ['Dark', 'ダーク'],
	log: ['Messages', 'メッセージ'],
	welcome: ['Welcome, {name}!', 'ようこそ、{name} さん'],
	welcome_text: [
		'This is the real game and the real store, without Discord. Use a slash command as you would there, ' +
			'or begin with one of these:',
		'Discord なしで動く、本物のゲームと本物のストアです。Discord と同じようにスラッシュコマンドを使うか、まずはこちらからどうぞ。',
	],
	quick_pull: ['Pull ten', '10連を引く'],
	quick_banners: ['See the banners', '開催中のガチャ'],
	quick_daily: ['Take the daily gift', 'デイリーボーナス'],
	quick_fairness: ['How is it fair?', '公正さを確かめる'],
	keys: [
		'{slash} begins a command, {tab} moves between its options, {enter} sends, {esc} goes back.',
		'{slash} でコマンド入力、{tab} で項目移動、{enter} で送信、{esc} で戻ります。',
	],
	input: ['Type / for commands', '/ でコマンドを入力'],
	commands: ['Commands', 'コマンド'],
	option_add: ['Options', 'オプション'],
	option_none: ['Press Enter to send', 'Enter で送信'],
	option_more: ['Enter sends; more options: {names}', 'Enter で送信・他のオプション：{names}'],
	required: ['required', '必須'],
	send: ['Send', '送信'],
	clear: ['Leave this command', 'コマンドを取り消す'],
	remove_option: ['Remove {name}', '{name} を外す'],
	file_choose: ['Choose a file', 'ファイルを選ぶ'],
	yes: ['True', 'True'],
	no: ['False', 'False'],
	searching: ['Searching…', '検索中…'],
	nothing: ['Nothing found', '見つかりません'],
	no_command: [
		'There is no such command. Type / to see them all.',
		'そのコマンドはありません。/ で一覧が出ます。',
	],
	only_slash: [
		'Only slash commands go to the program: begin with /',
		'スラッシュコマンドだけが使えます。/ から入力してください。',
	],
	need: ['{name} has to be given', '{name} を入力してください'],
	need_choice: ['{name}: choose one from the list', '{name}：一覧から選んでください'],
	need_number: ['{name}: a whole number, please', '{name}：整数を入力してください'],
	need_range: ['{name}: from {min} to {max}', '{name}：{min}〜{max} で入力してください'],
	need_length: ['{name}: {min} to {max} characters', '{name}：{min}〜{max} 文字で入力してください'],
	used: ['{name} used {command}', '{name} が {command} を使用'],
	answered: ['{name} answered', '{name} の操作'],
	bot: ['APP', 'アプリ'],
	only_you: ['Only you can see this', 'これはあなただけに表示されています'],
	thinking: ['homuhomu is thinking…', 'homuhomu が考え中…'],
	failed: ['The application did not respond', 'アプリケーションが応答しませんでした'],
	failed_press: ['This interaction failed', 'インタラクションに失敗しました'],
	deferred: [
		'It deferred its answer, and this page cannot receive one later. Look at /history before you try again.',
		'応答が保留され、このページでは後から受け取れません。再試行の前に /history をご確認ください。',
	],
	unknown: [
		'The page does not know answers of type {type}. This is what came:',
		'タイプ {type} の応答は表示できません。内容は次のとおりです。',
	],
	spoiler: ['Spoiler: show it', 'ネタバレを表示'],
	picture: ['Picture: {name}', '画像：{name}'],
	choose: ['Make a selection', '選択してください'],
	offline: [
		'The program does not answer. Start it again (make run), the page will notice.',
		'プログラムが応答しません。もう一度起動してください（make run）。再開すると自動でつながります。',
	],
	back: ['Connected again', '再接続しました'],
	late: [
		'No answer within {s} s. The program may be busy; try again.',
		'{s} 秒以内に応答がありませんでした。もう一度お試しください。',
	],
	refused: ['{why} (HTTP {status})', '{why}（HTTP {status}）'],
	loading: ['Loading…', '読み込み中…'],

	tab_odds: ['Rates', '確率'],
	tab_luck: ['Luck', '運'],
	tab_catalog: ['Catalog', 'カタログ'],
	tab_simulate: ['Simulator', 'シミュレーター'],
	tab_verify: ['Verifier', '検証'],

	banner: ['Banner', 'ガチャ'],
	closed: ['closed', '終了'],
	own: ['Your counters', 'あなたのカウンター'],
	own_use: ['Use {name}’s', '{name} の現在値'],
	own_fresh: ['Fresh', '初期値'],
	own_none: [
		'{name} has not pulled here yet: the counters are fresh.',
		'{name} はまだ引いていません（初期値です）。',
	],
	count_of: ['Pulls counted to {rarity}', '{rarity} のカウンター'],
	flag_of: ['Guarantee for {rarity}', '{rarity} の確定フラグ'],
	guarantee: ['guaranteed', '確定'],
	top_item: ['Any {rarity}', '{rarity} すべて'],
	featured: ['Featured {rarity}', 'ピックアップ {rarity}'],
	rate: ['Long-run rate', '実質確率'],
	expected: ['Expected pulls', '期待回数'],
	worst: ['Worst case', '最悪'],
	never: ['no bound', '上限なし'],
	quantiles: ['50 / 90 / 99 %', '50 / 90 / 99 %'],
	curve: ['Chance by number of pulls', '回数ごとの確率'],
	curve_read: ['Within {n} pulls', '{n} 回以内'],
	pulls: ['Pulls', '回数'],
	item: ['Item', 'アイテム'],
	base: ['Base', '基本'],
	long_run: ['Long-run', '実質'],
	next: ['Next', '次回'],
	slot10: ['10th', '10回目'],
	items_note: [
		'Base: with nothing due. Long-run: with pity, over many single pulls. Next: from the counters above. ' +
			'10th: the last of a ten-pull after nine without a hit.',
		'基本：天井などがない場合。実質：天井を含む長期の割合（単発）。次回：上のカウンターから。10回目：9回外れた後の10連の最後。',
	],

	luck_intro: ['{name}’s pulls against what the rates promise.', '{name} の結果と、確率どおりの期待値との比較。'],
	luck_none: [
		'{name} has not pulled yet. Pull, then look here.',
		'{name} はまだ引いていません。引いてからご覧ください。',
	],
	luck_plot: ['{rarity} items so far', '{rarity} の累計'],
	luck_got: ['Got', '獲得'],
	luck_expected: ['Expected', '期待値'],
	luck_band: ['usual range', '通常の範囲'],
	luck_read: [
		'After {n} pulls: {got} {rarity}, expected {mean}, usually {low} to {high}',
		'{n} 回後：{rarity} {got} 個、期待値 {mean}、通常 {low}〜{high} 個',
	],
	luck_more: [
		'Of all players {fewer} have fewer by now, {more} have more.',
		'ここまでの個数があなたより少ない人は {fewer}、多い人は {more} です。',
	],
	luck_note: [
		'Computed exactly from the rules; the band leaves out 2.5 % of players at either side. The table: ' +
			'long-run rates, without the guarantee of ten-pulls.',
		'規則から正確に計算しています。帯の外は上下それぞれ 2.5 % の人です。表の期待値は実質確率によるもので、10連の保証は含みません。',
	],
	rarity: ['Rarity', 'レアリティ'],
	count: ['Count', '個数'],
	share: ['Share', '割合'],
	difference: ['Difference', '差'],
	refresh: ['Refresh', '更新'],

	catalog_intro: [
		'Edit freely: the text is checked as you type, and nothing here changes the running game.',
		'自由に編集できます。入力のたびに検査され、動いているゲームには影響しません。',
	],
	catalog_text: ['Catalog text (JSON)', 'カタログ本文 (JSON)'],
	catalog_ok: ['No faults', '問題ありません'],
	catalog_faults: ['Faults: {n}', '問題：{n} 件'],
	catalog_checking: ['Checking…', '検査中…'],
	catalog_line: ['Line {n}', '{n} 行目'],
	catalog_reset: ['Catalog in force', '使用中の内容に戻す'],
	catalog_open: ['Open a file', 'ファイルを開く'],
	catalog_save: ['Download', 'ダウンロード'],
	catalog_use: [
		'To play it: save it and start the program with HOMU_CATALOG={file}',
		'遊ぶには：保存して HOMU_CATALOG={file} を付けて起動します',
	],

	sim_intro: [
		'Draws with the real draw code on the server, from fresh counters, and tests the counts against the exact odds.',
		'サーバー上の本物の抽選コードで、初期状態から引き続け、回数を理論値と検定します。',
	],
	sim_seed: ['Seed (64 hex digits; empty: a fast random stream)', 'シード（16進64桁、空欄なら高速な乱数）'],
	sim_seed_bad: ['A seed is 64 hex digits, or nothing.', 'シードは16進64桁か空欄です。'],
	sim_pulls_bad: ['Pulls: a whole number from 1 to {max}', '回数：1〜{max} の整数'],
	sim_start: ['Start', '開始'],
	sim_running: ['Drawing: {done} of {pulls}', '抽選中：{done} / {pulls}'],
	sim_cancelled: ['Cancelled after {done} pulls.', '{done} 回で中止しました。'],
	sim_busy: [
		'Another simulation is under way (one at a time). Wait for it or cancel it there.',
		'別のシミュレーションが実行中です。終了を待つか中止してください。',
	],
	sim_done: ['{pulls} pulls at {rate} a second', '{pulls} 回（毎秒 {rate} 回）'],
	sim_fits: ['The counts fit the odds', '理論値と合っています'],
	sim_odd: [
		'So large a deviation is rare (p < 1 %); run it again to see whether it stays',
		'めったにない偏りです（p < 1 %）。もう一度実行してみてください',
	],
	sim_test: ['χ² = {chi2}, {df} degrees of freedom, p = {p}', 'χ² = {chi2}、自由度 {df}、p = {p}'],
	observed: ['Observed', '観測'],
	items: ['Items', 'アイテム別'],

	verify_intro: [
		'Replays receipts here in your browser, with code that shares nothing with the program: seed against ' +
			'commitment, numbers, chain, and every draw.',
		'このブラウザー内で、プログラムとは別に書かれたコードでレシートを再計算します（シードとコミットメント、番号、チェーン、すべての抽選）。',
	],
	verify_mine: ['Check {name}’s pulls', '{name} の結果を検証'],
	verify_file: ['Check a file', 'ファイルを検証'],
	verify_drop: [
		'or drop an export here, or paste receipts:',
		'エクスポートをここにドロップするか、レシートを貼り付け：',
	],
	verify_paste: ['Receipts, one a line', 'レシート（1 行に 1 件）'],
	verify_pasted: ['Check this text', 'この内容を検証'],
	verify_running: ['Verifying…', '検証中…'],
	verify_ok: ['Everything agrees', 'すべて一致しました'],
	verify_part: [
		'No fault, but not all could be replayed yet',
		'問題はありませんが、まだ再計算できないものがあります',
	],
	verify_bad: ['Faults: {n}', '問題：{n} 件'],
	verify_sum: [
		'{receipts} receipts, {checked} replayed, {unchecked} not yet',
		'レシート {receipts} 件、再計算 {checked} 件、未検証 {unchecked} 件',
	],
	verify_rotate: ['A pull can be replayed once its seed is revealed.', 'シードが公開されると再計算できます。'],
	verify_rotate_do: ['Rotate the seed of {name}', '{name} のシードを公開する'],
	verify_catalog: ['A catalog was added; check again.', 'カタログを追加しました。もう一度検証してください。'],
	verify_no_catalog: [
		'Some are of another catalog: drop its file here to replay them.',
		'別のカタログの結果があります。そのファイルをここにドロップすると再計算できます。',
	],
	verify_none: ['There are no receipts yet. Pull first.', 'レシートがまだありません。先に引いてください。'],
	verify_middle: [
		'This file begins in the middle, so its chain cannot be checked: {why}',
		'途中から始まるファイルのため、チェーンを検証できません：{why}',
	],
	verify_crypto: [
		'The browser allows this only on https or on this machine (http://127.0.0.1).',
		'ブラウザーの制限により https またはこのマシン (http://127.0.0.1) でのみ使えます。',
	],
	verify_what: [
		'It proves that nothing was changed after the commitment, not that the seed was random: your client ' +
			'seed is there for that.',
		'コミットメントの後に何も変えていないことの証明です。シードの無作為性の証明ではなく、そのためにクライアントシードがあります。',
	],
	verify_rest: ['and {n} more', '他 {n} 件'],
	pull: ['Pull', '番号'],
	result: ['Result', '結果'],
	check: ['Check', '検証'],
	right: ['agrees', '一致'],
	waiting: ['not yet', '未検証'],
	wrong: ['fault', '問題'],

	fault_form: ['Line {line}: not a receipt: {what}', '{line} 行目：レシートではありません：{what}'],
	fault_gap: [
		'Line {line}: does not follow pull {n} of epoch {epoch}',
		'{line} 行目：エポック {epoch} の {n} 番の続きではありません',
	],
	fault_chain: [
		'Line {line}: the chain is wrong; this receipt or the one before was changed',
		'{line} 行目：チェーンが一致しません（このレシートか直前のものが変更されています）',
	],
	fault_commit: [
		'Line {line}: another commitment than before in this epoch',
		'{line} 行目：同じエポック内でコミットメントが変わっています',
	],
	fault_seed: [
		'Line {line}: the seed is not what was committed to',
		'{line} 行目：シードがコミットメントと一致しません',
	],
	fault_cut_short: [
		'Line {line}: the ten-pull ends after {count} of 10',
		'{line} 行目：10連が {count} 回で終わっています',
	],
	fault_ten_interaction: [
		'Line {line}: the ten-pull is of more than one interaction',
		'{line} 行目：10連が複数の操作にまたがっています',
	],
	fault_ten_banner: [
		'Line {line}: the ten-pull is of more than one banner or catalog',
		'{line} 行目：10連が複数のガチャまたはカタログにまたがっています',
	],
	fault_ten_begins: [
		'Line {line}: the ten-pull begins with its slot {slot}',
		'{line} 行目：10連が {slot} 番目から始まっています',
	],
	fault_continuity: [
		'Line {line}: before is not what the pull before left',
		'{line} 行目：before が直前の結果と一致しません',
	],
	fault_banner: [
		'Line {line}: the catalog has no banner {banner}',
		'{line} 行目：カタログにガチャ {banner} がありません',
	],
	fault_rarities: [
		'Line {line}: before or after do not have the catalog’s rarities',
		'{line} 行目：before か after のレアリティがカタログと一致しません',
	],
	fault_no_ten: ['Line {line}: the banner has no pull of ten', '{line} 行目：このガチャに10連はありません'],
	fault_before: [
		'Line {line}: {rarity} was left at something else before',
		'{line} 行目：{rarity} のカウンターが直前の結果と一致しません',
	],
	fault_result: [
		'Line {line}: it says {stated}, and the seed gives {drawn}',
		'{line} 行目：結果は {stated}、シードから求めると {drawn} です',
	],
	fault_item: [
		'Line {line}: the banner has no item {item}',
		'{line} 行目：このガチャにアイテム {item} はありません',
	],
	fault_after: [
		'Line {line}: drawing {item} does not lead to what stands in after',
		'{line} 行目：{item} を引いた後のカウンターが一致しません',
	],
};

const OWN = navigator.language.startsWith('ja') ? 1 : 0; // of the browser
let column = 0;
export let lang = 'en';

export function setLanguage(chosen) {
	column = chosen === 'auto' ? OWN : Number(chosen === 'ja');
	lang = ['en', 'ja'][column];
	document.documentElement.lang = lang;
	document.getElementById('language-auto').textContent = WORDS.auto_language[OWN];
	for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
	for (const element of document.querySelectorAll('[data-t-label]'))
		element.setAttribute('aria-label', t(element.dataset.tLabel));
	for (const element of document.querySelectorAll('[data-t-hint]'))
		element.setAttribute('placeholder', t(element.dataset.tHint));
}

export const t = (key, values = {}) =>
	WORDS[key][column].replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));

// As t, but with elements among the words.
export const tn = (key, values) =>
	WORDS[key][column].split(/\{(\w+)\}/).map((part, i) => (i % 2 ? values[part] : part));

// Discord's name of the language, for `locale`.
export const locale = () => (lang === 'ja' ? 'ja' : 'en-US');

// Of {ja, en}, as the catalog has it; of Discord's name and name_localizations.
export const named = (name) => (name ? (name[lang] ?? name.en ?? name.ja ?? '') : '');
export const local = (one, key) => one[`${key}_localizations`]?.[locale()] ?? one[key];

export const number = (value, digits = 0) =>
	value.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });

// A fraction of 1 in per cent, with digits enough for small ones.
export function percent(value, digits) {
	if (digits === undefined) digits = value >= 0.1 || value === 0 ? 2 : value >= 0.001 ? 3 : 4;
	return `${number(value * 100, digits)} %`;
}
