"""Reads the program's SQLite file from outside, and holds its write lock."""

import contextlib
import hashlib
import json
import pathlib
import re
import sqlite3

from tests.oracles import game


@contextlib.contextmanager
def locked(directory):
    """While this lasts nobody else can commit."""
    link = sqlite3.connect(pathlib.Path(directory) / "store.db", timeout=10, isolation_level=None)
    try:
        link.execute("BEGIN IMMEDIATE")
        yield
    finally:
        link.execute("ROLLBACK")
        link.close()


def keeps(directory, text):
    """Whether a row of the settings holds this text by now."""
    link = sqlite3.connect(pathlib.Path(directory) / "store.db", timeout=10)
    try:
        return any(text in doc for doc, in link.execute("SELECT doc FROM settings"))
    finally:
        link.close()


class Snapshot:
    """The documents of a store at one moment."""

    def __init__(self, directory):
        path = pathlib.Path(directory) / "store.db"
        link = sqlite3.connect(path, timeout=10)
        try:
            fault = link.execute("PRAGMA integrity_check").fetchone()[0]
            assert fault == "ok", fault
            self.users = {k: json.loads(d) for k, d in link.execute("SELECT key, doc FROM users")}
            rows = list(link.execute("SELECT key, sort, doc FROM history ORDER BY key, sort"))
        finally:
            link.close()
        self.once = {k[3:]: d for k, _, d in rows if k.startswith("ix#")}
        self.history = {}
        for key, sort, doc in rows:
            if not key.startswith("ix#"):
                self.history.setdefault(key, []).append(json.loads(doc))

    def receipts(self, player):
        """The player's receipts in the order of their numbers."""
        found = [r for doc in self.history.get(player, []) for r in doc["receipts"]]
        return sorted(found, key=lambda r: (r["epoch"], r["n"]))

    def interactions(self, player):
        """{interaction id: number of receipts} of what changed something."""
        out = {}
        for doc in self.history.get(player, []):
            assert doc["interaction"] not in out, "an interaction was committed twice"
            out[doc["interaction"]] = len(doc["receipts"])
        return out

    def ledger(self, player):
        """{(account, name): sum} over every ledger row."""
        sums = {}
        for doc in self.history.get(player, []):
            for row in doc["ledger"]:
                key = (row["account"], row["name"] or "")
                sums[key] = sums.get(key, 0) + row["delta"]
        return {k: v for k, v in sums.items() if v}

    def check(self, player, catalog=None):
        """Ledger = balance = inventory = receipts (gacha.md, Economy); with a catalog (a
        game.Catalog) every receipt is replayed too."""
        document, ledger = self.users[player], self.ledger(player)
        assert document["balance"] == ledger.get(("balance", ""), 0)
        assert document["shards"] == ledger.get(("shards", ""), 0)
        owned = {name: count for (account, name), count in ledger.items() if account == "item"}
        shown = {name: one["count"] for name, one in document["items"].items() if one["count"]}
        assert shown == owned, "inventory and ledger differ"
        receipts, drawn = self.receipts(player), {}
        for receipt in receipts:
            drawn[receipt["result"]] = drawn.get(receipt["result"], 0) + 1
        assert drawn == owned, "inventory and receipts differ"
        assert [r["n"] for r in receipts if r["epoch"] == 1] == \
            list(range(1, sum(1 for r in receipts if r["epoch"] == 1) + 1)), "a gap in n"
        if catalog is None or not receipts:
            return
        seed = self.seed(player, receipts[0]["commit"])
        verdict = game.verify([json.dumps({**r, "seed": seed}) for r in receipts], [catalog])
        assert verdict.ok and not verdict.unchecked, verdict.faults[:5]

    def seed(self, player, commit):
        """The seed behind a commitment, as far as the file knows it unsealed."""
        for found in re.findall(r"[0-9a-f]{64}", json.dumps([self.users[player],
                                                             self.history.get(player, [])])):
            if hashlib.sha256(bytes.fromhex(found)).hexdigest() == commit:
                return found
        raise AssertionError("the seed is not in the file")
