/* SPDX-License-Identifier: MIT
 * The seam between the store and a database: transactions, a fixed list of statements, and the care of its
 * files. Everything that the store knows about tickets and events lives above it, once for every database. */
#ifndef DISPATCHER_STORE_DRIVER_H
#define DISPATCHER_STORE_DRIVER_H

#include "dispatcher/store/statements.h"
#include "dispatcher/store/store.h"

enum sql_type { SQL_NULL, SQL_INTEGER, SQL_TEXT, SQL_BLOB };

/* A parameter of a statement; bytes are borrowed until the statement has run. */
struct sql_value {
    enum sql_type type;
    int64_t integer;
    struct span bytes;
};

static inline struct sql_value sql_int(int64_t integer)
{
    return (struct sql_value){.type = SQL_INTEGER, .integer = integer};
}

static inline struct sql_value sql_text(struct span text)
{
    return (struct sql_value){.type = SQL_TEXT, .bytes = text};
}

static inline struct sql_value sql_string(const char *text)
{
    return sql_text(span_of(text));
}

static inline struct sql_value sql_blob(const void *data, size_t length)
{
    return (struct sql_value){.type = SQL_BLOB, .bytes = {data, length}};
}

/* One row of a result, borrowed until its sink returns. NULL reads as 0 and as no bytes. */
struct sql_row {
    int64_t (*integer)(const struct sql_row *row, int column);
    struct span (*bytes)(const struct sql_row *row, int column);
    void *handle;
};

static inline int64_t row_int(const struct sql_row *row, int column)
{
    return row->integer(row, column);
}

static inline struct span row_bytes(const struct sql_row *row, int column)
{
    return row->bytes(row, column);
}

/* Return false to stop the statement. Must not run the same statement. */
typedef bool sql_row_sink(const struct sql_row *row, void *userdata);

struct driver;

/* A copy under way. What is committed in the meantime is in it. */
struct driver_copy {
    const struct driver_copy_ops *ops;
    uint64_t done, total; /* pages */
    bool is_done;         /* the file is whole and synced, and was read back */
};
struct driver_copy_ops {
    enum status (*step)(struct driver_copy *copy, int64_t budget_us, struct error *error);
    void (*end)(struct driver_copy *copy); /* the file stays */
};

/* Status of every function: OK; EXISTS (a unique key is taken: nothing written); FULL (no space or read-only:
 * the transaction is already undone, the database usable); CORRUPT; MEMORY; IO. */
struct driver_ops {
    enum status (*begin)(struct driver *driver, struct error *error);
    enum status (*commit)(struct driver *driver, struct error *error);
    void (*rollback)(struct driver *driver);
    /* Runs a statement with `count` values; sink (may be NULL) gets its rows. Sets driver->changes. */
    enum status (*run)(struct driver *driver, enum statement statement, const struct sql_value *values,
                       size_t count, sql_row_sink *sink, void *userdata, struct error *error);
    /* One piece of the database's own housekeeping. *more: there is further work at once. */
    enum status (*tidy)(struct driver *driver, bool *more, struct error *error);
    /* Checks the structure of everything stored. */
    enum status (*check)(struct driver *driver, store_progress *progress, void *userdata,
                         struct error *error);
    enum status (*space)(struct driver *driver, struct store_space *space, struct error *error);
    bool (*release_reserve)(struct driver *driver);
    /* Begins a copy of the whole database to a new file. */
    enum status (*copy_begin)(struct driver *driver, const char *path, struct driver_copy **out,
                              struct error *error);
    void (*fail)(struct driver *driver,
                 const struct store_failure *failure);                /* NULL: cannot be made to fail */
    enum status (*close)(struct driver *driver, struct error *error); /* frees the driver in any case */
};

struct driver {
    const struct driver_ops *ops;
    int64_t changes; /* rows that the last statement wrote or deleted */
};

/* Opens a database of this program; see store_open_sqlite. */
enum status driver_open_sqlite(const struct store_params *params, struct driver **out, struct error *error);

/* Takes over `inner` and lets its calls fail on demand. */
enum status driver_open_failing(struct driver *inner, struct driver **out, struct error *error);

/* CLOSED when a program has the SQLite database open. */
enum status driver_sqlite_is_free(const char *path, struct error *error);

/* A store on top of the driver, which it takes over, also on failure. */
enum status store_open_driver(struct driver *driver, struct store **out, struct error *error);

#endif
