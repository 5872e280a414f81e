# How gcc compiles and links against our own musl. Specs rather than a wrapper: the same gcc, Debian's default search
# path gone (-nostdinc, and ld's -nostdlib), a static position-independent executable with musl's rcrt1.o. Included by
# the Makefile and by vendor/build.mk; it has absolute paths, so nothing depends on its age.
MUSL := $(CURDIR)/$(VENDOR)/musl
MUSL_SPECS := $(CURDIR)/$(VENDOR)/musl.specs
define MUSL_SPECS_TEXT
%rename cpp_options musl_cpp_options
*cpp_options:
-nostdinc -isystem $(MUSL)/include -isystem include%s %(musl_cpp_options)

*cc1:
%(cc1_cpu) -nostdinc -isystem $(MUSL)/include -isystem include%s

*link_libgcc:
-L$(MUSL)/lib -L .%s

*libgcc:
-lgcc -lgcc_eh

*startfile:
$(MUSL)/lib/rcrt1.o $(MUSL)/lib/crti.o crtbeginS.o%s

*endfile:
crtendS.o%s $(MUSL)/lib/crtn.o

*lib:
-lc

*link_gcc_c_sequence:
--start-group %G %L --end-group

*link:
-m elf_x86_64 -nostdlib -static -pie --no-dynamic-linker -z text -z relro -z now -z noexecstack --build-id=none

endef
$(MUSL_SPECS): export SPECS = $(MUSL_SPECS_TEXT)
# Made anew when the checkout was moved.
$(MUSL_SPECS): $(if $(subst x$(strip $(MUSL_SPECS_TEXT)),,x$(strip $(file <$(MUSL_SPECS)))),FORCE)
	@mkdir -p $(@D) && printf '%s\n' "$$SPECS" >$@
