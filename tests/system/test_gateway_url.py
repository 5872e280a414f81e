"""discord.md, line 1: the gateway's URL, outages, and certificates. A test is named after its line."""

import re
import time

import pytest

from tests.fakes import certs, faults
from tests.system.gateway import gateway_gets, ping, refuse_upgrades, start, texts


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
    outage, attempts = refuse_upgrades(quick, 503)
    one = bot(quick)
    quick.wait(lambda: len(attempts) >= 4, 40, "four attempts")
    gaps = [b - a for a, b in zip(attempts, attempts[1:])]
    assert gaps[-1] > 2 * gaps[0] or gaps[-1] > 2.5, gaps
    assert not quick.gateway.identifies
    outage.cancel()
    quick.wait_ready(40)
    one.wait_log("ready")
    assert len(quick.gateway.identifies) == 1


def test_l01_an_outage_costs_few_connects_and_keeps_the_session(quick, bot):
    # How the pauses grow, and that ten minutes cost at most 20 connects, is tests/unit/discord/outage_test.c.
    _, conn = start(quick, bot)
    _, attempts = refuse_upgrades(quick, 502)
    quick.faults.add("GET /gateway/bot", faults.status(502), faults.FOREVER)
    conn.drop()
    quick.wait(lambda: len(gateway_gets(quick)) == 2, 60, "the URL asked for again")
    assert len(attempts) == 3, "the URL is asked for again after three failures"
    quick.wait(lambda: len(attempts) == 4, 60, "the URL that is known tried again")
    quick.faults.clear()
    again = quick.wait_ready(120, after=conn.number)
    assert again.session is conn.session, "an outage is resumed, not begun anew"
    assert again.port == quick.resume_port and len(quick.gateway.identifies) == 1


def test_l01_an_outage_of_the_gateway_alone_keeps_the_session(quick, bot):
    # GET /gateway/bot answers all the time; what it tells is tried too, and RESUMEs there.
    quick.config.strict_urls = False
    _, conn = start(quick, bot)
    _, attempts = refuse_upgrades(quick, 502)
    conn.drop()
    quick.wait(lambda: len(attempts) == 5, 120, "five attempts")
    assert len(gateway_gets(quick)) == 2
    quick.faults.clear()
    again = quick.wait_ready(120, after=conn.number)
    assert again.session is conn.session and len(quick.gateway.identifies) == 1
    ping(quick)


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
