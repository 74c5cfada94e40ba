/* SPDX-License-Identifier: MIT
 * From events to observations: which service took how long, where, by whom. */
#include "dispatcher/plan/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/learn_inside.h"

enum { APPROACH_MS_MAX = 3 * 60 * 1000, NO_SHOW_MS_MAX = 5 * 60 * 1000 };

void learn_clear(struct learn *learn)
{
    memset(learn, 0, sizeof *learn);
    learn->catalogue_trust = 1;
    learn->item_variance = .16;
    learn->pair_variance = .0064;
    learn->clerk_variance = .04;
    learn->date = INT32_MIN;
}

struct learn *learn_create(void)
{
    struct learn *learn = malloc(sizeof *learn);
    if (learn)
        learn_clear(learn);
    return learn;
}

void learn_destroy(struct learn *learn)
{
    free(learn);
}

/* ---- observations ---- */

static void pending_take(struct learn *learn, unsigned window)
{
    struct observation *pending = &learn->windows[window].pending;
    if (pending->count)
        fit_observe(learn, pending);
    *pending = (struct observation){0};
}

/* Finishes that lie too far back to be undone. */
static void pending_take_old(struct learn *learn, int64_t now_ms)
{
    for (unsigned w = 1; w <= learn->windows_top; w++) {
        const struct observation *pending = &learn->windows[w].pending;
        if (pending->count && now_ms - pending->at_ms > LEARN_UNDO_MS)
            pending_take(learn, w);
    }
}

static bool window_is_known(struct learn *learn, struct window_id window)
{
    if (window.value < 1 || window.value > WINDOWS_MAX)
        return false;
    if (window.value > learn->windows_top)
        learn->windows_top = window.value;
    return true;
}

/* The items done as the observation has them, with the changeovers between their domains. */
static void observation_fill(struct observation *o, const struct hall *before, const struct ticket *ticket,
                             const struct service_finished *e, unsigned changes)
{
    const struct window *window = &before->windows[e->window.value];
    uint64_t domains = 0;
    for (unsigned i = 0; i < ticket->item_count; i++) {
        if (!(e->done >> i & 1))
            continue;
        struct domain_id domain = before->items[ticket->items[i].value].set.domain;
        uint64_t bit = domain.value ? (uint64_t)1 << (domain.value - 1) : 0;
        changes += domains && !(domains & bit);
        domains |= bit;
        o->items[o->count] = ticket->items[i].value;
        o->slow_permille[o->count] = learn_slow_permille(before, window, domain);
        o->count++;
    }
    o->friction_ms = (int64_t)changes * before->policy[POLICY_CHANGEOVER_MS];
}

/* What the events so far did not tell of clerk and items is in the hall. */
static void observation_introduce(struct learn *learn, const struct hall *before, const struct observation *o)
{
    if (!learn->clerks[o->clerk].exists)
        fit_clerk_told(learn, &before->clerks[o->clerk].set);
    for (unsigned i = 0; i < o->count; i++)
        if (!learn->items[o->items[i]].exists)
            fit_item_told(learn, &before->items[o->items[i]].set);
}

static void on_finished(struct learn *learn, const struct hall *before, const struct event *event,
                        struct leg *leg, const struct ticket *ticket)
{
    const struct service_finished *e = &event->service_finished;
    struct observation o = {.at_ms = event->at_ms, .window = e->window.value, .clerk = e->clerk.value};
    bool is_whole = leg->is_open && !leg->is_mixed && leg->clerk == e->clerk.value && !(leg->begun & e->done);
    o.leg_ms = ticket->served_ms - leg->before_ms + leg->early_ms + e->served_ms;
    pending_take_old(learn, event->at_ms);
    learn->windows[o.window].before = *leg;
    if (is_whole && e->done && o.leg_ms >= LEARN_SHORT_MS) {
        observation_fill(&o, before, ticket, e, leg->changes);
        observation_introduce(learn, before, &o);
        learn->windows[o.window].pending = o;
    }
    *leg = (struct leg){.begun = (uint8_t)(leg->begun & ~e->done)};
}

/* ---- the legs of a ticket ---- */

static bool window_changes(const struct hall *before, struct window_id window, const struct ticket *ticket)
{
    unsigned last = before->windows[window.value].last_domain.value;
    return last && last != hall_ticket_domain(before, ticket).value;
}

static void on_called(struct learn *learn, const struct hall *before, const struct event *event,
                      struct leg *leg, const struct ticket *ticket)
{
    const struct ticket_called *e = &event->ticket_called;
    pending_take(learn, e->window.value);
    learn->windows[e->window.value].before = *leg;
    *leg = (struct leg){
        .is_open = true,
        .is_mixed = leg->is_open, /* held elsewhere, then back in the line: two did it */
        .begun = leg->begun,
        .changes = window_changes(before, e->window, ticket),
        .clerk = e->clerk.value,
        .before_ms = ticket->served_ms,
    };
    learn->classes[ticket->class].calls.today++;
}

static void on_started(struct learn *learn, const struct hall *before, const struct event *event,
                       struct leg *leg, const struct ticket *ticket)
{
    (void)before;
    int64_t called_ms = ticket->recalled_ms > ticket->called_ms ? ticket->recalled_ms : ticket->called_ms;
    if (!leg->is_open)
        return;
    if (event->by.kind == ACTOR_SYSTEM) { /* nobody pressed "start": it began when they usually come */
        int64_t early_ms = event->at_ms - called_ms - learn_approach_ms(learn).value;
        leg->early_ms = early_ms > 0 ? early_ms : 0;
        return;
    }
    int64_t approach_ms = event->at_ms - ticket->called_ms;
    learn->approach_ms.today += approach_ms < APPROACH_MS_MAX ? approach_ms : APPROACH_MS_MAX;
    learn->approach_count.today++;
}

static int64_t no_show_ms(const struct ticket *ticket, int64_t at_ms)
{
    int64_t ms = at_ms - ticket->called_ms;
    return ms < NO_SHOW_MS_MAX ? ms : NO_SHOW_MS_MAX;
}

static void on_missed(struct learn *learn, const struct hall *before, const struct event *event,
                      struct leg *leg, const struct ticket *ticket)
{
    (void)before;
    learn->windows[event->ticket_missed.window.value].before = *leg;
    *leg = (struct leg){.begun = leg->begun};
    learn->classes[ticket->class].missed.today++;
    learn->no_show_ms.today += no_show_ms(ticket, event->at_ms);
    learn->no_show_count.today++;
}

static void on_resumed(struct learn *learn, const struct hall *before, const struct event *event,
                       struct leg *leg, const struct ticket *ticket)
{
    struct window_id window = event->ticket_resumed.window;
    if (!window.value || !window_is_known(learn, window))
        return;
    pending_take(learn, window.value);
    if (!leg->is_open)
        return;
    leg->changes =
        (uint8_t)(leg->changes + (leg->changes < UINT8_MAX && window_changes(before, window, ticket)));
    leg->is_mixed = leg->is_mixed || before->windows[window.value].clerk.value != leg->clerk;
}

/* What was begun here is not a whole service wherever it goes on. */
static void on_transferred(struct learn *learn, const struct hall *before, const struct event *event,
                           struct leg *leg, const struct ticket *ticket)
{
    (void)before;
    const struct ticket_transferred *e = &event->ticket_transferred;
    uint8_t current = (uint8_t)(1u << ticket->current);
    bool is_carried = false;
    for (unsigned i = 0; i < ticket->item_count; i++)
        is_carried = is_carried || ticket->items[i].value == e->item.value;
    bool is_replaced = e->item.value && !is_carried && !e->return_to.value;
    learn->windows[e->from.value].before = *leg;
    uint8_t begun = leg->begun;
    if (is_replaced)
        begun &= (uint8_t)~current;
    else if (ticket->state == TICKET_SERVING)
        begun |= current;
    *leg = (struct leg){.begun = begun};
}

static void on_rejoined(struct learn *learn, const struct hall *before, const struct event *event,
                        struct leg *leg, const struct ticket *ticket)
{
    (void)before, (void)event, (void)leg;
    learn->classes[ticket->class].rejoined.today++;
}

static void on_cancelled(struct learn *learn, const struct hall *before, const struct event *event,
                         struct leg *leg, const struct ticket *ticket)
{
    (void)before, (void)event;
    learn->classes[ticket->class].walked_out.today += ticket->state != TICKET_SERVING;
    *leg = (struct leg){0};
}

static void on_lapsed(struct learn *learn, const struct hall *before, const struct event *event,
                      struct leg *leg, const struct ticket *ticket)
{
    (void)learn, (void)before, (void)event, (void)ticket;
    *leg = (struct leg){0};
}

static void on_undone(struct learn *learn, const struct hall *before, const struct event *event,
                      struct leg *leg, const struct ticket *ticket)
{
    struct window_id id = event->act_undone.window;
    const struct undo_slot *undo = &before->windows[id.value].undo;
    *leg = learn->windows[id.value].before;
    if (undo->act == ACT_FINISH)
        learn->windows[id.value].pending = (struct observation){0};
    if (undo->act == ACT_CALL)
        learn->classes[undo->before.class].calls.today--;
    if (undo->act == ACT_NO_SHOW) {
        learn->classes[undo->before.class].missed.today--;
        learn->no_show_ms.today -= no_show_ms(ticket, undo->at_ms);
        learn->no_show_count.today--;
    }
}

/* ---- days ---- */

static void tally_fade(struct tally *tally)
{
    tally->past = tally_sum(*tally) * exp2(-1.0 / LEARN_HALF_LIFE_DAYS);
    tally->today = 0;
}

static void tallies_fade(struct learn *learn)
{
    tally_fade(&learn->approach_ms);
    tally_fade(&learn->approach_count);
    tally_fade(&learn->no_show_ms);
    tally_fade(&learn->no_show_count);
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        struct class_tallies *t = &learn->classes[class];
        tally_fade(&t->issued);
        tally_fade(&t->calls);
        tally_fade(&t->missed);
        tally_fade(&t->rejoined);
        tally_fade(&t->walked_out);
    }
}

static void day_end(struct learn *learn)
{
    for (unsigned w = 1; w <= learn->windows_top; w++)
        pending_take(learn, w);
    fit_settle(learn);
}

static void day_begin(struct learn *learn, int32_t date)
{
    if (date == learn->date)
        return; /* the same day goes on */
    for (unsigned w = 1; w <= learn->windows_top; w++) {
        pending_take(learn, w);
        learn->windows[w] = (struct learn_window){0};
    }
    memset(learn->legs, 0, (learn->tickets_top + 1) * sizeof learn->legs[0]);
    learn->tickets_top = 0;
    learn->date = date;
    fit_fade(learn);
    tallies_fade(learn);
}

/* ---- the table of events ---- */

typedef void take_function(struct learn *learn, const struct hall *before, const struct event *event,
                           struct leg *leg, const struct ticket *ticket);

/* Events of one ticket, and where they name ticket and window. */
struct take_row {
    take_function *take;
    size_t number_at, window_at; /* in struct event; window_at 0: none */
};
static const struct take_row rows[EVENT_KINDS] = {
    [EVENT_TICKET_CALLED] = {on_called, offsetof(struct event, ticket_called.number),
                             offsetof(struct event, ticket_called.window)},
    [EVENT_SERVICE_STARTED] = {on_started, offsetof(struct event, service_started.number),
                               offsetof(struct event, service_started.window)},
    [EVENT_SERVICE_FINISHED] = {on_finished, offsetof(struct event, service_finished.number),
                                offsetof(struct event, service_finished.window)},
    [EVENT_TICKET_MISSED] = {on_missed, offsetof(struct event, ticket_missed.number),
                             offsetof(struct event, ticket_missed.window)},
    [EVENT_TICKET_REJOINED] = {on_rejoined, offsetof(struct event, ticket_rejoined.number), 0},
    [EVENT_TICKET_RESUMED] = {on_resumed, offsetof(struct event, ticket_resumed.number), 0},
    [EVENT_TICKET_TRANSFERRED] = {on_transferred, offsetof(struct event, ticket_transferred.number),
                                  offsetof(struct event, ticket_transferred.from)},
    [EVENT_TICKET_CANCELLED] = {on_cancelled, offsetof(struct event, ticket_cancelled.number), 0},
    [EVENT_TICKET_LAPSED] = {on_lapsed, offsetof(struct event, ticket_lapsed.number), 0},
    [EVENT_ACT_UNDONE] = {on_undone, offsetof(struct event, act_undone.number),
                          offsetof(struct event, act_undone.window)},
};

static void take_of_ticket(struct learn *learn, const struct hall *before, const struct event *event)
{
    const struct take_row *row = &rows[event->kind];
    struct number number;
    struct window_id window = {0};
    memcpy(&number, (const char *)event + row->number_at, sizeof number);
    if (row->window_at)
        memcpy(&window, (const char *)event + row->window_at, sizeof window);
    struct ticket_id id = hall_ticket_id(before, number);
    if (!id.value || (row->window_at && !window_is_known(learn, window)))
        return;
    if (id.value > learn->tickets_top)
        learn->tickets_top = id.value;
    row->take(learn, before, event, &learn->legs[id.value], &before->tickets[id.value]);
}

void learn_take(struct learn *learn, const struct hall *before, const struct event *event)
{
    if ((unsigned)event->kind >= EVENT_KINDS)
        return;
    if (rows[event->kind].take)
        take_of_ticket(learn, before, event);
    else if (event->kind == EVENT_TICKET_ISSUED)
        learn->classes[event->ticket_issued.class].issued.today++;
    else if (event->kind == EVENT_ITEM_SET)
        fit_item_told(learn, &event->item_set);
    else if (event->kind == EVENT_CLERK_SET)
        fit_clerk_told(learn, &event->clerk_set);
    else if (event->kind == EVENT_DAY_OPENED)
        day_begin(learn, event->day_opened.date);
    else if (event->kind == EVENT_DAY_CLOSED)
        day_end(learn);
}
