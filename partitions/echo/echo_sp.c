// SPDX-License-Identifier: BSD-3-Clause
//
// echo: the answer is the message. x3 … x7 come back as they came, 32-bit and 64-bit.
#include "sp.h"

static void echo(struct sp_message *message)
{
    (void)message; // the answer is read from where the message stands
}

int sp_main(void)
{
    sp_run(echo);
}
