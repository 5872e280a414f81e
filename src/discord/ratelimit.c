#include "discord/ratelimit.h"

#include <assert.h>
#include <string.h>

#define SLOT_MS (RATELIMIT_INVALID_MS / RATELIMIT_INVALID_SLOTS)

enum { COUNT_MAX = 1000000 };

/* ---- reading ---- */

static int64_t count_of(struct str text)
{
	int64_t value;

	return str_to_i64(text, 0, COUNT_MAX, &value) ? value : -1;
}

static int64_t ms_of(struct str text)
{
	int64_t value;

	if (!str_seconds_to_ms(text, INT64_MAX / 2000, &value))
		return -1;
	return value < RATELIMIT_WAIT_MS_MAX ? value : RATELIMIT_WAIT_MS_MAX;
}

void ratelimit_read(int status, const struct ratelimit_headers *headers, struct json body,
		    struct ratelimit_answer *answer)
{
	double seconds;

	*answer = (struct ratelimit_answer){
		.status = status,
		.bucket = headers->bucket,
		.limit = count_of(headers->limit),
		.remaining = count_of(headers->remaining),
		.reset_after_ms = ms_of(headers->reset_after),
		.retry_after_ms = -1,
	};
	if (status != 429)
		return;
	answer->global = str_eq_nocase(headers->global, STR("true")) || str_eq_nocase(headers->scope, STR("global"));
	json_bool(json_get(body, "global"), &answer->global);
	answer->shared = str_eq_nocase(headers->scope, STR("shared"));
	answer->upstream = json_type(body) != JSON_OBJECT;
	/* The body has fractions; the header is the same, rounded up. */
	if (json_double(json_get(body, "retry_after"), &seconds) && seconds >= 0)
		answer->retry_after_ms = seconds < RATELIMIT_WAIT_MS_MAX / 1000.0 ? (int64_t)(seconds * 1000) + 1 :
										    RATELIMIT_WAIT_MS_MAX;
	if (answer->retry_after_ms < 0)
		answer->retry_after_ms = ms_of(headers->retry_after);
	if (answer->retry_after_ms < 0)
		answer->retry_after_ms = answer->reset_after_ms;
	if (answer->retry_after_ms < 0)
		answer->retry_after_ms = RATELIMIT_DEFAULT_MS;
}

/* ---- buckets ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

static uint64_t hash_text(struct str text)
{
	uint64_t hash = 1;

	for (size_t i = 0; i < text.len; i++)
		hash = mix(hash, (unsigned char)text.ptr[i]);
	return hash;
}

static uint64_t key_of(const struct ratelimit *ratelimit, unsigned route, uint64_t resource)
{
	uint64_t bucket = ratelimit->routes[route] == RATELIMIT_BUCKET ? ratelimit->route_buckets[route] : route;

	return mix(mix(2, bucket), resource) | 1; /* never 0 */
}

static const struct ratelimit_bucket *find(const struct ratelimit *ratelimit, uint64_t key)
{
	const struct ratelimit_bucket *set = ratelimit->buckets[(key >> 8) % RATELIMIT_SETS];

	for (unsigned i = 0; i < RATELIMIT_WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

/* Finds or makes a bucket. The one that is idle and resets first makes room; NULL if all are in use. */
static struct ratelimit_bucket *take(struct ratelimit *ratelimit, uint64_t key)
{
	struct ratelimit_bucket *set = ratelimit->buckets[(key >> 8) % RATELIMIT_SETS];
	struct ratelimit_bucket *free_one = NULL;

	for (unsigned i = 0; i < RATELIMIT_WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].running == 0 && (!free_one || set[i].reset_ms < free_one->reset_ms))
			free_one = &set[i];
	}
	if (free_one)
		*free_one = (struct ratelimit_bucket){.key = key, .remaining = -1, .reset_ms = INT64_MIN};
	return free_one;
}

static int64_t bucket_ready_ms(const struct ratelimit *ratelimit, const struct ratelimit_request *request, int64_t now_ms)
{
	const struct ratelimit_bucket *bucket = find(ratelimit, key_of(ratelimit, request->route, request->resource));
	int32_t limit = ratelimit->route_limits[request->route];

	if (!bucket)
		return now_ms;
	if (bucket->remaining >= 0 && now_ms < bucket->reset_ms)
		return bucket->running < bucket->remaining ? now_ms : bucket->reset_ms;
	/* A new window. Until an answer tells of it, its limit is taken to be the route's last one. */
	if (ratelimit->routes[request->route] == RATELIMIT_FREE)
		return now_ms;
	return bucket->running < (limit > 0 ? limit : 1) ? now_ms : INT64_MAX;
}

/* ---- the count of invalid requests ---- */

static void advance_invalid(struct ratelimit *ratelimit, int64_t now_ms)
{
	int64_t slot = now_ms / SLOT_MS;

	if (slot - ratelimit->invalid_slot >= RATELIMIT_INVALID_SLOTS) {
		memset(ratelimit->invalid, 0, sizeof(ratelimit->invalid));
		ratelimit->invalid_sum = 0;
		ratelimit->invalid_slot = slot;
	}
	while (ratelimit->invalid_slot < slot) {
		uint32_t *oldest = &ratelimit->invalid[++ratelimit->invalid_slot % RATELIMIT_INVALID_SLOTS];

		ratelimit->invalid_sum -= *oldest;
		*oldest = 0;
	}
}

/* When enough of them are ten minutes old; now_ms if there are not too many. */
static int64_t invalid_until_ms(const struct ratelimit *ratelimit, int64_t now_ms)
{
	uint32_t left = ratelimit->invalid_sum;

	for (int64_t i = 1; left >= RATELIMIT_INVALID_MAX && i <= RATELIMIT_INVALID_SLOTS; i++) {
		int64_t leaves_ms = (ratelimit->invalid_slot + i) * SLOT_MS;

		left -= ratelimit->invalid[(ratelimit->invalid_slot + i) % RATELIMIT_INVALID_SLOTS];
		if (left < RATELIMIT_INVALID_MAX)
			return leaves_ms;
	}
	return now_ms;
}

bool ratelimit_is_stopped(const struct ratelimit *ratelimit, int64_t now_ms)
{
	return invalid_until_ms(ratelimit, now_ms) > now_ms;
}

/* ---- requests ---- */

void ratelimit_init(struct ratelimit *ratelimit)
{
	memset(ratelimit, 0, sizeof(*ratelimit));
	ratelimit->global_until_ms = INT64_MIN;
	ratelimit->all_until_ms = INT64_MIN;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t ratelimit_ready_ms(const struct ratelimit *ratelimit, const struct ratelimit_request *request, int64_t now_ms)
{
	int64_t at = later(ratelimit->all_until_ms, invalid_until_ms(ratelimit, now_ms));

	assert(request->route < RATELIMIT_ROUTES);
	if (request->is_global) {
		at = later(at, ratelimit->global_until_ms);
		if (ratelimit->global_sent >= RATELIMIT_GLOBAL_MAX)
			at = later(at, ratelimit->global_times_ms[ratelimit->global_sent % RATELIMIT_GLOBAL_MAX] +
					       RATELIMIT_GLOBAL_MS + 1);
	}
	/* What is under way may all be refused. */
	if (ratelimit->running && ratelimit->invalid_sum + ratelimit->running >= RATELIMIT_INVALID_MAX)
		return INT64_MAX;
	return later(at, bucket_ready_ms(ratelimit, request, now_ms));
}

void ratelimit_sent(struct ratelimit *ratelimit, struct ratelimit_request *request, int64_t now_ms)
{
	struct ratelimit_bucket *bucket;

	ratelimit->running++;
	request->key = key_of(ratelimit, request->route, request->resource);
	bucket = take(ratelimit, request->key);
	if (bucket)
		bucket->running++;
	else
		request->key = 0;
	if (request->is_global)
		ratelimit->global_times_ms[ratelimit->global_sent++ % RATELIMIT_GLOBAL_MAX] = now_ms;
}

static void learn_route(struct ratelimit *ratelimit, unsigned route, const struct ratelimit_answer *answer)
{
	if (answer->bucket.len) {
		ratelimit->routes[route] = RATELIMIT_BUCKET;
		ratelimit->route_buckets[route] = hash_text(answer->bucket);
	} else if (answer->status >= 200 && answer->status < 300 && ratelimit->routes[route] == RATELIMIT_UNKNOWN) {
		ratelimit->routes[route] = RATELIMIT_FREE;
	}
	if (answer->limit > 0)
		ratelimit->route_limits[route] = (int32_t)answer->limit;
}

static void learn_bucket(struct ratelimit_bucket *bucket, const struct ratelimit_answer *answer, int64_t now_ms)
{
	int64_t reset_ms = now_ms + answer->reset_after_ms;

	/* Answers of one window may come out of order: the least that is left counts. */
	if (bucket->remaining < 0 || now_ms >= bucket->reset_ms || answer->remaining < bucket->remaining)
		bucket->remaining = (int32_t)answer->remaining;
	if (now_ms >= bucket->reset_ms || bucket->reset_ms < reset_ms)
		bucket->reset_ms = reset_ms;
}

static void refused(struct ratelimit *ratelimit, const struct ratelimit_request *request,
		    const struct ratelimit_answer *answer, int64_t now_ms)
{
	int64_t until_ms = now_ms + answer->retry_after_ms;
	struct ratelimit_bucket *bucket;

	if (answer->upstream || (answer->global && !request->is_global)) {
		ratelimit->all_until_ms = later(ratelimit->all_until_ms, until_ms);
	} else if (answer->global) {
		ratelimit->global_until_ms = later(ratelimit->global_until_ms, until_ms);
	} else {
		bucket = take(ratelimit, key_of(ratelimit, request->route, request->resource));
		if (!bucket)
			return;
		bucket->remaining = 0;
		bucket->reset_ms = until_ms;
	}
}

void ratelimit_done(struct ratelimit *ratelimit, const struct ratelimit_request *request,
		    const struct ratelimit_answer *answer, int64_t now_ms)
{
	struct ratelimit_bucket *bucket = request->key ? take(ratelimit, request->key) : NULL;

	if (bucket) {
		assert(bucket->running > 0);
		bucket->running--;
	}
	assert(ratelimit->running > 0);
	ratelimit->running--;
	advance_invalid(ratelimit, now_ms);
	if (!answer)
		return;
	learn_route(ratelimit, request->route, answer);
	if (answer->remaining >= 0 && answer->reset_after_ms >= 0) {
		bucket = take(ratelimit, key_of(ratelimit, request->route, request->resource));
		if (bucket)
			learn_bucket(bucket, answer, now_ms);
	}
	if (answer->status == 429)
		refused(ratelimit, request, answer, now_ms);
	if (answer->status == 401 || answer->status == 403 || (answer->status == 429 && !answer->shared)) {
		ratelimit->invalid[ratelimit->invalid_slot % RATELIMIT_INVALID_SLOTS]++;
		ratelimit->invalid_sum++;
	}
}
