# SPDX-License-Identifier: BSD-3-Clause
#
# The user side of Linux: libtessera and the command tessera, for the guest (CROSS), in $(B)/user; `make install-user` installs them below
# $(DESTDIR). Read after ffa/ffa.mk. A distribution says where: prefix, bindir, libdir (Debian: $(prefix)/lib/aarch64-linux-gnu), includedir,
# mandir, docdir, udevdir.
bindir     ?= $(prefix)/bin
libdir     ?= $(prefix)/lib
includedir ?= $(prefix)/include
mandir     ?= $(prefix)/share/man
docdir     ?= $(prefix)/share/doc/tessera
udevdir    ?= $(prefix)/lib/udev
USER := $(B)/user
libtessera_VERSION := $(shell sed -n 's/.*return "\([0-9.]*\)";.*/\1/p' ffa/client/libtessera.c)
libtessera_MAJOR := $(firstword $(subst ., ,$(libtessera_VERSION)))
libtessera_SONAME := libtessera.so.$(libtessera_MAJOR)
libtessera_SRCS := $(filter-out ffa/client/default_none.c,$(client_SRCS)) $(client_TEE_SRCS) ffa/client/libtessera.c
PSA_HEADERS := $(addprefix ffa/client/psa/,crypto.h crypto_algorithms.h crypto_sizes.h crypto_struct.h crypto_types.h crypto_values.h error.h \
    initial_attestation.h internal_trusted_storage.h protected_storage.h storage_common.h)

USER_CC := $(CC) -std=gnu11 -O2 -g -march=armv8-a -fno-common -fstack-protector-strong -mbranch-protection=standard -D_FORTIFY_SOURCE=2 \
    -D_GNU_SOURCE $(WARNINGS) $(MAPS) $(HOST_INCLUDES)
USER_LD := $(CC) -Wl,--build-id=none,-z,relro,-z,now,-z,noexecstack

# $(call libtessera,FOLDER,COMPILER AND FLAGS,PREFIX OF BINUTILS): FOLDER/libtessera.o, all of the library; its own files do not see each other's
# PSA functions, but the ones without the lock (ffa/client/locked.sh). It is made of core.o, without the names psa_*, and plain.o
define libtessera
$(call objects,$(1)/obj,$(libtessera_SRCS),$(2) -fPIC -fvisibility=hidden)
$(1)/locked.names: WHAT := names
$(1)/locked.c: WHAT := code
$(1)/plain.c: WHAT := plain
$(1)/tessera_names.h: WHAT := macros
$(1)/locked.names $(1)/locked.c $(1)/plain.c $(1)/tessera_names.h: ffa/client/locked.sh $(PSA_HEADERS)
	$$(call say,GEN)
	$$(mkdir)
	$$(Q)ffa/client/locked.sh $$(WHAT) $(PSA_HEADERS) >$$@
$(1)/locked.o $(1)/plain.o: $(1)/%.o: $(1)/%.c $(1)/obj/flags ffa/client/libtessera.h ffa/client/tessera.h
	$$(call say,CC)
	$$(Q)$(2) -fPIC -fvisibility=hidden -c -o $$@ $$<
$(1)/core.o: $(addprefix $(1)/obj/,$(addsuffix .o,$(libtessera_SRCS))) $(1)/locked.o $(1)/locked.names
	$$(call say,LD)
	$$(Q)$(3)ld -r -o $$@.new $$(filter %.c.o,$$^)
	$$(Q)$(3)objcopy --redefine-syms=$(1)/locked.names $$@.new $$@.unlocked
	$$(Q)$(3)ld -r -o $$@ $$@.unlocked $(1)/locked.o && rm $$@.new $$@.unlocked
$(1)/libtessera.o: $(1)/core.o $(1)/plain.o
	$$(call say,LD)
	$$(Q)$(3)ld -r -o $$@ $$^
endef
$(eval $(call libtessera,$(USER),$$(USER_CC),$(CROSS)))

$(USER)/libtessera.a: $(USER)/core.o $(USER)/plain.o
	$(call say,AR)
	$(Q)$(CROSS)objcopy -w --keep-global-symbol='tessera_*' $< $(@D)/tessera.o && cp $(word 2,$^) $(@D)/psa.o
	$(Q)rm -f $@ && $(CROSS)ar rcD $@ $(@D)/tessera.o $(@D)/psa.o
# What the shared library exports, with a version that goes with its SONAME: two of them can be in one process
$(USER)/libtessera.map: $(USER)/locked.names ffa/user.mk
	$(call say,GEN)
	$(Q){ echo 'TESSERA_$(libtessera_MAJOR) {'; echo 'global:'; sed 's/ .*/;/' $<; echo 'tessera_*;'; echo 'local: *;'; echo '};'; } >$@
$(USER)/$(libtessera_SONAME): $(USER)/libtessera.o $(USER)/libtessera.map
	$(call say,LD)
	$(Q)$(USER_LD) -shared -Wl,-soname,$(libtessera_SONAME),--version-script=$(word 2,$^),-z,defs -o $@ $< -pthread

tessera_TOOL_SRCS := $(addprefix ffa/tool/,tool_run.c tool_args.c tool_output.c tool_file.c tool_names.c tool_der.c tool_private.c cmd_info.c cmd_random.c cmd_key.c \
    cmd_sign.c cmd_store.c cmd_attest.c cmd_selftest.c selftest_psa.c selftest_process.c selftest_token.c selftest_tpm.c)
tessera_TOOL_CFLAGS := -Iffa/client -fPIE
$(eval $(call objects,$(USER)/tool,ffa/tool/tessera.c $(tessera_TOOL_SRCS),$$(USER_CC) $$(tessera_TOOL_CFLAGS)))
$(USER)/tessera: $(addprefix $(USER)/tool/,$(addsuffix .o,ffa/tool/tessera.c $(tessera_TOOL_SRCS))) $(USER)/libtessera.a
	$(call say,LD)
	$(Q)$(USER_LD) -pie -o $@ $^ -pthread
USER_FILES := $(USER)/libtessera.a $(USER)/$(libtessera_SONAME) $(USER)/tessera
USER_HEADERS := ffa/client/tessera.h $(USER)/tessera_names.h
ALL_NEEDS += $(USER_FILES)
install-user: $(USER_HEADERS)

# Tests on the host, over a kernel of their own. libtessera's has the library as programs get it, with its lock
tee_FAKE_SRCS := $(addprefix tests/unit/ffa/,tee_fake.c tee_device_fake.c)
USER_TEST := $(OUT)/host/obj/libtessera
USER_TEST_SRCS := $(libtessera_SRCS)
libtessera_SRCS := $(filter-out ffa/client/transport_tee_linux.c,$(libtessera_SRCS))
$(eval $(call libtessera,$(USER_TEST),$$(HOSTCC) $$(HOST_CFLAGS) -O1 $$(SANITIZERS) $$(HOST_INCLUDES),))
HOST_TESTS += test_libtessera test_tessera_tool test_tessera_der
test_libtessera_HOST_SRCS := tests/unit/ffa/test_libtessera.c $(tee_FAKE_SRCS)
test_libtessera_HOST_LIBS := -pthread
$(OUT)/host/tests/test_libtessera: $(USER_TEST)/libtessera.o
tessera_TEST_CFLAGS := -Iffa/client -iquote ffa/tool
test_tessera_tool_HOST_SRCS := $(addprefix tests/unit/ffa/,test_tessera_tool.c tool_runner.c) $(tee_FAKE_SRCS) $(tessera_TOOL_SRCS) $(libtessera_SRCS)
test_tessera_tool_HOST_CFLAGS := $(tessera_TEST_CFLAGS)
test_tessera_tool_HOST_LIBS := -pthread
test_tessera_der_HOST_SRCS := tests/unit/ffa/test_tessera_der.c $(addprefix ffa/tool/,tool_der.c tool_private.c tool_names.c)
test_tessera_der_HOST_CFLAGS := $(tessera_TEST_CFLAGS)
test_tessera_der_HOST_LIBS := -lcrypto
# … and over services that work, Mbed TLS in the same program: the command uses the library's names of its own (tessera_names.h)
$(eval $(call objects,$(USER_TEST)/tool,$(tessera_TOOL_SRCS),$$(HOSTCC) $$(HOST_CFLAGS) -O1 $$(SANITIZERS) $$(HOST_INCLUDES) -Iffa/client \
    -include $(USER_TEST)/tessera_names.h))
USER_TEST_TOOL := $(addprefix $(USER_TEST)/tool/,$(addsuffix .o,$(tessera_TOOL_SRCS)))
$(USER_TEST_TOOL): $(USER_TEST)/tessera_names.h
CHECK_NEEDS += $(USER_TEST)/tessera_names.h
$(USER_TEST)/own.o: $(USER_TEST)/core.o
	$(call say,LD)
	$(Q)objcopy -w --keep-global-symbol='tessera_*' $< $@
HOST_TESTS += test_tessera_services
test_tessera_services_HOST_SRCS := $(addprefix tests/unit/ffa/,test_tessera_services.c tool_runner.c tee_services.c tee_device_fake.c) $(crypto_TEST_SRCS)
test_tessera_services_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
test_tessera_services_HOST_LIBS := -lcrypto -pthread
$(OUT)/host/tests/test_tessera_services: $(USER_TEST_TOOL) $(USER_TEST)/own.o $(MBEDTLS_HOST_OBJS)
libtessera_SRCS := $(USER_TEST_SRCS)

# What `make install-user` does
below_prefix = $(patsubst $(prefix)/%,$${prefix}/%,$(1))
INSTALL_USER = install -d $(addprefix $(DESTDIR),$(bindir) $(libdir)/pkgconfig $(udevdir)/rules.d $(includedir)/tessera/psa $(mandir)/man1 $(docdir)) && \
    install -m 755 $(USER)/tessera $(DESTDIR)$(bindir) && install -m 644 $(USER)/$(libtessera_SONAME) $(USER)/libtessera.a $(DESTDIR)$(libdir) && \
    ln -sf $(libtessera_SONAME) $(DESTDIR)$(libdir)/libtessera.so && \
    install -m 644 $(USER_HEADERS) $(DESTDIR)$(includedir)/tessera && \
    sed '/^_Static_assert/d' ffa/abi/ts_caps.h >$(DESTDIR)$(includedir)/tessera/ts_caps.h && \
    install -m 644 $(PSA_HEADERS) $(DESTDIR)$(includedir)/tessera/psa && \
    install -m 644 ffa/client/60-tessera.rules $(DESTDIR)$(udevdir)/rules.d && \
    install -m 644 ffa/tool/tessera.1 $(DESTDIR)$(mandir)/man1 && install -m 644 LICENSE $(DESTDIR)$(docdir) && \
    sed 's|@prefix@|$(prefix)|; s|@libdir@|$(call below_prefix,$(libdir))|; s|@includedir@|$(call below_prefix,$(includedir))|; \
        s|@version@|$(libtessera_VERSION)|' ffa/client/tessera.pc.in >$(DESTDIR)$(libdir)/pkgconfig/tessera.pc && \
    chmod 644 $(DESTDIR)$(libdir)/pkgconfig/tessera.pc $(DESTDIR)$(includedir)/tessera/ts_caps.h
