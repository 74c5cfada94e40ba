/* SPDX-License-Identifier: MIT
 * Files that are not what they should be, room on the disk, copies and restoring. */
#include "tests/unit_store/store_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "dispatcher/store/schema.h"

static struct kit_folder folder;
static struct error error;

static int make_folder(void **state)
{
    (void)state;
    kit_folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    kit_folder_remove(&folder);
    return 0;
}

static const char *beside(const char *suffix)
{
    static char path[200];
    snprintf(path, sizeof path, "%s%s", folder.store, suffix);
    return path;
}

static int64_t size_of(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? (int64_t)file.st_size : -1;
}

static void write_at(const char *path, off_t offset, const void *data, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, data, size, offset), size);
    close(fd);
}

/* A store with two days of work; the hall's digest. */
static uint64_t make_work(bool leave_open_day)
{
    struct kit kit;
    kit_init(&kit, kit_open(&folder));
    assert_int_equal(kit_set_up(&kit), STATUS_OK);
    for (int day = 0; day < 2; day++) {
        assert_int_equal(kit_open_day(&kit), STATUS_OK);
        for (int i = 0; i < 120; i++)
            assert_int_equal(kit_act(&kit), STATUS_OK);
        if (day == 0 || !leave_open_day)
            assert_int_equal(kit_close_day(&kit), STATUS_OK);
    }
    uint64_t digest = hall_digest(kit.hall);
    kit_close(kit.store);
    kit_destroy(&kit);
    return digest;
}

static void expect_refused(enum status expected, const char *words)
{
    struct store *store = NULL;
    const struct store_params params = {.path = folder.store, .create = true, .reserve_bytes = -1};
    int64_t size = size_of(folder.store);
    enum status status = store_open_sqlite(&params, &store, &error);
    if (status == STATUS_OK)
        fail_msg("opened, but should say: %s", words);
    assert_null(store);
    if (status != expected || !strstr(error.text, words))
        fail_msg("%s (%s), but should say: %s (%s)", error.text, status_name(status), words,
                 status_name(expected));
    assert_non_null(strstr(error.text, folder.store)); /* what and where */
    assert_int_equal(size_of(folder.store), size);
}

/* ---- refusals ---- */
static void test_missing_is_made_only_when_asked(void **state)
{
    struct store *store = NULL;
    struct store_params params = {.path = folder.store, .reserve_bytes = -1};
    (void)state;
    assert_int_equal(store_open_sqlite(&params, &store, &error), STATUS_NOT_FOUND);
    assert_int_equal(size_of(folder.store), -1);
    params.create = true;
    assert_int_equal(store_open_sqlite(&params, &store, &error), STATUS_OK);
    kit_close(store);
    struct stat file;
    assert_int_equal(stat(folder.store, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(size_of(beside("-new")), -1);
    assert_int_equal(size_of(beside("-wal")), -1);
    params.path = "/no/such/folder/hall.db";
    assert_int_equal(store_open_sqlite(&params, &store, &error), STATUS_NOT_FOUND);
}

static void test_empty_and_foreign_files_are_refused(void **state)
{
    (void)state;
    write_at(folder.store, 0, "", 0);
    expect_refused(STATUS_CORRUPT, "is empty");
    write_at(folder.store, 0, "dear diary", 10);
    expect_refused(STATUS_CORRUPT, "is cut short");
    char text[8192];
    memset(text, 'x', sizeof text);
    write_at(folder.store, 0, text, sizeof text);
    expect_refused(STATUS_CORRUPT, "not a store of Evenhall");
    unlink(folder.store);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(folder.store, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE songs(name TEXT)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    expect_refused(STATUS_CORRUPT, "another program");
    unlink(folder.store);
    assert_int_equal(mkdir(folder.store, 0700), 0);
    expect_refused(STATUS_CORRUPT, "not a file");
    rmdir(folder.store);
}

static void test_newer_is_refused(void **state)
{
    (void)state;
    make_work(false);
    const unsigned char version[4] = {0, 0, 3, 9};
    write_at(folder.store, 60, version, sizeof version);
    expect_refused(STATUS_NEWER, "start the newer program");
}

static void test_wiped_header_is_refused(void **state)
{
    static const char zeros[4096];
    (void)state;
    make_work(false);
    write_at(folder.store, 0, zeros, 100);
    expect_refused(STATUS_CORRUPT, "its beginning is destroyed");
    write_at(folder.store, 0, zeros, sizeof zeros);
    expect_refused(STATUS_CORRUPT, "its beginning is destroyed");
}

static void test_cut_files_are_refused(void **state)
{
    (void)state;
    make_work(false);
    int64_t size = size_of(folder.store);
    for (int64_t cut = size - 1; cut > 50; cut -= size / 9) {
        assert_int_equal(truncate(folder.store, cut), 0);
        expect_refused(STATUS_CORRUPT, "restore a backup");
    }
}

static void test_a_log_without_its_file_is_refused(void **state)
{
    (void)state;
    write_at(beside("-wal"), 0, "x", 1);
    const struct store_params params = {.path = folder.store, .create = true};
    struct store *store = NULL;
    assert_int_equal(store_open_sqlite(&params, &store, &error), STATUS_CORRUPT);
    assert_non_null(strstr(error.text, "-wal is there"));
}

/* In the same process, and from another. */
static void test_a_second_opener_is_refused(void **state)
{
    (void)state;
    struct store *store = kit_open(&folder);
    expect_refused(STATUS_CLOSED, "another program");
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct store *second = NULL;
            const struct store_params params = {.path = folder.store, .reserve_bytes = -1};
            _exit(store_open_sqlite(&params, &second, &error) == STATUS_CLOSED ? 0 : 1);
        }
        int result = -1;
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_int_equal(result, 0);
        expect_refused(STATUS_CLOSED, "another program"); /* and did not take our lock away */
    }
    assert_int_equal(store_put_setting(store, "a", span_of("b"), &error), STATUS_OK);
    kit_close(store);
}

/* Root may write everything, so this is seen only as another user. */
static void test_read_only_is_refused(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            make_work(false);
            chmod(folder.path, 0755);
            chmod(folder.store, 0444);
            struct store *store = NULL;
            const struct store_params params = {.path = folder.store, .reserve_bytes = -1};
            if (setuid(65534) != 0)
                _exit(2);
            enum status status = store_open_sqlite(&params, &store, &error);
            _exit(status == STATUS_FULL && strstr(error.text, "read-only") ? 0 : 1);
        }
        int result = -1;
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_int_equal(result, 0);
        return;
    }
    make_work(false);
    chmod(folder.store, 0444);
    expect_refused(STATUS_FULL, "read-only");
}

/* ---- schema ---- */
static void test_migrations_stop_whole(void **state)
{
    static const struct schema_step steps[] = {
        {"one", "CREATE TABLE a(x); INSERT INTO a VALUES(1)"},
        {"two", "ALTER TABLE a ADD COLUMN y; UPDATE a SET y=2"},
        {"bad", "CREATE TABLE b(x); INSERT INTO nowhere VALUES(1)"},
    };
    static const struct schema_step better[] = {
        {"one", ""}, {"two", ""}, {"three", "CREATE TABLE b(x); UPDATE a SET y=3"}};
    sqlite3 *db = NULL;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(schema_migrate(db, "x.db", steps, 1, &error), STATUS_OK);
    assert_int_not_equal(schema_migrate(db, "x.db", steps, 3, &error), STATUS_OK);
    assert_non_null(strstr(error.text, "schema step 3 (bad)"));
    assert_int_equal(sqlite3_exec(db, "SELECT x FROM b", NULL, NULL, NULL), SQLITE_ERROR);
    assert_int_equal(schema_migrate(db, "x.db", steps, 2, &error), STATUS_OK);
    assert_int_equal(schema_migrate(db, "x.db", steps, 1, &error), STATUS_NEWER);
    assert_int_equal(schema_migrate(db, "x.db", better, 3, &error), STATUS_OK);
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT y FROM a", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(stmt, 0), 3);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

/* SCHEMA.md names every table and column. */
static void test_the_schema_page_is_whole(void **state)
{
    static char page[64 * 1024];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    (void)state;
    FILE *file = fopen("dispatcher/store/SCHEMA.md", "r");
    assert_non_null(file); /* tests run in the source folder */
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(schema_migrate(db, "x.db", schema_steps, schema_step_count, &error), STATUS_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE "
                                        "'sqlite%' UNION SELECT c.name FROM sqlite_schema AS t, "
                                        "pragma_table_info(t.name) AS c WHERE t.name NOT LIKE 'sqlite%'",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    int names = 0;
    for (; sqlite3_step(stmt) == SQLITE_ROW; names++) {
        char quoted[100];
        snprintf(quoted, sizeof quoted, "`%s`", (const char *)sqlite3_column_text(stmt, 0));
        if (!strstr(page, quoted))
            fail_msg("SCHEMA.md does not name %s", quoted);
    }
    assert_true(names > 60);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

/* ---- room ---- */
static void test_reserve_is_held_and_released(void **state)
{
    enum { RESERVE = 1024 * 1024 };
    struct store *store = NULL;
    struct store_space space;
    const struct store_params params = {.path = folder.store, .create = true, .reserve_bytes = RESERVE};
    (void)state;
    assert_int_equal(store_open_sqlite(&params, &store, &error), STATUS_OK);
    assert_int_equal(store_space(store, &space, &error), STATUS_OK);
    assert_int_equal(space.reserve_bytes, RESERVE);
    assert_true(space.free_bytes > 0 && space.file_bytes > 4096);
    struct stat file;
    assert_int_equal(stat(beside("-reserve"), &file), 0);
    assert_true(file.st_blocks * 512 >= RESERVE); /* no holes */
    assert_true(store_release_reserve(store));
    assert_false(store_release_reserve(store));
    assert_int_equal(store_space(store, &space, &error), STATUS_OK);
    assert_int_equal(space.reserve_bytes, 0);
    kit_close(store);
    assert_int_equal(store_open_sqlite(&params, &store, &error), STATUS_OK);
    assert_int_equal(store_space(store, &space, &error), STATUS_OK);
    assert_int_equal(space.reserve_bytes, RESERVE);
    kit_close(store);
}

static void fill_up(void)
{
    static const char zeros[512];
    char path[120];
    snprintf(path, sizeof path, "%s/filler", folder.path);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    while (write(fd, zeros, sizeof zeros) > 0)
        ;
    close(fd);
}

/* On a real, small file system: numbers stop cleanly, the reserve lets the hall go on, nothing is lost. Exit
 * codes of a child with a mount of its own: 0 all well, 77 not permitted to mount here. */
static int fill_a_disk(void)
{
    struct kit kit;
    struct store *store = NULL;
    const struct store_params params = {.path = folder.store, .create = true, .reserve_bytes = 1024 * 1024};
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", folder.path, "tmpfs", 0, "size=3m") != 0)
        return 77;
    if (store_open_sqlite(&params, &store, &error) != STATUS_OK)
        return 1;
    kit_init(&kit, store);
    if (kit_set_up(&kit) != STATUS_OK || kit_open_day(&kit) != STATUS_OK)
        return 2;
    enum status status = STATUS_OK;
    uint64_t digest = 0;
    for (int i = 0; i < 20000 && status == STATUS_OK; i++) {
        digest = hall_digest(kit.hall);
        kit.now_ms++;
        status = kit_turn(&kit, "issue items=1");
    }
    if (status != STATUS_FULL || kit_load(&kit) != STATUS_OK || hall_digest(kit.hall) != digest)
        return 3;
    if (!store_release_reserve(store))
        return 4;
    for (int i = 0; i < 50; i++)
        if (kit_act(&kit) != STATUS_OK)
            return 5;
    /* Started again when not a byte is left: the log cannot be folded, and that is no damage. */
    digest = hall_digest(kit.hall);
    fill_up();
    if (store_close(store, &error) != STATUS_OK ||
        store_open_sqlite(&params, &kit.store, &error) != STATUS_OK)
        return 6;
    if (kit_load(&kit) != STATUS_OK || hall_digest(kit.hall) != digest)
        return 7;
    return kit_turn(&kit, "issue items=1") == STATUS_FULL ? 0 : 8;
}

static void test_a_really_full_disk(void **state)
{
    int result = -1;
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(fill_a_disk());
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    if (WEXITSTATUS(result) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(result), 0);
}

static void test_the_log_is_folded_in_idle_moments(void **state)
{
    struct kit kit;
    struct store_space space;
    bool more = true;
    (void)state;
    kit_init(&kit, kit_open(&folder));
    assert_int_equal(kit_set_up(&kit), STATUS_OK);
    assert_int_equal(kit_open_day(&kit), STATUS_OK);
    for (int i = 0; i < 200; i++)
        assert_int_equal(kit_act(&kit), STATUS_OK);
    assert_int_equal(store_space(kit.store, &space, &error), STATUS_OK);
    int64_t long_wal = space.wal_bytes;
    for (int i = 0; more; i++) {
        assert_true(i < 10);
        assert_int_equal(store_idle(kit.store, kit.now_ms, &more, &error), STATUS_OK);
    }
    for (int i = 0; i < 50; i++)
        assert_int_equal(kit_act(&kit), STATUS_OK);
    assert_int_equal(store_space(kit.store, &space, &error), STATUS_OK);
    assert_int_equal(space.wal_bytes, long_wal); /* written from the front again */
    kit_close(kit.store);
    assert_int_equal(size_of(beside("-wal")), -1);
    kit_destroy(&kit);
}

/* ---- copies ---- */
static void expect_holds(const char *path, uint64_t digest)
{
    struct kit kit;
    struct kit_folder other = folder;
    struct store_verify_report report;
    snprintf(other.store, sizeof other.store, "%s", path);
    kit_init(&kit, kit_open(&other));
    assert_int_equal(hall_digest(kit.hall), digest);
    if (store_verify(kit.store, NULL, NULL, &report, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    kit_close(kit.store);
    kit_destroy(&kit);
}

static const char *backup_path(void)
{
    static char path[120];
    snprintf(path, sizeof path, "%s/copy.db", folder.path);
    return path;
}

static void test_backup_while_serving(void **state)
{
    struct kit kit;
    struct store_backup *backup = NULL;
    struct store_backup_state at = {0};
    int acts = 0;
    (void)state;
    make_work(true);
    kit_init(&kit, kit_open(&folder));
    assert_int_equal(store_backup_begin(kit.store, backup_path(), &backup, &error), STATUS_OK);
    uint64_t copied = 0;
    while (!at.is_done) {
        if (store_backup_step(backup, 0, &at, &error) != STATUS_OK)
            fail_msg("%s", error.text);
        if (strcmp(at.phase, "copy") == 0) { /* the hall goes on */
            assert_int_equal(kit_act(&kit), STATUS_OK);
            acts++;
            assert_int_equal(access(backup_path(), F_OK), -1);
        } else if (copied == 0) {
            copied = 1;
        }
    }
    assert_true(acts > 3);
    store_backup_end(backup);
    kit_close(kit.store);
    struct kit copy;
    struct kit_folder other = folder;
    snprintf(other.store, sizeof other.store, "%s", backup_path());
    kit_init(&copy, kit_open(&other));
    assert_true(store_last_seq(copy.store) > 0);
    struct store_verify_report report;
    if (store_verify(copy.store, NULL, NULL, &report, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    kit_close(copy.store);
    kit_destroy(&copy);
    kit_destroy(&kit);
}

static void test_backup_does_not_replace(void **state)
{
    struct store *store = kit_open(&folder);
    (void)state;
    write_at(backup_path(), 0, "mine", 4);
    assert_int_equal(store_backup(store, backup_path(), NULL, NULL, &error), STATUS_EXISTS);
    assert_int_equal(size_of(backup_path()), 4);
    assert_int_equal(store_backup(store, "/no/such/folder/x.db", NULL, NULL, &error), STATUS_NOT_FOUND);
    kit_close(store);
}

static void test_an_abandoned_backup_leaves_nothing(void **state)
{
    struct store_backup *backup = NULL;
    struct store_backup_state at;
    char part[160];
    (void)state;
    make_work(true);
    struct store *store = kit_open(&folder);
    snprintf(part, sizeof part, "%s-part", backup_path());
    write_at(part, 0, "left over", 9);
    assert_int_equal(store_backup_begin(store, backup_path(), &backup, &error), STATUS_OK);
    assert_int_equal(store_backup_step(backup, 0, &at, &error), STATUS_OK);
    assert_false(at.is_done);
    store_backup_end(backup);
    assert_int_equal(access(part, F_OK), -1);
    assert_int_equal(access(backup_path(), F_OK), -1);
    kit_close(store);
}

static void test_restore_keeps_the_former_file(void **state)
{
    struct store_restore_report report;
    (void)state;
    uint64_t digest = make_work(true);
    struct kit kit;
    kit_init(&kit, kit_open(&folder));
    assert_int_equal(store_backup(kit.store, backup_path(), NULL, NULL, &error), STATUS_OK);
    assert_int_equal(store_restore(backup_path(), folder.store, kit.now_ms, NULL, NULL, &report, &error),
                     STATUS_CLOSED);
    for (int i = 0; i < 20; i++)
        assert_int_equal(kit_act(&kit), STATUS_OK);
    uint64_t later = hall_digest(kit.hall);
    kit_close(kit.store);
    kit_destroy(&kit);
    if (store_restore(backup_path(), folder.store, kit_ms(3, 10, 0), NULL, NULL, &report, &error) !=
        STATUS_OK)
        fail_msg("%s", error.text);
    assert_true(report.last_seq > 0);
    expect_holds(folder.store, digest);
    expect_holds(report.kept, later);
    expect_holds(backup_path(), digest);
    /* To a place where nothing is. */
    unlink(folder.store);
    assert_int_equal(
        store_restore(backup_path(), folder.store, kit_ms(3, 11, 0), NULL, NULL, &report, &error), STATUS_OK);
    assert_string_equal(report.kept, "");
    expect_holds(folder.store, digest);
}

static void test_a_bad_backup_is_not_restored(void **state)
{
    struct store_restore_report report;
    struct store *store;
    (void)state;
    uint64_t digest = make_work(true);
    store = kit_open(&folder);
    assert_int_equal(store_backup(store, backup_path(), NULL, NULL, &error), STATUS_OK);
    kit_close(store);
    int64_t size = size_of(backup_path());
    write_at(backup_path(), size / 2 + 700, "\x55\xaa\x55", 3);
    assert_int_equal(
        store_restore(backup_path(), folder.store, kit_ms(3, 10, 0), NULL, NULL, &report, &error),
        STATUS_CORRUPT);
    assert_int_equal(truncate(backup_path(), size / 2), 0);
    assert_int_equal(
        store_restore(backup_path(), folder.store, kit_ms(3, 10, 0), NULL, NULL, &report, &error),
        STATUS_CORRUPT);
    assert_int_equal(
        store_restore("/no/such/file", folder.store, kit_ms(3, 10, 0), NULL, NULL, &report, &error),
        STATUS_NOT_FOUND);
    assert_int_equal(access(beside("-restoring"), F_OK), -1);
    expect_holds(folder.store, digest);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_missing_is_made_only_when_asked),
        IN_FOLDER(test_empty_and_foreign_files_are_refused),
        IN_FOLDER(test_newer_is_refused),
        IN_FOLDER(test_wiped_header_is_refused),
        IN_FOLDER(test_cut_files_are_refused),
        IN_FOLDER(test_a_log_without_its_file_is_refused),
        IN_FOLDER(test_a_second_opener_is_refused),
        IN_FOLDER(test_read_only_is_refused),
        cmocka_unit_test(test_migrations_stop_whole),
        cmocka_unit_test(test_the_schema_page_is_whole),
        IN_FOLDER(test_reserve_is_held_and_released),
        IN_FOLDER(test_a_really_full_disk),
        IN_FOLDER(test_the_log_is_folded_in_idle_moments),
        IN_FOLDER(test_backup_while_serving),
        IN_FOLDER(test_backup_does_not_replace),
        IN_FOLDER(test_an_abandoned_backup_leaves_nothing),
        IN_FOLDER(test_restore_keeps_the_former_file),
        IN_FOLDER(test_a_bad_backup_is_not_restored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
