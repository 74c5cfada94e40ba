/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/workload.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/rule.h"
#include "dispatcher/sim/stage.h"

enum {
    FIRST_MIN = 8 * 60 + 45, /* first and last arrival of walk-ins */
    LAST_MIN = 16 * 60 + 44,
    NO_SHOW_PERMILLE = 40,
    PRIORITY_PERMILLE = 80,
    BOOKED_PERMILLE = 150, /* of the day's visitors */
    SECOND_ITEM_PERMILLE = 100,
};

/* What a window will do next, and when. */
enum plan { PLAN_NONE, PLAN_START, PLAN_RECALL, PLAN_GIVE_UP, PLAN_FINISH };
struct desk {
    enum plan plan;
    int64_t at_ms;
};

struct wait {
    double minutes;
    uint8_t class;
    uint16_t domain;
};

struct visit {
    int64_t at_ms;
    struct booking_code booking; /* 0: walk-in */
};

struct visitors {
    struct visit *list; /* owned; in order of time */
    size_t count, next;
};

struct workload {
    const struct workload_params *params;
    struct workload_report *report;
    struct stage stage;
    struct rng rng;
    struct error *error;
    bool ok;
    int32_t date;
    struct desk desks[WINDOWS_MAX + 1];
    struct visitors visitors;
    struct wait *waits; /* owned */
    size_t waits_count, waits_room;
    double busy_ms, duty_ms;
};

/* ---- randomness ---- */

static double normal(struct rng *rng)
{
    double u = 1 - rng_unit(rng), v = rng_unit(rng);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Handling times scatter by 60 % around their mean. */
static double scatter(struct rng *rng)
{
    const double sigma = sqrt(log(1 + 0.6 * 0.6));
    return exp(sigma * normal(rng) - sigma * sigma / 2);
}

/* How busy the door is at a minute of the day: peaks in the morning and after lunch. */
static double arrivals_at(unsigned minute)
{
    double morning = (minute - 585.0) / 50, afternoon = (minute - 870.0) / 60;
    return 0.6 + 1.4 * exp(-morning * morning) + 0.9 * exp(-afternoon * afternoon);
}

/* ---- acting ---- */

static bool act(struct workload *w, const struct command *command)
{
    if (!w->ok)
        return false;
    bool done = stage_act(&w->stage, command, w->error);
    if (!done && w->error->status != STATUS_OK)
        w->ok = false;
    if (w->ok && !stage_tick(&w->stage, w->error))
        w->ok = false;
    return done && w->ok;
}

static void act_build(const struct command *command, void *userdata)
{
    act(userdata, command);
}

static int64_t minute_ms(const struct workload *w, unsigned minute)
{
    return hall_midnight_ms(w->stage.hall, w->date) + (int64_t)minute * MINUTE_MS;
}

static void note_wait(struct workload *w, const struct ticket *ticket)
{
    if (w->waits_count == w->waits_room) {
        size_t room = w->waits_room ? w->waits_room * 2 : 4096;
        struct wait *bigger = realloc(w->waits, room * sizeof *bigger);
        if (!bigger) {
            error_set(w->error, STATUS_MEMORY, "out of memory");
            w->ok = false;
            return;
        }
        w->waits = bigger;
        w->waits_room = room;
    }
    uint16_t domain = hall_ticket_domain(w->stage.hall, ticket).value;
    uint8_t class = ticket->booking.value && ticket->number.letter == 'Y' ? CLASS_BOOKED : ticket->class;
    w->waits[w->waits_count++] = (struct wait){(double)ticket->waited_ms / 60000, class, domain};
}

static struct booking_code booking_of_last(const struct workload *w)
{
    const struct hall *hall = w->stage.hall;
    return hall->bookings[hall->booking_count - 1].code;
}

static void plan(struct workload *w, struct window_id window, enum plan what, double seconds)
{
    w->desks[window.value] = (struct desk){what, w->stage.now_ms + (int64_t)(seconds * 1000)};
}

/* What an event means for the window's plan. */
static void follow(const struct event *event, void *userdata)
{
    struct workload *w = userdata;
    const struct ticket *ticket;
    if (event->kind == EVENT_TICKET_CALLED) {
        ticket = hall_ticket(w->stage.hall, event->ticket_called.number);
        bool comes = ticket->booking.value || !rng_chance(&w->rng, NO_SHOW_PERMILLE);
        plan(w, event->ticket_called.window, comes ? PLAN_START : PLAN_RECALL,
             comes ? rng_range(&w->rng, 8, 40) : 12);
    } else if (event->kind == EVENT_SERVICE_STARTED) {
        ticket = hall_ticket(w->stage.hall, event->service_started.number);
        struct window_id window = event->service_started.window;
        double seconds = (double)rule_handling_ms(w->stage.hall, window, ticket) / 1000 * scatter(&w->rng);
        for (uint8_t i = 0; i < ticket->item_count; i++)
            if (i != ticket->current && !(ticket->done >> i & 1) &&
                hall_window_may_serve(w->stage.hall, window, ticket->items[i]))
                seconds +=
                    w->stage.hall->items[ticket->items[i].value].set.expected_ms / 1000.0 * scatter(&w->rng);
        plan(w, window, PLAN_FINISH, seconds);
    } else if (event->kind == EVENT_SERVICE_FINISHED) {
        w->desks[event->service_finished.window.value].plan = PLAN_NONE;
        ticket = hall_ticket(w->stage.hall, event->service_finished.number);
        if (ticket->state == TICKET_FINISHED && ticket->done + 1u == 1u << ticket->item_count)
            note_wait(w, ticket);
    } else if (event->kind == EVENT_TICKET_MISSED) {
        w->desks[event->ticket_missed.window.value].plan = PLAN_NONE;
    }
}

static void play_desk(struct workload *w, uint16_t window)
{
    struct desk desk = w->desks[window];
    struct command command = {.kind = COMMAND_START, .by = {ACTOR_CLERK, window}};
    command.start.window.value = window;
    w->desks[window].plan = PLAN_NONE;
    if (desk.plan == PLAN_FINISH)
        command.kind = COMMAND_FINISH;
    if (desk.plan == PLAN_GIVE_UP)
        command.kind = COMMAND_NO_SHOW;
    if (desk.plan == PLAN_RECALL) {
        command.kind = COMMAND_RECALL;
        act(w, &command);
        const struct ticket *ticket = &w->stage.hall->tickets[w->stage.hall->windows[window].ticket.value];
        plan(w, command.start.window, ticket->recalls < 2 ? PLAN_RECALL : PLAN_GIVE_UP, 12);
        return;
    }
    act(w, &command);
}

/* ---- visitors ---- */

static struct item_id random_item(struct workload *w)
{
    return (struct item_id){(uint16_t)rng_range(&w->rng, 1, w->stage.hall->items_top)};
}

static void walk_in(struct workload *w)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, 1}};
    struct item_list *items = &command.issue.items;
    items->items[items->count++] = random_item(w);
    struct item_id second = random_item(w);
    if (rng_chance(&w->rng, SECOND_ITEM_PERMILLE) && second.value != items->items[0].value)
        items->items[items->count++] = second;
    command.issue.kind = rng_chance(&w->rng, PRIORITY_PERMILLE) ? 1 : 0;
    act(w, &command);
}

static void arrive(struct workload *w)
{
    struct booking_code booking = w->visitors.list[w->visitors.next++].booking;
    if (!booking.value) {
        walk_in(w);
        return;
    }
    struct command command = {.kind = COMMAND_CHECK_IN, .by = {ACTOR_KIOSK, 1}};
    command.check_in.booking = booking;
    if (!act(w, &command) && w->ok) /* too early after all: waits at the door */
        walk_in(w);
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = ((const struct visit *)a)->at_ms, y = ((const struct visit *)b)->at_ms;
    return (x > y) - (x < y);
}

/* Mean work of one visitor, minutes. */
static double mean_work(const struct hall *hall)
{
    double sum = 0;
    for (unsigned i = 1; i <= hall->items_top; i++)
        sum += hall->items[i].set.expected_ms / 60000.0;
    return sum / hall->items_top * (1 + SECOND_ITEM_PERMILLE / 1000.0) + 0.4;
}

/* Draws an arrival minute by the door's profile. */
static int64_t draw_arrival_ms(struct workload *w)
{
    for (;;) {
        unsigned minute = rng_range(&w->rng, FIRST_MIN, LAST_MIN);
        if (rng_unit(&w->rng) * 2.2 < arrivals_at(minute))
            return minute_ms(w, minute) + rng_below(&w->rng, 60000);
    }
}

/* Books the evening before; the visitor comes between 20 minutes early and 10 late. */
static bool book(struct workload *w, struct visit *visit)
{
    struct command command = {.kind = COMMAND_BOOK, .by = {ACTOR_CLERK, 1}};
    command.book.item = random_item(w);
    command.book.date = w->date;
    command.book.slot_min = (uint16_t)(540 + 30 * rng_below(&w->rng, 15));
    command.book.channel = CHANNEL_STAFF;
    if (!act(w, &command))
        return false;
    int64_t lateness_ms = ((int64_t)rng_below(&w->rng, 30) - 20) * MINUTE_MS;
    visit->at_ms = minute_ms(w, command.book.slot_min) + lateness_ms;
    visit->booking = booking_of_last(w);
    return true;
}

static void plan_visitors(struct workload *w)
{
    struct visitors *v = &w->visitors;
    double minutes = w->params->load * w->report->windows * 480;
    v->count = (size_t)(minutes / mean_work(w->stage.hall) * exp(0.08 * normal(&w->rng)));
    v->next = 0;
    v->list = calloc(v->count + 1, sizeof *v->list);
    if (!v->list) {
        error_set(w->error, STATUS_MEMORY, "out of memory");
        w->ok = false;
        return;
    }
    for (size_t i = 0; w->ok && i < v->count; i++)
        if (!rng_chance(&w->rng, BOOKED_PERMILLE) || !book(w, &v->list[i]))
            v->list[i].at_ms = draw_arrival_ms(w);
    qsort(v->list, v->count, sizeof *v->list, compare_times);
}

/* ---- a day ---- */

static void sign_on(struct workload *w)
{
    for (uint16_t n = 1; n <= w->stage.hall->windows_top; n++) {
        struct command command = {.kind = COMMAND_START_DUTY, .by = {ACTOR_CLERK, n}};
        command.start_duty = (struct start_duty){{n}, {n}, false};
        act(w, &command);
    }
}

/* The window that acts next, 0: none. */
static uint16_t next_desk(const struct workload *w)
{
    uint16_t found = 0;
    for (uint16_t n = 1; n <= w->stage.hall->windows_top; n++)
        if (w->desks[n].plan != PLAN_NONE && (!found || w->desks[n].at_ms < w->desks[found].at_ms))
            found = n;
    return found;
}

static void pass(struct workload *w, int64_t to_ms)
{
    if (w->ok && to_ms > w->stage.now_ms && !stage_pass(&w->stage, to_ms, w->error))
        w->ok = false;
}

static void play_until_closed(struct workload *w)
{
    const struct hall *hall = w->stage.hall;
    const struct visitors *v = &w->visitors;
    int64_t end_ms = minute_ms(w, 20 * 60);
    while (w->ok && hall->day_state != DAY_CLOSED && w->stage.now_ms < end_ms) {
        uint16_t desk = next_desk(w);
        int64_t desk_ms = desk ? w->desks[desk].at_ms : INT64_MAX;
        int64_t visitor_ms = v->next < v->count ? v->list[v->next].at_ms : INT64_MAX;
        if (desk_ms == INT64_MAX && visitor_ms == INT64_MAX) {
            pass(w, w->stage.now_ms + MINUTE_MS);
        } else if (desk_ms <= visitor_ms) {
            pass(w, desk_ms);
            play_desk(w, desk);
        } else {
            pass(w, visitor_ms);
            arrive(w);
        }
    }
}

static void count_day(struct workload *w)
{
    const struct hall *hall = w->stage.hall;
    w->report->tickets += hall->counts.issued;
    w->report->served += hall->counts.states[TICKET_FINISHED];
    w->report->left += hall->counts.states[TICKET_CANCELLED];
    for (uint32_t t = 1; t <= hall->ticket_count; t++)
        if (hall->tickets[t].state == TICKET_LAPSED)
            w->report->missed++;
    for (unsigned n = 1; n <= hall->windows_top; n++)
        w->busy_ms += (double)hall->windows[n].busy_ms_today;
    w->duty_ms += (double)hall->windows_top * 480 * MINUTE_MS;
    w->report->digest = w->report->digest * 0x9e3779b97f4a7c15u + hall_digest(hall);
}

static void play_day(struct workload *w)
{
    w->stage.now_ms = minute_ms(w, 7 * 60);
    plan_visitors(w);
    pass(w, minute_ms(w, FIRST_MIN));
    /* numbers before opening; clerks sign on at nine */
    const struct visitors *v = &w->visitors;
    while (w->ok && v->next < v->count && v->list[v->next].at_ms < minute_ms(w, 540)) {
        pass(w, v->list[v->next].at_ms);
        arrive(w);
    }
    pass(w, minute_ms(w, 540));
    sign_on(w);
    play_until_closed(w);
    if (w->ok)
        count_day(w);
    free(w->visitors.list);
    w->visitors = (struct visitors){0};
}

/* ---- figures ---- */

static int compare_waits(const void *a, const void *b)
{
    double x = ((const struct wait *)a)->minutes, y = ((const struct wait *)b)->minutes;
    return (x > y) - (x < y);
}

/* waits must be in order; class -1: all. */
static struct workload_waits summarise(const struct workload *w, int class)
{
    struct workload_waits out = {0};
    double sum = 0;
    for (size_t i = 0; i < w->waits_count; i++)
        if (class < 0 || w->waits[i].class == class) {
            out.count++;
            sum += w->waits[i].minutes;
            out.most = w->waits[i].minutes;
        }
    uint32_t seen = 0;
    for (size_t i = 0; i < w->waits_count; i++) {
        if (class >= 0 && w->waits[i].class != class)
            continue;
        seen++;
        if (seen <= (out.count + 1) / 2)
            out.p50 = w->waits[i].minutes;
        if (seen <= (out.count * 9u + 9) / 10)
            out.p90 = w->waits[i].minutes;
        if (seen <= (out.count * 99u + 99) / 100)
            out.p99 = w->waits[i].minutes;
    }
    out.mean = out.count ? sum / out.count : 0;
    return out;
}

static void finish_report(struct workload *w)
{
    struct workload_report *r = w->report;
    double sums[DOMAINS_MAX + 1] = {0};
    uint32_t counts[DOMAINS_MAX + 1] = {0}, within_5 = 0, within_10 = 0;
    qsort(w->waits, w->waits_count, sizeof *w->waits, compare_waits);
    r->waits = summarise(w, -1);
    r->booked = summarise(w, CLASS_BOOKED);
    r->priority = summarise(w, CLASS_PRIORITY);
    for (size_t i = 0; i < w->waits_count; i++) {
        sums[w->waits[i].domain] += w->waits[i].minutes;
        counts[w->waits[i].domain]++;
        within_5 += w->waits[i].class == CLASS_BOOKED && w->waits[i].minutes <= 5;
        within_10 += w->waits[i].class == CLASS_BOOKED && w->waits[i].minutes <= 10;
    }
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (counts[d] && sums[d] / counts[d] > r->worst_domain_mean)
            r->worst_domain_mean = sums[d] / counts[d];
    r->bookings = r->booked.count;
    r->bookings_within_5 = r->booked.count ? (double)within_5 / r->booked.count : 0;
    r->bookings_within_10 = r->booked.count ? (double)within_10 / r->booked.count : 0;
    r->utilisation = w->duty_ms > 0 ? w->busy_ms / w->duty_ms : 0;
}

static void set_policy(struct workload *w, enum policy_key key, int32_t value)
{
    struct command command = {.kind = COMMAND_SET_POLICY};
    command.set_policy = (struct policy_set){(uint16_t)key, value};
    act(w, &command);
}

enum status workload_run(const struct workload_params *params, struct workload_report *report,
                         struct error *error)
{
    struct workload *w = calloc(1, sizeof *w);
    if (!w || !stage_init(&w->stage)) {
        free(w);
        return error_set(error, STATUS_MEMORY, "out of memory");
    }
    *report = (struct workload_report){.days = params->days, .windows = params->shape->windows};
    *error = (struct error){0};
    w->params = params;
    w->report = report;
    w->error = error;
    w->ok = true;
    w->rng = rng_part(params->seed, 1);
    w->stage.sink = follow;
    w->stage.userdata = w;
    w->stage.unaudited = UINT64_MAX;
    w->date = date_from_civil(2026, 11, 23);
    w->stage.now_ms = minute_ms(w, 0);
    shape_build(params->shape, &w->rng, false, w->date, act_build, w);
    set_policy(w, POLICY_AUTO_CALL, 1);
    set_policy(w, POLICY_AUTO_START_MS, 0);
    for (unsigned day = 0; day < params->days && w->ok; day++, w->date++)
        play_day(w);
    enum status status = w->ok ? STATUS_OK : error->status;
    if (status == STATUS_OK)
        finish_report(w);
    stage_destroy(&w->stage);
    free(w->waits);
    free(w);
    return status;
}
