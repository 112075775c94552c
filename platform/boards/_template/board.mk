# SPDX-License-Identifier: BSD-3-Clause
#
# Template of a board: its sources and the drivers it chose. Copy the folder, give it your board's name, and build with
# `make BOARD=<name>`.

# Every image: struct board, console, boot storage, plat_fatal; plus the driver files that these need.
board_SRCS := platform/boards/_template/board.c platform/drivers/pl011.c

# BL2 alone: what the machine is like, and entropy. A board whose machine brings a device tree adds
# platform/common/common_fdt.c here, one whose cores may have RNDR platform/common/common_rndr.c.
board_BL2_SRCS := platform/boards/_template/board_bl2.c platform/common/common_rndr.c

# BL1 and BL31: one-time-programmable memory. With CFI flash add platform/drivers/nor.c.
board_OTP_SRCS := platform/boards/_template/board_otp.c

# BL31 alone: power. common_park.c starts cores that wait for a group 0 SGI; a board with a power controller has its own way.
board_BL31_SRCS := platform/boards/_template/board_bl31.c platform/common/common_park.c \
    platform/common/common_rndr.c
