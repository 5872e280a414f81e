"""The page's own verifier agrees with `homuhomu verify`: on 10,000 receipts of the program, and on forged ones."""

import collections
import json
import random

import pytest

from tests.browser.conftest import need
from tests.oracles import catalogs
from tests.system import program
from tests.system.test_http import interaction, post

RECEIPTS = 10_000
PLAYERS = 40
CHANGED = ("commit", "client_seed", "n", "slot", "banner", "catalog", "before", "result", "after", "at", "interaction",
           "chain", "seed", "epoch", "v", "left_out", "twice", "cut", "byte", "unordered")
PULLS = [("limited", 10)] * 2 + [("gala", 10), ("rerun", 10), ("plain", 1), ("limited", 1), ("rerun", 1)]
RUN = """async ([base, lines, catalog]) => {
    const { Begins, verify } = await import(base + '/assets/verifier.js');
    const { readCatalog } = await import(base + '/assets/game.js');
    try {
        return await verify(new TextEncoder().encode(lines), [await readCatalog(catalog)]);
    } catch (error) {
        if (!(error instanceof Begins)) throw error;
        return { begins: error.message };
    }
}"""


def command(one, user, name, **options):
    if options.get("rotate"):
        data = {"id": "1", "name": name, "type": 1, "options": [{"name": "rotate", "type": 5, "value": True}]}
        status, answer = post(one, interaction(name, data=data, user=user))
    else:
        status, answer = post(one, interaction(name, options, user=user))
    assert status == 200, answer
    return answer


def play_many(one):
    """Pulls of every kind on every open banner, with seeds of their own, rotated now and then."""
    chance, done = random.Random(5), 0

    def say(user, name, **options):
        assert command(one, user, name, **options)["type"] == 4
    users = range(1000, 1000 + PLAYERS)
    for user in users:
        say(user, "fairness")
    while done < RECEIPTS:
        user = chance.choice(users)
        if chance.random() < 0.02:
            say(user, "fairness", client_seed=chance.choice(["a|b", f"種 {done}", '"\\']))
        if chance.random() < 0.03:
            say(user, "fairness", rotate=True)
        banner, count = chance.choice(PULLS)
        say(user, "gacha pull", banner=banner, count=count)
        done += count
    for user in list(users)[1:]:
        say(user, "fairness", rotate=True)


def change(line, kind, chance):
    """What a forger, or a broken disk, may make of a receipt: a list of lines."""
    one = json.loads(line)
    if kind == "left_out":
        return []
    if kind == "twice":
        return [line, line]
    if kind == "byte":
        at = chance.randrange(len(line))
        return [line[:at] + chance.choice('09afz"{},: \\') + line[at + 1:]]
    if kind == "cut":
        one.pop(chance.choice(list(one)))
    elif kind == "unordered":
        one = dict(sorted(one.items()))
    elif kind in ("before", "after"):
        if chance.random() < 0.5:
            one[kind]["n"][chance.choice(["SSR", "SR", "R"])] += chance.choice([1, 9])
        else:
            one[kind]["flag"]["SSR"] = not one[kind]["flag"]["SSR"]
    elif kind in ("n", "slot", "epoch", "v"):
        one[kind] += chance.choice([1, -1, 2])
    elif kind == "client_seed":
        one[kind] = chance.choice(["x", "\x01", "é" * 32, "é" * 33])
    elif kind == "result":
        one[kind] = chance.choice(["ssr-a", "r-a", "sr-c", "nobody"])
    elif kind == "banner":
        one[kind] = chance.choice(["gala", "plain", "nowhere"])
    elif kind == "at":
        one[kind] = chance.choice(["2026-02-30T00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:01Z", "now"])
    elif kind in one:
        at = chance.randrange(len(one[kind]))
        one[kind] = one[kind][:at] + chance.choice("0123456789abcdefA") + one[kind][at + 1:]
    return [json.dumps(one, ensure_ascii=chance.random() < 0.5, separators=(",", ":"))]


@pytest.fixture
def export(play, cli, tmp_path):
    """(program, lines of its export, catalog): RECEIPTS receipts."""
    one = play(catalogs.base())
    play_many(one)
    file = tmp_path / "export.jsonl"
    assert cli("export", file, "--json", env={"HOMU_STORE": f"sqlite:{one.directory / 'store.db'}"}).code == 0
    return one, file.read_text(encoding="utf-8").splitlines(), tmp_path / "catalog.json"


def both(page, one, cli, tmp_path, lines, catalog):
    """What the page says, and what the program says, in the same words: ok, counts, faults by line."""
    file = tmp_path / "checked.jsonl"
    text = "\n".join(lines) + "\n"
    file.write_text(text, encoding="utf-8")
    found = page.evaluate(RUN, [f"http://127.0.0.1:{one.http_port}", text, catalog.read_text(encoding="utf-8")])
    ran = cli("verify", file, "--catalog", catalog, "--json")
    if "begins" in found:
        assert ran.code not in (0, 1, 5) or not ran.out, f"the page refused, the program did not: {found['begins']}"
        return None
    told = ran.json
    return [(said["ok"], said["receipts"], said["unchecked"],
             collections.Counter(fault["line"] for fault in said["faults"])) for said in (found, told)]


@pytest.mark.timeout(400)
def test_the_page_and_the_program_agree_on_ten_thousand_receipts(export, visit, cli, tmp_path):
    need(program.BIN.exists(), "not built")
    one, lines, catalog = export
    page = visit(one)
    page.set_default_timeout(300_000)
    page_says, program_says = both(page, one, cli, tmp_path, lines, catalog)
    assert page_says == program_says
    assert page_says[0] and page_says[1] >= RECEIPTS and 0 < page_says[2] < RECEIPTS / 10

    chance, changed, kinds = random.Random(11), [], iter(CHANGED * 1000)
    for line in lines:
        whole = '"kind"' in line[:12] or json.loads(line)["n"] == 1 or chance.random() > 0.04
        changed += [line] if whole else change(line, next(kinds), chance)
    page_says, program_says = both(page, one, cli, tmp_path, changed, catalog)
    assert page_says == program_says
    assert not page_says[0] and sum(page_says[3].values()) > 300


def test_a_file_that_begins_in_the_middle_is_refused_with_a_reason(play, visit):
    one = play(catalogs.base())
    for _ in range(2):
        command(one, 7, "gacha pull")
    lines = one.http_get("/api/receipts?player=7")[1]["lines"]
    second = next(line for line in lines if json.loads(line)["n"] == 2)
    page = visit(one)
    page.tab("verify")
    page.fill("#verify-text", second)
    page.click("text=Check this text")
    page.expect("#verify-answer").to_contain_text("begins in the middle")


def test_a_changed_receipt_is_found_and_named(play, visit):
    one = play(catalogs.base())
    command(one, 7, "gacha pull")
    command(one, 7, "fairness", rotate=True)
    receipt = json.loads(one.http_get("/api/receipts?player=7")[1]["lines"][0])
    receipt["result"] = "ssr-b" if receipt["result"] != "ssr-b" else "r-a"
    page = visit(one)
    page.tab("verify")
    page.fill("#verify-text", json.dumps(receipt))
    page.click("text=Check this text")
    page.expect("#verify-verdict").to_have_attribute("data-ok", "false")
    page.expect("#verify-answer .faults").to_contain_text("the chain is wrong")
    page.expect("#verify-answer .faults").to_contain_text("the seed gives")
