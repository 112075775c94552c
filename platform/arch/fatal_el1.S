// SPDX-License-Identifier: BSD-3-Clause
//
// End of an image that took an exception at EL1 and has no handler for it; see fatal_vectors.S.
#include "fatal_vectors.S"

FATAL_BODY 1
