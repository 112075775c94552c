// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder of the boot configuration (bl2/bl2_config.c): the tree that the build makes, every rule
// broken alone with the place and rule named, and damaged trees, which must never be read outside
// of their memory.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "bl2/bl2_config.h"

#define TREE_SIZE 2048
#define UUID_ECHO "dd60ab2d-5cff-4049-b6fb-16969bd7f77f"
#define UUID_CRYPTO "d9df52d5-16a2-4bb2-9aa4-d26d3b84e8c0"

static uint8_t *tree;
static struct bl2_config config;
static struct bl2_config_fault fault;

static void begin(const char *root_compatible, const char *node, const char *compatible)
{
    memset(tree, 0, TREE_SIZE);
    assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    if (root_compatible != NULL) {
        fdt_property_string(tree, "compatible", root_compatible);
    }
    fdt_begin_node(tree, node);
    if (compatible != NULL) {
        fdt_property_string(tree, "compatible", compatible);
    }
}

static void begin_good(void)
{
    begin("tessera,tb-fw-config", "secure-partitions", "arm,sp");
}

static void package(const char *name, const char *uuid, const char *owner)
{
    fdt_begin_node(tree, name);
    if (uuid != NULL) {
        fdt_property_string(tree, "uuid", uuid);
    }
    if (owner != NULL) {
        fdt_property_string(tree, "owner", owner);
    }
    fdt_end_node(tree);
}

static void end(void)
{
    fdt_end_node(tree);
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
}

static int decode(void)
{
    memset(&config, 0xee, sizeof(config));
    memset(&fault, 0xee, sizeof(fault));
    return bl2_config_decode(tree, fdt_totalsize(tree), &config, &fault);
}

static void expect_refusal(int result, const char *where, const char *rule)
{
    struct bl2_config untouched;

    memset(&untouched, 0xee, sizeof(untouched));
    assert_int_equal(decode(), result);
    assert_string_equal(fault.where, where);
    if (strstr(fault.rule, rule) == NULL) {
        fail_msg("'%s' is not in '%s'", rule, fault.rule);
    }
    assert_memory_equal(&config, &untouched, sizeof(config));
}

static int fresh(void **state)
{
    (void)state;
    tree = malloc(TREE_SIZE);
    return 0;
}

static int release(void **state)
{
    (void)state;
    free(tree);
    return 0;
}

static void packages_are_read_in_order(void **state)
{
    (void)state;
    begin_good();
    package("echo", UUID_ECHO, "Plat");
    package("crypto", UUID_CRYPTO, "SiP");
    end();
    assert_int_equal(decode(), ERR_NONE);
    assert_int_equal(config.package_count, 2);
    assert_string_equal(config.packages[0].name, "echo");
    assert_int_equal(config.packages[0].uuid[0], 0xdd);
    assert_int_equal(config.packages[0].uuid[15], 0x7f);
    assert_int_equal(config.packages[0].owner, COT_PLATFORM_ROOT);
    assert_string_equal(config.packages[1].name, "crypto");
    assert_int_equal(config.packages[1].uuid[0], 0xd9);
    assert_int_equal(config.packages[1].owner, COT_ROOT);
    begin_good();
    end();
    assert_int_equal(decode(), ERR_NONE);
    assert_int_equal(config.package_count, 0);
}

static void the_number_of_packages_is_bounded(void **state)
{
    char name[16];
    char uuid[40];

    (void)state;
    for (int count = HANDOFF_MAX_PACKAGES; count <= HANDOFF_MAX_PACKAGES + 1; count++) {
        begin_good();
        for (int i = 0; i < count; i++) {
            snprintf(name, sizeof(name), "sp%d", i);
            snprintf(uuid, sizeof(uuid), "%08x-0000-4000-8000-000000000000", i);
            package(name, uuid, "Plat");
        }
        end();
        if (count == HANDOFF_MAX_PACKAGES) {
            assert_int_equal(decode(), ERR_NONE);
            assert_int_equal(config.package_count, HANDOFF_MAX_PACKAGES);
        } else {
            expect_refusal(ERR_NO_MEMORY, "secure-partitions", "at most 8");
        }
    }
}

static void packages_that_break_a_rule_are_named(void **state)
{
    const struct {
        const char *name, *uuid, *owner;
        int result;
        const char *where, *rule;
    } cases[] = {
        { "echo", NULL, "Plat", ERR_INVALID, "echo", "must have a uuid" },
        { "echo", "", "Plat", ERR_INVALID, "echo", "must have a uuid" },
        { "echo", UUID_ECHO "0", "Plat", ERR_INVALID, "echo", "must have a uuid" },
        { "echo", "dd60ab2d-5cff-4049-b6fb-16969bd7f77", "Plat", ERR_INVALID, "echo", "a uuid" },
        { "echo", "xd60ab2d-5cff-4049-b6fb-16969bd7f77f", "Plat", ERR_INVALID, "echo", "a uuid" },
        { "echo", UUID_ECHO, NULL, ERR_INVALID, "echo", "owner" },
        { "echo", UUID_ECHO, "Me", ERR_INVALID, "echo", "owner" },
        { "echo", UUID_CRYPTO, "Plat", ERR_DUPLICATE, "echo", "uuid of its own" },
        { "a-name-of-thirty-two-characters-", UUID_ECHO, "Plat", ERR_INVALID,
          "a-name-of-thirty-two-characters", "at most 31" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin_good();
        package("crypto", UUID_CRYPTO, "Plat");
        package(cases[i].name, cases[i].uuid, cases[i].owner);
        end();
        expect_refusal(cases[i].result, cases[i].where, cases[i].rule);
    }
}

static void unknown_nodes_and_properties_are_named(void **state)
{
    (void)state;
    begin_good();
    fdt_begin_node(tree, "echo");
    fdt_property_string(tree, "uuid", UUID_ECHO);
    fdt_property_string(tree, "owner", "Plat");
    fdt_property_u32(tree, "load-address", 0xe080000);
    fdt_end_node(tree);
    end();
    expect_refusal(ERR_INVALID, "load-address", "that the format knows");

    begin_good();
    fdt_property_u32(tree, "count", 1);
    end();
    expect_refusal(ERR_INVALID, "count", "that the format knows");

    begin_good();
    fdt_begin_node(tree, "echo");
    fdt_property_string(tree, "uuid", UUID_ECHO);
    fdt_property_string(tree, "owner", "Plat");
    fdt_begin_node(tree, "inner");
    fdt_end_node(tree);
    fdt_end_node(tree);
    end();
    expect_refusal(ERR_INVALID, "echo", "no nodes");

    begin("tessera,tb-fw-config", "secure-partition", "arm,sp");
    end();
    expect_refusal(ERR_INVALID, "secure-partition", "a node that the format knows");

    begin_good();
    fdt_end_node(tree);
    fdt_begin_node(tree, "secure-partitions");
    end();
    expect_refusal(ERR_DUPLICATE, "secure-partitions", "once");
}

static void what_the_format_needs_must_be_there(void **state)
{
    static const char two_strings[] = "Plat\0SiP";

    (void)state;
    begin(NULL, "secure-partitions", "arm,sp");
    end();
    expect_refusal(ERR_INVALID, "compatible", "tessera,tb-fw-config");
    begin("tessera,tb-fw-config2", "secure-partitions", "arm,sp");
    end();
    expect_refusal(ERR_INVALID, "compatible", "tessera,tb-fw-config");
    begin("tessera,tb-fw-config", "secure-partitions", NULL);
    end();
    expect_refusal(ERR_INVALID, "compatible", "arm,sp");
    begin("tessera,tb-fw-config", "secure-partitions", "arm,spx");
    end();
    expect_refusal(ERR_INVALID, "compatible", "arm,sp");

    memset(tree, 0, TREE_SIZE); // a root without the node
    fdt_create(tree, TREE_SIZE);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_string(tree, "compatible", "tessera,tb-fw-config");
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    expect_refusal(ERR_INVALID, "secure-partitions", "must be there");

    begin_good(); // a list is not a string
    fdt_begin_node(tree, "echo");
    fdt_property_string(tree, "uuid", UUID_ECHO);
    fdt_property(tree, "owner", two_strings, sizeof(two_strings));
    fdt_end_node(tree);
    end();
    expect_refusal(ERR_INVALID, "echo", "owner");

    begin_good(); // nor is what has no NUL
    fdt_begin_node(tree, "echo");
    fdt_property(tree, "uuid", UUID_ECHO, UUID_TEXT_LENGTH);
    fdt_property_string(tree, "owner", "Plat");
    fdt_end_node(tree);
    end();
    expect_refusal(ERR_INVALID, "echo", "uuid");
}

static void no_tree_is_refused(void **state)
{
    (void)state;
    begin_good();
    package("echo", UUID_ECHO, "Plat");
    end();
    for (size_t size = 0; size < fdt_totalsize(tree); size++) {
        uint8_t *cut = malloc(size + 1);

        memcpy(cut, tree, size);
        assert_int_equal(bl2_config_decode(cut, size, &config, &fault), ERR_INVALID);
        assert_string_equal(fault.where, "/");
        free(cut);
    }
}

// The sanitizer is the judge: any result will do, no access outside of the tree's memory, no name
// without its end.
static void damaged_trees_are_survived(void **state)
{
    uint8_t whole[TREE_SIZE];
    size_t size;

    (void)state;
    begin_good();
    package("echo", UUID_ECHO, "Plat");
    package("crypto", UUID_CRYPTO, "SiP");
    end();
    size = fdt_totalsize(tree);
    memcpy(whole, tree, size);
    srand(22);
    for (int i = 0; i < 30000; i++) {
        uint8_t *damaged = malloc(size);

        memcpy(damaged, whole, size);
        for (int j = rand() % 4; j >= 0; j--) {
            damaged[(size_t)rand() % size] = (uint8_t)(rand() % 2 ? rand() : 0xff);
        }
        if (bl2_config_decode(damaged, size, &config, &fault) == ERR_NONE) {
            assert_in_range(config.package_count, 0, HANDOFF_MAX_PACKAGES);
        } else {
            assert_in_range(strnlen(fault.where, sizeof(fault.where)), 0, sizeof(fault.where) - 1);
        }
        free(damaged);
    }
}

// libfdt 1.6.1 goes round for ever on a property whose length leads back to its own tag: it must
// not be asked.
static void a_length_that_wraps_is_refused(void **state)
{
    int node;
    int property;

    (void)state;
    begin_good();
    package("echo", UUID_ECHO, "Plat");
    end();
    node = fdt_path_offset(tree, "/secure-partitions/echo");
    property = fdt_first_property_offset(tree, node);
    assert_true(property > 0);
    memset(tree + fdt_off_dt_struct(tree) + property + 4, 0xff, 3);
    tree[fdt_off_dt_struct(tree) + (size_t)property + 7] = 0xf4;
    expect_refusal(ERR_INVALID, "/", "property values inside");
}

// `owners`: a letter each, S (SiP) or P (Plat)
static void own(const char *owners)
{
    memset(&config, 0, sizeof(config));
    for (; *owners != '\0'; owners++) {
        struct bl2_config_package *sp = &config.packages[config.package_count];

        sp->owner = *owners == 'P' ? COT_PLATFORM_ROOT : COT_ROOT;
        sp->uuid[0] = (uint8_t)(0x40 + config.package_count);
        config.package_count++;
    }
}

static void expect_image(uint32_t index, uint32_t chain, uint32_t number, uint32_t owner)
{
    enum cot_image image = COT_IMAGE_COUNT;

    assert_int_equal(bl2_config_image(&config, index, chain, &image), ERR_NONE);
    assert_int_equal(image, COT_SP1 + number - 1);
    assert_int_equal(bl2_config_key_owner(chain, image), owner);
}

static void with_one_root_packages_count_from_the_first(void **state)
{
    (void)state;
    own("SPPPPPSS");
    for (uint32_t i = 0; i < 8; i++) {
        expect_image(i, COT_SINGLE_ROOT, i + 1, 0);
    }
}

static void with_two_roots_each_owner_counts_its_own(void **state)
{
    static const uint32_t numbers[8] = { 5, 1, 6, 7, 2, 3, 8, 4 };
    enum cot_image image = COT_IMAGE_COUNT;

    (void)state;
    own("PSPPSSPS");
    for (uint32_t i = 0; i < 8; i++) {
        expect_image(i, COT_DUAL_ROOT, numbers[i], numbers[i] >= 5);
    }
    own("PSPPPP");
    expect_image(4, COT_DUAL_ROOT, 8, 1);
    assert_int_equal(bl2_config_image(&config, 5, COT_DUAL_ROOT, &image), ERR_NO_MEMORY);
    own("SSSSS");
    assert_int_equal(bl2_config_image(&config, 4, COT_DUAL_ROOT, &image), ERR_NO_MEMORY);
    assert_int_equal(bl2_config_image(&config, 5, COT_DUAL_ROOT, &image), ERR_INVALID);
    assert_int_equal(bl2_config_image(&config, 0, 0, &image), ERR_INVALID);
    assert_int_equal(bl2_config_image(&config, 0, COT_DUAL_ROOT ^ 1, &image), ERR_INVALID);
    assert_int_equal(image, COT_IMAGE_COUNT);
}

static bool knows(enum fip_image_id id, uint32_t chain)
{
    return bl2_config_knows(&config, chain, fip_names_get(id)->uuid);
}

static void only_images_and_certificates_of_the_chain_in_force_are_known(void **state)
{
    // services.md H.4: TBBR, and what differs with a second root
    static const enum fip_image_id both[] = {
        IMAGE_TB_FW,       IMAGE_TB_FW_CONFIG,    IMAGE_SOC_FW,           IMAGE_TOS_FW,
        IMAGE_NT_FW,       IMAGE_TB_FW_CERT,      IMAGE_TRUSTED_KEY_CERT, IMAGE_SOC_FW_KEY_CERT,
        IMAGE_SOC_FW_CERT, IMAGE_TOS_FW_KEY_CERT, IMAGE_TOS_FW_CERT,      IMAGE_NT_FW_CERT,
        IMAGE_SIP_SP_CERT,
    };
    bool known[IMAGE_COUNT] = { false };

    (void)state;
    own("PP");
    for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
        known[both[i]] = true;
    }
    for (uint32_t id = 0; id < IMAGE_COUNT; id++) {
        assert_int_equal(knows(id, COT_SINGLE_ROOT), known[id] || id == IMAGE_NT_FW_KEY_CERT);
        assert_int_equal(knows(id, COT_DUAL_ROOT), known[id] || id == IMAGE_PLAT_SP_CERT);
    }
    assert_true(bl2_config_knows(&config, COT_SINGLE_ROOT, config.packages[1].uuid));
    assert_false(bl2_config_knows(&config, COT_SINGLE_ROOT, (const uint8_t[16]){ 0x42 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(packages_are_read_in_order, fresh, release),
        cmocka_unit_test_setup_teardown(the_number_of_packages_is_bounded, fresh, release),
        cmocka_unit_test_setup_teardown(packages_that_break_a_rule_are_named, fresh, release),
        cmocka_unit_test_setup_teardown(unknown_nodes_and_properties_are_named, fresh, release),
        cmocka_unit_test_setup_teardown(what_the_format_needs_must_be_there, fresh, release),
        cmocka_unit_test_setup_teardown(no_tree_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(a_length_that_wraps_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(damaged_trees_are_survived, fresh, release),
        cmocka_unit_test(with_one_root_packages_count_from_the_first),
        cmocka_unit_test(with_two_roots_each_owner_counts_its_own),
        cmocka_unit_test(only_images_and_certificates_of_the_chain_in_force_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
