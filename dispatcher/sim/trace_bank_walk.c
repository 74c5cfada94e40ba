/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_bank_walk.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/sim/trace_bank_sight.h"

enum { ROWS_MAX = 24000, FORMULAS = BANK_FUTURES + 1 };

#define SERVICE_GUESS_S 180.0 /* until services have been seen */
#define SCALE_OFFSET_S  20.0
#define FORMULA_OFFSET  10.0
#define ERROR_FADE      0.85

const char *bank_forecaster_name(enum bank_forecaster forecaster)
{
    static const char *const names[BANK_FORECASTERS] = {
        [BANK_QUEUE_LENGTH] = "queue length",       [BANK_LAST_ENTERED] = "last to enter service",
        [BANK_HEAD_OF_LINE] = "head of line",       [BANK_WORK_AHEAD] = "QLr with priority",
        [BANK_FUTURES] = "simulated futures alone", [BANK_OURS_ONCE] = "ours, fitted once",
        [BANK_OURS] = "ours, learning on",
    };
    return names[forecaster];
}

/* In this order within a second: what happens in the second of an arrival is not known to it. */
enum happening { ARRIVES, LEAVES_LINE, STARTS, ENDS };

struct occasion {
    int64_t at_s;
    uint32_t call;
    uint8_t what;
};

/* A forecast whose wait has not ended. */
struct pending {
    uint32_t call;
    struct bank_sight sight;
    struct wait_quantiles forecast[BANK_FORECASTERS];
};

struct walk {
    const struct bank_trace *trace;
    const struct bank_walk_params *params;
    struct pool pool;
    struct bank_latest latest;
    struct conformal formula_p90[FORMULAS];
    struct predict_wait ours, once;
    bool once_begun;
    int32_t day;
    unsigned fits;
    size_t ranks[POOL_RANKS];
    unsigned pending_count;
    struct pending pending[POOL_WAITING_MAX];
};

/* ---- the order of time ---- */

static int occasion_order(const void *a, const void *b)
{
    const struct occasion *x = a, *y = b;
    if (x->at_s != y->at_s)
        return x->at_s < y->at_s ? -1 : 1;
    if (x->what != y->what)
        return x->what < y->what ? -1 : 1;
    return (x->call > y->call) - (x->call < y->call);
}

static struct occasion *list_occasions(const struct bank_trace *trace, size_t *count)
{
    struct occasion *list = malloc((trace->count ? trace->count : 1) * 4 * sizeof *list);
    *count = 0;
    for (uint32_t i = 0; list && i < trace->count; i++) {
        const struct bank_call *call = &trace->calls[i];
        if (call->outcome == BANK_PHANTOM)
            continue;
        list[(*count)++] = (struct occasion){call->arrive_s, i, ARRIVES};
        if (call->wait_s > 0)
            list[(*count)++] = (struct occasion){call->arrive_s + call->wait_s, i, LEAVES_LINE};
        if (call->start_s < 0 || call->server == BANK_NO_SERVER)
            continue;
        list[(*count)++] = (struct occasion){call->start_s, i, STARTS};
        list[(*count)++] = (struct occasion){call->start_s + call->service_s, i, ENDS};
    }
    if (list)
        qsort(list, *count, sizeof *list, occasion_order);
    return list;
}

/* ---- days ---- */

/* The days for fitting are over: one forecaster stays as it is, the other goes on. */
static bool begin_judging(struct walk *w)
{
    if (!w->ours.count)
        return true;
    w->fits++;
    if (!wait_fit(&w->ours) || !wait_copy(&w->once, &w->ours))
        return false;
    w->once.frozen = true;
    w->once_begun = true;
    return true;
}

static bool change_day(struct walk *w, int32_t day)
{
    for (unsigned i = 0; i < FORMULAS; i++)
        conformal_close_day(&w->formula_p90[i]);
    size_t unfitted = w->ours.unfitted;
    if (!wait_close_day(&w->ours) || (w->once_begun && !wait_close_day(&w->once)))
        return false;
    w->fits += w->ours.unfitted < unfitted;
    pool_close_day(&w->pool);
    bool begin = w->day < w->params->judge_from && day >= w->params->judge_from;
    w->day = day;
    return !begin || begin_judging(w);
}

/* ---- forecasts ---- */

static void forecast_all(const struct walk *w, struct pending *p)
{
    const struct delay_sight *seen = &p->sight.delay;
    const double medians[FORMULAS] = {delay_queue_length(seen), delay_last_entered(seen),
                                      delay_head_of_line(seen), delay_work_ahead(seen), p->sight.futures.p50};
    for (unsigned i = 0; i < FORMULAS; i++) {
        double base = i == BANK_FUTURES ? p->sight.futures.p90 : medians[i];
        p->forecast[i] = (struct wait_quantiles){medians[i], conformal_apply(&w->formula_p90[i], base)};
    }
    struct wait_quantiles base = {p->sight.futures.p50, p->sight.futures.p90};
    p->forecast[BANK_OURS] = wait_forecast(&w->ours, p->sight.features, base);
    p->forecast[BANK_OURS_ONCE] =
        w->once_begun ? wait_forecast(&w->once, p->sight.features, base) : p->forecast[BANK_OURS];
}

static void learn_all(struct walk *w, const struct pending *p)
{
    const struct bank_call *call = &w->trace->calls[p->call];
    double wait_s = call->wait_s;
    for (unsigned i = 0; i < FORMULAS; i++)
        conformal_learn(&w->formula_p90[i], i == BANK_FUTURES ? p->sight.futures.p90 : p->forecast[i].median,
                        wait_s);
    struct wait_quantiles base = {p->sight.futures.p50, p->sight.futures.p90};
    wait_learn(&w->ours, p->sight.features, base, wait_s);
    if (w->once_begun)
        wait_learn(&w->once, p->sight.features, base, wait_s);
    w->latest.error_s = ERROR_FADE * w->latest.error_s + (1 - ERROR_FADE) * (wait_s - p->sight.futures.p50);
    if (call->day < w->params->judge_from || !w->params->judge)
        return;
    struct bank_judged judged = {.call = call};
    memcpy(judged.forecast, p->forecast, sizeof judged.forecast);
    w->params->judge(&judged, w->params->userdata);
}

/* ---- what happens ---- */

static void arrive(struct walk *w, uint32_t number)
{
    const struct bank_call *call = &w->trace->calls[number];
    double now_s = (double)call->arrive_s;
    recent_add(&w->latest.arrivals, now_s);
    if (call->wait_s == 0)
        return;
    w->ranks[call->rank]++;
    if (w->pending_count < POOL_WAITING_MAX) {
        struct pending *p = &w->pending[w->pending_count++];
        struct futures_params futures = {call->kind, call->rank, w->params->futures,
                                         (uint64_t)number * 0x9e3779b97f4a7c15u + 1};
        p->call = number;
        pool_pass(&w->pool, now_s);
        bank_see(&w->pool, &w->latest, call, &futures, &p->sight);
        forecast_all(w, p);
    }
    pool_join(&w->pool, now_s, number, call->kind, call->rank);
}

static void leave_line(struct walk *w, uint32_t number)
{
    const struct bank_call *call = &w->trace->calls[number];
    double now_s = (double)(call->arrive_s + call->wait_s);
    bool served = call->outcome == BANK_AGENT;
    if (served) {
        pool_call(&w->pool, now_s, number, call->server);
        recent_add(&w->latest.calls, now_s);
        w->latest.last_entered_s = w->latest.last_waited_s = call->wait_s;
        w->latest.last_ranked_s[call->rank] = call->wait_s;
    } else {
        pool_leave(&w->pool, now_s, number);
        recent_add(&w->latest.hang_ups, now_s);
    }
    for (unsigned i = 0; i < w->pending_count; i++)
        if (w->pending[i].call == number) {
            if (served)
                learn_all(w, &w->pending[i]);
            w->pending[i] = w->pending[--w->pending_count];
            break;
        }
}

static void start(struct walk *w, uint32_t number)
{
    const struct bank_call *call = &w->trace->calls[number];
    if (call->wait_s == 0)
        w->latest.last_entered_s = 0;
    pool_start(&w->pool, (double)call->start_s, call->server, call->kind, call->wait_s > 0);
}

static void end(struct walk *w, uint32_t number)
{
    const struct bank_call *call = &w->trace->calls[number];
    double now_s = (double)(call->start_s + call->service_s);
    recent_add(&w->latest.ends, now_s);
    w->latest.length_sum += call->service_s;
    w->latest.length_weight++;
    pool_end(&w->pool, now_s, call->server, call->kind, (double)call->start_s);
}

/* ---- the walk ---- */

static bool walk_begin(struct walk *w, const struct bank_trace *trace, const struct bank_walk_params *params)
{
    struct wait_params wait = {
        .width = bank_feature_count(), .rows_max = ROWS_MAX, .scale_offset = SCALE_OFFSET_S, .seed = 1};
    memset(w, 0, sizeof *w);
    w->trace = trace;
    w->params = params;
    w->latest.length_sum = SERVICE_GUESS_S;
    w->latest.length_weight = 1;
    pool_init(&w->pool, SERVICE_GUESS_S);
    for (unsigned i = 0; i < FORMULAS; i++)
        conformal_init(&w->formula_p90[i], 0.9, FORMULA_OFFSET);
    w->day = trace->count ? trace->calls[0].day : 0;
    return wait_init(&w->ours, &wait);
}

static bool walk_all(struct walk *w, const struct occasion *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t call = list[i].call;
        switch ((enum happening)list[i].what) {
        case ARRIVES:
            if (w->trace->calls[call].day != w->day && !change_day(w, w->trace->calls[call].day))
                return false;
            arrive(w, call);
            break;
        case LEAVES_LINE:
            leave_line(w, call);
            break;
        case STARTS:
            start(w, call);
            break;
        case ENDS:
            end(w, call);
            break;
        }
    }
    return true;
}

static void tell_learned(const struct walk *w, struct bank_learned *learned)
{
    for (uint8_t i = 0; i < POOL_KINDS; i++)
        learned->service_mean_s[i] = pool_length_s(&w->pool, i);
    for (uint8_t i = 0; i < POOL_RANKS; i++)
        learned->head_start_s[i] = order_mean_s(&w->pool.order, i);
    memcpy(learned->ranks, w->ranks, sizeof learned->ranks);
    learned->factor_median = w->ours.median_factor.factor;
    learned->factor_p90 = w->ours.p90_factor.factor;
    learned->fits = w->fits;
}

bool bank_walk(const struct bank_trace *trace, const struct bank_walk_params *params,
               struct bank_learned *learned)
{
    size_t count = 0;
    struct walk *w = malloc(sizeof *w);
    struct occasion *list = w ? list_occasions(trace, &count) : NULL;
    bool done = list && walk_begin(w, trace, params) && walk_all(w, list, count);
    if (done && learned)
        tell_learned(w, learned);
    if (list) {
        wait_destroy(&w->ours);
        wait_destroy(&w->once);
    }
    free(list);
    free(w);
    return done;
}
