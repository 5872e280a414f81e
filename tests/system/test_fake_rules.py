"""The fake Discord is no more lenient than the real one: what it refuses, by hand."""

import asyncio
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

import aiohttp
import pytest

from tests.fakes import checks, discord as fake_discord, faults, openapi, payload


@pytest.fixture
def plain():
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


def multipart(data, *files):
    """payload_json and files [(part, filename, bytes)] as a body, and its type."""
    parts = [b'form-data; name="payload_json"\r\nContent-Type: application/json\r\n\r\n' + json.dumps(data).encode()]
    parts += [f'form-data; name="{part}"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'.encode() + content
              for part, name, content in files]
    body = b"".join(b"--b-1\r\nContent-Disposition: " + part + b"\r\n" for part in parts) + b"--b-1--\r\n"
    return {"body": body, "kind": "multipart/form-data; boundary=b-1"}


SHOWN = {"embeds": [{"image": {"url": "attachment://a.png"}}], "allowed_mentions": {"parse": []}}
ONE = ("files[0]", "a.png", b"\x89PNG\r\n--b-2\r\n")


def ways(fake):
    """Each request that may carry files: (method, path, what wraps the message)."""
    asked, answered = fake.interaction("x", send=False), fake.interaction("x", send=False)
    call(fake, "POST", f"/interactions/{answered.id}/{answered.token}/callback", {"type": 5})
    hook = f"/webhooks/{fake.config.application_id}/{answered.token}"
    return [("POST", f"/interactions/{asked.id}/{asked.token}/callback", lambda m: {"type": 4, "data": m}),
            ("PATCH", hook + "/messages/@original", lambda m: m), ("POST", hook, lambda m: m),
            ("POST", f"/channels/{fake.config.guilds[0] + 1}/messages", lambda m: m)]


@pytest.mark.parametrize("way", range(4))
@pytest.mark.parametrize("more", [{}, {"attachments": [{"id": "0", "filename": "a.png", "description": "ten cards"}]}])
def test_files_go_with_every_kind_of_message(plain, way, more):
    method, path, wrap = ways(plain)[way]
    status, body, _ = call(plain, method, path, **multipart(wrap({**SHOWN, **more}), ONE))
    assert status in (200, 204), body
    assert not plain.violations, plain.violations


@pytest.mark.parametrize("way", range(4))
@pytest.mark.parametrize("more, files", [
    ({"attachments": []}, [ONE]),                                               # a file without its attachment
    ({"attachments": [{"id": "0"}, {"id": "1"}]}, [ONE]),                           # an attachment without its file
    ({"attachments": [{"id": "0", "filename": "b.png"}]}, [ONE]),               # another name
    ({"attachments": [{"id": 0}, {"id": "0"}]}, [ONE]),                         # one twice
    ({}, [("files[0]", "b.png", b"x")]), ({}, []),                              # the embed's picture is not there
    ({}, [("file", "a.png", b"x")]), ({}, [("files[00]", "a.png", b"x")]),
    ({}, [ONE, ("files[0]", "c.png", b"x")]), ({}, [("files[0]", "", b"x")]),
    ({}, [ONE, ("files[1]", "large.bin", bytes((10 << 20) + 1))]),
    ({"embeds": [{"image": {"url": "attachment://a.txt"}}]}, [("files[0]", "a.txt", b"x")])])
def test_files_that_do_not_fit_their_message_are_refused(plain, way, more, files):
    method, path, wrap = ways(plain)[way]
    status, body, _ = call(plain, method, path, **multipart(wrap({**SHOWN, **more}), *files))
    assert (status, body["code"]) == (400, 50035)
    assert {k for k, _ in plain.violations} <= {"limits", "openapi"} and plain.violations


@pytest.mark.parametrize("spoil", [
    lambda b: b[2:], lambda b: b.replace(b"--b-1--", b"--b-1"), lambda b: b + b"more", lambda b: b"before\r\n" + b,
    lambda b: b.replace(b'name="payload_json"', b'name="payload"'), lambda b: b.replace(b"form-data", b"attachment"),
    lambda b: b.replace(b'"files[0]"', b'"files[0]', 1), lambda b: b.replace(b"\r\n\r\n", b"\r\n")])
def test_multipart_that_is_none_is_refused(plain, spoil):
    one = plain.interaction("x", send=False)
    sent = multipart({"type": 4, "data": SHOWN}, ONE)
    status, _, _ = call(plain, "POST", f"/interactions/{one.id}/{one.token}/callback", spoil(sent["body"]),
                        kind=sent["kind"])
    assert status == 400 and plain.violations


def test_an_update_keeps_what_it_does_not_name(plain):
    first = plain.interaction("x", send=False)
    call(plain, "POST", f"/interactions/{first.id}/{first.token}/callback",
         **multipart({"type": 4, "data": {**GOOD, "attachments": [{"id": "0"}]}}, ONE))
    had = first.message["attachments"]
    for change, left in (({"content": "y"}, had), ({"attachments": [{"id": had[0]["id"]}]}, had), ({"attachments": []}, [])):
        click = plain.interaction(click="c", message=first.message, send=False)
        assert call(plain, "POST", f"/interactions/{click.id}/{click.token}/callback",
                    {"type": 7, "data": {"allowed_mentions": {"parse": []}, **change}})[0] == 204
        assert click.message["id"] == first.message["id"]
        assert click.message["attachments"] == left and click.message["content"] == change.get("content", "x")
    assert not plain.violations


FORM = {"custom_id": "f", "title": "A form", "components": [
    {"type": 18, "label": "A word", "component": {"type": 4, "custom_id": "w", "style": 1, "required": True}}]}


def test_a_modal_is_sent_in_by_whom_it_was_opened_for(plain):
    one = plain.interaction("x", user=7, send=False)
    with pytest.raises(AssertionError, match="nobody opened"):
        plain.interaction(data={"custom_id": "f", "components": []}, kind=5, user=7, send=False)
    assert call(plain, "POST", f"/interactions/{one.id}/{one.token}/callback", {"type": 9, "data": FORM})[0] == 204
    with pytest.raises(AssertionError, match="nobody opened"):
        plain.interaction(data={"custom_id": "f", "components": []}, kind=5, user=8, send=False)
    sent = plain.interaction(data={"custom_id": "f", "components": []}, kind=5, user=7, send=False)
    # No message is under it, so there is none to update; and a modal opens no other.
    for kind, data in ((7, GOOD), (6, None), (9, FORM)):
        body = {"type": kind} | ({"data": data} if data else {})
        assert call(plain, "POST", f"/interactions/{sent.id}/{sent.token}/callback", body)[0] == 400
    assert {k for k, _ in plain.violations} == {"callback"}


@pytest.mark.parametrize("bad", [
    {"title": "t" * 46}, {"title": ""}, {"custom_id": "c" * 101}, {"components": []},
    {"components": FORM["components"] * 2}, {"components": [{"type": 18, "label": "l" * 46,
                                                             "component": FORM["components"][0]["component"]}]},
    {"components": [{"type": 18, "label": "l", "component": {
        "type": 4, "custom_id": "w", "style": 1, "value": "long", "max_length": 3}}]},
    {"components": [{"type": 18, "label": "l", "component": {"type": 2, "custom_id": "w", "style": 1, "label": "b"}}]},
    {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "w", "style": 1, "label": "b"}]}]}])
def test_modals_beyond_the_limits_are_refused(plain, bad):
    one = plain.interaction("x", send=False)
    status, _, _ = call(plain, "POST", f"/interactions/{one.id}/{one.token}/callback", {"type": 9, "data": {**FORM, **bad}})
    assert status == 400 and plain.violations


@pytest.mark.parametrize("options, more", [
    (0, {}), (26, {}), (2, {"max_values": 3}), (2, {"min_values": 2}), (2, {"placeholder": "p" * 151})])
def test_selects_beyond_the_limits_are_refused(plain, options, more):
    one = plain.interaction("x", send=False)
    select = {"type": 3, "custom_id": "s", "options": [{"label": f"l{n}", "value": f"v{n}"} for n in range(options)]}
    status, _, _ = call(plain, "POST", f"/interactions/{one.id}/{one.token}/callback", {
        "type": 4, "data": {**GOOD, "components": [{"type": 1, "components": [{**select, **more}]}]}})
    assert status == 400 and plain.violations


def test_messages_in_channels_need_the_token_and_the_channel(plain):
    home = f"/channels/{plain.config.guilds[0] + 1}/messages"
    assert call(plain, "POST", home, GOOD, token=False)[0] == 401
    status, body, _ = call(plain, "POST", "/channels/5/messages", GOOD)
    assert (status, body["code"]) == (404, 10003)
    plain.config.closed_channels.add(plain.config.guilds[0] + 3)
    status, body, _ = call(plain, "POST", f"/channels/{plain.config.guilds[0] + 3}/messages", GOOD)
    assert (status, body["code"]) == (403, 50001)
    once = {**GOOD, "nonce": "n1", "enforce_nonce": True}
    assert [call(plain, "POST", home, once)[1]["id"] for _ in range(2)] == [plain.rest.posted[0]["id"]] * 2
    assert not plain.violations
    assert call(plain, "POST", home, {**GOOD, "flags": 64})[0] == 400


def test_an_attached_file_is_given_to_who_shows_no_token(plain):
    given = plain.attach("a.csv", b"x,y", "text/csv")
    with urllib.request.urlopen(given["url"], timeout=10) as answer:
        assert answer.read() == b"x,y" and answer.headers["Content-Type"] == "text/csv"
    assert not plain.violations
    request = urllib.request.Request(given["url"], headers={"Authorization": "Bot " + plain.token})
    with urllib.request.urlopen(request, timeout=10):
        assert [k for k, _ in plain.violations] == ["token"]


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


def test_it_runs_as_a_process_of_its_own(tmp_path):
    root = pathlib.Path(__file__).resolve().parents[2]
    path, ca = tmp_path / "port.json", tmp_path / "ca.pem"
    with subprocess.Popen([sys.executable, "-m", "tests.fakes.discord", "--port-file", str(path),
                           "--ca-file", str(ca)], cwd=root, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        while not path.exists():
            assert process.poll() is None
        told = json.loads(path.read_text())
        trust = ssl.create_default_context(cafile=ca)
        request = urllib.request.Request(told["api_base"] + "/gateway", headers={
            "User-Agent": "DiscordBot (https://x.example, 1)"})
        with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
            assert json.loads(answer.read()) == {"url": told["gateway"]}
        out, _ = process.communicate(b"")
        assert process.returncode == 0 and b"GET /api/v10/gateway" in out
