"""axe-core finds no serious fault: in light and dark, in each tool, with a modal open, with lists open."""

import pytest

from tests.browser import conftest
from tests.browser.test_render import MODAL, SHOWN, answer

TABS = ("odds", "luck", "catalog", "simulate", "verify")


def check(page, axe, what):
    page.evaluate(axe + "; undefined")
    found = page.evaluate("""axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes.map((one) => one.target + ' ' + one.failureSummary).join('; ')))""")
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "ja-JP"])
def test_no_serious_fault_in_any_tool(play, visit, axe, scheme, locale):
    page = visit(play(), scheme=scheme, locale=locale)
    check(page, axe, "at first")
    page.click("#welcome button >> nth=0")
    page.answer(0)
    page.click("#slash")
    page.see("#popup [role=option] >> nth=0")
    check(page, axe, "commands open")
    page.type("Escape")
    for tab in TABS:
        page.tab(tab)
        if tab == "luck":
            page.see("#luck-answer table")
        if tab == "catalog":
            page.see("#catalog-status.good")
            page.fill("#catalog-text", "{}")
            page.see("#catalog-faults li >> nth=0")
        if tab == "simulate":
            page.click("#sim-start")
            page.see("#sim-answer table >> nth=0")
        if tab == "verify":
            page.click("button:has(#verify-mine)")
            page.see("#verify-answer table")
        check(page, axe, tab)
        page.shot(f"{tab}-{locale[:2]}-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_in_what_a_message_can_hold(play, visit, axe, scheme):
    page = visit(play(), scheme=scheme)
    answer(page, SHOWN)
    page.command("ping")
    page.click(".select-face >> nth=0")
    check(page, axe, "a select open")
    page.shot(f"message-en-{scheme}")
    answer(page, MODAL)
    page.type("Escape")
    page.compose("daily")
    page.click("#send")
    page.see("dialog[open]")
    check(page, axe, "a modal open")
    page.shot(f"modal-en-{scheme}")


def test_no_serious_fault_on_a_telephone(play, visit, axe):
    page = visit(play(), viewport=conftest.NARROW)
    check(page, axe, "chat")
    page.click("[data-view=tools]")
    check(page, axe, "tools")
