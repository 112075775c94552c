// SPDX-License-Identifier: BSD-3-Clause
//
// From the first instruction to sp_main(): boot information, stack canary, FF-A version,
// constructors. Called by sp_crt0.S. Trusts the SPMC for the place of the blob, and checks what it
// says.
#include <errno.h>
#include <string.h>

#include "sp_private.h"

#define CANARY_OFFSET         \
    (TESSERA_BOOT_SEED_SIZE - \
     8) // the seed's last bytes; SP_SEED_SIZE of the rest are sp_seed_take()'s
_Static_assert(SP_SEED_SIZE <= CANARY_OFFSET, "no byte of the seed is used twice");
_Static_assert(SP_KEY_SIZE == TESSERA_BOOT_KEY_SIZE && SP_KEY_SIZE <= SP_SEED_SIZE,
               "struct secret");

// What sp_main() may have once
struct secret {
    uint8_t bytes[SP_SEED_SIZE]; // the longest
    bool taken;
};

typedef void (*constructor)(void);
extern const constructor sp_init_array_start[];
extern const constructor sp_init_array_end[];

extern uintptr_t __stack_chk_guard; // name known to the compiler
uintptr_t __stack_chk_guard;

struct sp_boot sp_boot;
static struct secret seed;
static struct secret sealing_key;
static struct secret identity;
static uint16_t own_id;
static uintptr_t heap_used;

// The low byte stays 0: a string that runs over ends at it. Its own function without a canary: it
// changes the canary.
__attribute__((no_stack_protector)) static void set_canary(const uint8_t *from)
{
    uintptr_t canary;

    memcpy(&canary, from, sizeof(canary));
    __stack_chk_guard = canary & ~(uintptr_t)0xff;
}

static void check_version(void)
{
    struct ffa_args args = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    sp_call_short(&args);
    uint32_t version = (uint32_t)args.x[0];
    if ((version & FFA_VERSION_MBZ) != 0 || (version >> 16) != 1 || version < FFA_VERSION_1_2) {
        sp_die("the partition manager speaks no FF-A 1.2");
    }
}

static void check_facts(void)
{
    const struct tessera_boot_facts *facts = sp_boot_facts();

    if (facts != NULL && facts->version != TESSERA_BOOT_FACTS_VERSION) {
        sp_die("the boot facts have another layout than this partition knows");
    }
}

static void find_id(void)
{
    struct ffa_args args = { .x = { FFA_ID_GET } };

    sp_call_short(&args);
    if ((uint32_t)args.x[0] != FFA_SUCCESS_32) {
        sp_die("FFA_ID_GET was refused");
    }
    own_id = (uint16_t)args.x[2];
}

static _Noreturn void run_main(void)
{
    check_version();
    check_facts();
    find_id();
    for (const constructor *c = sp_init_array_start; c < sp_init_array_end; c++) {
        (*c)();
    }

    int error = sp_main();
    struct ffa_args args = { .x = { FFA_ERROR, 0, (uint32_t)FFA_ABORTED } };

    sp_log("initialisation failed: error %d", error);
    sp_call_short(&args);
    sp_fault();
}

// Moves `size` bytes; it runs on both sides of the change of the canary, so it has none.
__attribute__((no_stack_protector)) static void receive(struct secret *secret, uint8_t *from,
                                                        size_t size)
{
    memcpy(secret->bytes, from, size);
    explicit_bzero(from, size);
}

__attribute__((no_stack_protector)) _Noreturn void sp_start(const void *boot_info)
{
    if (sp_boot_decode(boot_info, &sp_boot) != 0) {
        sp_die("the boot information is missing or breaks a rule");
    }
    // Above the first frame of the stack, writable. From here on there is one copy of each secret
    uint8_t *given = (uint8_t *)sp_boot.seed;

    set_canary(given + CANARY_OFFSET);
    receive(&seed, given, SP_SEED_SIZE);
    explicit_bzero(given, TESSERA_BOOT_SEED_SIZE);
    receive(&sealing_key, (uint8_t *)sp_boot.sealing_key, SP_KEY_SIZE);
    receive(&identity, (uint8_t *)sp_boot.identity, SP_KEY_SIZE);
    run_main();
}

static int take(struct secret *secret, uint8_t *to, size_t size)
{
    if (secret->taken) {
        return ERR_NOT_FOUND;
    }
    secret->taken = true;
    memcpy(to, secret->bytes, size);
    explicit_bzero(secret->bytes, size);
    return 0;
}

int sp_seed_take(uint8_t to[SP_SEED_SIZE])
{
    return take(&seed, to, SP_SEED_SIZE);
}

int sp_sealing_key_take(uint8_t key[SP_KEY_SIZE])
{
    return take(&sealing_key, key, SP_KEY_SIZE);
}

int sp_identity_take(uint8_t key[SP_KEY_SIZE])
{
    return take(&identity, key, SP_KEY_SIZE);
}

uint16_t sp_id(void)
{
    return own_id;
}

uint64_t sp_hwcap(void)
{
    return sp_boot.hwcap;
}

uint64_t sp_hwcap2(void)
{
    return sp_boot.hwcap2;
}

uint32_t sp_options(void)
{
    return sp_boot.options;
}

const struct sp_event_log *sp_event_log(void)
{
    return sp_boot.event_log.size != 0 ? &sp_boot.event_log : NULL;
}

const struct tessera_boot_facts *sp_boot_facts(void)
{
    return (const struct tessera_boot_facts *)sp_boot.facts;
}

const struct sp_region *sp_region_find(const char *name)
{
    for (uint32_t i = 0; i < sp_boot.region_count; i++) {
        if (strcmp(sp_boot.regions[i].name, name) == 0) {
            return &sp_boot.regions[i];
        }
    }
    return NULL;
}

// picolibc's malloc() takes its memory here. `increment` bytes of the heap, or (void *)-1 and
// ENOMEM.
void *sbrk(ptrdiff_t increment);
void *sbrk(ptrdiff_t increment)
{
    if (increment < 0 ? (uintptr_t)-increment > heap_used
                      : (size_t)increment > sp_boot.heap_size - heap_used) {
        errno = ENOMEM;
        return (void *)-1;
    }
    void *old = (void *)(sp_boot.heap_base + heap_used);

    heap_used += (uintptr_t)increment;
    return old;
}
