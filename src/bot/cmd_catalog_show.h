/* How an edit of the catalog is told: its faults, or what it would change with the odds before and after. Texts live in the turn's arena. */
#ifndef BOT_CMD_CATALOG_SHOW_H
#define BOT_CMD_CATALOG_SHOW_H

#include "bot/catalog_diff.h"
#include "bot/turn.h"

/* has_lines: they are lines of what the person gave. The answer is this alone; nothing is kept. */
bool catalog_show_faults(struct turn *turn, const struct catalog_fault *list, size_t count, size_t left_out,
			 bool has_lines, struct err *err);
/* Adds an embed. work: scratch memory for the odds. */
bool catalog_show_diff(struct turn *turn, struct arena *work, const struct catalog *new, const struct catalog_diff *diff,
		       struct err *err);
/* "+akari ~standard −yoi", for the audit. */
struct str catalog_show_brief(const struct turn *turn, const struct catalog_diff *diff);
/* "2026-08-01 00:00 (Asia/Tokyo)": the server's time, for where Discord shows no times. */
struct str catalog_show_local_time(const struct turn *turn, int64_t unix_s);

#endif
