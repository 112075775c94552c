// SPDX-License-Identifier: BSD-3-Clause
//
// tessera selftest: runs the cases of selftest_*.c and reports them as TAP, or with --json as one object.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "selftest.h"
#include "tessera.h"
#include "tool.h"

static const char *const words[] = {
    [SELFTEST_PASSED] = "passed",
    [SELFTEST_FAILED] = "failed",
    [SELFTEST_SKIPPED] = "skipped",
};

bool selftest_fail(struct selftest *test, const char *format, ...)
{
    va_list list;

    if (test->result != SELFTEST_FAILED) {
        test->result = SELFTEST_FAILED;
        va_start(list, format);
        (void)vsnprintf(test->reason, sizeof(test->reason), format, list);
        va_end(list);
    }
    return false;
}

void selftest_skip(struct selftest *test, const char *reason)
{
    if (test->result == SELFTEST_PASSED) {
        test->result = SELFTEST_SKIPPED;
        (void)snprintf(test->reason, sizeof(test->reason), "%s", reason);
    }
}

bool selftest_status(struct selftest *test, const char *what, psa_status_t status,
                     psa_status_t wanted)
{
    const char *name = tessera_status_name(status);

    if (status == wanted) {
        return true;
    }
    return selftest_fail(test, "%s: %s (%d), expected %s", what, name != NULL ? name : "status",
                         (int)status, tessera_status_name(wanted));
}

bool selftest_equal(struct selftest *test, const char *what, const uint8_t *bytes, size_t size,
                    const uint8_t *wanted, size_t wanted_size)
{
    if (size == wanted_size && memcmp(bytes, wanted, size) == 0) {
        return true;
    }
    return selftest_fail(test, "%s: another result than expected (%zu bytes)", what, size);
}

struct list {
    const struct selftest_case *cases;
    size_t count;
};

static void report(const struct selftest_case *item, const struct selftest *test, size_t number)
{
    tool_output_line("%s %zu - %s%s%s\n", test->result == SELFTEST_FAILED ? "not ok" : "ok", number,
                     item->name, test->result == SELFTEST_SKIPPED ? " # SKIP " : "",
                     test->result == SELFTEST_SKIPPED ? test->reason : "");
    if (test->result == SELFTEST_FAILED) {
        tool_output_line("# %s\n", test->reason);
    }
    (void)fflush(stdout); // a case may take long, and the next one longer
}

static void report_json(const struct selftest_case *item, const struct selftest *test)
{
    tool_output_open(item->name);
    tool_output_text("result", words[test->result]);
    if (test->reason[0] != '\0') {
        tool_output_text("reason", test->reason);
    }
    tool_output_close();
}

enum tool_exit cmd_selftest(const struct tool_args *args)
{
    const struct list lists[] = {
        { selftest_psa_cases, selftest_psa_count },
        { selftest_process_cases, selftest_process_count },
        { selftest_token_cases, selftest_token_count },
        { selftest_tpm_cases, selftest_tpm_count },
    };
    size_t results[3] = { 0 };
    size_t number = 0;
    size_t count = 0;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        count += lists[i].count;
    }
    tool_output_line("1..%zu\n", count);
    if (args->json) {
        tool_output_open("cases");
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            const struct selftest_case *item = &lists[i].cases[k];
            struct selftest test = { .result = SELFTEST_PASSED };

            if (args->quick && item->writes) {
                selftest_skip(&test, "--quick");
            } else {
                item->run(&test);
            }
            results[test.result]++;
            number++;
            if (args->json) {
                report_json(item, &test);
            } else {
                report(item, &test, number);
            }
        }
    }
    if (args->json) {
        tool_output_close();
    }
    for (size_t i = 0; i < 3 && args->json; i++) {
        tool_output_number(words[i], results[i]);
    }
    tool_output_line("tessera selftest: %zu passed, %zu failed, %zu skipped\n", results[0],
                     results[1], results[2]);
    return results[SELFTEST_FAILED] == 0 ? TOOL_OK : TOOL_FAILED;
}
