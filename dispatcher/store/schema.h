/* SPDX-License-Identifier: MIT
 * The tables of a SQLite store and the steps that led to them. To change a table: append a step; never edit
 * one that has been released. Each runs in a transaction of its own together with the new PRAGMA
 * user_version. */
#ifndef DISPATCHER_STORE_SCHEMA_H
#define DISPATCHER_STORE_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>

#include "common/base/status.h"

enum { SCHEMA_APPLICATION_ID = 0x4556484C }; /* "EVHL" in the file's header */

struct schema_step {
    const char *what; /* for the log: "tickets: rating reasons" */
    const char *sql;
};

extern const struct schema_step schema_steps[];
extern const size_t schema_step_count; /* the version that this program writes */

/* Brings a database from its user_version to `count`. NEWER when it is beyond that; a step that fails leaves
 * the version before it. */
enum status schema_migrate(sqlite3 *db, const char *path, const struct schema_step *steps, size_t count,
                           struct error *error);

#endif
