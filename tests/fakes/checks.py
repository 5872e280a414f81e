"""Discord's limits on messages, components, commands and modals, by hand.

These hold whether or not the OpenAPI file is there, and count as the service does: in
UTF-16 code units, embeds in all, one custom_id once.
"""

import re

LOCALES = {"id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu",
           "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru",
           "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko"}
NAME = re.compile(r"^[-_'\w\u0900-\u097F\u0E00-\u0E7F]{1,32}$")
EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15
# The fake knows no messages of the second kind (COMPONENTS_V2).
FLAGS_ALLOWED = EPHEMERAL | 1 << 2 | 1 << 12 | 1 << 13
FILES_MAX = 10
FILE_BYTES_MAX = 10 << 20
FILES_BYTES_MAX = 25 << 20
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
SELECTS = (3, 5, 6, 7, 8)


def units(text):
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(faults, where, text, most, least=0):
    if not isinstance(text, str):
        faults.append(f"{where} is not a string")
        return 0
    size = units(text)
    if not least <= size <= most:
        faults.append(f"{where} has {size} UTF-16 units, allowed are {least} to {most}")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        faults.append(f"{where} has a lone surrogate")
    if any(ord(c) < 32 and c not in "\n\t\r" for c in text):
        faults.append(f"{where} has a control character")
    return size


def _url(faults, where, value):
    if not isinstance(value, str) or not re.match(r"^(https?://[^\s]+|attachment://[^\s]+)$", value):
        faults.append(f"{where} is not a usable URL")


def _embed(faults, where, embed):
    total = 0
    for key, most in (("title", 256), ("description", 4096)):
        if embed.get(key) is not None:
            total += _text(faults, f"{where}/{key}", embed[key], most)
    fields = embed.get("fields") or []
    if len(fields) > 25:
        faults.append(f"{where} has {len(fields)} fields")
    for number, one in enumerate(fields):
        total += _text(faults, f"{where}/fields/{number}/name", one.get("name"), 256, 1)
        total += _text(faults, f"{where}/fields/{number}/value", one.get("value"), 1024, 1)
    if embed.get("footer"):
        total += _text(faults, f"{where}/footer/text", embed["footer"].get("text"), 2048, 1)
    if embed.get("author"):
        total += _text(faults, f"{where}/author/name", embed["author"].get("name"), 256, 1)
    if embed.get("color") is not None and not 0 <= embed["color"] <= 0xFFFFFF:
        faults.append(f"{where}/color is out of range")
    for key in ("image", "thumbnail"):
        if embed.get(key):
            _url(faults, f"{where}/{key}/url", embed[key].get("url"))
    if embed.get("url") is not None:
        _url(faults, f"{where}/url", embed["url"])
    if not any(embed.get(k) for k in ("title", "description", "fields", "image", "thumbnail",
                                      "footer", "author")):
        faults.append(f"{where} is empty")
    return total


def _emoji(faults, where, emoji):
    if not emoji.get("id") and not emoji.get("name"):
        faults.append(f"{where} names no emoji")


def _button(faults, where, one, ids):
    style = one.get("style")
    if style not in (1, 2, 3, 4, 5, 6):
        faults.append(f"{where}/style {style!r} does not exist")
    if one.get("label") is not None:
        _text(faults, f"{where}/label", one["label"], 80)
    if not one.get("label") and not one.get("emoji") and style != 6:
        faults.append(f"{where} has neither label nor emoji")
    if one.get("emoji"):
        _emoji(faults, where + "/emoji", one["emoji"])
    if style == 5:
        _url(faults, where + "/url", one.get("url"))
        if one.get("custom_id"):
            faults.append(f"{where} is a link with a custom_id")
    elif style != 6:
        if one.get("url"):
            faults.append(f"{where} has a url but is no link")
        _custom_id(faults, where, one, ids)


def _custom_id(faults, where, one, ids):
    text = one.get("custom_id")
    _text(faults, f"{where}/custom_id", text, 100, 1)
    if text in ids:
        faults.append(f"{where}/custom_id is used twice")
    ids.add(text)


def _select(faults, where, one, ids):
    _custom_id(faults, where, one, ids)
    if one.get("placeholder") is not None:
        _text(faults, where + "/placeholder", one["placeholder"], 150)
    low, high = one.get("min_values", 1), one.get("max_values", 1)
    if not 0 <= low <= high <= 25 or high < 1:
        faults.append(f"{where} takes {low} to {high} values")
    if one.get("type") == 3:
        options = one.get("options") or []
        if not 1 <= len(options) <= 25:
            faults.append(f"{where} has {len(options)} options")
        if high > len(options):
            faults.append(f"{where} wants more values than it has options")
        seen = set()
        for number, option in enumerate(options):
            at = f"{where}/options/{number}"
            _text(faults, at + "/label", option.get("label"), 100, 1)
            _text(faults, at + "/value", option.get("value"), 100, 1)
            if option.get("description") is not None:
                _text(faults, at + "/description", option["description"], 100)
            if option.get("emoji"):
                _emoji(faults, at + "/emoji", option["emoji"])
            if option.get("value") in seen:
                faults.append(f"{at}/value is used twice")
            seen.add(option.get("value"))
        if sum(1 for o in options if o.get("default")) > high:
            faults.append(f"{where} has more defaults than it takes values")


def _text_input(faults, where, one, ids, labelled):
    """labelled: a label around it has the words (type 18), so that it has none."""
    _custom_id(faults, where, one, ids)
    if not labelled:
        _text(faults, where + "/label", one.get("label"), 45, 1)
    elif one.get("label") is not None:
        faults.append(f"{where} has a label inside of a label")
    if one.get("style") not in (1, 2):
        faults.append(f"{where}/style {one.get('style')!r} does not exist")
    low, high = one.get("min_length") or 0, one.get("max_length") or 4000
    if not 0 <= low <= high <= 4000:
        faults.append(f"{where} takes {low} to {high} characters")
    if one.get("value"):
        _text(faults, where + "/value", one["value"], high, low)
    if one.get("placeholder") is not None:
        _text(faults, where + "/placeholder", one["placeholder"], 100)


def _modal_part(faults, where, part, ids):
    if part.get("type") == 10:
        _text(faults, where + "/content", part.get("content"), 4000, 1)
    elif part.get("type") == 18:
        _text(faults, where + "/label", part.get("label"), 45, 1)
        if part.get("description") is not None:
            _text(faults, where + "/description", part["description"], 100)
        one = part.get("component") or {}
        if one.get("type") == 4:
            _text_input(faults, where + "/component", one, ids, True)
        elif one.get("type") in SELECTS:
            _select(faults, where + "/component", one, ids)
        else:
            faults.append(f"{where}/component has type {one.get('type')!r}, not allowed here")
    elif part.get("type") == 1 and [c.get("type") for c in part.get("components") or []] == [4]:
        _text_input(faults, where + "/components/0", part["components"][0], ids, False)
    else:
        faults.append(f"{where} is neither a label nor a row of one text input")


def _rows(faults, rows):
    ids = set()
    if len(rows) > 5:
        faults.append(f"/components has {len(rows)} rows")
    for number, row in enumerate(rows):
        where = f"/components/{number}"
        if row.get("type") != 1:
            faults.append(f"{where} is not an action row")
            continue
        inner = row.get("components") or []
        kinds = {c.get("type") for c in inner}
        if not 1 <= len(inner) <= 5:
            faults.append(f"{where} has {len(inner)} components")
        if kinds != {2} and len(inner) > 1:
            faults.append(f"{where} has more beside a select")
        for index, one in enumerate(inner):
            at = f"{where}/components/{index}"
            if one.get("type") == 2:
                _button(faults, at, one, ids)
            elif one.get("type") in SELECTS:
                _select(faults, at, one, ids)
            else:
                faults.append(f"{at} has type {one.get('type')!r}, not allowed here")


def _files(faults, data, files, kept):
    """The names that embeds may use as attachment://NAME. kept: {id: name} of what the edited message has."""
    sent, listed = {}, data.get("attachments")
    for part, name, _, content in files:
        found = re.match(r"^files\[(\d|[1-9]\d+)\]$", part)
        if not found or found.group(1) in sent:
            faults.append(f"part {part!r} is no file's name, or there twice")
            continue
        sent[found.group(1)] = name
        if not name or not re.match(r'^[^/\\\x00-\x1f"]{1,260}$', name):
            faults.append(f"{part} has no usable filename")
        if len(content) > FILE_BYTES_MAX:
            faults.append(f"{part} has {len(content)} bytes")
    if sum(len(f[3]) for f in files) > FILES_BYTES_MAX:
        faults.append("the files are too large together")
    ids = [str(one.get("id")) for one in listed or []]
    if len(set(ids)) < len(ids):
        faults.append("/attachments has an id twice")
    for number, one in enumerate(listed or []):
        at = f"/attachments/{number}"
        if ids[number] not in sent and ids[number] not in kept:
            faults.append(f"{at} has no files[{ids[number]}] and is nothing that the message has")
        if one.get("filename") is not None and one["filename"] != sent.get(ids[number], one["filename"]):
            faults.append(f"{at}/filename is not that of files[{ids[number]}]")
        if one.get("description") is not None:
            _text(faults, at + "/description", one["description"], 1024)
    if listed is not None:
        faults += [f"files[{n}] has no attachment with its id" for n in sent if n not in ids]
        kept = {i: name for i, name in kept.items() if i in ids}
    if len(sent) + len(kept) > FILES_MAX:
        faults.append(f"the message has {len(sent) + len(kept)} files")
    return {*sent.values(), *kept.values()}


def message(data, files=(), partial=False, kept=None):
    """Faults of a message that is created, or edited (`partial`) while it has the attachments `kept`, {id: name}."""
    faults = []
    data = data or {}
    if data.get("content") is not None:
        _text(faults, "/content", data["content"], 2000)
    embeds = data.get("embeds") or []
    if len(embeds) > 10:
        faults.append(f"/embeds has {len(embeds)}")
    total = sum(_embed(faults, f"/embeds/{n}", e) for n, e in enumerate(embeds))
    if total > 6000:
        faults.append(f"/embeds have {total} UTF-16 units in all, allowed are 6000")
    _rows(faults, data.get("components") or [])
    flags = data.get("flags") or 0
    if flags & ~FLAGS_ALLOWED:
        faults.append(f"/flags {flags} has a bit that may not be set")
    mentions = data.get("allowed_mentions") or {}
    for kind in ("users", "roles"):
        if kind in (mentions.get("parse") or []) and mentions.get(kind):
            faults.append(f"/allowed_mentions has {kind} both parsed and listed")
    names = _files(faults, data, files, kept or {})
    for embed in embeds:
        for key in ("image", "thumbnail"):
            url = (embed.get(key) or {}).get("url") or ""
            if url.startswith("attachment://") and (url[13:] not in names or not url.lower().endswith(PICTURES)):
                faults.append(f"{url} names no picture that is sent along")
    empty = not any(data.get(k) for k in ("content", "embeds", "components", "attachments",
                                          "poll")) and not files
    if empty and not partial:
        faults.append("the message is empty")
    return faults


def _localised(faults, where, one, key, most, free=False):
    """free: any text, as the names of choices are."""
    for locale, text in (one.get(key) or {}).items():
        at = f"{where}/{key}/{locale}"
        if locale not in LOCALES:
            faults.append(f"{at} is no locale of Discord's")
        _text(faults, at, text, most, 1)
        if key == "name_localizations" and not free and (not NAME.match(text) or text != text.lower()):
            faults.append(f"{at} is no usable name")


def _command_part(faults, where, one, depth):
    """Checks a command or option; returns its characters with the longest localisation."""
    name = one.get("name")
    _text(faults, where + "/name", name, 32, 1)
    if isinstance(name, str) and (not NAME.match(name) or name != name.lower()):
        faults.append(f"{where}/name {name!r} is no usable name")
    _text(faults, where + "/description", one.get("description"), 100, 1)
    _localised(faults, where, one, "name_localizations", 32)
    _localised(faults, where, one, "description_localizations", 100)
    size = 0
    for key in ("name", "description"):
        texts = [one.get(key) or ""] + list((one.get(key + "_localizations") or {}).values())
        size += max(units(t) for t in texts)
    choices = one.get("choices") or []
    if len(choices) > 25:
        faults.append(f"{where} has {len(choices)} choices")
    if choices and one.get("autocomplete"):
        faults.append(f"{where} has both choices and autocomplete")
    for number, choice in enumerate(choices):
        at = f"{where}/choices/{number}"
        _text(faults, at + "/name", choice.get("name"), 100, 1)
        _localised(faults, at, choice, "name_localizations", 100, free=True)
        texts = [choice.get("name") or ""] + list((choice.get("name_localizations") or {}).values())
        size += max(units(t) for t in texts)
        if isinstance(choice.get("value"), str):
            size += units(choice["value"])
    options = one.get("options") or []
    if len(options) > 25:
        faults.append(f"{where} has {len(options)} options")
    names, optional = set(), False
    for number, option in enumerate(options):
        at = f"{where}/options/{number}"
        if option.get("name") in names:
            faults.append(f"{at}/name is used twice")
        names.add(option.get("name"))
        if option.get("required") and optional:
            faults.append(f"{at} is required after an optional one")
        optional = optional or not option.get("required")
        if option.get("type") in (1, 2) and depth >= (2 if option["type"] == 1 else 1):
            faults.append(f"{at} is nested too deep")
        size += _command_part(faults, at, option, depth + 1)
    kinds = {o.get("type") in (1, 2) for o in options}
    if len(kinds) == 2:
        faults.append(f"{where} mixes subcommands with other options")
    return size


def commands(listed):
    """Faults of a bulk overwrite of commands."""
    faults, names = [], set()
    if not isinstance(listed, list):
        return ["the body is not an array"]
    if sum(1 for c in listed if c.get("type", 1) == 1) > 100:
        faults.append("more than 100 commands")
    for number, one in enumerate(listed):
        where = f"/{number}"
        if one.get("type", 1) != 1:
            continue
        if one.get("name") in names:
            faults.append(f"{where}/name is used twice")
        names.add(one.get("name"))
        size = _command_part(faults, where, one, 0)
        if size > 8000:
            faults.append(f"{where} has {size} characters, allowed are 8000")
    return faults


def modal(data):
    faults, ids = [], set()
    _text(faults, "/custom_id", data.get("custom_id"), 100, 1)
    _text(faults, "/title", data.get("title"), 45, 1)
    parts = data.get("components") or []
    if not 1 <= len(parts) <= 5:
        faults.append(f"/components has {len(parts)} parts")
    for number, part in enumerate(parts):
        _modal_part(faults, f"/components/{number}", part, ids)
    return faults


def autocomplete(data):
    faults = []
    choices = data.get("choices")
    if not isinstance(choices, list) or len(choices) > 25:
        return ["/choices is not a list of at most 25"]
    for number, choice in enumerate(choices):
        _text(faults, f"/choices/{number}/name", choice.get("name"), 100, 1)
        _localised(faults, f"/choices/{number}", choice, "choice_localizations", 100)
        if isinstance(choice.get("value"), str):
            _text(faults, f"/choices/{number}/value", choice["value"], 100, 1)
    return faults
