/* Takes the place of BearSSL's src/rand/sysrng.c, which trusts RDRAND alone where it exists and else needs
 * /dev/urandom: a scratch image may lack the device, so the kernel is asked directly. Same contract as
 * br_prng_seeder_system() in bearssl_rand.h. */
#include <bearssl.h>
#include <unistd.h>

static int seed_from_kernel(const br_prng_class **ctx)
{
	unsigned char seed[32];

	if (getentropy(seed, sizeof(seed)) != 0)
		return 0;
	(*ctx)->update(ctx, seed, sizeof(seed));
	return 1;
}

br_prng_seeder br_prng_seeder_system(const char **name)
{
	if (name)
		*name = "getentropy";
	return seed_from_kernel;
}
