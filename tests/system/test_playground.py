"""The playground: `play`, its page and the API beside POST /interactions."""

import json
import os
import pty
import select
import subprocess
import time
import zlib

import pytest

from tests.fakes import payload
from tests.oracles import catalogs, game
from tests.system import program, store
from tests.system.test_catalog_editing import Door, published
from tests.system.test_http import interaction, post, post_files

SEED = "00" * 31 + "01"
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
          "img-src": "'self' data: blob: https:", "connect-src": "'self'", "base-uri": "'none'",
          "form-action": "'none'", "frame-ancestors": "'none'"}


@pytest.fixture
def playground(bot, catalog_file):
    one = bot(arguments=["play"], HOMU_CATALOG=catalog_file)
    one.wait_log("ready")
    return one


def api(one, method, path, body=None, **more):
    status, headers, data = one.http(method, path, body, **more)
    assert headers["content-type"] == "application/json", (headers, data)
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    return status, json.loads(data)


# The command

def on_a_terminal(tmp_path, arguments, **env):
    """What a person sees until the address is there; the program is stopped then."""
    ours, theirs = pty.openpty()
    settings = {"HOMU_HTTP": "127.0.0.1:0", "HOMU_STORE": f"sqlite:{tmp_path / 'store.db'}", **env}
    process = subprocess.Popen([str(program.BIN), *arguments], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=theirs,
                               stderr=theirs, env=program.environment(tmp_path, settings))
    os.close(theirs)
    seen, end = b"", time.monotonic() + 10
    try:
        while b"Ctrl-C" not in seen and time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 4096)
    finally:
        process.terminate()
        assert process.wait(10) == 0
        os.close(ours)
    return seen.decode()


@pytest.mark.parametrize("language, words", [("en_US.UTF-8", "The playground is open: http://127.0.0.1:"),
                                             ("ja_JP.UTF-8", "遊び場を開きました: http://127.0.0.1:")])
@pytest.mark.parametrize("command", [["play"], ["run"], []])
def test_the_address_is_printed_on_a_terminal(tmp_path, command, language, words):
    assert words in on_a_terminal(tmp_path, command, LANG=language)


def test_play_asks_nobody_even_if_a_token_is_set(bot, fake):
    one = bot(fake, arguments=["play"])
    assert one.wait_log("start")["door"] == "playground"
    one.wait_log("ready")
    assert one.http_get("/")[0] == 200
    assert one.stop() == 0
    assert not fake.requests and not fake.connections


def test_a_pull_survives_kill_9(bot, tmp_path, catalog_file):
    one = bot(arguments=["play"], HOMU_CATALOG=catalog_file)
    one.wait_log("ready")
    status, _ = post(one, interaction("gacha pull", {"count": 10}))
    assert status == 200
    one.kill9()
    two = bot(arguments=["play"], HOMU_CATALOG=catalog_file)
    two.wait_log("ready")
    assert len(api(two, "GET", "/api/receipts?player=42")[1]["lines"]) == 10
    store.Snapshot(two.directory).check("42", game.Catalog.load(catalog_file))


def test_a_ten_pull_comes_with_its_picture(playground):
    status, answer, files = post_files(playground, interaction("gacha pull", {"count": 10}))
    named = [e["image"]["url"].removeprefix("attachment://") for e in answer["data"]["embeds"]
             if e.get("image", {}).get("url", "").startswith("attachment://")]
    assert status == 200 and set(files) == set(named) and named
    assert all(data.startswith(b"\x89PNG\r\n") for data in files.values())


# The page

def page_files(one):
    """{path: bytes} of the page and of what it names."""
    folder = program.ROOT / "src" / "web" / "page"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")}


def test_the_page_is_that_of_the_folder(playground):
    status, headers, body = playground.http("GET", "/")
    files = page_files(playground)
    assert status == 200 and body == files["index.html"]
    assert headers["content-type"] == "text/html; charset=utf-8"
    for name, data in files.items():
        assert playground.http("GET", f"/assets/{name}")[2] == data, name


def test_the_page_allows_nothing_but_itself(playground):
    for path in ("/", "/assets/index.html"):
        headers = playground.http("GET", path)[1]
        rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
        assert rules == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_files_are_packed_for_whoever_takes_it(playground):
    total = 0
    for name, data in page_files(playground).items():
        headers, body = playground.http("GET", f"/assets/{name}", headers={"Accept-Encoding": "gzip, deflate, br"})[1:]
        assert headers["content-encoding"] == "deflate" and headers["vary"] == "Accept-Encoding"
        assert zlib.decompress(body) == data
        total += len(body)
    assert total < 80_000


@pytest.mark.parametrize("accepted, packed", [
    ("deflate", True), ("gzip, Deflate;q=0.5", True), ("deflate;q=0", False), ("gzip", False), ("", False),
    ("deflated", False), ("identity;q=1, *;q=0", False)])
def test_the_packing_is_agreed_upon(playground, accepted, packed):
    headers = playground.http("GET", "/", headers={"Accept-Encoding": accepted})[1]
    assert ("content-encoding" in headers) == packed


def test_a_file_that_is_known_is_not_sent_again(playground):
    tag = playground.http("GET", "/assets/index.html")[1]["etag"]
    for known in (tag, f'"x", {tag}'):
        status, headers, body = playground.http("GET", "/assets/index.html", headers={"If-None-Match": known})
        assert (status, body) == (304, b"") and headers["etag"] == tag
    assert playground.http("GET", "/assets/index.html", headers={"If-None-Match": 'W/"other"'})[0] == 200


@pytest.mark.parametrize("name", ["none.js", "", "../embed.S", "%2e%2e/embed.S", "index.html/", "INDEX.HTML"])
def test_other_files_are_not_there(playground, name):
    assert api(playground, "GET", f"/assets/{name}")[0] == 404


def test_head_is_allowed(playground):
    for path in ("/", "/assets/index.html", "/api/info"):
        status, headers, body = playground.http("HEAD", path)
        assert status == 200 and body == b"" and int(headers["content-length"]) > 0


# What there is

def test_commands_are_those_that_are_registered(fake, bot, playground, tmp_path):
    bot(fake, directory=tmp_path / "gateway")
    registered = fake.wait_requests("PUT", "/commands")[0].json
    assert api(playground, "GET", "/api/commands") == (200, registered)


def test_info_tells_of_the_catalog(playground, cli, catalog_file):
    status, info = api(playground, "GET", "/api/info")
    raw = catalogs.base()
    version = cli("version", "--json").json
    assert status == 200 and (info["version"], info["commit"]) == (version["version"], version["commit"])
    catalog = info["catalog"]
    assert catalog["sha256"] == cli("catalog", "check", str(catalog_file), "--json").json["sha256"]
    assert catalog["currency"] == {"name": raw["currency"]["name"], "emoji": "💎"}
    assert [(r["id"], r["stars"], r["color"]) for r in catalog["rarities"]] == \
        [(r["id"], r["stars"], r["color"].lower()) for r in raw["rarities"]]
    assert [(i["id"], i["rarity"], i["name"]) for i in catalog["items"]] == \
        [(i["id"], i["rarity"], i["name"]) for i in raw["items"]]
    assert {b["id"]: b["open"] for b in catalog["banners"]} == \
        {b["id"]: b["id"] not in ("over", "soon") for b in raw["banners"]}
    over = next(b for b in catalog["banners"] if b["id"] == "over")
    assert (over["start"], over["end"]) == ("2019-12-31T15:00:00Z", "2020-12-31T15:00:00Z")


def test_the_catalog_is_given_as_it_is(playground, catalog_file):
    assert playground.http("GET", "/api/catalog")[2] == catalog_file.read_bytes()


# Odds

@pytest.mark.parametrize("banner", ["limited", "rerun", "plain", "gala"])
@pytest.mark.parametrize("counters, flags", [({}, []), ({"SSR": 74, "SR": 3}, ["SSR"])])
def test_odds_are_those_of_the_command_line_byte_for_byte(playground, cli, catalog_file, banner, counters, flags):
    arguments = ["odds", banner, "--catalog", catalog_file, "--json"]
    if counters:
        arguments += ["--counters", ",".join(f"{k}={v}" for k, v in counters.items()), "--flags", ",".join(flags)]
    printed = cli(*arguments).out
    status, _, body = playground.http("POST", "/api/odds", {"banner": banner, "counters": counters, "flags": flags})
    assert status == 200
    body = body.decode()
    assert body.startswith(printed.rstrip("\n")[:-1] + ',"curve":{"top":[')
    told = json.loads(body)
    for kind in ("top", "featured"):
        curve = told["curve"][kind]
        if told[kind] is None:
            assert curve == []
            continue
        assert len(curve) == min(told[kind]["worst"] or 300, 300)
        assert all(0 <= a <= b <= 1 for a, b in zip([0] + curve, curve))
        for pulls, chance in told[kind]["within"].items():
            if int(pulls) <= len(curve):
                assert abs(curve[int(pulls) - 1] - chance) < 1e-12
            else:
                assert abs(chance - 1) < 1e-12


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"{", 400), (b"[]", 400), ({}, 400), ({"banner": 1}, 400), ({"banner": "limted"}, 404),
    ({"banner": "limited", "counters": {"X": 1}}, 400), ({"banner": "limited", "counters": {"SSR": 0}}, 400),
    ({"banner": "limited", "counters": [1]}, 400), ({"banner": "limited", "flags": ["X"]}, 400),
    ({"banner": "limited", "flags": "SSR"}, 400), (b'{"banner":"\xff"}', 400)])
def test_a_wrong_question_about_odds_is_refused(playground, body, status):
    got, answer = api(playground, "POST", "/api/odds", body)
    assert got == status and answer["error"]


def test_an_unknown_banner_is_told_with_the_nearest(playground):
    assert "limited" in api(playground, "POST", "/api/odds", {"banner": "limted"})[1]["error"]


# The check of a catalog

def test_a_catalog_is_checked_as_on_the_command_line(playground, cli, tmp_path):
    good, bad = catalogs.base(), catalogs.base()
    bad["items"][0]["rarity"] = "none"
    bad["banners"][0]["cost"] = {"2": 1}
    for raw in (good, bad):
        path = catalogs.write(tmp_path / "checked.json", raw)
        printed = cli("catalog", "check", path, "--json").out
        status, _, body = playground.http("POST", "/api/catalog/check", path.read_bytes())
        assert status == 200 and body.decode() == printed.rstrip("\n")


def test_what_is_no_json_is_a_fault(playground):
    status, answer = api(playground, "POST", "/api/catalog/check", b"{")
    assert status == 200 and not answer["ok"] and [f["rule"] for f in answer["faults"]] == ["json"]


def test_a_catalog_that_is_too_large_is_sent_to_the_command_line(playground):
    fits = b" " * (256 << 10)
    assert api(playground, "POST", "/api/catalog/check", fits)[0] == 200
    status, answer = api(playground, "POST", "/api/catalog/check", fits + b" ")
    assert status == 413 and "homuhomu catalog check" in answer["error"]
    assert playground.http_get("/health")[0] == 200


# The catalog in force

def price(one, query=""):
    """Of an item, as the page is told it."""
    items = json.loads(one.http("GET", f"/api/catalog{query}")[2])["items"]
    return next(item["price"] for item in items if item["id"] == "ssr-a")


def test_what_was_published_is_told_at_once(playground, catalog_file):
    before = api(playground, "GET", "/api/info")[1]["catalog"]["sha256"]
    raw = json.loads(catalog_file.read_text())
    next(banner for banner in raw["banners"] if banner["id"] == "plain")["rates"] = {"SSR": "100%"}
    Door(playground).give("catalog.json", json.dumps(raw)).choose(str(int(time.time()) + 2))
    asked = {"banner": "plain", "counters": {}, "flags": []}
    assert api(playground, "GET", "/api/info")[1]["catalog"]["sha256"] == before
    assert api(playground, "POST", "/api/odds", asked)[1]["top"]["rate"] < 1
    playground.wait(lambda: api(playground, "GET", "/api/info")[1]["catalog"]["sha256"] != before, 10, "the start")
    assert api(playground, "POST", "/api/odds", asked)[1]["top"]["rate"] == 1
    told = ended(playground, simulate(playground, banner="plain", pulls=1000))
    assert told["result"]["rarities"]["SSR"] == 1000
    published(Door(playground).give("a.csv", "id,price\nssr-a,11\n"))
    assert price(playground) == 11


def test_every_revision_is_given_by_its_hash(playground, catalog_file):
    hashes = []
    for number in range(7):
        hashes.append(api(playground, "GET", "/api/info")[1]["catalog"]["sha256"])
        published(Door(playground).give("a.csv", f"id,price\nssr-a,{11 + number}\n"))
    assert playground.http("GET", f"/api/catalog?sha256={hashes[0]}")[2] == catalog_file.read_bytes()
    assert [price(playground, f"?sha256={one}") for one in hashes[1:]] == [11, 12, 13, 14, 15, 16]
    assert price(playground) == 17
    for unknown in ("0" * 64, "x", hashes[1].upper(), hashes[1][:12]):
        status, answer = api(playground, "GET", f"/api/catalog?sha256={unknown}")
        assert status == 404 and answer["error"]


def test_with_accounts_by_server_the_page_is_told_of_its_own(bot, catalog_file):
    one = bot(arguments=["play"], HOMU_CATALOG=catalog_file, HOMU_SCOPE="guild")
    one.wait_log("ready")
    before = price(one)
    published(Door(one, guild=800000000000000000).give("a.csv", "id,price\nssr-a,11\n"))
    here, there = "?guild=800000000000000000", "?guild=800000000000000001"
    assert (price(one, here), price(one, there), price(one)) == (11, before, before)
    assert api(one, "GET", f"/api/info{here}")[1]["catalog"]["sha256"] != api(one, "GET", "/api/info")[1]["catalog"]["sha256"]
    revision = api(one, "GET", f"/api/info{here}")[1]["catalog"]["sha256"]
    assert one.http("GET", f"/api/catalog{here}&sha256={revision}")[0] == 200
    assert one.http("GET", f"/api/catalog{there}&sha256={revision}")[0] == 404


@pytest.mark.parametrize("guild", ["x", "0", "-1", "18446744073709551616", "1%00"])
def test_a_wrong_server_is_refused(playground, guild):
    for method, path in (("GET", "/api/info"), ("GET", "/api/catalog"), ("POST", "/api/odds"), ("POST", "/api/simulations")):
        status, headers, _ = playground.http(method, f"{path}?guild={guild}", b"{}" if method == "POST" else None)
        assert status == 400, (path, headers)


# Simulations

def simulate(one, **question):
    status, answer = api(one, "POST", "/api/simulations", question)
    assert status == 202, answer
    return answer["id"]


def ended(one, identifier):
    def look():
        status, told = api(one, "GET", f"/api/simulations/{identifier}")
        assert status == 200
        return (told["finished"] or told["cancelled"]) and told
    return one.wait(look, 30, "the simulation's end")


def test_a_simulation_is_that_of_the_command_line(playground, cli, catalog_file):
    identifier = simulate(playground, banner="limited", pulls=20000, seed=SEED)
    told = ended(playground, identifier)
    printed = cli("simulate", "limited", "--pulls", "20000", "--seed", SEED, "--catalog", catalog_file, "--json").json
    assert {**told["result"], "pulls_per_second": 0} == {**printed, "pulls_per_second": 0}
    assert (told["id"], told["banner"], told["pulls"], told["done"]) == (identifier, "limited", 20000, 20000)
    assert told["finished"] and not told["cancelled"]


def test_nobody_waits_for_a_simulation_and_it_can_be_cancelled(playground):
    identifier = simulate(playground, banner="limited", pulls=100_000_000, seed=SEED)
    slowest = 0
    for _ in range(50):
        began = time.monotonic()
        assert playground.http_get("/health")[0] == 200
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 0.5
    assert post(playground, interaction("gacha pull"))[0] == 200
    first = api(playground, "GET", f"/api/simulations/{identifier}")[1]
    assert 0 < first["done"] < first["pulls"] and not first["finished"] and first["result"] is None
    assert api(playground, "POST", "/api/simulations", {"banner": "plain", "pulls": 10})[0] == 409
    status, told = api(playground, "DELETE", f"/api/simulations/{identifier}")
    assert status == 200 and told["cancelled"] and not told["finished"] and told["result"] is None
    assert told["done"] >= first["done"]
    again = api(playground, "GET", f"/api/simulations/{identifier}")[1]
    assert again == told
    ended(playground, simulate(playground, banner="plain", pulls=10))
    assert api(playground, "GET", f"/api/simulations/{identifier}")[0] == 404


def test_a_simulation_does_not_keep_the_program_from_stopping(playground):
    simulate(playground, banner="limited", pulls=100_000_000)
    assert playground.stop(5) == 0


@pytest.mark.parametrize("question, status", [
    (b"", 400), ({"pulls": 10}, 400), ({"banner": "none", "pulls": 10}, 404), ({"banner": "limited"}, 400),
    ({"banner": "limited", "pulls": 0}, 400), ({"banner": "limited", "pulls": 1.5}, 400),
    ({"banner": "limited", "pulls": 100_000_001}, 400), ({"banner": "limited", "pulls": 1, "seed": "00"}, 400)])
def test_a_wrong_simulation_is_refused(playground, question, status):
    got, answer = api(playground, "POST", "/api/simulations", question)
    assert got == status and answer["error"]


@pytest.mark.parametrize("identifier", ["0", "0000000000000000", "x", "", "1/2"])
def test_an_unknown_simulation_is_a_404(playground, identifier):
    for method in ("GET", "DELETE"):
        assert api(playground, method, f"/api/simulations/{identifier}")[0] == 404


# Receipts

def receipts(one, player="42"):
    """Every line, from the newest, and how many pages they were."""
    lines, cursor, pages = [], "", 0
    while True:
        status, page = api(one, "GET", f"/api/receipts?player={player}" + (f"&before={cursor}" if cursor else ""))
        assert status == 200, page
        lines += page["lines"]
        pages += 1
        cursor = page["next"]
        if cursor is None:
            return lines, pages


def test_receipts_are_those_of_an_export(playground, cli, catalog_file, tmp_path):
    for number in range(70):
        assert post(playground, interaction("gacha pull", {"count": 10} if number % 3 == 0 else {}))[0] == 200
        if number in (10, 40):
            assert post(playground, interaction("fairness", {}, data={
                "id": "1", "name": "fairness", "type": 1,
                "options": [{"type": 5, "name": "rotate", "value": True}]}))[0] == 200
    lines, pages = receipts(playground)
    assert pages > 1
    path = tmp_path / "receipts.jsonl"
    exported = cli("export", path, env={"HOMU_STORE": f"sqlite:{playground.directory / 'store.db'}"})
    assert exported.code == 0, exported
    written = [line for line in path.read_text().splitlines() if not line.startswith('{"kind"')]
    assert lines[::-1] == written
    revealed = [json.loads(line) for line in lines if "seed" in json.loads(line)]
    assert {r["epoch"] for r in revealed} == {1, 2}
    assert [r["n"] for r in revealed if r["epoch"] == 2][::-1] == list(range(1, len([1 for r in revealed if r["epoch"] == 2]) + 1))
    verdict = game.verify(written, [game.Catalog.load(catalog_file)])
    assert verdict.ok


def test_a_player_without_receipts_has_none(playground):
    assert api(playground, "GET", "/api/receipts?player=7") == (200, {"lines": [], "next": None})


@pytest.mark.parametrize("query", ["", "?player=", "?player=x", "?player=1/2/3", "?player=ix%23123", "?player=42&before=x",
                                   "?player=42&before=-1", "?player=42&before=1-0", "?player=42%00"])
def test_a_wrong_question_for_receipts_is_refused(playground, query):
    assert playground.http("GET", f"/api/receipts{query}")[0] == 400


def test_receipts_while_the_store_is_in_use(playground):
    post(playground, interaction("gacha pull"))
    with store.locked(playground.directory):
        status, answer = api(playground, "GET", "/api/receipts?player=42")
        assert status == 200 and len(answer["lines"]) == 1 or status == 500 and answer["error"]
        assert playground.http_get("/health")[0] == 200


# Who may ask

PATHS = [("GET", "/"), ("GET", "/assets/index.html"), ("GET", "/api/commands"), ("GET", "/api/info"),
         ("GET", "/api/catalog"), ("POST", "/api/catalog/check"), ("POST", "/api/odds"), ("POST", "/api/simulations"),
         ("GET", "/api/simulations/0"), ("DELETE", "/api/simulations/0"), ("GET", "/api/receipts?player=42")]


@pytest.mark.parametrize("method, path", PATHS)
def test_another_host_or_origin_is_refused(playground, method, path):
    port = playground.http_port
    body = b"{}" if method == "POST" else None
    for headers in ({"Host": "evil.example"}, {"Host": f"192.168.1.9:{port}"}, {"Host": f"localhost.evil.example:{port}"},
                    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": f"http://127.0.0.1:{port + 1}"},
                    {"Origin": f"https://127.0.0.1:{port}"}):
        assert playground.http(method, path, body, headers=headers)[0] == 403, headers
    own = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    assert playground.http(method, path, body, headers=own)[0] not in (403, 405)


@pytest.mark.parametrize("method, path, allowed", [
    ("POST", "/", "GET"), ("POST", "/assets/index.html", "GET"), ("DELETE", "/api/info", "GET"), ("GET", "/api/odds", "POST"),
    ("PATCH", "/api/simulations/0", "GET, DELETE"), ("GET", "/api/simulations", "POST"), ("PUT", "/api/catalog", "GET")])
def test_another_method_is_a_405(playground, method, path, allowed):
    status, headers, _ = playground.http(method, path, b"{}" if method in ("POST", "PATCH", "PUT") else None)
    assert status == 405 and headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/api/", "/api/none", "/api/odds/", "/api"])
def test_what_is_not_there_is_a_404(playground, path):
    assert playground.http("GET", path)[0] == 404


def test_there_is_no_playground_beyond_loopback(bot):
    one = bot(arguments=["play"], HOMU_HTTP="0.0.0.0:0", HOMU_WEB_PASSWORD="sesame")
    one.wait_log("ready")
    for method, path in PATHS[1:]:
        assert one.http(method, path, b"{}" if method == "POST" else None)[0] in (401, 403), path
    assert one.http("POST", "/interactions", {})[0] == 403


def test_there_is_no_playground_at_the_other_doors(ready):
    one = ready[1]
    for method, path in PATHS[1:]:
        assert one.http(method, path, b"{}" if method == "POST" else None)[0] in (403, 404), path
    assert b"Discord" in one.http("GET", "/")[2]


# What it costs

def test_memory_stays_small_while_playing(playground):
    for number in range(200):
        post(playground, interaction("gacha pull", {"count": 10}, user=42 + number % 5,
                                     interaction_id=payload.snowflake(time.time() * 1000) + number))
    for path in ("/", "/api/info", "/api/commands", "/api/receipts?player=42"):
        playground.http("GET", path)
    api(playground, "POST", "/api/odds", {"banner": "limited", "counters": {"SSR": 74}})
    ended(playground, simulate(playground, banner="limited", pulls=200000))
    assert playground.rss_kb() < 8 * 1024
