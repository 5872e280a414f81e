"""The game through the gateway door: what people see and what is charged."""

import datetime
import json
import re
import threading

import pytest

from tests.oracles import catalogs, game
from tests.system import store

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture
def play(make_fake, bot, tmp_path):
    """play(catalog, **settings) -> (fake, program), READY and registered."""
    def go(raw=None, config=None, **settings):
        fake = make_fake(**(config or {}))
        path = catalogs.write(tmp_path / "catalog.json", raw or catalogs.base())
        one = bot(fake, HOMU_CATALOG=path, **settings)
        fake.wait_ready()
        fake.wait_registered()
        one.wait_log("ready")
        return fake, one
    return go


def numbers(text):
    """The integers that a text shows, thousands separators removed."""
    return [int(n.replace(",", "").replace("\u202f", "")) for n in
            re.findall(r"\d[\d,\u202f]*", text)]


def pulls_of(one, user):
    return store.Snapshot(one.directory).receipts(str(user))


def balance_of(one, user):
    return store.Snapshot(one.directory).ledger(str(user)).get(("balance", ""), 0)


# /gacha pull

def test_a_pull_shows_the_item_with_stars_pity_and_balance(play):
    fake, one = play()
    user = fake.new_user()
    answer = fake.command("gacha pull", user=user, locale="en-US")
    receipt, = pulls_of(one, user)
    assert receipt["result"] in answer.text
    rarity = next(i["rarity"] for i in catalogs.base()["items"] if i["id"] == receipt["result"])
    stars = {"SSR": 5, "SR": 4, "R": 3}[rarity]
    assert "★" * stars in answer.text and rarity in answer.text
    assert 1600000 - 160 in numbers(answer.text)
    assert not answer.ephemeral
    colors = {r["id"]: int(r["color"][1:], 16) for r in catalogs.base()["rarities"]}
    assert answer.message["embeds"][0]["color"] == colors[rarity]


def test_a_pull_is_charged_and_recorded_once(play):
    fake, one = play()
    user = fake.new_user()
    answer = fake.command("gacha pull", user=user)
    assert answer.kind == 4
    snapshot = store.Snapshot(one.directory)
    assert balance_of(one, user) == 1600000 - 160
    snapshot.check(str(user))
    assert len(snapshot.receipts(str(user))) == 1


def test_a_ten_pull_is_ten_draws_paid_together(play):
    fake, one = play()
    user = fake.new_user()
    answer = fake.command("gacha pull", {"count": 10}, user=user)
    receipts = pulls_of(one, user)
    assert [r["slot"] for r in receipts] == list(range(1, 11))
    assert len({r["interaction"] for r in receipts}) == 1
    assert balance_of(one, user) == 1600000 - 1600
    for receipt in receipts:
        assert receipt["result"] in answer.text
    ranks = {i["id"]: i["rarity"] for i in catalogs.base()["items"]}
    assert any(ranks[r["result"]] != "R" for r in receipts), "ten_pull promises an SR"
    store.Snapshot(one.directory).check(str(user))


def test_without_a_banner_the_first_open_one_is_meant(play):
    raw = catalogs.base()
    raw["banners"].insert(0, raw["banners"].pop(4))         # `over`
    raw["banners"].insert(1, raw["banners"].pop(5))         # `soon`
    fake, one = play(raw)
    user = fake.new_user()
    fake.command("gacha pull", user=user)
    assert pulls_of(one, user)[0]["banner"] == "limited"


@pytest.mark.parametrize("banner", ["limited", "rerun", "plain", "gala"])
def test_a_banner_may_be_named(play, banner):
    fake, one = play()
    user = fake.new_user()
    fake.command("gacha pull", {"banner": banner}, user=user)
    assert pulls_of(one, user)[0]["banner"] == banner


@pytest.mark.parametrize("banner", ["over", "soon", "none-such", "ssr-a"])
@pytest.mark.parametrize("locale", ["ja", "en-US"])
def test_a_banner_that_is_not_open_is_told_privately_and_free(play, banner, locale):
    fake, one = play()
    user = fake.new_user()
    answer = fake.command("gacha pull", {"banner": banner}, user=user, locale=locale)
    assert answer.ephemeral and bool(JAPANESE.search(answer.text.replace("旗", ""))) == (locale == "ja")
    assert "/gacha banners" in answer.text or "limited" in answer.text, "what to do next"
    assert not pulls_of(one, user)


def test_a_ten_pull_where_there_is_none_is_told_privately(play):
    fake, one = play()
    user = fake.new_user()
    answer = fake.command("gacha pull", {"banner": "plain", "count": 10}, user=user)
    assert answer.ephemeral and not pulls_of(one, user)


def test_too_little_currency_is_told_privately_and_free(play):
    raw = catalogs.base()
    raw["currency"]["start"] = 300
    fake, one = play(raw)
    user = fake.new_user()
    assert fake.command("gacha pull", user=user).message["embeds"]
    answer = fake.command("gacha pull", user=user)
    assert answer.ephemeral and "/daily" in answer.text
    assert len(pulls_of(one, user)) == 1 and balance_of(one, user) == 140
    store.Snapshot(one.directory).check(str(user))


def test_ten_pulls_are_all_or_none(play):
    raw = catalogs.base()
    raw["currency"]["start"] = 1599
    fake, one = play(raw)
    user = fake.new_user()
    assert fake.command("gacha pull", {"count": 10}, user=user).ephemeral
    assert not pulls_of(one, user) and balance_of(one, user) in (0, 1599)


def test_a_duplicate_gives_shards(play):
    fake, one = play()
    user = fake.new_user()
    for _ in range(4):
        answer = fake.command("gacha pull", {"count": 10}, user=user)
    snapshot = store.Snapshot(one.directory)
    snapshot.check(str(user))
    seen, shards = set(), 0
    worth = {r["id"]: r["shards"] for r in catalogs.base()["rarities"]}
    ranks = {i["id"]: i["rarity"] for i in catalogs.base()["items"]}
    for receipt in snapshot.receipts(str(user)):
        if receipt["result"] in seen:
            shards += worth[ranks[receipt["result"]]]
        seen.add(receipt["result"])
    assert shards > 0 and snapshot.users[str(user)]["shards"] == shards
    assert answer.text


def test_spark_points_count_every_draw_of_the_banner(play):
    fake, one = play()
    user = fake.new_user()
    fake.command("gacha pull", {"count": 10}, user=user)
    fake.command("gacha pull", user=user)
    fake.command("gacha pull", {"banner": "rerun"}, user=user)
    ledger = store.Snapshot(one.directory).ledger(str(user))
    assert ledger.get(("spark", "limited")) == 11


def test_pity_is_shared_within_a_group_and_shown(play):
    fake, one = play()
    user = fake.new_user()
    for banner in ("limited", "rerun", "limited", "plain"):
        answer = fake.command("gacha pull", {"banner": banner}, user=user, locale="en-US")
    receipts = pulls_of(one, user)
    for before, after in zip(receipts[:2], receipts[1:3]):
        assert after["before"] == before["after"]
    assert receipts[3]["before"]["n"] == {"SSR": 1, "SR": 1, "R": 1}
    answer = fake.command("gacha pull", user=user, locale="en-US")
    left = 90 - pulls_of(one, user)[-1]["after"]["n"]["SSR"] + 1
    assert left in numbers(answer.text) or 90 in numbers(answer.text)


def test_every_receipt_verifies_by_the_oracle(play):
    fake, one = play()
    user = fake.new_user()
    for _ in range(6):
        fake.command("gacha pull", {"count": 10}, user=user)
        fake.command("gacha pull", {"banner": "rerun"}, user=user)
    check_with_seed(fake, one, user)


def check_with_seed(fake, one, user):
    """Rotates the seed, adds it to the receipts and replays them all."""
    receipts = pulls_of(one, user)
    fake.command("fairness", {"rotate": True}, user=user)
    revealed = [d["revealed"] for d in store.Snapshot(one.directory).history[str(user)]
                if "revealed" in d]
    assert revealed[-1]["commit"] == receipts[-1]["commit"]
    lines = [json.dumps({**r, "seed": revealed[-1]["seed"]}, ensure_ascii=False) for r in receipts]
    verdict = game.verify(lines, [game.Catalog(catalogs.base())])
    assert verdict.ok and not verdict.unchecked, verdict.faults[:5]
    return lines


def test_the_programs_own_verifier_agrees(play, cli, tmp_path):
    fake, one = play()
    user = fake.new_user()
    for _ in range(3):
        fake.command("gacha pull", {"count": 10}, user=user)
    lines = check_with_seed(fake, one, user)
    path = tmp_path / "receipts.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = cli("verify", path, "--catalog", tmp_path / "catalog.json", "--json")
    assert result.code == 0 and result.json == {"ok": True, "receipts": 30, "unchecked": 0,
                                                "faults": []}


# Buttons

def test_pull_again_pulls_the_same_banner(play):
    fake, one = play()
    user = fake.new_user()
    first = fake.command("gacha pull", {"banner": "rerun"}, user=user)
    assert len(first.buttons) == 2
    second = fake.press(first, 0, user=user)
    third = fake.press(second, 1, user=user)
    receipts = pulls_of(one, user)
    assert [r["slot"] for r in receipts] == [0, 0] + list(range(1, 11))
    assert {r["banner"] for r in receipts} == {"rerun"}
    assert third.message["embeds"]


def test_a_strangers_button_is_refused_privately_and_free(play):
    fake, one = play()
    owner, stranger = fake.new_user(), fake.new_user()
    first = fake.command("gacha pull", user=owner)
    answer = fake.press(first, 0, user=stranger, locale="en-US")
    assert answer.ephemeral and re.search("/gacha pull|/help", answer.text) and answer.kind == 4
    assert len(pulls_of(one, owner)) == 1 and not pulls_of(one, stranger)


def test_no_ten_button_where_there_is_no_ten_pull(play):
    fake, _ = play()
    assert len(fake.command("gacha pull", {"banner": "plain"}).buttons) == 1


def test_a_button_of_a_banner_that_ended_says_so(play, bot, tmp_path):
    fake, one = play()
    user = fake.new_user()
    first = fake.command("gacha pull", user=user)
    last = fake.connections[-1].number
    assert one.stop() == 0
    raw = catalogs.base()
    raw["banners"][0]["end"] = "2021-01-01T00:00:00Z"
    second = bot(fake, HOMU_CATALOG=catalogs.write(tmp_path / "later.json", raw))
    fake.wait_ready(after=last)
    answer = fake.press(first, 0, user=user)
    assert answer.ephemeral and len(pulls_of(second, user)) == 1


# Delivery

def test_the_same_interaction_charges_once(play):
    fake, one = play()
    user = fake.new_user()
    pull = fake.interaction("gacha pull", {"count": 10}, user=user)
    pull.again().again()
    pull.wait()
    pull.again()
    fake.command("ping", user=user)
    assert len(pull.callbacks) == 1
    assert len(pulls_of(one, user)) == 10 and balance_of(one, user) == 1600000 - 1600


def test_the_same_interaction_charges_once_over_a_restart(play, bot, tmp_path):
    fake, one = play()
    user = fake.new_user()
    pull = fake.interaction("gacha pull", user=user)
    pull.wait()
    last = fake.connections[-1].number
    one.stop()
    second = bot(fake, HOMU_CATALOG=tmp_path / "catalog.json")
    conn = fake.wait_ready(after=last)
    # As if just made, so that age alone does not drop it.
    conn.dispatch("INTERACTION_CREATE", pull.body)
    fake.command("ping", user=user)
    assert len(pulls_of(second, user)) == 1 and len(pull.callbacks) == 1


def test_many_pulls_of_one_player_at_once_keep_their_order_and_sum(play):
    fake, one = play()
    user = fake.new_user()
    sent = [fake.interaction("gacha pull", user=user) for _ in range(60)]
    for pull in sent:
        pull.wait(20)
    snapshot = store.Snapshot(one.directory)
    snapshot.check(str(user))
    receipts = snapshot.receipts(str(user))
    assert [r["n"] for r in receipts] == list(range(1, 61))
    assert [r["interaction"] for r in receipts] == [p.id for p in sent]
    assert snapshot.users[str(user)]["balance"] == 1600000 - 60 * 160


def test_many_players_at_once(play):
    fake, one = play(config={"validate": False})
    users = [fake.new_user() for _ in range(50)]
    for k in range(6):
        sent = [fake.interaction("gacha pull", {"count": 10 if k % 3 == 0 else 1}, user=user)
                for user in users]
        for pull in sent:
            pull.wait(30)
    snapshot = store.Snapshot(one.directory)
    for user in users:
        snapshot.check(str(user))
        assert len(snapshot.receipts(str(user))) == 24


def test_more_at_once_than_can_be_worked_on_is_told_and_not_charged(play):
    fake, one = play(config={"validate": False})
    users = [fake.new_user() for _ in range(600)]
    sent = [fake.interaction("gacha pull", user=user, send=False) for user in users]

    def burst():
        for pull in sent:
            pull.deliveries, pull.sent_at = 1, 0
            fake.gateway.dispatch("INTERACTION_CREATE", pull.body, pull.guild_id)
    fake.run(burst)
    answers = [pull.wait(20) for pull in sent]
    snapshot = store.Snapshot(one.directory)
    for user, answer in zip(users, answers):
        assert len(snapshot.receipts(str(user))) == (0 if answer.ephemeral else 1), answer.text


def test_the_balance_cannot_be_overdrawn_by_haste(play):
    raw = catalogs.base()
    raw["currency"]["start"] = 480
    fake, one = play(raw)
    user = fake.new_user()
    sent = [fake.interaction("gacha pull", user=user) for _ in range(12)]
    answers = [pull.wait(20) for pull in sent]
    assert sum(1 for a in answers if not a.ephemeral) == 3
    assert balance_of(one, user) == 0
    store.Snapshot(one.directory).check(str(user))


def test_players_are_apart_by_server_when_asked(play):
    guilds = [800000000000000000, 800000000000000000 + (1 << 22)]
    fake, one = play(config={"guilds": guilds}, HOMU_SCOPE="guild")
    user = fake.new_user()
    for guild in guilds:
        fake.command("gacha pull", user=user, guild=guild)
    snapshot = store.Snapshot(one.directory)
    assert {f"{g}/{user}" for g in guilds} <= set(snapshot.users)
    assert str(user) not in snapshot.users
    for guild in guilds:
        snapshot.check(f"{guild}/{user}")


def test_a_direct_message_works(play):
    fake, one = play()
    user = fake.new_user()
    assert fake.command("gacha pull", user=user, guild=None).message["embeds"]
    assert len(pulls_of(one, user)) == 1


# The other commands

@pytest.mark.parametrize("locale, japanese", [("ja", True), ("en-US", False), ("en-GB", False),
                                              ("fr", False), ("ko", False)])
@pytest.mark.parametrize("command", ["ping", "help", "daily", "profile", "history", "gacha pull",
                                     "gacha banners"])
def test_every_command_speaks_the_callers_language(play, command, locale, japanese):
    fake, _ = play()
    answer = fake.command(command, locale=locale)
    text = re.sub("[品旗宝石]", "", answer.text)
    assert bool(JAPANESE.search(text)) == japanese, answer.text


def test_banners_show_rates_costs_and_what_is_open(play):
    fake, _ = play()
    answer = fake.command("gacha banners", locale="en-US")
    text = answer.text
    for shown in ("limited", "rerun", "plain", "gala", "0.6", "1,600", "160", "1.2345678"):
        assert shown in text, shown
    assert "over" not in text


def test_banners_show_your_own_pity(play):
    fake, one = play()
    user = fake.new_user()
    fake.command("gacha pull", user=user)
    while pulls_of(one, user)[-1]["after"]["n"]["SSR"] < 7:
        fake.command("gacha pull", user=user)
    left = 90 - pulls_of(one, user)[-1]["after"]["n"]["SSR"] + 1
    shown = fake.command("gacha banners", user=user, locale="en-US").text
    assert left in numbers(shown)
    assert left not in numbers(fake.command("gacha banners", locale="en-US").text)


def test_daily_is_given_once_a_day(play):
    fake, one = play()
    user = fake.new_user()
    first = fake.command("daily", user=user, locale="en-US")
    assert 160 in numbers(first.text)
    given = balance_of(one, user)
    second = fake.command("daily", user=user, locale="en-US")
    assert balance_of(one, user) == given
    assert second.text != first.text
    store.Snapshot(one.directory).check(str(user))
    # The next day begins at midnight in Tokyo.
    tokyo = datetime.timezone(datetime.timedelta(hours=9))
    midnight = datetime.datetime.now(tokyo).replace(hour=0, minute=0, second=0, microsecond=0) \
        + datetime.timedelta(days=1)
    assert f"<t:{int(midnight.timestamp())}" in second.text


def test_daily_twice_at_once_is_given_once(play):
    fake, one = play()
    user = fake.new_user()
    sent = [fake.interaction("daily", user=user) for _ in range(8)]
    for daily in sent:
        daily.wait()
    rows = [r for d in store.Snapshot(one.directory).history[str(user)] for r in d["ledger"]
            if r["reason"].startswith("daily") or r["reason"] == "streak"]
    assert sum(r["delta"] for r in rows) in (160, 320)
    store.Snapshot(one.directory).check(str(user))


def test_profile_shows_balance_collection_and_pity(play):
    fake, one = play()
    user = fake.new_user()
    fake.command("gacha pull", {"count": 10}, user=user)
    text = fake.command("profile", user=user, locale="en-US").text
    assert 1600000 - 1600 in numbers(text)
    kinds = len({r["result"] for r in pulls_of(one, user)})
    assert kinds in numbers(text)


def test_profile_of_another_changes_nothing(play):
    fake, one = play()
    user, other = fake.new_user(), fake.new_user()
    fake.command("gacha pull", user=other)
    answer = fake.command("profile", {"user": other}, user=user)
    assert 1600000 - 160 in numbers(answer.text)
    snapshot = store.Snapshot(one.directory)
    assert len(snapshot.receipts(str(other))) == 1 and not snapshot.receipts(str(user))


def test_profile_of_someone_who_never_played(play):
    fake, one = play()
    user, other = fake.new_user(), fake.new_user()
    assert fake.command("profile", {"user": other}, user=user).text
    assert str(other) not in store.Snapshot(one.directory).history


def test_history_lists_the_newest_first_and_pages(play):
    fake, one = play()
    user = fake.new_user()
    for _ in range(12):
        fake.command("gacha pull", user=user)
    newest = pulls_of(one, user)[-1]["result"]
    page = fake.command("history", user=user, locale="en-US")
    assert page.ephemeral and newest in page.text and page.buttons
    second = fake.press(page, 0, user=user, locale="en-US")
    assert second.text != page.text
    assert fake.press(page, 0, user=fake.new_user()).ephemeral


def test_history_of_a_new_player_says_what_to_do(play):
    fake, _ = play()
    answer = fake.command("history", locale="en-US")
    assert "/gacha pull" in answer.text or "/daily" in answer.text


def test_help_names_every_command(play):
    fake, _ = play()
    text = fake.command("help", locale="en-US").text
    for name in ("/gacha pull", "/gacha banners", "/daily", "/profile", "/history", "/ping"):
        assert name in text, name


def test_ping_is_private(play):
    fake, _ = play()
    assert fake.command("ping").ephemeral


def test_fairness_shows_the_commitment_before_any_pull(play):
    fake, one = play()
    user = fake.new_user()
    shown = re.findall(r"[0-9a-f]{64}", fake.command("fairness", user=user).text)
    fake.command("gacha pull", user=user)
    assert pulls_of(one, user)[0]["commit"] in shown


def test_the_built_in_catalog_plays(make_fake, bot):
    fake = make_fake()
    one = bot(fake)
    fake.wait_ready()
    fake.wait_registered()
    user = fake.new_user()
    answer = fake.command("gacha pull", user=user)
    assert answer.message["embeds"] and len(pulls_of(one, user)) == 1
    for command in ("gacha banners", "profile", "history", "daily", "help"):
        assert fake.command(command, user=user).text


def test_a_broken_catalog_stops_the_start_with_the_faults(bot, tmp_path):
    raw = catalogs.base()
    raw["banners"][0]["rates"]["SSR"] = "0.7%"
    one = bot(HOMU_CATALOG=catalogs.write(tmp_path / "broken.json", raw))
    one.expected = (1, 2)
    assert one.wait_exit(20) in (1, 2)
    text = one.errors.decode()
    assert "broken.json" in text and "catalog check" in text


def test_concurrent_use_from_threads_of_the_driver_is_sound(play):
    """Guards the tests' own driver: several threads may send at once."""
    fake, one = play()
    faults_seen = []

    def work(user):
        try:
            for _ in range(5):
                fake.command("gacha pull", user=user)
        except AssertionError as fault:
            faults_seen.append(fault)
    users = [fake.new_user() for _ in range(4)]
    threads = [threading.Thread(target=work, args=(u,)) for u in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults_seen
    assert all(len(pulls_of(one, u)) == 5 for u in users)
