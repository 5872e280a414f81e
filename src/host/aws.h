/* `homuhomu aws SERVICE OPERATION [JSON]`: any call of aws/operation's table, for a place without another client. */
#ifndef HOST_AWS_H
#define HOST_AWS_H

#include "cli.h"

extern const struct cli_command host_aws_command;

#endif
