# Builds the fetched libraries for one flavour; called by the Makefile after vendor/fetch.sh.
#   make -f vendor/build.mk VENDOR=build/vendor FLAVOUR=musl|native
# musl: what is shipped, small, position independent, against our own C library. native: the same code for the
# machine's C library with debug symbols, for the unit tests under sanitizers and for the fuzz targets.
VENDOR ?= build/vendor
FLAVOUR ?= musl
.DEFAULT_GOAL := all
TOP := $(CURDIR)
# What the person gave our make is not for the makes of others.
MAKEOVERRIDES :=
unexport LIBS
export LC_ALL := C
SRC := $(TOP)/$(VENDOR)/src
P := $(TOP)/$(VENDOR)/$(FLAVOUR)
O := $(TOP)/$(VENDOR)/obj/$(FLAVOUR)
CC := gcc
AR := ar
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $1 $(FLAVOUR) $2')

include vendor/musl.mk

COMMON := -w -std=gnu11 -DNDEBUG -ffile-prefix-map=$(TOP)/=
CFLAGS_musl := -Os -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong \
	-fno-asynchronous-unwind-tables -fno-unwind-tables
CFLAGS_native := -g -O1 -fPIE -fno-omit-frame-pointer -ffunction-sections -fdata-sections
CFLAGS := $(COMMON) $(CFLAGS_$(FLAVOUR))
CC_musl := $(CC) -specs=$(MUSL_SPECS)
CC_native := $(CC)
CCF := $(CC_$(FLAVOUR))
LIBC_musl := $(P)/lib/libc.a
LIBC := $(LIBC_$(FLAVOUR))
RULES := $(TOP)/$(VENDOR)/src/versions vendor/build.mk vendor/musl.mk

LIBS := z bearssl curl sqlite3 sodium microhttpd wslay expat
all: $(LIBS:%=$(P)/lib/lib%.a) $(addprefix $(P)/include/,jsmn.h stb_truetype.h stb_image.h)

# The C library. Its own configure decides what is built for speed.
$(TOP)/$(VENDOR)/musl/lib/libc.a: $(RULES) | $(MUSL_SPECS)
	$(call say,BUILD,musl)
	$(Q)rm -rf $(O)/musl && mkdir -p $(O)/musl $(P)/lib
	$(Q)cd $(O)/musl && { CC=$(CC) CFLAGS='$(COMMON) -fPIE -ffunction-sections -fdata-sections' $(SRC)/musl/configure \
		--prefix=$(P) --syslibdir=$(P)/lib --disable-shared --disable-gcc-wrapper && \
		$(MAKE) && $(MAKE) install; } >log 2>&1 || { tail -30 log; exit 1; }

# Libraries without a configure step: a list of sources each.
z_DIR := zlib
z_SRC := $(addsuffix .c,adler32 compress crc32 deflate inffast inflate inftrees trees uncompr zutil)
z_FLAGS := -DHAVE_UNISTD_H -DNO_GZIP_FILES
z_H := zlib.h zconf.h

bearssl_DIR := bearssl
bearssl_SRC := $(filter-out src/rand/sysrng.c,$(patsubst $(SRC)/bearssl/%,%,$(wildcard $(SRC)/bearssl/src/*.c $(SRC)/bearssl/src/*/*.c)))
bearssl_OWN := vendor/bearssl_seeder.c
bearssl_FLAGS := -I$(SRC)/bearssl/inc -I$(SRC)/bearssl/src \
	-DBR_64=1 -DBR_INT128=1 -DBR_LE_UNALIGNED=1 -DBR_AES_X86NI=1 -DBR_SSE2=1 -DBR_RDRAND=0 -DBR_USE_URANDOM=0 -DBR_USE_UNIX_TIME=1
bearssl_H := $(patsubst $(SRC)/bearssl/%,%,$(wildcard $(SRC)/bearssl/inc/*.h))
# What signs, draws and ciphers in a loop, and what reads the TLS roots.
bearssl_HOT := src/x509/x509_decoder.c src/hash/sha2small.c src/mac/hmac.c src/rand/aesctr_drbg.c $(patsubst $(SRC)/bearssl/%,%,$(wildcard $(SRC)/bearssl/src/symcipher/aes_x86ni*.c))

sodium_DIR := sodium/src/libsodium
sodium_SRC := crypto_sign/crypto_sign.c $(addprefix crypto_sign/ed25519/,sign_ed25519.c ref10/keypair.c ref10/open.c ref10/sign.c) \
	crypto_core/ed25519/ref10/ed25519_ref10.c crypto_hash/sha512/hash_sha512.c crypto_hash/sha512/cp/hash_sha512_cp.c \
	crypto_verify/sodium/verify.c sodium/utils.c sodium/core.c sodium/runtime.c randombytes/randombytes.c randombytes/sysrandom/randombytes_sysrandom.c
sodium_FLAGS := -DCONFIGURED=1 -DSODIUM_STATIC=1 -DNATIVE_LITTLE_ENDIAN=1 -DHAVE_TI_MODE=1 -DHAVE_EXPLICIT_BZERO=1 \
	-I$(P)/include -I$(P)/include/sodium
sodium_H := include/sodium.h $(patsubst $(SRC)/sodium/src/libsodium/%,%,$(wildcard $(SRC)/sodium/src/libsodium/include/sodium/*.h))

wslay_DIR := wslay/lib
wslay_SRC := wslay_event.c wslay_frame.c wslay_net.c wslay_queue.c wslay_stack.c
wslay_FLAGS := -DHAVE_ARPA_INET_H=1 -DHAVE_NETINET_IN_H=1 -I$(SRC)/wslay/lib/includes -I$(P)/include
wslay_H := includes/wslay/wslay.h

# Without general entities: aws/xml refuses a DTD, so there are none but the five.
expat_DIR := expat/expat/lib
expat_SRC := xmlparse.c xmlrole.c xmltok.c random_getentropy.c
expat_FLAGS := -I$(O)/expat -DXML_GE=0 -DXML_CONTEXT_BYTES=0 -DHAVE_GETENTROPY=1
expat_H := expat.h expat_external.h

sqlite3_DIR := sqlite/amalgamation
sqlite3_SRC := sqlite3.c
sqlite3_H := sqlite3.h
# Options that change the grammar have to be known when the amalgamation is made, so one list serves both.
sqlite3_FLAGS := -DSQLITE_THREADSAFE=0 -DSQLITE_DQS=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_DEFAULT_MEMSTATUS=0 \
	-DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_MAX_MMAP_SIZE=0 -DSQLITE_USE_ALLOCA -DSQLITE_UNTESTABLE \
	-DHAVE_FDATASYNC=1 -DHAVE_USLEEP=1 -DHAVE_ISNAN=1 -DHAVE_MALLOC_USABLE_SIZE=1 -DHAVE_MALLOC_H=1 -DUSE_PREAD=1 \
	$(addprefix -DSQLITE_OMIT_,LOAD_EXTENSION DEPRECATED SHARED_CACHE PROGRESS_CALLBACK AUTHORIZATION DECLTYPE UTF16 JSON \
	DATETIME_FUNCS WINDOWFUNC VIRTUALTABLE TRIGGER VIEW FOREIGN_KEY CTE ALTERTABLE GENERATED_COLUMNS AUTOINCREMENT AUTOVACUUM \
	ANALYZE REINDEX TRACE GET_TABLE TCL_VARIABLE COMPLETE INCRBLOB COMPILEOPTION_DIAGS INTROSPECTION_PRAGMAS)

# flavoured object rules: $(call library,name,hot sources)
define library
$1_OBJ := $$(patsubst %.c,$(O)/$1/%.o,$$($1_SRC)) $$(patsubst vendor/%.c,$(O)/$1/own/%.o,$$($1_OWN))
$(P)/lib/lib$1.a: $$($1_OBJ)
	$$(call say,AR,lib$1.a)
	$(Q)mkdir -p $$(@D) && rm -f $$@ && $(AR) rcD $$@ $$($1_OBJ)
$$($1_OBJ): | $(P)/include/.$1
$(O)/$1/%.o: $(SRC)/$$($1_DIR)/%.c $(LIBC) $(RULES)
	$(Q)mkdir -p $$(@D) && $(CCF) $(CFLAGS) $$($1_FLAGS) $$(if $$(filter $$*.c,$$($1_HOT)),-O2) -c -o $$@ $$<
$(O)/$1/own/%.o: vendor/%.c $(LIBC) $(RULES)
	$(Q)mkdir -p $$(@D) && $(CCF) $(CFLAGS) $$($1_FLAGS) -c -o $$@ $$<
endef
$(foreach l,z bearssl sodium wslay sqlite3 expat,$(eval $(call library,$l)))

$(P)/include/.z: $(SRC)/zlib/zlib.h $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D) && cp $(addprefix $(SRC)/zlib/,$(z_H)) $(@D) && touch $@
$(P)/include/.bearssl: $(SRC)/bearssl/inc/bearssl.h $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D) && cp $(addprefix $(SRC)/bearssl/,$(bearssl_H)) $(@D) && touch $@
$(P)/include/.sodium: $(SRC)/sodium/src/libsodium/include/sodium.h $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D) && cp -r $(SRC)/sodium/src/libsodium/include/. $(@D) && rm -f $(@D)/Makefile.am $(@D)/sodium/version.h.in && \
		sed -e 's/@VERSION@/1.0.18/' -e 's/@SODIUM_LIBRARY_VERSION_MAJOR@/10/' -e 's/@SODIUM_LIBRARY_VERSION_MINOR@/3/' \
		-e 's/@SODIUM_LIBRARY_MINIMAL_DEF@//' $(SRC)/sodium/src/libsodium/include/sodium/version.h.in >$(@D)/sodium/version.h && touch $@
$(P)/include/.wslay: $(SRC)/wslay/lib/includes/wslay/wslay.h $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D)/wslay && cp $< $(@D)/wslay && \
		sed 's/@PACKAGE_VERSION@/1.1.1/' $(SRC)/wslay/lib/includes/wslay/wslayver.h.in >$(@D)/wslay/wslayver.h && touch $@
$(P)/include/.expat: $(SRC)/expat/expat/lib/expat.h $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D) $(O)/expat && cp $(addprefix $(SRC)/expat/expat/lib/,$(expat_H)) $(@D) && \
		: >$(O)/expat/expat_config.h && touch $@
$(P)/include/.sqlite3: $(SRC)/sqlite/amalgamation/sqlite3.c $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D) && cp $(SRC)/sqlite/amalgamation/sqlite3.h $(@D) && touch $@
$(P)/include/jsmn.h: $(SRC)/jsmn/jsmn.h $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D) && cp $< $@
$(P)/include/stb_%.h: $(SRC)/stb/stb_%.h $(LIBC) $(RULES)
	$(Q)mkdir -p $(@D) && cp $< $@

amalgamation: $(SRC)/sqlite/amalgamation/sqlite3.c
$(SRC)/sqlite/amalgamation/sqlite3.c: $(RULES)
	@echo '  MAKE sqlite3.c'
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && cd $(@D) && { CC=$(CC) ../configure --disable-tcl --disable-readline --disable-shared \
		&& $(MAKE) sqlite3.c OPTS='$(sqlite3_FLAGS)'; } >log 2>&1 || { tail -30 log; exit 1; }

# Libraries with a configure script. It must see our libraries and nothing of the machine's.
CONFIGURE := ac_cv_lib_z_gzread=yes CC='$(CCF)' CFLAGS='$(CFLAGS)' CPPFLAGS='-I$(P)/include' LDFLAGS='-L$(P)/lib' PKG_CONFIG=false

CURL_OFF := ares rt httpsrr ech ssls-export ftp file ipfs ldap ldaps rtsp dict telnet tftp pop3 imap smb smtp gopher mqtt \
	manual docs libcurl-option openssl-auto-load-config ca-search digest-auth kerberos-auth negotiate-auth aws ntlm tls-srp \
	unix-sockets cookies doh mime bindlocal form-api dateparse netrc progress-meter sha512-256 dnsshuffle \
	get-easy-options headers-api alt-svc hsts websockets verbose dependency-tracking shared silent-rules warnings debug symbol-hiding
CURL_ON := static http proxy ipv6 threaded-resolver basic-auth bearer-auth http-auth socketpair
CURL_WITHOUT := ca-bundle ca-path ca-fallback ca-embed brotli zstd libpsl libgsasl librtmp winidn apple-idn libidn2 nghttp2 \
	ngtcp2 openssl-quic nghttp3 quiche msh3 libuv libssh2 libssh wolfssh zsh-functions-dir fish-functions-dir

# make takes a source of the folder that it builds in before curl's own of that name. The sed: having read all there is, curl
# asks the socket by a poll of its own whether there is more, just before curl_multi_poll does; the first is left out.
$(P)/lib/libcurl.a: $(P)/lib/libz.a $(P)/lib/libbearssl.a vendor/curl_mprintf.c $(RULES)
	$(call say,BUILD,curl)
	$(Q)rm -rf $(O)/curl && mkdir -p $(O)/curl
	$(Q)cd $(O)/curl && { $(CONFIGURE) CFLAGS='$(CFLAGS) $(if $(filter musl,$(FLAVOUR)),-O2) -iquote $(SRC)/curl/lib' $(SRC)/curl/configure --prefix=$(P) --with-bearssl=$(P) --with-zlib=$(P) \
		$(CURL_OFF:%=--disable-%) $(CURL_ON:%=--enable-%) $(CURL_WITHOUT:%=--without-%) && \
		cp $(TOP)/vendor/curl_mprintf.c lib/mprintf.c && \
		sed 's/(maxloops <= 0) || data_pending(data)/maxloops <= 0/' $(SRC)/curl/lib/transfer.c >lib/transfer.c && \
		$(MAKE) -C lib && $(MAKE) -C lib install && $(MAKE) -C include install; } >log 2>&1 || { tail -30 log; exit 1; }

MHD_OFF := https postprocessor dauth cookie httpupgrade sendfile poll doc examples tools curl shared dependency-tracking
$(P)/lib/libmicrohttpd.a: $(LIBC) $(RULES)
	$(call say,BUILD,microhttpd)
	$(Q)rm -rf $(O)/microhttpd && mkdir -p $(O)/microhttpd
	$(Q)cd $(O)/microhttpd && { $(CONFIGURE) $(SRC)/microhttpd/configure --prefix=$(P) --with-threads=posix --disable-thread-names --enable-static \
		--enable-epoll=yes --enable-compact-code --disable-messages $(MHD_OFF:%=--disable-%) && \
		$(MAKE) -C src/microhttpd libmicrohttpd.la && $(MAKE) -C src/microhttpd install-libLTLIBRARIES && \
		$(MAKE) -C src/include install; } >log 2>&1 || { tail -30 log; exit 1; }

.DELETE_ON_ERROR:
FORCE:
.PHONY: all amalgamation FORCE
