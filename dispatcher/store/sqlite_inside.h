/* SPDX-License-Identifier: MIT
 * Shared by the files of the SQLite driver. */
#ifndef DISPATCHER_STORE_SQLITE_INSIDE_H
#define DISPATCHER_STORE_SQLITE_INSIDE_H

#include <sqlite3.h>

#include "dispatcher/store/driver.h"
#include "dispatcher/store/files.h"

enum {
    SQLITE_PAGE_BYTES = 4096,
    SQLITE_PAGE_SUM_BYTES = 8,   /* at the end of each page of the file */
    SQLITE_WAL_PAGES = 2000,     /* default of store_params.wal_pages */
    SQLITE_WAL_IDLE_PAGES = 250, /* folded in idle moments from here on */
};
#define SQLITE_RESERVE_BYTES ((int64_t)64 * 1024 * 1024)

struct sqlite_driver {
    struct driver driver;
    sqlite3 *db;
    char *path; /* owned; NULL in memory */
    sqlite3_stmt *begin, *commit;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    int wal_pages;      /* length of the write-ahead log now */
    int wal_pages_most; /* folded at the latest here */
    int wal_fold_next;  /* after a fold for which there was no space: not before this length */
    int64_t reserve_bytes;
    int64_t reserve_try_ms; /* mono time before which no new reserve is tried */
};

/* ---- sqlite.c ---- */
/* What SQLite's result code means, with words. */
enum status sqlite_status(sqlite3 *db, int rc, const char *path, struct error *error);
/* Runs text that gives at most one integer. *out (may be NULL) is left alone when there is no row. */
enum status sqlite_pragma_int(sqlite3 *db, const char *path, const char *sql, int64_t *out,
                              struct error *error);
/* Folds the write-ahead log into the file. Having no space for it is not a fault. */
enum status sqlite_fold(struct sqlite_driver *driver, struct error *error);

/* ---- sqlite_open.c ---- */
/* Opens or makes the file that `params` name (path NULL: in memory), checked and of the present schema. Sets
 * driver->db and driver->path; on failure what was opened is left to be closed by the driver. */
enum status sqlite_open(struct sqlite_driver *driver, const struct store_params *params, struct error *error);
/* The settings that every connection to a store has. */
enum status sqlite_configure(sqlite3 *db, const char *path, struct error *error);

/* ---- sqlite_pages.c ---- */
/* Name of a file layer that seals each page of a database with a checksum when it is written and checks it
 * when it is read, on top of `base` (NULL: the system's). NULL when memory runs out. Registered once per
 * base. */
const char *sqlite_pages_vfs(const char *base);

/* Whether the page of a file at `offset` (a multiple of SQLITE_PAGE_BYTES) carries its seal. */
bool sqlite_page_is_sealed(const unsigned char page[SQLITE_PAGE_BYTES], int64_t offset);

/* ---- sqlite_wal.c ---- */
/* SQLite takes a write-ahead log up to its first bad frame and silently drops the rest. That is right for a
 * torn last write, and loses acknowledged work when a frame in the middle has rotted. Tells them apart:
 * CORRUPT when a bad frame is followed by a later transaction. A missing or empty log is fine. */
enum status sqlite_wal_check(const char *path, struct error *error);

/* ---- sqlite_reserve.c ---- */
/* Makes the ballast file if it is wanted, missing and there is room; failure is only logged. */
void sqlite_reserve_make(struct sqlite_driver *driver);
bool sqlite_reserve_drop(struct sqlite_driver *driver);
enum status sqlite_space(struct driver *driver, struct store_space *space, struct error *error);

/* ---- sqlite_copy.c ---- */
enum status sqlite_copy_begin(struct driver *driver, const char *path, struct driver_copy **out,
                              struct error *error);

#endif
