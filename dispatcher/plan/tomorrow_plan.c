/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/tomorrow_search.h"

enum {
    DAYS_LEAST = 100,
    PRICE_DAYS_MOST = 48,
    JUDGE_DAYS_MOST = 400,
    SECOND_US = 1000000,
};
#define SEARCH_SHARE  0.65 /* of the days; */
#define POSTING_SHARE 0.75 /* what is left after both is for judging */

const struct tomorrow_params tomorrow_defaults = {
    .seed = 1,
    .days = 12000,
    .rules = {.short_count = 2,
              .short_ms = 10 * MINUTE_MS,
              .lunch_ms = 45 * MINUTE_MS,
              .lunch_from_ms = 11 * 60 * MINUTE_MS,
              .lunch_to_ms = 13 * 60 * MINUTE_MS + 30 * MINUTE_MS,
              .apart_ms = 45 * MINUTE_MS,
              .stretch_ms = 180 * MINUTE_MS,
              .cover_least = 1},
    .posts = true,
};

unsigned tomorrow_days(const struct day_outlook *outlook, double seconds)
{
    double visits = outlook->booking_count + 20.0;
    for (unsigned d = 0; d < outlook->domain_count; d++)
        for (unsigned bin = 0; bin < outlook->bin_count; bin++)
            visits += ((double)outlook->domains[d].expected[bin] + (double)outlook->domains[d].booked[bin]) *
                      (double)outlook->domains[d].arrival_factor[bin];
    double day_us = visits * (0.3 + 0.003 * outlook->window_count);
    double days = seconds * SECOND_US / day_us;
    return days < DAYS_LEAST ? DAYS_LEAST : days > 1e6 ? 1000000 : (unsigned)days;
}

void tomorrow_plan_destroy(struct tomorrow_plan *plan)
{
    free(plan->day);
    free(plan->today);
    plan->day = plan->today = NULL;
}

/* ---- beginning ---- */

static bool check_rules(const struct roster_rules *rules, struct day_fault *fault)
{
    const struct {
        const char *name;
        int32_t value, least, most;
    } list[] = {
        {"short_count", (int32_t)rules->short_count, 0, 4},
        {"short_ms", rules->short_ms, 0, 60 * MINUTE_MS},
        {"lunch_ms", rules->lunch_ms, 0, 180 * MINUTE_MS},
        {"lunch_from_ms", rules->lunch_from_ms, 0, DAY_MS},
        {"lunch_to_ms", rules->lunch_to_ms, rules->lunch_from_ms + rules->lunch_ms, DAY_MS},
        {"apart_ms", rules->apart_ms, 0, 240 * MINUTE_MS},
        {"stretch_ms", rules->stretch_ms, rules->apart_ms, DAY_MS},
        {"away_most", (int32_t)rules->away_most, 0, WINDOWS_MAX},
        {"cover_least", (int32_t)rules->cover_least, 0, WINDOWS_MAX},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (list[i].value < list[i].least || list[i].value > list[i].most)
            return day_fault_set(fault, "rules.%s is %d, must be %d to %d", list[i].name, (int)list[i].value,
                                 (int)list[i].least, (int)list[i].most);
    return true;
}

static bool check(const struct day_outlook *outlook, const struct tomorrow_params *params,
                  struct day_fault *fault)
{
    bool has_duty = false;
    if (!day_outlook_check(outlook, fault) || !check_rules(&params->rules, fault))
        return false;
    if (params->days < DAYS_LEAST)
        return day_fault_set(fault, "days is %u, a plan needs %d simulated days or more", params->days,
                             DAYS_LEAST);
    for (unsigned w = 0; w < outlook->window_count; w++)
        has_duty = has_duty || outlook->windows[w].duty_count > 0;
    return has_duty || day_fault_set(fault, "no window is on duty, there is nothing to plan");
}

static bool has_breaks(const struct day_outlook *outlook)
{
    for (unsigned w = 0; w < outlook->window_count; w++)
        for (unsigned b = 0; b < outlook->windows[w].break_count; b++)
            if (outlook->windows[w].breaks[b].kind != DAY_BREAK_FIXED)
                return true;
    return false;
}

static struct day_outlook *copy_of(const struct day_outlook *outlook)
{
    struct day_outlook *copy = malloc(sizeof *copy);
    if (copy)
        *copy = *outlook;
    return copy;
}

static bool search_init(struct search *s, const struct day_outlook *outlook,
                        const struct tomorrow_params *params)
{
    memset(s, 0, sizeof *s);
    s->params = params;
    s->rng = rng_part(params->seed, 0);
    s->price_days = params->days / 250 < 4 ? 4 : params->days / 250;
    s->price_days = s->price_days < PRICE_DAYS_MOST ? s->price_days : PRICE_DAYS_MOST;
    s->pair_days = 2 * s->price_days;
    s->plan = copy_of(outlook);
    s->trial = copy_of(outlook);
    day_chance_init(&s->chance, outlook);
    if (s->plan && s->trial && day_prices_init(&s->prices, outlook))
        return true;
    s->outcome = OUTCOME_NO_MEMORY;
    return false;
}

static void search_destroy(struct search *s)
{
    day_prices_destroy(&s->prices);
    day_future_destroy(&s->future);
    free(s->plan);
    free(s->trial);
}

/* Everybody has the breaks that the rules give, so that the roster can be compared. */
static bool is_complete(const struct roster_rules *rules, const struct day_outlook *outlook)
{
    for (unsigned w = 0; w < outlook->window_count; w++) {
        struct day_break needs[DAY_BREAKS_MAX];
        unsigned movable = 0;
        for (unsigned b = 0; b < outlook->windows[w].break_count; b++)
            movable += outlook->windows[w].breaks[b].kind != DAY_BREAK_FIXED;
        if (movable < roster_needs(rules, &outlook->windows[w], needs))
            return false;
    }
    return true;
}

/* Breaks when windows are needed least, one clerk after the other; then today's roster if it is better. */
static void begin(struct search *s, const struct day_outlook *today)
{
    double difference, error;
    search_loads(s);
    for (unsigned w = 0; w < s->plan->window_count; w++)
        s->plan->windows[w].break_count = 0;
    for (unsigned w = 0; w < s->plan->window_count; w++)
        for (unsigned b = 0; b < today->windows[w].break_count; b++)
            if (today->windows[w].breaks[b].kind == DAY_BREAK_FIXED)
                day_window_add_break(&s->plan->windows[w], today->windows[w].breaks[b]);
    roster_init(&s->roster, s->plan, &s->params->rules);
    unsigned present = 0;
    for (unsigned w = 0; w < s->plan->window_count; w++)
        present += s->plan->windows[w].duty_count > 0;
    for (unsigned w = 0; w < s->plan->window_count; w++) {
        double cost[ROSTER_STEPS], sum;
        for (unsigned step = 0; step < ROSTER_STEPS; step++) {
            double there = present > s->roster.away[step] ? present - s->roster.away[step] : 0.5;
            cost[step] = pow(s->needed[(int32_t)step * DAY_STEP_MS / DAY_HALF_MS] / there, 4);
        }
        s->relaxed[w] = (uint8_t)roster_place(&s->roster, cost, &s->plan->windows[w], &sum);
        roster_put(&s->roster, &s->plan->windows[w]);
    }
    if (!is_complete(&s->params->rules, today) ||
        !search_compare(s, today, s->plan, s->pair_days, &difference, &error) || difference <= 0)
        return;
    *s->plan = *today;
    memset(s->relaxed, 0, sizeof s->relaxed);
    roster_init(&s->roster, s->plan, &s->params->rules);
}

/* ---- judging ---- */

struct work_watch {
    float (*at_work)[DAY_HALVES];
    float each; /* what one look counts */
};

static void see_work(const struct day_play *play, void *userdata)
{
    const struct work_watch *watch = userdata;
    unsigned half = (unsigned)(play->run.now_ms / DAY_HALF_MS);
    for (unsigned w = 0; half < DAY_HALVES && w < play->outlook->window_count; w++) {
        const struct engine_window_run *window = &play->run.window[w];
        if (window->state == ENGINE_BUSY && window->last_domain != NO_DOMAIN)
            watch->at_work[window->last_domain][half] += watch->each;
    }
}

/* Plays `days` futures from `first` on into the tally. */
static bool judge(struct search *s, const struct day_outlook *outlook, unsigned first, unsigned days,
                  struct work_watch *watch, struct day_tally *tally)
{
    struct day_play play;
    bool enough = tally && day_play_init(&play, outlook);
    if (!enough) {
        s->outcome = OUTCOME_NO_MEMORY;
        return false;
    }
    play.watch = watch ? see_work : NULL;
    play.userdata = watch;
    for (unsigned day = 0; enough && day < days; day++) {
        enough = day_future_draw(&s->chance, s->params->seed, first + day, &s->future) &&
                 day_play_run(&play, &s->future);
        if (enough)
            day_tally_add(tally, &play, &s->future);
        s->played++;
        if (day % 32 == 31 && !search_goes_on(s))
            break;
    }
    day_play_destroy(&play);
    if (!enough)
        s->outcome = OUTCOME_NO_MEMORY;
    return search_goes_on(s);
}

static bool is_same_roster(const struct day_window *a, const struct day_window *b)
{
    for (unsigned i = 0; i < a->break_count && a->break_count == b->break_count; i++)
        if (a->breaks[i].from_ms != b->breaks[i].from_ms || a->breaks[i].to_ms != b->breaks[i].to_ms)
            return false;
    return a->break_count == b->break_count;
}

/* Whether today's breaks of one clerk have no room beside the plan's of the others. */
static bool is_crowded(struct search *s, const struct day_window *planned, const struct day_window *today)
{
    bool is_full = false;
    roster_take(&s->roster, planned);
    for (unsigned b = 0; b < today->break_count; b++)
        for (int32_t at_ms = today->breaks[b].from_ms; at_ms < today->breaks[b].to_ms; at_ms += DAY_STEP_MS)
            is_full = is_full || !roster_may_be_away(&s->roster, planned, (unsigned)(at_ms / DAY_STEP_MS));
    roster_put(&s->roster, planned);
    return is_full;
}

/* The wait that comes back if s->trial is done instead of the plan. */
static bool judge_without(struct search *s, unsigned first, unsigned days, const struct day_tally *planned,
                          struct tomorrow_effect *out)
{
    struct day_difference difference;
    struct day_tally *tally = day_tally_create(s->plan, days);
    bool is_played = judge(s, s->trial, first, days, NULL, tally);
    if (is_played) {
        day_tally_difference(planned, tally, &difference);
        *out = (struct tomorrow_effect){difference.mean_ms[GROUP_ALL], difference.mean_error_ms[GROUP_ALL]};
    }
    day_tally_destroy(tally);
    return is_played;
}

static bool judge_parts(struct search *s, unsigned first, unsigned days, const struct day_tally *planned,
                        struct tomorrow_plan *out)
{
    for (unsigned w = 0; w < s->plan->window_count; w++) {
        out->is_moved[w] = !is_same_roster(&s->plan->windows[w], &out->today->windows[w]);
        if (!out->is_moved[w])
            continue;
        out->is_back_crowded[w] = is_crowded(s, &s->plan->windows[w], &out->today->windows[w]);
        *s->trial = *s->plan;
        memcpy(s->trial->windows[w].breaks, out->today->windows[w].breaks,
               sizeof s->trial->windows[w].breaks);
        s->trial->windows[w].break_count = out->today->windows[w].break_count;
        if (!judge_without(s, first, days, planned, &out->back[w]))
            return false;
    }
    if (!out->changes_posting)
        return true;
    *s->trial = *s->plan;
    for (unsigned w = 0; w < s->plan->window_count; w++)
        memcpy(s->trial->windows[w].posted, out->today->windows[w].posted,
               sizeof s->trial->windows[w].posted);
    return judge_without(s, first, days, planned, &out->postings);
}

static void judge_all(struct search *s, struct tomorrow_plan *out)
{
    unsigned days = s->params->days / 12 < JUDGE_DAYS_MOST ? s->params->days / 12 : JUDGE_DAYS_MOST;
    unsigned first = s->next_future, left = s->params->days / 4 - 2 * days;
    unsigned part_days = left / s->plan->window_count < 10 ? 10 : left / s->plan->window_count;
    struct work_watch watch = {out->at_work, (float)DAY_STEP_MS / DAY_HALF_MS / (float)days};
    struct day_tally *today = day_tally_create(s->plan, days), *planned = day_tally_create(s->plan, days);
    part_days = part_days < days ? part_days : days;
    s->next_future += days;
    if (judge(s, out->today, first, days, NULL, today) && judge(s, s->plan, first, days, &watch, planned)) {
        day_tally_figures(today, &out->as_today);
        day_tally_figures(planned, &out->as_planned);
        day_tally_difference(today, planned, &out->difference);
        judge_parts(s, first, part_days, planned, out);
    }
    day_tally_destroy(today);
    day_tally_destroy(planned);
}

static void tell_roster(const struct search *s, struct tomorrow_plan *out)
{
    const struct day_outlook *o = s->plan;
    out->away_most = s->roster.away_most;
    memcpy(out->relaxed, s->relaxed, sizeof out->relaxed);
    for (unsigned half = 0; half < DAY_HALVES; half++) {
        out->needed[half] = (float)s->needed[half];
        for (unsigned d = 0; d < o->domain_count; d++)
            out->load[d][half] = (float)s->load[d][half];
    }
    for (int32_t at_ms = o->open_ms; at_ms < o->close_ms; at_ms += DAY_STEP_MS) {
        unsigned step = (unsigned)(at_ms / DAY_STEP_MS), there = 0;
        for (unsigned w = 0; w < o->window_count; w++)
            there += day_window_on_duty(&o->windows[w], at_ms);
        out->there[at_ms / DAY_HALF_MS] +=
            (float)(there - s->roster.away[step]) * (float)DAY_STEP_MS / (float)DAY_HALF_MS;
        for (unsigned d = 0; d < o->domain_count; d++)
            if (day_domain_is_asked(o, d) && !s->roster.there[d][step])
                out->uncovered |= (uint64_t)1 << d;
    }
}

/* ---- all of it ---- */

static void make(struct search *s, struct tomorrow_plan *out)
{
    begin(s, out->today);
    search_breaks(s, (unsigned)(SEARCH_SHARE * s->params->days));
    if (s->params->posts && s->outcome == OUTCOME_DONE)
        out->changes_posting = search_postings(s, (unsigned)(POSTING_SHARE * s->params->days));
    if (s->outcome == OUTCOME_DONE)
        judge_all(s, out);
    if (s->outcome == OUTCOME_DONE)
        tell_roster(s, out);
    out->days = s->played;
}

enum day_outcome tomorrow_plan_make(const struct day_outlook *outlook, const struct tomorrow_params *params,
                                    struct tomorrow_plan *out, struct day_fault *fault)
{
    memset(out, 0, sizeof *out);
    fault->text[0] = '\0';
    if (!check(outlook, params, fault))
        return OUTCOME_REFUSED;
    struct search *s = malloc(sizeof *s);
    out->today = copy_of(outlook);
    if (!s || !out->today) {
        free(s);
        tomorrow_plan_destroy(out);
        return OUTCOME_NO_MEMORY;
    }
    out->today_is_by_hand = !has_breaks(outlook);
    if (out->today_is_by_hand)
        roster_by_hand(&params->rules, out->today);
    if (search_init(s, outlook, params))
        make(s, out);
    enum day_outcome outcome = s->outcome;
    if (outcome == OUTCOME_DONE) {
        out->day = s->plan;
        s->plan = NULL;
    }
    search_destroy(s);
    free(s);
    if (outcome != OUTCOME_DONE)
        tomorrow_plan_destroy(out);
    return outcome;
}
