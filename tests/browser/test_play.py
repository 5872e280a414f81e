"""The story of the playground: a new player pulls ten, looks at rates, trades, rotates the seed and verifies."""

import json
import re
import zlib

from tests.browser import conftest
from tests.oracles import catalogs
from tests.system import program


def test_a_new_player_pulls_ten_and_sees_them(play, visit):
    page = visit(play())
    page.click("#welcome button >> nth=0")
    message = page.answer(0)
    assert sum("★" in line for line in message.locator(".embed .text").first.inner_text().splitlines()) == 10
    picture = message.locator("img.image")
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 300
    assert picture.get_attribute("src").startswith("blob:") and picture.get_attribute("alt")
    page.expect("#welcome").to_be_hidden()
    page.shot("pull-en-light")


def test_the_whole_story(play, visit):
    one = play()
    page = visit(one, scheme="dark")
    page.command("gacha pull", count="10 pulls")
    page.expect("#log .message >> nth=0").to_contain_text("Mio")

    assert "1.6052" in page.command("gacha rates").inner_text()
    page.tab("odds")
    page.expect("#odds-answer").to_contain_text("62.30")

    page.player("Ren")
    page.command("gacha pull", count="10 pulls")
    page.player("Mio")

    page.tab("verify")
    page.click("button:has(#verify-mine)")
    page.expect("#verify-verdict").to_have_attribute("data-unchecked", "10")
    page.click(".advice button")
    page.expect("#log").to_contain_text("revealed")
    page.click("button:has(#verify-mine)")
    page.expect("#verify-verdict").to_have_attribute("data-unchecked", "0")
    page.expect("#verify-verdict").to_have_attribute("data-ok", "true")
    page.shot("verify-en-dark")


def test_two_players_trade(play, visit):
    one = play()
    page = visit(one)
    items = {item["id"]: item["name"]["en"] for item in one.http_get("/api/info")[1]["catalog"]["items"]}

    def pull(name):
        """What ten pulls gave this player, newest first, by name."""
        page.player(name)
        page.command("gacha pull", count="10 pulls")
        players = page.evaluate("JSON.parse(localStorage.getItem('homuhomu')).players")
        key = next(other["id"] for other in players if other["name"] == name)
        return [items[json.loads(line)["result"]] for line in one.http_get(f"/api/receipts?player={key}")[1]["lines"]]

    theirs, mine = pull("Ren"), pull("Mio")
    give, want = next((ours, other) for ours in mine for other in theirs if ours != other)
    page.command("trade", user="Ren", give=give, want=want)
    page.player("Ren")
    offer = page.locator("#log .message").last
    assert give in offer.inner_text() and want in offer.inner_text() and "@Ren" in offer.inner_text()
    page.shot("trade-en-light")
    offer.locator("button.success").click()
    page.expect("#log .message >> nth=-1").to_contain_text("Traded!")
    for name in ("Ren", "Mio"):
        page.player(name)
        assert "/trade" in page.command("history").inner_text()


def test_a_pull_survives_kill_9_and_a_restart(play, visit, tmp_path):
    one = play()
    page = visit(one)
    page.command("gacha pull", count="10 pulls")
    page.tab("luck")
    page.expect("#luck-answer").to_contain_text("10")
    page.allow("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE")
    port = one.http_port
    one.kill9()
    page.click("#slash")
    page.type("=ping", "Enter", "Enter")
    page.expect("#connection").to_be_visible()
    page.expect("#log .failure").to_contain_text("make run")
    play(HOMU_HTTP=f"127.0.0.1:{port}")
    page.expect("#connection").to_contain_text("again")
    page.click("#log .failure button")
    page.expect("#log .failure").to_have_count(0)
    page.command("history")
    page.expect("#log .message >> nth=-1").to_contain_text("−1,600")


def test_players_are_made_renamed_and_removed(play, visit):
    page = visit(play())
    page.click("#players .add")
    page.fill("#player-name", "Akane")
    page.type("Enter")
    page.expect("#players [aria-current]").to_have_attribute("title", "Akane")
    page.reload()
    page.expect("#players [aria-current]").to_have_attribute("title", "Akane")
    page.click("#players [aria-current]")
    page.click("dialog .danger")
    page.expect("#players li").to_have_count(3)
    page.expect("#welcome").to_contain_text("Mio")


def test_what_is_private_is_hidden_from_the_other_player(play, visit):
    page = visit(play())
    page.command("fairness")
    page.expect(".message.ephemeral").to_contain_text("Only you can see this")
    page.player("Ren")
    page.expect(".message.ephemeral").to_be_hidden()
    page.player("Mio")
    page.click(".message.ephemeral .plain")
    page.expect(".message").to_have_count(0)


def test_a_direct_message_is_another_conversation(play, visit):
    page = visit(play())
    page.command("ping")
    page.click("#place button >> nth=1")
    page.expect("#welcome").to_be_visible()
    page.expect("#admin").to_be_disabled()
    page.command("ping")
    page.click("#place button >> nth=0")
    page.expect(".message:visible").to_have_count(1)


def test_a_button_pulls_again_and_a_strangers_press_is_refused(play, visit):
    page = visit(play(catalogs.base(currency={**catalogs.base()["currency"], "start": 100000})))
    page.command("gacha pull", count="1 pull")
    page.click("#log .message [data-id] >> nth=0")
    page.expect("#log .message .footer").to_contain_text("pull 2")
    page.expect("#log .message").to_have_count(1)
    page.player("Ren")
    page.click("#log .message [data-id] >> nth=0")
    page.expect(".message.ephemeral").to_be_visible()


def test_the_choice_of_language_and_theme_is_kept(play, visit):
    page = visit(play(), locale="ja-JP", scheme="dark")
    page.expect("html").to_have_attribute("lang", "ja")
    page.expect("html").to_have_attribute("data-theme", "dark")
    page.command("ping")
    page.expect("#log").to_contain_text("ポン")
    page.shot("ja-dark")
    page.select_option("#language", "en")
    page.select_option("#theme", "light")
    page.reload()
    page.expect("html").to_have_attribute("lang", "en")
    page.expect("html").to_have_attribute("data-theme", "light")
    page.command("ping")
    page.expect("#log").to_contain_text("Pong")


def test_it_fits_the_narrowest_telephone(play, visit):
    page = visit(play(), locale="ja-JP", viewport=conftest.NARROW)
    page.click("#welcome button >> nth=0")
    page.answer(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= conftest.NARROW["width"]
    page.shot("narrow-chat-ja-light")
    page.click("[data-view=tools]")
    for name in ("odds", "luck", "catalog", "simulate", "verify"):
        page.tab(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= conftest.NARROW["width"], name
        page.shot(f"narrow-{name}-ja-light")


def test_the_page_is_small_and_its_document_holds_no_script_or_style():
    files = [path for path in (program.ROOT / "src/web/page").rglob("*") if path.is_file()]
    assert sum(len(zlib.compress(path.read_bytes(), 9)) for path in files) < 80_000
    document = (program.ROOT / "src/web/page/index.html").read_text(encoding="utf-8")
    assert not re.search(r"(?i)\sstyle\s*=|\son\w+\s*=|<style|<script(?![^>]*\bsrc=)|https?:", document)
