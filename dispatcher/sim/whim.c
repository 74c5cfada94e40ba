/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/whim.h"

#include <stdio.h>
#include <string.h>

#include "dispatcher/sim/whim_inside.h"

enum { NONSENSE_PERMILLE = 15 };

/* ---- picking ---- */

bool nonsense(struct wish *w)
{
    return rng_chance(w->rng, NONSENSE_PERMILLE);
}

uint16_t any_id(struct wish *w, unsigned top)
{
    return (uint16_t)(nonsense(w) ? rng_below(w->rng, 3) * 0x7fff : rng_range(w->rng, 1, top ? top : 1));
}

/* Ready for a no-show or the like: a clerk who knows the hall does not press too early. */
static bool is_overdue(const struct hall *hall, const struct ticket *ticket, int64_t now_ms)
{
    return ticket->recalls >= hall->policy[POLICY_NO_SHOW_RECALLS] ||
           now_ms >= ticket->called_ms + hall->policy[POLICY_NO_SHOW_AFTER_MS];
}

static bool window_fits(const struct wish *w, const struct window *window, enum window_want want)
{
    const struct hall *hall = w->hall;
    uint8_t state = window->ticket.value ? hall->tickets[window->ticket.value].state : TICKET_NONE;
    switch (want) {
    case WANT_FREE:
        return window->clerk.value && !window->ticket.value && !window->paused;
    case WANT_CALLED:
        return state == TICKET_CALLED;
    case WANT_OVERDUE:
        return state == TICKET_CALLED && is_overdue(hall, &hall->tickets[window->ticket.value], w->now_ms);
    case WANT_SERVING:
        return state == TICKET_SERVING;
    case WANT_EMPTY:
        return !window->clerk.value;
    case WANT_DUTY:
        return window->clerk.value;
    case WANT_PAUSED:
        return window->paused;
    case WANT_UNDO:
        return window->undo.act != ACT_NONE && w->now_ms <= window->undo.at_ms + hall->policy[POLICY_UNDO_MS];
    default:
        return true;
    }
}

struct window_id pick_window(struct wish *w, enum window_want want)
{
    unsigned top = w->hall->windows_top ? w->hall->windows_top : 1;
    uint16_t from = any_id(w, top);
    if (from == 0 || from > top || rng_chance(w->rng, 30))
        return (struct window_id){from};
    for (unsigned i = 0; i < top; i++) {
        unsigned n = (from - 1u + i) % top + 1;
        if (window_fits(w, &w->hall->windows[n], want))
            return (struct window_id){(uint16_t)n};
    }
    w->vain = true;
    return (struct window_id){from};
}

static unsigned highest_clerk(const struct hall *hall)
{
    unsigned top = CLERKS_MAX;
    while (top > 1 && !hall->clerks[top].exists)
        top--;
    return top;
}

struct clerk_id pick_clerk(struct wish *w)
{
    /* clerks are numbered without gaps, so that asking a few is enough */
    return (struct clerk_id){
        any_id(w, w->hall->authorisations_top ? w->hall->authorisations_top : highest_clerk(w->hall))};
}

struct item_id pick_item(struct wish *w)
{
    return (struct item_id){any_id(w, w->hall->items_top)};
}

static void pick_items(struct wish *w, struct item_list *out)
{
    unsigned count = rng_chance(w->rng, 750) ? 1 : rng_range(w->rng, 1, 4);
    out->count = 0;
    if (nonsense(w))
        count = rng_range(w->rng, 0, 8);
    while (count--)
        out->items[out->count++] = pick_item(w);
}

struct number pick_number(struct wish *w, enum ticket_state state)
{
    uint32_t count = w->hall->ticket_count;
    if (!count || nonsense(w))
        return (struct number){(char)('A' + rng_below(w->rng, 26)), 0, (uint16_t)rng_range(w->rng, 1, 9999)};
    uint32_t from = rng_below(w->rng, count), tries = count < 200 ? count : 200;
    for (uint32_t i = 0; i < tries && !rng_chance(w->rng, 5); i++) {
        const struct ticket *ticket = &w->hall->tickets[(from + i) % count + 1];
        if (ticket->state == state)
            return ticket->number;
    }
    w->vain = true;
    return w->hall->tickets[from + 1].number;
}

/* A booking; for check-in one that may be used now. */
static struct booking_code pick_booking(struct wish *w, bool to_use)
{
    uint32_t count = w->hall->booking_count;
    w->vain = to_use || !count;
    if (!count || nonsense(w))
        return (struct booking_code){rng_below(w->rng, 100000000)};
    uint32_t from = rng_below(w->rng, count);
    for (uint32_t i = 0; to_use && i < count; i++) {
        const struct booking *booking = &w->hall->bookings[(from + i) % count];
        int64_t slot_ms = w->hall->midnight_ms + (int64_t)booking->slot_min * MINUTE_MS;
        if (booking->date != w->hall->date || booking->state != BOOKING_MADE ||
            w->now_ms < slot_ms - (int64_t)w->hall->policy[POLICY_CHECK_IN_EARLY_MIN] * MINUTE_MS)
            continue;
        w->vain = false;
        return booking->code;
    }
    return w->hall->bookings[from].code;
}

static struct person_id pick_person(struct wish *w, uint32_t permille)
{
    return (struct person_id){rng_chance(w->rng, permille) ? rng_range(w->rng, 1, 15) : 0};
}

void pick_words(struct wish *w, uint32_t permille, struct words *out)
{
    static const char *const texts[] = {"a reason", "突发疾病,已到窗口", "say \"please\" \\ thanks",
                                        "补充复印件"};
    if (rng_chance(w->rng, permille))
        snprintf(out->bytes, sizeof out->bytes, "%s", texts[rng_below(w->rng, 4)]);
    if (!nonsense(w))
        return;
    memset(out->bytes, 'w', WORDS_MAX);
    out->bytes[WORDS_MAX] = '\0';
}

static struct actor pick_actor(struct wish *w)
{
    enum actor_kind kind = (enum actor_kind)rng_below(w->rng, ACTOR_MANAGER + 1);
    return (struct actor){kind, kind == ACTOR_SYSTEM ? 0 : rng_below(w->rng, 9)};
}

static uint8_t pick_channel(struct wish *w)
{
    return (uint8_t)rng_below(w->rng, CHANNELS + (nonsense(w) ? 2 : 0));
}

/* ---- wishes ---- */

static void wish_issue(struct wish *w)
{
    struct issue *issue = &w->out->issue;
    pick_items(w, &issue->items);
    issue->person = pick_person(w, 300);
    issue->channel = pick_channel(w);
    if (rng_chance(w->rng, 150))
        issue->kind = (uint16_t)rng_range(w->rng, 1, 4);
    if (rng_chance(w->rng, 40))
        issue->class = (uint8_t)rng_below(w->rng, TICKET_CLASSES + 1);
    if (rng_chance(w->rng, 50))
        issue->window = pick_window(w, WANT_DUTY);
    if (rng_chance(w->rng, 50))
        issue->clerk = pick_clerk(w);
    pick_words(w, 150, &issue->reason);
    if (!rng_chance(w->rng, 40))
        return;
    issue->number =
        (struct number){'L', (char)('A' + rng_below(w->rng, 2)), (uint16_t)rng_range(w->rng, 1, 30)};
    issue->ref_ms = w->now_ms - (int64_t)rng_below(w->rng, 3600) * 1000 + (nonsense(w) ? DAY_MS : 0);
    w->out->by.kind = ACTOR_KIOSK;
}

static void wish_check_in(struct wish *w)
{
    w->out->check_in.booking = pick_booking(w, true);
    w->out->check_in.channel = pick_channel(w);
}

static struct item_id pick_bookable(struct wish *w)
{
    struct item_id from = pick_item(w);
    unsigned top = w->hall->items_top ? w->hall->items_top : 1;
    for (unsigned i = 0; i < top && from.value <= top && from.value; i++) {
        unsigned n = (from.value - 1u + i) % top + 1;
        if (w->hall->items[n].set.bookable)
            return (struct item_id){(uint16_t)n};
    }
    return from;
}

static void wish_book(struct wish *w)
{
    struct book *book = &w->out->book;
    book->item = pick_bookable(w);
    book->date = hall_date_at(w->hall, w->now_ms) + (int32_t)rng_below(w->rng, 4) - (nonsense(w) ? 2 : 0);
    book->slot_min = (uint16_t)(540 + 30 * rng_below(w->rng, rng_chance(w->rng, 700) ? 6 : 16));
    if (rng_chance(w->rng, 30))
        book->slot_min = (uint16_t)rng_below(w->rng, 1500);
    if (w->hall->policy[POLICY_SLOT_MIN] != 30)
        book->slot_min = (uint16_t)(540 + (uint32_t)w->hall->policy[POLICY_SLOT_MIN] * rng_below(w->rng, 10));
    book->person = (struct person_id){rng_chance(w->rng, 900) ? rng_range(w->rng, 1, 6) : 0};
    book->channel = pick_channel(w);
}

static void wish_cancel_booking(struct wish *w)
{
    w->out->cancel_booking.booking = pick_booking(w, false);
}

static void wish_lift(struct wish *w)
{
    uint32_t misses = w->hall->miss_count;
    w->out->lift_suspension.person =
        misses ? w->hall->misses[rng_below(w->rng, misses)].person : pick_person(w, 990);
    pick_words(w, 500, &w->out->lift_suspension.reason);
}

static void wish_start_duty(struct wish *w)
{
    w->out->start_duty.window = pick_window(w, rng_chance(w->rng, 900) ? WANT_EMPTY : WANT_DUTY);
    w->out->start_duty.clerk = pick_clerk(w);
    w->out->start_duty.takeover = rng_chance(w->rng, 100);
}

static void wish_end_duty(struct wish *w)
{
    w->out->end_duty.window = pick_window(w, WANT_FREE);
}

static void wish_pause(struct wish *w)
{
    w->out->pause.window = pick_window(w, WANT_DUTY);
    w->out->pause.reason = (uint8_t)rng_below(w->rng, PAUSE_REASONS + (nonsense(w) ? 1 : 0));
    if (rng_chance(w->rng, 300))
        w->out->pause.until_ms =
            w->now_ms + (int64_t)rng_below(w->rng, 7200) * 1000 - (nonsense(w) ? DAY_MS : 0);
}

static void wish_unpause(struct wish *w)
{
    w->out->unpause.window = pick_window(w, WANT_PAUSED);
}

static void wish_call(struct wish *w)
{
    w->out->call.window = pick_window(w, WANT_FREE);
}

static void wish_call_number(struct wish *w)
{
    w->out->call_number.window = pick_window(w, WANT_FREE);
    w->out->call_number.number = pick_number(w, TICKET_WAITING);
    pick_words(w, 800, &w->out->call_number.reason);
}

static void wish_recall(struct wish *w)
{
    w->out->recall.window = pick_window(w, WANT_CALLED);
}

static void wish_start(struct wish *w)
{
    w->out->start.window = pick_window(w, WANT_CALLED);
}

static void wish_finish(struct wish *w)
{
    w->out->finish.window = pick_window(w, WANT_SERVING);
}

static void wish_no_show(struct wish *w)
{
    w->out->no_show.window = pick_window(w, WANT_OVERDUE);
}

static void wish_hold(struct wish *w)
{
    w->out->hold.window = pick_window(w, WANT_SERVING);
    pick_words(w, 500, &w->out->hold.reason);
}

static void wish_resume(struct wish *w)
{
    struct resume *resume = &w->out->resume;
    resume->number = pick_number(w, TICKET_HELD);
    const struct ticket *ticket = hall_ticket(w->hall, resume->number);
    resume->window = ticket && rng_chance(w->rng, 850) ? ticket->window : pick_window(w, WANT_FREE);
    resume->to_waiting = rng_chance(w->rng, 300);
}

static void wish_transfer(struct wish *w)
{
    struct transfer *t = &w->out->transfer;
    t->window = pick_window(w, rng_chance(w->rng, 800) ? WANT_SERVING : WANT_CALLED);
    if (rng_chance(w->rng, 500))
        t->item = pick_item(w);
    if (rng_chance(w->rng, 400))
        t->to_window = pick_window(w, WANT_DUTY);
    if (rng_chance(w->rng, 200))
        t->to_clerk = pick_clerk(w);
    t->place = (uint8_t)rng_below(w->rng, PLACES + (nonsense(w) ? 1 : 0));
    t->after = (uint16_t)rng_below(w->rng, 5);
    t->returns = rng_chance(w->rng, 400);
    pick_words(w, 300, &t->reason);
}

static void wish_add_item(struct wish *w)
{
    w->out->add_item.window = pick_window(w, WANT_SERVING);
    w->out->add_item.item = pick_item(w);
}

static void wish_undo(struct wish *w)
{
    w->out->undo.window = pick_window(w, WANT_UNDO);
}

static void wish_rejoin(struct wish *w)
{
    w->out->rejoin.number = pick_number(w, TICKET_MISSED);
}

static void wish_cancel(struct wish *w)
{
    static const enum ticket_state states[] = {TICKET_WAITING, TICKET_CALLED, TICKET_HELD, TICKET_MISSED};
    w->out->cancel.number = pick_number(w, states[rng_below(w->rng, 4)]);
    pick_words(w, 200, &w->out->cancel.reason);
}

static void wish_grant(struct wish *w)
{
    w->out->grant.number = pick_number(w, TICKET_WAITING);
    w->out->grant.kind = (uint16_t)rng_below(w->rng, 5);
    w->out->grant.class = rng_chance(w->rng, 100) ? (uint8_t)rng_below(w->rng, TICKET_CLASSES) : 0;
    pick_words(w, 800, &w->out->grant.reason);
}

static void wish_rate(struct wish *w)
{
    w->out->rate.number = pick_number(w, TICKET_FINISHED);
    w->out->rate.level = (uint8_t)rng_below(w->rng, RATING_LEVELS + (nonsense(w) ? 1 : 0));
    w->out->rate.tags = rng_chance(w->rng, 300) ? rng_below(w->rng, 256) : 0;
}

static void wish_set_policy(struct wish *w)
{
    struct policy_set *set = &w->out->set_policy;
    set->key = (uint16_t)rng_below(w->rng, POLICY_KEYS + (nonsense(w) ? 1 : 0));
    if (set->key >= POLICY_KEYS)
        return;
    const struct policy_row *row = policy_row((enum policy_key)set->key);
    set->value = rng_chance(w->rng, 500) ? row->standard : row->least + (int32_t)rng_below(w->rng, 30);
}

static void wish_set_item(struct wish *w)
{
    struct item_set *set = &w->out->set_item;
    struct item_id item = pick_item(w);
    if (item.value <= ITEMS_MAX)
        *set = w->hall->items[item.value].set;
    if (rng_chance(w->rng, 300))
        set->domain.value = any_id(w, 3);
    set->retired = rng_chance(w->rng, 200);
    set->daily_quota = rng_chance(w->rng, 200) ? (uint16_t)rng_below(w->rng, 9) : 0;
}

static void wish_set_window(struct wish *w)
{
    struct window_set *set = &w->out->set_window;
    struct window_id window = pick_window(w, WANT_ANY);
    if (window.value <= WINDOWS_MAX)
        *set = w->hall->windows[window.value].set;
    set->retired = rng_chance(w->rng, 150);
    if (rng_chance(w->rng, 300))
        set->mode = (uint8_t)rng_below(w->rng, WINDOW_MODES);
    if (rng_chance(w->rng, 300))
        set->domains = rng_next(w->rng) & 7;
}

static void wish_set_clerk(struct wish *w)
{
    struct clerk_id clerk = pick_clerk(w);
    w->out->set_clerk = (struct clerk_set){clerk, (uint16_t)rng_below(w->rng, 6000), rng_chance(w->rng, 850),
                                           rng_chance(w->rng, 100)};
}

static void wish_set_authorisation(struct wish *w)
{
    struct authorisation_set *set = &w->out->set_authorisation;
    set->authorisation = any_id(w, w->hall->authorisations_top + 1u);
    set->clerk = pick_clerk(w);
    set->domains = rng_next(w->rng) & 7;
    set->from_date = hall_date_at(w->hall, w->now_ms) - (int32_t)rng_below(w->rng, 3);
    set->to_date = set->from_date + (int32_t)rng_below(w->rng, 9);
    set->revoked = rng_chance(w->rng, 150);
    if (rng_chance(w->rng, 300))
        pick_items(w, &set->items);
}

static void wish_set_calendar(struct wish *w)
{
    struct calendar_set *set = &w->out->set_calendar;
    set->date = hall_date_at(w->hall, w->now_ms) + 1 + (int32_t)rng_below(w->rng, 5);
    set->sessions.count = (uint16_t)rng_below(w->rng, 3);
    set->sessions.sessions[0] = (struct session){540, 720};
    set->sessions.sessions[1] = (struct session){(uint16_t)(nonsense(w) ? 700 : 780), 1020};
}

static void wish_set_domain(struct wish *w)
{
    struct domain_set *set = &w->out->set_domain;
    set->domain.value = any_id(w, 3);
    set->series = (char)('A' + rng_below(w->rng, 26));
    set->slot_capacity = (uint16_t)rng_below(w->rng, 4);
    set->retired = rng_chance(w->rng, 50);
}

static void wish_post(struct wish *w)
{
    w->out->post.window = pick_window(w, WANT_DUTY);
    w->out->post.domains = rng_next(w->rng) & 7;
}

static void wish_open_day(struct wish *w)
{
    if (rng_chance(w->rng, 300))
        w->out->open_day.date = hall_date_at(w->hall, w->now_ms) - (nonsense(w) ? 1 : 0);
    w->out->by.kind = ACTOR_MANAGER;
}

static void wish_close_day(struct wish *w)
{
    w->out->close_day.anyway = rng_chance(w->rng, 100);
    w->out->by.kind = ACTOR_MANAGER;
}

static void wish_set_seed(struct wish *w)
{
    w->out->set_seed.seed = rng_next(w->rng);
}

static void wish_tick(struct wish *w)
{
    w->out->by = (struct actor){ACTOR_SYSTEM, 0};
}

static const struct {
    enum command_kind kind;
    uint16_t day, night; /* weights */
    void (*make)(struct wish *wish);
} wishes[] = {
    {COMMAND_ISSUE, 240, 20, wish_issue},
    {COMMAND_CALL, 200, 0, wish_call},
    {COMMAND_START, 120, 0, wish_start},
    {COMMAND_FINISH, 150, 0, wish_finish},
    {COMMAND_NO_SHOW, 50, 0, wish_no_show},
    {COMMAND_RECALL, 60, 0, wish_recall},
    {COMMAND_REJOIN, 40, 0, wish_rejoin},
    {COMMAND_HOLD, 25, 0, wish_hold},
    {COMMAND_RESUME, 40, 0, wish_resume},
    {COMMAND_TRANSFER, 60, 0, wish_transfer},
    {COMMAND_ADD_ITEM, 20, 0, wish_add_item},
    {COMMAND_UNDO, 70, 0, wish_undo},
    {COMMAND_CANCEL, 40, 0, wish_cancel},
    {COMMAND_GRANT, 20, 0, wish_grant},
    {COMMAND_RATE, 30, 0, wish_rate},
    {COMMAND_CHECK_IN, 40, 0, wish_check_in},
    {COMMAND_BOOK, 50, 200, wish_book},
    {COMMAND_CANCEL_BOOKING, 8, 20, wish_cancel_booking},
    {COMMAND_LIFT_SUSPENSION, 3, 20, wish_lift},
    {COMMAND_START_DUTY, 40, 100, wish_start_duty},
    {COMMAND_END_DUTY, 12, 15, wish_end_duty},
    {COMMAND_PAUSE, 15, 20, wish_pause},
    {COMMAND_UNPAUSE, 25, 20, wish_unpause},
    {COMMAND_CALL_NUMBER, 25, 0, wish_call_number},
    {COMMAND_POST, 6, 10, wish_post},
    {COMMAND_PROPOSE, 40, 2, wish_propose},
    {COMMAND_ANSWER_PROPOSAL, 30, 1, wish_answer},
    {COMMAND_SCORE_PROPOSAL, 6, 1, wish_score},
    {COMMAND_SET_PAIR, 3, 5, wish_set_pair},
    {COMMAND_SET_POLICY, 5, 5, wish_set_allocation},
    {COMMAND_PLAN_BREAK, 15, 20, wish_plan_break},
    {COMMAND_CLEAR_BREAKS, 2, 5, wish_clear_breaks},
    {COMMAND_LEARN_ITEM, 6, 10, wish_learn_item},
    {COMMAND_LEARN_DOMAIN, 3, 10, wish_learn_domain},
    {COMMAND_LEARN_CLERK, 5, 10, wish_learn_clerk},
    {COMMAND_FORECAST_TICKET, 25, 0, wish_forecast},
    {COMMAND_SET_POLICY, 4, 5, wish_set_policy},
    {COMMAND_SET_ITEM, 3, 5, wish_set_item},
    {COMMAND_SET_WINDOW, 3, 5, wish_set_window},
    {COMMAND_SET_CLERK, 3, 5, wish_set_clerk},
    {COMMAND_SET_AUTHORISATION, 3, 5, wish_set_authorisation},
    {COMMAND_SET_CALENDAR, 1, 5, wish_set_calendar},
    {COMMAND_SET_DOMAIN, 1, 2, wish_set_domain},
    {COMMAND_SET_SEED, 1, 2, wish_set_seed},
    {COMMAND_OPEN_DAY, 1, 2, wish_open_day},
    {COMMAND_CLOSE_DAY, 1, 0, wish_close_day},
    {COMMAND_TICK, 10, 10, wish_tick},
};
enum { WISHES = sizeof wishes / sizeof wishes[0] };

static void wish_once(struct wish *wish, enum whim_mood mood)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < WISHES; i++)
        sum += mood == MOOD_DAY ? wishes[i].day : wishes[i].night;
    uint32_t dice = rng_below(wish->rng, sum);
    unsigned chosen = 0;
    for (; chosen < WISHES - 1; chosen++) {
        uint16_t weight = mood == MOOD_DAY ? wishes[chosen].day : wishes[chosen].night;
        if (dice < weight)
            break;
        dice -= weight;
    }
    memset(wish->out, 0, sizeof *wish->out);
    wish->out->kind = wishes[chosen].kind;
    wish->out->by = pick_actor(wish);
    wish->vain = false;
    wishes[chosen].make(wish);
}

void whim_next(struct rng *rng, const struct hall *hall, int64_t now_ms, enum whim_mood mood,
               struct command *out)
{
    struct wish wish = {rng, hall, now_ms, out, true};
    /* People mostly want what is possible. */
    for (unsigned tries = rng_chance(rng, 100) ? 1 : 6; tries && wish.vain; tries--)
        wish_once(&wish, mood);
}
