/* SPDX-License-Identifier: MIT
 * Logarithms without floating point, the same on every machine. */
#ifndef DISPATCHER_CORE_FIXED_H
#define DISPATCHER_CORE_FIXED_H

#include <stdint.h>

/* log2(value) in Q16, rounded; value > 0. The error is below 2^-16. */
int32_t fixed_log2_q16(uint64_t value);

#endif
