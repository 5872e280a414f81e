"""What the tests of the gateway share."""

import json
import time

from tests.fakes import faults, wire

BEAT_MS = 400


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


def refuse_upgrades(fake, code):
    """From now on the gateway answers HTTP errors: (the fault, the times of the attempts)."""
    attempts = []

    def is_upgrade(subject):
        wanted = isinstance(subject, wire.Request) and wire.WebSocket.wanted(subject)
        if wanted:
            attempts.append(time.monotonic())
        return wanted
    return fake.faults.add(is_upgrade, faults.http(code), faults.FOREVER), attempts
