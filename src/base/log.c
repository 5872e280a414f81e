#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/json_write.h"
#include "base/limits.h"

static struct {
	enum log_level level;
	enum log_form form;
	bool colour;
} settings = {LOG_INFO, LOG_FORM_JSON, false};

static const struct {
	const char *word;
	const char *shown; /* in the text form, all of one width */
	const char *colour;
} levels[] = {
	[LOG_ERROR] = {"error", "ERROR", "\033[31m"},
	[LOG_WARN] = {"warn", "WARN ", "\033[33m"},
	[LOG_INFO] = {"info", "info ", "\033[32m"},
	[LOG_DEBUG] = {"debug", "debug", "\033[2m"},
};
_Static_assert(sizeof(levels) / sizeof(levels[0]) == LOG_LEVEL_COUNT, "a level has no word");

/*
 * How the text form words a record: {key} is replaced by that field, which is then not repeated
 * behind. The first row counts whose fields are all there; without a row the record's own word stands.
 */
static const struct {
	const char *msg;
	const char *sentence;
} sentences[] = {
	{"start", "homuhomu {version} is starting"},
	{"ready", "Online: shards {shards}"},
	{"ready", "Online"},
	{"standby", "Standing by: another process holds the lease"},
	{"resumed", "Back on the gateway, no event was lost"},
	{"reconnecting", "Reconnecting: {why}"},
	{"reconnecting", "Reconnecting"},
	{"stopping", "Stopping"},
	{"refused", "Discord refused for good (code {code})"},
};

bool log_level_find(struct str word, enum log_level *level)
{
	for (size_t i = 0; i < LOG_LEVEL_COUNT; i++) {
		if (str_eqc(word, levels[i].word)) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_setup(enum log_level level, enum log_form form, bool colour)
{
	settings.level = level;
	settings.form = form;
	settings.colour = colour;
}

bool log_enabled(enum log_level level)
{
	return level <= settings.level;
}

static const char ellipsis[] = "\xE2\x80\xA6";

/* ---- the JSON form ---- */

static void put_cut(struct json_writer *writer, struct str text, size_t bytes_max)
{
	char cut[LOG_LINE_MAX];
	struct buf whole;

	if (text.len <= bytes_max) {
		json_put_str(writer, text);
		return;
	}
	buf_wrap(&whole, cut, sizeof(cut));
	buf_add(&whole, codec_clip(text, bytes_max));
	buf_addc(&whole, ellipsis);
	json_put_str(writer, buf_str(&whole));
}

struct record {
	enum log_level level;
	const char *msg;
	const struct log_field *fields;
	size_t count;
	int64_t unix_ms;
};

static void write_json(const struct record *record, size_t field_bytes_max, struct buf *line)
{
	struct json_writer writer;
	char time[32];

	json_writer_init(&writer, line);
	json_begin_object(&writer);
	json_member_str(&writer, "ts", clock_format_ms(record->unix_ms, time));
	json_member_cstr(&writer, "level", levels[record->level].word);
	json_keyc(&writer, "msg");
	put_cut(&writer, str_from(record->msg), field_bytes_max);
	for (size_t i = 0; i < record->count; i++) {
		const struct log_field *field = &record->fields[i];

		json_keyc(&writer, field->key);
		switch (field->type) {
		case LOG_TYPE_STR:
			put_cut(&writer, field->str, field_bytes_max);
			break;
		case LOG_TYPE_ID:
			json_put_snowflake(&writer, field->u64);
			break;
		case LOG_TYPE_U64:
			json_put_u64(&writer, field->u64);
			break;
		case LOG_TYPE_I64:
			json_put_i64(&writer, field->i64);
			break;
		case LOG_TYPE_BOOL:
			json_put_bool(&writer, field->flag);
			break;
		}
	}
	json_end_object(&writer);
}

/* ---- the text form ---- */

/* What a terminal might take for a command, or what turns the reading direction around. */
static bool is_dangerous(int32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
	       (code_point >= 0x2028 && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069);
}

static void add_safe(struct buf *line, struct str text, size_t bytes_max, bool quoted)
{
	struct str shown = text.len <= bytes_max ? text : codec_clip(text, bytes_max);

	for (size_t pos = 0; pos < shown.len;) {
		size_t start = pos;
		int32_t code_point = codec_utf8_next(shown, &pos);

		if (code_point < 0)
			buf_printf(line, "\\x%02x", (unsigned char)shown.ptr[start]);
		else if (code_point == '\n')
			buf_addc(line, "\\n");
		else if (quoted && code_point == '"')
			buf_addc(line, "\\\"");
		else if (is_dangerous(code_point))
			buf_printf(line, "\\u%04x", (unsigned)code_point);
		else
			buf_add(line, str_make(shown.ptr + start, pos - start));
	}
	if (shown.len < text.len)
		buf_addc(line, ellipsis);
}

static void add_value(struct buf *line, const struct log_field *field, size_t bytes_max, bool quoted)
{
	switch (field->type) {
	case LOG_TYPE_STR:
		add_safe(line, field->str, bytes_max, quoted);
		break;
	case LOG_TYPE_ID:
	case LOG_TYPE_U64:
		buf_add_u64(line, field->u64);
		break;
	case LOG_TYPE_I64:
		buf_printf(line, "%lld", (long long)field->i64);
		break;
	case LOG_TYPE_BOOL:
		buf_addc(line, field->flag ? "true" : "false");
		break;
	}
}

static bool needs_quotes(const struct log_field *field)
{
	if (field->type != LOG_TYPE_STR)
		return false;
	return field->str.len == 0 || str_find_char(field->str, ' ') >= 0 || str_find_char(field->str, '"') >= 0 ||
	       str_find_char(field->str, '=') >= 0;
}

static const struct log_field *find_field(const struct record *record, struct str key)
{
	for (size_t i = 0; i < record->count; i++)
		if (str_eqc(key, record->fields[i].key))
			return &record->fields[i];
	return NULL;
}

/* Takes the text before the next {key} off *rest, and the key; an empty key at the end. */
static void next_piece(struct str *rest, struct str *plain, struct str *key)
{
	*key = STR_EMPTY;
	if (str_cut(*rest, '{', plain, rest))
		str_cut(*rest, '}', key, rest);
}

static bool has_fields(const struct record *record, struct str sentence)
{
	struct str plain, key;

	while (sentence.len) {
		next_piece(&sentence, &plain, &key);
		if (key.len && !find_field(record, key))
			return false;
	}
	return true;
}

static struct str sentence_of(const struct record *record)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (strcmp(sentences[i].msg, record->msg) == 0 && has_fields(record, str_from(sentences[i].sentence)))
			return str_from(sentences[i].sentence);
	return STR_EMPTY;
}

static bool is_in_sentence(struct str sentence, const char *name)
{
	struct str plain, key;

	while (sentence.len) {
		next_piece(&sentence, &plain, &key);
		if (key.len && str_eqc(key, name))
			return true;
	}
	return false;
}

static void add_sentence(struct buf *line, const struct record *record, struct str sentence, size_t bytes_max)
{
	struct str plain, key;

	if (sentence.len == 0)
		add_safe(line, str_from(record->msg), bytes_max, false);
	while (sentence.len) {
		next_piece(&sentence, &plain, &key);
		buf_add(line, plain);
		if (key.len)
			add_value(line, find_field(record, key), bytes_max, false);
	}
}

static void write_text(const struct record *record, size_t field_bytes_max, struct buf *line)
{
	struct str sentence = sentence_of(record);
	time_t unix_s = (time_t)(record->unix_ms / 1000);
	struct tm local = {0};

	/* A person's clock, not the server's day: the zone of the terminal's machine. */
	localtime_r(&unix_s, &local);
	buf_printf(line, "%02d:%02d:%02d ", local.tm_hour, local.tm_min, local.tm_sec);
	if (settings.colour)
		buf_addc(line, levels[record->level].colour);
	buf_addc(line, levels[record->level].shown);
	buf_addc(line, settings.colour ? "\033[0m " : " ");
	add_sentence(line, record, sentence, field_bytes_max);
	for (size_t i = 0; i < record->count; i++) {
		const struct log_field *field = &record->fields[i];
		bool quotes = needs_quotes(field);

		if (is_in_sentence(sentence, field->key))
			continue;
		buf_printf(line, " %s=%s", field->key, quotes ? "\"" : "");
		add_value(line, field, field_bytes_max, quotes);
		if (quotes)
			buf_add_char(line, '"');
	}
}

static bool build(const struct record *record, size_t field_bytes_max, struct buf *line)
{
	buf_clear(line);
	if (settings.form == LOG_FORM_JSON)
		write_json(record, field_bytes_max, line);
	else
		write_text(record, field_bytes_max, line);
	return buf_add_char(line, '\n');
}

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t count)
{
	struct record record = {level, msg, fields, count, clock_unix_ms()};
	size_t field_bytes_max = LOG_LINE_MAX - sizeof(ellipsis);
	char memory[LOG_LINE_MAX + 1];
	struct buf line;

	if (!log_enabled(level))
		return;
	buf_wrap(&line, memory, sizeof(memory));
	/* Too long: shorter fields, and when they are as short as is useful, fewer of them. */
	while (!build(&record, field_bytes_max, &line)) {
		if (field_bytes_max > LOG_FIELD_BYTES_MIN)
			field_bytes_max /= 2;
		else if (record.count > 0)
			record.count--;
		else
			return;
	}
	/*
	 * Where the log itself cannot be written there is nowhere to say so. A pipe that nobody reads must not stop the
	 * program: poll says that one has room for PIPE_BUF bytes, which is a whole record, or the record is left out.
	 */
	if (poll(&(struct pollfd){.fd = STDERR_FILENO, .events = POLLOUT}, 1, LOG_WAIT_MS) <= 0)
		return;
	while (write(STDERR_FILENO, line.ptr, line.len) < 0 && errno == EINTR)
		continue;
}
