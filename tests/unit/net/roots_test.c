#include "net/roots.h"

#include "base/limits.h"
#include "net/ca.h"
#include "test.h"

/* A certificate with an EC key, signed by itself; what its rows end with. */
#define ROWS(end) \
	"MIIBdzCCAR2gAwIBAgIUJpp62F/+cUnqVN52gFAHEKLeuKUwCgYIKoZIzj0EAwIw" end \
	"ETEPMA0GA1UEAwwGdGVzdGNhMB4XDTI2MTEyMjEzMjc1NFoXDTI3MDMwMjEzMjc1" end \
	"NFowETEPMA0GA1UEAwwGdGVzdGNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" end \
	"sfmmxPMwteli4ypj/mOCSE3nF94NDSzqI06vtK24ZgymZ0EudPfTw6A+LcjKIBSq" end \
	"hVmlxFiF9hRYyr7K4IAO66NTMFEwHQYDVR0OBBYEFKn7EjHgZ8LDavTG/w8uzazs" end \
	"Ho78MB8GA1UdIwQYMBaAFKn7EjHgZ8LDavTG/w8uzazsHo78MA8GA1UdEwEB/wQF" end \
	"MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgGhyK5x2JftsztnxQCN693FEXV4Pv/5J0" end \
	"n31BNJuJ5Y0CIQClskBBxmHwrf3EHAVavYsG5iz+rSJjqVVxlY0Xzu0Piw==" end
#define GOOD "-----BEGIN CERTIFICATE-----\n" ROWS("\n") "-----END CERTIFICATE-----\n"

static struct err load(const char *pem)
{
	struct err err = {0};
	struct roots *roots = roots_create(str_from(pem), &err);

	CHECK(roots && roots_load(roots, &err) == (err.code == ERR_NONE));
	roots_free(roots);
	return err;
}

TEST(the_built_in_roots_can_all_be_read)
{
	struct err err = {0};
	struct roots *roots;
	struct buf pem;

	buf_init(&pem, CA_BYTES_MAX);
	REQUIRE(ca_load(STR_EMPTY, &pem, &err));
	roots = roots_create(buf_str(&pem), &err);
	CHECK(roots && roots_load(roots, &err));
	roots_free(roots);
	buf_release(&pem);
}

TEST(white_space_and_words_around_certificates_say_nothing)
{
	CHECK_EQ_INT(load("").code, ERR_NONE);
	CHECK_EQ_INT(load("# roots\r\n" GOOD "\n# more\n" GOOD).code, ERR_NONE);
	CHECK_EQ_INT(load("-----BEGIN CERTIFICATE-----\r\n" ROWS("\t \r\n") "-----END CERTIFICATE-----").code, ERR_NONE);
}

TEST(one_certificate_that_cannot_be_read_is_told_by_its_number)
{
	static const char *const wrong[] = {
		GOOD "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" GOOD,
		GOOD "-----BEGIN CERTIFICATE-----\nMI.B\n-----END CERTIFICATE-----\n" GOOD,
		GOOD "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" GOOD,
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err err = load(wrong[i]);

		CHECK_EQ_INT(err.code, ERR_CONFIG);
		CHECK(strstr(err.text, "certificate 2 of 3 cannot be read") != NULL);
		CHECK(strstr(err.text, "HOMU_CA_FILE") != NULL);
	}
}

TEST(a_second_reading_tells_the_same)
{
	struct err first = {0}, second = {0};
	struct roots *roots = roots_create(STR("-----BEGIN CERTIFICATE-----\nMIIB\n"), &first);

	CHECK(!roots_load(roots, &first));
	CHECK(!roots_load(roots, &second));
	CHECK_EQ_STR(first.text, second.text);
	roots_free(roots);
}
