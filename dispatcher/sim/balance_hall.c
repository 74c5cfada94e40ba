/* SPDX-License-Identifier: MIT
 * A day in the product's own hall: every visitor, clerk and break as commands, every call by the hall's own
 * rule. What the day file knows and the hall must not (lengths, who does not come) stays here. */
#include "dispatcher/sim/balance_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/hall.h"
#include "dispatcher/sim/balance_hall.h"

enum { NEVER_MIN = 1 << 30, SLOT_CAPACITY = 10000, KIND_PRIORITY = 1, KIND_GREEN = 2 };
enum { EVE_MIN = -180, TICKS_MAX = 10000 }; /* bookings are made so long before opening */

int64_t hall_play_ms(const struct hall_play *play, double day_min)
{
    return play->midnight_ms + OPENING_MIN * MINUTE_MS + (int64_t)llround(day_min * MINUTE_MS);
}

/* ---- commands ---- */

static enum status broken(struct hall_play *play, const struct command *command, struct error *error)
{
    return error_set(error, STATUS_PARSE, "%s hall %u day %u: the hall refuses %s at minute %.2f: %s",
                     play->params->hall->scenario, play->params->hall->hall, play->params->day->day,
                     command_name(command->kind), (double)(play->now_ms - hall_play_ms(play, 0)) / MINUTE_MS,
                     refusal_en(play->decision.refusal.code));
}

static void take(struct hall_play *play, const struct event *event);

bool hall_play_try(struct hall_play *play, const struct command *command)
{
    if (!hall_decide(play->hall, command, play->now_ms, &play->decision))
        return false;
    for (uint32_t i = 0; i < play->decision.count; i++)
        take(play, &play->decision.events[i]);
    return true;
}

static enum status act(struct hall_play *play, const struct command *command, struct error *error)
{
    return hall_play_try(play, command) ? STATUS_OK : broken(play, command, error);
}

/* Ticks until nothing more happens: idle windows call by themselves. */
void hall_play_settle(struct hall_play *play)
{
    const struct command tick = {.kind = COMMAND_TICK};
    for (unsigned n = 0; n < TICKS_MAX; n++)
        if (!hall_play_try(play, &tick) || !play->decision.count)
            return;
}

/* ---- what calls lead to ---- */

static int ticket_of(const struct hall_play *play, struct number number)
{
    struct ticket_id id = hall_ticket_id(play->hall, number);
    return id.value ? play->ticket_of[id.value] : -1;
}

static double slow_at(const struct hall_play *play, unsigned w, unsigned d)
{
    const struct hall_file_window *window = &play->params->hall->windows[w];
    if (d == window->primary)
        return 1;
    return window->all_domains ? play->params->hall->all_domain_slowdown
                               : play->params->hall->off_primary_slowdown;
}

/* The time of one leg, and what it does to the window's figures. */
static double leg_min(struct hall_play *play, unsigned w, unsigned d, double standard_min)
{
    struct played_window *window = &play->out->windows[w];
    double minutes = standard_min * slow_at(play, w, d) / play->params->hall->windows[w].speed;
    if (play->last_domain[w] >= 0 && play->last_domain[w] != (int)d) {
        minutes += play->params->hall->changeover_min;
        window->changeovers++;
    }
    play->last_domain[w] = (int)d;
    window->standard_min += standard_min;
    return minutes;
}

static double service_min(struct hall_play *play, unsigned w, unsigned t)
{
    const struct hall_file *hall = play->params->hall;
    const struct day_ticket *ticket = &play->params->day->tickets[t];
    if (ticket->no_show)
        return hall->no_show_handling_min;
    if (play->legs[t]++)
        return leg_min(play, w, hall->items[ticket->item2].domain, ticket->standard2_min);
    unsigned d = hall->items[ticket->item].domain;
    if (ticket->item2 < 0)
        return leg_min(play, w, d, ticket->standard_min);
    unsigned d2 = hall->items[ticket->item2].domain;
    if (d2 == d)
        return leg_min(play, w, d, ticket->standard_min + ticket->standard2_min);
    double minutes = leg_min(play, w, d, ticket->standard_min);
    if (hall->windows[w].authorised >> d2 & 1)
        minutes += leg_min(play, w, d2, ticket->standard2_min);
    return minutes;
}

static void on_called(struct hall_play *play, const struct event *event)
{
    int t = ticket_of(play, event->ticket_called.number);
    unsigned w = event->ticket_called.window.value - 1u;
    if (t < 0)
        return;
    const struct ticket *ticket = hall_ticket(play->hall, event->ticket_called.number);
    struct played_ticket *played = &play->out->tickets[t];
    double waited_min = (double)(event->at_ms - ticket->ref_ms) / MINUTE_MS;
    double now_min = (double)(event->at_ms - hall_play_ms(play, 0)) / MINUTE_MS;
    if (waited_min > 0)
        played->wait_min += waited_min;
    if (!play->legs[t])
        played->called_min = now_min;
    double minutes = service_min(play, w, (unsigned)t);
    play->serves[w] = t;
    play->started[w] = false;
    play->ends_min[w] = now_min + minutes;
    play->out->windows[w].busy_min += minutes;
    if (play->watch)
        play->watch(play, (unsigned)t, event);
}

static void take(struct hall_play *play, const struct event *event)
{
    hall_evolve(play->hall, event);
    if (event->kind == EVENT_TICKET_CALLED)
        on_called(play, event);
    else if (event->kind == EVENT_WINDOW_POSTED)
        play->out->posted_changes++;
}

/* ---- set-up ---- */

/* Automatic, or confirmed by a manager who does not always look. */
static int32_t allocation_mode(const struct balance_params *params)
{
    if (!params->policy->plans)
        return 0;
    return params->manager.accept_percent == 100 && params->manager.every_min <= REVIEW_MIN ? 3 : 2;
}

static enum status set_policies(struct hall_play *play, struct error *error)
{
    const struct hall_file *hall = play->params->hall;
    const struct balance_knob rows[] = {
        {POLICY_UTC_OFFSET_MIN, 0},
        {POLICY_ISSUE_BEFORE_OPEN_MIN, (int32_t)ceil(hall->open_min - hall->tickets_from_min)},
        {POLICY_STOP_BEFORE_CLOSE_MIN, 0},
        {POLICY_CLOSE_GRACE_MIN, 600},
        {POLICY_ISSUE_NEEDS_WINDOW, 0},
        {POLICY_NO_SHOW_RECALLS, 0},
        {POLICY_AUTO_START_MS, 0},
        {POLICY_AUTO_CALL, 1},
        {POLICY_GREEN_CAP_DAY, 1000},
        {POLICY_SLOT_MIN, 5},
        {POLICY_SAME_DAY_LEAD_MIN, 0},
        {POLICY_CHECK_IN_EARLY_MIN, 240},
        {POLICY_CHECK_IN_LATE_MIN, 15},
        {POLICY_LATE_COUNTS_FROM_SLOT, 0},
        {POLICY_SLOW_OFF_PRIMARY_PERMILLE, (int32_t)lround(1000 * hall->off_primary_slowdown)},
        {POLICY_SLOW_UNDIFFERENTIATED_PERMILLE, (int32_t)lround(1000 * hall->all_domain_slowdown)},
        {POLICY_CHANGEOVER_MS, (int32_t)lround(MINUTE_MS * hall->changeover_min)},
        {POLICY_ALLOCATION_MODE, allocation_mode(play->params)},
    };
    struct command command = {.kind = COMMAND_SET_POLICY, .by = {ACTOR_MANAGER, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        command.set_policy = (struct policy_set){(uint16_t)rows[i].key, rows[i].value};
        if (act(play, &command, error) != STATUS_OK)
            return error->status;
    }
    for (const struct balance_knob *knob = play->params->knobs; knob && knob->key != POLICY_KEYS; knob++) {
        command.set_policy = (struct policy_set){(uint16_t)knob->key, knob->value};
        if (act(play, &command, error) != STATUS_OK)
            return error->status;
    }
    return STATUS_OK;
}

/* Number series: the letters that a hall may use for domains, again from the start beyond them. */
static char series_of(unsigned d)
{
    static const char letters[] = "ABCDEFGHJKMNPQRST";
    return letters[d % (sizeof letters - 1)];
}

static enum status set_domains(struct hall_play *play, struct error *error)
{
    const struct hall_file *hall = play->params->hall;
    for (uint16_t d = 0; d < hall->domain_count; d++) {
        uint16_t id = (uint16_t)(d + 1);
        struct command set = {.kind = COMMAND_SET_DOMAIN, .by = {ACTOR_MANAGER, 1}};
        set.set_domain = (struct domain_set){{id}, series_of(d), SLOT_CAPACITY, false};
        struct command learn = {.kind = COMMAND_LEARN_DOMAIN};
        learn.learn_domain =
            (struct domain_learned){{id}, (uint32_t)lround(hall->domains[d].mean_min * MINUTE_MS)};
        if (act(play, &set, error) != STATUS_OK || act(play, &learn, error) != STATUS_OK)
            return error->status;
    }
    for (uint16_t i = 0; i < hall->item_count; i++) {
        struct command set = {.kind = COMMAND_SET_ITEM, .by = {ACTOR_MANAGER, 1}};
        set.set_item = (struct item_set){
            .item = {(uint16_t)(i + 1)},
            .domain = {(uint16_t)(hall->items[i].domain + 1)},
            .expected_ms = (uint32_t)lround(hall->items[i].mean_min * MINUTE_MS),
            .bookable = true,
        };
        if (act(play, &set, error) != STATUS_OK)
            return error->status;
    }
    return STATUS_OK;
}

static enum status set_window(struct hall_play *play, uint16_t w, struct error *error)
{
    const struct hall_file_window *from = &play->params->hall->windows[w];
    uint16_t id = (uint16_t)(w + 1);
    struct command window = {.kind = COMMAND_SET_WINDOW, .by = {ACTOR_MANAGER, 1}};
    window.set_window = (struct window_set){
        .window = {id},
        .zone = {1},
        .primary = {(uint16_t)(from->primary + 1)},
        .domains = from->authorised,
        .mode = from->all_domains ? MODE_UNDIFFERENTIATED : MODE_DOMAIN,
    };
    struct command clerk = {.kind = COMMAND_SET_CLERK, .by = {ACTOR_MANAGER, 1}};
    clerk.set_clerk = (struct clerk_set){{id}, (uint16_t)lround(1000 * from->speed_estimate), true, false};
    struct command may = {.kind = COMMAND_SET_AUTHORISATION, .by = {ACTOR_MANAGER, 1}};
    may.set_authorisation = (struct authorisation_set){
        .authorisation = id,
        .clerk = {id},
        .domains = from->authorised,
        .from_date = play->date - 1,
        .to_date = play->date + 1,
        .class = AUTHORISATION_COMPREHENSIVE,
    };
    if (act(play, &window, error) != STATUS_OK || act(play, &clerk, error) != STATUS_OK ||
        act(play, &may, error) != STATUS_OK)
        return error->status;
    return STATUS_OK;
}

static enum status set_calendar(struct hall_play *play, struct error *error)
{
    const struct hall_file *hall = play->params->hall;
    struct command zone = {.kind = COMMAND_SET_ZONE, .by = {ACTOR_MANAGER, 1}};
    zone.set_zone = (struct zone_set){{1}, 'A'};
    struct command day = {.kind = COMMAND_SET_CALENDAR, .by = {ACTOR_MANAGER, 1}};
    day.set_calendar = (struct calendar_set){
        play->date,
        {1, {{(uint16_t)(OPENING_MIN + hall->open_min), (uint16_t)(OPENING_MIN + hall->close_min)}}}};
    struct command priority = {.kind = COMMAND_SET_KIND, .by = {ACTOR_MANAGER, 1}}, green = priority;
    priority.set_kind = (struct kind_set){KIND_PRIORITY, CLASS_PRIORITY};
    green.set_kind = (struct kind_set){KIND_GREEN, CLASS_GREEN};
    const struct command *const all[] = {&zone, &day, &priority, &green};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (act(play, all[i], error) != STATUS_OK)
            return error->status;
    return STATUS_OK;
}

/* All bookings are known before the day; a ticket's number is its person. */
static enum status make_bookings(struct hall_play *play, struct error *error)
{
    for (unsigned t = 0; t < play->params->day->ticket_count; t++) {
        const struct day_ticket *ticket = &play->params->day->tickets[t];
        if (ticket->class != DAY_BOOKED)
            continue;
        struct command book = {.kind = COMMAND_BOOK, .by = {ACTOR_VISITOR, 0}};
        book.book = (struct book){{(uint16_t)(ticket->item + 1)},
                                  play->date,
                                  (uint16_t)(OPENING_MIN + lround(ticket->slot_min)),
                                  {t + 1},
                                  CHANNEL_ONLINE};
        if (act(play, &book, error) != STATUS_OK)
            return error->status;
        for (uint32_t i = 0; i < play->decision.count; i++)
            if (play->decision.events[i].kind == EVENT_BOOKING_MADE)
                play->booking_of[t] = play->decision.events[i].booking_made.booking;
    }
    return STATUS_OK;
}

static enum status plan_breaks(struct hall_play *play, struct error *error)
{
    for (uint16_t w = 0; w < play->params->hall->window_count; w++) {
        const struct day_file_window *window = &play->params->day->windows[w];
        for (unsigned o = 0; o < window->off_count; o++) {
            if (!window->offs[o].planned)
                continue;
            struct command plan = {.kind = COMMAND_PLAN_BREAK, .by = {ACTOR_MANAGER, 1}};
            plan.plan_break = (struct break_planned){
                .window = {(uint16_t)(w + 1)},
                .from_ms = hall_play_ms(play, window->offs[o].from_min),
                .to_ms = hall_play_ms(play, window->offs[o].to_min),
            };
            if (act(play, &plan, error) != STATUS_OK)
                return error->status;
        }
    }
    return STATUS_OK;
}

static enum status set_up(struct hall_play *play, struct error *error)
{
    if (set_policies(play, error) != STATUS_OK || set_calendar(play, error) != STATUS_OK ||
        set_domains(play, error) != STATUS_OK)
        return error->status;
    for (uint16_t w = 0; w < play->params->hall->window_count; w++)
        if (set_window(play, w, error) != STATUS_OK)
            return error->status;
    if (make_bookings(play, error) != STATUS_OK)
        return error->status;
    return plan_breaks(play, error);
}

/* ---- the day ---- */

static enum status arrive(struct hall_play *play, unsigned t, struct error *error)
{
    const struct day_ticket *ticket = &play->params->day->tickets[t];
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_MANAGER, 1}};
    if (ticket->class == DAY_BOOKED) {
        command.kind = COMMAND_CHECK_IN;
        command.check_in = (struct check_in){play->booking_of[t], CHANNEL_KIOSK};
    } else {
        struct issue *issue = &command.issue;
        issue->items.items[issue->items.count++].value = (uint16_t)(ticket->item + 1);
        if (ticket->item2 >= 0 && ticket->item2 != (int)ticket->item)
            issue->items.items[issue->items.count++].value = (uint16_t)(ticket->item2 + 1);
        issue->kind = ticket->class == DAY_PRIORITY ? KIND_PRIORITY
                      : ticket->class == DAY_GREEN  ? KIND_GREEN
                                                    : 0;
        issue->channel = CHANNEL_STAFF;
        memcpy(issue->reason.bytes, "green channel", sizeof "green channel");
    }
    if (act(play, &command, error) != STATUS_OK)
        return error->status;
    play->ticket_of[play->hall->ticket_count] = (int)t;
    hall_play_settle(play);
    if (play->arrived)
        play->arrived(play, t);
    return STATUS_OK;
}

/* A booked visitor's other item is named at the window. */
static void name_second_item(struct hall_play *play, uint16_t window, unsigned t)
{
    const struct day_ticket *ticket = &play->params->day->tickets[t];
    if (ticket->class != DAY_BOOKED || ticket->item2 < 0 || play->legs[t] > 1)
        return;
    struct command add = {.kind = COMMAND_ADD_ITEM, .by = {ACTOR_CLERK, window}};
    add.add_item = (struct add_item){{window}, {(uint16_t)(ticket->item2 + 1)}};
    hall_play_try(play, &add); /* refused when it is the same item once more */
}

/* A window of which a break is due takes it as soon as it is free. */
static enum status take_break(struct hall_play *play, unsigned w, struct error *error)
{
    const struct day_file_window *window = &play->params->day->windows[w];
    const struct day_off *off = &window->offs[play->off_next[w]++];
    double now_min = (double)(play->now_ms - hall_play_ms(play, 0)) / MINUTE_MS;
    play->ends_min[w] = now_min + off->to_min - off->from_min;
    play->paused[w] = true;
    struct command pause = {.kind = COMMAND_PAUSE, .by = {ACTOR_CLERK, w + 1}};
    pause.pause = (struct pause){{(uint16_t)(w + 1)},
                                 off->planned ? PAUSE_BREAK : PAUSE_OTHER,
                                 off->planned ? hall_play_ms(play, play->ends_min[w]) : 0};
    return act(play, &pause, error);
}

static double next_off_min(const struct hall_play *play, unsigned w)
{
    const struct day_file_window *window = &play->params->day->windows[w];
    return play->off_next[w] < window->off_count ? window->offs[play->off_next[w]].from_min : NEVER_MIN;
}

static enum status end_service(struct hall_play *play, unsigned w, struct error *error)
{
    unsigned t = (unsigned)play->serves[w];
    uint16_t id = (uint16_t)(w + 1);
    struct command command = {.by = {ACTOR_CLERK, id}};
    play->serves[w] = -1;
    play->out->end_min = (double)(play->now_ms - hall_play_ms(play, 0)) / MINUTE_MS;
    play->out->windows[w].served++;
    if (play->params->day->tickets[t].no_show) {
        command.kind = COMMAND_NO_SHOW;
        command.no_show.window.value = id;
        return act(play, &command, error);
    }
    command.kind = COMMAND_FINISH;
    command.finish.window.value = id;
    if (act(play, &command, error) != STATUS_OK)
        return error->status;
    bool goes_on = false;
    for (uint32_t i = 0; i < play->decision.count; i++)
        goes_on = goes_on || play->decision.events[i].kind == EVENT_TICKET_REQUEUED;
    play->out->tickets[t].served = !goes_on;
    return STATUS_OK;
}

/* Called visitors are there at once, or do not come. */
static enum status start_services(struct hall_play *play, struct error *error)
{
    for (unsigned w = 0; w < play->params->hall->window_count; w++) {
        if (play->serves[w] < 0 || play->started[w])
            continue;
        play->started[w] = true;
        unsigned t = (unsigned)play->serves[w];
        if (play->params->day->tickets[t].no_show)
            continue;
        struct command start = {.kind = COMMAND_START, .by = {ACTOR_CLERK, w + 1}};
        start.start.window.value = (uint16_t)(w + 1);
        if (act(play, &start, error) != STATUS_OK)
            return error->status;
        name_second_item(play, (uint16_t)(w + 1), t);
    }
    return STATUS_OK;
}

/* When something happens next at a window: an end, or a break that begins while it is idle. */
static double window_due_min(const struct hall_play *play, unsigned w)
{
    if (play->params->day->windows[w].absent)
        return NEVER_MIN;
    if (play->serves[w] >= 0 || play->paused[w])
        return play->ends_min[w];
    return next_off_min(play, w);
}

static enum status window_event(struct hall_play *play, unsigned w, struct error *error)
{
    double now_min = (double)(play->now_ms - hall_play_ms(play, 0)) / MINUTE_MS;
    if (play->paused[w]) {
        struct command back = {.kind = COMMAND_UNPAUSE, .by = {ACTOR_CLERK, w + 1}};
        back.unpause.window.value = (uint16_t)(w + 1);
        play->paused[w] = false;
        if (act(play, &back, error) != STATUS_OK)
            return error->status;
    } else if (play->serves[w] >= 0 && end_service(play, w, error) != STATUS_OK) {
        return error->status;
    }
    if (next_off_min(play, w) <= now_min + 1e-9 && take_break(play, w, error) != STATUS_OK)
        return error->status;
    hall_play_settle(play);
    return STATUS_OK;
}

static enum status come_on_duty(struct hall_play *play, struct error *error)
{
    for (uint16_t w = 0; w < play->params->hall->window_count; w++) {
        struct command duty = {.kind = COMMAND_START_DUTY, .by = {ACTOR_CLERK, w + 1}};
        duty.start_duty = (struct start_duty){{(uint16_t)(w + 1)}, {(uint16_t)(w + 1)}, false};
        if (play->params->day->windows[w].absent)
            continue;
        if (act(play, &duty, error) != STATUS_OK)
            return error->status;
        if (next_off_min(play, w) <= play->params->hall->open_min && take_break(play, w, error) != STATUS_OK)
            return error->status;
    }
    hall_play_settle(play);
    return STATUS_OK;
}

static void go_to(struct hall_play *play, double day_min)
{
    int64_t at_ms = hall_play_ms(play, day_min);
    play->now_ms = at_ms > play->now_ms ? at_ms : play->now_ms;
}

static bool is_over(const struct hall_play *play, unsigned come)
{
    if (come < play->params->day->ticket_count || play->hall->waiting_count)
        return false;
    for (unsigned w = 0; w < play->params->hall->window_count; w++)
        if (play->serves[w] >= 0)
            return false;
    return true;
}

static enum status play_day(struct hall_play *play, struct error *error)
{
    const struct day_file *day = play->params->day;
    bool on_duty = false;
    unsigned come = 0;
    double review_min = play->params->hall->open_min + REVIEW_MIN;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && !is_over(play, come)) {
        double arrival_min = come < day->ticket_count ? day->tickets[come].arrival_min : NEVER_MIN;
        double due_min = on_duty ? NEVER_MIN : play->params->hall->open_min;
        int window = -1;
        for (unsigned w = 0; on_duty && w < play->params->hall->window_count; w++) {
            if (window_due_min(play, w) < due_min) {
                due_min = window_due_min(play, w);
                window = (int)w;
            }
        }
        double next_min = fmin(arrival_min, due_min);
        if (next_min >= NEVER_MIN || next_min > play->params->hall->close_min + 590)
            break; /* nobody is left who could serve those who wait */
        if (play->review && review_min <= next_min) {
            go_to(play, review_min);
            status = play->review(play, error);
            review_min += REVIEW_MIN;
        } else if (arrival_min < due_min) {
            go_to(play, arrival_min);
            status = arrive(play, come++, error);
        } else {
            go_to(play, due_min);
            status = on_duty ? window_event(play, (unsigned)window, error) : come_on_duty(play, error);
            on_duty = true;
        }
        if (status == STATUS_OK)
            status = start_services(play, error);
    }
    return status;
}

static bool play_init(struct hall_play *play, const struct balance_params *params, struct played *out)
{
    memset(play, 0, sizeof *play);
    play->params = params;
    play->out = out;
    play->date = 20000 + (int32_t)params->day->day;
    play->midnight_ms = (int64_t)play->date * DAY_MS;
    play->hall = calloc(1, sizeof *play->hall);
    play->ticket_of = calloc(TICKETS_MAX + 1, sizeof *play->ticket_of);
    play->legs = calloc(params->day->ticket_count + 1u, sizeof *play->legs);
    play->booking_of = calloc(params->day->ticket_count + 1u, sizeof *play->booking_of);
    for (unsigned w = 0; w < WINDOWS_MAX; w++)
        play->serves[w] = play->last_domain[w] = -1;
    for (unsigned t = 0; t < params->day->ticket_count; t++)
        out->tickets[t].called_min = INFINITY;
    return play->hall && play->ticket_of && play->legs && play->booking_of;
}

static void play_destroy(struct hall_play *play)
{
    free(play->hall);
    free(play->ticket_of);
    free(play->legs);
    free(play->booking_of);
}

enum status balance_play_hall(const struct balance_params *params, struct played *out, struct error *error)
{
    struct hall_play *play = calloc(1, sizeof *play);
    enum status status = STATUS_MEMORY;
    if (play && play_init(play, params, out)) {
        hall_init(play->hall);
        play->now_ms = hall_play_ms(play, params->hall->open_min + EVE_MIN);
        status = set_up(play, error);
        if (status == STATUS_OK && params->policy->plans)
            status = balance_planning_begin(play, error);
        go_to(play, params->hall->tickets_from_min);
        hall_play_settle(play);
        if (status == STATUS_OK)
            status = play_day(play, error);
        balance_planning_end(play);
    } else {
        error_set(error, STATUS_MEMORY, "no memory to play the day");
    }
    if (play)
        play_destroy(play);
    free(play);
    return status;
}
