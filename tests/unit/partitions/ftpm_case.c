// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_case.h.
#include "ftpm_case.h"

#include <fcntl.h>
#include <libtpms/tpm_library.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "event_log.h"

#define FIRST_MS 1000
#define RH_OWNER 0x40000001u
#define RH_LOCKOUT 0x4000000au
#define CC_NV_INCREMENT 0x134u
#define CC_NV_WRITE 0x137u
#define CC_NV_READ 0x14eu

struct shared {
    struct case_store store;
    uint64_t now_ms;
};
static struct shared *shared;
struct case_store *mem;
uint8_t case_log_bytes[4096];
size_t case_log_size;
bool case_has_log;
bool case_cancel;
void (*case_on_clock)(void);
struct tpm tpm;
static pid_t machine; // the process that makes lives

// ---- Storage ----
// What becomes of this call: 0: done; 1: not done, *error says why
static bool is_failing(int *error)
{
    mem->calls++;
    bool fails = mem->fail_at != 0 &&
                 (mem->calls == mem->fail_at || (mem->fail_for_ever && mem->calls > mem->fail_at));

    *error = fails ? mem->fail_with : 0;
    return fails;
}

static int store_get(void *context, uint64_t uid, void *to, size_t room, size_t *size)
{
    int error;

    assert_null(context);
    assert_in_range(uid, 1, CASE_ASSETS - 1);
    if (is_failing(&error)) {
        if (error == 0) {
            _exit(LIFE_CUT);
        }
        return error;
    }
    mem->gets++;
    if (mem->size[uid] == 0) {
        return ERR_NOT_FOUND;
    }
    if (mem->size[uid] > room) {
        return ERR_RANGE;
    }
    memcpy(to, mem->data[uid], mem->size[uid]);
    *size = mem->size[uid];
    return 0;
}

static int store_set(void *context, uint64_t uid, const void *from, size_t size)
{
    int error;
    bool fails = is_failing(&error);

    assert_null(context);
    assert_in_range(uid, 1, CASE_ASSETS - 1);
    assert_in_range(size, 1, 0x8000);
    if (!fails || mem->fail_does_it) {
        memcpy(mem->data[uid], from, size);
        mem->size[uid] = size;
        mem->sets++;
        mem->written += size;
    }
    if (fails && error == 0) {
        _exit(LIFE_CUT);
    }
    return fails ? error : 0;
}

const struct ftpm_nv_store case_store = { .get = store_get, .set = store_set };

void case_arm(uint32_t at, int with, bool does_it, bool for_ever)
{
    mem->calls = 0;
    mem->fail_at = at;
    mem->fail_with = with;
    mem->fail_does_it = does_it;
    mem->fail_for_ever = for_ever;
}

// ---- Lives ----
void case_log(const char *const *names)
{
    struct event_log log;

    memset(case_log_bytes, 0, sizeof(case_log_bytes));
    assert_int_equal(event_log_begin(&log, case_log_bytes, sizeof(case_log_bytes)), 0);
    for (uint32_t i = 0; names[i] != NULL; i++) {
        struct boot_digests digests;

        assert_int_equal(boot_hash_make(names[i], strlen(names[i]), BOOT_HASH_BANKS, &digests), 0);
        assert_int_equal(event_log_add(&log, i % 3, names[i], &digests), 0);
    }
    case_log_size = log.used;
    case_has_log = true;
}

int case_setup(void **state)
{
    (void)state;
    machine = getpid();
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    mem = &shared->store;
    return 0;
}

// A child in which a check failed comes here for the next test: it ends
int case_clean(void **state)
{
    static const char *const names[] = { "BL_2",  "TB_FW_CONFIG", "SECURE_RT_EL3", "SECURE_RT_EL1",
                                         "BL_33", "SP1",          "CRITICAL_DATA", NULL };

    (void)state;
    if (getpid() != machine) {
        _exit(1);
    }
    memset(shared, 0, sizeof(*shared));
    shared->now_ms = FIRST_MS;
    case_cancel = false;
    case_on_clock = NULL;
    case_log(names);
    return 0;
}

// The program's clock: libtpms' is this one
int clock_gettime(clockid_t id, struct timespec *at)
{
    (void)id;
    if (case_on_clock != NULL) {
        case_on_clock();
    }
    at->tv_sec = (time_t)(shared->now_ms / 1000);
    at->tv_nsec = (long)(shared->now_ms % 1000) * 1000000;
    return 0;
}

void case_sleep(uint64_t ms)
{
    shared->now_ms += ms;
}

static bool is_cancelled(void)
{
    return case_cancel;
}

bool life(void (*scene)(void))
{
    const struct ftpm_engine_setup setup = { .store = &case_store,
                                             .log = case_has_log ? case_log_bytes : NULL,
                                             .log_size = case_log_size,
                                             .is_cancelled = is_cancelled };
    int status;

    (void)fflush(NULL);
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        TPMLIB_SetDebugFD(open("/dev/null", O_WRONLY)); // it tells why it fails
        (void)ftpm_engine_start(&setup);
        scene();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != LIFE_CUT) {
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    return WEXITSTATUS(status) == 0;
}

// ---- Commands ----
uint32_t tpm_send(uint8_t locality, const uint8_t *bytes, size_t size)
{
    tpm.size = ftpm_engine.execute(locality, bytes, size, tpm.response, sizeof(tpm.response));
    assert_in_range(tpm.size, FTPM_HEADER_SIZE, sizeof(tpm.response));
    (void)ftpm_answer_begin(&tpm.answer, tpm.response, tpm.size);
    return ftpm_code(tpm.response);
}

uint32_t tpm_run(struct ftpm_command *command)
{
    assert_true(ftpm_command_end(command));
    return tpm_send(0, command->bytes, command->size);
}

uint32_t tpm_run16(uint32_t code, uint16_t value)
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, code);
    ftpm_command_u16(&command, value);
    return tpm_run(&command);
}

uint32_t tpm_shutdown(uint16_t type)
{
    return tpm_run16(TPM_CC_SHUTDOWN, type);
}

static void password(struct ftpm_command *command, const char *text)
{
    uint16_t size = (uint16_t)strlen(text);

    ftpm_command_u32(command, 9u + size);
    ftpm_command_u32(command, TPM_RS_PW);
    ftpm_command_u16(command, 0);
    ftpm_command_u8(command, 1); // continueSession
    ftpm_command_u16(command, size);
    ftpm_command_bytes(command, text, size);
}

uint32_t tpm_extend(uint32_t pcr, uint8_t value)
{
    uint8_t digest[48];
    struct ftpm_command command;

    memset(digest, value, sizeof(digest));
    ftpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_PCR_EXTEND);
    ftpm_command_u32(&command, pcr);
    password(&command, "");
    ftpm_command_u32(&command, 2);
    ftpm_command_u16(&command, TPM_ALG_SHA256);
    ftpm_command_bytes(&command, digest, 32);
    ftpm_command_u16(&command, TPM_ALG_SHA384);
    ftpm_command_bytes(&command, digest, 48);
    return tpm_run(&command);
}

uint32_t tpm_property(uint32_t property)
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_GET_CAPABILITY);
    ftpm_command_u32(&command, TPM_CAP_TPM_PROPERTIES);
    ftpm_command_u32(&command, property);
    ftpm_command_u32(&command, 1);
    assert_int_equal(tpm_run(&command), 0);
    (void)ftpm_answer_u8(&tpm.answer);
    assert_int_equal(ftpm_answer_u32(&tpm.answer), TPM_CAP_TPM_PROPERTIES);
    assert_int_equal(ftpm_answer_u32(&tpm.answer), 1);
    assert_int_equal(ftpm_answer_u32(&tpm.answer), property);
    return ftpm_answer_u32(&tpm.answer);
}

uint32_t tpm_nv_define(uint32_t index, uint32_t attributes, uint16_t size, const char *text)
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_NV_DEFINE_SPACE);
    ftpm_command_u32(&command, RH_OWNER);
    password(&command, "");
    ftpm_command_u16(&command, (uint16_t)strlen(text));
    ftpm_command_bytes(&command, text, strlen(text));
    ftpm_command_u16(&command, 14);
    ftpm_command_u32(&command, index);
    ftpm_command_u16(&command, TPM_ALG_SHA256);
    ftpm_command_u32(&command, attributes);
    ftpm_command_u16(&command, 0); // no policy
    ftpm_command_u16(&command, size);
    return tpm_run(&command);
}

static void nv_begin(struct ftpm_command *command, uint32_t code, uint32_t index, const char *text)
{
    ftpm_command_begin(command, TPM_ST_SESSIONS, code);
    ftpm_command_u32(command, index);
    ftpm_command_u32(command, index);
    password(command, text);
}

uint32_t tpm_nv_write(uint32_t index, uint16_t offset, const uint8_t *bytes, uint16_t size,
                      const char *text)
{
    uint8_t all[4096];
    struct ftpm_command command;

    nv_begin(&command, CC_NV_WRITE, index, text);
    ftpm_command_u16(&command, size);
    assert_true(ftpm_command_end(&command)); // what follows may be too large for it
    memcpy(all, command.bytes, command.size);
    memcpy(all + command.size, bytes, size);
    all[command.size + size] = (uint8_t)(offset >> 8);
    all[command.size + size + 1] = (uint8_t)offset;
    size_t total = command.size + size + 2;

    all[4] = (uint8_t)(total >> 8);
    all[5] = (uint8_t)total;
    return tpm_send(0, all, total);
}

uint32_t tpm_nv_read(uint32_t index, uint16_t offset, uint16_t size, const char *text)
{
    struct ftpm_command command;

    nv_begin(&command, CC_NV_READ, index, text);
    ftpm_command_u16(&command, size);
    ftpm_command_u16(&command, offset);
    uint32_t code = tpm_run(&command);

    if (code == 0) {
        (void)ftpm_answer_u32(&tpm.answer);
        assert_int_equal(ftpm_answer_u16(&tpm.answer), size);
    }
    return code;
}

uint32_t tpm_nv_increment(uint32_t index, const char *text)
{
    struct ftpm_command command;

    nv_begin(&command, CC_NV_INCREMENT, index, text);
    return tpm_run(&command);
}

uint32_t tpm_clear(void)
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_CLEAR);
    ftpm_command_u32(&command, RH_LOCKOUT);
    password(&command, "");
    return tpm_run(&command);
}

struct tpm_clock tpm_clock(void)
{
    struct ftpm_command command;
    struct tpm_clock found;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_READ_CLOCK);
    assert_int_equal(tpm_run(&command), 0);
    found.time = ftpm_answer_u64(&tpm.answer);
    found.clock = ftpm_answer_u64(&tpm.answer);
    found.resets = ftpm_answer_u32(&tpm.answer);
    found.restarts = ftpm_answer_u32(&tpm.answer);
    found.is_safe = ftpm_answer_u8(&tpm.answer) != 0;
    assert_false(tpm.answer.is_short);
    return found;
}

size_t tpm_pcr(uint32_t pcr, uint16_t hash, uint8_t value[48])
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_PCR_READ);
    ftpm_command_u32(&command, 1);
    ftpm_command_u16(&command, hash);
    ftpm_command_u8(&command, 3);
    for (uint32_t i = 0; i < 3; i++) {
        ftpm_command_u8(&command, pcr / 8 == i ? (uint8_t)(1u << pcr % 8) : 0);
    }
    assert_int_equal(tpm_run(&command), 0);
    (void)ftpm_answer_bytes(&tpm.answer, 4 + 4 + 2 + 1 + 3);
    if (ftpm_answer_u32(&tpm.answer) == 0) {
        return 0;
    }
    size_t size = ftpm_answer_u16(&tpm.answer);
    const uint8_t *bytes = ftpm_answer_bytes(&tpm.answer, size);

    assert_non_null(bytes);
    assert_in_range(size, 32, 48);
    memcpy(value, bytes, size);
    return size;
}
