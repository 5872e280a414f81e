#include "test.h"

#include "base/metrics.h"

static struct buf out;

static struct str written(const struct metrics *metrics)
{
	buf_release(&out);
	buf_init(&out, 1 << 16);
	metrics_write(metrics, STR("0.1.0"), 1767193200250, &out);
	return buf_str(&out);
}

static bool has(struct str text, const char *part)
{
	return str_find(text, str_from(part)) >= 0;
}

TEST(counters_and_gauges_are_written_with_help_and_type)
{
	struct metrics metrics = {0};
	struct str text;

	metrics_add(&metrics, METRIC_PULLS, 2);
	metrics_add(&metrics, METRIC_PULLS, 3);
	metrics_set(&metrics, METRIC_GATEWAY_LATENCY_MS, 42);
	text = written(&metrics);
	CHECK(has(text, "# HELP homu_pulls_total Draws committed\n# TYPE homu_pulls_total counter\nhomu_pulls_total 5\n"));
	CHECK(has(text, "# TYPE homu_gateway_latency_ms gauge\nhomu_gateway_latency_ms 42\n"));
	CHECK(has(text, "homu_build_info{version=\"0.1.0\"} 1\n"));
	CHECK(has(text, "\nprocess_start_time_seconds 1767193200.250\n"));
	CHECK(has(text, "\nprocess_resident_memory_bytes "));
	buf_release(&out);
}

TEST(every_line_is_a_comment_or_one_sample)
{
	struct metrics metrics = {0};
	struct str rest = written(&metrics);
	struct str line, name, value;
	size_t samples = 0;
	uint64_t number;

	CHECK(str_ends(rest, STR("\n")));
	while (str_next(&rest, '\n', &line)) {
		if (str_starts(line, STR("# HELP ")) || str_starts(line, STR("# TYPE ")))
			continue;
		CHECK(str_cut(line, ' ', &name, &value));
		CHECK(str_starts(name, STR("homu_")) || str_starts(name, STR("process_")));
		CHECK(str_starts(name, STR("process_start")) || str_to_u64(value, 0, UINT64_MAX, &number));
		samples++;
	}
	CHECK(samples >= METRIC_COUNT + 2);
	buf_release(&out);
}

TEST(counters_end_in_total_and_gauges_do_not)
{
	struct metrics metrics = {0};
	struct str rest = written(&metrics);
	struct str line;

	while (str_next(&rest, '\n', &line)) {
		if (!str_starts(line, STR("# TYPE ")))
			continue;
		CHECK(str_ends(line, STR("_total counter")) != str_ends(line, STR(" gauge")));
		CHECK(!str_ends(line, STR("_total gauge")));
	}
	buf_release(&out);
}

TEST(a_label_is_escaped)
{
	struct metrics metrics = {0};

	buf_init(&out, 1 << 16);
	metrics_write(&metrics, STR("a\"b\\c\nd"), 0, &out);
	CHECK(has(buf_str(&out), "{version=\"a\\\"b\\\\c\\nd\"} 1\n"));
	buf_release(&out);
}
