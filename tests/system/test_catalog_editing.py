"""Administrators edit the catalog: forms, files, drafts, revisions; at the playground's HTTP door."""

import base64
import csv
import io
import json
import time

import pytest

from tests.fakes import openapi, payload
from tests.oracles import catalogs
from tests.system import store
from tests.system.test_http import interaction, post_files

ADMINISTRATOR = "8"
BOB, ANN = 43, 42
HEADER = "id,rarity,name_ja,name_en,text_ja,text_en,emoji,image,price"


class Door:
    """Asks as a member of a server; `admin` says with which permissions."""

    def __init__(self, one, user=ANN, admin=True, guild=800000000000000000, locale="en-US"):
        self.one, self.user, self.admin, self.guild, self.locale = one, user, admin, guild, locale

    def send(self, kind, data, user=None):
        body = interaction("x", kind=kind, user=user or self.user, data=data, locale=self.locale)
        body["guild_id"] = body["guild"]["id"] = str(self.guild)
        body["member"]["permissions"] = ADMINISTRATOR if self.admin else "0"
        status, answer, files = post_files(self.one, body)
        assert status == 200
        return Answer(self, answer, files)

    def command(self, path, user=None, files=None, **options):
        words = path.split()
        kinds = {bool: 5, int: 4, str: 3}
        listed = [{"type": kinds[type(v)], "name": k, "value": v} for k, v in options.items()]
        resolved = {}
        for name, (filename, content) in (files or {}).items():
            listed.append({"type": 11, "name": name, "value": "77"})
            encoded = base64.b64encode(content).decode()
            resolved = {"attachments": {"77": {"id": "77", "filename": filename, "size": len(content),
                                               "content_type": "text/plain",
                                               "url": f"data:text/plain;base64,{encoded}"}}}
        for depth, word in enumerate(reversed(words[1:])):
            listed = [{"type": 1 if depth == 0 else 2, "name": word, "options": listed}]
        data = {"id": "1", "name": words[0], "type": 1, "options": listed}
        if resolved:
            data["resolved"] = resolved
        return self.send(2, data, user)

    def give(self, filename, content):
        content = content if isinstance(content, bytes) else content.encode()
        return self.command("admin catalog import", files={"file": (filename, content)})


class Answer:
    def __init__(self, door, body, files):
        self.door, self.body, self.files = door, body, files
        self.kind, self.data = body["type"], body.get("data", {})

    @property
    def text(self):
        """Of everything, without the escapes of Markdown."""
        return json.dumps(self.data, ensure_ascii=False).replace("\\\\", "")

    @property
    def private(self):
        return self.data.get("flags", 0) & 64 != 0

    @property
    def parts(self):
        return [c for row in self.data.get("components", []) for c in row.get("components") or [row["component"]]]

    def press(self, label, door=None):
        found, = [c for c in self.parts if c["type"] == 2 and label in c["label"]]
        return (door or self.door).send(3, {"component_type": 2, "custom_id": found["custom_id"]})

    def choose(self, value):
        found, = [c for c in self.parts if c["type"] == 3]
        return self.door.send(3, {"component_type": 3, "custom_id": found["custom_id"], "values": [value]})

    @property
    def inputs(self):
        assert self.kind == 9, self.body
        return {c["custom_id"]: c.get("value", "") for c in self.parts}

    def submit(self, **inputs):
        filled = {**self.inputs, **inputs}
        rows = [{"type": 18, "id": n, "component": {"type": 4, "id": 9 + n, "custom_id": k, "value": v}}
                for n, (k, v) in enumerate(filled.items())]
        return self.door.send(5, {"custom_id": self.data["custom_id"], "components": rows})


@pytest.fixture
def make(bot, tmp_path):
    def go(raw=None, **settings):
        path = catalogs.write(tmp_path / "catalog.json", raw or catalogs.base())
        one = bot(HOMU_CATALOG=path, **settings)
        one.wait_log("ready")
        return one
    return go


@pytest.fixture
def admin(make):
    return Door(make())


def exported(door, fmt="json"):
    (_, content), = door.command("admin catalog export", format=fmt).files.items()
    return content


def in_force(door):
    return json.loads(exported(door))


def entry(raw, kind, identifier):
    return next(e for e in raw[kind] if e["id"] == identifier)


def published(answer):
    done = answer.press("Publish now")
    assert done.kind == 7 and "Published" in done.text, done.body
    return done


# Who may

@pytest.mark.parametrize("path", ["item", "banner", "export", "revisions"])
def test_only_administrators_may(make, path):
    answer = Door(make(), admin=False).command("admin catalog " + path)
    assert answer.private and "permission" in answer.text and not answer.files and answer.kind == 4


def test_a_button_needs_the_permission_too(admin):
    offer = admin.give("items.csv", "id,price\nssr-a,999\n")
    answer = offer.press("Publish now", Door(admin.one, admin=False))
    assert "permission" in answer.text and entry(in_force(admin), "items", "ssr-a")["price"] == 180


def test_ids_are_completed_for_administrators_alone(admin):
    data = {"id": "1", "name": "admin", "type": 1, "options": [{"type": 2, "name": "catalog", "options": [
        {"type": 1, "name": "retire", "options": [{"type": 3, "name": "id", "value": "ssr", "focused": True}]}]}]}
    assert {c["value"] for c in admin.send(4, data).data["choices"]} == {"ssr-a", "ssr-b", "ssr-c"}
    assert not Door(admin.one, admin=False).send(4, data).data["choices"]


# Items

def test_a_new_item_is_drafted_shown_and_published(admin):
    form = admin.command("admin catalog item")
    offer = form.submit(id="ssr-d", rarity="SSR", name_ja="新しい品", name_en="Newcomer",
                        details="text_ja: 一行目\\n二行目\ntext_en: one\\ntwo\nemoji: 🎐\nprice：200")
    assert offer.private and "ssr-d" in offer.text and "Newcomer" in offer.text
    assert "plain" in offer.text and "×" in offer.text, "the odds that change"
    assert "ssr-d" not in exported(admin).decode(), "nothing has changed yet"
    published(offer)
    made = entry(in_force(admin), "items", "ssr-d")
    assert made == {"id": "ssr-d", "rarity": "SSR", "name": {"ja": "新しい品", "en": "Newcomer"},
                    "text": {"ja": "一行目\n二行目", "en": "one\ntwo"}, "emoji": "🎐", "price": 200}


def test_a_form_without_a_change_changes_nothing(admin):
    for kind, identifier in (("item", "r-c"), ("banner", "limited"), ("banner", "gala"), ("banner", "rerun")):
        answer = admin.command("admin catalog " + kind, id=identifier).submit()
        assert answer.private and "changes nothing" in answer.text, (identifier, answer.body)


def test_an_item_is_edited_and_its_place_kept(admin):
    before = in_force(admin)
    published(admin.command("admin catalog item", id="sr-b").submit(details="price: 55"))
    after = in_force(admin)
    entry(before, "items", "sr-b")["price"] = 55
    assert after == before


def test_faults_of_an_item_are_told_at_once_and_nothing_is_kept(admin):
    answer = admin.command("admin catalog item").submit(
        id="new", rarity="SSR", name_ja="あ", name_en="a", details="price: -3\ncolour: red\nnonsense")
    assert answer.private and not answer.parts
    for words in ("Line 1", "Line 2", "Line 3", "range", "unknown_key", "form"):
        assert words in answer.text
    answer = admin.command("admin catalog item").submit(
        id="bad id", rarity="UR", name_ja="あ", name_en="a", details="image: http://x")
    for words in ("**id**", "unknown_rarity", "image"):
        assert words in answer.text, answer.body
    assert "exists already" in admin.command("admin catalog item").submit(
        id="ssr-a", rarity="SSR", name_ja="あ", name_en="a").text


# Banners

RULES = "hard SSR: 80\nhard SR：10\nsoft_from SSR: 70\nsoft_step SSR: 5％\nrate_up SSR: ssr-a、ssr-b\nshare SSR: 50\n" \
        "guarantee SSR: はい\nten_pull: SR\nspark: ssr-a\nspark_cost: 200\npity_group: summer\n" \
        "pool: ssr-a ssr-b, ssr-c\tsr-a r-a".replace("\t", " ")


def test_a_new_banner_is_made_of_lines(admin):
    form = admin.command("admin catalog banner")
    offer = form.submit(id="summer", names="ja: 夏\nen: Summer", rates="SSR 1%、SR: 9\nR=90%",
                        times="start: 2026-07-01 18:00\nend: 2099-08-01\ncost: 120\ncost10: 1100", rules=RULES)
    assert "pulls on average" in offer.text, offer.body
    published(offer)
    assert entry(in_force(admin), "banners", "summer") == {
        "id": "summer", "name": {"ja": "夏", "en": "Summer"}, "start": "2026-07-01T18:00:00+09:00",
        "end": "2099-08-01T00:00:00+09:00", "cost": {"1": 120, "10": 1100},
        "rates": {"SSR": "1%", "SR": "9%", "R": "90%"},
        "pity": {"SSR": {"hard": 80, "soft_from": 70, "soft_step": "5%"}, "SR": {"hard": 10}},
        "pity_group": "summer", "rate_up": {"SSR": {"items": ["ssr-a", "ssr-b"], "share": "50%", "guarantee": True}},
        "ten_pull": "SR", "spark": {"cost": 200, "items": ["ssr-a"]},
        "pool": ["ssr-a", "ssr-b", "ssr-c", "sr-a", "r-a"]}


@pytest.mark.parametrize("change, words", [
    ({"rates": "SSR 1%, SR 5%, R 93%"}, ["sum", "/rates"]),
    ({"rates": "SSR much"}, ["decimal", "Line 1"]),
    ({"times": "start: soon\ncost: x\ncost10: 5"}, ["time", "Line 1", "type", "Line 2"]),
    ({"times": "cost: 5"}, ["missing", "start"]),
    ({"times": "start: 2026-01-02\nend: 2026-01-01\ncost: 5"}, ["order"]),
    ({"rules": "hard UR: 5"}, ["unknown_rarity"]),
    ({"rules": "hard SSR: 5\nhard SSR: 6"}, ["duplicate", "Line 2"]),
    ({"rules": "rate_up SSR: ssr-a\nshare SSR: 0%"}, ["range"]),
    ({"rules": "rate_up SSR: ssr-a\nshare SSR: 50%\nguarantee SSR: perhaps"}, ["type", "Line 3"]),
    ({"rules": "spark: nobody\nspark_cost: 5"}, ["unknown_item"]),
    ({"rules": "mercy: yes"}, ["unknown_key", "pool"]),
    ({"names": "ja: 夏"}, ["missing", "en"]),
])
def test_faults_of_a_banner_are_told(admin, change, words):
    answer = admin.command("admin catalog banner", id="plain").submit(**change)
    assert answer.private and not answer.parts
    for word in words:
        assert word in answer.text, answer.body


# Retiring

def test_a_retired_item_is_drawn_nowhere_and_stays(make):
    raw = catalogs.base()
    raw["items"].append(catalogs.item("ssr-e", "SSR"))
    admin = Door(make(raw))
    published(admin.command("admin catalog retire", id="ssr-b"))
    after = in_force(admin)
    assert entry(after, "items", "ssr-b") == entry(raw, "items", "ssr-b")
    left = [i["id"] for i in raw["items"] if i["id"] != "ssr-b"]
    for banner in after["banners"]:
        assert "ssr-b" not in json.dumps({k: v for k, v in banner.items() if k != "id"})
        assert banner["pool"] == (["r-c", "sr-b", "ssr-a", "r-a"] if banner["id"] == "gala" else left)
    limited = entry(after, "banners", "limited")
    assert "spark" not in limited and list(limited["rate_up"]) == ["SR"], "what would be empty is left out"
    assert "No banner gives" in admin.command("admin catalog retire", id="ssr-b").text


def test_an_item_whose_place_nothing_takes_cannot_be_retired(admin):
    answer = admin.command("admin catalog retire", id="ssr-b")
    assert "**others**" in answer.text and "/banners/1/rate_up" in answer.text and not answer.parts


def test_the_last_item_of_a_rarity_cannot_be_retired(make):
    raw = catalogs.base()
    raw["items"] = [i for i in raw["items"] if i["id"] not in ("ssr-b", "ssr-c")]
    raw["banners"] = [b for b in raw["banners"] if b["id"] == "plain"]
    answer = Door(make(raw)).command("admin catalog retire", id="ssr-a")
    assert "empty_rarity" in answer.text and not answer.parts


def test_a_retired_banner_ends_now_and_one_to_come_is_taken_out(admin):
    published(admin.command("admin catalog retire", id="plain"))
    assert "ended" in admin.command("gacha pull", banner="plain").text
    published(admin.command("admin catalog retire", id="soon"))
    assert "soon" not in [b["id"] for b in in_force(admin)["banners"]]
    for identifier, words in (("plain", "ended already"), ("nothing", "no such entry")):
        assert words in admin.command("admin catalog retire", id=identifier).text


# Files

def test_the_json_that_goes_out_comes_in_again(admin):
    content = exported(admin)
    assert "changes nothing" in admin.give("catalog.json", content).text
    raw = json.loads(content)
    raw["currency"]["daily"] = 161
    text = json.dumps(raw, ensure_ascii=False, indent=1)
    published(admin.give("catalog.json", text))
    assert exported(admin).decode() == text, "byte for byte"


def test_faults_of_a_file_have_lines_and_all_or_nothing_holds(admin):
    raw = in_force(admin)
    raw["items"][0]["rarity"] = "UR"
    raw["items"][3]["price"] = 0
    raw["currency"]["daily"] = 999
    answer = admin.give("catalog.json", json.dumps(raw, indent=1))
    assert "Nothing was changed" in answer.text and "/items/0/rarity" in answer.text and "/items/3/price" in answer.text
    assert "Line " in answer.text and in_force(admin)["currency"]["daily"] == 160
    assert "json" in admin.give("catalog.json", "{\"schema\":").text


FORMULAS = ["=1+1", "+81-3", "-5", "@SUM(A1)", "\ttab", "'=quoted", "'plain", "＝全角", "a,b", 'say "hi"', "line\nbreak"]


def test_the_table_that_goes_out_comes_in_again_and_holds_no_formula(make):
    raw = catalogs.base()
    for item, name in zip(raw["items"], FORMULAS):
        item["name"] = {"ja": name, "en": name}
    raw["items"][0]["text"] = {"ja": "=HYPERLINK(\"https://x\")", "en": "\r\nx"}
    admin = Door(make(raw))
    content = exported(admin, "csv")
    assert content.startswith(b"\xef\xbb\xbf" + HEADER.encode())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [r["id"] for r in rows] == [i["id"] for i in raw["items"]]
    for row in rows:
        for cell in row.values():
            assert not cell or cell[0] not in "=+-@\t\r\n＝＋－＠"
    assert "changes nothing" in admin.give("items.csv", content).text
    changed = content.decode("utf-8-sig").replace(",180\r\n", ",181\r\n")
    for text in (changed, "\ufeff" + changed, changed.rstrip("\r\n")):
        offer = admin.give("items.csv", text)
        assert "180 → 181" in offer.text
    published(offer)
    raw["items"][0]["price"] = 181
    assert in_force(admin) == raw


def test_a_table_adds_and_changes_and_leaves_the_rest_alone(admin):
    before = in_force(admin)
    published(admin.give("x.csv", "id,name_en,rarity,name_ja\r\nssr-a,Another,SSR,品\r\n\r\nr-z,Zed,R,ゼット\r\n"))
    after = in_force(admin)
    assert entry(after, "items", "ssr-a") == {**entry(before, "items", "ssr-a"), "name": {"ja": "品", "en": "Another"}}
    assert after["items"][-1] == {"id": "r-z", "rarity": "R", "name": {"ja": "ゼット", "en": "Zed"}}
    assert len(after["items"]) == len(before["items"]) + 1 and after["banners"] == before["banners"]


@pytest.mark.parametrize("table, words", [
    ("", ["empty"]),
    ("id;rarity\nx;y\n", ["column", "Line 1"]),
    ("rarity,price\nSSR,5\n", ["missing", "id"]),
    ("id,id\nx,y\n", ["duplicate"]),
    ("id,price\nssr-a,1\nssr-b,much\nssr-c,0\nssr-a,7\n", ["Line 3", "Line 4", "Line 5", "range", "duplicate", "3 to put right"]),
    ("id,rarity,name_ja,name_en\nnew,UR,あ,a\nbad id,SSR,い,i\n", ["Line 2", "unknown_rarity", "Line 3", "**id**"]),
    ("id,price\nssr-a\n", ["csv", "Line 2"]),
    ('id,name_en\nssr-a,"open\n', ["csv", "not closed", "Line 2"]),
    ('id,name_en\nssr-a,"a"b\n', ["csv", "Line 2"]),
    ("id,name_en\nnew,a\n", ["missing", "rarity", "name_ja"]),
    (b"id,name_ja\nssr-a,\x83\x65\n", ["encoding", "Line 2", "UTF-8"]),
])
def test_faults_of_a_table_are_told_by_its_lines(admin, table, words):
    before = exported(admin)
    answer = admin.give("items.csv", table)
    assert answer.private and not answer.parts
    for word in words:
        assert word in answer.text, answer.body
    assert exported(admin) == before


def test_japanese_words(make):
    door = Door(make(), locale="ja")
    assert "そのレアリティはありません" in door.give("x.csv", "id,rarity\nssr-a,UR\n").text
    assert "変更点の確認" in door.give("x.csv", "id,price\nssr-a,5\n").text
    assert "カタログの版" in door.command("admin catalog revisions").text


# Revisions

def test_two_administrators_at_once_one_wins_and_the_other_is_told(admin):
    bob = Door(admin.one, BOB)
    first = admin.give("a.csv", "id,price\nssr-a,11\n")
    second = bob.give("b.csv", "id,price\nssr-a,22\n")
    published(first)
    late = second.press("Publish now")
    assert late.private and f"<@{ANN}>" in late.text and "again" in late.text
    assert entry(in_force(admin), "items", "ssr-a")["price"] == 11
    assert "published already" in first.press("Publish now").text
    stranger = bob.give("b.csv", "id,price\nssr-a,22\n").press("Publish now", admin)
    assert "somebody else" in stranger.text


def test_a_draft_that_is_discarded_changes_nothing(admin):
    gone = admin.give("a.csv", "id,price\nssr-a,11\n").press("Discard")
    assert gone.kind == 7 and not gone.parts
    assert entry(in_force(admin), "items", "ssr-a")["price"] == 180


def test_a_publish_is_in_the_audit_with_who_and_what(admin):
    published(admin.give("a.csv", "id,price\nssr-a,11\n"))
    one, = store.Snapshot(admin.one.directory).history["audit#global"]
    assert (one["by"], one["action"], one["detail"]) == (str(ANN), "catalog", "~ssr-a")
    assert set(one) == {"at", "by", "action", "target", "reason", "detail"} and len(one["target"]) == 12


def test_running_banners_keep_their_odds_until_the_start_and_receipts_name_their_catalog(admin, cli, tmp_path):
    old = exported(admin)
    admin.command("gacha pull", banner="plain")
    raw = json.loads(old)
    entry(raw, "banners", "plain")["rates"] = {"SSR": "100%"}
    offer = admin.give("catalog.json", json.dumps(raw))
    start = int(time.time()) + 3
    planned = offer.choose(str(start))
    assert planned.kind == 7 and "Planned" in planned.text, planned.body
    admin.command("gacha pull", banner="plain")
    assert exported(admin) == old, "until then the old one is in force"
    assert "planned" in admin.give("a.csv", "id,price\nssr-a,11\n").text
    while time.time() < start + 0.1:
        time.sleep(0.1)
    new = exported(admin)
    assert json.loads(new) == raw
    admin.command("gacha pull", banner="plain")
    admin.command("fairness", rotate=True)
    receipts = store.Snapshot(admin.one.directory).receipts(str(ANN))
    assert receipts[2]["result"].startswith("ssr-")
    for name, text in (("old.json", old), ("new.json", new)):
        (tmp_path / name).write_bytes(text)
    checks = [cli("catalog", "check", tmp_path / n, "--json").json["sha256"] for n in ("old.json", "new.json")]
    assert [r["catalog"] for r in receipts] == [checks[0], checks[0], checks[1]]
    admin.one.stop()
    settings = {"HOMU_STORE": f"sqlite:{admin.one.directory / 'store.db'}"}
    assert cli("export", "all.jsonl", env=settings).code == 0
    both = cli("verify", "all.jsonl", "--catalog", "old.json", "--catalog", "new.json", "--json")
    assert both.code == 0 and (both.json["receipts"], both.json["unchecked"]) == (3, 0), both
    one = cli("verify", "all.jsonl", "--catalog", "old.json", "--json")
    assert one.code == 5 and one.json["unchecked"] == 1, one


def test_every_revision_is_listed_and_given_as_a_file(admin):
    old = exported(admin)
    published(admin.give("a.csv", "id,price\nssr-a,11\n"))
    new = exported(admin)
    listed = admin.command("admin catalog revisions")
    assert f"<@{ANN}>" in listed.text and "✅" in listed.text
    select, = [c for c in listed.parts if c["type"] == 3]
    texts = []
    for option in select["options"]:
        answer = listed.choose(option["value"])
        assert answer.private
        texts += answer.files.values()
    assert texts == [new, old]
    assert "not on the list" in listed.choose("12345").text


def test_what_is_planned_can_be_taken_back(admin):
    offer = admin.give("a.csv", "id,price\nssr-a,11\n")
    assert "passed" in offer.choose("17").text
    offer.choose(str(int(time.time()) + 3600))
    listed = admin.command("admin catalog revisions")
    assert "🕒" in listed.text
    assert "Taken back" in listed.press("Take back").text
    assert "not planned" in listed.press("Take back").text
    published(admin.give("a.csv", "id,price\nssr-a,12\n"))


def test_a_revision_outlives_a_restart_but_not_another_file(make, bot, tmp_path):
    one = make()
    published(Door(one).give("a.csv", "id,price\nssr-a,11\n"))
    one.kill9()
    again = Door(make())
    assert entry(in_force(again), "items", "ssr-a")["price"] == 11
    again.one.stop()
    raw = catalogs.base()
    raw["currency"]["daily"] = 170
    other = Door(make(raw))
    assert entry(in_force(other), "items", "ssr-a")["price"] == 180
    assert "do not count" in other.command("admin catalog revisions").text
    published(other.give("a.csv", "id,price\nssr-a,12\n"))
    assert entry(in_force(other), "items", "ssr-a")["price"] == 12


def test_with_accounts_by_server_each_has_a_catalog_of_its_own(make):
    one = make(HOMU_SCOPE="guild")
    here, there = Door(one), Door(one, guild=800000000000000001)
    published(here.give("a.csv", "id,price\nssr-a,11\n"))
    assert entry(in_force(here), "items", "ssr-a")["price"] == 11
    assert entry(in_force(there), "items", "ssr-a")["price"] == 180
    assert "audit#800000000000000000" in store.Snapshot(one.directory).history


def keeps_to_schema(answer):
    faults = openapi.load().check_request("POST", f"/interactions/{payload.snowflake(time.time() * 1000)}/t/callback", {},
                                          "application/json", answer.body)
    assert not faults, faults


@pytest.mark.skipif(openapi.load() is None, reason="needs ../shared/discord/openapi.json")
@pytest.mark.parametrize("locale", ["ja", "en-US"])
def test_everything_keeps_discords_limits_with_the_longest_names(make, locale):
    raw = catalogs.many_tiers()
    names = {r["id"]: r["id"] + "r" * 63 for r in raw["rarities"]}
    text = json.dumps(raw)
    for short, long in names.items():
        text = text.replace(f'"{short}"', f'"{long}"')
    raw = json.loads(text)
    for n, thing in enumerate(raw["items"] + raw["banners"]):
        thing["name"] = {"ja": "漢_" * 300, "en": "W*" * 600}
    raw["banners"] = [{**raw["banners"][0], "id": f"b{n}" + "x" * 62, "end": f"2099-01-0{n + 1}T00:00:00Z"} for n in range(9)]
    door = Door(make(raw), locale=locale)
    changed = json.loads(json.dumps(raw))
    for banner in changed["banners"]:
        (one, first), (two, second), *_ = banner["rates"].items()
        banner["rates"][one], banner["rates"][two] = second, first
    for thing in changed["items"]:
        thing["price"] = 7
    offer = door.give("catalog.json", json.dumps(changed, ensure_ascii=False))
    assert offer.parts, offer.body
    bad = json.loads(json.dumps(changed))
    for thing in bad["items"]:
        thing["rarity"] = "W" * 600
    done = offer.press("公開する" if locale == "ja" else "Publish now")
    for answer in (offer, done, door.give("catalog.json", json.dumps(bad, ensure_ascii=False)), door.command("admin catalog revisions"),
                   door.command("admin catalog item"), door.command("admin catalog banner"),
                   door.command("admin catalog item", id=raw["items"][0]["id"]),
                   door.command("admin catalog retire", id=raw["items"][0]["id"])):
        keeps_to_schema(answer)
        embeds = answer.data.get("embeds", [])
        assert sum(len(json.dumps(e, ensure_ascii=False)) for e in embeds) < 7000


@pytest.mark.skipif(openapi.load() is None, reason="needs ../shared/discord/openapi.json")
def test_forms_and_drafts_keep_to_discords_schema(admin):
    for answer in (admin.command("admin catalog item"), admin.command("admin catalog banner", id="limited"),
                   admin.give("a.csv", "id,price\nssr-a,11\n"), admin.command("admin catalog revisions")):
        keeps_to_schema(answer)
