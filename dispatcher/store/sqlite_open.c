/* SPDX-License-Identifier: MIT
 * Opening: everything that can be wrong with a file is found here, before anybody is served from it. */
#include "dispatcher/store/sqlite_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dispatcher/store/schema.h"

enum { HEADER_BYTES = 100 };

static uint32_t big32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static enum status run_pragmas(sqlite3 *db, const char *path, const char *const *pragmas, struct error *error)
{
    for (; *pragmas; pragmas++) {
        enum status status = sqlite_pragma_int(db, path, *pragmas, NULL, error);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status sqlite_configure(sqlite3 *db, const char *path, struct error *error)
{
    static const char *const pragmas[] = {
        "PRAGMA locking_mode=EXCLUSIVE",
        "PRAGMA trusted_schema=OFF",
        "PRAGMA foreign_keys=ON",
        "PRAGMA cell_size_check=ON",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA mmap_size=0",
        "PRAGMA cache_size=-8192", /* KB */
        NULL,
    };
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    return run_pragmas(db, path, pragmas, error);
}

/* ---- before SQLite reads the file ---- */
static enum status check_header(const char *path, const unsigned char *header, struct error *error)
{
    if (memcmp(header, "SQLite format 3", 16) != 0)
        return error_set(
            error, STATUS_CORRUPT,
            "%s is not a store of Evenhall, or its beginning is destroyed: check the name, or restore "
            "a backup",
            path);
    if (big32(header + 68) != SCHEMA_APPLICATION_ID)
        return error_set(error, STATUS_CORRUPT, "%s belongs to another program: check the name", path);
    if (header[16] != SQLITE_PAGE_BYTES >> 8 || header[17] != 0 || header[20] != SQLITE_PAGE_SUM_BYTES)
        return error_set(error, STATUS_CORRUPT, "%s has a damaged header: keep the file and restore a backup",
                         path);
    if (big32(header + 60) > schema_step_count)
        return error_set(
            error, STATUS_NEWER,
            "%s has schema %u and this program knows up to %zu: start the newer program, or restore "
            "a backup made by this one",
            path, big32(header + 60), schema_step_count);
    return STATUS_OK;
}

static enum status read_header(sqlite3_file *file, const char *path, struct error *error)
{
    unsigned char header[HEADER_BYTES];
    sqlite3_int64 size = 0;
    int rc = file->pMethods->xFileSize(file, &size);
    if (rc == SQLITE_OK && size == 0)
        return error_set(error, STATUS_CORRUPT,
                         "%s is empty: restore a backup, or delete the file to begin with a new store", path);
    if (rc == SQLITE_OK)
        rc = file->pMethods->xRead(file, header, HEADER_BYTES, 0);
    if (rc == SQLITE_IOERR_SHORT_READ)
        return error_set(error, STATUS_CORRUPT, "%s is cut short: keep the file and restore a backup", path);
    return rc == SQLITE_OK ? check_header(path, header, error) : sqlite_status(NULL, rc, path, error);
}

/* Header and write-ahead log, while nobody else has the file. */
static enum status check_file(struct sqlite_driver *d, struct error *error)
{
    sqlite3_file *file = NULL;
    sqlite3_file_control(d->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (sqlite3_db_readonly(d->db, "main") == 1)
        return error_set(error, STATUS_FULL, "%s is read-only: give this user the right to write it",
                         d->path);
    int rc = file->pMethods->xLock(file, SQLITE_LOCK_SHARED);
    if (rc != SQLITE_OK)
        return sqlite_status(NULL, rc, d->path, error);
    enum status status = read_header(file, d->path, error);
    char *wal = files_beside(d->path, "-wal");
    if (status == STATUS_OK && !wal)
        status = error_set(error, STATUS_MEMORY, "no memory to open %s", d->path);
    if (status == STATUS_OK)
        status = sqlite_wal_check(wal, error);
    free(wal);
    file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
    return status;
}

enum status driver_sqlite_is_free(const char *path, struct error *error)
{
    sqlite3 *db = NULL;
    sqlite3_file *file = NULL;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file && file->pMethods) {
        rc = file->pMethods->xLock(file, SQLITE_LOCK_SHARED);
        file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
    }
    enum status status = rc == SQLITE_OK ? STATUS_OK : sqlite_status(NULL, rc, path, error);
    sqlite3_close(db);
    return status;
}

/* ---- with SQLite ---- */
static enum status begin_wal(sqlite3 *db, const char *path, int wal_pages, struct error *error)
{
    char limit[64];
    snprintf(limit, sizeof limit, "PRAGMA journal_size_limit=%lld",
             (long long)wal_pages * 2 * SQLITE_PAGE_BYTES);
    const char *const pragmas[] = {
        "PRAGMA journal_mode=WAL", /* also reads the file and takes its lock for good */
        "PRAGMA synchronous=FULL",
        "PRAGMA secure_delete=ON", /* what retention deletes is gone */
        "PRAGMA wal_autocheckpoint=0",
        limit,
        NULL,
    };
    enum status status = run_pragmas(db, path, pragmas, error);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL);
    bool is_wal = rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW &&
                  strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;
    sqlite3_finalize(stmt);
    return is_wal
               ? STATUS_OK
               : error_set(error, STATUS_IO, "%s: this file system does not support a write-ahead log", path);
}

/* After the log is folded the file must be as long as it says. */
static enum status check_length(struct sqlite_driver *d, struct error *error)
{
    int64_t pages = 0;
    struct stat file;
    enum status status = sqlite_pragma_int(d->db, d->path, "PRAGMA page_count", &pages, error);
    if (status != STATUS_OK)
        return status;
    if (stat(d->path, &file) != 0)
        return error_set_errno(error, errno, "%s", d->path);
    if (file.st_size < pages * SQLITE_PAGE_BYTES && d->wal_pages == 0)
        return error_set(error, STATUS_CORRUPT,
                         "%s is cut short (%lld bytes of %lld): keep the file and restore a backup", d->path,
                         (long long)file.st_size, (long long)pages * SQLITE_PAGE_BYTES);
    return STATUS_OK;
}

/* The tables that the start reads whole and that stay small; the log of events proves itself by its chain. */
static enum status check_small_tables(struct sqlite_driver *d, struct error *error)
{
    static const char *const tables[] = {"settings", "accounts",    "devices", "sessions",
                                         "days",     "checkpoints", "outbox"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char sql[64];
        sqlite3_stmt *stmt = NULL;
        snprintf(sql, sizeof sql, "PRAGMA quick_check('%s')", tables[i]);
        int rc = sqlite3_prepare_v2(d->db, sql, -1, &stmt, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_step(stmt);
        enum status status = STATUS_OK;
        if (rc != SQLITE_ROW)
            status = sqlite_status(d->db, rc, d->path, error);
        else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
            status =
                error_set(error, STATUS_CORRUPT,
                          "%s is damaged (table %s): keep the file and restore a backup", d->path, tables[i]);
        sqlite3_finalize(stmt);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status open_existing(struct sqlite_driver *d, const struct store_params *params,
                                 struct error *error)
{
    const char *vfs = sqlite_pages_vfs(params->vfs);
    int rc = vfs ? sqlite3_open_v2(d->path, &d->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs)
                 : SQLITE_NOMEM;
    if (rc != SQLITE_OK)
        return sqlite_status(d->db, rc, d->path, error);
    enum status status = check_file(d, error);
    if (status == STATUS_OK)
        status = sqlite_configure(d->db, d->path, error);
    if (status == STATUS_OK)
        status = begin_wal(d->db, d->path, d->wal_pages_most, error);
    if (status == STATUS_OK)
        status = schema_migrate(d->db, d->path, schema_steps, schema_step_count, error);
    if (status == STATUS_OK)
        status = sqlite_fold(d, error);
    if (status == STATUS_OK)
        status = check_length(d, error);
    if (status == STATUS_OK)
        status = check_small_tables(d, error);
    return status;
}

/* ---- a new store ---- */
/* Everything that a new file needs, under a name of its own. */
static enum status make_file(const char *path, const struct store_params *params, struct error *error)
{
    const char *vfs = sqlite_pages_vfs(params->vfs);
    enum status status = files_make(path, error); /* SQLite alone would let everybody read it */
    if (status != STATUS_OK)
        return status;
    sqlite3 *db = NULL;
    int reserved = SQLITE_PAGE_SUM_BYTES;
    int rc =
        vfs ? sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs) : SQLITE_NOMEM;
    if (rc == SQLITE_OK)
        rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    status = rc == SQLITE_OK ? sqlite_configure(db, path, error) : sqlite_status(db, rc, path, error);
    if (status == STATUS_OK) {
        char identity[64];
        snprintf(identity, sizeof identity, "PRAGMA application_id=%d", SCHEMA_APPLICATION_ID);
        const char *const pragmas[] = {"PRAGMA page_size=4096", "PRAGMA encoding='UTF-8'", identity, NULL};
        status = run_pragmas(db, path, pragmas, error);
    }
    if (status == STATUS_OK)
        status = begin_wal(db, path, SQLITE_WAL_PAGES, error);
    if (status == STATUS_OK)
        status = schema_migrate(db, path, schema_steps, schema_step_count, error);
    rc = sqlite3_close(db);
    if (status == STATUS_OK && rc != SQLITE_OK)
        status = sqlite_status(NULL, rc, path, error);
    return status == STATUS_OK ? files_sync(path, error) : status;
}

/* A power cut leaves either no file or a whole one, never an empty one under the real name. */
static enum status create(const char *path, const struct store_params *params, struct error *error)
{
    char *making = files_beside(path, "-new");
    if (!making)
        return error_set(error, STATUS_MEMORY, "no memory to make %s", path);
    unlink(making);
    enum status status = make_file(making, params, error);
    if (status == STATUS_OK && rename(making, path) != 0)
        status = error_set_errno(error, errno, "%s cannot be made", path);
    if (status == STATUS_OK)
        status = files_sync_folder(path, error);
    if (status != STATUS_OK)
        unlink(making);
    free(making);
    return status;
}

static enum status create_if_missing(const struct store_params *params, struct error *error)
{
    struct stat file;
    if (stat(params->path, &file) == 0) {
        if (S_ISREG(file.st_mode))
            return STATUS_OK;
        return error_set(error, STATUS_CORRUPT, "%s is not a file: check the name", params->path);
    }
    if (errno != ENOENT)
        return error_set_errno(error, errno, "%s cannot be opened", params->path);
    char *wal = files_beside(params->path, "-wal");
    bool is_orphaned = wal && access(wal, F_OK) == 0;
    free(wal);
    if (is_orphaned)
        return error_set(
            error, STATUS_CORRUPT,
            "%s is missing but its -wal is there: put the file back beside it, or restore a backup and "
            "move the -wal away",
            params->path);
    if (!params->create)
        return error_set(error, STATUS_NOT_FOUND, "%s does not exist: check the name, or make a new store",
                         params->path);
    return create(params->path, params, error);
}

static enum status open_memory(struct sqlite_driver *d, struct error *error)
{
    int rc = sqlite3_open_v2(":memory:", &d->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return sqlite_status(d->db, rc, NULL, error);
    enum status status = sqlite_configure(d->db, NULL, error);
    if (status == STATUS_OK)
        status = schema_migrate(d->db, "the store in memory", schema_steps, schema_step_count, error);
    return status;
}

enum status sqlite_open(struct sqlite_driver *d, const struct store_params *params, struct error *error)
{
    if (!params->path)
        return open_memory(d, error);
    d->path = files_beside(params->path, "");
    if (!d->path)
        return error_set(error, STATUS_MEMORY, "no memory to open %s", params->path);
    enum status status = create_if_missing(params, error);
    if (status == STATUS_OK)
        status = open_existing(d, params, error);
    return status;
}
