#include "gacha/receipt.h"

#include "base/codec.h"
#include "fixture.h"
#include "test.h"

static struct fixture fixture;
static struct receipt receipt;
static struct buf out;

static void set_up(void)
{
	fixture_init(&fixture, NULL);
	CHECK(fixture.loaded);
	receipt = (struct receipt){
		.player = STR("7"),
		.epoch = 2,
		.commit = {0xC0},
		.client_seed = STR("\"種"),
		.n = 12,
		.slot = 3,
		.banner = STR("one"),
		.catalog = str_from(fixture.catalog.sha256_hex),
		.before = {.n = {5, 2, 1}, .flag = {true}},
		.after = {.n = {1, 1, 1}},
		.result = STR("a"),
		.at_s = 1767193200,
		.interaction = STR("900"),
	};
	buf_init(&out, 65536);
}

static void tear_down(void)
{
	buf_release(&out);
	fixture_release(&fixture);
}

static struct str write(void)
{
	struct json_writer writer;

	buf_clear(&out);
	json_writer_init(&writer, &out);
	receipt_write(&receipt, &fixture.catalog, &writer);
	CHECK(json_writer_done(&writer));
	return arena_str(&fixture.arena, buf_str(&out));
}

static struct str expected(const char *end)
{
	return arena_printf(&fixture.arena,
			    "{\"v\":1,\"player\":\"7\",\"epoch\":2,\"commit\":\"c0%062d\",\"client_seed\":\"\\\"種\",\"n\":12,"
			    "\"slot\":3,\"banner\":\"one\",\"catalog\":\"%s\",\"before\":{\"n\":{\"SSR\":5,\"SR\":2,\"R\":1},"
			    "\"flag\":{\"SSR\":true,\"SR\":false,\"R\":false}},\"result\":\"a\",\"after\":{\"n\":{\"SSR\":1,\"SR\":1,"
			    "\"R\":1},\"flag\":{\"SSR\":false,\"SR\":false,\"R\":false}},\"at\":\"2025-12-31T15:00:00Z\","
			    "\"interaction\":\"900\"%s}",
			    0, fixture.catalog.sha256_hex, end);
}

TEST(the_chain_is_the_hash_of_the_one_before_and_the_canonical_form)
{
	uint8_t previous[HASH_SHA256_SIZE] = {1, 2, 3}, chain[HASH_SHA256_SIZE];
	struct hash_sha256 hash;

	set_up();
	REQUIRE(receipt_seal(&receipt, &fixture.catalog, previous, NULL));
	hash_sha256_init(&hash);
	hash_sha256_update(&hash, str_make((const char *)previous, sizeof(previous)));
	hash_sha256_update(&hash, expected(""));
	hash_sha256_out(&hash, chain);
	CHECK_EQ_BYTES(receipt.chain, sizeof(receipt.chain), chain, sizeof(chain));
	tear_down();
}

TEST(a_receipt_has_its_members_in_order)
{
	struct str text, chain;
	char hex[65];

	set_up();
	REQUIRE(receipt_seal(&receipt, &fixture.catalog, receipt.commit, NULL));
	chain = arena_printf(&fixture.arena, ",\"chain\":\"%.*s\"", STR_ARG(codec_hex(receipt.chain, 32, hex)));
	text = write();
	CHECK(str_eq(text, expected(arena_cstr(&fixture.arena, chain))));
	receipt.revealed = true;
	receipt.seed[31] = 0xEE;
	chain = arena_printf(&fixture.arena, "%.*s,\"seed\":\"%062dee\"", STR_ARG(chain), 0);
	CHECK(str_eq(write(), expected(arena_cstr(&fixture.arena, chain))));
	tear_down();
}

TEST(a_stored_receipt_is_written_again_with_its_seed)
{
	struct json_writer writer;
	struct json stored;
	struct str text;

	set_up();
	REQUIRE(receipt_seal(&receipt, &fixture.catalog, receipt.commit, NULL));
	text = write();
	REQUIRE(json_parse(&fixture.arena, text, &stored, NULL));
	receipt.revealed = true;
	receipt.seed[5] = 5;
	text = write();
	buf_clear(&out);
	json_writer_init(&writer, &out);
	receipt_write_revealed(stored, receipt.seed, &writer);
	CHECK(str_eq(buf_str(&out), text));
	tear_down();
}

TEST(a_receipt_is_read_as_it_was_written)
{
	struct json members[RECEIPT_MEMBER_COUNT];
	struct receipt again;
	struct json root;

	set_up();
	REQUIRE(receipt_seal(&receipt, &fixture.catalog, receipt.commit, NULL));
	REQUIRE(json_parse(&fixture.arena, write(), &root, NULL));
	CHECK_EQ_STR(receipt_read(root, members, &again, &fixture.arena), NULL);
	CHECK(receipt_read_state(members[RECEIPT_BEFORE], &fixture.catalog, &again.before, &fixture.arena));
	CHECK(receipt_read_state(members[RECEIPT_AFTER], &fixture.catalog, &again.after, &fixture.arena));
	CHECK(str_eq(again.player, receipt.player) && str_eq(again.client_seed, receipt.client_seed));
	CHECK(again.epoch == 2 && again.n == 12 && again.slot == 3 && again.at_s == receipt.at_s && !again.revealed);
	CHECK_EQ_BYTES(again.chain, 32, receipt.chain, 32);
	CHECK_EQ_BYTES(again.commit, 32, receipt.commit, 32);
	CHECK(again.before.n[0] == 5 && again.before.n[1] == 2 && again.before.flag[0] && !again.before.flag[1]);
	tear_down();
}

TEST(a_receipt_that_is_not_of_the_form_names_the_member)
{
	static const struct {
		const char *old, *new, *member;
	} cases[] = {
		{"\"v\":1", "\"v\":2", "v"},
		{"\"epoch\":2", "\"epoch\":0", "epoch"},
		{"\"epoch\":2", "\"epoch\":2.0", "epoch"},
		{"\"commit\":\"c0", "\"commit\":\"C0", "commit"},
		{"\"commit\":\"c0", "\"commit\":\"c", "commit"},
		{"\"client_seed\":\"", "\"client_seed\":\"\\u0001", "client_seed"},
		{"\"n\":12", "\"n\":\"12\"", "n"},
		{"\"slot\":3", "\"slot\":11", "slot"},
		{"\"catalog\":\"", "\"catalog\":\"0", "catalog"},
		{"\"SSR\":5", "\"SSR\":0", "before"},
		{"\"SSR\":5,", "", "before"},
		{"\"SSR\":true", "\"SSR\":1", "before"},
		{"{\"SSR\":true,\"SR\":false", "{\"SR\":false,\"SSR\":true", "before"},
		{"\"result\":\"a\"", "\"result\":null", "result"},
		{"00Z\"", "00.5Z\"", "at"},
		{"00Z\"", "00+00:00\"", "at"},
		{"\"interaction\":\"900\"", "\"interaction\":900", "interaction"},
		{"\"interaction\":\"900\",", "", "interaction"},
		{"\"v\":1,", "\"v\":1,\"w\":1,", "a member that a receipt does not have"},
	};
	struct json members[RECEIPT_MEMBER_COUNT];
	struct receipt again;
	struct json root;
	struct str text;

	set_up();
	REQUIRE(receipt_seal(&receipt, &fixture.catalog, receipt.commit, NULL));
	text = write();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ssize_t at = str_find(text, str_from(cases[i].old));
		struct str changed;

		REQUIRE(at >= 0);
		changed = arena_printf(&fixture.arena, "%.*s%s%.*s", (int)at, text.ptr, cases[i].new,
				       STR_ARG(str_skip(text, (size_t)at + strlen(cases[i].old))));
		REQUIRE(json_parse(&fixture.arena, changed, &root, NULL));
		CHECK_EQ_STR(receipt_read(root, members, &again, &fixture.arena), cases[i].member);
	}
	REQUIRE(json_parse(&fixture.arena, STR("[]"), &root, NULL));
	CHECK_EQ_STR(receipt_read(root, members, &again, &fixture.arena), "the object");
	tear_down();
}

TEST(a_state_has_exactly_the_catalogs_rarities)
{
	struct draw_state state;
	struct json root;

	set_up();
	REQUIRE(json_parse(&fixture.arena, STR("{\"n\":{\"SSR\":1,\"R\":1,\"SR\":1},\"flag\":{\"SSR\":true,\"R\":true,\"SR\":true}}"), &root, NULL));
	CHECK(!receipt_read_state(root, &fixture.catalog, &state, &fixture.arena));
	REQUIRE(json_parse(&fixture.arena, STR("{\"n\":{\"SSR\":1,\"SR\":1},\"flag\":{\"SSR\":true,\"SR\":true}}"), &root, NULL));
	CHECK(!receipt_read_state(root, &fixture.catalog, &state, &fixture.arena));
	tear_down();
}

TEST(a_receipt_that_is_too_long_is_refused)
{
	struct err err;
	char *name;

	set_up();
	name = arena_alloc(&fixture.arena, RECEIPT_BYTES_MAX);
	memset(name, 'x', RECEIPT_BYTES_MAX);
	receipt.player = str_make(name, RECEIPT_BYTES_MAX);
	CHECK(!receipt_seal(&receipt, &fixture.catalog, receipt.commit, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	tear_down();
}
