/* SPDX-License-Identifier: MIT
 * The SQLite driver: one connection, kept statements, and a write-ahead log that is folded when it suits the
 * hall. */
#include "dispatcher/store/sqlite_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

/* ---- what went wrong ---- */
/* errno of the last call that failed on the database or its log. */
static bool last_errno_is_no_space(sqlite3 *db, int which)
{
    sqlite3_file *file = NULL;
    int errnum = 0;
    sqlite3_file_control(db, "main", which, &file);
    if (file && file->pMethods)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &errnum);
    return errnum == ENOSPC || errnum == EROFS || errnum == EDQUOT;
}

/* SQLite itself says FULL only for ENOSPC. */
static bool is_no_space(sqlite3 *db, int extended)
{
    switch (extended) {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
        return last_errno_is_no_space(db, SQLITE_FCNTL_JOURNAL_POINTER) ||
               last_errno_is_no_space(db, SQLITE_FCNTL_FILE_POINTER);
    default:
        return false;
    }
}

static enum status status_of(sqlite3 *db, int extended)
{
    switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return STATUS_EXISTS;
    case SQLITE_IOERR_DATA:
    case SQLITE_IOERR_CORRUPTFS:
        return STATUS_CORRUPT;
    case SQLITE_IOERR_NOMEM:
        return STATUS_MEMORY;
    default:
        break;
    }
    switch (extended & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
        return STATUS_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return STATUS_CORRUPT;
    case SQLITE_NOMEM:
        return STATUS_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_CLOSED;
    case SQLITE_TOOBIG:
        return STATUS_LIMIT;
    default:
        return is_no_space(db, extended) ? STATUS_FULL : STATUS_IO;
    }
}

enum status sqlite_status(sqlite3 *db, int rc, const char *path, struct error *error)
{
    int extended = db ? sqlite3_extended_errcode(db) : rc;
    if ((extended & 0xff) != (rc & 0xff))
        extended = rc;
    enum status status = status_of(db, extended);
    const char *words = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    if (!path)
        path = "the store in memory";
    switch (status) {
    case STATUS_FULL:
        return error_set(error, status, "%s cannot grow: no space left or read-only (%s)", path, words);
    case STATUS_CLOSED:
        return error_set(error, status, "%s is open in another program; end that first", path);
    case STATUS_CORRUPT:
        return error_set(error, status, "%s is damaged (%s): keep the file and restore a backup", path,
                         extended == SQLITE_IOERR_DATA ? "a page's seal is broken" : words);
    default:
        return error_set(error, status, "%s: %s (%d)", path, words, extended);
    }
}

enum status sqlite_pragma_int(sqlite3 *db, const char *path, const char *sql, int64_t *out,
                              struct error *error)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
        if (rc == SQLITE_ROW && out)
            *out = sqlite3_column_int64(stmt, 0);
        while (rc == SQLITE_ROW)
            rc = sqlite3_step(stmt);
    }
    enum status status = rc == SQLITE_DONE ? STATUS_OK : sqlite_status(db, rc, path, error);
    sqlite3_finalize(stmt);
    return status;
}

/* ---- transactions ---- */
static struct sqlite_driver *sqlite_of(struct driver *driver)
{
    return (struct sqlite_driver *)driver;
}

static void roll_back(struct sqlite_driver *d)
{
    if (d->db && !sqlite3_get_autocommit(d->db))
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Words for rc; on FULL makes sure that the transaction is gone. When even that fails the disk is not to be
 * trusted. */
static enum status settle(struct sqlite_driver *d, int rc, struct error *error)
{
    enum status status = sqlite_status(d->db, rc, d->path, error);
    if (status != STATUS_FULL)
        return status;
    roll_back(d);
    if (!sqlite3_get_autocommit(d->db))
        return error_set(error, STATUS_IO, "%s: a transaction can neither be written nor undone", d->path);
    return status;
}

static enum status step_plain(struct sqlite_driver *d, sqlite3_stmt *stmt, struct error *error)
{
    int rc = sqlite3_step(stmt);
    enum status status = rc == SQLITE_DONE ? STATUS_OK : settle(d, rc, error);
    sqlite3_reset(stmt);
    return status;
}

static enum status begin(struct driver *driver, struct error *error)
{
    struct sqlite_driver *d = sqlite_of(driver);
    return step_plain(d, d->begin, error);
}

enum status sqlite_fold(struct sqlite_driver *d, struct error *error)
{
    int left = 0, folded = 0;
    if (!d->path)
        return STATUS_OK;
    int rc = sqlite3_wal_checkpoint_v2(d->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &left, &folded);
    if (rc == SQLITE_OK) {
        d->wal_pages = left - folded; /* the next transaction starts at the front again when all is folded */
        d->wal_fold_next = 0;
        return STATUS_OK;
    }
    enum status status = sqlite_status(d->db, rc, d->path, error);
    if (d->wal_pages == 0)
        d->wal_pages = 1; /* not known yet when opening, but not empty */
    d->wal_fold_next = d->wal_pages + d->wal_pages_most;
    return status == STATUS_FULL ? STATUS_OK : status;
}

static enum status commit(struct driver *driver, struct error *error)
{
    struct sqlite_driver *d = sqlite_of(driver);
    enum status status = step_plain(d, d->commit, error);
    if (status == STATUS_OK && d->wal_pages >= d->wal_pages_most && d->wal_pages >= d->wal_fold_next)
        status = sqlite_fold(d, error);
    return status;
}

static void rollback(struct driver *driver)
{
    roll_back(sqlite_of(driver));
}

static int note_wal(void *userdata, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct sqlite_driver *)userdata)->wal_pages = pages;
    return SQLITE_OK;
}

/* ---- statements ---- */
static int64_t column_int(const struct sql_row *row, int column)
{
    return sqlite3_column_int64(row->handle, column);
}

static struct span column_bytes(const struct sql_row *row, int column)
{
    const char *data = sqlite3_column_blob(row->handle, column);
    return (struct span){data ? data : "", (size_t)sqlite3_column_bytes(row->handle, column)};
}

static int bind(sqlite3_stmt *stmt, int at, const struct sql_value *value)
{
    const char *data = value->bytes.data ? value->bytes.data : "";
    switch (value->type) {
    case SQL_INTEGER:
        return sqlite3_bind_int64(stmt, at, value->integer);
    case SQL_TEXT:
        return sqlite3_bind_text64(stmt, at, data, value->bytes.length, SQLITE_STATIC, SQLITE_UTF8);
    case SQL_BLOB:
        return sqlite3_bind_blob64(stmt, at, data, value->bytes.length, SQLITE_STATIC);
    case SQL_NULL:
        break;
    }
    return sqlite3_bind_null(stmt, at);
}

static int step_rows(sqlite3_stmt *stmt, sql_row_sink *sink, void *userdata)
{
    const struct sql_row row = {column_int, column_bytes, stmt};
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
        if (sink && !sink(&row, userdata))
            return SQLITE_DONE;
    return rc;
}

static enum status run(struct driver *driver, enum statement statement, const struct sql_value *values,
                       size_t count, sql_row_sink *sink, void *userdata, struct error *error)
{
    struct sqlite_driver *d = sqlite_of(driver);
    sqlite3_stmt *stmt = d->statements[statement];
    assert(!sqlite3_stmt_busy(stmt));
    assert((int)count == sqlite3_bind_parameter_count(stmt));
    int rc = SQLITE_OK;
    for (size_t i = 0; i < count && rc == SQLITE_OK; i++)
        rc = bind(stmt, (int)i + 1, &values[i]);
    if (rc == SQLITE_OK)
        rc = step_rows(stmt, sink, userdata);
    enum status status = rc == SQLITE_DONE ? STATUS_OK : settle(d, rc, error);
    driver->changes = sqlite3_changes64(d->db);
    sqlite3_reset(stmt);
    return status;
}

static enum status prepare(struct sqlite_driver *d, const char *sql, sqlite3_stmt **out, struct error *error)
{
    int rc = sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    if (rc == SQLITE_OK)
        return STATUS_OK;
    if ((rc & 0xff) == SQLITE_ERROR) /* a table or column is not as our schema says */
        return error_set(error, STATUS_CORRUPT,
                         "%s does not have this program's tables (%s): restore a backup",
                         d->path ? d->path : "the store in memory", sqlite3_errmsg(d->db));
    return sqlite_status(d->db, rc, d->path, error);
}

static enum status prepare_all(struct sqlite_driver *d, struct error *error)
{
    static const char *const texts[] = {
#define X(name, text) [STATEMENT_##name] = text,
        STATEMENTS(X)
#undef X
    };
    enum status status = prepare(d, "BEGIN IMMEDIATE", &d->begin, error);
    if (status == STATUS_OK)
        status = prepare(d, "COMMIT", &d->commit, error);
    for (size_t i = 0; i < STATEMENT_COUNT && status == STATUS_OK; i++)
        status = prepare(d, texts[i], &d->statements[i], error);
    return status;
}

/* ---- care ---- */
static enum status tidy(struct driver *driver, bool *more, struct error *error)
{
    struct sqlite_driver *d = sqlite_of(driver);
    *more = false;
    if (d->wal_pages >= SQLITE_WAL_IDLE_PAGES && d->wal_pages >= d->wal_fold_next)
        return sqlite_fold(d, error);
    sqlite_reserve_make(d);
    return STATUS_OK;
}

struct checking {
    store_progress *progress;
    void *userdata;
    uint64_t beats;
};

static int check_beat(void *userdata)
{
    struct checking *c = userdata;
    c->beats++;
    if (c->progress)
        c->progress("structure", c->beats, 0, c->userdata);
    return 0;
}

static enum status check(struct driver *driver, store_progress *progress, void *userdata, struct error *error)
{
    struct sqlite_driver *d = sqlite_of(driver);
    struct checking beat = {progress, userdata, 0};
    sqlite3_stmt *stmt = NULL;
    sqlite3_progress_handler(d->db, 1000000, check_beat, &beat);
    int rc = sqlite3_prepare_v2(d->db, "PRAGMA integrity_check(1)", -1, &stmt, NULL);
    enum status status = STATUS_OK;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW)
        status = sqlite_status(d->db, rc, d->path, error);
    else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        status = error_set(error, STATUS_CORRUPT, "%s is damaged (%s): keep the file and restore a backup",
                           d->path ? d->path : "memory", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_progress_handler(d->db, 0, NULL, NULL);
    return status;
}

static bool release_reserve(struct driver *driver)
{
    return sqlite_reserve_drop(sqlite_of(driver));
}

static enum status close_all(struct driver *driver, struct error *error)
{
    struct sqlite_driver *d = sqlite_of(driver);
    enum status status = STATUS_OK;
    roll_back(d);
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(d->statements[i]);
    sqlite3_finalize(d->begin);
    sqlite3_finalize(d->commit);
    if (d->db)
        status = sqlite_fold(d, error);
    int rc = sqlite3_close(d->db);
    if (rc != SQLITE_OK && status == STATUS_OK)
        status = sqlite_status(NULL, rc, d->path, error);
    free(d->path);
    free(d);
    return status;
}

static const struct driver_ops sqlite_ops = {
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .tidy = tidy,
    .check = check,
    .space = sqlite_space,
    .release_reserve = release_reserve,
    .copy_begin = sqlite_copy_begin,
    .close = close_all,
};

enum status driver_open_sqlite(const struct store_params *params, struct driver **out, struct error *error)
{
    struct sqlite_driver *d = calloc(1, sizeof *d);
    if (!d)
        return error_set(error, STATUS_MEMORY, "no memory for a store");
    d->driver.ops = &sqlite_ops;
    d->wal_pages_most = params->wal_pages > 0 ? params->wal_pages : SQLITE_WAL_PAGES;
    d->reserve_bytes = params->reserve_bytes ? params->reserve_bytes : SQLITE_RESERVE_BYTES;
    enum status status = sqlite_open(d, params, error);
    if (status == STATUS_OK)
        status = prepare_all(d, error);
    if (status != STATUS_OK) {
        struct error ignored;
        close_all(&d->driver, &ignored);
        return status;
    }
    sqlite3_wal_hook(d->db, note_wal, d);
    sqlite_reserve_make(d);
    *out = &d->driver;
    return STATUS_OK;
}
