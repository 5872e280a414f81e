#include "net/url.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"

enum { HOST_BYTES_MAX = 253 };

/* Where containers, instances and pods ask for AWS credentials (interface.md, Settings). */
static const char *const credential_hosts[] = {"169.254.170.2", "169.254.170.23", "169.254.169.254", "fd00:ec2::23",
					       "fd00:ec2::254"};

static bool parse_ipv4(struct str host, uint8_t out[4])
{
	char text[INET_ADDRSTRLEN];

	return str_to_cstr(host, text, sizeof(text)) && inet_pton(AF_INET, text, out) == 1;
}

static bool parse_ipv6(struct str host, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN];

	return str_to_cstr(host, text, sizeof(text)) && inet_pton(AF_INET6, text, out) == 1;
}

static bool is_loopback(struct str host)
{
	static const uint8_t one[16] = {[15] = 1};
	uint8_t v4[4];
	uint8_t v6[16];

	if (parse_ipv4(host, v4))
		return v4[0] == 127;
	if (parse_ipv6(host, v6))
		return memcmp(v6, one, sizeof(one)) == 0;
	return str_eq_nocase(host, STR("localhost"));
}

static bool is_credential_host(struct str host)
{
	uint8_t want[16];
	uint8_t v4[4];
	uint8_t v6[16];
	bool is_v4 = parse_ipv4(host, v4);
	bool is_v6 = parse_ipv6(host, v6);

	for (size_t i = 0; i < sizeof(credential_hosts) / sizeof(credential_hosts[0]); i++) {
		struct str known = str_from(credential_hosts[i]);

		if (is_v4 && parse_ipv4(known, want) && memcmp(v4, want, sizeof(v4)) == 0)
			return true;
		if (is_v6 && parse_ipv6(known, want) && memcmp(v6, want, sizeof(v6)) == 0)
			return true;
	}
	return false;
}

static bool is_name(struct str host)
{
	if (host.len == 0 || host.len > HOST_BYTES_MAX)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
		      c == '-' || c == '_'))
			return false;
	}
	return host.ptr[0] != '.' && host.ptr[0] != '-';
}

static bool parse_scheme(struct str text, struct url *url, size_t *len)
{
	static const struct {
		const char *prefix;
		bool tls;
	} schemes[] = {{"https://", true}, {"http://", false}, {"wss://", true}, {"ws://", false}};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct str prefix = str_from(schemes[i].prefix);

		if (str_eq_nocase(str_take(text, prefix.len), prefix)) {
			url->tls = schemes[i].tls;
			url->port = url->tls ? 443 : 80;
			*len = prefix.len;
			return true;
		}
	}
	return false;
}

static bool parse_authority(struct url *url, struct err *err)
{
	struct str rest = url->authority;
	uint8_t v6[16];
	uint64_t port;

	if (str_find_char(rest, '@') >= 0)
		return err_set(err, ERR_INPUT, "a URL with a user or a password in it is refused: take it out");
	if (str_starts(rest, STR("["))) {
		ssize_t end = str_find_char(rest, ']');

		if (end < 0)
			return err_set(err, ERR_INPUT, "a URL's address has no closing bracket");
		url->host = str_take(str_skip(rest, 1), (size_t)end - 1);
		rest = str_skip(rest, (size_t)end + 1);
		if (!parse_ipv6(url->host, v6))
			return err_set(err, ERR_INPUT, "a URL's address in brackets is not an IPv6 address");
	} else {
		ssize_t colon = str_find_char(rest, ':');

		url->host = colon < 0 ? rest : str_take(rest, (size_t)colon);
		rest = str_skip(rest, url->host.len);
		if (!is_name(url->host))
			return err_set(err, ERR_INPUT, "a URL's host is not a name or an address");
	}
	if (rest.len == 0)
		return true;
	if (rest.ptr[0] != ':' || !str_to_u64(str_skip(rest, 1), 1, 65535, &port))
		return err_set(err, ERR_INPUT, "a URL's port is not a number from 1 to 65535");
	url->port = (uint16_t)port;
	return true;
}

/* RFC 3986, 2; '%' and what follows it stay as they are. */
static bool is_allowed(char c)
{
	switch (c) {
	case '\\':
	case '"':
	case '<':
	case '>':
	case '^':
	case '`':
	case '{':
	case '|':
	case '}':
		return false;
	default:
		return c > ' ' && c < 0x7f;
	}
}

bool url_parse(struct str text, struct url *url, struct err *err)
{
	size_t at = 0;

	*url = (struct url){0};
	if (text.len > URL_BYTES_MAX)
		return err_set(err, ERR_INPUT, "a URL of %zu bytes is longer than %d", text.len, URL_BYTES_MAX);
	for (size_t i = 0; i < text.len; i++)
		if (!is_allowed(text.ptr[i]))
			return err_set(err, ERR_INPUT, "a URL has a byte that is not allowed in it at place %zu", i + 1);
	if (str_find_char(text, '#') >= 0)
		return err_set(err, ERR_INPUT, "a URL with a fragment ('#') is refused");
	if (!parse_scheme(text, url, &at))
		return err_set(err, ERR_INPUT, "a URL begins with none of https://, wss://, http://, ws://");

	text = str_skip(text, at);
	for (at = 0; at < text.len && text.ptr[at] != '/' && text.ptr[at] != '?'; at++)
		;
	url->authority = str_take(text, at);
	url->target = str_skip(text, at);
	if (!parse_authority(url, err))
		return false;
	url->direct = is_loopback(url->host) || is_credential_host(url->host);
	if (!url->tls && !url->direct)
		return err_set(err, ERR_INPUT,
			       "%.*s would be reached without encryption, which is for loopback and credential endpoints "
			       "only: use https:// or wss://",
			       STR_ARG(url->authority));
	return true;
}
