/* SPDX-License-Identifier: MIT
 * What clerks do at their windows. */
#include <stddef.h>

#include "dispatcher/core/inner.h"
#include "dispatcher/core/rule.h"

/* ---- duty ---- */

static bool clerk_may_serve(struct deciding *d, struct clerk_id clerk)
{
    const struct hall *hall = d->hall;
    int32_t today = hall->day_state == DAY_CLOSED ? hall_date_at(hall, d->now_ms) : hall->date;
    if (!clerk_exists(hall, clerk) || hall->clerks[clerk.value].set.retired)
        return refuse(d, REFUSED_NO_SUCH_CLERK);
    if (!hall->clerks[clerk.value].set.trained)
        return refuse(d, REFUSED_NOT_TRAINED);
    return clerk_has_authorisation(hall, clerk, today) ? true : refuse(d, REFUSED_NO_AUTHORISATION);
}

bool decide_start_duty(struct deciding *d, const struct command *command)
{
    const struct start_duty *duty = &command->start_duty;
    const struct hall *hall = d->hall;
    if (!window_exists(hall, duty->window) || hall->windows[duty->window.value].set.retired)
        return refuse(d, REFUSED_NO_SUCH_WINDOW);
    if (!clerk_may_serve(d, duty->clerk))
        return false;
    struct clerk_id present = hall->windows[duty->window.value].clerk;
    struct window_id elsewhere = hall->clerks[duty->clerk.value].window;
    if (elsewhere.value)
        return refuse_value(d, REFUSED_CLERK_ELSEWHERE, elsewhere.value);
    if (present.value && !duty->takeover)
        return refuse_value(d, REFUSED_WINDOW_TAKEN, present.value);
    add(d, EVENT_DUTY_STARTED)->duty_started = (struct duty_started){duty->window, duty->clerk, present};
    withdraw_proposals(d, duty->window);
    return true;
}

bool decide_end_duty(struct deciding *d, const struct command *command)
{
    const struct window *window = duty_window(d, command->end_duty.window);
    if (!window)
        return false;
    if (window->ticket.value)
        return refuse_number(d, REFUSED_WINDOW_BUSY, ticket_read(d->hall, window->ticket)->number);
    add(d, EVENT_DUTY_ENDED)->duty_ended = (struct duty_ended){window->set.window, window->clerk};
    withdraw_proposals(d, window->set.window);
    return true;
}

bool decide_pause(struct deciding *d, const struct command *command)
{
    const struct pause *pause = &command->pause;
    const struct window *window = duty_window(d, pause->window);
    if (!window)
        return false;
    if (window->paused)
        return refuse(d, REFUSED_WINDOW_PAUSED);
    bool until_is_sound =
        !pause->until_ms || (pause->until_ms > d->now_ms && pause->until_ms <= d->now_ms + DAY_MS);
    if (pause->reason >= PAUSE_REASONS || !until_is_sound)
        return refuse_value(d, REFUSED_BAD_VALUE, pause->until_ms);
    add(d, EVENT_WINDOW_PAUSED)->window_paused =
        (struct window_paused){pause->window, pause->reason, pause->until_ms};
    return true;
}

bool decide_unpause(struct deciding *d, const struct command *command)
{
    const struct window *window = duty_window(d, command->unpause.window);
    if (!window)
        return false;
    if (!window->paused)
        return refuse(d, REFUSED_WINDOW_NOT_PAUSED);
    add(d, EVENT_WINDOW_UNPAUSED)->window_unpaused.window = command->unpause.window;
    return true;
}

/* ---- calling ---- */

/* The window, on duty, not paused and without a ticket; NULL after refusing. */
static const struct window *free_window(struct deciding *d, struct window_id id)
{
    const struct window *window = duty_window(d, id);
    if (!window)
        return NULL;
    if (d->hall->day_state != DAY_OPEN) {
        refuse(d, REFUSED_DAY_NOT_OPEN);
        return NULL;
    }
    if (window->ticket.value) {
        refuse_number(d, REFUSED_WINDOW_BUSY, ticket_read(d->hall, window->ticket)->number);
        return NULL;
    }
    if (window->paused) {
        refuse(d, REFUSED_WINDOW_PAUSED);
        return NULL;
    }
    return window;
}

bool decide_call(struct deciding *d, const struct command *command)
{
    struct window_id id = command->call.window;
    struct candidate_list candidates;
    struct ticket_id best;
    if (!free_window(d, id))
        return false;
    if (!rule_pick(d->hall, id, d->now_ms, &candidates, &best))
        return refuse(d, REFUSED_NOBODY_WAITING);
    add_call(d, id, best, rule_of(ticket_read(d->hall, best)), &candidates);
    return true;
}

bool decide_call_number(struct deciding *d, const struct command *command)
{
    const struct call_number *call = &command->call_number;
    const struct window *window = free_window(d, call->window);
    struct candidate_list candidates;
    struct ticket_id best;
    if (!window)
        return false;
    struct ticket_id id = hall_ticket_id(d->hall, call->number);
    if (!id.value)
        return refuse_number(d, REFUSED_NO_SUCH_NUMBER, call->number);
    const struct ticket *ticket = ticket_read(d->hall, id);
    if (ticket->state != TICKET_WAITING)
        return refuse_number(d, REFUSED_NOT_WAITING, call->number);
    if (!hall_window_may_serve(d->hall, call->window, ticket_item(ticket)))
        return refuse(d, REFUSED_NOT_AUTHORISED);
    if (!call->reason.bytes[0] && d->by.kind != ACTOR_MANAGER)
        return refuse(d, REFUSED_REASON_NEEDED);
    rule_pick(d->hall, call->window, d->now_ms, &candidates, &best);
    add_call(d, call->window, id, RULE_NUMBER, &candidates);
    d->out->events[0].ticket_called.reason = call->reason;
    return true;
}

static int64_t seconds_up(int64_t ms)
{
    return (ms + 999) / 1000;
}

static int64_t last_call_ms(const struct ticket *ticket)
{
    return ticket->recalled_ms > ticket->called_ms ? ticket->recalled_ms : ticket->called_ms;
}

bool decide_recall(struct deciding *d, const struct command *command)
{
    const struct hall *hall = d->hall;
    const struct ticket *ticket = window_ticket(d, command->recall.window, TICKET_CALLED, TICKET_CALLED);
    if (!ticket)
        return false;
    if (ticket->recalls >= policy_of(hall, POLICY_RECALL_LIMIT))
        return refuse_value(d, REFUSED_RECALL_LIMIT, ticket->recalls);
    int64_t left_ms = last_call_ms(ticket) + policy_of(hall, POLICY_RECALL_GAP_MS) - d->now_ms;
    if (left_ms > 0)
        return refuse_value(d, REFUSED_RECALL_TOO_SOON, seconds_up(left_ms));
    add(d, EVENT_TICKET_RECALLED)->ticket_recalled =
        (struct ticket_recalled){ticket->number, command->recall.window};
    return true;
}

bool decide_no_show(struct deciding *d, const struct command *command)
{
    const struct hall *hall = d->hall;
    const struct ticket *ticket = window_ticket(d, command->no_show.window, TICKET_CALLED, TICKET_CALLED);
    if (!ticket)
        return false;
    int64_t left_ms = ticket->called_ms + policy_of(hall, POLICY_NO_SHOW_AFTER_MS) - d->now_ms;
    if (ticket->recalls < policy_of(hall, POLICY_NO_SHOW_RECALLS) && left_ms > 0)
        return refuse_value(d, REFUSED_NO_SHOW_TOO_SOON, seconds_up(left_ms));
    add(d, EVENT_TICKET_MISSED)->ticket_missed =
        (struct ticket_missed){ticket->number, command->no_show.window};
    return true;
}

/* ---- serving ---- */

bool decide_start(struct deciding *d, const struct command *command)
{
    const struct ticket *ticket = window_ticket(d, command->start.window, TICKET_CALLED, TICKET_CALLED);
    if (!ticket)
        return false;
    add(d, EVENT_SERVICE_STARTED)->service_started =
        (struct service_started){ticket->number, command->start.window};
    return true;
}

static uint32_t all_items(const struct ticket *ticket)
{
    return ((uint32_t)1 << ticket->item_count) - 1;
}

/* What this window did: the present item and every other open item that it may do. */
static uint32_t items_done_here(const struct hall *hall, struct window_id window, const struct ticket *ticket)
{
    uint32_t done = (uint32_t)1 << ticket->current;
    for (uint8_t i = 0; i < ticket->item_count; i++)
        if (!(ticket->done >> i & 1) && hall_window_may_serve(hall, window, ticket->items[i]))
            done |= (uint32_t)1 << i;
    return done;
}

/* Another leg: items left for other windows wait again ahead of the normal line; a ticket that was sent here
 * goes back to its sender with its class and its old place, or to any window when the sender has left. */
static void add_next_leg(struct deciding *d, const struct ticket *ticket, bool returns)
{
    struct ticket_requeued *e = &add(d, EVENT_TICKET_REQUEUED)->ticket_requeued;
    e->number = ticket->number;
    e->class = ticket->class == CLASS_GREEN ? CLASS_GREEN : CLASS_PRIORITY;
    e->ref_ms = returns ? ticket->ref_ms : d->now_ms;
    if (returns) {
        e->class = ticket->class;
        if (hall_window_may_serve(d->hall, ticket->return_to, ticket->items[ticket->return_item]))
            e->window = ticket->return_to;
    }
}

/* What is done when a ticket goes back to its sender: a side item, but not the one that the sender goes on
 * with. */
static uint32_t side_item_done(const struct ticket *ticket)
{
    return ticket->current == ticket->return_item ? 0 : (uint32_t)1 << ticket->current;
}

bool decide_finish(struct deciding *d, const struct command *command)
{
    struct window_id id = command->finish.window;
    const struct ticket *ticket = window_ticket(d, id, TICKET_SERVING, TICKET_SERVING);
    if (!ticket)
        return false;
    bool returns = ticket->return_to.value && ticket->return_to.value != id.value;
    struct service_finished *e = &add(d, EVENT_SERVICE_FINISHED)->service_finished;
    e->number = ticket->number;
    e->window = id;
    e->clerk = d->hall->windows[id.value].clerk;
    e->served_ms = d->now_ms - ticket->started_ms;
    e->done = returns ? side_item_done(ticket) : items_done_here(d->hall, id, ticket);
    if (returns || (ticket->done | e->done) != all_items(ticket))
        add_next_leg(d, ticket, returns);
    return true;
}

bool decide_hold(struct deciding *d, const struct command *command)
{
    const struct ticket *ticket = window_ticket(d, command->hold.window, TICKET_SERVING, TICKET_SERVING);
    if (!ticket)
        return false;
    struct ticket_held *e = &add(d, EVENT_TICKET_HELD)->ticket_held;
    e->number = ticket->number;
    e->window = command->hold.window;
    e->reason = command->hold.reason;
    return true;
}

bool decide_resume(struct deciding *d, const struct command *command)
{
    const struct resume *resume = &command->resume;
    const struct ticket *ticket = hall_ticket(d->hall, resume->number);
    if (!ticket)
        return refuse_number(d, REFUSED_NO_SUCH_NUMBER, resume->number);
    if (ticket->state != TICKET_HELD || (!resume->to_waiting && ticket->window.value != resume->window.value))
        return refuse_number(d, REFUSED_NOT_HELD_HERE, resume->number);
    if (!resume->to_waiting && !free_window(d, resume->window))
        return false;
    struct ticket_resumed *e = &add(d, EVENT_TICKET_RESUMED)->ticket_resumed;
    e->number = ticket->number;
    e->window = resume->to_waiting ? (struct window_id){0} : resume->window;
    return true;
}

bool decide_add_item(struct deciding *d, const struct command *command)
{
    struct item_id item = command->add_item.item;
    const struct ticket *ticket = window_ticket(d, command->add_item.window, TICKET_SERVING, TICKET_SERVING);
    if (!ticket)
        return false;
    if (!item_exists(d->hall, item))
        return refuse(d, REFUSED_NO_SUCH_ITEM);
    if (d->hall->items[item.value].set.retired)
        return refuse(d, REFUSED_ITEM_CLOSED);
    for (uint8_t i = 0; i < ticket->item_count; i++)
        if (ticket->items[i].value == item.value)
            return refuse(d, REFUSED_ITEM_TWICE);
    if (ticket->item_count == TICKET_ITEMS_MAX)
        return refuse_value(d, REFUSED_TOO_MANY_ITEMS, TICKET_ITEMS_MAX);
    add(d, EVENT_ITEM_ADDED)->item_added = (struct item_added){ticket->number, item};
    return true;
}

/* ---- transfer ---- */

/* Somebody on duty must be able to take the ticket over, or it would wait for nobody. */
static bool transfer_has_target(struct deciding *d, const struct transfer *t, struct item_id item)
{
    const struct hall *hall = d->hall;
    if (t->to_window.value && !window_exists(hall, t->to_window))
        return refuse(d, REFUSED_NO_SUCH_WINDOW);
    if (t->to_clerk.value && !clerk_exists(hall, t->to_clerk))
        return refuse(d, REFUSED_NO_SUCH_CLERK);
    if (t->to_clerk.value && !hall_clerk_authorised(hall, t->to_clerk, item, hall->date))
        return refuse(d, REFUSED_NOT_AUTHORISED);
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        bool is_asked = (!t->to_window.value || t->to_window.value == w) &&
                        (!t->to_clerk.value || t->to_clerk.value == hall->windows[w].clerk.value);
        if (is_asked && bit_of(hall->windows[w].may, item.value - 1u))
            return true;
    }
    return refuse(d, REFUSED_TRANSFER_NOWHERE);
}

static bool transfer_takes_item(struct deciding *d, const struct transfer *t, const struct ticket *ticket)
{
    if (!t->item.value)
        return true;
    if (!item_exists(d->hall, t->item))
        return refuse(d, REFUSED_NO_SUCH_ITEM);
    if (d->hall->items[t->item.value].set.retired)
        return refuse(d, REFUSED_ITEM_CLOSED);
    bool comes_beside = t->returns;
    for (uint8_t i = 0; i < ticket->item_count; i++)
        comes_beside = comes_beside && ticket->items[i].value != t->item.value;
    if (comes_beside && ticket->item_count == TICKET_ITEMS_MAX)
        return refuse_value(d, REFUSED_TOO_MANY_ITEMS, TICKET_ITEMS_MAX);
    return true;
}

bool decide_transfer(struct deciding *d, const struct command *command)
{
    const struct transfer *t = &command->transfer;
    const struct hall *hall = d->hall;
    const struct ticket *ticket = window_ticket(d, t->window, TICKET_SERVING, TICKET_CALLED);
    if (!ticket)
        return false;
    if (t->place >= PLACES)
        return refuse_value(d, REFUSED_BAD_VALUE, t->place);
    struct item_id item = t->item.value ? t->item : ticket_item(ticket);
    if (!transfer_takes_item(d, t, ticket) || !transfer_has_target(d, t, item))
        return false;
    struct standing standing = {hall->items[item.value].set.domain, ticket->class, ticket->ref_ms};
    struct ticket_transferred *e = &add(d, EVENT_TICKET_TRANSFERRED)->ticket_transferred;
    e->number = ticket->number;
    e->from = t->window;
    e->item = t->item;
    e->window = t->to_window;
    e->clerk = t->to_clerk;
    e->return_to = t->returns ? t->window : (struct window_id){0};
    e->place = t->place;
    e->ref_ms = place_ref_ms(hall, standing, (enum place)t->place, t->after, d->now_ms);
    e->reason = t->reason;
    return true;
}

/* ---- undo ---- */

/* Whether the ticket is still where the act left it. A ticket that another window has called since belongs to
 * that window, even when it has come back to the same state. */
static bool is_untouched(const struct ticket *ticket, const struct undo_slot *undo, struct window_id window)
{
    bool waits = ticket->state == TICKET_WAITING && ticket->wait_from_ms == undo->at_ms;
    if (ticket->window.value != window.value)
        return false;
    switch (undo->act) {
    case ACT_CALL:
        return ticket->state == TICKET_CALLED;
    case ACT_FINISH:
        return waits || (ticket->state == TICKET_FINISHED && ticket->ended_ms == undo->at_ms);
    case ACT_NO_SHOW:
        return ticket->state == TICKET_MISSED && ticket->ended_ms == undo->at_ms;
    case ACT_TRANSFER:
        return waits;
    default:
        return false;
    }
}

bool decide_undo(struct deciding *d, const struct command *command)
{
    const struct hall *hall = d->hall;
    const struct window *window = duty_window(d, command->undo.window);
    if (!window)
        return false;
    const struct undo_slot *undo = &window->undo;
    if (undo->act == ACT_NONE)
        return refuse(d, REFUSED_UNDO_NOTHING);
    if (d->now_ms > undo->at_ms + policy_of(hall, POLICY_UNDO_MS))
        return refuse_value(d, REFUSED_UNDO_TOO_LATE, policy_of(hall, POLICY_UNDO_MS) / 1000);
    if (window->ticket.value && undo->act != ACT_CALL)
        return refuse_number(d, REFUSED_WINDOW_BUSY, ticket_read(hall, window->ticket)->number);
    const struct ticket *ticket = ticket_read(hall, undo->ticket);
    if (!is_untouched(ticket, undo, command->undo.window))
        return refuse_number(d, REFUSED_UNDO_MOVED_ON, ticket->number);
    add(d, EVENT_ACT_UNDONE)->act_undone =
        (struct act_undone){command->undo.window, ticket->number, undo->act};
    return true;
}
