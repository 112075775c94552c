// SPDX-License-Identifier: BSD-3-Clause
//
// echo: the answer is the message. x3 … x7 come back as they came, 32-bit and 64-bit; x4 … x17 of the larger kind.
#include "sp.h"

static void echo(struct sp_message *message)
{
    (void)message; // the answer is read from where the message stands
}

static void echo2(struct sp_message2 *message)
{
    (void)message;
}

int sp_main(void)
{
    sp_message2_handler(echo2);
    sp_run(echo);
}
