// SPDX-License-Identifier: BSD-3-Clause
//
// libtpms. See ftpm_library.h.
#include "ftpm_library.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <libtpms/tpm_tis.h>

#define VERSION_MAJOR 0 // of libtpms, whose variables are declared below
#define VERSION_MINOR 9

#define RSA_FLAG_NO_BLINDING 0x80 // OpenSSL's

// libtpms: Has it failed? Its part of ORDERLY_DATA that comes first; ftpm_start.c compares both with TPM2_ReadClock
extern int g_inFailureMode;
extern struct {
    uint64_t clock_ms;
    uint8_t is_safe;
} go;

// Ends of --wrap
_Noreturn void __wrap__plat__Fail(void);
int __wrap__plat__IsCanceled(void);
void __wrap_TimeUpdateToCurrent(void);
void __real_TimeUpdateToCurrent(void);
void __wrap_RSA_set_flags(void *rsa, int flags);
void __real_RSA_set_flags(void *rsa, int flags);

static const struct ftpm_library_hooks *hooks;
static jmp_buf failure_point;
static bool is_inside; // libtpms runs, and failure_point is its caller
static uint8_t current_locality;
static uint8_t buffer[FTPM_LIBRARY_BUFFER];
static unsigned char *answer; // allocated by libtpms, used again and again
static uint32_t answer_size;
static uint32_t answer_room;

// ---- What libtpms calls ----

// After it has noted where and why. Outside of the functions below nobody could say what is to become of it
_Noreturn void __wrap__plat__Fail(void)
{
    if (!is_inside) {
        abort();
    }
    longjmp(failure_point, 1);
}

void ftpm_library_out_of_memory(void)
{
    if (is_inside) {
        longjmp(failure_point, 1);
    }
}

int __wrap__plat__IsCanceled(void)
{
    return hooks->is_cancelled();
}

// At the begin of each command
void __wrap_TimeUpdateToCurrent(void)
{
    __real_TimeUpdateToCurrent();
    if (go.is_safe != 0 && !hooks->is_clock_safe(go.clock_ms)) {
        go.is_safe = 0;
    }
}

// libtpms before 0.9.5 switches blinding off for its private keys: then the time of an operation tells about the key
void __wrap_RSA_set_flags(void *rsa, int flags)
{
    __real_RSA_set_flags(rsa, flags & ~RSA_FLAG_NO_BLINDING);
}

static TPM_RESULT nothing_to_begin(void)
{
    return TPM_SUCCESS;
}

static bool is_permanent(const char *name)
{
    return strcmp(name, "permall") == 0;
}

// libtpms frees *data. Of its three blobs the volatile two are those of a virtual machine that moves: there are none
static TPM_RESULT load(unsigned char **data, uint32_t *length, uint32_t number, const char *name)
{
    const uint8_t *stored;
    uint32_t size;
    int error = is_permanent(name) ? hooks->load(&stored, &size) : ERR_NOT_FOUND;

    (void)number;
    if (error != 0) {
        return error == ERR_NOT_FOUND ? TPM_RETRY : TPM_FAIL;
    }
    *data = malloc(size);
    if (*data == NULL) {
        return TPM_FAIL;
    }
    memcpy(*data, stored, size);
    *length = size;
    return TPM_SUCCESS;
}

static TPM_RESULT store(const unsigned char *data, uint32_t length, uint32_t number,
                        const char *name)
{
    (void)number;
    return is_permanent(name) && hooks->store(data, length) == 0 ? TPM_SUCCESS : TPM_FAIL;
}

// The volatile blobs, which are never there
static TPM_RESULT delete_name(uint32_t number, const char *name, TPM_BOOL must_exist)
{
    (void)number;
    return !is_permanent(name) && !must_exist ? TPM_SUCCESS : TPM_FAIL;
}

static TPM_RESULT locality(TPM_MODIFIER_INDICATOR *value, uint32_t number)
{
    (void)number;
    *value = current_locality;
    return TPM_SUCCESS;
}

static TPM_RESULT physical_presence(TPM_BOOL *is_present, uint32_t number)
{
    (void)number;
    *is_present = 0;
    return TPM_SUCCESS;
}

static struct libtpms_callbacks callbacks = {
    .sizeOfStruct = sizeof(callbacks),
    .tpm_nvram_init = nothing_to_begin,
    .tpm_nvram_loaddata = load,
    .tpm_nvram_storedata = store,
    .tpm_nvram_deletename = delete_name,
    .tpm_io_init = nothing_to_begin,
    .tpm_io_getlocality = locality,
    .tpm_io_getphysicalpresence = physical_presence,
};

// ---- Calls of libtpms, each with a way back ----

struct call {
    TPM_RESULT (*run)(const struct call *call);
    const uint8_t *data;
    size_t size;
    bool *is_set;
};

// ERR_ABORTED: it jumped, or says that it has failed; ERR_DENIED: it refused
static int call_library(const struct call *call)
{
    if (setjmp(failure_point) != 0) {
        is_inside = false;
        return ERR_ABORTED;
    }
    is_inside = true;
    TPM_RESULT result = call->run(call);

    is_inside = false;
    if (g_inFailureMode != 0) {
        return ERR_ABORTED;
    }
    return result == TPM_SUCCESS ? 0 : ERR_DENIED;
}

static TPM_RESULT run_begin(const struct call *call)
{
    TPM_RESULT result = TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2);

    (void)call;
    if (result == TPM_SUCCESS) {
        result = TPMLIB_RegisterCallbacks(&callbacks);
    }
    if (result == TPM_SUCCESS &&
        TPMLIB_SetBufferSize(FTPM_LIBRARY_BUFFER, NULL, NULL) != FTPM_LIBRARY_BUFFER) {
        result = TPM_FAIL;
    }
    return result == TPM_SUCCESS ? TPMLIB_MainInit() : result;
}

int ftpm_library_begin(const struct ftpm_library_hooks *given)
{
    const struct call call = { .run = run_begin };
    uint32_t version = TPMLIB_GetVersion();

    if (version >> 16 != VERSION_MAJOR || (version >> 8 & 0xff) != VERSION_MINOR) {
        return ERR_VERSION;
    }
    hooks = given;
    return call_library(&call) == 0 ? 0 : ERR_ABORTED;
}

void ftpm_library_end(void)
{
    TPMLIB_Terminate();
}

// The command is libtpms' to write into: it decrypts parameters in place
static TPM_RESULT run_execute(const struct call *call)
{
    return TPMLIB_Process(&answer, &answer_size, &answer_room, buffer, (uint32_t)call->size);
}

int ftpm_library_execute(uint8_t from, const uint8_t *command, size_t size,
                         const uint8_t **response, size_t *response_size)
{
    const struct call call = { .run = run_execute, .size = size };

    if (size == 0 || size > sizeof(buffer)) {
        return ERR_RANGE;
    }
    current_locality = from;
    memcpy(buffer, command, size);
    if (answer != NULL) {
        explicit_bzero(answer, answer_size); // a shorter one would leave some of it
    }
    int error = call_library(&call);

    explicit_bzero(buffer, size); // passwords
    if (error != 0 || answer_size < FTPM_HEADER_SIZE) {
        return ERR_ABORTED;
    }
    *response = answer;
    *response_size = answer_size;
    return 0;
}

int ftpm_library_run(struct ftpm_command *command, struct ftpm_answer *out)
{
    const uint8_t *response;
    size_t size;

    if (!ftpm_command_end(command)) {
        return ERR_RANGE;
    }
    int error = ftpm_library_execute(0, command->bytes, command->size, &response, &size);

    if (error == 0 && !ftpm_answer_begin(out, response, size)) {
        error = ERR_DENIED;
    }
    return error;
}

static TPM_RESULT run_hash_start(const struct call *call)
{
    (void)call;
    return TPM_IO_Hash_Start();
}

static TPM_RESULT run_hash_data(const struct call *call)
{
    return TPM_IO_Hash_Data(call->data, (uint32_t)call->size);
}

static TPM_RESULT run_hash_end(const struct call *call)
{
    (void)call;
    return TPM_IO_Hash_End();
}

static TPM_RESULT run_established(const struct call *call)
{
    TPM_BOOL is_set = 0;
    TPM_RESULT result = TPM_IO_TpmEstablished_Get(&is_set);

    *call->is_set = is_set != 0;
    return result;
}

static TPM_RESULT run_reset_established(const struct call *call)
{
    (void)call;
    return TPM_IO_TpmEstablished_Reset();
}

int ftpm_library_hash_start(void)
{
    const struct call call = { .run = run_hash_start };

    return call_library(&call);
}

int ftpm_library_hash_data(const uint8_t *data, size_t size)
{
    const struct call call = { .run = run_hash_data, .data = data, .size = size };

    return size > UINT32_MAX ? ERR_DENIED : call_library(&call);
}

int ftpm_library_hash_end(void)
{
    const struct call call = { .run = run_hash_end };

    return call_library(&call);
}

int ftpm_library_established(bool *is_set)
{
    const struct call call = { .run = run_established, .is_set = is_set };

    return call_library(&call);
}

int ftpm_library_reset_established(uint8_t from)
{
    const struct call call = { .run = run_reset_established };

    current_locality = from;
    return call_library(&call);
}

uint64_t ftpm_library_clock(void)
{
    return go.clock_ms;
}

static TPM_RESULT run_store(const struct call *call)
{
    unsigned char *data = NULL;
    uint32_t size = 0;
    TPM_RESULT result = TPMLIB_GetState(TPMLIB_STATE_PERMANENT, &data, &size);

    (void)call;
    if (result == TPM_SUCCESS) {
        result = hooks->store(data, size) == 0 ? TPM_SUCCESS : TPM_FAIL;
    }
    free(data);
    return result;
}

int ftpm_library_store(void)
{
    const struct call call = { .run = run_store };

    return call_library(&call) == 0 ? 0 : ERR_ABORTED;
}
