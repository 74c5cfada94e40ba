/* SPDX-License-Identifier: MIT
 * What administrators did, in a hash chain of its own. */
#include "dispatcher/store/records_inside.h"

#include <string.h>

static bool take_end(const struct sql_row *row, void *userdata)
{
    struct log_end *end = userdata;
    struct span chain = row_bytes(row, 1);
    end->seq = (uint64_t)row_int(row, 0);
    memcpy(end->chain, chain.data, chain.length < CHAIN_BYTES ? chain.length : CHAIN_BYTES);
    return true;
}

enum status audits_open(struct store *store, struct error *error)
{
    store->audits = (struct log_end){0};
    return store_run(store, STATEMENT_AUDIT_LAST, NULL, 0, take_end, &store->audits, error);
}

/* Two links: what was done, then the detail. */
static void chain_audit(const uint8_t before[CHAIN_BYTES], const struct store_audit *audit,
                        uint8_t out[CHAIN_BYTES])
{
    uint8_t middle[CHAIN_BYTES];
    log_chain(before, audit->seq, audit->at_ms, 0, audit->account, audit->act, middle);
    log_chain(middle, audit->seq, audit->at_ms, 0, audit->account, audit->detail, out);
}

enum status store_put_audit(struct store *store, int64_t now_ms, uint32_t account, const char *act,
                            struct span detail, struct error *error)
{
    bool own;
    enum status status = store_begin_own(store, &own, error);
    if (status != STATUS_OK)
        return status;
    const struct store_audit audit = {store->audits.seq + 1, now_ms, account, span_of(act), detail};
    struct log_end next = {.seq = audit.seq, .at_ms = now_ms};
    chain_audit(store->audits.chain, &audit, next.chain);
    const struct sql_value values[] = {
        sql_int((int64_t)audit.seq), sql_int(now_ms),  sql_int(account),
        sql_text(audit.act),         sql_text(detail), sql_blob(next.chain, CHAIN_BYTES),
    };
    status = RUN(store, AUDIT_PUT, values, NULL, NULL, error);
    if (status == STATUS_OK)
        store->audits = next;
    return store_end_own(store, own, status, error);
}

struct each_audit {
    store_audit_sink *sink;
    void *userdata;
};

static struct store_audit read_audit(const struct sql_row *row)
{
    return (struct store_audit){
        .seq = (uint64_t)row_int(row, 0),
        .at_ms = row_int(row, 1),
        .account = (uint32_t)row_int(row, 2),
        .act = row_bytes(row, 3),
        .detail = row_bytes(row, 4),
    };
}

static bool audit_row(const struct sql_row *row, void *userdata)
{
    const struct each_audit *each = userdata;
    struct store_audit audit = read_audit(row);
    each->sink(&audit, each->userdata);
    return true;
}

enum status store_audits(struct store *store, uint64_t before, uint32_t limit, store_audit_sink *sink,
                         void *userdata, struct error *error)
{
    struct each_audit each = {sink, userdata};
    const struct sql_value values[] = {sql_int(before ? (int64_t)before : INT64_MAX), sql_int(limit)};
    return RUN(store, AUDITS_BEFORE, values, audit_row, &each, error);
}

struct verifying {
    struct log_end end;
    bool is_broken;
};

static bool verify_row(const struct sql_row *row, void *userdata)
{
    struct verifying *v = userdata;
    struct store_audit audit = read_audit(row);
    struct span chain = row_bytes(row, 5);
    uint8_t expected[CHAIN_BYTES];
    chain_audit(v->end.chain, &audit, expected);
    v->is_broken = audit.seq != v->end.seq + 1 || chain.length != CHAIN_BYTES ||
                   memcmp(chain.data, expected, CHAIN_BYTES) != 0;
    if (v->is_broken)
        return false;
    v->end.seq = audit.seq;
    memcpy(v->end.chain, expected, CHAIN_BYTES);
    return true;
}

enum status audits_verify(struct store *store, uint64_t *count, struct error *error)
{
    struct verifying verifying = {0};
    enum status status = store_run(store, STATEMENT_AUDITS, NULL, 0, verify_row, &verifying, error);
    if (status == STATUS_OK && verifying.is_broken)
        status = error_set(error, STATUS_CORRUPT, "audit entry %llu breaks the hash chain",
                           (unsigned long long)verifying.end.seq + 1);
    *count = verifying.end.seq;
    return status;
}
