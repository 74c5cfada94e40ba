/* SPDX-License-Identifier: MIT
 * What visitors do: take a number, check in, leave, rejoin, rate; and grants of priority. */
#include <stddef.h>
#include <string.h>

#include "dispatcher/core/inner.h"

static bool is_live(const struct ticket *ticket)
{
    return ticket->state >= TICKET_WAITING && ticket->state <= TICKET_MISSED;
}

/* ---- numbers ---- */

static bool letter_is_free(const struct hall *hall, char letter)
{
    if (hall->series_last[letter - 'A'])
        return false;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (hall->domains[d].exists && hall->domains[d].series == letter)
            return false;
    return true;
}

/* Letters that do not sound alike or look like digits; the next free one takes over a series that is used up.
 */
static char letter_spare(const struct hall *hall)
{
    static const char letters[] = "ACFHKMRSWX";
    for (const char *c = letters; *c; c++)
        if (letter_is_free(hall, *c))
            return *c;
    return 0;
}

/* The next number of a domain, or of the booked series; letter 0 when all are used. */
static struct number number_next(const struct hall *hall, struct domain_id domain, bool booked)
{
    char letter =
        hall->series_now[domain.value] ? hall->series_now[domain.value] : hall->domains[domain.value].series;
    if (booked && hall->series_last['Y' - 'A'] < NUMBER_COUNT_MAX)
        letter = 'Y';
    if (hall->series_last[letter - 'A'] == NUMBER_COUNT_MAX)
        letter = letter_spare(hall);
    if (!letter)
        return (struct number){0};
    return (struct number){.letter = letter, .count = (uint16_t)(hall->series_last[letter - 'A'] + 1)};
}

/* ---- issue ---- */

static bool day_takes_numbers(struct deciding *d)
{
    const struct hall *hall = d->hall;
    int64_t from_ms, to_ms;
    if (hall->day_state == DAY_CLOSED)
        return refuse(d, REFUSED_DAY_NOT_OPEN);
    if (hall->day_state == DAY_CLOSING)
        return refuse(d, REFUSED_NUMBERS_STOPPED);
    if (is_staff(d->by))
        return true;
    business_bounds(hall, &from_ms, &to_ms);
    if (d->now_ms < from_ms - policy_minutes_ms(hall, POLICY_ISSUE_BEFORE_OPEN_MIN))
        return refuse(d, REFUSED_DAY_NOT_OPEN);
    if (d->now_ms >= to_ms - policy_minutes_ms(hall, POLICY_STOP_BEFORE_CLOSE_MIN))
        return refuse(d, REFUSED_NUMBERS_STOPPED);
    return true;
}

static bool has_window(const struct deciding *d, struct item_id item)
{
    if (!policy_of(d->hall, POLICY_ISSUE_NEEDS_WINDOW) || !clerks_are_expected(d->hall, d->now_ms))
        return true;
    for (unsigned w = 1; w <= d->hall->windows_top; w++)
        if (bit_of(d->hall->windows[w].may, item.value - 1u))
            return true;
    return false;
}

static bool item_takes_numbers(struct deciding *d, struct item_id id)
{
    const struct hall *hall = d->hall;
    const struct item *item = &hall->items[id.value];
    if (item->set.retired || hall->domains[item->set.domain.value].retired)
        return refuse(d, REFUSED_ITEM_CLOSED);
    if (item->set.daily_quota && item->issued >= item->set.daily_quota)
        return refuse(d, REFUSED_QUOTA_USED);
    if (!has_window(d, id))
        return refuse(d, REFUSED_NO_WINDOW);
    return true;
}

static bool items_are_known(struct deciding *d, const struct item_list *items)
{
    if (!items->count)
        return refuse(d, REFUSED_NO_SUCH_ITEM);
    if (items->count > TICKET_ITEMS_MAX)
        return refuse_value(d, REFUSED_TOO_MANY_ITEMS, TICKET_ITEMS_MAX);
    for (unsigned i = 0; i < items->count; i++) {
        if (!item_exists(d->hall, items->items[i]))
            return refuse(d, REFUSED_NO_SUCH_ITEM);
        for (unsigned k = 0; k < i; k++)
            if (items->items[k].value == items->items[i].value)
                return refuse(d, REFUSED_ITEM_TWICE);
    }
    return true;
}

static bool items_take_numbers(struct deciding *d, const struct item_list *items)
{
    if (!items_are_known(d, items))
        return false;
    for (unsigned i = 0; i < items->count; i++)
        if (!item_takes_numbers(d, items->items[i]))
            return false;
    return true;
}

/* Whether the ticket still waits for one of these items. */
static bool shares_item(const struct ticket *ticket, const struct item_list *items)
{
    for (uint8_t i = 0; i < ticket->item_count; i++)
        if (!(ticket->done >> i & 1) && items_contain(items, ticket->items[i]))
            return true;
    return false;
}

static bool person_may_take(struct deciding *d, struct person_id person, const struct item_list *items)
{
    const struct hall *hall = d->hall;
    int64_t limit = policy_of(hall, POLICY_PERSON_ITEM_LIMIT);
    if (!person.value) {
        for (unsigned i = 0; i < items->count; i++)
            if (hall->items[items->items[i].value].set.needs_identity && !is_staff(d->by))
                return refuse(d, REFUSED_IDENTITY_NEEDED);
        return true;
    }
    int64_t held = 0;
    for (uint32_t t = 1; limit && t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (ticket->person.value != person.value || !is_live(ticket) || !shares_item(ticket, items))
            continue;
        if (++held >= limit)
            return refuse_number(d, REFUSED_ALREADY_HOLDS, ticket->number);
    }
    return true;
}

/* The class that a kind or a grant gives; refuses what nobody may claim. */
static bool class_granted(struct deciding *d, uint16_t kind, uint8_t asked, const struct words *reason,
                          uint8_t *out)
{
    const struct hall *hall = d->hall;
    *out = asked;
    if (asked >= TICKET_CLASSES)
        return refuse_value(d, REFUSED_BAD_VALUE, asked);
    if (kind) {
        if (kind > PRIORITY_KINDS_MAX || !hall->kind_exists[kind])
            return refuse(d, REFUSED_NO_SUCH_KIND);
        if (asked < hall->kind_class[kind])
            *out = hall->kind_class[kind];
    } else if (asked == CLASS_PRIORITY) {
        return refuse(d, REFUSED_NO_SUCH_KIND);
    }
    if (*out == CLASS_REJOINED || *out == CLASS_BOOKED)
        return refuse_value(d, REFUSED_BAD_VALUE, *out);
    if (*out != CLASS_GREEN)
        return true;
    if (!is_staff(d->by))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!reason->bytes[0])
        return refuse(d, REFUSED_REASON_NEEDED);
    if (hall->counts.green_grants >= policy_of(hall, POLICY_GREEN_CAP_DAY))
        return refuse_value(d, REFUSED_GREEN_CAP, policy_of(hall, POLICY_GREEN_CAP_DAY));
    return true;
}

static bool asked_can_serve(struct deciding *d, const struct issue *issue)
{
    const struct hall *hall = d->hall;
    struct item_id item = issue->items.items[0];
    if (issue->window.value) {
        if (!window_exists(hall, issue->window) || hall->windows[issue->window.value].set.retired)
            return refuse(d, REFUSED_NO_SUCH_WINDOW);
        bool could = hall->windows[issue->window.value].clerk.value
                         ? hall_window_may_serve(hall, issue->window, item)
                         : window_mode_allows(hall, issue->window, item);
        if (!could)
            return refuse(d, REFUSED_NOT_AUTHORISED);
    }
    if (issue->clerk.value) {
        if (!clerk_exists(hall, issue->clerk) || hall->clerks[issue->clerk.value].set.retired)
            return refuse(d, REFUSED_NO_SUCH_CLERK);
        if (!hall->clerks[issue->clerk.value].set.trained)
            return refuse(d, REFUSED_NOT_TRAINED);
        if (!hall_clerk_authorised(hall, issue->clerk, item, hall->date))
            return refuse(d, REFUSED_NOT_AUTHORISED);
    }
    return true;
}

/* Numbers that a kiosk gave while it was cut off: they exist on paper, so only their form can be refused. */
static bool decide_offline(struct deciding *d, const struct issue *issue)
{
    const struct hall *hall = d->hall;
    if (hall->day_state == DAY_CLOSED)
        return refuse(d, REFUSED_DAY_NOT_OPEN);
    if (issue->number.letter != 'L' || !issue->number.kiosk ||
        (d->by.kind != ACTOR_KIOSK && !is_staff(d->by)))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (hall_ticket_id(hall, issue->number).value)
        return refuse_number(d, REFUSED_NUMBER_TAKEN, issue->number);
    if (issue->ref_ms && (issue->ref_ms > d->now_ms || issue->ref_ms < hall->midnight_ms))
        return refuse_value(d, REFUSED_BAD_VALUE, issue->ref_ms);
    return items_are_known(d, &issue->items);
}

static struct ticket_issued *add_ticket(struct deciding *d, struct number number,
                                        const struct item_list *items)
{
    struct ticket_issued *e = &add(d, EVENT_TICKET_ISSUED)->ticket_issued;
    e->number = number;
    e->items = *items;
    return e;
}

bool decide_issue(struct deciding *d, const struct command *command)
{
    const struct issue *issue = &command->issue;
    const struct hall *hall = d->hall;
    bool offline = issue->number.letter;
    uint8_t class;
    if (issue->channel >= CHANNELS)
        return refuse_value(d, REFUSED_BAD_VALUE, issue->channel);
    if (offline ? !decide_offline(d, issue)
                : !day_takes_numbers(d) || !items_take_numbers(d, &issue->items) ||
                      !person_may_take(d, issue->person, &issue->items) || !asked_can_serve(d, issue))
        return false;
    if (!class_granted(d, issue->kind, issue->class, &issue->reason, &class))
        return false;
    if (hall->ticket_count == TICKETS_MAX)
        return refuse(d, REFUSED_HALL_FULL);
    struct number number =
        offline ? issue->number
                : number_next(hall, hall->items[issue->items.items[0].value].set.domain, false);
    if (!number.letter)
        return refuse(d, REFUSED_NUMBERS_EXHAUSTED);
    struct ticket_issued *e = add_ticket(d, number, &issue->items);
    e->class = class;
    e->kind = issue->kind;
    e->channel = issue->channel;
    e->person = issue->person;
    e->window = issue->window;
    e->clerk = issue->clerk;
    e->reason = issue->reason;
    e->ref_ms = offline ? issue->ref_ms : 0;
    return true;
}

bool decide_check_in(struct deciding *d, const struct command *command)
{
    const struct hall *hall = d->hall;
    const struct booking *booking = hall_booking(hall, command->check_in.booking);
    if (command->check_in.channel >= CHANNELS)
        return refuse_value(d, REFUSED_BAD_VALUE, command->check_in.channel);
    if (hall->day_state != DAY_OPEN)
        return refuse(d, REFUSED_DAY_NOT_OPEN);
    if (!booking)
        return refuse(d, REFUSED_NO_SUCH_BOOKING);
    if (booking->state != BOOKING_MADE)
        return refuse(d, REFUSED_BOOKING_CLOSED);
    if (booking->date != hall->date)
        return refuse(d, REFUSED_CHECK_IN_OTHER_DAY);
    int64_t slot_ms = hall->midnight_ms + (int64_t)booking->slot_min * MINUTE_MS;
    int64_t early_ms = slot_ms - policy_minutes_ms(hall, POLICY_CHECK_IN_EARLY_MIN) - d->now_ms;
    if (early_ms > 0)
        return refuse_value(d, REFUSED_CHECK_IN_TOO_EARLY, (early_ms + MINUTE_MS - 1) / MINUTE_MS);
    if (hall->ticket_count == TICKETS_MAX)
        return refuse(d, REFUSED_HALL_FULL);
    bool late = d->now_ms > slot_ms + policy_minutes_ms(hall, POLICY_CHECK_IN_LATE_MIN);
    struct number number = number_next(hall, hall->items[booking->item.value].set.domain, !late);
    if (!number.letter)
        return refuse(d, REFUSED_NUMBERS_EXHAUSTED);
    struct item_list items = {.count = 1, .items = {booking->item}};
    struct ticket_issued *e = add_ticket(d, number, &items);
    e->class = late ? CLASS_NORMAL : CLASS_BOOKED;
    e->channel = command->check_in.channel;
    e->booking = booking->code;
    e->person = booking->person;
    if (!late)
        e->ref_ms = slot_ms > d->now_ms ? slot_ms : d->now_ms;
    else if (policy_of(hall, POLICY_LATE_COUNTS_FROM_SLOT))
        e->ref_ms = slot_ms;
    return true;
}

/* ---- afterwards ---- */

static const struct ticket *ticket_of(struct deciding *d, struct number number)
{
    const struct ticket *ticket = hall_ticket(d->hall, number);
    if (!ticket)
        refuse_number(d, REFUSED_NO_SUCH_NUMBER, number);
    return ticket;
}

bool decide_cancel(struct deciding *d, const struct command *command)
{
    const struct ticket *ticket = ticket_of(d, command->cancel.number);
    if (!ticket)
        return false;
    if (!is_live(ticket))
        return refuse_number(d, REFUSED_TICKET_CLOSED, ticket->number);
    if (ticket->state == TICKET_SERVING || (ticket->state == TICKET_HELD && !is_staff(d->by)))
        return refuse_number(d, REFUSED_NOT_WAITING, ticket->number);
    struct ticket_cancelled *e = &add(d, EVENT_TICKET_CANCELLED)->ticket_cancelled;
    e->number = ticket->number;
    e->reason = command->cancel.reason;
    return true;
}

bool decide_rejoin(struct deciding *d, const struct command *command)
{
    const struct hall *hall = d->hall;
    const struct ticket *ticket = ticket_of(d, command->rejoin.number);
    if (!ticket)
        return false;
    /* While the day is open only missed numbers lapse: the visitor hears why. */
    bool was_missed = ticket->state == TICKET_LAPSED && hall->day_state == DAY_OPEN;
    if (ticket->state != TICKET_MISSED && !was_missed)
        return refuse_number(d, is_live(ticket) ? REFUSED_NOT_MISSED : REFUSED_TICKET_CLOSED, ticket->number);
    if (hall->day_state != DAY_OPEN)
        return refuse(d, REFUSED_DAY_NOT_OPEN);
    if (ticket->rejoins >= policy_of(hall, POLICY_REJOIN_LIMIT))
        return refuse(d, REFUSED_REJOIN_LIMIT);
    if (was_missed || d->now_ms > ticket->ended_ms + policy_minutes_ms(hall, POLICY_REJOIN_WITHIN_MIN))
        return refuse_value(d, REFUSED_REJOIN_TOO_LATE, policy_of(hall, POLICY_REJOIN_WITHIN_MIN));
    bool keeps = ticket->class == CLASS_PRIORITY || ticket->class == CLASS_GREEN;
    struct ticket_rejoined *e = &add(d, EVENT_TICKET_REJOINED)->ticket_rejoined;
    e->number = ticket->number;
    e->class = keeps ? ticket->class : CLASS_REJOINED;
    struct standing standing = {hall_ticket_domain(hall, ticket), e->class, ticket->ref_ms};
    e->ref_ms =
        place_ref_ms(hall, standing, PLACE_AFTER, (unsigned)policy_of(hall, POLICY_REJOIN_AFTER), d->now_ms);
    return true;
}

bool decide_grant(struct deciding *d, const struct command *command)
{
    const struct grant *grant = &command->grant;
    const struct ticket *ticket = ticket_of(d, grant->number);
    uint8_t class;
    if (!ticket)
        return false;
    if (!is_staff(d->by))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (ticket->state != TICKET_WAITING)
        return refuse_number(d, REFUSED_NOT_WAITING, ticket->number);
    if (!class_granted(d, grant->kind, grant->class, &grant->reason, &class))
        return false;
    if (class <= ticket->class)
        return refuse(d, REFUSED_CLASS_LOWER);
    struct ticket_granted *e = &add(d, EVENT_TICKET_GRANTED)->ticket_granted;
    e->number = ticket->number;
    e->class = class;
    e->kind = grant->kind;
    e->reason = grant->reason;
    return true;
}

bool decide_forecast_ticket(struct deciding *d, const struct command *command)
{
    const struct wait_forecast *forecast = &command->forecast_ticket;
    if (d->by.kind != ACTOR_SYSTEM)
        return refuse(d, REFUSED_NOT_PERMITTED);
    const struct ticket *ticket = ticket_of(d, forecast->number);
    if (!ticket)
        return false;
    if (ticket->state != TICKET_WAITING)
        return refuse_number(d, REFUSED_NOT_WAITING, ticket->number);
    if (forecast->low_s > forecast->high_s)
        return refuse_value(d, REFUSED_BAD_VALUE, forecast->low_s);
    add(d, EVENT_WAIT_FORECAST)->wait_forecast = *forecast;
    return true;
}

bool decide_rate(struct deciding *d, const struct command *command)
{
    const struct rate *rate = &command->rate;
    const struct ticket *ticket = ticket_of(d, rate->number);
    if (!ticket)
        return false;
    if (rate->level == RATING_NONE || rate->level >= RATING_LEVELS)
        return refuse_value(d, REFUSED_BAD_VALUE, rate->level);
    if (!ticket->served_ms && ticket->state != TICKET_FINISHED)
        return refuse(d, REFUSED_NOT_SERVED_YET);
    if (ticket->rating && d->now_ms > ticket->rated_ms + policy_of(d->hall, POLICY_RATING_CHANGE_MS))
        return refuse(d, REFUSED_RATED_ALREADY);
    struct ticket_rated *e = &add(d, EVENT_TICKET_RATED)->ticket_rated;
    e->number = ticket->number;
    e->level = rate->level;
    e->tags = rate->tags;
    return true;
}
