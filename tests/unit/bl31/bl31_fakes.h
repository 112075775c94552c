// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of bl31 share: stand-ins for what leaves EL3 or ends the machine, which note that they were called.
#ifndef BL31_FAKES_H
#define BL31_FAKES_H

#include <setjmp.h>
#include <stdint.h>

#include "bl31/context.h"

enum left { LEFT_NOT, LEFT_TO_SECURE, LEFT_TO_NORMAL, LEFT_BOOT_DONE };

// The last way out of EL3 and its arguments; reset it before each call under test.
extern enum left fake_left;
extern struct smc_frame *fake_frame;
extern const uint64_t *fake_x8;

// How a call that does not return ended.
enum end { END_FATAL = 1, END_OFF, END_RESET, END_BOOT_FAILED };
extern jmp_buf fake_end;
extern int32_t fake_boot_code;

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
