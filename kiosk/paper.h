/* SPDX-License-Identifier: MIT
 * The number on the screen as a paper ticket: what is written on it. */
#ifndef KIOSK_PAPER_H
#define KIOSK_PAPER_H

#include "common/ticket/ticket.h"
#include "kiosk/screens/phrases.h"

/* The texts, and the ticket that borrows them. Caller-owned; must not move while the ticket is used. */
struct kiosk_paper {
    struct ticket ticket;
    char heading[256], ahead[KIOSK_WORDS_MAX], place[2 * KIOSK_WORDS_MAX + 8], turn[KIOSK_WORDS_MAX];
    char contact[KIOSK_WORDS_MAX], made[96];
};

/* Fills it for kiosk->ticket, in the visitor's language. device: this machine's name. */
void kiosk_paper_fill(struct kiosk_paper *paper, const struct kiosk *kiosk, const char *device);

#endif
