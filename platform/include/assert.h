// SPDX-License-Identifier: BSD-3-Clause
//
// assert() for bugs of our own, never for data from outside (style: that is refused with an error).
// Always compiled and always on: a failed one prints file and line and ends as an exception of
// the image does (core_trap).
#ifndef ASSERT_H
#define ASSERT_H

#define assert(condition) ((condition) ? (void)0 : panic_assert(#condition, __FILE__, __LINE__))

// The failing side of assert(). Does not return.
_Noreturn void panic_assert(const char *condition, const char *file, int line);

#endif
