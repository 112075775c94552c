// SPDX-License-Identifier: BSD-3-Clause
//
// Internal result codes: what every function that acts returns. 0 is success, the rest is negative.
// They never leave an image: ABI codes (PSCI, FF-A, RPC, PSA) are made from them in one table per
// ABI.
#ifndef ERRORS_H
#define ERRORS_H

#define ERR_NONE 0              // done
#define ERR_INVALID (-1)        // a value breaks a rule of its format or interface
#define ERR_NOT_FOUND (-2)      // no such image, property, partition, entry
#define ERR_RANGE (-3)          // offset, length or address outside its container
#define ERR_TRUNCATED (-4)      // the data ends before the structure does
#define ERR_OVERLAP (-5)        // two regions share bytes
#define ERR_DUPLICATE (-6)      // a name, UUID or id stands twice
#define ERR_NO_MEMORY (-7)      // a fixed table, pool or region is full
#define ERR_DENIED (-8)         // policy or state forbids it
#define ERR_BUSY (-9)           // in use, try again later
#define ERR_NOT_SUPPORTED (-10) // this board, core or version has no such thing
#define ERR_VERSION (-11)       // a version this code does not read
#define ERR_IO (-12)            // the device reported a failure
#define ERR_TIMEOUT (-13)       // a bounded wait ran out
#define ERR_ABORTED (-14)       // the other side died
#define ERR_CORRUPT (-15) // stored data is not what was stored: checksum or authentication failed

#ifndef __ASSEMBLER__
#define MUST_CHECK __attribute__((warn_unused_result))
#endif

#endif
