/* SPDX-License-Identifier: MIT
 * What the life of a ticket does to the hall. */
#include "dispatcher/core/evolve_inside.h"

#include <assert.h>
#include <string.h>

/* ---- the waiting list ---- */

static void waiting_write(struct hall *hall, struct ticket_id id)
{
    const struct ticket *ticket = ticket_at(hall, id);
    hall->waiting[ticket->waiting_at] = (struct waiting){
        .ref_ms = ticket->ref_ms,
        .order = ticket->order,
        .ticket = id,
        .item = ticket_item(ticket),
        .domain = (uint8_t)hall_ticket_domain(hall, ticket).value,
        .class = ticket->class,
        .asked_window = ticket->asked_window,
        .asked_clerk = ticket->asked_clerk,
    };
}

static void waiting_add(struct hall *hall, struct ticket_id id)
{
    struct ticket *ticket = ticket_at(hall, id);
    ticket->waiting_at = hall->waiting_count++;
    waiting_write(hall, id);
    hall->domains[hall_ticket_domain(hall, ticket).value].waiting++;
}

static void waiting_remove(struct hall *hall, struct ticket_id id)
{
    struct ticket *ticket = ticket_at(hall, id);
    struct waiting last = hall->waiting[--hall->waiting_count];
    hall->domains[hall->waiting[ticket->waiting_at].domain].waiting--;
    hall->waiting[ticket->waiting_at] = last;
    ticket_at(hall, last.ticket)->waiting_at = ticket->waiting_at;
    hall->waiting[hall->waiting_count] = (struct waiting){0};
    ticket->waiting_at = 0;
}

/* Every change of state passes here, so that the waiting list and the counts are always right. Fields that
 * the waiting list mirrors are to be changed while the ticket is not waiting. */
static void ticket_enter(struct hall *hall, struct ticket_id id, enum ticket_state state)
{
    struct ticket *ticket = ticket_at(hall, id);
    if (ticket->state == TICKET_WAITING)
        waiting_remove(hall, id);
    if (ticket->state != TICKET_NONE)
        hall->counts.states[ticket->state]--;
    ticket->state = (uint8_t)state;
    hall->counts.states[state]++;
    if (state == TICKET_WAITING)
        waiting_add(hall, id);
}

static struct ticket_id id_of(const struct hall *hall, struct number number)
{
    struct ticket_id id = hall_ticket_id(hall, number);
    assert(id.value);
    return id;
}

/* ---- windows ---- */

void window_idle(struct hall *hall, struct window_id id, int64_t at_ms)
{
    struct window *window = &hall->windows[id.value];
    bool idle = window->clerk.value && !window->paused && !window->ticket.value;
    window->idle_from_ms = idle ? at_ms : 0;
}

static void window_release(struct hall *hall, struct window_id id, int64_t at_ms)
{
    hall->windows[id.value].ticket.value = 0;
    window_idle(hall, id, at_ms);
}

static void window_remember(struct hall *hall, struct window_id id, enum window_act act,
                            struct ticket_id ticket, int64_t at_ms)
{
    struct window *window = &hall->windows[id.value];
    window->undo = (struct undo_slot){
        .act = (uint8_t)act,
        .at_ms = at_ms,
        .ticket = ticket,
        .before = *ticket_at(hall, ticket),
        .busy_ms_before = window->busy_ms_today,
        .served_before = window->served,
        .last_domain_before = window->last_domain,
        .domain = hall_ticket_domain(hall, ticket_at(hall, ticket)),
    };
}

/* ---- tickets ---- */

static void number_remember(struct hall *hall, struct number number, struct ticket_id id)
{
    uint32_t key = (uint32_t)number.letter << 24 | (uint32_t)number.kiosk << 16 | number.count;
    uint32_t slot = key * 2654435761u >> 16;
    while (hall->by_number[slot])
        slot = (slot + 1) % NUMBER_SLOTS;
    hall->by_number[slot] = id.value;
}

static void series_advance(struct hall *hall, const struct ticket *ticket)
{
    struct number number = ticket->number;
    if (number.kiosk)
        return;
    hall->series_last[number.letter - 'A'] = number.count;
    struct domain_id domain = hall_ticket_domain(hall, ticket);
    if (number.letter != 'Y' && number.letter != hall->domains[domain.value].series)
        hall->series_now[domain.value] = number.letter;
}

static void booking_use(struct hall *hall, struct booking_code code)
{
    for (uint32_t i = 0; i < hall->booking_count; i++)
        if (hall->bookings[i].code.value == code.value && hall->bookings[i].state == BOOKING_MADE)
            hall->bookings[i].state = BOOKING_USED;
}

/* Adds the ticket to what was issued of its items, or takes it away again. */
static void items_count(struct hall *hall, const struct ticket *ticket, int by)
{
    for (uint8_t i = 0; i < ticket->item_count; i++)
        hall->items[ticket->items[i].value].issued += (uint32_t)by;
}

void on_ticket_issued(struct hall *hall, const struct event *event)
{
    const struct ticket_issued *e = &event->ticket_issued;
    struct ticket_id id = {(uint16_t)(hall->ticket_count + 1)};
    struct ticket *ticket = ticket_at(hall, id);
    hall->ticket_count++;
    int64_t ref_ms = e->ref_ms ? e->ref_ms : event->at_ms;
    *ticket = (struct ticket){
        .number = e->number,
        .class = e->class,
        .channel = e->channel,
        .item_count = (uint8_t)e->items.count,
        .kind = e->kind,
        .asked_window = e->window,
        .asked_clerk = e->clerk,
        .person = e->person,
        .booking = e->booking,
        .order = hall->order_next++,
        .ref_ms = ref_ms,
        .issued_ms = event->at_ms,
        .wait_from_ms = ref_ms,
    };
    memcpy(ticket->items, e->items.items, e->items.count * sizeof ticket->items[0]);
    number_remember(hall, e->number, id);
    series_advance(hall, ticket);
    hall->counts.issued++;
    hall->counts.green_grants += e->class == CLASS_GREEN;
    items_count(hall, ticket, 1);
    if (e->booking.value)
        booking_use(hall, e->booking);
    ticket_enter(hall, id, TICKET_WAITING);
}

void on_ticket_called(struct hall *hall, const struct event *event)
{
    const struct ticket_called *e = &event->ticket_called;
    struct ticket_id id = id_of(hall, e->number);
    struct window *window = &hall->windows[e->window.value];
    window_remember(hall, e->window, ACT_CALL, id, event->at_ms);
    ticket_enter(hall, id, TICKET_CALLED);
    struct ticket *ticket = ticket_at(hall, id);
    ticket->window = e->window;
    ticket->clerk = e->clerk;
    ticket->waited_ms = e->waited_ms;
    ticket->called_ms = event->at_ms;
    ticket->recalled_ms = 0;
    ticket->recalls = 0;
    ticket->alarmed = false; /* of its next wait */
    window->ticket = id;
    window->idle_from_ms = 0;
    hall->counts.calls++;
}

void on_ticket_recalled(struct hall *hall, const struct event *event)
{
    struct ticket *ticket = ticket_at(hall, id_of(hall, event->ticket_recalled.number));
    ticket->recalls++;
    ticket->recalled_ms = event->at_ms;
}

void on_service_started(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->service_started.number);
    ticket_enter(hall, id, TICKET_SERVING);
    ticket_at(hall, id)->started_ms = event->at_ms;
    /* Only now: nobody changes over for a visitor who does not come. */
    hall->windows[event->service_started.window.value].last_domain =
        hall_ticket_domain(hall, ticket_at(hall, id));
}

void on_service_finished(struct hall *hall, const struct event *event)
{
    const struct service_finished *e = &event->service_finished;
    struct ticket_id id = id_of(hall, e->number);
    struct window *window = &hall->windows[e->window.value];
    window_remember(hall, e->window, ACT_FINISH, id, event->at_ms);
    ticket_enter(hall, id, TICKET_FINISHED);
    struct ticket *ticket = ticket_at(hall, id);
    ticket->done |= e->done;
    ticket->served_ms += e->served_ms;
    ticket->ended_ms = event->at_ms;
    window->served++;
    window->busy_ms_today += event->at_ms - ticket->called_ms;
    for (uint8_t i = 0; i < ticket->item_count; i++)
        if (e->done >> i & 1)
            window->last_domain = hall->items[ticket->items[i].value].set.domain;
    hall->domains[hall_ticket_domain(hall, ticket).value].served++;
    window_release(hall, e->window, event->at_ms);
}

/* The first item not yet done; the present one when all are. */
static uint8_t item_next(const struct ticket *ticket)
{
    for (uint8_t i = 0; i < ticket->item_count; i++)
        if (!(ticket->done >> i & 1))
            return i;
    return ticket->current;
}

void on_ticket_requeued(struct hall *hall, const struct event *event)
{
    const struct ticket_requeued *e = &event->ticket_requeued;
    struct ticket_id id = id_of(hall, e->number);
    struct ticket *ticket = ticket_at(hall, id);
    ticket->class = e->class;
    ticket->ref_ms = e->ref_ms;
    ticket->order = hall->order_next++;
    ticket->wait_from_ms = event->at_ms;
    ticket->asked_window = e->window;
    ticket->asked_clerk.value = 0;
    bool returns = ticket->return_to.value && !(ticket->done >> ticket->return_item & 1);
    ticket->current = returns ? ticket->return_item : item_next(ticket);
    ticket->return_to.value = 0;
    ticket->return_item = 0;
    ticket_enter(hall, id, TICKET_WAITING);
}

void on_ticket_missed(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->ticket_missed.number);
    struct window_id window_id = event->ticket_missed.window;
    window_remember(hall, window_id, ACT_NO_SHOW, id, event->at_ms);
    ticket_enter(hall, id, TICKET_MISSED);
    struct ticket *ticket = ticket_at(hall, id);
    ticket->ended_ms = event->at_ms;
    hall->windows[window_id.value].busy_ms_today += event->at_ms - ticket->called_ms;
    window_release(hall, window_id, event->at_ms);
}

void on_ticket_rejoined(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->ticket_rejoined.number);
    struct ticket *ticket = ticket_at(hall, id);
    ticket->class = event->ticket_rejoined.class;
    ticket->ref_ms = event->ticket_rejoined.ref_ms;
    ticket->order = hall->order_next++;
    ticket->wait_from_ms = event->at_ms;
    ticket->rejoins++;
    ticket_enter(hall, id, TICKET_WAITING);
}

void on_ticket_held(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->ticket_held.number);
    struct window_id window = event->ticket_held.window;
    ticket_enter(hall, id, TICKET_HELD);
    struct ticket *ticket = ticket_at(hall, id);
    ticket->served_ms += event->at_ms - ticket->started_ms;
    ticket->ended_ms = event->at_ms;
    hall->windows[window.value].busy_ms_today += event->at_ms - ticket->called_ms;
    hall->windows[window.value].undo = (struct undo_slot){0};
    window_release(hall, window, event->at_ms);
}

void on_ticket_resumed(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->ticket_resumed.number);
    struct window_id window_id = event->ticket_resumed.window;
    struct ticket *ticket = ticket_at(hall, id);
    if (!window_id.value) {
        ticket->wait_from_ms = event->at_ms;
        ticket_enter(hall, id, TICKET_WAITING);
        return;
    }
    struct window *window = &hall->windows[window_id.value];
    ticket_enter(hall, id, TICKET_SERVING);
    ticket->called_ms = ticket->started_ms = event->at_ms;
    ticket->clerk = window->clerk;
    window->ticket = id;
    window->idle_from_ms = 0;
    window->last_domain = hall_ticket_domain(hall, ticket);
    window->undo = (struct undo_slot){0};
}

/* Another item takes the place of the present one or comes beside it; one that the ticket already carries
 * becomes the present one. */
static void ticket_take_item(struct hall *hall, struct ticket *ticket, struct item_id item, bool beside)
{
    for (uint8_t i = 0; i < ticket->item_count; i++)
        if (ticket->items[i].value == item.value) {
            ticket->current = i;
            ticket->done &= ~((uint32_t)1 << i);
            return;
        }
    if (beside)
        ticket->current = ticket->item_count++;
    else
        hall->items[ticket_item(ticket).value].issued--;
    ticket->items[ticket->current] = item;
    hall->items[item.value].issued++;
}

void on_ticket_transferred(struct hall *hall, const struct event *event)
{
    const struct ticket_transferred *e = &event->ticket_transferred;
    struct ticket_id id = id_of(hall, e->number);
    struct ticket *ticket = ticket_at(hall, id);
    window_remember(hall, e->from, ACT_TRANSFER, id, event->at_ms);
    hall->windows[e->from.value].busy_ms_today += event->at_ms - ticket->called_ms;
    if (ticket->state == TICKET_SERVING)
        ticket->served_ms += event->at_ms - ticket->started_ms;
    ticket->return_item = e->return_to.value ? ticket->current : 0;
    if (e->item.value)
        ticket_take_item(hall, ticket, e->item, e->return_to.value);
    if (e->place != PLACE_ORIGINAL)
        ticket->order = hall->order_next++;
    ticket->ref_ms = e->ref_ms;
    ticket->wait_from_ms = event->at_ms;
    ticket->asked_window = e->window;
    ticket->asked_clerk = e->clerk;
    ticket->return_to = e->return_to;
    ticket->transferred = true;
    ticket_enter(hall, id, TICKET_WAITING);
    window_release(hall, e->from, event->at_ms);
}

void on_item_added(struct hall *hall, const struct event *event)
{
    struct ticket *ticket = ticket_at(hall, id_of(hall, event->item_added.number));
    ticket->items[ticket->item_count++] = event->item_added.item;
    hall->items[event->item_added.item.value].issued++;
}

/* Leaves whatever it was in for good. */
static void ticket_close(struct hall *hall, struct ticket_id id, enum ticket_state state, int64_t at_ms)
{
    struct ticket *ticket = ticket_at(hall, id);
    bool at_window = ticket->state == TICKET_CALLED || ticket->state == TICKET_SERVING;
    if (at_window) {
        struct window *window = &hall->windows[ticket->window.value];
        window->busy_ms_today += at_ms - ticket->called_ms;
        window->undo = (struct undo_slot){0};
        window_release(hall, ticket->window, at_ms);
    }
    ticket_enter(hall, id, state);
    ticket->ended_ms = at_ms;
}

void on_ticket_cancelled(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->ticket_cancelled.number);
    ticket_close(hall, id, TICKET_CANCELLED, event->at_ms);
    items_count(hall, ticket_at(hall, id), -1);
}

void on_ticket_lapsed(struct hall *hall, const struct event *event)
{
    ticket_close(hall, id_of(hall, event->ticket_lapsed.number), TICKET_LAPSED, event->at_ms);
}

void on_ticket_granted(struct hall *hall, const struct event *event)
{
    const struct ticket_granted *e = &event->ticket_granted;
    struct ticket_id id = id_of(hall, e->number);
    struct ticket *ticket = ticket_at(hall, id);
    ticket->class = e->class;
    ticket->kind = e->kind;
    hall->counts.green_grants += e->class == CLASS_GREEN;
    if (ticket->state == TICKET_WAITING)
        waiting_write(hall, id);
}

void on_ticket_rated(struct hall *hall, const struct event *event)
{
    struct ticket *ticket = ticket_at(hall, id_of(hall, event->ticket_rated.number));
    if (!ticket->rating)
        ticket->rated_ms = event->at_ms;
    ticket->rating = event->ticket_rated.level;
}

void on_act_undone(struct hall *hall, const struct event *event)
{
    struct window_id window_id = event->act_undone.window;
    struct window *window = &hall->windows[window_id.value];
    struct undo_slot undo = window->undo;
    struct ticket *ticket = ticket_at(hall, undo.ticket);
    enum ticket_state state_before = (enum ticket_state)undo.before.state;
    if (undo.act == ACT_FINISH)
        hall->domains[undo.domain.value].served--;
    if (undo.act == ACT_CALL)
        hall->counts.calls--;
    /* Leave the present state first, then take the old fields, then enter the old state. */
    ticket_enter(hall, undo.ticket, TICKET_HELD);
    uint8_t rating = ticket->rating;
    int64_t rated_ms = ticket->rated_ms;
    items_count(hall, ticket, -1);
    items_count(hall, &undo.before, 1);
    *ticket = undo.before;
    ticket->state = TICKET_HELD;
    ticket->rating = rating;
    ticket->rated_ms = rated_ms;
    ticket_enter(hall, undo.ticket, state_before);
    window->busy_ms_today = undo.busy_ms_before;
    window->served = undo.served_before;
    window->last_domain = undo.last_domain_before;
    window->undo = (struct undo_slot){0};
    if (undo.act == ACT_CALL) {
        window_release(hall, window_id, event->at_ms);
    } else {
        window->ticket = undo.ticket;
        window->idle_from_ms = 0;
    }
}

void on_wait_forecast(struct hall *hall, const struct event *event)
{
    const struct wait_forecast *e = &event->wait_forecast;
    struct ticket *ticket = ticket_at(hall, id_of(hall, e->number));
    if (!ticket->has_forecast) {
        ticket->first_low_s = e->low_s;
        ticket->first_high_s = e->high_s;
    }
    ticket->has_forecast = true;
    ticket->low_s = e->low_s;
    ticket->high_s = e->high_s;
}

void on_wait_alarmed(struct hall *hall, const struct event *event)
{
    ticket_at(hall, id_of(hall, event->wait_alarmed.number))->alarmed = true;
}
