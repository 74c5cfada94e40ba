/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/day_report.h"

#include <math.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/fields.h"

enum { CELL_MAX = 32 };

static double minutes(double ms)
{
    return ms / MINUTE_MS;
}

/* ---- for people ---- */

/* "-1.50 +- 0.05", or nothing when nothing is known of the error. */
static void write_difference(double value, double error, char out[CELL_MAX])
{
    snprintf(out, CELL_MAX, "%+.2f +- %.2f", value, error);
}

static void print_row(FILE *out, const char *name, const char *left, const char *right,
                      const char *difference)
{
    fprintf(out, "  %-32s %12s  %12s  %16s\n", name, left, right, difference);
}

static void print_numbers(FILE *out, const char *name, double left, double right, int digits)
{
    char cells[2][CELL_MAX];
    snprintf(cells[0], CELL_MAX, "%.*f", digits, left);
    snprintf(cells[1], CELL_MAX, "%.*f", digits, right);
    print_row(out, name, cells[0], cells[1], "");
}

static void print_judged(FILE *out, const char *name, double left, double right, int digits,
                         double difference, double error)
{
    char cells[2][CELL_MAX], differs[CELL_MAX];
    snprintf(cells[0], CELL_MAX, "%.*f", digits, left);
    snprintf(cells[1], CELL_MAX, "%.*f", digits, right);
    write_difference(difference, error, differs);
    print_row(out, name, cells[0], cells[1], differs);
}

static void print_bands(const struct day_report *r, FILE *out)
{
    char cells[2][CELL_MAX];
    for (unsigned i = 0; i < 2; i++)
        snprintf(cells[i], CELL_MAX, "%.1f-%.1f", minutes(r->figures[i]->low_ms),
                 minutes(r->figures[i]->high_ms));
    print_row(out, "  8 days out of 10 between", cells[0], cells[1], "");
}

void day_report_print(const struct day_report *r, FILE *out)
{
    const struct day_figures *a = r->figures[0], *b = r->figures[1];
    const struct day_waits *all[2] = {&a->of[GROUP_ALL], &b->of[GROUP_ALL]};
    const struct day_difference *d = r->difference;
    print_row(out, "waits in minutes", r->left, r->right, "difference");
    print_numbers(out, "visitors a day", all[0]->visitors, all[1]->visitors, 0);
    print_judged(out, "mean wait", minutes(all[0]->mean_ms), minutes(all[1]->mean_ms), 2,
                 minutes(d->mean_ms[GROUP_ALL]), minutes(d->mean_error_ms[GROUP_ALL]));
    print_bands(r, out);
    print_numbers(out, "half waited at most", minutes(all[0]->p50_ms), minutes(all[1]->p50_ms), 1);
    print_numbers(out, "90 % waited at most", minutes(all[0]->p90_ms), minutes(all[1]->p90_ms), 1);
    print_numbers(out, "99 % waited at most", minutes(all[0]->p99_ms), minutes(all[1]->p99_ms), 1);
    print_judged(out, "% within their target", 100 * all[0]->within_target, 100 * all[1]->within_target, 1,
                 100 * d->within_target, 100 * d->within_target_error);
    print_judged(out, "% of bookings within 5", 100 * a->booked_within_5, 100 * b->booked_within_5, 1,
                 100 * d->booked_within_5, 100 * d->booked_within_5_error);
    print_judged(out, "% of bookings within 10", 100 * a->booked_within_10, 100 * b->booked_within_10, 1,
                 100 * d->booked_within_10, 100 * d->booked_within_10_error);
    print_judged(out, "cost of waiting, weighted", a->cost_min, b->cost_min, 2, d->cost_min,
                 d->cost_error_min);
    print_numbers(out, "Jain index of busy shares", a->jain, b->jain, 3);
    print_numbers(out, "work after closing", minutes(a->overtime_ms), minutes(b->overtime_ms), 1);
    if (all[0]->unserved > 0 || all[1]->unserved > 0)
        print_numbers(out, "visitors never served", all[0]->unserved, all[1]->unserved, 1);
}

static void print_group(const struct day_report *r, FILE *out, const char *name, unsigned group)
{
    const struct day_waits *a = &r->figures[0]->of[group], *b = &r->figures[1]->of[group];
    char differs[CELL_MAX];
    if (a->visitors <= 0 && b->visitors <= 0)
        return;
    write_difference(minutes(r->difference->mean_ms[group]), minutes(r->difference->mean_error_ms[group]),
                     differs);
    fprintf(out, "  %-12s %9.1f  %8.2f %8.1f  %8.2f %8.1f  %16s\n", name, a->visitors, minutes(a->mean_ms),
            minutes(a->p90_ms), minutes(b->mean_ms), minutes(b->p90_ms), differs);
}

static void print_group_head(const struct day_report *r, FILE *out, const char *what)
{
    fprintf(out, "\n  %-12s %9s  %17s  %17s  %16s\n", what, "visitors", r->left, r->right, "difference");
    fprintf(out, "  %-12s %9s  %8s %8s  %8s %8s  %16s\n", "", "a day", "mean", "P90", "mean", "P90",
            "of the mean");
}

static void print_busy(const struct day_report *r, FILE *out)
{
    fprintf(out, "\n  %-12s %9s  %17s  %17s\n", "window", "", r->left, r->right);
    for (unsigned w = 0; w < r->outlook->window_count; w++) {
        char cells[2][CELL_MAX];
        for (unsigned i = 0; i < 2; i++) {
            double busy = r->figures[i]->busy[w];
            if (isnan(busy))
                snprintf(cells[i], CELL_MAX, "not there");
            else
                snprintf(cells[i], CELL_MAX, "%.1f %% busy", 100 * busy);
        }
        fprintf(out, "  %-12u %9s  %17s  %17s\n", r->outlook->windows[w].window, "", cells[0], cells[1]);
    }
}

void day_report_print_groups(const struct day_report *r, FILE *out)
{
    char name[CELL_MAX];
    print_group_head(r, out, "domain");
    for (unsigned d = 0; d < r->outlook->domain_count; d++) {
        snprintf(name, sizeof name, "%u", r->outlook->domains[d].domain);
        print_group(r, out, name, GROUP_DOMAINS + d);
    }
    print_group_head(r, out, "came");
    for (unsigned hour = 0; hour < DAY_HOURS; hour++) {
        snprintf(name, sizeof name, "%02u:00-%02u:00", hour, hour + 1);
        print_group(r, out, name, GROUP_HOURS + hour);
    }
    print_group_head(r, out, "class");
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        print_group(r, out, class_names[class], GROUP_CLASSES + class);
    print_busy(r, out);
}

/* ---- JSON ---- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *waits_json(const struct day_waits *waits)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "visitors", number(waits->visitors), "unserved",
                     number(waits->unserved), "mean_wait_min", number(minutes(waits->mean_ms)), "p50_min",
                     number(minutes(waits->p50_ms)), "p90_min", number(minutes(waits->p90_ms)), "p99_min",
                     number(minutes(waits->p99_ms)), "within_target", number(waits->within_target));
}

static json_t *groups_json(const struct day_report *r, unsigned which)
{
    const struct day_figures *f = r->figures[which];
    json_t *domains = json_array(), *hours = json_array(), *classes = json_object(), *busy = json_array();
    for (unsigned d = 0; d < r->outlook->domain_count; d++) {
        json_t *waits = waits_json(&f->of[GROUP_DOMAINS + d]);
        json_object_set_new(waits, "domain", json_integer(r->outlook->domains[d].domain));
        json_array_append_new(domains, waits);
    }
    for (unsigned hour = 0; hour < DAY_HOURS; hour++) {
        if (f->of[GROUP_HOURS + hour].visitors <= 0)
            continue;
        json_t *waits = waits_json(&f->of[GROUP_HOURS + hour]);
        json_object_set_new(waits, "hour", json_integer(hour));
        json_array_append_new(hours, waits);
    }
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        if (f->of[GROUP_CLASSES + class].visitors > 0)
            json_object_set_new(classes, class_names[class], waits_json(&f->of[GROUP_CLASSES + class]));
    for (unsigned w = 0; w < r->outlook->window_count; w++)
        json_array_append_new(busy, json_pack("{s:i,s:o}", "window", (int)r->outlook->windows[w].window,
                                              "busy", number(f->busy[w])));
    return json_pack("{s:o,s:o,s:o,s:o}", "domains", domains, "hours", hours, "classes", classes, "windows",
                     busy);
}

static json_t *figures_json(const struct day_report *r, unsigned which)
{
    const struct day_figures *f = r->figures[which];
    json_t *json = waits_json(&f->of[GROUP_ALL]), *groups = groups_json(r, which);
    json_object_update(json, groups);
    json_decref(groups);
    json_object_set_new(json, "days", json_integer(f->days));
    json_object_set_new(json, "mean_wait_p10_min", number(minutes(f->low_ms)));
    json_object_set_new(json, "mean_wait_p90_min", number(minutes(f->high_ms)));
    json_object_set_new(json, "booked_within_5", number(f->booked_within_5));
    json_object_set_new(json, "booked_within_10", number(f->booked_within_10));
    json_object_set_new(json, "cost_min", number(f->cost_min));
    json_object_set_new(json, "jain", number(f->jain));
    json_object_set_new(json, "overtime_min", number(minutes(f->overtime_ms)));
    return json;
}

static json_t *judged(double value, double error)
{
    return json_pack("{s:o,s:o}", "is", number(value), "error", number(error));
}

static json_t *difference_json(const struct day_report *r)
{
    const struct day_difference *d = r->difference;
    json_t *domains = json_array();
    for (unsigned i = 0; i < r->outlook->domain_count; i++) {
        json_t *json =
            judged(minutes(d->mean_ms[GROUP_DOMAINS + i]), minutes(d->mean_error_ms[GROUP_DOMAINS + i]));
        json_object_set_new(json, "domain", json_integer(r->outlook->domains[i].domain));
        json_array_append_new(domains, json);
    }
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "mean_wait_min",
                     judged(minutes(d->mean_ms[GROUP_ALL]), minutes(d->mean_error_ms[GROUP_ALL])),
                     "within_target", judged(d->within_target, d->within_target_error), "booked_within_5",
                     judged(d->booked_within_5, d->booked_within_5_error), "booked_within_10",
                     judged(d->booked_within_10, d->booked_within_10_error), "cost_min",
                     judged(d->cost_min, d->cost_error_min), "domains", domains);
}

json_t *day_report_json(const struct day_report *r)
{
    return json_pack("{s:o,s:o,s:o}", "left", figures_json(r, 0), "right", figures_json(r, 1), "difference",
                     difference_json(r));
}
