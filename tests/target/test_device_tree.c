// SPDX-License-Identifier: BSD-3-Clause
//
// The hardware device tree as the normal world finds it when BL33 is entered, on machines with 1 to 8 cores: what an
// operating system needs of the firmware is there and true of the machine, nothing of the secure world is.
#include <libfdt.h>
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/target.h"

static const uint8_t *dtb;

static int node_at(const char *path)
{
    int node = fdt_path_offset(dtb, path);

    if (node < 0) {
        fail_msg("%s: %s", path, fdt_strerror(node));
    }
    return node;
}

static void expect_text(int node, const char *name, const char *value)
{
    const char *found = fdt_getprop(dtb, node, name, NULL);

    if (found == NULL || strcmp(found, value) != 0) {
        fail_msg("%s: %s must be %s", fdt_get_name(dtb, node, NULL), name, value);
    }
}

static uint32_t number_at(int node, const char *name)
{
    int length = 0;
    const fdt32_t *cell = fdt_getprop(dtb, node, name, &length);

    if (cell == NULL || length < (int)sizeof(*cell)) {
        fail_msg("%s: %s is missing", fdt_get_name(dtb, node, NULL), name);
    }
    return fdt32_to_cpu(*cell);
}

// Its states are in the right node, and of the kind that keeps or loses the core's registers (DEN0022 5.4.2.1).
static void expect_idle_states(int cpu)
{
    int length = 0;
    const fdt32_t *list = fdt_getprop(dtb, cpu, "cpu-idle-states", &length);

    assert_non_null(list);
    assert_int_equal(length, 2 * (int)sizeof(*list));
    for (uint32_t i = 0; i < 2; i++) {
        int node = fdt_node_offset_by_phandle(dtb, fdt32_to_cpu(list[i]));

        assert_int_equal(fdt_parent_offset(dtb, node), node_at("/cpus/idle-states"));
        assert_int_equal(fdt_node_check_compatible(dtb, node, "arm,idle-state"), 0);
        assert_int_equal(number_at(node, "arm,psci-suspend-param") >> 16 & 1, i);
        assert_true(number_at(node, "min-residency-us") >= number_at(node, "exit-latency-us"));
    }
}

static void expect_cores(unsigned int cores)
{
    unsigned int found = 0;
    int node;

    expect_text(node_at("/cpus/idle-states"), "entry-method", "psci");
    fdt_for_each_subnode(node, dtb, node_at("/cpus"))
    {
        const char *type = fdt_getprop(dtb, node, "device_type", NULL);

        if (type != NULL && strcmp(type, "cpu") == 0) {
            assert_int_equal(number_at(node, "reg"), found);
            expect_text(node, "enable-method", "psci");
            expect_idle_states(node);
            found++;
        }
    }
    assert_int_equal(found, cores);
}

static void expect_region(const char *path, uint64_t base, uint64_t size, bool no_map)
{
    const fdt32_t reg[] = { cpu_to_fdt32(base >> 32), cpu_to_fdt32(base), cpu_to_fdt32(size >> 32),
                            cpu_to_fdt32(size) };
    int node = node_at(path);
    int length = 0;
    const void *found = fdt_getprop(dtb, node, "reg", &length);

    assert_non_null(found);
    assert_int_equal(length, (int)sizeof(reg));
    assert_memory_equal(found, reg, sizeof(reg));
    assert_int_equal(fdt_getprop(dtb, node, "no-map", NULL) != NULL, no_map);
}

static void expect_nothing_secure(void)
{
    int length = 0;

    for (int node = 0; node >= 0; node = fdt_next_node(dtb, node, NULL)) {
        const char *name = fdt_get_name(dtb, node, NULL);

        if (strncmp(name, "sec", 3) == 0 || fdt_getprop(dtb, node, "secure-status", NULL) != NULL) {
            fail_msg("%s is in the tree", name);
        }
    }
    // Nothing in the tree's memory but the tree: QEMU's page of it is zero behind the end
    length = (int)(fdt_off_dt_strings(dtb) + fdt_size_dt_strings(dtb));
    for (; length < HW_DTB_SIZE; length++) {
        assert_int_equal(dtb[length], 0);
    }
    assert_null(memmem(dtb, HW_DTB_SIZE, "/pl011@9040000", 14)); // secure-chosen's stdout-path
}

static void the_tree_is_the_machines(unsigned int cores, unsigned int gic, bool el2)
{
    struct h_options o = target_options();
    const char *compatible = gic == 3 ? "arm,gic-v3" : "arm,cortex-a15-gic";

    o.cores = cores;
    o.gic = gic;
    o.virtualization = el2;
    target_fresh(&o);
    dtb = h_memory(machine, HW_DTB_BASE, HW_DTB_SIZE);
    assert_int_equal(fdt_check_full(dtb, HW_DTB_SIZE), 0);
    assert_int_equal(fdt_node_check_compatible(dtb, node_at("/psci"), "arm,psci-1.0"), 0);
    assert_int_equal(fdt_node_check_compatible(dtb, node_at("/psci"), "arm,psci-0.2"), 0);
    expect_text(node_at("/psci"), "method", "smc");
    expect_cores(cores);
    expect_region("/reserved-memory/event-log@40120000", NS_EVENT_LOG_BASE, NS_EVENT_LOG_SIZE,
                  false);
    expect_nothing_secure();
    assert_int_equal(fdt_node_check_compatible(dtb, node_at("/intc@8000000"), compatible), 0);
    (void)node_at("/memory@40000000");
    assert_true(fdt_path_offset(dtb, "/tpm@40121000") < 0); // no partition of this firmware is one,
    // but its pages are still what a manifest may name
    expect_region("/reserved-memory/tpm@40121000", NS_TPM_CRB_BASE, NS_TPM_CRB_SIZE, true);
    (void)node_at("/pl011@9000000"); // the normal world's own is still there
    (void)target_stop(NULL);
}

static uint64_t wide_at(int node, const char *name, int index)
{
    int length = 0;
    const fdt64_t *value = fdt_getprop(dtb, node, name, &length);

    assert_non_null(value);
    assert_true(length >= 8 * (index + 1));
    return fdt64_ld(&value[index]);
}

// Firmware with the TPM's partition: its pages, which Linux leaves alone, and its log where Linux looks for it
static void a_tpm_that_is_there_is_told_of(void **state)
{
    static const char path[] = "/tpm@40121000";
    struct h_options options = target_options();

    (void)state;
    options.flash = TESSERA_IMAGES "/tpm/flash.bin";
    target_fresh(&options);
    dtb = h_memory(machine, HW_DTB_BASE, HW_DTB_SIZE);
    assert_int_equal(fdt_check_full(dtb, HW_DTB_SIZE), 0);
    int node = node_at(path);
    expect_text(node, "compatible", "tessera,tpm-crb-ffa");
    assert_int_equal(wide_at(node, "reg", 0), NS_TPM_CRB_BASE);
    assert_int_equal(wide_at(node, "reg", 1), NS_TPM_CRB_SIZE);
    assert_int_equal(wide_at(node, "linux,sml-base", 0), NS_EVENT_LOG_BASE);
    assert_int_equal(number_at(node, "linux,sml-size"),
                     number_at(node_at("/tpm-event-log"), "tpm_event_log_size"));
    expect_region("/reserved-memory/tpm@40121000", NS_TPM_CRB_BASE, NS_TPM_CRB_SIZE, true);
    (void)target_stop(NULL);
}

static void one_core_gicv2(void **state)
{
    (void)state;
    the_tree_is_the_machines(1, 2, true);
}

static void two_cores_gicv3(void **state)
{
    (void)state;
    the_tree_is_the_machines(2, 3, false);
}

static void four_cores_gicv3_el2(void **state)
{
    (void)state;
    the_tree_is_the_machines(4, 3, true);
}

static void eight_cores_gicv2(void **state)
{
    (void)state;
    the_tree_is_the_machines(8, 2, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tpm_that_is_there_is_told_of),
        cmocka_unit_test(one_core_gicv2),
        cmocka_unit_test(two_cores_gicv3),
        cmocka_unit_test(four_cores_gicv3_el2),
        cmocka_unit_test(eight_cores_gicv2),
    };

    return cmocka_run_group_tests_name("device_tree", tests, NULL, target_stop);
}
