/*
 * `catalog check` and `catalog show`, and the loading of the catalog in use for the other commands: HOMU_CATALOG, or
 * the one that is built in. Memory is the command's arena.
 */
#ifndef BOT_CLI_CATALOG_H
#define BOT_CLI_CATALOG_H

#include "cli.h"
#include "gacha/catalog.h"

/*
 * The catalog of the file, or the built-in one when path is empty. ERR_USAGE, ERR_LIMIT, ERR_IO; ERR_CONFIG says the
 * first fault and how to see the others.
 */
bool cli_catalog_load(struct cli *cli, struct str path, struct catalog *catalog, struct err *err);

extern const struct cli_command cli_catalog_check_command;
extern const struct cli_command cli_catalog_show_command;

#endif
