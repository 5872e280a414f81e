"""The tools beside the chat: rates, luck, the catalog editor, the simulator."""

from tests.oracles import catalogs


def test_rates_agree_with_the_program_and_follow_the_counters(play, visit, cli):
    page = visit(play())
    page.select_option("#odds-controls select", "hanabi")
    page.expect("#odds-answer .legend li").to_have_count(2)
    page.expect("#odds-answer").to_contain_text("93.45")
    page.expect("#odds-answer").to_contain_text("80 / 155 / 161")
    slider = page.locator("#odds-answer input[type=range]")
    slider.focus()
    page.type("Home")
    page.expect("#odds-answer output").to_contain_text("Within 1 pulls")
    page.expect("#odds-answer output").to_contain_text("0.60 %")
    page.fill("[aria-label='Pulls counted to SSR']", "89")
    odds = cli("odds", "hanabi", "--counters", "SSR=89", "--json").json
    page.expect("#odds-answer").to_contain_text(f"{odds['top']['expected']:.2f}")
    page.check("[aria-label='Guarantee for SSR']")
    odds = cli("odds", "hanabi", "--counters", "SSR=89", "--flags", "SSR", "--json").json
    page.expect("#odds-answer .summary >> nth=1").to_contain_text(f"{odds['featured']['expected']:.2f}")


def test_a_players_own_counters_are_taken_over(play, visit):
    page = visit(play())
    page.command("gacha pull", count="10 pulls")
    page.command("gacha banners")
    page.click("#odds-controls button >> nth=0")
    page.expect("[aria-label='Pulls counted to SSR']").not_to_have_value("1")


def test_luck_shows_pulls_against_the_expectation(play, visit):
    page = visit(play(catalogs.base()))
    page.tab("luck")
    page.expect("#luck-answer").to_contain_text("has not pulled yet")
    for _ in range(10):
        page.command("gacha pull", count="10 pulls")
    page.expect("#luck-answer output").to_contain_text("After 100 pulls")
    slider = page.locator("#luck-answer input[type=range]")
    slider.focus()
    page.type("Home")
    page.expect("#luck-answer output").to_contain_text("After 1 pulls")
    # Over 100 pulls from fresh counters: a certain item at the 90th at the latest.
    page.type("End")
    page.expect("#luck-answer output").to_contain_text("usually 1 to")
    mean = expected_count(catalogs.base()["banners"][0], 100)
    page.expect("#luck-answer output").to_contain_text(f"expected {mean:.2f}")


def expected_count(banner, pulls):
    """Mean count of top items in so many pulls, by the sum over all states of the counter."""
    state, mean = {1: 1.0}, 0.0
    for _ in range(pulls):
        after = {}
        for n, weight in state.items():
            hit = top_chance(banner, n)
            mean += weight * hit
            after[1] = after.get(1, 0) + weight * hit
            after[n + 1] = after.get(n + 1, 0) + weight * (1 - hit)
        state = after
    return mean


def top_chance(raw, n):
    rate, pity = float(raw["rates"]["SSR"][:-1]) / 100, raw["pity"]["SSR"]
    if n >= pity["hard"]:
        return 1.0
    steps = max(0, n - pity["soft_from"] + 1)
    return min(1.0, rate + steps * float(pity["soft_step"][:-1]) / 100)


def test_the_editor_tells_faults_as_they_are_typed_and_leads_to_them(play, visit):
    page = visit(play())
    page.tab("catalog")
    page.see("#catalog-status.good")
    text = page.input_value("#catalog-text")
    page.fill("#catalog-text", text.replace('"stars": 4', '"stras": 4').replace('"0.6%"', '"0.7%"', 1))
    page.expect("#catalog-status").to_contain_text("Faults: 2")
    page.expect("#catalog-faults").to_contain_text("unknown_key")
    page.click("#catalog-faults button >> nth=0")
    line = page.evaluate("""() => { const t = document.getElementById('catalog-text');
        return t.value.slice(0, t.selectionStart).split('\\n').length }""")
    page.expect("#catalog-lines .bad >> nth=0").to_have_text(str(line))
    page.expect("#catalog-text").to_be_focused()
    page.click("#panel-catalog button >> nth=0")
    page.see("#catalog-status.good")


def test_the_simulator_runs_and_agrees_with_the_command(play, visit, cli):
    page = visit(play())
    page.tab("simulate")
    seed = "ab" * 32
    page.fill("#sim-pulls", "20000")
    page.fill("#sim-seed", seed)
    page.click("#sim-start")
    page.see("#sim-answer table >> nth=0")
    expected = cli("simulate", "standard", "--pulls", "20000", "--seed", seed, "--json").json
    for rarity, count in expected["rarities"].items():
        page.expect("#sim-answer table >> nth=0").to_contain_text(f"{count:,}")
        assert rarity in page.locator("#sim-answer table >> nth=0").inner_text()


def test_a_simulation_can_be_cancelled_while_the_game_goes_on(play, visit):
    page = visit(play())
    page.tab("simulate")
    page.fill("#sim-pulls", "100000000")
    page.click("#sim-start")
    page.see("#sim-answer progress")
    page.command("ping")
    page.expect("#log").to_contain_text("Pong")
    page.click("#sim-cancel")
    page.expect("#sim-answer").to_contain_text("Cancelled after")
    page.expect("#sim-start").to_be_enabled()


def test_a_wrong_number_of_pulls_is_said(play, visit):
    page = visit(play())
    page.tab("simulate")
    page.fill("#sim-seed", "xyz")
    page.click("#sim-start")
    page.expect("#sim-answer").to_contain_text("64 hex digits")
