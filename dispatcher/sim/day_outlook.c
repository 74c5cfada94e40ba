/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/day_outlook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"

enum { LUNCH_LEAST_MIN = 30, NO_NUMBERS_MIN = 15, PUNCTUAL_MIN = 5, BOOKED_END_MIN = 30, BIN_MIN = 10 };

static int32_t ms_of(double minutes)
{
    return (int32_t)lround((minutes + DAY_OUTLOOK_OPEN_MIN) * MINUTE_MS);
}

static int32_t length_ms(double minutes)
{
    return (int32_t)lround(minutes * MINUTE_MS);
}

/* ---- a hall ---- */

static double overlap(double from, double to, double low, double high)
{
    return fmax(0, fmin(to, high) - fmax(from, low));
}

/* Expected visits have the bookings among them, which are taken to be spread evenly over the day's slots. */
static void set_domain(const struct hall_file *hall, unsigned d, struct day_domain *out)
{
    const struct hall_file_domain *from = &hall->domains[d];
    double last_min = hall->close_min - NO_NUMBERS_MIN - BOOKED_END_MIN, visits = 0;
    for (unsigned bin = 0; bin < hall->bin_count; bin++)
        visits += from->expected_per_10min[bin];
    for (unsigned bin = 0; bin < hall->bin_count; bin++) {
        double at_min = hall->tickets_from_min + BIN_MIN * bin, all = from->expected_per_10min[bin];
        double share = overlap(at_min, at_min + BIN_MIN, hall->tickets_from_min, last_min) /
                       (last_min - hall->tickets_from_min);
        double booked = fmin(all, visits * hall->booked_share * share);
        out->booked[bin] = (float)booked;
        out->expected[bin] = (float)(all - booked);
    }
    out->domain = (uint16_t)d;
}

static void set_window(const struct hall_file *hall, unsigned w, struct day_window *out)
{
    const struct hall_file_window *from = &hall->windows[w];
    out->window = out->clerk = (uint16_t)w;
    out->primary = (uint8_t)from->primary;
    out->may = from->authorised;
    out->speed = from->speed_estimate;
    out->slow = from->all_domains ? hall->all_domain_slowdown : hall->off_primary_slowdown;
    out->duty_count = 1;
    out->duties[0] = (struct day_span){ms_of(hall->open_min), ms_of(hall->close_min)};
}

void day_outlook_of_hall(const struct hall_file *hall, struct day_outlook *out)
{
    day_outlook_init(out);
    out->domain_count = hall->domain_count;
    out->window_count = hall->window_count;
    out->item_count = hall->item_count;
    out->bin_count = hall->bin_count;
    out->bins_from_ms = out->numbers_from_ms = ms_of(hall->tickets_from_min);
    out->numbers_to_ms = ms_of(fmax(hall->close_min - NO_NUMBERS_MIN, hall->tickets_from_min + 1));
    out->open_ms = ms_of(hall->open_min);
    out->close_ms = ms_of(hall->close_min);
    out->slot_ms = 15 * MINUTE_MS;
    out->changeover_ms = length_ms(hall->changeover_min);
    out->no_show_ms = length_ms(hall->no_show_handling_min);
    out->cv = hall->service_cv;
    out->no_show_share = hall->walk_in_no_show;
    out->second_share = hall->multi_item_share;
    out->booked_came_share = 1; /* a booked no-show is not in a day's file */
    for (unsigned d = 0; d < hall->domain_count; d++)
        set_domain(hall, d, &out->domains[d]);
    for (unsigned i = 0; i < hall->item_count; i++) {
        struct day_item *item = &out->items[i];
        item->item = (uint16_t)i;
        item->domain = (uint8_t)hall->items[i].domain;
        item->expect_ms = (int32_t)fmax(1000, length_ms(hall->items[i].mean_min));
        item->share = (float)hall->items[i].share_in_domain;
    }
    for (unsigned w = 0; w < hall->window_count; w++)
        set_window(hall, w, &out->windows[w]);
}

/* ---- a day ---- */

void day_outlook_set_roster(const struct hall_file *hall, const struct day_file *day, bool with_unplanned,
                            struct day_outlook *out)
{
    for (unsigned w = 0; w < hall->window_count; w++) {
        const struct day_file_window *from = &day->windows[w];
        struct day_window *window = &out->windows[w];
        window->duty_count = from->absent ? 0 : 1;
        window->break_count = 0;
        for (unsigned i = 0; i < from->off_count; i++) {
            const struct day_off *off = &from->offs[i];
            bool is_lunch = off->to_min - off->from_min >= LUNCH_LEAST_MIN;
            uint8_t kind = !off->planned ? DAY_BREAK_FIXED : is_lunch ? DAY_BREAK_LUNCH : DAY_BREAK_SHORT;
            if (off->planned || with_unplanned)
                day_window_add_break(window,
                                     (struct day_break){ms_of(off->from_min), ms_of(off->to_min), kind});
        }
    }
}

static void put_off(const struct hall_file *hall, struct day_off off, struct day_file_window *window)
{
    unsigned at = window->off_count;
    if (at == DAY_OFFS_MAX || off.to_min <= off.from_min || off.from_min >= hall->close_min)
        return;
    for (; at > 0 && window->offs[at - 1].from_min > off.from_min; at--)
        window->offs[at] = window->offs[at - 1];
    window->offs[at] = off;
    window->off_count++;
}

static void untangle(const struct hall_file *hall, struct day_file_window *window)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < window->off_count; i++) {
        struct day_off off = window->offs[i];
        double late_min = kept ? window->offs[kept - 1].to_min + 1 - off.from_min : 0;
        if (kept && off.from_min < window->offs[kept - 1].to_min) {
            off.from_min += late_min;
            off.to_min += late_min;
        }
        off.to_min = fmin(off.to_min, hall->close_min);
        if (off.to_min > off.from_min)
            window->offs[kept++] = off;
    }
    window->off_count = kept;
}

void day_file_set_breaks(const struct hall_file *hall, const struct day_outlook *from, struct day_file *day)
{
    for (unsigned w = 0; w < hall->window_count; w++) {
        struct day_file_window *window = &day->windows[w], before = *window;
        window->off_count = 0;
        for (unsigned i = 0; i < before.off_count; i++)
            if (!before.offs[i].planned)
                put_off(hall, before.offs[i], window);
        for (unsigned b = 0; b < from->windows[w].break_count && !window->absent; b++) {
            const struct day_break *off = &from->windows[w].breaks[b];
            put_off(hall,
                    (struct day_off){(double)off->from_ms / MINUTE_MS - DAY_OUTLOOK_OPEN_MIN,
                                     (double)off->to_ms / MINUTE_MS - DAY_OUTLOOK_OPEN_MIN, true},
                    window);
        }
        untangle(hall, window);
    }
}

static int by_slot(const void *a, const void *b)
{
    const struct day_booking *x = a, *y = b;
    if (x->slot_ms != y->slot_ms)
        return x->slot_ms < y->slot_ms ? -1 : 1;
    return x->item != y->item ? (x->item < y->item ? -1 : 1) : (x->item2 > y->item2) - (x->item2 < y->item2);
}

void day_outlook_set_bookings(const struct hall_file *hall, const struct day_file *day,
                              struct day_booking *bookings, struct day_outlook *out)
{
    unsigned count = 0;
    for (unsigned t = 0; t < day->ticket_count && count < BOOKINGS_DAY_MAX; t++) {
        const struct day_ticket *ticket = &day->tickets[t];
        if (ticket->class == DAY_BOOKED)
            bookings[count++] = (struct day_booking){ms_of(fmax(ticket->slot_min, hall->open_min)),
                                                     (uint16_t)ticket->item, (int16_t)ticket->item2};
    }
    qsort(bookings, count, sizeof *bookings, by_slot);
    out->bookings = bookings;
    out->booking_count = count;
    for (unsigned d = 0; d < out->domain_count; d++)
        memset(out->domains[d].booked, 0, sizeof out->domains[d].booked);
}

/* ---- visits as they came ---- */

static const uint8_t class_of[DAY_CLASSES] = {
    [DAY_WALK_IN] = CLASS_NORMAL,
    [DAY_PRIORITY] = CLASS_PRIORITY,
    [DAY_BOOKED] = CLASS_BOOKED,
    [DAY_GREEN] = CLASS_GREEN,
};

/* A booking more than 15 min late stands in line as a walk-in. */
static struct engine_ticket ticket_of(const struct hall_file *hall, const struct day_ticket *from)
{
    const struct hall_file_item *item = &hall->items[from->item];
    struct engine_ticket t = {.arrive_ms = ms_of(from->arrival_min),
                              .ref_ms = ms_of(from->arrival_min),
                              .length_ms = length_ms(from->standard_min),
                              .expect_ms = length_ms(item->mean_min),
                              .item_ms = length_ms(item->mean_min),
                              .domain = (uint8_t)item->domain,
                              .domain2 = NO_DOMAIN,
                              .class = class_of[from->class],
                              .no_show = from->no_show};
    if (from->class == DAY_BOOKED && from->arrival_min > from->slot_min + NO_NUMBERS_MIN)
        t.class = CLASS_NORMAL;
    else if (from->class == DAY_BOOKED)
        t.ref_ms = ms_of(fmax(from->arrival_min, from->slot_min));
    if (from->item2 < 0)
        return t;
    const struct hall_file_item *second = &hall->items[from->item2];
    if (second->domain == item->domain) {
        t.length_ms += length_ms(from->standard2_min);
        t.expect_ms += length_ms(second->mean_min);
    } else {
        t.domain2 = (uint8_t)second->domain;
        t.length2_ms = length_ms(from->standard2_min);
        t.expect2_ms = length_ms(second->mean_min);
    }
    return t;
}

bool day_future_of_file(const struct hall_file *hall, const struct day_file *day, struct day_future *out)
{
    if (!day_future_reserve(out, day->ticket_count + 1))
        return false;
    out->count = day->ticket_count;
    for (unsigned t = 0; t < day->ticket_count; t++) {
        const struct day_ticket *from = &day->tickets[t];
        out->tickets[t] = ticket_of(hall, from);
        out->is_punctual[t] = from->class == DAY_BOOKED && from->arrival_min <= from->slot_min + PUNCTUAL_MIN;
    }
    for (unsigned w = 0; w < hall->window_count; w++)
        out->pace_q16[w] = (uint32_t)lround(65536 * hall->windows[w].speed_estimate / hall->windows[w].speed);
    return true;
}
