"""The commands: exit codes, JSON documents, words (interface.md, Commands)."""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from tests.fakes import faults, payload
from tests.oracles import catalogs, game, pointer
from tests.system import program

SEED = bytes(range(32))


@pytest.fixture
def catalog_file(tmp_path):
    return catalogs.write(tmp_path / "catalog.json", catalogs.base())


# Words and codes

def test_version(cli):
    result = cli("version", "--json")
    assert result.code == 0 and result.err == ""
    document = result.json
    assert set(document) == {"version", "commit", "target", "libraries"}
    assert re.match(r"^\d+\.\d+\.\d+", document["version"])
    for library in ("bearssl", "curl", "wslay", "zlib", "sqlite", "microhttpd", "musl"):
        assert any(library in k.lower() for k in document["libraries"]), library
    plain = cli("version")
    assert plain.code == 0 and document["version"] in plain.out


def test_help_lists_the_commands(cli):
    for arguments in (("help",), ("--help",)):
        result = cli(*arguments)
        assert result.code == 0 and result.err == ""
        for command in ("run", "health", "catalog check", "odds", "simulate", "verify", "register",
                        "invite", "version"):
            assert command in result.out, command


@pytest.mark.parametrize("command", [
    "run", "health", "catalog check", "catalog show", "odds", "simulate", "verify", "register",
    "invite", "version", "help", "completion"])
def test_every_command_has_help(cli, command):
    result = cli(*command.split(), "--help")
    assert result.code == 0 and command in result.out and result.err == ""
    assert cli("help", *command.split()).code == 0


@pytest.mark.parametrize("arguments", [
    ("runn",), ("odds", "--nonsense"), ("odds",), ("catalog",), ("catalog", "chek"),
    ("simulate", "limited"), ("simulate", "limited", "--pulls", "ten"),
    ("simulate", "limited", "--pulls", "-5"), ("simulate", "limited", "--pulls", "0x10"),
    ("simulate", "limited", "--pulls", "10", "--seed", "xyz"), ("verify",), ("completion", "tcsh"),
    ("help", "nothing"), ("version", "extra"), ("--nonsense",), ("odds", "a", "b", "c")])
def test_usage_errors_end_with_2_on_stderr(cli, arguments):
    result = cli(*arguments)
    assert result.code == 2 and result.out == "" and result.err


def test_a_misspelt_command_gets_the_nearest(cli):
    assert "simulate" in cli("simulat").err
    assert "catalog check" in cli("catalog", "chek").err


@pytest.mark.parametrize("wrong, right", [
    ("HOMU_STOR", "HOMU_STORE"), ("HOMU_CATALOGUE", "HOMU_CATALOG"), ("HOMU_LOGLEVEL", "HOMU_LOG_LEVEL"),
    ("HOMU_SHARD", "HOMU_SHARDS")])
def test_an_unknown_setting_is_refused_with_the_nearest(cli, wrong, right):
    result = cli("run", env={wrong: "1"})
    assert result.code == 2 and wrong in result.err and right in result.err


@pytest.mark.parametrize("name, value", [
    ("HOMU_SCOPE", "planet"), ("HOMU_LOG", "xml"), ("HOMU_LOG_LEVEL", "loud"), ("HOMU_HTTP", "8787"),
    ("HOMU_HTTP", "127.0.0.1:99999"), ("HOMU_SHARDS", "0"), ("HOMU_SHARDS", "3-1/4"),
    ("HOMU_SHARDS", "0-4/4"), ("HOMU_STORE", "mysql:x"), ("DISCORD_API_BASE", "ftp://x"),
    ("DISCORD_PUBLIC_KEY", "short"), ("HOMU_SEED_KEY", "12")])
def test_a_setting_out_of_its_form_is_refused(cli, name, value):
    result = cli("run", env={name: value})
    assert result.code == 2 and name in result.err


def test_a_plain_api_base_beyond_loopback_is_refused(cli):
    token = payload.bot_token(1)
    result = cli("register", "--dry-run", secrets=[token],
                 env={"DISCORD_API_BASE": "http://192.0.2.1/api/v10", "DISCORD_BOT_TOKEN": token})
    assert result.code in (1, 2) and "http" in result.err


@pytest.mark.parametrize("arguments", [("help",), ("version",), ("odds", "limited"),
                                       ("catalog", "check"), ("run", "--help")])
def test_no_colour_into_a_pipe(cli, catalog_file, arguments):
    result = cli(*arguments, env={"HOMU_CATALOG": catalog_file, "NO_COLOR": None})
    assert "\x1b" not in result.out + result.err


def test_japanese_words_for_a_japanese_locale(cli):
    japanese = cli("help", env={"LANG": "ja_JP.UTF-8"}).out
    assert re.search("[\u3040-\u30ff]", japanese)
    assert not re.search("[\u3040-\u30ff]", cli("help", env={"LANG": "C"}).out)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(cli, shell):
    result = cli("completion", shell)
    assert result.code == 0 and "homuhomu" in result.out and "simulate" in result.out
    program = shutil.which(shell)
    if program:
        done = subprocess.run([program, "-n"], input=result.out, text=True, capture_output=True,
                              check=False)
        assert done.returncode == 0, done.stderr


def test_bash_completion_completes(cli):
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("bash is not here")
    script = cli("completion", "bash").out + """
COMP_WORDS=(homuhomu sim); COMP_CWORD=1; COMP_LINE='homuhomu sim'; COMP_POINT=12
f=$(complete -p homuhomu | sed 's/.*-F \\([^ ]*\\) .*/\\1/'); $f homuhomu sim homuhomu
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run([bash], input=script, text=True, capture_output=True, check=False)
    assert "simulate" in done.stdout.split(), done


# catalog

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


# verify

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


# register, invite

def token_env(fake, ca_file):
    return {"DISCORD_API_BASE": fake.api_base, "DISCORD_BOT_TOKEN": fake.token,
            "HOMU_CA_FILE": ca_file}


def test_register_writes_once(cli, fake, ca_file):
    env = token_env(fake, ca_file)
    first = cli("register", "--json", env=env, secrets=[fake.token])
    assert first.code == 0 and first.json["changed"]
    assert set(fake.wait_registered()) >= {"gacha", "daily"}
    second = cli("register", "--json", env=env, secrets=[fake.token])
    assert second.code == 0 and not second.json["changed"]
    assert len(fake.calls("PUT", "/commands")) == 1
    assert not fake.connections, "register needs no gateway"


def test_register_dry_run_ends_with_2_when_they_differ(cli, fake, ca_file):
    env = token_env(fake, ca_file)
    assert cli("register", "--dry-run", "--json", env=env).code == 2
    assert not fake.rest.commands and not fake.calls("PUT", "")
    cli("register", env=env)
    assert cli("register", "--dry-run", "--json", env=env).code == 0


def test_register_for_one_guild(cli, fake, ca_file):
    result = cli("register", "--guild", "800000000000000000", "--json", env=token_env(fake, ca_file))
    assert result.code == 0 and result.json["changed"]
    assert fake.calls("PUT", "/guilds/800000000000000000/commands")
    assert {g for g, _ in fake.rest.commands} == {800000000000000000}


@pytest.mark.parametrize("guild", ["x", "-1", "", "99999999999999999999999"])
def test_register_refuses_what_is_no_guild(cli, fake, ca_file, guild):
    assert cli("register", "--guild", guild, env=token_env(fake, ca_file)).code == 2
    assert not fake.calls("PUT", "")


def test_register_with_a_wrong_token_ends_with_7(cli, fake, ca_file):
    env = {**token_env(fake, ca_file), "DISCORD_BOT_TOKEN": payload.bot_token(5)}
    result = cli("register", env=env, secrets=[env["DISCORD_BOT_TOKEN"]])
    assert result.code == 7 and "token" in result.err.lower()


def test_register_without_a_token_names_the_variable(cli):
    result = cli("register")
    assert result.code in (2, 7) and "DISCORD_BOT_TOKEN" in result.err


def test_register_waits_for_a_429(cli, fake, ca_file):
    fake.faults.add("PUT */commands", faults.rate_limited(0.4))
    result = cli("register", "--json", env=token_env(fake, ca_file))
    assert result.code == 0 and len(fake.calls("PUT", "/commands")) == 2


def test_register_against_a_service_that_fails(cli, fake, ca_file):
    fake.faults.add("* /*", faults.status(503), faults.FOREVER)
    result = cli("register", env=token_env(fake, ca_file), timeout=110)
    assert result.code == 1 and "503" in result.err


def test_invite_prints_the_url(cli, fake, ca_file):
    result = cli("invite", env=token_env(fake, ca_file), secrets=[fake.token])
    assert result.code == 0
    url = result.out.strip()
    assert url.startswith("https://discord.com/") and f"client_id={fake.config.application_id}" in url
    assert "applications.commands" in url and "bot" in url


# health

def test_health_of_a_running_program(cli, bot):
    one = bot()
    one.wait_log("ready")
    url = f"http://127.0.0.1:{one.http_port}"
    for extra in ((), ("--strict",)):
        result = cli("health", "--url", url, "--json", *extra)
        assert result.code == 0, result
        assert all(c["ok"] is True and {"name", "ok", "detail"} == set(c)
                   for c in result.json["checks"])


def test_health_of_nothing_fails_within_two_seconds(cli):
    began = time.monotonic()
    result = cli("health", "--url", "http://127.0.0.1:1", "--json")
    assert result.code == 1 and time.monotonic() - began < 2.5
    assert any(not c["ok"] for c in result.json["checks"])


def test_health_of_a_program_that_hangs_fails_within_two_seconds(cli, bot):
    one = bot()
    one.wait_log("ready")
    port = one.http_port
    one.signal(signal.SIGSTOP)
    began = time.monotonic()
    result = cli("health", "--url", f"http://127.0.0.1:{port}")
    one.signal(signal.SIGCONT)
    assert result.code == 1 and time.monotonic() - began < 2.5


def test_health_strict_fails_where_the_gateway_is_away_and_plain_health_does_not(cli, make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=400)
    one = bot(fake)
    fake.wait_ready()
    one.wait_log("ready")
    url = f"http://127.0.0.1:{one.http_port}"
    fake.go_dark()
    one.wait(lambda: one.http_get("/ready")[0] == 503, 15, "503")
    assert cli("health", "--url", url).code == 0
    strict = cli("health", "--strict", "--url", url, "--json")
    assert strict.code == 1
    assert any(not c["ok"] and c["detail"] for c in strict.json["checks"])


def test_health_uses_the_address_of_the_settings(cli, bot):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = bot(HOMU_HTTP=f"127.0.0.1:{port}")
    one.wait_log("ready")
    assert cli("health", env={"HOMU_HTTP": f"127.0.0.1:{port}"}).code == 0


def test_output_into_a_closed_pipe_is_no_crash(tmp_path):
    done = subprocess.run(["sh", "-c", f"{program.BIN} help | true"], cwd=tmp_path,
                          capture_output=True, check=False)
    assert done.returncode == 0 and b"Segmentation" not in done.stderr


def test_output_to_a_full_disk_is_a_failure(cli):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([str(program.BIN), "version"], stdout=full, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode == 1
