"""The fake Discord is proved here by a client that is not ours: a discord.py bot.

discord.py speaks to the fake over TLS with the tests' CA: READY, slash commands, command
sync, RESUME with replay, reconnects, rate limits, zlib-stream. What discord.py does that
our checks forbid for our own program is named in `ignored`.
"""

import asyncio
import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.fakes import checks, discord as fake_discord, faults, openapi, payload

# discord.py's agent has no comma (and is aiohttp's for webhooks), it writes no allowed_mentions and sends keys that the
# OpenAPI lacks; it resumes and identifies as it likes.
IGNORED = {"user-agent", "allowed-mentions", "openapi", "gateway-url"}


class Peer:
    """A discord.py bot in a thread with its own loop."""

    def __init__(self, fake, monkeypatch, intents=None, client=discord.Client, **options):
        monkeypatch.setattr(discord.http.Route, "BASE", fake.api_base)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY",
                            yarl.URL(fake.gateway_url))
        self.fake, self.events, self.error = fake, [], None
        self._kind, self._intents, self._options = client, intents, options
        self.client = self.loop = None
        self.started = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self.thread.start()
        assert self.started.wait(10)

    async def _main(self):
        self.loop, self.closing = asyncio.get_running_loop(), asyncio.Event()
        options = dict(self._options)
        if self.fake.tls:
            trust = ssl.create_default_context(cadata=self.fake.authority.root_pem().decode())
            options["connector"] = aiohttp.TCPConnector(ssl=trust, limit=0)
        self.client = self._kind(intents=self._intents or discord.Intents.none(), **options)
        tree = app_commands.CommandTree(self.client)

        @tree.command(name="ping", description="Says pong")
        @app_commands.describe(times="How often")
        async def ping(interaction: discord.Interaction, times: int = 1):
            view = discord.ui.View(timeout=None)
            view.add_item(discord.ui.Button(label="Again", custom_id="again"))
            await interaction.response.send_message("pong " * times, view=view)

        @tree.command(name="slow", description="Answers later")
        async def slow(interaction: discord.Interaction):
            await interaction.response.defer(thinking=True)
            await interaction.edit_original_response(content="slow pong")
            await interaction.followup.send("and more", ephemeral=True)

        for name in ("ready", "resumed", "disconnect", "connect"):
            self._listen(name)
        if hasattr(self.client, "setup_hook"):
            async def setup():
                if self._options.get("sync", True):
                    await tree.sync()
            self.client.setup_hook = setup
        self.started.set()
        running = asyncio.create_task(self.client.start(self.fake.token))
        asked = asyncio.create_task(self.closing.wait())
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        await self.client.close()
        try:
            await running
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
        finally:
            self.fake.changed()

    def _listen(self, name):
        async def handler(*_):
            self.events.append(name)
            self.fake.changed()
        handler.__name__ = "on_" + name
        self.client.event(handler)

    def wait_event(self, name, count=1):
        self.fake.wait(lambda: self.events.count(name) >= count, 15, f"discord.py event {name}")

    def stop(self):
        if self.thread.is_alive():
            # start() returns once close() was called; main() then waits for close() itself.
            self.loop.call_soon_threadsafe(self.closing.set)
            self.thread.join(15)
        assert not self.thread.is_alive()


@pytest.fixture
def peer_fake(authority):
    with fake_discord.FakeDiscord("good", authority, heartbeat_interval_ms=400,
                                  validate_answers=True, agent_required=False) as fake:
        fake.ignored |= IGNORED
        yield fake
        assert not fake.unexpected(), fake.violations


@pytest.fixture
def peer(peer_fake, monkeypatch):
    made = []

    def make(**options):
        made.append(Peer(peer_fake, monkeypatch, **options))
        return made[-1]
    yield make
    for one in made:
        one.stop()


def test_discord_py_reaches_ready_over_tls_and_answers_a_slash_command(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    assert conn.query["compress"] == "zlib-stream"
    answer = peer_fake.command("ping", {"times": 3})
    assert answer.text.startswith("pong pong pong") and answer.kind == 4
    assert answer.latency < 3


def test_discord_py_syncs_its_commands_with_put(peer_fake, peer):
    peer()
    known = peer_fake.wait_registered()
    assert set(known) == {"ping", "slow"}
    assert known["ping"]["options"][0]["type"] == 4
    assert len(peer_fake.calls("PUT", "/commands")) == 1


def test_discord_py_defers_edits_and_follows_up(peer_fake, peer):
    peer()
    peer_fake.wait_ready()
    one = peer_fake.interaction("slow")
    answer = one.wait(count=2)
    assert one.ack_kind == 5
    assert one.history[0].deferred and one.history[0].text == "slow pong"
    assert answer.text == "and more"


def test_discord_py_resumes_after_a_drop_and_gets_what_it_missed(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    peer_fake.faults.add("gateway:upgrade", faults.http(503))
    conn.drop()
    missed = peer_fake.interaction("ping")
    answer = missed.wait(20)
    assert answer.text.startswith("pong")
    again = peer_fake.wait_ready(after=conn.number)
    assert again.resume.d["session_id"] == conn.session.id
    assert again.port == peer_fake.resume_port
    bot.wait_event("resumed")


def test_discord_py_resumes_on_op_7(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    conn.reconnect()
    again = peer_fake.wait_ready(15, after=conn.number)
    assert again.resume and again.session is conn.session
    assert peer_fake.command("ping").text.startswith("pong")


def test_discord_py_identifies_anew_on_op_9_false(peer_fake, peer):
    peer_fake.config.identify_window_s = 0
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    conn.invalid_session(False)
    again = peer_fake.wait_ready(20, after=conn.number)
    assert again.identify and again.session is not conn.session


def test_discord_py_is_told_to_go_by_4004(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    conn.close(4004)
    peer_fake.wait(lambda: bot.error is not None, 10, "discord.py's error")
    assert isinstance(bot.error, discord.errors.ConnectionClosed) and bot.error.code == 4004


def test_discord_py_beats_and_is_acknowledged(peer_fake, peer):
    peer()
    conn = peer_fake.wait_ready()
    peer_fake.wait(lambda: len(conn.heartbeats) >= 3, 10, "three heartbeats")
    assert len(conn.acks_at) >= 2 and conn.heartbeats[-1].d >= 1


def test_discord_py_finds_a_withheld_ack(peer_fake, peer):
    bot = peer(heartbeat_timeout=1.0)
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    peer_fake.config.ack = False
    peer_fake.wait(lambda: not conn.open, 20, "the zombie's end")
    peer_fake.config.ack = True
    assert peer_fake.wait_ready(20, after=conn.number).session is conn.session


def test_discord_py_reads_messages_cut_over_frames(peer_fake, peer):
    # It looks for the suffix in the last frame alone, so cuts inside the suffix are not for it.
    peer_fake.config.split = "halves"
    bot = peer()
    peer_fake.wait_ready()
    bot.wait_event("ready")
    assert peer_fake.command("ping").text.startswith("pong")


def test_discord_py_reads_fragments_and_small_tcp_writes(peer_fake, peer):
    peer_fake.config.fragment, peer_fake.config.tcp_split = 11, 5
    bot = peer()
    peer_fake.wait_ready()
    bot.wait_event("ready")
    assert peer_fake.command("ping").text.startswith("pong")


def test_discord_py_obeys_a_429(peer_fake, peer):
    peer_fake.faults.add("PUT */commands", faults.rate_limited(0.3))
    peer()
    first, second = peer_fake.wait_requests("PUT", "/commands", 2)
    assert first.status == 429 and second.status == 200
    assert second.at - first.done_at >= 0.3


def test_discord_py_sees_the_rate_limit_headers(peer_fake, peer):
    bot = peer()
    peer_fake.wait_ready()
    bot.wait_event("ready")
    peer_fake.config.limits["GET /users/@me"] = (2, 1.0)

    async def thrice():
        for _ in range(3):
            await bot.client.http.request(discord.http.Route("GET", "/users/@me"))
    asyncio.run_coroutine_threadsafe(thrice(), bot.loop).result(10)
    assert not peer_fake.noted("rate-limited"), "discord.py waits for Reset-After"
    calls = peer_fake.calls("GET", "/users/@me")[-3:]
    assert calls[2].at - calls[0].at >= 0.8


def test_discord_py_gets_guilds_only_with_the_intent(peer_fake, peer):
    peer_fake.config.guilds = [800000000000000000 + (n << 22) for n in range(30)]
    intents = discord.Intents.none()
    intents.guilds = True
    bot = peer(intents=intents)
    bot.wait_event("ready")
    assert len(bot.client.guilds) == 30
    assert sum(1 for _, op, t in peer_fake.live()[0].sent if t == "GUILD_CREATE") == 30


def test_no_guilds_are_streamed_without_the_intent(peer_fake, peer):
    bot = peer()
    bot.wait_event("ready")
    assert not [t for _, op, t in peer_fake.live()[0].sent if t == "GUILD_CREATE"]


def test_a_sharded_discord_py_gets_each_event_on_its_shard(peer_fake, peer):
    peer_fake.config.guilds = [(190740000000 + n) << 22 for n in range(4)]
    peer_fake.config.shards, peer_fake.config.max_concurrency = 2, 2
    bot = peer(client=discord.AutoShardedClient, shard_count=2)
    peer_fake.wait(lambda: len(peer_fake.live()) == 2, 20, "two shards")
    bot.wait_event("ready")
    for guild in peer_fake.config.guilds:
        one = peer_fake.interaction("ping", guild=guild)
        assert one.wait().text.startswith("pong")
        owner = [c for c in peer_fake.live() if any(t == "INTERACTION_CREATE" for _, op, t in c.sent)]
        assert (guild >> 22) % 2 in {c.session.shard[0] for c in owner}


def test_discord_py_with_an_untrusted_ca_is_refused(monkeypatch, authority):
    with fake_discord.FakeDiscord("untrusted", authority) as fake:
        bot = Peer(fake, monkeypatch)
        fake.wait(lambda: bot.error is not None or not bot.thread.is_alive(), 10, "an error")
        assert "CERTIFICATE_VERIFY_FAILED" in repr(bot.error) or bot.error is not None
        assert not fake.requests


# What the fake refuses, without a client library

@pytest.fixture
def plain(authority):
    with fake_discord.FakeDiscord(None, heartbeat_interval_ms=300) as fake:
        yield fake


def call(fake, method, path, body=None, token=True, agent="DiscordBot (https://x.example, 1)",
         kind="application/json"):
    headers = {"User-Agent": agent}
    if token:
        headers["Authorization"] = "Bot " + (fake.token if token is True else token)
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = kind
    request = urllib.request.Request(fake.api_base + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null"), dict(answer.headers)
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            return error.code, json.loads(text or b"null"), dict(error.headers)
        except ValueError:
            return error.code, text, dict(error.headers)


class RawGateway:
    """A bare aiohttp WebSocket for what no client library would send."""

    def __init__(self, fake):
        self.fake = fake

    def run(self, script, query="v=10&encoding=json"):
        async def go():
            async with aiohttp.ClientSession() as session:
                async with session.ws_connect(f"{self.fake.gateway_url}/?{query}",
                                              autoclose=False, max_msg_size=0) as ws:
                    return await script(ws)
        return asyncio.run(asyncio.wait_for(go(), 15))

    @staticmethod
    def identify(fake, **more):
        return {"op": 2, "d": {"token": fake.token, "intents": 0, "properties":
                               {"os": "linux", "browser": "x", "device": "x"}, **more}}


async def code_of(ws):
    while True:
        message = await ws.receive()
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
            return ws.close_code or message.data


def test_the_token_is_needed_where_it_is_needed(plain):
    assert call(plain, "GET", "/users/@me", token=False)[0] == 401
    assert call(plain, "GET", "/users/@me", token="wrong")[0] == 401
    assert call(plain, "GET", "/users/@me")[0] == 200
    assert call(plain, "GET", "/gateway", token=False)[0] == 200
    assert call(plain, "GET", "/gateway/bot", token=False)[0] == 401


def test_a_wrong_agent_is_blocked_and_noted(plain):
    assert call(plain, "GET", "/users/@me", agent="curl/8")[0] == 403
    assert plain.violations[0][0] == "user-agent"


def test_routes_unknown_to_discord_are_violations(plain):
    assert call(plain, "GET", "/nothing/here")[0] == 404
    assert ("route" in {k for k, _ in plain.violations})


def test_rate_limits_count_by_bucket_and_have_decimals(plain):
    plain.config.limits["GET /users/@me"] = (2, 5.0)
    first = call(plain, "GET", "/users/@me")[2]
    assert first["X-RateLimit-Remaining"] == "1" and "." in first["X-RateLimit-Reset-After"]
    call(plain, "GET", "/users/@me")
    status, body, headers = call(plain, "GET", "/users/@me")
    assert status == 429 and body["global"] is False and 0 < body["retry_after"] <= 5
    assert headers["X-RateLimit-Scope"] == "user"
    assert call(plain, "GET", "/gateway/bot")[0] == 200


def test_the_global_limit_is_fifty_a_second(plain):
    plain.config.limit_default = (1000, 1.0)
    plain.config.global_limit = 5
    statuses = [call(plain, "GET", "/users/@me")[0:3] for _ in range(8)]
    refused = [s for s in statuses if s[0] == 429]
    assert refused and refused[0][1]["global"] is True
    assert refused[0][2]["X-RateLimit-Global"] == "true"


def test_an_interaction_is_answered_once_within_three_seconds(plain):
    one = plain.interaction("x", send=False)
    path = f"/interactions/{one.id}/{one.token}/callback"
    good = {"type": 4, "data": {"content": "hi", "allowed_mentions": {"parse": []}}}
    assert call(plain, "POST", path, good, token=False)[0] == 204
    status, body, _ = call(plain, "POST", path, good, token=False)
    assert (status, body["code"]) == (400, 40060)
    late = plain.interaction("x", send=False, age_s=3.1)
    status, body, _ = call(plain, "POST", f"/interactions/{late.id}/{late.token}/callback", good)
    assert (status, body["code"]) == (404, 10062)
    status, body, _ = call(plain, "POST", f"/interactions/{one.id}/wrong/callback", good)
    assert (status, body["code"]) == (404, 10062)
    assert not plain.violations


def test_a_webhook_lives_from_the_answer_on_and_fifteen_minutes(plain):
    one = plain.interaction("x", send=False)
    hook = f"/webhooks/{plain.config.application_id}/{one.token}"
    edit = {"content": "later", "allowed_mentions": {"parse": []}}
    status, body, _ = call(plain, "PATCH", hook + "/messages/@original", edit, token=False)
    assert (status, body["code"]) == (404, 10015)
    call(plain, "POST", f"/interactions/{one.id}/{one.token}/callback", {"type": 5})
    assert call(plain, "PATCH", hook + "/messages/@original", edit, token=False)[0] == 200
    assert one.wait().text == "later" and one.history[0].deferred
    assert call(plain, "POST", hook, edit, token=False)[0] == 200
    plain.config.token_lifetime_s = 0
    status, body, _ = call(plain, "POST", hook, edit, token=False)
    assert (status, body["code"]) == (401, 50027)


def test_with_response_gives_the_message(plain):
    one = plain.interaction("x", send=False)
    status, body, _ = call(plain, "POST",
                           f"/interactions/{one.id}/{one.token}/callback?with_response=true",
                           {"type": 4, "data": {"content": "hi", "allowed_mentions": {}}})
    assert status == 200 and body["resource"]["message"]["content"] == "hi"


GOOD = {"content": "x", "allowed_mentions": {"parse": []}}


@pytest.mark.parametrize("bad", [
    {"content": "x" * 2001}, {"content": "𠮷" * 1001}, {"content": ""},
    {"embeds": [{"title": "t" * 257}]}, {"embeds": [{"description": "d" * 4097}]},
    {"embeds": [{"description": "d" * 3001}, {"description": "d" * 3000}]},
    {"embeds": [{"title": "x"}] * 11}, {"embeds": [{"title": "x", "fields": [
        {"name": "n", "value": "v"}] * 26}]},
    {"embeds": [{"title": "x", "fields": [{"name": "", "value": "v"}]}]},
    {"embeds": [{"title": "x", "fields": [{"name": "n", "value": "v" * 1025}]}]},
    {"embeds": [{"title": "x", "color": 0x1000000}]},
    {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "a"}]}]},
    {"components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "a", "custom_id": "same"},
        {"type": 2, "style": 1, "label": "b", "custom_id": "same"}]}]},
    {"components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "a", "custom_id": "c" * 101}]}]},
    {"components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "l" * 81, "custom_id": "c"}]}]},
    {"components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "l", "custom_id": f"c{n}"} for n in range(6)]}]},
    {"components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "l", "custom_id": f"c{n}"}]} for n in range(6)]},
    {"components": [{"type": 1, "components": []}]},
    {"flags": 1 << 3}])
def test_messages_beyond_the_limits_are_refused(plain, bad):
    one = plain.interaction("x", send=False)
    data = {**GOOD, **bad}
    status, body, _ = call(plain, "POST", f"/interactions/{one.id}/{one.token}/callback",
                           {"type": 4, "data": data})
    assert (status, body["code"]) == (400, 50035)
    assert plain.violations


def test_a_message_without_allowed_mentions_is_a_violation(plain):
    one = plain.interaction("x", send=False)
    path = f"/interactions/{one.id}/{one.token}/callback"
    assert call(plain, "POST", path, {"type": 4, "data": {"content": "x"}})[0] == 204
    assert plain.violations == [("allowed-mentions", "not written")]


@pytest.mark.parametrize("bad", [
    [{"name": "Upper", "description": "d"}], [{"name": "a b", "description": "d"}],
    [{"name": "a", "description": ""}], [{"name": "a", "description": "d" * 101}],
    [{"name": "a", "description": "d"}] * 2,
    [{"name": "a", "description": "d", "name_localizations": {"jp": "あ"}}],
    [{"name": "a", "description": "d", "options": [
        {"type": 3, "name": "o", "description": "d", "choices": [
            {"name": str(n), "value": str(n)} for n in range(26)]}]}],
    [{"name": "a", "description": "d", "options": [
        {"type": 3, "name": "o", "description": "d"},
        {"type": 3, "name": "p", "description": "d", "required": True}]}],
    [{"name": "a", "description": "d", "options": [
        {"type": 3, "name": f"o{n}", "description": "d" * 100, "choices": [
            {"name": f"{m}" * 40, "value": f"{m}" * 40} for m in range(1, 10)]}
        for n in range(12)]}]])
def test_commands_beyond_the_limits_are_refused(plain, bad):
    assert checks.commands(bad)
    status, _, _ = call(plain, "PUT", f"/applications/{plain.config.application_id}/commands", bad)
    assert status == 400


def test_localisations_come_back_only_when_asked_for(plain):
    path = f"/applications/{plain.config.application_id}/commands"
    one = {"name": "a", "description": "d", "name_localizations": {"ja": "あ"}, "options": [
        {"type": 3, "name": "o", "description": "d", "name_localizations": {"ja": "い"}}]}
    assert call(plain, "PUT", path, [one])[0] == 200
    bare = call(plain, "GET", path)[1][0]
    assert "name_localizations" not in bare and "name_localizations" not in bare["options"][0]
    full = call(plain, "GET", path + "?with_localizations=true")[1][0]
    assert full["options"][0]["name_localizations"] == {"ja": "い"}


@pytest.mark.skipif(openapi.load() is None, reason="needs ../shared/discord/openapi.json")
@pytest.mark.parametrize("method, path, query, body, fits", [
    ("GET", "/gateway/bot", [], None, True), ("GET", "/gateway/bot", [("x", "1")], None, False),
    ("GET", "/applications/1/commands", [("with_localizations", "true")], None, True),
    ("GET", "/applications/1/commands", [("with_localizations", "maybe")], None, False),
    ("GET", "/applications/abc/commands", [], None, False),
    ("PUT", "/applications/1/commands", [], [{"name": "a", "description": "b"}], True),
    ("PUT", "/applications/1/commands", [], [{"name": "a", "describtion": "b"}], False),
    ("PUT", "/applications/1/commands", [], [{"name": "a", "contexts": ["0"]}], False),
    ("POST", "/interactions/1/t/callback", [], {"type": 4, "data": GOOD}, True),
    ("POST", "/interactions/1/t/callback", [], {"type": 12, "data": GOOD}, False),
    ("POST", "/interactions/1/t/callback", [], {"type": 4, "data": {"contents": "x"}}, False),
    ("POST", "/interactions/1/t/callback", [], None, False),
    ("PATCH", "/webhooks/1/t/messages/@original", [], {"content": 5}, False),
    ("PATCH", "/webhooks/1/t/messages/@original", [], GOOD, True)])
def test_requests_are_held_to_the_published_description(method, path, query, body, fits):
    faults_found = openapi.load().check_request(method, path, query, "application/json", body)
    assert (not faults_found) == fits, faults_found


@pytest.mark.parametrize("frame, code", [
    (b"not json", 4002), (b'{"op":1,"op":1,"d":null}', 4002), (b'{"op":99,"d":null}', 4001),
    (b'{"op":3,"d":{}}', 4003), (b'{"op":2,"d":{}}', 4002),
    (b'{"op":1,"d":"' + b"x" * 4096 + b'"}', 4002)])
def test_bad_payloads_get_their_close_code(plain, frame, code):
    async def script(ws):
        await ws.receive()
        await ws.send_str(frame.decode())
        return await code_of(ws)
    assert RawGateway(plain).run(script) == code


@pytest.mark.parametrize("change, code", [
    ({"token": "wrong"}, 4004), ({"shard": [2, 2]}, 4010), ({"intents": 1 << 30}, 4013),
    ({"intents": 1 << 15}, 4014), ({"properties": {}}, 4002)])
def test_identify_is_refused_with_the_right_code(plain, change, code):
    async def script(ws):
        await ws.receive()
        await ws.send_json(RawGateway.identify(plain, **change))
        return await code_of(ws)
    assert RawGateway(plain).run(script) == code


def test_identify_twice_is_4005_and_too_quick_is_op_9(plain):
    async def twice(ws):
        await ws.receive()
        await ws.send_json(RawGateway.identify(plain))
        await ws.receive()
        await ws.send_json(RawGateway.identify(plain))
        return await code_of(ws)
    assert RawGateway(plain).run(twice) == 4005

    async def quick(ws):
        await ws.receive()
        await ws.send_json(RawGateway.identify(plain))
        return (await ws.receive()).json()
    assert RawGateway(plain).run(quick) == {"op": 9, "d": False, "s": None, "t": None}
    assert plain.noted("identify-too-quick")


def test_the_identify_budget_is_watched(plain):
    plain.config.session_start_remaining = 0

    async def script(ws):
        await ws.receive()
        await ws.send_json(RawGateway.identify(plain))
        return await code_of(ws)
    assert RawGateway(plain).run(script) == 4004
    assert plain.violations[0][0] == "identify-budget"


@pytest.mark.parametrize("query, code", [
    ("v=9&encoding=json", 4012), ("encoding=json", 4012), ("v=10&encoding=etf", 4002),
    ("v=10&encoding=json&compress=gzip", 4002)])
def test_the_query_is_checked(plain, query, code):
    assert RawGateway(plain).run(code_of, query) == code
    assert plain.violations[0][0] == "gateway-url"


def test_more_than_120_sends_is_4008(plain):
    async def script(ws):
        await ws.receive()
        for _ in range(121):
            await ws.send_json({"op": 1, "d": None})
        return await code_of(ws)
    assert RawGateway(plain).run(script) == 4008


def test_a_client_that_never_beats_is_dropped_and_noted(plain):
    plain.config.beat_grace_s = 0.1

    async def script(ws):
        return await code_of(ws)
    assert RawGateway(plain).run(script) == 4000
    assert plain.violations[0][0] == "heartbeat"


@pytest.mark.parametrize("code, kept", [(1000, False), (1001, False), (4000, True), (3000, True)])
def test_a_session_ends_with_1000_and_1001_only(plain, code, kept):
    async def script(ws):
        await ws.receive()
        await ws.send_json(RawGateway.identify(plain))
        await ws.receive()
        await ws.close(code=code)
    RawGateway(plain).run(script)
    plain.wait(lambda: plain.connections[0].closed, 5, "the close")
    assert plain.sessions[0].resumable is kept


def test_a_bomb_is_small_on_the_wire(plain):
    async def script(ws):
        await ws.receive()
        await ws.send_json(RawGateway.identify(plain))
        await ws.receive()
        await asyncio.get_running_loop().run_in_executor(
            None, lambda: plain.connections[0].bomb(64 << 20))
        return len((await ws.receive()).data)
    assert RawGateway(plain).run(script, "v=10&encoding=json&compress=zlib-stream") < 200_000


def test_faults_are_applied_in_order_and_as_often_as_told(plain):
    plain.faults.add("GET /users/@me", faults.status(503), times=2)
    plain.faults.add("GET /users/@me", faults.cloudflare(7))
    seen = [call(plain, "GET", "/users/@me") for _ in range(4)]
    assert [s[0] for s in seen] == [503, 503, 429, 200]
    assert seen[2][2]["Retry-After"] == "7" and b"<html" in seen[2][1]


@pytest.mark.parametrize("action", [faults.reset_before(), faults.reset_after(),
                                    faults.truncated(5)])
def test_answers_can_be_lost(plain, action):
    plain.faults.add("GET /users/@me", action)
    with pytest.raises((OSError, urllib.error.URLError, Exception)):
        call(plain, "GET", "/users/@me")
    assert call(plain, "GET", "/users/@me")[0] == 200


def test_an_outage_refuses_connections_and_ends_on_the_same_port(plain):
    plain.go_dark()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", plain.port), 2)
    plain.come_back()
    assert call(plain, "GET", "/users/@me")[0] == 200


def test_snowflakes_tell_their_time():
    now = time.time() * 1000
    assert abs(payload.snowflake_ms(payload.snowflake(now)) - now) < 1
    assert payload.snowflake(now) != payload.snowflake(now)
