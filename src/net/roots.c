#include "net/roots.h"

#include <assert.h>
#include <bearssl_ssl.h>
#include <bearssl_x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/limits.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"

struct roots {
	struct str pem;
	bool read;
	struct err err; /* of reading */
	struct arena arena;
	br_x509_trust_anchor *anchors;
	size_t count;
};

struct roots *roots_create(struct str pem, struct err *err)
{
	struct roots *roots = calloc(1, sizeof(*roots));

	if (!roots) {
		err_set(err, ERR_MEMORY, "no memory for the TLS roots");
		return NULL;
	}
	roots->pem = pem;
	/* A key and a name take less than the PEM text that they come from. */
	arena_init(&roots->arena, CA_BYTES_MAX);
	return roots;
}

void roots_free(struct roots *roots)
{
	if (!roots)
		return;
	arena_release(&roots->arena);
	free(roots);
}

/* The base64 of the next certificate; the text moves past it. */
static bool next_block(struct str *text, struct str *block)
{
	ssize_t begin = str_find(*text, STR(PEM_BEGIN));
	ssize_t end;

	if (begin < 0)
		return false;
	*text = str_skip(*text, (size_t)begin + sizeof(PEM_BEGIN) - 1);
	end = str_find(*text, STR(PEM_END));
	*block = end < 0 ? *text : str_take(*text, (size_t)end);
	*text = str_skip(*text, block->len);
	return true;
}

/* RFC 7468 2: white space in the base64 says nothing. */
static bool decode_block(struct str block, struct arena *scratch, struct str *der)
{
	char *packed = arena_alloc(scratch, block.len);
	size_t len = 0;

	for (size_t i = 0; packed && i < block.len; i++)
		if (block.ptr[i] != '\n' && block.ptr[i] != '\r' && block.ptr[i] != ' ' && block.ptr[i] != '\t')
			packed[len++] = block.ptr[i];
	return packed && codec_unbase64(scratch, str_make(packed, len), der);
}

static void add_name(void *name, const void *data, size_t len)
{
	buf_add(name, str_make(data, len));
}

static unsigned char *copy(struct arena *arena, const void *data, size_t len)
{
	void *out = arena_alloc(arena, len);

	return out ? memcpy(out, data, len) : NULL;
}

/* RFC 5280 6.1.1 (d): of a root, its name and its key. False if it is not a certificate with a key that we can check with. */
static bool read_root(struct roots *roots, struct str der, br_x509_trust_anchor *anchor)
{
	br_x509_decoder_context decoder;
	const br_x509_pkey *key;
	char name_memory[ROOT_NAME_BYTES_MAX];
	struct buf name;

	buf_wrap(&name, name_memory, sizeof(name_memory));
	br_x509_decoder_init(&decoder, add_name, &name);
	br_x509_decoder_push(&decoder, der.ptr, der.len);
	key = br_x509_decoder_get_pkey(&decoder);
	if (!key || name.full)
		return false;
	*anchor = (br_x509_trust_anchor){
		.dn = {copy(&roots->arena, name.ptr, name.len), name.len},
		.flags = br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0,
		.pkey = *key,
	};
	if (key->key_type == BR_KEYTYPE_RSA) {
		anchor->pkey.key.rsa.n = copy(&roots->arena, key->key.rsa.n, key->key.rsa.nlen);
		anchor->pkey.key.rsa.e = copy(&roots->arena, key->key.rsa.e, key->key.rsa.elen);
	} else {
		anchor->pkey.key.ec.q = copy(&roots->arena, key->key.ec.q, key->key.ec.qlen);
	}
	return true;
}

static bool read_all(struct roots *roots, struct arena *scratch, struct err *err)
{
	struct str text = roots->pem;
	struct str block, der;
	size_t count = 0;

	while (next_block(&text, &block))
		count++;
	roots->anchors = arena_array(&roots->arena, count, sizeof(*roots->anchors));
	text = roots->pem;
	for (size_t i = 0; roots->anchors && next_block(&text, &block); i++) {
		arena_clear(scratch);
		if (!decode_block(block, scratch, &der) || !read_root(roots, der, &roots->anchors[i]))
			return err_set(err, ERR_CONFIG,
				       "TLS roots: certificate %zu of %zu cannot be read: check the PEM file that HOMU_CA_FILE names",
				       i + 1, count);
	}
	if (roots->arena.full)
		return err_set(err, ERR_MEMORY, "no memory for the TLS roots");
	roots->count = count;
	return true;
}

bool roots_load(struct roots *roots, struct err *err)
{
	struct arena scratch;

	if (!roots->read) {
		roots->read = true;
		arena_init(&scratch, ROOT_BYTES_MAX);
		read_all(roots, &scratch, &roots->err);
		arena_release(&scratch);
	}
	if (roots->err.code && err)
		*err = roots->err;
	return roots->err.code == ERR_NONE;
}

bool roots_trust(struct roots *roots, void *tls_client, struct err *err)
{
	br_ssl_client_context *client = tls_client;
	br_x509_minimal_context *checker;

	if (!roots_load(roots, err))
		return false;
	/* curl puts a table of its own before BearSSL's checker of chains; a curl that does otherwise must not get past this. */
	checker = (br_x509_minimal_context *)(void *)(client->eng.x509ctx + 1);
	assert(checker->vtable == &br_x509_minimal_vtable && checker->trust_anchors_num == 0);
	checker->trust_anchors = roots->anchors;
	checker->trust_anchors_num = roots->count;
	/* The connection may outlive the roots, and so may not begin another handshake. */
	br_ssl_engine_add_flags(&client->eng, BR_OPT_NO_RENEGOTIATION);
	return true;
}
