"""discord.md, lines 2 to 6: heartbeats, zombies, RESUME, ends, the budget. Named after the lines.

That nothing was sent is never shown by waiting alone: a later event that must come (an
answered ping, a further heartbeat) bounds the time.
"""

import datetime
import json
import re
import time

import pytest

from tests.fakes import faults, wire
from tests.system import store
from tests.system.gateway import BEAT_MS, gateway_gets, ping, start, texts

RESUMABLE = (4000, 4001, 4002, 4003, 4005, 4008, 1001, 1011, 1012, 3000)
FATAL = (4004, 4010, 4011, 4012, 4013, 4014)


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
    fake.wait(lambda: time.monotonic() > first + 1.0, 5, "the middle of the interval")
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
        conn.gateway.fake.later(BEAT_MS / 1000 * 0.6, conn.send_now, 11)
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


def test_l04_the_sequence_of_an_event_with_a_lone_surrogate_is_kept(quick, bot):
    one, conn = start(quick, bot)
    body = quick.interaction("ping", send=False).body
    conn.dispatch("INTERACTION_CREATE", {**body, "locale": "\ud83d"})
    conn.dispatch("INTERACTION_CREATE", {**body, "locale": "\ud83d"})
    seq = conn.session.seq
    # Nothing comes after it before the drop: the heartbeat tells that it was read.
    quick.wait(lambda: conn.heartbeats and conn.heartbeats[-1].d == seq, 30, "a beat with its sequence")
    conn.drop()
    again = quick.wait_ready(30, after=conn.number)
    assert again.resume.d["seq"] == seq
    ping(quick)
    assert [r["level"] for r in one.logged("gateway frame skipped")] == ["warn"]


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
    assert again.resume and again.session is conn.session, "a URL that is gone does not end the session"
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
        resumed.gateway.fake.later(0.2, resumed.drop_now)
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


def past_the_pace(fake, conn):
    """Until another IDENTIFY is allowed at once, so that only the wait of this line is seen."""
    fake.wait(lambda: time.monotonic() > conn.identify.at + 5.2, 10, "the end of the 5 s")


def assert_begun_anew(fake, conn, since):
    again = fake.wait_ready(25, after=conn.number)
    assert again.identify and again.port == fake.port and again.session is not conn.session
    assert not any(c.resume for c in fake.connections)
    assert 1.0 - 0.01 <= again.identify.at - since < 6.0
    ping(fake)


def test_l05_op_9_false_identifies_anew_at_the_base_url_after_a_random_wait(quick, bot):
    _, conn = start(quick, bot)
    past_the_pace(quick, conn)
    asked = time.monotonic()
    conn.invalid_session(False)
    assert_begun_anew(quick, conn, asked)


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
    _, conn = start(quick, bot)
    past_the_pace(quick, conn)
    conn.close(code)
    assert_begun_anew(quick, conn, conn.closed.at)


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
    # What is not on the disk yet cannot be remembered.
    one.wait(lambda: store.keeps(one.directory, conn.session.id), 10, "stored session")
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
    # What is not on the disk yet cannot be remembered.
    one.wait(lambda: store.keeps(one.directory, conn.session.id), 10, "stored session")
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


def test_l04_a_killed_process_leaves_its_session_too(quick, bot):
    one, conn = start(quick, bot)
    assert quick.command("gacha pull", user=7).text
    one.kill9()
    quick.wait(lambda: not conn.open, 10, "the connection's end")
    missed = quick.interaction("ping")
    quick.config.replay_all = True      # as from a sequence of a while ago
    second = bot(quick)
    again = quick.wait_ready(30, after=conn.number)
    assert again.resume and again.session is conn.session
    assert missed.wait().text
    second.wait_log("ready")
    assert len(quick.gateway.identifies) == 1


def test_l04_a_pull_that_is_replayed_to_the_next_process_counts_once(quick, bot, tmp_path):
    one, conn = start(quick, bot)
    user = quick.new_user()
    pull = quick.interaction("gacha pull", user=user)
    assert pull.wait().text
    one.kill9()
    quick.config.replay_all = True
    bot(quick)
    assert quick.wait_ready(30, after=conn.number).resume
    ping(quick)
    drawn = store.Snapshot(tmp_path).interactions(str(user))
    assert list(drawn.values()) == [1] and len(pull.history) == 1


def test_l04_a_process_killed_before_it_resumed_does_not_leave_the_session_again(quick, bot):
    quick.config.identify_window_s = 0
    one, conn = start(quick, bot)
    ping(quick)     # READY is stored by now
    one.kill9()
    quick.faults.add("gateway:resume", faults.silence())
    second = bot(quick)
    quick.wait(lambda: any(c.resume for c in quick.connections), 30, "a RESUME")
    second.kill9()
    bot(quick)
    again = quick.wait_ready(60, after=conn.number + 1)
    assert again.identify and again.session is not conn.session


def test_l10_two_processes_with_one_store_do_not_fight_over_a_session(quick, bot):
    one, conn = start(quick, bot)
    ping(quick)
    second = bot(quick)
    quick.wait(lambda: len(quick.live()) == 2, 60, "a session for each")
    assert {c.session for c in quick.live()} == {conn.session, quick.sessions[-1]}
    assert len(quick.sessions) == 2 and len(quick.gateway.identifies) == 2
    assert sum(1 for c in quick.connections if c.resume) <= 2
    assert one.running and second.running
    body = quick.interaction("ping")
    assert body.wait().text


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
