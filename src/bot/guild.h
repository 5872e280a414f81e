/*
 * A server's settings (the row of its snowflake in server_settings): what /settings shows and
 * changes. Where there is no row, the defaults hold. Members that this version does not know are kept.
 */
#ifndef BOT_GUILD_H
#define BOT_GUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/str.h"

enum guild_language { GUILD_LANGUAGE_AUTO, GUILD_LANGUAGE_EN, GUILD_LANGUAGE_JA, GUILD_LANGUAGE_COUNT };

struct guild {
	uint64_t id;       /* 0 outside a server */
	uint64_t version;  /* of the row; 0: there is none */
	uint64_t channel;  /* where announcements go; 0: nowhere */
	bool announces;    /* items of the top rarity, when there is a channel */
	enum guild_language language; /* of what everybody sees; AUTO: the caller's */
	struct str zone_name; /* IANA name; the calendar day of /daily */
	struct clock_zone zone;
	int64_t cooldown_s; /* between two pulls of a player; 0: none */
	struct json rest;   /* the document that was read */
};

void guild_init(struct guild *guild, uint64_t id);
/* doc is borrowed; empty: the defaults. ERR_INPUT for a document that is not of the form or a zone that is not known. */
bool guild_decode(struct guild *guild, struct arena *arena, uint64_t id, uint64_t version, struct str doc,
		  struct err *err);
/* False, and nothing is changed, for a zone that is not known. */
bool guild_set_zone(struct guild *guild, struct str name);
void guild_encode(const struct guild *guild, struct arena *arena, struct buf *out);
/* "auto", "en", "ja". Static. */
const char *guild_language_word(enum guild_language language);
/* False for a word that is none of them. */
bool guild_language_parse(struct str word, enum guild_language *language);

#endif
