/*
 * Counters and gauges of the program, for `/metrics` (Prometheus text 0.0.4, names `homu_*`) and
 * for the page. One table declares them all; the values stand in a struct that the bot owns.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stdint.h>

#include "base/str.h"

enum metric {
	METRIC_INTERACTIONS,         /* interactions taken, every door */
	METRIC_INTERACTIONS_STALE,   /* dropped: older than 2.5 s and not acknowledged */
	METRIC_INTERACTIONS_REPEATED,
	METRIC_INTERACTIONS_FAILED,
	METRIC_INTERACTIONS_DEFERRED,
	METRIC_INTERACTIONS_IN_FLIGHT, /* gauge */
	METRIC_PULLS,
	METRIC_COMMITS,
	METRIC_COMMIT_CONFLICTS,
	METRIC_COMMIT_FAILURES,
	METRIC_GATEWAY_CONNECTS,
	METRIC_GATEWAY_IDENTIFIES,
	METRIC_GATEWAY_RESUMES,
	METRIC_GATEWAY_EVENTS,
	METRIC_GATEWAY_SKIPPED,      /* frames or events that could not be decoded */
	METRIC_GATEWAY_LATENCY_MS,   /* gauge: last heartbeat's round trip */
	METRIC_REST_REQUESTS,
	METRIC_REST_ERRORS,
	METRIC_REST_RATE_LIMITED,
	METRIC_HTTP_REQUESTS,
	METRIC_STORE_ERRORS,
	METRIC_COUNT
};

struct metrics {
	uint64_t value[METRIC_COUNT];
};

void metrics_add(struct metrics *metrics, enum metric metric, uint64_t count);
void metrics_set(struct metrics *metrics, enum metric metric, uint64_t value);
/*
 * The whole exposition with HELP and TYPE; adds homu_build_info and process gauges (start time, and
 * resident bytes where there is a /proc).
 */
void metrics_write(const struct metrics *metrics, struct str version, int64_t started_unix_ms, struct buf *out);

#endif
