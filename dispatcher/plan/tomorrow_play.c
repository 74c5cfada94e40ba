/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow_play.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/hall.h"
#include "dispatcher/core/rule.h"

/* How long windows work on after closing until the hall is empty. */
enum { WORK_ON_MS = 12 * 3600000 };

/* A hall knows how policies become knobs; only its policies are touched. */
bool day_rule_knobs(const int32_t *policy, struct rule_knobs *out)
{
    struct hall *hall = calloc(1, sizeof *hall);
    if (!hall)
        return false;
    memcpy(hall->policy, policy, sizeof hall->policy);
    *out = rule_knobs(hall);
    free(hall);
    return true;
}

/* ---- the model ---- */

static uint32_t factor_q16(const struct day_window *window, unsigned d)
{
    double slow = d == window->primary ? 1 : window->slow;
    return (uint32_t)lround(65536 * slow / window->speed);
}

static bool model_init(struct day_play *play)
{
    const struct day_outlook *o = play->outlook;
    struct engine_model *model = &play->model;
    size_t cells = (size_t)o->window_count * o->domain_count;
    *model = (struct engine_model){.domains = o->domain_count,
                                   .windows = o->window_count,
                                   .changeover_ms = o->changeover_ms,
                                   .no_show_ms = o->no_show_ms,
                                   .open_ms = o->open_ms};
    model->window = calloc(o->window_count, sizeof *model->window);
    model->true_factor_q16 = calloc(cells, sizeof *model->true_factor_q16);
    model->rule_factor_q16 = calloc(cells, sizeof *model->rule_factor_q16);
    if (!model->window || !model->true_factor_q16 || !model->rule_factor_q16)
        return false;
    for (unsigned d = 0; d < o->domain_count; d++)
        model->mean_ms[d] = (int32_t)day_domain_mean_ms(o, d);
    for (unsigned w = 0; w < o->window_count; w++)
        for (unsigned d = 0; d < o->domain_count; d++)
            model->true_factor_q16[w * o->domain_count + d] =
                model->rule_factor_q16[w * o->domain_count + d] = factor_q16(&o->windows[w], d);
    return true;
}

/* ---- the roster ---- */

static bool add_shift(struct day_play *play, struct day_shift shift)
{
    if (play->shift_count == play->shift_capacity) {
        unsigned capacity = play->shift_capacity ? 2 * play->shift_capacity : 256;
        struct day_shift *grown = realloc(play->shifts, capacity * sizeof *grown);
        if (!grown)
            return false;
        play->shifts = grown;
        play->shift_capacity = capacity;
    }
    unsigned at = play->shift_count++;
    for (; at > 0 && play->shifts[at - 1].at_ms > shift.at_ms; at--)
        play->shifts[at] = play->shifts[at - 1];
    play->shifts[at] = shift;
    return true;
}

/* Who is there at closing stays until the hall is empty. */
static bool serves_at(const struct day_outlook *o, const struct day_window *window, int32_t at_ms)
{
    return day_window_on_duty(window, at_ms < o->close_ms ? at_ms : o->close_ms - 1);
}

static uint64_t posted_at(const struct day_window *window, int32_t at_ms)
{
    return at_ms >= 0 && at_ms < DAY_MS ? window->posted[at_ms / DAY_HALF_MS] : 0;
}

static int32_t step_up(int32_t ms)
{
    return (ms + DAY_STEP_MS - 1) / DAY_STEP_MS * DAY_STEP_MS;
}

/* What the window serves and prefers whenever that changes. */
static bool add_shifts(struct day_play *play, unsigned w)
{
    const struct day_outlook *o = play->outlook;
    const struct day_window *from = &o->windows[w];
    bool was_serving = serves_at(o, from, o->open_ms);
    uint64_t was_posted = posted_at(from, o->open_ms);
    play->model.window[w].may = was_serving ? from->may : 0;
    play->model.window[w].posted = was_posted;
    for (int32_t at_ms = step_up(o->open_ms + 1); at_ms < o->close_ms; at_ms += DAY_STEP_MS) {
        bool is_serving = serves_at(o, from, at_ms);
        uint64_t posted = posted_at(from, at_ms);
        if (is_serving == was_serving && posted == was_posted)
            continue;
        struct day_shift shift = {at_ms, (uint16_t)w, is_serving ? from->may : 0, posted};
        if (!add_shift(play, shift))
            return false;
        was_serving = is_serving;
        was_posted = posted;
    }
    return true;
}

/* Breaks during duty; and a moment's pause where duty begins again, so that the window looks for work even if
 * nothing else happens in the hall. */
static void set_offs(const struct day_outlook *o, const struct day_window *from, struct engine_window *window)
{
    unsigned duty = 0, off = 0;
    window->off_count = 0;
    while (window->off_count < ENGINE_OFFS_MAX && (duty < from->duty_count || off < from->break_count)) {
        bool is_break = off < from->break_count &&
                        (duty == from->duty_count || from->breaks[off].from_ms < from->duties[duty].from_ms);
        if (is_break) {
            const struct day_break *b = &from->breaks[off++];
            if (day_window_on_duty(from, b->from_ms))
                window->offs[window->off_count++] = (struct engine_off){b->from_ms, b->to_ms};
        } else {
            int32_t at_ms = step_up(from->duties[duty++].from_ms);
            if (at_ms > o->open_ms)
                window->offs[window->off_count++] = (struct engine_off){at_ms, at_ms};
        }
    }
}

bool day_play_roster(struct day_play *play)
{
    const struct day_outlook *o = play->outlook;
    play->shift_count = 0;
    for (unsigned w = 0; w < o->window_count; w++) {
        const struct day_window *from = &o->windows[w];
        struct engine_window *window = &play->model.window[w];
        *window = (struct engine_window){
            .primary = from->primary, .absent = from->duty_count == 0, .last_domain = NO_DOMAIN};
        set_offs(o, from, window);
        if (!add_shifts(play, w))
            return false;
    }
    return true;
}

static void review(struct engine_run *run)
{
    struct day_play *play = (struct day_play *)(uintptr_t)run->policy;
    while (play->shift_next < play->shift_count && play->shifts[play->shift_next].at_ms <= run->now_ms) {
        const struct day_shift *shift = &play->shifts[play->shift_next++];
        run->serves[shift->window] = shift->serves;
        run->posted[shift->window] = shift->posted;
        engine_free_now(run, shift->window);
    }
    if (play->watch)
        play->watch(play, play->userdata);
}

/* ---- playing ---- */

bool day_play_init(struct day_play *play, const struct day_outlook *outlook)
{
    struct rule_knobs knobs;
    memset(play, 0, sizeof *play);
    play->outlook = outlook;
    if (!model_init(play) || !day_rule_knobs(outlook->policy, &knobs) ||
        !fair_init(&play->fair, &knobs, &play->model) || !day_play_roster(play)) {
        day_play_destroy(play);
        return false;
    }
    play->policy = fair_policy(&play->fair);
    play->policy.review = review;
    return true;
}

void day_play_destroy(struct day_play *play)
{
    fair_destroy(&play->fair);
    engine_destroy(&play->run);
    free(play->model.window);
    free(play->model.true_factor_q16);
    free(play->model.rule_factor_q16);
    free(play->tickets);
    free(play->results);
    free(play->shifts);
    memset(play, 0, sizeof *play);
}

static bool reserve(struct day_play *play, unsigned count)
{
    if (play->capacity && count <= play->capacity)
        return true;
    unsigned capacity = count + count / 4 + 64;
    engine_destroy(&play->run);
    free(play->tickets);
    free(play->results);
    play->tickets = malloc(capacity * sizeof *play->tickets);
    play->results = malloc(capacity * sizeof *play->results);
    play->capacity = 0;
    if (!play->tickets || !play->results || !engine_init(&play->run, capacity))
        return false;
    play->capacity = capacity;
    return true;
}

bool day_play_run(struct day_play *play, const struct day_future *future)
{
    const struct day_outlook *o = play->outlook;
    if (!reserve(play, future->count))
        return false;
    memcpy(play->tickets, future->tickets, future->count * sizeof *play->tickets);
    for (unsigned w = 0; w < o->window_count; w++)
        play->model.window[w].pace_q16 = future->pace_q16[w];
    play->shift_next = 0;
    engine_play(&play->run, &play->model, &play->policy, play->tickets, play->results, future->count,
                o->numbers_from_ms - 1, o->close_ms + WORK_ON_MS);
    return true;
}

int32_t day_play_wait_ms(const struct day_play *play, const struct day_future *future, unsigned ticket)
{
    const struct engine_result *result = &play->results[ticket];
    int32_t wait_ms = result->wait_ms;
    if (!day_play_is_served(play, ticket) && result->first_call_ms == ENGINE_NEVER &&
        play->outlook->close_ms > future->tickets[ticket].ref_ms)
        wait_ms = play->outlook->close_ms - future->tickets[ticket].ref_ms;
    return wait_ms;
}
