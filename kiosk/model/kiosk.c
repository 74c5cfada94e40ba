/* SPDX-License-Identifier: MIT
 * The world around the visitor: the hall, the connection, time. */
#include "kiosk/model/kiosk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/model/parts.h"

void kiosk_init(struct kiosk *kiosk, const struct kiosk_settings *settings, int64_t now_ms)
{
    *kiosk = (struct kiosk){.settings = *settings,
                            .language = settings->language,
                            .wall_less_now_ms = settings->wall_ms - now_ms,
                            .next_key = 1,
                            .vouched_ms = INT64_MIN,
                            .back_ms = INT64_MIN,
                            .touched_ms = now_ms,
                            .guard_ms = INT64_MIN,
                            .screen_ms = now_ms};
    kiosk_counts_init(&kiosk->counts);
}

void kiosk_destroy(struct kiosk *kiosk)
{
    kiosk_catalogue_destroy(&kiosk->catalogue);
}

void kiosk_touch_picture(struct kiosk *kiosk)
{
    kiosk->revision++;
}

/* ---- moving about ---- */

void kiosk_go(struct kiosk *kiosk, enum kiosk_screen screen, int64_t now_ms)
{
    kiosk->screen = screen;
    kiosk->screen_ms = now_ms;
    kiosk->visit_key = 0;
    kiosk_show_sheet(kiosk, KIOSK_SHEET_NONE, now_ms);
}

void kiosk_show_sheet(struct kiosk *kiosk, enum kiosk_sheet sheet, int64_t now_ms)
{
    kiosk->sheet = sheet;
    kiosk->sheet_ms = now_ms;
    kiosk_touch_picture(kiosk);
}

void kiosk_end_session(struct kiosk *kiosk, int64_t now_ms)
{
    kiosk->ticket = (struct kiosk_ticket){0};
    kiosk->notice = (struct kiosk_notice){0};
    kiosk->taking = (struct kiosk_taking){0};
    kiosk->domain = kiosk->page = kiosk->home_page = 0;
    kiosk->language = kiosk->settings.language;
    kiosk_go(kiosk, KIOSK_HOME, now_ms);
}

void kiosk_notify(struct kiosk *kiosk, const char *code, int64_t now_ms)
{
    kiosk->notice = (struct kiosk_notice){.item = kiosk->taking.item};
    snprintf(kiosk->notice.code, sizeof kiosk->notice.code, "%s", code);
    kiosk_show_sheet(kiosk, KIOSK_SHEET_NOTICE, now_ms);
}

/* ---- the hall ---- */

/* A list whose domain or page is gone, or a hall that gives no numbers, leaves the visitor at home. */
static void keep_place(struct kiosk *kiosk, int64_t now_ms)
{
    if (kiosk->home_page >= kiosk_home_pages(kiosk))
        kiosk->home_page = 0;
    if (kiosk->screen != KIOSK_ITEMS || kiosk->sheet == KIOSK_SHEET_TAKING)
        return;
    if (kiosk->counts.numbers != KIOSK_NUMBERS_OPEN || kiosk_item_pages(kiosk) == 0)
        kiosk_go(kiosk, KIOSK_HOME, now_ms);
    else if (kiosk->page >= kiosk_item_pages(kiosk))
        kiosk->page = kiosk_item_pages(kiosk) - 1;
}

void kiosk_on_catalogue(struct kiosk *kiosk, struct kiosk_catalogue *catalogue, int64_t now_ms)
{
    kiosk_catalogue_destroy(&kiosk->catalogue);
    kiosk->catalogue = *catalogue;
    *catalogue = (struct kiosk_catalogue){0};
    keep_place(kiosk, now_ms);
    kiosk_touch_picture(kiosk);
}

void kiosk_on_hall(struct kiosk *kiosk, const json_t *document, int64_t now_ms)
{
    kiosk_counts_take_hall(&kiosk->counts, document);
    keep_place(kiosk, now_ms);
    kiosk_touch_picture(kiosk);
}

void kiosk_on_counts(struct kiosk *kiosk, const json_t *document, int64_t now_ms)
{
    (void)now_ms;
    kiosk_counts_take_kiosk(&kiosk->counts, document);
    kiosk_touch_picture(kiosk);
}

/* ---- the connection ---- */

static bool is_silent(const struct kiosk *kiosk, int64_t now_ms)
{
    int64_t grace_ms = kiosk->linked ? KIOSK_OFFLINE_MS + KIOSK_BACK_MS / 2 : KIOSK_OFFLINE_MS;
    return kiosk->vouched_ms == INT64_MIN || now_ms - kiosk->vouched_ms >= grace_ms;
}

static void watch_connection(struct kiosk *kiosk, int64_t now_ms)
{
    bool offline = kiosk->ever_linked && is_silent(kiosk, now_ms);
    if (offline != kiosk->offline) {
        kiosk->offline = offline;
        kiosk->back_ms = offline ? INT64_MIN : now_ms;
        kiosk_touch_picture(kiosk);
    }
    if (kiosk->back_ms != INT64_MIN && now_ms - kiosk->back_ms >= KIOSK_BACK_MS) {
        kiosk->back_ms = INT64_MIN;
        kiosk_touch_picture(kiosk);
    }
}

void kiosk_on_link(struct kiosk *kiosk, const struct kiosk_link *link, int64_t now_ms)
{
    if (kiosk->linked != link->ready || strcmp(kiosk->trouble, link->trouble) != 0) {
        snprintf(kiosk->trouble, sizeof kiosk->trouble, "%s", link->trouble);
        kiosk->linked = link->ready;
        kiosk_touch_picture(kiosk);
    }
    if (link->ready && link->vouched_ms != INT64_MIN)
        kiosk->ever_linked = true;
    kiosk->vouched_ms = link->vouched_ms;
    if (link->wall_known)
        kiosk->wall_less_now_ms = link->wall_ms - now_ms;
    watch_connection(kiosk, now_ms);
}

/* ---- time ---- */

static int64_t sooner(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* How long nobody may touch this screen before it is asked whether somebody is there; 0: no limit. */
static int64_t quiet_limit_ms(const struct kiosk *kiosk)
{
    if (kiosk->sheet != KIOSK_SHEET_NONE)
        return 0;
    if (kiosk->screen == KIOSK_ITEMS)
        return KIOSK_QUIET_MS;
    bool untouched = kiosk->home_page == 0 && kiosk->language == kiosk->settings.language;
    return kiosk->screen == KIOSK_HOME && !untouched ? KIOSK_QUIET_MS : 0;
}

static void watch_quiet(struct kiosk *kiosk, int64_t now_ms)
{
    int64_t limit_ms = quiet_limit_ms(kiosk);
    if (limit_ms && now_ms - kiosk->touched_ms >= limit_ms) {
        if (kiosk->screen == KIOSK_HOME) /* the next visitor begins in the hall's own language */
            kiosk_end_session(kiosk, now_ms);
        else
            kiosk_show_sheet(kiosk, KIOSK_SHEET_STILL_THERE, now_ms);
    }
    if (kiosk->sheet == KIOSK_SHEET_STILL_THERE && kiosk_warning_left_ms(kiosk, now_ms) == 0)
        kiosk_end_session(kiosk, now_ms);
    if (kiosk->sheet == KIOSK_SHEET_NOTICE && now_ms - kiosk->sheet_ms >= KIOSK_NOTICE_MS)
        kiosk_end_session(kiosk, now_ms);
}

void kiosk_on_time(struct kiosk *kiosk, int64_t now_ms)
{
    watch_connection(kiosk, now_ms);
    taking_on_time(kiosk, now_ms);
    ticket_on_time(kiosk, now_ms);
    watch_quiet(kiosk, now_ms);
}

int64_t kiosk_deadline_ms(const struct kiosk *kiosk)
{
    int64_t at_ms = sooner(taking_deadline_ms(kiosk), ticket_deadline_ms(kiosk));
    int64_t limit_ms = quiet_limit_ms(kiosk);
    if (limit_ms)
        at_ms = sooner(at_ms, kiosk->touched_ms + limit_ms);
    if (kiosk->sheet == KIOSK_SHEET_STILL_THERE)
        at_ms = sooner(at_ms, kiosk->sheet_ms + kiosk_warning_left_ms(kiosk, kiosk->sheet_ms));
    if (kiosk->sheet == KIOSK_SHEET_NOTICE)
        at_ms = sooner(at_ms, kiosk->sheet_ms + KIOSK_NOTICE_MS);
    if (kiosk->ever_linked && !kiosk->offline && !kiosk->linked)
        at_ms = sooner(at_ms, kiosk->vouched_ms + KIOSK_OFFLINE_MS);
    if (kiosk->back_ms != INT64_MIN)
        at_ms = sooner(at_ms, kiosk->back_ms + KIOSK_BACK_MS);
    return at_ms;
}

/* ---- effects ---- */

void kiosk_effect_add(struct kiosk *kiosk, const struct kiosk_effect *effect)
{
    assert(kiosk->effect_count < KIOSK_EFFECTS_MAX); /* they are taken after each event */
    kiosk->effects[(kiosk->effect_first + kiosk->effect_count++) % KIOSK_EFFECTS_MAX] = *effect;
}

bool kiosk_effect_next(struct kiosk *kiosk, struct kiosk_effect *effect)
{
    if (!kiosk->effect_count)
        return false;
    *effect = kiosk->effects[kiosk->effect_first];
    kiosk->effect_first = (kiosk->effect_first + 1) % KIOSK_EFFECTS_MAX;
    kiosk->effect_count--;
    return true;
}
