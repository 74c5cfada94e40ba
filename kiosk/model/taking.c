/* SPDX-License-Identifier: MIT
 * The life of a number at this kiosk: asked for, given, printed, given back. */
#include <stdio.h>
#include <string.h>

#include "common/wire/json.h"
#include "kiosk/model/parts.h"

static int64_t sooner(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* ---- asking ---- */

static void ask(struct kiosk *kiosk, uint64_t key, int item, int64_t within_ms)
{
    kiosk_effect_add(
        kiosk,
        &(struct kiosk_effect){.kind = KIOSK_EFFECT_ISSUE, .key = key, .item = item, .within_ms = within_ms});
}

/* The key of an earlier try for the same item that had no answer: asking with it cannot give two numbers. */
static uint64_t adopt_orphan(struct kiosk *kiosk, int item)
{
    for (int i = 0; i < KIOSK_ORPHANS_MAX; i++)
        if (kiosk->orphans[i].key && kiosk->orphans[i].item == item) {
            uint64_t key = kiosk->orphans[i].key;
            kiosk->orphans[i] = (struct kiosk_orphan){0};
            return key;
        }
    return 0;
}

void taking_begin(struct kiosk *kiosk, int item, int64_t now_ms)
{
    uint64_t old = adopt_orphan(kiosk, item);
    if (old)
        kiosk->visit_key = old;
    else if (!kiosk->visit_key)
        kiosk->visit_key = kiosk->next_key++;
    kiosk->taking =
        (struct kiosk_taking){.item = item, .key = kiosk->visit_key, .begun_ms = now_ms, .sent = old};
    kiosk_show_sheet(kiosk, KIOSK_SHEET_TAKING, now_ms);
    ask(kiosk, kiosk->visit_key, item, KIOSK_ATTEMPT_MS);
}

/* ---- orphans ---- */

static void orphan_add(struct kiosk *kiosk, int64_t now_ms)
{
    for (int i = 0; i < KIOSK_ORPHANS_MAX; i++)
        if (!kiosk->orphans[i].key) {
            kiosk->orphans[i] =
                (struct kiosk_orphan){kiosk->taking.key, kiosk->taking.item, now_ms + KIOSK_ORPHAN_AGAIN_MS};
            return;
        }
    /* More than that in one outage: the oldest stays with the dispatcher as a number that nobody answers. */
}

static struct kiosk_orphan *orphan_find(struct kiosk *kiosk, uint64_t key)
{
    for (int i = 0; i < KIOSK_ORPHANS_MAX; i++)
        if (kiosk->orphans[i].key == key)
            return &kiosk->orphans[i];
    return NULL;
}

static bool orphan_is_due(const struct kiosk *kiosk, const struct kiosk_orphan *orphan, int64_t now_ms)
{
    return orphan->key && orphan->again_ms && kiosk->linked && now_ms >= orphan->again_ms;
}

/* ---- what came of it ---- */

/* A ticket number: letters, then digits. */
static bool number_is_good(const char *number)
{
    size_t length = strlen(number), digits = strspn(number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return length >= 3 && length <= KIOSK_NUMBER_MAX && digits == length && number[0] >= 'A';
}

static bool link_is_good(const char *link)
{
    size_t length = strlen(link);
    for (size_t i = 0; i < length; i++)
        if (link[i] < ' ' || link[i] > '~')
            return false;
    return length <= KIOSK_LINK_MAX;
}

static void take_windows(struct kiosk *kiosk, struct kiosk_ticket *ticket, const json_t *windows)
{
    size_t i;
    const json_t *value;
    json_array_foreach(windows, i, value)
    {
        json_int_t number = json_integer_value(value);
        if (number < 1 || number > KIOSK_WINDOWS_MAX || ticket->window_count == KIOSK_SERVING_MAX)
            continue;
        ticket->windows[ticket->window_count++] = (int)number;
        const char *letter = kiosk_window_zone(&kiosk->catalogue, (int)number);
        size_t used = strlen(ticket->zones);
        if (strlen(letter) == 1 && !strchr(ticket->zones, *letter) && used + 1 < sizeof ticket->zones)
            ticket->zones[used] = *letter;
    }
}

/* The ticket of an issue's answer; false: it is not one. */
static bool ticket_read(struct kiosk *kiosk, const json_t *ok, struct kiosk_ticket *ticket)
{
    const json_t *told = wire_member_at(ok, "ticket");
    const char *number = wire_string_at(told, "number", ""), *link = wire_string_at(told, "link", "");
    int64_t ahead = wire_integer_at(told, "ahead", KIOSK_UNKNOWN);
    if (!number_is_good(number))
        return false;
    snprintf(ticket->number, sizeof ticket->number, "%s", number);
    if (link_is_good(link))
        snprintf(ticket->link, sizeof ticket->link, "%s", link);
    ticket->ahead = ahead >= 0 && ahead <= 99999 ? (int)ahead : KIOSK_UNKNOWN;
    ticket->wait.low_min = (int)wire_integer_at(told, "low_min", KIOSK_UNKNOWN);
    ticket->wait.high_min = (int)wire_integer_at(told, "high_min", KIOSK_UNKNOWN);
    ticket->issued_wall_ms = wire_integer_at(told, "issued_ms", 0);
    take_windows(kiosk, ticket, wire_member_at(told, "windows"));
    return true;
}

static void show_ticket(struct kiosk *kiosk, struct kiosk_ticket *ticket, int64_t now_ms)
{
    ticket->issued_ms = ticket->print_ms = now_ms;
    if (ticket->issued_wall_ms <= 0)
        ticket->issued_wall_ms = kiosk_wall_ms(kiosk, now_ms);
    ticket->print = kiosk->settings.prints ? KIOSK_PRINT_BUSY : KIOSK_PRINT_NONE;
    kiosk->ticket = *ticket;
    kiosk->taking = (struct kiosk_taking){0};
    kiosk_go(kiosk, KIOSK_ISSUED, now_ms);
    kiosk->touched_ms = now_ms;
    if (kiosk->settings.prints)
        kiosk_effect_add(kiosk, &(struct kiosk_effect){.kind = KIOSK_EFFECT_PRINT, .key = ticket->key});
}

static void refuse(struct kiosk *kiosk, const struct wire_error *error, int64_t now_ms)
{
    int item = kiosk->taking.item;
    kiosk->visit_key = 0; /* decided: the next wish is another request */
    kiosk_notify(kiosk, error->code, now_ms);
    kiosk->notice.item = item;
    if (error->number && number_is_good(error->number))
        snprintf(kiosk->notice.number, sizeof kiosk->notice.number, "%s", error->number);
    snprintf(kiosk->notice.own[WORDS_ZH], sizeof kiosk->notice.own[WORDS_ZH], "%s",
             error->zh ? error->zh : "");
    snprintf(kiosk->notice.own[WORDS_EN], sizeof kiosk->notice.own[WORDS_EN], "%s",
             error->en ? error->en : "");
    kiosk->taking = (struct kiosk_taking){0};
}

static void give_up(struct kiosk *kiosk, const struct kiosk_answer *answer, int64_t now_ms)
{
    kiosk->taking.sent |= answer->sent;
    if (now_ms - kiosk->taking.begun_ms < KIOSK_TAKE_MS_MAX) {
        kiosk->taking.again_ms = now_ms + KIOSK_AGAIN_MS;
        return;
    }
    if (kiosk->taking.sent)
        orphan_add(kiosk, now_ms);
    kiosk->visit_key = 0;
    kiosk_notify(kiosk, answer->error ? answer->error->code : KIOSK_NO_ANSWER, now_ms);
    kiosk->taking = (struct kiosk_taking){0};
}

static void on_taking_answer(struct kiosk *kiosk, const struct kiosk_answer *answer, int64_t now_ms)
{
    struct kiosk_ticket ticket = {
        .key = answer->key, .item = kiosk->taking.item, .asked_ms = kiosk->taking.begun_ms};
    struct wire_error broken = wire_error_of(WIRE_ERROR_INTERNAL);
    if (answer->outcome == KIOSK_GIVEN_UP)
        give_up(kiosk, answer, now_ms);
    else if (answer->outcome == KIOSK_REFUSED)
        refuse(kiosk, answer->error, now_ms);
    else if (ticket_read(kiosk, answer->ok, &ticket))
        show_ticket(kiosk, &ticket, now_ms);
    else
        refuse(kiosk, &broken, now_ms);
}

/* A number that came too late: the visitor who still reads "cannot be given" gets it, otherwise nobody holds
 * it and it is given back. */
static void on_orphan_answer(struct kiosk *kiosk, struct kiosk_orphan *orphan,
                             const struct kiosk_answer *answer, int64_t now_ms)
{
    struct kiosk_ticket ticket = {.key = answer->key, .item = orphan->item, .asked_ms = now_ms};
    if (answer->outcome == KIOSK_GIVEN_UP) {
        orphan->again_ms = now_ms + KIOSK_ORPHAN_AGAIN_MS;
        return;
    }
    *orphan = (struct kiosk_orphan){0};
    if (answer->outcome != KIOSK_ANSWERED || !ticket_read(kiosk, answer->ok, &ticket))
        return;
    if (kiosk->sheet == KIOSK_SHEET_NOTICE && kiosk->notice.item == ticket.item &&
        strcmp(kiosk->notice.code, KIOSK_NO_ANSWER) == 0) {
        show_ticket(kiosk, &ticket, now_ms);
        return;
    }
    struct kiosk_effect effect = {
        .kind = KIOSK_EFFECT_CANCEL, .key = kiosk->next_key++, .within_ms = KIOSK_CANCEL_MS};
    memcpy(effect.number, ticket.number, sizeof effect.number);
    kiosk_effect_add(kiosk, &effect);
}

/* ---- giving it back ---- */

bool kiosk_can_cancel(const struct kiosk *kiosk, int64_t now_ms)
{
    return kiosk->screen == KIOSK_ISSUED && !kiosk->ticket.cancelling &&
           now_ms - kiosk->ticket.issued_ms < KIOSK_CANCEL_MS;
}

void ticket_cancel(struct kiosk *kiosk, int64_t now_ms)
{
    struct kiosk_ticket *ticket = &kiosk->ticket;
    if (!kiosk_can_cancel(kiosk, now_ms))
        return;
    if (!ticket->cancel_key)
        ticket->cancel_key = kiosk->next_key++;
    ticket->cancelling = true;
    struct kiosk_effect effect = {
        .kind = KIOSK_EFFECT_CANCEL, .key = ticket->cancel_key, .within_ms = KIOSK_ATTEMPT_MS};
    memcpy(effect.number, ticket->number, sizeof effect.number);
    kiosk_effect_add(kiosk, &effect);
}

static void on_cancel_answer(struct kiosk *kiosk, const struct kiosk_answer *answer, int64_t now_ms)
{
    bool paper = kiosk->ticket.print != KIOSK_PRINT_NONE && kiosk->ticket.print != KIOSK_PRINT_FAILED;
    kiosk->ticket.cancelling = false;
    if (answer->outcome == KIOSK_REFUSED)
        refuse(kiosk, answer->error, now_ms);
    else if (answer->outcome == KIOSK_GIVEN_UP)
        kiosk_notify(kiosk, KIOSK_CANCEL_NO_ANSWER, now_ms);
    else
        kiosk_notify(kiosk, paper ? KIOSK_CANCELLED_PAPER : KIOSK_CANCELLED, now_ms);
    kiosk->notice.item = kiosk->ticket.item;
}

void kiosk_on_answer(struct kiosk *kiosk, const struct kiosk_answer *answer, int64_t now_ms)
{
    struct kiosk_orphan *orphan = orphan_find(kiosk, answer->key);
    if (kiosk->sheet == KIOSK_SHEET_TAKING && answer->key == kiosk->taking.key)
        on_taking_answer(kiosk, answer, now_ms);
    else if (kiosk->ticket.cancelling && answer->key == kiosk->ticket.cancel_key)
        on_cancel_answer(kiosk, answer, now_ms);
    else if (orphan)
        on_orphan_answer(kiosk, orphan, answer, now_ms);
    kiosk_touch_picture(kiosk);
}

/* ---- paper ---- */

static void print_ended(struct kiosk *kiosk, enum kiosk_print print, int64_t now_ms)
{
    kiosk->ticket.print = print;
    kiosk->ticket.print_ms = now_ms;
    kiosk_touch_picture(kiosk);
}

void kiosk_on_printed(struct kiosk *kiosk, uint64_t key, bool good, int64_t now_ms)
{
    enum kiosk_print print = kiosk->ticket.print;
    if (key == kiosk->ticket.key && (print == KIOSK_PRINT_BUSY || print == KIOSK_PRINT_LATE))
        print_ended(kiosk, good ? KIOSK_PRINT_DONE : KIOSK_PRINT_FAILED, now_ms);
}

/* ---- time ---- */

void taking_on_time(struct kiosk *kiosk, int64_t now_ms)
{
    struct kiosk_taking *taking = &kiosk->taking;
    if (kiosk->sheet == KIOSK_SHEET_TAKING) {
        if (taking->again_ms && now_ms >= taking->again_ms) {
            int64_t left_ms = taking->begun_ms + KIOSK_TAKE_MS_MAX - now_ms;
            taking->again_ms = 0;
            ask(kiosk, taking->key, taking->item,
                left_ms > KIOSK_ATTEMPT_MS ? KIOSK_ATTEMPT_MS
                : left_ms > KIOSK_AGAIN_MS ? left_ms
                                           : KIOSK_AGAIN_MS);
        }
    }
    for (int i = 0; i < KIOSK_ORPHANS_MAX; i++)
        if (orphan_is_due(kiosk, &kiosk->orphans[i], now_ms)) {
            kiosk->orphans[i].again_ms = 0;
            ask(kiosk, kiosk->orphans[i].key, kiosk->orphans[i].item, KIOSK_ATTEMPT_MS);
        }
}

int64_t taking_deadline_ms(const struct kiosk *kiosk)
{
    int64_t at_ms = INT64_MAX;
    if (kiosk->sheet == KIOSK_SHEET_TAKING && kiosk->taking.again_ms)
        at_ms = kiosk->taking.again_ms;
    for (int i = 0; i < KIOSK_ORPHANS_MAX; i++)
        if (kiosk->orphans[i].key && kiosk->orphans[i].again_ms && kiosk->linked)
            at_ms = sooner(at_ms, kiosk->orphans[i].again_ms);
    return at_ms;
}

static bool has_paper(const struct kiosk *kiosk)
{
    return kiosk->ticket.print == KIOSK_PRINT_DONE;
}

int64_t kiosk_ring_left_ms(const struct kiosk *kiosk, int64_t now_ms, int64_t *whole)
{
    const struct kiosk_ticket *ticket = &kiosk->ticket;
    if (kiosk->screen != KIOSK_ISSUED || kiosk->sheet != KIOSK_SHEET_NONE || ticket->cancelling ||
        ticket->print == KIOSK_PRINT_BUSY)
        return -1;
    *whole = has_paper(kiosk) ? KIOSK_RING_MS : KIOSK_RING_BARE_MS;
    int64_t from_ms = kiosk->touched_ms > ticket->print_ms ? kiosk->touched_ms : ticket->print_ms;
    int64_t left_ms = from_ms + *whole - now_ms;
    return left_ms > 0 ? left_ms : 0;
}

int64_t kiosk_warning_left_ms(const struct kiosk *kiosk, int64_t now_ms)
{
    int64_t whole = kiosk->screen == KIOSK_ISSUED ? KIOSK_WARNING_BARE_MS : KIOSK_WARNING_MS;
    int64_t left_ms = kiosk->sheet_ms + whole - now_ms;
    return left_ms > 0 ? left_ms : 0;
}

void ticket_on_time(struct kiosk *kiosk, int64_t now_ms)
{
    int64_t whole;
    if (kiosk->screen != KIOSK_ISSUED)
        return;
    if (kiosk->ticket.print == KIOSK_PRINT_BUSY && now_ms - kiosk->ticket.print_ms >= KIOSK_PRINT_MS_MAX)
        print_ended(kiosk, KIOSK_PRINT_LATE, now_ms);
    if (kiosk_ring_left_ms(kiosk, now_ms, &whole) != 0)
        return;
    if (has_paper(kiosk))
        kiosk_end_session(kiosk, now_ms);
    else
        kiosk_show_sheet(kiosk, KIOSK_SHEET_STILL_THERE, now_ms);
}

int64_t ticket_deadline_ms(const struct kiosk *kiosk)
{
    int64_t whole, at_ms = INT64_MAX;
    const struct kiosk_ticket *ticket = &kiosk->ticket;
    if (kiosk->screen != KIOSK_ISSUED)
        return at_ms;
    if (ticket->print == KIOSK_PRINT_BUSY)
        at_ms = ticket->print_ms + KIOSK_PRINT_MS_MAX;
    int64_t left_ms = kiosk_ring_left_ms(kiosk, kiosk->touched_ms, &whole);
    return left_ms >= 0 ? sooner(at_ms, kiosk->touched_ms + left_ms) : at_ms;
}
