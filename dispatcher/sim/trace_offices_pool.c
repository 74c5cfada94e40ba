/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_offices_pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/draw.h"

enum { DAY_MIN = 1440, STEPS = 2, LINE_MAX = 4096, COUNTERS_MAX = 1024 };

const struct pooling_variant pooling_variants[POOLING_VARIANTS] = {
    {0, 1}, {0.25, 1}, {0.5, 1}, {1, 1}, {0.5, 1.25}, {1, 1.25},
};

/* A desk's day by minutes, as recorded. */
struct desk_day {
    bool known[DAY_MIN];
    uint16_t windows[DAY_MIN], arrivals[DAY_MIN];
};

struct visitor {
    float since_min, length_min;
};

/* People in line at a desk, in order of arrival. */
struct line {
    struct visitor list[LINE_MAX];
    unsigned first, count;
};

/* A counter at work. */
struct counter {
    uint8_t desk;
    bool flexible;
    double left_min; /* of the service going on; <= 0: free */
};

struct office_run {
    const struct office_study *study;
    const struct desk_day *days;
    bool known[DAY_MIN]; /* of any desk */
    const struct pooling_variant *variant;
    struct rng rng;
    struct line lines[OFFICE_QUEUES_MAX];
    struct counter counters[COUNTERS_MAX];
    unsigned counter_count;
    double line_min[OFFICE_QUEUES_MAX], people[OFFICE_QUEUES_MAX];
};

/* ---- the day as recorded ---- */

/* People who came between two snapshots, evenly over its minutes. */
static void spread(struct desk_day *day, unsigned from, unsigned to, unsigned people)
{
    for (unsigned k = 0; k < people; k++)
        day->arrivals[from + (2 * k + 1) * (to - from) / (2 * people)]++;
}

static void lay_out_series(const struct offices_trace *trace, const struct office_study *study,
                           const struct office_series *series, struct desk_day *day)
{
    const struct office_snap *snaps = &trace->snaps[series->from];
    bool going = false;
    for (size_t i = 0; i + 1 < series->count; i++) {
        unsigned from = snaps[i].minute, to = snaps[i + 1].minute;
        uint16_t windows = study->windows[series->from + i];
        if (to - from > OFFICE_GAP_MIN) {
            going = false;
            continue;
        }
        if (!going)
            day->arrivals[from] = (uint16_t)(day->arrivals[from] + snaps[i].waiting);
        going = true;
        spread(day, from, to, snaps[i + 1].arrived);
        for (unsigned m = from; m < to; m++) {
            day->known[m] = true;
            if (windows > day->windows[m])
                day->windows[m] = windows;
        }
    }
}

static void lay_out_day(const struct offices_trace *trace, unsigned office, const struct office_study *study,
                        const struct office_day *when, struct desk_day *days)
{
    memset(days, 0, study->desk_count * sizeof *days);
    for (size_t i = 0; i < trace->series_count; i++) {
        const struct office_series *series = &trace->series[i];
        if (series->office == office && series->date == when->date && series->apart == when->apart)
            lay_out_series(trace, study, series, &days[study->queues[series->queue].desk]);
    }
}

static void note_known(struct office_run *run)
{
    memset(run->known, 0, sizeof run->known);
    for (unsigned desk = 0; desk < run->study->desk_count; desk++)
        for (unsigned minute = 0; minute < DAY_MIN; minute++)
            run->known[minute] |= run->days[desk].known[minute];
}

/* ---- a run ---- */

static void join_line(struct office_run *run, unsigned desk, double now_min)
{
    struct line *line = &run->lines[desk];
    double mean = run->study->desks[desk].handling_min;
    double length =
        draw_lognormal(&run->rng, mean, POOLING_CV); /* drawn in any case: variants stay comparable */
    run->people[desk]++;
    if (line->count == LINE_MAX)
        return;
    line->list[(line->first + line->count++) % LINE_MAX] = (struct visitor){(float)now_min, (float)length};
}

/* Opens and closes counters so that each desk has as many as recorded; of those open everywhere the variant's
 * share is flexible. Who closes in the middle of a service finishes it. */
static void set_counters(struct office_run *run, unsigned minute)
{
    unsigned kept = 0, open[OFFICE_QUEUES_MAX] = {0}, total = 0;
    for (unsigned i = 0; i < run->counter_count; i++) {
        struct counter *c = &run->counters[i];
        bool wanted = open[c->desk] < run->days[c->desk].windows[minute];
        if (wanted || c->left_min > 0)
            run->counters[kept++] = *c;
        open[c->desk] += wanted;
    }
    for (unsigned desk = 0; desk < run->study->desk_count; desk++)
        for (; open[desk] < run->days[desk].windows[minute] && kept < COUNTERS_MAX; open[desk]++)
            run->counters[kept++] = (struct counter){.desk = (uint8_t)desk};
    run->counter_count = kept;
    for (unsigned i = 0; i < kept; i++, total++)
        run->counters[i].flexible =
            floor((total + 1) * run->variant->flexible) > floor(total * run->variant->flexible);
}

/* The desk whose next visitor the free counter takes; -1: none. */
static int choose_desk(const struct office_run *run, const struct counter *counter)
{
    int best = -1;
    if (run->lines[counter->desk].count)
        return counter->desk;
    for (unsigned desk = 0; counter->flexible && desk < run->study->desk_count; desk++) {
        const struct line *line = &run->lines[desk];
        if (line->count && (best < 0 || line->list[line->first].since_min <
                                            run->lines[best].list[run->lines[best].first].since_min))
            best = (int)desk;
    }
    return best;
}

static void work(struct office_run *run, unsigned minute, double step_min)
{
    unsigned serving[OFFICE_QUEUES_MAX] = {0};
    for (unsigned i = 0; i < run->counter_count; i++) {
        struct counter *c = &run->counters[i];
        bool open = serving[c->desk]++ < run->days[c->desk].windows[minute];
        c->left_min = c->left_min > 0 ? c->left_min - step_min : 0; /* below 0: free since then */
        while (c->left_min <= 0 && open) {
            int desk = choose_desk(run, c);
            if (desk < 0)
                break;
            struct line *line = &run->lines[desk];
            double length = (double)line->list[line->first].length_min;
            c->left_min += desk == c->desk ? length : length * run->variant->slower;
            line->first = (line->first + 1) % LINE_MAX;
            line->count--;
        }
    }
}

static void play_day(struct office_run *run)
{
    run->counter_count = 0;
    for (unsigned desk = 0; desk < run->study->desk_count; desk++)
        run->lines[desk].count = 0;
    for (unsigned minute = 0; minute < DAY_MIN; minute++) {
        if (!run->known[minute] && !run->counter_count)
            continue;
        for (unsigned desk = 0; desk < run->study->desk_count; desk++) {
            for (unsigned k = 0; k < run->days[desk].arrivals[minute]; k++)
                join_line(run, desk, minute);
            if (!run->days[desk].known[minute])
                run->lines[desk].count = 0; /* nothing is known of them any more */
        }
        set_counters(run, minute);
        for (unsigned step = 0; step < STEPS; step++) {
            work(run, minute, 1.0 / STEPS);
            for (unsigned desk = 0; desk < run->study->desk_count; desk++)
                run->line_min[desk] += (double)run->lines[desk].count / STEPS;
        }
    }
}

/* ---- all days, all variants ---- */

/* Sums over the runs of one day. */
struct day_sums {
    double line_min[POOLING_VARIANTS], people;
};

static double mean_wait(const struct day_sums *days, unsigned count, unsigned variant)
{
    double line = 0, people = 0;
    for (unsigned i = 0; i < count; i++) {
        line += days[i].line_min[variant];
        people += days[i].people;
    }
    return people > 0 ? line / people : 0;
}

/* Mean waits and their ratios, with standard errors over days. */
static void sum_up(const struct day_sums *days, unsigned count, struct pooling *pooling)
{
    double n = count, people = 0, line = 0;
    for (unsigned i = 0; i < count; i++) {
        people += days[i].people;
        line += days[i].line_min[0];
    }
    for (unsigned v = 0; v < POOLING_VARIANTS; v++) {
        double wait = mean_wait(days, count, v), squares = 0, ratio_squares = 0;
        double ratio = pooling->wait_min[0] > 0 ? wait / pooling->wait_min[0] : 1;
        pooling->wait_min[v] = wait;
        if (v == 0)
            ratio = 1;
        for (unsigned i = 0; i < count; i++) {
            double apart = days[i].line_min[v] - wait * days[i].people;
            double ratio_apart = days[i].line_min[v] - ratio * days[i].line_min[0];
            squares += apart * apart;
            ratio_squares += ratio_apart * ratio_apart;
        }
        pooling->ratio[v] = ratio;
        if (count > 1 && people > 0 && line > 0) {
            pooling->error_min[v] = sqrt(squares * n / (n - 1)) / people;
            pooling->ratio_error[v] = sqrt(ratio_squares * n / (n - 1)) / line;
        }
    }
}

static void play_variant(struct office_run *run, unsigned variant, unsigned runs, uint64_t seed,
                         struct day_sums *sums, struct pooling *pooling, double *desk_people)
{
    unsigned desks = run->study->desk_count;
    run->variant = &pooling_variants[variant];
    memset(run->line_min, 0, sizeof run->line_min);
    memset(run->people, 0, sizeof run->people);
    for (unsigned k = 0; k < runs; k++) {
        run->rng = rng_part(seed, k);
        play_day(run);
    }
    sums->people = 0;
    for (unsigned desk = 0; desk < desks; desk++) {
        sums->line_min[variant] += run->line_min[desk];
        sums->people += run->people[desk];
        pooling->desk_min[variant][desk] += run->line_min[desk];
        desk_people[desk] += variant ? 0 : run->people[desk];
    }
}

enum status office_pool(const struct offices_trace *trace, unsigned office, const struct office_study *study,
                        unsigned runs, uint64_t seed, struct pooling *pooling, struct error *error)
{
    double desk_people[OFFICE_QUEUES_MAX] = {0};
    struct desk_day *days = calloc(study->desk_count ? study->desk_count : 1, sizeof *days);
    struct day_sums *sums = calloc(study->day_count ? study->day_count : 1, sizeof *sums);
    struct office_run *run = calloc(1, sizeof *run);
    enum status status = STATUS_OK;
    memset(pooling, 0, sizeof *pooling);
    if (days && sums && run) {
        run->study = study;
        run->days = days;
        for (unsigned i = 0; i < study->day_count; i++) {
            lay_out_day(trace, office, study, &study->days[i], days);
            note_known(run);
            for (unsigned v = 0; v < POOLING_VARIANTS; v++)
                play_variant(run, v, runs, seed + i * 1000003u, &sums[i], pooling, desk_people);
        }
        sum_up(sums, study->day_count, pooling);
        for (unsigned v = 0; v < POOLING_VARIANTS; v++)
            for (unsigned desk = 0; desk < study->desk_count; desk++)
                pooling->desk_min[v][desk] /= desk_people[desk] > 0 ? desk_people[desk] : 1;
    } else {
        status = error_set(error, STATUS_MEMORY, "out of memory for the days of an office");
    }
    free(days);
    free(sums);
    free(run);
    return status;
}
