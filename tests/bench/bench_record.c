// SPDX-License-Identifier: BSD-3-Clause
//
// The numbers of a run, as a table and as JSON. See bench_private.h.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench_private.h"

#define MAX_RESULTS 250

struct result {
    char key[48];
    uint64_t value;
    uint64_t target; // 0: recorded only
    const char *peer;
};

static struct result results[MAX_RESULTS];
static unsigned int result_count;

_Noreturn void bench_die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

void bench_record(const char *key, uint64_t value, uint64_t target, const char *peer)
{
    if (result_count == MAX_RESULTS) {
        bench_die("too many results");
    }
    struct result *r = &results[result_count++];

    *r = (struct result){ .value = value, .target = target, .peer = peer };
    snprintf(r->key, sizeof(r->key), "%s", key);
}

void bench_print(const char *cpu)
{
    printf("%-40s %12s %10s      %s\n", cpu, "measured", "target", "best peer");
    for (unsigned int i = 0; i < result_count; i++) {
        const struct result *r = &results[i];
        char target[24] = "-";
        if (r->target != 0) {
            snprintf(target, sizeof(target), "%" PRIu64, r->target);
        }
        printf("%-40s %12" PRIu64 " %10s %-4s %s\n", r->key, r->value, target,
               r->target == 0          ? ""
               : r->value <= r->target ? "met"
                                       : "MISS",
               r->peer);
    }
}

void bench_write(const char *path)
{
    FILE *f = fopen(path, "w");

    if (f == NULL) {
        bench_die(path);
    }
    fprintf(f, "{\n");
    for (unsigned int i = 0; i < result_count; i++) {
        fprintf(f, "  \"%s\": %" PRIu64 "%s\n", results[i].key, results[i].value,
                i + 1 < result_count ? "," : "");
    }
    fprintf(f, "}\n");
    if (fclose(f) != 0) {
        bench_die(path);
    }
}
