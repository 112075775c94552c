// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool: makes and reads firmware image packages, partition packages and flash images. The
// commands are listed in commands.c, each is in its own file, what they share is in fip-tool.h.
#include "fip-tool.h"

int main(int argc, char **argv)
{
    return (int)tool_run(argc, argv);
}
