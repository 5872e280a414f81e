"""The oracle itself: the specification's worked example, and its parts against each other."""

import hashlib
import hmac
import json
import random
from decimal import Decimal

import pytest

from tests.oracles import catalogs, game

SEED = bytes(range(32))


@pytest.fixture(scope="module")
def catalog():
    return game.Catalog(catalogs.base())


@pytest.fixture(scope="module")
def tiers():
    return game.Catalog(catalogs.many_tiers())


def rounded(value, digits):
    return str(round(value, digits))


def test_the_worked_example_of_the_specification(catalog):
    odds = game.odds(catalog.banners["limited"])
    top, featured = odds["top"], odds["featured"]
    assert rounded(top["expected"], 6) == "62.297332"
    assert rounded(top["rate"] * 100, 6) == "1.605205"
    assert rounded(featured["expected"], 6) == "93.445998"
    assert rounded(featured["rate"] * 100, 6) == "1.070137"
    assert (top["worst"], featured["worst"]) == (90, 180)
    assert rounded(featured["within"]["80"] * 100, 3) == "51.026"
    assert rounded(featured["within"]["90"] * 100, 3) == "59.394"
    assert featured["quantiles"] == {"50": 80, "90": 155, "99": 161}
    assert top["quantiles"] == {"50": 76, "90": 80, "99": 83}


@pytest.mark.parametrize("name", ["limited", "rerun", "plain", "gala"])
def test_rates_of_all_items_add_up_to_one(catalog, name):
    odds = game.odds(catalog.banners[name])
    for key in ("base", "rate", "next"):
        assert abs(sum(i[key] for i in odds["items"]) - 1) < Decimal("1e-25"), key


@pytest.mark.parametrize("name", ["tiers", "bare", "sure"])
def test_rates_of_many_tiers_add_up_to_one(tiers, name):
    odds = game.odds(tiers.banners[name])
    for key in ("base", "rate", "next"):
        assert abs(sum(i[key] for i in odds["items"]) - 1) < Decimal("1e-25"), key


def test_without_pity_the_waiting_time_is_geometric(catalog):
    odds = game.odds(catalog.banners["plain"])["top"]
    assert abs(odds["expected"] - Decimal(1000) / 6) < Decimal("1e-30")
    assert odds["worst"] is None and odds["quantiles"]["50"] == 116
    assert abs(odds["within"]["10"] - (1 - Decimal("0.994") ** 10)) < Decimal("1e-30")


def test_counters_shift_what_is_ahead_but_not_the_long_run(catalog):
    banner = catalog.banners["limited"]
    fresh, late = game.odds(banner), game.odds(banner, {"SSR": 90}, ["SSR"])
    assert late["top"]["expected"] == 1 and late["top"]["worst"] == 1
    assert late["featured"]["worst"] == 1 and late["featured"]["within"]["10"] == 1
    assert late["top"]["rate"] == fresh["top"]["rate"]
    nxt = {i["id"]: i["next"] for i in late["items"]}
    assert nxt["ssr-b"] == 1 and sum(nxt.values()) == 1


def test_soft_pity_begins_at_soft_from(catalog):
    banner = catalog.banners["limited"]
    assert banner.p_top(73) == 6_000_000
    assert banner.p_top(74) == 66_000_000
    assert banner.p_top(89) == 966_000_000
    assert banner.p_top(90) == game.UNIT == banner.p_top(91)


def test_a_long_simulation_agrees_with_the_odds(catalog):
    banner, pulls = catalog.banners["limited"], 20000
    rarities, items = game.simulate(catalog, "limited", pulls, SEED)
    mean, variance = game.top_spread(banner)
    z = (rarities["SSR"] - pulls / mean) / (pulls * variance / mean ** 3).sqrt()
    assert abs(z) < 4
    assert sum(rarities.values()) == sum(items.values()) == pulls
    odds = {i["id"]: i["rate"] for i in game.odds(banner)["items"]}
    for name, count in items.items():
        spread = (pulls * odds[name] * 4).sqrt()        # generous: pulls are not independent
        assert abs(count - pulls * odds[name]) < 5 * spread, name


def test_many_tiers_agree_with_their_odds(tiers):
    pulls = 20000
    _, items = game.simulate(tiers, "tiers", pulls, SEED)
    for one in game.odds(tiers.banners["tiers"])["items"]:
        spread = (pulls * one["rate"] * 4).sqrt() + 1
        assert abs(items[one["id"]] - pulls * one["rate"]) < 5 * spread, one


def test_hard_pity_of_a_lower_rarity_holds(catalog):
    banner, state, since = catalog.banners["limited"], game.State(catalog.rarities), 0
    for n in range(1, 3000):
        rarity, _ = game.draw(banner, state, game.Words(SEED, "1", 1, "limited", "x", "", n))
        since = 0 if rarity != "R" else since + 1
        assert since < 10


def test_a_ten_pull_always_has_what_it_promises(catalog):
    banner = catalog.banners["gala"]        # promises the top itself
    for start in range(200):
        state = game.State(banner.rarities)
        drawn = game.ten(banner, state, lambda k, s=start: game.Words(SEED, str(s), 1, "gala", "x",
                                                                      "", k + 1))
        assert any(r == "SSR" for r, _ in drawn)


def test_the_word_stream_is_the_one_that_is_written():
    words = game.Words(SEED, "7", 2, "limited", "ab" * 32, "くじ", 3)
    text = "v1|7|2|limited|" + "ab" * 32 + "|くじ|3|"
    blocks = b"".join(hmac.new(SEED, (text + str(b)).encode(), hashlib.sha256).digest()
                      for b in (0, 1))
    assert [words.word() for _ in range(8)] == [
        int.from_bytes(blocks[i:i + 8], "big") for i in range(0, 64, 8)]


def test_range_refuses_the_uneven_end_and_takes_a_word_even_for_one():
    class Fixed(game.Words):
        def __init__(self, values):
            self.left, self.taken, self.block = list(values), 0, 0

    words = Fixed([2 ** 64 - 1, 5, 9])
    assert words.range(3) == 2 and words.taken == 2    # 2^64 mod 3 is 1: the last word goes
    assert words.range(1) == 0 and words.taken == 3


@pytest.mark.parametrize("value, text", [
    ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
    ({"\U00010000": 1, "\uffff": 2}, '{"\uffff":2,"\U00010000":1}'),    # bytes, not UTF-16
    ("\"\\/\b\f\n\r\t\x00\x1f\x7f", '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f"'),
    ({"10": 1, "1": 2}, '{"1":2,"10":1}')])
def test_canonical_json(value, text):
    assert game.canonical(value) == text


@pytest.mark.parametrize("text, parts", [
    ("0%", 0), ("0.6%", 6_000_000), ("100%", game.UNIT), ("33.3333333%", 333_333_333),
    ("0.0000001%", 1)])
def test_rates_are_read_exactly(text, parts):
    assert game.rate(text) == parts


@pytest.mark.parametrize("text", ["00.6%", "0.6", "0.12345678%", ".5%", "5.%", "100.1%", "101%",
                                  "-1%", "1e1%", " 1%", "１%"])
def test_other_forms_of_rates_are_refused(text):
    with pytest.raises(ValueError):
        game.rate(text)


@pytest.fixture(scope="module")
def receipts(catalog):
    return game.make_receipts(catalog, "limited", 60, SEED, tens=True)


def lines(receipts):
    return [json.dumps(r, ensure_ascii=False) for r in receipts]


def test_honest_receipts_verify(catalog, receipts):
    verdict = game.verify(lines(receipts), [catalog])
    assert verdict.ok and verdict.unchecked == 0 and verdict.receipts == len(receipts)
    assert {r["slot"] for r in receipts} == set(range(11))


def test_what_cannot_be_replayed_is_unchecked(catalog, receipts):
    assert game.verify(lines(receipts), []).unchecked == len(receipts)
    hidden = [{k: v for k, v in r.items() if k != "seed"} for r in receipts]
    verdict = game.verify(lines(hidden), [catalog])
    assert verdict.ok and verdict.unchecked == len(receipts)


def test_data_rows_are_skipped(catalog, receipts):
    rows = ['{"kind":"user","id":"1"}'] + lines(receipts)
    assert game.verify(rows, [catalog]).receipts == len(receipts)


def change(receipts, index, **fields):
    out = [dict(r) for r in receipts]
    out[index].update(fields)
    return out


def rechained(receipts):
    previous, out = None, []
    for one in receipts:
        one = dict(one)
        seed = one.pop("seed", None)
        one["chain"] = previous = game.chain(previous, one)
        if seed:
            one["seed"] = seed
        out.append(one)
    return out


def test_every_single_change_is_found(catalog, receipts):
    other = next(i["id"] for i in catalog.raw["items"] if i["id"] != receipts[5]["result"])
    forged = {
        "result": change(receipts, 5, result=other),
        "at": change(receipts, 5, at="2026-08-01T23:59:59Z"),
        "client seed": change(receipts, 5, client_seed="mine"),
        "chain": change(receipts, 5, chain="0" * 64),
        "seed": [{**r, "seed": "00" * 32} for r in receipts],
        "one seed": change(receipts, 5, seed="00" * 32),
        "missing": receipts[:5] + receipts[6:],
        "swapped": receipts[:5] + [receipts[6], receipts[5]] + receipts[7:],
        "number": change(receipts, 5, n=99)}
    for name, rows in forged.items():
        assert not game.verify(lines(rows), [catalog]).ok, name
    # The same with the chain made good: the replay finds what the chain cannot.
    for name in ("result", "client seed", "missing"):
        assert not game.verify(lines(rechained(forged[name])), [catalog]).ok, name


def test_a_later_start_needs_its_chain(catalog, receipts):
    tail = receipts[20:]
    while tail[0]["slot"] > 1:
        tail = tail[1:]
    assert not game.verify(lines(tail), [catalog]).ok
    before = receipts[len(receipts) - len(tail) - 1]["chain"]
    assert game.verify(lines(tail), [catalog], before).ok
    assert not game.verify(lines(tail), [catalog], "1" * 64).ok


def test_a_torn_ten_pull_is_found(catalog, receipts):
    last = max(i for i, r in enumerate(receipts) if r["slot"] == 5)
    assert not game.verify(lines(receipts[:last]), [catalog]).ok


def test_random_states_keep_their_bounds(tiers):
    rng, banner = random.Random(1), tiers.banners["tiers"]
    state = game.State(banner.rarities)
    for n in range(1, 2000):
        game.draw(banner, state, game.Words(rng.randbytes(32), "1", 1, "tiers", "x", "", n))
        for rarity, hard in banner.hard.items():
            assert 1 <= state.n[rarity] <= hard
