/*
 * `health`: asks a running bot over HTTP how it is. The default is the container's health check, which speaks of the
 * process alone; --strict asks for the gateway and the store too (interface.md, HTTP). Opens no file of the bot's.
 */
#ifndef HOST_HEALTH_H
#define HOST_HEALTH_H

#include "cli.h"

extern const struct cli_command host_health_command;

#endif
