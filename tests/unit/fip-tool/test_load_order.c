// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool verify and measure go through the images in the order of enum cot_image; BL2 goes through its
// image table. These are the same, or measure would predict another log than the board writes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bl2/bl2_private.h"
#include "cot.h"

static void bl2_loads_in_the_order_of_the_chain(void **state)
{
    (void)state;
    assert_int_equal(cot_image_row(COT_BL2)->id, IMAGE_TB_FW); // BL1's, before all others
    assert_int_equal(bl2_image_count, COT_SP1 - COT_TB_FW_CONFIG);
    for (size_t i = 0; i < bl2_image_count; i++) {
        assert_int_equal(bl2_images[i].image, COT_TB_FW_CONFIG + i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bl2_loads_in_the_order_of_the_chain),
    };

    return cmocka_run_group_tests_name("fip-tool_load_order", tests, NULL, NULL);
}
