"""`odds` and `simulate` against the oracle."""

import hashlib
import re

import pytest

from tests.oracles import catalogs, game
from tests.system import store

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


# a chain of pities: odds, rates, plan and draws are of one object

@pytest.fixture(scope="module")
def chain_file(tmp_path_factory):
    return catalogs.write(tmp_path_factory.mktemp("chain") / "chain.json", catalogs.chain())


@pytest.fixture(scope="module")
def chain_rates(chain_file):
    """{item: long-run share} by the whole chain, state by state."""
    return game.Markov(game.Catalog.load(chain_file).banners["chain"]).long_run()


def test_a_chain_of_three_pities_agrees_with_both_oracles(cli, chain_file, chain_rates):
    odds = cli("odds", "chain", "--catalog", chain_file, "--json").json
    same(odds, game.odds(game.Catalog.load(chain_file).banners["chain"]))
    assert {i["id"] for i in odds["items"]} == set(chain_rates)
    for item in odds["items"]:
        assert abs(item["rate"] - chain_rates[item["id"]]) < 1e-9, item["id"]


def test_a_hundred_million_pulls_of_the_chain_agree(cli, chain_file, chain_rates):
    pulls = 100_000_000
    result = cli("simulate", "chain", "--pulls", pulls, "--catalog", chain_file, "--json", timeout=300).json
    # Four rarities, two flags, and the items of the five classes that have several.
    assert result["p"] > 1e-6 and result["df"] == 3 + 2 + 1 + 1 + 2 + 1
    assert sum(result["items"].values()) == pulls
    for item, rate in chain_rates.items():
        # Pity and guarantee make counts no wider than independent pulls would be.
        assert abs(result["items"][item] - pulls * rate) < 6 * (pulls * rate) ** 0.5, item


def shown(share):
    """A chance as messages show it: what is not certain is not called so."""
    if 0.9999995 <= share < 1 - 1e-12:
        return ">99.9999%"
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + "%"


@pytest.fixture
def chain_play(make_fake, bot, chain_file):
    fake = make_fake()
    one = bot(fake, HOMU_CATALOG=chain_file)
    fake.wait_ready()
    fake.wait_registered()
    one.wait_log("ready")
    return fake, one


def test_rates_show_the_numbers_of_odds(chain_play, cli, chain_file):
    fake, _ = chain_play
    odds = cli("odds", "chain", "--catalog", chain_file, "--json").json
    text = fake.command("gacha rates", {"banner": "chain"}, locale="en-US").text
    for item in odds["items"]:
        assert f"{shown(item['base'])} " in text and f"long-run {shown(item['rate'])} each" in text, item
        assert f"10th {shown(item['slot10'])}" in text, item
    for wait in (odds["top"], odds["featured"]):
        assert f"**{wait['expected']:.2f}** pulls on average, **{wait['worst']}** at worst" in text
        assert " · ".join(f"{q}%: {n}" for q, n in wait["quantiles"].items()) in text
        for pulls, chance in wait["within"].items():
            assert f"within {pulls}: **{shown(chance)}**" in text
    assert fake.command("gacha rates", {"banner": "chain", "item": "sr-b"}, locale="ja").text.count("実質") == 1


@pytest.mark.parametrize("item", ["ssr-b", "sr-b", "r-a", "n-b"])
def test_a_plan_is_the_whole_chains_from_ones_own_counters(chain_play, chain_file, item):
    fake, one = chain_play
    banner = game.Catalog.load(chain_file).banners["chain"]
    user = fake.new_user()
    for _ in range(3):
        fake.command("gacha pull", {"banner": "chain", "count": 10}, user=user)
    after = store.Snapshot(one.directory).receipts(str(user))[-1]["after"]
    state = game.State(banner.rarities, after["n"], after["flag"])
    law = game.Markov(banner, state, [banner.catalog.rarity_of[item]]).passage(item)
    text = fake.command("gacha plan", {"item": item, "pulls": 33}, user=user, locale="en-US").text
    assert "Best on **chain**" in text
    for pulls in (10, 33, 50, 80, 90, 100):
        assert f"within {pulls}: **{shown(law[pulls - 1] if pulls <= len(law) else 1)}**" in text, pulls
    quantiles = [next(k for k, p in enumerate(law, 1) if p >= q - 1e-12) for q in (0.5, 0.9, 0.99)]
    assert "50%: {:,} · 90%: {:,} · 99%: {:,} pulls".format(*quantiles) in text
    expected = 1 + sum(1 - p for p in law)
    assert f"**{expected:.2f}** pulls on average" in text


@pytest.mark.parametrize("counters, flags", [({}, []), ({"SSR": 61, "SR": 9, "R": 4}, ["SSR", "SR"])])
def test_the_pages_odds_and_curve_are_the_whole_chains(bot, cli, chain_file, counters, flags):
    banner = game.Catalog.load(chain_file).banners["chain"]
    one = bot(arguments=["play"], HOMU_CATALOG=chain_file)
    one.wait_log("ready")
    status, told = one.http_post("/api/odds", {"banner": "chain", "counters": counters, "flags": flags})
    assert status == 200
    curve = told.pop("curve")
    arguments = ["odds", "chain", "--catalog", chain_file, "--json"]
    if counters:
        arguments += ["--counters", ",".join(f"{k}={v}" for k, v in counters.items()), "--flags", ",".join(flags)]
    assert told == cli(*arguments).json
    whole = game.Markov(banner, game.State(banner.rarities, counters, {r: True for r in flags}), [banner.top])
    for kind, classes in (("top", (True, False)), ("featured", (True,))):
        law = whole.passage_to({(banner.top, featured): 1.0 for featured in classes}, most=300)
        assert len(curve[kind]) == min(told[kind]["worst"] or 300, 300)
        for pulls, chance in enumerate(curve[kind], 1):
            want = law[pulls - 1] if pulls <= len(law) else 1
            assert abs(chance - want) < 1e-11, (kind, pulls)


def test_plan_names_the_other_ways_to_the_item(chain_play):
    fake, _ = chain_play
    text = fake.command("gacha plan", {"item": "ssr-b"}, locale="en-US").text
    assert "200 points" in text and "enough for" in text
    assert "180" in fake.command("gacha plan", {"item": "ssr-a"}, locale="en-US").text


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
