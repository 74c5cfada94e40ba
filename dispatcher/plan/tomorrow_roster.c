/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow_roster.h"

#include <math.h>
#include <string.h>

enum { HOUR_MS = 60 * MINUTE_MS };

const struct roster_rules roster_rules_usual = {
    .short_count = 2,
    .short_ms = 10 * MINUTE_MS,
    .lunch_ms = 45 * MINUTE_MS,
    .lunch_from_ms = 11 * HOUR_MS,
    .lunch_to_ms = 13 * HOUR_MS + 30 * MINUTE_MS,
    .apart_ms = 45 * MINUTE_MS,
    .stretch_ms = 3 * HOUR_MS,
    .cover_least = 1,
};

static bool is_movable(const struct day_break *b)
{
    return b->kind != DAY_BREAK_FIXED;
}

static unsigned step_of(int32_t ms)
{
    return (unsigned)(ms / DAY_STEP_MS);
}

/* The first step that begins at or after a time. */
static unsigned step_after(int32_t ms)
{
    return (unsigned)((ms + DAY_STEP_MS - 1) / DAY_STEP_MS);
}

static void keep_fixed(struct day_window *window)
{
    unsigned kept = 0;
    for (unsigned b = 0; b < window->break_count; b++)
        if (!is_movable(&window->breaks[b]))
            window->breaks[kept++] = window->breaks[b];
    window->break_count = kept;
}

/* ---- counting ---- */

static void count_break(struct roster *roster, const struct day_window *window, const struct day_break *b,
                        int by)
{
    for (unsigned step = step_of(b->from_ms); step < step_after(b->to_ms) && step < ROSTER_STEPS; step++) {
        if (!day_window_on_duty(window, (int32_t)step * DAY_STEP_MS))
            continue;
        roster->away[step] = (uint16_t)(roster->away[step] + by);
        for (uint64_t may = window->may; may; may &= may - 1) {
            uint16_t *there = &roster->there[__builtin_ctzll(may)][step];
            *there = (uint16_t)(*there - by);
        }
    }
}

void roster_take(struct roster *roster, const struct day_window *window)
{
    for (unsigned b = 0; b < window->break_count; b++)
        if (is_movable(&window->breaks[b]))
            count_break(roster, window, &window->breaks[b], -1);
}

void roster_put(struct roster *roster, const struct day_window *window)
{
    for (unsigned b = 0; b < window->break_count; b++)
        if (is_movable(&window->breaks[b]))
            count_break(roster, window, &window->breaks[b], 1);
}

/* Half of those on duty, as with two shifts of lunch; more if lunches would not fit into lunch time. */
static unsigned away_most(const struct day_outlook *o, const struct roster_rules *rules)
{
    unsigned lunches = 0, present = 0;
    int32_t steps = (int32_t)step_after(rules->lunch_ms);
    int32_t room = (int32_t)step_of(rules->lunch_to_ms) - (int32_t)step_after(rules->lunch_from_ms);
    unsigned shifts = steps > 0 && room >= steps ? (unsigned)(room / steps) : 1;
    for (unsigned w = 0; w < o->window_count; w++) {
        struct day_break needs[DAY_BREAKS_MAX];
        unsigned count = roster_needs(rules, &o->windows[w], needs);
        present += o->windows[w].duty_count > 0;
        for (unsigned b = 0; b < count; b++)
            lunches += needs[b].kind == DAY_BREAK_LUNCH;
    }
    unsigned half = (present + 1) / 2, fit = (lunches + shifts - 1) / shifts;
    return half > fit ? half : fit;
}

void roster_init(struct roster *roster, const struct day_outlook *outlook, const struct roster_rules *rules)
{
    memset(roster, 0, sizeof *roster);
    roster->rules = rules;
    roster->away_most = rules->away_most ? rules->away_most : away_most(outlook, rules);
    for (unsigned w = 0; w < outlook->window_count; w++) {
        const struct day_window *window = &outlook->windows[w];
        for (unsigned step = 0; step < ROSTER_STEPS; step++) {
            if (!day_window_on_duty(window, (int32_t)step * DAY_STEP_MS))
                continue;
            for (uint64_t may = window->may; may; may &= may - 1) {
                roster->duty[__builtin_ctzll(may)][step]++;
                roster->there[__builtin_ctzll(may)][step]++;
            }
        }
        for (unsigned b = 0; b < window->break_count; b++)
            count_break(roster, window, &window->breaks[b], 1);
    }
}

bool roster_may_be_away(const struct roster *roster, const struct day_window *window, unsigned step)
{
    if (roster->away[step] + 1u > roster->away_most)
        return false;
    for (uint64_t may = window->may; may; may &= may - 1) {
        unsigned d = (unsigned)__builtin_ctzll(may);
        unsigned others = roster->duty[d][step] ? roster->duty[d][step] - 1u : 0;
        unsigned there = roster->there[d][step] ? roster->there[d][step] - 1u : 0;
        unsigned least = roster->rules->cover_least < others ? roster->rules->cover_least : others;
        if (there < least)
            return false;
    }
    return true;
}

/* ---- what a clerk gets ---- */

static struct day_span hull(const struct day_window *window)
{
    if (!window->duty_count)
        return (struct day_span){0, 0};
    return (struct day_span){window->duties[0].from_ms, window->duties[window->duty_count - 1].to_ms};
}

static bool needs_lunch(const struct roster_rules *rules, const struct day_window *window)
{
    for (unsigned i = 0; i < window->duty_count; i++) {
        const struct day_span *duty = &window->duties[i];
        if (duty->from_ms <= rules->lunch_from_ms && duty->to_ms >= rules->lunch_to_ms &&
            duty->to_ms - duty->from_ms >= 5 * HOUR_MS)
            return rules->lunch_ms > 0;
    }
    return false;
}

unsigned roster_needs(const struct roster_rules *rules, const struct day_window *window,
                      struct day_break out[DAY_BREAKS_MAX])
{
    int32_t duty_ms = 0;
    unsigned count = 0, fixed = 0;
    for (unsigned i = 0; i < window->duty_count; i++)
        duty_ms += window->duties[i].to_ms - window->duties[i].from_ms;
    for (unsigned b = 0; b < window->break_count; b++)
        fixed += !is_movable(&window->breaks[b]);
    bool lunch = needs_lunch(rules, window);
    unsigned shorts = duty_ms >= 6 * HOUR_MS   ? rules->short_count
                      : duty_ms >= 3 * HOUR_MS ? (rules->short_count + 1) / 2
                                               : 0;
    unsigned most = DAY_BREAKS_MAX > fixed ? DAY_BREAKS_MAX - fixed : 0, before = (shorts + 1) / 2;
    if (rules->short_ms <= 0)
        shorts = before = 0;
    for (unsigned i = 0; i < shorts + lunch && count < most; i++)
        out[count++] = (struct day_break){0, 0, lunch && i == before ? DAY_BREAK_LUNCH : DAY_BREAK_SHORT};
    return count;
}

/* ---- the best places ---- */

struct placing {
    const struct roster *roster;
    const struct day_window *window;
    const double *cost;
    unsigned relaxed;
    struct day_span hull;
    unsigned count;
    struct day_break needs[DAY_BREAKS_MAX];
    double best[DAY_BREAKS_MAX][ROSTER_STEPS]; /* of this break here and those before it; infinite: cannot */
    uint16_t before[DAY_BREAKS_MAX][ROSTER_STEPS]; /* where the break before is then */
};

static int32_t length_of(const struct placing *p, unsigned b)
{
    const struct roster_rules *rules = p->roster->rules;
    return p->needs[b].kind == DAY_BREAK_LUNCH ? rules->lunch_ms : rules->short_ms;
}

static bool is_free(const struct placing *p, unsigned step)
{
    int32_t from_ms = (int32_t)step * DAY_STEP_MS, to_ms = from_ms + DAY_STEP_MS;
    if (!day_window_on_duty(p->window, from_ms) || !day_window_on_duty(p->window, to_ms - 1))
        return false;
    for (unsigned b = 0; b < p->window->break_count; b++) {
        const struct day_break *fixed = &p->window->breaks[b];
        if (!is_movable(fixed) && fixed->from_ms < to_ms && fixed->to_ms > from_ms)
            return false;
    }
    return p->relaxed & ROSTER_AWAY || roster_may_be_away(p->roster, p->window, step);
}

/* What the b-th break costs if it begins at a step; infinite where it cannot. */
static double cost_at(const struct placing *p, const bool *free, unsigned b, unsigned step)
{
    const struct roster_rules *rules = p->roster->rules;
    int32_t from_ms = (int32_t)step * DAY_STEP_MS, to_ms = from_ms + length_of(p, b);
    double sum = 0;
    if (to_ms > p->hull.to_ms || from_ms < p->hull.from_ms)
        return INFINITY;
    if (p->needs[b].kind == DAY_BREAK_LUNCH && (from_ms < rules->lunch_from_ms || to_ms > rules->lunch_to_ms))
        return INFINITY;
    for (unsigned at = step; at < step_after(to_ms) && at < ROSTER_STEPS; at++) {
        if (!free[at])
            return INFINITY;
        sum += p->cost[at];
    }
    return sum;
}

/* Whether the work between two times is neither too short nor too long. */
static bool is_work_right(const struct placing *p, int32_t from_ms, int32_t to_ms)
{
    const struct roster_rules *rules = p->roster->rules;
    int32_t least_ms = p->relaxed & ROSTER_APART ? 0 : rules->apart_ms;
    int32_t most_ms = p->relaxed & ROSTER_STRETCH || p->window->duty_count > 1 ? DAY_MS : rules->stretch_ms;
    return to_ms - from_ms >= least_ms && to_ms - from_ms <= most_ms;
}

static void place_one(struct placing *p, const bool *free, unsigned b, unsigned step)
{
    int32_t from_ms = (int32_t)step * DAY_STEP_MS;
    double own = cost_at(p, free, b, step), least = INFINITY;
    unsigned before = 0;
    if (own < INFINITY && b == 0 && is_work_right(p, p->hull.from_ms, from_ms))
        least = 0;
    for (unsigned at = 0; own < INFINITY && b > 0 && at < step; at++) {
        if (p->best[b - 1][at] < least &&
            is_work_right(p, (int32_t)at * DAY_STEP_MS + length_of(p, b - 1), from_ms)) {
            least = p->best[b - 1][at];
            before = at;
        }
    }
    p->best[b][step] = own + least;
    p->before[b][step] = (uint16_t)before;
}

/* The last break's best step, or ROSTER_STEPS when there is no room. */
static unsigned place_all(struct placing *p)
{
    bool free[ROSTER_STEPS];
    unsigned best = ROSTER_STEPS, last = p->count - 1;
    for (unsigned step = 0; step < ROSTER_STEPS; step++)
        free[step] = is_free(p, step);
    for (unsigned b = 0; b < p->count; b++)
        for (unsigned step = 0; step < ROSTER_STEPS; step++)
            place_one(p, free, b, step);
    for (unsigned step = 0; step < ROSTER_STEPS; step++) {
        int32_t end_ms = (int32_t)step * DAY_STEP_MS + length_of(p, last);
        if (p->best[last][step] < INFINITY && is_work_right(p, end_ms, p->hull.to_ms) &&
            (best == ROSTER_STEPS || p->best[last][step] < p->best[last][best]))
            best = step;
    }
    return best;
}

static void take_places(struct placing *p, unsigned step, struct day_window *window)
{
    for (unsigned b = p->count; b-- > 0;) {
        p->needs[b].from_ms = (int32_t)step * DAY_STEP_MS;
        p->needs[b].to_ms = p->needs[b].from_ms + length_of(p, b);
        step = p->before[b][step];
    }
    for (unsigned b = 0; b < p->count; b++)
        day_window_add_break(window, p->needs[b]);
}

unsigned roster_place(const struct roster *roster, const double *cost, struct day_window *window, double *sum)
{
    static const unsigned tries[] = {0, ROSTER_STRETCH, ROSTER_STRETCH | ROSTER_AWAY,
                                     ROSTER_STRETCH | ROSTER_AWAY | ROSTER_APART};
    struct placing p = {.roster = roster, .window = window, .cost = cost, .hull = hull(window)};
    *sum = 0;
    keep_fixed(window);
    p.count = roster_needs(roster->rules, window, p.needs);
    if (!p.count)
        return 0;
    for (unsigned i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        p.relaxed = tries[i];
        unsigned step = place_all(&p);
        if (step == ROSTER_STEPS)
            continue;
        *sum = p.best[p.count - 1][step];
        take_places(&p, step, window);
        return p.relaxed;
    }
    return ROSTER_NO_ROOM;
}

double roster_cost(const struct day_window *window, const double *cost)
{
    double sum = 0;
    for (unsigned b = 0; b < window->break_count; b++) {
        const struct day_break *off = &window->breaks[b];
        for (unsigned step = step_of(off->from_ms);
             is_movable(off) && step < step_after(off->to_ms) && step < ROSTER_STEPS; step++) {
            int32_t from_ms = (int32_t)step * DAY_STEP_MS, to_ms = from_ms + DAY_STEP_MS;
            from_ms = from_ms > off->from_ms ? from_ms : off->from_ms;
            to_ms = to_ms < off->to_ms ? to_ms : off->to_ms;
            sum += cost[step] * (to_ms - from_ms) / DAY_STEP_MS;
        }
    }
    return sum;
}

/* ---- by hand ---- */

/* Wishes as costs: the further from the wished beginnings, the dearer. */
static void wish(double *cost, int32_t from_ms, int32_t to_ms, int32_t at_ms)
{
    for (unsigned step = step_of(from_ms); step < step_after(to_ms) && step < ROSTER_STEPS; step++)
        cost[step] = fabs(((double)step * DAY_STEP_MS - at_ms) / DAY_STEP_MS);
}

void roster_by_hand(const struct roster_rules *rules, struct day_outlook *outlook)
{
    struct roster roster;
    unsigned count = outlook->window_count;
    int32_t middle_ms = (rules->lunch_from_ms + rules->lunch_to_ms) / 2;
    for (unsigned w = 0; w < count; w++)
        keep_fixed(&outlook->windows[w]);
    roster_init(&roster, outlook, rules);
    for (unsigned w = 0; w < count; w++) {
        struct day_window *window = &outlook->windows[w];
        double cost[ROSTER_STEPS] = {0}, sum, turn = count > 1 ? (double)w / (count - 1) - 0.5 : 0;
        struct day_span day = hull(window);
        int32_t morning_ms = (day.from_ms + rules->lunch_from_ms) / 2;
        int32_t afternoon_ms = (day.to_ms + rules->lunch_to_ms) / 2;
        int32_t spread_ms = (int32_t)(turn * HOUR_MS);
        wish(cost, 0, rules->lunch_from_ms, morning_ms + spread_ms);
        wish(cost, rules->lunch_from_ms, rules->lunch_to_ms,
             w % 2 ? middle_ms + rules->lunch_ms / 2 : middle_ms - rules->lunch_ms / 2);
        wish(cost, rules->lunch_to_ms, DAY_MS, afternoon_ms + spread_ms);
        roster_place(&roster, cost, window, &sum);
        roster_put(&roster, window);
    }
}
