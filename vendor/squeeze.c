/* Standard input as one zlib stream to standard output, for what is built into the program. Runs on the machine that
 * builds, with our own zlib, so that the bytes do not depend on the machine's. */
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { INPUT_BYTES_MAX = 8 << 20 };

int main(void)
{
	unsigned char *in = malloc(INPUT_BYTES_MAX);
	size_t in_len = in ? fread(in, 1, INPUT_BYTES_MAX, stdin) : 0;
	uLongf out_len = compressBound((uLong)in_len);
	unsigned char *out = malloc(out_len);
	int status = 1;

	if (!in || !out || in_len == INPUT_BYTES_MAX || ferror(stdin))
		fputs("squeeze: the input cannot be read or is too large\n", stderr);
	else if (compress2(out, &out_len, in, (uLong)in_len, Z_BEST_COMPRESSION) != Z_OK ||
		 fwrite(out, 1, out_len, stdout) != out_len || fflush(stdout) != 0)
		fputs("squeeze: the output cannot be written\n", stderr);
	else
		status = 0;
	free(in);
	free(out);
	return status;
}
