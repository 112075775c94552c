// SPDX-License-Identifier: BSD-3-Clause
//
// See attest_support.h.
#include "tests/unit/fip-tool/attest_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fip-tool/json_check.h"
#include "tests/unit/fip-tool/tool_support.h"
#include "tests/unit/fip-tool/trust_support.h"

#define PYTHON \
    "/usr/bin/python3 -B" // Debian's, which has Debian's modules; leaves none of its own here
#define CASE_FIELDS 4

const char *attest_cases_script;

static const char *missing; // what is not installed
static char *text;          // cases.txt, cut into lines
static char *lines[1024];
static size_t line_count;

static void read_cases(void)
{
    size_t size;

    text = (char *)support_read("cases.txt", &size);
    line_count = 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_true(line_count < sizeof(lines) / sizeof(lines[0]));
        lines[line_count++] = line;
    }
    assert_true(line_count != 0);
}

int attest_enter(void **state)
{
    char here[4096], command[8600];

    if (getcwd(here, sizeof(here)) == NULL || support_enter(state) != 0) {
        return -1;
    }
    if (system(PYTHON " -c 'import cbor2' 2>import.txt") != 0) {
        missing = "python3-cbor2";
        return 0;
    }
    if (system("command -v cert_create fiptool >which.txt") != 0) {
        missing = "arm-trusted-firmware-tools";
        return 0;
    }
    trust_make_images();
    trust_make_keys(TRUST_P256);
    trust_sign_default();
    assert_int_equal(
        support_tool("measure --root-key keys/rot_key.pem --reference ref.json " ATTEST_BOARD
                     " x.fip"),
        0);
    snprintf(command, sizeof(command), PYTHON " '%s/%s' . .", here, attest_cases_script);
    if (system(command) != 0) {
        return -1;
    }
    read_cases();
    return 0;
}

int attest_leave(void **state)
{
    free(text);
    return support_leave(state);
}

void attest_need(void)
{
    if (missing != NULL) {
        print_message("SKIP-REASON %s is not installed\n", missing);
        skip();
    }
}

bool attest_next_case(size_t *index, struct attest_case *one)
{
    static char line[512];
    char *fields[CASE_FIELDS], *at = line;

    if (*index == line_count) {
        return false;
    }
    assert_true(strlen(lines[*index]) < sizeof(line));
    strcpy(line, lines[(*index)++]);
    for (size_t i = 0; i < CASE_FIELDS; i++) {
        fields[i] = strsep(&at, "|");
        assert_non_null(fields[i]);
    }
    *one = (struct attest_case){ fields[0], fields[1], fields[2], fields[3] };
    return true;
}

static void note(const char *name, bool *seen)
{
    for (int i = ATTEST_OK + 1; i < ATTEST_REASONS; i++) {
        if (strcmp(attest_reason_name((enum attest_reason)i), name) == 0) {
            seen[i] = true;
        }
    }
}

// The reasons of the document, in their order
static void expect_reasons(const struct attest_case *one, bool *seen)
{
    const char *out = support_stdout();
    size_t count = json_count(out, "faults");
    char found[256] = "", path[48];

    for (size_t i = 0; i < count; i++) {
        const char *name;

        snprintf(path, sizeof(path), "faults.%zu.reason", i);
        name = json_get(out, path);
        assert_non_null(name);
        snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%s", i == 0 ? "" : ",",
                 name);
        if (seen != NULL) {
            note(name, seen);
        }
    }
    if (strcmp(found[0] == '\0' ? "good" : found, one->reasons) != 0) {
        fail_msg("%s: refused for \"%s\", must be \"%s\"\n%s", one->file, found, one->reasons,
                 support_stderr());
    }
    if (count != 0 && strcmp(json_get(out, "faults.0.where"), one->where) != 0) {
        fail_msg("%s: at \"%s\", must be \"%s\"", one->file, json_get(out, "faults.0.where"),
                 one->where);
    }
}

static void expect_text(const struct attest_case *one, bool good)
{
    char first[64], line[80];

    if (good) {
        assert_non_null(strstr(support_stdout(), ": verified: "));
        assert_string_equal(support_stderr(), "");
        return;
    }
    snprintf(first, sizeof(first), "%.*s", (int)strcspn(one->reasons, ","), one->reasons);
    snprintf(line, sizeof(line), ": REFUSED: %s\n", first);
    assert_non_null(strstr(support_stdout(), line));
    snprintf(line, sizeof(line), " [%s]", first);
    support_expect_message(line);
}

void attest_expect(const char *command, const struct attest_case *one, bool *seen)
{
    bool good = strcmp(one->reasons, "good") == 0;
    int result = support_tool("%s --json %s", command, one->options);

    if (result != (good ? TOOL_OK : TOOL_DENIED)) {
        fail_msg("%s: %d: %s", one->file, result, support_stderr());
    }
    json_check(support_stdout());
    expect_reasons(one, seen);
    json_expect(support_stdout(), "verified", good ? "true" : "false");
    assert_int_equal(support_tool("%s %s", command, one->options), result);
    expect_text(one, good);
}

void attest_expect_all(const bool *seen, enum attest_reason first, enum attest_reason last,
                       enum attest_reason except)
{
    for (int i = (int)first; i <= (int)last; i++) {
        if (!seen[i] && i != (int)except) {
            fail_msg("no case is refused for \"%s\"", attest_reason_name((enum attest_reason)i));
        }
    }
}

void attest_expect_failures(const char *before, const struct attest_row *rows, size_t count,
                            int result)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(support_tool("%s%s", before, rows[i].command), result);
        support_expect_message(rows[i].message);
    }
}

void attest_side_load(struct attest_side *side, const char *key, size_t nonce_size)
{
    assert_in_range(nonce_size, 1, sizeof(side->nonce));
    assert_int_equal(reference_load("ref.json", &side->reference), 0);
    assert_int_equal(attest_key_load(key, &side->key), 0);
    for (size_t i = 0; i < nonce_size; i++) {
        side->nonce[i] = (uint8_t)i;
    }
    side->demand = (struct attest_demand){ .key = &side->key,
                                           .reference = &side->reference,
                                           .nonce = { side->nonce, nonce_size } };
}

void attest_side_free(struct attest_side *side)
{
    attest_key_free(&side->key);
}
