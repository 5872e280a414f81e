/*
 * Alarms to the webhook of HOMU_ALERT_WEBHOOK (discord.md 20: 4004 and 401). One message each, tried
 * once: what matters is in the log and in the exit code too. Never holds a token.
 */
#ifndef BOT_ALARM_H
#define BOT_ALARM_H

#include <stdbool.h>

#include "base/secret.h"
#include "net/http.h"

struct alarm {
	struct http *http;
	const struct secret *webhook; /* borrowed; not set: no alarms are sent */
	struct http_call *call;       /* under way, or NULL */
};

/* http NULL: no alarms. */
void alarm_init(struct alarm *alarm, struct http *http, const struct secret *webhook);
/* Sends a text, in the form that Slack or Discord takes by the URL; a failure is logged. Ignored while one is under way. */
void alarm_send(struct alarm *alarm, struct str text);
bool alarm_is_idle(const struct alarm *alarm);

#endif
