/* SPDX-License-Identifier: MIT
 * The only code that changes the hall. One function an event; none refuses. */
#include "dispatcher/core/hall.h"

#include <assert.h>
#include <string.h>

#include "dispatcher/core/inner.h"

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

/* The window is idle from now on, if it is on duty, not paused and free. */
static void window_idle(struct hall *hall, struct window_id id, int64_t at_ms)
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

static void windows_refresh(struct hall *hall)
{
    for (unsigned w = 1; w <= hall->windows_top; w++)
        if (hall->windows[w].clerk.value)
            window_refresh(hall, (struct window_id){(uint16_t)w});
}

/* ---- set-up ---- */

static void on_policy_set(struct hall *hall, const struct event *event)
{
    hall->policy[event->policy_set.key] = event->policy_set.value;
    if (event->policy_set.key == POLICY_UTC_OFFSET_MIN && hall->date)
        hall->midnight_ms = hall_midnight_ms(hall, hall->date);
}

static void on_zone_set(struct hall *hall, const struct event *event)
{
    hall->zones[event->zone_set.zone.value] = (struct zone){.exists = true, .letter = event->zone_set.letter};
}

static void on_domain_set(struct hall *hall, const struct event *event)
{
    const struct domain_set *set = &event->domain_set;
    struct domain *domain = &hall->domains[set->domain.value];
    domain->exists = true;
    domain->retired = set->retired;
    domain->series = set->series;
    domain->slot_capacity = set->slot_capacity;
}

static void on_item_set(struct hall *hall, const struct event *event)
{
    struct item_id id = event->item_set.item;
    struct item *item = &hall->items[id.value];
    /* A waiting ticket mirrors its item's domain: take it out and put it back around the change. */
    bool moves = item->exists && item->set.domain.value != event->item_set.domain.value;
    for (unsigned t = 1; moves && t <= hall->ticket_count; t++)
        if (hall->tickets[t].state == TICKET_WAITING && ticket_item(&hall->tickets[t]).value == id.value) {
            hall->domains[item->set.domain.value].waiting--;
            hall->domains[event->item_set.domain.value].waiting++;
            hall->waiting[hall->tickets[t].waiting_at].domain = (uint8_t)event->item_set.domain.value;
        }
    item->exists = true;
    item->set = event->item_set;
    if (id.value > hall->items_top)
        hall->items_top = id.value;
    windows_refresh(hall);
}

static void on_window_set(struct hall *hall, const struct event *event)
{
    struct window_id id = event->window_set.window;
    struct window *window = &hall->windows[id.value];
    window->exists = true;
    window->set = event->window_set;
    if (id.value > hall->windows_top)
        hall->windows_top = id.value;
    window_refresh(hall, id);
}

static void on_kind_set(struct hall *hall, const struct event *event)
{
    hall->kind_exists[event->kind_set.kind] = true;
    hall->kind_class[event->kind_set.kind] = event->kind_set.class;
}

static void on_clerk_set(struct hall *hall, const struct event *event)
{
    struct clerk *clerk = &hall->clerks[event->clerk_set.clerk.value];
    clerk->exists = true;
    clerk->set = event->clerk_set;
    if (clerk->window.value)
        window_refresh(hall, clerk->window);
}

static void on_authorisation_set(struct hall *hall, const struct event *event)
{
    const struct authorisation_set *set = &event->authorisation_set;
    struct authorisation *authorisation = &hall->authorisations[set->authorisation];
    struct clerk_id before = authorisation->set.clerk;
    authorisation->exists = true;
    authorisation->set = *set;
    if (set->authorisation > hall->authorisations_top)
        hall->authorisations_top = set->authorisation;
    const struct clerk_id touched[] = {before, set->clerk};
    for (unsigned i = 0; i < 2; i++)
        if (hall->clerks[touched[i].value].window.value)
            window_refresh(hall, hall->clerks[touched[i].value].window);
}

static void on_week_set(struct hall *hall, const struct event *event)
{
    hall->week[event->week_set.weekday] = event->week_set.sessions;
}

static void on_calendar_set(struct hall *hall, const struct event *event)
{
    const struct calendar_set *set = &event->calendar_set;
    uint32_t at = 0;
    while (at < hall->calendar_count && hall->calendar[at].date < set->date)
        at++;
    bool known = at < hall->calendar_count && hall->calendar[at].date == set->date;
    if (!known && hall->calendar_count == CALENDAR_DAYS_MAX) {
        /* Full: the oldest day, which is past, makes room. */
        memmove(&hall->calendar[0], &hall->calendar[1], (CALENDAR_DAYS_MAX - 1) * sizeof hall->calendar[0]);
        hall->calendar_count--;
        at -= at > 0;
    }
    if (!known) {
        memmove(&hall->calendar[at + 1], &hall->calendar[at],
                (hall->calendar_count - at) * sizeof hall->calendar[0]);
        hall->calendar_count++;
    }
    hall->calendar[at] = *set;
}

static void on_window_posted(struct hall *hall, const struct event *event)
{
    hall->windows[event->window_posted.window.value].posted = event->window_posted.domains;
}

static void on_seed_set(struct hall *hall, const struct event *event)
{
    hall->seed = event->seed_set.seed;
}

/* ---- the business day ---- */

static void day_reset(struct hall *hall)
{
    hall->counts = (struct counts){0};
    hall->order_next = 0;
    memset(hall->series_last, 0, sizeof hall->series_last);
    memset(hall->series_now, 0, sizeof hall->series_now);
    memset(hall->tickets, 0, (hall->ticket_count + 1) * sizeof hall->tickets[0]);
    memset(hall->by_number, 0, sizeof hall->by_number);
    memset(hall->waiting, 0, hall->waiting_count * sizeof hall->waiting[0]);
    hall->ticket_count = 0;
    hall->waiting_count = 0;
    for (unsigned i = 1; i <= hall->items_top; i++)
        hall->items[i].issued = 0;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        hall->domains[d].waiting = hall->domains[d].served = 0;
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        struct window *window = &hall->windows[w];
        window->served = 0;
        window->busy_ms_today = 0;
        window->last_domain.value = 0;
        window->undo = (struct undo_slot){0};
    }
}

static void on_day_opened(struct hall *hall, const struct event *event)
{
    if (event->day_opened.date != hall->date)
        day_reset(hall);
    hall->date = event->day_opened.date;
    hall->midnight_ms = hall_midnight_ms(hall, hall->date);
    hall->opened_ms = event->at_ms;
    hall->day_state = DAY_OPEN;
    hall->settled = false;
    windows_refresh(hall);
    for (unsigned w = 1; w <= hall->windows_top; w++)
        window_idle(hall, (struct window_id){(uint16_t)w}, event->at_ms);
}

static void on_day_closing(struct hall *hall, const struct event *event)
{
    (void)event;
    hall->day_state = DAY_CLOSING;
}

static void duty_end(struct hall *hall, struct window_id id)
{
    struct window *window = &hall->windows[id.value];
    hall->clerks[window->clerk.value].window.value = 0;
    window->clerk.value = 0;
    window->duty_ms = 0;
    window->idle_from_ms = 0;
    window->paused = false;
    window->pause_reason = 0;
    window->pause_until_ms = window->paused_ms = 0;
    window->undo = (struct undo_slot){0};
    window_refresh(hall, id);
}

/* Bookings of this day and before are settled; the rest move together. */
static void bookings_settle(struct hall *hall)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < hall->booking_count; i++)
        if (hall->bookings[i].state == BOOKING_MADE && hall->bookings[i].date > hall->date)
            hall->bookings[kept++] = hall->bookings[i];
    memset(&hall->bookings[kept], 0, (hall->booking_count - kept) * sizeof hall->bookings[0]);
    hall->booking_count = kept;
}

/* A miss counts towards a later suspension, which then lasts. */
static void misses_forget(struct hall *hall)
{
    uint32_t kept = 0;
    int32_t oldest =
        hall->date - hall->policy[POLICY_MISSES_WITHIN_DAYS] - hall->policy[POLICY_SUSPENSION_DAYS];
    for (uint32_t i = 0; i < hall->miss_count; i++)
        if (hall->misses[i].date > oldest)
            hall->misses[kept++] = hall->misses[i];
    memset(&hall->misses[kept], 0, (hall->miss_count - kept) * sizeof hall->misses[0]);
    hall->miss_count = kept;
}

static void on_day_closed(struct hall *hall, const struct event *event)
{
    /* A day that closes without having been open is what a checkpoint tells a fresh hall. */
    hall->settled = hall->day_state == DAY_CLOSED;
    hall->date = event->day_closed.date;
    hall->midnight_ms = hall_midnight_ms(hall, hall->date);
    for (unsigned w = 1; w <= hall->windows_top; w++)
        if (hall->windows[w].clerk.value)
            duty_end(hall, (struct window_id){(uint16_t)w});
    bookings_settle(hall);
    misses_forget(hall);
    hall->day_state = DAY_CLOSED;
}

/* ---- duty ---- */

static void on_duty_started(struct hall *hall, const struct event *event)
{
    const struct duty_started *e = &event->duty_started;
    struct window *window = &hall->windows[e->window.value];
    if (window->clerk.value)
        hall->clerks[window->clerk.value].window.value = 0;
    window->clerk = e->clerk;
    window->duty_ms = event->at_ms;
    window_idle(hall, e->window, event->at_ms);
    hall->clerks[e->clerk.value].window = e->window;
    window_refresh(hall, e->window);
}

static void on_duty_ended(struct hall *hall, const struct event *event)
{
    duty_end(hall, event->duty_ended.window);
}

static void on_window_paused(struct hall *hall, const struct event *event)
{
    struct window *window = &hall->windows[event->window_paused.window.value];
    window->paused = true;
    window->pause_reason = event->window_paused.reason;
    window->pause_until_ms = event->window_paused.until_ms;
    window->paused_ms = event->at_ms;
    window->idle_from_ms = 0;
}

static void on_window_unpaused(struct hall *hall, const struct event *event)
{
    struct window *window = &hall->windows[event->window_unpaused.window.value];
    window->paused = false;
    window->pause_reason = 0;
    window->pause_until_ms = window->paused_ms = 0;
    window_idle(hall, event->window_unpaused.window, event->at_ms);
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

static void on_ticket_issued(struct hall *hall, const struct event *event)
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

static void on_ticket_called(struct hall *hall, const struct event *event)
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
    window->last_domain = hall_ticket_domain(hall, ticket);
    hall->counts.calls++;
}

static void on_ticket_recalled(struct hall *hall, const struct event *event)
{
    struct ticket *ticket = ticket_at(hall, id_of(hall, event->ticket_recalled.number));
    ticket->recalls++;
    ticket->recalled_ms = event->at_ms;
}

static void on_service_started(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->service_started.number);
    ticket_enter(hall, id, TICKET_SERVING);
    ticket_at(hall, id)->started_ms = event->at_ms;
}

static void on_service_finished(struct hall *hall, const struct event *event)
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

static void on_ticket_requeued(struct hall *hall, const struct event *event)
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

static void on_ticket_missed(struct hall *hall, const struct event *event)
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

static void on_ticket_rejoined(struct hall *hall, const struct event *event)
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

static void on_ticket_held(struct hall *hall, const struct event *event)
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

static void on_ticket_resumed(struct hall *hall, const struct event *event)
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

static void on_ticket_transferred(struct hall *hall, const struct event *event)
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

static void on_item_added(struct hall *hall, const struct event *event)
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

static void on_ticket_cancelled(struct hall *hall, const struct event *event)
{
    struct ticket_id id = id_of(hall, event->ticket_cancelled.number);
    ticket_close(hall, id, TICKET_CANCELLED, event->at_ms);
    items_count(hall, ticket_at(hall, id), -1);
}

static void on_ticket_lapsed(struct hall *hall, const struct event *event)
{
    ticket_close(hall, id_of(hall, event->ticket_lapsed.number), TICKET_LAPSED, event->at_ms);
}

static void on_ticket_granted(struct hall *hall, const struct event *event)
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

static void on_ticket_rated(struct hall *hall, const struct event *event)
{
    struct ticket *ticket = ticket_at(hall, id_of(hall, event->ticket_rated.number));
    if (!ticket->rating)
        ticket->rated_ms = event->at_ms;
    ticket->rating = event->ticket_rated.level;
}

static void on_act_undone(struct hall *hall, const struct event *event)
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

static void on_wait_alarmed(struct hall *hall, const struct event *event)
{
    ticket_at(hall, id_of(hall, event->wait_alarmed.number))->alarmed = true;
}

/* ---- bookings ---- */

static void on_booking_made(struct hall *hall, const struct event *event)
{
    const struct booking_made *e = &event->booking_made;
    hall->bookings[hall->booking_count++] = (struct booking){
        .code = e->booking,
        .item = e->item,
        .person = e->person,
        .date = e->date,
        .slot_min = e->slot_min,
        .channel = e->channel,
        .state = BOOKING_MADE,
    };
    hall->seed = seed_next(hall->seed);
}

static void booking_free(struct hall *hall, struct booking_code code)
{
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        if (hall->bookings[i].code.value != code.value)
            continue;
        hall->bookings[i] = hall->bookings[--hall->booking_count];
        hall->bookings[hall->booking_count] = (struct booking){0};
        return;
    }
}

static void on_booking_cancelled(struct hall *hall, const struct event *event)
{
    booking_free(hall, event->booking_cancelled.booking);
}

/* A full memory of misses forgets the oldest, in the visitor's favour. */
static void miss_remember(struct hall *hall, struct person_id person, int32_t date)
{
    if (!person.value)
        return;
    if (hall->miss_count == MISSES_MAX) {
        memmove(&hall->misses[0], &hall->misses[1], (MISSES_MAX - 1) * sizeof hall->misses[0]);
        hall->miss_count--;
    }
    hall->misses[hall->miss_count++] = (struct miss){person, date};
}

static void on_booking_missed(struct hall *hall, const struct event *event)
{
    booking_free(hall, event->booking_missed.booking);
    miss_remember(hall, event->booking_missed.person, event->booking_missed.date);
}

static void on_miss_kept(struct hall *hall, const struct event *event)
{
    miss_remember(hall, event->miss_kept.person, event->miss_kept.date);
}

static void on_suspension_lifted(struct hall *hall, const struct event *event)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < hall->miss_count; i++)
        if (hall->misses[i].person.value != event->suspension_lifted.person.value)
            hall->misses[kept++] = hall->misses[i];
    memset(&hall->misses[kept], 0, (hall->miss_count - kept) * sizeof hall->misses[0]);
    hall->miss_count = kept;
}

typedef void evolve_function(struct hall *hall, const struct event *event);

static evolve_function *const table[] = {
#define X(name, wire, member) on_##member,
    EVENTS(X)
#undef X
};

void hall_evolve(struct hall *hall, const struct event *event)
{
    assert(event->kind < EVENT_KINDS);
    table[event->kind](hall, event);
    if (event->at_ms > hall->last_ms)
        hall->last_ms = event->at_ms;
}
