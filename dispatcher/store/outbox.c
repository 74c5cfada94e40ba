/* SPDX-License-Identifier: MIT */
#include "dispatcher/store/inside.h"

enum status store_put_outbox(struct store *store, const char *kind, struct span body, int64_t now_ms,
                             int64_t *id, struct error *error)
{
    int64_t given = 0;
    const struct sql_value values[] = {sql_int(now_ms), sql_string(kind), sql_text(body), sql_int(now_ms)};
    enum status status = WRITE(store, OUTBOX_PUT, values, sink_int, &given, error);
    if (status == STATUS_OK && id)
        *id = given;
    return status;
}

struct each_message {
    store_message_sink *sink;
    void *userdata;
};

static bool message_row(const struct sql_row *row, void *userdata)
{
    const struct each_message *each = userdata;
    const struct store_message message = {
        .id = row_int(row, 0),
        .at_ms = row_int(row, 1),
        .kind = row_bytes(row, 2),
        .body = row_bytes(row, 3),
        .tries = (int32_t)row_int(row, 4),
        .next_ms = row_int(row, 5),
    };
    each->sink(&message, each->userdata);
    return true;
}

enum status store_outbox_due(struct store *store, int64_t now_ms, uint32_t limit, store_message_sink *sink,
                             void *userdata, struct error *error)
{
    struct each_message each = {sink, userdata};
    const struct sql_value values[] = {sql_int(now_ms), sql_int(limit)};
    return RUN(store, OUTBOX_DUE, values, message_row, &each, error);
}

static bool take_next(const struct sql_row *row, void *userdata)
{
    if (row_int(row, 1) > 0)
        *(int64_t *)userdata = row_int(row, 0);
    return true;
}

enum status store_outbox_next(struct store *store, int64_t *next_ms, struct error *error)
{
    *next_ms = INT64_MAX;
    return store_run(store, STATEMENT_OUTBOX_NEXT, NULL, 0, take_next, next_ms, error);
}

/* Nothing changed: there is no such message, or it was sent already. */
static enum status changed_one(const struct store *store, enum status status, int64_t id, struct error *error)
{
    if (status == STATUS_OK && store->driver->changes == 0)
        return error_set(error, STATUS_NOT_FOUND, "no unsent message %lld", (long long)id);
    return status;
}

enum status store_outbox_done(struct store *store, int64_t id, int64_t now_ms, struct error *error)
{
    const struct sql_value values[] = {sql_int(now_ms), sql_int(id)};
    return changed_one(store, WRITE(store, OUTBOX_DONE, values, NULL, NULL, error), id, error);
}

enum status store_outbox_retry(struct store *store, int64_t id, int64_t next_ms, struct error *error)
{
    const struct sql_value values[] = {sql_int(next_ms), sql_int(id)};
    return changed_one(store, WRITE(store, OUTBOX_RETRY, values, NULL, NULL, error), id, error);
}
