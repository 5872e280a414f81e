"""discord.md, lines 16 to 18: interactions, the limits of messages, commands."""

import copy
import json
import time
import unicodedata

import pytest

from tests.fakes import checks, faults, payload
from tests.oracles import catalogs
from tests.system import store

COMMANDS = {"gacha", "daily", "profile", "history", "help", "ping"}


@pytest.fixture
def play(make_fake, bot, tmp_path):
    """play(catalog) -> (fake, program) with that catalog, READY and registered."""
    def go(raw=None, **config):
        fake = make_fake(**config)
        path = catalogs.write(tmp_path / "catalog.json", raw or catalogs.base())
        one = bot(fake, HOMU_CATALOG=path)
        fake.wait_ready()
        fake.wait_registered()
        one.wait_log("ready")
        return fake, one
    return go


# Line 16: three seconds

def test_l16_an_answer_comes_long_before_the_three_seconds(play):
    fake, _ = play()
    for command in ("ping", "gacha pull", "daily", "profile", "gacha banners", "history", "help"):
        answer = fake.command(command)
        assert answer.latency < 0.5 and not answer.deferred, command


def test_l16_a_slow_commit_is_deferred_and_then_edited(play):
    fake, one = play()
    fake.command("ping")
    with store.locked(one.directory):
        late = fake.interaction("gacha pull").wait_acknowledged(3.0)
        assert late.ack_kind == 5 and late.ack_at - late.sent_at < 2.9
        assert not late.history
    answer = late.wait(10)
    assert answer.deferred and answer.message["embeds"]
    assert fake.calls("PATCH", f"/webhooks/{fake.config.application_id}/{late.token}")
    assert len(late.history) == 1


def test_l16_a_slow_button_is_deferred_too(play):
    fake, one = play()
    user = fake.new_user()
    first = fake.command("gacha pull", user=user)
    with store.locked(one.directory):
        late = fake.interaction(click=first.buttons[0]["custom_id"], message=first.message, user=user)
        late.wait_acknowledged(3.0)
        assert late.ack_kind in (5, 6) and late.ack_at - late.sent_at < 2.9
    answer = late.wait(10)
    assert answer.message["embeds"]
    assert len(store.Snapshot(one.directory).interactions(str(user))) == 2


def test_l16_a_deferral_of_a_private_answer_is_private(play):
    fake, one = play()
    user = fake.new_user()
    fake.command("gacha pull", user=user)
    with store.locked(one.directory):
        late = fake.interaction("daily", user=user).wait_acknowledged(3.0)
    late.wait(10)
    assert late.ack_kind == 5


def test_l16_a_store_that_stays_locked_charges_nothing_and_says_so(play):
    fake, one = play()
    user = fake.new_user()
    fake.command("daily", user=user)
    with store.locked(one.directory):
        late = fake.interaction("gacha pull", user=user).wait_acknowledged(3.0)
        answer = late.wait(20)
    assert answer.text and one.running
    assert sum(store.Snapshot(one.directory).interactions(str(user)).values()) == 0
    assert fake.command("gacha pull", user=user).message["embeds"]


def test_l16_health_does_not_depend_on_a_locked_store(play):
    fake, one = play()
    fake.command("daily")
    with store.locked(one.directory):
        assert one.http_get("/health") == (200, {"status": "healthy"})


@pytest.mark.parametrize("age", [2.6, 10.0, 4000.0])
def test_l16_a_stale_interaction_is_dropped_and_not_charged(play, age):
    fake, one = play()
    user = fake.new_user()
    fake.command("daily", user=user)
    stale = fake.interaction("gacha pull", user=user, age_s=age)
    fake.command("ping", user=user)
    assert not stale.callbacks
    assert sum(store.Snapshot(one.directory).interactions(str(user)).values()) == 0


def test_l16_one_just_within_the_time_is_answered(play):
    fake, _ = play()
    young = fake.interaction("ping", age_s=1.5)
    assert young.wait().text


@pytest.mark.parametrize("skew", [-30.0, 30.0])
def test_l16_age_is_judged_by_discords_clock(play, skew):
    fake, one = play(clock_skew_s=skew)
    assert fake.command("gacha pull").message["embeds"]
    user = fake.new_user()
    stale = fake.interaction("gacha pull", user=user, age_s=5)
    fake.command("ping", user=user)
    assert not stale.callbacks
    assert str(user) not in store.Snapshot(one.directory).history


# Line 17: limits

LONG_JA = "とても長い名前の景品" * 60
ZWJ = "👩‍👩‍👧‍👦" * 80
COMBINING = "e\u0301\u0327" * 200
SURROGATES = "𠮷野家" * 150
FLAGS = "🇯🇵" * 120
VARIATION = "❤\ufe0f" * 300
MARKDOWN = "**_~`|>#@everyone <@1> [x](https://x.example) :smile: " * 8


def extreme(text):
    raw = catalogs.base()
    for number, item in enumerate(raw["items"]):
        item["name"] = {"ja": text, "en": text}
        item["text"] = {"ja": text * 5, "en": text * 5}
        item["emoji"] = "🎁"
    for number, banner in enumerate(raw["banners"]):
        banner["name"] = {"ja": text, "en": text}
    raw["currency"]["name"] = {"ja": text[:40], "en": text[:40]}
    return raw


@pytest.mark.parametrize("text", [LONG_JA, ZWJ, COMBINING, SURROGATES, FLAGS, VARIATION, MARKDOWN],
                         ids=["long", "zwj", "combining", "surrogates", "flags", "variation",
                              "markdown"])
@pytest.mark.parametrize("locale", ["ja", "en-US"])
def test_l17_long_texts_are_cut_within_the_limits(play, text, locale):
    fake, _ = play(extreme(text))
    user = fake.new_user()
    first = fake.command("gacha pull", {"count": 10}, user=user, locale=locale)
    for command in ("gacha banners", "profile", "history", "help", "daily"):
        fake.command(command, user=user, locale=locale)
    fake.press(first, 0, user=user, locale=locale)
    fake.interaction("gacha pull", {"banner": text[:3]}, autocomplete="banner", user=user,
                     locale=locale).wait()
    for body in [r.json for r in fake.calls("POST", "/callback")]:
        for value in strings(body):
            assert_whole(value)


def strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def assert_whole(text):
    """Nothing was cut in the middle of what belongs together."""
    for at, char in enumerate(text):
        if char != "…" or at == 0:
            continue
        before = text[at - 1]
        after = text[at + 1:at + 2]
        assert before not in "\u200d\u200c", "cut after a joiner"
        assert not (after and (unicodedata.combining(after) or after in "\ufe0f\ufe0e\u200d"))
        assert not 0xD800 <= ord(before) <= 0xDFFF
        # A flag is two regional indicators; an odd run before the cut is half a flag.
        run = 0
        while at - 1 - run >= 0 and 0x1F1E6 <= ord(text[at - 1 - run]) <= 0x1F1FF:
            run += 1
        assert run % 2 == 0, "cut in the middle of a flag"


def test_l17_many_banners_and_items_fit(play):
    raw = catalogs.base()
    raw["items"] += [catalogs.item(f"{'r' * 50}-{n}", "R") for n in range(400)]
    raw["banners"] = [catalogs.banner(f"{'b' * 58}-{n:04}", pity=copy.deepcopy(
        catalogs.WORKED_PITY), pity_group=f"g{n}") for n in range(60)]
    fake, _ = play(raw)
    user = fake.new_user()
    assert fake.command("gacha banners", user=user).text
    assert fake.command("profile", user=user).text
    choices = fake.interaction("gacha pull", {"banner": ""}, autocomplete="banner",
                               user=user).wait().choices
    assert len(choices) == 25
    pull = fake.command("gacha pull", {"banner": choices[-1]["value"]}, user=user)
    assert all(len(b["custom_id"]) <= 100 for b in pull.buttons)
    assert fake.press(pull, 0, user=user).message["embeds"]


def test_l17_a_custom_id_of_ids_of_64_characters_fits(play):
    raw = catalogs.base()
    raw["banners"] = [catalogs.banner("b" + "9" * 63, pity=catalogs.WORKED_PITY)]
    fake, _ = play(raw)
    user = 2 ** 63 - 1
    pull = fake.command("gacha pull", {"count": 10}, user=user)
    assert pull.buttons and all(len(b["custom_id"]) <= 100 for b in pull.buttons)
    assert fake.press(pull, 0, user=user).message["embeds"]


def test_l17_custom_ids_do_not_name_items_or_banners(play):
    fake, _ = play()
    pull = fake.command("gacha pull")
    for button in pull.buttons:
        assert "limited" not in button["custom_id"]


@pytest.mark.parametrize("change", ["cut", "flip", "owner", "swap", "empty", "long", "binary"])
def test_l17_a_forged_custom_id_does_nothing(play, change):
    fake, one = play()
    user, other = fake.new_user(), fake.new_user()
    pull = fake.command("gacha pull", user=user)
    real = pull.buttons[0]["custom_id"]
    forged = {"cut": real[:-1], "flip": real[:-1] + ("A" if real[-1] != "A" else "B"),
              "owner": real.replace(str(user), str(other)), "swap": real[::-1], "empty": "x",
              "long": "x" * 100, "binary": "あ" * 30}[change]
    answer = fake.interaction(click=forged, message=pull.message, user=other).wait()
    assert answer.text
    snapshot = store.Snapshot(one.directory)
    assert sum(snapshot.interactions(str(other)).values()) == 0
    assert sum(snapshot.interactions(str(user)).values()) == 1


def test_l17_the_mac_has_128_bits(play):
    fake, _ = play()
    macs = {fake.command("gacha pull").buttons[0]["custom_id"].rsplit(".", 1)[-1]
            for _ in range(3)}
    assert len(macs) == 3 and all(len(m) >= 22 for m in macs)


def test_l17_a_button_outlives_a_restart(play, bot, tmp_path):
    fake, one = play()
    user = fake.new_user()
    pull = fake.command("gacha pull", user=user)
    last = fake.connections[-1].number
    assert one.stop() == 0
    bot(fake, HOMU_CATALOG=tmp_path / "catalog.json")
    fake.wait_ready(after=last)
    assert fake.press(pull, 0, user=user).message["embeds"]


# Line 18: commands

def test_l18_commands_are_registered_after_ready_with_localisations(ready):
    fake, _ = ready
    known = fake.wait_registered()
    assert COMMANDS <= set(known)
    put = fake.calls("PUT", "/commands")[0]
    assert put.at > fake.connections[0].ready_at
    for command in put.json:
        walk(command, True)


def walk(node, top):
    assert node["description_localizations"]["ja"], node["name"]
    assert node["description"].isascii()
    if top:
        assert node["contexts"] and node["integration_types"]
        assert "default_member_permissions" in node
    for option in node.get("options") or []:
        walk(option, False)
    for choice in node.get("choices") or []:
        assert choice["name_localizations"]["ja"]


def test_l18_gacha_pull_offers_banner_with_completion_and_1_or_10(ready):
    fake, _ = ready
    gacha = fake.wait_registered()["gacha"]
    pull = next(o for o in gacha["options"] if o["name"] == "pull")
    options = {o["name"]: o for o in pull["options"]}
    assert options["banner"]["autocomplete"] is True
    assert [c["value"] for c in options["count"]["choices"]] == [1, 10]
    assert not any(o.get("required") for o in options.values())


def test_l18_nothing_is_written_when_nothing_differs(ready, bot):
    fake, one = ready
    last = fake.connections[-1].number
    assert one.stop() == 0
    bot(fake)
    fake.wait_ready(after=last)
    fake.wait_requests("GET", "/commands", 2, 20)
    fake.command("ping")
    assert len(fake.calls("PUT", "/commands")) == 1
    asked = fake.calls("GET", "/commands")[-1]
    assert ("with_localizations", "true") in asked.query


@pytest.mark.parametrize("change", ["removed", "added", "description", "localisation", "option",
                                    "choice", "contexts"])
def test_l18_whatever_differs_is_written_again(ready, bot, change):
    fake, one = ready
    key = next(k for k, c in fake.rest.commands.items() if c["name"] == "gacha")
    stored = fake.rest.commands[key]
    if change == "removed":
        del fake.rest.commands[key]
    elif change == "added":
        fake.rest.commands[(None, "5")] = {**copy.deepcopy(stored), "id": "5", "name": "other"}
    elif change == "description":
        stored["description"] = "Something else"
    elif change == "localisation":
        stored["description_localizations"] = {"ja": "別のもの"}
    elif change == "option":
        stored["options"].pop()
    elif change == "choice":
        stored["options"][0]["options"][1]["choices"].pop()
    elif change == "contexts":
        stored["contexts"] = [0]
    last = fake.connections[-1].number
    assert one.stop() == 0
    bot(fake)
    fake.wait_ready(after=last)
    fake.wait_requests("PUT", "/commands", 2, 20)
    assert set(fake.wait_registered()) == {c["name"] for c in fake.calls("PUT", "/commands")[0].json}


def test_l18_fields_that_discord_adds_are_no_difference(ready, bot):
    fake, one = ready
    for stored in fake.rest.commands.values():
        stored.update({"dm_permission": False, "nsfw": False, "handler": 1, "new_thing": [1]})
    last = fake.connections[-1].number
    assert one.stop() == 0
    bot(fake)
    fake.wait_ready(after=last)
    fake.wait_requests("GET", "/commands", 2, 20)
    fake.command("ping")
    assert len(fake.calls("PUT", "/commands")) == 1


def test_l18_a_command_that_this_version_lacks_is_told_politely(ready):
    fake, one = ready
    data = {"id": "5", "name": "from-the-future", "type": 1}
    answer = fake.interaction(data=data).wait()
    assert answer.ephemeral and answer.text
    data = {"id": "5", "name": "gacha", "type": 1, "options": [{"type": 1, "name": "juggle"}]}
    assert fake.interaction(data=data).wait().ephemeral
    assert one.running


def test_l18_options_that_this_version_did_not_offer_charge_nothing(ready):
    fake, one = ready
    user = fake.new_user()
    fake.command("daily", user=user)
    for options in ([{"type": 4, "name": "count", "value": 7}],
                    [{"type": 4, "name": "count", "value": -1}],
                    [{"type": 4, "name": "count", "value": 10 ** 15}],
                    [{"type": 3, "name": "count", "value": "ten"}],
                    [{"type": 3, "name": "banner", "value": "no-such"}],
                    [{"type": 3, "name": "banner", "value": ""}]):
        data = {"id": "5", "name": "gacha", "type": 1,
                "options": [{"type": 1, "name": "pull", "options": options}]}
        answer = fake.interaction(data=data, user=user).wait()
        assert answer.text
        if options[0]["value"] != "":
            assert answer.ephemeral, options
    assert sum(store.Snapshot(one.directory).interactions(str(user)).values()) <= 1


def test_l18_a_modal_that_nobody_opened_is_no_crash(ready):
    fake, one = ready
    fake.interaction(kind=5, forged=True, data={"custom_id": "x", "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "y", "value": "z"}]}]})
    fake.command("ping")
    assert one.running


def test_l18_autocompletion_finds_banners_by_their_names(play):
    fake, _ = play()
    one = fake.interaction("gacha pull", {"banner": "lim"}, autocomplete="banner", locale="en-US")
    assert "limited" in json.dumps(one.wait().choices)
    none = fake.interaction("gacha pull", {"banner": "zzzz"}, autocomplete="banner").wait()
    assert none.kind == 8 and none.choices == []
    whole = fake.interaction("gacha pull", {"banner": ""}, autocomplete="banner").wait()
    offered = json.dumps(whole.choices)
    assert "rerun" in offered and "over" not in [c["value"] for c in whole.choices]
    assert all(checks.units(c["name"]) <= 100 for c in whole.choices)


def test_l18_autocompletion_while_the_store_is_locked_still_answers(play):
    fake, one = play()
    fake.command("daily")
    with store.locked(one.directory):
        answer = fake.interaction("gacha pull", {"banner": ""}, autocomplete="banner").wait(3)
    assert answer.choices


# An answer that did not arrive

def test_l16_an_answer_that_was_lost_is_told_with_the_next_one(play):
    fake, one = play()
    user = fake.new_user()
    fake.command("daily", user=user)
    fake.faults.add("POST */callback", faults.status(404, {"message": "Unknown interaction",
                                                           "code": 10062}))
    lost = fake.interaction("gacha pull", user=user)
    fake.wait(lambda: any(lost.id in r.path and r.status for r in fake.requests), 5, "the 404")
    following = fake.command("profile", user=user)
    result = store.Snapshot(one.directory).receipts(str(user))[0]["result"]
    shown = json.dumps([following.message] + [m for i in fake.rest.interactions.values()
                                              for m in i.messages.values()], ensure_ascii=False)
    assert result in shown, "the lost result is told (names in this catalog carry the id)"
    again = fake.command("profile", user=user)
    assert result not in json.dumps(again.message.get("embeds", [])[1:], ensure_ascii=False)


def test_l16_snowflakes_in_the_future_are_no_stale_ones(play):
    fake, _ = play()
    ahead = fake.interaction("ping", interaction_id=payload.snowflake(time.time() * 1000 + 900))
    assert ahead.wait().text
