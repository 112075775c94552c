// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_flash.h.
#include "tests/harness/tpm_flash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/boards/qemu_virt/board.h"

static int look(int fd, uint8_t *to)
{
    for (size_t done = 0; done < FLASH_STORAGE_SIZE;) {
        ssize_t n =
            pread(fd, to + done, FLASH_STORAGE_SIZE - done, (off_t)(FLASH_STORAGE_OFFSET + done));

        if (n <= 0) {
            fprintf(stderr, "tpm-harness: the flash file: %s\n",
                    n == 0 ? "shorter than the machine's flash" : strerror(errno));
            return -1;
        }
        done += (size_t)n;
    }
    return 0;
}

int tpm_flash_open(struct tpm_flash *flash, const char *path)
{
    flash->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    flash->last = malloc(FLASH_STORAGE_SIZE);
    flash->now = malloc(FLASH_STORAGE_SIZE);
    if (flash->fd < 0 || flash->last == NULL || flash->now == NULL) {
        fprintf(stderr, "tpm-harness: %s: %s\n", path, strerror(errno));
        tpm_flash_close(flash);
        return -1;
    }
    return look(flash->fd, flash->last);
}

int tpm_flash_changes(struct tpm_flash *flash, uint64_t *bytes)
{
    if (look(flash->fd, flash->now) != 0) {
        return -1;
    }
    *bytes = 0;
    for (size_t i = 0; i < FLASH_STORAGE_SIZE; i++) {
        *bytes += flash->now[i] != flash->last[i] ? 1 : 0;
    }
    uint8_t *swap = flash->last;

    flash->last = flash->now;
    flash->now = swap;
    return 0;
}

void tpm_flash_close(struct tpm_flash *flash)
{
    if (flash->fd >= 0) {
        close(flash->fd);
    }
    free(flash->last);
    free(flash->now);
    *flash = (struct tpm_flash){ .fd = -1 };
}
