/* SPDX-License-Identifier: MIT
 * The windows of a scene: what they may, how fast they are, what they do now, when they are off. */
#include <string.h>

#include "dispatcher/plan/outlook_inside.h"

enum {
    BREAK_MS = 15 * MINUTE_MS,      /* a break whose end nobody said */
    BREAK_LEAST_MS = 5 * MINUTE_MS, /* and that has lasted longer than that */
    LATE_BACK_MS = MINUTE_MS,       /* a pause whose end has passed */
};

/* ---- what they may ---- */

static float share_at(const struct sketch *s, const struct window *window, unsigned d)
{
    float share = s->share_of[d];
    for (unsigned word = 0; word < s->words; word++)
        for (uint64_t missing = s->items_of[d][word] & ~window->may[word]; missing; missing &= missing - 1)
            share -= s->share[word * 64 + (unsigned)__builtin_ctzll(missing) + 1];
    return share;
}

static void set_may(struct sketch *s)
{
    const struct hall *hall = s->hall;
    float best[DOMAINS_MAX] = {0};
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned w = 0; w < hall->windows_top; w++) {
            const struct window *window = &hall->windows[w + 1];
            uint64_t may = 0;
            if (!sketch_has(window))
                continue;
            for (uint64_t left = window->may_domains; left; left &= left - 1) {
                unsigned d = (unsigned)__builtin_ctzll(left);
                float share = share_at(s, window, d);
                if (share > best[d])
                    best[d] = share;
                if (2 * share >= best[d])
                    may |= left & -left;
            }
            s->scene->model.window[w].may = may;
        }
    }
}

/* As the call rule counts: slower off the primary domain, by the clerk's speed. */
static void set_factors(struct sketch *s, unsigned w)
{
    const struct hall *hall = s->hall;
    const struct window *window = &hall->windows[w + 1];
    struct engine_model *model = &s->scene->model;
    uint32_t speed_permille = hall_clerk_permille(hall, window->clerk);
    int32_t off = hall->policy[POLICY_SLOW_OFF_PRIMARY_PERMILLE];
    if (window->set.mode == MODE_UNDIFFERENTIATED)
        off = hall->policy[POLICY_SLOW_UNDIFFERENTIATED_PERMILLE];
    else if (!window->set.primary.value)
        off = 1000;
    for (unsigned d = 0; d < model->domains; d++) {
        uint32_t slow_permille = d + 1 == window->set.primary.value ? 1000 : (uint32_t)off;
        uint32_t factor_q16 = (slow_permille * 65536 + speed_permille / 2) / speed_permille;
        model->true_factor_q16[w * model->domains + d] = factor_q16;
        model->rule_factor_q16[w * model->domains + d] = factor_q16;
    }
}

int32_t sketch_handling(const struct sketch *s, unsigned w, struct item_id item)
{
    const struct engine_model *model = &s->scene->model;
    uint32_t factor_q16 = model->rule_factor_q16[w * model->domains + sketch_domain(s, item)];
    return (int32_t)((int64_t)hall_item_ms(s->hall, item) * factor_q16 >> 16);
}

/* ---- what they do ---- */

/* Another leg of the served ticket, elsewhere: all of one domain. */
static void add_next(const struct sketch *s, struct scene_service *service, struct item_id item)
{
    unsigned d = sketch_domain(s, item);
    if (service->domain2 != NO_DOMAIN && service->domain2 != d)
        return;
    service->domain2 = (uint8_t)d;
    service->expect2_ms += (int32_t)hall_item_ms(s->hall, item);
}

/* A window does all the items of a ticket that it may; the rest go on as one ticket. One that was sent here
 * for a side item goes back to where it came from. */
static void set_service(struct sketch *s, unsigned w)
{
    const struct window *window = &s->hall->windows[w + 1];
    const struct ticket *ticket = &s->hall->tickets[window->ticket.value];
    struct scene_service *service = &s->scene->serving[w];
    struct engine_window *out = &s->scene->model.window[w];
    bool returns = ticket->return_to.value && ticket->return_to.value != w + 1;
    unsigned last = sketch_domain(s, ticket_item(ticket));
    *service = (struct scene_service){.serving = true,
                                      .domain = (uint8_t)last,
                                      .domain2 = NO_DOMAIN,
                                      .class = ticket->class,
                                      .expect_ms = sketch_handling(s, w, ticket_item(ticket))};
    if (ticket->state == TICKET_SERVING)
        service->elapsed_ms =
            -sketch_relative(s, ticket->started_ms - (ticket->done ? 0 : ticket->served_ms));
    for (unsigned i = 0; i < ticket->item_count; i++) {
        struct item_id item = ticket->items[i];
        if (i == ticket->current || ticket->done >> i & 1 || !sketch_knows(s, item))
            continue;
        if (returns ? i == ticket->return_item : !sketch_bit(window->may, item.value - 1u)) {
            add_next(s, service, item);
        } else if (!returns) {
            unsigned d = sketch_domain(s, item);
            service->expect_ms +=
                sketch_handling(s, w, item) + (d != last ? s->scene->model.changeover_ms : 0);
            last = d;
        }
    }
    out->last_domain = (uint8_t)last;
}

static void set_window(struct sketch *s, unsigned w)
{
    const struct window *window = &s->hall->windows[w + 1];
    struct engine_window *out = &s->scene->model.window[w];
    out->absent = !sketch_has(window);
    out->posted = window->posted;
    out->primary = window->set.primary.value ? (uint8_t)(window->set.primary.value - 1) : NO_DOMAIN;
    out->last_domain = window->last_domain.value ? (uint8_t)(window->last_domain.value - 1) : NO_DOMAIN;
    out->idle_ms = window->idle_from_ms ? sketch_relative(s, window->idle_from_ms) : 0;
    out->busy_ms = (int32_t)window->busy_ms_today;
    set_factors(s, w);
    if (!out->absent && window->ticket.value)
        set_service(s, w);
}

void sketch_windows(struct sketch *s)
{
    for (unsigned w = s->hall->windows_top; w < s->scene->model.windows; w++)
        s->scene->model.window[w].absent = true;
    for (unsigned w = 0; w < s->hall->windows_top; w++)
        set_window(s, w);
    set_may(s);
}

/* ---- when they are off ---- */

/* By time; what overlaps becomes one. */
static void add_off(struct engine_window *window, int32_t from_ms, int32_t to_ms)
{
    unsigned kept = 0, at;
    for (unsigned i = 0; i < window->off_count; i++) {
        struct engine_off off = window->offs[i];
        if (off.to_ms < from_ms || off.from_ms > to_ms) {
            window->offs[kept++] = off;
            continue;
        }
        from_ms = off.from_ms < from_ms ? off.from_ms : from_ms;
        to_ms = off.to_ms > to_ms ? off.to_ms : to_ms;
    }
    if (to_ms > from_ms && kept < ENGINE_OFFS_MAX) {
        for (at = kept++; at > 0 && window->offs[at - 1].from_ms > from_ms; at--)
            window->offs[at] = window->offs[at - 1];
        window->offs[at] = (struct engine_off){from_ms, to_ms};
    }
    window->off_count = (uint8_t)kept;
}

/* The planned break that should go on now; NULL when there is none. */
static const struct planned_break *break_now(const struct sketch *s, const struct window *window)
{
    for (unsigned i = 0; i < window->break_count; i++)
        if (window->breaks[i].from_ms <= s->now_ms && s->now_ms < window->breaks[i].to_ms)
            return &window->breaks[i];
    return NULL;
}

/* How long a pause will still last; 0: nobody knows. */
static int32_t pause_left_ms(const struct sketch *s, const struct window *window)
{
    const struct planned_break *planned = break_now(s, window);
    if (window->pause_until_ms) {
        int32_t left_ms = sketch_relative(s, window->pause_until_ms);
        return left_ms > 0 ? left_ms : LATE_BACK_MS;
    }
    if (window->pause_reason != PAUSE_BREAK)
        return 0;
    if (planned)
        return sketch_relative(s, planned->to_ms);
    int32_t left_ms = sketch_relative(s, window->paused_ms + BREAK_MS);
    return left_ms > BREAK_LEAST_MS ? left_ms : BREAK_LEAST_MS;
}

/* A pause begins when the ticket in hand is done, but ends when it was meant to. */
static void set_pause(struct sketch *s, unsigned w)
{
    const struct window *window = &s->hall->windows[w + 1];
    struct scene_service *service = &s->scene->serving[w];
    int32_t left_ms = pause_left_ms(s, window);
    if (!left_ms && !service->serving) {
        service->is_away = true;
        service->elapsed_ms = -sketch_relative(s, window->paused_ms);
        return;
    }
    if (!left_ms)
        left_ms = s->scene->away_ms;
    else if (service->serving && service->expect_ms > service->elapsed_ms)
        left_ms -= service->expect_ms - service->elapsed_ms;
    add_off(&s->scene->model.window[w], 0, left_ms);
}

/* A window that works on although a planned break has begun finishes the ticket that it had by then; one that
 * has called since has had its break, or has none. */
static void set_breaks(struct sketch *s, unsigned w)
{
    const struct window *window = &s->hall->windows[w + 1];
    struct engine_window *out = &s->scene->model.window[w];
    const struct planned_break *due = window->paused ? NULL : break_now(s, window);
    if (due && window->ticket.value && s->hall->tickets[window->ticket.value].called_ms < due->from_ms)
        add_off(out, 0, (int32_t)(due->to_ms - due->from_ms));
    for (unsigned i = 0; i < window->break_count; i++)
        if (window->breaks[i].from_ms > s->now_ms)
            add_off(out, sketch_relative(s, window->breaks[i].from_ms),
                    sketch_relative(s, window->breaks[i].to_ms));
}

/* Between two sessions nobody is called; who is at the window in one anyway works. */
static void set_rests(struct sketch *s, unsigned w)
{
    struct session_list sessions = hall_sessions(s->hall, s->hall->date);
    for (unsigned i = 1; i < sessions.count; i++) {
        int64_t from_ms = s->hall->midnight_ms + (int64_t)sessions.sessions[i - 1].to_min * MINUTE_MS;
        int64_t to_ms = s->hall->midnight_ms + (int64_t)sessions.sessions[i].from_min * MINUTE_MS;
        if (from_ms > s->now_ms)
            add_off(&s->scene->model.window[w], sketch_relative(s, from_ms), sketch_relative(s, to_ms));
    }
}

void sketch_offs(struct sketch *s)
{
    for (unsigned w = 0; w < s->hall->windows_top; w++) {
        if (s->scene->model.window[w].absent)
            continue;
        set_rests(s, w);
        set_breaks(s, w);
        if (s->hall->windows[w + 1].paused)
            set_pause(s, w);
        if (s->asked_ms[w])
            add_off(&s->scene->model.window[w], 0, s->asked_ms[w]);
    }
}
