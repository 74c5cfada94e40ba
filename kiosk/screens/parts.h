/* SPDX-License-Identifier: MIT
 * What the screens share. */
#ifndef KIOSK_SCREENS_PARTS_H
#define KIOSK_SCREENS_PARTS_H

#include "common/ui/widget.h"
#include "kiosk/screens/phrases.h"
#include "kiosk/screens/screens.h"

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

/* Why there is no connection, where the dispatcher said so and somebody has to act; "" otherwise. */
const char *trouble_words(const struct kiosk *kiosk);

/* Only what is wrong or has just been put right; false: nothing to say. */
bool draw_trouble(struct ui *ui, const struct kiosk *kiosk);

void draw_home(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_items(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_issued(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_closed(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_connecting(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);
void draw_sheet(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);

#endif
