#include "aws/call.h"

#include <stdio.h>

#include "aws/variables.h"
#include "net/server.h"
#include "test.h"

enum { CALLS = 64, TURNS_MAX = 4000, TURN_MS = 50 };

/* A service and the endpoint of credentials on the test's own loop. */
struct world {
	struct loop *loop;
	struct http *http;
	struct server *server;
	struct aws *aws;
	struct rng rng;
	struct variables variables;
	char endpoint[96], container[128];
	struct server_request *kept[CALLS]; /* not answered yet */
	unsigned kept_count;
	bool keep;
	unsigned credentials; /* times they were asked for */
	unsigned calls;       /* requests of the service */
	unsigned refuse;      /* so many are told that their credentials have ended */
	unsigned break_off;   /* so many are answered with 500 */
	unsigned done, failed, maybe_done;
	struct err last;
};

static void reply(struct server_request *request, int status, const char *body)
{
	server_reply(request, status, NULL, 0, str_from(body));
}

static void handle(void *owner, struct server_request *request)
{
	struct world *world = owner;
	char keys[256];

	if (str_eqc(server_path(request), "/credentials")) {
		world->credentials++;
		snprintf(keys, sizeof(keys),
			 "{\"AccessKeyId\":\"A%u\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2100-01-01T00:00:00Z\"}",
			 world->credentials);
		reply(request, 200, keys);
		return;
	}
	world->calls++;
	if (world->refuse) {
		world->refuse--;
		reply(request, 400, "{\"__type\":\"ExpiredTokenException\"}");
	} else if (world->break_off) {
		world->break_off--;
		reply(request, 500, "");
	} else if (world->keep && world->kept_count < CALLS) {
		world->kept[world->kept_count++] = request;
	} else {
		reply(request, 200, "{\"Item\":{\"n\":{\"N\":\"1\"}}}");
	}
}

static void gone(void *owner, struct server_request *request)
{
	(void)owner, (void)request;
}

static bool begin(struct world *world)
{
	struct server_settings settings = {.address = STR("127.0.0.1:0"), .body_bytes_max = 1 << 20, .connections_max = 64,
					   .handle = handle, .gone = gone, .owner = world};
	struct http_settings http_settings = {.user_agent = "test"};
	struct err err = {.code = ERR_NONE};

	*world = (struct world){.loop = loop_create(&err)};
	rng_init_seed(&world->rng, "a", 1);
	world->http = http_create(world->loop, &http_settings, &err);
	world->server = server_create(world->loop, &settings, &err);
	if (!CHECK(world->server))
		return false;
	snprintf(world->endpoint, sizeof(world->endpoint), "AWS_ENDPOINT_URL=http://%.*s", STR_ARG(server_address(world->server)));
	snprintf(world->container, sizeof(world->container), "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://%.*s/credentials",
		 STR_ARG(server_address(world->server)));
	VARIABLES_SET(&world->variables, "AWS_REGION=us-east-1", world->endpoint, world->container);
	world->aws = aws_create(world->loop, world->http, &world->rng, &world->variables.environment, &err);
	return CHECK(world->aws);
}

static void end(struct world *world)
{
	aws_free(world->aws);
	http_free(world->http);
	server_free(world->server);
	loop_free(world->loop);
	variables_release(&world->variables);
}

static void done(void *owner, const struct aws_answer *answer)
{
	struct world *world = owner;
	struct str n;

	world->done++;
	world->failed += answer->err.code != ERR_NONE;
	world->maybe_done += answer->maybe_done;
	world->last = answer->err;
	if (answer->err.code == ERR_NONE)
		CHECK(json_text(json_get(json_get(json_get(answer->json, "Item"), "n"), "N"), answer->arena, &n) && str_eqc(n, "1"));
}

static void send(struct world *world, enum aws_operation operation, void *owner)
{
	struct aws_request request = {.operation = operation, .input = STR("{\"TableName\":\"t\"}"), .done = done, .owner = owner};
	struct err err;

	CHECK(aws_send(world->aws, &request, &err));
}

static void run_until(struct world *world, const unsigned *counter, unsigned want)
{
	struct err err;

	for (int i = 0; *counter < want && i < TURNS_MAX; i++)
		CHECK(loop_turn(world->loop, TURN_MS, &err));
	CHECK_EQ_UINT(*counter, want);
}

TEST(many_requests_wait_for_one_refresh)
{
	struct world world;

	REQUIRE(begin(&world));
	for (int i = 0; i < CALLS; i++)
		send(&world, AWS_GET_ITEM, &world);
	CHECK_EQ_UINT(world.done, 0);
	run_until(&world, &world.done, CALLS);
	CHECK_EQ_UINT(world.failed, 0);
	CHECK_EQ_UINT(world.credentials, 1);
	CHECK_EQ_UINT(world.calls, CALLS);
	CHECK_EQ_STR(aws_credentials_source(world.aws), "the container's endpoint");
	end(&world);
}

TEST(credentials_that_ended_are_asked_for_once_and_every_request_is_repeated)
{
	struct world world;

	REQUIRE(begin(&world));
	world.refuse = 5;
	for (int i = 0; i < 5; i++)
		send(&world, AWS_PUT_ITEM, &world);
	run_until(&world, &world.done, 5);
	CHECK_EQ_UINT(world.failed, 0);
	CHECK_EQ_UINT(world.credentials, 2);
	CHECK_EQ_UINT(world.calls, 10);
	end(&world);
}

TEST(no_more_than_our_share_of_transfers_runs_at_once)
{
	struct world world;
	unsigned answered = 0;

	REQUIRE(begin(&world));
	world.keep = true;
	for (int i = 0; i < CALLS; i++)
		send(&world, AWS_GET_ITEM, &world);
	run_until(&world, &world.kept_count, AWS_RUNNING_MAX);
	CHECK_EQ_UINT(world.calls, AWS_RUNNING_MAX);
	for (world.keep = false; answered < AWS_RUNNING_MAX; answered++)
		reply(world.kept[answered], 200, "{\"Item\":{\"n\":{\"N\":\"1\"}}}");
	run_until(&world, &world.done, CALLS);
	end(&world);
}

TEST(a_write_that_may_have_been_done_says_so)
{
	struct world world;

	REQUIRE(begin(&world));
	world.break_off = 1;
	send(&world, AWS_UPDATE_ITEM, &world);
	run_until(&world, &world.done, 1);
	CHECK_EQ_UINT(world.calls, 1);
	CHECK_EQ_UINT(world.maybe_done, 1);
	CHECK_EQ_INT(world.last.code, ERR_NET);
	end(&world);
}

TEST(the_budget_ends_repetition_when_a_service_is_down)
{
	struct world world;
	unsigned most = 200 + AWS_BUDGET_TOKENS / AWS_BUDGET_RETRY;

	REQUIRE(begin(&world));
	world.break_off = 1000000;
	for (int i = 0; i < 200; i++)
		send(&world, AWS_GET_ITEM, &world);
	run_until(&world, &world.done, 200);
	CHECK_EQ_UINT(world.failed, 200);
	CHECK(world.calls <= most && world.calls > 200);
	end(&world);
}

TEST(a_cancelled_owner_hears_nothing)
{
	struct world world, other = {.done = 0};

	REQUIRE(begin(&world));
	world.keep = true;
	send(&world, AWS_GET_ITEM, &other);
	run_until(&world, &world.kept_count, 1);
	send(&world, AWS_GET_ITEM, &other);
	aws_cancel(world.aws, &other);
	world.keep = false;
	reply(world.kept[0], 200, "{}");
	send(&world, AWS_GET_ITEM, &world);
	run_until(&world, &world.done, 1);
	CHECK_EQ_UINT(other.done, 0);
	end(&world);
}

TEST(freeing_drops_what_is_under_way)
{
	struct world world;

	REQUIRE(begin(&world));
	world.keep = true;
	for (int i = 0; i < CALLS; i++)
		send(&world, AWS_GET_ITEM, &world);
	run_until(&world, &world.kept_count, 1);
	end(&world);
	CHECK_EQ_UINT(world.done, 0);
}

TEST(a_time_that_is_over_ends_a_request_that_waits)
{
	struct world world;
	struct err err;

	REQUIRE(begin(&world));
	struct aws_request request = {.operation = AWS_GET_ITEM, .deadline_ms = loop_now_ms(world.loop) - 1, .done = done, .owner = &world};

	CHECK(aws_send(world.aws, &request, &err));
	run_until(&world, &world.done, 1);
	CHECK_EQ_INT(world.last.code, ERR_TIMEOUT);
	CHECK_EQ_UINT(world.calls, 0);
	end(&world);
}

TEST(too_many_requests_and_input_that_is_none_are_refused)
{
	struct world world;
	struct err err;

	REQUIRE(begin(&world));
	struct aws_request request = {.operation = AWS_GET_ITEM, .input = STR("{"), .done = done, .owner = &world};

	CHECK(!aws_send(world.aws, &request, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	request.input = STR("[1]");
	CHECK(!aws_send(world.aws, &request, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	for (int i = 0; i < AWS_CALLS_MAX; i++)
		send(&world, AWS_GET_ITEM, &world);
	request.input = STR("{}");
	CHECK(!aws_send(world.aws, &request, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	end(&world);
}
