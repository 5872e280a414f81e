"""Gifts, trades and purchases through the gateway door: what moves between people, and that nothing is lost or doubled."""

import re

import pytest

from tests.fakes import payload
from tests.oracles import catalogs
from tests.system import store
from tests.system.test_game import play  # noqa: F401 (a fixture)
from tests.system.test_http import interaction, post

COMPONENT = 3
ACCEPT, DECLINE, WITHDRAW = range(3)
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def inventory(one, user):
    document = store.Snapshot(one.directory).users.get(str(user), {"items": {}})
    return {name: item["count"] for name, item in document["items"].items() if item["count"]}


def balanced(one, *users):
    """The ledger's sums are the rows; what is in escrow is in neither."""
    snapshot = store.Snapshot(one.directory)
    for user in users:
        document, ledger = snapshot.users[str(user)], snapshot.ledger(str(user))
        owned = {name: item["count"] for name, item in document["items"].items() if item["count"]}
        assert owned == {name: count for (account, name), count in ledger.items() if account == "item"}
        assert document["balance"] == ledger.get(("balance", ""), 0)
        assert document["shards"] == ledger.get(("shards", ""), 0)


@pytest.fixture
def couple(play):  # noqa: F811
    """couple() -> (fake, program, one player, another), who have drawn 40 items each."""
    def go():
        fake, one = play()
        users = fake.new_user(), fake.new_user()
        for user in users:
            for _ in range(4):
                fake.command("gacha pull", {"count": 10}, user=user)
        return fake, one, *users
    return go


def most(one, user, without=None):
    """What the player has most of."""
    return max(((count, name) for name, count in inventory(one, user).items() if name != without))[1]


def totals(one, *users):
    out = {}
    for user in users:
        for name, count in inventory(one, user).items():
            out[name] = out.get(name, 0) + count
    return out


def offered(fake, one, maker, other, **more):
    give = most(one, maker)
    want = most(one, other, without=give)
    return give, want, fake.command("trade", {"user": other, "give": give, "want": want, **more}, user=maker)


@pytest.mark.parametrize("locale", ["ja", "en-US"])
def test_a_gift_moves_at_once_and_pings_the_other(couple, locale):
    fake, one, giver, other = couple()
    item, before = most(one, giver), totals(one, giver, other)
    had = inventory(one, other).get(item, 0)
    answer = fake.command("gift", {"user": other, "item": item, "count": 2}, user=giver, locale=locale)
    assert not answer.ephemeral and answer.data["allowed_mentions"]["users"] == [str(other)]
    assert bool(JAPANESE.search(answer.text.replace("品", ""))) == (locale == "ja")
    assert inventory(one, other)[item] == had + 2 and totals(one, giver, other) == before
    balanced(one, giver, other)


def test_a_trade_moves_when_the_other_accepts(couple):
    fake, one, maker, other = couple()
    before = totals(one, maker, other)
    give, want, offer = offered(fake, one, maker, other, give_count=2, want_count=2)
    mine, theirs = inventory(one, maker), inventory(one, other)
    assert not offer.ephemeral and offer.data["allowed_mentions"]["users"] == [str(other)]
    assert totals(one, maker, other)[give] == before[give] - 2
    balanced(one, maker, other)
    assert fake.press(offer, ACCEPT, user=maker).ephemeral
    assert fake.press(offer, ACCEPT, user=fake.new_user()).ephemeral
    done = fake.press(offer, ACCEPT, user=other)
    assert done.kind == 7 and not done.buttons
    assert inventory(one, maker)[want] == mine.get(want, 0) + 2
    assert inventory(one, other)[give] == theirs.get(give, 0) + 2
    assert totals(one, maker, other) == before
    balanced(one, maker, other)
    history = store.Snapshot(one.directory).history
    assert history[str(maker)][-1]["with"] == str(other) and history[str(other)][-1]["with"] == str(maker)


@pytest.mark.parametrize("button", [DECLINE, WITHDRAW])
def test_an_offer_that_ends_gives_back_all(couple, button):
    fake, one, maker, other = couple()
    before = inventory(one, maker)
    offer = offered(fake, one, maker, other, give_count=3)[2]
    ended = fake.press(offer, button, user=maker if button == WITHDRAW else other)
    assert ended.kind == 7 and not ended.buttons
    assert inventory(one, maker) == before
    balanced(one, maker, other)


def test_presses_at_once_end_an_offer_once(couple):
    fake, one, maker, other = couple()
    for _ in range(4):
        before, mine = totals(one, maker, other), inventory(one, maker)
        give, want, offer = offered(fake, one, maker, other)
        sent = [fake.interaction(click=offer.buttons[button]["custom_id"], message=offer.message,
                                 user=maker if button == WITHDRAW else other)
                for button in (ACCEPT, WITHDRAW, ACCEPT, DECLINE, WITHDRAW, ACCEPT)]
        answers = [press.wait(20) for press in sent]
        assert sum(1 for a in answers if a.kind == 7) == 1
        assert totals(one, maker, other) == before
        after = inventory(one, maker)
        assert after == mine or after.get(want, 0) == mine.get(want, 0) + 1
        balanced(one, maker, other)


def test_an_offer_outlives_kill_9(bot, tmp_path):
    path = catalogs.write(tmp_path / "catalog.json", catalogs.base())

    def start():
        one = bot(arguments=["play"], HOMU_CATALOG=path)
        one.wait_log("ready")
        return one
    one = start()
    for user in (42, 43):
        for _ in range(4):
            assert post(one, interaction("gacha pull", {"count": 10}, user=user))[0] == 200
    before = totals(one, 42, 43)
    give = most(one, 42)
    want = most(one, 43, without=give)
    body = interaction("trade", {"give": give, "want": want}, user=42)
    body["data"]["options"].append({"type": 6, "name": "user", "value": "43"})
    body["data"]["resolved"] = {"users": {"43": payload.event_user(43)}}
    offer = post(one, body)[1]
    one.kill9()
    one = start()
    button = offer["data"]["components"][0]["components"][ACCEPT]
    press = interaction("", user=43, kind=COMPONENT, data={"custom_id": button["custom_id"], "component_type": 2, "id": 2})
    status, answer = post(one, press)
    assert status == 200 and answer["type"] == 7
    again = post(one, press)[1]
    assert again == answer, "a repeated id gets its first answer"
    assert totals(one, 42, 43) == before
    balanced(one, 42, 43)


def test_offers_that_cannot_be_met_say_so_and_change_nothing(couple):
    fake, one, maker, other = couple()
    give, want, offer = offered(fake, one, maker, other, want_count=1000)
    before = totals(one, maker, other)
    answer = fake.press(offer, ACCEPT, user=other, locale="en-US")
    assert answer.ephemeral and "Nothing was given" in answer.text
    for options in ({"user": maker, "give": give, "want": want}, {"user": other, "give": "none-such", "want": want},
                    {"user": other, "give": give, "want": "none-such"}, {"user": other, "give": give, "want": give}):
        assert fake.command("trade", options, user=maker).ephemeral
    assert totals(one, maker, other) == before
    balanced(one, maker, other)


def choose(fake, answer, value, user):
    select, = [c for row in answer.message["components"] for c in row["components"] if c["type"] == 3]
    return fake.interaction(data={"custom_id": select["custom_id"], "component_type": 3, "id": 2, "values": [value]},
                            kind=COMPONENT, message=answer.message, user=user).wait(10)


def test_an_item_is_bought_once_however_often_yes_is_pressed(couple):
    fake, one, user, _ = couple()
    while store.Snapshot(one.directory).users[str(user)]["shards"] < 68:
        fake.command("gacha pull", {"count": 10}, user=user)
    shards, had = store.Snapshot(one.directory).users[str(user)]["shards"], inventory(one, user).get("sr-b", 0)
    listed = fake.command("exchange", user=user, locale="en-US")
    assert listed.ephemeral and "sr-b" in listed.text and "ssr-a" in listed.text and "ssr-b" not in listed.text
    question = choose(fake, listed, "sr-b", user)
    sent = [fake.interaction(click=question.buttons[0]["custom_id"], message=question.message, user=user) for _ in range(6)]
    answers = [press.wait(20) for press in sent]
    assert sum(1 for a in answers if a.kind == 7) == 1
    assert store.Snapshot(one.directory).users[str(user)]["shards"] == shards - 34
    assert inventory(one, user)["sr-b"] == had + 1
    balanced(one, user)


def test_spark_points_buy_an_item_and_become_shards_at_the_end(play, bot, tmp_path):  # noqa: F811
    raw = catalogs.base()
    raw["banners"][0]["spark"]["cost"] = 25
    fake, one = play(raw)
    user = fake.new_user()
    for _ in range(3):
        fake.command("gacha pull", {"count": 10}, user=user)
    had = inventory(one, user).get("ssr-b", 0)
    question = fake.command("exchange", {"item": "ssr-b", "with": "spark"}, user=user, locale="en-US")
    done = fake.press(question, 0, user=user)
    assert done.kind == 7 and inventory(one, user)["ssr-b"] == had + 1
    assert store.Snapshot(one.directory).ledger(str(user))[("spark", "limited")] == 5
    shards = store.Snapshot(one.directory).users[str(user)]["shards"]
    last = fake.connections[-1].number
    assert one.stop() == 0
    raw["banners"][0]["end"] = "2021-01-01T00:00:00Z"
    second = bot(fake, HOMU_CATALOG=catalogs.write(tmp_path / "later.json", raw))
    fake.wait_ready(after=last)
    fake.command("exchange", user=user)
    assert store.Snapshot(second.directory).users[str(user)]["shards"] == shards + 5
    assert ("spark", "limited") not in store.Snapshot(second.directory).ledger(str(user))
    balanced(second, user)


@pytest.mark.parametrize("locale", ["ja", "en-US"])
def test_a_collection_is_shown_marked_and_ranked(couple, locale):
    fake, one, user, other = couple()
    item = most(one, user)
    assert item in fake.command("inventory", user=user, locale=locale).text
    assert item in fake.command("inventory", {"user": user, "duplicates": True}, user=other, locale=locale).text
    shown = fake.command("item", {"name": item}, user=user, locale=locale)
    assert len(fake.press(shown, 1, user=user, locale=locale).buttons) == 2
    document = store.Snapshot(one.directory).users[str(user)]
    assert document["items"][item]["favourite"] is True
    assert item in fake.command("wish", {"item": item}, user=user, locale=locale).text
    board = fake.command("leaderboard", {"by": "pulls"}, user=user, locale=locale)
    assert f"<@{user}>" in board.text and f"<@{other}>" in board.text
    assert fake.command("leaderboard", {"show_me": False}, user=user, locale=locale).ephemeral
    board = fake.press(board, 0, user=user, locale=locale)
    assert f"<@{user}>" not in board.text and f"<@{other}>" in board.text
    balanced(one, user, other)
