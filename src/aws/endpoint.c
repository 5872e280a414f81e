#include "aws/endpoint.h"

#include "aws/origin.h"
#include "net/url.h"

/* The lower-case name of a services section is the variable's. */
static struct str from_files(const struct aws_service_row *service, const struct aws_environment *environment,
			     const struct profiles *profiles)
{
	struct str profile = origin_profile(environment), section = profiles_get(profiles, profile, "services");
	struct str own = section.len ? profiles_get_service(profiles, section, service->variable, "endpoint_url") : STR_EMPTY;

	return own.len ? own : profiles_get(profiles, profile, "endpoint_url");
}

bool endpoint_find(enum aws_service service, struct str region, const struct aws_environment *environment,
		   const struct profiles *profiles, struct arena *arena, struct endpoint *endpoint, struct err *err)
{
	const struct aws_service_row *row = &aws_services[service];
	struct str name = arena_printf(arena, "AWS_ENDPOINT_URL_%s", row->variable), from = name, base = STR_EMPTY;
	struct url url;
	struct err why;

	if (!str_eq_nocase(aws_environment_getc(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), STR("true"))) {
		base = aws_environment_get(environment, name);
		if (base.len == 0)
			base = aws_environment_get(environment, from = STR("AWS_ENDPOINT_URL"));
		if (base.len == 0) {
			base = from_files(row, environment, profiles);
			from = STR("the profile's endpoint_url");
		}
	}
	if (base.len == 0)
		base = arena_printf(arena, "https://%s.%.*s.amazonaws.com%s", row->name, STR_ARG(region),
				    str_starts(region, STR("cn-")) ? ".cn" : "");
	while (str_ends(base, STR("/")))
		base.len--;
	if (!arena_check(arena, "an endpoint", err))
		return false;
	if (!url_parse(base, &url, &why))
		return err_set(err, ERR_CONFIG, "%.*s: %s", STR_ARG(from), why.text);
	if (str_find_char(url.target, '?') >= 0)
		return err_set(err, ERR_CONFIG, "%.*s has a query; give the address without '?'", STR_ARG(from));
	*endpoint = (struct endpoint){base, url.authority, url.target};
	return true;
}
