/* SPDX-License-Identifier: MIT
 * `evenhall-sim plan`: tomorrow's plan for halls out of files, and what it would have done to their days. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dispatcher/plan/tomorrow_plan.h"
#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/day_outlook.h"
#include "dispatcher/sim/day_report.h"

enum { PATH_MAX_BYTES = 512, HALLS_MAX = 256, DAYS_MOST = 4096 };

/* One hall being planned and judged. */
struct hall_plan {
    struct hall_file hall;
    struct day_file day;
    struct day_outlook outlook; /* as known ahead, with the breaks of its days */
    struct day_outlook played;  /* one day's */
    struct tomorrow_plan plan;
    struct day_future future;
    struct day_tally *tallies[2]; /* the days with their own breaks, and with the plan's */
    struct day_figures figures[2];
    struct day_difference difference;
    unsigned day_count;
    char *days[DAYS_MOST]; /* owned; paths, in order */
};

struct request {
    const char *folder, *out;
    const char *halls[HALLS_MAX];
    unsigned hall_count;
    struct tomorrow_params params;
    double seconds;
    bool as_json, shows_progress;
    json_t *json;
    /* over all halls, relative to their days' own breaks */
    double sum, squares;
};

static int complain(int code, const char *text)
{
    fprintf(stderr, "evenhall-sim plan: %s\n", text);
    return code;
}

/* ---- the hall's days ---- */

static enum status add_day(struct hall_plan *p, const char *folder, const char *name, struct error *error)
{
    char path[PATH_MAX_BYTES];
    if (p->day_count == DAYS_MOST)
        return error_set(error, STATUS_LIMIT, "%s: more than %d days of one hall", folder, DAYS_MOST);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return error_set(error, STATUS_LIMIT, "%s/%s: the name is too long", folder, name);
    p->days[p->day_count] = strdup(path);
    if (!p->days[p->day_count])
        return error_set(error, STATUS_MEMORY, "no memory for names of files");
    p->day_count++;
    return STATUS_OK;
}

/* SCENARIO-hallH-dayDD.json, by name. */
static enum status find_days(struct hall_plan *p, const char *folder, struct error *error)
{
    struct dirent **names = NULL;
    char prefix[PATH_MAX_BYTES];
    enum status status = STATUS_OK;
    int count = scandir(folder, &names, NULL, alphasort);
    if (count < 0)
        return error_set(error, STATUS_NOT_FOUND, "%s: no such folder", folder);
    snprintf(prefix, sizeof prefix, "%s-hall%u-day", p->hall.scenario, p->hall.hall);
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name, *end = strrchr(name, '.');
        if (status == STATUS_OK && strncmp(name, prefix, strlen(prefix)) == 0 && end &&
            strcmp(end, ".json") == 0)
            status = add_day(p, folder, name, error);
        free(names[i]);
    }
    free(names);
    if (status == STATUS_OK && !p->day_count)
        status =
            error_set(error, STATUS_NOT_FOUND, "%s holds no days of this hall (%sNN.json)", folder, prefix);
    return status;
}

/* Today's breaks of each window: from the first of the hall's days on which it was there. */
static enum status read_rosters(struct hall_plan *p, struct error *error)
{
    for (unsigned i = 0; i < p->day_count; i++) {
        unsigned lacking = 0;
        for (unsigned w = 0; w < p->hall.window_count; w++)
            lacking += !p->outlook.windows[w].break_count;
        if (!lacking)
            return STATUS_OK;
        if (day_file_read(p->days[i], &p->hall, &p->day, error) != STATUS_OK)
            return error->status;
        p->played = p->outlook;
        day_outlook_set_roster(&p->hall, &p->day, false, &p->played);
        for (unsigned w = 0; w < p->hall.window_count; w++) {
            struct day_window *window = &p->outlook.windows[w];
            const struct day_window *from = &p->played.windows[w];
            if (window->break_count || !from->duty_count)
                continue;
            memcpy(window->breaks, from->breaks, sizeof window->breaks);
            window->break_count = from->break_count;
        }
        day_file_destroy(&p->day);
    }
    return STATUS_OK;
}

/* Breaks are as long as the days have them. */
static void fit_rules(const struct hall_plan *p, struct roster_rules *rules)
{
    for (unsigned w = 0; w < p->hall.window_count; w++)
        for (unsigned b = 0; b < p->outlook.windows[w].break_count; b++) {
            const struct day_break *off = &p->outlook.windows[w].breaks[b];
            if (off->kind == DAY_BREAK_LUNCH)
                rules->lunch_ms = off->to_ms - off->from_ms;
            else
                rules->short_ms = off->to_ms - off->from_ms;
        }
}

/* ---- judging on days as they came ---- */

static enum status play(struct hall_plan *p, unsigned which, struct error *error)
{
    struct day_play play;
    bool enough = day_play_init(&play, &p->played) && day_play_run(&play, &p->future);
    if (enough)
        day_tally_add(p->tallies[which], &play, &p->future);
    day_play_destroy(&play);
    return enough ? STATUS_OK : error_set(error, STATUS_MEMORY, "no memory to play a day");
}

/* The plan's breaks and postings on a day with the day's absences. */
static void put_plan(struct hall_plan *p)
{
    day_file_set_breaks(&p->hall, p->plan.day, &p->day);
    day_outlook_set_roster(&p->hall, &p->day, true, &p->played);
    for (unsigned w = 0; w < p->hall.window_count; w++)
        memcpy(p->played.windows[w].posted, p->plan.day->windows[w].posted,
               sizeof p->played.windows[w].posted);
}

static enum status write_day(const struct hall_plan *p, const char *folder, unsigned day, struct error *error)
{
    const char *name = strrchr(p->days[day], '/');
    char path[PATH_MAX_BYTES];
    if ((size_t)snprintf(path, sizeof path, "%s%s", folder, name) >= sizeof path)
        return error_set(error, STATUS_LIMIT, "%s%s: the name is too long", folder, name);
    return day_file_write(path, &p->hall, &p->day, error);
}

static enum status judge_day(struct hall_plan *p, unsigned day, const char *out, struct error *error)
{
    enum status status;
    if (day_file_read(p->days[day], &p->hall, &p->day, error) != STATUS_OK)
        return error->status;
    p->played = p->outlook;
    day_outlook_set_roster(&p->hall, &p->day, true, &p->played);
    if (!day_future_of_file(&p->hall, &p->day, &p->future)) {
        status = error_set(error, STATUS_MEMORY, "no memory to play a day");
    } else if ((status = play(p, 0, error)) == STATUS_OK) {
        put_plan(p);
        status = play(p, 1, error);
    }
    if (status == STATUS_OK && out)
        status = write_day(p, out, day, error);
    day_file_destroy(&p->day);
    return status;
}

static enum status judge(struct hall_plan *p, const char *out, struct error *error)
{
    enum status status = STATUS_OK;
    for (unsigned i = 0; i < 2; i++)
        if (!(p->tallies[i] = day_tally_create(&p->outlook, p->day_count)))
            return error_set(error, STATUS_MEMORY, "no memory to count %u days", p->day_count);
    if (out) {
        char path[PATH_MAX_BYTES];
        if ((size_t)snprintf(path, sizeof path, "%s/%s-hall%u.json", out, p->hall.scenario, p->hall.hall) >=
            sizeof path)
            return error_set(error, STATUS_LIMIT, "%s: the name is too long", out);
        status = hall_file_write(path, &p->hall, error);
    }
    for (unsigned i = 0; status == STATUS_OK && i < p->day_count; i++)
        status = judge_day(p, i, out, error);
    if (status != STATUS_OK)
        return status;
    day_tally_figures(p->tallies[0], &p->figures[0]);
    day_tally_figures(p->tallies[1], &p->figures[1]);
    day_tally_difference(p->tallies[0], p->tallies[1], &p->difference);
    return STATUS_OK;
}

/* ---- for people ---- */

static void print_time(int32_t ms)
{
    printf("%02d:%02d", (int)(ms / MINUTE_MS / 60), (int)(ms / MINUTE_MS % 60));
}

static void print_breaks(const struct day_window *window)
{
    for (unsigned b = 0; b < window->break_count; b++) {
        putchar(' ');
        print_time(window->breaks[b].from_ms);
        putchar('-');
        print_time(window->breaks[b].to_ms);
    }
    for (unsigned b = window->break_count; b < 3; b++)
        printf("%12s", "");
}

static void print_given_up(uint8_t relaxed)
{
    static const char *const words[] = {"works long without a break", "more away than usual",
                                        "breaks close to each other", "no room for breaks"};
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (relaxed >> i & 1)
            printf("  %s", words[i]);
}

static void print_roster(const struct hall_plan *p)
{
    const struct tomorrow_plan *plan = &p->plan;
    printf("\n  breaks and lunches; at most %u away at once%*s\n  window  %-36s%-36s%s\n", plan->away_most, 0,
           "", " planned", " today", "if only this one stayed: min of waiting");
    for (unsigned w = 0; w < p->hall.window_count; w++) {
        printf("  %-7u", plan->day->windows[w].window);
        print_breaks(&plan->day->windows[w]);
        print_breaks(&plan->today->windows[w]);
        if (plan->is_moved[w])
            printf("  %+.3f +- %.3f%s", plan->back[w].mean_ms / MINUTE_MS, plan->back[w].error_ms / MINUTE_MS,
                   plan->is_back_crowded[w] ? " *" : "");
        print_given_up(plan->relaxed[w]);
        putchar('\n');
    }
    printf("  * more than that would be away, or nobody left for a domain\n");
    if (plan->changes_posting)
        printf("  postings change, too: without that %+.3f +- %.3f min\n", plan->postings.mean_ms / MINUTE_MS,
               plan->postings.error_ms / MINUTE_MS);
    for (unsigned d = 0; d < p->hall.domain_count; d++)
        if (plan->uncovered >> d & 1)
            printf("  !  domain %u: at times nobody is there for it, only one window may serve it\n", d);
}

static void print_halves(const char *name, const float *values, unsigned first, unsigned last, int digits)
{
    printf("  %-14s", name);
    for (unsigned half = first; half < last; half++)
        printf(" %5.*f", digits, (double)values[half]);
    putchar('\n');
}

static void print_windows(const struct hall_plan *p)
{
    const struct tomorrow_plan *plan = &p->plan;
    unsigned first = (unsigned)(p->outlook.open_ms / DAY_HALF_MS);
    unsigned last = (unsigned)((p->outlook.close_ms + DAY_HALF_MS - 1) / DAY_HALF_MS);
    printf("\n  windows at work for each domain, and the work that comes for it in windows\n  %-14s", "");
    for (unsigned half = first; half < last; half++) {
        putchar(' ');
        print_time((int32_t)half * DAY_HALF_MS);
    }
    putchar('\n');
    print_halves("there", plan->there, first, last, 1);
    print_halves("needed", plan->needed, first, last, 0);
    for (unsigned d = 0; d < p->hall.domain_count; d++) {
        char name[32];
        snprintf(name, sizeof name, "domain %u", p->outlook.domains[d].domain);
        print_halves(name, plan->at_work[d], first, last, 1);
        print_halves("  comes", plan->load[d], first, last, 1);
    }
}

static void print_plan(const struct hall_plan *p)
{
    struct day_report expected = {&p->outlook,
                                  p->plan.today_is_by_hand ? "by hand" : "as today",
                                  "as planned",
                                  {&p->plan.as_today, &p->plan.as_planned},
                                  &p->plan.difference};
    struct day_report real = {
        &p->outlook, "own breaks", "as planned", {&p->figures[0], &p->figures[1]}, &p->difference};
    printf("%s hall %u: %u windows, %u domains; %u simulated days\n", p->hall.scenario, p->hall.hall,
           p->hall.window_count, p->hall.domain_count, p->plan.days);
    print_roster(p);
    print_windows(p);
    printf("\n  expected, on %u days that were not used for planning\n", p->plan.as_planned.days);
    day_report_print(&expected, stdout);
    printf("\n  on the hall's %u days as they came\n", p->day_count);
    day_report_print(&real, stdout);
    printf("  %-32s %43.1f %%\n\n", "mean wait, planned against own",
           100 * (p->figures[1].of[GROUP_ALL].mean_ms / p->figures[0].of[GROUP_ALL].mean_ms - 1));
}

/* ---- JSON ---- */

static json_t *time_json(int32_t ms)
{
    char text[16];
    snprintf(text, sizeof text, "%02d:%02d", (int)(ms / MINUTE_MS / 60), (int)(ms / MINUTE_MS % 60));
    return json_string(text);
}

static json_t *breaks_json(const struct day_window *window)
{
    static const char *const kinds[DAY_BREAK_KINDS] = {"short", "lunch", "fixed"};
    json_t *list = json_array();
    for (unsigned b = 0; b < window->break_count; b++) {
        const struct day_break *off = &window->breaks[b];
        json_array_append_new(list, json_pack("{s:o,s:o,s:s}", "from", time_json(off->from_ms), "to",
                                              time_json(off->to_ms), "kind", kinds[off->kind]));
    }
    return list;
}

static json_t *windows_json(const struct hall_plan *p)
{
    const struct tomorrow_plan *plan = &p->plan;
    json_t *list = json_array();
    for (unsigned w = 0; w < p->hall.window_count; w++) {
        json_t *json =
            json_pack("{s:i,s:o,s:o}", "window", (int)plan->day->windows[w].window, "breaks",
                      breaks_json(&plan->day->windows[w]), "today", breaks_json(&plan->today->windows[w]));
        if (plan->is_moved[w]) {
            json_object_set_new(json, "back_crowded", json_boolean(plan->is_back_crowded[w]));
            json_object_set_new(json, "back_min", json_real(plan->back[w].mean_ms / MINUTE_MS));
            json_object_set_new(json, "back_error_min", json_real(plan->back[w].error_ms / MINUTE_MS));
        }
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *halves_json(const struct hall_plan *p)
{
    json_t *list = json_array();
    for (unsigned half = 0; half < DAY_HALVES; half++) {
        json_t *domains = json_array();
        if ((int32_t)(half + 1) * DAY_HALF_MS <= p->outlook.open_ms ||
            (int32_t)half * DAY_HALF_MS >= p->outlook.close_ms) {
            json_decref(domains);
            continue;
        }
        for (unsigned d = 0; d < p->hall.domain_count; d++)
            json_array_append_new(domains, json_pack("{s:i,s:f,s:f}", "domain", (int)d, "at_work",
                                                     (double)p->plan.at_work[d][half], "comes",
                                                     (double)p->plan.load[d][half]));
        json_array_append_new(list,
                              json_pack("{s:o,s:f,s:f,s:o}", "from", time_json((int32_t)half * DAY_HALF_MS),
                                        "there", (double)p->plan.there[half], "needed",
                                        (double)p->plan.needed[half], "domains", domains));
    }
    return list;
}

static json_t *plan_json(const struct hall_plan *p)
{
    struct day_report expected = {
        &p->outlook, "today", "planned", {&p->plan.as_today, &p->plan.as_planned}, &p->plan.difference};
    struct day_report real = {
        &p->outlook, "own", "planned", {&p->figures[0], &p->figures[1]}, &p->difference};
    return json_pack("{s:s,s:i,s:i,s:i,s:o,s:o,s:o,s:o}", "scenario", p->hall.scenario, "hall",
                     (int)p->hall.hall, "simulated_days", (int)p->plan.days, "away_most",
                     (int)p->plan.away_most, "windows", windows_json(p), "halves", halves_json(p), "expected",
                     day_report_json(&expected), "days", day_report_json(&real));
}

/* ---- all halls ---- */

static bool show_progress(double done, void *userdata)
{
    const struct request *request = userdata;
    if (request->shows_progress)
        fprintf(stderr, "\rplanning %3.0f %% ", 100 * done);
    return true;
}

static enum status make_plan(struct request *request, struct hall_plan *p, struct error *error)
{
    struct day_fault fault;
    struct tomorrow_params params = request->params;
    fit_rules(p, &params.rules);
    params.days = params.days ? params.days : tomorrow_days(&p->outlook, request->seconds);
    params.progress = show_progress;
    params.userdata = request;
    enum day_outcome outcome = tomorrow_plan_make(&p->outlook, &params, &p->plan, &fault);
    if (request->shows_progress)
        fprintf(stderr, "\r%*s\r", 20, "");
    if (outcome == OUTCOME_REFUSED)
        return error_set(error, STATUS_PARSE, "%s hall %u: %s", p->hall.scenario, p->hall.hall, fault.text);
    if (outcome != OUTCOME_DONE)
        return error_set(error, STATUS_MEMORY, "no memory to plan");
    return STATUS_OK;
}

static void hall_plan_destroy(struct hall_plan *p)
{
    for (unsigned i = 0; i < p->day_count; i++)
        free(p->days[i]);
    tomorrow_plan_destroy(&p->plan);
    day_future_destroy(&p->future);
    day_tally_destroy(p->tallies[0]);
    day_tally_destroy(p->tallies[1]);
    free(p);
}

static enum status plan_hall(struct request *request, const char *path, struct error *error)
{
    struct hall_plan *p = calloc(1, sizeof *p);
    if (!p)
        return error_set(error, STATUS_MEMORY, "no memory for the hall's files");
    enum status status = hall_file_read(path, &p->hall, error);
    if (status == STATUS_OK)
        day_outlook_of_hall(&p->hall, &p->outlook);
    if (status == STATUS_OK)
        status = find_days(p, request->folder, error);
    if (status == STATUS_OK)
        status = read_rosters(p, error);
    if (status == STATUS_OK)
        status = make_plan(request, p, error);
    if (status == STATUS_OK)
        status = judge(p, request->out, error);
    if (status == STATUS_OK) {
        double ratio = p->figures[1].of[GROUP_ALL].mean_ms / p->figures[0].of[GROUP_ALL].mean_ms - 1;
        request->sum += ratio;
        request->squares += ratio * ratio;
        if (request->json)
            json_array_append_new(request->json, plan_json(p));
        else
            print_plan(p);
    }
    hall_plan_destroy(p);
    return status;
}

static int plan_halls(struct request *request)
{
    struct error error = {0};
    unsigned count = request->hall_count;
    request->json = request->as_json ? json_array() : NULL;
    for (unsigned i = 0; i < count; i++)
        if (plan_hall(request, request->halls[i], &error) != STATUS_OK) {
            json_decref(request->json);
            return complain(1, error.text);
        }
    if (request->json) {
        json_dumpf(request->json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(8));
        putchar('\n');
    } else if (count > 1) {
        double mean = request->sum / count;
        double rest = request->squares - request->sum * mean;
        printf("%u halls: mean wait %+.1f +- %.1f %% against their own breaks\n", count, 100 * mean,
               100 * sqrt((rest > 0 ? rest : 0) / count / (count - 1)));
    }
    json_decref(request->json);
    return 0;
}

int command_plan_day(int argc, char **argv)
{
    static struct request request;
    const char *seed = "1", *hall = NULL;
    long seconds = 10, days = 0;
    bool keeps = false, help = false;
    int words;
    const struct option_row rows[] = {
        {"days", OPTION_TEXT, &request.folder, 0, 0, "DIR", "folder of the halls' days"},
        {"hall", OPTION_TEXT, &hall, 0, 0, "FILE", "the hall; more halls may follow as words"},
        {"seconds", OPTION_NUMBER, &seconds, 1, 3600, "N", "about so long on a usual machine (10)"},
        {"simulated", OPTION_NUMBER, &days, 100, 10000000, "N", "simulated days, instead of --seconds"},
        {"seed", OPTION_TEXT, &seed, 0, 0, "SEED", "of the simulated days (1)"},
        {"keep-postings", OPTION_FLAG, &keeps, 0, 0, NULL, "plan breaks only"},
        {"out", OPTION_TEXT, &request.out, 0, 0, "DIR",
         "write the days with the planned breaks there, for `evenhall-sim balance`"},
        {"json", OPTION_FLAG, &request.as_json, 0, 0, NULL, "everything as JSON"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {"evenhall-sim plan --days DIR --hall FILE ...",
                                            "Breaks, lunches and postings for a hall from what is expected "
                                            "of it; then what they would have\ndone "
                                            "to its days as they came, beside the days' own breaks.",
                                            rows, sizeof rows / sizeof rows[0], &help};
    request = (struct request){.params = tomorrow_defaults, .shows_progress = isatty(STDERR_FILENO)};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (!request.folder || !seed_read(seed, &request.params.seed))
        return complain(2, "--days DIR says where the days are, --seed takes a number; --help tells more");
    if (hall)
        request.halls[request.hall_count++] = hall;
    for (int i = 1; i <= words && request.hall_count < HALLS_MAX; i++)
        request.halls[request.hall_count++] = argv[i];
    if (!request.hall_count)
        return complain(2, "--hall FILE says which hall; --help tells more");
    request.params.posts = !keeps;
    request.params.days = (unsigned)days;
    request.seconds = (double)seconds;
    return plan_halls(&request);
}
