/*
 * `export FILE`: receipts and data of the SQLite store, one JSON object a line (interface.md, Commands and Receipts).
 * Reads beside a running bot and changes nothing in the store.
 */
#ifndef BOT_CLI_EXPORT_H
#define BOT_CLI_EXPORT_H

#include "cli.h"

extern const struct cli_command cli_export_command;

#endif
