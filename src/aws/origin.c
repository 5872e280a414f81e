#include "aws/origin.h"

#include "net/http.h"

#define SESSION_NAME "homuhomu"
#define CONTAINER_BASE "http://169.254.170.2"
#define INSTANCE_BASE "http://169.254.169.254"

struct finding {
	const struct aws_environment *environment;
	const struct profiles *profiles;
	struct arena *arena;
	struct origin *origin;
};

static struct str get(const struct finding *finding, const char *name)
{
	return aws_environment_getc(finding->environment, name);
}

struct str origin_profile(const struct aws_environment *environment)
{
	struct str name = aws_environment_getc(environment, "AWS_PROFILE");

	return name.len ? name : STR("default");
}

struct str origin_file(const struct aws_environment *environment, enum profile_file file, struct arena *arena, bool *asked)
{
	struct str path = aws_environment_getc(environment, file == PROFILE_CONFIG ? "AWS_CONFIG_FILE"
										   : "AWS_SHARED_CREDENTIALS_FILE");
	struct str home = aws_environment_getc(environment, "HOME");

	*asked = path.len > 0;
	if (path.len > 1 && path.ptr[0] == '~' && path.ptr[1] == '/' && home.len)
		return arena_printf(arena, "%.*s%.*s", STR_ARG(home), STR_ARG(str_skip(path, 1)));
	if (path.len || home.len == 0)
		return path;
	return arena_printf(arena, "%.*s/.aws/%s", STR_ARG(home), file == PROFILE_CONFIG ? "config" : "credentials");
}

static struct origin_role make_role(const struct finding *finding, struct str arn, struct str session)
{
	struct str own = get(finding, "AWS_ROLE_SESSION_NAME");

	return (struct origin_role){.arn = arn, .session_name = session.len ? session : own.len ? own : STR(SESSION_NAME),
				   .external_id = STR_EMPTY, .duration_s = AWS_SESSION_S};
}

/* ---- the sources; each says whether it is set up, and false with an error when it is set up wrongly ---- */

static bool take_environment(struct finding *finding, bool *found, struct err *err)
{
	struct str id = get(finding, "AWS_ACCESS_KEY_ID"), secret = get(finding, "AWS_SECRET_ACCESS_KEY");

	*found = id.len && secret.len;
	if (!*found && (id.len || secret.len))
		return err_set(err, ERR_CONFIG, "%s is set, and %s is not: give both, or neither",
			       id.len ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
			       id.len ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
	finding->origin->kind = ORIGIN_KEYS;
	finding->origin->name = "the environment";
	finding->origin->keys = (struct sigv4_credentials){id, secret, get(finding, "AWS_SESSION_TOKEN")};
	return true;
}

static bool take_token_file(struct finding *finding, bool *found, struct err *err)
{
	struct str file = get(finding, "AWS_WEB_IDENTITY_TOKEN_FILE"), arn = get(finding, "AWS_ROLE_ARN");

	*found = file.len > 0;
	if (*found && arn.len == 0)
		return err_set(err, ERR_CONFIG, "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN; give the role that the "
						"token is for");
	finding->origin->kind = ORIGIN_TOKEN_FILE;
	finding->origin->name = "AWS_WEB_IDENTITY_TOKEN_FILE";
	finding->origin->token_file = file;
	finding->origin->identity = make_role(finding, arn, STR_EMPTY);
	return true;
}

static bool take_github(struct finding *finding, bool *found, struct err *err)
{
	struct str url = get(finding, "ACTIONS_ID_TOKEN_REQUEST_URL"), token = get(finding, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
	struct str arn = get(finding, "AWS_ROLE_ARN");
	struct err why;

	*found = url.len && token.len && arn.len;
	if (!*found)
		return true;
	if (!http_url_allowed(url, &why))
		return err_set(err, ERR_CONFIG, "ACTIONS_ID_TOKEN_REQUEST_URL: %s", why.text);
	finding->origin->kind = ORIGIN_GITHUB;
	finding->origin->name = "GitHub's OIDC endpoint";
	finding->origin->identity = make_role(finding, arn, STR_EMPTY);
	finding->origin->url = arena_printf(finding->arena, "%.*s%saudience=sts.amazonaws.com", STR_ARG(url),
					   str_find_char(url, '?') >= 0 ? "&" : "?");
	finding->origin->bearer = arena_printf(finding->arena, "bearer %.*s", STR_ARG(token));
	return arena_check(finding->arena, "the credentials", err);
}

static bool take_container(struct finding *finding, bool *found, struct err *err)
{
	struct str relative = get(finding, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	struct str full = get(finding, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
	struct origin *origin = finding->origin;
	struct err why;

	*found = relative.len || full.len;
	if (!*found)
		return true;
	if (relative.len && relative.ptr[0] != '/')
		return err_set(err, ERR_CONFIG, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI has to begin with '/', as ECS sets it");
	origin->kind = ORIGIN_CONTAINER;
	origin->name = "the container's endpoint";
	origin->url = relative.len ? arena_printf(finding->arena, CONTAINER_BASE "%.*s", STR_ARG(relative)) : full;
	if (!relative.len) {
		origin->bearer = get(finding, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
		origin->bearer_file = get(finding, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	}
	return http_url_allowed(origin->url, &why) ||
	       err_set(err, ERR_CONFIG, "%s: %s", relative.len ? "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" :
							       "AWS_CONTAINER_CREDENTIALS_FULL_URI", why.text);
}

static bool take_instance(struct finding *finding, bool *found, struct err *err)
{
	struct str base = get(finding, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
	struct err why;

	*found = !str_eq_nocase(get(finding, "AWS_EC2_METADATA_DISABLED"), STR("true"));
	if (base.len == 0)
		base = STR(INSTANCE_BASE);
	while (str_ends(base, STR("/")))
		base.len--;
	finding->origin->kind = ORIGIN_INSTANCE;
	finding->origin->name = "the EC2 instance's role (IMDSv2)";
	finding->origin->url = base;
	return !*found || http_url_allowed(base, &why) ||
	       err_set(err, ERR_CONFIG, "AWS_EC2_METADATA_SERVICE_ENDPOINT: %s", why.text);
}

/* ---- profiles ---- */

static bool take_credential_source(struct finding *finding, struct str profile, struct str source, struct err *err)
{
	bool found = false;

	if (str_eqc(source, "Environment")) {
		if (!take_environment(finding, &found, err))
			return false;
	} else if (str_eqc(source, "EcsContainer")) {
		if (!take_container(finding, &found, err))
			return false;
	} else if (str_eqc(source, "Ec2InstanceMetadata")) {
		if (!take_instance(finding, &found, err))
			return false;
	} else {
		return err_set(err, ERR_CONFIG, "profile %.*s: credential_source has to be Environment, EcsContainer or "
						"Ec2InstanceMetadata", STR_ARG(profile));
	}
	return found || err_set(err, ERR_CONFIG, "profile %.*s: credential_source %.*s is not set up here", STR_ARG(profile),
				STR_ARG(source));
}

static bool add_role(struct finding *finding, struct str profile, struct err *err)
{
	const struct profiles *profiles = finding->profiles;
	struct origin *origin = finding->origin;
	struct origin_role role = make_role(finding, profiles_get(profiles, profile, "role_arn"),
					   profiles_get(profiles, profile, "role_session_name"));
	struct str duration = profiles_get(profiles, profile, "duration_seconds");

	if (origin->role_count == AWS_ROLES_MAX)
		return err_set(err, ERR_CONFIG, "profile %.*s: more than %d roles lead to it, or they go in a circle",
			       STR_ARG(profile), AWS_ROLES_MAX);
	if (profiles_get(profiles, profile, "mfa_serial").len)
		return err_set(err, ERR_CONFIG, "profile %.*s wants a code of a second factor (mfa_serial), which this program does "
						"not ask for: sign in with another tool and give AWS_ACCESS_KEY_ID, "
						"AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN", STR_ARG(profile));
	if (duration.len && !str_to_i64(duration, 900, 43200, &role.duration_s))
		return err_set(err, ERR_CONFIG, "profile %.*s: duration_seconds has to be 900 to 43200", STR_ARG(profile));
	role.external_id = profiles_get(profiles, profile, "external_id");
	/* The profile asked for is assumed last. */
	for (size_t i = origin->role_count++; i > 0; i--)
		origin->roles[i] = origin->roles[i - 1];
	origin->roles[0] = role;
	return true;
}

static bool take_keys(struct finding *finding, struct str profile, bool *found, struct err *err)
{
	const struct profiles *profiles = finding->profiles;
	struct str id = profiles_get(profiles, profile, "aws_access_key_id");
	struct str secret = profiles_get(profiles, profile, "aws_secret_access_key");

	*found = id.len && secret.len;
	if (!*found && (id.len || secret.len))
		return err_set(err, ERR_CONFIG, "profile %.*s has one of aws_access_key_id and aws_secret_access_key: give both",
			       STR_ARG(profile));
	finding->origin->kind = ORIGIN_KEYS;
	finding->origin->name = "the shared files";
	finding->origin->keys = (struct sigv4_credentials){id, secret, profiles_get(profiles, profile, "aws_session_token")};
	return true;
}

static bool refuse_others(const struct finding *finding, struct str profile, struct err *err)
{
	const struct profiles *profiles = finding->profiles;

	if (profiles_get(profiles, profile, "credential_process").len)
		return err_set(err, ERR_CONFIG,
			       "profile %.*s has a credential_process, and this program starts no other programs: run it "
			       "yourself and give AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
			       STR_ARG(profile));
	if (profiles_get(profiles, profile, "sso_session").len || profiles_get(profiles, profile, "sso_start_url").len)
		return err_set(err, ERR_CONFIG,
			       "profile %.*s signs in by IAM Identity Center (sso), which this program does not: give its keys "
			       "with: aws configure export-credentials --profile %.*s --format env",
			       STR_ARG(profile), STR_ARG(profile));
	return true;
}

/* The end of the way: a profile with keys, and perhaps a role that is assumed with them. */
static bool take_last_profile(struct finding *finding, struct str profile, bool has_role, bool *found, struct err *err)
{
	bool wanted = has_role || finding->origin->role_count > 0 || get(finding, "AWS_PROFILE").len > 0;

	if (!take_keys(finding, profile, found, err) || (!*found && !refuse_others(finding, profile, err)))
		return false;
	if (has_role && !add_role(finding, profile, err))
		return false;
	return *found || !wanted ||
	       err_set(err, ERR_CONFIG, "profile %.*s gives no credentials: it has neither keys nor a role", STR_ARG(profile));
}

static void take_identity(struct finding *finding, struct str profile, struct str token_file)
{
	const struct profiles *profiles = finding->profiles;

	finding->origin->kind = ORIGIN_TOKEN_FILE;
	finding->origin->name = "the shared files";
	finding->origin->token_file = token_file;
	finding->origin->identity = make_role(finding, profiles_get(profiles, profile, "role_arn"),
					      profiles_get(profiles, profile, "role_session_name"));
}

/* From the profile asked for to the one that has keys. *found is false only where no such profile gives any. */
static bool take_profile(struct finding *finding, bool *found, struct err *err)
{
	const struct profiles *profiles = finding->profiles;
	struct str profile = origin_profile(finding->environment), source = profiles_get(profiles, profile, "source_profile");

	if (get(finding, "AWS_PROFILE").len && !profiles_has(profiles, profile))
		return err_set(err, ERR_CONFIG, "AWS_PROFILE is %.*s, and the shared files have no such profile; check "
						"~/.aws/config and ~/.aws/credentials", STR_ARG(profile));
	/* A role whose source is its own profile is assumed with that profile's keys. */
	while (profiles_get(profiles, profile, "role_arn").len && !str_eq(source, profile)) {
		struct str file = profiles_get(profiles, profile, "web_identity_token_file");
		struct str from = profiles_get(profiles, profile, "credential_source");

		*found = true;
		if (file.len) {
			take_identity(finding, profile, file);
			return true;
		}
		if (!add_role(finding, profile, err))
			return false;
		if (from.len)
			return take_credential_source(finding, profile, from, err);
		if (source.len == 0 || !profiles_has(profiles, source))
			return err_set(err, ERR_CONFIG, "profile %.*s has a role_arn, and no source_profile that there is",
				       STR_ARG(profile));
		profile = source;
		source = profiles_get(profiles, profile, "source_profile");
	}
	return take_last_profile(finding, profile, profiles_get(profiles, profile, "role_arn").len > 0, found, err);
}

bool origin_find(const struct aws_environment *environment, const struct profiles *profiles, struct arena *arena,
		struct origin *origin, struct err *err)
{
	static bool (*const sources[])(struct finding *, bool *, struct err *) = {
		take_environment, take_token_file, take_github, take_profile, take_container, take_instance,
	};
	struct finding finding = {environment, profiles, arena, origin};
	bool found = false;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		*origin = (struct origin){.url = STR_EMPTY, .bearer = STR_EMPTY, .bearer_file = STR_EMPTY};
		if (!sources[i](&finding, &found, err))
			return false;
		if (found)
			return arena_check(arena, "the credentials", err);
	}
	return err_set(err, ERR_CONFIG, "there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
					"AWS_PROFILE, or give the task or the instance a role");
}

static bool is_region(struct str region)
{
	for (size_t i = 0; i < region.len; i++) {
		char c = region.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return region.len > 0 && region.len <= AWS_REGION_BYTES_MAX;
}

bool origin_region(const struct aws_environment *environment, const struct profiles *profiles, struct str *region,
		  struct err *err)
{
	const char *from = "AWS_REGION";

	*region = aws_environment_getc(environment, from);
	if (region->len == 0)
		*region = aws_environment_getc(environment, from = "AWS_DEFAULT_REGION");
	if (region->len == 0) {
		*region = profiles_get(profiles, origin_profile(environment), "region");
		from = "the profile's region";
	}
	if (region->len == 0)
		return err_set(err, ERR_CONFIG, "no AWS region is set: AWS_REGION=ap-northeast-1");
	return is_region(*region) || err_set(err, ERR_CONFIG, "%s is no region of AWS; one is written as ap-northeast-1", from);
}
