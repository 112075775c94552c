// SPDX-License-Identifier: BSD-3-Clause
//
// The peer: a partition that does what a test's script says, good and bad (peer_proto.h). Four instances of it run in the
// test image. Trusts its script: it is what the tests use to attack the SPMC.
#include "tests/target/sp_peer/peer_private.h"

static struct peer_script *script;
static uint64_t device;

uint64_t peer_device(void)
{
    return device;
}

static uint32_t message_end(void)
{
    return script->event_first != 0 ? script->event_first : script->count;
}

static int run_script(void)
{
    peer_take_arguments(script, 0, message_end(), false);
    return peer_run_steps(script, 0, message_end(), &script->performed);
}

static void handle(struct sp_message *message)
{
    uint64_t command = sp_message_is_64(message) ? message->arg[0] : (uint32_t)message->arg[0];

    script->messages++;
    switch (command) {
    case PEER_RUN_SCRIPT:
    case PEER_RUN_SCRIPT_32:
        message->arg[1] = (uint64_t)(int64_t)run_script();
        message->arg[0] = script->performed;
        break;
    case PEER_FORWARD:
        peer_forward(message->arg);
        break;
    case PEER_USE_MEMORY:
        peer_use_memory(message->arg);
        break;
    default:
        message->arg[0]++;
        break;
    }
}

static void handle2(struct sp_message2 *message)
{
    script->messages++;
    if (message->arg[0] != PEER_RUN_SCRIPT) {
        message->arg[0]++;
        return;
    }
    message->arg[1] = (uint64_t)(int64_t)run_script();
    message->arg[0] = script->performed;
}

// Steps for this event, if the script has some
static void run_event(uint32_t event)
{
    uint32_t performed;

    if ((script->on_event & event) != 0) {
        peer_take_arguments(script, message_end(), script->count, true);
        script->event_result =
            (uint32_t)peer_run_steps(script, message_end(), script->count, &performed);
    }
}

static void timer(void)
{
    peer_count_interrupt(script);
    run_event(PEER_ON_TIMER);
}

static void notification(void)
{
    script->notifications++;
    run_event(PEER_ON_NOTIFICATION);
}

static void device_interrupt(uint32_t id)
{
    script->devices++;
    script->device_last = id;
    run_event(PEER_ON_DEVICE);
    if ((script->on_event & PEER_KEEP_DEVICE) == 0 && sp_interrupt_done(id) != 0) {
        sp_die("an interrupt that came cannot be ended");
    }
}

static void cycles(void)
{
    script->runs++;
    run_event(PEER_ON_RUN);
}

int sp_main(void)
{
    const struct sp_region *region = sp_region_find("script");
    const struct sp_region *device_region = sp_region_find("device");

    if (region == NULL || region->size < sizeof(struct peer_script)) {
        return ERR_NOT_FOUND;
    }
    script = region->base;
    device = device_region != NULL ? (uintptr_t)device_region->base : 0;
    peer_init_secret();
    int result = peer_take_keys();
    if (result != 0) {
        return result;
    }
    sp_timer_handler(timer);
    sp_notify_handler(notification);
    sp_device_handler(device_interrupt);
    sp_cycles_handler(cycles);
    sp_message2_handler(handle2);
    if (script->magic == PEER_SCRIPT_MAGIC) {
        script->magic = 0;
        result = run_script();
        if (result != 0) {
            return result;
        }
    }
    sp_run(handle);
}
