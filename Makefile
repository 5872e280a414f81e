# homuhomu. `make help` lists the targets, V=1 shows the commands, WERROR=1 (or CI=true) makes warnings errors.
VERSION := 0.1.0
COMMIT ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
B := build
SECONDS ?= 60

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --no-builtin-rules --no-print-directory -j$(shell nproc)
endif
export LC_ALL := C
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $1 $2)

all: $B/homuhomu

# ---- what stands in the tree
SRC := $(wildcard src/*.c src/*/*.c)
BUILT_IN := $(wildcard src/*/*.S)
TESTS := $(wildcard tests/unit/*_test.c tests/unit/*/*_test.c)
TEST_HELP := $(filter-out $(TESTS),$(wildcard tests/unit/*.c tests/unit/*/*.c))
FUZZ := $(wildcard tests/fuzz/*_fuzz.c)
# What draws, hashes, signs and paints in a loop is built for speed, the rest for size.
HOT := $(addprefix src/base/,arena.c hash.c json_check.c json_read.c sha_ni.c str.c) \
	$(addprefix src/gacha/,draw.c fairness.c odds.c simulate.c) $(addprefix src/web/,canvas.c font.c palette.c)

# ---- libraries, see vendor/README.md; the locks are for two makes in one checkout
VENDOR := $B/vendor
include vendor/musl.mk
LIBS := -lmicrohttpd -lcurl -lwslay -lbearssl -lz -lsodium -lsqlite3 -lexpat -lm

$(VENDOR)/src/versions: vendor/table $(if $(filter 1,$(VENDOR_STRICT)),FORCE) | deps-build
	$(call say,FETCH,'sources of the libraries')
	$(Q)vendor/fetch.sh $(@D)
$(VENDOR)/src/sqlite/amalgamation/sqlite3.c: $(VENDOR)/src/versions vendor/build.mk
	$(Q)flock $(VENDOR)/src/lock $(MAKE) -f vendor/build.mk amalgamation
$(VENDOR)/musl/ok $(VENDOR)/native/ok: $(VENDOR)/%/ok: $(VENDOR)/src/versions $(VENDOR)/src/sqlite/amalgamation/sqlite3.c \
		vendor/build.mk vendor/musl.mk vendor/bearssl_seeder.c vendor/curl_mprintf.c | deps-build
	$(Q)flock $(VENDOR)/lock-$* $(MAKE) -f vendor/build.mk FLAVOUR=$* && touch $@

# ---- generated headers and built-in files
GEN := $B/gen/version.h $B/gen/libraries.h $B/gen/embed_sizes.h
$B/gen/version.h: FORCE
	$(Q)mkdir -p $(@D) && printf '#define HOMU_VERSION "%s"\n#define HOMU_COMMIT "%s"\n#define HOMU_TARGET "x86_64-linux-musl"\n' \
		'$(VERSION)' '$(COMMIT)' >$@.new && { cmp -s $@.new $@ && rm $@.new || mv $@.new $@; }
$B/gen/libraries.h: vendor/libraries.sh $(VENDOR)/src/versions $B/gen/embed_sizes.h
	$(Q)vendor/libraries.sh $(VENDOR)/src/versions >$@
$B/squeeze: vendor/squeeze.c $(VENDOR)/src/versions
	$(Q)gcc -w -O1 -DNO_GZIP -I$(VENDOR)/src/zlib -o $@ $< $(addprefix $(VENDOR)/src/zlib/,adler32.c compress.c crc32.c deflate.c trees.c zutil.c)
$B/font.otf: vendor/font.py src/gacha/catalog.json $(VENDOR)/src/versions
	$(call say,FONT,$@)
	$(Q)PYTHONPATH=$(VENDOR)/src/fonttools/Lib python3 -B $< $(VENDOR)/src/mplus/fonts/otf/Mplus1-Medium.otf $@ src/gacha/catalog.json
$B/gen/embed_sizes.h: vendor/embed.sh src/gacha/catalog.json $B/font.otf $B/squeeze \
		$(wildcard /usr/share/ca-certificates/mozilla /usr/share/zoneinfo/tzdata.zi)
	$(call say,EMBED,'roots zones catalog font')
	$(Q)mkdir -p $(@D) && vendor/embed.sh $(@D) src/gacha/catalog.json $B/font.otf $B/squeeze
# A folder is as old as the last file that came or went.
$B/gen/page_files.h: vendor/page.sh $B/squeeze $(shell find src/web/page -type d -o -type f ! -name '.*')
	$(call say,EMBED,page)
	$(Q)mkdir -p $(@D) && vendor/page.sh $(@D) src/web/page $B/squeeze

# ---- flavours: musl is what is shipped; native has sanitizers, fuzz libFuzzer too
WARN := -Wall -Wextra -Wshadow -Wconversion -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 \
	$(if $(filter true,$(CI))$(WERROR),-Werror)
CFLAGS := -std=c11 -D_GNU_SOURCE $(WARN) -fstack-protector-strong -ffile-prefix-map=$(CURDIR)/= -Isrc -I$B/gen
NATIVE := -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -isystem $(VENDOR)/native/include
CC_musl := gcc -specs=$(MUSL_SPECS) -Os -fPIE -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables
CC_native := gcc -fsanitize=address,undefined $(NATIVE)
CC_fuzz := clang -fsanitize=fuzzer-no-link,address,undefined $(NATIVE)
# stb_image counts on numbers that wrap round when a file is broken on purpose, and copies no bytes to nowhere.
$(foreach f,musl native fuzz,$B/$f/src/web/art.o): OWN := -fwrapv -fno-delete-null-pointer-checks -fno-sanitize=nonnull-attribute
# What clang warns of depends on its version; gcc judges, and clang-tidy (make check).
LAST_fuzz := -Wno-error
LINK_musl := gcc -specs=$(MUSL_SPECS) -Wl,--gc-sections -Wl,-z,pack-relative-relocs
LINK_native := $(CC_native) -Wl,--gc-sections -L$(VENDOR)/native/lib
LINK_fuzz := clang -fsanitize=fuzzer,address,undefined -Wl,--gc-sections -L$(VENDOR)/native/lib
LIBC_musl := $(VENDOR)/musl/ok
LIBC_native := $(VENDOR)/native/ok
LIBC_fuzz := $(VENDOR)/native/ok
export ASAN_OPTIONS ?= abort_on_error=0:detect_stack_use_after_return=1
export UBSAN_OPTIONS ?= print_stacktrace=1

define flavour
OBJ_$1 := $(SRC:%.c=$B/$1/%.o) $(BUILT_IN:%.S=$B/$1/%.o)
HELP_$1 := $(TEST_HELP:%.c=$B/$1/%.o)
UNIT_$1 := $(TESTS:%.c=$B/$1/%)
$B/$1/%.o: %.c $$(LIBC_$1) Makefile | $(GEN) $(MUSL_SPECS)
	$$(call say,$(if $(filter musl,$1),CC,$1),$$<)
	$(Q)mkdir -p $$(@D) && $$(CC_$1) $(CFLAGS) $$(if $$(filter $1-$$<,$(HOT:%=musl-%)),-O2) $$(OWN) $$(LAST_$1) -Itests/unit -MMD -MP -c -o $$@ $$<
$B/$1/%.o: %.S $B/gen/embed_sizes.h $B/gen/page_files.h Makefile
	$(Q)mkdir -p $$(@D) && gcc -I$B/gen -Wa,-I$B/gen -c -o $$@ $$<
$B/$1/rooms.a: $$(filter-out $B/$1/src/main.o,$$(OBJ_$1))
	$(Q)rm -f $$@ && ar rcD $$@ $$^
$$(UNIT_$1): %: %.o $$(HELP_$1) $B/$1/rooms.a
	$$(call say,LINK,$$@)
	$(Q)$$(LINK_$1) -o $$@ $$< $B/$1/tests/unit/main.o $$(filter $$(@D)/%,$$(filter-out %/main.o,$$(HELP_$1))) $B/$1/rooms.a $(LIBS)
endef
$(foreach f,musl native fuzz,$(eval $(call flavour,$f)))
-include $(wildcard $(foreach f,musl native fuzz,$B/$f/src/*.d $B/$f/src/*/*.d $B/$f/tests/unit/*.d $B/$f/tests/unit/*/*.d $B/$f/tests/fuzz/*.d))

$B/homuhomu: $(OBJ_musl)
	$(call say,LINK,$@)
	$(Q)$(LINK_musl) -o $B/musl/homuhomu $(OBJ_musl) $(LIBS) && strip -R .comment -o $@ $B/musl/homuhomu

FUZZERS := $(FUZZ:%.c=$B/fuzz/%)
$(FUZZERS): %: %.o $B/fuzz/rooms.a
	$(call say,LINK,$@)
	$(Q)$(LINK_fuzz) -o $@ $< $B/fuzz/rooms.a $(LIBS)

# ---- what a person asks for
run: $B/homuhomu ## build the program and run it
	$(Q)$B/homuhomu run
test: deps-test $B/homuhomu $(UNIT_native) $(UNIT_musl) ## every test; the last line is the sum
	$(Q)tests/run.sh $B unit system
unit: $(UNIT_native) $(UNIT_musl) ## unit tests: sanitized for this machine, and static musl
	$(Q)tests/run.sh $B unit
system: deps-test $B/homuhomu ## tests of the shipped program (ARGS='-k name' picks)
	$(Q)tests/run.sh $B system $(ARGS)
check: deps-check $(LIBC_musl) $(LIBC_native) $(GEN) ## lints: every program in tests/lint
	$(Q)tests/lint/run $B
bench: deps-bench $B/homuhomu ## the measurements that the README quotes
	$(Q)tests/run.sh $B bench $(ARGS)
fuzz: deps-fuzz fuzzers ## each fuzz target for SECONDS=60
	$(Q)tests/fuzz/run.sh $B $(SECONDS)
fuzzers: $(FUZZERS)
image: deps-image $B/homuhomu ## container image: build/image.tar, made without network
	$(Q)container/build.sh $B $(VERSION)
vendor: $(LIBC_musl) $(LIBC_native) ## fetch and build the libraries
objects: $(OBJ_musl) $(UNIT_musl:%=%.o) $(HELP_musl)
deps: deps-build deps-test deps-check deps-fuzz deps-image ## install the Debian packages that the other targets need
deps-%:
	$(Q)vendor/deps.sh $*
deps-bench: deps-test
clean: ## remove what was built from src/ and tests/ (the libraries stay)
	$(Q)rm -rf $(filter-out $(VENDOR) $B/venv,$(wildcard $B/*))
distclean: ## remove all that was built
	$(Q)rm -rf $B
help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

FORCE:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all run test unit system check bench fuzz fuzzers image vendor objects deps clean distclean help FORCE
