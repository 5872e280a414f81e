#include "net/ws_handshake.h"

#include <string.h>

#include "base/codec.h"
#include "base/hash.h"
#include "base/limits.h"

#define ACCEPT_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

void ws_handshake_init(struct ws_handshake *handshake, const uint8_t nonce[16])
{
	char memory[sizeof(handshake->key) + sizeof(ACCEPT_GUID)];
	struct buf proof;
	uint8_t digest[HASH_SHA1_SIZE];

	*handshake = (struct ws_handshake){0};
	buf_init(&handshake->answer, WS_HANDSHAKE_BYTES_MAX);
	codec_base64_text(nonce, 16, handshake->key);
	buf_wrap(&proof, memory, sizeof(memory));
	buf_addc(&proof, handshake->key);
	buf_addc(&proof, ACCEPT_GUID);
	hash_sha1(buf_str(&proof), digest);
	codec_base64_text(digest, sizeof(digest), handshake->accept);
}

void ws_handshake_release(struct ws_handshake *handshake)
{
	buf_release(&handshake->answer);
}

bool ws_handshake_request(const struct ws_handshake *handshake, const struct url *url, const char *user_agent,
			  struct buf *out, struct err *err)
{
	buf_addc(out, "GET ");
	if (!str_starts(url->target, STR("/")))
		buf_add_char(out, '/');
	buf_add(out, url->target);
	buf_printf(out,
		   " HTTP/1.1\r\nHost: %.*s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		   "Sec-WebSocket-Key: %s\r\n",
		   STR_ARG(url->authority), handshake->key);
	if (user_agent)
		buf_printf(out, "User-Agent: %s\r\n", user_agent);
	buf_addc(out, "\r\n");
	return buf_check(out, "a WebSocket handshake", err);
}

/* Whether a comma-separated list of words has this one. */
static bool has_word(struct str list, const char *word)
{
	struct str item;

	while (str_next(&list, ',', &item))
		if (str_eq_nocase(str_trim(item), str_from(word)))
			return true;
	return false;
}

static bool check_status(struct str line, struct err *err)
{
	uint64_t status;

	if (!str_starts(line, STR("HTTP/1.1 ")) || !str_to_u64(str_take(str_skip(line, 9), 3), 100, 999, &status) ||
	    (line.len > 12 && line.ptr[12] != ' '))
		return err_set(err, ERR_PROTO, "the answer to the WebSocket handshake is not HTTP/1.1");
	if (status == 101)
		return true;
	return err_set(err, status >= 500 || status == 429 ? ERR_NET : ERR_PROTO,
		       "the server answered HTTP %u to the WebSocket handshake, not 101", (unsigned)status);
}

/* The four headers that matter; each of the first three must come, and accept once. */
struct seen {
	bool upgrade, connection, accept;
};

static bool check_header(const struct ws_handshake *handshake, struct str line, struct seen *seen, struct err *err)
{
	struct str name, value;

	if (!str_cut(line, ':', &name, &value) || name.len == 0 || str_trim(name).len != name.len)
		return err_set(err, ERR_PROTO, "the answer to the WebSocket handshake has a header that is none");
	value = str_trim(value);
	if (str_eq_nocase(name, STR("Upgrade"))) {
		seen->upgrade = str_eq_nocase(value, STR("websocket"));
	} else if (str_eq_nocase(name, STR("Connection"))) {
		seen->connection |= has_word(value, "upgrade");
	} else if (str_eq_nocase(name, STR("Sec-WebSocket-Accept"))) {
		if (seen->accept || !str_eqc(value, handshake->accept))
			return err_set(err, ERR_PROTO, "the answer to the WebSocket handshake does not fit its key");
		seen->accept = true;
	} else if (str_eq_nocase(name, STR("Sec-WebSocket-Extensions")) ||
		   str_eq_nocase(name, STR("Sec-WebSocket-Protocol"))) {
		return err_set(err, ERR_PROTO, "the server chose a WebSocket extension or protocol that was not offered");
	}
	return true;
}

static bool check_answer(const struct ws_handshake *handshake, struct str head, struct err *err)
{
	struct seen seen = {0};
	struct str line;

	for (bool first = true; str_next(&head, '\n', &line); first = false) {
		if (line.len == 0 || line.ptr[line.len - 1] != '\r')
			return err_set(err, ERR_PROTO, "the answer to the WebSocket handshake has a bare line break");
		line.len--;
		if (!(first ? check_status(line, err) : check_header(handshake, line, &seen, err)))
			return false;
	}
	if (!seen.upgrade || !seen.connection || !seen.accept)
		return err_set(err, ERR_PROTO, "the answer to the WebSocket handshake lacks Upgrade, Connection or Accept");
	return true;
}

bool ws_handshake_feed(struct ws_handshake *handshake, struct str data, struct str *rest, struct err *err)
{
	struct buf *answer = &handshake->answer;
	struct str end = STR("\r\n\r\n");
	/* The end may have begun in what came before. */
	size_t from = answer->len < end.len ? 0 : answer->len - end.len;
	ssize_t at;

	*rest = STR_EMPTY;
	if (!buf_add(answer, data))
		return err_set(err, ERR_PROTO, "the answer to the WebSocket handshake is longer than %d bytes",
			       WS_HANDSHAKE_BYTES_MAX);
	at = str_find(str_skip(buf_str(answer), from), end);
	if (at < 0)
		return true;
	at += (ssize_t)from;
	/* The last header's own line break goes with it. */
	if (!check_answer(handshake, str_take(buf_str(answer), (size_t)at + 1), err))
		return false;
	handshake->done = true;
	*rest = str_skip(buf_str(answer), (size_t)at + end.len);
	return true;
}
