"""The fake Discord is proved here by a client that is not ours: a discord.py bot.

discord.py speaks to the fake over TLS with the tests' CA: READY, slash commands, command
sync, RESUME with replay, reconnects, rate limits, zlib-stream. What discord.py does that
our checks forbid for our own program is named in `ignored`.
"""

import asyncio
import io
import ssl
import threading

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.fakes import discord as fake_discord, faults

# discord.py's agent has no comma (and is aiohttp's for webhooks), it writes no allowed_mentions and sends keys that the
# OpenAPI lacks; it resumes and identifies as it likes.
IGNORED = {"user-agent", "allowed-mentions", "openapi", "gateway-url"}


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


class Form(discord.ui.Modal, title="A form"):
    word = discord.ui.TextInput(label="A word", custom_id="word", min_length=2, max_length=10)

    async def on_submit(self, interaction):
        await interaction.response.send_message(f"the word is {self.word.value}")


class Peer:
    """A discord.py bot in a thread with its own loop."""

    def __init__(self, fake, monkeypatch, intents=None, client=discord.Client, **options):
        monkeypatch.setattr(discord.http.Route, "BASE", fake.api_base)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY",
                            yarl.URL(fake.gateway_url))
        self.fake, self.events, self.error = fake, [], None
        self._kind, self._intents, self._options = client, intents, options
        self.client = self.loop = None
        self.started = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self.thread.start()
        assert self.started.wait(10)

    async def _main(self):
        self.loop, self.closing = asyncio.get_running_loop(), asyncio.Event()
        options = dict(self._options)
        if self.fake.tls:
            trust = ssl.create_default_context(cadata=self.fake.authority.root_pem().decode())
            options["connector"] = aiohttp.TCPConnector(ssl=trust, limit=0)
        self.client = self._kind(intents=self._intents or discord.Intents.none(), **options)
        tree = app_commands.CommandTree(self.client)

        @tree.command(name="ping", description="Says pong")
        @app_commands.describe(times="How often")
        async def ping(interaction: discord.Interaction, times: int = 1):
            view = discord.ui.View(timeout=None)
            view.add_item(discord.ui.Button(label="Again", custom_id="again"))
            await interaction.response.send_message("pong " * times, view=view)

        @tree.command(name="slow", description="Answers later")
        async def slow(interaction: discord.Interaction):
            await interaction.response.defer(thinking=True)
            await interaction.edit_original_response(content="slow pong")
            await interaction.followup.send("and more", ephemeral=True)

        @tree.command(name="picture", description="Shows a picture, at once or later")
        async def picture(interaction: discord.Interaction, later: bool = False):
            if later:
                await interaction.response.defer()
            embed = discord.Embed(title="A picture").set_image(url="attachment://grid.png")
            file = discord.File(io.BytesIO(PICTURE), "grid.png", description="ten cards")
            if later:
                await interaction.edit_original_response(embed=embed, attachments=[file])
                await interaction.followup.send("a text", file=discord.File(io.BytesIO(b"a,b"), "list.csv"))
            else:
                await interaction.response.send_message(embed=embed, file=file)

        @tree.command(name="echo", description="Gives a file back")
        async def echo(interaction: discord.Interaction, file: discord.Attachment):
            await interaction.response.send_message(f"{file.filename}: {(await file.read()).decode()}")

        @tree.command(name="form", description="Opens a form")
        async def form(interaction: discord.Interaction):
            await interaction.response.send_modal(Form())

        @tree.command(name="pick", description="Offers a choice")
        async def pick(interaction: discord.Interaction):
            view = discord.ui.View(timeout=None)
            select = discord.ui.Select(custom_id="pick", options=[
                discord.SelectOption(label=x.upper(), value=x) for x in "abc"])

            async def chosen(click):
                await click.response.edit_message(content=f"you chose {select.values[0]}")
            select.callback = chosen
            view.add_item(select)
            await interaction.response.send_message("which?", view=view)

        for name in ("ready", "resumed", "disconnect", "connect"):
            self._listen(name)
        if hasattr(self.client, "setup_hook"):
            async def setup():
                if self._options.get("sync", True):
                    await tree.sync()
            self.client.setup_hook = setup
        self.started.set()
        running = asyncio.create_task(self.client.start(self.fake.token))
        asked = asyncio.create_task(self.closing.wait())
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        await self.client.close()
        try:
            await running
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
        finally:
            self.fake.changed()

    def _listen(self, name):
        async def handler(*_):
            self.events.append(name)
            self.fake.changed()
        handler.__name__ = "on_" + name
        self.client.event(handler)

    def wait_event(self, name, count=1):
        self.fake.wait(lambda: self.events.count(name) >= count, 15, f"discord.py event {name}")

    def stop(self):
        if self.thread.is_alive():
            # start() returns once close() was called; main() then waits for close() itself.
            self.loop.call_soon_threadsafe(self.closing.set)
            self.thread.join(15)
        assert not self.thread.is_alive()


@pytest.fixture
def peer_fake(authority):
    with fake_discord.FakeDiscord("good", authority, heartbeat_interval_ms=400,
                                  validate_answers=True, agent_required=False) as fake:
        fake.ignored |= IGNORED
        yield fake
        assert not fake.unexpected(), fake.violations


@pytest.fixture
def peer(peer_fake, monkeypatch):
    made = []

    def make(**options):
        made.append(Peer(peer_fake, monkeypatch, **options))
        return made[-1]
    yield make
    for one in made:
        one.stop()


def test_discord_py_reaches_ready_over_tls_and_answers_a_slash_command(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    assert conn.query["compress"] == "zlib-stream"
    answer = peer_fake.command("ping", {"times": 3})
    assert answer.text.startswith("pong pong pong") and answer.kind == 4
    assert answer.latency < 3


def test_discord_py_syncs_its_commands_with_put(peer_fake, peer):
    peer()
    known = peer_fake.wait_registered()
    assert set(known) == {"ping", "slow", "picture", "echo", "form", "pick"}
    assert known["echo"]["options"][0]["type"] == 11
    assert known["ping"]["options"][0]["type"] == 4
    assert len(peer_fake.calls("PUT", "/commands")) == 1


def test_discord_py_defers_edits_and_follows_up(peer_fake, peer):
    peer()
    peer_fake.wait_ready()
    one = peer_fake.interaction("slow")
    answer = one.wait(count=2)
    assert one.ack_kind == 5
    assert one.history[0].deferred and one.history[0].text == "slow pong"
    assert answer.text == "and more"


def at_work(peer_fake, peer):
    bot = peer()
    bot.wait_event("ready")
    return bot


def test_discord_py_sends_a_picture_in_its_first_answer(peer_fake, peer):
    at_work(peer_fake, peer)
    answer = peer_fake.command("picture")
    assert answer.files == [("files[0]", "grid.png", "application/octet-stream", PICTURE)]
    assert answer.message["embeds"][0]["image"]["url"].startswith("https://cdn.example/attachments/")
    assert answer.message["attachments"] == [], "it stands in the embed alone"


def test_discord_py_edits_and_follows_up_with_files(peer_fake, peer):
    at_work(peer_fake, peer)
    one = peer_fake.interaction("picture", {"later": True})
    last = one.wait(count=2)
    assert one.ack_kind == 5 and one.history[0].files[0][3] == PICTURE
    assert one.history[0].message["embeds"][0]["image"]["proxy_url"]
    assert last.files[0][1:] == ("list.csv", "application/octet-stream", b"a,b")
    assert [a["filename"] for a in last.message["attachments"]] == ["list.csv"]


def test_discord_py_reads_what_a_person_attached(peer_fake, peer):
    at_work(peer_fake, peer)
    given = peer_fake.attach("note.txt", "蛍".encode(), "text/plain")
    assert peer_fake.command("echo", {"file": given}).text == "note.txt: 蛍"


def test_discord_py_opens_a_modal_and_gets_what_was_entered(peer_fake, peer):
    at_work(peer_fake, peer)
    opened = peer_fake.command("form")
    assert opened.kind == 9 and set(opened.inputs) == {"word"}
    with pytest.raises(AssertionError, match="does not take"):
        peer_fake.submit(opened, {"word": "x"})
    assert peer_fake.submit(opened, {"word": "hello"}).text == "the word is hello"


def test_discord_py_gets_what_was_chosen(peer_fake, peer):
    at_work(peer_fake, peer)
    asked = peer_fake.command("pick")
    with pytest.raises(AssertionError, match="cannot be chosen"):
        peer_fake.choose(asked, "d")
    chosen = peer_fake.choose(asked, "b")
    assert chosen.kind == 7 and chosen.message["id"] == asked.message["id"]
    assert chosen.message["content"] == "you chose b" and chosen.selects


def test_discord_py_writes_into_a_channel(peer_fake, peer):
    bot = at_work(peer_fake, peer)
    channel = bot.client.get_partial_messageable(peer_fake.config.guilds[0] + 2)

    async def send():
        return await channel.send("hello", file=discord.File(io.BytesIO(PICTURE), "grid.png"))
    sent = asyncio.run_coroutine_threadsafe(send(), bot.loop).result(10)
    posted, = peer_fake.rest.posted
    assert sent.content == posted["content"] == "hello" and sent.id == int(posted["id"])
    assert sent.attachments[0].filename == "grid.png" and "webhook_id" not in posted


def test_discord_py_resumes_after_a_drop_and_gets_what_it_missed(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    peer_fake.faults.add("gateway:upgrade", faults.http(503))
    conn.drop()
    missed = peer_fake.interaction("ping")
    answer = missed.wait(20)
    assert answer.text.startswith("pong")
    again = peer_fake.wait_ready(after=conn.number)
    assert again.resume.d["session_id"] == conn.session.id
    assert again.port == peer_fake.resume_port
    bot.wait_event("resumed")


def test_discord_py_resumes_on_op_7(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    conn.reconnect()
    again = peer_fake.wait_ready(15, after=conn.number)
    assert again.resume and again.session is conn.session
    assert peer_fake.command("ping").text.startswith("pong")


def test_discord_py_identifies_anew_on_op_9_false(peer_fake, peer):
    peer_fake.config.identify_window_s = 0
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    conn.invalid_session(False)
    again = peer_fake.wait_ready(20, after=conn.number)
    assert again.identify and again.session is not conn.session


def test_discord_py_is_told_to_go_by_4004(peer_fake, peer):
    bot = peer()
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    conn.close(4004)
    peer_fake.wait(lambda: bot.error is not None, 10, "discord.py's error")
    assert isinstance(bot.error, discord.errors.ConnectionClosed) and bot.error.code == 4004


def test_discord_py_beats_and_is_acknowledged(peer_fake, peer):
    peer()
    conn = peer_fake.wait_ready()
    peer_fake.wait(lambda: len(conn.heartbeats) >= 3, 10, "three heartbeats")
    assert len(conn.acks_at) >= 2 and conn.heartbeats[-1].d >= 1


def test_discord_py_finds_a_withheld_ack(peer_fake, peer):
    bot = peer(heartbeat_timeout=1.0)
    conn = peer_fake.wait_ready()
    bot.wait_event("ready")
    peer_fake.config.ack = False
    peer_fake.wait(lambda: not conn.open, 20, "the zombie's end")
    peer_fake.config.ack = True
    assert peer_fake.wait_ready(20, after=conn.number).session is conn.session


def test_discord_py_reads_messages_cut_over_frames(peer_fake, peer):
    # It looks for the suffix in the last frame alone, so cuts inside the suffix are not for it.
    peer_fake.config.split = "halves"
    bot = peer()
    peer_fake.wait_ready()
    bot.wait_event("ready")
    assert peer_fake.command("ping").text.startswith("pong")


def test_discord_py_reads_fragments_and_small_tcp_writes(peer_fake, peer):
    peer_fake.config.fragment, peer_fake.config.tcp_split = 11, 5
    bot = peer()
    peer_fake.wait_ready()
    bot.wait_event("ready")
    assert peer_fake.command("ping").text.startswith("pong")


def test_discord_py_obeys_a_429(peer_fake, peer):
    peer_fake.faults.add("PUT */commands", faults.rate_limited(0.3))
    peer()
    first, second = peer_fake.wait_requests("PUT", "/commands", 2)
    assert first.status == 429 and second.status == 200
    assert second.at - first.done_at >= 0.3


def test_discord_py_sees_the_rate_limit_headers(peer_fake, peer):
    bot = peer()
    peer_fake.wait_ready()
    bot.wait_event("ready")
    peer_fake.config.limits["GET /users/@me"] = (2, 1.0)

    async def thrice():
        for _ in range(3):
            await bot.client.http.request(discord.http.Route("GET", "/users/@me"))
    asyncio.run_coroutine_threadsafe(thrice(), bot.loop).result(10)
    assert not peer_fake.noted("rate-limited"), "discord.py waits for Reset-After"
    calls = peer_fake.calls("GET", "/users/@me")[-3:]
    assert calls[2].at - calls[0].at >= 0.8


def test_discord_py_gets_guilds_only_with_the_intent(peer_fake, peer):
    peer_fake.config.guilds = [800000000000000000 + (n << 22) for n in range(30)]
    intents = discord.Intents.none()
    intents.guilds = True
    bot = peer(intents=intents)
    bot.wait_event("ready")
    assert len(bot.client.guilds) == 30
    assert sum(1 for _, op, t in peer_fake.live()[0].sent if t == "GUILD_CREATE") == 30


def test_no_guilds_are_streamed_without_the_intent(peer_fake, peer):
    bot = peer()
    bot.wait_event("ready")
    assert not [t for _, op, t in peer_fake.live()[0].sent if t == "GUILD_CREATE"]


def test_a_sharded_discord_py_gets_each_event_on_its_shard(peer_fake, peer):
    peer_fake.config.guilds = [(190740000000 + n) << 22 for n in range(4)]
    peer_fake.config.shards, peer_fake.config.max_concurrency = 2, 2
    bot = peer(client=discord.AutoShardedClient, shard_count=2)
    peer_fake.wait(lambda: len(peer_fake.live()) == 2, 20, "two shards")
    bot.wait_event("ready")
    for guild in peer_fake.config.guilds:
        one = peer_fake.interaction("ping", guild=guild)
        assert one.wait().text.startswith("pong")
        owner = [c for c in peer_fake.live() if any(t == "INTERACTION_CREATE" for _, op, t in c.sent)]
        assert (guild >> 22) % 2 in {c.session.shard[0] for c in owner}


def test_discord_py_with_an_untrusted_ca_is_refused(monkeypatch, authority):
    with fake_discord.FakeDiscord("untrusted", authority) as fake:
        bot = Peer(fake, monkeypatch)
        fake.wait(lambda: bot.error is not None or not bot.thread.is_alive(), 10, "an error")
        assert "CERTIFICATE_VERIFY_FAILED" in repr(bot.error) or bot.error is not None
        assert not fake.requests
