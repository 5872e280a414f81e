/*
 * One use of a libcurl easy handle in the loop's multi handle; what http and ws share. For net/ alone.
 *
 * The transfer is embedded by its owner, who keeps it in place from transfer_init to transfer_release.
 */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/loop.h"
#include "net/roots.h"
#include "net/url.h"

struct transfer {
	void *easy; /* CURL *; NULL when released */
	struct loop *loop;
	struct roots *roots;
	bool running;
	void (*finished)(void *owner, int curl_code); /* in a turn of the loop */
	void *owner;
	char error[256]; /* CURL_ERROR_SIZE, asserted in transfer.c */
};

/* Makes the easy handle with every option that all our transfers have. The roots are borrowed until release. ERR_MEMORY. */
bool transfer_init(struct transfer *transfer, struct loop *loop, struct roots *roots, const char *user_agent,
		   struct err *err);
void transfer_release(struct transfer *transfer);

/* Where it goes: the URL as http or https, the proxy rule, the time to connect. */
bool transfer_set_url(struct transfer *transfer, const struct url *url, int64_t connect_ms, struct err *err);

bool transfer_start(struct transfer *transfer, struct err *err);
/* Takes it off the loop; the connection of a transfer that is under way is closed. */
void transfer_stop(struct transfer *transfer);

/* What a CURLcode other than CURLE_OK means, in words with the next step. */
void transfer_error(const struct transfer *transfer, int curl_code, struct str authority, struct err *err);

#endif
