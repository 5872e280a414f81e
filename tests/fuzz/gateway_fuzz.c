/*
 * A gateway session: whatever comes, compressed or not, it sends JSON within Discord's bounds, never more than 120 payloads
 * a minute, and never closes with a code that ends the session.
 *
 * The input is a list of steps: a letter, two bytes of a number, and for messages so many bytes.
 *   t text message    b binary message, raw    z binary message, wrapped into the zlib stream
 *   w wait so many × 16 ms    c closed by the peer with this code    o a new connection
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "discord/session.h"

enum { INPUT_BYTES_MAX = 1 << 16, SENDS_SEEN_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rig {
	struct secret token;
	struct rng rng;
	struct arena arena;
	struct session session;
	int64_t now_ms;
	bool fresh; /* the zlib stream of this connection has not begun */
	int64_t sends_ms[SENDS_SEEN_MAX];
	size_t sends;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_send(struct rig *rig, const struct session_action *action)
{
	struct arena arena;
	struct json root;
	int64_t op;

	require(action->text.len <= GATEWAY_SEND_BYTES_MAX);
	arena_init(&arena, 1u << 20);
	require(json_parse_strict(&arena, action->text, &root, NULL, NULL));
	require(json_i64(json_get(root, "op"), 1, 6, &op) && op == (int64_t)action->op);
	arena_release(&arena);
	if (rig->sends < SENDS_SEEN_MAX)
		rig->sends_ms[rig->sends++] = rig->now_ms;
	if (rig->sends > GATEWAY_SENDS_MAX)
		require(rig->sends_ms[rig->sends - 1] - rig->sends_ms[rig->sends - 1 - GATEWAY_SENDS_MAX] >
				GATEWAY_SENDS_WINDOW_MS ||
			rig->sends == SENDS_SEEN_MAX);
}

static void drain(struct rig *rig)
{
	struct session *session = &rig->session;
	struct session_action action;

	while (session_next(session, &action)) {
		switch (action.kind) {
		case SESSION_SEND:
			check_send(rig, &action);
			break;
		case SESSION_DISPATCH:
			require(action.text.ptr != NULL);
			json_raw(action.data);
			break;
		case SESSION_READY:
		case SESSION_RESUMED:
			require(session->step == SESSION_ONLINE);
			break;
		case SESSION_ENDED:
			require(session->step == SESSION_OFFLINE && session->why.text[0]);
			require(action.close_code != 1000 && action.close_code != 1001);
			require(action.wait_ms >= 0 && action.wait_ms <= IDENTIFY_WAIT_MS_MAX);
			require(session->message.capacity <= GATEWAY_KEPT_BYTES_MAX);
			break;
		case SESSION_GIVE_UP:
			require(session->step == SESSION_REFUSED && session->why.code == ERR_REFUSED);
			break;
		}
	}
	require(session->message.len <= GATEWAY_MESSAGE_BYTES_MAX);
	arena_clear(&rig->arena);
}

static void reconnect(struct rig *rig)
{
	if (rig->session.step != SESSION_OFFLINE)
		return;
	require(session_connect(&rig->session, STR("wss://gateway.example"), NULL));
	session_opened(&rig->session, rig->now_ms);
	rig->fresh = true;
	rig->sends = 0;
	drain(rig);
}

static void receive(struct rig *rig, struct str data, bool binary)
{
	session_received(&rig->session, &rig->arena, data, binary, rig->now_ms);
	drain(rig);
}

/* As the server would send it: a stored block, and the empty one that ends a message. */
static void receive_wrapped(struct rig *rig, struct str data)
{
	char head[7] = {0x78, 0x01, 0, (char)(data.len & 0xff), (char)(data.len >> 8), (char)(~data.len & 0xff),
			(char)(~data.len >> 8)};
	struct buf out;

	buf_init(&out, data.len + 16);
	buf_add(&out, rig->fresh ? str_make(head, 7) : str_make(head + 2, 5));
	buf_add(&out, data);
	buf_add(&out, str_make("\x00\x00\x00\xff\xff", 5));
	rig->fresh = false;
	receive(rig, buf_str(&out), true);
	buf_release(&out);
}

static void wait_ms(struct rig *rig, int64_t ms)
{
	int64_t until_ms = rig->now_ms + ms;

	for (unsigned i = 0; i < 1000 && session_deadline_ms(&rig->session) <= until_ms; i++) {
		if (rig->now_ms < session_deadline_ms(&rig->session))
			rig->now_ms = session_deadline_ms(&rig->session);
		session_tick(&rig->session, rig->now_ms);
		drain(rig);
	}
	rig->now_ms = until_ms;
}

static void lose(struct rig *rig, int code)
{
	struct err err = {0};

	if (rig->session.step == SESSION_OFFLINE || rig->session.step == SESSION_REFUSED)
		return;
	err_set(&err, ERR_NET, "gone");
	session_closed(&rig->session, code, &err, rig->now_ms);
	drain(rig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig rig;
	struct str rest = str_make((const char *)data, size);

	if (size > INPUT_BYTES_MAX)
		return 0;
	memset(&rig, 0, sizeof(rig));
	require(secret_set(&rig.token, STR("MTEx.abc.def")));
	rng_init_seed(&rig.rng, "fuzz", 4);
	arena_init(&rig.arena, GATEWAY_ARENA_BYTES_MAX);
	session_init(&rig.session, 0, 1, &rig.token, &rig.rng);
	reconnect(&rig);
	while (rest.len >= 3) {
		unsigned number = (unsigned)(unsigned char)rest.ptr[1] << 8 | (unsigned char)rest.ptr[2];
		struct str bytes = str_take(str_skip(rest, 3), number);

		switch (rest.ptr[0]) {
		case 't':
			receive(&rig, bytes, false);
			break;
		case 'b':
			receive(&rig, bytes, true);
			break;
		case 'z':
			receive_wrapped(&rig, bytes);
			break;
		case 'w':
			wait_ms(&rig, (int64_t)number * 16);
			bytes = STR_EMPTY;
			break;
		case 'c':
			lose(&rig, (int)number);
			bytes = STR_EMPTY;
			break;
		default:
			reconnect(&rig);
			bytes = STR_EMPTY;
		}
		rest = str_skip(rest, 3 + bytes.len);
	}
	session_release(&rig.session);
	arena_release(&rig.arena);
	secret_release(&rig.token);
	return 0;
}
