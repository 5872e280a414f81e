#include "host/aws.h"

#include "aws/call.h"
#include "net/ca.h"

struct session {
	struct cli *cli;
	struct loop *loop;
	struct http *http;
	struct aws *aws;
	struct rng rng;
	struct buf ca_pem;
	struct aws_environment environment;
};

static bool session_init(struct session *session, struct cli *cli, struct err *err)
{
	struct http_settings settings = {.user_agent = "homuhomu aws"};

	*session = (struct session){.cli = cli, .environment = {cli->config.aws, cli->config.aws_count}};
	buf_init(&session->ca_pem, CA_BYTES_MAX);
	if (!ca_load(config_get(&cli->config, SETTING_CA_FILE), &session->ca_pem, err) || !rng_init(&session->rng, err))
		return false;
	settings.ca_pem = buf_str(&session->ca_pem);
	session->loop = loop_create(err);
	session->http = session->loop ? http_create(session->loop, &settings, err) : NULL;
	session->aws = session->http ? aws_create(session->loop, session->http, &session->rng, &session->environment, err)
				     : NULL;
	return session->aws != NULL;
}

static void session_release(struct session *session)
{
	aws_free(session->aws);
	http_free(session->http);
	loop_free(session->loop);
	buf_release(&session->ca_pem);
}

/* An answer on one line; XML as the JSON that it means. Answers of the query protocol stand in <OperationResult>. */
static bool print_answer(struct cli *cli, const struct aws_answer *answer, struct err *err)
{
	const struct xml *result = answer->xml ? answer->xml->first : NULL;
	struct json_writer writer;
	struct buf out;
	bool ok;

	buf_init(&out, CLI_JSON_BYTES_MAX);
	json_writer_init(&writer, &out);
	if (result && str_ends(result->name, STR("Result"))) {
		xml_put_json(&writer, result);
	} else if (!json_is_missing(answer->json)) {
		json_put_value(&writer, answer->json);
	} else {
		json_begin_object(&writer);
		json_end_object(&writer);
	}
	ok = buf_check(&out, "the answer", err);
	if (ok) {
		buf_add_char(&out, '\n');
		cli_write(cli, buf_str(&out));
	}
	buf_release(&out);
	return ok;
}

/* The input with the place where the next page begins in it. */
static bool next_input(const struct session *session, enum aws_operation operation, struct str input, struct json place,
		       struct str *out, struct err *err)
{
	const char *name = aws_operations[operation].page_in;
	struct arena *arena = &session->cli->arena;
	struct json_writer writer;
	struct json root, key, value;
	struct json_iter iter;
	struct buf text;
	bool ok;

	if (!json_parse(arena, input, &root, err))
		return false;
	buf_init(&text, AWS_INPUT_BYTES_MAX);
	json_writer_init(&writer, &text);
	json_begin_object(&writer);
	iter = json_iterate(root);
	while (json_next(&iter, &key, &value)) {
		struct str known = json_text_or(key, arena, STR_EMPTY);

		if (str_eqc(known, name))
			continue;
		json_key(&writer, known);
		json_put_value(&writer, value);
	}
	json_keyc(&writer, name);
	json_put_value(&writer, place);
	json_end_object(&writer);
	ok = buf_check(&text, "the input", err);
	*out = arena_str(arena, buf_str(&text));
	buf_release(&text);
	return ok && arena_check(arena, "the input", err);
}

static bool call(struct session *session, enum aws_operation operation, struct str input, bool all, struct err *err)
{
	const struct aws_operation_row *row = &aws_operations[operation];
	struct aws_request request = {.operation = operation};
	struct aws_answer answer;
	struct json place;

	/* Of a page only the place of the next one is kept. */
	for (;;) {
		struct arena pages;
		struct str next = STR_EMPTY;
		bool ok;

		arena_init(&pages, AWS_ARENA_BYTES_MAX);
		request.input = input;
		ok = aws_wait(session->aws, &request, &pages, &answer, err) && print_answer(session->cli, &answer, err);
		place = ok && all && row->page_out ? json_get(answer.json, row->page_out) : JSON_MISSING_VALUE;
		if (ok && !json_is_null(place))
			ok = next_input(session, operation, input.len ? input : STR("{}"), place, &next, err);
		arena_release(&pages);
		if (!ok || next.len == 0 || cli_stopped(session->cli))
			return ok;
		input = next;
	}
}

static int aws_run(struct cli *cli)
{
	struct str input = cli->argument_count > 2 ? cli->arguments[2] : STR_EMPTY;
	enum aws_operation operation;
	struct session session = {.cli = cli};
	struct err err;
	bool ok;
	int code;

	ok = aws_operation_find(cli->arguments[0], cli->arguments[1], &operation, &err);
	if (ok && cli_flag(cli, "all") && !aws_operations[operation].page_out)
		ok = err_set(&err, ERR_USAGE, "%s answers at once; take --all away", aws_operations[operation].name);
	if (ok && str_eqc(input, "-"))
		ok = cli_read_file(cli, input, AWS_INPUT_BYTES_MAX, &input, &err);
	ok = ok && session_init(&session, cli, &err) && call(&session, operation, input, cli_flag(cli, "all"), &err);
	/* Exit code 7 is Discord's refusal; AWS' is a failure. */
	code = ok ? EXIT_DONE : cli_fail(cli, &err);
	session_release(&session);
	return code == EXIT_REFUSED ? EXIT_FAILED : code;
}

static const struct cli_option options[] = {
	{.name = "all", .help = {"ask for every page; each is one line", "すべてのページを尋ねます。1 ページが 1 行です"}},
	CLI_OPTION_JSON,
};

const struct cli_command host_aws_command = {
	.name = "aws",
	.arguments = "SERVICE OPERATION [JSON]",
	.arguments_min = 2,
	.arguments_max = 3,
	.summary = {"call AWS; the answer is JSON", "AWS を呼び出します。答えは JSON です"},
	.details = {"The calls that this program itself makes, for a place without another client: dynamodb, secretsmanager, ssm, sts. "
		    "Names are AWS' own; - reads the JSON from stdin. Credentials are found as the AWS SDKs find them.",
		    "このプログラムが使う呼び出しを、ほかのクライアントがない場所でも使えるようにしたものです"
		    "(dynamodb、secretsmanager、ssm、sts)。名前は AWS のとおりで、JSON に - を渡すと標準入力から読みます。"
		    "認証情報は AWS の SDK と同じように探します。"},
	.examples = "aws sts GetCallerIdentity\naws dynamodb DescribeTable '{\"TableName\":\"discord_users\"}'\n"
		    "aws dynamodb ListTables --all",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.settings = SETTING_BIT(SETTING_AWS) | SETTING_BIT(SETTING_CA_FILE),
	.run = aws_run,
};
