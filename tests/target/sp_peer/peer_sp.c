// SPDX-License-Identifier: BSD-3-Clause
//
// The peer: a partition that does what a test's script says, good and bad (peer_proto.h). Two instances of it run in the
// test image. Trusts its script: it is what the tests use to attack the SPMC.
#include "tests/target/sp_peer/peer_private.h"

static struct peer_script *script;

static void handle(struct sp_message *message)
{
    bool run = message->arg[0] == PEER_RUN_SCRIPT ||
               (!sp_message_is_64(message) && message->arg[0] == PEER_RUN_SCRIPT_32);

    if (!run) {
        message->arg[0]++;
        return;
    }
    int result = peer_run_script(script);
    message->arg[0] = script->performed;
    message->arg[1] = (uint64_t)(int64_t)result;
}

static void timer(void)
{
    peer_count_interrupt(script);
}

int sp_main(void)
{
    const struct sp_region *region = sp_region_find("script");

    if (region == NULL || region->size < sizeof(struct peer_script)) {
        return ERR_NOT_FOUND;
    }
    script = region->base;
    peer_init_secret();
    int result = peer_take_keys();
    if (result != 0) {
        return result;
    }
    sp_timer_handler(timer);
    if (script->magic == PEER_SCRIPT_MAGIC) {
        script->magic = 0;
        result = peer_run_script(script);
        if (result != 0) {
            return result;
        }
    }
    sp_run(handle);
}
