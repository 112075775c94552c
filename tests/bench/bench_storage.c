// SPDX-License-Identifier: BSD-3-Clause
//
// Storage: what an asset of 32 bytes, 4 KiB and 64 KiB takes to set, to overwrite and to get through the service, erased flash to
// full; and what the machine's way to BL33 takes longer than with an empty store, when the store is half full, full, and old. Counted
// are instructions of the guest below the client library.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa_client.h"
#include "platform/boards/qemu_virt/board.h"
#include "tests/bench/bench_private.h"
#include "tests/harness/transport_harness.h"

#define ROUNDS 20
#define FILL_SIZE 4096
#define LARGE (65536 - 256) // what is called 64 KiB: with its head it goes in one message
#define OLD_WRITES 100000

static struct harness *h;
static struct harness_transport transport;
static uint64_t nop;
static char file[64];
static uint8_t data[65536];

static void must(psa_status_t status, const char *what)
{
    if (status != PSA_SUCCESS) {
        fprintf(stderr, "bench: %s: PSA error %d\n", what, (int)status);
        bench_die("the storage service fails");
    }
}

static void make_file(void)
{
    snprintf(file, sizeof(file), "/tmp/bench-storage-XXXXXX");
    int out = mkstemp(file);
    int in = open(bench_flash("shell"), O_RDONLY);
    off_t size = in >= 0 ? lseek(in, 0, SEEK_END) : -1;
    off_t at = 0;

    if (out < 0 || size < 0) {
        bench_die("no copy of the flash can be made");
    }
    while (at < size) {
        if (sendfile(out, in, &at, (size_t)(size - at)) <= 0) {
            bench_die("no copy of the flash can be made");
        }
    }
    close(in);
    close(out);
}

// Starts the machine on the file; what the way to BL33 took
static uint64_t boot(bool counts)
{
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    h = bench_start_file(file, counts);
    uint64_t ticks = h_boot(h, 0)->counter;

    if (h_smc(h, 0, &version) != H_OK) {
        bench_die("FFA_VERSION 1.2 was refused");
    }
    nop = bench_nop(h);
    harness_transport_init(&transport, h);
    must(psa_client_connect(&transport.transport), "psa_client_connect");
    must(psa_client_open(PSA_CLIENT_ITS), "psa_client_open");
    return ticks;
}

static uint64_t reboot(bool counts)
{
    (void)psa_client_disconnect();
    h_stop(h);
    return boot(counts);
}

static uint64_t cost(void)
{
    uint64_t ticks = transport.ticks - transport.calls * nop;

    transport.ticks = 0;
    transport.calls = 0;
    return ticks;
}

static void measure(const char *name, size_t size)
{
    static const char *const verbs[] = { "set", "overwrite", "get", "remove" };
    uint64_t sum[4] = { 0 };
    char key[48];
    size_t done;

    for (unsigned int i = 0; i < ROUNDS; i++) {
        psa_storage_uid_t uid = 1 + i % 4;

        data[0] = (uint8_t)i;
        (void)cost();
        must(psa_its_set(uid, size, data, 0), "psa_its_set");
        sum[0] += cost();
        data[size - 1]++;
        must(psa_its_set(uid, size, data, 0), "psa_its_set");
        sum[1] += cost();
        must(psa_its_get(uid, 0, size, data, &done), "psa_its_get");
        sum[2] += cost();
        must(psa_its_remove(uid), "psa_its_remove");
        sum[3] += cost();
    }
    for (unsigned int i = 0; i < 4; i++) {
        snprintf(key, sizeof(key), "its_%s_%s", verbs[i], name);
        bench_record(key, sum[i] / ROUNDS, 0, "");
    }
}

// Assets until the normal world may store no more
static unsigned int fill(void)
{
    unsigned int count = 0;
    psa_status_t status = PSA_SUCCESS;

    while ((status = psa_its_set(1000 + count, FILL_SIZE, data, 0)) == PSA_SUCCESS) {
        count++;
    }
    if (status != PSA_ERROR_INSUFFICIENT_STORAGE || count == 0) {
        must(status, "psa_its_set until it is full");
        bench_die("the store is never full");
    }
    return count;
}

static void remove_down_to(unsigned int count, unsigned int left)
{
    while (count > left) {
        must(psa_its_remove(1000 + --count), "psa_its_remove");
    }
}

// The store as it is after many overwrites: on a machine that does not count, which is faster
static void age(void)
{
    (void)reboot(false);
    for (unsigned int i = 0; i < OLD_WRITES; i++) {
        memcpy(data, &i, sizeof(i));
        must(psa_its_set(1 + i % 8, 32, data, 0), "psa_its_set");
    }
    bench_record("boot_storage_50_old", reboot(true), 0, "");
}

void bench_storage(bool old)
{
    make_file();
    (void)boot(true);
    measure("32", 32);
    measure("4k", 4096);
    measure("64k", LARGE);

    bench_record("boot_storage_empty", reboot(true), 0, "");
    unsigned int all = fill();

    remove_down_to(all, all * 95 / 100);
    bench_record("boot_storage_95", reboot(true), 0, "");
    remove_down_to(all * 95 / 100, all / 2);
    bench_record("boot_storage_50", reboot(true), 0, "");
    if (old) {
        age();
    }
    h_stop(h);
    unlink(file);
}
