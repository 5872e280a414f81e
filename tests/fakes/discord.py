"""A fake Discord: REST and gateway over real TLS on loopback, scriptable for faults.

    with FakeDiscord() as fake:
        ...start a bot with fake.api_base, fake.token, fake.authority.root_pem()...
        fake.wait_ready()
        answer = fake.interaction("gacha pull", {"count": 10}, user=7).wait()

It runs in a thread with its own loop. Histories are plain lists that only grow; `wait`
sleeps on a condition that every change wakes. As a process of its own, until its input ends:

    python -m tests.fakes.discord --port-file FILE [--plain] [--ca-file FILE] [--guilds N]
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import threading
import time
from dataclasses import dataclass, field

from . import certs, checks, faults as fault_actions, gateway as gw, interactions, openapi, payload
from . import rest, wire


@dataclass
class Config:
    """What a test may change, before the start or while it runs."""
    application_id: int = 1100000000000000001
    token: str = ""
    public_key: str = "d" * 64
    interactions_endpoint_url: str = None
    guilds: list = field(default_factory=lambda: [800000000000000000])
    # gateway
    heartbeat_interval_ms: int = 41250
    beat_grace_s: float = 3.0
    ack: bool = True
    allow_resume: bool = True
    replay_all: bool = False        # RESUME replays what was already seen, too
    gateway_url: str = None         # what is told instead of our own
    resume_url: str = None
    shards: int = 1
    sharding_required: int = 0
    max_concurrency: int = 1
    identify_window_s: float = 5.0
    session_start_total: int = 1000
    session_start_remaining: int = 1000
    session_start_reset_ms: int = 14400000
    privileged_intents: int = 0
    send_limit: int = 120
    send_window_s: float = 60.0
    strict_urls: bool = True
    split: str = "whole"            # whole, halves, bytes, suffix, odd
    tcp_split: int = 0
    fragment: int = 0
    # REST
    limits: dict = field(default_factory=dict)      # "GET /gateway/bot" -> (limit, seconds)
    limit_default: tuple = (5, 2.0)
    global_limit: int = 50
    invalid_limit: int = 10000
    rest_delay_s: float = 0.0
    agent_required: bool = True     # 403 without `DiscordBot (`, a violation in any case
    interaction_deadline_s: float = 3.0
    token_lifetime_s: float = 900.0
    closed_channels: set = field(default_factory=set)   # 403 for who writes there
    validate: bool = True
    validate_answers: bool = False
    clock_skew_s: float = 0.0       # Discord's clock against ours

    def now(self):
        return time.time() + self.clock_skew_s


class WaitError(AssertionError):
    """A condition did not come true in time; the text has the histories."""


class FakeDiscord:
    def __init__(self, tls="good", authority=None, **config):
        self.config = Config(**config)
        if not self.config.token:
            self.config.token = payload.bot_token(self.config.application_id)
        self.authority = authority or (certs.Authority() if tls else None)
        self.tls = tls
        self.openapi = openapi.load() if self.config.validate or self.config.validate_answers \
            else None
        self.faults = fault_actions.Faults()
        self.violations = []            # (kind, text)
        self.ignored = set()            # kinds of violation that this test expects
        self.notes = []                 # (kind, detail): what happened that is no violation
        self.tcp = []                   # time of each TCP connection (after TLS)
        self.gateway = gw.Gateway(self)
        self.rest = rest.Rest(self)
        self._changed = threading.Condition()
        self._peers = itertools.count(1)
        self._users = itertools.count(500000000000000000)
        self._writers = set()
        self._tasks = set()
        self._servers = []
        self._loop = None
        self._thread = None
        self.port = self.resume_port = 0

    # Life

    def start(self):
        ready = threading.Event()
        failed = []

        def main():
            self._loop = asyncio.new_event_loop()
            self._loop.set_exception_handler(self._loop_fault)
            asyncio.set_event_loop(self._loop)
            try:
                self._loop.run_until_complete(self._listen())
            except Exception as error:  # pylint: disable=broad-except
                failed.append(error)
                ready.set()
                return
            ready.set()
            self._loop.run_forever()
            self._loop.run_until_complete(self._shut())
            self._loop.close()

        self._thread = threading.Thread(target=main, name="fake-discord", daemon=True)
        self._thread.start()
        ready.wait()
        if failed:
            raise failed[0]
        return self

    def stop(self):
        if self._thread and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _loop_fault(self, loop, context):
        error = context.get("exception")
        if isinstance(error, (OSError, asyncio.CancelledError)):
            return      # refused handshakes and dropped connections are part of the game
        if isinstance(error, AttributeError) and "_SSLProtocolTransport.abort" in context.get("message", ""):
            return      # asyncio of Python 3.11 aborts a TLS transport that is gone already
        self.violation("fake", f"{context.get('message')}: {error!r}")

    async def _listen(self):
        context = self.authority.server_context(self.tls) if self.tls else None
        for resume in (False, True):
            want = self.resume_port if resume else self.port
            server = await asyncio.start_server(
                lambda r, w, resume=resume: self._connection(r, w, resume), "127.0.0.1", want,
                ssl=context, limit=wire.HEAD_BYTES_MAX, backlog=512)
            port = server.sockets[0].getsockname()[1]
            if resume:
                self.resume_port = port
            else:
                self.port = port
            self._servers.append(server)

    async def _shut(self):
        for server in self._servers:
            server.close()
        self._servers = []
        for writer in list(self._writers):
            writer.transport.abort()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def go_dark(self):
        """An outage: no port listens, every connection is gone."""
        async def go():
            for server in self._servers:
                server.close()
            self._servers = []
            for conn in self.gateway.connections:
                if conn.open:
                    conn.drop_now()
            for writer in list(self._writers):
                wire.hard_drop(writer)
        self.run_async(go())

    def come_back(self):
        """The end of an outage, on the same ports."""
        self.run_async(self._listen())

    # Names

    @property
    def _scheme(self):
        return "s" if self.tls else ""

    @property
    def api_base(self):
        return f"http{self._scheme}://localhost:{self.port}/api/v10"

    @property
    def gateway_url(self):
        return f"ws{self._scheme}://localhost:{self.port}"

    @property
    def resume_url(self):
        return f"ws{self._scheme}://localhost:{self.resume_port}"

    @property
    def token(self):
        return self.config.token

    @property
    def connections(self):
        return self.gateway.connections

    @property
    def sessions(self):
        return self.gateway.sessions

    @property
    def requests(self):
        return self.rest.requests

    # One TCP connection

    async def _connection(self, reader, writer, resume):
        peer = next(self._peers)
        self.tcp.append(time.monotonic())
        self._writers.add(writer)
        try:
            while True:
                request = await wire.read_request(reader, writer, peer)
                if request is None:
                    return
                if wire.WebSocket.wanted(request):
                    port = self.resume_port if resume else self.port
                    answer = await self.gateway.serve(request, reader, writer, port)
                    if answer is None:
                        return
                else:
                    answer = await self.rest.serve(request)
                if not await self._write(writer, answer):
                    return
        except wire.WireError as bad:
            self.violation("http", str(bad))
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            self.changed()

    async def _write(self, writer, answer):
        if answer.drop:
            wire.hard_drop(writer)
            return False
        head = wire.encode_response(answer, wire.http_date(self.config.now()), not answer.close)
        if answer.truncate is not None:
            writer.write(head + answer.body[:answer.truncate])
            await writer.drain()
            wire.hard_drop(writer, reset=False)
            return False
        writer.write(head + (b"" if answer.status == 204 else answer.body))
        await writer.drain()
        return not answer.close

    # Across threads

    def run(self, function, *args):
        """Runs a plain function in the loop and gives its result."""
        async def go():
            return function(*args)
        return self.run_async(go())

    def run_async(self, coroutine):
        if threading.current_thread() is self._thread:
            raise RuntimeError("called from the fake's own loop")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def later(self, seconds, function, *args):
        """Runs a plain function in the loop after a while; for use within the loop."""
        self._loop.call_later(seconds, function, *args)

    def spawn(self, coroutine):
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def changed(self):
        with self._changed:
            self._changed.notify_all()

    def wait(self, condition, timeout=10.0, what="a condition", alive=None):
        """Waits until `condition()` is true and gives its value."""
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                value = condition()
                if value:
                    return value
                if alive is not None and not alive():
                    raise WaitError(f"the program ended while the test waited for {what}")
                left = end - time.monotonic()
                if left <= 0:
                    break
                # Conditions may also speak of things outside the fake (a log line).
                self._changed.wait(min(left, 0.05))
        raise WaitError(f"no {what} within {timeout} s\n{self.describe()}")

    def describe(self):
        tail = "\n".join(f"  {r!r}" for r in self.requests[-12:])
        return (f"violations: {self.violations[-5:]}\nnotes: {self.notes[-5:]}\n"
                f"requests ({len(self.requests)}):\n{tail}\n"
                f"connections:\n{gw.describe(self.connections[-6:])}")

    def violation(self, kind, text):
        self.violations.append((kind, text))
        self.changed()

    def note(self, kind, detail):
        self.notes.append((kind, detail))
        self.changed()

    def noted(self, kind):
        return [d for k, d in self.notes if k == kind]

    def token_in(self, data):
        return self.config.token.encode() in data

    def unexpected(self):
        """The violations that the test did not announce by `ignored`."""
        return [v for v in self.violations if v[0] not in self.ignored]

    # For tests

    def live(self, shard=None):
        """The connections that are open and READY or resumed."""
        return [c for c in self.connections if c.open and c.ready_at is not None
                and (shard is None or c.session.shard[0] == shard)]

    def wait_ready(self, timeout=10.0, shard=None, after=0):
        """The newest live connection, one numbered above `after`."""
        return self.wait(lambda: [c for c in self.live(shard) if c.number > after], timeout,
                         f"READY after connection {after}")[-1]

    def wait_requests(self, method, pattern, count=1, timeout=10.0, done=True):
        """At least `count` requests of this method whose path contains `pattern`."""
        return self.wait(lambda: self._enough(method, pattern, count, done), timeout,
                         f"{count} x {method} …{pattern}…")

    def _enough(self, method, pattern, count, done):
        found = self.calls(method, pattern)
        return len(found) >= count and (not done or all(r.done_at for r in found[:count])) and found

    def calls(self, method, pattern):
        return [r for r in list(self.requests) if r.method == method and pattern in r.path]

    def wait_registered(self, timeout=10.0, guild=None):
        """Until the program has read its commands and they are there."""
        self.wait(lambda: any(g == guild for g, _ in self.rest.commands), timeout,
                  "registered commands")
        return {c["name"]: c for (g, _), c in self.rest.commands.items() if g == guild}

    def new_user(self):
        return next(self._users)

    def attach(self, filename, data, content_type="application/octet-stream"):
        """A file that a person gives to a command, as Discord keeps it: the value of such an option."""
        name = str(payload.snowflake(self.config.now() * 1000))
        path = f"{rest.ATTACHED}{name}/{filename}?ex=6a1b&is=6a1a&hm={'0' * 64}&"
        self.rest.files[path] = (content_type, data)
        base = self.api_base[:-len(rest.BASE)]
        return {"id": name, "filename": filename, "size": len(data), "content_type": content_type,
                "url": base + path, "proxy_url": base + path, "ephemeral": True}

    def _data(self, name, options, autocomplete):
        """Interaction data as Discord makes it, after the registered command if there is one."""
        words = name.split()
        known = {c["name"]: c for c in list(self.rest.commands.values())}.get(words[0])
        definition = known
        data = {"id": known["id"] if known else str(payload.snowflake(self.config.now() * 1000)),
                "name": words[0], "type": 1}
        inner, level = data, definition
        for word in words[1:]:
            level = next((o for o in (level or {}).get("options", []) if o["name"] == word), None)
            if definition and level is None:
                raise AssertionError(f"/{name}: {word} is not registered")
            entry = {"type": level["type"] if level else 1, "name": word, "options": []}
            inner["options"] = [entry]
            inner = entry
        listed, resolved = [], {}
        for key, value in (options or {}).items():
            listed.append(self._option(name, definition, level, key, value, autocomplete, resolved))
        if listed or inner is not data:
            inner["options"] = listed
        if resolved:
            data["resolved"] = resolved
        return data

    def _option(self, name, definition, level, key, value, autocomplete, resolved):
        known = next((o for o in (level or {}).get("options", []) if o["name"] == key), None)
        if definition and known is None:
            raise AssertionError(f"/{name} has no option {key}")
        if known:
            kind = known["type"]
            allowed = [c["value"] for c in known.get("choices", [])]
            if allowed and value not in allowed and autocomplete != key:
                value = next((a for a in allowed if str(a) == str(value)), value)
                if value not in allowed:
                    raise AssertionError(f"/{name} {key} does not offer {value!r}")
        else:
            kind = 4 if isinstance(value, int) and value < 1 << 53 else \
                6 if isinstance(value, int) else 3
        if kind == 11:
            resolved.setdefault("attachments", {})[value["id"]] = value
            value = value["id"]
        elif kind == 7:
            guild = self.config.guilds[0]
            resolved.setdefault("channels", {})[str(value)] = {
                k: v for k, v in payload.channel(value, guild).items() if k in ("id", "type", "name", "permissions")}
        elif kind == 6:
            user = payload.event_user(value)
            resolved.setdefault("users", {})[str(value)] = user
            part = {k: v for k, v in payload.member(value, self.config.guilds[0]).items()
                    if k not in ("user", "deaf", "mute")}
            resolved.setdefault("members", {})[str(value)] = part
        out = {"type": kind, "name": key,
               "value": str(value) if kind in (3, 6, 7, 8, 9, 11) else value}
        if autocomplete == key:
            out["focused"] = True
        return out

    def interaction(self, name=None, options=None, user=None, guild=0, locale="ja", age_s=0.0,
                    click=None, message=None, autocomplete=None, data=None, kind=None, send=True,
                    interaction_id=None, guild_locale="ja", user_name=None, permissions=None, forged=False):
        """Makes an interaction and sends it to the sessions that own its guild.

        `name` is a command with its subcommands; `click` a custom_id (with `message` the
        message that bears it); `guild` None is a direct message, 0 the first configured one;
        `age_s` makes the snowflake (and the deadline) that much older; `permissions` are the member's;
        `forged` lets through what Discord would never send.
        """
        guild = self.config.guilds[0] if guild == 0 else guild
        user = user or self.new_user()
        if data is None:
            data = {"custom_id": click, "component_type": 2, "id": 2} if click is not None \
                else self._data(name, options, autocomplete)
        if kind is None:
            kind = rest.COMPONENT if click is not None else \
                rest.AUTOCOMPLETE if autocomplete else rest.COMMAND
        if kind == rest.MODAL and not forged and (user, data["custom_id"]) not in self.rest.modals:
            raise AssertionError(f"nobody opened the modal {data['custom_id']!r} for {user}")
        when = (self.config.now() - age_s) * 1000
        body = payload.interaction(self.config.application_id,
                                   interaction_id or payload.snowflake(when), kind, data, user,
                                   guild, locale, guild_locale, message=message,
                                   user_name=user_name)
        if permissions is not None and guild:
            body["member"]["permissions"] = str(permissions)
        if message is not None:
            body["channel_id"] = message["channel_id"]
            body["channel"]["id"] = message["channel_id"]
        one = interactions.Interaction(self, body)
        one.created -= age_s
        self.rest.interactions[one.token] = one
        if send:
            self.deliver(one)
        return one

    def deliver(self, one):
        """Sends an interaction's event (again)."""
        def go():
            one.deliveries += 1
            if one.sent_at is None:
                one.sent_at = time.monotonic()
            self.gateway.dispatch("INTERACTION_CREATE", one.body, one.guild_id)
        self.run(go)

    def command(self, name, options=None, timeout=10.0, **more):
        """interaction(), and its answer."""
        return self.interaction(name, options, **more).wait(timeout)

    def press(self, answer, which=0, timeout=10.0, **more):
        """Presses a button of an answer: by number, or by a part of its label or custom_id."""
        buttons = answer.buttons
        if isinstance(which, str):
            buttons = [b for b in buttons if which in (b.get("label") or "")
                       or which in b["custom_id"]]
            which = 0
        if len(buttons) <= which:
            raise AssertionError(f"no such button in {answer.message.get('components')}")
        return self.interaction(click=buttons[which]["custom_id"], message=answer.message,
                                **more).wait(timeout)

    def choose(self, answer, *values, which=0, timeout=10.0, **more):
        """Chooses values in a select of an answer."""
        if len(answer.selects) <= which:
            raise AssertionError(f"no such select in {answer.message.get('components')}")
        select = answer.selects[which]
        low, high = select.get("min_values", 1), select.get("max_values", 1)
        offered = [o["value"] for o in select.get("options", [])]
        if not low <= len(values) <= high or len(set(values)) < len(values) or \
                select["type"] == 3 and not set(values) <= set(offered):
            raise AssertionError(f"{values} cannot be chosen of {offered} ({low} to {high})")
        data = {"custom_id": select["custom_id"], "component_type": select["type"], "id": select["id"],
                "values": [str(v) for v in values]}
        if select["type"] == 5:
            data["resolved"] = {"users": {str(v): payload.event_user(v) for v in values}}
        return self.interaction(data=data, kind=rest.COMPONENT, message=answer.message, **more).wait(timeout)

    def submit(self, opened, values=None, timeout=10.0, **more):
        """Sends in the modal that an answer opened, as its user: {custom_id: text} over what stands there."""
        texts = {name: one.get("value", "") for name, one in opened.inputs.items()} | (values or {})
        for name, text in texts.items():
            one = opened.inputs[name]
            if text == "" and one.get("required", True):
                raise AssertionError(f"{name} has to be filled in")
            if text and not (one.get("min_length") or 0) <= checks.units(text) <= (one.get("max_length") or 4000):
                raise AssertionError(f"{name} does not take {len(text)} characters")
        parts = []
        for number, part in enumerate(p for p in opened.data["components"] if p["type"] in (1, 18)):
            one = part.get("component") or part["components"][0]
            entered = {"type": 4, "id": 2 * number + 2, "custom_id": one["custom_id"], "value": texts[one["custom_id"]]}
            parts.append({"type": 18, "id": 2 * number + 1, "component": entered} if part["type"] == 18 else
                         {"type": 1, "id": 2 * number + 1, "components": [entered]})
        more = {"user": opened.to.user_id, "guild": int(opened.to.guild_id) if opened.to.guild_id else None,
                "message": opened.to.body.get("message"), "locale": opened.to.body["locale"],
                "permissions": (opened.to.body.get("member") or {}).get("permissions"), **more}
        return self.interaction(data={"custom_id": opened.data["custom_id"], "components": parts}, kind=rest.MODAL,
                                **more).wait(timeout)


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests.fakes.discord")
    parser.add_argument("--port-file", required=True, help="JSON of where it is, written last")
    parser.add_argument("--plain", action="store_true", help="http and ws instead of TLS")
    parser.add_argument("--ca-file", help="where to write the CA's root")
    parser.add_argument("--guilds", type=int, default=1)
    parser.add_argument("--interval", type=int, default=41250, help="heartbeats, in ms")
    given = parser.parse_args(arguments)
    config = {"guilds": [800000000000000000 + (n << 22) for n in range(given.guilds)],
              "heartbeat_interval_ms": given.interval}
    with FakeDiscord(None if given.plain else "good", **config) as fake:
        if given.ca_file and fake.authority:
            with open(given.ca_file, "wb") as out:
                out.write(fake.authority.root_pem())
        with open(given.port_file + ".part", "w", encoding="utf-8") as out:
            json.dump({"api_base": fake.api_base, "gateway": fake.gateway_url,
                       "token": fake.token, "application_id": fake.config.application_id}, out)
        os.replace(given.port_file + ".part", given.port_file)
        sys.stdin.read()
        print(fake.describe())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
