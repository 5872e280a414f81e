"""An administrator edits the catalog as at Discord: by modal, by file. The tools follow what is in force."""

import pytest


def test_an_item_is_renamed_by_modal_and_published(play, visit):
    page = visit(play())
    page.check("#admin")
    page.compose("admin catalog item", id="Candle")
    page.click("#send")
    page.see("dialog[open]")
    page.locator("dialog input").nth(2).fill("Golden Candle")
    page.shot("catalog-modal-en-light")
    page.type("Enter")
    page.expect("dialog").to_have_count(0)
    draft = page.locator("#log .message").last
    page.expect("#log .message >> nth=-1").to_contain_text("Nothing has changed yet")
    draft.locator("button.success, button.primary").first.click()
    page.expect("#log .message >> nth=-1").not_to_contain_text("Nothing has changed yet")
    page.expect("#odds-answer").to_contain_text("Golden Candle")


@pytest.mark.parametrize("scope", ["global", "guild"])
def test_receipts_of_every_revision_are_verified(play, visit, scope):
    page = visit(play(HOMU_SCOPE=scope))
    page.check("#admin")
    for name in ("Golden Candle", "Silver Candle"):
        page.command("gacha pull")
        page.compose("admin catalog item", id="Candle")
        page.click("#send")
        page.see("dialog[open]")
        page.locator("dialog input").nth(2).fill(name)
        page.type("Enter")
        page.expect("dialog").to_have_count(0)
        draft = page.locator("#log .message").last
        page.expect("#log .message >> nth=-1").to_contain_text("Nothing has changed yet")
        draft.locator("button.success, button.primary").first.click()
        page.expect("#odds-answer").to_contain_text(name)
    page.command("gacha pull")
    page.command("fairness", rotate="True")
    page.tab("verify")
    page.click("button:has(#verify-mine)")
    page.expect("#verify-verdict").to_have_attribute("data-ok", "true")
    page.expect("#verify-verdict").to_have_attribute("data-unchecked", "0")
    page.expect("#verify-answer .tag.good").to_have_count(3)


def test_a_select_chooses_when_the_edit_holds(play, visit):
    page = visit(play())
    page.check("#admin")
    page.compose("admin catalog item", id="Candle")
    page.click("#send")
    page.see("dialog[open]")
    page.locator("dialog input").nth(2).fill("Golden Candle")
    page.type("Enter")
    page.expect("dialog").to_have_count(0)
    page.click("#log .message >> nth=-1 >> .select-face")
    page.shot("catalog-select-en-light")
    page.type("Enter")
    page.expect("#log .message >> nth=-1").not_to_contain_text("Nothing has changed yet")
    page.expect("#log .message >> nth=-1").to_contain_text("Planned")


def test_a_file_goes_out_and_comes_in(play, visit, tmp_path):
    page = visit(play())
    page.check("#admin")
    message = page.command("admin catalog export")
    with page.expect_download() as download:
        message.locator("a.file").click()
    text = (download.value.path()).read_text(encoding="utf-8")
    assert "Candle Stub" in text
    file = tmp_path / "edited.json"
    file.write_text(text.replace("Candle Stub", "Silver Candle"), encoding="utf-8")
    assert "Silver Candle" in page.command("admin catalog import", file=file).inner_text()


def test_who_is_no_administrator_is_not_offered_the_command(play, visit):
    page = visit(play())
    page.click("#slash")
    page.type("=admin")
    page.expect("#popup").to_contain_text("Nothing found")
