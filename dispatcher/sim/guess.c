/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/guess.h"

#include <string.h>

#include "dispatcher/core/line.h"

struct guessing {
    const struct hall *hall;
    const struct event *event;
    unsigned n; /* which guess */
    struct command *out;
};

static struct window_id window_of(const struct guessing *g, struct number number)
{
    const struct ticket *ticket = hall_ticket(g->hall, number);
    return ticket ? ticket->window : (struct window_id){0};
}

/* Set-up events and commands have the same fields under another name. */
static bool same_fields(const struct guessing *g, enum command_kind kind)
{
    char text[LINE_MAX_BYTES], line[2 * LINE_MAX_BYTES];
    struct line_fault fault;
    size_t length = line_from_event(g->event, 0, text);
    size_t name = strlen(command_name(kind)), old = strlen(event_name(g->event->kind));
    memcpy(line, command_name(kind), name);
    memcpy(line + name, text + old, length - old);
    return line_to_command(line, name + length - old, 0, g->out, &fault);
}

static bool guess_set_up(const struct guessing *g)
{
    enum event_kind kind = g->event->kind;
    return g->n == 0 && same_fields(g, kind == EVENT_SEED_SET ? COMMAND_SET_SEED : (enum command_kind)kind);
}

static bool guess_day_opened(const struct guessing *g)
{
    g->out->kind = COMMAND_OPEN_DAY;
    return g->n == 0;
}

static bool guess_day_closing(const struct guessing *g)
{
    g->out->kind = COMMAND_CLOSE_DAY;
    g->out->close_day.anyway = g->n == 1;
    return g->n < 2;
}

static bool guess_duty_started(const struct guessing *g)
{
    const struct duty_started *e = &g->event->duty_started;
    g->out->kind = COMMAND_START_DUTY;
    g->out->start_duty = (struct start_duty){e->window, e->clerk, e->taken_from.value};
    return g->n == 0;
}

static bool guess_duty_ended(const struct guessing *g)
{
    g->out->kind = COMMAND_END_DUTY;
    g->out->end_duty.window = g->event->duty_ended.window;
    return g->n == 0;
}

static bool guess_paused(const struct guessing *g)
{
    const struct window_paused *e = &g->event->window_paused;
    g->out->kind = COMMAND_PAUSE;
    g->out->pause = (struct pause){e->window, e->reason, e->until_ms};
    return g->n == 0;
}

static bool guess_unpaused(const struct guessing *g)
{
    g->out->kind = COMMAND_UNPAUSE;
    g->out->unpause.window = g->event->window_unpaused.window;
    return g->n == 0;
}

static bool guess_issued(const struct guessing *g)
{
    const struct ticket_issued *e = &g->event->ticket_issued;
    if (e->booking.value) {
        g->out->kind = COMMAND_CHECK_IN;
        g->out->check_in = (struct check_in){e->booking, e->channel};
        return g->n == 0;
    }
    g->out->kind = COMMAND_ISSUE;
    g->out->issue = (struct issue){.items = e->items,
                                   .person = e->person,
                                   .window = e->window,
                                   .clerk = e->clerk,
                                   .kind = e->kind,
                                   .class = e->kind && g->n == 0 ? CLASS_NORMAL : e->class,
                                   .channel = e->channel,
                                   .number = e->number.kiosk ? e->number : (struct number){0},
                                   .ref_ms = e->number.kiosk ? e->ref_ms : 0,
                                   .reason = e->reason};
    return g->n < 2;
}

static bool guess_called(const struct guessing *g)
{
    const struct ticket_called *e = &g->event->ticket_called;
    if (e->rule == RULE_NUMBER) {
        g->out->kind = COMMAND_CALL_NUMBER;
        g->out->call_number = (struct call_number){e->window, e->number, e->reason};
    } else {
        g->out->kind = COMMAND_CALL;
        g->out->call.window = e->window;
    }
    return g->n == 0;
}

static bool guess_recalled(const struct guessing *g)
{
    g->out->kind = COMMAND_RECALL;
    g->out->recall.window = g->event->ticket_recalled.window;
    return g->n == 0;
}

static bool guess_started(const struct guessing *g)
{
    g->out->kind = COMMAND_START;
    g->out->start.window = g->event->service_started.window;
    return g->n == 0;
}

static bool guess_finished(const struct guessing *g)
{
    g->out->kind = COMMAND_FINISH;
    g->out->finish.window = g->event->service_finished.window;
    return g->n == 0;
}

static bool guess_missed(const struct guessing *g)
{
    g->out->kind = COMMAND_NO_SHOW;
    g->out->no_show.window = g->event->ticket_missed.window;
    return g->n == 0;
}

static bool guess_rejoined(const struct guessing *g)
{
    g->out->kind = COMMAND_REJOIN;
    g->out->rejoin.number = g->event->ticket_rejoined.number;
    return g->n == 0;
}

static bool guess_held(const struct guessing *g)
{
    g->out->kind = COMMAND_HOLD;
    g->out->hold = (struct hold){g->event->ticket_held.window, g->event->ticket_held.reason};
    return g->n == 0;
}

static bool guess_resumed(const struct guessing *g)
{
    const struct ticket_resumed *e = &g->event->ticket_resumed;
    g->out->kind = COMMAND_RESUME;
    g->out->resume = (struct resume){window_of(g, e->number), e->number, !e->window.value};
    return g->n == 0;
}

/* The event tells the place in the line but not how many were to go first. */
static bool guess_transferred(const struct guessing *g)
{
    const struct ticket_transferred *e = &g->event->ticket_transferred;
    g->out->kind = COMMAND_TRANSFER;
    g->out->transfer = (struct transfer){.window = e->from,
                                         .item = e->item,
                                         .to_window = e->window,
                                         .to_clerk = e->clerk,
                                         .after = (uint16_t)g->n,
                                         .place = e->place,
                                         .returns = e->return_to.value,
                                         .reason = e->reason};
    return g->n == 0 || (e->place == PLACE_AFTER && g->n <= g->hall->waiting_count + 1);
}

static bool guess_item_added(const struct guessing *g)
{
    const struct item_added *e = &g->event->item_added;
    g->out->kind = COMMAND_ADD_ITEM;
    g->out->add_item = (struct add_item){window_of(g, e->number), e->item};
    return g->n == 0;
}

static bool guess_cancelled(const struct guessing *g)
{
    const struct ticket_cancelled *e = &g->event->ticket_cancelled;
    g->out->kind = COMMAND_CANCEL;
    g->out->cancel = (struct cancel){e->number, e->reason};
    return g->n == 0;
}

static bool guess_granted(const struct guessing *g)
{
    const struct ticket_granted *e = &g->event->ticket_granted;
    g->out->kind = COMMAND_GRANT;
    g->out->grant =
        (struct grant){e->number, e->kind, e->kind && g->n == 0 ? CLASS_NORMAL : e->class, e->reason};
    return g->n < 2;
}

static bool guess_rated(const struct guessing *g)
{
    const struct ticket_rated *e = &g->event->ticket_rated;
    g->out->kind = COMMAND_RATE;
    g->out->rate = (struct rate){e->number, e->level, e->tags};
    return g->n == 0;
}

static bool guess_undone(const struct guessing *g)
{
    g->out->kind = COMMAND_UNDO;
    g->out->undo.window = g->event->act_undone.window;
    return g->n == 0;
}

static bool guess_booked(const struct guessing *g)
{
    const struct booking_made *e = &g->event->booking_made;
    g->out->kind = COMMAND_BOOK;
    g->out->book = (struct book){e->item, e->date, e->slot_min, e->person, e->channel};
    return g->n == 0;
}

static bool guess_booking_cancelled(const struct guessing *g)
{
    g->out->kind = COMMAND_CANCEL_BOOKING;
    g->out->cancel_booking.booking = g->event->booking_cancelled.booking;
    return g->n == 0;
}

static bool guess_lifted(const struct guessing *g)
{
    const struct suspension_lifted *e = &g->event->suspension_lifted;
    g->out->kind = COMMAND_LIFT_SUSPENSION;
    g->out->lift_suspension = (struct lift_suspension){e->person, e->reason};
    return g->n == 0;
}

static bool guess_learned_item(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_LEARN_ITEM);
}

static bool guess_learned_domain(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_LEARN_DOMAIN);
}

static bool guess_learned_clerk(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_LEARN_CLERK);
}

static bool guess_pair(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_SET_PAIR);
}

static bool guess_break(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_PLAN_BREAK);
}

static bool guess_breaks_cleared(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_CLEAR_BREAKS);
}

static bool guess_scored(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_SCORE_PROPOSAL);
}

static bool guess_forecast(const struct guessing *g)
{
    return g->n == 0 && same_fields(g, COMMAND_FORECAST_TICKET);
}

static bool guess_posted(const struct guessing *g)
{
    const struct window_posted *e = &g->event->window_posted;
    g->out->kind = COMMAND_POST;
    g->out->post = (struct window_posted){.window = e->window, .domains = e->domains};
    return g->n == 0;
}

static bool guess_proposed(const struct guessing *g)
{
    const struct proposal_made *e = &g->event->proposal_made;
    g->out->kind = COMMAND_PROPOSE;
    g->out->propose = (struct propose){.window = e->window,
                                       .trigger = e->trigger,
                                       .oldest = e->oldest,
                                       .after = e->after,
                                       .seed = e->seed,
                                       .cycle = e->cycle,
                                       .gain = e->gain,
                                       .gain_error = e->gain_error,
                                       .changeovers = e->changeovers,
                                       .effects = e->effects};
    return g->n == 0;
}

static bool guess_answered(const struct guessing *g)
{
    const struct proposal_answered *e = &g->event->proposal_answered;
    g->out->kind = COMMAND_ANSWER_PROPOSAL;
    g->out->answer_proposal =
        (struct answer_proposal){.proposal = e->proposal, .answer = e->answer, .reason = e->reason};
    return g->n == 0;
}

/* Kinds that are not here only time brings. */
static bool (*const guesses[EVENT_KINDS])(const struct guessing *g) = {
    [EVENT_POLICY_SET] = guess_set_up,
    [EVENT_ZONE_SET] = guess_set_up,
    [EVENT_DOMAIN_SET] = guess_set_up,
    [EVENT_ITEM_SET] = guess_set_up,
    [EVENT_WINDOW_SET] = guess_set_up,
    [EVENT_KIND_SET] = guess_set_up,
    [EVENT_CLERK_SET] = guess_set_up,
    [EVENT_AUTHORISATION_SET] = guess_set_up,
    [EVENT_WEEK_SET] = guess_set_up,
    [EVENT_CALENDAR_SET] = guess_set_up,
    [EVENT_WINDOW_POSTED] = guess_posted,
    [EVENT_SEED_SET] = guess_set_up,
    [EVENT_DAY_OPENED] = guess_day_opened,
    [EVENT_DAY_CLOSING] = guess_day_closing,
    [EVENT_DUTY_STARTED] = guess_duty_started,
    [EVENT_DUTY_ENDED] = guess_duty_ended,
    [EVENT_WINDOW_PAUSED] = guess_paused,
    [EVENT_WINDOW_UNPAUSED] = guess_unpaused,
    [EVENT_TICKET_ISSUED] = guess_issued,
    [EVENT_TICKET_CALLED] = guess_called,
    [EVENT_TICKET_RECALLED] = guess_recalled,
    [EVENT_SERVICE_STARTED] = guess_started,
    [EVENT_SERVICE_FINISHED] = guess_finished,
    [EVENT_TICKET_MISSED] = guess_missed,
    [EVENT_TICKET_REJOINED] = guess_rejoined,
    [EVENT_TICKET_HELD] = guess_held,
    [EVENT_TICKET_RESUMED] = guess_resumed,
    [EVENT_TICKET_TRANSFERRED] = guess_transferred,
    [EVENT_ITEM_ADDED] = guess_item_added,
    [EVENT_TICKET_CANCELLED] = guess_cancelled,
    [EVENT_TICKET_GRANTED] = guess_granted,
    [EVENT_TICKET_RATED] = guess_rated,
    [EVENT_ACT_UNDONE] = guess_undone,
    [EVENT_BOOKING_MADE] = guess_booked,
    [EVENT_BOOKING_CANCELLED] = guess_booking_cancelled,
    [EVENT_SUSPENSION_LIFTED] = guess_lifted,
    [EVENT_ITEM_LEARNED] = guess_learned_item,
    [EVENT_DOMAIN_LEARNED] = guess_learned_domain,
    [EVENT_CLERK_LEARNED] = guess_learned_clerk,
    [EVENT_PAIR_SET] = guess_pair,
    [EVENT_BREAK_PLANNED] = guess_break,
    [EVENT_BREAKS_CLEARED] = guess_breaks_cleared,
    [EVENT_PROPOSAL_MADE] = guess_proposed,
    [EVENT_PROPOSAL_ANSWERED] = guess_answered,
    [EVENT_PROPOSAL_SCORED] = guess_scored,
    [EVENT_WAIT_FORECAST] = guess_forecast,
};

bool guess_command(const struct hall *hall, const struct event *event, unsigned n, struct command *out)
{
    bool may_be_time = event->by.kind == ACTOR_SYSTEM;
    memset(out, 0, sizeof *out);
    out->by = event->by;
    if (n == 0 && may_be_time) {
        out->kind = COMMAND_TICK;
        return true;
    }
    struct guessing g = {hall, event, may_be_time ? n - 1 : n, out};
    if (!guesses[event->kind] || !guesses[event->kind](&g))
        return false;
    out->by = event->by;
    return true;
}
