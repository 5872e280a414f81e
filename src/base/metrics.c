#include "base/metrics.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *help;
	bool gauge;
} table[] = {
	[METRIC_INTERACTIONS] = {"homu_interactions_total", "Interactions taken at every door", false},
	[METRIC_INTERACTIONS_STALE] = {"homu_interactions_stale_total",
				       "Interactions dropped because they came too late to answer", false},
	[METRIC_INTERACTIONS_REPEATED] = {"homu_interactions_repeated_total",
					  "Interactions that were delivered again and answered as before", false},
	[METRIC_INTERACTIONS_FAILED] = {"homu_interactions_failed_total",
					"Interactions that ended with an error of ours", false},
	[METRIC_INTERACTIONS_DEFERRED] = {"homu_interactions_deferred_total",
					  "Interactions acknowledged before their answer was ready", false},
	[METRIC_INTERACTIONS_IN_FLIGHT] = {"homu_interactions_in_flight", "Interactions being worked on", true},
	[METRIC_PULLS] = {"homu_pulls_total", "Draws committed", false},
	[METRIC_COMMITS] = {"homu_commits_total", "Change sets committed", false},
	[METRIC_COMMIT_CONFLICTS] = {"homu_commit_conflicts_total", "Commits that lost a race and were recomputed",
				     false},
	[METRIC_COMMIT_FAILURES] = {"homu_commit_failures_total", "Commits that failed", false},
	[METRIC_GATEWAY_CONNECTS] = {"homu_gateway_connects_total", "Connections to the gateway", false},
	[METRIC_GATEWAY_IDENTIFIES] = {"homu_gateway_identifies_total", "IDENTIFY sent", false},
	[METRIC_GATEWAY_RESUMES] = {"homu_gateway_resumes_total", "RESUME sent", false},
	[METRIC_GATEWAY_EVENTS] = {"homu_gateway_events_total", "Events received from the gateway", false},
	[METRIC_GATEWAY_SKIPPED] = {"homu_gateway_skipped_total", "Frames or events that could not be decoded",
				    false},
	[METRIC_GATEWAY_LATENCY_MS] = {"homu_gateway_latency_ms", "Round trip of the last heartbeat in milliseconds",
				       true},
	[METRIC_REST_REQUESTS] = {"homu_rest_requests_total", "Requests to Discord's HTTP API", false},
	[METRIC_REST_ERRORS] = {"homu_rest_errors_total", "Requests to Discord's HTTP API that failed", false},
	[METRIC_REST_RATE_LIMITED] = {"homu_rest_rate_limited_total", "Answers 429 of Discord's HTTP API", false},
	[METRIC_HTTP_REQUESTS] = {"homu_http_requests_total", "Requests served over HTTP", false},
	[METRIC_STORE_ERRORS] = {"homu_store_errors_total", "Store operations that failed", false},
};
_Static_assert(sizeof(table) / sizeof(table[0]) == METRIC_COUNT, "a metric is not declared");

void metrics_add(struct metrics *metrics, enum metric metric, uint64_t count)
{
	metrics->value[metric] += count;
}

void metrics_set(struct metrics *metrics, enum metric metric, uint64_t value)
{
	metrics->value[metric] = value;
}

static void describe(struct buf *out, const char *name, const char *help, bool gauge)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, gauge ? "gauge" : "counter");
}

/* A label's value: backslash, quote and line feed are escaped. */
static void add_label(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\n') {
			buf_addc(out, "\\n");
			continue;
		}
		if (value.ptr[i] == '"' || value.ptr[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, value.ptr[i]);
	}
}

/* The second number of /proc/self/statm, in pages; false where there is no /proc. */
static bool read_resident(uint64_t *bytes)
{
	char text[256];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	struct str rest, pages, skipped;
	uint64_t count;

	if (fd >= 0)
		close(fd);
	if (len <= 0)
		return false;
	rest = str_make(text, (size_t)len);
	if (!str_next(&rest, ' ', &skipped) || !str_next(&rest, ' ', &pages) ||
	    !str_to_u64(pages, 0, UINT64_MAX >> 20, &count))
		return false;
	*bytes = count * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

void metrics_write(const struct metrics *metrics, struct str version, int64_t started_unix_ms, struct buf *out)
{
	uint64_t resident;

	for (size_t i = 0; i < METRIC_COUNT; i++) {
		describe(out, table[i].name, table[i].help, table[i].gauge);
		buf_printf(out, "%s ", table[i].name);
		buf_add_u64(out, metrics->value[i]);
		buf_add_char(out, '\n');
	}
	describe(out, "homu_build_info", "The version that runs", true);
	buf_addc(out, "homu_build_info{version=\"");
	add_label(out, version);
	buf_addc(out, "\"} 1\n");
	if (read_resident(&resident)) {
		describe(out, "process_resident_memory_bytes", "Resident memory in bytes", true);
		buf_addc(out, "process_resident_memory_bytes ");
		buf_add_u64(out, resident);
		buf_add_char(out, '\n');
	}
	describe(out, "process_start_time_seconds", "Start of the process in Unix time", true);
	buf_printf(out, "process_start_time_seconds %lld.%03d\n", (long long)(started_unix_ms / 1000),
		   (int)(started_unix_ms % 1000));
}
