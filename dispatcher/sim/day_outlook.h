/* SPDX-License-Identifier: MIT
 * Hall and day files as the planner sees a day (dispatcher/plan/tomorrow.h): what is expected of a hall's
 * days, the roster of one day, and the visits of a day as they came. */
#ifndef DISPATCHER_SIM_DAY_OUTLOOK_H
#define DISPATCHER_SIM_DAY_OUTLOOK_H

#include "dispatcher/plan/tomorrow_future.h"
#include "dispatcher/sim/day_file.h"

/* Files count from opening; the planner's day begins at midnight. */
enum { DAY_OUTLOOK_OPEN_MIN = 9 * 60 };

/* What is known of a hall ahead of a day: expected visitors, a part of them booked; every window on duty all
 * day, without breaks. */
void day_outlook_of_hall(const struct hall_file *hall, struct day_outlook *out);

/* Puts a day's roster in: who is absent, breaks and lunches, and if `with_unplanned` absences that nobody
 * knew of. */
void day_outlook_set_roster(const struct hall_file *hall, const struct day_file *day, bool with_unplanned,
                            struct day_outlook *out);

/* Puts a day's bookings in the place of expected ones, into `bookings` (room for all tickets of the day),
 * which must stay. */
void day_outlook_set_bookings(const struct hall_file *hall, const struct day_file *day,
                              struct day_booking *bookings, struct day_outlook *out);

/* The other way: a day's own breaks give way to those of an outlook, whatever overlaps with an absence or a
 * break before it begins a minute later than that ends. */
void day_file_set_breaks(const struct hall_file *hall, const struct day_outlook *from, struct day_file *day);

/* The visits of a day as they came, for windows of their true speed; false without memory. */
bool day_future_of_file(const struct hall_file *hall, const struct day_file *day, struct day_future *out);

#endif
