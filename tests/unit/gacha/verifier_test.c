#include "gacha/verifier.h"

#include <stdio.h>

#include "gacha/pull.h"
#include "fixture.h"
#include "test.h"

enum { LINES_MAX = 256 };

static struct fixture fixture;
static struct rng rng;
static struct player player;
static struct str lines[LINES_MAX];
static size_t count;
static struct verify_result result;
static struct err err;

static void set_up(const struct edit *edits)
{
	fixture_init(&fixture, edits);
	CHECK(fixture.loaded);
	rng_init_seed(&rng, "verify", 6);
	player_init(&player, &fixture.arena, STR("7"), 1000, &rng);
	player.balance = 10000000;
	count = 0;
}

static void tear_down(void)
{
	fixture_release(&fixture);
}

/* Pulls, and adds the receipts with the seed, as an export after the reveal has them. */
static void pull_as(struct player *who, const struct catalog *catalog, const char *banner, unsigned pulls, bool revealed)
{
	static struct pull_result pulled;
	struct ledger ledger = {.count = 0};
	struct json_writer writer;
	struct buf out;

	if (!CHECK(pull_make(catalog, catalog_find_banner(catalog, str_from(banner)), pulls, who, &ledger,
			     arena_printf(&fixture.arena, "%zu", 900 + count), 2000, &pulled, &fixture.arena, &err)))
		return;
	for (size_t i = 0; i < pulled.count; i++) {
		buf_init(&out, 65536);
		json_writer_init(&writer, &out);
		pulled.receipts[i].revealed = revealed;
		memcpy(pulled.receipts[i].seed, who->fairness.seed, FAIRNESS_SEED_SIZE);
		receipt_write(&pulled.receipts[i], catalog, &writer);
		lines[count++] = arena_str(&fixture.arena, buf_str(&out));
		buf_release(&out);
	}
}

static void pull(const char *banner, unsigned pulls)
{
	pull_as(&player, &fixture.catalog, banner, pulls, true);
}

static void rotate(void)
{
	uint8_t revealed[FAIRNESS_SEED_SIZE];

	player_rotate_seed(&player, &rng, revealed);
}

static void drop(size_t at)
{
	memmove(lines + at, lines + at + 1, (--count - at) * sizeof(lines[0]));
}

/* Changes the first place of a line. */
static void tamper(size_t at, const char *old, const char *new)
{
	ssize_t place = str_find(lines[at], str_from(old));

	if (CHECK(place >= 0))
		lines[at] = arena_printf(&fixture.arena, "%.*s%s%.*s", (int)place, lines[at].ptr, new,
					 STR_ARG(str_skip(lines[at], (size_t)place + strlen(old))));
}

static bool verify_with(const struct catalog *const *catalogs, size_t catalog_count, const uint8_t *from_chain)
{
	struct verifier *verifier = verifier_create(&fixture.arena, catalogs, catalog_count, from_chain);
	bool ok = CHECK(verifier != NULL);

	err_clear(&err);
	for (size_t i = 0; ok && i < count; i++)
		ok = verifier_line(verifier, lines[i], &err);
	if (verifier)
		result = verifier_finish(verifier);
	verifier_free(verifier);
	return ok;
}

static bool verify(void)
{
	const struct catalog *catalogs[] = {&fixture.catalog};

	return verify_with(catalogs, 1, NULL);
}

static void check_clean(void)
{
	CHECK(verify());
	CHECK_EQ_UINT(result.receipts, count);
	CHECK_EQ_UINT(result.unchecked, 0);
	if (!CHECK_EQ_UINT(result.fault_count, 0))
		printf("  line %zu: %.*s\n", result.faults[0].line, STR_ARG(result.faults[0].text));
}

/* Exactly one fault, on this line (from 1), with this in its text. */
static void check_fault(size_t line, const char *text)
{
	CHECK(verify());
	if (!CHECK_EQ_UINT(result.fault_count, 1) || result.faults[0].line != line ||
	    str_find(result.faults[0].text, str_from(text)) < 0) {
		CHECK(!"the wanted fault");
		for (size_t i = 0; i < result.fault_count; i++)
			printf("  line %zu: %.*s\n", result.faults[i].line, STR_ARG(result.faults[i].text));
	}
}

/* At least one fault on the line has this in its text. */
static bool has_fault(size_t line, const char *text)
{
	for (size_t i = 0; i < result.fault_count; i++)
		if (result.faults[i].line == line && str_find(result.faults[i].text, str_from(text)) >= 0)
			return true;
	for (size_t i = 0; i < result.fault_count; i++)
		printf("  line %zu: %.*s\n", result.faults[i].line, STR_ARG(result.faults[i].text));
	return false;
}

TEST(a_true_file_has_no_fault)
{
	set_up(NULL);
	for (unsigned i = 0; i < 40; i++)
		pull(i % 3 ? "one" : "two", 1);
	pull("one", 10);
	player.fairness.client_seed = STR("|種|");
	pull("one", 10);
	rotate();
	pull("one", 1);
	pull("one", 10);
	check_clean();
	tear_down();
}

TEST(players_may_be_mixed)
{
	struct player other;

	set_up(NULL);
	player_init(&other, &fixture.arena, STR("g/8"), 1000, &rng);
	other.balance = 10000000;
	for (unsigned i = 0; i < 30; i++)
		pull_as(i % 2 ? &player : &other, &fixture.catalog, "one", 1, true);
	check_clean();
	tear_down();
}

TEST(many_players_are_kept_apart)
{
	set_up(NULL);
	for (unsigned i = 0; i < 200; i++) {
		player_init(&player, &fixture.arena, arena_printf(&fixture.arena, "%u", i), 1000, &rng);
		player.balance = 1000;
		pull("one", 1);
	}
	check_clean();
	tear_down();
}

TEST(data_and_empty_lines_are_no_receipts)
{
	set_up(NULL);
	pull("one", 1);
	lines[count++] = STR("{\"kind\":\"user\",\"n\":1.5}");
	lines[count++] = STR(" { \"kind\" : \"x\" }");
	lines[count++] = STR("");
	lines[count++] = STR("\r");
	CHECK(verify());
	CHECK_EQ_UINT(result.receipts, 1);
	CHECK_EQ_UINT(result.fault_count, 0);
	lines[count++] = STR("{\"v\":1,\"kind\":\"user\"}");
	check_fault(6, "not a receipt");
	tear_down();
}

TEST(a_line_that_is_no_json_is_a_fault)
{
	set_up(NULL);
	pull("one", 1);
	lines[count++] = STR("{");
	check_fault(2, "not JSON");
	tear_down();
}

TEST(a_missing_pull_is_a_gap)
{
	set_up(NULL);
	for (unsigned i = 0; i < 5; i++)
		pull("one", 1);
	drop(2);
	check_fault(3, "pulls are missing after 2");
	tear_down();
}

TEST(a_gap_within_ten_is_one_fault)
{
	set_up(NULL);
	pull("one", 10);
	pull("one", 1);
	drop(4);
	check_fault(5, "pulls are missing after 4");
	CHECK_EQ_UINT(result.unchecked, 1); /* the tenth needs to know the nine */
	tear_down();
}

TEST(a_repeated_pull_is_a_fault)
{
	set_up(NULL);
	pull("one", 1);
	lines[count++] = lines[0];
	check_fault(2, "was there before");
	tear_down();
}

TEST(epochs_go_up_by_one_and_begin_at_one)
{
	set_up(NULL);
	pull("one", 1);
	rotate();
	pull("one", 1);
	rotate();
	pull("one", 1);
	pull("one", 1);
	drop(1);
	check_fault(2, "epochs are missing after 1");
	drop(1);
	check_fault(2, "epochs are missing after 1");
	lines[1] = lines[0];
	CHECK(verify());
	CHECK(has_fault(2, "was there before"));
	tear_down();
	set_up(NULL);
	pull("one", 1);
	rotate();
	pull("one", 1);
	pull("one", 1);
	drop(1);
	check_fault(2, "does not begin with pull 1");
	tear_down();
}

TEST(an_epoch_that_goes_back_is_a_fault)
{
	set_up(NULL);
	pull("one", 1);
	rotate();
	pull("one", 1);
	lines[count++] = lines[0];
	check_fault(3, "the epoch goes back");
	tear_down();
}

TEST(a_changed_member_breaks_the_chain)
{
	set_up(NULL);
	pull("one", 1);
	pull("one", 1);
	tamper(0, "\"at\":\"1970", "\"at\":\"1971");
	check_fault(1, "the chain is wrong");
	tear_down();
}

TEST(a_changed_chain_is_a_fault_of_its_receipt_and_the_next)
{
	const char *key = "\"chain\":\"";
	ssize_t place;
	char *digit;

	set_up(NULL);
	for (unsigned i = 0; i < 3; i++)
		pull("one", 1);
	place = str_find(lines[1], str_from(key));
	REQUIRE(place >= 0);
	digit = (char *)arena_cstr(&fixture.arena, lines[1]) + place + strlen(key);
	*digit = *digit == '0' ? '1' : '0';
	lines[1] = str_make(digit - place - strlen(key), lines[1].len);
	CHECK(verify());
	CHECK_EQ_UINT(result.fault_count, 2);
	CHECK(has_fault(2, "the chain is wrong"));
	CHECK(has_fault(3, "the chain is wrong"));
	tear_down();
}

/* Writes a receipt that is sealed as if it were true. */
static void forge(struct receipt *receipt, const uint8_t previous[HASH_SHA256_SIZE])
{
	struct json_writer writer;
	struct buf out;

	buf_init(&out, 65536);
	json_writer_init(&writer, &out);
	CHECK(receipt_seal(receipt, &fixture.catalog, previous, NULL));
	receipt_write(receipt, &fixture.catalog, &writer);
	lines[count++] = arena_str(&fixture.arena, buf_str(&out));
	buf_release(&out);
}

/* The first receipt of the player, for forging. */
static struct receipt first_receipt(void)
{
	static struct pull_result pulled;
	struct ledger ledger = {.count = 0};

	CHECK(pull_make(&fixture.catalog, fixture_banner(&fixture, "one"), 1, &player, &ledger, STR("900"), 2000, &pulled,
			&fixture.arena, &err));
	pulled.receipts[0].revealed = true;
	memcpy(pulled.receipts[0].seed, player.fairness.seed, FAIRNESS_SEED_SIZE);
	return pulled.receipts[0];
}

static const uint8_t zeros[HASH_SHA256_SIZE];

TEST(a_forged_result_is_found)
{
	struct receipt receipt;

	set_up(NULL);
	receipt = first_receipt();
	receipt.result = str_eqc(receipt.result, "e") ? STR("f") : STR("e");
	forge(&receipt, zeros);
	CHECK(verify());
	CHECK(has_fault(1, "and the seed gives"));
	tear_down();
}

TEST(a_forged_transition_is_found)
{
	struct receipt receipt;

	set_up(NULL);
	receipt = first_receipt();
	receipt.after.n[0] += 5;
	forge(&receipt, zeros);
	check_fault(1, "after:");
	tear_down();
}

TEST(counters_that_do_not_go_on_are_found)
{
	struct receipt receipt;

	set_up(NULL);
	receipt = first_receipt();
	receipt.before.n[0] = 30;
	receipt.after.n[0] += 29;
	forge(&receipt, zeros);
	check_fault(1, "before: SSR is 30, and was left at 1");
	tear_down();
}

TEST(an_item_or_a_banner_that_is_not_there_is_found)
{
	struct receipt receipt;

	set_up(NULL);
	receipt = first_receipt();
	receipt.result = STR("zz");
	forge(&receipt, zeros);
	CHECK(verify());
	CHECK(has_fault(1, "the banner has no item 'zz'"));
	count = 0;
	receipt.banner = STR("three");
	forge(&receipt, zeros);
	check_fault(1, "the catalog has no banner 'three'");
	tear_down();
}

TEST(another_seed_or_commitment_is_found)
{
	struct receipt receipt;

	set_up(NULL);
	receipt = first_receipt();
	receipt.seed[0] ^= 1;
	forge(&receipt, zeros);
	check_fault(1, "the seed is not what was committed to");
	CHECK_EQ_UINT(result.unchecked, 1);
	count = 0;
	receipt.seed[0] ^= 1;
	forge(&receipt, zeros);
	pull("one", 1);
	check_clean();
	tamper(1, "\"commit\":\"", "\"commit\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"c\":\"");
	CHECK(verify());
	CHECK(has_fault(2, "not a receipt"));
	tear_down();
	set_up(NULL);
	receipt = first_receipt();
	forge(&receipt, zeros);
	fairness_commit(receipt.chain, receipt.commit);
	receipt.n = 2;
	receipt.before = receipt.after;
	receipt.revealed = false;
	memcpy(player.fairness.chain, receipt.chain, sizeof(receipt.chain));
	forge(&receipt, player.fairness.chain);
	CHECK(verify());
	CHECK(has_fault(2, "the commitment is another"));
	tear_down();
}

TEST(a_ten_pull_has_to_be_whole)
{
	set_up(NULL);
	pull("one", 10);
	count = 7;
	check_fault(7, "the ten-pull ends after 7 of 10");
	tear_down();
}

TEST(a_ten_pull_that_stops_before_another_pull_is_found)
{
	struct receipt receipt;
	uint8_t previous[HASH_SHA256_SIZE];

	set_up(NULL);
	receipt = first_receipt();
	receipt.slot = 1;
	forge(&receipt, zeros);
	memcpy(previous, receipt.chain, sizeof(previous));
	receipt.slot = 3;
	receipt.n = 2;
	receipt.before = receipt.after;
	forge(&receipt, previous);
	CHECK(verify());
	CHECK(has_fault(1, "the ten-pull ends after 1 of 10"));
	CHECK(has_fault(2, "the ten-pull begins with its slot 3"));
	tear_down();
}

TEST(a_ten_pull_is_of_one_interaction_and_one_banner)
{
	struct receipt receipt;
	uint8_t previous[HASH_SHA256_SIZE];

	set_up(NULL);
	receipt = first_receipt();
	receipt.slot = 1;
	forge(&receipt, zeros);
	memcpy(previous, receipt.chain, sizeof(previous));
	receipt.slot = 2;
	receipt.n = 2;
	receipt.before = receipt.after;
	receipt.interaction = STR("901");
	forge(&receipt, previous);
	CHECK(verify());
	CHECK(has_fault(2, "more than one interaction"));
	count = 1;
	receipt.interaction = STR("900");
	receipt.banner = STR("two");
	forge(&receipt, previous);
	CHECK(verify());
	CHECK(has_fault(2, "more than one banner"));
	CHECK(has_fault(2, "no pull of ten"));
	tear_down();
}

TEST(the_tenth_draw_is_replayed_with_its_guarantee)
{
	set_up(EDITS({"\"SR\":{\"hard\":10}", "\"R\":{\"hard\":1000}"}));
	for (unsigned i = 0; i < 20; i++)
		pull("one", 10);
	check_clean();
	tear_down();
}

TEST(without_the_seed_a_pull_is_unchecked_but_its_transition_is_not)
{
	struct receipt receipt;

	set_up(NULL);
	for (unsigned i = 0; i < 5; i++)
		pull_as(&player, &fixture.catalog, "one", 1, false);
	CHECK(verify());
	CHECK_EQ_UINT(result.fault_count, 0);
	CHECK_EQ_UINT(result.unchecked, 5);
	tear_down();
	set_up(NULL);
	receipt = first_receipt();
	receipt.revealed = false;
	receipt.after.n[2]++;
	forge(&receipt, zeros);
	check_fault(1, "after:");
	CHECK_EQ_UINT(result.unchecked, 1);
	tear_down();
}

TEST(a_seed_that_was_seen_serves_the_epoch)
{
	set_up(NULL);
	pull_as(&player, &fixture.catalog, "one", 1, false);
	pull_as(&player, &fixture.catalog, "one", 1, true);
	pull_as(&player, &fixture.catalog, "one", 1, false);
	rotate();
	pull_as(&player, &fixture.catalog, "one", 1, false);
	CHECK(verify());
	CHECK_EQ_UINT(result.fault_count, 0);
	CHECK_EQ_UINT(result.unchecked, 2);
	tear_down();
}

TEST(without_the_catalog_numbers_chain_and_neighbours_are_checked)
{
	set_up(NULL);
	pull("one", 1);
	pull("one", 1);
	pull("two", 1);
	pull("one", 10);
	CHECK(verify_with(NULL, 0, NULL));
	CHECK_EQ_UINT(result.fault_count, 0);
	CHECK_EQ_UINT(result.unchecked, 13);
	tamper(1, "\"n\":{\"SSR\":2", "\"n\":{\"SSR\":3");
	CHECK(verify_with(NULL, 0, NULL));
	CHECK(has_fault(2, "before is not what the pull before it left"));
	CHECK(has_fault(2, "the chain is wrong"));
	tear_down();
}

TEST(catalogs_may_change_between_pulls)
{
	struct fixture other;
	const struct catalog *catalogs[2];

	set_up(NULL);
	fixture_init(&other, EDITS({"\"0.6%\"", "\"0.7%\""}, {"94.3%", "94.2%"}));
	catalogs[0] = &fixture.catalog;
	catalogs[1] = &other.catalog;
	for (unsigned i = 0; i < 12; i++)
		pull_as(&player, i / 4 % 2 ? &other.catalog : &fixture.catalog, "one", 1, true);
	CHECK(verify_with(catalogs, 2, NULL));
	CHECK_EQ_UINT(result.fault_count, 0);
	CHECK_EQ_UINT(result.unchecked, 0);
	/* With one of them the other's pulls are unchecked, and the counters after them are taken as they are. */
	CHECK(verify_with(catalogs, 1, NULL));
	CHECK_EQ_UINT(result.fault_count, 0);
	CHECK_EQ_UINT(result.unchecked, 4);
	fixture_release(&other);
	tear_down();
}

TEST(a_file_that_begins_in_the_middle_is_refused_without_its_chain)
{
	const struct catalog *catalogs[] = {&fixture.catalog};
	uint8_t chain[HASH_SHA256_SIZE];

	set_up(NULL);
	pull("one", 1);
	memcpy(chain, player.fairness.chain, sizeof(chain));
	pull("one", 1);
	pull("one", 1);
	drop(0);
	CHECK(!verify());
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK(verify_with(catalogs, 1, chain));
	CHECK_EQ_UINT(result.fault_count, 0);
	CHECK_EQ_UINT(result.unchecked, 0);
	chain[0] ^= 1;
	CHECK(verify_with(catalogs, 1, chain));
	CHECK(has_fault(1, "the chain is wrong"));
	tear_down();
}

TEST(the_chain_given_is_for_the_first_receipt_alone)
{
	const struct catalog *catalogs[] = {&fixture.catalog};
	struct player other;
	uint8_t chain[HASH_SHA256_SIZE];

	set_up(NULL);
	player_init(&other, &fixture.arena, STR("8"), 1000, &rng);
	other.balance = 10000;
	pull("one", 1);
	memcpy(chain, player.fairness.chain, sizeof(chain));
	pull("one", 1);
	pull_as(&other, &fixture.catalog, "one", 1, true);
	pull_as(&other, &fixture.catalog, "one", 1, true);
	drop(0);
	CHECK(verify_with(catalogs, 1, chain));
	CHECK_EQ_UINT(result.fault_count, 0);
	drop(1);
	CHECK(!verify_with(catalogs, 1, chain));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	tear_down();
}

TEST(faults_beyond_the_bound_are_counted)
{
	const struct catalog *catalogs[] = {&fixture.catalog};
	struct verifier *verifier;

	set_up(NULL);
	verifier = verifier_create(&fixture.arena, catalogs, 1, NULL);
	REQUIRE(verifier != NULL);
	for (unsigned i = 0; i < VERIFY_FAULTS_MAX + 5; i++)
		CHECK(verifier_line(verifier, STR("x"), &err));
	result = verifier_finish(verifier);
	CHECK_EQ_UINT(result.fault_count, VERIFY_FAULTS_MAX);
	CHECK_EQ_UINT(result.faults_left_out, 5);
	verifier_free(verifier);
	verifier_free(NULL);
	tear_down();
}
