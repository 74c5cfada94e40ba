/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/run.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dispatcher/sim/runner.h"

void event_log_add(struct event_log *log, const struct event *event)
{
    if (log->count == log->room) {
        size_t room = log->room ? log->room * 2 : 256;
        struct event *list = realloc(log->list, room * sizeof *list);
        if (!list) {
            log->failed = true;
            return;
        }
        log->list = list;
        log->room = room;
    }
    log->list[log->count++] = *event;
}

static void note_event(const struct event *event, void *userdata)
{
    struct runner *r = userdata;
    event_log_add(&r->log, event);
    r->coverage->events[event->kind] = true;
}

static void runner_destroy(struct runner *r)
{
    stage_destroy(&r->stage);
    free(r->scratch);
    free(r->start);
    free(r->log.list);
    text_destroy(&r->shown);
}

static enum status runner_init(struct runner *r, const struct run_params *params,
                               struct run_coverage *coverage, const struct script *script,
                               struct error *error)
{
    *r = (struct runner){.params = params, .coverage = coverage, .script = script};
    r->scratch = malloc(sizeof *r->scratch);
    r->start = malloc(sizeof *r->start);
    if (!stage_init(&r->stage) || !r->scratch || !r->start) {
        runner_destroy(r);
        return error_set(error, STATUS_MEMORY, "out of memory");
    }
    r->stage.sink = note_event;
    r->stage.userdata = r;
    return STATUS_OK;
}

static enum status run_setup(struct runner *r, struct error *error)
{
    r->in_setup = true;
    for (size_t i = 0; i < r->script->setup_count; i++) {
        const struct step *step = &r->script->setup[i];
        text_clear(&r->shown);
        if (!runner_step(r, step, NULL))
            return error_set(error, STATUS_PARSE, "%s:%u: the setup fails: %s", step->line.path,
                             step->line.number, r->shown.data);
    }
    r->in_setup = false;
    *r->start = *r->stage.hall;
    r->log_start = r->log.count;
    r->start_ms = r->stage.now_ms;
    r->start_timed = r->timed;
    r->start_date = r->date;
    r->start_names = r->names;
    return STATUS_OK;
}

/* A checkpoint may have shortened the log below the set-up's part, so that is kept apart. */
static bool case_begin(struct runner *r, const struct event_log *setup)
{
    *r->stage.hall = *r->start;
    r->log.count = 0;
    for (size_t i = 0; i < setup->count; i++)
        event_log_add(&r->log, &setup->list[i]);
    r->stage.now_ms = r->start_ms;
    r->stage.unaudited = 0;
    r->timed = r->start_timed;
    r->date = r->start_date;
    r->names = r->start_names;
    return !r->log.failed;
}

static const char *step_sign(enum step_kind kind)
{
    static const char *const signs[] = {"date ", "at ", "clock ",  "> ",        "* ",
                                        "? ",    "= ",  "restart", "checkpoint"};
    return signs[kind];
}

static void show_failure(struct runner *r, const struct script_case *c, const struct step *step)
{
    if (step)
        fprintf(r->params->out, "%s:%u: in case \"%s\"\n  %s%.*s\n%s", step->line.path, step->line.number,
                c->name, step_sign(step->kind), (int)step->line.text.length, step->line.text.data,
                r->shown.data ? r->shown.data : "");
    else
        fprintf(r->params->out, "%s:%u: case \"%s\"\n%s", r->script->path, c->number, c->name, r->shown.data);
}

static bool run_case(struct runner *r, const struct script_case *c, struct text *actual)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct step *step = &r->script->steps[c->from + i];
        text_clear(&r->shown);
        if (runner_step(r, step, actual ? &actual[c->from + i] : NULL))
            continue;
        show_failure(r, c, step);
        return false;
    }
    text_clear(&r->shown);
    if (runner_replays(r))
        return true;
    show_failure(r, c, NULL);
    return false;
}

/* ---- --update ---- */

/* The step that stands on this line; NULL when there is none. */
static const struct step *step_at(const struct script *script, unsigned number)
{
    for (size_t i = 0; i < script->steps_count; i++)
        if (script->steps[i].line.number == number)
            return &script->steps[i];
    return NULL;
}

/* Whether this line is an expectation of a step that was run to its end. */
static bool is_replaced(const struct script *script, const struct text *actual, unsigned number)
{
    for (size_t i = 0; i < script->steps_count; i++) {
        const struct step *step = &script->steps[i];
        for (size_t e = 0; e < step->expected_count && actual[i].data; e++)
            if (script->expected[step->expected_from + e].number == number)
                return true;
    }
    return false;
}

static void rewrite(const struct script *script, const struct text *actual, struct text *out)
{
    const char *at = script->content.data, *end = at + script->content.length;
    for (unsigned number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop + 1 : end;
        const struct step *step = step_at(script, number);
        const struct text *lines = step ? &actual[step - script->steps] : NULL;
        bool replaced = step && step->kind == STEP_ASK && lines->length;
        if (!replaced && !is_replaced(script, actual, number))
            text_append(out, at, (size_t)(stop - at));
        if (lines && lines->length)
            text_append(out, lines->data, lines->length);
        at = stop;
    }
}

static enum status write_file(const char *path, const struct text *content, struct error *error)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return error_set_errno(error, errno, "cannot write %s", path);
    bool ok = fwrite(content->data, 1, content->length, file) == content->length;
    if (fclose(file) != 0 || !ok)
        return error_set(error, STATUS_IO, "cannot write %s", path);
    return STATUS_OK;
}

static enum status update_file(const struct script *script, const struct text *actual, struct error *error)
{
    struct text out = {0};
    rewrite(script, actual, &out);
    bool same = out.length == script->content.length &&
                (!out.length || memcmp(out.data, script->content.data, out.length) == 0);
    enum status status = same ? STATUS_OK : write_file(script->path, &out, error);
    text_destroy(&out);
    return status;
}

/* ---- files ---- */

static void run_cases(struct runner *r, struct run_report *report, struct text *actual)
{
    struct event_log setup = {0};
    for (size_t i = 0; i < r->log.count; i++)
        event_log_add(&setup, &r->log.list[i]);
    for (size_t i = 0; i < r->script->cases_count; i++) {
        const struct script_case *c = &r->script->cases[i];
        if (r->params->only && !strstr(c->name, r->params->only))
            continue;
        if (case_begin(r, &setup) && run_case(r, c, actual))
            report->passed++;
        else
            report->failed++;
    }
    free(setup.list);
}

static enum status run_script(const struct script *script, const struct run_params *params,
                              struct run_report *report, struct error *error)
{
    struct runner runner;
    struct text *actual = params->update ? calloc(script->steps_count + 1, sizeof *actual) : NULL;
    if (params->update && !actual)
        return error_set(error, STATUS_MEMORY, "out of memory");
    enum status status = runner_init(&runner, params, &report->coverage, script, error);
    if (status == STATUS_OK) {
        status = run_setup(&runner, error);
        if (status == STATUS_OK)
            run_cases(&runner, report, actual);
        if (status == STATUS_OK && actual)
            status = update_file(script, actual, error);
        report->events += runner.stage.event_count;
        runner_destroy(&runner);
    }
    for (size_t i = 0; actual && i < script->steps_count; i++)
        text_destroy(&actual[i]);
    free(actual);
    return status;
}

static enum status run_file(const char *path, const struct run_params *params, struct run_report *report,
                            struct error *error)
{
    struct script *script;
    if (script_load(path, &script, error) != STATUS_OK)
        return error->status;
    enum status status = STATUS_OK;
    unsigned passed = report->passed, failed = report->failed;
    if (params->list) {
        for (size_t i = 0; i < script->cases_count; i++)
            fprintf(params->out, "%s:%u: %s\n", path, script->cases[i].number, script->cases[i].name);
        report->passed += (unsigned)script->cases_count;
    } else {
        status = run_script(script, params, report, error);
    }
    passed = report->passed - passed;
    failed = report->failed - failed;
    report->files += passed + failed > 0;
    if (!params->quiet && !params->list && passed + failed)
        fprintf(params->out, "%-44s %3u passed%s", path, passed, failed ? "" : "\n");
    if (!params->quiet && failed)
        fprintf(params->out, ", %u failed\n", failed);
    script_free(script);
    return status;
}

static int is_scenario(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".hall") == 0;
}

enum status run_path(const char *path, const struct run_params *params, struct run_report *report,
                     struct error *error)
{
    struct stat info;
    struct dirent **entries;
    if (stat(path, &info) != 0)
        return error_set_errno(error, errno, "cannot open %s", path);
    if (!S_ISDIR(info.st_mode))
        return run_file(path, params, report, error);
    int count = scandir(path, &entries, is_scenario, alphasort);
    if (count < 0)
        return error_set_errno(error, errno, "cannot list %s", path);
    enum status status = STATUS_OK;
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (status == STATUS_OK)
            status = run_file(file, params, report, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* ---- coverage ---- */

bool run_coverage_is_complete(const struct run_coverage *coverage, FILE *out)
{
    unsigned missing = 0;
    for (unsigned code = 1; code < REFUSAL_CODES; code++)
        if (!coverage->refusals[code] && ++missing)
            fprintf(out, "no case is refused with %s\n", refusal_wire((enum refusal_code)code));
    for (unsigned kind = 0; kind < COMMAND_KINDS; kind++)
        if (!coverage->commands[kind] && kind != COMMAND_TICK && ++missing)
            fprintf(out, "no case has an accepted %s\n", command_name((enum command_kind)kind));
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        if (!coverage->events[kind] && ++missing)
            fprintf(out, "no case brings the event %s\n", event_name((enum event_kind)kind));
    return missing == 0;
}
