#include "aws/shared_files.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/secret.h"

static bool read_one(struct shared_files *files, enum profile_file file, const struct aws_environment *environment,
		     struct err *err)
{
	struct buf *text = &files->texts[file];
	struct err why = {.code = ERR_NONE};
	bool asked;
	struct str path = origin_file(environment, file, &files->arena, &asked);

	if (path.len == 0)
		return true;
	if (!file_read(path, false, text, &why)) {
		if (why.code == ERR_NOT_FOUND && !asked)
			return true;
		return err_set(err, ERR_CONFIG, "%s%s", why.text, !asked ? "" : file == PROFILE_CONFIG ? " (AWS_CONFIG_FILE)"
								       : " (AWS_SHARED_CREDENTIALS_FILE)");
	}
	return profiles_read(&files->profiles, file, buf_str(text), &files->arena, &why) ||
	       err_set(err, ERR_CONFIG, "%.*s, %s", STR_ARG(path), why.text);
}

bool shared_files_read(struct shared_files *files, const struct aws_environment *environment, struct err *err)
{
	*files = (struct shared_files){.profiles = {NULL, NULL}};
	arena_init(&files->arena, AWS_ORIGIN_BYTES_MAX);
	for (int i = 0; i < 2; i++)
		buf_init(&files->texts[i], AWS_FILE_BYTES_MAX);
	/* Of a key in both files that of the credentials counts. */
	return read_one(files, PROFILE_CREDENTIALS, environment, err) && read_one(files, PROFILE_CONFIG, environment, err);
}

void shared_files_release(struct shared_files *files)
{
	for (int i = 0; i < 2; i++) {
		if (files->texts[i].ptr)
			secret_wipe(files->texts[i].ptr, files->texts[i].capacity);
		buf_release(&files->texts[i]);
	}
	arena_release(&files->arena);
}
