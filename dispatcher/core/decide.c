/* SPDX-License-Identifier: MIT
 * From commands to events: the table, and what all decisions share. */
#include "dispatcher/core/hall.h"

#include <assert.h>
#include <string.h>

#include "dispatcher/core/inner.h"

bool refuse(struct deciding *d, enum refusal_code code)
{
    d->out->refusal = (struct refusal){.code = code};
    d->out->count = 0;
    return false;
}

bool refuse_number(struct deciding *d, enum refusal_code code, struct number number)
{
    refuse(d, code);
    d->out->refusal.number = number;
    return false;
}

bool refuse_value(struct deciding *d, enum refusal_code code, int64_t value)
{
    refuse(d, code);
    d->out->refusal.value = value;
    return false;
}

bool has_room(const struct deciding *d)
{
    return d->out->count < EVENTS_MAX - 1;
}

bool has_room_for(const struct deciding *d, uint32_t events)
{
    return d->out->count + events <= EVENTS_MAX;
}

struct event *add(struct deciding *d, enum event_kind kind)
{
    assert(d->out->count < EVENTS_MAX);
    struct event *event = &d->out->events[d->out->count++];
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->at_ms = d->now_ms;
    event->by = d->by;
    return event;
}

bool is_staff(struct actor by)
{
    return by.kind == ACTOR_CLERK || by.kind == ACTOR_MANAGER;
}

const struct window *duty_window(struct deciding *d, struct window_id id)
{
    if (!window_exists(d->hall, id)) {
        refuse(d, REFUSED_NO_SUCH_WINDOW);
        return NULL;
    }
    const struct window *window = &d->hall->windows[id.value];
    if (!window->clerk.value) {
        refuse(d, REFUSED_NOT_ON_DUTY);
        return NULL;
    }
    return window;
}

const struct ticket *window_ticket(struct deciding *d, struct window_id id, enum ticket_state a,
                                   enum ticket_state b)
{
    const struct window *window = duty_window(d, id);
    if (!window)
        return NULL;
    if (!window->ticket.value) {
        refuse(d, REFUSED_WINDOW_FREE);
        return NULL;
    }
    const struct ticket *ticket = ticket_read(d->hall, window->ticket);
    if (ticket->state != a && ticket->state != b) {
        refuse_number(d, a == TICKET_CALLED ? REFUSED_NOT_CALLED : REFUSED_NOT_SERVING, ticket->number);
        return NULL;
    }
    return ticket;
}

enum call_rule rule_of(const struct ticket *ticket)
{
    if (ticket->asked_window.value)
        return RULE_ASKED_WINDOW;
    return ticket->asked_clerk.value ? RULE_ASKED_CLERK : RULE_FAIR;
}

void add_call(struct deciding *d, struct window_id window_id, struct ticket_id id, enum call_rule rule,
              const struct candidate_list *candidates)
{
    const struct ticket *ticket = ticket_read(d->hall, id);
    struct ticket_called *e = &add(d, EVENT_TICKET_CALLED)->ticket_called;
    int64_t waited_ms = d->now_ms - ticket->wait_from_ms;
    e->number = ticket->number;
    e->window = window_id;
    e->clerk = d->hall->windows[window_id.value].clerk;
    e->waited_ms = ticket->waited_ms + (waited_ms > 0 ? waited_ms : 0);
    e->rule = (uint8_t)rule;
    if (candidates)
        e->candidates = *candidates;
}

static decide_function *const table[] = {
#define X(name, wire, member, type) decide_##member,
    COMMANDS(X)
#undef X
};

bool hall_decide(const struct hall *hall, const struct command *command, int64_t now_ms, struct decision *out)
{
    struct deciding d = {
        .hall = hall,
        .now_ms = now_ms > hall->last_ms ? now_ms : hall->last_ms,
        .by = command->by,
        .out = out,
    };
    assert(command->kind < COMMAND_KINDS);
    out->refusal = (struct refusal){REFUSED_NONE, {0}, 0};
    out->count = 0;
    if (now_ms < hall->last_ms - CLOCK_BEHIND_MS)
        return refuse(&d, REFUSED_WAIT_FOR_CLOCK);
    return table[command->kind](&d, command);
}
