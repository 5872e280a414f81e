#include "net/transfer.h"

#include <curl/curl.h>
#include <string.h>

#include "base/limits.h"

#define CHECK_NETWORK "check the network, and a firewall or proxy between"

_Static_assert(sizeof((struct transfer){0}.error) >= CURL_ERROR_SIZE, "no room for curl's error text");

/* Without this call a connection has no roots and ends as not trusted. */
static CURLcode tls_begins(CURL *easy, void *tls_client, void *owner)
{
	struct transfer *transfer = owner;

	(void)easy;
	return roots_trust(transfer->roots, tls_client, NULL) ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
}

bool transfer_init(struct transfer *transfer, struct loop *loop, struct roots *roots, const char *user_agent,
		   struct err *err)
{
	CURL *easy = curl_easy_init();
	CURLcode code = CURLE_OK;

	*transfer = (struct transfer){.easy = easy, .loop = loop, .roots = roots};
	if (!easy)
		return err_set(err, ERR_MEMORY, "no memory for a connection");
#define SET(option, value) (code = code ? code : curl_easy_setopt(easy, (option), (value)))
	SET(CURLOPT_PRIVATE, transfer);
	SET(CURLOPT_ERRORBUFFER, transfer->error);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_NOPROGRESS, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSL_CTX_FUNCTION, tls_begins);
	SET(CURLOPT_SSL_CTX_DATA, transfer);
	SET(CURLOPT_DNS_CACHE_TIMEOUT, (long)HTTP_ADDRESS_S);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_TCP_KEEPIDLE, (long)HTTP_KEEPALIVE_S);
	SET(CURLOPT_TCP_KEEPINTVL, (long)HTTP_KEEPALIVE_S);
	SET(CURLOPT_MAXAGE_CONN, (long)HTTP_IDLE_S);
	SET(CURLOPT_BUFFERSIZE, (long)HTTP_BUFFER_BYTES);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)HTTP_BUFFER_BYTES);
	if (user_agent)
		SET(CURLOPT_USERAGENT, user_agent);
#undef SET
	if (code) {
		transfer_release(transfer);
		return err_set(err, ERR_MEMORY, "a connection cannot be set up: %s", curl_easy_strerror(code));
	}
	return true;
}

void transfer_release(struct transfer *transfer)
{
	if (!transfer->easy)
		return;
	transfer_stop(transfer);
	curl_easy_cleanup(transfer->easy);
	transfer->easy = NULL;
}

/* curl would send it as it stands: it takes dot segments out of a path, and may rewrite what is percent-encoded. */
static bool is_sent_as_given(struct str target)
{
	return str_starts(target, STR("/")) && str_find(target, STR("/.")) < 0 && str_find_char(target, '%') < 0;
}

bool transfer_set_url(struct transfer *transfer, const struct url *url, int64_t connect_ms, struct err *err)
{
	char text[URL_BYTES_MAX + 16];
	bool as_given = is_sent_as_given(url->target);
	struct buf out;
	size_t target_at;
	CURLcode code;

	buf_wrap(&out, text, sizeof(text));
	buf_addc(&out, url->tls ? "https://" : "http://");
	buf_add(&out, url->authority);
	/* What curl needs not take apart, letter by letter, is told apart from the URL. */
	buf_add(&out, as_given ? str_make("/", sizeof("/")) : STR_EMPTY);
	target_at = out.len;
	if (!str_starts(url->target, STR("/")))
		buf_add_char(&out, '/');
	buf_add(&out, url->target);
	if (!buf_check(&out, "the URL", err))
		return false;
	code = curl_easy_setopt(transfer->easy, CURLOPT_URL, buf_cstr(&out));
	if (!code)
		code = curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET, as_given ? text + target_at : NULL);
	/* An empty proxy means none; NULL asks the environment. */
	if (!code)
		code = curl_easy_setopt(transfer->easy, CURLOPT_PROXY, url->direct ? "" : NULL);
	if (!code)
		code = curl_easy_setopt(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	return code == CURLE_OK || err_set(err, ERR_MEMORY, "a connection cannot be set up: %s", curl_easy_strerror(code));
}

bool transfer_start(struct transfer *transfer, struct err *err)
{
	CURLMcode code;

	transfer->error[0] = '\0';
	code = curl_multi_add_handle(loop_curl_multi(transfer->loop), transfer->easy);
	if (code)
		return err_set(err, ERR_MEMORY, "a connection cannot be started: %s", curl_multi_strerror(code));
	transfer->running = true;
	return true;
}

void transfer_stop(struct transfer *transfer)
{
	if (!transfer->running)
		return;
	transfer->running = false;
	curl_multi_remove_handle(loop_curl_multi(transfer->loop), transfer->easy);
}

/* BearSSL's verdicts as curl words them; the code is 60 for all of them. */
static bool tls_error(const char *detail, struct str authority, struct err *err)
{
	static const struct {
		const char *mark;
		const char *why;
	} verdicts[] = {
		{"trust anchor", "its certificate is not signed by a root that this program trusts: if a private server or a "
				 "proxy that reads TLS is meant, set HOMU_CA_FILE to its roots (PEM)"},
		{"server name", "its certificate is for another host name: check the URL, and that no proxy answers in its place"},
		{"expired", "its certificate is expired or not yet valid: check this machine's clock with 'date'; if it is "
			    "right, the server has to renew"},
		{"IP address", "a certificate for an IP address cannot be checked: use the server's name"},
	};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (strstr(detail, verdicts[i].mark))
			return err_set(err, ERR_TLS, "TLS with %.*s: %s", STR_ARG(authority), verdicts[i].why);
	return err_set(err, ERR_TLS, "TLS with %.*s failed: %s: check that the server speaks TLS 1.2", STR_ARG(authority), detail);
}

void transfer_error(const struct transfer *transfer, int curl_code, struct str authority, struct err *err)
{
	CURLcode code = (CURLcode)curl_code;
	const char *detail = transfer->error[0] ? transfer->error : curl_easy_strerror(code);

	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		err_set(err, ERR_NET, "the address of %.*s cannot be found: check the network and its DNS", STR_ARG(authority));
		return;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		err_set(err, ERR_NET, "no way to %.*s through the proxy: %s: check HTTPS_PROXY and NO_PROXY", STR_ARG(authority),
			detail);
		return;
	case CURLE_OPERATION_TIMEDOUT:
		err_set(err, ERR_TIMEOUT, "%.*s did not answer in time: " CHECK_NETWORK, STR_ARG(authority));
		return;
	case CURLE_SSL_CONNECT_ERROR:
		/* The same code for a peer that went away and for one that cannot agree. */
		if (strstr(detail, "connection closed")) {
			err_set(err, ERR_NET, "%.*s closed the connection during the TLS handshake: " CHECK_NETWORK,
				STR_ARG(authority));
			return;
		}
		tls_error(detail, authority, err);
		return;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		tls_error(detail, authority, err);
		return;
	case CURLE_SSL_CACERT_BADFILE:
		roots_load(transfer->roots, err);
		return;
	case CURLE_OUT_OF_MEMORY:
		err_set(err, ERR_MEMORY, "no memory for the connection to %.*s", STR_ARG(authority));
		return;
	case CURLE_URL_MALFORMAT:
		err_set(err, ERR_INPUT, "the URL for %.*s is refused: %s", STR_ARG(authority), detail);
		return;
	case CURLE_TOO_LARGE:
		err_set(err, ERR_LIMIT, "%.*s sent more headers than %d bytes", STR_ARG(authority), HTTP_HEADERS_BYTES_MAX);
		return;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
		err_set(err, ERR_PROTO, "%.*s did not answer as an HTTP server: %s: check the URL, and a proxy between",
			STR_ARG(authority), detail);
		return;
	default:
		err_set(err, ERR_NET, "the connection to %.*s failed: %s: " CHECK_NETWORK, STR_ARG(authority), detail);
		return;
	}
}
