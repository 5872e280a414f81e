#include "web/art.h"

#include <stdlib.h>

#include "base/limits.h"

/* The analyzer is to judge our code. */
#ifndef __clang_analyzer__
#define STB_IMAGE_IMPLEMENTATION
#endif
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_SIMD
#define STBI_NO_THREAD_LOCALS
#define STBI_NO_FAILURE_STRINGS
#include <stb_image.h>

bool art_read(struct art *art, struct str file, struct err *err)
{
	const stbi_uc *bytes = (const stbi_uc *)file.ptr;
	int channels;

	*art = (struct art){0};
	if (file.len > ART_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "an item's picture of %zu bytes: at most %u are read", file.len, ART_BYTES_MAX);
	if (!stbi_info_from_memory(bytes, (int)file.len, &art->width, &art->height, &channels))
		return err_set(err, ERR_INPUT, "an item's picture is not a PNG or JPEG file");
	if (art->width < 1 || art->height < 1 || art->width > ART_SIDE_MAX || art->height > ART_SIDE_MAX)
		return err_set(err, ERR_LIMIT, "an item's picture of %d × %d pixels: a side has at most %d", art->width, art->height,
			       ART_SIDE_MAX);
	art->rgba = stbi_load_from_memory(bytes, (int)file.len, &art->width, &art->height, &channels, 4);
	return art->rgba || err_set(err, ERR_INPUT, "an item's picture is broken");
}

void art_release(struct art *art)
{
	free(art->rgba);
	art->rgba = NULL;
}
