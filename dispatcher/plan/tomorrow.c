/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { HOUR_MS = 60 * MINUTE_MS };

void day_outlook_init(struct day_outlook *outlook)
{
    memset(outlook, 0, sizeof *outlook);
    outlook->numbers_from_ms = 8 * HOUR_MS + 45 * MINUTE_MS;
    outlook->numbers_to_ms = 16 * HOUR_MS + 45 * MINUTE_MS;
    outlook->open_ms = 9 * HOUR_MS;
    outlook->close_ms = 17 * HOUR_MS;
    for (unsigned key = 0; key < POLICY_KEYS; key++)
        outlook->policy[key] = policy_row(key)->standard;
    outlook->slot_ms = outlook->policy[POLICY_SLOT_MIN] * MINUTE_MS;
    outlook->changeover_ms = outlook->policy[POLICY_CHANGEOVER_MS];
    outlook->late_limit_ms = outlook->policy[POLICY_CHECK_IN_LATE_MIN] * MINUTE_MS;
    outlook->no_show_ms = 42000;
    outlook->cv = 0.6;
    outlook->rate_cv = 0.1;
    outlook->domain_rate_cv = 0.15;
    outlook->speed_cv = 0.06;
    outlook->no_show_share = 0.05;
    outlook->class_share[CLASS_PRIORITY] = 0.1;
    outlook->class_share[CLASS_GREEN] = 0.01;
    outlook->second_share = 0.1;
    outlook->same_share = 0.5;
    outlook->booked_came_share = 0.92;
    outlook->lateness_ms = -4 * MINUTE_MS;
    outlook->lateness_sd_ms = 8 * MINUTE_MS;
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        for (unsigned bin = 0; bin < DAY_BINS; bin++)
            outlook->domains[d].arrival_factor[bin] = 1;
    for (unsigned i = 0; i < ITEMS_MAX; i++)
        outlook->items[i].length_factor = 1;
}

/* ---- reading ---- */

int32_t day_target_ms(const struct day_outlook *outlook, unsigned class)
{
    static const enum policy_key keys[TICKET_CLASSES] = {
        [CLASS_NORMAL] = POLICY_TARGET_NORMAL_MIN,     [CLASS_REJOINED] = POLICY_TARGET_NORMAL_MIN,
        [CLASS_PRIORITY] = POLICY_TARGET_PRIORITY_MIN, [CLASS_BOOKED] = POLICY_TARGET_BOOKED_MIN,
        [CLASS_GREEN] = POLICY_TARGET_GREEN_MIN,
    };
    return outlook->policy[keys[class]] * MINUTE_MS;
}

double day_domain_mean_ms(const struct day_outlook *outlook, unsigned domain)
{
    double sum = 0, shares = 0;
    for (unsigned i = 0; i < outlook->item_count; i++) {
        const struct day_item *item = &outlook->items[i];
        if (item->domain != domain)
            continue;
        sum += (double)item->share * item->expect_ms * (double)item->length_factor;
        shares += (double)item->share;
    }
    return shares > 0 ? sum / shares : 0;
}

bool day_domain_is_asked(const struct day_outlook *outlook, unsigned domain)
{
    const struct day_domain *d = &outlook->domains[domain];
    for (unsigned bin = 0; bin < outlook->bin_count; bin++)
        if (d->expected[bin] > 0 || d->booked[bin] > 0)
            return true;
    for (unsigned b = 0; b < outlook->booking_count; b++)
        if (outlook->items[outlook->bookings[b].item].domain == domain)
            return true;
    return false;
}

bool day_window_on_duty(const struct day_window *window, int32_t at_ms)
{
    for (unsigned i = 0; i < window->duty_count; i++)
        if (window->duties[i].from_ms <= at_ms && at_ms < window->duties[i].to_ms)
            return true;
    return false;
}

static int32_t overlap_ms(int32_t from_ms, int32_t to_ms, int32_t low_ms, int32_t high_ms)
{
    from_ms = from_ms > low_ms ? from_ms : low_ms;
    to_ms = to_ms < high_ms ? to_ms : high_ms;
    return to_ms > from_ms ? to_ms - from_ms : 0;
}

int32_t day_window_present_ms(const struct day_outlook *outlook, const struct day_window *window)
{
    int32_t present_ms = 0;
    for (unsigned i = 0; i < window->duty_count; i++) {
        int32_t from_ms = window->duties[i].from_ms, to_ms = window->duties[i].to_ms;
        from_ms = from_ms > outlook->open_ms ? from_ms : outlook->open_ms;
        to_ms = to_ms < outlook->close_ms ? to_ms : outlook->close_ms;
        if (to_ms <= from_ms)
            continue;
        present_ms += to_ms - from_ms;
        for (unsigned b = 0; b < window->break_count; b++)
            present_ms -= overlap_ms(window->breaks[b].from_ms, window->breaks[b].to_ms, from_ms, to_ms);
    }
    return present_ms;
}

bool day_window_add_break(struct day_window *window, struct day_break added)
{
    if (window->break_count == DAY_BREAKS_MAX)
        return false;
    unsigned at = window->break_count++;
    for (; at > 0 && window->breaks[at - 1].from_ms > added.from_ms; at--)
        window->breaks[at] = window->breaks[at - 1];
    window->breaks[at] = added;
    return true;
}

/* ---- checks ---- */

bool day_fault_set(struct day_fault *fault, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return false;
}

static bool within(double value, double least, double most)
{
    return value >= least && value <= most; /* not a number is not within */
}

struct number_rule {
    const char *name;
    size_t offset;
    double least, most;
};

static bool check_doubles(const struct day_outlook *outlook, struct day_fault *fault)
{
#define AT(member) offsetof(struct day_outlook, member)
    static const struct number_rule rules[] = {
        {"cv", AT(cv), 0, 5},
        {"rate_cv", AT(rate_cv), 0, 2},
        {"domain_rate_cv", AT(domain_rate_cv), 0, 2},
        {"speed_cv", AT(speed_cv), 0, 1},
        {"no_show_share", AT(no_show_share), 0, 1},
        {"second_share", AT(second_share), 0, 1},
        {"same_share", AT(same_share), 0, 1},
        {"booked_came_share", AT(booked_came_share), 0, 1},
        {"lateness_ms", AT(lateness_ms), -2 * HOUR_MS, 2 * HOUR_MS},
        {"lateness_sd_ms", AT(lateness_sd_ms), 0, 2 * HOUR_MS},
    };
#undef AT
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        double value;
        memcpy(&value, (const char *)outlook + rules[i].offset, sizeof value);
        if (!within(value, rules[i].least, rules[i].most))
            return day_fault_set(fault, "%s is %.6g, must be %.6g to %.6g", rules[i].name, value,
                                 rules[i].least, rules[i].most);
    }
    double shares = 0;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        if (!within(outlook->class_share[class], 0, 1))
            return day_fault_set(fault, "class_share[%u] is %.6g, must be 0 to 1", class,
                                 outlook->class_share[class]);
        shares += class == CLASS_NORMAL ? 0 : outlook->class_share[class];
    }
    if (shares > 1)
        return day_fault_set(fault, "class_share of all classes but normal add up to %.6g, must be at most 1",
                             shares);
    return true;
}

static bool check_times(const struct day_outlook *outlook, struct day_fault *fault)
{
    const struct {
        const char *name;
        int32_t ms, least, most;
    } rules[] = {
        {"open_ms", outlook->open_ms, 0, DAY_MS - 1},
        {"close_ms", outlook->close_ms, outlook->open_ms + 1, DAY_MS},
        {"numbers_from_ms", outlook->numbers_from_ms, 0, outlook->open_ms},
        {"numbers_to_ms", outlook->numbers_to_ms, outlook->numbers_from_ms + 1, outlook->close_ms},
        {"bins_from_ms", outlook->bins_from_ms, 0, DAY_MS},
        {"slot_ms", outlook->slot_ms, MINUTE_MS, DAY_MS},
        {"changeover_ms", outlook->changeover_ms, 0, HOUR_MS},
        {"no_show_ms", outlook->no_show_ms, 0, HOUR_MS},
        {"late_limit_ms", outlook->late_limit_ms, 0, DAY_MS},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].ms < rules[i].least || rules[i].ms > rules[i].most)
            return day_fault_set(fault, "%s is %d, must be %d to %d", rules[i].name, (int)rules[i].ms,
                                 (int)rules[i].least, (int)rules[i].most);
    return true;
}

static bool check_counts(const struct day_outlook *outlook, struct day_fault *fault)
{
    const struct {
        const char *name;
        unsigned count, least, most;
    } rules[] = {
        {"domain_count", outlook->domain_count, 1, DOMAINS_MAX},
        {"window_count", outlook->window_count, 1, WINDOWS_MAX},
        {"item_count", outlook->item_count, 1, ITEMS_MAX},
        {"bin_count", outlook->bin_count, 0, DAY_BINS},
        {"booking_count", outlook->booking_count, 0, BOOKINGS_DAY_MAX},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].count < rules[i].least || rules[i].count > rules[i].most)
            return day_fault_set(fault, "%s is %u, must be %u to %u", rules[i].name, rules[i].count,
                                 rules[i].least, rules[i].most);
    return true;
}

static bool check_items(const struct day_outlook *outlook, struct day_fault *fault)
{
    for (unsigned i = 0; i < outlook->item_count; i++) {
        const struct day_item *item = &outlook->items[i];
        if (item->domain >= outlook->domain_count)
            return day_fault_set(fault, "items[%u].domain is %u, there are %u", i, item->domain,
                                 outlook->domain_count);
        if (item->expect_ms < 1000 || item->expect_ms > 8 * HOUR_MS)
            return day_fault_set(fault, "items[%u].expect_ms is %d, must be 1000 to %d", i,
                                 (int)item->expect_ms, 8 * HOUR_MS);
        if (!within((double)item->share, 0, 1))
            return day_fault_set(fault, "items[%u].share is %.6g, must be 0 to 1", i, (double)item->share);
        if (!within((double)item->length_factor, 0.01, 100))
            return day_fault_set(fault, "items[%u].length_factor is %.6g, must be 0.01 to 100", i,
                                 (double)item->length_factor);
    }
    return true;
}

static bool check_bookings(const struct day_outlook *outlook, struct day_fault *fault)
{
    for (unsigned b = 0; b < outlook->booking_count; b++) {
        const struct day_booking *booking = &outlook->bookings[b];
        if (booking->slot_ms < 0 || booking->slot_ms >= DAY_MS)
            return day_fault_set(fault, "bookings[%u].slot_ms is %d, must be within the day", b,
                                 (int)booking->slot_ms);
        if (booking->item >= outlook->item_count || booking->item2 < -1 ||
            booking->item2 >= (int)outlook->item_count)
            return day_fault_set(fault, "bookings[%u] has item %u and item2 %d, there are %u items", b,
                                 booking->item, booking->item2, outlook->item_count);
    }
    return true;
}

/* So many visitors that a day could not number them are no forecast. */
static bool check_domains(const struct day_outlook *outlook, struct day_fault *fault)
{
    double visits = 0;
    for (unsigned d = 0; d < outlook->domain_count; d++) {
        const struct day_domain *domain = &outlook->domains[d];
        for (unsigned bin = 0; bin < outlook->bin_count; bin++) {
            double expected = (double)domain->expected[bin] + (double)domain->booked[bin];
            if (!within((double)domain->expected[bin], 0, TICKETS_MAX) ||
                !within((double)domain->booked[bin], 0, TICKETS_MAX))
                return day_fault_set(fault, "domains[%u] expects %.6g visitors in bin %u, must be 0 to %d", d,
                                     expected, bin, TICKETS_MAX);
            if (!within((double)domain->arrival_factor[bin], 0, 100))
                return day_fault_set(fault, "domains[%u].arrival_factor[%u] is %.6g, must be 0 to 100", d,
                                     bin, (double)domain->arrival_factor[bin]);
            visits += expected * (double)domain->arrival_factor[bin];
        }
        if (day_domain_is_asked(outlook, d) && day_domain_mean_ms(outlook, d) <= 0)
            return day_fault_set(fault, "domains[%u] has visitors but no items", d);
    }
    if (visits > TICKETS_MAX / 2)
        return day_fault_set(fault, "domains expect %.0f visitors, a day can have %d", visits,
                             TICKETS_MAX / 2);
    return true;
}

static bool check_window(const struct day_outlook *outlook, unsigned w, struct day_fault *fault)
{
    const struct day_window *window = &outlook->windows[w];
    if (!within(window->speed, 0.05, 20))
        return day_fault_set(fault, "windows[%u].speed is %.6g, must be 0.05 to 20", w, window->speed);
    if (!within(window->slow, 1, 10))
        return day_fault_set(fault, "windows[%u].slow is %.6g, must be 1 to 10", w, window->slow);
    if (window->primary != NO_DOMAIN && window->primary >= outlook->domain_count)
        return day_fault_set(fault, "windows[%u].primary is %u, there are %u domains", w, window->primary,
                             outlook->domain_count);
    if (outlook->domain_count < 64 && window->may >> outlook->domain_count)
        return day_fault_set(fault, "windows[%u].may has domains beyond the %u that there are", w,
                             outlook->domain_count);
    if (window->duty_count > DAY_DUTIES_MAX || window->break_count > DAY_BREAKS_MAX)
        return day_fault_set(fault, "windows[%u] has %u duties and %u breaks, at most %d and %d", w,
                             window->duty_count, window->break_count, DAY_DUTIES_MAX, DAY_BREAKS_MAX);
    for (unsigned i = 0; i < window->duty_count; i++) {
        const struct day_span *duty = &window->duties[i];
        if (duty->from_ms < (i ? duty[-1].to_ms : 0) || duty->to_ms <= duty->from_ms || duty->to_ms > DAY_MS)
            return day_fault_set(fault, "windows[%u].duties[%u] must end after it begins and follow the last",
                                 w, i);
    }
    for (unsigned b = 0; b < window->break_count; b++) {
        const struct day_break *off = &window->breaks[b];
        if (off->from_ms < (b ? off[-1].to_ms : 0) || off->to_ms <= off->from_ms || off->to_ms > DAY_MS)
            return day_fault_set(fault, "windows[%u].breaks[%u] must end after it begins and follow the last",
                                 w, b);
    }
    return true;
}

bool day_outlook_check(const struct day_outlook *outlook, struct day_fault *fault)
{
    fault->text[0] = '\0';
    if (!check_counts(outlook, fault) || !check_times(outlook, fault) || !check_doubles(outlook, fault) ||
        !check_items(outlook, fault) || !check_bookings(outlook, fault) || !check_domains(outlook, fault))
        return false;
    for (unsigned w = 0; w < outlook->window_count; w++)
        if (!check_window(outlook, w, fault))
            return false;
    return true;
}
