"""The gateway of the fake Discord: API v10, JSON, with or without zlib-stream.

Everything here runs in the fake's own loop. What a client does wrong in a way that the real
service answers with a close code gets that code; what the real service would silently make
worse (an IDENTIFY beyond the budget, a RESUME at the wrong host) is also a violation.
"""

import asyncio
import collections
import functools
import json
import secrets
import time
import zlib
from dataclasses import dataclass

from . import payload, wire

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
MEMBERS, INVALID_SESSION, HELLO, ACK = 8, 9, 10, 11

INTENTS_ALL = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
INTENTS_PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
ENDS_SESSION = (1000, 1001)


@dataclass
class Frame:
    """One payload that the client sent."""
    at: float
    op: int
    d: object
    raw: bytes = b""


@dataclass
class Closed:
    """How a connection ended: by `client`, `server` or `tcp`; code None if there was none."""
    at: float
    by: str
    code: int = None
    reason: str = ""


class Session:
    def __init__(self, shard, intents, resume_port):
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.resume_port = resume_port
        self.seq = 0
        self.log = collections.deque(maxlen=20000)
        self.connection = None
        self.resumable = True
        self.ended = None           # why it is not resumable

    def owns(self, guild_id):
        index, count = self.shard
        return index == ((int(guild_id) >> 22) % count if guild_id else 0)

    def end(self, why):
        self.resumable, self.ended = False, why


class Connection:
    """One WebSocket. The lists are histories that tests read; methods without `_now` may be
    called from the test's thread."""

    def __init__(self, gateway, request, ws, port):
        self.gateway, self.request, self.ws, self.port = gateway, request, ws, port
        self.number = len(gateway.connections) + 1
        self.query = dict(request.query)
        self.opened = time.monotonic()
        self.frames = []            # Frame, everything that the client sent
        self.sent = []              # (time, op, t or d) of what the fake sent
        self.acks_at = []
        self.session = None
        self.identify = None        # Frame
        self.resume = None          # Frame
        self.ready_at = None        # READY or RESUMED was sent
        self.hello_at = None
        self.closed = None          # Closed
        self.compress = zlib.compressobj() if self.query.get("compress") else None
        self.split = gateway.config.split
        self.frozen = False         # nothing is read or answered any more; TCP stays
        self._beat_watch = None

    @property
    def heartbeats(self):
        return [f for f in self.frames if f.op == HEARTBEAT]

    @property
    def open(self):
        return self.closed is None

    def count(self, op):
        return sum(1 for f in self.frames if f.op == op)

    # In the loop

    def send_now(self, op, d=None, s=None, t=None):
        if not self.open:
            return
        self.sent.append((time.monotonic(), op, t if op == DISPATCH else d))
        self.send_text_now(payload.dump({"op": op, "d": d, "s": s, "t": t}))

    def send_text_now(self, text):
        """Sends the bytes of one payload, compressed if the client asked for that."""
        if not self.open:
            return
        if self.compress is None:
            self.ws.message(wire.TEXT, text)
            return
        data = self.compress.compress(text) + self.compress.flush(zlib.Z_SYNC_FLUSH)
        self.send_compressed_now(data)

    def send_compressed_now(self, data):
        split = self.split
        if split == "whole" or len(data) < 2:
            cuts = [len(data)]
        elif split == "halves":
            cuts = [len(data) // 2, len(data)]
        elif split == "bytes":
            cuts = range(1, len(data) + 1)
        elif split == "suffix":       # inside the 00 00 ff ff
            cuts = [c for c in (len(data) - 3, len(data) - 1, len(data)) if c > 0]
        elif split == "odd":
            cuts = sorted({*range(7, len(data), 13), len(data)})
        else:
            raise ValueError(f"no such split: {split}")
        at = 0
        for cut in cuts:
            self.ws.frame(wire.BINARY, data[at:cut]) if split != "whole" else \
                self.ws.message(wire.BINARY, data[at:cut])
            at = cut

    def send_raw(self, data, binary=None):
        """One WebSocket message with these bytes as they are, past the compression."""
        if self.open:
            kind = wire.BINARY if (self.compress is not None if binary is None else binary) \
                else wire.TEXT
            self.ws.message(kind, data)

    def invalidate(self, resumable):
        if self.session and not resumable:
            self.session.end("op 9 false")
        self.send_now(INVALID_SESSION, resumable)

    async def close_now(self, code=None, reason=""):
        """The service's close frame; a client that does not answer it is cut off."""
        if not self.open:
            return
        self.finish(Closed(time.monotonic(), "server", code, reason))
        if code in (4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014) and self.session:
            self.session.end(f"closed with {code}")
        try:
            self.ws.close_frame(code, reason)
            asyncio.get_running_loop().call_later(1.0, self.ws.writer.transport.abort)
            await self.ws.writer.drain()
        except (ConnectionError, OSError):
            pass

    def drop_now(self, reset=True):
        if self.open:
            self.finish(Closed(time.monotonic(), "tcp"))
        wire.hard_drop(self.ws.writer, reset)

    def finish(self, closed):
        self.closed = closed
        if self._beat_watch:
            self._beat_watch.cancel()
        if self.session and self.session.connection is self:
            self.session.connection = None
        self.gateway.fake.changed()

    def watch_beats(self, interval_s):
        """Real gateways drop a client that stops beating; so does this one, and tells."""
        if self._beat_watch:
            self._beat_watch.cancel()
        grace = interval_s * 1.5 + self.gateway.config.beat_grace_s

        def missed():
            if self.open:
                self.gateway.fake.violation(
                    "heartbeat", f"connection {self.number}: none for {grace:.1f} s")
                self.gateway.fake.spawn(self.close_now(4000, "no heartbeat"))
        self._beat_watch = asyncio.get_running_loop().call_later(grace, missed)

    # From a test

    def _run(self, function, *args):
        return self.gateway.fake.run(function, *args)

    def send(self, op, d=None, s=None, t=None):
        self._run(self.send_now, op, d, s, t)

    def send_text(self, text):
        """Raw payload bytes through the connection's compression."""
        self._run(self.send_text_now, text)

    def send_bytes(self, data, binary=None):
        self._run(self.send_raw, data, binary)

    def write(self, data):
        """Bytes straight onto the connection, past the WebSocket framing too."""
        self._run(self.ws.raw, data)

    def frame(self, opcode, data, **flags):
        self._run(lambda: self.ws.frame(opcode, data, **flags))

    def dispatch(self, event, data):
        """An event of this connection's session, numbered and replayable."""
        self._run(self.gateway.dispatch_to, self.session, event, data)

    def reconnect(self):
        self.send(RECONNECT)

    def invalid_session(self, resumable):
        self._run(self.invalidate, resumable)

    def ask_heartbeat(self):
        self.send(HEARTBEAT)

    def close(self, code=None, reason=""):
        self.gateway.fake.run_async(self.close_now(code, reason))

    def freeze(self):
        """The peer is gone without a word: TCP stays up, nothing is read or sent any more."""
        def go():
            self.frozen = True
            self.finish(Closed(time.monotonic(), "tcp"))
        self._run(go)

    def drop(self, reset=True):
        self._run(self.drop_now, reset)

    def bomb(self, size, whole=True):
        """A small compressed message that inflates to `size` bytes; the stream is spoilt then."""
        data = bomb_blocks(size, whole)
        self._run(lambda: self.ws.frame(wire.BINARY, data))

    def __repr__(self):
        state = "open" if self.open else f"closed by {self.closed.by} {self.closed.code}"
        ops = collections.Counter(f.op for f in self.frames)
        return f"<connection {self.number} port {self.port} {state} sent ops {dict(ops)}>"


@functools.lru_cache(maxsize=4)
def bomb_blocks(size, whole):
    """Deflate blocks that need nothing of what was sent before, and can follow any flush."""
    raw, chunk, out = zlib.compressobj(9, zlib.DEFLATED, -15), b" " * (1 << 20), []
    for left in range(size, 0, -len(chunk)):
        out.append(raw.compress(chunk[:min(left, len(chunk))]))
    out.append(raw.flush(zlib.Z_SYNC_FLUSH if whole else zlib.Z_PARTIAL_FLUSH))
    return b"".join(out)


class Gateway:
    def __init__(self, fake):
        self.fake, self.config = fake, fake.config
        self.connections = []
        self.sessions = []
        self.identifies = []        # (time, shard id, connection)
        self.budget_used = 0

    # Events

    def dispatch_to(self, session, event, data):
        session.seq += 1
        session.log.append((session.seq, event, data))
        if session.connection and session.connection.ready_at is not None:
            session.connection.send_now(DISPATCH, data, session.seq, event)
        return session.seq

    def dispatch(self, event, data, guild_id=None):
        """To every session that owns the guild; sessions that are away get it replayed."""
        seen = 0
        for session in self.sessions:
            if session.resumable and session.owns(guild_id):
                self.dispatch_to(session, event, data)
                seen += 1
        return seen

    # One connection

    async def serve(self, request, reader, writer, port):
        action = self.fake.faults.take("gateway:upgrade", request)
        if action:
            answer = await action(None, request)
            if isinstance(answer, wire.Response):
                return answer
        ws = wire.WebSocket(request, reader, writer)
        ws.tcp_split, ws.fragment = self.config.tcp_split, self.config.fragment
        await ws.accept()
        conn = Connection(self, request, ws, port)
        self.connections.append(conn)
        self.fake.changed()
        try:
            await self._talk(conn)
        except wire.WireError as bad:
            self.fake.violation("websocket", f"connection {conn.number}: {bad}")
            await conn.close_now(bad.code, str(bad))
        except (asyncio.IncompleteReadError, ConnectionError, OSError, EOFError):
            if conn.open:
                conn.finish(Closed(time.monotonic(), "tcp"))
        finally:
            if conn.open:
                conn.finish(Closed(time.monotonic(), "tcp"))
        await self._farewell(ws)
        return None

    async def _farewell(self, ws):
        """Lets the client answer our close frame before the TCP connection goes."""
        try:
            async def drain():
                while (await ws.recv())[0] != wire.CLOSE:
                    pass
            await asyncio.wait_for(drain(), 0.5)
        except (wire.WireError, asyncio.TimeoutError, EOFError, ConnectionError, OSError,
                UnicodeDecodeError):
            pass
        ws.writer.close()

    async def _talk(self, conn):
        if not await self._check_url(conn):
            return
        if await self._fault(conn, "hello", None):
            if not conn.open:
                return
        else:
            self._hello(conn)
        recent = collections.deque()
        while conn.open:
            kind, data = await conn.ws.recv()
            while conn.frozen:
                await asyncio.sleep(0.05)
            if not conn.open:
                return
            now = time.monotonic()
            if kind == wire.CLOSE:
                code = int.from_bytes(data[:2], "big") if data else None
                self._client_closed(conn, code, data[2:].decode("utf-8"))
                return
            frame = self._decode(kind, data, now)
            if isinstance(frame, str):
                self.fake.violation("gateway", f"connection {conn.number}: {frame}")
                await conn.close_now(4002, "Error while decoding payload.")
                return
            conn.frames.append(frame)
            self.fake.changed()
            recent.append(now)
            while recent and recent[0] <= now - self.config.send_window_s:
                recent.popleft()
            if len(recent) > self.config.send_limit:
                self.fake.violation("gateway", f"connection {conn.number}: more than "
                                    f"{self.config.send_limit} sends in a window")
                await conn.close_now(4008, "You are being rate limited.")
                return
            await self._handle(conn, frame)

    async def _check_url(self, conn):
        query = conn.query
        if conn.request.path not in ("/", ""):
            self.fake.violation("gateway-url", f"path is {conn.request.path!r}")
        if query.get("v") != "10":
            self.fake.violation("gateway-url", f"v is {query.get('v')!r}")
            await conn.close_now(4012, "Invalid API version.")
            return False
        if query.get("encoding") != "json":
            self.fake.violation("gateway-url", f"encoding is {query.get('encoding')!r}")
            await conn.close_now(4002, "Unknown encoding.")
            return False
        if query.get("compress", "zlib-stream") != "zlib-stream":
            self.fake.violation("gateway-url", f"compress is {query['compress']!r}")
            await conn.close_now(4002, "Unknown compression.")
            return False
        return True

    def _hello(self, conn):
        conn.hello_at = time.monotonic()
        interval = self.config.heartbeat_interval_ms
        conn.send_now(HELLO, {"heartbeat_interval": interval, "_trace": ["[\"fake\",{}]"]})
        conn.watch_beats(interval / 1000)

    async def _fault(self, conn, stage, frame):
        action = self.fake.faults.take(f"gateway:{stage}", conn)
        return bool(action and await action(conn, frame))

    def _decode(self, kind, data, now):
        if kind != wire.TEXT:
            return "JSON comes in text messages"
        if len(data) > 4096:
            return f"payload of {len(data)} bytes"
        try:
            body = payload.strict_json(data)
        except ValueError as bad:
            return f"not JSON: {bad}"
        if not isinstance(body, dict) or not isinstance(body.get("op"), int) or "d" not in body:
            return "no op or no d"
        return Frame(now, body["op"], body["d"], data)

    def _client_closed(self, conn, code, reason):
        session = conn.session
        if code is not None and not (1000 <= code <= 1003 or 1007 <= code <= 1014
                                     or 3000 <= code <= 4999):
            self.fake.violation("websocket", f"connection {conn.number}: close code {code}")
        if session and code in ENDS_SESSION:
            session.end(f"client closed with {code}")
        conn.finish(Closed(time.monotonic(), "client", code, reason))
        try:
            conn.ws.close_frame(code)
        except (ConnectionError, OSError):
            pass

    async def _handle(self, conn, frame):
        if frame.op == HEARTBEAT:
            await self._heartbeat(conn, frame)
        elif frame.op == IDENTIFY:
            await self._identify(conn, frame)
        elif frame.op == RESUME:
            await self._resume(conn, frame)
        elif frame.op in (PRESENCE, VOICE, MEMBERS, 31):
            if conn.session is None:
                await conn.close_now(4003, "Not authenticated.")
            elif frame.op == PRESENCE:
                await self._presence(conn, frame)
        else:
            self.fake.violation("gateway", f"connection {conn.number}: op {frame.op}")
            await conn.close_now(4001, "Unknown opcode.")

    async def _heartbeat(self, conn, frame):
        # Before a RESUME the client may already say what it has of the session.
        last = conn.session.seq if conn.session else max((s.seq for s in self.sessions), default=0)
        good = frame.d is None or (isinstance(frame.d, int) and not isinstance(frame.d, bool)
                                   and 0 <= frame.d <= last)
        if not good:
            self.fake.violation("gateway", f"heartbeat with d {frame.d!r}, last was {last}")
        conn.watch_beats(self.config.heartbeat_interval_ms / 1000)
        if await self._fault(conn, "heartbeat", frame) or not self.config.ack:
            return
        conn.acks_at.append(time.monotonic())
        conn.send_now(ACK)

    async def _presence(self, conn, frame):
        d = frame.d
        if not isinstance(d, dict) or not {"since", "activities", "status", "afk"} <= set(d):
            self.fake.violation("gateway", f"bad presence update {d!r}")
            await conn.close_now(4002, "Error while decoding payload.")

    async def _identify(self, conn, frame):
        d = frame.d
        if conn.session is not None:
            await conn.close_now(4005, "Already authenticated.")
            return
        conn.identify = frame
        now = time.monotonic()
        shard = d.get("shard", [0, 1]) if isinstance(d, dict) else None
        problem = self._identify_form(d, shard)
        if problem:
            self.fake.violation("gateway", f"IDENTIFY: {problem}")
            await conn.close_now(4002, "Error while decoding payload.")
            return
        self.identifies.append((now, shard[0], conn))
        self.budget_used += 1
        if self.budget_used > self.config.session_start_remaining:
            self.fake.violation("identify-budget", "an IDENTIFY with nothing left")
            await conn.close_now(4004, "Authentication failed.")
            return
        if conn.port != self.fake.port and self.config.strict_urls:
            self.fake.violation("gateway-url", "IDENTIFY at the resume URL")
        if await self._fault(conn, "identify", frame):
            return
        if d["token"] != self.config.token:
            await conn.close_now(4004, "Authentication failed.")
            return
        code = self._identify_refused(d, shard)
        if code:
            await conn.close_now(code, "Refused.")
            return
        key = shard[0] % self.config.max_concurrency
        quick = [t for t, i, _ in self.identifies[:-1] if i % self.config.max_concurrency == key
                 and now - t < self.config.identify_window_s]
        if quick:
            self.fake.note("identify-too-quick", now - quick[-1])
            conn.invalidate(False)
            return
        self._ready(conn, shard, d["intents"])

    @staticmethod
    def _identify_form(d, shard):
        if not isinstance(d, dict) or not isinstance(d.get("token"), str):
            return "no token"
        if not isinstance(d.get("intents"), int) or isinstance(d.get("intents"), bool):
            return "no intents"
        properties = d.get("properties")
        if not isinstance(properties, dict) or not all(
                isinstance(properties.get(k), str) for k in ("os", "browser", "device")):
            return "properties lack os, browser or device"
        if not (isinstance(shard, list) and len(shard) == 2
                and all(isinstance(n, int) for n in shard)):
            return f"shard is {shard!r}"
        unknown = set(d) - {"token", "intents", "properties", "shard", "compress", "presence",
                            "large_threshold"}
        return f"unknown keys {sorted(unknown)}" if unknown else None

    def _identify_refused(self, d, shard):
        if not 0 <= shard[0] < shard[1]:
            return 4010
        if self.config.sharding_required and shard[1] < self.config.sharding_required:
            return 4011
        if d["intents"] & ~INTENTS_ALL or d["intents"] < 0:
            return 4013
        if d["intents"] & INTENTS_PRIVILEGED & ~self.config.privileged_intents:
            return 4014
        return None

    def _ready(self, conn, shard, intents):
        session = Session(tuple(shard), intents, self.fake.resume_port)
        self.sessions.append(session)
        session.connection, conn.session = conn, session
        guilds = [g for g in self.config.guilds if session.owns(g)]
        bot = {**payload.user(self.config.application_id, bot=True, name="homuhomu"),
               "verified": True, "mfa_enabled": True, "email": None}
        conn.ready_at = time.monotonic()
        self.dispatch_to(session, "READY", {
            "v": 10, "user": bot, "guilds": [{"id": str(g), "unavailable": True} for g in guilds],
            "session_id": session.id, "session_type": "normal", "shard": list(shard),
            "resume_gateway_url": self.fake.resume_url if self.config.resume_url is None
            else self.config.resume_url,
            "application": {"id": str(self.config.application_id), "flags": 8953856},
            "user_settings": {}, "relationships": [], "private_channels": [], "presences": [],
            "guild_join_requests": [], "geo_ordered_rtc_regions": ["japan", "hongkong"],
            "game_relationships": [], "auth": {}, "_trace": ["[\"fake\",{\"micros\":1}]"]})
        if intents & payload.INTENT_GUILDS:
            for one in guilds:
                self.dispatch_to(session, "GUILD_CREATE", payload.guild(one))
        self.fake.changed()

    async def _resume(self, conn, frame):
        d = frame.d
        if conn.session is not None:
            await conn.close_now(4005, "Already authenticated.")
            return
        conn.resume = frame
        if not (isinstance(d, dict) and isinstance(d.get("token"), str)
                and isinstance(d.get("session_id"), str) and isinstance(d.get("seq"), int)):
            self.fake.violation("gateway", f"RESUME without its keys: {sorted(d or {})}")
            await conn.close_now(4002, "Error while decoding payload.")
            return
        if conn.port != self.fake.resume_port and self.config.strict_urls:
            self.fake.violation("gateway-url", "RESUME at another host than resume_gateway_url")
        if await self._fault(conn, "resume", frame):
            return
        if d["token"] != self.config.token:
            await conn.close_now(4004, "Authentication failed.")
            return
        session = next((s for s in self.sessions if s.id == d["session_id"]), None)
        if session is None or not session.resumable or not self.config.allow_resume:
            self.fake.note("resume-refused", session.ended if session else "unknown session")
            conn.invalidate(False)
            return
        if d["seq"] > session.seq:
            await conn.close_now(4007, "Invalid seq.")
            return
        old = session.connection
        if old is not None and old is not conn:
            session.connection = None
            await old.close_now(None)
        conn.session, session.connection = session, conn
        conn.ready_at = time.monotonic()
        for number, event, data in list(session.log):
            if number > (1 if self.config.replay_all else d["seq"]):
                conn.send_now(DISPATCH, data, number, event)
        self.dispatch_to(session, "RESUMED", {"_trace": ["[\"fake\",{}]"]})
        self.fake.changed()


def describe(connections):
    """The histories as text, for the message of a failed wait."""
    lines = []
    for conn in connections:
        lines.append(repr(conn))
        for frame in conn.frames[-6:]:
            d = dict(frame.d, token="…") if isinstance(frame.d, dict) and "token" in frame.d \
                else frame.d
            lines.append(f"    {frame.at - conn.opened:8.3f} op {frame.op} {json.dumps(d)[:160]}")
    return "\n".join(lines)
