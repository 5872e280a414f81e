"""discord.md, lines 7 to 11: what is sent, compression, malformed frames, shards. Named after the lines."""

import time
import zlib

import pytest

from tests.fakes import faults, payload, wire
from tests.system.gateway import BEAT_MS, ping, start


# Line 7: what is sent

def test_l07_a_flood_of_requests_keeps_to_the_limit_and_to_the_beats(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=2000)
    _, conn = start(fake, bot)
    for _ in range(200):
        conn.ask_heartbeat()
    count = len(fake.wait(lambda: conn.heartbeats, 10, "an answer to the flood"))
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
