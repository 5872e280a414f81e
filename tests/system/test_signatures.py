"""discord.md, line 19: the HTTP door that is open to Discord, with signatures checked."""

import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fakes import payload
from tests.system import store

KEY = ed25519.Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
PING = {"id": "1", "application_id": "1", "type": 1, "token": "x", "version": 1}


@pytest.fixture
def door(bot, catalog_file):
    one = bot(DISCORD_PUBLIC_KEY=PUBLIC, HOMU_HTTP="0.0.0.0:0", HOMU_CATALOG=catalog_file)
    one.wait_log("ready")
    return one


def signed(body, key=KEY, at=None):
    at = str(int(time.time() if at is None else at))
    return {"X-Signature-Timestamp": at,
            "X-Signature-Ed25519": key.sign(at.encode() + body).hex(),
            "Host": "bot.example", "Content-Type": "application/json"}


def post(one, body, headers):
    status, _, data = one.http("POST", "/interactions", body, headers=headers)
    return status, json.loads(data) if status == 200 else None


def test_l19_the_door_says_http(door):
    assert door.wait_log("start")["door"] == "http"


def test_l19_a_signed_ping_is_answered_by_pong(door):
    body = json.dumps(PING).encode()
    assert post(door, body, signed(body)) == (200, {"type": 1})


def test_l19_a_signed_pull_is_answered_and_charged(door):
    data = {"id": "1", "name": "gacha", "type": 1, "options": [{"type": 1, "name": "pull", "options": []}]}
    body = json.dumps(payload.interaction(1, payload.snowflake(time.time() * 1000), 2, data, 42,
                                          800000000000000000), ensure_ascii=False).encode()
    status, answer = post(door, body, signed(body))
    assert status == 200 and answer["type"] == 4 and answer["data"]["embeds"]
    assert post(door, body, signed(body)) == (200, answer), "repeated: the stored first answer"
    assert len(store.Snapshot(door.directory).receipts("42")) == 1


WRONG = {
    "other key": lambda body: signed(body, ed25519.Ed25519PrivateKey.generate()),
    "other body": lambda body: signed(body + b" "),
    "other time": lambda body: {**signed(body), "X-Signature-Timestamp": str(int(time.time()) + 1)},
    "no signature": lambda body: {k: v for k, v in signed(body).items() if "Ed25519" not in k},
    "no time": lambda body: {k: v for k, v in signed(body).items() if "Timestamp" not in k},
    "empty": lambda body: {**signed(body), "X-Signature-Ed25519": ""},
    "short": lambda body: {**signed(body), "X-Signature-Ed25519": "ab" * 63},
    "long": lambda body: {**signed(body), "X-Signature-Ed25519": signed(body)["X-Signature-Ed25519"] + "00"},
    "no hex": lambda body: {**signed(body), "X-Signature-Ed25519": "zz" * 64},
    "zeros": lambda body: {**signed(body), "X-Signature-Ed25519": "00" * 64},
    "flipped": lambda body: {**signed(body), "X-Signature-Ed25519":
                             f"{int(signed(body)['X-Signature-Ed25519'], 16) ^ 1:0128x}"},
    "too old": lambda body: signed(body, at=time.time() - 310),
    "too new": lambda body: signed(body, at=time.time() + 310),
    "time in words": lambda body: {**signed(body), "X-Signature-Timestamp": "now"},
}


@pytest.mark.parametrize("name", WRONG)
def test_l19_a_bad_or_stale_signature_is_a_401(door, name):
    body = json.dumps(PING).encode()
    assert post(door, body, WRONG[name](body))[0] == 401
    assert post(door, body, signed(body)) == (200, {"type": 1})


def test_l19_a_signature_within_the_300_seconds_is_good(door):
    body = json.dumps(PING).encode()
    for skew in (-290, 290):
        assert post(door, body, signed(body, at=time.time() + skew))[0] == 200


def test_l19_only_health_and_interactions_are_served_beyond_loopback(door):
    for path in ("/health", "/health/db", "/ready"):
        assert door.http("GET", path, headers={"Host": "bot.example"})[0] == 200
    for path in ("/", "/metrics"):
        assert door.http("GET", path, headers={"Host": "bot.example"})[0] == 403


@pytest.mark.parametrize("key", ["00", "zz" * 32, "ab" * 33])
def test_l19_a_public_key_of_another_form_is_refused_at_start(cli, key):
    result = cli("run", env={"DISCORD_PUBLIC_KEY": key, "HOMU_HTTP": "127.0.0.1:0"})
    assert result.code == 2 and "DISCORD_PUBLIC_KEY" in result.err
