#include "bot/revision.h"

#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "base/deflate.h"
#include "base/json_read.h"
#include "base/json_write.h"

#define BEST_COMPRESSION 9

struct str revision_scope(struct arena *arena, bool guild_scope, uint64_t guild_id)
{
	return guild_scope ? arena_printf(arena, "%" PRIu64, guild_id) : STR("global");
}

struct str revision_key(struct arena *arena, struct str scope)
{
	return arena_printf(arena, "meta#catalog#%.*s", STR_ARG(scope));
}

struct str revision_text_key(struct arena *arena, uint64_t text, size_t part)
{
	return arena_printf(arena, "meta#catalog-text#%" PRIu64 "#%zu", text, part);
}

/* ---- the list ---- */

static bool refuse(const char *what, struct err *err)
{
	return err_set(err, ERR_INPUT, "the stored list of catalog revisions: '%s' is missing or not of its form", what);
}

static bool get_hash(struct json value, struct arena *arena, char out[2 * HASH_SHA256_SIZE + 1])
{
	uint8_t hash[HASH_SHA256_SIZE];

	if (!codec_unhex(json_text_or(value, arena, STR_EMPTY), hash, sizeof(hash)))
		return false;
	codec_hex(hash, sizeof(hash), out);
	return true;
}

static bool decode_revision(struct json value, struct arena *arena, struct revision *revision)
{
	uint64_t parts;

	if (!get_hash(json_get(value, "sha256"), arena, revision->sha256_hex) ||
	    !json_snowflake(json_get(value, "text"), &revision->text) ||
	    !json_u64(json_get(value, "parts"), 1, REVISION_PARTS_MAX, &parts) ||
	    !json_i64(json_get(value, "from"), 0, INT64_MAX, &revision->from_ms) ||
	    !json_snowflake(json_get(value, "by"), &revision->by))
		return false;
	revision->parts = parts;
	return true;
}

bool revisions_decode(struct revisions *revisions, struct arena *arena, struct str doc, struct err *err)
{
	struct json root, key, value;
	struct json_iter iter;

	*revisions = (struct revisions){.count = 0};
	if (doc.len == 0)
		return true;
	if (!json_parse(arena, doc, &root, err))
		return err_wrap(err, "the stored list of catalog revisions");
	if (!get_hash(json_get(root, "base"), arena, revisions->base_hex))
		return refuse("base", err);
	iter = json_iterate(json_get(root, "revisions"));
	while (json_next(&iter, &key, &value)) {
		struct revision *revision = &revisions->list[revisions->count];

		if (revisions->count == REVISIONS_MAX || !decode_revision(value, arena, revision) ||
		    (revisions->count > 0 && revision->from_ms <= revision[-1].from_ms))
			return refuse("revisions", err);
		revisions->count++;
	}
	return true;
}

void revisions_encode(const struct revisions *revisions, struct buf *out)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_member_str(&writer, "base", str_from(revisions->base_hex));
	json_keyc(&writer, "revisions");
	json_begin_array(&writer);
	for (size_t i = 0; i < revisions->count; i++) {
		const struct revision *revision = &revisions->list[i];

		json_begin_object(&writer);
		json_member_str(&writer, "sha256", str_from(revision->sha256_hex));
		json_member_snowflake(&writer, "text", revision->text);
		json_member_u64(&writer, "parts", revision->parts);
		json_member_i64(&writer, "from", revision->from_ms);
		json_member_snowflake(&writer, "by", revision->by);
		json_end_object(&writer);
	}
	json_end_array(&writer);
	json_end_object(&writer);
}

const struct revision *revisions_at(const struct revisions *revisions, const char *configured_hex, int64_t now_ms)
{
	const struct revision *found = NULL;

	if (strcmp(revisions->base_hex, configured_hex) != 0)
		return NULL;
	for (size_t i = 0; i < revisions->count && revisions->list[i].from_ms <= now_ms; i++)
		found = &revisions->list[i];
	return found;
}

bool revisions_add(struct revisions *revisions, const char *configured_hex, const struct revision *revision,
		   struct err *err)
{
	if (strcmp(revisions->base_hex, configured_hex) != 0) {
		*revisions = (struct revisions){.version = revisions->version};
		memcpy(revisions->base_hex, configured_hex, sizeof(revisions->base_hex));
	}
	if (revisions->count > 0 && revision->from_ms <= revisions->list[revisions->count - 1].from_ms)
		return err_set(err, ERR_REFUSED, "a revision of the catalog begins before the one that it follows");
	if (revisions->count == REVISIONS_MAX) {
		revisions->count--;
		memmove(revisions->list, revisions->list + 1, revisions->count * sizeof(revisions->list[0]));
	}
	revisions->list[revisions->count++] = *revision;
	return true;
}

/* ---- the text ---- */

static struct str write_part(struct arena *arena, size_t parts, struct str piece)
{
	struct str text = codec_base64(arena, piece);
	struct json_writer writer;
	struct buf out;

	buf_init(&out, text.len + 64);
	json_writer_init(&writer, &out);
	json_begin_object(&writer);
	json_member_u64(&writer, "parts", parts);
	json_member_str(&writer, "deflated", text);
	json_end_object(&writer);
	struct str kept = out.full || text.len == 0 ? STR_EMPTY : arena_str(arena, buf_str(&out));
	buf_release(&out);
	return kept;
}

size_t revision_pack(struct arena *arena, uint64_t text, struct str catalog, struct store_row rows[REVISION_PARTS_MAX],
		     struct err *err)
{
	struct buf deflated;
	size_t parts = 0;

	buf_init(&deflated, REVISION_PART_BYTES * REVISION_PARTS_MAX);
	if (!deflate_compress(catalog, BEST_COMPRESSION, &deflated, err)) {
		buf_release(&deflated);
		err_wrap(err, "the catalog is too long to be kept");
		return 0;
	}
	parts = (deflated.len + REVISION_PART_BYTES - 1) / REVISION_PART_BYTES;
	for (size_t i = 0; i < parts; i++) {
		struct str piece = str_take(str_skip(buf_str(&deflated), i * REVISION_PART_BYTES), REVISION_PART_BYTES);

		rows[i] = (struct store_row){
			.table = STORE_SETTINGS,
			.key = revision_text_key(arena, text, i),
			.doc = write_part(arena, parts, piece),
		};
	}
	buf_release(&deflated);
	return arena_check(arena, "the catalog", err) ? parts : 0;
}

size_t revision_part_count(struct arena *arena, const struct store_row *first)
{
	struct json root;
	uint64_t parts;

	if (first->version == 0 || !json_parse(arena, first->doc, &root, NULL) ||
	    !json_u64(json_get(root, "parts"), 1, REVISION_PARTS_MAX, &parts))
		return 0;
	return parts;
}

static bool add_piece(struct arena *arena, const struct store_row *row, struct buf *deflated)
{
	struct json root;
	struct str piece;

	return row->version != 0 && json_parse(arena, row->doc, &root, NULL) &&
	       codec_unbase64(arena, json_text_or(json_get(root, "deflated"), arena, STR_EMPTY), &piece) &&
	       piece.len > 0 && buf_add(deflated, piece);
}

bool revision_unpack(struct arena *arena, const struct store_row *rows, size_t count, struct str *catalog,
		     struct err *err)
{
	struct buf deflated, text;
	bool ok = true;

	buf_init(&deflated, REVISION_PART_BYTES * REVISION_PARTS_MAX);
	buf_init(&text, CATALOG_BYTES_MAX);
	for (size_t i = 0; i < count && ok; i++)
		ok = add_piece(arena, &rows[i], &deflated) ||
		     err_set(err, ERR_INPUT, "%.*s: this part of a catalog is missing or not of its form", STR_ARG(rows[i].key));
	ok = ok && deflate_inflate(buf_str(&deflated), &text, err);
	if (ok) {
		*catalog = arena_str(arena, buf_str(&text));
		ok = arena_check(arena, "a catalog", err);
	}
	buf_release(&deflated);
	buf_release(&text);
	return ok;
}
