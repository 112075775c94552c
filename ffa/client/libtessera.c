// SPDX-License-Identifier: BSD-3-Clause
//
// What makes the client library one for programs of Linux: it connects by itself, takes calls from any thread, and lives on
// after fork(). Trusts the process it is in, and nothing that comes from a device (transport_tee.c).
#include "ffa/client/libtessera.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "client_private.h"
#include "ts_caps.h"

// Under the lock, which one call has, for minutes if its partition needs them
static struct transport_tee tee; // also under `change`
static bool prepared;
static pid_t owner;      // whose connection it is
static int cancel_state; // of the thread that has the lock

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t change = PTHREAD_MUTEX_INITIALIZER; // taken last, and soon given back
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void guard_change(bool begin)
{
    (void)(begin ? pthread_mutex_lock(&change) : pthread_mutex_unlock(&change));
}

// ---- fork(), which does not wait for another thread's call: the child forgets it ---------------------------------------

static bool held; // under `change`: whether the thread that forks has the lock

static void before_fork(void)
{
    guard_change(true);
    held = pthread_mutex_trylock(&lock) == 0;
}

static void after_fork(void)
{
    if (held) {
        (void)pthread_mutex_unlock(&lock);
    }
    guard_change(false);
}

// The child has the thread that called fork() alone, and the memory as it was then. The sessions are the parent's
static void in_child(void)
{
    if (!held) {
        (void)pthread_mutex_init(&lock, NULL); // who has it is not here
    }
    if (prepared) {
        transport_tee_forked(&tee);
        (void)psa_client_connect(&tee.transport);
        owner = getpid();
    }
    after_fork();
}

static void watch_forks(void)
{
    // Without memory for that: a child has its parent's sessions, but not their memory
    (void)pthread_atfork(before_fork, after_fork, in_child);
}

// ---- The lock --------------------------------------------------------------------------------------------------------

// A thread is not cancelled with the lock
void libtessera_begin(void)
{
    int state;

    (void)pthread_once(&once, watch_forks);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    (void)pthread_mutex_lock(&lock); // fails only for who has it
    cancel_state = state;
}

void libtessera_end(void)
{
    int state = cancel_state;

    (void)pthread_mutex_unlock(&lock);
    (void)pthread_setcancelstate(state, NULL);
}

static void set_transport(const struct transport_tee *wanted)
{
    guard_change(true);
    tee = *wanted;
    tee.guard = guard_change;
    prepared = true;
    owner = getpid();
    guard_change(false);
}

struct ffa_transport *client_default(void)
{
    struct transport_tee usual;

    if (!prepared && transport_tee_init(&usual, &transport_tee_linux, TESSERA_DEVICES,
                                        TESSERA_MEMORY_SIZE) == 0) {
        set_transport(&usual);
    }
    return &tee.transport;
}

static psa_status_t disconnect(void)
{
    psa_status_t status = psa_client_disconnect();

    if (prepared) {
        transport_tee_close(&tee);
    }
    return status;
}

static psa_status_t connect_status(int error)
{
    switch (error) {
    case 0:
        return PSA_SUCCESS;
    case ERR_NOT_FOUND:
        return PSA_ERROR_DOES_NOT_EXIST;
    case ERR_DENIED:
        return PSA_ERROR_NOT_PERMITTED;
    case ERR_NO_MEMORY:
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    default:
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
}

psa_status_t libtessera_connect(const struct transport_tee_os *os, const char *devices,
                                size_t memory_size)
{
    struct transport_tee wanted;

    if (devices == NULL || transport_tee_init(&wanted, os, devices, memory_size) != 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    libtessera_begin();
    (void)disconnect(); // what could not be given back the kernel takes with the device
    set_transport(&wanted);
    int error = transport_tee_open_devices(&tee);

    libtessera_end();
    return connect_status(error);
}

psa_status_t tessera_connect(const char *devices, size_t memory_size)
{
    return libtessera_connect(&transport_tee_linux, devices, memory_size);
}

psa_status_t tessera_disconnect(void)
{
    libtessera_begin();
    psa_status_t status = disconnect();

    libtessera_end();
    return status;
}

// dlclose(), or the end of the process: then another thread may be in a call, and the kernel does the rest. A child that came about
// without fork() (vfork(), clone()) has nothing to end
__attribute__((destructor)) static void unload(void)
{
    if (owner == getpid() && pthread_mutex_trylock(&lock) == 0) {
        (void)disconnect();
        (void)pthread_mutex_unlock(&lock);
    }
}

_Static_assert((int)TESSERA_CRYPTO == (int)PSA_CLIENT_CRYPTO &&
                   (int)TESSERA_ITS == (int)PSA_CLIENT_ITS &&
                   (int)TESSERA_PS == (int)PSA_CLIENT_PS &&
                   (int)TESSERA_ATTEST == (int)PSA_CLIENT_ATTEST &&
                   TESSERA_SERVICES == PSA_CLIENT_SERVICES,
               "services are numbered alike");
_Static_assert(sizeof(struct tessera_capability) == sizeof(struct ts_caps_entry) &&
                   offsetof(struct tessera_capability, value) ==
                       offsetof(struct ts_caps_entry, value),
               "an entry is what the wire has");

psa_status_t tessera_get_capabilities(enum tessera_service service,
                                      struct tessera_capabilities *capabilities,
                                      struct tessera_capability *list, size_t max, size_t *count)
{
    struct ts_caps caps;

    if ((unsigned int)service >= TESSERA_SERVICES || capabilities == NULL || count == NULL ||
        (list == NULL && max != 0)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    libtessera_begin();
    psa_status_t status = psa_client_open((enum psa_client_service)service);

    if (status == PSA_SUCCESS) {
        status = psa_client_capabilities((enum psa_client_service)service, &caps,
                                         (struct ts_caps_entry *)(void *)list, max, count);
    }
    libtessera_end();
    if (status == PSA_SUCCESS) {
        *capabilities = (struct tessera_capabilities){
            .api_version = caps.service_version,
            .request_max = caps.request_max,
            .response_max = caps.response_max,
        };
    }
    return status;
}

const char *tessera_version(void)
{
    return "1.0.0";
}

#define NAME(status)    \
    {                   \
        status, #status \
    }
static const struct {
    psa_status_t status;
    const char *name;
} names[] = {
    NAME(PSA_SUCCESS),
    NAME(PSA_ERROR_PROGRAMMER_ERROR),
    NAME(PSA_ERROR_CONNECTION_REFUSED),
    NAME(PSA_ERROR_CONNECTION_BUSY),
    NAME(PSA_ERROR_GENERIC_ERROR),
    NAME(PSA_ERROR_NOT_PERMITTED),
    NAME(PSA_ERROR_NOT_SUPPORTED),
    NAME(PSA_ERROR_INVALID_ARGUMENT),
    NAME(PSA_ERROR_INVALID_HANDLE),
    NAME(PSA_ERROR_BAD_STATE),
    NAME(PSA_ERROR_BUFFER_TOO_SMALL),
    NAME(PSA_ERROR_ALREADY_EXISTS),
    NAME(PSA_ERROR_DOES_NOT_EXIST),
    NAME(PSA_ERROR_INSUFFICIENT_MEMORY),
    NAME(PSA_ERROR_INSUFFICIENT_STORAGE),
    NAME(PSA_ERROR_INSUFFICIENT_DATA),
    NAME(PSA_ERROR_SERVICE_FAILURE),
    NAME(PSA_ERROR_COMMUNICATION_FAILURE),
    NAME(PSA_ERROR_STORAGE_FAILURE),
    NAME(PSA_ERROR_HARDWARE_FAILURE),
    NAME(PSA_ERROR_INSUFFICIENT_ENTROPY),
    NAME(PSA_ERROR_INVALID_SIGNATURE),
    NAME(PSA_ERROR_INVALID_PADDING),
    NAME(PSA_ERROR_CORRUPTION_DETECTED),
    NAME(PSA_ERROR_DATA_CORRUPT),
    NAME(PSA_ERROR_DATA_INVALID),
};

const char *tessera_status_name(psa_status_t status)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].status == status) {
            return names[i].name;
        }
    }
    return NULL;
}
