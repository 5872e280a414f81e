/*
 * The TLS roots, parsed once for all connections. For net/ alone.
 *
 * curl would read the PEM text again for each connection: 50 ms and 260 kB each time. Here it is read at the first
 * handshake, and each connection borrows the result. A text with one certificate that cannot be read gives no roots at all.
 */
#ifndef NET_ROOTS_H
#define NET_ROOTS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct roots;

/* pem is borrowed until roots_free; nothing is read yet. NULL: ERR_MEMORY. */
struct roots *roots_create(struct str pem, struct err *err);
void roots_free(struct roots *roots);

/* Reads the text at the first call; later ones tell the same. ERR_CONFIG, ERR_MEMORY. */
bool roots_load(struct roots *roots, struct err *err);

/*
 * Gives a TLS client that curl has set up without roots (CURLOPT_SSL_CTX_FUNCTION: a br_ssl_client_context) these roots,
 * which it borrows until its handshake ends. Until then it trusts nobody. Errors as of roots_load.
 */
bool roots_trust(struct roots *roots, void *tls_client, struct err *err);

#endif
