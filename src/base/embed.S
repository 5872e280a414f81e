/* The built-in files of base/embed.h. build/gen holds the files and their sizes (vendor/embed.sh). */
#include <embed_sizes.h>

.macro embedded name, file, raw_len
	.section .rodata.\name, "a", @progbits
	.balign 16
.L\name:
	.incbin "\file"
.L\name\()_end:
	.section .data.rel.ro.\name, "aw", @progbits
	.balign 8
	.globl \name
	.type \name, @object
	.size \name, 24
\name:
	.quad .L\name
	.quad .L\name\()_end - .L\name
	.quad \raw_len
.endm

	embedded embed_ca_bundle, "ca.pem.z", CA_BUNDLE_BYTES
	embedded embed_catalog, "catalog.json", CATALOG_BYTES
	embedded embed_zones, "zones", ZONES_BYTES
	embedded embed_font, "font.otf.z", FONT_BYTES

	.section .note.GNU-stack, "", @progbits
