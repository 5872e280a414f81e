/* The table of web/assets.h. build/gen holds the list and the files (vendor/page.sh). */
.macro asset name, type, tag, file, raw_len
	.section .rodata.assets, "a", @progbits
.Lname\@:
	.asciz "\name"
.Ltype\@:
	.asciz "\type"
.Ltag\@:
	.asciz "\tag"
.Ldata\@:
	.incbin "\file"
.Lend\@:
	.section .data.rel.ro.assets, "aw", @progbits
	.quad .Lname\@, .Ltype\@, .Ltag\@, .Ldata\@, .Lend\@ - .Ldata\@, \raw_len
.endm

	.section .data.rel.ro.assets, "aw", @progbits
	.balign 8
	.globl assets
	.type assets, @object
assets:
#include <page_files.h>
	.section .data.rel.ro.assets, "aw", @progbits
.Lassets_end:
	.size assets, .Lassets_end - assets

	.section .rodata.asset_count, "a", @progbits
	.balign 8
	.globl asset_count
	.type asset_count, @object
	.size asset_count, 8
asset_count:
	.quad (.Lassets_end - assets) / 48

	.section .note.GNU-stack, "", @progbits
