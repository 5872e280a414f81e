"""/admin grant, revoke, inspect, audit at the playground's door."""

import time

import pytest

from tests.fakes import payload
from tests.system import store
from tests.system.test_http import APPLICATION, post

ADMINISTRATOR, MANAGE_SERVER = 1 << 3, 1 << 5
GUILD = 800000000000000000


@pytest.fixture
def playground(bot, catalog_file):
    one = bot(HOMU_CATALOG=catalog_file)
    one.wait_log("ready")
    return one


def body(data, kind=2, user=42, permissions=ADMINISTRATOR, guild=GUILD, locale="en-US"):
    made = payload.interaction(APPLICATION, payload.snowflake(time.time() * 1000), kind, data, user, guild, locale)
    if guild:
        made["member"]["permissions"] = str(permissions)
    return made


def admin(verb, user=None, **options):
    listed = [{"name": k, "type": 4 if isinstance(v, int) else 3, "value": v} for k, v in options.items()]
    data = {"id": "1", "name": "admin", "type": 1, "options": [{"name": verb, "type": 1, "options": listed}]}
    if user is not None:
        listed.append({"name": "user", "type": 6, "value": str(user)})
        data["resolved"] = {"users": {str(user): payload.user(user)}}
    return data


def press(answer, position, **who):
    custom_id = answer["data"]["components"][0]["components"][position]["custom_id"]
    return body({"component_type": 2, "custom_id": custom_id}, kind=3, **who)


def text(answer):
    data = answer["data"]
    parts = [data.get("content") or ""]
    for embed in data.get("embeds", []):
        parts += [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
        parts += [part for field in embed.get("fields", []) for part in (field["name"], field["value"])]
    return "\n".join(parts)


def is_private(answer):
    return bool(answer["data"].get("flags", 0) & 64)


def ledger(one, player):
    return store.Snapshot(one.directory).ledger(str(player))


def test_a_grant_is_booked_for_the_other_and_stands_in_the_audit(playground):
    status, answer = post(playground, body(admin("grant", 43, amount=500, reason="a prize")))
    assert status == 200 and is_private(answer) and "Granted" in text(answer)
    snapshot = store.Snapshot(playground.directory)
    start = snapshot.users["42"]["balance"]
    assert snapshot.users["43"]["balance"] == start + 500 == snapshot.ledger("43")["balance", ""]
    entry, = snapshot.history["audit#global"]
    assert (entry["by"], entry["action"], entry["target"], entry["reason"], entry["detail"]) == \
        ("42", "grant", "43", "a prize", "+500 balance")
    assert "a prize" in text(post(playground, body(admin("audit")))[1])


def test_a_grant_that_comes_twice_is_booked_once(playground):
    again = body(admin("grant", 42, shards=3, reason="twice"))
    first = post(playground, again)
    assert post(playground, again) == first and "Granted" in text(first[1])
    assert ledger(playground, 42)["shards", ""] == 3
    assert len(store.Snapshot(playground.directory).history["audit#global"]) == 1


def test_a_revoke_stops_at_what_there_is(playground):
    post(playground, body(admin("grant", 43, shards=5, reason="x")))
    answer = post(playground, body(admin("revoke", 43, shards=6, reason="x")))[1]
    assert "Nothing was changed" in text(answer) and "🔹 5" in text(answer)
    assert "Revoked" in text(post(playground, body(admin("revoke", 43, shards=5, reason="x")))[1])
    assert ("shards", "") not in ledger(playground, 43)
    assert len(store.Snapshot(playground.directory).history["audit#global"]) == 2


@pytest.mark.parametrize("data", [admin("grant", 42, amount=1, reason="x"), admin("revoke", 43, amount=1, reason="x"),
                                  admin("inspect", 43), admin("audit")])
def test_nobody_else_may(playground, data):
    for who in ({"permissions": MANAGE_SERVER}, {"permissions": 0}, {"guild": None}):
        answer = post(playground, body(data, **who))[1]
        assert is_private(answer) and ("permission" in text(answer) or "in your server" in text(answer))
    assert not store.Snapshot(playground.directory).users


def test_inspecting_tells_the_commitment_and_no_seed(playground):
    post(playground, body({"id": "1", "name": "gacha", "type": 1, "options": [{"name": "pull", "type": 1, "options": []}]},
                          user=43))
    answer = text(post(playground, body(admin("inspect", 43), locale="ja"))[1])
    snapshot = store.Snapshot(playground.directory)
    receipt, = snapshot.receipts("43")
    assert receipt["commit"] in answer and "/gacha pull" in answer
    assert snapshot.seed("43", receipt["commit"]) not in answer


def test_the_audit_pages_back_for_administrators_alone(playground):
    for number in range(7):
        post(playground, body(admin("grant", 43, amount=1, reason=f"number {number}")))
    answer = post(playground, body(admin("audit")))[1]
    assert "number 6" in text(answer) and "number 1" not in text(answer)
    older = post(playground, press(answer, 0))[1]
    assert older["type"] == 7 and "number 1" in text(older) and "number 6" not in text(older)
    assert "permission" in text(post(playground, press(answer, 0, permissions=0))[1])
    assert "number 6" in text(post(playground, press(older, 0))[1])
