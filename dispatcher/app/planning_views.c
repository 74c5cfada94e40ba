/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_views.h"

#include <math.h>

#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/fields_json.h"

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void set_integer(json_t *object, const char *name, int64_t value)
{
    set(object, name, json_integer(value));
}

static void set_date(json_t *object, int32_t date)
{
    struct civil c = date_to_civil(date);
    set(object, "date", json_sprintf("%04d-%02d-%02d", c.year, c.month, c.day));
}

/* ---- proposals ---- */

const char *planning_proposal_state(const struct record_proposal *proposal)
{
    return proposal->is_answered ? answer_names[proposal->answer] : "open";
}

static json_t *score_to_json(const struct record_proposal *proposal)
{
    const struct proposal_scored *score = &proposal->score;
    return json_pack("{s:I,s:b,s:i,s:i,s:i,s:i}", "at_ms", (json_int_t)proposal->scored_ms, "done",
                     proposal->was_done, "predicted_wait_s", score->predicted_wait_s, "realised_wait_s",
                     score->realised_wait_s, "predicted_gain", score->predicted_gain, "realised_gain",
                     score->realised_gain);
}

json_t *planning_view_proposal(const struct record_proposal *proposal)
{
    const struct event event = {
        .kind = EVENT_PROPOSAL_MADE, .at_ms = proposal->made_ms, .proposal_made = proposal->made};
    json_t *object = event_to_json(&event);
    json_object_del(object, "event");
    set(object, "state", json_string(planning_proposal_state(proposal)));
    if (proposal->is_answered)
        set_integer(object, "answered_ms", proposal->answered_ms);
    if (proposal->is_answered && proposal->by.kind != ACTOR_SYSTEM)
        set(object, "by",
            json_pack("{s:s,s:I}", "kind", actor_names[proposal->by.kind], "id",
                      (json_int_t)proposal->by.id));
    if (proposal->reason.bytes[0])
        set(object, "reason", json_string(proposal->reason.bytes));
    if (proposal->is_scored)
        set(object, "score", score_to_json(proposal));
    return object;
}

json_t *planning_view_scoreboard(const struct planning_record *record)
{
    struct record_sum sum = planning_record_sum(record);
    return json_pack("{s:i,s:i,s:I,s:I}", "scored", (int)sum.scored, "inside", (int)sum.inside,
                     "predicted_gain", (json_int_t)sum.predicted_gain, "realised_gain",
                     (json_int_t)sum.realised_gain);
}

json_t *planning_view_proposals(const struct planning_record *record)
{
    json_t *object = json_object(), *list = json_array();
    for (uint32_t i = 0; i < record->count; i++)
        json_array_append_new(list, planning_view_proposal(&record->list[i]));
    set_date(object, record->date);
    set(object, "proposals", list);
    set(object, "scoreboard", planning_view_scoreboard(record));
    return object;
}

/* ---- forecasts ---- */

static void set_range(json_t *object, struct forecast_range range)
{
    if (range.high_min < 0)
        return;
    set_integer(object, "low_min", range.low_min);
    set_integer(object, "high_min", range.high_min);
}

json_t *planning_view_forecasts(const struct planning *planning)
{
    const struct planning_forecasts *f = &planning->forecasts;
    const struct hall *hall = planning->dispatcher->hall;
    json_t *object = json_object(), *list = json_array();
    if (f->taking_ms)
        set_integer(object, "made_ms", f->taking_ms);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        const struct forecast_taking *taking = &f->taking[d - 1];
        if (!hall->domains[d].exists || !taking->is_set || taking->forecast.high_ms < 0)
            continue;
        json_t *row = json_pack("{s:i,s:i,s:i}", "domain", (int)d, "low_s", taking->forecast.low_ms / 1000,
                                "high_s", taking->forecast.high_ms / 1000);
        set_range(row, taking->range);
        json_array_append_new(list, row);
    }
    set(object, "domains", list);
    if (f->hall_ms)
        set(object, "hall",
            json_pack("{s:I,s:i,s:i,s:i}", "made_ms", (json_int_t)f->hall_ms, "low_s", f->hall.low_ms / 1000,
                      "mean_s", f->hall.mean_ms / 1000, "high_s", f->hall.high_ms / 1000));
    return object;
}

static struct forecast_figures figures_of(const struct planning *planning, int32_t date)
{
    struct forecast_figures figures;
    const struct forecaster *forecaster = planning->learning.forecaster;
    if (date == planning->dispatcher->hall->date)
        return forecaster_today(forecaster);
    for (unsigned ago = 0; forecaster_day(forecaster, ago, &figures); ago++)
        if (figures.date == date)
            return figures;
    return (struct forecast_figures){0};
}

json_t *planning_view_accuracy(const struct planning *planning, int32_t date)
{
    struct forecast_figures figures = figures_of(planning, date);
    json_t *object = json_object();
    set_date(object, date);
    set_integer(object, "tickets", figures.tickets);
    if (figures.tickets) {
        set_integer(object, "mae_s", llround(figures.mae_min * 60));
        set_integer(object, "covered_low_permille", llround(figures.covered_low * 1000));
        set_integer(object, "covered_high_permille", llround(figures.covered_high * 1000));
    }
    set_integer(object, "halls", figures.halls);
    if (figures.halls) {
        set_integer(object, "hall_mae_s", llround(figures.hall_mae_min * 60));
        set_integer(object, "hall_covered_permille", llround(figures.hall_covered * 1000));
    }
    return object;
}

/* ---- load ---- */

struct load {
    int64_t busy_ms, standard_ms;
    uint32_t served;
};

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The ticket's last service: from its call to its end, as far as it lies after from_ms. */
static void add_service(struct load *load, const struct hall *hall, const struct ticket *ticket,
                        int64_t from_ms, int64_t now_ms)
{
    bool is_done = ticket->state == TICKET_FINISHED;
    int64_t end_ms = is_done ? ticket->ended_ms : now_ms;
    if (end_ms < from_ms)
        return;
    load->busy_ms += later(end_ms - later(ticket->called_ms, from_ms), 0);
    if (!is_done)
        return;
    load->served++;
    for (unsigned i = 0; i < ticket->item_count; i++)
        if (ticket->done >> i & 1)
            load->standard_ms += hall_item_ms(hall, ticket->items[i]);
}

static json_t *load_row(const struct window *window, const struct load *load, int64_t from_ms, int64_t now_ms)
{
    int64_t on_duty_ms = window->clerk.value ? now_ms - later(window->duty_ms, from_ms) : 0;
    json_t *row = json_pack("{s:i,s:I,s:I,s:i,s:I,s:i}", "window", (int)window->set.window.value, "busy_ms",
                            (json_int_t)load->busy_ms, "standard_ms", (json_int_t)load->standard_ms, "served",
                            (int)load->served, "busy_today_ms", (json_int_t)window->busy_ms_today,
                            "served_today", (int)window->served);
    if (on_duty_ms > 0)
        set_integer(row, "busy_permille",
                    load->busy_ms >= on_duty_ms ? 1000 : load->busy_ms * 1000 / on_duty_ms);
    return row;
}

json_t *planning_view_load(const struct hall *hall, int64_t now_ms)
{
    enum { HOUR_MS = 60 * MINUTE_MS };
    struct load loads[WINDOWS_MAX + 1] = {0};
    json_t *object = json_object(), *list = json_array();
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (ticket->window.value && (ticket->state == TICKET_FINISHED || ticket->state == TICKET_SERVING ||
                                     ticket->state == TICKET_CALLED))
            add_service(&loads[ticket->window.value], hall, ticket, now_ms - HOUR_MS, now_ms);
    }
    for (unsigned w = 1; w <= hall->windows_top; w++)
        if (hall->windows[w].exists && !hall->windows[w].set.retired)
            json_array_append_new(list, load_row(&hall->windows[w], &loads[w], now_ms - HOUR_MS, now_ms));
    set_integer(object, "span_ms", HOUR_MS);
    set(object, "windows", list);
    return object;
}
