// SPDX-License-Identifier: BSD-3-Clause
//
// Reads the cases of a suite and runs them, as Mbed TLS's own runner does, with three differences: the result is TAP; a list of cases
// to skip, each with its reason; and the client's volatile keys and operations are gone before each case. A line of the skip list is
// SUITE;FUNCTION;CASE;REASON, where the first three are patterns (fnmatch). A line that fits no case is a failure: it is out of date.
#include "tests/psa/psa_runner.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/arguments.h"
#include "test/helpers.h"
#include "tests/psa/psa_suite.h"

#define LINE_MAX_SIZE 20000
#define ARGUMENTS_MAX 64
#define RULES_MAX 200
#define GROUPS_MAX 100

struct rule {
    char *function, *name, *reason;
    unsigned int hits;
};

// One case as the two files have it
struct test_case {
    char name[LINE_MAX_SIZE];
    char needs[LINE_MAX_SIZE];      // depends_on with numbers, "" if none
    char need_names[LINE_MAX_SIZE]; // the same with names
    char call[LINE_MAX_SIZE];       // number of the function, and arguments with their types
    char function[LINE_MAX_SIZE];   // its name, and arguments
};

static const char *suite_name;
static struct rule rules[RULES_MAX];
static size_t rule_count;
static struct {
    char reason[200];
    char names[300]; // of what is missing, one after the other
    unsigned int count;
} groups[GROUPS_MAX];
static size_t group_count;
static unsigned int number, failures;
static jmp_buf end_of_case;

static _Noreturn void give_up(const char *why, const char *what)
{
    printf("Bail out! %s: %s%s\n", suite_name, why, what);
    exit(2);
}

// ---- Files -----------------------------------------------------------------------------------------------------------

// The next line that says something, without its end; false at the end of the file.
static bool read_line(FILE *file, char line[LINE_MAX_SIZE])
{
    while (fgets(line, LINE_MAX_SIZE, file) != NULL) {
        if (strchr(line, '\n') == NULL && !feof(file)) {
            give_up("a line is too long: ", line);
        }
        line[strcspn(line, "\r\n")] = '\0';
        if (line[strspn(line, " \t")] != '\0' && line[0] != '#') {
            return true;
        }
    }
    return false;
}

static FILE *open_file(const char *name)
{
    FILE *file = fopen(name, "r");

    if (file == NULL) {
        give_up("cannot be read: ", name);
    }
    return file;
}

// The part of a case behind its name: what it depends on, if anything, and its call.
static bool read_body(FILE *file, char needs[LINE_MAX_SIZE], char call[LINE_MAX_SIZE])
{
    static const char word[] = "depends_on:";

    needs[0] = '\0';
    if (!read_line(file, call)) {
        return false;
    }
    if (strncmp(call, word, strlen(word)) == 0) {
        strcpy(needs, call + strlen(word));
        return read_line(file, call);
    }
    return true;
}

static bool read_case(FILE *names, FILE *numbers, struct test_case *test)
{
    static char other[LINE_MAX_SIZE];

    if (!read_line(numbers, test->name)) {
        return false;
    }
    if (!read_line(names, other) || strcmp(other, test->name) != 0) {
        give_up("the cases with names are not those with numbers: ", test->name);
    }
    if (!read_body(numbers, test->needs, test->call) ||
        !read_body(names, test->need_names, test->function)) {
        give_up("the case is not complete: ", test->name);
    }
    test->function[strcspn(test->function, ":")] = '\0';
    return true;
}

// Those of this suite.
static void read_rules(const char *file_name)
{
    static char line[LINE_MAX_SIZE];
    static char texts[LINE_MAX_SIZE];
    size_t used = 0;
    FILE *file = open_file(file_name);

    while (read_line(file, line)) {
        struct rule rule = { .hits = 0 };

        if (used + strlen(line) + 1 > sizeof(texts) || rule_count == RULES_MAX) {
            give_up("too much in ", file_name);
        }
        rule.reason = memcpy(texts + used, line, strlen(line) + 1);
        const char *suite = strsep(&rule.reason, ";");

        rule.function = strsep(&rule.reason, ";");
        rule.name = strsep(&rule.reason, ";");
        if (rule.reason == NULL || rule.reason[0] == '\0') {
            give_up("a line of the skip list has no reason: ", line);
        }
        if (fnmatch(suite, suite_name, 0) == 0) {
            rules[rule_count++] = rule;
            used += strlen(line) + 1;
        }
    }
    fclose(file);
}

// ---- Results ---------------------------------------------------------------------------------------------------------

// Adds `name` to a group's names if it is new.
static void add_name(size_t group, const char *name)
{
    char *names = groups[group].names;
    size_t used = strlen(names);
    size_t length = strlen(name);

    for (const char *at = names; (at = strstr(at, name)) != NULL; at += length) {
        if (at[-1] == ' ' && (at[length] == ',' || at[length] == '\0')) {
            return;
        }
    }
    if (used + length + 10 < sizeof(groups[group].names)) {
        (void)sprintf(names + used, "%s %s", used == 0 ? ":" : ",", name);
    } else if (names[used - 1] != '.') {
        (void)strcat(names, " ...");
    }
}

// `missing`: what the case depends on and is not there, or NULL.
static void report_skip(const char *name, const char *reason, const char *missing)
{
    size_t i = 0;

    printf("ok %u - %s # SKIP %s\n", ++number, name, reason);
    while (i < group_count && strcmp(groups[i].reason, reason) != 0) {
        i++;
    }
    if (i == GROUPS_MAX) {
        give_up("too many reasons: ", reason);
    }
    if (i == group_count) {
        (void)snprintf(groups[group_count++].reason, sizeof(groups[0].reason), "%s", reason);
    }
    groups[i].count++;
    if (missing != NULL) {
        add_name(i, missing);
    }
}

static void report(const char *name, bool good)
{
    printf("%s %u - %s\n", good ? "ok" : "not ok", ++number, name);
    failures += !good;
}

// `all`: every case was looked at
static void report_end(bool all)
{
    for (size_t i = 0; i < rule_count; i++) {
        if (all && rules[i].hits == 0) {
            printf("not ok %u - skip list: no case fits '%s;%s;%s'\n", ++number, suite_name,
                   rules[i].function, rules[i].name);
            failures++;
        }
    }
    printf("1..%u\n", number);
    for (size_t i = 0; i < group_count; i++) {
        printf("# SKIP-REASON %s: %u cases: %s%s\n", suite_name, groups[i].count, groups[i].reason,
               groups[i].names);
    }
}

// ---- Cases -----------------------------------------------------------------------------------------------------------

// The rule that skips the case, or NULL.
static struct rule *find_rule(const struct test_case *test)
{
    for (size_t i = 0; i < rule_count; i++) {
        if (fnmatch(rules[i].function, test->function, 0) == 0 &&
            fnmatch(rules[i].name, test->name, 0) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

// Whether all that the case depends on is there; if not, `missing` is the first that is not.
static bool is_possible(const struct psa_suite *suite, struct test_case *test, const char **missing)
{
    char *numbers = test->needs;
    char *names = test->need_names;
    const char *id;

    while (numbers != NULL && numbers[0] != '\0' && (id = strsep(&numbers, ":")) != NULL) {
        *missing = strsep(&names, ":");
        if (suite->dependency(atoi(id)) != 0) {
            return false;
        }
    }
    return true;
}

// Cuts `text` at each ':' and takes the backslashes out; their number.
static size_t split(char *text, char *parts[ARGUMENTS_MAX])
{
    size_t count = 1;
    char *to = text;

    parts[0] = text;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == ':') {
            if (count == ARGUMENTS_MAX) {
                give_up("too many arguments: ", parts[0]);
            }
            *to++ = '\0';
            parts[count++] = to;
        } else if (*at == '\\' && at[1] != '\0') {
            at++;
            *to++ = (char)(*at == 'n' ? '\n' : *at);
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return count;
}

// The text of a quoted argument.
static char *unquote(char *text)
{
    size_t length = strlen(text);

    if (length < 2 || text[0] != '"' || text[length - 1] != '"') {
        give_up("a string without quotes: ", text);
    }
    text[length - 1] = '\0';
    return text + 1;
}

// One argument of `type`, into one or, for bytes, two places of `out`; how many. `store` keeps its number.
static size_t convert(const struct psa_suite *suite, const char *type, char *value, void **out,
                      mbedtls_test_argument_t *store)
{
    if (strcmp(type, "char*") == 0) {
        out[0] = unquote(value);
        return 1;
    }
    if (strcmp(type, "hex") == 0) {
        char *text = unquote(value);

        if (mbedtls_test_unhexify((unsigned char *)text, strlen(text), text, &store->len) != 0) {
            give_up("no hexadecimal number: ", text);
        }
        out[0] = text;
        out[1] = store;
        return 2;
    }
    if (strcmp(type, "int") == 0) {
        store->sint = strtol(value, NULL, 0);
    } else if (strcmp(type, "exp") != 0 || suite->expression(atoi(value), &store->sint) != 0) {
        give_up("an argument of unknown type or value: ", type);
    }
    out[0] = store;
    return 1;
}

psa_status_t psa_absent(const char *function)
{
    mbedtls_test_fail(function, 0, "psa_absent.h: not offered to clients");
    longjmp(end_of_case, 1);
}

static void run_case(const struct psa_suite *suite, struct test_case *test)
{
    static mbedtls_test_argument_t store[ARGUMENTS_MAX];
    char *parts[ARGUMENTS_MAX];
    void *arguments[2 * ARGUMENTS_MAX];
    size_t part_count = split(test->call, parts);
    size_t function = strtoul(parts[0], NULL, 10);
    size_t count = 0;

    if (suite->check(function) != 0) {
        report_skip(test->name, "the function needs what the partition does not have", NULL);
        return;
    }
    for (size_t i = 1; i + 1 < part_count; i += 2) {
        count += convert(suite, parts[i], parts[i + 1], &arguments[count], &store[i / 2]);
    }
    mbedtls_test_info_reset();
    if (!psa_machine_forget()) {
        give_up("the machine does not answer any more, before ", test->name);
    }
    if (setjmp(end_of_case) == 0 && suite->dispatch(function, arguments) != 0) {
        give_up("the suite lacks a function: ", test->function);
    }
    if (mbedtls_test_get_result() == MBEDTLS_TEST_RESULT_SKIPPED) {
        report_skip(test->name, mbedtls_test_get_test(), NULL);
        return;
    }
    bool good = mbedtls_test_get_result() == MBEDTLS_TEST_RESULT_SUCCESS;
    char line1[MBEDTLS_TEST_LINE_LENGTH];
    char line2[MBEDTLS_TEST_LINE_LENGTH];

    report(test->name, good);
    if (!good) {
        mbedtls_test_get_line1(line1);
        mbedtls_test_get_line2(line2);
        printf("# %s: %s at %s:%d (step %ld)\n#   %s\n#   %s\n", test->function,
               mbedtls_test_get_test(), mbedtls_get_test_filename(), mbedtls_test_get_line_no(),
               (long)mbedtls_test_get_step(), line1, line2);
    }
}

static void judge_case(const struct psa_suite *suite, struct test_case *test)
{
    const char *missing = NULL;
    struct rule *rule = find_rule(test);

    if (rule != NULL) {
        rule->hits++; // it is up to date whatever the configuration is
    }
    if (!is_possible(suite, test, &missing)) {
        report_skip(test->name,
                    missing[0] == '!'
                        ? "for configurations without something that the partition has"
                        : "for configurations with something that the partition lacks",
                    missing);
    } else if (rule != NULL) {
        report_skip(test->name, rule->reason, NULL);
    } else {
        run_case(suite, test);
    }
}

int psa_runner_main(const struct psa_suite *suite, int argc, const char **argv)
{
    static struct test_case test;
    const char *only = getenv("TESSERA_PSA_CASE"); // a pattern: for work on single cases

    if (argc != 5) {
        fprintf(stderr, "usage: %s SUITE CASES.data CASES.datax SKIP-LIST\n", argv[0]);
        return 2;
    }
    suite_name = argv[1];
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    read_rules(argv[4]);
    FILE *names = open_file(argv[2]);
    FILE *numbers = open_file(argv[3]);

    psa_machine_start();
    while (read_case(names, numbers, &test)) {
        if (only == NULL || fnmatch(only, test.name, 0) == 0) {
            judge_case(suite, &test);
        }
    }
    psa_machine_stop();
    fclose(names);
    fclose(numbers);
    report_end(only == NULL);
    return failures != 0;
}
