"""discord.md, lines 12 to 15: HTTP towards Discord. A test is named after its line."""

import json
import re
import time

import pytest

from tests.fakes import checks, faults
from tests.fakes.wire import Response
from tests.system import store

# The program counts whole milliseconds; the network takes longer than that.
TICK = 0.01
AGENT = re.compile(r"^DiscordBot \(https://[^\s,()]+, ([0-9][^\s,()]*)\)$")


def start(fake, bot, **env):
    one = bot(fake, **env)
    fake.wait_ready()
    one.wait_log("ready")
    return one


def ping(fake, **more):
    return fake.command("ping", **more)


def commands(fake, method):
    return fake.calls(method, "/commands")


# Line 12: buckets

def test_l12_an_empty_bucket_of_one_interaction_delays_no_other(fake, bot):
    start(fake, bot)

    def drained(answer):
        answer.headers.update({"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0",
                               "X-RateLimit-Reset-After": "60.000",
                               "X-RateLimit-Bucket": "a" * 32})
    fake.faults.add("POST */callback", faults.changed(drained), faults.FOREVER)
    ping(fake)
    for _ in range(5):
        assert ping(fake).latency < 1.0


def test_l12_callbacks_do_not_count_against_the_global_limit(fake, bot):
    one = start(fake, bot)
    sent = [fake.interaction("ping") for _ in range(150)]
    for interaction in sent:
        interaction.wait()
    assert max(i.ack_at - i.sent_at for i in sent) < 3
    assert not fake.noted("rate-limited") and one.running


def test_l12_reset_after_is_read_with_its_decimals(fake, bot):
    fake.faults.add("GET /applications/*/commands", faults.rate_limited(0.35))
    start(fake, bot)
    fake.wait_registered()
    first, second = commands(fake, "GET")[:2]
    assert 0.35 - TICK <= second.at - first.done_at < 0.95


def test_l12_nothing_is_hard_coded_a_generous_bucket_is_used(fake, bot):
    fake.config.limits["POST /interactions/{interaction_id}/{interaction_token}/callback"] = \
        (1, 30.0)
    start(fake, bot)
    for _ in range(10):
        ping(fake)
    assert not fake.noted("rate-limited")


# Line 13: 429, 401, 403, 404

@pytest.mark.parametrize("wait", [0.2, 1.4])
def test_l13_a_429_is_obeyed_and_the_request_done_afterwards(fake, bot, wait):
    fake.faults.add("PUT */commands", faults.rate_limited(wait))
    start(fake, bot)
    first, second = fake.wait_requests("PUT", "/commands", 2)
    assert (first.status, second.status) == (429, 200)
    assert second.at - first.done_at >= wait - TICK
    ping(fake)


def test_l13_a_global_429_holds_every_authorised_request(fake, bot):
    fake.faults.add("GET /gateway/bot", faults.rate_limited(1.5, "global"))
    start(fake, bot)
    refused = fake.requests[0]
    later = [r for r in fake.requests[1:] if r.header("authorization")]
    assert later and all(r.at - refused.done_at >= 1.5 - TICK for r in later)


def test_l13_a_global_429_does_not_hold_interactions(fake, bot):
    fake.faults.add("GET /applications/@me", faults.rate_limited(2.0, "global"))
    start(fake, bot)
    fake.wait_requests("GET", "/applications/@me")
    assert ping(fake).latency < 1.0


def test_l13_a_429_from_in_front_of_discord_holds_everything(fake, bot):
    fake.faults.add("GET /applications/@me", faults.cloudflare(2))
    one = start(fake, bot)
    refused, = fake.wait_requests("GET", "/applications/@me")
    one.wait(lambda: "homu_rest_rate_limited_total 1\n" in one.http_get("/metrics")[1], 5,
             "the program's notice of the 429")
    held = fake.interaction("ping")
    held.wait()
    assert held.callbacks[0].at - refused.done_at >= 2.0 - TICK


def test_l13_a_429_does_not_hold_interactions(fake, bot):
    fake.faults.add("PUT */commands", faults.rate_limited(4.0))
    start(fake, bot)
    fake.wait_requests("PUT", "/commands")
    assert ping(fake).latency < 1.0


def test_l13_cloudflare_html_with_retry_after_is_obeyed(fake, bot):
    fake.faults.add("GET */commands", faults.cloudflare(2))
    start(fake, bot)
    first, second = fake.wait_requests("GET", "/commands", 2)
    assert second.at - first.done_at >= 2.0 - TICK


@pytest.mark.parametrize("body, headers", [
    (b"", {}), (b"{}", {}), (b'{"retry_after":"soon"}', {}), (b'{"retry_after":-5}', {}),
    (b'{"retry_after":1e400}', {}), (b"", {"Retry-After": "never"}),
    (b"<html>", {"Retry-After": "-1"}), (b'{"retry_after":null,"global":"yes"}', {})])
def test_l13_a_429_without_a_usable_time_is_no_busy_loop(fake, bot, body, headers):
    async def action(request, proceed):
        return Response(429, body, {"Content-Type": "application/json", **headers})
    fake.faults.add("GET */commands", action)
    one = start(fake, bot)
    ping(fake)
    first, second = fake.wait_requests("GET", "/commands", 2, 30)
    assert second.at - first.done_at >= 0.5
    assert one.running


def test_l13_an_endless_429_is_not_retried_for_ever(fake, bot):
    start(fake, bot)
    fake.faults.add("POST */callback", faults.rate_limited(0.05), faults.FOREVER)
    one = fake.interaction("ping")
    fake.wait(lambda: time.monotonic() - one.sent_at > 4.0, 10, "the end of the 3 s")
    tries = [r for r in fake.calls("POST", "/callback") if one.id in r.path]
    assert 1 <= len(tries) <= 10
    fake.faults.clear()
    ping(fake)
    assert len([r for r in fake.calls("POST", "/callback") if one.id in r.path]) == len(tries)


def test_l13_five_thousand_refusals_stop_the_sending(make_fake, bot):
    fake = make_fake(None, validate=False)
    one = start(fake, bot)
    fake.wait_registered()
    fake.faults.add("POST */callback", faults.status(403, {"message": "Missing Access",
                                                           "code": 50001}), faults.FOREVER)

    def refused():
        return len(fake.rest.invalid)
    while refused() < 5000:
        goal = min(5000, refused() + 200)
        for _ in range(goal - refused()):
            fake.interaction("ping")
        try:
            fake.wait(lambda g=goal: refused() >= g, 10, "refusals")
        except AssertionError:
            break
    assert 4900 <= refused() <= 5000
    count = len(fake.requests)
    conn = fake.live()[0]
    for _ in range(50):
        fake.interaction("ping")
    beats = len(conn.heartbeats)
    fake.wait(lambda: len(conn.heartbeats) > beats + 1, 20, "two beats")
    assert len(fake.requests) - count <= 5000 - refused() + 1
    assert one.running


def test_l13_shared_429s_do_not_count_as_refusals(make_fake, bot):
    fake = make_fake(None, validate=False)
    start(fake, bot)
    fake.faults.add("POST */callback", faults.rate_limited(0.01, "shared"), 200)
    for _ in range(200):
        fake.interaction("ping")
    fake.wait(lambda: not fake.faults.take("POST x/callback", None), 20, "all the 429s")
    assert ping(fake).text


def test_l13_a_401_stops_everything_and_ends_with_7(fake, bot):
    fake.faults.add("GET /gateway/bot", faults.status(401, {"message": "401: Unauthorized",
                                                            "code": 0}), faults.FOREVER)
    one = bot(fake)
    one.expected = (7,)
    assert one.wait_exit(20) == 7
    assert len([r for r in fake.requests if r.header("authorization")]) == 1
    assert one.logged("refused")[0]["code"] == 401
    assert not fake.connections


def test_l13_a_401_in_the_middle_stops_everything_too(fake, bot):
    one = bot(fake)
    one.expected = (7,)
    fake.faults.add("GET */commands", faults.status(401, {"message": "401: Unauthorized",
                                                          "code": 0}), faults.FOREVER)
    assert one.wait_exit(20) == 7
    assert len([r for r in fake.requests if r.status == 401]) == 1
    assert one.logged("refused")


def test_l13_a_webhook_that_answered_404_is_not_used_again(fake, bot):
    one = start(fake, bot)
    fake.wait_registered()
    fake.faults.add("PATCH /webhooks/*", faults.status(404, {"message": "Unknown Webhook",
                                                             "code": 10015}), faults.FOREVER)
    with store.locked(one.directory):
        late = fake.interaction("daily").wait_acknowledged(3)
    fake.wait_requests("PATCH", late.token, 1, 15)
    ping(fake)
    ping(fake)
    assert len([r for r in fake.requests if late.token in r.path and r.method != "POST"]) == 1


def test_l13_an_unknown_interaction_is_not_tried_again(fake, bot):
    start(fake, bot)
    fake.faults.add("POST */callback", faults.status(404, {"message": "Unknown interaction",
                                                           "code": 10062}))
    one = fake.interaction("ping")
    fake.wait(lambda: [r for r in fake.requests if one.id in r.path and r.status], 5, "the 404")
    ping(fake)
    assert len([r for r in fake.requests if one.id in r.path]) == 1


# Line 14: what every request carries

def test_l14_the_agent_names_the_program_and_its_version(fake, bot, cli):
    start(fake, bot)
    fake.wait_registered()
    ping(fake)
    version = cli("version", "--json").json["version"]
    for request in fake.requests:
        found = AGENT.match(request.header("user-agent"))
        assert found and found.group(1) == version, request.header("user-agent")


def test_l14_every_message_says_whom_it_may_mention(fake, bot):
    start(fake, bot)
    fake.wait_registered()
    name = "@everyone <@1> <@&2>"
    for command in ("ping", "help", "daily", "profile", "history", "gacha banners", "gacha pull"):
        fake.command(command, user_name=name)
    sent = [r.json for r in fake.calls("POST", "/callback")]
    assert len(sent) == 7
    for body in sent:
        assert body["data"]["allowed_mentions"]["parse"] == []
        assert not body["data"]["allowed_mentions"].get("users")


def test_l14_the_token_goes_only_where_it_is_needed(fake, bot):
    start(fake, bot)
    fake.wait_registered()
    ping(fake)
    for request in fake.requests:
        if "/interactions/" in request.path or "/webhooks/" in request.path:
            assert request.header("authorization") is None
        else:
            assert request.header("authorization") == "Bot " + fake.token


# Line 15: answers that are lost

@pytest.mark.parametrize("action", [faults.reset_after(), faults.truncated(3), faults.reset_before(),
                                    faults.status(502), faults.status(500), faults.cloudflare(None, 520),
                                    faults.garbage(b"", 503)],
                         ids=["reset-after", "truncated", "reset-before", "502", "500", "cloudflare",
                              "503"])
def test_l15_a_callback_is_sent_again_until_it_is_answered(fake, bot, action):
    start(fake, bot)
    fake.faults.add("POST */callback", action)
    one = fake.interaction("ping")
    answer = one.wait(5)
    assert answer.text and answer.latency < 3
    ping(fake)
    assert len(one.history) == 1


def test_l15_a_40060_after_a_lost_answer_is_success(fake, bot):
    one = start(fake, bot)
    fake.wait_registered()
    user = fake.new_user()
    fake.faults.add("POST */callback", faults.reset_after())
    pull = fake.interaction("daily", user=user)
    pull.wait(5)
    fake.wait(lambda: len(pull.callbacks) == 2, 5, "the second try")
    fake.wait(lambda: pull.callbacks[1].status == 400, 5, "its 40060")
    assert json.loads(pull.callbacks[1].answer)["code"] == 40060
    # Delivered: the next answer does not tell it once more, and nothing was charged twice.
    following = fake.command("ping", user=user)
    assert len(following.message.get("embeds", [])) <= 1
    assert len(store.Snapshot(one.directory).interactions(str(user))) == 1


def test_l15_a_slow_callback_is_not_sent_a_second_time_beside_it(fake, bot):
    start(fake, bot)
    fake.faults.add("POST */callback", faults.slow(1.0))
    one = fake.interaction("ping")
    one.wait(5)
    fake.wait(lambda: one.callbacks[0].done_at, 5, "the slow answer")
    ping(fake)
    assert len(one.callbacks) == 1


def test_l15_registration_survives_a_lost_answer(fake, bot):
    fake.faults.add("PUT */commands", faults.reset_after())
    start(fake, bot)
    fake.wait_registered()
    ping(fake)
    assert len(commands(fake, "PUT")) <= 3


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("action", [faults.status(500), faults.garbage(b"[{", 200),
                                    faults.cloudflare(None, 502)], ids=["500", "cut", "html"])
def test_l15_a_failing_registration_does_not_stop_the_bot(fake, bot, method, action):
    fake.faults.add(f"{method} */commands", action, 50)
    one = start(fake, bot)
    assert ping(fake).text
    assert one.running and len(commands(fake, method)) < 50


def test_l15_requests_reuse_their_connection(fake, bot):
    start(fake, bot)
    fake.wait_registered()
    for _ in range(20):
        ping(fake)
    assert len({r.peer for r in fake.calls("POST", "/callback")}) <= 3


def test_l15_every_body_is_json_within_the_limits(fake, bot):
    start(fake, bot)
    fake.wait_registered()
    body = commands(fake, "PUT")[0].json
    assert not checks.commands(body)
