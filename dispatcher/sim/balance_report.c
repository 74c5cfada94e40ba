/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/balance_report.h"

#include <math.h>
#include <string.h>

static int scenario_at(struct report *report, const char *name)
{
    for (unsigned s = 0; s < report->scenario_count; s++)
        if (strcmp(report->scenarios[s], name) == 0)
            return (int)s;
    if (report->scenario_count == REPORT_SCENARIOS_MAX)
        return -1;
    strncpy(report->scenarios[report->scenario_count], name, SCENARIO_NAME_MAX);
    return (int)report->scenario_count++;
}

static int policy_at(struct report *report, const struct balance_policy *policy)
{
    for (unsigned p = 0; p < report->policy_count; p++)
        if (report->policies[p] == policy)
            return (int)p;
    if (report->policy_count == REPORT_POLICIES_MAX)
        return -1;
    report->policies[report->policy_count] = policy;
    return (int)report->policy_count++;
}

bool report_add(struct report *report, const char *scenario, const struct balance_policy *policy,
                const struct measures *measures)
{
    int s = scenario_at(report, scenario), p = policy_at(report, policy);
    if (s < 0 || p < 0)
        return false;
    struct report_cell *cell = &report->cells[p][s];
    cell->days++;
    for (unsigned m = 0; m < MEASURE_COUNT; m++) {
        if (isnan(measures->of[m]))
            continue;
        cell->count[m]++;
        cell->sum[m] += measures->of[m];
        cell->squares[m] += measures->of[m] * measures->of[m];
    }
    return true;
}

double report_mean(const struct report_cell *cell, enum measure measure)
{
    return cell->count[measure] ? cell->sum[measure] / cell->count[measure] : NAN;
}

double report_error(const struct report_cell *cell, enum measure measure)
{
    unsigned n = cell->count[measure];
    if (n < 2)
        return NAN;
    double mean = cell->sum[measure] / n;
    double variance = (cell->squares[measure] - n * mean * mean) / (n - 1);
    return variance > 0 ? sqrt(variance / n) : 0;
}

/* ---- ratios ---- */

static const struct report_cell *cell_of(const struct report *report, const char *policy, unsigned s)
{
    for (unsigned p = 0; p < report->policy_count; p++)
        if (strcmp(report->policies[p]->name, policy) == 0)
            return &report->cells[p][s];
    return NULL;
}

static double mean_of(const struct report *report, const char *policy, unsigned s, enum measure measure)
{
    const struct report_cell *cell = cell_of(report, policy, s);
    return cell ? report_mean(cell, measure) : NAN;
}

/* What the headlines are made of; each is averaged over scenarios. */
enum headline {
    OVER_DEDICATED,
    OVER_MIXED,
    OVER_B3,
    GAP_CLOSED,
    P90_OVER_DEDICATED,
    P99_OVER_DEDICATED,
    JAIN_DISTANCE,
    HEADLINES
};
static const struct {
    const char *name, *text;
} headlines[HEADLINES] = {
    [OVER_DEDICATED] = {"mean_over_static_dedicated", "/ static dedicated"},
    [OVER_MIXED] = {"mean_over_static_mixed", "/ static mixed"},
    [OVER_B3] = {"mean_over_b3", "/ B3"},
    [GAP_CLOSED] = {"gap_closed", "gap closed"},
    [P90_OVER_DEDICATED] = {"p90_over_static_dedicated", "P90 / s.d."},
    [P99_OVER_DEDICATED] = {"p99_over_static_dedicated", "P99 / s.d."},
    [JAIN_DISTANCE] = {"jain_distance_to_b4", "B4 - Jain"},
};

/* One scenario's value of a headline. */
static double headline_at(const struct report *report, unsigned p, unsigned s, enum headline headline)
{
    const struct report_cell *cell = &report->cells[p][s];
    double mean = report_mean(cell, MEASURE_MEAN);
    double dedicated = mean_of(report, "static-dedicated", s, MEASURE_MEAN);
    switch (headline) {
    case OVER_DEDICATED:
        return mean / dedicated;
    case OVER_MIXED:
        return mean / mean_of(report, "static-mixed", s, MEASURE_MEAN);
    case OVER_B3:
        return mean / mean_of(report, "b3", s, MEASURE_MEAN);
    case GAP_CLOSED:
        return (dedicated - mean) / (dedicated - mean_of(report, "b2", s, MEASURE_MEAN));
    case P90_OVER_DEDICATED:
        return report_mean(cell, MEASURE_P90) / mean_of(report, "static-dedicated", s, MEASURE_P90);
    case P99_OVER_DEDICATED:
        return report_mean(cell, MEASURE_P99) / mean_of(report, "static-dedicated", s, MEASURE_P99);
    case JAIN_DISTANCE:
        return report_mean(cell, MEASURE_BALANCE_BOUND) - report_mean(cell, MEASURE_JAIN_BUSY);
    case HEADLINES:
        break;
    }
    return NAN;
}

static double headline_mean(const struct report *report, unsigned p, enum headline headline)
{
    double sum = 0;
    for (unsigned s = 0; s < report->scenario_count; s++)
        sum += headline_at(report, p, s, headline);
    return sum / report->scenario_count;
}

/* ---- for people ---- */

static void print_number(FILE *out, int width, int digits, double value)
{
    if (isnan(value))
        fprintf(out, " %*s", width, "-");
    else
        fprintf(out, " %*.*f", width, digits, value);
}

static void print_means(const struct report *report, FILE *out)
{
    fprintf(out, "mean wait, minutes (standard error over days)\n%-18s", "policy");
    for (unsigned s = 0; s < report->scenario_count; s++)
        fprintf(out, " %12s", report->scenarios[s]);
    fputc('\n', out);
    for (unsigned p = 0; p < report->policy_count; p++) {
        fprintf(out, "%-18s", report->policies[p]->name);
        for (unsigned s = 0; s < report->scenario_count; s++) {
            print_number(out, 5, 2, report_mean(&report->cells[p][s], MEASURE_MEAN));
            fprintf(out, " (%4.2f)", report_error(&report->cells[p][s], MEASURE_MEAN));
        }
        fputc('\n', out);
    }
}

static void print_headlines(const struct report *report, FILE *out)
{
    fprintf(out, "\nmean over scenarios\n%-18s", "policy");
    for (unsigned h = 0; h < HEADLINES; h++)
        fprintf(out, " %18s", headlines[h].text);
    fputc('\n', out);
    for (unsigned p = 0; p < report->policy_count; p++) {
        fprintf(out, "%-18s", report->policies[p]->name);
        for (unsigned h = 0; h < HEADLINES; h++)
            print_number(out, 18, 3, headline_mean(report, p, (enum headline)h));
        fputc('\n', out);
    }
}

/* Every measure of one policy, a line each. */
static void print_measures(const struct report *report, unsigned p, FILE *out)
{
    fprintf(out, "\n%s: %s\n", report->policies[p]->name, report->policies[p]->about);
    for (unsigned m = 0; m < MEASURE_COUNT; m++) {
        fprintf(out, "  %-14s", measure_names[m]);
        for (unsigned s = 0; s < report->scenario_count; s++)
            print_number(out, 9, m == MEASURE_TICKETS ? 0 : 3,
                         report_mean(&report->cells[p][s], (enum measure)m));
        fprintf(out, "  %s\n", measure_abouts[m]);
    }
}

void report_print(const struct report *report, FILE *out)
{
    print_means(report, out);
    print_headlines(report, out);
    for (unsigned p = 0; p < report->policy_count; p++)
        if (report->policies[p]->kind == BALANCE_HALL || report->policy_count == 1)
            print_measures(report, p, out);
}

/* ---- for programs ---- */

static json_t *number_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *cell_json(const struct report *report, unsigned p, unsigned s)
{
    const struct report_cell *cell = &report->cells[p][s];
    json_t *object = json_pack("{s:s,s:i}", "scenario", report->scenarios[s], "days", cell->days);
    for (unsigned m = 0; m < MEASURE_COUNT; m++)
        json_object_set_new(object, measure_names[m], number_json(report_mean(cell, (enum measure)m)));
    json_object_set_new(object, "se", number_json(report_error(cell, MEASURE_MEAN)));
    json_t *errors = json_object();
    for (unsigned m = 0; m < MEASURE_COUNT; m++)
        json_object_set_new(errors, measure_names[m], number_json(report_error(cell, (enum measure)m)));
    json_object_set_new(object, "standard_errors", errors);
    for (unsigned h = 0; h < HEADLINES; h++)
        json_object_set_new(object, headlines[h].name,
                            number_json(headline_at(report, p, s, (enum headline)h)));
    return object;
}

json_t *report_json(const struct report *report)
{
    json_t *policies = json_array();
    for (unsigned p = 0; p < report->policy_count; p++) {
        json_t *scenarios = json_array(), *all = json_object();
        for (unsigned s = 0; s < report->scenario_count; s++)
            json_array_append_new(scenarios, cell_json(report, p, s));
        for (unsigned h = 0; h < HEADLINES; h++)
            json_object_set_new(all, headlines[h].name,
                                number_json(headline_mean(report, p, (enum headline)h)));
        json_array_append_new(policies, json_pack("{s:s,s:s,s:o,s:o}", "policy", report->policies[p]->name,
                                                  "about", report->policies[p]->about, "scenarios", scenarios,
                                                  "mean_over_scenarios", all));
    }
    return json_pack("{s:s,s:o}", "unit", "minutes", "policies", policies);
}
