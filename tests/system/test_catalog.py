"""`catalog check` and `catalog show`: every rule of gacha.md has a catalog that breaks it."""

import copy
import hashlib
import json
import re
import time

import pytest

from tests.oracles import catalogs, game, pointer


def test_the_built_in_catalog_is_without_fault(cli):
    result = cli("catalog", "check", "--json")
    assert result.code == 0
    assert result.json["ok"] is True and result.json["faults"] == []
    shown = json.loads(cli("catalog", "show").out)
    assert game.Catalog(shown).sha256 == result.json["sha256"]


def test_the_canonical_form_and_hash_are_the_oracles(cli, catalog_file):
    whole = game.Catalog.load(catalog_file)
    assert cli("catalog", "check", catalog_file, "--json").json == {
        "ok": True, "sha256": whole.sha256, "faults": []}
    shown = cli("catalog", "show", "--canonical", env={"HOMU_CATALOG": catalog_file})
    text = shown.raw_out.decode("utf-8")
    assert text.rstrip("\n") == whole.text
    assert hashlib.sha256(text.rstrip("\n").encode()).hexdigest() == whole.sha256


def test_the_catalog_is_shown_as_given(cli, catalog_file):
    shown = cli("catalog", "show", env={"HOMU_CATALOG": catalog_file})
    assert shown.raw_out.rstrip(b"\n") == catalog_file.read_bytes().rstrip(b"\n")


def test_escapes_and_order_of_keys_do_not_change_the_hash(cli, tmp_path):
    raw = catalogs.base()
    raw["items"][0]["name"]["en"] = "q\"b\\s/\u0007\u001f\u007f\u2028𠮷"
    one = tmp_path / "one.json"
    one.write_text(json.dumps(raw, ensure_ascii=True), encoding="utf-8")
    two = tmp_path / "two.json"
    two.write_text(json.dumps(dict(reversed(list(raw.items()))), ensure_ascii=False, indent=3),
                   encoding="utf-8")
    hashes = {cli("catalog", "check", p, "--json").json["sha256"] for p in (one, two)}
    assert hashes == {game.Catalog(raw).sha256}


def change(path, value):
    """A change of a catalog at a path of keys and indices; `...` removes."""
    def apply(raw):
        node = raw
        for key in path[:-1]:
            node = node[key]
        if value is ...:
            del node[path[-1]]
        elif isinstance(node, list) and path[-1] == "+":
            node.append(value)
        else:
            node[path[-1]] = value(node[path[-1]]) if callable(value) else value
        return raw
    return apply


B, I, R = "banners", "items", "rarities"
# name: (rule words that fit, pointer or None where the specification leaves it open, change)
BROKEN = {
    "schema": ({"schema"}, "/schema", change(["schema"], 2)),
    "schema-type": ({"type", "schema"}, "/schema", change(["schema"], "1")),
    "type-items": ({"type"}, "/items", change([I], {})),
    "type-name": ({"type"}, "/items/0/name", change([I, 0, "name"], "plain")),
    "type-guarantee": ({"type"}, "/banners/0/rate_up/SSR/guarantee",
                       change([B, 0, "rate_up", "SSR", "guarantee"], 1)),
    "type-price": ({"type"}, "/items/0/price", change([I, 0, "price"], "180")),
    "unknown-key": ({"unknown_key"}, "/prize", change(["prize"], 1)),
    "unknown-key-of-an-item": ({"unknown_key"}, "/items/2/bonus", change([I, 2, "bonus"], {})),
    "complete-set-prize": ({"unknown_key"}, "/banners/0/set_prize",
                           change([B, 0, "set_prize"], {"items": ["ssr-a"]})),
    "missing-currency": ({"missing"}, "/currency", change(["currency"], ...)),
    "missing-rates": ({"missing"}, "/banners/0/rates", change([B, 0, "rates"], ...)),
    "missing-item-name": ({"missing"}, "/items/3/name", change([I, 3, "name"], ...)),
    "missing-share": ({"missing"}, "/banners/0/rate_up/SSR/share",
                      change([B, 0, "rate_up", "SSR", "share"], ...)),
    "localisation-missing": ({"localisation", "missing"}, None, change([I, 0, "name"], {"ja": "x"})),
    "localisation-empty": ({"localisation"}, None, change([I, 0, "name", "en"], "")),
    "localisation-other": ({"localisation", "unknown_key"}, None, change([I, 0, "name", "de"], "x")),
    "id-space": ({"id"}, "/items/0/id", change([I, 0, "id"], "a b")),
    "id-first": ({"id"}, "/items/1/id", change([I, 1, "id"], "-a")),
    "id-empty": ({"id"}, "/items/1/id", change([I, 1, "id"], "")),
    "id-long": ({"id"}, "/items/1/id", change([I, 1, "id"], "a" * 65)),
    "duplicate-item": ({"duplicate"}, "/items/1/id", change([I, 1, "id"], "ssr-a")),
    "duplicate-banner": ({"duplicate"}, "/banners/1/id", change([B, 1, "id"], "limited")),
    "duplicate-rarity": ({"duplicate"}, "/rarities/1/id", change([R, 1, "id"], "SSR")),
    "duplicate-in-pool": ({"duplicate"}, "/banners/3/pool/5", change([B, 3, "pool", "+"], "r-c")),
    "time-no-offset": ({"time"}, "/banners/0/start", change([B, 0, "start"], "2026-01-01T00:00:00")),
    "time-words": ({"time"}, "/banners/0/start", change([B, 0, "start"], "tomorrow")),
    "time-no-day": ({"time"}, "/banners/0/start", change([B, 0, "start"], "2026-02-30T00:00:00Z")),
    "order-end": ({"order"}, "/banners/4/end", change([B, 4, "end"], "2020-01-01T00:00:00+09:00")),
    "order-end-earlier": ({"order"}, "/banners/4/end",
                          change([B, 4, "end"], "2019-12-31T00:00:00+09:00")),
    "order-rarities": ({"order"}, None, change([R], lambda rows: [rows[1], rows[0], rows[2]])),
    "decimal-no-sign": ({"decimal"}, "/banners/2/rates/SSR", change([B, 2, "rates", "SSR"], "0.6")),
    "decimal-long": ({"decimal"}, "/banners/2/rates/SSR",
                     change([B, 2, "rates", "SSR"], "0.60000000%")),
    "decimal-zeros": ({"decimal"}, "/banners/2/rates/SSR", change([B, 2, "rates", "SSR"], "00.6%")),
    "decimal-over": ({"decimal"}, "/banners/0/rate_up/SSR/share",
                     change([B, 0, "rate_up", "SSR", "share"], "100.0000001%")),
    "decimal-number": ({"decimal", "type"}, "/banners/2/rates/SSR",
                       change([B, 2, "rates", "SSR"], 6)),
    "range-share": ({"range"}, "/banners/0/rate_up/SSR/share",
                    change([B, 0, "rate_up", "SSR", "share"], "0%")),
    "range-hard": ({"range"}, "/banners/0/pity/SR/hard", change([B, 0, "pity", "SR", "hard"], 0)),
    "range-start": ({"range"}, "/currency/start", change(["currency", "start"], -1)),
    "range-shards": ({"range"}, "/rarities/0/shards", change([R, 0, "shards"], -40)),
    "color": ({"color"}, "/rarities/0/color", change([R, 0, "color"], "#F4B94")),
    "color-word": ({"color"}, "/rarities/0/color", change([R, 0, "color"], "gold")),
    "image-http": ({"image"}, "/items/0/image", change([I, 0, "image"], "http://x.example/a.png")),
    "image-data": ({"image"}, "/items/0/image", change([I, 0, "image"], "data:image/png;base64,x")),
    "cost-five": ({"cost", "unknown_key"}, "/banners/0/cost/5", change([B, 0, "cost", "5"], 800)),
    "cost-none": ({"cost", "missing"}, None, change([B, 0, "cost"], {"10": 1600})),
    "sum-over": ({"sum"}, "/banners/2/rates", change([B, 2, "rates", "R"], "94.4%")),
    "sum-under": ({"sum"}, "/banners/2/rates", change([B, 2, "rates", "R"], "94.2999999%")),
    "empty-banners": ({"empty"}, "/banners", change([B], [])),
    "empty-pool": ({"empty"}, "/banners/3/pool", change([B, 3, "pool"], [])),
    "empty-featured": ({"empty"}, "/banners/1/rate_up/SSR/items",
                       change([B, 1, "rate_up", "SSR", "items"], [])),
    "unknown-rarity": ({"unknown_rarity"}, "/items/0/rarity", change([I, 0, "rarity"], "UR")),
    "unknown-rarity-rate": ({"unknown_rarity"}, "/banners/2/rates/UR",
                            change([B, 2, "rates"], {"UR": "5.7%", "R": "94.3%"})),
    "unknown-rarity-pity": ({"unknown_rarity"}, "/banners/2/pity/UR",
                            change([B, 2, "pity"], {"UR": {"hard": 9}})),
    "unknown-rarity-ten": ({"unknown_rarity"}, "/banners/0/ten_pull", change([B, 0, "ten_pull"], "UR")),
    "unknown-item-pool": ({"unknown_item"}, "/banners/3/pool/0", change([B, 3, "pool", 0], "zzz")),
    "unknown-item-spark": ({"unknown_item"}, "/banners/0/spark/items/0",
                           change([B, 0, "spark", "items", 0], "zzz")),
    "unknown-item-featured": ({"unknown_item"}, "/banners/1/rate_up/SSR/items/0",
                              change([B, 1, "rate_up", "SSR", "items", 0], "zzz")),
    "featured-rarity": ({"rarity"}, "/banners/1/rate_up/SSR/items/1",
                        change([B, 1, "rate_up", "SSR", "items", 1], "sr-a")),
    "featured-outside-pool": ({"pool"}, "/banners/1/rate_up/SSR/items/0", change(
        [B, 1, "pool"], ["ssr-a", "ssr-b", "sr-a", "sr-b", "sr-c", "r-a"])),
    "no-others": ({"others"}, None, change([B, 1, "rate_up", "SSR", "items"],
                                           ["ssr-a", "ssr-b", "ssr-c"])),
    "empty-rarity": ({"empty_rarity"}, None, change([B, 3, "pool"], ["ssr-a", "sr-b"])),
    "soft-below-top": ({"soft"}, None, change([B, 0, "pity", "SR"],
                                              {"hard": 10, "soft_from": 8, "soft_step": "5%"})),
    "soft-half": ({"soft"}, None, change([B, 0, "pity", "SSR"], {"hard": 90, "soft_from": 74})),
    "soft-other-half": ({"soft"}, None, change([B, 0, "pity", "SSR"], {"hard": 90, "soft_step": "6%"})),
    "soft-from": ({"soft_from"}, "/banners/0/pity/SSR/soft_from",
                  change([B, 0, "pity", "SSR", "soft_from"], 91)),
    "ten-pull": ({"ten_pull"}, "/banners/0/ten_pull", lambda raw: change(
        [B, 0, "ten_pull"], "SR")(change([B, 0, "rates"], {"SSR": "0.6%", "R": "99.4%"})(raw))),
}

NOT_JSON = {
    "words": b"no json", "nothing": b"", "cut": b'{"schema": 1', "two": b"{} {}",
    "key-twice": b'{"schema": 1, "schema": 1}', "surrogate": b'{"schema": "\\ud800"}',
    "bom": b'\xef\xbb\xbf{"schema": 1}', "utf8": b'{"schema": "\xff"}',
    "deep": b"[" * 65 + b"]" * 65, "fraction": b'{"schema": 1.0}', "exponent": b'{"schema": 1e0}',
    "minus-zero": b'{"schema": -0}', "too-large": b'{"schema": 9007199254740992}',
    "comma": b'{"schema": 1,}', "comment": b'{"schema": 1 /* one */}', "nan": b'{"schema": NaN}',
    "control": b'{"schema": "a\nb"}',
}


def test_at_least_25_kinds_of_fault_are_tried():
    assert len(set().union(*(rules for rules, _, _ in BROKEN.values())) | {"json"}) >= 25


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_reported_with_line_pointer_and_rule(cli, tmp_path, name):
    rules, where, apply = BROKEN[name]
    path = catalogs.write(tmp_path / "broken.json", apply(catalogs.base()))
    result = cli("catalog", "check", path, "--json")
    assert result.code == 1
    document = result.json
    assert document["ok"] is False
    fitting = [f for f in document["faults"] if f["rule"] in rules]
    assert fitting, document
    if where is not None:
        fitting = [f for f in fitting if f["path"] == where]
        assert fitting, document
    known = pointer.lines(path.read_text("utf-8"))
    for fault in document["faults"]:
        assert set(fault) == {"line", "path", "rule", "text"} and fault["text"]
        at = fault["path"] if fault["path"] in known else fault["path"].rpartition("/")[0]
        assert fault["line"] == known[at], fault


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_no_json_is_one_fault(cli, tmp_path, name):
    path = tmp_path / "broken.json"
    path.write_bytes(NOT_JSON[name])
    result = cli("catalog", "check", path, "--json")
    assert result.code == 1
    assert result.json["sha256"] is None and result.json["ok"] is False
    fault, = result.json["faults"]
    assert (fault["path"], fault["rule"]) == ("", "json") and fault["line"] >= 1


def test_every_fault_is_reported_not_the_first(cli, tmp_path):
    raw = catalogs.base()
    names = ["schema", "unknown-key", "id-space", "color", "soft-from", "sum-over", "order-end"]
    for name in names:
        raw = BROKEN[name][2](raw)
    path = catalogs.write(tmp_path / "broken.json", raw)
    found = {f["rule"] for f in cli("catalog", "check", path, "--json").json["faults"]}
    assert {"schema", "unknown_key", "id", "color", "soft_from", "sum", "order"} <= found
    lines = [f["line"] for f in cli("catalog", "check", path, "--json").json["faults"]]
    assert lines == sorted(lines)


RULES = set("""schema type unknown_key missing localisation id duplicate time order decimal range color image cost sum empty
    unknown_rarity unknown_item rarity pool others empty_rarity soft soft_from ten_pull""".split())


def test_every_rule_is_tried_and_most_of_them_at_once(cli, tmp_path):
    assert set().union(*(rules for rules, _, _ in BROKEN.values())) >= RULES
    raw, found = catalogs.base(), set()
    # What is wrong in form hides what it means: first those faults that need the rest to be whole.
    for name in sorted(BROKEN, key=lambda n: not BROKEN[n][0] & {"others", "empty_rarity", "pool", "soft", "soft_from", "ten_pull",
                                                                "rarity", "sum", "order", "unknown_item"}):
        try:
            worse = BROKEN[name][2](copy.deepcopy(raw))
        except (KeyError, IndexError, TypeError, AttributeError):
            continue            # another fault took its place away
        path = catalogs.write(tmp_path / "broken.json", worse)
        rules = {f["rule"] for f in cli("catalog", "check", path, "--json").json["faults"]}
        if rules > found:
            raw, found = worse, rules
    assert found <= RULES and len(found) >= 20, sorted(RULES - found)


@pytest.mark.parametrize("make", [
    lambda: b'{"schema": 1, "items": [' + b'{"id": "x"},' * (100 * 2**20 // 12) + b"{}]}",
    lambda: b"[" * (4 * 2**20 - 1), lambda: b'{"a":' * 800_000, lambda: b"[" * (100 * 2**20)],
    ids=["100-MB", "nested", "nested-objects", "100-MB-nested"])
def test_a_huge_or_deep_file_is_refused_quickly_and_clearly(cli, tmp_path, make):
    path = tmp_path / "huge.json"
    path.write_bytes(make())
    began = time.monotonic()
    result = cli("catalog", "check", path)
    assert time.monotonic() - began < 2
    said = result.out + result.err
    assert result.code in (1, 2) and "huge.json" in said and len(said) < 1000
    assert re.search(r"nest|deep|large|longer|bytes", said), said


def test_a_broken_catalog_still_has_its_hash(cli, tmp_path):
    raw = change(["schema"], 2)(catalogs.base())
    path = catalogs.write(tmp_path / "broken.json", raw)
    assert cli("catalog", "check", path, "--json").json["sha256"] == hashlib.sha256(
        game.canonical(raw).encode()).hexdigest()


@pytest.mark.parametrize("make", [catalogs.many_tiers, lambda: catalogs.base(streak=...)],
                         ids=["tiers", "no-streak"])
def test_what_is_allowed_is_accepted(cli, tmp_path, make):
    raw = make()
    raw = {k: v for k, v in raw.items() if v is not ...}
    path = catalogs.write(tmp_path / "good.json", raw)
    assert cli("catalog", "check", path, "--json").json["faults"] == []


def test_a_missing_catalog_file_is_named(cli, tmp_path):
    result = cli("catalog", "check", tmp_path / "nowhere.json")
    assert result.code in (1, 2) and "nowhere.json" in result.err


def test_faults_for_people_name_file_and_line(cli, tmp_path):
    path = catalogs.write(tmp_path / "broken.json", BROKEN["color"][2](catalogs.base()))
    result = cli("catalog", "check", path)
    assert result.code == 1 and "broken.json" in result.out + result.err
    assert "color" in result.out + result.err and "/rarities/0/color" in result.out + result.err
