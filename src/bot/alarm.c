#include "bot/alarm.h"

#include "base/json_write.h"
#include "base/limits.h"
#include "base/log.h"

void alarm_init(struct alarm *alarm, struct http *http, const struct secret *webhook)
{
	*alarm = (struct alarm){.http = http, .webhook = webhook};
}

bool alarm_is_idle(const struct alarm *alarm)
{
	return !alarm->call;
}

/* The URL is a secret: an error names the fault, not the address. */
static void tell_failure(int status, enum err_code code)
{
	log_event(LOG_WARN, "alarm not sent", LOG_I("status", status), LOG_C("error", err_code_name(code)),
		  LOG_C("next", "look at HOMU_ALERT_WEBHOOK"));
}

static void sent(void *owner, const struct http_response *response)
{
	struct alarm *alarm = owner;

	alarm->call = NULL;
	if (response->err.code != ERR_NONE || response->status < 200 || response->status > 299)
		tell_failure(response->status, response->err.code);
}

static void write_body(struct str url, struct str text, struct buf *out)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	if (str_find(url, STR("hooks.slack.com/")) >= 0) {
		json_member_str(&writer, "text", text);
	} else {
		json_member_str(&writer, "content", text);
		json_keyc(&writer, "allowed_mentions");
		json_begin_object(&writer);
		json_keyc(&writer, "parse");
		json_begin_array(&writer);
		json_end_array(&writer);
		json_end_object(&writer);
	}
	json_end_object(&writer);
}

void alarm_send(struct alarm *alarm, struct str text)
{
	static const struct http_header headers[] = {{{"content-type", 12}, {"application/json", 16}}};
	struct http_request request = {
		.method = "POST",
		.headers = headers,
		.header_count = 1,
		.timeout_ms = ALARM_MS,
		.body_bytes_max = ALARM_ANSWER_BYTES_MAX,
	};
	struct err err;
	struct buf body;

	if (!alarm->http || !secret_is_set(alarm->webhook) || alarm->call)
		return;
	buf_init(&body, ALARM_BYTES_MAX);
	request.url = secret_reveal(alarm->webhook);
	write_body(request.url, text, &body);
	request.body = buf_str(&body);
	alarm->call = http_start(alarm->http, &request, sent, alarm, &err);
	if (!alarm->call)
		tell_failure(0, err.code);
	buf_release(&body);
}
