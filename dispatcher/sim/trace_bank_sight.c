/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_bank_sight.h"

#include <assert.h>
#include <string.h>

#include "dispatcher/core/calendar.h"

void recent_add(struct recent *recent, double at_s)
{
    recent->at_s[recent->next] = at_s;
    recent->next = (recent->next + 1) % RECENT_MAX;
    if (recent->count < RECENT_MAX)
        recent->count++;
}

unsigned recent_count(const struct recent *recent, double from_s)
{
    unsigned found = 0;
    while (found < recent->count &&
           recent->at_s[(recent->next + RECENT_MAX - 1 - found) % RECENT_MAX] > from_s)
        found++;
    return found;
}

/* ---- the line and the servers in figures ---- */

struct line_figures {
    double head_s, work_s;
    unsigned ahead, higher, by_rank[3], other_kinds;
};

static struct line_figures see_line(const struct pool *pool, const struct bank_call *call, double now_s)
{
    struct line_figures f = {0};
    double shift[POOL_RANKS];
    for (uint8_t rank = 0; rank < POOL_RANKS; rank++)
        shift[rank] = order_mean_s(&pool->order, rank);
    for (unsigned i = 0; i < pool->waiting_count; i++) {
        const struct pool_guest *guest = &pool->waiting[i];
        double waited = now_s - guest->since_s;
        if (waited > f.head_s)
            f.head_s = waited;
        if (waited + shift[guest->rank] >= shift[call->rank]) {
            f.ahead++;
            f.work_s += pool_length_s(pool, guest->kind);
        }
        f.higher += guest->rank >= call->rank;
        f.by_rank[guest->rank < 2 ? guest->rank : 2]++;
        f.other_kinds += guest->kind != call->kind;
    }
    return f;
}

struct server_figures {
    unsigned busy, seen_3, seen_10, seen_30, able_10, idle_30;
    double elapsed_mean_s, elapsed_most_s;
};

static struct server_figures see_servers(const struct pool *pool, const struct bank_call *call, double now_s)
{
    struct server_figures f = {0};
    for (unsigned i = 0; i < pool->server_count; i++) {
        const struct pool_server *s = &pool->servers[i];
        if (!s->present)
            continue;
        double since = now_s - s->since_s, idle = s->busy ? 0 : since;
        f.busy += s->busy;
        f.seen_3 += idle < 180;
        f.seen_10 += idle < 600;
        f.seen_30 += idle < 1800;
        f.able_10 += idle < 600 && pool_may_serve(pool, i, call->kind);
        f.idle_30 += !s->busy && idle < 1800;
        if (s->busy) {
            f.elapsed_mean_s += since;
            if (since > f.elapsed_most_s)
                f.elapsed_most_s = since;
        }
    }
    if (f.busy)
        f.elapsed_mean_s /= f.busy;
    return f;
}

/* ---- the features ---- */

struct filling {
    float *features;
    unsigned count;
};

static void put(struct filling *filling, double value)
{
    assert(filling->count < BOOST_FEATURES_MAX);
    filling->features[filling->count++] = (float)value;
}

static void put_futures(struct filling *f, const struct futures_waits *w)
{
    put(f, w->p50);
    put(f, w->mean);
    put(f, w->p10);
    put(f, w->p25);
    put(f, w->p75);
    put(f, w->p90);
    put(f, w->spread);
}

static void put_line(struct filling *f, const struct line_figures *l, unsigned waiting)
{
    put(f, waiting);
    put(f, l->ahead);
    put(f, l->higher);
    put(f, l->work_s);
    put(f, l->head_s);
    for (unsigned i = 0; i < 3; i++)
        put(f, l->by_rank[i]);
    put(f, l->other_kinds);
}

static void put_servers(struct filling *f, const struct server_figures *s)
{
    put(f, s->busy);
    put(f, s->seen_3);
    put(f, s->seen_10);
    put(f, s->seen_30);
    put(f, s->able_10);
    put(f, s->idle_30);
    put(f, s->elapsed_mean_s);
    put(f, s->elapsed_most_s);
}

static void put_latest(struct filling *f, const struct bank_latest *l, const struct bank_call *call,
                       double now_s)
{
    put(f, l->last_entered_s);
    put(f, l->last_waited_s);
    put(f, l->last_ranked_s[call->rank]);
    put(f, recent_count(&l->ends, now_s - 300));
    put(f, recent_count(&l->ends, now_s - 900));
    put(f, recent_count(&l->hang_ups, now_s - 600));
    put(f, recent_count(&l->arrivals, now_s - 300));
    put(f, recent_count(&l->arrivals, now_s - 900));
    put(f, recent_count(&l->calls, now_s - 300));
    put(f, recent_count(&l->calls, now_s - 900));
    put(f, l->error_s);
}

static void put_formulas(struct filling *f, const struct line_figures *l, const struct server_figures *s,
                         const struct bank_latest *latest, double mean_s, double now_s)
{
    put(f, (l->ahead + 1) * mean_s / (s->seen_10 ? s->seen_10 : 1));
    put(f, (l->ahead + 1) * mean_s / (s->busy ? s->busy : 1));
    put(f, (l->higher + 1) * mean_s / (s->seen_10 ? s->seen_10 : 1));
    put(f, (l->ahead + 1) * 900.0 / (recent_count(&latest->calls, now_s - 900) + 1));
    put(f, (l->ahead + 1) * 300.0 / (recent_count(&latest->calls, now_s - 300) + 1));
}

static void fill(struct filling *f, const struct bank_sight *sight, const struct line_figures *line,
                 const struct server_figures *servers, const struct bank_latest *latest,
                 const struct bank_call *call)
{
    double now_s = (double)call->arrive_s;
    put_futures(f, &sight->futures);
    put_line(f, line, sight->delay.waiting);
    put_servers(f, servers);
    put_latest(f, latest, call, now_s);
    put_formulas(f, line, servers, latest, sight->delay.service_mean, now_s);
    put(f, (double)(call->arrive_s % 86400));
    put(f, date_weekday(call->day));
    put(f, call->kind);
    put(f, call->rank);
}

unsigned bank_feature_count(void)
{
    struct bank_sight sight = {0};
    struct filling f = {sight.features, 0};
    const struct bank_latest latest = {0};
    const struct bank_call call = {0};
    fill(&f, &sight, &(struct line_figures){0}, &(struct server_figures){0}, &latest, &call);
    return f.count;
}

void bank_see(const struct pool *pool, const struct bank_latest *latest, const struct bank_call *call,
              const struct futures_params *futures, struct bank_sight *sight)
{
    double now_s = (double)call->arrive_s;
    struct line_figures line = see_line(pool, call, now_s);
    struct server_figures servers = see_servers(pool, call, now_s);
    struct filling f = {sight->features, 0};
    futures_play(pool, futures, &sight->futures);
    sight->delay = (struct delay_sight){.waiting = pool->waiting_count,
                                        .ahead = line.higher,
                                        .busy = servers.busy,
                                        .capacity = servers.seen_10,
                                        .service_mean = latest->length_sum / latest->length_weight,
                                        .last_wait = latest->last_entered_s,
                                        .head_wait = line.head_s};
    fill(&f, sight, &line, &servers, latest, call);
}
