/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/views.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/fields_json.h"

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void set_clock(json_t *object, const char *name, int64_t at_ms)
{
    if (at_ms)
        set(object, name, json_integer(at_ms));
}

static json_t *letter_of(const struct hall *hall, struct window_id window)
{
    char letter = hall->zones[hall->windows[window.value].set.zone.value].letter;
    return letter ? json_stringn(&letter, 1) : json_string("");
}

static json_t *domain_list(uint64_t domains)
{
    json_t *list = json_array();
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (domains >> (d - 1) & 1)
            json_array_append_new(list, json_integer(d));
    return list;
}

/* ---- hall ---- */

static const char *numbers_word(const struct hall *hall, int64_t now_ms)
{
    if (hall->day_state != DAY_OPEN)
        return "stopped";
    struct session_list s = hall_sessions(hall, hall->date);
    if (!s.count)
        return "open";
    int64_t to_ms = hall->midnight_ms + (int64_t)s.sessions[s.count - 1].to_min * MINUTE_MS;
    int64_t stop_ms = to_ms - (int64_t)hall->policy[POLICY_STOP_BEFORE_CLOSE_MIN] * MINUTE_MS;
    return hall->opened_ms < to_ms && now_ms >= stop_ms ? "stopped" : "open";
}

static uint32_t windows_open(const struct hall *hall)
{
    uint32_t count = 0;
    for (unsigned w = 1; w <= hall->windows_top; w++)
        count += hall->windows[w].clerk.value && !hall->windows[w].paused;
    return count;
}

static void set_sessions(json_t *object, const struct hall *hall, int32_t date)
{
    struct session_list list = hall_sessions(hall, date);
    json_t *texts = json_array();
    for (unsigned i = 0; i < list.count; i++)
        json_array_append_new(texts,
                              json_sprintf("%02u:%02u-%02u:%02u", list.sessions[i].from_min / 60,
                                           list.sessions[i].from_min % 60, list.sessions[i].to_min / 60,
                                           list.sessions[i].to_min % 60));
    set(object, "sessions", texts);
}

/* Minutes by which each class should have been called. */
static json_t *wait_targets(const struct hall *hall)
{
    const int32_t *policy = hall->policy;
    return json_pack("{s:i,s:i,s:i,s:i}", class_names[CLASS_NORMAL], policy[POLICY_TARGET_NORMAL_MIN],
                     class_names[CLASS_PRIORITY], policy[POLICY_TARGET_PRIORITY_MIN],
                     class_names[CLASS_BOOKED], policy[POLICY_TARGET_BOOKED_MIN], class_names[CLASS_GREEN],
                     policy[POLICY_TARGET_GREEN_MIN]);
}

/* Domains that a window only stands in for, with the windows, and those that no window can be found for. */
static void set_covers(json_t *object, const struct hall *hall)
{
    json_t *covers = json_object();
    char key[8];
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        json_t *list = json_array();
        for (unsigned w = 1; w <= hall->windows_top; w++)
            if (hall->windows[w].cover >> (d - 1) & 1)
                json_array_append_new(list, json_integer(w));
        snprintf(key, sizeof key, "%u", d);
        if (json_array_size(list))
            json_object_set(covers, key, list);
        json_decref(list);
    }
    if (json_object_size(covers))
        json_object_set(object, "covers", covers);
    json_decref(covers);
    if (hall->uncovered)
        set(object, "uncovered", domain_list(hall->uncovered));
}

json_t *view_hall(struct dispatcher *d)
{
    static const char *const days[] = {"closed", "open", "closing"};
    const struct hall *hall = d->hall;
    int64_t now_ms = clock_wall_ms();
    struct civil c = date_to_civil(hall->date);
    json_t *object = json_object();
    set(object, "date", json_sprintf("%04d-%02d-%02d", c.year, c.month, c.day));
    set(object, "day", json_string(days[hall->day_state]));
    set(object, "numbers", json_string(numbers_word(hall, now_ms)));
    set(object, "waiting", json_integer(hall->waiting_count));
    set(object, "windows_open", json_integer(windows_open(hall)));
    set(object, "catalogue_version", json_integer(d->catalogue.version));
    set(object, "utc_offset_min", json_integer(hall->policy[POLICY_UTC_OFFSET_MIN]));
    set(object, "targets_min", wait_targets(hall));
    set_covers(object, hall);
    set_sessions(object, hall, hall->day_state == DAY_CLOSED ? hall_date_at(hall, now_ms) : hall->date);
    if (hall->day_state == DAY_CLOSED)
        set(object, "next_open_ms", json_integer(hall_next_deadline(hall, now_ms)));
    return object;
}

/* ---- tickets ---- */

json_t *view_call(const struct hall *hall, const struct ticket *ticket)
{
    if (ticket->state != TICKET_CALLED && ticket->state != TICKET_SERVING)
        return NULL;
    int64_t last_ms = ticket->recalled_ms > ticket->called_ms ? ticket->recalled_ms : ticket->called_ms;
    json_t *object = json_object();
    set(object, "window", json_integer(ticket->window.value));
    set(object, "zone", letter_of(hall, ticket->window));
    set(object, "domain", json_integer(hall_ticket_domain(hall, ticket).value));
    set(object, "item", json_integer(ticket_item(ticket).value));
    set(object, "state", json_string(ticket_state_names[ticket->state]));
    set(object, "called_ms", json_integer(ticket->called_ms));
    set(object, "recalls", json_integer(ticket->recalls));
    set(object, "order", json_integer(last_ms));
    return object;
}

json_t *view_missed(const struct hall *hall, const struct ticket *ticket)
{
    (void)hall;
    if (ticket->state != TICKET_MISSED)
        return NULL;
    json_t *object = json_object();
    set(object, "missed_ms", json_integer(ticket->ended_ms));
    set(object, "window", json_integer(ticket->window.value));
    return object;
}

json_t *view_waiting(const struct hall *hall, const struct ticket *ticket)
{
    if (ticket->state != TICKET_WAITING)
        return NULL;
    json_t *object = json_object();
    set(object, "item", json_integer(ticket_item(ticket).value));
    set(object, "domain", json_integer(hall_ticket_domain(hall, ticket).value));
    set(object, "class", json_string(class_names[ticket->class]));
    set(object, "since_ms", json_integer(ticket->wait_from_ms));
    set(object, "ref_ms", json_integer(ticket->ref_ms));
    set(object, "order", json_integer(ticket->order));
    if (ticket->kind)
        set(object, "kind", json_integer(ticket->kind));
    if (ticket->number.kiosk)
        set(object, "offline", json_true());
    if (ticket->rejoins)
        set(object, "rejoined", json_true());
    if (ticket->booking.value)
        set(object, "booked", json_true());
    if (ticket->asked_window.value)
        set(object, "asked_window", json_integer(ticket->asked_window.value));
    if (ticket->asked_clerk.value)
        set(object, "asked_clerk", json_integer(ticket->asked_clerk.value));
    return object;
}

/* ---- domains and items ---- */

/* What somebody who takes a number now may expect; nothing while it is not known. */
static void set_range(json_t *object, struct forecast_range range)
{
    if (range.high_min < 0)
        return;
    set(object, "low_min", json_integer(range.low_min));
    set(object, "high_min", json_integer(range.high_min));
}

json_t *view_domain(const struct topics *topics, struct domain_id domain)
{
    const struct domain *d = &topics->dispatcher->hall->domains[domain.value];
    json_t *object = json_object();
    set(object, "waiting", json_integer(d->waiting));
    set(object, "windows", json_integer(topics->windows_of_domain[domain.value]));
    set_range(object, planning_forecast_of_domain(&topics->dispatcher->planning.forecasts, domain));
    return object;
}

json_t *view_item(const struct topics *topics, struct item_id id, uint32_t waiting)
{
    const struct item *item = &topics->dispatcher->hall->items[id.value];
    json_t *object = json_object();
    set(object, "waiting", json_integer(waiting));
    set(object, "windows", json_integer(topics->windows_of_item[id.value]));
    if (topics->windows_of_item[id.value])
        set_range(object,
                  planning_forecast_of_domain(&topics->dispatcher->planning.forecasts, item->set.domain));
    if (item->set.daily_quota) {
        int64_t left = (int64_t)item->set.daily_quota - item->issued;
        set(object, "left", json_integer(left > 0 ? left : 0));
    }
    return object;
}

/* ---- windows ---- */

static const char *window_word(const struct hall *hall, const struct window *window)
{
    if (!window->clerk.value)
        return "off";
    if (window->ticket.value)
        return ticket_state_names[hall->tickets[window->ticket.value].state];
    return window->paused ? "paused" : "free";
}

json_t *view_window(const struct hall *hall, struct window_id id)
{
    const struct window *window = &hall->windows[id.value];
    json_t *object = json_object();
    set(object, "state", json_string(window_word(hall, window)));
    set(object, "zone", letter_of(hall, id));
    if (window->clerk.value)
        set(object, "clerk", json_integer(window->clerk.value));
    if (window->ticket.value)
        set(object, "number", number_to_json(hall->tickets[window->ticket.value].number));
    if (window->paused) {
        set(object, "paused", json_true());
        set(object, "reason", json_string(pause_reason_names[window->pause_reason]));
        set_clock(object, "until_ms", window->pause_until_ms);
    }
    if (window->posted)
        set(object, "posted", domain_list(window->posted));
    if (window->cover)
        set(object, "covers", domain_list(window->cover));
    return object;
}

/* When the clerk may call again (absent: no more), and when give the visitor up. */
static void set_patience(json_t *object, const struct hall *hall, const struct ticket *ticket)
{
    int64_t last_ms = ticket->recalled_ms > ticket->called_ms ? ticket->recalled_ms : ticket->called_ms;
    bool enough = ticket->recalls >= hall->policy[POLICY_NO_SHOW_RECALLS];
    if (ticket->recalls < hall->policy[POLICY_RECALL_LIMIT])
        set_clock(object, "recall_from_ms", last_ms + hall->policy[POLICY_RECALL_GAP_MS]);
    set_clock(object, "no_show_from_ms",
              ticket->called_ms + (enough ? 0 : hall->policy[POLICY_NO_SHOW_AFTER_MS]));
}

static void set_ticket(json_t *object, const struct hall *hall, const struct ticket *ticket)
{
    json_t *items = json_array();
    for (uint8_t i = 0; i < ticket->item_count; i++)
        json_array_append_new(items, json_integer(ticket->items[i].value));
    set(object, "number", number_to_json(ticket->number));
    set(object, "items", items);
    set(object, "item", json_integer(ticket_item(ticket).value));
    set(object, "domain", json_integer(hall_ticket_domain(hall, ticket).value));
    set(object, "class", json_string(class_names[ticket->class]));
    if (ticket->kind)
        set(object, "kind", json_integer(ticket->kind));
    set_clock(object, "issued_ms", ticket->issued_ms);
    set_clock(object, "called_ms", ticket->called_ms);
    set_clock(object, "recalled_ms", ticket->recalled_ms);
    if (ticket->state == TICKET_SERVING)
        set_clock(object, "started_ms", ticket->started_ms);
    if (ticket->state == TICKET_CALLED)
        set_patience(object, hall, ticket);
    set(object, "waited_ms", json_integer(ticket->waited_ms));
    set(object, "recalls", json_integer(ticket->recalls));
    if (ticket->return_to.value)
        set(object, "return_to", json_integer(ticket->return_to.value));
}

static void set_held(json_t *object, const struct hall *hall, struct window_id window)
{
    if (!hall->counts.states[TICKET_HELD])
        return;
    json_t *list = json_array();
    for (uint32_t t = 1; t <= hall->ticket_count; t++)
        if (hall->tickets[t].state == TICKET_HELD && hall->tickets[t].window.value == window.value)
            json_array_append_new(list, number_to_json(hall->tickets[t].number));
    if (json_array_size(list))
        set(object, "held", list);
    else
        json_decref(list);
}

/* The items that the window, as it is staffed, may be called for. */
static json_t *may_items(const struct hall *hall, const struct window *window)
{
    json_t *list = json_array();
    for (unsigned i = 1; i <= hall->items_top; i++)
        if (window->may[(i - 1) / 64] >> ((i - 1) % 64) & 1)
            json_array_append_new(list, json_integer(i));
    return list;
}

/* A change that a manager may agree to: its clerk is told before it comes. */
static void set_proposal(json_t *object, const struct hall *hall, struct window_id window)
{
    const struct proposal *proposal = hall_window_proposal(hall, window);
    if (!proposal || proposal->made.mode != ALLOCATION_CONFIRM)
        return;
    set(object, "proposal",
        json_pack("{s:I,s:o,s:I}", "proposal", (json_int_t)proposal->made.proposal, "after",
                  domain_list(proposal->made.after), "expires_ms", (json_int_t)proposal->made.expires_ms));
}

json_t *view_counter(const struct hall *hall, struct window_id id)
{
    const struct window *window = &hall->windows[id.value];
    json_t *object = view_window(hall, id);
    set(object, "served", json_integer(window->served));
    set(object, "busy_ms", json_integer(window->busy_ms_today));
    set_clock(object, "duty_ms", window->duty_ms);
    set_clock(object, "idle_from_ms", window->idle_from_ms);
    set_clock(object, "paused_ms", window->paused_ms);
    if (window->ticket.value)
        set_ticket(object, hall, &hall->tickets[window->ticket.value]);
    if (window->undo.act)
        set(object, "undo",
            json_pack("{s:s,s:o,s:I}", "act", act_names[window->undo.act], "number",
                      number_to_json(hall->tickets[window->undo.ticket.value].number), "until_ms",
                      (json_int_t)(window->undo.at_ms + hall->policy[POLICY_UNDO_MS])));
    set_clock(object, "posted_ms", window->posted_ms);
    set_proposal(object, hall, id);
    set_held(object, hall, id);
    set(object, "may", may_items(hall, window));
    return object;
}
