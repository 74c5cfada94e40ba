/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_offices_report.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "dispatcher/sim/trace_offices_pool.h"

enum { POOLING_RUNS = 20 };

struct office_figures {
    const struct offices_trace *trace;
    unsigned office;
    struct office_study study;
    struct pooling pooling;
};

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double idle_share(const struct idle_share *s)
{
    return share(s->idle, s->open);
}

/* Mean wait by Little's law, minutes, of the whole office. */
static double office_wait_min(const struct office_study *study)
{
    double line = 0, people = 0;
    for (unsigned i = 0; i < study->queue_count; i++) {
        line += study->queues[i].waiting_min;
        people += study->queues[i].arrivals;
    }
    return share(line, people);
}

/* ---- for people ---- */

static void write_office(const struct office_figures *f, struct text *out)
{
    const struct office_study *s = &f->study;
    text_printf(out, "%s: %u days, %u snapshots of %u queues at %u desks\n",
                f->trace->offices[f->office].name, s->day_count, s->snapshots, s->queue_count, s->desk_count);
    text_printf(out,
                "  a queue with 5 or more waiting: %.1f %% of snapshots; with 5 or more for each open "
                "counter: %.1f %%\n",
                100 * share(s->in_state[OFFICE_SOME_MANY], s->snapshots),
                100 * share(s->in_state[OFFICE_SOME_MANY_EACH], s->snapshots));
    text_printf(out, "  %-44s %12s %12s %12s\n", "with an empty queue, of those open", "always", "some >= 5",
                "some >= 5 each");
    const struct {
        const char *name;
        const struct idle_share *shares;
    } rows[] = {{"queues with open counters", s->services},
                {"counters, as recorded under each queue", s->recorded},
                {"counters, those of a desk counted once", s->once}};
    for (unsigned i = 0; i < 3; i++)
        text_printf(out, "  %-44s %10.1f %% %10.1f %% %10.1f %%\n", rows[i].name,
                    100 * idle_share(&rows[i].shares[OFFICE_ALL]),
                    100 * idle_share(&rows[i].shares[OFFICE_SOME_MANY]),
                    100 * idle_share(&rows[i].shares[OFFICE_SOME_MANY_EACH]));
}

/* The first bytes of a name that make up at most `most` characters. */
static int name_bytes(const char *name, unsigned most)
{
    int bytes = 0;
    for (unsigned shown = 0; name[bytes] && shown < most; shown++)
        for (bytes++; ((unsigned char)name[bytes] & 0xc0) == 0x80;)
            bytes++;
    return bytes;
}

static unsigned name_width(const char *name, int bytes)
{
    unsigned width = 0;
    for (int i = 0; i < bytes; i++)
        width += ((unsigned char)name[i] & 0xc0) != 0x80;
    return width;
}

static void write_queues(const struct office_figures *f, struct text *out)
{
    const struct office_study *s = &f->study;
    text_printf(out, "\n  %-34s %4s %5s %7s %6s %7s %7s %6s %6s %6s  %s\n", "queue", "desk", "hours",
                "people/h", "open", "min each", "waiting", "most", ">=5", ">=5 ea",
                "wait, min: recorded, model, half flexible");
    for (unsigned i = 0; i < s->queue_count; i++) {
        const struct queue_study *q = &s->queues[i];
        const char *name = f->trace->offices[f->office].queues[i].service;
        int bytes = name_bytes(name, 34);
        text_printf(out, "  %.*s%*s", bytes, name, (int)(34 - name_width(name, bytes)), "");
        text_printf(out, " %4u %5.0f %8.1f %6.1f %8.1f%c %6.1f %6u %5.0f%% %5.0f%%", q->desk + 1u,
                    q->minutes / 60, 60 * share(q->arrivals, q->minutes), share(q->windows_min, q->minutes),
                    s->desks[q->desk].handling_min, s->desks[q->desk].guessed ? '?' : ' ',
                    share(q->waiting_min, q->minutes), q->waiting_max, 100 * share(q->many, q->snaps),
                    100 * share(q->many_each, q->snaps));
        text_printf(out, "  %8.1f %8.1f %8.1f%s\n", share(q->waiting_min, q->arrivals),
                    f->pooling.desk_min[0][q->desk], f->pooling.desk_min[2][q->desk],
                    q->misread && q->minutes > 0 ? "  counters corrected" : "");
    }
    text_puts(
        out,
        "  min each: minutes at the counter, by desk (? too few seen: the office's mean). The wait of the "
        "model is by desk.\n");
}

static void write_pooling(const struct office_figures *f, struct text *out)
{
    const struct pooling *p = &f->pooling;
    text_printf(out,
                "\n  mean wait, min: recorded (Little) %.1f; model, every desk for itself %.1f +- %.1f\n",
                office_wait_min(&f->study), p->wait_min[0], p->error_min[0]);
    for (unsigned v = 1; v < POOLING_VARIANTS; v++)
        text_printf(out,
                    "  %3.0f %% of the open counters flexible%s: %.1f +- %.1f, that is %.2f +- %.2f of it\n",
                    100 * pooling_variants[v].flexible,
                    pooling_variants[v].slower > 1 ? ", a quarter slower elsewhere" : "", p->wait_min[v],
                    p->error_min[v], p->ratio[v], p->ratio_error[v]);
}

static void write_demand(const struct office_study *s, struct text *out)
{
    static const char *const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    text_puts(out, "\n  people who came per hour, all queues (by 10 min and queue: --json)\n   ");
    for (unsigned hour = 7; hour < 19; hour++)
        text_printf(out, " %5u:00", hour);
    for (unsigned day = 0; day < 7; day++) {
        double people[24] = {0}, total = 0;
        for (unsigned bin = 0; bin < OFFICE_BINS; bin++)
            for (unsigned q = 0; q < s->queue_count; q++)
                if (s->queues[q].demand_min[day][bin] > 0)
                    people[bin / 6] += 10 * s->queues[q].demand[day][bin] / s->queues[q].demand_min[day][bin];
        for (unsigned hour = 0; hour < 24; hour++)
            total += people[hour];
        if (total <= 0)
            continue;
        text_printf(out, "\n  %s", names[day]);
        for (unsigned hour = 7; hour < 19; hour++)
            text_printf(out, " %8.0f", people[hour]);
    }
    text_puts(out, "\n");
}

static const char limits_text[] = "\nWhat this is not: the snapshots do not say which counters may serve "
                                  "what, who gave up, or how long one visitor "
                                  "took.\nThe model assumes that a flexible counter may serve anything, that "
                                  "nobody gives up and that lengths "
                                  "scatter alike\neverywhere; it shows what helping each other could bring "
                                  "at most. +-: standard error over "
                                  "days.\n";

/* ---- for programs ---- */

static json_t *idle_json(const struct idle_share shares[OFFICE_STATES])
{
    return json_pack("{s:f,s:f,s:f}", "always", idle_share(&shares[OFFICE_ALL]), "some_5",
                     idle_share(&shares[OFFICE_SOME_MANY]), "some_5_each",
                     idle_share(&shares[OFFICE_SOME_MANY_EACH]));
}

/* Mean number of people by weekday and 10 min: [weekday][bin], null where nothing was recorded. */
static json_t *demand_json(const struct queue_study *q)
{
    json_t *days = json_array();
    for (unsigned day = 0; day < 7; day++) {
        json_t *bins = json_array();
        for (unsigned bin = 0; bin < OFFICE_BINS; bin++) {
            double minutes = q->demand_min[day][bin];
            json_array_append_new(bins,
                                  minutes > 0 ? json_real(10 * q->demand[day][bin] / minutes) : json_null());
        }
        json_array_append_new(days, bins);
    }
    return days;
}

static json_t *queue_json(const struct office_figures *f, unsigned number)
{
    const struct queue_study *q = &f->study.queues[number];
    const struct office_queue *names = &f->trace->offices[f->office].queues[number];
    const struct desk_study *desk = &f->study.desks[q->desk];
    return json_pack("{s:s,s:s,s:i,s:f,s:f,s:f,s:f,s:b,s:f,s:i,s:f,s:f,s:f,s:f,s:f,s:i,s:o}", "id", names->id,
                     "service", names->service, "desk", q->desk + 1, "hours", q->minutes / 60,
                     "arrivals_per_h", 60 * share(q->arrivals, q->minutes), "windows_mean",
                     share(q->windows_min, q->minutes), "handling_min", desk->handling_min,
                     "handling_guessed", desk->guessed, "waiting_mean", share(q->waiting_min, q->minutes),
                     "waiting_max", (int)q->waiting_max, "share_5", share(q->many, q->snaps), "share_5_each",
                     share(q->many_each, q->snaps), "wait_recorded_min", share(q->waiting_min, q->arrivals),
                     "wait_model_min", f->pooling.desk_min[0][q->desk], "out_of_line_called_share",
                     share(q->called, q->out), "snapshots_corrected", (int)q->misread, "demand_per_10min",
                     demand_json(q));
}

static json_t *pooling_json(const struct pooling *p)
{
    json_t *list = json_array();
    for (unsigned v = 0; v < POOLING_VARIANTS; v++)
        json_array_append_new(list, json_pack("{s:f,s:f,s:f,s:f,s:f,s:f}", "flexible_share",
                                              pooling_variants[v].flexible, "slower_elsewhere",
                                              pooling_variants[v].slower, "wait_min", p->wait_min[v],
                                              "wait_error_min", p->error_min[v], "ratio", p->ratio[v],
                                              "ratio_error", p->ratio_error[v]));
    return list;
}

static json_t *office_json(const struct office_figures *f)
{
    const struct office_study *s = &f->study;
    json_t *queues = json_array();
    for (unsigned i = 0; i < s->queue_count; i++)
        json_array_append_new(queues, queue_json(f, i));
    return json_pack(
        "{s:s,s:i,s:i,s:i,s:f,s:f,s:o,s:o,s:o,s:f,s:o,s:o}", "office", f->trace->offices[f->office].name,
        "days", (int)s->day_count, "snapshots", (int)s->snapshots, "desks", (int)s->desk_count,
        "share_some_5", share(s->in_state[OFFICE_SOME_MANY], s->snapshots), "share_some_5_each",
        share(s->in_state[OFFICE_SOME_MANY_EACH], s->snapshots), "idle_queues", idle_json(s->services),
        "idle_counters_recorded", idle_json(s->recorded), "idle_counters_once", idle_json(s->once),
        "wait_recorded_min", office_wait_min(s), "pooling", pooling_json(&f->pooling), "queues", queues);
}

/* ---- the whole ---- */

/* All offices together: how often somebody waited while others had nothing to do. */
struct together {
    double snapshots, some[OFFICE_STATES];
};

static void write_together(const struct together *t, struct text *out)
{
    text_printf(out,
                "All offices: %.0f snapshots; a queue with 5 or more waiting in %.1f %%, with 5 or more for "
                "each open "
                "counter in %.1f %%\n\n",
                t->snapshots, 100 * share(t->some[OFFICE_SOME_MANY], t->snapshots),
                100 * share(t->some[OFFICE_SOME_MANY_EACH], t->snapshots));
}

static enum status report_office(struct office_figures *f, json_t *list, struct text *out,
                                 struct together *together, struct error *error)
{
    if (office_study(f->trace, f->office, &f->study, error) != STATUS_OK ||
        office_pool(f->trace, f->office, &f->study, POOLING_RUNS, 1, &f->pooling, error) != STATUS_OK)
        return error->status;
    together->snapshots += f->study.snapshots;
    for (unsigned i = 0; i < OFFICE_STATES; i++)
        together->some[i] += f->study.in_state[i];
    if (list) {
        json_t *office = office_json(f);
        if (!office || json_array_append_new(list, office) != 0)
            return error_set(error, STATUS_MEMORY, "cannot write the office \"%s\" as JSON",
                             f->trace->offices[f->office].name);
        return STATUS_OK;
    }
    write_office(f, out);
    write_queues(f, out);
    write_pooling(f, out);
    write_demand(&f->study, out);
    text_puts(out, "\n");
    return STATUS_OK;
}

static enum status write_json(json_t *list, const struct together *t, struct text *out, struct error *error)
{
    json_t *root =
        json_pack("{s:s,s:s,s:f,s:f,s:f,s:O}", "form", "offices", "unit", "min", "snapshots", t->snapshots,
                  "share_some_5", share(t->some[OFFICE_SOME_MANY], t->snapshots), "share_some_5_each",
                  share(t->some[OFFICE_SOME_MANY_EACH], t->snapshots), "offices", list);
    char *words = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
    if (words) {
        text_puts(out, words);
        text_puts(out, "\n");
    }
    json_decref(root);
    enum status status = words ? STATUS_OK : error_set(error, STATUS_MEMORY, "out of memory for the report");
    free(words);
    return status;
}

enum status offices_report(const struct offices_trace *trace, bool json, struct text *out,
                           struct error *error)
{
    json_t *list = json ? json_array() : NULL;
    struct together together = {0};
    struct text offices = {0};
    struct office_figures *f = calloc(1, sizeof *f);
    enum status status =
        f && (list || !json) ? STATUS_OK : error_set(error, STATUS_MEMORY, "out of memory for the report");
    for (unsigned i = 0; i < trace->office_count && status == STATUS_OK; i++) {
        f->trace = trace;
        f->office = i;
        status = report_office(f, list, &offices, &together, error);
        office_study_destroy(&f->study);
    }
    if (status == STATUS_OK && json) {
        status = write_json(list, &together, out, error);
    } else if (status == STATUS_OK) {
        write_together(&together, out);
        text_append(out, offices.data, offices.length);
        text_puts(out, limits_text + 1);
    }
    if (status == STATUS_OK && (out->failed || offices.failed))
        status = error_set(error, STATUS_MEMORY, "out of memory for the report");
    text_destroy(&offices);
    json_decref(list);
    free(f);
    return status;
}
