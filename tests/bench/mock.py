"""A lean Discord for measuring: one asyncio protocol, no framework, answers prepared beforehand.

tests/fakes/discord.py is the one that judges; this one only has to cost little, so that what is
measured is the bot. It speaks HTTP/1.1 with keep-alive and the gateway (zlib-stream if asked for)
on one loopback port, plain or TLS.
"""

import asyncio
import base64
import hashlib
import itertools
import json
import random
import re
import struct
import time
import zlib

APPLICATION = 1100000000000000001
GUILD = 800000000000000000
EPOCH_MS = 1420070400000
USER = {"username": "bench", "discriminator": "0", "avatar": None, "global_name": "Bench", "public_flags": 0}
MEMBER = {"roles": [], "joined_at": "2024-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0,
          "pending": False, "permissions": "2147483647", "nick": None, "avatar": None, "premium_since": None}


def snowflake(counter=itertools.count()):
    return (int(time.time() * 1000) - EPOCH_MS) << 22 | next(counter) & 0x3FFFFF


def guild_create(number):
    """A server as Discord sends it to a client that asks for the GUILDS intent."""
    guild = GUILD + (number << 22)
    channels = [{"id": str(guild + 1 + i), "type": 0, "name": f"channel-{i}", "position": i, "topic": None,
                 "nsfw": False, "rate_limit_per_user": 0, "permission_overwrites": [], "parent_id": None,
                 "last_message_id": None, "flags": 0} for i in range(20)]
    roles = [{"id": str(guild if i == 0 else guild + 100 + i), "name": f"role-{i}", "color": 0, "hoist": False,
              "position": i, "permissions": "2147483647", "managed": False, "mentionable": False, "icon": None,
              "unicode_emoji": None, "flags": 0} for i in range(10)]
    return {"id": str(guild), "name": f"Server {number}", "icon": None, "splash": None, "discovery_splash": None,
            "owner_id": "5", "afk_channel_id": None, "afk_timeout": 300, "verification_level": 1,
            "default_message_notifications": 0, "explicit_content_filter": 0, "roles": roles, "emojis": [],
            "features": [], "mfa_level": 0, "system_channel_id": None, "system_channel_flags": 0,
            "rules_channel_id": None, "vanity_url_code": None, "description": None, "banner": None,
            "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "ja", "nsfw_level": 0,
            "public_updates_channel_id": None, "premium_progress_bar_enabled": False, "joined_at": MEMBER["joined_at"],
            "large": False, "unavailable": False, "member_count": 40, "voice_states": [], "members": [],
            "channels": channels, "threads": [], "presences": [], "stage_instances": [], "stickers": [],
            "guild_scheduled_events": []}


def interaction(command, user, options=None):
    data = {"id": "900000000000000001", "name": command, "type": 1}
    if options:
        data["options"] = options
    number = snowflake()
    return number, {
        "id": str(number), "application_id": str(APPLICATION), "type": 2, "token": f"bench{number}", "version": 1,
        "guild_id": str(GUILD), "channel_id": str(GUILD + 1), "locale": "en-US", "guild_locale": "ja", "context": 0,
        "guild": {"id": str(GUILD), "locale": "ja", "features": []}, "app_permissions": "2147483647",
        "channel": {"id": str(GUILD + 1), "type": 0, "name": "channel-0", "guild_id": str(GUILD),
                    "permissions": "2147483647", "position": 0, "flags": 0},
        "member": MEMBER | {"user": USER | {"id": str(user)}}, "entitlements": [], "attachment_size_limit": 10485760,
        "authorizing_integration_owners": {"0": str(GUILD)}, "data": data}


class Mock:
    def __init__(self, guilds=1, tls=None):
        self.guilds = guilds
        self.tls = tls          # an ssl.SSLContext, or None
        self.port = 0
        self.gateway = None     # the connection that identified last
        self.identified = asyncio.Event()
        self.identified_at = 0.0
        self.sent = {}          # interaction id -> when it was written
        self.latencies = []     # seconds
        self.answered = asyncio.Event()
        self.registered = []    # the commands as last written

    @property
    def scheme(self):
        return "s" if self.tls else ""

    @property
    def api_base(self):
        return f"http{self.scheme}://localhost:{self.port}/api/v10"

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: Connection(self), "localhost", 0, ssl=self.tls,
                                               family=2, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        if self.gateway and self.gateway.transport:
            self.gateway.transport.abort()
        self.server.close()

    def answer(self, method, path, body):
        """Status and JSON of a REST request."""
        path = path.split("?")[0].removeprefix("/api/v10")
        if method == "POST" and path.startswith("/interactions/"):
            sent = self.sent.pop(int(path.split("/")[2]), None)
            if sent is not None:
                self.latencies.append(time.perf_counter() - sent)
            if not self.sent:
                self.answered.set()
            return 204, None
        if path == "/gateway/bot":
            return 200, {"url": f"ws{self.scheme}://localhost:{self.port}", "shards": 1, "session_start_limit": {
                "total": 1000, "remaining": 999, "reset_after": 1000000, "max_concurrency": 1}}
        if path == "/gateway":
            return 200, {"url": f"ws{self.scheme}://localhost:{self.port}"}
        if path == "/users/@me":
            return 200, USER | {"id": str(APPLICATION), "bot": True, "verified": True, "flags": 0}
        if path.endswith("applications/@me"):
            return 200, {"id": str(APPLICATION), "name": "bench", "icon": None, "description": "", "summary": "",
                         "bot_public": True, "bot_require_code_grant": False, "verify_key": "d" * 64, "flags": 0,
                         "owner": USER | {"id": "5"}, "team": None, "interactions_endpoint_url": None}
        if path.endswith("/commands"):
            if method == "PUT":
                self.registered = [{"id": str(900000000000000001 + i), "application_id": str(APPLICATION),
                                    "version": "1", "type": 1, "default_member_permissions": None, "nsfw": False,
                                    "options": []} | command for i, command in enumerate(json.loads(body))]
            return 200, self.registered
        return 200, {}

    async def load(self, make, count, rate):
        """Sends `count` interactions at `rate` a second with random gaps; their latencies in seconds."""
        self.latencies, self.sent = [], {}
        self.answered.clear()
        gaps = random.Random(1)
        at = time.perf_counter()
        for i in range(count):
            at += gaps.expovariate(rate)
            delay = at - time.perf_counter()
            if delay > 0:
                await asyncio.sleep(delay)
            number, payload = make(i)
            self.sent[number] = time.perf_counter()
            self.gateway.event("INTERACTION_CREATE", payload)
        try:
            await asyncio.wait_for(self.answered.wait(), 10)
        except asyncio.TimeoutError:
            raise SystemExit(f"bench: {len(self.sent)} of {count} interactions were not answered") from None
        return sorted(self.latencies)


class Connection(asyncio.Protocol):
    HEADER = re.compile(rb"\r\n([^:\r\n]+): *([^\r\n]*)")

    def __init__(self, mock):
        self.mock = mock
        self.transport = None
        self.data = bytearray()
        self.take = self.take_request
        self.deflate = None
        self.sequence = 0

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data
        while self.take():
            pass

    def take_request(self):
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.data[:end])
        headers = {key.lower(): value for key, value in self.HEADER.findall(head)}
        length = int(headers.get(b"content-length", 0))
        if len(self.data) < end + 4 + length:
            return False
        body = bytes(self.data[end + 4:end + 4 + length])
        del self.data[:end + 4 + length]
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if headers.get(b"upgrade", b"").lower() == b"websocket":
            self.upgrade(path, headers)
            return True
        status, answer = self.mock.answer(method, path, body)
        payload = json.dumps(answer).encode() if answer is not None else b""
        words = {200: "OK", 204: "No Content"}[status]
        kind = f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n" if status != 204 else ""
        self.transport.write(f"HTTP/1.1 {status} {words}\r\n{kind}\r\n".encode() + payload)
        return True

    def upgrade(self, path, headers):
        key = headers[b"sec-websocket-key"] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key).digest()).decode()
        self.transport.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode())
        if "compress=zlib-stream" in path:
            self.deflate = zlib.compressobj()
        self.take = self.take_frame
        self.payload({"op": 10, "d": {"heartbeat_interval": 41250, "_trace": []}, "s": None, "t": None})

    def take_frame(self):
        data = self.data
        if len(data) < 6:
            return False
        length, at = data[1] & 0x7F, 2
        if length == 126:
            length, at = struct.unpack_from(">H", data, 2)[0], 4
        elif length == 127:
            length, at = struct.unpack_from(">Q", data, 2)[0], 10
        if len(data) < at + 4 + length:
            return False
        mask = bytes(data[at:at + 4]) * (length // 4 + 1)
        text = bytes(a ^ b for a, b in zip(data[at + 4:at + 4 + length], mask))
        opcode = data[0] & 15
        del data[:at + 4 + length]
        if opcode == 1:
            self.op(json.loads(text))
        elif opcode == 8:
            self.transport.close()
        return True

    def op(self, message):
        if message["op"] == 1:
            self.payload({"op": 11, "d": None, "s": None, "t": None})
        elif message["op"] == 2:
            self.mock.identified_at = time.perf_counter()
            wanted = message["d"]["intents"] & 1
            guilds = [{"id": str(GUILD + (i << 22)), "unavailable": True} for i in range(self.mock.guilds)]
            self.event("READY", {
                "v": 10, "user": USER | {"id": str(APPLICATION), "bot": True, "verified": True, "email": None,
                                         "mfa_enabled": True, "flags": 0},
                "session_id": "bench", "session_type": "normal", "guilds": guilds, "private_channels": [],
                "presences": [], "relationships": [], "shard": [0, 1], "user_settings": {}, "geo_ordered_rtc_regions": [],
                "resume_gateway_url": f"ws{self.mock.scheme}://localhost:{self.mock.port}",
                "application": {"id": str(APPLICATION), "flags": 0}})
            for i in range(self.mock.guilds if wanted else 0):
                self.event("GUILD_CREATE", guild_create(i))
            self.mock.gateway = self
            self.mock.identified.set()

    def event(self, name, data):
        self.sequence += 1
        self.payload({"t": name, "s": self.sequence, "op": 0, "d": data})

    def payload(self, message):
        data = json.dumps(message, separators=(",", ":")).encode()
        opcode = 0x81
        if self.deflate:
            data = self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
            opcode = 0x82
        if len(data) < 126:
            head = struct.pack(">BB", opcode, len(data))
        elif len(data) < 65536:
            head = struct.pack(">BBH", opcode, 126, len(data))
        else:
            head = struct.pack(">BBQ", opcode, 127, len(data))
        self.transport.write(head + data)
