/* SPDX-License-Identifier: MIT
 * How many tickets a second the store keeps durably, for groups of 1, 8, 32 and 64 in a commit, beside plain
 * SQLite doing the least that a ticket needs (three rows) in the same folder and run. Then the restart on
 * what was written. bench_store [FOLDER] [SECONDS]     default: a new folder under /tmp, 3 s each */
#include <assert.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "dispatcher/core/line.h"
#include "dispatcher/store/backup.h"

enum { DEVICES = 64, DOMAINS = 8, LATENCIES = 1000000 };
static const int groups[] = {1, 8, 32, 64};
static int64_t latencies[LATENCIES];
static char folder[200];
static double seconds = 3;

struct result {
    double per_second, p50_ms, p99_ms, p999_ms, worst_ms;
};

static void must(enum status status, const struct error *error)
{
    if (status == STATUS_OK)
        return;
    fprintf(stderr, "bench_store: %s\n", error->text);
    exit(1);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static struct result summarise(size_t commits, uint64_t tickets, int64_t took_us)
{
    qsort(latencies, commits, sizeof latencies[0], by_size);
    return (struct result){
        .per_second = (double)tickets * 1e6 / (double)took_us,
        .p50_ms = (double)latencies[commits / 2] / 1e3,
        .p99_ms = (double)latencies[commits * 99 / 100] / 1e3,
        .p999_ms = (double)latencies[commits * 999 / 1000] / 1e3,
        .worst_ms = (double)latencies[commits - 1] / 1e3,
    };
}

static const char *path_of(const char *name)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void remove_store(const char *name)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-reserve"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[320];
        snprintf(path, sizeof path, "%s%s", path_of(name), suffixes[i]);
        unlink(path);
    }
}

/* ---- plain SQLite ---- */
static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK) {
        fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
    return stmt;
}

static void step(sqlite3_stmt *stmt)
{
    if (sqlite3_step(stmt) != SQLITE_DONE)
        exit(1);
    sqlite3_reset(stmt);
}

static sqlite3 *plain_open(void)
{
    sqlite3 *db = NULL;
    remove_store("plain.db");
    if (sqlite3_open(path_of("plain.db"), &db) != SQLITE_OK ||
        sqlite3_exec(db,
                     "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                     "CREATE TABLE events(seq INTEGER PRIMARY KEY, at_ms INTEGER, body TEXT);"
                     "CREATE TABLE answers(device INTEGER, boot INTEGER, counter INTEGER, answer TEXT,"
                     " PRIMARY KEY(device, boot, counter)) WITHOUT ROWID;"
                     "CREATE TABLE tickets(id INTEGER PRIMARY KEY, number TEXT, item INTEGER, state INTEGER,"
                     " issued_ms INTEGER, called_ms INTEGER, ended_ms INTEGER)",
                     NULL, NULL, NULL) != SQLITE_OK)
        exit(1);
    return db;
}

static void plain_ticket(sqlite3_stmt *const stmts[3], int64_t n)
{
    static const char body[] = "ticket-issued A0123 items=12 ref=09:12:33.456 channel=phone by=kiosk:12";
    static const char answer[] =
        "{\"ok\":{\"number\":\"A0123\",\"ahead\":12,\"wait_s\":480,\"windows\":[3,4,5]}}";
    for (int i = 0; i < 3; i++)
        sqlite3_bind_int64(stmts[i], 1, n);
    sqlite3_bind_int64(stmts[0], 2, 1763861400500 + n);
    sqlite3_bind_text(stmts[0], 3, body, sizeof body - 1, SQLITE_STATIC);
    sqlite3_bind_int64(stmts[1], 1, n % DEVICES);
    sqlite3_bind_int64(stmts[1], 2, 77);
    sqlite3_bind_int64(stmts[1], 3, n);
    sqlite3_bind_text(stmts[1], 4, answer, sizeof answer - 1, SQLITE_STATIC);
    sqlite3_bind_text(stmts[2], 2, "A0123", 5, SQLITE_STATIC);
    for (int column = 3; column <= 7; column++)
        sqlite3_bind_int64(stmts[2], column, n);
    for (int i = 0; i < 3; i++)
        step(stmts[i]);
}

static struct result plain_run(int group)
{
    sqlite3 *db = plain_open();
    sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
    sqlite3_stmt *const stmts[3] = {prepare(db, "INSERT INTO events VALUES(?,?,?)"),
                                    prepare(db, "INSERT INTO answers VALUES(?,?,?,?)"),
                                    prepare(db, "INSERT INTO tickets VALUES(?,?,?,?,?,?,?)")};
    int64_t from = clock_mono_us(), now = from, n = 0;
    size_t commits = 0;
    while ((double)(now - from) < seconds * 1e6 && commits < LATENCIES) {
        int64_t began = now;
        step(begin);
        for (int i = 0; i < group; i++)
            plain_ticket(stmts, ++n);
        step(commit);
        now = clock_mono_us();
        latencies[commits++] = now - began;
    }
    struct result result = summarise(commits, (uint64_t)n, now - from);
    for (int i = 0; i < 3; i++)
        sqlite3_finalize(stmts[i]);
    sqlite3_finalize(begin);
    sqlite3_finalize(commit);
    sqlite3_close(db);
    remove_store("plain.db");
    return result;
}

/* ---- the store, with the hall deciding ---- */
struct bench {
    struct store *store;
    struct hall *hall;
    struct decision decision;
    struct error error;
    int64_t now_ms;
    uint64_t n;
};

static void say(struct bench *b, const char *line)
{
    struct command command;
    struct line_fault fault;
    if (!line_to_command(line, strlen(line), 0, &command, &fault) ||
        !hall_decide(b->hall, &command, b->now_ms, &b->decision)) {
        fprintf(stderr, "bench_store: %s: %s\n", line, refusal_wire(b->decision.refusal.code));
        exit(1);
    }
    must(store_take(b->store, b->hall, b->decision.events, b->decision.count, NULL, &b->error), &b->error);
}

static void set_up(struct bench *b)
{
    char line[120];
    must(store_begin(b->store, &b->error), &b->error);
    say(b, "set-policy recall-gap-ms value=0");
    say(b, "set-zone 1 letter=A");
    for (int d = 1; d <= DOMAINS; d++) {
        snprintf(line, sizeof line, "set-domain %d series=%c", d, 'A' + d - 1);
        say(b, line);
        snprintf(line, sizeof line, "set-item %d domain=%d expected=300s", d, d);
        say(b, line);
    }
    for (int weekday = 0; weekday < 7; weekday++) {
        snprintf(line, sizeof line, "set-week %d sessions=09:00-17:00", weekday);
        say(b, line);
    }
    say(b, "set-window 1 zone=1");
    say(b, "set-clerk 1 trained");
    say(b, "set-authorisation 1 clerk=1 domains=1,2,3,4,5,6,7,8 valid_from=2026-01-01 valid_to=2030-12-31");
    say(b, "open-day");
    say(b, "start-duty window=1 clerk=1");
    must(store_commit(b->store, &b->error), &b->error);
}

static void ticket(struct bench *b)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, (uint32_t)(b->n % DEVICES)}};
    command.issue.items = (struct item_list){1, {{(uint16_t)(1 + b->n % DOMAINS)}}};
    const struct store_key key = {(uint32_t)(b->n % DEVICES), 77, b->n};
    char answer[120];
    b->n++;
    if (!hall_decide(b->hall, &command, b->now_ms, &b->decision))
        exit(1);
    must(store_take(b->store, b->hall, b->decision.events, b->decision.count, NULL, &b->error), &b->error);
    int length = snprintf(answer, sizeof answer,
                          "{\"ok\":{\"number\":\"A%04u\",\"ahead\":12,\"wait_s\":480,\"windows\":[3,4,5]}}",
                          (unsigned)b->n % 10000);
    struct span text = {answer, (size_t)length};
    must(store_put_answer(b->store, &key, text, b->now_ms, &b->error), &b->error);
}

static void bench_open(struct bench *b)
{
    const struct store_params params = {.path = path_of("hall.db"), .create = true, .reserve_bytes = -1};
    struct store_load_report report;
    *b = (struct bench){.hall = calloc(1, sizeof *b->hall)};
    assert(b->hall);
    must(store_open_sqlite(&params, &b->store, &b->error), &b->error);
    must(store_load(b->store, b->hall, NULL, NULL, &report, &b->error), &b->error);
    b->now_ms = (int64_t)date_from_civil(2026, 11, 23) * DAY_MS + 2 * 3600 * 1000;
}

static void bench_close(struct bench *b)
{
    must(store_close(b->store, &b->error), &b->error);
    free(b->hall);
}

static struct result store_run(int group)
{
    struct bench b;
    size_t commits = 0;
    remove_store("hall.db");
    bench_open(&b);
    set_up(&b);
    int64_t from = clock_mono_us(), now = from;
    while ((double)(now - from) < seconds * 1e6 && b.n + (uint64_t)group < TICKETS_MAX &&
           commits < LATENCIES) {
        int64_t began = now;
        b.now_ms++;
        must(store_begin(b.store, &b.error), &b.error);
        for (int i = 0; i < group; i++)
            ticket(&b);
        must(store_commit(b.store, &b.error), &b.error);
        now = clock_mono_us();
        latencies[commits++] = now - began;
    }
    struct result result = summarise(commits, b.n, now - from);
    bench_close(&b);
    return result;
}

static void print_restart(const char *when)
{
    struct bench b = {.hall = calloc(1, sizeof *b.hall)};
    struct store_load_report report;
    const struct store_params params = {.path = path_of("hall.db"), .reserve_bytes = -1};
    assert(b.hall);
    int64_t from = clock_mono_us();
    must(store_open_sqlite(&params, &b.store, &b.error), &b.error);
    int64_t opened = clock_mono_us();
    must(store_load(b.store, b.hall, NULL, NULL, &report, &b.error), &b.error);
    printf("restart %s: open %.1f ms, load %.1f ms for %" PRIu64 " + %" PRIu64 " events\n", when,
           (double)(opened - from) / 1e3, (double)report.took_us / 1e3, report.checkpoint_events,
           report.events);
    bench_close(&b);
}

/* ---- with years behind it ---- */
enum { DAY_TICKETS = 30000, HISTORY_GROUP = 512 };

/* Issued, called, recalled, started, finished. */
static void whole_ticket(struct bench *b)
{
    b->now_ms += 500;
    ticket(b);
    say(b, "call window=1");
    say(b, "recall window=1");
    say(b, "start window=1");
    say(b, "finish window=1");
}

static void end_day(struct bench *b)
{
    b->now_ms = b->hall->last_ms > b->now_ms ? b->hall->last_ms : b->now_ms;
    must(store_begin(b->store, &b->error), &b->error);
    say(b, "close-day anyway");
    for (int i = 0; i < 100000 && b->hall->day_state != DAY_CLOSED; i++)
        say(b, "tick");
    must(store_commit(b->store, &b->error), &b->error);
    b->now_ms = hall_midnight_ms(b->hall, b->hall->date + 1) + 10 * 3600 * 1000;
    must(store_begin(b->store, &b->error), &b->error);
    say(b, "open-day");
    say(b, "start-duty window=1 clerk=1");
    must(store_commit(b->store, &b->error), &b->error);
}

static void write_history(long tickets)
{
    struct bench b;
    remove_store("hall.db");
    bench_open(&b);
    set_up(&b);
    int64_t from = clock_mono_us();
    while (b.n < (uint64_t)tickets) {
        must(store_begin(b.store, &b.error), &b.error);
        for (int i = 0; i < HISTORY_GROUP; i++)
            whole_ticket(&b);
        must(store_commit(b.store, &b.error), &b.error);
        bool more = true;
        while (more)
            must(store_idle(b.store, b.now_ms, &more, &b.error), &b.error);
        if (b.hall->ticket_count + HISTORY_GROUP > DAY_TICKETS)
            end_day(&b);
    }
    struct store_space space;
    must(store_space(b.store, &space, &b.error), &b.error);
    printf("history: %" PRIu64 " tickets, %" PRIu64 " events, %.0f MB, written in %.0f s\n", b.n,
           store_last_seq(b.store), (double)space.file_bytes / 1e6, (double)(clock_mono_us() - from) / 1e6);
    bench_close(&b);
}

static void print_backup(void)
{
    struct bench b;
    struct store_backup *backup = NULL;
    struct store_backup_state state = {0};
    struct store_verify_report report;
    int64_t longest = 0, from = clock_mono_us();
    bench_open(&b);
    remove_store("copy.db");
    must(store_backup_begin(b.store, path_of("copy.db"), &backup, &b.error), &b.error);
    while (!state.is_done) {
        int64_t began = clock_mono_us();
        must(store_backup_step(backup, 2000, &state, &b.error), &b.error);
        int64_t took = clock_mono_us() - began;
        longest = took > longest ? took : longest;
    }
    store_backup_end(backup);
    printf("backup in slices of 2 ms: %.1f s, longest slice %.1f ms\n",
           (double)(clock_mono_us() - from) / 1e6, (double)longest / 1e3);
    remove_store("copy.db");
    must(store_verify(b.store, NULL, NULL, &report, &b.error), &b.error);
    printf("full verification: %.1f s\n", (double)report.took_us / 1e6);
    bench_close(&b);
}

static void print_row(const char *name, int group, struct result r)
{
    printf("%-6s %5d %12.0f %9.2f %9.2f %9.2f %9.2f\n", name, group, r.per_second, r.p50_ms, r.p99_ms,
           r.p999_ms, r.worst_ms);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char made[] = "/tmp/evenhall-bench-XXXXXX";
    bool is_given = argc > 1;
    if (argc > 2)
        seconds = strtod(argv[2], NULL);
    snprintf(folder, sizeof folder, "%s", is_given ? argv[1] : mkdtemp(made));
    printf("%-6s %5s %12s %9s %9s %9s %9s   (ms a commit)\n", "", "group", "tickets/s", "p50", "p99", "p99.9",
           "worst");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        print_row("plain", groups[i], plain_run(groups[i]));
        print_row("store", groups[i], store_run(groups[i]));
    }
    print_restart("in mid-day");
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("largest resident size: %ld MB\n", usage.ru_maxrss / 1024);
    if (argc > 3) {
        write_history(strtol(argv[3], NULL, 10));
        print_restart("after it");
        print_backup();
        getrusage(RUSAGE_SELF, &usage);
        printf("largest resident size: %ld MB\n", usage.ru_maxrss / 1024);
    }
    remove_store("hall.db");
    if (!is_given)
        rmdir(folder);
    return 0;
}
