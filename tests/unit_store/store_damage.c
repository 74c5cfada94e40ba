/* SPDX-License-Identifier: MIT
 * Bits flipped in the file and in its write-ahead log, pages swapped, rows edited by another program:
 * refused, or without consequence, never served as truth. */
#include "tests/unit_store/store_kit.h"

#include <inttypes.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE = 4096, FLIPS_FILE = 1200, FLIPS_LOG = 500, ACTS = 160, ANSWERS_ASKED = 40 };

/* A store as the files hold it, and what it must say. */
struct original {
    size_t file_length, wal_length;
    unsigned char *file, *wal;      /* owned; wal NULL: there was none */
    uint64_t digest, digest_before; /* after the last and the last but one turn */
    uint64_t counter;
    uint32_t tickets;
    int32_t date;
};

static struct kit_folder folder;
static uint32_t seed = 20261123;

static uint32_t next_random(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(seed >> 4) * below) >> 28);
}

static unsigned char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    unsigned char *data = malloc(*length + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *length, file), *length);
    fclose(file);
    return data;
}

static void write_all(const char *path, const unsigned char *data, size_t length)
{
    unlink(path);
    if (!data)
        return;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    fclose(file);
}

static const char *wal_path(void)
{
    static char path[160];
    snprintf(path, sizeof path, "%s-wal", folder.store);
    return path;
}

static void put_back(const struct original *o)
{
    write_all(folder.store, o->file, o->file_length);
    write_all(wal_path(), o->wal, o->wal_length);
}

/* The files of a hall in mid-day: closed properly, or as a kill leaves them with much in the log. */
static void make(struct original *o, bool with_wal)
{
    struct kit kit;
    memset(o, 0, sizeof *o);
    kit_init(&kit, kit_open(&folder));
    assert_int_equal(kit_set_up(&kit), STATUS_OK);
    assert_int_equal(kit_open_day(&kit), STATUS_OK);
    assert_int_equal(kit_act(&kit), STATUS_OK);
    assert_int_equal(kit_close_day(&kit), STATUS_OK);
    assert_int_equal(kit_open_day(&kit), STATUS_OK);
    for (int i = 0; i < ACTS; i++) {
        o->digest_before = hall_digest(kit.hall);
        assert_int_equal(kit_act(&kit), STATUS_OK);
    }
    while (hall_digest(kit.hall) == o->digest_before)
        assert_int_equal(kit_act(&kit), STATUS_OK);
    o->digest = hall_digest(kit.hall);
    o->counter = kit.counter;
    o->tickets = kit.hall->ticket_count;
    o->date = kit.hall->date;
    if (with_wal) {
        o->file = read_all(folder.store, &o->file_length);
        o->wal = read_all(wal_path(), &o->wal_length);
    }
    kit_close(kit.store);
    kit_destroy(&kit);
    if (!with_wal)
        o->file = read_all(folder.store, &o->file_length);
}

static void destroy(struct original *o)
{
    free(o->file);
    free(o->wal);
}

/* ---- what a damaged store says ---- */
static bool is_refusal(enum status status)
{
    return status == STATUS_CORRUPT || status == STATUS_NEWER || status == STATUS_IO;
}

struct telling {
    const struct hall *hall;
    uint32_t tickets;
    bool is_false;
};

static void compare_ticket(const struct store_ticket *row, void *userdata)
{
    struct telling *t = userdata;
    const struct ticket *ticket = &t->hall->tickets[row->id.value];
    t->tickets++;
    t->is_false |= !number_equals(ticket->number, row->ticket.number) || ticket->state != row->ticket.state ||
                   ticket->issued_ms != row->ticket.issued_ms || ticket->waited_ms != row->ticket.waited_ms;
}

/* Everything that the store may be asked for; NULL when each answer is right or a refusal. */
static const char *ask(const struct original *o, struct store *store, struct hall *hall)
{
    struct store_load_report report;
    struct error error;
    struct text text = {0};
    const char *lie = NULL;
    if (store_load(store, hall, NULL, NULL, &report, &error) != STATUS_OK)
        return NULL;
    bool is_last_turn_lost = o->wal && hall_digest(hall) == o->digest_before;
    if (hall_digest(hall) != o->digest && !is_last_turn_lost)
        return "another hall";
    struct telling telling = {hall, 0, false};
    enum status status = store_tickets(store, o->date, o->date, compare_ticket, &telling, &error);
    if (telling.is_false || (status == STATUS_OK && telling.tickets != hall->ticket_count))
        return "other tickets";
    for (uint64_t counter = 1; counter <= ANSWERS_ASKED && !lie; counter++) {
        status = store_find_answer(store, &(struct store_key){7, 99, counter}, &text, &error);
        if (status == STATUS_NOT_FOUND)
            lie = "a forgotten answer";
        else if (status == STATUS_OK && strncmp(text.data, "ticket-", 7) != 0 &&
                 strncmp(text.data, "nothing", 7) != 0 && strncmp(text.data, "booking-", 8) != 0 &&
                 strncmp(text.data, "service-", 8) != 0 && strncmp(text.data, "window-", 7) != 0 &&
                 strncmp(text.data, "act-", 4) != 0 && strncmp(text.data, "wait-", 5) != 0)
            lie = "another answer";
        else if (status != STATUS_OK)
            break; /* the store is barred from here on */
    }
    text_destroy(&text);
    return lie;
}

struct verdict {
    int refused, harmless, lies;
};

static void judge(const struct original *o, struct hall *hall, const char *what, size_t where,
                  struct verdict *verdict)
{
    struct store *store = NULL;
    struct error error;
    const struct store_params params = {.path = folder.store, .reserve_bytes = -1};
    enum status status = store_open_sqlite(&params, &store, &error);
    if (status != STATUS_OK) {
        if (!is_refusal(status))
            fail_msg("%s at %zu: %s (%s)", what, where, error.text, status_name(status));
        verdict->refused++;
        return;
    }
    const char *lie = ask(o, store, hall);
    struct error closing;
    store_close(store, &closing);
    verdict->harmless += !lie;
    verdict->lies += lie != NULL;
    if (lie)
        print_message("%s at %zu: %s\n", what, where, lie);
}

static void flip_many(const struct original *o, bool in_wal, int trials, struct verdict *verdict)
{
    size_t length = in_wal ? o->wal_length : o->file_length;
    struct hall *hall = calloc(1, sizeof *hall);
    unsigned char *damaged = malloc(length);
    assert_true(hall && damaged && length > 0);
    for (int trial = 0; trial < trials; trial++) {
        memcpy(damaged, in_wal ? o->wal : o->file, length);
        uint32_t bits = trial % 3 == 0 ? 1 : 1 + next_random(64);
        size_t where = trial < 100 ? (size_t)trial : next_random((uint32_t)length);
        for (uint32_t i = 0; i < bits; i++)
            damaged[(where + i * 7) % length] ^= (unsigned char)(1u << next_random(8));
        put_back(o);
        write_all(in_wal ? wal_path() : folder.store, damaged, length);
        judge(o, hall, in_wal ? "flip in the log" : "flip", where, verdict);
    }
    free(hall);
    free(damaged);
}

static void test_flipped_bits_are_not_believed(void **state)
{
    struct original original;
    struct verdict verdict = {0};
    (void)state;
    kit_folder_make(&folder);
    make(&original, false);
    flip_many(&original, false, FLIPS_FILE, &verdict);
    print_message("file: %d refused at the start, %d harmless or refused later, %d believed\n",
                  verdict.refused, verdict.harmless, verdict.lies);
    assert_int_equal(verdict.lies, 0);
    assert_true(verdict.refused > FLIPS_FILE / 10);
    destroy(&original);
    kit_folder_remove(&folder);
}

/* The last transaction cannot be told from one that a power cut tore; all earlier ones can. */
static void test_flips_in_the_log_lose_no_promise(void **state)
{
    struct original original;
    struct verdict verdict = {0};
    (void)state;
    kit_folder_make(&folder);
    make(&original, true);
    assert_true(original.wal_length > 100 * PAGE);
    flip_many(&original, true, FLIPS_LOG, &verdict);
    print_message("log: %d refused at the start, %d harmless, %d believed\n", verdict.refused,
                  verdict.harmless, verdict.lies);
    assert_int_equal(verdict.lies, 0);
    assert_true(verdict.refused > FLIPS_LOG / 2);
    destroy(&original);
    kit_folder_remove(&folder);
}

/* Whole pages that are valid in themselves, in the wrong place or of another time. */
static void test_misplaced_pages_are_not_believed(void **state)
{
    struct original original;
    struct verdict verdict = {0};
    struct hall *hall = calloc(1, sizeof *hall);
    (void)state;
    assert_non_null(hall);
    kit_folder_make(&folder);
    make(&original, false);
    size_t pages = original.file_length / PAGE;
    unsigned char *damaged = malloc(original.file_length);
    assert_non_null(damaged);
    for (int trial = 0; trial < 200; trial++) {
        size_t from = next_random((uint32_t)pages), to = next_random((uint32_t)pages);
        if (from == to)
            continue;
        memcpy(damaged, original.file, original.file_length);
        memcpy(damaged + to * PAGE, original.file + from * PAGE, PAGE);
        put_back(&original);
        write_all(folder.store, damaged, original.file_length);
        judge(&original, hall, "page moved", to, &verdict);
    }
    assert_int_equal(verdict.lies, 0);
    free(damaged);
    free(hall);
    destroy(&original);
    kit_folder_remove(&folder);
}

/* ---- edited with another program ---- */
/* The seals are put right again, as a clever hand would do it: what is left is the chain and the
 * verification. */
static void edit(const char *sql)
{
    sqlite3 *db = NULL;
    char *words = NULL;
    assert_int_equal(sqlite3_open_v2(folder.store, &db, SQLITE_OPEN_READWRITE, "evenhall-pages-unix"),
                     SQLITE_OK);
    sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s", sql, words);
    assert_true(sqlite3_total_changes(db) > 0);
    sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_close(db);
}

static void expect_edit_is_found(const struct original *o, const char *sql, bool at_start, const char *words)
{
    struct store_load_report report;
    struct store_verify_report verified;
    struct error error = {0};
    struct kit kit = {.hall = calloc(1, sizeof *kit.hall)};
    assert_non_null(kit.hall);
    put_back(o);
    edit(sql);
    struct store *store = kit_open(&folder);
    enum status status = store_load(store, kit.hall, NULL, NULL, &report, &error);
    assert_int_equal(status, at_start ? STATUS_CORRUPT : STATUS_OK);
    if (!at_start)
        assert_int_equal(store_verify(store, NULL, NULL, &verified, &error), STATUS_CORRUPT);
    if (!strstr(error.text, words))
        fail_msg("%s\n  says: %s\n  and not: %s", sql, error.text, words);
    kit_close(store);
    kit_destroy(&kit);
}

static void test_edited_rows_are_found(void **state)
{
    struct original o;
    (void)state;
    kit_folder_make(&folder);
    make(&o, false);
    expect_edit_is_found(&o, "UPDATE events SET body=body||' ' WHERE seq=(SELECT max(seq)-3 FROM events)",
                         true, "breaks the hash chain");
    expect_edit_is_found(&o, "UPDATE events SET at_ms=at_ms+1 WHERE seq=(SELECT max(seq)-30 FROM events)",
                         true, "breaks the hash chain");
    expect_edit_is_found(&o, "DELETE FROM events WHERE seq=(SELECT max(seq)-5 FROM events)", true,
                         "is missing");
    expect_edit_is_found(&o, "UPDATE checkpoint_events SET at_ms=at_ms-1 WHERE n=3", true, "is damaged");
    expect_edit_is_found(&o, "DELETE FROM checkpoint_events WHERE n=4", true, "checkpoint");
    expect_edit_is_found(&o, "UPDATE events SET body='tick' WHERE seq=4", false,
                         "event 4 breaks the hash chain");
    expect_edit_is_found(&o, "DELETE FROM events WHERE seq=6", false, "event 6 is missing");
    expect_edit_is_found(&o,
                         "UPDATE tickets SET waited_ms=waited_ms+1 WHERE id=(SELECT max(id) FROM tickets)",
                         false, "is not what its events say");
    expect_edit_is_found(&o, "DELETE FROM tickets WHERE id=(SELECT max(id) FROM tickets)", false,
                         "ticket rows");
    expect_edit_is_found(&o, "INSERT INTO audits VALUES(1,1,1,'a','b',zeroblob(16))", false, "audit entry 1");
    expect_edit_is_found(&o, "DELETE FROM events WHERE seq>(SELECT max(seq)-4 FROM events)", false, "ticket");
    destroy(&o);
    kit_folder_remove(&folder);
}

int main(void)
{
    print_message("seed %u\n", seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flipped_bits_are_not_believed),
        cmocka_unit_test(test_flips_in_the_log_lose_no_promise),
        cmocka_unit_test(test_misplaced_pages_are_not_believed),
        cmocka_unit_test(test_edited_rows_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
