/* SPDX-License-Identifier: MIT
 * Bookings: slots with capacity, limits per person, suspension after missed ones. */
#include "dispatcher/core/inner.h"

/* Whether the date is today or one of the next working days of the horizon. */
static bool date_is_offered(const struct hall *hall, int32_t today, int32_t date)
{
    int64_t horizon = policy_of(hall, POLICY_HORIZON_DAYS);
    if (date < today || date > today + 366)
        return false;
    if (date == today)
        return true;
    for (int32_t day = today + 1; day <= date; day++)
        if (hall_sessions(hall, day).count)
            horizon--;
    return horizon >= 0 && hall_sessions(hall, date).count;
}

static bool person_may_book(struct deciding *d, const struct book *book, int32_t today)
{
    const struct hall *hall = d->hall;
    if (!book->person.value)
        return is_staff(d->by) ? true : refuse(d, REFUSED_IDENTITY_NEEDED);
    int32_t suspended = hall_suspended_days(hall, book->person, today);
    if (suspended)
        return refuse_value(d, REFUSED_BOOKING_SUSPENDED, suspended);
    int64_t count = 0;
    for (uint32_t i = 0; i < hall->booking_count; i++)
        count += hall->bookings[i].person.value == book->person.value && hall->bookings[i].date == book->date;
    if (count >= policy_of(hall, POLICY_BOOKINGS_A_DAY))
        return refuse_value(d, REFUSED_BOOKING_LIMIT, policy_of(hall, POLICY_BOOKINGS_A_DAY));
    return true;
}

static bool day_has_room(const struct hall *hall, int32_t date)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < hall->booking_count; i++)
        count += hall->bookings[i].date == date;
    return count < BOOKINGS_DAY_MAX && hall->booking_count < BOOKINGS_MAX;
}

static bool slot_takes_booking(struct deciding *d, const struct book *book, int32_t today)
{
    const struct hall *hall = d->hall;
    int64_t slot_ms = hall_midnight_ms(hall, book->date) + (int64_t)book->slot_min * MINUTE_MS;
    bool day_is_over = book->date == hall->date && hall->day_state != DAY_OPEN;
    if (day_is_over || !date_is_offered(hall, today, book->date))
        return refuse(d, REFUSED_DATE_NOT_OFFERED);
    if (book->date == today && d->now_ms > slot_ms - policy_minutes_ms(hall, POLICY_SAME_DAY_LEAD_MIN))
        return refuse(d, REFUSED_SLOT_NOT_OFFERED);
    if (book->channel >= CHANNELS)
        return refuse_value(d, REFUSED_BAD_VALUE, book->channel);
    int32_t left = hall_slot_left(hall, book->item, book->date, book->slot_min, (enum channel)book->channel);
    if (left < 0)
        return refuse(d, REFUSED_SLOT_NOT_OFFERED);
    if (left == 0)
        return refuse(d, REFUSED_SLOT_FULL);
    if (!day_has_room(hall, book->date))
        return refuse(d, REFUSED_BOOKINGS_FULL);
    return true;
}

bool decide_book(struct deciding *d, const struct command *command)
{
    const struct book *book = &command->book;
    const struct hall *hall = d->hall;
    int32_t today = hall_date_at(hall, d->now_ms);
    if (!item_exists(hall, book->item))
        return refuse(d, REFUSED_NO_SUCH_ITEM);
    const struct item_set *item = &hall->items[book->item.value].set;
    if (!item->bookable || item->retired || hall->domains[item->domain.value].retired)
        return refuse(d, REFUSED_NOT_BOOKABLE);
    if (!person_may_book(d, book, today) || !slot_takes_booking(d, book, today))
        return false;
    struct booking_made *e = &add(d, EVENT_BOOKING_MADE)->booking_made;
    e->booking = booking_code_draw(hall);
    e->item = book->item;
    e->date = book->date;
    e->slot_min = book->slot_min;
    e->person = book->person;
    e->channel = book->channel;
    return true;
}

bool decide_cancel_booking(struct deciding *d, const struct command *command)
{
    const struct hall *hall = d->hall;
    const struct booking *booking = hall_booking(hall, command->cancel_booking.booking);
    if (!booking)
        return refuse(d, REFUSED_NO_SUCH_BOOKING);
    if (booking->state != BOOKING_MADE)
        return refuse(d, REFUSED_BOOKING_CLOSED);
    int64_t slot_ms = hall_midnight_ms(hall, booking->date) + (int64_t)booking->slot_min * MINUTE_MS;
    if (!is_staff(d->by) && d->now_ms > slot_ms - policy_minutes_ms(hall, POLICY_BOOKING_CANCEL_MIN))
        return refuse_value(d, REFUSED_CANCEL_TOO_LATE, policy_of(hall, POLICY_BOOKING_CANCEL_MIN));
    add(d, EVENT_BOOKING_CANCELLED)->booking_cancelled.booking = booking->code;
    return true;
}

bool decide_lift_suspension(struct deciding *d, const struct command *command)
{
    struct person_id person = command->lift_suspension.person;
    if (d->by.kind != ACTOR_MANAGER && d->by.kind != ACTOR_SYSTEM)
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!hall_suspended_days(d->hall, person, hall_date_at(d->hall, d->now_ms)))
        return refuse(d, REFUSED_NOT_SUSPENDED);
    struct suspension_lifted *e = &add(d, EVENT_SUSPENSION_LIFTED)->suspension_lifted;
    e->person = person;
    e->reason = command->lift_suspension.reason;
    return true;
}
