// SPDX-License-Identifier: BSD-3-Clause
//
// tessera: the secure world's services from a command line of Linux. The commands are listed in tool_run.c.
#include <fcntl.h>

#include "tool.h"

// Who closed standard input, output or errors gets no device there: what opens in its place refuses what is done with it
static int fill_standard_files(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_PATH);
    } while (fd >= 0 && fd <= 2);
    return fd < 0 ? -1 : fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int main(int argc, char **argv)
{
    return fill_standard_files() == 0 ? tool_run(argc, argv) : TOOL_FAILED;
}
