// SPDX-License-Identifier: BSD-3-Clause
//
// A flash image under construction, for tests that change what boots: its FIP and its OTP area in memory, signed with keys
// of the test's own, written to a file of the test's folder and booted. Used by test_boot, test_package and test_trust_*.
// Every function fails the running case when it cannot do what it says.
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/boards/qemu_virt/board.h"
#include "platform/lib/boot/otp.h"
#include "tests/target/target.h"

#define FIRMWARE_IMAGES TESSERA_IMAGES "/" // what the build made
#define FIRMWARE_ENTRIES 32                // entries of a FIP that firmware_put() can lay out

// Packages of the tests' image, in the order of its TB_FW_CONFIG: SP1 … SP7
#define FIRMWARE_PACKAGES 7
extern const char *const firmware_packages[FIRMWARE_PACKAGES]; // UUIDs

// What boots next
struct firmware {
    uint8_t fip[FLASH_FIP_A_SIZE];
    size_t fip_size;
    uint8_t otp[OTP_SIZE];
    uint8_t storage
        [FLASH_STORAGE_SIZE]; // the partitions': erased on a new board, else as the last boot left it
};
extern struct firmware firmware;

// The test's folder; it holds `keys` (P-256, signed the tests' image) and `base.fip`, `base.otp`.
extern char firmware_folder[];

// Group setup and teardown: the folder with what is above; gone again with all in it.
int firmware_setup(void **state);
int firmware_teardown(void **state);

// Case setup: `firmware` is base.fip and base.otp: all of the product, the peers and the proxy, signed, counters 0.
int firmware_ready(void **state);

// `name` in the folder. The text lives until the eighth call after this one.
const char *firmware_path(const char *name);

// Runs a command made of the format; its status must be 0. Its output is shown.
__attribute__((format(printf, 1, 2))) void firmware_shell(const char *format, ...);

// Runs a command that must fail and say `words` (on standard error or output).
__attribute__((format(printf, 2, 3))) void firmware_shell_refuses(const char *words,
                                                                  const char *format, ...);

// Reads a whole file of at most `max` bytes; its size.
size_t firmware_read(const char *path, void *to, size_t max);
void firmware_write(const char *path, const void *from, size_t size);

// The FIP or the OTP area from and to files of the folder.
void firmware_load(const char *name);
void firmware_load_otp(const char *name);
void firmware_save(const char *name);

// Signs the FIP again: `fip-tool certs` with the keys in folder `keys` of the test's folder and further options.
void firmware_sign(const char *keys, const char *options);

// A new OTP area: `fip-tool provision` with the root key and the HUK in `keys`, and further options.
void firmware_provision(const char *keys, const char *options);

// A folder of keys of this kind (p256, p384, rsa3072, rsa4096), all that a dual-root chain needs, and a HUK.
void firmware_make_keys(const char *keys, const char *kind);

// Where entry `name` (fiptool's option name or a UUID) stands in the table of contents and where its data is. Pointers
// into `firmware`. firmware_has: is there one?
struct fip_entry_wire *firmware_entry(const char *name);
uint8_t *firmware_data(const char *name, size_t *size);
bool firmware_has(const char *name);

// Puts other bytes in the place of an entry's (or adds the entry); the FIP is laid out anew.
void firmware_put(const char *name, const void *data, size_t size);

// Puts the entry `from` of the FIP `file` of the folder in the place of the entry `to`.
void firmware_take(const char *file, const char *from, const char *to);

// Writes flash.bin in the folder: BL1, the FIP, the OTP area. Its path.
const char *firmware_flash(void);

// Boots it. The machine must end by itself after a line on the secure console with both words (in any case of letters), and
// the normal world must not have run, nor the OTP area been written.
void firmware_refused(const char *what, const char *why);

// Boots it up to the proxy, with writes to the flash kept in the file; the machine is up then. The OTP area that the
// boot left behind is in `firmware.otp` after firmware_stop().
void firmware_boots(void);
void firmware_stop(void);

#endif
