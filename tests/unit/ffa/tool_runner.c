// SPDX-License-Identifier: BSD-3-Clause
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tool_runner.h"

// tool.h has another psa/crypto.h than the crypto service, which may be in the same program
int tool_run(int argc, char **argv);

char text[16384];
char errors[4096];
char folder[] = "/tmp/tessera_tool.XXXXXX";
const char *output = NULL;

int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

int remove_folder(void **state)
{
    DIR *files = opendir(folder);

    (void)state;
    assert_non_null(files);
    for (struct dirent *file = readdir(files); file != NULL; file = readdir(files)) {
        (void)unlink(path_of(file->d_name));
    }
    (void)closedir(files);
    return rmdir(folder);
}

char *path_of(const char *name)
{
    static char path[4][512];
    static unsigned int next;
    char *result = path[next++ % 4];

    (void)snprintf(result, sizeof(path[0]), "%s/%s", folder, name);
    return result;
}

size_t load(const char *name, void *data, size_t size)
{
    FILE *file = fopen(path_of(name), "rb");

    assert_non_null(file);
    size_t got = fread(data, 1, size, file);

    (void)fclose(file);
    return got;
}

void save(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(path_of(name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

int run(const char *format, ...)
{
    char words[512];
    char *argv[16] = { "tessera" };
    int argc = 1;
    int kept[2] = { dup(1), dup(2) };
    va_list list;

    va_start(list, format);
    (void)vsnprintf(words, sizeof(words), format, list);
    va_end(list);
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    (void)fflush(stdout);
    assert_non_null(freopen(output != NULL ? output : path_of("out"), "w", stdout));
    assert_non_null(freopen(path_of("err"), "w", stderr));
    int exit_code = tool_run(argc, argv);

    (void)fflush(stdout);
    (void)fflush(stderr);
    (void)dup2(kept[0], 1);
    (void)dup2(kept[1], 2);
    (void)close(kept[0]);
    (void)close(kept[1]);
    text[load("out", text, sizeof(text) - 1)] = '\0';
    errors[load("err", errors, sizeof(errors) - 1)] = '\0';
    return exit_code;
}
