"""discord.md, lines 1 to 11: the gateway. A test is named after its line.

That nothing was sent is never shown by waiting alone: a later event that must come (an
answered ping, a further heartbeat) bounds the time.
"""

import datetime
import json
import re
import time
import zlib

import pytest

from tests.fakes import certs, faults, payload, wire

BEAT_MS = 400
RESUMABLE = (4000, 4001, 4002, 4003, 4005, 4008, 1001, 1011, 1012, 3000)
FATAL = (4004, 4010, 4011, 4012, 4013, 4014)


@pytest.fixture
def quick(make_fake):
    """A fake with short heartbeats."""
    return make_fake(heartbeat_interval_ms=BEAT_MS)


def start(fake, bot, **env):
    one = bot(fake, **env)
    conn = fake.wait_ready()
    one.wait_log("ready")
    return one, conn


def ping(fake, **more):
    answer = fake.command("ping", **more)
    assert answer.text
    return answer


def gateway_gets(fake):
    return fake.calls("GET", "/gateway/bot")


def texts(one):
    """Every log line as one text."""
    return "\n".join(json.dumps(r, ensure_ascii=False) for r in one.log) + "".join(one.other)


# Line 1: the URL, and outages

def test_l01_connects_to_the_url_of_gateway_bot_with_the_query(fake, bot):
    _, conn = start(fake, bot)
    assert len(gateway_gets(fake)) == 1
    assert gateway_gets(fake)[0].header("authorization") == "Bot " + fake.token
    assert conn.port == fake.port and conn.request.path == "/"
    assert conn.query == {"v": "10", "encoding": "json", "compress": "zlib-stream"}


def test_l01_a_url_with_a_slash_at_its_end_works(fake, bot):
    fake.config.gateway_url = fake.gateway_url + "/"
    _, conn = start(fake, bot)
    assert conn.request.path == "/" and conn.query["v"] == "10"


def test_l01_the_url_is_cached_over_reconnects(quick, bot):
    _, conn = start(quick, bot)
    for _ in range(3):
        conn.drop()
        conn = quick.wait_ready(after=conn.number)
    ping(quick)
    assert len(gateway_gets(quick)) == 1


def test_l01_an_outage_at_the_upgrade_backs_off_and_sends_no_identify(quick, bot):
    outage = quick.faults.add("gateway:upgrade", faults.http(503), faults.FOREVER)
    attempts = []
    quick.faults._list[-1].match = lambda r: isinstance(r, wire.Request) \
        and wire.WebSocket.wanted(r) and (attempts.append(time.monotonic()) or True)
    one = bot(quick)
    quick.wait(lambda: len(attempts) >= 4, 40, "four attempts")
    gaps = [b - a for a, b in zip(attempts, attempts[1:])]
    assert gaps[-1] > 2 * gaps[0] or gaps[-1] > 2.5, gaps
    assert not quick.gateway.identifies
    outage.cancel()
    quick.wait_ready(40)
    one.wait_log("ready")
    assert len(quick.gateway.identifies) == 1


def test_l01_a_minute_of_refused_connections_costs_few_connects(quick, bot):
    # 20 connects in ten minutes; with growing pauses the first 25 s may have at most 7.
    _, conn = start(quick, bot)
    accepted = []
    quick.faults.add(lambda r: isinstance(r, wire.Request) and wire.WebSocket.wanted(r)
                     and (accepted.append(time.monotonic()) or True), faults.http(502),
                     faults.FOREVER)
    quick.faults.add("GET /gateway/bot", faults.status(502), faults.FOREVER)
    began = time.monotonic()
    conn.drop()
    quick.wait(lambda: time.monotonic() - began > 25, 30, "25 s of outage")
    assert 2 <= len(accepted) <= 9, accepted
    assert len(accepted) + len(gateway_gets(quick)) - 1 <= 12
    quick.faults.clear()
    again = quick.wait_ready(60, after=conn.number)
    assert again.session is conn.session, "a short outage is resumed, not begun anew"


def test_l01_survives_a_time_without_any_listener(quick, bot):
    one, conn = start(quick, bot)
    quick.go_dark()
    one.wait_log("reconnecting")
    quick.come_back()
    again = quick.wait_ready(30, after=conn.number)
    assert again.session is conn.session
    ping(quick)
    assert len(quick.gateway.identifies) == 1


def test_l01_gateway_bot_failing_at_start_is_asked_again_with_growing_pauses(quick, bot):
    quick.faults.add("GET /gateway/bot", faults.status(500), 4)
    one = bot(quick)
    quick.wait_ready(60)
    one.wait_log("ready")
    times = [r.at for r in gateway_gets(quick)]
    assert len(times) == 5 and times[-1] - times[0] > 1.0


@pytest.mark.parametrize("action", [
    faults.garbage(b"<html>"), faults.garbage(b"{}"), faults.garbage(b"[]"), faults.garbage(b""),
    faults.garbage(b'{"url":5,"shards":1,"session_start_limit":{}}'),
    faults.garbage(b'{"url":"","shards":1}'), faults.garbage(b'{"url":"wss://'),
    faults.garbage(b'{"url":"gopher://localhost/","shards":1,"session_start_limit":'
                   b'{"total":1,"remaining":1,"reset_after":0,"max_concurrency":1}}'),
    faults.truncated(10), faults.reset_before(), faults.reset_after(), faults.cloudflare(1, 503)],
    ids=["html", "empty-object", "array", "nothing", "wrong-types", "no-url", "cut-json", "scheme",
         "truncated", "reset-before", "reset-after", "cloudflare"])
def test_l01_a_useless_answer_of_gateway_bot_is_asked_for_again(quick, bot, action):
    quick.faults.add("GET /gateway/bot", action)
    one = bot(quick)
    quick.wait_ready(30)
    one.wait_log("ready")
    assert len(gateway_gets(quick)) >= 2


def test_l01_the_token_never_goes_over_a_plain_socket_beyond_loopback(fake, bot):
    fake.config.gateway_url = "ws://192.0.2.1"
    one = bot(fake)
    fake.wait_requests("GET", "/gateway/bot")
    one.wait(lambda: "ws://192.0.2.1" in texts(one) or one.logged("reconnecting"), 20,
             "a word about the URL")
    assert one.running or one.wait_exit() != 0
    assert not fake.connections


def test_l01_a_gateway_that_never_says_hello_is_given_up(quick, bot):
    quick.faults.add("gateway:hello", faults.silence())
    bot(quick)
    quick.wait(lambda: quick.connections, 10, "the first connection")
    first = quick.connections[0]
    quick.wait_ready(40)
    assert not first.open and first.closed.at - first.opened < 31
    assert not first.frames


def test_l01_a_connection_closed_at_once_is_no_reason_to_hurry(quick, bot):
    quick.faults.add("gateway:hello", faults.drop(), 4)
    bot(quick)
    quick.wait_ready(40)
    times = [c.opened for c in quick.connections]
    assert len(times) == 5 and times[-1] - times[0] > 3
    assert len(quick.gateway.identifies) == 1


# Line 2: heartbeats

def test_l02_the_first_beat_comes_after_a_random_part_of_the_interval(quick, bot):
    _, conn = start(quick, bot)
    offsets = []
    for _ in range(6):
        quick.wait(lambda c=conn: c.heartbeats, 5, "a first heartbeat")
        offsets.append(conn.heartbeats[0].at - conn.hello_at)
        last = conn.number
        conn.reconnect()
        conn = quick.wait_ready(20, after=last)
    assert all(o <= BEAT_MS / 1000 + 0.25 for o in offsets), offsets
    assert max(offsets) - min(offsets) > 0.03, f"no jitter: {offsets}"


def test_l02_beats_keep_the_interval(quick, bot):
    _, conn = start(quick, bot)
    quick.wait(lambda: len(conn.heartbeats) >= 8, 10, "eight heartbeats")
    times = [f.at for f in conn.heartbeats[:8]]
    mean = (times[-1] - times[0]) / 7
    assert BEAT_MS / 1000 - 0.02 < mean < BEAT_MS / 1000 + 0.1, mean


def test_l02_a_beat_says_null_before_the_first_sequence(quick, bot):
    quick.faults.add("gateway:identify", faults.silence())
    bot(quick)
    quick.wait(lambda: quick.connections and len(quick.connections[0].heartbeats) >= 2, 10, "beats")
    assert [f.d for f in quick.connections[0].heartbeats[:2]] == [None, None]


def test_l02_a_beat_says_the_last_sequence(quick, bot):
    _, conn = start(quick, bot)
    for _ in range(5):
        ping(quick)
    last = conn.session.seq
    quick.wait(lambda: conn.heartbeats and conn.heartbeats[-1].d == last, 5, "the last sequence")


def test_l02_a_server_request_is_answered_at_once_and_moves_no_timer(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=2000)
    _, conn = start(fake, bot)
    fake.wait(lambda: len(conn.heartbeats) >= 1, 5, "the first beat")
    first = conn.heartbeats[0].at
    count = len(conn.heartbeats)
    asked = time.monotonic()
    conn.ask_heartbeat()
    fake.wait(lambda: len(conn.heartbeats) > count, 2, "the answer")
    assert conn.heartbeats[count].at - asked < 0.5
    fake.wait(lambda: len(conn.heartbeats) > count + 1, 5, "the timer's beat")
    assert abs(conn.heartbeats[count + 1].at - first - 2.0) < 0.3


@pytest.mark.parametrize("interval", [0, -1, "41250", None, 1e30, 0.5, [], 2 ** 63])
def test_l02_a_senseless_interval_does_not_make_it_spin(quick, bot, interval):
    def hello(conn, _):
        conn.hello_at = time.monotonic()
        conn.send_now(10, {"heartbeat_interval": interval})
        return True
    quick.faults.add("gateway:hello", faults.call(hello))
    one = bot(quick)
    quick.wait_ready(30)
    ping(quick)
    assert len(quick.connections[0].frames) < 20 and one.running


# Line 3: zombies

def assert_zombie_handled(fake, conn, since, intervals=2.0, interval_s=BEAT_MS / 1000):
    fake.wait(lambda: not conn.open, 15, "the zombie's end")
    assert conn.closed.at - since <= intervals * interval_s + 0.6, "found too late"
    assert conn.closed.by in ("client", "tcp")
    assert conn.closed.code not in (1000, 1001)
    fake.config.ack = True
    again = fake.wait_ready(20, after=conn.number)
    assert again.resume and again.session is conn.session
    return again


def test_l03_zombie_found_within_two_intervals_and_resumed(quick, bot):
    _, conn = start(quick, bot)
    quick.wait(lambda: conn.acks_at, 5, "an acknowledged beat")
    quick.config.ack = False
    since = time.monotonic()
    assert_zombie_handled(quick, conn, since)
    ping(quick)


def test_l03_zombie_found_although_events_still_come(quick, bot):
    _, conn = start(quick, bot)
    quick.wait(lambda: conn.acks_at, 5, "an acknowledged beat")
    quick.config.ack = False
    since = time.monotonic()
    while conn.open and time.monotonic() - since < 10:
        quick.interaction("ping").wait_acknowledged()
    assert_zombie_handled(quick, conn, since)


def test_l03_a_late_ack_is_no_zombie(quick, bot):
    def late(conn, _):
        conn.gateway.fake._loop.call_later(BEAT_MS / 1000 * 0.6, conn.send_now, 11)
        return True
    quick.faults.add("gateway:heartbeat", faults.call(late), faults.FOREVER)
    _, conn = start(quick, bot)
    quick.wait(lambda: len(conn.heartbeats) >= 5, 10, "five beats")
    assert conn.open and len(quick.connections) == 1


def test_l03_acks_that_nobody_asked_for_change_nothing(quick, bot):
    _, conn = start(quick, bot)
    for _ in range(5):
        conn.send(11)
    ping(quick)
    quick.wait(lambda: len(conn.heartbeats) >= 2, 5, "beats")
    assert conn.open


def test_l03_a_dead_peer_that_answers_nothing_is_left(quick, bot):
    _, conn = start(quick, bot)
    conn.freeze()
    again = quick.wait_ready(20, after=conn.number)
    assert again.resume and again.session is conn.session
    ping(quick)


def test_l03_a_websocket_ping_is_answered(quick, bot):
    _, conn = start(quick, bot)
    conn.frame(wire.PING, b"are you there?")
    quick.wait(lambda: conn.ws.pongs, 5, "a pong")
    assert conn.ws.pongs[0][1] == b"are you there?"
    ping(quick)


# Line 4: READY, RESUME, sequences

def test_l04_resume_goes_to_the_resume_url_with_the_same_query(quick, bot):
    one, conn = start(quick, bot)
    ping(quick)
    seq = conn.session.seq
    conn.drop()
    again = quick.wait_ready(after=conn.number)
    assert again.port == quick.resume_port and again.query == conn.query
    assert again.resume.d == {"token": quick.token, "session_id": conn.session.id, "seq": seq}
    assert not again.identify
    one.wait_log("resumed")


def test_l04_what_was_missed_is_replayed_and_answered(quick, bot):
    _, conn = start(quick, bot)
    quick.faults.add("gateway:upgrade", faults.http(503))
    conn.drop()
    missed = [quick.interaction("ping") for _ in range(5)]
    quick.wait_ready(after=conn.number)
    for one in missed:
        assert one.wait().text
    ping(quick)
    assert all(len(one.callbacks) == 1 for one in missed)


@pytest.mark.parametrize("event", [
    ("NEVER_HEARD_OF", {"x": 1}), ("TYPING_START", None), ("MESSAGE_CREATE", []),
    ("INTERACTION_CREATE", {"id": "what"}), ("INTERACTION_CREATE", None), ("GUILD_CREATE", "x"),
    ("RATE_LIMITED", {"opcode": 8, "retry_after": 1.5, "meta": {}})])
def test_l04_the_sequence_of_every_event_is_kept(quick, bot, event):
    _, conn = start(quick, bot)
    conn.dispatch(*event)
    seq = conn.session.seq
    ping(quick)
    conn.drop()
    again = quick.wait_ready(after=conn.number)
    assert again.resume.d["seq"] >= seq + 1
    ping(quick)


def test_l04_beats_after_a_resume_go_on_with_the_sequence(quick, bot):
    _, conn = start(quick, bot)
    conn.drop()
    again = quick.wait_ready(after=conn.number)
    ping(quick)
    quick.wait(lambda: again.heartbeats and again.heartbeats[-1].d == again.session.seq, 5, "a beat")


@pytest.mark.parametrize("url", ["", "nonsense", "http://localhost:1", "wss://"])
def test_l04_without_a_usable_resume_url_the_base_url_serves(quick, bot, url):
    quick.config.resume_url, quick.config.strict_urls = url, False
    quick.config.identify_window_s = 0
    _, conn = start(quick, bot)
    conn.drop()
    again = quick.wait_ready(40, after=conn.number)
    assert again.port == quick.port
    ping(quick)


def test_l04_a_resume_url_that_is_gone_falls_back_to_the_base_url(quick, bot):
    # A port that nobody listens at.
    quick.config.resume_url, quick.config.strict_urls = "wss://localhost:1", False
    _, conn = start(quick, bot)
    conn.drop()
    again = quick.wait_ready(60, after=conn.number)
    assert again.port == quick.port
    ping(quick)


def test_l04_a_drop_within_the_replay_resumes_from_where_it_was(quick, bot):
    _, conn = start(quick, bot)
    quick.faults.add("gateway:upgrade", faults.hold(0.3))
    conn.drop()
    missed = [quick.interaction("ping") for _ in range(4)]
    first_seq = conn.session.seq - 3

    def half(resumed, frame):
        session = conn.session
        resumed.session, resumed.ready_at = session, None
        for number, event, data in list(session.log):
            if frame.d["seq"] < number <= first_seq + 1:
                resumed.send_now(0, data, number, event)
        resumed.gateway.fake._loop.call_later(0.2, resumed.drop_now)
        return True
    quick.faults.add("gateway:resume", faults.call(half))
    again = quick.wait_ready(30, after=conn.number)
    assert again.resume.d["seq"] == first_seq + 1
    for one in missed:
        assert one.wait().text and len(one.callbacks) == 1


def test_l04_a_replay_of_what_was_seen_answers_nothing_twice(quick, bot):
    _, conn = start(quick, bot)
    seen = [quick.interaction("ping") for _ in range(3)]
    for one in seen:
        one.wait()
    quick.config.replay_all = True
    conn.drop()
    quick.wait_ready(after=conn.number)
    ping(quick)
    assert all(len(one.callbacks) == 1 for one in seen)


# Line 5: what to do when it ends

def test_l05_op_7_resumes_and_keeps_the_session(quick, bot):
    one, conn = start(quick, bot)
    conn.reconnect()
    again = quick.wait_ready(after=conn.number)
    assert again.resume and again.session is conn.session
    assert conn.closed.code not in (1000, 1001)
    assert again.opened - conn.closed.at < 3
    one.wait_log("reconnecting")
    ping(quick)


def test_l05_op_9_true_resumes(quick, bot):
    _, conn = start(quick, bot)
    conn.invalid_session(True)
    again = quick.wait_ready(20, after=conn.number)
    assert again.resume and again.session is conn.session
    ping(quick)


def test_l05_op_9_false_identifies_anew_at_the_base_url_after_a_random_wait(quick, bot):
    quick.config.identify_window_s = 0
    _, conn = start(quick, bot)
    asked = time.monotonic()
    conn.invalid_session(False)
    again = quick.wait_ready(25, after=conn.number)
    assert again.identify and again.port == quick.port
    assert again.session is not conn.session
    assert again.identify.at - asked >= 1.0
    ping(quick)


@pytest.mark.parametrize("value", [None, "false", 0, {}])
def test_l05_an_op_9_of_another_form_begins_anew(quick, bot, value):
    quick.config.identify_window_s = 0
    quick.config.strict_urls = False
    _, conn = start(quick, bot)
    conn.session.end("op 9")
    conn.send(9, value)
    again = quick.wait_ready(40, after=conn.number)
    assert again.session is not conn.session
    ping(quick)


@pytest.mark.parametrize("reset", [True, False], ids=["rst", "fin"])
def test_l05_a_tcp_drop_resumes(quick, bot, reset):
    _, conn = start(quick, bot)
    conn.drop(reset)
    again = quick.wait_ready(after=conn.number)
    assert again.resume and again.session is conn.session
    ping(quick)


def test_l05_a_close_without_a_code_resumes(quick, bot):
    _, conn = start(quick, bot)
    conn.close(None)
    again = quick.wait_ready(after=conn.number)
    assert again.resume and again.session is conn.session


@pytest.mark.parametrize("code", RESUMABLE)
def test_l05_a_close_code_that_allows_it_resumes(quick, bot, code):
    _, conn = start(quick, bot)
    conn.close(code, "scripted")
    again = quick.wait_ready(20, after=conn.number)
    assert again.resume and again.session is conn.session
    ping(quick)


@pytest.mark.parametrize("code", [4007, 4009])
def test_l05_a_lost_session_identifies_anew_at_the_base_url_after_a_random_wait(quick, bot, code):
    quick.config.identify_window_s = 0
    _, conn = start(quick, bot)
    conn.close(code)
    again = quick.wait_ready(25, after=conn.number)
    assert again.identify and not again.resume and again.port == quick.port
    assert again.identify.at - conn.closed.at >= 1.0
    ping(quick)


@pytest.mark.parametrize("code", FATAL)
def test_l05_a_refusal_for_good_ends_with_7_and_says_what_to_mend(quick, bot, code):
    quick.faults.add("gateway:identify", faults.close(code))
    one = bot(quick)
    one.expected = (7,)
    assert one.wait_exit(20) == 7
    assert len(quick.connections) == 1 and len(quick.gateway.identifies) == 1
    record = one.logged("refused")[0]
    assert record["code"] == code and record["level"] == "error"
    said = texts(one)
    hint = {4004: "token", 4010: "SHARDS", 4011: "SHARDS", 4012: "update", 4013: "intents",
            4014: "intents"}[code]
    assert hint.lower() in said.lower(), said


@pytest.mark.parametrize("code", FATAL)
def test_l05_a_refusal_in_the_middle_of_a_session_ends_it_too(quick, bot, code):
    one, conn = start(quick, bot)
    one.expected = (7,)
    conn.close(code)
    assert one.wait_exit(20) == 7
    assert one.logged("refused")[0]["code"] == code
    assert len(quick.connections) == 1


def test_l05_a_close_before_ready_identifies_again_at_the_allowed_pace(quick, bot):
    quick.faults.add("gateway:identify", faults.close(4000))
    bot(quick)
    quick.wait_ready(30)
    times = [t for t, _, _ in quick.gateway.identifies]
    assert len(times) == 2 and times[1] - times[0] >= 5.0
    ping(quick)


def test_l05_a_refused_resume_begins_a_new_session(quick, bot):
    quick.config.identify_window_s = 0
    _, conn = start(quick, bot)
    quick.config.allow_resume = False
    conn.drop()
    again = quick.wait_ready(30, after=conn.number)
    assert again.identify and again.port == quick.port
    ping(quick)


def test_l05_a_resume_that_never_succeeds_is_not_tried_for_ever(quick, bot):
    quick.config.identify_window_s = 0
    _, conn = start(quick, bot)
    quick.faults.add("gateway:resume", faults.drop(), faults.FOREVER)
    conn.drop()
    again = quick.wait_ready(90, after=conn.number)
    assert again.identify
    assert sum(1 for c in quick.connections if c.resume) <= 8


def test_l05_reconnects_in_a_row_slow_down(quick, bot):
    quick.config.identify_window_s = 0
    _, conn = start(quick, bot)
    times = []
    for _ in range(8):
        conn.reconnect()
        conn = quick.wait_ready(30, after=conn.number)
        times.append(conn.opened)
    assert times[-1] - times[0] > 2.0, "op 7 in a loop must not be a busy loop"
    ping(quick)


# Line 6: the IDENTIFY budget

def test_l06_nothing_left_sends_no_identify_and_says_until_when(make_fake, bot):
    fake = make_fake(session_start_remaining=0, session_start_reset_ms=3600000)
    one = bot(fake)
    fake.wait_requests("GET", "/gateway/bot")
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    stamp = re.compile(until.strftime("%Y-%m-%dT%H:"))
    earlier = (until - datetime.timedelta(minutes=2)).strftime("%Y-%m-%dT%H:")
    one.wait(lambda: stamp.search(texts(one)) or earlier in texts(one), 10, "the time of the end")
    status, body = one.http_get("/ready")
    assert status == 503, body
    assert one.http_get("/health")[0] == 200
    assert not fake.gateway.identifies and one.running


def test_l06_when_the_budget_is_back_it_identifies(make_fake, bot):
    fake = make_fake(session_start_remaining=0, session_start_reset_ms=2500)
    one = bot(fake)
    fake.wait_requests("GET", "/gateway/bot")
    began = time.monotonic()
    fake.config.session_start_remaining = 1000
    fake.wait_ready(30)
    one.wait_log("ready")
    assert fake.gateway.identifies[0][0] - began > 1.5
    assert len(gateway_gets(fake)) >= 2


def test_l06_too_little_for_all_shards_identifies_none(make_fake, bot):
    fake = make_fake(session_start_remaining=2, session_start_reset_ms=3600000, max_concurrency=4)
    one = bot(fake, HOMU_SHARDS="4")
    fake.wait_requests("GET", "/gateway/bot")
    one.wait(lambda: "T" in texts(one) and re.search(r"20\d\d-\d\d-\d\dT\d\d:\d\d", "".join(
        json.dumps({k: v for k, v in r.items() if k != "ts"}) for r in one.log)), 15, "until when")
    assert not fake.gateway.identifies


def test_l06_identifies_are_spaced_over_restarts(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=BEAT_MS)
    one, conn = start(fake, bot)
    one.kill9()
    conn.session.end("gone with the process")
    second = bot(fake)
    fake.wait_ready(30, after=conn.number)
    second.wait_log("ready")
    times = [t for t, _, _ in fake.gateway.identifies]
    assert times[-1] - times[0] >= 5.0
    assert not fake.noted("identify-too-quick")


def test_l06_the_budget_is_remembered_over_restarts(make_fake, bot):
    # Discord tells the old number for a while; what was used since is known from the store.
    fake = make_fake(heartbeat_interval_ms=BEAT_MS, session_start_remaining=1,
                     session_start_reset_ms=3600000)
    one, conn = start(fake, bot)
    one.kill9()
    conn.session.end("gone with the process")
    second = bot(fake)
    fake.wait_requests("GET", "/gateway/bot", 2, 20)
    second.wait(lambda: second.http_get("/ready")[0] == 503, 10, "not ready")
    second.wait(lambda: len(second.log) >= 2, 10, "its words")
    assert len(fake.gateway.identifies) == 1


def test_l06_shards_of_one_bucket_identify_five_seconds_apart(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=2000, max_concurrency=1)
    one = bot(fake, HOMU_SHARDS="3")
    fake.wait(lambda: len(fake.live()) == 3, 30, "three shards")
    one.wait_log("ready", shards=3)
    times = [t for t, _, _ in fake.gateway.identifies]
    assert all(b - a >= 5.0 for a, b in zip(times, times[1:])), times
    assert not fake.noted("identify-too-quick")


def test_l06_shards_of_different_buckets_identify_together(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=2000, max_concurrency=4)
    bot(fake, HOMU_SHARDS="4")
    fake.wait(lambda: len(fake.live()) == 4, 20, "four shards")
    times = [t for t, _, _ in fake.gateway.identifies]
    assert times[-1] - times[0] < 3.0


# Line 7: what is sent

def test_l07_a_flood_of_requests_keeps_to_the_limit_and_to_the_beats(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=2000)
    _, conn = start(fake, bot)
    for _ in range(200):
        conn.ask_heartbeat()
    count = len(conn.heartbeats)
    seen = time.monotonic()
    fake.wait(lambda: [f for f in conn.heartbeats if f.at > seen + 2.0], 10, "beats after the flood")
    assert conn.open and len(conn.frames) <= 120 and count
    ping(fake)


def test_l07_payloads_stay_below_4096_bytes(quick, bot):
    _, conn = start(quick, bot)
    conn.drop()
    again = quick.wait_ready(after=conn.number)
    assert max(len(f.raw) for c in (conn, again) for f in c.frames) <= 4096


# Line 8: compression and size

@pytest.mark.parametrize("split", ["whole", "halves", "bytes", "suffix", "odd"])
def test_l08_a_message_may_be_cut_over_frames_anywhere(quick, bot, split):
    quick.config.split = split
    _, conn = start(quick, bot)
    ping(quick)
    conn.drop()
    quick.wait_ready(after=conn.number)
    ping(quick)


@pytest.mark.parametrize("fragment", [1, 7])
def test_l08_a_message_may_come_in_websocket_fragments(quick, bot, fragment):
    quick.config.fragment = fragment
    start(quick, bot)
    ping(quick)


def test_l08_a_control_frame_may_come_between_fragments(quick, bot):
    _, conn = start(quick, bot)
    one = quick.interaction("ping", send=False)

    def go():
        session = conn.session
        session.seq += 1
        text = payload.dump({"op": 0, "d": one.body, "s": session.seq, "t": "INTERACTION_CREATE"})
        session.log.append((session.seq, "INTERACTION_CREATE", one.body))
        data = conn.compress.compress(text) + conn.compress.flush(zlib.Z_SYNC_FLUSH)
        conn.ws.frame(wire.BINARY, data[:9], final=False)
        conn.ws.frame(wire.PING, b"mid")
        conn.ws.frame(0, data[9:])
    quick.run(go)
    assert one.wait().text
    assert conn.ws.pongs[-1][1] == b"mid"


def test_l08_bytes_may_come_one_by_one(quick, bot):
    quick.config.tcp_split = 1
    start(quick, bot)
    ping(quick)


def test_l08_a_large_event_within_the_bound_is_skipped_in_peace(quick, bot):
    _, conn = start(quick, bot)
    conn.dispatch("GUILD_CREATE", {"id": "1", "name": "x" * 1_000_000})
    ping(quick)
    assert conn.open and len(quick.connections) == 1


@pytest.mark.parametrize("whole", [True, False], ids=["ended", "endless"])
def test_l08_a_bomb_closes_the_connection_not_the_process(quick, bot, whole):
    one, conn = start(quick, bot)
    before = one.rss_kb()
    conn.bomb(256 << 20, whole)
    quick.wait(lambda: not conn.open, 20, "the connection's end")
    assert conn.closed.code not in (1000, 1001)
    again = quick.wait_ready(30, after=conn.number)
    assert again.resume and again.session is conn.session
    ping(quick)
    assert one.rss_kb() < before + 24 * 1024


@pytest.mark.parametrize("data", [b"\x00\x00\xff\xff", b"garbage\x00\x00\xff\xff", b"\x78\x9c",
                                  b"\xff" * 64 + b"\x00\x00\xff\xff", b""],
                         ids=["suffix", "garbage", "header", "ones", "empty"])
def test_l08_a_broken_stream_is_begun_anew(quick, bot, data):
    one, conn = start(quick, bot)
    conn.send_bytes(data, binary=True)
    one_after = quick.interaction("ping")
    assert one_after.wait(30).text
    assert one.running and len(quick.connections) <= 3


def test_l08_a_frame_that_announces_too_much_costs_no_memory(quick, bot):
    one, conn = start(quick, bot)
    before = one.rss_kb()
    conn.write(bytes([0x82, 127]) + (1 << 62).to_bytes(8, "big") + b"x" * 100_000)
    quick.wait(lambda: not conn.open, 20, "the connection's end")
    quick.wait_ready(20, after=conn.number)
    ping(quick)
    assert one.rss_kb() < before + 8 * 1024


@pytest.mark.parametrize("raw", [
    bytes([0xC1, 2]) + b"{}", bytes([0x83, 0]), bytes([0x81, 0x82, 0, 0, 0, 0]) + b"{}",
    bytes([0x80, 2]) + b"{}", bytes([0x09, 1]) + b"x", bytes([0x89, 126, 0, 126]) + b"p" * 126,
    bytes([0x88, 1, 3]), bytes([0x88, 2, 0x03, 0xED])],
    ids=["rsv", "opcode", "masked", "continuation", "fragmented-ping", "long-ping", "close-1-byte",
         "close-1005"])
def test_l08_a_breach_of_websocket_rules_ends_the_connection_only(quick, bot, raw):
    one, conn = start(quick, bot)
    conn.write(raw)
    quick.wait(lambda: not conn.open, 20, "the connection's end")
    again = quick.wait_ready(30, after=conn.number)
    assert again.resume and again.session is conn.session
    ping(quick)
    assert one.running


# Line 9: intents and malformed frames

def test_l09_identify_asks_for_no_intents(fake, bot):
    _, conn = start(fake, bot)
    assert conn.identify.d["intents"] == 0
    assert "large_threshold" not in conn.identify.d or conn.identify.d["large_threshold"] >= 50


BAD_FRAMES = {
    "not-json": b"nonsense", "cut": b'{"op":0,"d":{"a":', "empty": b"", "array": b"[1,2]",
    "text": b'"x"', "null": b"null", "no-op": b'{"d":null,"s":null,"t":null}',
    "op-text": b'{"op":"0","d":null,"s":null,"t":null}', "op-huge": b'{"op":1e300,"d":null}',
    "op-negative": b'{"op":-1,"d":null,"s":null,"t":null}',
    "op-unknown": b'{"op":77,"d":{"x":1},"s":null,"t":null}',
    "lone-surrogate": b'{"op":0,"d":{"x":"\\ud800"},"s":null,"t":"TYPING_START"}',
    "utf8": b'{"op":0,"d":{"x":"\xff\xfe"},"s":null,"t":"TYPING_START"}',
    "overlong": b'{"op":0,"d":{"x":"\xc0\xaf"},"s":null,"t":"TYPING_START"}',
    "nul": b'{"op":0,"d":{"x":"a\x00b"},"s":null,"t":"TYPING_START"}',
    "trailing": b'{"op":11,"d":null,"s":null,"t":null} x', "comma": b'{"op":0,"d":null,}',
    "deep": b'{"op":0,"t":"X","s":null,"d":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "s-text": b'{"op":0,"d":{},"s":"5","t":"TYPING_START"}',
    "s-huge": b'{"op":0,"d":{},"s":99999999999999999999999,"t":"TYPING_START"}',
    "s-negative": b'{"op":0,"d":{},"s":-5,"t":"TYPING_START"}',
    "t-number": b'{"op":0,"d":{},"s":null,"t":5}',
    "number": b'{"op":0,"d":{"x":01},"s":null,"t":"TYPING_START"}',
    "bom": b'\xef\xbb\xbf{"op":11,"d":null,"s":null,"t":null}',
    "hello-again": b'{"op":10,"d":{"heartbeat_interval":400},"s":null,"t":null}',
    "ready-broken": b'{"op":0,"d":{"session_id":5},"s":null,"t":"READY"}',
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_l09_a_frame_that_cannot_be_read_is_skipped(quick, bot, name):
    one, conn = start(quick, bot)
    conn.send_text(BAD_FRAMES[name])
    ping(quick)
    assert one.running and conn.open and len(quick.connections) == 1


BAD_INTERACTIONS = {
    "null": None, "array": [], "text": "x", "empty": {}, "id-number": {"id": 5},
    "id-text": {"id": "abc"}, "id-long": {"id": "9" * 40}, "id-negative": {"id": "-1"},
    "id-zero": {"id": "0"}, "token": {"token": None}, "token-long": {"token": "x" * 100_000},
    "token-path": {"token": "../../users/@me?x="}, "token-crlf": {"token": "a\r\nX-Evil: 1"},
    "type": {"type": 99}, "type-text": {"type": "2"}, "data": {"data": None},
    "data-array": {"data": []}, "name": {"data": {"id": "1", "name": 5, "type": 1}},
    "member": {"member": None}, "user-id": {"member": {"user": {"id": "x"}}},
    "options": {"data": {"id": "1", "name": "ping", "type": 1, "options": {"a": 1}}},
    "application": {"application_id": "12"},
}


@pytest.mark.parametrize("name", BAD_INTERACTIONS)
def test_l09_an_interaction_that_cannot_be_decoded_is_skipped_and_its_s_kept(quick, bot, name):
    one, conn = start(quick, bot)
    change = BAD_INTERACTIONS[name]
    body = quick.interaction("ping", send=False).body
    # Whatever is answered to a body with a usable id and token is no fault here.
    quick.ignored |= {"route"}
    conn.dispatch("INTERACTION_CREATE", {**body, **change} if isinstance(change, dict) and change
                  else change)
    ping(quick)
    assert one.running and conn.open
    conn.drop()
    again = quick.wait_ready(after=conn.number)
    assert again.resume.d["seq"] == conn.session.seq - 1 or again.resume.d["seq"] >= 3
    ping(quick)
    assert not any("evil" in k for r in quick.requests for k, _ in r.headers)
    assert not quick.calls("GET", "/users/@me?x=")


@pytest.mark.parametrize("frame", [
    {"op": 0, "d": {"x": 1}, "s": 1, "t": "GUILD_CREATE"}, {"op": 11, "d": None},
    {"op": 7, "d": None}, {"op": 9, "d": False}, {"op": 1, "d": None}])
def test_l09_a_frame_before_hello_does_no_harm(quick, bot, frame):
    quick.config.identify_window_s = 0

    def first(conn, _):
        conn.send_text_now(payload.dump({"s": None, "t": None, **frame}))
        return False
    quick.faults.add("gateway:hello", faults.call(first))
    one = bot(quick)
    quick.wait_ready(30)
    ping(quick)
    assert one.running


def test_l09_memory_does_not_grow_with_the_number_of_servers(make_fake, bot, tmp_path):
    sizes = []
    for count in (1, 1000):
        fake = make_fake(guilds=[800000000000000000 + (n << 22) for n in range(count)],
                         heartbeat_interval_ms=BEAT_MS)
        one = bot(fake, directory=tmp_path / str(count))
        fake.wait_ready()
        one.wait_log("ready")
        ping(fake)
        sizes.append(one.rss_kb())
        one.stop()
    assert abs(sizes[1] - sizes[0]) < 512, sizes


def test_l09_the_largest_ready_of_one_shard_is_taken(make_fake, bot):
    fake = make_fake(guilds=[800000000000000000 + (n << 22) for n in range(2500)])
    start(fake, bot)
    ping(fake)


# Line 10: shards

def test_l10_one_shard_is_what_gateway_bot_recommends(fake, bot):
    _, conn = start(fake, bot)
    assert conn.identify.d["shard"] == [0, 1]


def test_l10_auto_follows_the_recommendation(make_fake, bot):
    fake = make_fake(shards=3, max_concurrency=4)
    one = bot(fake)
    fake.wait(lambda: len(fake.live()) == 3, 20, "three shards")
    one.wait_log("ready", shards=3)
    assert sorted(c.identify.d["shard"] for c in fake.live()) == [[0, 3], [1, 3], [2, 3]]


def test_l10_a_range_of_shards_takes_only_those(make_fake, bot):
    fake = make_fake(max_concurrency=16)
    one = bot(fake, HOMU_SHARDS="2-3/5")
    fake.wait(lambda: len(fake.live()) == 2, 20, "two shards")
    one.wait_log("ready", shards=2)
    assert sorted(c.identify.d["shard"] for c in fake.live()) == [[2, 5], [3, 5]]


def test_l10_every_server_is_answered_by_its_shard(make_fake, bot):
    guilds = [(190740000000 + n) << 22 for n in range(6)]
    fake = make_fake(max_concurrency=4, guilds=guilds)
    bot(fake, HOMU_SHARDS="3")
    fake.wait(lambda: len(fake.live()) == 3, 20, "three shards")
    for guild in guilds + [None]:
        assert ping(fake, guild=guild).text


def test_l10_each_shard_resumes_its_own_session(make_fake, bot):
    fake = make_fake(max_concurrency=4, heartbeat_interval_ms=BEAT_MS)
    bot(fake, HOMU_SHARDS="2")
    fake.wait(lambda: len(fake.live()) == 2, 20, "two shards")
    old = {c.session.shard[0]: c for c in fake.live()}
    old[1].drop()
    again = fake.wait_ready(20, shard=1, after=old[1].number)
    assert again.session is old[1].session and old[0].open


def test_l10_an_interaction_delivered_twice_is_answered_once(quick, bot):
    start(quick, bot)
    one = quick.interaction("ping")
    one.again().again()
    one.wait()
    one.again()
    ping(quick)
    assert len(one.callbacks) == 1


def test_l10_two_sessions_of_one_shard_answer_once(quick, bot):
    _, conn = start(quick, bot)
    # The second delivery comes with another sequence, as from an overlapping session.
    body = quick.interaction("ping", send=False)
    quick.deliver(body)
    conn.dispatch("INTERACTION_CREATE", body.body)
    body.wait()
    ping(quick)
    assert len(body.callbacks) == 1


# Line 11: presence, RATE_LIMITED

def test_l11_a_presence_in_identify_is_well_formed(quick, bot):
    _, conn = start(quick, bot)
    presence = conn.identify.d.get("presence")
    if presence is not None:
        assert {"since", "activities", "status", "afk"} <= set(presence)
        assert presence["status"] in ("online", "idle", "dnd", "invisible")


def test_l11_a_rate_limited_event_is_taken_in_peace(quick, bot):
    _, conn = start(quick, bot)
    for wait in (0.5, 1e9, -1, "x", None):
        conn.dispatch("RATE_LIMITED", {"opcode": 3, "retry_after": wait, "meta": {}})
    ping(quick)
    quick.wait(lambda: len(conn.heartbeats) >= 2, 5, "beats")
    assert conn.open


# Certificates (every line needs them)

@pytest.mark.parametrize("kind", certs.KINDS_BAD)
def test_l01_a_bad_certificate_is_refused_before_anything_is_sent(make_fake, bot, kind):
    fake = make_fake(kind)
    one = bot(fake)
    one.wait(lambda: re.search("certificate|TLS|SSL", texts(one), re.I), 15, "a word about it")
    assert not fake.requests and not fake.connections
    assert one.running


def test_l01_a_gateway_with_a_bad_certificate_gets_no_token(make_fake, bot):
    other = make_fake("untrusted")
    fake = make_fake(gateway_url=other.gateway_url)
    one = bot(fake)
    fake.wait_requests("GET", "/gateway/bot")
    one.wait(lambda: re.search("certificate|TLS|SSL", texts(one), re.I), 15, "a word about it")
    assert not other.connections


# The end of a process: hand-over

def test_l04_sigterm_keeps_the_session_for_the_next_process(quick, bot):
    one, conn = start(quick, bot)
    ping(quick)
    assert one.stop() == 0
    assert one.logged("stopping")
    quick.wait(lambda: not conn.open, 5, "the connection's end")
    assert conn.closed.code not in (1000, 1001) and conn.session.resumable
    missed = quick.interaction("ping")
    second = bot(quick)
    again = quick.wait_ready(after=conn.number)
    assert again.resume and again.session is conn.session
    assert missed.wait().text
    second.wait_log("ready")
    assert len(quick.gateway.identifies) == 1


def test_l04_sigint_ends_with_0_too(quick, bot):
    one, _ = start(quick, bot)
    one.signal(2)
    assert one.wait_exit() == 0


def test_l04_sigterm_answers_what_is_under_way(quick, bot):
    one, _ = start(quick, bot)
    sent = [quick.interaction("ping") for _ in range(20)]
    sent[-1].wait_acknowledged()
    assert one.stop() == 0
    assert all(i.acknowledged for i in sent)


def test_l04_sigterm_ends_within_five_seconds_in_an_outage(quick, bot):
    one, _ = start(quick, bot)
    quick.go_dark()
    one.wait_log("reconnecting")
    began = time.monotonic()
    assert one.stop() == 0
    assert time.monotonic() - began < 5


def test_l04_a_session_that_discord_forgot_meanwhile_is_begun_anew(quick, bot):
    quick.config.identify_window_s = 0
    one, conn = start(quick, bot)
    assert one.stop() == 0
    conn.session.end("forgotten")
    bot(quick)
    again = quick.wait_ready(30, after=conn.number)
    assert again.session is not conn.session
    ping(quick)
