"""The HTTP side of the fake Discord: routes, authorisation, rate limits, interactions.

Every request is checked against the published OpenAPI (where it is there) and against the
limits in checks.py; what is wrong becomes a violation and, as at the real service, a 400.
"""

import asyncio
import collections
import datetime
import hashlib
import re
import time

from . import checks, payload, wire

BASE = "/api/v10"
ATTACHED = "/ephemeral-attachments/"
LARGE_BYTES = 8192
AGENT_STRICT = re.compile(r"^DiscordBot \(https?://[^\s,()]+, [0-9][^\s,()]*\)( .*)?$")
AGENT_LENIENT = re.compile(r"^DiscordBot \(https?://")

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
CALLBACKS = {1: (1,), COMMAND: (4, 5, 9), COMPONENT: (4, 5, 6, 7, 9), AUTOCOMPLETE: (8,),
             MODAL: (4, 5, 6, 7)}


class Refusal(Exception):
    """An error answer of Discord's: status, code and text."""

    def __init__(self, status, code, text, errors=None):
        super().__init__(text)
        self.status = status
        self.body = {"message": text, "code": code}
        if errors:
            self.body["errors"] = errors


class Buckets:
    """Rate limits as the service keeps them: per bucket and top resource, and 50/s in all."""

    def __init__(self, config):
        self.config = config
        self.hits = collections.defaultdict(collections.deque)

    @staticmethod
    def bucket(method, template):
        return hashlib.sha256(f"{method} {template}".encode()).hexdigest()[:32]

    def _window(self, key, limit, window, now):
        hits = self.hits[key]
        while hits and hits[0] <= now - window:
            hits.popleft()
        return hits, (hits[0] + window - now if len(hits) >= limit else 0)

    def take(self, method, template, major, counts_globally):
        """(headers, None) if the request may pass, else (headers, retry_after, scope)."""
        now = time.monotonic()
        limit, window = self.config.limits.get(f"{method} {template}", self.config.limit_default)
        hits, wait = self._window((method, template, major), limit, window, now)
        whole, whole_wait = self._window("global", self.config.global_limit, 1.0, now)
        if counts_globally and whole_wait:
            return {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, whole_wait, "global"
        reset = (hits[0] if hits else now) + window - now
        headers = {"X-RateLimit-Limit": str(limit),
                   "X-RateLimit-Bucket": self.bucket(method, template),
                   "X-RateLimit-Reset": f"{self.config.now() + reset:.3f}",
                   "X-RateLimit-Reset-After": f"{reset:.3f}"}
        if wait:
            headers.update({"X-RateLimit-Remaining": "0", "X-RateLimit-Scope": "user"})
            return headers, wait, "user"
        hits.append(now)
        if counts_globally:
            whole.append(now)
        headers["X-RateLimit-Remaining"] = str(limit - len(hits))
        return headers, None, None


class Rest:
    def __init__(self, fake):
        self.fake, self.config = fake, fake.config
        self.buckets = Buckets(fake.config)
        self.requests = []
        self.commands = collections.OrderedDict()      # (guild or None, id) -> command
        self.interactions = {}                          # token -> interactions.Interaction
        self.modals = {}                                # (user, custom_id) that was opened -> body of what opened it
        self.posted = []                                # messages written to channels
        self.files = {}                                 # path -> (content type, bytes): what people attached
        self.nonces = {}                                # (channel, nonce) -> message
        self.invalid = collections.deque()              # times of 401, 403, 429
        self._routes = [(m, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", t) + "$"), t, h)
                        for m, t, h in self._table()]

    def _table(self):
        commands = "/applications/{application_id}/commands"
        guild = "/applications/{application_id}/guilds/{guild_id}/commands"
        hook = "/webhooks/{webhook_id}/{webhook_token}"
        rows = [("GET", "/gateway", self._gateway),
                ("GET", "/gateway/bot", self._gateway_bot),
                ("GET", "/users/@me", self._me),
                ("GET", "/applications/@me", self._application),
                ("GET", "/oauth2/applications/@me", self._application),
                ("POST", "/interactions/{interaction_id}/{interaction_token}/callback",
                 self._callback),
                ("POST", hook, self._follow_up),
                ("GET", hook + "/messages/{message_id}", self._message_get),
                ("PATCH", hook + "/messages/{message_id}", self._message_edit),
                ("DELETE", hook + "/messages/{message_id}", self._message_delete),
                ("POST", "/channels/{channel_id}/messages", self._channel_message)]
        for base in (commands, guild):
            rows += [("GET", base, self._commands_list), ("PUT", base, self._commands_put),
                     ("POST", base, self._command_post),
                     ("GET", base + "/{command_id}", self._command_get),
                     ("PATCH", base + "/{command_id}", self._command_patch),
                     ("DELETE", base + "/{command_id}", self._command_delete)]
        return rows

    # The way of one request

    async def serve(self, request):
        self.requests.append(request)
        self.fake.changed()

        async def proceed():
            return await self._answer(request)
        shown = request.path[len(BASE):] if request.path.startswith(BASE) else request.path
        action = self.fake.faults.take(f"{request.method} {shown}", request)
        if action:
            await self._inspect(request, shown)
            request.note = "fault"
            response = await action(request, proceed)
        else:
            response = await proceed()
        if response.delay:
            await asyncio.sleep(response.delay)
        request.status = 0 if response.drop else response.status
        request.answer = response.body
        if response.status in (401, 403) or (response.status == 429 and response.headers.get(
                "X-RateLimit-Scope") != "shared"):
            self.invalid.append(time.monotonic())
        request.done_at = time.monotonic()
        self.fake.changed()
        return response

    async def _inspect(self, request, shown):
        """What every request has to obey, whatever the answer will be."""
        if not request.path.startswith(BASE + "/"):
            self.fake.violation("path", f"{request.path} is not below {BASE}")
            return
        agent = request.header("user-agent") or ""
        if not AGENT_STRICT.match(agent):
            self.fake.violation("user-agent", f"{agent!r}")
        kind = request.header("content-type")
        files = []
        if request.body:
            try:
                if (kind or "").lower().startswith("multipart/form-data"):
                    parts = wire.multipart_parts(kind, request.body)
                    files = [p for p in parts if p[0] != "payload_json"]
                    bodies = [p[3] for p in parts if p[0] == "payload_json"]
                    if len(bodies) != 1:
                        raise ValueError("not one payload_json")
                    request.json = payload.strict_json(bodies[0])
                elif (kind or "").lower().startswith("application/json"):
                    request.json = payload.strict_json(request.body)
                else:
                    raise ValueError(f"content type {kind!r}")
            except (ValueError, wire.WireError) as bad:
                self.fake.violation("body", f"{request.method} {request.path}: {bad}")
        request.files = files
        if self.fake.openapi and self.config.validate:
            check = (request.method, shown, request.query, kind, request.json)
            if len(request.body) < LARGE_BYTES:
                faults = self.fake.openapi.check_request(*check)
            else:
                # It takes long enough for a heartbeat to be missed.
                faults = await asyncio.to_thread(self.fake.openapi.check_request, *check)
            for fault in faults:
                self.fake.violation("openapi", f"{request.method} {request.path}: {fault}")
        if self.fake.token_in(request.target.encode() + request.body):
            self.fake.violation("token", f"the token is in {request.method} {request.path}")

    def _file(self, request):
        """What a person attached, from where Discord keeps it: nobody is to show who asks."""
        if request.header("authorization") is not None:
            self.fake.violation("token", f"an Authorization header at {request.path}")
        if request.method != "GET" or request.target not in self.files:
            return wire.Response(404, b"This content is no longer available.", {"Content-Type": "text/plain"})
        kind, data = self.files[request.target]
        return wire.Response(200, data, {"Content-Type": kind})

    async def _answer(self, request):
        if request.path.startswith(ATTACHED):
            return self._file(request)
        shown = request.path[len(BASE):] if request.path.startswith(BASE) else request.path
        if request.note != "fault":
            await self._inspect(request, shown)
        agent = request.header("user-agent") or ""
        if self.config.agent_required and not AGENT_LENIENT.match(agent):
            return wire.Response(403, b"<html><title>Access denied</title></html>",
                                 {"Content-Type": "text/html", "Server": "cloudflare"})
        if len([t for t in self.invalid if t > time.monotonic() - 600]) >= self.config.invalid_limit:
            return wire.Response(429, b"<html><title>Error 1015</title></html>",
                                 {"Content-Type": "text/html", "Retry-After": "600"})
        route = self._find(request.method, shown)
        if route is None:
            known = self.fake.openapi and self.fake.openapi.route(shown)
            self.fake.violation("route", f"{request.method} {shown}: " + (
                "the fake does not have it" if known else "no such route"))
            return self._json(404, {"message": "404: Not Found", "code": 0})
        template, handler, values = route
        request.route = template
        try:
            self._authorise(request, template)
        except Refusal as no:
            return self._json(no.status, no.body)
        major = values.get("webhook_token") or values.get("interaction_token") or \
            values.get("guild_id") or values.get("channel_id") or ""
        headers, wait, scope = self.buckets.take(request.method, template, major,
                                                 not template.startswith(("/inter", "/webhooks")))
        if wait:
            self.fake.note("rate-limited", (request.method, shown, scope))
            return self._json(429, {"message": "You are being rate limited.",
                                    "retry_after": round(wait, 3), "global": scope == "global"},
                              {**headers, "Retry-After": str(int(wait) + 1), "Via": "1.1 google"})
        if self.config.rest_delay_s:
            await asyncio.sleep(self.config.rest_delay_s)
        try:
            if request.body and request.json is None:
                raise Refusal(400, 50109, "The request body contains invalid JSON.")
            status, body = handler(request, values)
        except Refusal as no:
            return self._json(no.status, no.body, headers)
        except (KeyError, TypeError, AttributeError, ValueError) as bad:
            self.fake.violation("body", f"{request.method} {shown}: {bad!r}")
            return self._json(400, {"message": "Invalid Form Body", "code": 50035}, headers)
        if self.fake.openapi and self.config.validate_answers:
            for fault in self.fake.openapi.check_answer(request.method, shown, status, body):
                self.fake.violation("fake", f"{request.method} {shown} {status}: {fault}")
        return self._json(status, body, headers)

    def _find(self, method, shown):
        for wanted, pattern, template, handler in self._routes:
            found = pattern.match(shown)
            if found and wanted == method:
                return template, handler, found.groupdict()
        return None

    def _json(self, status, body, headers=None):
        data = b"" if body is None else payload.dump(body)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        return wire.Response(status, data, {**kind, "Server": "cloudflare", **(headers or {})})

    def _authorise(self, request, template):
        given = request.header("authorization")
        if given is None and template.startswith(("/interactions/", "/webhooks/")) \
                or template == "/gateway":
            return
        if given != f"Bot {self.config.token}":
            raise Refusal(401, 0, "401: Unauthorized")

    # Handlers: (status, JSON)

    def _gateway(self, request, values):
        return 200, {"url": self.fake.gateway_url}

    def _gateway_bot(self, request, values):
        left = self.config.session_start_remaining - self.fake.gateway.budget_used
        return 200, {"url": self.config.gateway_url or self.fake.gateway_url,
                     "shards": self.config.shards,
                     "session_start_limit": {
                         "total": self.config.session_start_total, "remaining": max(0, left),
                         "reset_after": self.config.session_start_reset_ms,
                         "max_concurrency": self.config.max_concurrency}}

    def _me(self, request, values):
        return 200, {**payload.user(self.config.application_id, bot=True, name="homuhomu"),
                     "mfa_enabled": True, "locale": "en-US", "email": None, "verified": True}

    def _application(self, request, values):
        bot = payload.user(self.config.application_id, bot=True, name="homuhomu")
        return 200, {"id": str(self.config.application_id), "name": "homuhomu", "icon": None,
                     "description": "", "type": None, "bot": bot, "bot_public": True,
                     "bot_require_code_grant": False, "verify_key": self.config.public_key,
                     "flags": 8953856, "flags_new": "8953856", "tags": [], "redirect_uris": [],
                     "max_participants": None, "owner": payload.user(770000000000000001),
                     "interactions_endpoint_url": self.config.interactions_endpoint_url,
                     "role_connections_verification_url": None, "integration_types_config": {
                         "0": {"oauth2_install_params": {"scopes": ["applications.commands", "bot"],
                                                         "permissions": "0"}}},
                     "approximate_guild_count": len(self.config.guilds),
                     "approximate_user_install_count": 0,
                     "approximate_user_authorization_count": 0,
                     "event_webhooks_status": 1, "explicit_content_filter": 0, "team": None,
                     "eligible_oauth2_scopes": ["applications.commands", "bot"]}

    def _own(self, values):
        if values["application_id"] != str(self.config.application_id):
            raise Refusal(403, 20012, "You are not authorized to perform this action on this "
                          "application")
        return int(values["guild_id"]) if values.get("guild_id") else None

    def _stored(self, given, guild, command_id=None):
        command_id = command_id or payload.snowflake(self.config.now() * 1000)
        kind = given.get("type") or 1
        permissions = given.get("default_member_permissions")
        out = {"id": str(command_id), "application_id": str(self.config.application_id),
               "version": str(payload.snowflake(self.config.now() * 1000)), "type": kind,
               "default_member_permissions": None if permissions is None else str(permissions),
               "name": given["name"], "description": given.get("description") or "",
               "name_localizations": given.get("name_localizations"), "nsfw": False,
               "description_localizations": given.get("description_localizations"),
               "dm_permission": True, "contexts": given.get("contexts"),
               "integration_types": given.get("integration_types") or [0]}
        if given.get("options"):
            out["options"] = [self._option(o) for o in given["options"]]
        if guild:
            out["guild_id"] = str(guild)
            for key in ("dm_permission", "contexts", "integration_types"):
                out.pop(key)
        return out

    def _option(self, given):
        """An option as the service gives it back: without nulls, and without what is false."""
        out = {k: v for k, v in given.items()
               if v is not None and not (k in ("required", "autocomplete") and v is False)}
        for key in ("name_localizations", "description_localizations"):
            out[key] = given.get(key)
        if given.get("options"):
            out["options"] = [self._option(o) for o in given["options"]]
        elif "options" in out:
            del out["options"]
        if out.get("choices"):
            out["choices"] = [{**c, "name_localizations": c.get("name_localizations")}
                              for c in out["choices"]]
        elif "choices" in out:
            del out["choices"]
        return out

    @staticmethod
    def _unlocalised(command):
        """Without with_localizations the dictionaries are left out, at every depth."""
        if isinstance(command, dict):
            return {k: Rest._unlocalised(v) for k, v in command.items()
                    if k not in ("name_localizations", "description_localizations")}
        if isinstance(command, list):
            return [Rest._unlocalised(v) for v in command]
        return command

    def _commands_list(self, request, values):
        guild = self._own(values)
        found = [c for (g, _), c in self.commands.items() if g == guild]
        if dict(request.query).get("with_localizations") not in ("true", "1"):
            found = [self._unlocalised(c) for c in found]
        return 200, found

    def _checked_commands(self, listed):
        faults = checks.commands(listed)
        for fault in faults:
            self.fake.violation("limits", f"commands: {fault}")
        if faults:
            raise Refusal(400, 50035, "Invalid Form Body")

    def _commands_put(self, request, values):
        guild = self._own(values)
        listed = request.json if request.json is not None else []
        self._checked_commands(listed)
        old = {(c["type"], c["name"]): c["id"] for (g, _), c in self.commands.items() if g == guild}
        for key in [k for k in self.commands if k[0] == guild]:
            del self.commands[key]
        out = []
        for given in listed:
            one = self._stored(given, guild, old.get((given.get("type") or 1, given["name"])))
            self.commands[(guild, one["id"])] = one
            out.append(one)
        self.fake.note("commands-written", guild)
        return 200, out

    def _command_post(self, request, values):
        guild = self._own(values)
        self._checked_commands([request.json or {}])
        old = {c["name"]: c["id"] for (g, _), c in self.commands.items() if g == guild}
        one = self._stored(request.json, guild, old.get(request.json["name"]))
        self.commands[(guild, one["id"])] = one
        return 200 if request.json["name"] in old else 201, one

    def _command(self, values):
        key = (self._own(values), values["command_id"])
        if key not in self.commands:
            raise Refusal(404, 10063, "Unknown application command")
        return key

    def _command_get(self, request, values):
        return 200, self.commands[self._command(values)]

    def _command_patch(self, request, values):
        key = self._command(values)
        given = {**self.commands[key], **(request.json or {})}
        self.commands[key] = self._stored(given, key[0], key[1])
        return 200, self.commands[key]

    def _command_delete(self, request, values):
        del self.commands[self._command(values)]
        return 204, None

    # Interactions

    def _callback(self, request, values):
        one = self.interactions.get(values["interaction_token"])
        if one is None or one.id != values["interaction_id"]:
            self.fake.note("callback-unknown", values["interaction_id"])
            raise Refusal(404, 10062, "Unknown interaction")
        one.callbacks.append(request)
        if one.acknowledged:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if time.monotonic() - one.created > self.config.interaction_deadline_s:
            raise Refusal(404, 10062, "Unknown interaction")
        kind = request.json.get("type") if isinstance(request.json, dict) else None
        if kind not in CALLBACKS[one.kind]:
            self.fake.violation("callback", f"type {kind!r} for an interaction of type {one.kind}")
            raise Refusal(400, 50035, "Invalid Form Body")
        data, under = request.json.get("data"), one.body.get("message")
        if kind in (6, 7) and under is None:
            self.fake.violation("callback", f"type {kind} for a modal that no message opened")
            raise Refusal(400, 50035, "Invalid Form Body")
        if request.files and kind not in (4, 7):
            self.fake.violation("callback", f"files with an answer of type {kind}")
            raise Refusal(400, 50035, "Invalid Form Body")
        made = None
        if kind == 4:
            self._checked_message(data, request.files, False)
            made = self.make_message(one, data, request.files)
        elif kind == 7:
            made = self._edited(one, under, data or {}, request.files)
        elif kind == 9:
            self._limits(checks.modal(data or {}))
            self.modals[one.user_id, data["custom_id"]] = one.body
        elif kind == 8:
            self._limits(checks.autocomplete(data or {}))
        one.acknowledge(kind, data, request, made)
        self.fake.changed()
        if dict(request.query).get("with_response") not in ("true", "1"):
            return 204, None
        out = {"interaction": {"id": one.id, "type": one.kind,
                               "response_message_loading": kind == 5,
                               "response_message_ephemeral": one.ephemeral}}
        if kind in (4, 7):
            out["resource"] = {"type": kind, "message": one.message}
        return 200, out

    def _limits(self, faults):
        for fault in faults:
            self.fake.violation("limits", fault)
        if faults:
            raise Refusal(400, 50035, "Invalid Form Body")

    def _checked_message(self, data, files, partial, kept=None):
        # The service takes a message without it; ours always says whom it may mention.
        if "allowed_mentions" not in (data or {}):
            self.fake.violation("allowed-mentions", "not written")
        self._limits(checks.message(data, files, partial, kept))

    def _edited(self, one, old, data, files):
        """A message after an edit, which names what changes; the rest of it stays."""
        had = old.get("attachments", [])
        self._checked_message(data, files, True, {a["id"]: a["filename"] for a in had})
        stays = {"content": old.get("content"), "embeds": old.get("embeds"), "flags": old["flags"],
                 "components": [self._plain(c) for c in old.get("components", [])]}
        return self.make_message(one, {**stays, **data}, files, old["id"], True, had)

    def make_message(self, one, data, files, message_id=None, edited=False, kept=()):
        now = datetime.datetime.fromtimestamp(self.config.now(), datetime.timezone.utc)
        stamp = now.isoformat(timespec="microseconds")
        bot = payload.user(self.config.application_id, bot=True, name="homuhomu")
        return payload.message(message_id or payload.snowflake(self.config.now() * 1000),
                               one.body["channel_id"], self.config.application_id, bot, data,
                               stamp, files, stamp if edited else None, one.body, kept,
                               opened_by=self.modals.get((one.user_id, one.body["data"].get("custom_id"))))

    def _hook(self, values):
        one = self.interactions.get(values["webhook_token"])
        if one is None or values["webhook_id"] != str(self.config.application_id) \
                or not one.acknowledged:
            raise Refusal(404, 10015, "Unknown Webhook")
        if time.monotonic() - one.created > self.config.token_lifetime_s:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return one

    def _follow_up(self, request, values):
        one = self._hook(values)
        self._checked_message(request.json, request.files, False)
        made = self.make_message(one, request.json, request.files)
        one.follow_up(made, request)
        self.fake.changed()
        return 200, made

    def _message_of(self, values):
        one = self._hook(values)
        wanted = values["message_id"]
        found = one.original() if wanted == "@original" else one.messages.get(wanted)
        if found is None:
            raise Refusal(404, 10008, "Unknown Message")
        return one, found

    def _message_get(self, request, values):
        return 200, self._message_of(values)[1]

    def _message_edit(self, request, values):
        one, old = self._message_of(values)
        made = self._edited(one, old, request.json or {}, request.files)
        one.edit(made, request)
        self.fake.changed()
        return 200, made

    # Channels

    def _channel_message(self, request, values):
        channel, data = int(values["channel_id"]), request.json or {}
        home = next((g for g in self.config.guilds
                     if str(channel) in {c["id"] for c in payload.guild(g)["channels"]}), None)
        if home is None:
            raise Refusal(404, 10003, "Unknown Channel")
        if channel in self.config.closed_channels:
            raise Refusal(403, 50001, "Missing Access")
        if (data.get("flags") or 0) & checks.EPHEMERAL:
            self._limits(["/flags has EPHEMERAL, which a message in a channel cannot be"])
        self._checked_message(data, request.files, False)
        known = (channel, str(data.get("nonce")))
        if data.get("nonce") is not None and data.get("enforce_nonce") and known in self.nonces:
            return 200, self.nonces[known]
        stamp = datetime.datetime.fromtimestamp(self.config.now(), datetime.timezone.utc).isoformat(
            timespec="microseconds")
        made = payload.message(payload.snowflake(self.config.now() * 1000), channel, self.config.application_id,
                               payload.user(self.config.application_id, bot=True, name="homuhomu"), data, stamp,
                               request.files, hooked=False)
        if data.get("nonce") is not None:
            made["nonce"] = data["nonce"]
            self.nonces[known] = made
        self.posted.append(made)
        self.fake.changed()
        return 200, made

    @staticmethod
    def _plain(component):
        out = {k: v for k, v in component.items() if k != "id"}
        if "components" in out:
            out["components"] = [Rest._plain(c) for c in out["components"]]
        return out

    def _message_delete(self, request, values):
        one, old = self._message_of(values)
        one.delete(old["id"], request)
        self.fake.changed()
        return 204, None
