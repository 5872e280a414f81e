"""What Discord puts into its events and answers: snowflakes, users, members, interactions."""

import base64
import itertools
import json
import secrets
import threading

EPOCH_MS = 1420070400000
INTENT_GUILDS = 1

_increment = itertools.count(1)
_lock = threading.Lock()


def snowflake(when_ms):
    """A fresh id made at `when_ms` (Unix milliseconds). Never the same twice in a process
    for the same millisecond, up to 4096 of them."""
    with _lock:
        return (int(when_ms) - EPOCH_MS) << 22 | 1 << 17 | next(_increment) & 0xFFF


def snowflake_ms(value):
    return (int(value) >> 22) + EPOCH_MS


def strict_json(data):
    """JSON as RFC 8259 has it: UTF-8, no duplicate key, no NaN; raises ValueError."""
    def pairs(items):
        keys = [k for k, _ in items]
        if len(set(keys)) != len(keys):
            raise ValueError("a key is given twice")
        return dict(items)

    def constant(name):
        raise ValueError(f"{name} is not JSON")

    return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)


def dump(value):
    """JSON in UTF-8; a lone surrogate, which has none, as its escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def bot_token(application_id):
    """A token of the real form: the id in base64, a time, an HMAC."""
    first = base64.urlsafe_b64encode(str(application_id).encode()).decode().rstrip("=")
    return f"{first}.{secrets.token_urlsafe(4)[:6]}.{secrets.token_urlsafe(29)[:38]}"


def user(user_id, bot=False, name=None):
    return {"id": str(user_id), "username": name or f"user{int(user_id) % 100000}", "avatar": None,
            "discriminator": "0", "public_flags": 0, "flags": 0, "bot": bot, "banner": None,
            "accent_color": None, "global_name": None if bot else f"Tester {int(user_id) % 1000}",
            "avatar_decoration_data": None, "collectibles": None, "primary_guild": None}


def event_user(user_id, name=None):
    """A user as events carry it (fewer keys than REST)."""
    whole = user(user_id, name=name)
    return {k: whole[k] for k in ("id", "username", "avatar", "discriminator", "public_flags",
                                  "global_name", "avatar_decoration_data", "collectibles",
                                  "primary_guild")}


def guild(guild_id):
    """A GUILD_CREATE body, small but with the parts that clients read."""
    owner = 900000000000000000 + guild_id % 1000
    return {"id": str(guild_id), "name": f"Server {guild_id % 10000}", "owner_id": str(owner),
            "icon": None, "splash": None, "discovery_splash": None, "banner": None,
            "afk_channel_id": None, "afk_timeout": 300, "verification_level": 1,
            "default_message_notifications": 0, "explicit_content_filter": 0, "roles": [
                {"id": str(guild_id), "name": "@everyone", "color": 0, "hoist": False,
                 "position": 0, "permissions": "2248473465835073", "managed": False,
                 "mentionable": False, "flags": 0, "icon": None, "unicode_emoji": None,
                 "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}],
            "emojis": [], "features": [], "mfa_level": 0, "system_channel_id": None,
            "system_channel_flags": 0, "rules_channel_id": None, "vanity_url_code": None,
            "description": None, "premium_tier": 0, "premium_subscription_count": 0,
            "preferred_locale": "ja", "public_updates_channel_id": None, "nsfw_level": 0,
            "stickers": [], "premium_progress_bar_enabled": False, "application_id": None,
            "safety_alerts_channel_id": None, "max_members": 500000, "joined_at":
            "2024-01-01T00:00:00.000000+00:00", "large": False, "unavailable": False,
            "member_count": 25, "voice_states": [], "members": [], "channels": [
                {"id": str(guild_id + 1 + n), "type": 0, "name": f"room-{n}", "position": n,
                 "permission_overwrites": [], "topic": None, "nsfw": False, "flags": 0,
                 "last_message_id": None, "rate_limit_per_user": 0, "parent_id": None}
                for n in range(20)],
            "threads": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [],
            "soundboard_sounds": [], "version": 1, "lazy": True, "hashes": {}}


def member(user_id, guild_id, permissions="2248473465835073", name=None):
    return {"user": event_user(user_id, name), "nick": None, "avatar": None, "banner": None,
            "roles": [], "joined_at": "2024-02-03T04:05:06.789000+00:00", "premium_since": None,
            "deaf": False, "mute": False, "flags": 0, "pending": False,
            "communication_disabled_until": None, "permissions": permissions,
            "unusual_dm_activity_until": None, "collectibles": None}


def channel(channel_id, guild_id):
    if guild_id is None:
        return {"id": str(channel_id), "type": 1, "flags": 0, "last_message_id": None}
    return {"id": str(channel_id), "type": 0, "name": "gacha", "guild_id": str(guild_id),
            "flags": 0, "last_message_id": None, "nsfw": False, "parent_id": None,
            "permissions": "2248473465835073", "position": 3, "rate_limit_per_user": 0,
            "topic": None}


def interaction(application_id, interaction_id, kind, data, user_id, guild_id, locale="ja",
                guild_locale="ja", channel_id=None, message=None, user_name=None):
    """A whole INTERACTION_CREATE body. `guild_id` None is a direct message."""
    channel_id = channel_id or (guild_id or user_id) + 1
    # A real token is base64 of "interaction:<id>:<secret>", some 200 characters long.
    token = base64.b64encode(
        f"interaction:{interaction_id}:{secrets.token_urlsafe(90)}".encode()).decode()
    token = token.replace("+", "A").replace("/", "B").rstrip("=")
    body = {"version": 1, "type": kind, "token": token, "id": str(interaction_id),
            "application_id": str(application_id), "locale": locale, "entitlements": [],
            "entitlement_sku_ids": [], "context": 0 if guild_id else 1,
            "channel_id": str(channel_id), "channel": channel(channel_id, guild_id),
            "app_permissions": "2248473465835073", "attachment_size_limit": 10485760,
            "authorizing_integration_owners": {"0": str(guild_id) if guild_id else "0"},
            "data": data}
    if guild_id:
        body["guild_id"] = str(guild_id)
        body["guild_locale"] = guild_locale
        body["guild"] = {"id": str(guild_id), "locale": guild_locale, "features": []}
        body["member"] = member(user_id, guild_id, name=user_name)
    else:
        body["user"] = event_user(user_id, user_name)
    if message is not None:
        body["message"] = message
    return body


def attachments(message_id, channel_id, data, files, kept=()):
    """What the files and the `attachments` of a request make of those that the message had: [attachment]."""
    told = {str(a["id"]): a for a in data.get("attachments") or []}
    out = [a for a in kept if data.get("attachments") is None or a["id"] in told]
    for number, (part, name, kind, content) in enumerate(files):
        made = {"id": str(snowflake_next(message_id, number + len(kept))), "filename": name, "size": len(content),
                "content_type": kind or "application/octet-stream"}
        path = f"attachments/{channel_id}/{made['id']}/{name}"
        made.update(url="https://cdn.example/" + path, proxy_url="https://media.example/" + path)
        words = told.get(part[len("files["):-1], {}).get("description")
        if words is not None:
            made["description"] = words
        out.append(made)
    return out


def metadata(body, opened_by=None):
    """What a message says of the interaction that it answers."""
    who = (body.get("member") or body)["user"]
    out = {"id": body["id"], "type": body["type"], "user": user(who["id"]),
           "authorizing_integration_owners": body["authorizing_integration_owners"]}
    if body["type"] == 2:
        out["name"] = body["data"]["name"]
    elif body["type"] == 3:
        out["interacted_message_id"] = body["message"]["id"] if body.get("message") else body["id"]
    elif body["type"] == 5:
        out["triggering_interaction_metadata"] = metadata(opened_by or {**body, "type": 3})
    return out


def message(message_id, channel_id, application_id, bot_user, data, when, files=(),
            edited=None, interaction_body=None, kept=(), hooked=True, opened_by=None):
    """A message as REST answers it, made from what a client sent. A picture that an embed shows stands there alone,
    under its own address. `hooked`: by a webhook, as answers to interactions are; `opened_by`: body of what opened a
    modal."""
    counter = itertools.count(1)

    def component(one):
        out = {k: v for k, v in one.items() if v is not None}
        out["id"] = next(counter)
        if out["type"] in (3, 5, 6, 7, 8):
            out = {"min_values": 1, "max_values": 1, **out}
        if "components" in out:
            out["components"] = [component(c) for c in out["components"]]
        return out

    listed = attachments(message_id, channel_id, data or {}, files, kept)
    shown = set()

    def embed(one):
        out = {k: v for k, v in one.items() if v is not None}
        for key in ("image", "thumbnail"):
            url = (out.get(key) or {}).get("url") or ""
            for given in listed:
                if url == "attachment://" + given["filename"]:
                    shown.add(given["id"])
                    out[key] = {**out[key], "url": given["url"], "proxy_url": given["proxy_url"]}
        out.setdefault("type", "rich")
        out["fields"] = [{"inline": False, **f} for f in out.get("fields", [])]
        if not out["fields"]:
            del out["fields"]
        return out

    data = data or {}
    embeds = [embed(e) for e in data.get("embeds") or []]
    body = {"id": str(message_id), "type": 20 if interaction_body else 0,
            "content": data.get("content") or "", "channel_id": str(channel_id),
            "author": bot_user, "mentions": [], "mention_roles": [], "mention_everyone": False,
            "attachments": [a for a in listed if a["id"] not in shown],
            "embeds": embeds,
            "components": [component(c) for c in data.get("components") or []],
            "timestamp": when, "edited_timestamp": edited, "flags": data.get("flags") or 0,
            "pinned": False, "tts": False}
    if hooked:
        body.update(application_id=str(application_id), webhook_id=str(application_id))
    if interaction_body:
        body["interaction_metadata"] = metadata(interaction_body, opened_by)
    return body


def snowflake_next(base, number):
    return int(base) + 1 + number
