// SPDX-License-Identifier: BSD-3-Clause
//
// tessera random.
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define COUNT_MAX 0x1000000

enum tool_exit cmd_random(const struct tool_args *args)
{
    uint64_t count;

    if (!tool_parse_number(args->operands[0], COUNT_MAX, &count) || count == 0) {
        tool_error("count: found \"%s\", expected a number from 1 to %d", args->operands[0],
                   COUNT_MAX);
        return TOOL_USAGE;
    }
    uint8_t *bytes = malloc(count);

    if (bytes == NULL) {
        tool_error("count: no memory for %llu bytes", (unsigned long long)count);
        return TOOL_FAILED;
    }
    psa_status_t status = psa_generate_random(bytes, count);
    enum tool_exit exit_code = status == PSA_SUCCESS
                                   ? tool_file_result(args, "random", bytes, count)
                                   : tool_psa_error("random bytes", status);

    explicit_bzero(bytes, count);
    free(bytes);
    return exit_code;
}
