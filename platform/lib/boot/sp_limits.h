// SPDX-License-Identifier: BSD-3-Clause
//
// Every fixed maximum of a partition package in one place: what the decoders (elf_image.h, sp_manifest.h) accept, and so
// what the SPMC loads and fip-tool packs. The SPMC's other limits are in spmc_limits.h.
#ifndef SP_LIMITS_H
#define SP_LIMITS_H

#define SP_MAX_UUIDS 4              // protocol UUIDs of one partition
#define SP_MAX_REGIONS 8            // memory-regions of one partition
#define SP_MAX_DEVICES 4            // device-regions of one partition
#define SP_MAX_DEVICE_INTERRUPTS 4  // interrupts of one device-region
#define SP_MAX_DEVICE_PAGES 4096    // pages of one device-region
#define SP_MAX_CALLERS 8            // callers of one partition
#define SP_MAX_MEMORY_HANDLES 64    // tessera,memory-handles
#define SP_MAX_MEMORY_PAGES 262144  // tessera,memory-pages
#define SP_MAX_SEGMENTS 8           // PT_LOAD segments of one partition image
#define SP_MAX_STACK_PAGES 64       // tessera,stack-pages
#define SP_MAX_HEAP_PAGES 1024      // tessera,heap-pages
#define SP_MAX_REGION_PAGES 4096    // pages of one memory-region
#define SP_MAX_IMAGE_PAGES 2048     // pages of one partition image, first to last segment
#define SP_MAX_MANIFEST_SIZE 0x4000 // bytes of one manifest
#define SP_MAX_WATCHDOG_MS 600000   // tessera,watchdog-ms
#define SP_DESCRIPTION_SIZE 32      // bytes of a description, with the terminator

#endif
