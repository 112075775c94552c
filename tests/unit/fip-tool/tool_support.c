// SPDX-License-Identifier: BSD-3-Clause
//
// See tool_support.h. Trusts the tests that call it.
#include "tool_support.h"

#include <dirent.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fip-tool/fip-tool.h"

#define MAX_WORDS 256
#define MAX_LINE 16384
#define MAX_OUTPUT 65536

static char folder[64], home[4096];
static char line[MAX_LINE];
static char *words[MAX_WORDS + 1];
static char texts[2][MAX_OUTPUT]; // stdout, stderr

int support_enter(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/fip-tool-test.XXXXXX");
    return getcwd(home, sizeof(home)) == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

int support_leave(void **state)
{
    (void)state;
    if (chdir(home) != 0) {
        return -1;
    }
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int split_line(const char *program, const char *format, va_list args)
{
    int count = 1;

    assert_true(vsnprintf(line, sizeof(line), format, args) < (int)sizeof(line));
    words[0] = (char *)(uintptr_t)program;
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(count < MAX_WORDS);
        words[count++] = word;
    }
    words[count] = NULL;
    return count;
}

// Sends stdout and stderr to two unnamed files; gives the old ones.
static void redirect(FILE *files[2], int saved[2])
{
    for (int i = 0; i < 2; i++) {
        fflush(i == 0 ? stdout : stderr);
        files[i] = tmpfile();
        assert_non_null(files[i]);
        saved[i] = dup(i + 1);
        assert_true(saved[i] >= 0 && dup2(fileno(files[i]), i + 1) >= 0);
    }
}

static void restore(FILE *files[2], int saved[2])
{
    for (int i = 0; i < 2; i++) {
        size_t size;

        fflush(i == 0 ? stdout : stderr);
        dup2(saved[i], i + 1);
        close(saved[i]);
        rewind(files[i]);
        size = fread(texts[i], 1, MAX_OUTPUT - 1, files[i]);
        texts[i][size] = '\0';
        fclose(files[i]);
    }
}

int support_tool(const char *format, ...)
{
    FILE *files[2];
    int saved[2], count, result;
    va_list args;

    va_start(args, format);
    count = split_line("fip-tool", format, args);
    va_end(args);
    redirect(files, saved);
    tool_verbose_enabled = false;
    result = (int)tool_run(count, words);
    restore(files, saved);
    return result;
}

static int run_program(const char *program, const char *format, va_list args)
{
    FILE *files[2];
    int saved[2], started, status = 0;
    pid_t pid;

    split_line(program, format, args);
    redirect(files, saved);
    started =
        posix_spawnp(&pid, program, NULL, NULL, words, environ); // no copy of ASan's page tables
    if (started == 0) {
        waitpid(pid, &status, 0);
    }
    restore(files, saved);
    if (started != 0) {
        return FIPTOOL_ABSENT;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int support_fiptool(const char *format, ...)
{
    va_list args;
    int result;

    va_start(args, format);
    result = run_program("fiptool", format, args);
    va_end(args);
    return result;
}

int support_cert_create(const char *format, ...)
{
    va_list args;
    int result;

    va_start(args, format);
    result = run_program("cert_create", format, args);
    va_end(args);
    return result;
}

const char *support_stdout(void)
{
    return texts[0];
}

const char *support_stderr(void)
{
    return texts[1];
}

void support_expect_message(const char *text)
{
    if (strstr(texts[1], text) == NULL) {
        fail_msg("expected a message with \"%s\", got: %s", text, texts[1]);
    }
}

void support_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void support_write_pattern(const char *path, size_t size, uint8_t seed)
{
    uint8_t *data = malloc(size + 1);

    assert_non_null(data);
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)(seed + i * 31 + (i >> 8) * 17);
    }
    support_write(path, data, size);
    free(data);
}

uint8_t *support_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    uint8_t *data;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    data = malloc((size_t)status.st_size + 1);
    assert_non_null(data);
    *size = fread(data, 1, (size_t)status.st_size, file);
    assert_int_equal(*size, status.st_size);
    fclose(file);
    data[*size] = 0;
    return data;
}

bool support_same(const char *a, const char *b)
{
    uint8_t *data[2];
    size_t size[2];
    bool same;

    if (access(a, F_OK) != 0 || access(b, F_OK) != 0) {
        return false;
    }
    data[0] = support_read(a, &size[0]);
    data[1] = support_read(b, &size[1]);
    same = size[0] == size[1] && memcmp(data[0], data[1], size[0]) == 0;
    free(data[0]);
    free(data[1]);
    return same;
}

size_t support_count(const char *path)
{
    DIR *dir = opendir(path);
    size_t count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count - 2;
}
