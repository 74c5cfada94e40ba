/* SPDX-License-Identifier: MIT
 * What the screens share. */
#ifndef KIOSK_SCREENS_PARTS_H
#define KIOSK_SCREENS_PARTS_H

#include "common/ui/widget.h"
#include "kiosk/screens/screens.h"

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
void put_wait(const struct kiosk *kiosk, struct kiosk_wait wait, char out[KIOSK_WORDS_MAX]);

/* "12 人等候 · 约 10–15 分钟"; "" while nothing is known or it is not true any more. */
void put_load(const struct kiosk *kiosk, const struct kiosk_load *load, char out[KIOSK_WORDS_MAX]);

/* "10:21", "2026年11月23日 星期一", "明天 09:00" of wall times in the hall. */
void put_clock(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX]);
void put_date(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX]);
void put_day_and_clock(const struct kiosk *kiosk, int64_t wall_ms, int64_t now_wall_ms,
                       char out[KIOSK_WORDS_MAX]);

/* Lines that the words take at this width, by the sum of their characters' widths. */
int words_lines(const struct ui *ui, const char *words, enum ui_weight weight, int em, int wide);

/* The icon of a domain, by the name that the hall's configuration gives it. */
enum ui_icon domain_icon(const struct kiosk_domain *domain);

/* ---- pieces of screens ---- */

void draw_header(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_bar(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_title(struct ui *ui, const char *title, const char *sub);

/* The strip at 48,304 984x144: figures, or what is wrong with the connection. */
void draw_status(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_load *load);

/* Only what is wrong or has just been put right; false: nothing to say. */
bool draw_trouble(struct ui *ui, const struct kiosk *kiosk);

void draw_home(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_items(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_issued(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_closed(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_connecting(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_sheet(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);

#endif
