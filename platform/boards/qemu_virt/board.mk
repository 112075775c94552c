# SPDX-License-Identifier: BSD-3-Clause
#
# QEMU virt: what the board adds to every image, to BL2 alone (finding out about the machine), to BL1 and BL31 (OTP
# memory) and to BL31 alone (power).
board_SRCS := platform/boards/qemu_virt/board.c platform/drivers/pl011.c platform/drivers/pl061.c
board_BL2_SRCS := platform/boards/qemu_virt/board_bl2.c platform/common/common_fdt.c \
    platform/common/common_fdt_fixup.c platform/common/common_fdt_write.c \
    platform/common/common_rndr.c
board_OTP_SRCS := platform/boards/qemu_virt/board_otp.c platform/drivers/nor.c
board_BL31_SRCS := platform/boards/qemu_virt/board_bl31.c platform/common/common_park.c \
    platform/common/common_rndr.c
