/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_offices_study.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"

enum { MISREAD_TIMES = 3, MISREAD_MORE = 5, COMMON_MIN = 100, MOVES_MIN = 10, OUT_MIN = 20 };

#define EQUAL_MIN 0.99

static int whole_order(const void *a, const void *b)
{
    uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
    return (x > y) - (x < y);
}

/* ---- counters that cannot be ---- */

static uint16_t day_median(const struct offices_trace *trace, const struct office_series *series)
{
    uint16_t list[1440];
    for (size_t i = 0; i < series->count; i++)
        list[i] = trace->snaps[series->from + i].windows;
    qsort(list, series->count, sizeof *list, whole_order);
    return series->count ? list[series->count / 2] : 0;
}

static void correct_queue(const struct offices_trace *trace, unsigned office, unsigned queue,
                          struct office_study *study)
{
    uint16_t medians[OFFICE_DAYS_MAX];
    size_t days = 0;
    for (size_t i = 0; i < trace->series_count && days < OFFICE_DAYS_MAX; i++)
        if (trace->series[i].office == office && trace->series[i].queue == queue) {
            medians[days] = day_median(trace, &trace->series[i]);
            days += medians[days] > 0;
        }
    if (!days)
        return;
    qsort(medians, days, sizeof *medians, whole_order);
    uint16_t usual = medians[days / 4];
    for (size_t i = 0; i < trace->series_count; i++) {
        const struct office_series *series = &trace->series[i];
        if (series->office != office || series->queue != queue)
            continue;
        for (size_t k = series->from; k < series->from + series->count; k++)
            if (study->windows[k] > MISREAD_TIMES * usual && study->windows[k] >= usual + MISREAD_MORE) {
                study->windows[k] = usual;
                study->queues[queue].misread++;
            }
    }
}

/* ---- snapshots of a whole office ---- */

/* One moment of an office: the queues that were recorded at it. */
struct moment {
    unsigned minute, count;
    struct {
        unsigned queue;
        size_t snap;
    } rows[OFFICE_QUEUES_MAX];
};

typedef void moment_sink(const struct moment *moment, void *userdata);

static void each_moment(const struct offices_trace *trace, unsigned office, const struct office_day *day,
                        moment_sink *sink, void *userdata)
{
    const struct office_series *list[OFFICE_QUEUES_MAX];
    size_t at[OFFICE_QUEUES_MAX] = {0};
    unsigned count = 0;
    for (size_t i = 0; i < trace->series_count && count < OFFICE_QUEUES_MAX; i++) {
        const struct office_series *s = &trace->series[i];
        if (s->office == office && s->date == day->date && s->apart == day->apart)
            list[count++] = s;
    }
    for (;;) {
        struct moment moment = {.minute = 1440};
        for (unsigned i = 0; i < count; i++)
            if (at[i] < list[i]->count && trace->snaps[list[i]->from + at[i]].minute < moment.minute)
                moment.minute = trace->snaps[list[i]->from + at[i]].minute;
        if (moment.minute == 1440)
            return;
        for (unsigned i = 0; i < count; i++)
            if (at[i] < list[i]->count && trace->snaps[list[i]->from + at[i]].minute == moment.minute) {
                moment.rows[moment.count].queue = list[i]->queue;
                moment.rows[moment.count++].snap = list[i]->from + at[i]++;
            }
        sink(&moment, userdata);
    }
}

/* ---- desks ---- */

struct pair {
    unsigned common, equal, moved;
};

struct pairing {
    const struct offices_trace *trace;
    struct pair pairs[OFFICE_QUEUES_MAX][OFFICE_QUEUES_MAX];
    uint16_t last[OFFICE_QUEUES_MAX];
    bool seen[OFFICE_QUEUES_MAX]; /* today */
};

static void pair_moment(const struct moment *moment, void *userdata)
{
    struct pairing *p = userdata;
    const struct office_snap *snaps = p->trace->snaps;
    for (unsigned i = 0; i < moment->count; i++)
        for (unsigned j = i + 1; j < moment->count; j++) {
            unsigned a = moment->rows[i].queue, b = moment->rows[j].queue;
            unsigned in_a = snaps[moment->rows[i].snap].windows, in_b = snaps[moment->rows[j].snap].windows;
            struct pair *pair = a < b ? &p->pairs[a][b] : &p->pairs[b][a];
            pair->common++;
            pair->equal += in_a == in_b;
            pair->moved +=
                in_a == in_b && p->seen[a] && p->seen[b] && p->last[a] == p->last[b] && p->last[a] != in_a;
        }
    for (unsigned i = 0; i < moment->count; i++) {
        p->last[moment->rows[i].queue] = snaps[moment->rows[i].snap].windows;
        p->seen[moment->rows[i].queue] = true;
    }
}

/* Queues of one desk get the desk number of the first of them; then the numbers are made dense. */
static void number_desks(const struct pairing *p, struct office_study *study)
{
    uint8_t dense[OFFICE_QUEUES_MAX];
    for (unsigned a = 0; a < study->queue_count; a++)
        study->queues[a].desk = (uint8_t)a;
    for (unsigned a = 0; a < study->queue_count; a++)
        for (unsigned b = a + 1; b < study->queue_count; b++) {
            const struct pair *pair = &p->pairs[a][b];
            if (pair->common >= COMMON_MIN && pair->equal >= EQUAL_MIN * pair->common &&
                pair->moved >= MOVES_MIN)
                study->queues[b].desk = study->queues[a].desk;
        }
    for (unsigned a = 0; a < study->queue_count; a++) {
        if (study->queues[a].desk == a)
            dense[a] = (uint8_t)study->desk_count++;
        study->queues[a].desk = dense[study->queues[a].desk];
    }
}

static enum status find_desks(const struct offices_trace *trace, unsigned office, struct office_study *study,
                              struct error *error)
{
    struct pairing *p = calloc(1, sizeof *p);
    if (!p)
        return error_set(error, STATUS_MEMORY, "out of memory");
    p->trace = trace;
    for (unsigned i = 0; i < study->day_count; i++) {
        memset(p->seen, 0, sizeof p->seen);
        each_moment(trace, office, &study->days[i], pair_moment, p);
    }
    number_desks(p, study);
    free(p);
    return STATUS_OK;
}

/* ---- how often nobody helped ---- */

/* A desk at one moment. */
struct desk_moment {
    unsigned windows, waiting, arrived;
};

struct counting {
    const struct offices_trace *trace;
    struct office_study *study;
    bool begun; /* `last` is of the same day */
    unsigned last_minute;
    struct desk_moment last[OFFICE_QUEUES_MAX];
};

/* Between two moments with somebody waiting at both, a desk's counters had work: who left the line? */
static void measure_desks(struct counting *c, unsigned minute, const struct desk_moment *now)
{
    unsigned minutes = minute - c->last_minute;
    for (unsigned i = 0; i < c->study->desk_count && c->begun && minutes <= OFFICE_GAP_MIN; i++) {
        const struct desk_moment *last = &c->last[i];
        double out = (double)now[i].arrived + last->waiting - now[i].waiting;
        if (!last->waiting || !now[i].waiting || !last->windows)
            continue;
        c->study->desks[i].busy_min += (double)minutes * last->windows;
        c->study->desks[i].busy_out += out > 0 ? out : 0;
    }
    c->begun = true;
    c->last_minute = minute;
    memcpy(c->last, now, sizeof c->last);
}

static void count_moment(const struct moment *moment, void *userdata)
{
    struct counting *c = userdata;
    struct office_study *study = c->study;
    bool in[OFFICE_STATES] = {true, false, false};
    struct desk_moment desks[OFFICE_QUEUES_MAX] = {0};
    struct idle_share recorded = {0}, services = {0}, once = {0};
    for (unsigned i = 0; i < moment->count; i++) {
        const struct office_snap *snap = &c->trace->snaps[moment->rows[i].snap];
        struct queue_study *queue = &study->queues[moment->rows[i].queue];
        unsigned windows = study->windows[moment->rows[i].snap];
        bool many = snap->waiting >= OFFICE_MANY;
        bool many_each = snap->windows && snap->waiting >= OFFICE_MANY * snap->windows;
        queue->many += many;
        queue->many_each += many_each;
        in[OFFICE_SOME_MANY] |= many;
        in[OFFICE_SOME_MANY_EACH] |= many_each;
        recorded.open += snap->windows;
        recorded.idle += snap->waiting ? 0 : snap->windows;
        services.open += snap->windows > 0;
        services.idle += snap->windows && !snap->waiting;
        struct desk_moment *desk = &desks[queue->desk];
        if (windows > desk->windows)
            desk->windows = windows;
        desk->waiting += snap->waiting;
        desk->arrived += snap->arrived;
    }
    for (unsigned i = 0; i < study->desk_count; i++) {
        once.open += desks[i].windows;
        once.idle += desks[i].waiting ? 0 : desks[i].windows;
    }
    measure_desks(c, moment->minute, desks);
    study->snapshots++;
    for (unsigned s = 0; s < OFFICE_STATES; s++) {
        if (!in[s])
            continue;
        study->in_state[s]++;
        study->recorded[s].open += recorded.open;
        study->recorded[s].idle += recorded.idle;
        study->services[s].open += services.open;
        study->services[s].idle += services.idle;
        study->once[s].open += once.open;
        study->once[s].idle += once.idle;
    }
}

/* ---- demand, lengths, waits ---- */

static void study_interval(const struct office_snap *from, const struct office_snap *to, unsigned windows,
                           int weekday, struct queue_study *queue)
{
    double minutes = to->minute - from->minute;
    double out = (double)to->arrived + from->waiting - to->waiting;
    queue->minutes += minutes;
    queue->windows_min += minutes * windows;
    queue->waiting_min += minutes * (from->waiting + to->waiting) / 2;
    queue->arrivals += to->arrived;
    queue->called += to->called;
    queue->out += out > 0 ? out : 0;
    for (unsigned m = from->minute; m < to->minute; m++) {
        queue->demand[weekday][m / 10] += to->arrived / minutes;
        queue->demand_min[weekday][m / 10]++;
    }
}

static void study_series(const struct offices_trace *trace, const struct office_series *series,
                         struct office_study *study)
{
    struct queue_study *queue = &study->queues[series->queue];
    const struct office_snap *snaps = &trace->snaps[series->from];
    queue->snaps += (unsigned)series->count;
    for (size_t i = 0; i < series->count; i++) {
        if (snaps[i].waiting > queue->waiting_max)
            queue->waiting_max = snaps[i].waiting;
        if (i && snaps[i].minute - snaps[i - 1].minute <= OFFICE_GAP_MIN)
            study_interval(&snaps[i - 1], &snaps[i], study->windows[series->from + i - 1],
                           date_weekday(series->date), queue);
    }
}

/* A desk of several queues is busy with all of them at once: its counter-minutes were added once for each
 * queue. */
static void settle_desks(struct office_study *study)
{
    double minutes = 0, out = 0;
    for (unsigned i = 0; i < study->desk_count; i++) {
        minutes += study->desks[i].busy_min;
        out += study->desks[i].busy_out;
    }
    for (unsigned i = 0; i < study->desk_count; i++) {
        struct desk_study *desk = &study->desks[i];
        desk->guessed = desk->busy_out < OUT_MIN;
        if (!desk->guessed)
            desk->handling_min = desk->busy_min / desk->busy_out;
        else
            desk->handling_min = out > 0 ? minutes / out : 10;
    }
}

/* ---- the whole ---- */

static enum status list_days(const struct offices_trace *trace, unsigned office, struct office_study *study,
                             struct error *error)
{
    for (size_t i = 0; i < trace->series_count; i++) {
        const struct office_series *series = &trace->series[i];
        unsigned k = 0;
        if (series->office != office)
            continue;
        while (k < study->day_count &&
               (study->days[k].date != series->date || study->days[k].apart != series->apart))
            k++;
        if (k < study->day_count)
            continue;
        if (k == OFFICE_DAYS_MAX)
            return error_set(error, STATUS_LIMIT, "more than %d days in one office", OFFICE_DAYS_MAX);
        study->days[study->day_count++] = (struct office_day){series->date, series->apart};
    }
    return STATUS_OK;
}

enum status office_study(const struct offices_trace *trace, unsigned office, struct office_study *study,
                         struct error *error)
{
    memset(study, 0, sizeof *study);
    study->queue_count = trace->offices[office].queue_count;
    study->queues = calloc(study->queue_count, sizeof *study->queues);
    study->windows = malloc(trace->snap_count * sizeof *study->windows);
    if (!study->queues || !study->windows)
        return error_set(error, STATUS_MEMORY, "out of memory for %zu snapshots", trace->snap_count);
    for (size_t i = 0; i < trace->snap_count; i++)
        study->windows[i] = trace->snaps[i].windows;
    if (list_days(trace, office, study, error) != STATUS_OK ||
        find_desks(trace, office, study, error) != STATUS_OK)
        return error->status;
    for (unsigned i = 0; i < study->queue_count; i++)
        correct_queue(trace, office, i, study);
    struct counting counting = {.trace = trace, .study = study};
    for (unsigned i = 0; i < study->day_count; i++) {
        counting.begun = false;
        each_moment(trace, office, &study->days[i], count_moment, &counting);
    }
    for (size_t i = 0; i < trace->series_count; i++)
        if (trace->series[i].office == office)
            study_series(trace, &trace->series[i], study);
    settle_desks(study);
    return STATUS_OK;
}

void office_study_destroy(struct office_study *study)
{
    free(study->queues);
    free(study->windows);
    study->queues = NULL;
    study->windows = NULL;
}
