"""What the page makes of answers that the program need not give today: all of Discord's that it promises to show."""

import json
import re

import pytest

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cf"
                      "c0f01f00050001ffa2d5a3f70000000049454e44ae426082")
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) **<b>bold</b>**"
TEXT = ("# Head\n-# small\n**bold** *it* __under__ ~~gone~~ `code` ||hidden|| snake_case_word \\*plain\\*\n"
        "> quote\n- one\n- two\n```json\n{\"a\": 1}\n```\n<t:1700000000:R> <t:1700000000:D> <@1> "
        "<#900000000000000003> </gacha pull:5> [link](https://example.com/a) https://example.com/b " + HOSTILE)
EMBED = {"title": "Title " + HOSTILE, "url": "https://example.com", "description": HOSTILE, "color": 0xF4B942,
         "author": {"name": "Author"}, "footer": {"text": "Footer"}, "timestamp": "2026-01-01T00:00:00Z",
         "fields": [{"name": f"Field {n}", "value": f"Value **{n}**", "inline": n < 4} for n in range(1, 6)]}


def row(*components):
    return {"type": 1, "components": list(components)}


def button(style, **more):
    return {"type": 2, "style": style, "label": f"Style {style}", "emoji": {"name": "💎"}, **more}


BUTTONS = row(*(button(style, custom_id=f"b{style}", disabled=style == 4) for style in range(1, 5)),
              button(5, url="https://example.com"))
ONE = {"type": 3, "custom_id": "s1", "placeholder": "Choose one", "options": [
    {"label": "First", "value": "1", "description": "the first", "emoji": {"name": "🏮"}},
    {"label": "Second", "value": "2"}]}
TWO = {"type": 3, "custom_id": "s2", "placeholder": "Choose two", "min_values": 2, "max_values": 2,
       "options": [{"label": f"Many {n}", "value": str(n)} for n in range(3)]}
SHOWN = {"type": 4, "data": {"content": TEXT, "embeds": [EMBED],
                             "components": [BUTTONS, row(ONE), row(TWO), {"type": 99, "what": "not known"}]}}
NAME = {"type": 4, "custom_id": "name", "label": "Name", "style": 1, "required": True, "max_length": 40}
WORDS = {"type": 4, "custom_id": "text", "style": 2, "required": False, "value": "before"}
MODAL = {"type": 9, "data": {"custom_id": "m1", "title": "Edit an item", "components": [
    row(NAME), {"type": 18, "label": "Text", "description": "What it says", "component": WORDS}]}}
KINDS = [{"type": 6, "name": "who", "required": True},
         {"type": 4, "name": "many", "required": True, "min_value": 2, "max_value": 5},
         {"type": 5, "name": "sure"}, {"type": 7, "name": "where"}, {"type": 3, "name": "word", "min_length": 2},
         {"type": 11, "name": "file"}]


def answer(page, *answers):
    """The next interactions get these answers, the last one again and again; gives the list of what was asked."""
    asked, left = [], list(answers)

    def take(route):
        asked.append(json.loads(route.request.post_data))
        one = left.pop(0) if len(left) > 1 else left[0]
        if callable(one):
            one(route)
        elif isinstance(one, dict):
            route.fulfill(json=one)
        else:
            route.fulfill(**one[0])
    page.unroute("**/interactions")
    page.route("**/interactions", take)
    return asked


@pytest.fixture
def page(play, visit):
    return visit(play())


def test_markdown_and_hostile_text(page):
    answer(page, SHOWN)
    message = page.command("ping")
    made = {"strong": "bold", "em": "it", "u": "under", "s": "gone", "blockquote": "quote", ".head1": "Head",
            ".small": "small", "li": "one", "pre": '{"a": 1}', ".mention": "gacha"}
    for selector, text in made.items():
        assert text in "".join(message.locator(selector).all_inner_texts()), selector
    assert "snake_case_word *plain*" in message.inner_text()
    assert HOSTILE.split(" ")[0] in message.inner_text()
    for nothing in ("script", "img[src=x]", "[onerror]", "a[href^=javascript]", "b >> text=bold"):
        assert message.locator(".text, .embed").locator(nothing).count() == 0, nothing
    assert message.locator("time[data-back]").inner_text().endswith("ago")
    spoiler = message.locator(".spoiler")
    assert spoiler.get_attribute("aria-expanded") == "false"
    spoiler.focus()
    page.type("Enter")
    page.expect(".spoiler span").to_be_visible()


def test_an_embed_has_all_its_parts(page):
    answer(page, SHOWN)
    embed = page.command("ping").locator(".embed")
    assert embed.evaluate("(e) => getComputedStyle(e).borderLeftColor") == "rgb(244, 185, 66)"
    assert [row.count("Field") for row in embed.locator(".fields").all_inner_texts()] == [3, 1, 1]
    assert embed.locator(".author").inner_text() == "Author" and "Footer" in embed.locator(".footer").inner_text()


def test_buttons_send_what_discord_sends(page):
    asked = answer(page, SHOWN, {"type": 7, "data": {"content": "changed", "components": []}})
    message = page.command("ping")
    assert message.locator("button:disabled", has_text="Style 4").count() == 1
    assert message.locator("a.button").get_attribute("rel") == "noopener noreferrer"
    message.locator("[data-id=b3]").click()
    page.expect(".message .text >> nth=0").to_have_text("changed")
    assert page.locator(".message").count() == 1 and message.locator("[data-id]").count() == 0
    assert message.locator(".embed").count() == 1, "what an update does not name stays"
    pressed = asked[1]
    assert pressed["type"] == 3 and pressed["data"] == {"component_type": 2, "custom_id": "b3"}
    assert pressed["message"]["content"].startswith("# Head")
    assert pressed["member"]["user"]["id"] == asked[0]["member"]["user"]["id"]
    assert int(pressed["id"]) > int(asked[0]["id"]) and pressed["guild_id"] and pressed["locale"] == "en-US"


def test_selects_send_one_value_or_several(page):
    asked = answer(page, SHOWN, {"type": 6})
    message = page.command("ping")
    message.locator(".select-face >> nth=0").click()
    page.type("ArrowDown", "Enter")
    page.expect(".select-face >> nth=0").to_contain_text("Second")
    message.locator(".select-face >> nth=1").click()
    page.type("Enter", "ArrowDown", "ArrowDown", "Space", "Escape")
    page.expect(".select-face >> nth=1").to_contain_text("Many 0, Many 2")
    page.expect(".busy").to_have_count(0)
    assert [one["data"].get("values") for one in asked] == [None, ["2"], ["0", "2"]]


def test_a_modal_sends_its_fields_and_keeps_them_when_it_fails(page):
    asked = answer(page, MODAL, [{"status": 500, "json": {"error": "not now"}}],
                   {"type": 4, "data": {"content": "saved", "flags": 64}})
    page.allow("status of 500")
    page.click("#slash")
    page.type("=ping", "Enter", "Enter")
    page.see("dialog[open]")
    page.type("Enter")
    page.expect("dialog").to_be_visible()
    assert len(asked) == 1, "a required field is missing"
    page.type("=Lamp", "Enter")
    page.expect("dialog .error").to_contain_text("not now")
    page.expect("dialog input").to_have_value("Lamp")
    page.type("Enter")
    page.expect(".message .text").to_have_text("saved")
    page.expect(".message.ephemeral").to_have_count(1)
    assert asked[-1]["type"] == 5 and asked[-1]["data"] == {"custom_id": "m1", "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "name", "value": "Lamp"}]},
        {"type": 18, "component": {"type": 4, "custom_id": "text", "value": "before"}}]}


def test_files_come_beside_the_answer(page):
    payload = {"type": 4, "data": {"embeds": [{"title": "Ten", "image": {"url": "attachment://ten.png"}}],
                                   "attachments": [{"id": 0, "filename": "ten.png", "description": "Ten cards"},
                                                   {"id": 1, "filename": "data.json"}]}}
    part = b'--B\r\nContent-Disposition: form-data; name="%s"%s\r\nContent-Type: %s\r\n\r\n%s\r\n'
    body = (part % (b"payload_json", b"", b"application/json", json.dumps(payload).encode())
            + part % (b"files[0]", b'; filename="ten.png"', b"image/png", PIXEL)
            + part % (b"files[1]", b'; filename="data.json"', b"application/json", b"{}") + b"--B--\r\n")
    answer(page, [{"body": body, "content_type": "multipart/form-data; boundary=B"}])
    message = page.command("ping")
    image = message.locator("img.image")
    assert image.get_attribute("src").startswith("blob:") and image.get_attribute("alt") == "Ten cards"
    assert image.evaluate("async (one) => { await one.decode(); return one.naturalWidth }") == 1
    assert message.locator("a.file").get_attribute("download") == "data.json"


@pytest.mark.parametrize("given, words", [
    ({"type": 77, "data": {"x": 1}}, '"type": 77'),
    ({"type": 5}, "deferred its answer"),
    ([{"status": 500, "json": {"error": "broken on purpose"}}], "broken on purpose (HTTP 500)"),
    ([{"status": 200, "body": "not JSON", "content_type": "application/json"}], "did not respond"),
    (lambda route: route.abort("connectionrefused"), "make run"),
], ids=["unknown", "deferred", "refused", "not-json", "gone"])
def test_what_cannot_be_shown_is_told(page, given, words):
    page.allow("status of 500|ERR_CONNECTION_REFUSED")
    answer(page, given)
    page.expect(".message").to_have_count(0)
    assert re.search(re.escape(words), page.command("ping").inner_text())


def test_trying_again_asks_again(page):
    page.allow("status of 500")
    asked = answer(page, [{"status": 500, "json": {"error": "no"}}], {"type": 4, "data": {"content": "now"}})
    page.command("ping").locator("button", has_text="Try again").click()
    page.expect(".message .text").to_have_text("now")
    assert page.locator(".message").count() == 1 and asked[0]["id"] != asked[1]["id"]


def test_options_go_as_discord_sends_them(page, tmp_path):
    file = tmp_path / "catalog.json"
    file.write_text("{}")
    asked = answer(page, {"type": 4, "data": {"content": "done"}})
    kinds = {"type": 1, "name": "kinds", "description": "Kinds",
             "options": [{"description": "What", **one} for one in KINDS]}
    group = {"type": 2, "name": "all", "description": "All", "options": [kinds]}
    page.route("**/api/commands", lambda route: route.fulfill(
        json=[{"id": "7", "name": "try", "description": "Try", "options": [group]}]))
    page.reload()
    page.see("#odds-answer table", attached=True)
    page.compose("try all kinds", who="Ren", many=9)
    page.click("#send")
    page.expect("#hint").to_contain_text("many: from 2 to 5")
    page.type("Escape")
    page.command("try all kinds", who="Ren", many=3, sure="True", where="general", word="ab", file=file)
    data = asked[-1]["data"]
    assert data["id"] == "7" and data["name"] == "try"
    [group] = data["options"]
    [leaf] = group["options"]
    assert (group["name"], group["type"], leaf["name"], leaf["type"]) == ("all", 2, "kinds", 1)
    given = {one["name"]: one["value"] for one in leaf["options"]}
    assert given["many"] == 3 and given["sure"] is True and given["word"] == "ab"
    resolved = data["resolved"]
    assert resolved["users"][given["who"]]["global_name"] == "Ren"
    assert "permissions" in resolved["members"][given["who"]]
    assert resolved["channels"][given["where"]]["name"] == "general"
    sent = resolved["attachments"][given["file"]]
    assert sent["filename"] == "catalog.json" and sent["size"] == 2
    assert sent["url"] == "data:application/json;base64,e30="


def test_an_administrator_has_every_permission_and_sees_more_commands(page):
    asked = answer(page, {"type": 4, "data": {"content": "done"}})
    page.command("ping")
    page.check("#admin")
    page.command("ping")
    plain, all_of_them = (int(one["member"]["permissions"]) for one in asked)
    assert not plain & 8 and not plain & 32 and all_of_them & 8 and all_of_them & 32
