"""kill -9 at random instants: nothing is lost and nothing is doubled.

200 kills in all (HOMUHOMU_KILLS changes that), in series side by side, each with a fake, a
program and a store of its own. The seed is printed, so that a failure can be run again.
"""

import asyncio
import http.client
import json
import os
import random
import threading
import time

import pytest

from tests.fakes import payload, wire
from tests.oracles import catalogs, game
from tests.system import store

KILLS = int(os.environ.get("HOMUHOMU_KILLS", "200"))
AT_THE_GATEWAY = KILLS * 4 // 5
SERIES = 16             # at the gateway door, at once; they mostly wait between two IDENTIFYs
USERS = 8


@pytest.fixture
def seed(request):
    number = int(os.environ.get("HOMUHOMU_SEED", "0")) or random.randrange(1 << 32)
    print(f"HOMUHOMU_SEED={number}")
    return number


def many_items():
    """A catalog with so many items that a result tells which pull it was."""
    raw = catalogs.base()
    raw["items"] += [catalogs.item(f"{r.lower()}-{n:03}", r) for r, count in
                     (("SSR", 60), ("SR", 200), ("R", 700)) for n in range(count)]
    return raw


@pytest.fixture
def catalog_file(tmp_path):
    return catalogs.write(tmp_path / "catalog.json", many_items())


@pytest.fixture
def whole():
    return game.Catalog(many_items())


class Crowd:
    """Players that pull, take their gift and press buttons."""

    def __init__(self, fake, rng):
        self.fake, self.rng = fake, rng
        self.users = [fake.new_user() for _ in range(USERS)]
        self.sent = []      # (user, interaction)

    def act(self):
        user = self.rng.choice(self.users)
        self.sent.append((user, self._one(user)))
        if self.rng.random() < 0.1:
            self.rng.choice(self.sent[-20:])[1].again()

    def _one(self, user):
        what = self.rng.random()
        if what < 0.15:
            done = [i for u, i in self.sent[-60:] if u == user and i.answered
                    and i.history[-1].buttons]
            if done:
                answer = self.rng.choice(done).history[-1]
                return self.fake.interaction(click=self.rng.choice(answer.buttons)["custom_id"],
                                             message=answer.message, user=user)
        if what < 0.25:
            return self.fake.interaction("daily", user=user)
        return self.fake.interaction("gacha pull", {
            "banner": self.rng.choice(["limited", "rerun", "gala"]),
            "count": 10 if what > 0.7 else 1}, user=user)


class Stream(threading.Thread):
    """A crowd that acts without a pause beside the test."""

    def __init__(self, crowd, per_second=150):
        super().__init__(daemon=True)
        self.crowd, self.pause = crowd, 1 / per_second
        self.going, self.fault = True, None
        self.start()

    def run(self):
        try:
            while self.going:
                self.crowd.act()
                time.sleep(self.pause)
        except Exception as fault:  # pylint: disable=broad-except
            self.fault = fault

    def stop(self):
        self.going = False
        self.join(10)
        assert self.fault is None, self.fault


def judge(crowd, snapshot, whole):
    """Compares what people were shown with what the file says."""
    for user in crowd.users:
        player = str(user)
        if player not in snapshot.users:
            assert not any(i.answered and not i.history[-1].ephemeral
                           for u, i in crowd.sent if u == user)
            continue
        snapshot.check(player, whole)
        committed = snapshot.interactions(player)
        sent = {i.id: i for u, i in crowd.sent if u == user}
        assert set(committed) <= set(sent), "something was committed that nobody asked for"
        by_interaction = {}
        for receipt in snapshot.receipts(player):
            by_interaction.setdefault(receipt["interaction"], []).append(receipt["result"])
        for number, one in sent.items():
            successes = [c for c in one.callbacks if c.status in (200, 204)]
            assert len(successes) <= 1
            if not one.answered or one.history[-1].ephemeral or one.body["data"].get("name") == "daily":
                continue
            # It was shown: then it is in the file, exactly as shown.
            assert number in by_interaction, f"{number} was shown but is not in the file"
            for result in by_interaction[number]:
                assert result in one.history[-1].text


class Series(threading.Thread):
    """Kills one program again and again in the middle of its work."""

    def __init__(self, fake, start, rng, kills):
        super().__init__(daemon=True)
        self.fake, self.launch, self.rng, self.kills = fake, start, rng, kills
        self.crowd = Crowd(fake, rng)
        self.one = self.fault = None

    def run(self):
        try:
            self._work()
        except BaseException as fault:  # pylint: disable=broad-except
            self.fault = fault

    def _work(self):
        self.one = self.launch()
        self.fake.wait_ready(30)
        self.fake.wait_registered(30)
        for number in range(self.kills):
            # Mostly in the middle of work, at times while it still starts.
            if number % 6 != 5:
                end = time.monotonic() + self.rng.uniform(0.0, 0.12)
                while time.monotonic() < end:
                    self.crowd.act()
            self.one.kill9()
            last = self.fake.connections[-1].number
            # Discord's clock goes back, so that what was asked before the kill is still young when
            # it is delivered again.
            self.fake.config.clock_skew_s -= 8.0
            self.one = self.launch()
            if number % 6 == 4:
                continue
            self.fake.wait_ready(30, after=last)
            for _, interaction in self.crowd.sent[-100:]:
                if not interaction.acknowledged:
                    interaction.again()
            if number % 2:
                # One player's interactions are worked on in order: this ends after the others.
                for user in self.crowd.users:
                    self.fake.command("profile", user=user, timeout=20)
        self.one.kill9()
        last = self.fake.connections[-1].number
        self.one = self.launch()
        self.fake.wait_ready(30, after=last)
        for user in self.crowd.users:
            self.fake.command("profile", user=user, timeout=20)


def test_kill_9_at_the_gateway_door(make_fake, bot, catalog_file, whole, seed, tmp_path):
    every = []
    for number in range(min(SERIES, AT_THE_GATEWAY)):
        fake = make_fake(None, heartbeat_interval_ms=5000, identify_window_s=0, validate=False,
                         interaction_deadline_s=3600.0, token_lifetime_s=3600.0)
        kills = AT_THE_GATEWAY // SERIES + (1 if number < AT_THE_GATEWAY % SERIES else 0)

        def launch(fake=fake, number=number):
            return bot(fake, HOMU_CATALOG=catalog_file, directory=tmp_path / str(number))
        every.append(Series(fake, launch, random.Random(seed + number), kills))
    for series in every:
        series.start()
    for series in every:
        series.join(110)
    totals = [0, 0, 0]
    for series in every:
        if series.fault is not None:
            raise series.fault
        assert not series.is_alive()
        snapshot = store.Snapshot(series.one.directory)
        judge(series.crowd, snapshot, whole)
        totals[0] += len(series.crowd.sent)
        totals[1] += sum(1 for _, i in series.crowd.sent if i.answered)
        totals[2] += sum(len(snapshot.receipts(str(u))) for u in series.crowd.users)
    print("interactions {}, answered {}, receipts {}".format(*totals))
    assert totals[1] > 10 * SERIES and totals[0] > totals[1]


def ask(one, body):
    """The answer's JSON, or None if the program died meanwhile."""
    link = http.client.HTTPConnection("127.0.0.1", one.http_port, timeout=10)
    try:
        link.request("POST", "/interactions", json.dumps(body), {"Content-Type": "application/json"})
        answer = link.getresponse()
        data, kind = answer.read(), answer.getheader("Content-Type") or ""
        if kind.startswith("multipart/"):
            data = wire.multipart_parts(kind, data)[0][3]
        return json.loads(data) if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError, wire.WireError):
        return None
    finally:
        link.close()


def test_kill_9_at_the_http_door_with_a_client_that_repeats(bot, catalog_file, whole, seed):
    rng = random.Random(seed)
    kills = KILLS - AT_THE_GATEWAY
    now = {"one": bot(HOMU_CATALOG=catalog_file)}
    now["one"].wait_log("ready")
    lock, done, going = threading.Lock(), [], [True]

    def player(user):
        while going[0]:
            name, count = ("gacha", rng.choice([1, 10]))
            data = {"id": "1", "name": name, "type": 1, "options": [{"type": 1, "name": "pull", "options": [
                {"type": 4, "name": "count", "value": count}]}]}
            body = payload.interaction(1, payload.snowflake(time.time() * 1000), 2, data, user,
                                       800000000000000000)
            answer = None
            while answer is None:
                with lock:
                    one = now["one"]
                answer = ask(one, body)
            done.append((user, body["id"], count, answer))

    users = [4000 + n for n in range(4)]
    threads = [threading.Thread(target=player, args=(u,), daemon=True) for u in users]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(rng.uniform(0.0, 0.1))
        now["one"].kill9()
        fresh = bot(HOMU_CATALOG=catalog_file)
        fresh.wait_log("ready")
        with lock:
            now["one"] = fresh
    # On a slow machine some lives were too short for an answer.
    now["one"].wait(lambda: len(done) > kills, 60, "an answer for every kill")
    going[0] = False
    for thread in threads:
        thread.join(20)
    snapshot = store.Snapshot(now["one"].directory)
    for user in users:
        snapshot.check(str(user), whole)
        asked = {i: (c, a) for u, i, c, a in done if u == user}
        committed = snapshot.interactions(str(user))
        # Every request was answered in the end, so each one counts exactly once.
        assert set(asked) == {i for i, n in committed.items() if n}
        for number, (count, answer) in asked.items():
            assert committed[number] == count
            text = json.dumps(answer, ensure_ascii=False)
            for receipt in snapshot.receipts(str(user)):
                if receipt["interaction"] == number:
                    assert receipt["result"] in text


@pytest.mark.parametrize("again", [False, True], ids=["once", "delivered-again"])
def test_a_lost_answer_of_a_killed_program_is_told_with_the_next(make_fake, bot, catalog_file, whole,
                                                                 again):
    """Killed between the commit and the answer: the callback never leaves."""
    fake = make_fake(heartbeat_interval_ms=2000, identify_window_s=0, interaction_deadline_s=3600.0)
    one = bot(fake, HOMU_CATALOG=catalog_file)
    fake.wait_ready()
    fake.wait_registered()
    user = fake.new_user()
    fake.command("daily", user=user)
    killed = threading.Event()

    async def kill(request, proceed):
        one.process.kill()
        killed.set()
        return wire.Response(drop="before")
    fake.faults.add("POST */callback", kill)
    lost = fake.interaction("gacha pull", user=user)
    assert killed.wait(10)
    one.kill9()
    receipt, = store.Snapshot(one.directory).receipts(str(user))
    assert receipt["interaction"] == lost.id
    last = fake.connections[-1].number
    fake.config.clock_skew_s -= 8.0     # so that the interaction is still young
    second = bot(fake, HOMU_CATALOG=catalog_file)
    fake.wait_ready(30, after=last)
    if again:
        lost.again()

    def told():
        return any(receipt["result"] in a.text for i in fake.rest.interactions.values()
                   for a in i.history)
    # Answered now, or told with the player's next answer: but told.
    fake.command("profile", user=user)
    fake.command("profile", user=user)
    assert told()
    snapshot = store.Snapshot(second.directory)
    assert len(snapshot.receipts(str(user))) == 1
    snapshot.check(str(user), whole)


def test_a_lost_answer_that_tells_four_lost_ones_is_told_with_them(make_fake, bot, catalog_file, whole):
    """Two kills in a row: the second takes the answer that told what the first had taken."""
    fake = make_fake(heartbeat_interval_ms=2000, identify_window_s=0, interaction_deadline_s=3600.0)
    ones = [bot(fake, HOMU_CATALOG=catalog_file)]
    fake.wait_ready()
    fake.wait_registered()
    user = fake.new_user()
    fake.command("daily", user=user)

    def lose(count):
        """The next so many callbacks leave, but the program dies before it hears of the first."""
        one, held, killed = ones[-1], [], threading.Event()

        async def kill(request, proceed):
            held.append(request)
            while len(held) < count and not killed.is_set():
                await asyncio.sleep(0.01)
            one.process.kill()
            killed.set()
            return wire.Response(drop="before")
        fake.faults.add("POST */callback", kill, times=count)
        lost = [fake.interaction("gacha pull", user=user) for _ in range(count)]
        assert killed.wait(20)
        one.kill9()
        fake.sessions[-1].end("forgotten")      # or a RESUME would bring them once more
        last = fake.connections[-1].number
        ones.append(bot(fake, HOMU_CATALOG=catalog_file))
        fake.wait_ready(30, after=last)
        return lost
    lost = lose(4) + lose(1)
    receipts = store.Snapshot(ones[-1].directory).receipts(str(user))
    assert sorted(r["interaction"] for r in receipts) == sorted(i.id for i in lost)
    answer = fake.command("profile", user=user)
    for receipt in receipts:
        assert receipt["result"] in answer.text
    assert answer.text.count("実行済み") == 5
    assert "実行済み" not in fake.command("profile", user=user).text
    store.Snapshot(ones[-1].directory).check(str(user), whole)


def test_a_gateway_restart_loses_nothing(make_fake, bot, catalog_file, whole):
    fake = make_fake(None, heartbeat_interval_ms=1000, identify_window_s=0, validate=False)
    one = bot(fake, HOMU_CATALOG=catalog_file)
    fake.wait_ready()
    fake.wait_registered()
    crowd = Crowd(fake, random.Random(7))
    stream = Stream(crowd)
    for number in range(4):
        count = len(crowd.sent)
        fake.wait(lambda n=count: len(crowd.sent) > n + 40, 20, "forty interactions")
        if number % 2:
            for session in fake.sessions:
                session.end("the gateway forgot it")
        last = fake.connections[-1].number
        fake.go_dark()
        fake.come_back()
        fake.wait_ready(40, after=last)
    stream.stop()
    for user in crowd.users:
        fake.command("profile", user=user, timeout=20)
    judge(crowd, store.Snapshot(one.directory), whole)


@pytest.mark.parametrize("replay_all", [False, True], ids=["missed", "everything"])
def test_resume_with_replay_in_the_middle_of_work(make_fake, bot, catalog_file, whole, replay_all):
    fake = make_fake(None, heartbeat_interval_ms=1000, validate=False, replay_all=replay_all)
    one = bot(fake, HOMU_CATALOG=catalog_file)
    conn = fake.wait_ready()
    fake.wait_registered()
    crowd = Crowd(fake, random.Random(11))
    stream = Stream(crowd)
    for _ in range(5):
        count = len(crowd.sent)
        fake.wait(lambda n=count: len(crowd.sent) > n + 40, 20, "forty interactions")
        conn.drop()
        conn = fake.wait_ready(40, after=conn.number)
        assert conn.resume
    stream.stop()
    for user in crowd.users:
        fake.command("profile", user=user, timeout=20)
    judge(crowd, store.Snapshot(one.directory), whole)
    # An attempt that stays without an answer on a slow machine is sent again, as it was.
    assert all(len({c.body for c in i.callbacks}) <= 1 for _, i in crowd.sent), "answered twice"


def test_every_delivery_doubled(make_fake, bot, catalog_file, whole):
    fake = make_fake(None, validate=False)
    one = bot(fake, HOMU_CATALOG=catalog_file)
    fake.wait_ready()
    fake.wait_registered()
    users = [fake.new_user() for _ in range(10)]
    sent = []
    for _ in range(10):
        for user in users:
            pull = fake.interaction("gacha pull", {"count": 10}, user=user)
            pull.again()
            sent.append((user, pull))
    for _, pull in sent:
        pull.wait(20)
        pull.again()
    for user in users:
        fake.command("profile", user=user)
    snapshot = store.Snapshot(one.directory)
    for user in users:
        snapshot.check(str(user), whole)
        assert len(snapshot.receipts(str(user))) == 100
    assert all(len(i.callbacks) == 1 for _, i in sent)


def test_ten_thousand_receipts_verify_by_the_oracle(make_fake, bot, catalog_file, whole):
    fake = make_fake(None, validate=False)
    one = bot(fake, HOMU_CATALOG=catalog_file)
    fake.wait_ready()
    fake.wait_registered()
    users = [fake.new_user() for _ in range(100)]
    for _ in range(10):
        sent = [fake.interaction("gacha pull", {"count": 10}, user=user) for user in users]
        for pull in sent:
            pull.wait(20)
    snapshot = store.Snapshot(one.directory)
    assert sum(len(snapshot.receipts(str(u))) for u in users) == 10000
    for user in users:
        snapshot.check(str(user), whole)


def test_two_programs_on_one_store_do_not_double(make_fake, bot, catalog_file, whole):
    """Two processes with one file, as when an old one lingers: each interaction counts once."""
    fake = make_fake(None, validate=False)
    ones = [bot(HOMU_CATALOG=catalog_file) for _ in range(2)]
    for one in ones:
        one.wait_log("ready")
    bodies = []
    for number in range(60):
        data = {"id": "1", "name": "gacha", "type": 1, "options": [
            {"type": 1, "name": "pull", "options": []}]}
        bodies.append(payload.interaction(1, payload.snowflake(time.time() * 1000), 2, data,
                                          5000 + number % 3, 800000000000000000))
    answers = [{}, {}]

    def work(which):
        for body in bodies:
            answers[which][body["id"]] = ask(ones[which], body)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    snapshot = store.Snapshot(ones[0].directory)
    for user in range(5000, 5003):
        snapshot.check(str(user), whole)
        assert len(snapshot.receipts(str(user))) == 20
    for body in bodies:
        assert answers[0][body["id"]] == answers[1][body["id"]] is not None
    assert not fake.requests
