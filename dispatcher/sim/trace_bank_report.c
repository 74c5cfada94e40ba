/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_bank_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/sim/stage.h"

struct score {
    double distance, forecast, p90; /* sums, seconds */
    size_t within_median, within_p90;
};

/* One judged day. */
struct day_score {
    int32_t day;
    size_t waits;
    double wait_s;
    struct score scores[BANK_FORECASTERS];
};

struct tally {
    struct day_score *days; /* owned */
    size_t count, room;
    int32_t *waits; /* owned */
    size_t wait_count, wait_room;
    bool failed;
    bool fitted; /* there were days for fitting */
};

/* ---- counting ---- */

static void *grown(void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    size_t more = *room ? *room * 2 : 1024;
    void *bigger = realloc(list, more * size);
    if (bigger)
        *room = more;
    return bigger;
}

static struct day_score *score_of_day(struct tally *t, int32_t day)
{
    for (size_t i = t->count; i > 0 && t->days[i - 1].day >= day; i--)
        if (t->days[i - 1].day == day)
            return &t->days[i - 1];
    struct day_score *bigger = grown(t->days, t->count, &t->room, sizeof *t->days);
    if (!bigger)
        return NULL;
    t->days = bigger;
    t->days[t->count] = (struct day_score){.day = day};
    return &t->days[t->count++];
}

static void count_judged(const struct bank_judged *judged, void *userdata)
{
    struct tally *t = userdata;
    struct day_score *day = score_of_day(t, judged->call->day);
    int32_t *bigger = grown(t->waits, t->wait_count, &t->wait_room, sizeof *t->waits);
    if (bigger)
        t->waits = bigger;
    if (!day || !bigger) {
        t->failed = true;
        return;
    }
    double wait_s = judged->call->wait_s;
    t->waits[t->wait_count++] = judged->call->wait_s;
    day->waits++;
    day->wait_s += wait_s;
    for (unsigned i = 0; i < BANK_FORECASTERS; i++) {
        const struct wait_quantiles *f = &judged->forecast[i];
        struct score *s = &day->scores[i];
        s->distance += fabs(f->median - wait_s);
        s->forecast += f->median;
        s->p90 += f->p90;
        s->within_median += wait_s <= f->median;
        s->within_p90 += wait_s <= f->p90;
    }
}

static int wait_order(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* ---- figures ---- */

struct figures {
    double n, mae_s, mae_error_s, mean_s, p90_s, covered_median, covered_p90;
};

/* Of a forecaster on the days [from, to). */
static struct figures figures_of(const struct tally *t, unsigned forecaster, size_t from, size_t to)
{
    struct figures f = {0};
    double squares = 0, days = (double)(to - from);
    for (size_t i = from; i < to; i++) {
        const struct score *s = &t->days[i].scores[forecaster];
        f.n += (double)t->days[i].waits;
        f.mae_s += s->distance;
        f.mean_s += s->forecast;
        f.p90_s += s->p90;
        f.covered_median += (double)s->within_median;
        f.covered_p90 += (double)s->within_p90;
    }
    if (f.n == 0)
        return f;
    f.mae_s /= f.n;
    f.mean_s /= f.n;
    f.p90_s /= f.n;
    f.covered_median /= f.n;
    f.covered_p90 /= f.n;
    for (size_t i = from; i < to; i++) {
        double apart = t->days[i].scores[forecaster].distance - f.mae_s * (double)t->days[i].waits;
        squares += apart * apart;
    }
    f.mae_error_s = days > 1 ? sqrt(squares * days / (days - 1)) / f.n : 0;
    return f;
}

/* The end of the run of days of one month that begins at `from`. */
static size_t month_end(const struct tally *t, size_t from)
{
    struct civil first = date_to_civil(t->days[from].day);
    size_t to = from + 1;
    while (to < t->count) {
        struct civil next = date_to_civil(t->days[to].day);
        if (next.year != first.year || next.month != first.month)
            break;
        to++;
    }
    return to;
}

static bool is_shown(const struct tally *t, unsigned forecaster)
{
    return forecaster != BANK_OURS_ONCE || t->fitted;
}

struct overview {
    size_t calls, served, gave_up, waited_served, days;
    int32_t first, last;
    double mean_wait_s, median_wait_s, p90_wait_s; /* judged */
};

static struct overview look_over(const struct bank_trace *trace, struct tally *t)
{
    struct overview o = {.calls = trace->count, .days = 0};
    int32_t day = INT32_MIN;
    for (size_t i = 0; i < trace->count; i++) {
        const struct bank_call *call = &trace->calls[i];
        o.served += call->outcome == BANK_AGENT;
        o.gave_up += call->outcome == BANK_HANG;
        o.waited_served += call->outcome == BANK_AGENT && call->wait_s > 0;
        o.days += call->day != day;
        day = call->day;
    }
    if (trace->count) {
        o.first = trace->calls[0].day;
        o.last = day;
    }
    qsort(t->waits, t->wait_count, sizeof *t->waits, wait_order);
    for (size_t i = 0; i < t->wait_count; i++)
        o.mean_wait_s += (double)t->waits[i] / (double)t->wait_count;
    if (t->wait_count) {
        o.median_wait_s = t->waits[t->wait_count / 2];
        o.p90_wait_s = t->waits[t->wait_count * 9 / 10];
    }
    return o;
}

/* ---- for people ---- */

static void write_head(const struct overview *o, const struct tally *t, const struct bank_trace *trace,
                       struct text *out)
{
    char first[DATE_TEXT_MAX], last[DATE_TEXT_MAX];
    text_printf(
        out,
        "Call centre: %zu calls on %zu days, %s to %s; %zu reached an agent (%zu after waiting), %zu gave "
        "up; %u agents\n",
        o->calls, o->days, date_text(o->first, first), date_text(o->last, last), o->served, o->waited_served,
        o->gave_up, trace->server_count);
    if (trace->unrecorded || trace->moved)
        text_printf(out,
                    "  %zu services without times, %zu starts that did not agree with arrival and wait\n",
                    trace->unrecorded, trace->moved);
    text_printf(
        out, "Judged: %zu waits of customers who waited and reached an agent, on %zu days, %s to %s%s\n",
        t->wait_count, t->count, date_text(t->days[0].day, first), date_text(t->days[t->count - 1].day, last),
        t->fitted ? "; the days before were for fitting" : "; nothing was fitted before");
    text_printf(out, "  those waits, seconds: mean %.1f, median %.0f, P90 %.0f\n\n", o->mean_wait_s,
                o->median_wait_s, o->p90_wait_s);
}

static void write_table(const struct tally *t, struct text *out)
{
    text_printf(out, "%-26s %7s %6s %7s %9s %9s %9s\n", "forecast at arrival, s", "MAE", "+-", "mean",
                "<= median", "<= P90", "mean P90");
    for (unsigned i = 0; i < BANK_FORECASTERS; i++) {
        struct figures f = figures_of(t, i, 0, t->count);
        if (is_shown(t, i))
            text_printf(out, "%-26s %7.2f %6.2f %7.1f %8.1f%% %8.1f%% %9.1f\n",
                        bank_forecaster_name((enum bank_forecaster)i), f.mae_s, f.mae_error_s, f.mean_s,
                        100 * f.covered_median, 100 * f.covered_p90, f.p90_s);
    }
    text_puts(out,
              "+-: standard error over days. The P90 of all but ours is the forecast (or the futures' P90) "
              "with its daily factor.\n");
}

static void write_months(const struct tally *t, struct text *out)
{
    static const unsigned shown[] = {BANK_LAST_ENTERED, BANK_WORK_AHEAD, BANK_FUTURES, BANK_OURS_ONCE,
                                     BANK_OURS};
    if (month_end(t, 0) == t->count)
        return;
    text_printf(out, "\n%-8s %6s %7s", "MAE, s", "waits", "mean");
    for (unsigned k = 0; k < sizeof shown / sizeof shown[0]; k++)
        if (is_shown(t, shown[k]))
            text_printf(out, "  %s", bank_forecaster_name((enum bank_forecaster)shown[k]));
    for (size_t from = 0; from < t->count; from = month_end(t, from)) {
        size_t to = month_end(t, from);
        struct civil month = date_to_civil(t->days[from].day);
        double wait_s = 0;
        for (size_t i = from; i < to; i++)
            wait_s += t->days[i].wait_s;
        double n = figures_of(t, 0, from, to).n;
        text_printf(out, "\n%04d-%02d  %6.0f %7.1f", month.year, month.month, n, wait_s / n);
        for (unsigned k = 0; k < sizeof shown / sizeof shown[0]; k++)
            if (is_shown(t, shown[k]))
                text_printf(out, "  %*.2f", (int)strlen(bank_forecaster_name((enum bank_forecaster)shown[k])),
                            figures_of(t, shown[k], from, to).mae_s);
    }
    text_puts(out, "\n");
}

static void write_learned(const struct bank_trace *trace, const struct bank_learned *learned,
                          struct text *out)
{
    text_puts(out, "\nLearned from the log by its end: mean service, s:");
    for (unsigned i = 0; i < trace->kind_count; i++)
        text_printf(out, " %s %.0f", trace->kinds[i], learned->service_mean_s[i]);
    text_puts(out, "\n  head start on the line, s (priority 0 has none):");
    for (unsigned i = 1; i < POOL_RANKS; i++)
        if (learned->ranks[i])
            text_printf(out, " priority %u %.0f (%zu waited)", i, learned->head_start_s[i],
                        learned->ranks[i]);
    text_printf(out, "\n  trees grown %u times; daily factors now: median %.3f, P90 %.3f\n", learned->fits,
                learned->factor_median, learned->factor_p90);
}

/* ---- for programs ---- */

static json_t *figures_json(const struct figures *f)
{
    return json_pack("{s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "n", f->n, "mae_s", f->mae_s, "mae_error_s",
                     f->mae_error_s, "mean_s", f->mean_s, "p50_coverage", f->covered_median, "p90_coverage",
                     f->covered_p90, "p90_mean_s", f->p90_s);
}

static json_t *forecasters_json(const struct tally *t, size_t from, size_t to)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < BANK_FORECASTERS; i++) {
        struct figures f = figures_of(t, i, from, to);
        json_t *one = figures_json(&f);
        if (!is_shown(t, i)) {
            json_decref(one);
            continue;
        }
        json_object_set_new(one, "name", json_string(bank_forecaster_name((enum bank_forecaster)i)));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *months_json(const struct tally *t)
{
    json_t *list = json_array();
    for (size_t from = 0; from < t->count; from = month_end(t, from)) {
        char name[32];
        struct civil month = date_to_civil(t->days[from].day);
        snprintf(name, sizeof name, "%04d-%02d", month.year, month.month);
        json_array_append_new(list, json_pack("{s:s,s:o}", "month", name, "forecasters",
                                              forecasters_json(t, from, month_end(t, from))));
    }
    return list;
}

static json_t *learned_json(const struct bank_trace *trace, const struct bank_learned *learned)
{
    json_t *kinds = json_object(), *starts = json_object();
    for (unsigned i = 0; i < trace->kind_count; i++)
        json_object_set_new(kinds, trace->kinds[i], json_real(learned->service_mean_s[i]));
    for (unsigned i = 0; i < POOL_RANKS; i++) {
        char name[16];
        snprintf(name, sizeof name, "%u", i);
        if (learned->ranks[i])
            json_object_set_new(starts, name, json_real(learned->head_start_s[i]));
    }
    return json_pack("{s:o,s:o,s:i,s:f,s:f}", "service_mean_s", kinds, "head_start_s", starts, "fits",
                     (int)learned->fits, "median_factor", learned->factor_median, "p90_factor",
                     learned->factor_p90);
}

static void write_json(const struct overview *o, const struct tally *t, const struct bank_trace *trace,
                       const struct bank_learned *learned, struct text *out)
{
    char first[DATE_TEXT_MAX], last[DATE_TEXT_MAX];
    json_t *root = json_pack(
        "{s:s,s:s,s:I,s:I,s:I,s:I,s:i,s:b,s:s,s:s,s:I,s:f,s:f,s:f,s:o,s:o,s:o}", "form", "bank", "unit", "s",
        "calls", (json_int_t)o->calls, "days", (json_int_t)o->days, "reached_agent", (json_int_t)o->served,
        "gave_up", (json_int_t)o->gave_up, "agents", (int)trace->server_count, "fitted_before", t->fitted,
        "judged_from", date_text(t->days[0].day, first), "judged_to",
        date_text(t->days[t->count - 1].day, last), "n", (json_int_t)t->wait_count, "wait_mean_s",
        o->mean_wait_s, "wait_median_s", o->median_wait_s, "wait_p90_s", o->p90_wait_s, "forecasters",
        forecasters_json(t, 0, t->count), "months", months_json(t), "learned", learned_json(trace, learned));
    char *words = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(8)) : NULL;
    if (words) {
        text_puts(out, words);
        text_puts(out, "\n");
    } else {
        out->failed = true;
    }
    free(words);
    json_decref(root);
}

/* ---- the whole ---- */

enum status bank_report(const struct bank_report_params *params, struct text *out, struct error *error)
{
    const struct bank_trace *trace = params->trace;
    struct tally t = {.fitted = trace->count && trace->calls[0].day < params->judge_from};
    struct bank_learned learned;
    struct bank_walk_params walk = {
        .judge_from = params->judge_from, .futures = params->futures, .judge = count_judged, .userdata = &t};
    enum status status = STATUS_OK;
    if (!bank_walk(trace, &walk, &learned) || t.failed) {
        status = error_set(error, STATUS_MEMORY, "out of memory for %zu calls", trace->count);
    } else if (!t.wait_count) {
        status =
            error_set(error, STATUS_NOT_FOUND,
                      "there is nobody to judge: no customer of the days judged waited and reached an agent");
    } else {
        struct overview overview = look_over(trace, &t);
        if (params->json) {
            write_json(&overview, &t, trace, &learned, out);
        } else {
            write_head(&overview, &t, trace, out);
            write_table(&t, out);
            write_months(&t, out);
            write_learned(trace, &learned, out);
        }
        if (out->failed)
            status = error_set(error, STATUS_MEMORY, "out of memory for the report");
    }
    free(t.days);
    free(t.waits);
    return status;
}
