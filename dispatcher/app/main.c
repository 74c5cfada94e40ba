/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/options.h"
#include "dispatcher/app/demo.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/founding.h"
#include "dispatcher/store/backup.h"

static struct dispatcher dispatcher; /* large: not on the stack */

struct settings {
    const char *data, *assets, *generated, *host, *ports_file, *from, *to, *accounts_file, *planning;
    long device_port, console_port, reserve_mb, planning_s;
    bool demo_day, quiet, help;
};

static int fail(const struct error *error)
{
    fprintf(stderr, "evenhall-dispatcher: %s\n", error->text);
    return 1;
}

static bool read_planning(const struct settings *s, struct planning_params *params)
{
    static const struct {
        const char *name;
        enum planning_mode mode;
    } rows[] = {
        {"on", PLANNING_ON}, {"off", PLANNING_OFF}, {"slow", PLANNING_SLOW}, {"failing", PLANNING_FAILING}};
    params->every_ms = s->planning_s * 1000;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, s->planning) == 0) {
            params->mode = rows[i].mode;
            return true;
        }
    return false;
}

static int serve(struct settings *s, struct error *error)
{
    struct dispatcher_params params = {
        .data = s->data,
        .assets = s->assets,
        .generated = s->generated,
        .host = s->host,
        .device_port = (uint16_t)s->device_port,
        .console_port = (uint16_t)s->console_port,
        .ports_file = s->ports_file,
        .reserve_bytes = s->reserve_mb < 0 ? -1 : s->reserve_mb * 1024 * 1024,
    };
    if (!read_planning(s, &params.planning)) {
        error_set(error, STATUS_PARSE, "--planning is on or off (or, for tests, slow or failing), not \"%s\"",
                  s->planning);
        return fail(error);
    }
    if (dispatcher_start(&dispatcher, &params, error) != STATUS_OK)
        return fail(error);
    if (s->demo_day)
        demo_day(&dispatcher);
    int code = dispatcher_serve(&dispatcher);
    dispatcher_stop(&dispatcher);
    return code;
}

static int init(struct settings *s, struct error *error)
{
    struct founding founding = {.data = s->data, .folder = s->from, .accounts_file = s->accounts_file};
    if (!s->from) {
        error_set(error, STATUS_PARSE,
                  "init needs --from FOLDER with hall.json, items.json, clerks.json, calendar.json");
        return fail(error);
    }
    return founding_make(&founding, error) == STATUS_OK ? 0 : fail(error);
}

static int import(struct settings *s, struct error *error)
{
    if (!s->from) {
        error_set(error, STATUS_PARSE, "import needs --from FOLDER");
        return fail(error);
    }
    return founding_import(s->data, s->from, error) == STATUS_OK ? 0 : fail(error);
}

static void show(const char *what, uint64_t done, uint64_t total, void *userdata)
{
    (void)userdata;
    fprintf(stderr, "\r%s %llu of %llu   ", what, (unsigned long long)done, (unsigned long long)total);
    if (done >= total)
        fputc('\n', stderr);
}

static enum status open_data(struct settings *s, struct store **store, struct error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/hall.db", s->data);
    return store_open_sqlite(&(struct store_params){.path = path, .reserve_bytes = -1}, store, error);
}

static int backup(struct settings *s, struct error *error)
{
    struct store *store = NULL;
    if (!s->to) {
        error_set(error, STATUS_PARSE, "backup needs --to FILE");
        return fail(error);
    }
    enum status status = open_data(s, &store, error);
    if (status == STATUS_OK)
        status = store_backup(store, s->to, show, NULL, error);
    struct error ignored = {0};
    store_close(store, &ignored);
    if (status != STATUS_OK)
        return fail(error);
    printf("%s is a whole copy of %s/hall.db\n", s->to, s->data);
    return 0;
}

static int restore(struct settings *s, struct error *error)
{
    static struct store_restore_report report;
    char path[4096];
    if (!s->from) {
        error_set(error, STATUS_PARSE, "restore needs --from FILE");
        return fail(error);
    }
    snprintf(path, sizeof path, "%s/hall.db", s->data);
    if (store_restore(s->from, path, clock_wall_ms(), show, NULL, &report, error) != STATUS_OK)
        return fail(error);
    printf("%s is restored up to event %llu\n", path, (unsigned long long)report.last_seq);
    if (report.kept[0])
        printf("what was there before is kept as %s\n", report.kept);
    return 0;
}

static int verify(struct settings *s, struct error *error)
{
    struct store *store = NULL;
    struct store_verify_report report;
    enum status status = open_data(s, &store, error);
    if (status == STATUS_OK)
        status = store_verify(store, show, NULL, &report, error);
    struct error ignored = {0};
    store_close(store, &ignored);
    if (status != STATUS_OK)
        return fail(error);
    printf("whole: %llu events, %llu audits, %llu tickets of %llu days in %.1f s\n",
           (unsigned long long)report.events, (unsigned long long)report.audits,
           (unsigned long long)report.tickets, (unsigned long long)report.days, (double)report.took_us / 1e6);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(struct settings *settings, struct error *error);
    const char *help;
} commands[] = {
    {"serve", serve, "serve the hall (the default)"},
    {"init", init, "make a new hall from a folder of JSON files, with accounts and devices"},
    {"import", import, "take in changed JSON files"},
    {"backup", backup, "copy a hall that is not being served; one that is: POST /api/v1/backup"},
    {"restore", restore, "put a backup in the hall's place; the former one is kept aside"},
    {"verify", verify, "read everything and check it"},
};

int main(int argc, char **argv)
{
    struct settings s = {.data = ".",
                         .assets = "assets",
                         .generated = "build/release/generated",
                         .host = "127.0.0.1",
                         .device_port = 7200,
                         .console_port = 7280,
                         .reserve_mb = 0,
                         .planning = "on"};
    const struct option_row rows[] = {
        {"data", OPTION_TEXT, &s.data, 0, 0, "DIR", "folder with hall.db (default: here)"},
        {"assets", OPTION_TEXT, &s.assets, 0, 0, "DIR", "folder with console/ (default: assets)"},
        {"generated", OPTION_TEXT, &s.generated, 0, 0, "DIR", "folder with tokens.css"},
        {"host", OPTION_TEXT, &s.host, 0, 0, "ADDRESS", "address to listen on (default: 127.0.0.1)"},
        {"device-port", OPTION_NUMBER, &s.device_port, 0, 65535, "PORT",
         "for kiosks and boards (default: 7200; 0: any)"},
        {"console-port", OPTION_NUMBER, &s.console_port, 0, 65535, "PORT",
         "for browsers (default: 7280; 0: any)"},
        {"ports-file", OPTION_TEXT, &s.ports_file, 0, 0, "FILE", "write the ports there when listening"},
        {"reserve-mb", OPTION_NUMBER, &s.reserve_mb, -1, 1000000, "MB",
         "space kept back for a full disk (default: 64)"},
        {"planning", OPTION_TEXT, &s.planning, 0, 0, "MODE",
         "off: no proposals and no forecasts (default: on; for tests: slow, failing)"},
        {"planning-every", OPTION_NUMBER, &s.planning_s, 1, 3600, "SECONDS",
         "how often better postings are looked for (default: 300)"},
        {"demo-day", OPTION_FLAG, &s.demo_day, 0, 0, NULL,
         "open the hall now and put the roster on duty, whatever the calendar says"},
        {"from", OPTION_TEXT, &s.from, 0, 0, "PATH", "init, import: folder; restore: backup file"},
        {"to", OPTION_TEXT, &s.to, 0, 0, "FILE", "backup: file to write"},
        {"accounts-file", OPTION_TEXT, &s.accounts_file, 0, 0, "FILE",
         "init: write logins and first passwords there"},
        {"quiet", OPTION_FLAG, &s.quiet, 0, 0, NULL, "log warnings and errors only"},
        {"help", OPTION_FLAG, &s.help, 0, 0, NULL, "this text"},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct error error = {0};
    int words;
    if (options_parse(rows, ROWS, argc, argv, &words, &error) != STATUS_OK)
        return fail(&error);
    if (s.help) {
        options_print_help("evenhall-dispatcher [COMMAND] [OPTIONS]",
                           "The hall's dispatcher. Commands:", NULL, 0);
        for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++)
            printf("  %-10s %s\n", commands[i].name, commands[i].help);
        printf("\n");
        options_print_help("", "Options:", rows, ROWS);
        return 0;
    }
    if (s.quiet)
        log_set_level(LOG_WARN);
    if (sodium_init() < 0) {
        error_set(&error, STATUS_IO, "the system gives no random numbers");
        return fail(&error);
    }
    umask(077);
    const char *name = words ? argv[1] : "serve";
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(&s, &error);
    error_set(&error, STATUS_PARSE, "there is no command \"%s\"; --help lists them", name);
    return fail(&error);
}
