/* SPDX-License-Identifier: MIT
 * Motion as pure functions of time. Progress and amounts are in thousandths, so a picture at a given time is
 * the same on every machine. In a frame use ui_motion (common/ui/ui.h), which also asks for the next wake-up.
 */
#ifndef COMMON_UI_MOTION_H
#define COMMON_UI_MOTION_H

#include <stdint.h>

/* The eased amount (0 to 1000) at linear progress (clamped to 0 to 1000): cubic-bezier(.2, 0, 0, 1) of the
 * tokens. */
int motion_ease(int progress);

/* Linear progress 0 to 1000 of a motion that began at start_ms and lasts length_ms; 1000 when length_ms <= 0.
 */
int motion_progress(int64_t now_ms, int64_t start_ms, int64_t length_ms);

/* from + (to - from) * amount / 1000, rounded to nearest. */
int motion_between(int from, int to, int amount);

/* The pulses of a new call on a board: `count` smooth waves of period_ms from start_ms on; 0 at rest, 1000 at
 * the peak, 0 for ever after the last. Never use a period below 500 ms (three-flash rule). */
int motion_pulse(int64_t now_ms, int64_t start_ms, int64_t period_ms, int count);

#endif
