/* SPDX-License-Identifier: MIT
 * What a visitor is told when something did not work or came to its end: what happened and what to do now.
 * One table; the dispatcher's codes stand beside the kiosk's own. */
#ifndef KIOSK_MODEL_REASON_H
#define KIOSK_MODEL_REASON_H

#include <stdbool.h>

/* The kiosk's own codes. */
#define KIOSK_NO_ANSWER        "no-answer"        /* 10 s without a number */
#define KIOSK_DOMAIN_CLOSED    "domain-closed"    /* a domain without an open window was touched */
#define KIOSK_CANCELLED        "cancelled"        /* the visitor gave the number back */
#define KIOSK_CANCELLED_PAPER  "cancelled-paper"  /* the same, with a paper in the hand */
#define KIOSK_CANCEL_NO_ANSWER "cancel-no-answer" /* it is not known whether that worked */

struct kiosk_reason {
    const char *code;
    const char *what, *todo; /* English msgids; what "": the dispatcher's own words are shown */
    const char *mark;        /* small, for staff on the phone: "K-E02"; "" none */
    bool good;               /* not a failure */
};

/* The row of a code; never NULL: an unknown code has its own row. */
const struct kiosk_reason *kiosk_reason_find(const char *code);

/* All rows, for tests. */
const struct kiosk_reason *kiosk_reasons(int *count);

#endif
