// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_client.h.
#include "tests/target/tpm_client.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "ffa/abi/smccc.h"
#include "tests/harness/harness_private.h"
#include "tests/harness/tpm_child.h"

#define TPM_CAP_TPM_PROPERTIES 6

struct tpm_machine tpm;

static struct tpm_server server;
static char folder[] = "/tmp/tessera-ftpm-XXXXXX";
static char flash[64];
static char kept[64];
static char socket_path[64];
static char tcti[4200];
static FILE *output;
static char *text; // of the last script

// What went over the interface since the last script began
static uint8_t seen[65536];
static size_t seen_size;
static int (*execute)(struct tpm_link *link, unsigned int locality, const uint8_t *command,
                      size_t size, uint8_t *response, size_t *response_size);

void (*tpm_watch)(const uint8_t *command, size_t size);

static void see(const uint8_t *bytes, size_t size)
{
    if (size > sizeof(seen) - seen_size) {
        seen_size = 0;
    }
    memcpy(seen + seen_size, bytes, size);
    seen_size += size;
}

static int see_and_execute(struct tpm_link *link, unsigned int locality, const uint8_t *command,
                           size_t size, uint8_t *response, size_t *response_size)
{
    see(command, size);
    if (tpm_watch != NULL) {
        tpm_watch(command, size);
    }
    int result = execute(link, locality, command, size, response, response_size);

    if (result == 0) {
        see(response, *response_size);
    }
    return result;
}

bool tpm_saw(const void *bytes, size_t size)
{
    return memmem(seen, seen_size, bytes, size) != NULL;
}

// ---- The machine -----------------------------------------------------------------------------------------------------

const char *tpm_folder(void)
{
    return folder;
}

struct h_options tpm_options(void)
{
    struct h_options o = target_options();

    o.flash = flash;
    o.flash_writes = H_FLASH_KEEP;
    o.reboot = true;
    return o;
}

static void connect_or_fail(void)
{
    if (tpm_machine_connect(&tpm, machine) != 0) {
        h_console_tail(machine);
        fail_msg("no connection with the fTPM: %s", tpm.link.why);
    }
}

void tpm_boot_with(const struct h_options *options)
{
    tpm.h = NULL;
    target_fresh(options);
    connect_or_fail();
}

void tpm_boot(void)
{
    struct h_options o = tpm_options();

    tpm_boot_with(&o);
}

void tpm_ready(void)
{
    if (machine == NULL || h_state(machine) != H_OK || tpm.h != machine) {
        tpm_boot();
    }
}

void tpm_cut(void)
{
    const struct itimerval never = { .it_value = { 0, 0 } };

    (void)setitimer(ITIMER_REAL, &never, NULL); // QEMU's process id may be another's soon
    tpm.h = NULL;
    tpm.link.dead = false;
    (void)target_stop(NULL);
}

static pid_t victim;

static void kill_victim(int signal)
{
    (void)signal;
    kill(victim, SIGKILL);
}

void tpm_kill_in(unsigned int microseconds)
{
    const struct sigaction action = { .sa_handler = kill_victim, .sa_flags = SA_RESTART };
    const struct itimerval in = { .it_value = { microseconds / 1000000,
                                                microseconds % 1000000 + 1 } };

    machine->options.quiet = true;
    victim = machine->qemu.pid;
    assert_true(victim > 0);
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &in, NULL), 0);
}

void tpm_boot_killed(unsigned int microseconds)
{
    struct h_options o = tpm_options();

    o.no_proxy = true;
    o.quiet = true;
    tpm_cut();
    machine = h_start(&o);
    assert_non_null(machine);
    usleep(microseconds);
    tpm_cut();
}

void tpm_reset(void)
{
    assert_int_equal(h_reset(machine, PSCI_SYSTEM_RESET), H_OK);
    connect_or_fail();
}

void tpm_restart(unsigned int type)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_SHUTDOWN);
    tpm_put(&b, 2, type);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    tpm_cut();
    tpm_boot();
}

static void copy(const char *from, const char *to)
{
    char command[512];
    int n = snprintf(command, sizeof(command), "cp --sparse=always -- '%s' '%s'", from, to);

    assert_null(machine);
    assert_true(n > 0 && (size_t)n < sizeof(command));
    assert_int_equal(system(command), 0);
}

void tpm_flash_new(void)
{
    tpm_cut();
    tpm_flash_close(&tpm.flash);
    copy(TESSERA_IMAGES "/tpm/flash.bin", flash);
    assert_int_equal(tpm_flash_open(&tpm.flash, flash), 0);
}

void tpm_flash_keep(void)
{
    copy(flash, kept);
}

void tpm_flash_restore(void)
{
    copy(kept, flash);
}

static void transfer(bool save, uint8_t *bytes)
{
    int file = open(flash, save ? O_WRONLY : O_RDONLY);

    assert_true(file >= 0 && (!save || machine == NULL));
    for (size_t done = 0; done < FLASH_STORAGE_SIZE;) {
        off_t at = (off_t)(FLASH_STORAGE_OFFSET + done);
        ssize_t count = save ? pwrite(file, bytes + done, FLASH_STORAGE_SIZE - done, at)
                             : pread(file, bytes + done, FLASH_STORAGE_SIZE - done, at);

        assert_true(count > 0);
        done += (size_t)count;
    }
    close(file);
}

void tpm_flash_load(uint8_t region[FLASH_STORAGE_SIZE])
{
    transfer(false, region);
}

void tpm_flash_save(const uint8_t region[FLASH_STORAGE_SIZE])
{
    transfer(true, (uint8_t *)(uintptr_t)region); // only read
}

uint64_t tpm_flash_written(void)
{
    uint64_t bytes = 0;

    assert_int_equal(tpm_flash_changes(&tpm.flash, &bytes), 0);
    return bytes;
}

int tpm_setup(void **state)
{
    char work[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(flash, sizeof(flash), "%s/flash.bin", folder);
    snprintf(kept, sizeof(kept), "%s/kept.bin", folder);
    snprintf(socket_path, sizeof(socket_path), "%s/tpm.sock", folder);
    snprintf(work, sizeof(work), "%s/work", folder);
    tpm_machine_init(&tpm);
    execute = tpm.link.execute;
    tpm.link.execute = see_and_execute;
    output = tmpfile();
    if (output == NULL || mkdir(work, 0700) != 0 ||
        !tpm_child_tcti(tcti, sizeof(tcti), TESSERA_TCTI, socket_path) ||
        tpm_server_open(&server, &tpm.link, socket_path) != 0) {
        return -1;
    }
    tpm_flash_new();
    return 0;
}

int tpm_teardown(void **state)
{
    char command[128];

    (void)state;
    tpm_cut();
    tpm_server_close(&server);
    tpm_flash_close(&tpm.flash);
    free(text);
    if (output != NULL) {
        fclose(output);
    }
    snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    return system(command);
}

// ---- Tools -----------------------------------------------------------------------------------------------------------

// Runs a script; its exit status, what it printed in `text`
static int run(const char *format, va_list arguments)
{
    static char script[16384];
    char work[64];
    char *const argv[] = { "sh", "-eu", "-c", script, NULL };

    int n = vsnprintf(script, sizeof(script), format, arguments);

    assert_true(n > 0 && (size_t)n < sizeof(script));
    snprintf(work, sizeof(work), "%s/work", folder);
    seen_size = 0;
    rewind(output);
    assert_int_equal(ftruncate(fileno(output), 0), 0);
    const struct tpm_child child = {
        .argv = argv, .tcti = tcti, .folder = work, .output = fileno(output)
    };
    int status = tpm_child_run(&server, &child);
    off_t size = lseek(fileno(output), 0, SEEK_END);

    free(text);
    text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(pread(fileno(output), text, (size_t)size, 0), size);
    if (tpm.link.dead) {
        fail_msg("%s\n%s\n%s", tpm.link.why, script, text);
    }
    return status;
}

// Not by print_error(), which cuts long texts off
static void blame(const char *format, va_list arguments, const char *what)
{
    fprintf(stderr, "%s:\n", what);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n---- printed\n%s\n----\n", text);
    fail();
}

const char *tpm2(const char *script, ...)
{
    va_list arguments;
    char what[40];

    va_start(arguments, script);
    int status = run(script, arguments);

    va_end(arguments);
    if (status != 0) {
        snprintf(what, sizeof(what), "ended with status %d", status);
        va_start(arguments, script);
        blame(script, arguments, what);
        va_end(arguments);
    }
    return text;
}

const char *tpm2_refused(const char *expected, const char *script, ...)
{
    va_list arguments;

    va_start(arguments, script);
    int status = run(script, arguments);

    va_end(arguments);
    if (status == 0 || status >= 127 || strstr(text, expected) == NULL) {
        print_error("status %d, must be refused with \"%s\"\n", status, expected);
        va_start(arguments, script);
        blame(script, arguments, status == 0 ? "not refused" : "refused with another reason");
        va_end(arguments);
    }
    return text;
}

uint64_t tpm2_number(const char *from, const char *name)
{
    const char *at = strstr(from, name);

    if (at == NULL || at[strlen(name)] != ':') {
        fail_msg("no \"%s:\" in:\n%s", name, from);
        return 0;
    }
    return strtoull(at + strlen(name) + 1, NULL, 0);
}

// ---- Raw commands ----------------------------------------------------------------------------------------------------

// False: no answer, tpm.link.why says why
static bool exchange(const uint8_t *command, size_t size, unsigned int locality,
                     struct tpm_bytes *response, uint32_t *rc)
{
    tpm.link.asked = NULL;
    response->at = 0;
    response->used = 0;
    if (tpm.link.execute(&tpm.link, locality, command, size, response->bytes, &response->used) !=
        0) {
        return false;
    }
    assert_true(response->used >= 10);
    (void)tpm_take(response, 2);
    assert_int_equal(tpm_take(response, 4), response->used);
    *rc = (uint32_t)tpm_take(response, 4);
    return true;
}

uint32_t tpm_send_raw(const uint8_t *command, size_t size, unsigned int locality,
                      struct tpm_bytes *response)
{
    uint32_t rc = 0;

    if (!exchange(command, size, locality, response, &rc)) {
        h_console_tail(machine);
        fail_msg("the TPM does not answer: %s", tpm.link.why);
    }
    return rc;
}

bool tpm_try(struct tpm_bytes *b, unsigned int locality, uint32_t *rc)
{
    uint8_t command[TPM_WIRE_DATA_MAX];

    tpm_finish(b);
    memcpy(command, b->bytes, b->used);
    return exchange(command, b->used, locality, b, rc);
}

uint32_t tpm_send(struct tpm_bytes *b, unsigned int locality)
{
    uint8_t command[TPM_WIRE_DATA_MAX];

    tpm_finish(b);
    memcpy(command, b->bytes, b->used);
    return tpm_send_raw(command, b->used, locality, b);
}

// TPM2_GetCapability of the handles of one kind: transient objects (sequences, too), loaded and saved sessions
void tpm_flush_all(void)
{
    static const uint32_t kinds[] = { 0x80000000, 0x02000000, 0x03000000 };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct tpm_bytes list;

        tpm_begin(&list, TPM_ST_NO_SESSIONS, TPM_CC_GET_CAPABILITY);
        tpm_put(&list, 4, 1);
        tpm_put(&list, 4, kinds[i]);
        tpm_put(&list, 4, 100);
        assert_int_equal(tpm_send(&list, 0), TPM_RC_SUCCESS);
        (void)tpm_take_bytes(&list, 1 + 4);
        for (uint64_t count = tpm_take(&list, 4); count > 0; count--) {
            struct tpm_bytes b;

            tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_FLUSH_CONTEXT);
            tpm_put(&b, 4, tpm_take(&list, 4));
            assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
        }
    }
}

uint32_t tpm_extend(unsigned int pcr, const uint8_t digest[32], unsigned int locality)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_PCR_EXTEND);
    tpm_put(&b, 4, pcr);
    tpm_put_password(&b, "");
    tpm_put(&b, 4, 1);
    tpm_put(&b, 2, 0x000b); // SHA-256
    tpm_put_bytes(&b, digest, 32);
    return tpm_send(&b, locality);
}

void tpm_pcr(unsigned int pcr, uint8_t value[32])
{
    struct tpm_bytes b;
    uint8_t selection[3] = { 0 };

    selection[pcr / 8] = (uint8_t)(1u << pcr % 8);
    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_PCR_READ);
    tpm_put(&b, 4, 1);
    tpm_put(&b, 2, 0x000b);
    tpm_put(&b, 1, sizeof(selection));
    tpm_put_bytes(&b, selection, sizeof(selection));
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    (void)tpm_take_bytes(&b, 4 + 4 + 2 + 1 + 3); // counter, selection
    assert_int_equal(tpm_take(&b, 4), 1);
    assert_int_equal(tpm_take(&b, 2), 32);
    memcpy(value, tpm_take_bytes(&b, 32), 32);
}

uint32_t tpm_property(uint32_t property)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_GET_CAPABILITY);
    tpm_put(&b, 4, TPM_CAP_TPM_PROPERTIES);
    tpm_put(&b, 4, property);
    tpm_put(&b, 4, 1);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    (void)tpm_take_bytes(&b, 1 + 4);
    assert_int_equal(tpm_take(&b, 4), 1);
    assert_int_equal(tpm_take(&b, 4), property);
    return (uint32_t)tpm_take(&b, 4);
}

struct tpm_clock tpm_clock(void)
{
    struct tpm_bytes b;
    struct tpm_clock c;

    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_READ_CLOCK);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    c.time = tpm_take(&b, 8);
    c.clock = tpm_take(&b, 8);
    c.reset_count = (uint32_t)tpm_take(&b, 4);
    c.restart_count = (uint32_t)tpm_take(&b, 4);
    c.safe = (uint8_t)tpm_take(&b, 1);
    return c;
}
