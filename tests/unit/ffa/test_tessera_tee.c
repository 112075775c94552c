// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/linux/tessera_tee.c, TEE devices, between a TEE core that passes on what hostile programs ask for and a partition that answers what
// it wants: sizes, whose call it is, whose memory, what is left behind, and who is told of a client's end.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <linux/tee.h>

#include <linux/tee_drv.h>

#include "module_fake.h"
#include "ts_rpc_abi.h"

#define INTERFACE 5
#define OPCODE 0x0102
#define CONTROL (INTERFACE << TS_RPC_INTERFACE_SHIFT | OPCODE)
#define MANAGE(op) (TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | (op))
#define ALL ((u32)TS_RPC_INSTANCE_ALL << TS_RPC_INSTANCE_SHIFT)
#define SIZE 8192U
#define MEMORIES 8
#define GONE_MAX 2048

static const struct tee_desc *desc;
static struct tee_shm_pool *pool;
static struct tee_device core;
static struct {
    bool is_there;
    int alloc_error;
    int register_error;
    struct tee_shm *memory; // with the id 1
    int references;
} tee;

static struct {
    u32 version;
    bool is_tpm;
    int gone_error;      // errno of the call
    u32 gone_status;     // of a client with a number
    u32 gone_all_status; // of all at once, at load
    int error;           // of a service call
    u32 status, service_status, length;
    const char *writes; // at the end of the memory, whatever it answers
    bool forgets;       // all memory, once: it was started again
    u32 told[GONE_MAX];
    unsigned int told_count;
    unsigned int calls;
    u32 w[4]; // of the last service call
    char request[16];
    u64 next_handle;
    struct tessera_memory *memory[MEMORIES];
    enum tessera_wait wait; // of the last call
    unsigned int reads;
} world;

// ---- The module ------------------------------------------------------------------------------------------------------

void tessera_flush(struct tessera_partition *of)
{
    assert_ptr_equal(of, &partition);
}

static struct tessera_memory *memory_of(u64 handle)
{
    for (size_t i = 0; i < MEMORIES; i++) {
        if (world.memory[i] != NULL && world.memory[i]->handle == handle) {
            return world.memory[i];
        }
    }
    return NULL;
}

static int answer_gone(const u32 w[4], u32 answer[4])
{
    assert_true(world.told_count < GONE_MAX);
    assert_int_equal(w[0] & w[1], UINT32_MAX); // no memory
    assert_int_equal(w[2], 0);
    if (world.gone_error == 0) {
        world.told[world.told_count++] = w[3];
        answer[0] = w[3] == ALL ? world.gone_all_status : world.gone_status;
    }
    return world.gone_error;
}

static int answer_service(const u32 w[4], u32 answer[4])
{
    u64 handle = w[0] | (u64)w[1] << 32;
    struct tessera_memory *memory = memory_of(handle);

    world.calls++;
    memcpy(world.w, w, sizeof(world.w));
    assert_int_equal(world.wait, TESSERA_ABANDONABLE);
    assert_true(handle == TS_RPC_NO_MEMORY || memory != NULL);
    if (memory != NULL) {
        assert_true(w[2] <= memory->size);
        memcpy(world.request, memory->base, sizeof(world.request));
    }
    if (memory != NULL && world.writes != NULL) {
        memcpy(memory->base, world.writes, strlen(world.writes));
        memcpy((char *)memory->base + memory->size - 8, world.writes, 8);
    }
    if (world.forgets) {
        world.forgets = false;
        answer[0] = (u32)TS_RPC_NOT_FOUND;
        return 0;
    }
    answer[0] = world.status;
    answer[1] = world.service_status;
    answer[2] = world.length;
    return world.error;
}

int tessera_rpc(struct tessera_partition *to, u32 control, u32 w[4], enum tessera_wait wait)
{
    static const u32 tpm[4] = TS_TPM_UUID;
    u32 answer[4] = { 0 };
    int error = 0;

    assert_ptr_equal(to, &partition);
    world.wait = wait;
    assert_int_equal(fake.locked, 0);
    switch (control) {
    case MANAGE(TS_RPC_OP_VERSION):
        assert_int_equal(wait, TESSERA_UNINTERRUPTIBLE); // a signal to modprobe is no answer
        answer[0] = world.version;
        break;
    case MANAGE(TS_RPC_OP_SERVICE_INFO):
        answer[0] = (memcmp(w, tpm, sizeof(tpm)) == 0) == world.is_tpm ? 0 : (u32)TS_RPC_NOT_FOUND;
        answer[1] = INTERFACE;
        break;
    case TS_RPC_OP_CLIENT_GONE:
        assert_int_equal(wait, TESSERA_UNINTERRUPTIBLE);
        error = answer_gone(w, answer);
        break;
    default:
        assert_int_equal(control, CONTROL);
        error = answer_service(w, answer);
        break;
    }
    if (error == 0) {
        memcpy(w, answer, sizeof(answer));
    }
    return error;
}

int tessera_share(struct tessera_partition *with, size_t size, enum tessera_wait wait,
                  struct tessera_memory **memory)
{
    assert_ptr_equal(with, &partition);
    assert_int_equal(wait, TESSERA_KILLABLE);
    assert_int_equal(size % PAGE_SIZE, 0);
    for (size_t i = 0; i < MEMORIES; i++) {
        if (world.memory[i] == NULL) {
            struct tessera_memory *m = kzalloc(sizeof(*m), GFP_KERNEL);

            assert_non_null(m);
            m->base = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO);
            m->size = size;
            m->handle = world.next_handle++ << 32;
            world.memory[i] = m;
            *memory = m;
            return 0;
        }
    }
    fail_msg("more memory is shared than there are places for");
    return -ENOMEM;
}

void tessera_unshare(struct tessera_memory *memory)
{
    for (size_t i = 0; memory != NULL && i < MEMORIES; i++) {
        if (world.memory[i] == memory) {
            world.memory[i] = NULL;
            free(memory->base);
            free(memory);
            return;
        }
    }
    assert_null(memory);
}

// ---- The TEE core ----------------------------------------------------------------------------------------------------

struct tee_device *tee_device_alloc(const struct tee_desc *d, struct device *parent,
                                    struct tee_shm_pool *p, void *data)
{
    assert_ptr_equal(parent, &device);
    if (tee.alloc_error != 0) {
        return ERR_PTR(tee.alloc_error);
    }
    desc = d;
    pool = p;
    core.data = data;
    return &core;
}

int tee_device_register(struct tee_device *d)
{
    assert_ptr_equal(d, &core);
    tee.is_there = tee.register_error == 0;
    return tee.register_error;
}

void tee_device_unregister(struct tee_device *d)
{
    assert_ptr_equal(d, &core);
    tee.is_there = false;
}

struct tee_shm *tee_shm_get_from_id(struct tee_context *context, int id)
{
    assert_ptr_equal(context->teedev, &core);
    if (id != 1 || tee.memory == NULL) {
        return ERR_PTR(-EINVAL);
    }
    tee.references++;
    return tee.memory;
}

void tee_shm_put(struct tee_shm *shm)
{
    assert_ptr_equal(shm, tee.memory);
    tee.references--;
}

// ---- Programs --------------------------------------------------------------------------------------------------------

static struct tee_context one, two;
static struct tee_shm shm;

static int reset(void **state)
{
    (void)state;
    module_fake_start();
    memset(&world, 0, sizeof(world));
    memset(&tee, 0, sizeof(tee));
    memset(&one, 0, sizeof(one));
    memset(&two, 0, sizeof(two));
    world.version = TS_RPC_VERSION;
    world.next_handle = 3;
    one.teedev = two.teedev = &core;
    return 0;
}

static void allocate(size_t size)
{
    assert_int_equal(pool->ops->alloc(pool, &shm, size, PAGE_SIZE), 0);
    tee.memory = &shm;
}

static u32 open_session(struct tee_context *context)
{
    struct tee_ioctl_open_session_arg arg = { .session = 77 };

    assert_int_equal(desc->ops->open_session(context, &arg, NULL), 0);
    assert_int_equal(arg.ret, 0);
    return arg.session;
}

static int setup(void **state)
{
    (void)reset(state);
    assert_int_equal(tessera_tee_add(&partition), 0);
    assert_true(tee.is_there);
    assert_int_equal(desc->ops->open(&one), 0);
    assert_int_equal(open_session(&one), 0);
    allocate(SIZE);
    world.told_count = 0;
    return 0;
}

static void leave(struct tee_context *context)
{
    if (context->data != NULL) {
        desc->ops->release(context);
        assert_null(context->data);
    }
}

static int teardown(void **state)
{
    (void)state;
    if (tee.memory != NULL) {
        pool->ops->free(pool, &shm);
    }
    leave(&one);
    leave(&two);
    if (tee.is_there) {
        tessera_tee_remove(&partition);
    }
    assert_int_equal(fake.modules, 0);
    assert_int_equal(tee.references, 0);
    assert_null(partition.user_data);
    for (size_t i = 0; i < MEMORIES; i++) {
        assert_null(world.memory[i]);
    }
    return 0;
}

static int invoke(struct tee_context *context, u32 session, u64 id, u64 size,
                  struct tee_param *param)
{
    struct tee_ioctl_invoke_arg arg = { .func = OPCODE, .session = session, .num_params = 1 };
    int error;

    *param = (struct tee_param){ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
                                 .u.value = { .a = id, .b = size } };
    error = desc->ops->invoke_func(context, &arg, param);
    assert_int_equal(arg.ret, error == 0 ? world.service_status : 0);
    return error;
}

// ---- Tests: the beginning --------------------------------------------------------------------------------------------

static void a_device_is_made_for_services(void **state)
{
    struct tee_ioctl_version_data version;

    (void)state;
    assert_int_equal(tessera_tee_add(&partition), 0);
    assert_true(tee.is_there);
    desc->ops->get_version(&core, &version);
    assert_int_equal(version.impl_id, 3); // TEE_IMPL_ID_TSTEE
    assert_int_equal(version.impl_caps, 0x8003);
    assert_int_equal(version.gen_caps, 0);
    assert_int_equal(world.told[0], ALL); // what an earlier kernel's clients have left
}

// It would be a way past the TPM core's locks and past /dev/tpm0's mode
static void none_is_made_for_the_tpm(void **state)
{
    (void)state;
    world.is_tpm = true;
    assert_int_equal(tessera_tee_add(&partition), -ENODEV);
    assert_false(tee.is_there);
    assert_int_equal(fake.warnings, 0);
}

static void none_is_made_for_who_speaks_something_else(void **state)
{
    (void)state;
    world.version = 2;
    assert_int_equal(tessera_tee_add(&partition), -EINVAL);
    world.version = TS_RPC_VERSION;
    tee.alloc_error = -ENOMEM;
    assert_int_equal(tessera_tee_add(&partition), -ENOMEM);
    tee.alloc_error = 0;
    tee.register_error = -EEXIST;
    assert_int_equal(tessera_tee_add(&partition), -EEXIST);
    assert_null(partition.user_data);
    assert_null(partition.ended);
}

// "Does not know instances" is an answer of the partition; no answer is none: all processes would be one
static void without_an_answer_about_clients_there_is_no_device(void **state)
{
    static const int errors[] = { -EIO, -EBUSY, -ECANCELED, -ERESTARTSYS };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
        world.gone_error = errors[i];
        assert_int_equal(tessera_tee_add(&partition), errors[i]);
        assert_false(tee.is_there);
        assert_null(partition.user_data);
    }
}

// ---- Tests: clients --------------------------------------------------------------------------------------------------

static u32 number_in_use(struct tee_context *context)
{
    struct tee_param param;

    assert_int_equal(invoke(context, open_session(context), 0, 0, &param), 0);
    return world.w[3] >> TS_RPC_INSTANCE_SHIFT;
}

static void each_file_is_a_client_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(desc->ops->open(&two), 0);
    assert_int_equal(number_in_use(&one), 1);
    assert_int_equal(number_in_use(&two), 2);
    leave(&one);
    assert_int_equal(world.told_count, 0); // close() does not wait for the partition
    fake_run_all();
    assert_int_equal(world.told_count, 1);
    assert_int_equal(world.told[0], 1U << TS_RPC_INSTANCE_SHIFT);
    assert_int_equal(desc->ops->open(&one), 0);
    assert_int_equal(number_in_use(&one), 1); // it has nothing of the first any more
}

// A partition that did not do what it was told may have the keys still: they must not become another process's
static void what_a_client_leaves_is_nobody_elses(void **state)
{
    static const struct {
        int error;
        u32 status;
        bool is_free;
    } rows[] = {
        { -EIO, 0, false },      { -EBUSY, 0, false },    { 0, (u32)TS_RPC_INTERNAL, false },
        { -ECANCELED, 0, true }, { -ESHUTDOWN, 0, true }, { 0, 0, true }
    };
    u32 number = 1;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(number_in_use(&one), number);
        world.gone_error = rows[i].error;
        world.gone_status = rows[i].status;
        leave(&one);
        fake_run_all();
        world.gone_error = 0;
        world.gone_status = 0;
        assert_int_equal(desc->ops->open(&one), 0);
        number = rows[i].is_free ? 1 : number + 1; // all that are waiting for it are told then
        assert_int_equal(number_in_use(&one), number);
    }
}

static void there_are_only_so_many_clients(void **state)
{
    static struct tee_context many[1022];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
        many[i].teedev = &core;
        assert_int_equal(desc->ops->open(&many[i]), 0);
    }
    assert_int_equal(desc->ops->open(&two), -EMFILE);
    for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
        leave(&many[i]);
    }
    fake_run_all();
    assert_int_equal(world.told_count, ARRAY_SIZE(many));
    assert_int_equal(desc->ops->open(&two), 0);
}

static void who_knows_no_instances_is_told_at_the_last(void **state)
{
    (void)reset(state);
    world.gone_all_status = (u32)TS_RPC_INVALID_VALUE;
    assert_int_equal(tessera_tee_add(&partition), 0);
    world.told_count = 0;
    assert_int_equal(desc->ops->open(&one), 0);
    assert_int_equal(desc->ops->open(&two), 0);
    assert_int_equal(number_in_use(&two), 0);
    leave(&one);
    fake_run_all();
    assert_int_equal(world.told_count, 0);
    leave(&two);
    fake_run_all();
    assert_int_equal(world.told_count, 1);
    assert_int_equal(world.told[0], 0);
}

static void sessions_are_the_clients_own_and_on_its_account(void **state)
{
    struct client {
        u32 number;
        struct xarray sessions;
    };
    struct tee_param param;

    (void)state;
    assert_int_equal(desc->ops->open(&two), 0);
    assert_int_equal(invoke(&two, 0, 0, 0, &param), -EINVAL);
    assert_int_equal(desc->ops->close_session(&two, 0), -EINVAL);
    assert_int_equal(desc->ops->close_session(&one, 0), 0);
    assert_int_equal(desc->ops->close_session(&one, 0), -EINVAL);
    assert_int_equal(invoke(&one, 0, 0, 0, &param), -EINVAL);
    assert_true((((struct client *)one.data)->sessions.flags & XA_FLAGS_ACCOUNT) != 0);
}

// ---- Tests: calls ----------------------------------------------------------------------------------------------------

static void a_request_goes_and_a_response_comes(void **state)
{
    struct tee_param param;

    (void)state;
    memcpy(shm.kaddr, "request of a pro", 16);
    world.writes = "the response";
    world.length = 12;
    world.service_status = 0xffffff6f;
    assert_int_equal(invoke(&one, 0, 1, 16, &param), 0);
    assert_memory_equal(world.request, "request of a pro", 16);
    assert_int_equal(world.w[2], 16);
    assert_int_equal(param.u.value.a, 12);
    assert_memory_equal(shm.kaddr, "the response pro", 16);
    assert_int_equal(((char *)shm.kaddr)[SIZE - 1], 0); // not one byte more than it said
    assert_int_equal(((char *)world.memory[0]->base)[0], 0);
}

static void hostile_parameters_make_no_call(void **state)
{
    struct tee_ioctl_invoke_arg arg = { .func = OPCODE, .num_params = 0 };
    struct tee_param param;

    (void)state;
    assert_int_equal(desc->ops->invoke_func(&one, &arg, NULL), -EINVAL);
    arg.num_params = 2;
    assert_int_equal(desc->ops->invoke_func(&one, &arg, &param), -EINVAL);
    arg.num_params = 1;
    for (u64 attr = 0; attr < 16; attr++) {
        param = (struct tee_param){ .attr = attr };
        if (attr != TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT) {
            assert_int_equal(desc->ops->invoke_func(&one, &arg, &param), -EINVAL);
        }
    }
    param = (struct tee_param){ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT, .u.value.c = 1 };
    assert_int_equal(desc->ops->invoke_func(&one, &arg, &param), -EINVAL);
    param.u.value.c = 0;
    arg.func = 0xabc00000 | TS_RPC_OP_CLIENT_GONE; // of whom?
    assert_int_equal(desc->ops->invoke_func(&one, &arg, &param), -EINVAL);
    assert_int_equal(invoke(&one, 0, 2, 8, &param), -EINVAL);        // nobody's memory
    assert_int_equal(invoke(&one, 0, 1, SIZE + 1, &param), -EINVAL); // more than it has
    assert_int_equal(invoke(&one, 0, 0, 1, &param), -EINVAL);        // a request in no memory
    assert_int_equal(invoke(&one, UINT32_MAX, 1, 1, &param), -EINVAL);
    assert_int_equal(world.calls, 0);
}

static void memory_has_its_bounds(void **state)
{
    struct tee_shm other;

    (void)state;
    assert_int_equal(pool->ops->alloc(pool, &other, 0, PAGE_SIZE), -EINVAL);
    assert_int_equal(pool->ops->alloc(pool, &other, 0x40001, PAGE_SIZE), -EINVAL);
    assert_int_equal(pool->ops->alloc(pool, &other, SIZE_MAX, PAGE_SIZE), -EINVAL);
    assert_int_equal(pool->ops->alloc(pool, &other, 16, 2 * PAGE_SIZE), -EINVAL);
    assert_int_equal(fake.modules, 1); // of the one that there is
}

static void a_lying_partition_gets_nowhere(void **state)
{
    static const u32 lengths[] = { SIZE + 1, 0x10000, 0x80000000, UINT32_MAX };
    struct tee_param param;

    (void)state;
    world.writes = "a secret";
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        memset(shm.kaddr, 0x55, SIZE);
        world.length = lengths[i];
        assert_int_equal(invoke(&one, 0, 1, 4, &param), -EIO);
        for (size_t j = 0; j < SIZE; j++) {
            assert_int_equal(((char *)shm.kaddr)[j], 0x55);
            assert_int_equal(((char *)world.memory[0]->base)[j], 0); // nor is it there for the next
        }
    }
    world.length = UINT32_MAX; // without memory there is no length
    assert_int_equal(invoke(&one, 0, 0, 0, &param), 0);
    assert_int_equal(param.u.value.a, 0);
}

static void what_fails_leaves_nothing_in_the_shared_pages(void **state)
{
    struct tee_param param;

    (void)state;
    world.writes = "a secret";
    for (int i = 0; i < 2; i++) {
        world.status = i == 0 ? (u32)TS_RPC_INVALID_VALUE : 0;
        world.error = i == 0 ? 0 : -EIO;
        assert_int_equal(invoke(&one, 0, 1, 4, &param), i == 0 ? -EINVAL : -EIO);
        for (size_t j = 0; j < SIZE; j++) {
            assert_int_equal(((char *)world.memory[0]->base)[j], 0);
        }
    }
}

static void a_partition_started_again_gets_new_memory_once(void **state)
{
    struct tee_param param;
    u32 handle;

    (void)state;
    assert_int_equal(invoke(&one, 0, 1, 4, &param), 0);
    handle = world.w[1];
    world.forgets = true;
    assert_int_equal(invoke(&one, 0, 1, 4, &param), 0);
    assert_int_not_equal(world.w[1], handle);
    assert_int_equal(world.calls, 3);
    world.status = (u32)TS_RPC_NOT_FOUND;
    assert_int_equal(invoke(&one, 0, 1, 4, &param), -EINVAL);
    assert_int_equal(world.calls, 5);
}

static void only_so_many_sizes_are_kept_shared(void **state)
{
    struct tee_param param;

    (void)state;
    for (size_t pages = 1; pages <= 20; pages++) {
        pool->ops->free(pool, &shm);
        allocate(pages * PAGE_SIZE);
        assert_int_equal(invoke(&one, 0, 1, 4, &param), 0);
    }
    assert_int_equal(invoke(&one, 0, 1, 4, &param), 0);
    assert_int_equal(world.next_handle, 3 + 20); // the last one is used again
}

static void kill_when_it_waits(void)
{
    process.killed = true;
}

static void who_is_killed_leaves_the_turn_to_the_call(void **state)
{
    struct tee_param param;

    (void)state;
    world.error = -EINTR;
    world.writes = "too late";
    assert_int_equal(invoke(&one, 0, 1, 4, &param), -EINTR);
    assert_int_equal(tee.references, 0);
    world.error = 0;
    fake.on_wait = kill_when_it_waits; // the next one waits, and a signal may end that
    assert_int_equal(desc->ops->open(&two), 0);
    assert_int_equal(invoke(&two, open_session(&two), 0, 0, &param), -ERESTARTSYS);
    assert_int_equal(world.calls, 1);
    fake.on_wait = NULL;
    partition.ended(&partition);
    for (size_t i = 0; i < SIZE; i++) {
        assert_int_equal(((char *)world.memory[0]->base)[i], 0);
    }
    assert_int_equal(invoke(&two, 0, 1, 0, &param), 0);
}

static void the_end_of_the_machine_is_told_to_all(void **state)
{
    struct tee_param param;

    (void)state;
    assert_int_equal(invoke(&one, 0, 1, 4, &param), 0);
    process.killed = true; // whoever called reboot(2) may have signals
    tessera_tee_shutdown(&partition);
    process.killed = false;
    assert_int_equal(world.told_count, 1);
    assert_int_equal(world.told[0], ALL);
    assert_null(world.memory[0]);
    assert_int_equal(invoke(&one, 0, 1, 4, &param), -ESHUTDOWN);
    leave(&one);
    fake_run_all();
    assert_int_equal(world.told_count, 1);
}

#define FRESH(name) cmocka_unit_test_setup_teardown(name, reset, teardown)
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(a_device_is_made_for_services),
        FRESH(none_is_made_for_the_tpm),
        FRESH(none_is_made_for_who_speaks_something_else),
        FRESH(without_an_answer_about_clients_there_is_no_device),
        TEST(each_file_is_a_client_of_its_own),
        TEST(what_a_client_leaves_is_nobody_elses),
        TEST(there_are_only_so_many_clients),
        FRESH(who_knows_no_instances_is_told_at_the_last),
        TEST(sessions_are_the_clients_own_and_on_its_account),
        TEST(a_request_goes_and_a_response_comes),
        TEST(hostile_parameters_make_no_call),
        TEST(memory_has_its_bounds),
        TEST(a_lying_partition_gets_nowhere),
        TEST(what_fails_leaves_nothing_in_the_shared_pages),
        TEST(a_partition_started_again_gets_new_memory_once),
        TEST(only_so_many_sizes_are_kept_shared),
        TEST(who_is_killed_leaves_the_turn_to_the_call),
        TEST(the_end_of_the_machine_is_told_to_all),
    };

    return cmocka_run_group_tests_name("tessera_tee", tests, NULL, NULL);
}
