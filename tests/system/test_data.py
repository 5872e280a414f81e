"""/data: a copy of everything, and its deletion, which a kill does not stop."""

import json
import pathlib
import sqlite3
import time

import pytest

from tests.oracles import game
from tests.system import store
from tests.system.test_admin import body, is_private, press, text
from tests.system.test_http import interaction, post, post_files

ROWS = 2000


@pytest.fixture
def playground(bot, catalog_file):
    one = bot(HOMU_CATALOG=catalog_file)
    one.wait_log("ready")
    return one


def open_file(directory):
    return sqlite3.connect(pathlib.Path(directory) / "store.db", timeout=10)


def rows_of(directory, player):
    link = open_file(directory)
    try:
        return link.execute("SELECT count(*) FROM history WHERE key = ?", (str(player),)).fetchone()[0]
    finally:
        link.close()


def pending(directory):
    link = open_file(directory)
    try:
        return link.execute("SELECT count(*) FROM settings WHERE key = 'meta#jobs'").fetchone()[0]
    finally:
        link.close()


def add_rows(directory, player, count):
    """As many old changes of this player as a long life brings."""
    doc = json.dumps({"interaction": "1", "at": "2025-01-01T00:00:00Z", "command": "daily", "receipts": [], "ledger": []})
    link = open_file(directory)
    with link:
        link.executemany("INSERT INTO history (key, sort, version, doc, expires_at) VALUES (?, ?, 1, ?, 0)",
                         [(str(player), number + 1, doc) for number in range(count)])
    link.close()


def export(one, user=42):
    status, answer, files = post_files(one, interaction("data export", user=user))
    assert status == 200 and is_private(answer)
    data, = files.values()
    return [json.loads(line) for line in data.decode().splitlines()], data


def delete(one, user=42):
    asked = post(one, interaction("data delete", user=user))[1]
    assert is_private(asked) and "cannot be undone" in text(asked)
    answer = post(one, press(asked, 0, user=user))[1]
    assert answer["type"] == 7 and "is deleted" in text(answer)


def wait_until(condition, timeout=20):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_export_is_checked_by_verify_and_keeps_the_next_seed(playground, cli, tmp_path, catalog_file):
    post(playground, interaction("fairness"))
    post(playground, interaction("gacha pull", {"count": 10}))
    post(playground, interaction("gacha pull"))
    lines, data = export(playground)
    snapshot = store.Snapshot(playground.directory)
    receipts = [line for line in lines if "kind" not in line]
    assert receipts == snapshot.receipts("42")
    assert [line["kind"] for line in lines if "kind" in line] == \
        ["export", "user"] + ["history"] * len(snapshot.history["42"])
    assert lines[1]["doc"]["balance"] == snapshot.users["42"]["balance"]
    assert lines[1]["doc"]["fairness"]["commit"] == receipts[0]["commit"]
    assert snapshot.seed("42", receipts[0]["commit"]).encode() not in data
    ledger = {}
    for line in lines:
        for row in line.get("doc", {}).get("ledger", []):
            ledger[row["account"], row["name"]] = ledger.get((row["account"], row["name"]), 0) + row["delta"]
    assert {k: v for k, v in ledger.items() if v} == snapshot.ledger("42")

    post(playground, body({"id": "1", "name": "fairness", "type": 1,
                           "options": [{"name": "rotate", "type": 5, "value": True}]}))
    path = tmp_path / "mine.jsonl"
    path.write_bytes(export(playground)[1])
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    assert result.code == 0 and result.json["receipts"] == 11 and result.json["unchecked"] == 0
    assert game.verify(path.read_text("utf-8").splitlines(), [game.Catalog.load(catalog_file)]).ok


def test_a_deletion_takes_everything_and_leaves_others_alone(playground, catalog_file):
    post(playground, interaction("gacha pull", {"count": 10}))
    post(playground, interaction("gacha pull", {"count": 10}, user=43))
    delete(playground)
    playground.wait_log("deletion done")
    snapshot = store.Snapshot(playground.directory)
    assert "42" not in snapshot.history and set(snapshot.users["42"]) == {"deleted", "daily", "after"}
    snapshot.check("43", game.Catalog.load(catalog_file))
    assert not pending(playground.directory)


def test_beginning_anew_brings_neither_start_nor_gift_twice(playground):
    post(playground, interaction("daily"))
    delete(playground)
    assert is_private(post(playground, interaction("gacha pull"))[1])
    assert is_private(post(playground, interaction("daily"))[1])
    post(playground, interaction("fairness"))
    playground.wait_log("deletion done")
    snapshot = store.Snapshot(playground.directory)
    assert snapshot.users["42"]["balance"] == 0 and ("balance", "") not in snapshot.ledger("42")
    assert [doc["command"] for doc in snapshot.history["42"]] == ["fairness"]


def test_a_killed_deletion_goes_on_after_the_restart(bot, playground, catalog_file):
    post(playground, interaction("gacha pull", {"count": 10}))
    post(playground, interaction("gacha pull", {"count": 10}, user=43))
    add_rows(playground.directory, 42, ROWS)
    whole = rows_of(playground.directory, 42)
    delete(playground)
    wait_until(lambda: rows_of(playground.directory, 42) < whole - ROWS // 4)
    playground.kill9()
    left = rows_of(playground.directory, 42)
    assert 0 < left < whole and pending(playground.directory)
    two = bot(HOMU_CATALOG=catalog_file)
    two.wait_log("deletion done", 20)
    assert rows_of(two.directory, 42) == 0 and not pending(two.directory)
    store.Snapshot(two.directory).check("43", game.Catalog.load(catalog_file))


def test_others_are_answered_while_much_is_deleted(playground):
    post(playground, interaction("daily"))
    add_rows(playground.directory, 42, ROWS)
    delete(playground)
    while pending(playground.directory):
        before = time.monotonic()
        assert "type" in post(playground, interaction("ping", user=43))[1]
        assert time.monotonic() - before < 1
    assert rows_of(playground.directory, 42) == 0


def test_what_is_left_of_the_deleted_is_exported_too(playground, cli, tmp_path):
    post(playground, interaction("daily"))
    delete(playground)
    for key in ({}, {"HOMU_SEED_KEY": "ab" * 32}):
        path = tmp_path / "all.jsonl"
        result = cli("export", path, env={"HOMU_STORE": f"sqlite:{playground.directory / 'store.db'}", **key})
        assert result.code == 0
        left, = [line for line in map(json.loads, path.read_text("utf-8").splitlines()) if line.get("kind") == "user"]
        assert "deleted" in left["doc"] and left["expires_at"] > time.time()


def test_at_the_gateway_the_file_comes_after_a_deferral_and_in_private(fake, bot, catalog_file):
    one = bot(fake, HOMU_CATALOG=catalog_file)
    fake.wait_registered()
    one.wait_log("ready")
    user = fake.new_user()
    fake.command("gacha pull", user=user)
    answer = fake.command("data export", user=user)
    (_, name, _, data), = answer.files
    assert answer.ephemeral and name == "homuhomu-data.jsonl"
    assert sum("kind" not in json.loads(line) for line in data.decode().splitlines()) == 1
