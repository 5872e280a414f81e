"""One interaction as a test sees it: sent, acknowledged, edited, answered."""

import time
from dataclasses import dataclass, field

from . import checks


@dataclass
class Answer:
    """What the user sees at one moment."""
    kind: int                   # callback type; 4, 7, 8 or 9, also after a deferral
    message: dict               # message as stored by the fake; {} for 8 and 9
    data: dict                  # what the client sent last
    latency: float              # seconds from sending the event to this answer
    deferred: bool = False
    files: list = field(default_factory=list)      # [(part, name, content type, bytes)]
    to: object = None           # the Interaction

    @property
    def ephemeral(self):
        return bool((self.message.get("flags") or 0) & checks.EPHEMERAL)

    @property
    def text(self):
        """Everything readable, a line each."""
        lines = []

        def walk(node):
            if isinstance(node, dict):
                for key in ("content", "title", "description", "name", "value", "text", "label",
                            "placeholder"):
                    if isinstance(node.get(key), str):
                        lines.append(node[key])
                for key in ("embeds", "fields", "footer", "author", "components", "options"):
                    walk(node.get(key))
            elif isinstance(node, list):
                for one in node:
                    walk(one)
        walk(self.message or self.data)
        return "\n".join(line for line in lines if line)

    @property
    def buttons(self):
        """The buttons that can be pressed: not links, not disabled."""
        return [one for row in self.message.get("components", [])
                for one in row.get("components", [])
                if one.get("type") == 2 and one.get("custom_id") and not one.get("disabled")]

    @property
    def selects(self):
        return [one for row in self.message.get("components", [])
                for one in row.get("components", [])
                if one.get("type") in checks.SELECTS and not one.get("disabled")]

    @property
    def inputs(self):
        """The inputs of a modal: {custom_id: component}."""
        parts = [part.get("component") or part["components"][0] for part in self.data.get("components", [])
                 if part.get("type") in (1, 18)]
        return {one["custom_id"]: one for one in parts}

    @property
    def choices(self):
        return self.data.get("choices", [])


class Interaction:
    def __init__(self, fake, body, event="INTERACTION_CREATE"):
        self.fake, self.body, self.event = fake, body, event
        self.id, self.token, self.kind = body["id"], body["token"], body["type"]
        self.created = time.monotonic()     # moved back for one that is sent old
        self.sent_at = None
        self.deliveries = 0
        self.callbacks = []         # every POST to callback, refused ones too
        self.history = []           # Answer, one for each acknowledgement or change
        self.messages = {}          # id -> message
        self.original_id = None
        self.acknowledged = False
        self.ack_kind = None
        self.ack_at = None
        self.ephemeral = False
        self.message = None         # the original, as stored

    @property
    def guild_id(self):
        return self.body.get("guild_id")

    @property
    def user_id(self):
        return int((self.body.get("member") or self.body)["user"]["id"])

    def original(self):
        return self.messages.get(self.original_id)

    # Called by the fake, in its loop

    def acknowledge(self, kind, data, request, message):
        self.acknowledged, self.ack_kind, self.ack_at = True, kind, request.at
        self.ephemeral = bool(((data or {}).get("flags") or 0) & checks.EPHEMERAL)
        if message is not None:
            self._store(message, original=True)
        if kind == 5:
            # A loading message stands there until it is edited.
            stamp = self.fake.rest.make_message(self, {"flags": (data or {}).get("flags") or 0}, [])
            self._store(stamp, original=True)
        elif kind in (6, 7) and self.body.get("message") and message is None:
            self._store(dict(self.body["message"]), original=True)
        if kind not in (5, 6):
            self._record(kind, message or {}, data or {}, request, False)

    def _store(self, message, original=False):
        self.messages[message["id"]] = message
        if original:
            self.original_id, self.message = message["id"], message

    def _record(self, kind, message, data, request, deferred):
        self.history.append(Answer(kind, message, data, request.at - (self.sent_at or request.at),
                                   deferred, list(request.files), self))

    def edit(self, message, request):
        if self.ephemeral and message["id"] == self.original_id:
            message["flags"] = (message.get("flags") or 0) | checks.EPHEMERAL
        self._store(message, original=message["id"] == self.original_id)
        self._record(7 if self.kind == 3 and self.ack_kind in (6, 7) else 4, message,
                     request.json or {}, request, self.ack_kind in (5, 6))

    def follow_up(self, message, request):
        if self.ack_kind == 5 and not self.history:
            # The service lets the first follow-up of a deferred answer take its place.
            message["id"] = self.original_id
            self.edit(message, request)
            return
        self._store(message)
        self._record(4, message, request.json or {}, request, self.ack_kind in (5, 6))

    def delete(self, message_id, request):
        del self.messages[message_id]

    # Called by a test

    def wait(self, timeout=10.0, count=1):
        """The answer, once the user sees one (the `count`-th change)."""
        self.fake.wait(lambda: len(self.history) >= count, timeout,
                       f"answer {count} to interaction {self.id} "
                       f"({self.body['data'].get('name') or self.body['data'].get('custom_id')})")
        return self.history[-1]

    def wait_acknowledged(self, timeout=10.0):
        self.fake.wait(lambda: self.acknowledged, timeout, f"callback for {self.id}")
        return self

    @property
    def answered(self):
        return bool(self.history)

    def again(self):
        """Delivers the very same event once more."""
        self.fake.deliver(self)
        return self
