/* SPDX-License-Identifier: MIT
 * The project's clock (common/base/clock.h), set by a test. */
#ifndef TESTS_PLANNING_SET_CLOCK_H
#define TESTS_PLANNING_SET_CLOCK_H

#include <stdint.h>

/* From now on clock_wall_ms() is this; 0: the real time again. Durations stay real. */
void set_clock(int64_t wall_ms);

#endif
