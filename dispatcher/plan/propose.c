/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/propose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/rule.h"
#include "dispatcher/plan/propose_outcome.h"
#include "dispatcher/plan/propose_search.h"

const struct propose_params propose_defaults = {
    .seed = 1,
    .futures = 36,
    .horizon_ms = 75 * MINUTE_MS,
    .tries = 8,
    .most = 2,
    .gain_least = 5,
    .gain_share = 0.005,
    .gain_errors = 3,
};

/* One cycle in the making. */
struct cycle {
    const struct scene *scene;
    const struct hall *hall;
    int64_t now_ms;
    const struct propose_params *params;
    struct search search;
    unsigned posted[DOMAINS_MAX];     /* windows that stay with a domain whatever is accepted */
    uint64_t taken[WINDOWS_MAX / 64]; /* windows that have a proposal */
    struct move *moves;               /* owned */
};

static uint64_t seed_of(const struct propose_params *params)
{
    return params->seed ^ (params->cycle + 1) * 0x9e3779b97f4a7c15u;
}

static struct tryout_params tryout_of(const struct hall *hall, const struct propose_params *params,
                                      const struct rule_knobs *knobs)
{
    return (struct tryout_params){knobs, wait_costs_of(hall), seed_of(params), params->futures,
                                  params->horizon_ms};
}

/* ---- which moves there are ---- */

static struct window_id id_of(unsigned w)
{
    return (struct window_id){(uint16_t)(w + 1)};
}

static bool is_active(const struct window *window)
{
    return window->clerk.value && !window->paused;
}

static bool is_taken(const struct cycle *c, unsigned w)
{
    return c->taken[w / 64] >> (w % 64) & 1;
}

/* From now on the window counts neither for what it would lose nor for what it would gain. */
static void take_window(struct cycle *c, unsigned w, uint64_t after)
{
    uint64_t lost = hall_posting(c->hall, id_of(w)) & ~after;
    c->taken[w / 64] |= (uint64_t)1 << w % 64;
    for (; is_active(&c->hall->windows[w + 1]) && lost; lost &= lost - 1)
        c->posted[__builtin_ctzll(lost)]--;
}

/* Counts the windows of each domain, and takes open proposals for accepted. */
static void count_windows(struct cycle *c)
{
    const struct hall *hall = c->hall;
    for (unsigned w = 0; w < hall->windows_top; w++)
        for (uint64_t left = is_active(&hall->windows[w + 1]) ? hall_posting(hall, id_of(w)) : 0; left;
             left &= left - 1)
            c->posted[__builtin_ctzll(left)]++;
    for (unsigned p = 0; p < hall->proposal_count; p++) {
        const struct proposal *proposal = &hall->proposals[p];
        unsigned w = proposal->made.window.value - 1u;
        if (proposal->is_applied || proposal->made.expires_ms <= c->now_ms || w >= c->scene->model.windows)
            continue;
        take_window(c, w, proposal->made.after);
        c->search.posted[w] = proposal->made.after;
    }
}

static bool may_move(const struct cycle *c, unsigned w)
{
    const struct window *window = &c->hall->windows[w + 1];
    int64_t dwell_ms = (int64_t)c->hall->policy[POLICY_ALLOCATION_DWELL_MIN] * MINUTE_MS;
    if (c->params->dwell_ms > dwell_ms)
        dwell_ms = c->params->dwell_ms;
    return w < c->hall->windows_top && !c->scene->model.window[w].absent && !window->set.retired &&
           !is_taken(c, w) && (!window->posted_ms || c->now_ms - window->posted_ms >= dwell_ms) &&
           !hall_window_proposal(c->hall, id_of(w));
}

/* Whether every domain keeps an on-duty window that is posted for it. */
static bool leaves_nobody_alone(const struct cycle *c, unsigned w, uint64_t after)
{
    bool counts = is_active(&c->hall->windows[w + 1]);
    for (uint64_t lost = hall_posting(c->hall, id_of(w)) & ~after; lost; lost &= lost - 1)
        if (c->posted[__builtin_ctzll(lost)] < 1u + counts)
            return false;
    return true;
}

static bool is_allowed(const struct cycle *c, unsigned w, uint64_t after)
{
    uint64_t posting = hall_posting(c->hall, id_of(w));
    return after && after != posting && !(after & ~c->hall->windows[w + 1].may_domains) &&
           leaves_nobody_alone(c, w, after) && hall_move_mode(c->hall, id_of(w), after) != ALLOCATION_OFF;
}

/* One authorised domain, or all of them. */
static unsigned list_moves(struct cycle *c)
{
    unsigned count = 0;
    for (unsigned w = 0; w < c->scene->model.windows; w++) {
        if (!may_move(c, w))
            continue;
        uint64_t all = c->hall->windows[w + 1].may_domains, single = c->scene->model.window[w].may;
        if (!(all & (all - 1)))
            continue;
        if (is_allowed(c, w, all))
            c->moves[count++] = (struct move){.window = (uint16_t)w, .after = all};
        for (; single; single &= single - 1)
            if (is_allowed(c, w, single & -single))
                c->moves[count++] = (struct move){.window = (uint16_t)w, .after = single & -single};
    }
    return count;
}

/* How many proposals the hall would take now. */
static unsigned room_left(const struct hall *hall, int64_t now_ms, const struct propose_params *params)
{
    unsigned open = 0, kept = 0, left = (unsigned)hall_changes_left(hall, now_ms);
    if (hall->day_state != DAY_OPEN || hall->policy[POLICY_ALLOCATION_MODE] == ALLOCATION_OFF)
        return 0;
    for (uint32_t i = 0; i < hall->proposal_count; i++) {
        const struct proposal *proposal = &hall->proposals[i];
        open += !proposal->is_applied;
        kept += !proposal->is_applied || proposal->made.expires_ms > now_ms;
    }
    left = left > open ? left - open : 0;
    if (left > PROPOSALS_MAX - kept)
        left = PROPOSALS_MAX - kept;
    if (left > PROPOSALS_DAY_MAX - hall->proposal_last)
        left = PROPOSALS_DAY_MAX - hall->proposal_last;
    return left < params->most ? left : params->most;
}

/* ---- what a proposal says ---- */

static const struct waiting *oldest_of(const struct hall *hall, uint64_t domains)
{
    const struct waiting *oldest = NULL;
    int64_t from_ms = INT64_MAX;
    for (uint32_t i = 0; i < hall->waiting_count; i++) {
        const struct waiting *w = &hall->waiting[i];
        int64_t since_ms = hall->tickets[w->ticket.value].wait_from_ms;
        if (domains >> (w->domain - 1) & 1 && since_ms < from_ms) {
            oldest = w;
            from_ms = since_ms;
        }
    }
    return oldest;
}

/* The domain (index) that gains most by the move. */
static unsigned gainer_of(const struct propose_outcome *outcome, uint64_t after)
{
    unsigned best = (unsigned)__builtin_ctzll(after);
    double most = -INFINITY;
    for (; after; after &= after - 1) {
        unsigned d = (unsigned)__builtin_ctzll(after);
        double gain = (outcome->now_s[d + 1] - outcome->after_s[d + 1]) * outcome->people[d + 1];
        if (gain > most) {
            most = gain;
            best = d;
        }
    }
    return best;
}

static bool break_comes(const struct cycle *c, unsigned d)
{
    for (unsigned w = 0; w < c->scene->model.windows; w++) {
        const struct engine_window *window = &c->scene->model.window[w];
        uint64_t posted = c->search.posted[w] ? c->search.posted[w] : window->may;
        for (unsigned i = 0; !window->absent && posted >> d & 1 && i < window->off_count; i++)
            if (window->offs[i].to_ms > 0 && window->offs[i].from_ms < 30 * MINUTE_MS)
                return true;
    }
    return false;
}

/* Standard work that comes within the next hour against what the windows posted for it can do. */
static bool queue_grows(const struct cycle *c, unsigned d)
{
    const struct scene *scene = c->scene;
    double work_ms = 0, hands_ms = 0;
    for (unsigned bin = 0; bin < scene->bin_count; bin++) {
        int32_t from_ms = scene->bins_from_ms + (int32_t)bin * SCENE_BIN_MS;
        if (from_ms >= 0 && from_ms < 60 * MINUTE_MS)
            work_ms += (double)scene->expected[d][bin] * scene->model.mean_ms[d];
    }
    for (unsigned w = 0; w < scene->model.windows; w++) {
        const struct engine_window *window = &scene->model.window[w];
        uint64_t posted = (c->search.posted[w] ? c->search.posted[w] : ~(uint64_t)0) & window->may;
        if (!window->absent && posted >> d & 1)
            hands_ms += 60 * MINUTE_MS / (double)__builtin_popcountll(posted);
    }
    return work_ms > hands_ms;
}

static enum proposal_trigger trigger_of(const struct cycle *c, const struct move *move, unsigned d)
{
    static const enum policy_key targets[TICKET_CLASSES] = {
        POLICY_TARGET_NORMAL_MIN, POLICY_TARGET_NORMAL_MIN, POLICY_TARGET_PRIORITY_MIN,
        POLICY_TARGET_BOOKED_MIN, POLICY_TARGET_GREEN_MIN};
    const struct hall *hall = c->hall;
    const struct waiting *oldest = oldest_of(hall, (uint64_t)1 << d);
    if (oldest && !c->posted[d])
        return TRIGGER_UNCOVERED;
    if (oldest && c->now_ms - hall->tickets[oldest->ticket.value].wait_from_ms >
                      (int64_t)hall->policy[targets[oldest->class]] * MINUTE_MS)
        return TRIGGER_LONG_WAIT;
    if (hall->windows[move->window + 1].idle_from_ms)
        return TRIGGER_IDLE_WINDOW;
    if (break_comes(c, d))
        return TRIGGER_BREAK_AHEAD;
    return queue_grows(c, d) ? TRIGGER_QUEUE_GROWS : TRIGGER_ROUTINE;
}

static bool write_proposal(struct cycle *c, const struct found *found, struct command *out)
{
    const struct engine_model *model = &c->scene->model;
    struct compared compared = {c->search.base, c->search.other, c->params->futures, model->domains,
                                c->params->horizon_ms};
    struct propose_outcome *outcome = malloc(sizeof *outcome);
    if (!outcome || !outcome_sum(&compared, outcome)) {
        free(outcome);
        return false;
    }
    const struct move *move = &found->move;
    uint64_t before = hall_posting(c->hall, id_of(move->window));
    unsigned gainer = gainer_of(outcome, move->after);
    const struct waiting *oldest = oldest_of(c->hall, (uint64_t)1 << gainer);
    double changeovers = outcome->changeovers_after - outcome->changeovers_now;
    memset(out, 0, sizeof *out); /* also what lies between members: the same bytes every time */
    out->kind = COMMAND_PROPOSE;
    out->by.kind = ACTOR_SYSTEM;
    out->propose.window = id_of(move->window);
    out->propose.trigger = (uint8_t)trigger_of(c, move, gainer);
    out->propose.after = move->after;
    out->propose.seed = c->params->seed;
    out->propose.cycle = c->params->cycle;
    out->propose.gain = (int32_t)lround(outcome->gain_s);
    out->propose.gain_error = (int32_t)lround(outcome->gain_error_s);
    out->propose.changeovers = (int32_t)lround(changeovers * 1000);
    if (oldest)
        out->propose.oldest = c->hall->tickets[oldest->ticket.value].number;
    outcome_effects(outcome, before ^ move->after, &out->propose.effects);
    free(outcome);
    return true;
}

/* ---- the cycle ---- */

static int find_proposals(struct cycle *c, unsigned most, struct command *out)
{
    struct found found;
    unsigned count = 0;
    while (count < most) {
        if (!search_best(&c->search, c->moves, list_moves(c), &found))
            return -1;
        if (!found.any)
            break;
        if (!write_proposal(c, &found, &out[count]))
            return -1;
        count++;
        take_window(c, found.move.window, found.move.after);
        search_take(&c->search, &found);
    }
    return (int)count;
}

int propose_moves(const struct scene *scene, const struct hall *hall, int64_t now_ms,
                  const struct propose_params *params, struct command *out)
{
    unsigned most = room_left(hall, now_ms, params);
    if (!most || !params->futures || !params->tries)
        return 0;
    struct rule_knobs knobs = rule_knobs(hall);
    struct tryout_params tryout = tryout_of(hall, params, &knobs);
    struct cycle *c = calloc(1, sizeof *c);
    int count = -1;
    if (!c)
        return -1;
    c->scene = scene;
    c->hall = hall;
    c->now_ms = now_ms;
    c->params = params;
    c->moves = malloc((size_t)scene->model.windows * (scene->model.domains + 1) * sizeof *c->moves);
    if (search_init(&c->search, scene, &tryout, params) && c->moves) {
        count_windows(c);
        count = find_proposals(c, most, out);
    }
    search_destroy(&c->search);
    free(c->moves);
    free(c);
    return count;
}

/* ---- what if ---- */

bool propose_effect(const struct scene *scene, const struct hall *hall, const struct propose_params *params,
                    const uint64_t *posted, struct propose_outcome *out)
{
    struct rule_knobs knobs = rule_knobs(hall);
    struct tryout_params tryout = tryout_of(hall, params, &knobs);
    struct search *search = malloc(sizeof *search);
    if (!search)
        return false;
    bool all = search_init(search, scene, &tryout, params) &&
               search_play_all(search, search->posted, search->base) &&
               search_play_all(search, posted, search->other);
    struct compared compared = {search->base, search->other, params->futures, scene->model.domains,
                                params->horizon_ms};
    all = all && outcome_sum(&compared, out);
    search_destroy(search);
    free(search);
    return all;
}
