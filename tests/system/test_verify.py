"""`verify` against receipts of the oracle, honest ones and forged ones."""

import json

import pytest

from tests.oracles import catalogs, game

SEED = bytes(range(32))


@pytest.fixture(scope="module")
def ten_thousand():
    catalog = game.Catalog(catalogs.base())
    return catalog, game.make_receipts(catalog, "limited", 10000, SEED, player="123456789012345678",
                                       client_seed="ほむ|homu", tens=True)


def write_receipts(path, receipts):
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in receipts),
                    encoding="utf-8")
    return path


def test_ten_thousand_receipts_of_the_oracle_verify(cli, tmp_path, catalog_file, ten_thousand):
    catalog, receipts = ten_thousand
    assert len(receipts) >= 10000 and game.verify(map(json.dumps, receipts), [catalog]).ok
    path = write_receipts(tmp_path / "receipts.jsonl", receipts)
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    assert result.code == 0
    assert result.json == {"ok": True, "receipts": len(receipts), "unchecked": 0, "faults": []}


FORGERIES = {
    "result": lambda r: {**r, "result": "r-a" if r["result"] != "r-a" else "r-b"},
    "before": lambda r: {**r, "before": {**r["before"], "n": {**r["before"]["n"], "SSR": 89}}},
    "after": lambda r: {**r, "after": {**r["after"], "flag": {**r["after"]["flag"], "SSR": True,
                                                              "SR": not r["after"]["flag"]["SR"]}}},
    "at": lambda r: {**r, "at": "2026-08-01T23:00:00Z"},
    "interaction": lambda r: {**r, "interaction": "1"},
    "client-seed": lambda r: {**r, "client_seed": "other"},
    "chain": lambda r: {**r, "chain": "ab" * 32},
    "seed": lambda r: {**r, "seed": "00" * 32},
    "commit": lambda r: {**r, "commit": "00" * 32},
    "number": lambda r: {**r, "n": r["n"] + 1},
    "player": lambda r: {**r, "player": "5"},
    "epoch": lambda r: {**r, "epoch": 2},
    "banner": lambda r: {**r, "banner": "rerun"},
    "slot": lambda r: {**r, "slot": 0 if r["slot"] else 5},
    "version": lambda r: {**r, "v": 2},
    "extra": lambda r: {**r, "more": 1},
    "missing": lambda r: {k: v for k, v in r.items() if k != "at"},
    "none": lambda r: None,
}


# What a forger can do who also makes the chain good: the replay has to find it.
RECHAINED = ("result", "before", "after", "client-seed", "seed", "commit", "number", "banner", "slot",
             "none")


@pytest.fixture(scope="module")
def forty():
    receipts = game.make_receipts(game.Catalog(catalogs.base()), "limited", 40, SEED, tens=True)
    assert receipts[17]["slot"] > 1
    return receipts


def forge(receipts, name, at=17):
    changed = FORGERIES[name](receipts[at])
    return [dict(r) for r in receipts[:at] + ([changed] if changed else []) + receipts[at + 1:]]


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_receipt_is_found(cli, tmp_path, catalog_file, forty, name):
    path = write_receipts(tmp_path / "receipts.jsonl", forge(forty, name))
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    if name in ("player", "epoch") and result.code == 2:
        assert "--from-chain" in result.err     # a series that begins in the middle
        return
    assert result.code == 1, (name, result)
    assert result.json["ok"] is False and result.json["faults"]


@pytest.mark.parametrize("name", RECHAINED)
def test_a_forged_receipt_with_a_good_chain_is_found(cli, tmp_path, catalog_file, forty, name):
    receipts, previous = forge(forty, name), None
    for one in receipts:
        one["chain"] = previous = game.chain(previous, one)
    path = write_receipts(tmp_path / "receipts.jsonl", receipts)
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    assert result.code == 1, (name, result)
    assert result.json["ok"] is False and result.json["faults"]


def test_what_cannot_be_replayed_is_unchecked_and_exit_5(cli, tmp_path, ten_thousand, catalog_file):
    _, receipts = ten_thousand
    receipts = [r for r in receipts[:1]]
    path = write_receipts(tmp_path / "r.jsonl", receipts)
    other = catalogs.write(tmp_path / "other.json", catalogs.many_tiers())
    result = cli("verify", path, "--catalog", other, "--json")
    assert result.code == 5 and result.json == {"ok": True, "receipts": 1, "unchecked": 1, "faults": []}
    hidden = [{k: v for k, v in r.items() if k != "seed"} for r in receipts]
    path = write_receipts(tmp_path / "r.jsonl", hidden)
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    assert result.code == 5 and result.json["unchecked"] == 1


def test_a_file_that_begins_later_needs_its_chain(cli, tmp_path, ten_thousand, catalog_file):
    _, receipts = ten_thousand
    at = next(k for k, r in enumerate(receipts) if k > 50 and r["slot"] == 0)
    end = next(k for k, r in enumerate(receipts) if k > at + 20 and r["slot"] == 0)
    path = write_receipts(tmp_path / "r.jsonl", receipts[at:end])
    refused = cli("verify", path, "--catalog", catalog_file, "--json")
    assert refused.code in (1, 2) and "--from-chain" in refused.err + refused.out
    good = cli("verify", path, "--catalog", catalog_file, "--from-chain", receipts[at - 1]["chain"],
               "--json")
    assert good.code == 0 and good.json["receipts"] == end - at
    bad = cli("verify", path, "--catalog", catalog_file, "--from-chain", "00" * 32, "--json")
    assert bad.code == 1


def test_data_rows_of_an_export_are_skipped(cli, tmp_path, ten_thousand, catalog_file):
    _, receipts = ten_thousand
    path = tmp_path / "r.jsonl"
    path.write_text('{"kind":"export","version":1}\n{"kind":"user","id":"1"}\n' + json.dumps(
        receipts[0], ensure_ascii=False) + "\n", encoding="utf-8")
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    assert result.code == 0 and result.json["receipts"] == 1


@pytest.mark.parametrize("text", ["not json\n", "[]\n", "{}\n", '{"v":1}\n', "\x00\n"])
def test_a_line_that_is_no_receipt_is_a_fault(cli, tmp_path, catalog_file, text):
    path = tmp_path / "r.jsonl"
    path.write_text(text, encoding="utf-8")
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    assert result.code in (1, 2)


def test_an_empty_file_has_no_receipts(cli, tmp_path, catalog_file):
    path = tmp_path / "r.jsonl"
    path.write_text("")
    result = cli("verify", path, "--catalog", catalog_file, "--json")
    assert result.code in (0, 1, 2, 5)
    if result.code == 0:
        assert result.json["receipts"] == 0


def test_verify_from_a_missing_file(cli, tmp_path):
    result = cli("verify", tmp_path / "nowhere")
    assert result.code in (1, 2) and "nowhere" in result.err
