/* SPDX-License-Identifier: MIT
 * A kiosk in a hall, without a dispatcher: the demo hall's catalogue, counts and answers written by hand. */
#ifndef TESTS_UNIT_KIOSK_KIOSK_KIT_H
#define TESTS_UNIT_KIOSK_KIOSK_KIT_H

#include "kiosk/model/kiosk.h"

enum { KIT_NOW_MS = 1000000 };
#define KIT_WALL_MS INT64_C(1795400465123) /* Monday 23 November 2026, 10:21 in China */

/* The demo hall's catalogue as the dispatcher would send it, as version 7. variant: */
enum kit_variant {
    KIT_DEMO,
    KIT_LONG, /* twelve domains, and the longest names that a hall may be expected to have */
};
void kit_catalogue(struct kiosk_catalogue *out, enum kit_variant variant);

/* A kiosk that is connected to an open hall with so many people waiting; low_min -1: no forecast. Chinese,
 * with printer. */
void kit_open(struct kiosk *kiosk, enum kit_variant variant, int waiting, int low_min, int high_min);

/* The topic documents, from text; a mistake in the text ends the test. */
void kit_hall(struct kiosk *kiosk, const char *document, int64_t now_ms);
void kit_counts(struct kiosk *kiosk, const char *document, int64_t now_ms);
void kit_link(struct kiosk *kiosk, bool ready, int64_t vouched_ms, int64_t now_ms);

/* Answers to the request with that key. */
void kit_answer_number(struct kiosk *kiosk, uint64_t key, const char *number, const char *more,
                       int64_t now_ms);
void kit_answer_refused(struct kiosk *kiosk, uint64_t key, const char *code, int64_t now_ms);
void kit_answer_given_up(struct kiosk *kiosk, uint64_t key, bool sent, int64_t now_ms);

/* The next effect must be of that kind. */
struct kiosk_effect kit_effect(struct kiosk *kiosk, enum kiosk_effect_kind kind);
void kit_no_effect(struct kiosk *kiosk);

#endif
