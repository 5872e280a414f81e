"""Reads the program's SQLite file from outside, and holds its write lock."""

import contextlib
import json
import pathlib
import sqlite3


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
