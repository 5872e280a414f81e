"""Validates requests (and the fake's own answers) against Discord's published OpenAPI 3.1.

The file lies beside the repository, `<root>/../shared/discord/openapi.json`. Without it
there is no validator, `load()` gives None, and the caller says so. The published schemas
allow unknown keys; requests are held to the known ones, since a misspelt key would be
ignored in silence by the real service.
"""

import copy
import json
import pathlib
import re

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPEC = pathlib.Path(__file__).resolve().parents[3] / "shared" / "discord" / "openapi.json"
BASE = "/api/v10"

_URI = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$")
_TIME = re.compile(r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")

FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("snowflake")
def _snowflake(value):
    return not isinstance(value, str) or (value.isdigit() and int(value) < 2**64)


@FORMATS.checks("int32")
def _int32(value):
    return not isinstance(value, int) or -2**31 <= value < 2**32


@FORMATS.checks("int64")
def _int64(value):
    return not isinstance(value, int) or -2**63 <= value < 2**63


@FORMATS.checks("uri")
def _uri(value):
    return not isinstance(value, str) or bool(_URI.match(value))


@FORMATS.checks("date-time")
def _date_time(value):
    return not isinstance(value, str) or bool(_TIME.match(value))


def _strict(node):
    """Closes every object schema that lists its properties and says nothing of others."""
    if isinstance(node, dict):
        if "properties" in node and "additionalProperties" not in node:
            node["additionalProperties"] = False
        for value in node.values():
            _strict(value)
    elif isinstance(node, list):
        for value in node:
            _strict(value)


class OpenApi:
    def __init__(self, spec):
        closed = copy.deepcopy(spec)
        _strict(closed)
        self._spec = spec
        self._registry = Registry().with_resources([
            ("urn:open", Resource.from_contents(spec, default_specification=DRAFT202012)),
            ("urn:closed", Resource.from_contents(closed, default_specification=DRAFT202012))])
        self._validators = {}
        self._routes = []
        for template, item in spec["paths"].items():
            # A literal segment wins over a parameter, so those with fewer come first.
            pattern = re.compile("^" + re.sub(r"\\\{[^/]+?\\\}", "([^/]+)", re.escape(template))
                                 + "$")
            self._routes.append((template.count("{"), template, pattern, item))
        self._routes.sort(key=lambda route: route[0])

    def route(self, path):
        """(template, path values, path item) of a path below BASE, or None."""
        for _, template, pattern, item in self._routes:
            found = pattern.match(path)
            if found:
                return template, found.groups(), item
        return None

    @staticmethod
    def _pointer(parts):
        return "/".join(str(p).replace("~", "~0").replace("/", "~1") for p in parts)

    def _validator(self, pointer, closed):
        key = (pointer, closed)
        if key not in self._validators:
            uri = "urn:closed" if closed else "urn:open"
            self._validators[key] = jsonschema.Draft202012Validator(
                {"$ref": f"{uri}#/{pointer}"}, registry=self._registry, format_checker=FORMATS)
        return self._validators[key]

    def _check(self, value, pointer, closed):
        faults = []
        for error in self._validator(pointer, closed).iter_errors(value):
            best = error
            while best.context:
                best = jsonschema.exceptions.best_match(best.context) or best.context[0]
            where = "/".join(str(p) for p in best.absolute_path)
            faults.append(f"/{where}: {best.message[:300]}")
        return faults

    def check_request(self, method, path, query, content_type, value):
        """What is wrong with a request; `value` is its JSON (payload_json for multipart)."""
        found = self.route(path)
        if not found:
            return [f"no such path: {path}"]
        template, values, item = found
        operation = item.get(method.lower())
        if not operation:
            return [f"{template} has no {method}"]
        faults = []
        names = re.findall(r"\{([^/]+?)\}", template)
        for index, parameter in enumerate(item.get("parameters", [])):
            if parameter["in"] != "path":
                continue
            given = values[names.index(parameter["name"])]
            pointer = self._pointer(["paths", template, "parameters", index, "schema"])
            faults += [f"path {parameter['name']} {f}"
                       for f in self._check(given, pointer, False)]
        known = {p["name"]: n for n, p in enumerate(operation.get("parameters", []))
                 if p["in"] == "query"}
        for name, text in query:
            if name not in known:
                faults.append(f"{template} takes no query parameter {name}")
                continue
            pointer = self._pointer(["paths", template, method.lower(), "parameters",
                                     known[name], "schema"])
            forms = [text]
            if text in ("true", "false"):
                forms.append(text == "true")
            if text.isdigit():
                forms.append(int(text))
            if all(self._check(form, pointer, False) for form in forms):
                faults.append(f"query {name}={text!r} is not of its type")
        body = operation.get("requestBody")
        if body is None:
            if value is not None:
                faults.append(f"{method} {template} takes no body")
            return faults
        if value is None:
            return faults + ([f"{method} {template} needs a body"] if body.get("required") else [])
        kind = (content_type or "").partition(";")[0].strip().lower()
        if kind not in body["content"]:
            return faults + [f"content type {content_type!r} is not accepted"]
        # A multipart schema adds the files to the JSON one; payload_json is the latter.
        kind = "application/json" if "application/json" in body["content"] else kind
        pointer = self._pointer(["paths", template, method.lower(), "requestBody", "content",
                                 kind, "schema"])
        return faults + self._check(value, pointer, True)

    def check_answer(self, method, path, status, value):
        """What is wrong with an answer of the fake itself."""
        found = self.route(path)
        if not found:
            return []
        template, _, item = found
        answers = item.get(method.lower(), {}).get("responses", {})
        for key in (str(status), f"{status // 100}XX"):
            if key not in answers:
                continue
            if "$ref" in answers[key]:
                parts = answers[key]["$ref"].split("/")[1:]
                content = self._spec["components"]["responses"][parts[-1]].get("content", {})
            else:
                parts = ["paths", template, method.lower(), "responses", key]
                content = answers[key].get("content", {})
            if "application/json" not in content:
                return [] if value is None else [f"{status} has no JSON body"]
            return self._check(value, self._pointer(parts + ["content", "application/json",
                                                             "schema"]), False)
        return [f"{template} has no answer {status}"]


_LOADED = []


def load():
    """The validator, made once, or None where the specification is not there."""
    if not _LOADED:
        _LOADED.append(OpenApi(json.loads(SPEC.read_text("utf-8"))) if SPEC.exists() else None)
    return _LOADED[0]
