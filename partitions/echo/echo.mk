# SPDX-License-Identifier: BSD-3-Clause
#
# echo: the smallest partition.

PARTITIONS += echo
echo_UUID := dd60ab2d-5cff-4049-b6fb-16969bd7f77f
echo_SRCS := partitions/echo/echo_sp.c
