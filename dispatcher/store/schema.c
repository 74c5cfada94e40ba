/* SPDX-License-Identifier: MIT */
#include "dispatcher/store/schema.h"

#include <stdio.h>
#include <string.h>

#include "common/base/log.h"
#include "dispatcher/store/sqlite_inside.h"

static const char first_tables[] =
    /* the truth */
    "CREATE TABLE events("
    " seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, date INTEGER NOT NULL, midnight_ms INTEGER NOT NULL,"
    " body TEXT NOT NULL, chain BLOB NOT NULL) STRICT;"
    "CREATE TABLE checkpoints("
    " seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, events INTEGER NOT NULL, chain BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE checkpoint_events("
    " seq INTEGER NOT NULL, n INTEGER NOT NULL, at_ms INTEGER NOT NULL, midnight_ms INTEGER NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY(seq, n)) STRICT, WITHOUT ROWID;"
    /* what events left, for reports */
    "CREATE TABLE days("
    " opened_seq INTEGER PRIMARY KEY, date INTEGER NOT NULL, opened_ms INTEGER NOT NULL, closed_seq INTEGER,"
    " closed_ms INTEGER) STRICT;"
    "CREATE TABLE tickets("
    " id INTEGER PRIMARY KEY, date INTEGER NOT NULL, number TEXT NOT NULL, item INTEGER NOT NULL, items TEXT,"
    " done INTEGER NOT NULL, domain INTEGER NOT NULL, class INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " channel INTEGER NOT NULL, state INTEGER NOT NULL, \"window\" INTEGER NOT NULL, clerk INTEGER NOT NULL,"
    " asked_window INTEGER NOT NULL, asked_clerk INTEGER NOT NULL, return_to INTEGER NOT NULL,"
    " person INTEGER NOT NULL, booking INTEGER NOT NULL, recalls INTEGER NOT NULL, rejoins INTEGER NOT NULL,"
    " rating INTEGER NOT NULL, alarmed INTEGER NOT NULL, transferred INTEGER NOT NULL, ref_ms INTEGER NOT "
    "NULL,"
    " issued_ms INTEGER NOT NULL, wait_from_ms INTEGER NOT NULL, called_ms INTEGER NOT NULL,"
    " recalled_ms INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
    " rated_ms INTEGER NOT NULL, waited_ms INTEGER NOT NULL, served_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE bookings("
    " seq INTEGER PRIMARY KEY, code INTEGER NOT NULL, item INTEGER NOT NULL, date INTEGER NOT NULL,"
    " slot_min INTEGER NOT NULL, person INTEGER NOT NULL, channel INTEGER NOT NULL, state TEXT NOT NULL,"
    " made_ms INTEGER NOT NULL, ended_ms INTEGER, ticket INTEGER) STRICT;"
    "CREATE INDEX bookings_live ON bookings(code) WHERE state='made';"
    /* the turn */
    "CREATE TABLE answers_new("
    " id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, device INTEGER NOT NULL, boot INTEGER NOT NULL,"
    " counter INTEGER NOT NULL, answer TEXT NOT NULL) STRICT;"
    "CREATE TABLE answers("
    " day INTEGER NOT NULL, device INTEGER NOT NULL, boot INTEGER NOT NULL, counter INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, answer TEXT NOT NULL, PRIMARY KEY(day, device, boot, counter)) STRICT, WITHOUT "
    "ROWID;"
    "CREATE TABLE outbox("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,"
    " tries INTEGER NOT NULL DEFAULT 0, next_ms INTEGER NOT NULL, done_ms INTEGER) STRICT;"
    "CREATE INDEX outbox_due ON outbox(next_ms) WHERE done_ms IS NULL;"
    /* administration */
    "CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE documents("
    " kind TEXT NOT NULL, version INTEGER NOT NULL, at_ms INTEGER NOT NULL, account INTEGER NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY(kind, version)) STRICT;"
    "CREATE TABLE accounts("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT "
    "NOT NULL,"
    " role TEXT NOT NULL, clerk INTEGER NOT NULL, locked INTEGER NOT NULL, must_change INTEGER NOT NULL,"
    " failures INTEGER NOT NULL, failed_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " changed_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE sessions("
    " token_hash BLOB PRIMARY KEY, account INTEGER NOT NULL, created_ms INTEGER NOT NULL, seen_ms INTEGER "
    "NOT NULL,"
    " expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE devices("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, kind TEXT NOT NULL, token_hash BLOB NOT NULL,"
    " attributes TEXT NOT NULL, revoked INTEGER NOT NULL, created_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE persons("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, hmac BLOB NOT NULL UNIQUE, seen_day INTEGER NOT NULL) STRICT;"
    "CREATE TABLE contacts("
    " kind INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL,"
    " name_until_ms INTEGER NOT NULL, phone_until_ms INTEGER NOT NULL, PRIMARY KEY(kind, id)) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE audits("
    " seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, account INTEGER NOT NULL, act TEXT NOT NULL,"
    " detail TEXT NOT NULL, chain BLOB NOT NULL) STRICT;";

const struct schema_step schema_steps[] = {
    {"first tables", first_tables},
};
const size_t schema_step_count = sizeof schema_steps / sizeof schema_steps[0];

static enum status run_step(sqlite3 *db, const char *path, const struct schema_step *step, size_t version,
                            struct error *error)
{
    char mark[64];
    snprintf(mark, sizeof mark, "PRAGMA user_version=%zu", version);
    const char *const parts[] = {"BEGIN IMMEDIATE", step->sql, mark, "COMMIT"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int rc = sqlite3_exec(db, parts[i], NULL, NULL, NULL);
        if (rc != SQLITE_OK) {
            enum status status = sqlite_status(db, rc, path, error);
            if (!sqlite3_get_autocommit(db))
                sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
            return status;
        }
    }
    return STATUS_OK;
}

enum status schema_migrate(sqlite3 *db, const char *path, const struct schema_step *steps, size_t count,
                           struct error *error)
{
    int64_t version = 0;
    enum status status = sqlite_pragma_int(db, path, "PRAGMA user_version", &version, error);
    if (status != STATUS_OK)
        return status;
    if (version < 0 || version > (int64_t)count)
        return error_set(
            error, STATUS_NEWER,
            "%s has schema %lld and this program knows up to %zu: start the newer program, or restore a "
            "backup made by this one",
            path, (long long)version, count);
    for (size_t i = (size_t)version; i < count; i++) {
        status = run_step(db, path, &steps[i], i + 1, error);
        if (status != STATUS_OK)
            return error_context(error, "schema step %zu (%s)", i + 1, steps[i].what);
        if (version > 0)
            log_info("store", "schema step %zu done (%s)", i + 1, steps[i].what);
    }
    return STATUS_OK;
}
