/* SPDX-License-Identifier: MIT
 * The model's facts in words, in the visitor's language: for screens and for the paper. */
#ifndef KIOSK_SCREENS_PHRASES_H
#define KIOSK_SCREENS_PHRASES_H

#include <time.h>

#include "kiosk/model/kiosk.h"

/* The visitor's language. xgettext knows it by name. */
static inline __attribute__((format_arg(2))) const char *say(const struct kiosk *kiosk, const char *english)
{
    return words_in(kiosk->language, english);
}

static inline const char *name_in(const struct kiosk *kiosk, struct kiosk_name name)
{
    return name.in[kiosk->language];
}

/* English below Chinese, for those who cannot read it yet and look for the language button; "" in English. */
static inline const char *echo(const struct kiosk *kiosk, const char *english)
{
    return kiosk->language == WORDS_ZH ? english : "";
}

enum { KIOSK_WORDS_MAX = 160 };

/* "约 10–15 分钟"; "" while there is no forecast. */
void phrase_wait(const struct kiosk *kiosk, struct kiosk_wait wait, char out[KIOSK_WORDS_MAX]);

/* "12 人等候 · 约 10–15 分钟"; "" while nothing is known or it is not true any more. */
void phrase_load(const struct kiosk *kiosk, const struct kiosk_load *load, char out[KIOSK_WORDS_MAX]);

/* Calendar parts of a wall time in the hall's zone, which need not be this machine's. */
struct tm phrase_parts(const struct kiosk *kiosk, int64_t wall_ms);

/* "10:21", "2026年11月23日 星期一", "明天 09:00" of wall times in the hall. */
void phrase_clock(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX]);
void phrase_date(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX]);
void phrase_day_and_clock(const struct kiosk *kiosk, int64_t wall_ms, int64_t now_wall_ms,
                          char out[KIOSK_WORDS_MAX]);

/* Of the number on the screen. "前面还有 5 人 · 预计等候 10–20 分钟" */
void phrase_ahead(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX]);
/* "请在 A、B 区等候" */
void phrase_zones(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX]);
/* "9、10、11 号窗口"; "" when none is known */
void phrase_windows(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX]);
/* "10:31–10:41"; false, and "": there is no forecast, or one too far away for a time of day */
bool phrase_turn(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX]);

#endif
