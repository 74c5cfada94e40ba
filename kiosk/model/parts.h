/* SPDX-License-Identifier: MIT
 * Between the files of the model. */
#ifndef KIOSK_MODEL_PARTS_H
#define KIOSK_MODEL_PARTS_H

#include "kiosk/model/kiosk.h"

/* The picture may have changed. */
void kiosk_touch_picture(struct kiosk *kiosk);

void kiosk_go(struct kiosk *kiosk, enum kiosk_screen screen, int64_t now_ms);
void kiosk_show_sheet(struct kiosk *kiosk, enum kiosk_sheet sheet, int64_t now_ms);

/* The visitor is gone: nothing of the session stays. */
void kiosk_end_session(struct kiosk *kiosk, int64_t now_ms);

/* Shows a notice in the kiosk's own words. */
void kiosk_notify(struct kiosk *kiosk, const char *code, int64_t now_ms);

void kiosk_effect_add(struct kiosk *kiosk, const struct kiosk_effect *effect);

/* taking.c */
void taking_begin(struct kiosk *kiosk, int item, int64_t now_ms);
void taking_on_time(struct kiosk *kiosk, int64_t now_ms);
int64_t taking_deadline_ms(const struct kiosk *kiosk);
void ticket_cancel(struct kiosk *kiosk, int64_t now_ms);
void ticket_on_time(struct kiosk *kiosk, int64_t now_ms);
int64_t ticket_deadline_ms(const struct kiosk *kiosk);

#endif
