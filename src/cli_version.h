/* `version`: what this program is made of (build/gen/version.h, libraries.h). */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#include "cli.h"

extern const struct cli_command cli_version_command;

#endif
