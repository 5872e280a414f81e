#include "bot/cli_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "bot/cli_catalog.h"
#include "gacha/verifier.h"

struct verify {
	struct catalog list[CLI_CATALOGS_MAX];
	const struct catalog *catalogs[CLI_CATALOGS_MAX];
	size_t catalog_count;
	uint8_t from_chain[HASH_SHA256_SIZE];
	bool from_middle;
	int fd;
	uint64_t file_bytes; /* 0 when it is no regular file */
	uint64_t read_bytes;
};

static bool add_catalog(struct cli *cli, struct verify *verify, struct str path, struct err *err)
{
	if (verify->catalog_count == CLI_CATALOGS_MAX)
		return err_set(err, ERR_USAGE, "there are more than %d catalogs", CLI_CATALOGS_MAX - 2);
	if (!cli_catalog_load(cli, path, &verify->list[verify->catalog_count], err))
		return false;
	verify->catalogs[verify->catalog_count] = &verify->list[verify->catalog_count];
	verify->catalog_count++;
	return true;
}

static bool read_options(struct cli *cli, struct verify *verify, struct err *err)
{
	struct str paths[CLI_CATALOGS_MAX], chain = cli_value(cli, "from-chain");
	size_t count = cli_values(cli, "catalog", paths, CLI_CATALOGS_MAX);

	if (!add_catalog(cli, verify, STR_EMPTY, err))
		return false;
	if (config_is_set(&cli->config, SETTING_CATALOG) &&
	    !add_catalog(cli, verify, config_get(&cli->config, SETTING_CATALOG), err))
		return false;
	for (size_t i = 0; i < count && i < CLI_CATALOGS_MAX; i++)
		if (!add_catalog(cli, verify, paths[i], err))
			return false;
	verify->from_middle = cli_flag(cli, "from-chain");
	if (verify->from_middle && !codec_unhex(chain, verify->from_chain, sizeof(verify->from_chain)))
		return err_set(err, ERR_USAGE, "--from-chain has to be %d hex digits: `chain` of the receipt before the first one",
			       2 * HASH_SHA256_SIZE);
	return true;
}

static bool open_file(struct verify *verify, struct str path, struct err *err)
{
	char name[PATH_MAX];
	struct stat st;

	verify->fd = STDIN_FILENO;
	if (str_eqc(path, "-"))
		return true;
	if (!str_to_cstr(path, name, sizeof(name)))
		return err_set(err, ERR_USAGE, "the path is longer than %d bytes", PATH_MAX - 1);
	verify->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (verify->fd < 0)
		return err_set(err, ERR_USAGE, "%s: %s; give a file of receipts, as `homuhomu export FILE` writes it", name,
			       strerror(errno));
	if (fstat(verify->fd, &st) == 0 && S_ISREG(st.st_mode))
		verify->file_bytes = (uint64_t)st.st_size;
	return true;
}

/* Hands every whole line of the buffer on, and a line that is longer than its bound as far as it goes. */
static bool take_lines(struct verifier *verifier, struct buf *buf, bool *in_long_line, struct err *err)
{
	struct str rest = buf_str(buf);
	ssize_t end;

	while ((end = str_find_char(rest, '\n')) >= 0) {
		if (!*in_long_line && !verifier_line(verifier, str_take(rest, (size_t)end), err))
			return false;
		*in_long_line = false;
		rest = str_skip(rest, (size_t)end + 1);
	}
	if (rest.len > EXPORT_LINE_BYTES_MAX) {
		if (!*in_long_line && !verifier_line(verifier, rest, err))
			return false;
		*in_long_line = true;
		rest = STR_EMPTY;
	}
	buf_drop_front(buf, buf->len - rest.len);
	return true;
}

/* False with ERR_NONE when the person has had enough of it. */
static bool read_lines(struct cli *cli, struct verify *verify, struct verifier *verifier, struct buf *buf, struct err *err)
{
	bool in_long_line = false;
	ssize_t got;

	err_clear(err);
	/* A terminal or pipe is read until it ends, and Ctrl-C has to get through there. */
	if (verify->file_bytes)
		cli_hold_signals();
	for (;;) {
		if (!buf_reserve(buf, CLI_CHUNK_BYTES))
			return err_set(err, ERR_MEMORY, "there is no memory for a line");
		got = read(verify->fd, buf->ptr + buf->len, CLI_CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, ERR_IO, "%.*s: %s", STR_ARG(cli->arguments[0]), strerror(errno));
		if (got == 0)
			break;
		buf->len += (size_t)got;
		verify->read_bytes += (uint64_t)got;
		if (!take_lines(verifier, buf, &in_long_line, err))
			return false;
		if (verify->file_bytes) {
			cli_progress(cli, cli->japanese ? "検証中" : "verifying", (double)verify->read_bytes / (double)verify->file_bytes);
			if (cli_interrupted())
				return false;
		}
	}
	return buf->len == 0 || in_long_line || verifier_line(verifier, buf_str(buf), err);
}

static int print_json(struct cli *cli, const struct verify_result *result, int code)
{
	struct cli_json json;

	cli_json_begin(&json);
	json_begin_object(&json.writer);
	json_member_bool(&json.writer, "ok", result->fault_count == 0);
	json_member_u64(&json.writer, "receipts", result->receipts);
	json_member_u64(&json.writer, "unchecked", result->unchecked);
	json_keyc(&json.writer, "faults");
	json_begin_array(&json.writer);
	for (size_t i = 0; i < result->fault_count; i++) {
		json_begin_object(&json.writer);
		json_member_u64(&json.writer, "line", result->faults[i].line);
		json_member_str(&json.writer, "text", result->faults[i].text);
		json_end_object(&json.writer);
	}
	json_end_array(&json.writer);
	if (result->faults_left_out)
		json_member_u64(&json.writer, "left_out", result->faults_left_out);
	json_end_object(&json.writer);
	return cli_json_end(cli, &json, code);
}

static void print_text(struct cli *cli, const struct verify_result *result, struct str name)
{
	const char *colour = result->fault_count ? "\033[31m" : result->unchecked ? "\033[33m" : "\033[32m";

	for (size_t i = 0; i < result->fault_count; i++)
		cli_print(cli, "%.*s:%zu: %.*s\n", STR_ARG(name), result->faults[i].line, STR_ARG(result->faults[i].text));
	if (result->faults_left_out)
		cli_print(cli, cli->japanese ? "ほかに %zu 件\n" : "and %zu more\n", result->faults_left_out);
	cli_print(cli, "%s", cli->colour_out ? colour : "");
	cli_print(cli, cli->japanese ? "レシート %ju 件、確認できないもの %ju 件、誤り %zu 件" : "%ju receipts, %ju unchecked, %zu faults",
		  (uintmax_t)result->receipts, (uintmax_t)result->unchecked, result->fault_count + result->faults_left_out);
	cli_print(cli, "%s\n", cli->colour_out ? "\033[0m" : "");
	if (result->unchecked && result->fault_count == 0)
		cli_print(cli, cli->japanese ? "シードが未公開か、カタログがないものは再現できません(--catalog FILE で渡せます)。\n"
					     : "Unchecked are those whose seed is not revealed yet, or whose catalog was not given "
					       "(--catalog FILE).\n");
}

static int verify_file(struct cli *cli, struct verify *verify)
{
	struct verifier *verifier =
		verifier_create(&cli->arena, verify->catalogs, verify->catalog_count, verify->from_middle ? verify->from_chain : NULL);
	struct verify_result result;
	struct err err;
	struct buf buf;
	int code;

	if (!verifier) {
		err_set(&err, ERR_MEMORY, "there is no memory to verify with");
		return cli_fail(cli, &err);
	}
	buf_init(&buf, EXPORT_LINE_BYTES_MAX + 2 * CLI_CHUNK_BYTES);
	if (!read_lines(cli, verify, verifier, &buf, &err)) {
		cli_progress(cli, "", 1);
		/* A file that begins in the middle is the person's to mend, and no finding about receipts. */
		if (err.code == ERR_INPUT)
			err.code = ERR_USAGE;
		code = err.code == ERR_NONE ? EXIT_INTERRUPTED : cli_fail(cli, &err);
	} else {
		result = verifier_finish(verifier);
		code = result.fault_count ? EXIT_FAILED : result.unchecked ? EXIT_UNCHECKED : EXIT_DONE;
		cli_progress(cli, "", 1);
		if (cli->json)
			code = print_json(cli, &result, code);
		else
			print_text(cli, &result, cli->arguments[0]);
	}
	buf_release(&buf);
	verifier_free(verifier);
	return code;
}

static int verify_run(struct cli *cli)
{
	struct verify *verify = ARENA_NEW(&cli->arena, struct verify);
	struct err err;
	int code;

	if (!arena_check(&cli->arena, "the catalogs", &err) || !read_options(cli, verify, &err) ||
	    !open_file(verify, cli->arguments[0], &err))
		return cli_fail(cli, &err);
	code = verify_file(cli, verify);
	if (verify->fd != STDIN_FILENO)
		close(verify->fd);
	return code;
}

static const struct cli_option options[] = {
	{.name = "catalog", .value = "FILE", .many = true,
	 .help = {"a catalog that the receipts name; the built-in one and HOMU_CATALOG count as given",
		  "レシートが参照するカタログ。内蔵のものと HOMU_CATALOG は渡さなくても使います"}},
	{.name = "from-chain", .value = "HEX",
	 .help = {"for a file that begins in the middle: `chain` of the receipt before", "途中から始まるファイルのとき、直前のレシートの `chain`"}},
	CLI_OPTION_JSON,
};

const struct cli_command cli_verify_command = {
	.name = "verify",
	.arguments = "FILE",
	.arguments_min = 1,
	.arguments_max = 1,
	.summary = {"check receipts of pulls offline", "ガチャのレシートをオフラインで検証します"},
	.details = {"Replays every receipt: commitment, numbers without a gap, the chain, each transition and result. FILE is what "
		    "`export` or /fairness gave; `-` reads standard input. Exit code 0: all is right; 1: faults; 5: no fault, but some "
		    "could not be checked.\nIt proves that nothing was changed after the commitment; not that the seed was random.",
		    "コミットメント、番号の欠け、チェーン、一つひとつの遷移と結果を再現して確かめます。FILE は `export` や /fairness が出した"
		    "もので、`-` なら標準入力を読みます。終了コードは、すべて正しければ 0、誤りがあれば 1、誤りはないが確認できないものが"
		    "あれば 5 です。\n確かめられるのは、コミットのあとで何も変えられていないことです。シードが無作為だったことではありません。"},
	.examples = "verify receipts.jsonl\nexport - | homuhomu verify -\nverify receipts.jsonl --catalog old.json --json",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.settings = SETTING_BIT(SETTING_CATALOG),
	.run = verify_run,
};
