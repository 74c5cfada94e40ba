/* SPDX-License-Identifier: MIT
 * `evenhall-sim balance`: how long people wait under the product and under the policies it is measured
 * against, on the same days. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/span.h"
#include "dispatcher/core/policy.h"
#include "dispatcher/sim/balance_report.h"
#include "dispatcher/sim/commands.h"

enum { NAME_MAX_BYTES = 256, KNOBS_MAX = 64 };

/* Policies that the headlines need; they are quick. */
static const char *const always[] = {"static-dedicated", "static-mixed", "b2", "b3"};

struct chosen {
    const struct balance_policy *list[REPORT_POLICIES_MAX];
    unsigned count;
};

struct work {
    struct report *report;
    struct hall_file *hall;
    struct chosen policies;
    struct balance_params params;
    struct balance_knob knobs[KNOBS_MAX + 1];
    bool progress, forecasts;
    unsigned done, total;
    char scenario[SCENARIO_NAME_MAX + 1]; /* whose forecasts are learned */
};

static int complain(const char *format, const char *what)
{
    fprintf(stderr, "evenhall-sim balance: ");
    fprintf(stderr, format, what);
    fputc('\n', stderr);
    return 2;
}

/* ---- words ---- */

static void choose(struct chosen *chosen, const struct balance_policy *policy)
{
    for (unsigned i = 0; i < chosen->count; i++)
        if (chosen->list[i] == policy)
            return;
    chosen->list[chosen->count++] = policy;
}

/* "product,fair" or "all"; then those that the headlines need. */
static int choose_policies(struct chosen *chosen, const char *words)
{
    char copy[NAME_MAX_BYTES];
    if (strlen(words) >= sizeof copy)
        return complain("%s", "--policy is too long");
    memcpy(copy, words, strlen(words) + 1);
    for (char *rest = NULL, *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        const struct balance_policy *policy = balance_policy_find(name);
        if (policy) {
            choose(chosen, policy);
        } else if (strcmp(name, "all") == 0) {
            for (policy = balance_policies; policy->name; policy++)
                choose(chosen, policy);
        } else {
            return complain("there is no policy \"%s\"; --list shows them", name);
        }
    }
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        choose(chosen, balance_policy_find(always[i]));
    return 0;
}

/* "wait-exponent-permille=1100,unposted-permille=300" */
static int read_knobs(struct work *work, const char *words)
{
    char copy[1024];
    unsigned count = 0;
    if (strlen(words) >= sizeof copy)
        return complain("%s", "--set is too long");
    memcpy(copy, words, strlen(words) + 1);
    for (char *rest = NULL, *word = strtok_r(copy, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        char *value = strchr(word, '='), *end = NULL;
        if (!value || count == KNOBS_MAX)
            return complain("--set takes NAME=NUMBER, not \"%s\"", word);
        *value++ = '\0';
        enum policy_key key = policy_find(word, (unsigned)strlen(word));
        if (key == POLICY_KEYS)
            return complain("there is no knob \"%s\"", word);
        long number = strtol(value, &end, 10);
        const struct policy_row *row = policy_row(key);
        if (!*value || *end || number < row->least || number > row->most) {
            fprintf(stderr, "evenhall-sim balance: %s is %d to %d, not %s\n", row->name, row->least,
                    row->most, value);
            return 2;
        }
        work->knobs[count++] = (struct balance_knob){key, (int32_t)number};
    }
    work->knobs[count].key = POLICY_KEYS;
    work->params.knobs = work->knobs;
    return 0;
}

static int list_policies(void)
{
    for (const struct balance_policy *policy = balance_policies; policy->name; policy++)
        printf("%-18s %s\n", policy->name, policy->about);
    return 0;
}

/* ---- files ---- */

static int is_day_file(const struct dirent *entry)
{
    const char *day = strstr(entry->d_name, "-day");
    return day && strstr(day, ".json") && strstr(entry->d_name, "-hall");
}

/* The hall of a day: the name up to "-dayNN". */
static bool hall_path(const char *day_path, char *out, size_t size)
{
    const char *end = NULL;
    for (const char *at = day_path; (at = strstr(at, "-day")); at++)
        end = at;
    return end && (size_t)snprintf(out, size, "%.*s.json", (int)(end - day_path), day_path) < size;
}

/* Forecasts learn from day to day of one scenario. */
static enum status begin_forecasts(struct work *work, const struct day_file *day, struct error *error)
{
    if (!work->forecasts || strcmp(work->scenario, day->scenario) == 0)
        return STATUS_OK;
    memcpy(work->scenario, day->scenario, sizeof work->scenario);
    forecaster_destroy(work->params.forecaster);
    work->params.forecaster = forecaster_create();
    return work->params.forecaster ? STATUS_OK : error_set(error, STATUS_MEMORY, "no memory to forecast");
}

static enum status play_all(struct work *work, const struct day_file *day, struct error *error)
{
    double bound = bound_mean_wait_min(work->hall, day), level = bound_jain(work->hall, day);
    if (begin_forecasts(work, day, error) != STATUS_OK)
        return error->status;
    work->params.hall = work->hall;
    work->params.day = day;
    for (unsigned p = 0; p < work->policies.count; p++) {
        struct played played;
        struct measures measures;
        work->params.policy = work->policies.list[p];
        if (balance_play(&work->params, &played, error) != STATUS_OK)
            return error->status;
        measure_day(work->hall, day, &played, &measures);
        measures.of[MEASURE_BOUND] = bound;
        measures.of[MEASURE_BALANCE_BOUND] = level;
        played_destroy(&played);
        if (!report_add(work->report, day->scenario, work->params.policy, &measures))
            return error_set(error, STATUS_LIMIT, "more than %d scenarios", REPORT_SCENARIOS_MAX);
    }
    return STATUS_OK;
}

static enum status play_file(struct work *work, const char *path, struct error *error)
{
    char hall[4 * NAME_MAX_BYTES];
    struct day_file day;
    if (!hall_path(path, hall, sizeof hall))
        return error_set(error, STATUS_LIMIT, "%s: the name is too long", path);
    if (hall_file_read(hall, work->hall, error) != STATUS_OK ||
        day_file_read(path, work->hall, &day, error) != STATUS_OK)
        return error->status;
    enum status status = play_all(work, &day, error);
    day_file_destroy(&day);
    if (work->progress)
        fprintf(stderr, "\r%u of %u days ", ++work->done, work->total);
    return status;
}

static enum status play_folder(struct work *work, const char *folder, const char *scenario,
                               struct error *error)
{
    struct dirent **names = NULL;
    enum status status = STATUS_OK;
    unsigned played = 0;
    int count = scandir(folder, &names, is_day_file, alphasort);
    if (count < 0)
        return error_set(error, STATUS_NOT_FOUND, "%s: no such folder", folder);
    work->total += (unsigned)count;
    for (int i = 0; i < count; i++) {
        char path[3 * NAME_MAX_BYTES];
        size_t length = strlen(scenario);
        bool wanted =
            !length || (strncmp(names[i]->d_name, scenario, length) == 0 && names[i]->d_name[length] == '-');
        if (status == STATUS_OK && wanted) {
            if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name) >= sizeof path)
                status = error_set(error, STATUS_LIMIT, "%s: the name is too long", folder);
            else
                status = play_file(work, path, error);
            played++;
        }
        free(names[i]);
    }
    free(names);
    if (status == STATUS_OK && !played)
        return error_set(error, STATUS_NOT_FOUND,
                         "%s holds no days (SCENARIO-hallH-dayDD.json%s%s); `evenhall-sim days` makes some",
                         folder, *scenario ? " of " : "", scenario);
    return status;
}

static void print_report(const struct work *work, bool as_json)
{
    if (work->progress)
        fprintf(stderr, "\r%*s\r", 30, "");
    if (!as_json) {
        report_print(work->report, stdout);
        return;
    }
    json_t *json = report_json(work->report);
    json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(8));
    putchar('\n');
    json_decref(json);
}

int command_balance(int argc, char **argv)
{
    const char *folder = NULL, *policies = "product", *scenario = "", *seed = "1", *knobs = "";
    long accept = 100, every = 5;
    bool as_json = false, forecasts = false, list = false, help = false;
    int words;
    const struct option_row rows[] = {
        {"days", OPTION_TEXT, &folder, 0, 0, "DIR", "folder of hall and day files"},
        {"policy", OPTION_TEXT, &policies, 0, 0, "NAMES", "which, separated by commas, or all (product)"},
        {"scenario", OPTION_TEXT, &scenario, 0, 0, "NAME", "only days of this scenario"},
        {"set", OPTION_TEXT, &knobs, 0, 0, "KNOBS", "knobs of the product, NAME=NUMBER,..."},
        {"accept", OPTION_NUMBER, &accept, 0, 100, "PERCENT", "of proposals that the manager accepts (100)"},
        {"every", OPTION_NUMBER, &every, 5, 240, "MIN", "how often the manager looks (5)"},
        {"forecasts", OPTION_FLAG, &forecasts, 0, 0, NULL,
         "forecast each wait at issue, and say how well (product)"},
        {"seed", OPTION_TEXT, &seed, 0, 0, "SEED", "of the planner's futures and the manager (1)"},
        {"json", OPTION_FLAG, &as_json, 0, 0, NULL, "all measures as JSON"},
        {"list", OPTION_FLAG, &list, 0, 0, NULL, "show the policies"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {
        "evenhall-sim balance --days DIR [--policy NAMES] [--json]",
        "Waits under the product and under other policies, on the same days.", rows,
        sizeof rows / sizeof rows[0], &help};
    struct work work = {.progress = isatty(STDERR_FILENO)};
    struct error error = {0};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (list)
        return list_policies();
    if (words || !folder)
        return complain("%s", "--days DIR says where the days are; --help tells more");
    if (!seed_read(seed, &work.params.seed))
        return complain("--seed takes a number, not \"%s\"", seed);
    work.forecasts = forecasts;
    work.params.manager = (struct balance_manager){(unsigned)accept, (unsigned)every};
    if ((done = choose_policies(&work.policies, policies)) || (done = read_knobs(&work, knobs)))
        return done;
    work.report = calloc(1, sizeof *work.report);
    work.hall = calloc(1, sizeof *work.hall);
    if (!work.report || !work.hall)
        error_set(&error, STATUS_MEMORY, "no memory");
    else if (play_folder(&work, folder, scenario, &error) == STATUS_OK)
        print_report(&work, as_json);
    forecaster_destroy(work.params.forecaster);
    free(work.report);
    free(work.hall);
    if (error.status == STATUS_OK)
        return 0;
    fprintf(stderr, "evenhall-sim balance: %s\n", error.text);
    return 1;
}
