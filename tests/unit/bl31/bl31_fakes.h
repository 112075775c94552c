// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of bl31 share: stand-ins for what leaves EL3 or ends the machine, which note that they were called.
#ifndef BL31_FAKES_H
#define BL31_FAKES_H

#include <setjmp.h>
#include <stdint.h>

#include "bl31/context.h"

enum left {
    LEFT_NOT,
    LEFT_TO_SECURE,
    LEFT_TO_NORMAL,
    LEFT_BY_ASKING,   // context_ask_secure
    LEFT_BY_RESUMING, // context_resume_normal
};

// The last way out of EL3 and its arguments; reset it before each call under test.
extern enum left fake_left;
extern struct smc_frame *fake_frame;
extern const uint64_t
    *fake_x8; // x8_to_x17 of context_enter_normal, x0_to_x17 of context_ask_secure

// How a call that does not return ended.
enum end {
    END_FATAL = 1,
    END_OFF,
    END_RESET,
    END_SPMC_CRASH,  // crash_of_spmc
    END_SPMC_FIRST,  // context_boot_secure; fake_frame is its argument
    END_CORE_FAILED, // psci_core_failed
    END_ASSERT,      // a bug
};
extern jmp_buf fake_end;

// Runs `call`, which must end in `expected`.
#define ASSERT_ENDS(expected, call)          \
    do {                                     \
        int ended = setjmp(fake_end);        \
        if (ended == 0) {                    \
            (void)(call);                    \
            fail_msg("%s came back", #call); \
        }                                    \
        assert_int_equal(ended, expected);   \
    } while (0)

#endif
