/* The TLS roots: the bundle compiled in (Debian's ca-certificates), or a PEM file in its place. */
#ifndef NET_CA_H
#define NET_CA_H

#include "base/err.h"
#include "base/str.h"

/* PEM text into out. path empty: the built-in bundle. ERR_CONFIG for a file that cannot be read or holds no certificate. */
bool ca_load(struct str path, struct buf *out, struct err *err);

#endif
