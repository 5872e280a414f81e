"""`odds` and `simulate` against the oracle."""

import hashlib
import re

import pytest

from tests.oracles import catalogs, game

SEED = bytes(range(32))


# odds

def same(got, want, where="", digits=9):
    """Compares a document with the oracle's, numbers within a relative error; it may say more."""
    if isinstance(want, dict):
        assert set(got) >= set(want), where
        for key in want:
            same(got[key], want[key], f"{where}/{key}", digits)
    elif isinstance(want, list):
        assert len(got) == len(want), where
        for number, (one, two) in enumerate(zip(got, want)):
            same(one, two, f"{where}/{number}", digits)
    elif want is None or isinstance(want, (str, int)):
        assert got == want, where
    else:
        want = float(want)
        assert isinstance(got, (int, float)), where
        assert abs(got - want) <= 10.0 ** -digits * max(1.0, abs(want)), (where, got, want)


@pytest.mark.parametrize("banner", ["limited", "rerun", "plain", "gala"])
def test_odds_agree_with_the_oracle(cli, catalog_file, banner):
    result = cli("odds", banner, "--catalog", catalog_file, "--json")
    assert result.code == 0
    same(result.json, game.odds(game.Catalog.load(catalog_file).banners[banner]))


@pytest.mark.parametrize("banner", ["tiers", "bare", "sure"])
def test_odds_of_many_tiers_agree_with_the_oracle(cli, tmp_path, banner):
    path = catalogs.write(tmp_path / "tiers.json", catalogs.many_tiers())
    result = cli("odds", banner, "--catalog", path, "--json")
    assert result.code == 0
    want = game.odds(game.Catalog.load(path).banners[banner])
    # Items that the banner cannot give may be left out.
    want["items"] = [i for i in want["items"] if i["base"] or i["rate"] or i["next"]]
    document = result.json
    document["items"] = [i for i in document["items"] if i["base"] or i["rate"] or i["next"]]
    same(document, want)


@pytest.mark.parametrize("banner", ["limited", "gala"])
def test_the_tenth_of_ten_agrees_with_the_oracle(cli, catalog_file, banner):
    whole = game.Catalog.load(catalog_file).banners[banner]
    items = {i["id"]: i for i in cli("odds", banner, "--catalog", catalog_file, "--json").json["items"]}
    _, tenth = game.slots(whole)
    for rarity, chance in tenth.items():
        total = sum(items[i]["slot10"] for i in whole.items[rarity])
        assert abs(total - float(chance)) < 1e-9, rarity


@pytest.mark.parametrize("counters, flags", [
    ({"SSR": 74}, []), ({"SSR": 73, "SR": 9}, []), ({"SSR": 90, "SR": 10}, ["SSR"]),
    ({"SR": 10}, ["SR"]), ({"SSR": 40, "SR": 3, "R": 2}, ["SSR", "SR"]), ({}, ["SSR"])])
@pytest.mark.parametrize("banner", ["limited", "rerun"])
def test_odds_from_counters_agree_with_the_oracle(cli, catalog_file, banner, counters, flags):
    arguments = ["odds", banner, "--catalog", catalog_file, "--json"]
    if counters:
        arguments += ["--counters", ",".join(f"{k}={v}" for k, v in counters.items())]
    if flags:
        arguments += ["--flags", ",".join(flags)]
    result = cli(*arguments)
    assert result.code == 0, result
    same(result.json, game.odds(game.Catalog.load(catalog_file).banners[banner], counters, flags))


def test_the_worked_example(cli, catalog_file):
    odds = cli("odds", "limited", "--catalog", catalog_file, "--json").json
    assert f"{odds['top']['expected']:.6f}" == "62.297332"
    assert f"{odds['top']['rate'] * 100:.6f}" == "1.605205"
    assert f"{odds['featured']['expected']:.6f}" == "93.445998"
    assert f"{odds['featured']['rate'] * 100:.6f}" == "1.070137"
    assert odds["featured"]["worst"] == 180
    assert f"{odds['featured']['within']['80'] * 100:.3f}" == "51.026"
    assert f"{odds['featured']['within']['90'] * 100:.3f}" == "59.394"
    assert odds["featured"]["quantiles"] == {"50": 80, "90": 155, "99": 161}
    assert odds["top"]["quantiles"] == {"50": 76, "90": 80, "99": 83}


def test_odds_for_people_show_the_same_numbers(cli, catalog_file):
    out = cli("odds", "limited", "--catalog", catalog_file).out
    for shown in ("62.2973", "1.6052", "93.4459", "180"):
        assert shown in out, shown


@pytest.mark.parametrize("arguments", [
    ("none-such",), ("limited", "--counters", "SSR"), ("limited", "--counters", "UR=5"),
    ("limited", "--counters", "SSR=0"), ("limited", "--counters", "SSR=-1"),
    ("limited", "--counters", "SSR=1,SSR=2"), ("limited", "--flags", "UR"),
    ("limited", "--counters", "SSR=99999999999999999999")])
def test_odds_refuse_what_makes_no_sense(cli, catalog_file, arguments):
    result = cli("odds", *arguments, "--catalog", catalog_file, "--json")
    assert result.code in (1, 2) and result.err and "Traceback" not in result.err


def test_a_counter_beyond_hard_pity_is_taken_as_due(cli, catalog_file):
    result = cli("odds", "limited", "--catalog", catalog_file, "--counters", "SSR=95", "--json")
    if result.code == 0:
        assert result.json["top"]["within"]["10"] == 1
    else:
        assert result.code == 2


# simulate

@pytest.mark.parametrize("banner, pulls", [("limited", 30000), ("rerun", 5000), ("gala", 5000),
                                           ("plain", 1)])
def test_a_seeded_simulation_gives_the_oracles_counts(cli, catalog_file, banner, pulls):
    result = cli("simulate", banner, "--pulls", pulls, "--seed", SEED.hex(), "--catalog",
                 catalog_file, "--json")
    assert result.code == 0
    document = result.json
    rarities, items = game.simulate(game.Catalog.load(catalog_file), banner, pulls, SEED)
    assert {k: v for k, v in document["rarities"].items() if v} == \
        {k: v for k, v in rarities.items() if v}
    assert {k: v for k, v in document["items"].items() if v} == {k: v for k, v in items.items() if v}
    assert document["pulls"] == pulls and document["stream"] == "hmac"
    assert document["seed"] == SEED.hex()


def test_a_seeded_simulation_of_many_tiers(cli, tmp_path):
    path = catalogs.write(tmp_path / "tiers.json", catalogs.many_tiers())
    seed = hashlib.sha256(b"tiers").digest()
    result = cli("simulate", "tiers", "--pulls", 20000, "--seed", seed.hex(), "--catalog", path,
                 "--json").json
    _, items = game.simulate(game.Catalog.load(path), "tiers", 20000, seed)
    assert {k: v for k, v in result["items"].items() if v} == {k: v for k, v in items.items() if v}


def test_twenty_million_pulls_agree_with_the_odds(cli, catalog_file):
    pulls = 20_000_000
    result = cli("simulate", "limited", "--pulls", pulls, "--catalog", catalog_file, "--json",
                 timeout=110)
    assert result.code == 0
    document = result.json
    assert set(document) == {"pulls", "rarities", "items", "chi2", "df", "p", "pulls_per_second",
                             "stream", "seed"}
    assert document["stream"] == "aes-ctr" and document["pulls_per_second"] > 1_000_000
    assert document["p"] > 1e-6 and document["df"] >= 3
    assert sum(document["rarities"].values()) == sum(document["items"].values()) == pulls
    mean, variance = game.top_spread(game.Catalog.load(catalog_file).banners["limited"])
    z = (document["rarities"]["SSR"] - pulls / mean) / (pulls * variance / mean ** 3).sqrt()
    assert abs(z) < 5.5


def test_the_test_of_the_simulation_rejects_another_catalog(cli, tmp_path):
    """p is no ornament: over many seeds it is spread evenly, so it rejects 5 % at 5 %."""
    path = catalogs.write(tmp_path / "catalog.json", catalogs.base())
    values = sorted(cli("simulate", "limited", "--pulls", 20000, "--seed",
                        hashlib.sha256(bytes([n])).hexdigest(), "--catalog", path, "--json").json["p"]
                    for n in range(60))
    # Kolmogorov-Smirnov against the uniform distribution, 0.1 % level: 1.95 / sqrt(60).
    distance = max(max(abs((k + 1) / 60 - v), abs(v - k / 60)) for k, v in enumerate(values))
    assert distance < 0.252, values


def test_simulate_for_people_prints_its_speed(cli, catalog_file):
    out = cli("simulate", "limited", "--pulls", 1000, "--catalog", catalog_file).out
    assert re.search(r"pulls?/s|per second", out)
