"""Everything without a mouse: the focus is where a person expects it, and always seen."""


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.className")


def test_a_pull_by_keyboard_alone(play, visit):
    page = visit(play())
    page.type("/")
    assert focused(page) == "composer-focus"
    page.expect("#popup [role=option]").not_to_have_count(0)
    page.type("=gacha pull", "Enter")
    page.expect("#command").to_contain_text("/gacha pull")
    page.type("=count", "Enter", "ArrowDown", "Enter")
    page.expect("#fields .field input").to_have_value("10 pulls")
    page.type("Enter")
    page.answer(0)
    page.expect("#log .message >> nth=0").to_contain_text("count: 10 pulls")
    assert focused(page) == "composer-focus"


def test_autocomplete_asks_the_program(play, visit):
    page = visit(play())
    page.type("/", "=gacha pull", "Enter", "=banner", "Enter", "=fire")
    page.expect("#popup [role=option]").to_have_count(1)
    page.expect("#popup [role=option]").to_contain_text("Night of Fireworks")
    page.type("Enter", "Enter")
    page.answer(0)
    page.expect("#log .message >> nth=0").to_contain_text("Night of Fireworks")


def test_escape_closes_the_list_and_then_leaves_the_command(play, visit):
    page = visit(play())
    page.type("/", "=daily", "Enter")
    page.expect("#command").to_contain_text("/daily")
    page.type("Escape")
    page.expect("#command").to_be_empty()
    page.type("=/pro")
    page.expect("#popup").to_be_visible()
    page.type("Escape")
    page.expect("#popup").to_be_hidden()
    page.expect("#composer-focus").to_have_value("/pro")


def test_backspace_takes_an_option_away(play, visit):
    page = visit(play())
    page.type("/", "=gacha pull", "Enter", "=banner", "Enter", "Backspace")
    page.expect("#fields .field").to_have_count(0)
    page.expect("#command").to_contain_text("/gacha pull")
    page.type("Backspace")
    page.expect("#command").to_be_empty()


def test_what_is_missing_or_wrong_is_said_and_focused(play, visit):
    page = visit(play())
    page.type("/", "=nonsense", "Enter")
    page.expect("#hint").to_contain_text("no such command")
    page.fill("#composer-focus", "hello")
    page.type("Enter")
    page.expect("#hint").to_contain_text("begin with /")


def test_tabs_and_players_move_with_arrows(play, visit):
    page = visit(play())
    page.focus("#tab-odds")
    page.type("ArrowRight")
    page.expect("#tab-luck").to_have_attribute("aria-selected", "true")
    page.type("End")
    page.expect("#tab-verify").to_be_focused()
    page.expect("#panel-verify").to_be_visible()
    page.type("Home", "ArrowLeft")
    page.expect("#tab-verify").to_have_attribute("aria-selected", "true")
    page.focus("#players [aria-current]")
    page.type("ArrowDown", "Enter")
    page.expect("#players [aria-current]").to_have_attribute("title", "Ren")
    page.expect("#players [aria-current]").to_be_focused()


def test_a_dialogue_keeps_the_focus_and_gives_it_back(play, visit):
    page = visit(play())
    page.focus("#players [aria-current]")
    page.type("Enter")
    page.see("dialog[open]")
    for _ in range(14):
        page.type("Tab")
        assert page.evaluate("""() => {
            const { activeElement: focused, body } = document;
            return focused === body || Boolean(focused.closest('dialog'));
        }""")
    page.type("Escape")
    page.expect("dialog").to_have_count(0)
    page.expect("#players [aria-current]").to_be_focused()


def test_every_stop_of_tab_is_seen(play, visit):
    page = visit(play())
    page.command("ping")
    seen = set()
    page.focus(".skip")
    for _ in range(80):
        page.type("Tab")
        found = page.evaluate("""() => {
            const e = document.activeElement;
            if (e === document.body) return null;
            const style = getComputedStyle(e), box = getComputedStyle(e.closest('.bar, .field, .editor, label') ?? e);
            const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
            return [e.id || e.className || e.tagName, ring || box.boxShadow !== 'none' || box.outlineStyle !== 'none'];
        }""")
        if found is None:
            break
        assert found[1], f"no ring around {found[0]}"
        seen.add(found[0])
    assert {"composer-focus", "tab-odds", "log"} <= seen
