/* SPDX-License-Identifier: MIT
 * What a visitor touches. One table says where each act counts; a touch that comes late (its screen has
 * gone) is ignored. */
#include <stdio.h>

#include "kiosk/model/parts.h"

typedef void act_handler(struct kiosk *kiosk, int index, int64_t now_ms);

static void act_domain(struct kiosk *kiosk, int domain, int64_t now_ms)
{
    if (!kiosk_domain_items(&kiosk->catalogue, domain))
        return;
    if (!kiosk_domain_is_open(kiosk, domain)) {
        kiosk_notify(kiosk, KIOSK_DOMAIN_CLOSED, now_ms);
        kiosk->notice.domain = domain;
        return;
    }
    kiosk->domain = domain;
    kiosk->page = 0;
    kiosk_go(kiosk, KIOSK_ITEMS, now_ms);
}

static void act_more(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    (void)now_ms;
    int pages = kiosk_home_pages(kiosk);
    kiosk->home_page = pages > 0 ? (kiosk->home_page + 1) % pages : 0;
}

static void act_take(struct kiosk *kiosk, int item, int64_t now_ms)
{
    if (kiosk_item_find(&kiosk->catalogue, item) && kiosk_item_is_open(kiosk, item) &&
        !kiosk_item_is_used_up(kiosk, item))
        taking_begin(kiosk, item, now_ms);
}

static void act_page_back(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    (void)now_ms;
    if (kiosk->page > 0)
        kiosk->page--;
}

static void act_page_on(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    (void)now_ms;
    if (kiosk->page + 1 < kiosk_item_pages(kiosk))
        kiosk->page++;
}

/* Back to the cards; the language stays, somebody is still there. */
static void act_back(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    kiosk_go(kiosk, KIOSK_HOME, now_ms);
}

static void act_home(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    kiosk->home_page = 0;
    kiosk_go(kiosk, KIOSK_HOME, now_ms);
}

static void act_language(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    (void)now_ms;
    kiosk->language = (enum words_language)((kiosk->language + 1) % WORDS_LANGUAGES);
}

static void act_cancel(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    ticket_cancel(kiosk, now_ms);
}

static void act_end(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    kiosk_end_session(kiosk, now_ms);
}

/* After a number was given back the visit is over; otherwise go on where it was. */
static void act_close(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    if (kiosk_reason_find(kiosk->notice.code)->good)
        kiosk_end_session(kiosk, now_ms);
    else
        kiosk_show_sheet(kiosk, KIOSK_SHEET_NONE, now_ms);
}

static void act_continue(struct kiosk *kiosk, int index, int64_t now_ms)
{
    (void)index;
    kiosk_show_sheet(kiosk, KIOSK_SHEET_NONE, now_ms);
}

enum { ANYWHERE = ~0u };
#define ON(face) (1u << KIOSK_FACE_##face)

static const struct {
    unsigned faces; /* bits: below which the act is offered */
    enum kiosk_sheet sheet;
    bool guarded; /* costs something: not within KIOSK_GUARD_MS of a touch that changed the screen */
    bool guards;  /* changes the screen */
    act_handler *handle;
} acts[KIOSK_ACTS] = {
    [KIOSK_ACT_DOMAIN] = {ON(HOME), KIOSK_SHEET_NONE, true, true, act_domain},
    [KIOSK_ACT_MORE] = {ON(HOME), KIOSK_SHEET_NONE, true, true, act_more},
    [KIOSK_ACT_TAKE] = {ON(HOME) | ON(ITEMS), KIOSK_SHEET_NONE, true, true, act_take},
    [KIOSK_ACT_PAGE_BACK] = {ON(ITEMS), KIOSK_SHEET_NONE, false, false, act_page_back},
    [KIOSK_ACT_PAGE_ON] = {ON(ITEMS), KIOSK_SHEET_NONE, false, false, act_page_on},
    [KIOSK_ACT_BACK] = {ON(ITEMS), KIOSK_SHEET_NONE, false, true, act_back},
    [KIOSK_ACT_HOME] = {ON(ITEMS), KIOSK_SHEET_NONE, false, true, act_home},
    [KIOSK_ACT_LANGUAGE] = {ANYWHERE, KIOSK_SHEET_NONE, false, false, act_language},
    [KIOSK_ACT_CANCEL] = {ON(ISSUED), KIOSK_SHEET_NONE, true, true, act_cancel},
    [KIOSK_ACT_DONE] = {ON(ISSUED), KIOSK_SHEET_NONE, true, true, act_end},
    [KIOSK_ACT_CLOSE] = {ANYWHERE, KIOSK_SHEET_NOTICE, false, true, act_close},
    [KIOSK_ACT_CONTINUE] = {ANYWHERE, KIOSK_SHEET_STILL_THERE, false, true, act_continue},
    [KIOSK_ACT_FINISH] = {ANYWHERE, KIOSK_SHEET_STILL_THERE, false, true, act_end},
};

void kiosk_on_touch(struct kiosk *kiosk, int64_t now_ms)
{
    kiosk->touched_ms = now_ms;
}

void kiosk_on_tap(struct kiosk *kiosk, enum kiosk_act act, int index, int64_t now_ms)
{
    kiosk->touched_ms = now_ms;
    if (act <= KIOSK_ACT_NONE || act >= KIOSK_ACTS || !(acts[act].faces >> kiosk_face(kiosk) & 1) ||
        acts[act].sheet != kiosk->sheet || (acts[act].guarded && now_ms < kiosk->guard_ms))
        return;
    if (acts[act].guards)
        kiosk->guard_ms = now_ms + KIOSK_GUARD_MS;
    acts[act].handle(kiosk, index, now_ms);
    kiosk_touch_picture(kiosk);
}
