/* SPDX-License-Identifier: MIT */
#include "kiosk/paper.h"

#include <stdio.h>
#include <time.h>

/* "社会保障 · 社保卡补换" */
static void put_heading(const struct kiosk *kiosk, char *out, size_t size)
{
    const struct kiosk_item *item = kiosk_item_find(&kiosk->catalogue, kiosk->ticket.item);
    const struct kiosk_domain *domain = item ? kiosk_domain_find(&kiosk->catalogue, item->domain) : NULL;
    out[0] = '\0';
    if (item && domain)
        snprintf(out, size, "%s · %s", name_in(kiosk, domain->name), name_in(kiosk, item->short_name));
    else if (item)
        snprintf(out, size, "%s", name_in(kiosk, item->name));
}

static void put_place(const struct kiosk *kiosk, char *out, size_t size)
{
    char zones[KIOSK_WORDS_MAX], windows[KIOSK_WORDS_MAX];
    phrase_zones(kiosk, zones);
    phrase_windows(kiosk, windows);
    snprintf(out, size, "%s%s%s", zones, *windows ? " · " : "", windows);
}

/* "2026-11-23 10:21  K1" */
static void put_made(const struct kiosk *kiosk, const char *device, char *out, size_t size)
{
    struct tm t = phrase_parts(kiosk, kiosk->ticket.issued_wall_ms);
    snprintf(out, size, "%04d-%02d-%02d %02d:%02d  %s", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
             t.tm_min, device);
}

void kiosk_paper_fill(struct kiosk_paper *paper, const struct kiosk *kiosk, const char *device)
{
    char turn[KIOSK_WORDS_MAX];
    *paper = (struct kiosk_paper){0};
    put_heading(kiosk, paper->heading, sizeof paper->heading);
    phrase_ahead(kiosk, paper->ahead);
    put_place(kiosk, paper->place, sizeof paper->place);
    if (phrase_turn(kiosk, turn))
        snprintf(paper->turn, sizeof paper->turn, say(kiosk, "Your turn about %s"), turn);
    if (*kiosk->catalogue.phone)
        snprintf(paper->contact, sizeof paper->contact, say(kiosk, "Phone %s"), kiosk->catalogue.phone);
    put_made(kiosk, device, paper->made, sizeof paper->made);
    paper->ticket = (struct ticket){
        .hall = name_in(kiosk, kiosk->catalogue.hall_short),
        .heading = paper->heading,
        .number = kiosk->ticket.number,
        .lines = {paper->ahead, paper->place, paper->turn},
        .link = kiosk->ticket.link,
        .beside = {say(kiosk, "Keep this ticket"), say(kiosk, "Listen and watch the screens"),
                   say(kiosk, "Go to the window when called")},
        .rule = say(kiosk, "Missed your call? Please go to the help desk"),
        .contact = paper->contact,
        .made = paper->made,
    };
}
