/* SPDX-License-Identifier: MIT
 * Personal data: persons without names, contacts for a while, and the retention that ends both. */
#include "dispatcher/store/records_inside.h"

enum {
    PERSON_KEEP_DAYS = 90,
    MESSAGE_KEEP_DAYS = 7,
    CHECKPOINT_KEEP_DAYS = 35, /* all; of older ones the first of each month */
    SLICE = 200,               /* rows of a kind in one call */
};

/* ---- persons ---- */
struct found_person {
    int64_t id, seen_day;
};

static bool person_row(const struct sql_row *row, void *userdata)
{
    *(struct found_person *)userdata = (struct found_person){row_int(row, 0), row_int(row, 1)};
    return true;
}

static enum status find_person(struct store *store, const uint8_t hmac[STORE_HASH_BYTES],
                               struct found_person *out, struct error *error)
{
    const struct sql_value values[] = {sql_blob(hmac, STORE_HASH_BYTES)};
    *out = (struct found_person){0};
    return RUN(store, PERSON_FIND, values, person_row, out, error);
}

enum status store_find_person(struct store *store, const uint8_t hmac[STORE_HASH_BYTES],
                              struct person_id *out, struct error *error)
{
    struct found_person found;
    enum status status = find_person(store, hmac, &found, error);
    out->value = (uint32_t)found.id;
    return records_not_found(status, found.id != 0, "such person", error);
}

enum status store_person(struct store *store, const uint8_t hmac[STORE_HASH_BYTES], int64_t now_ms,
                         struct person_id *out, struct error *error)
{
    struct found_person found;
    int64_t today = now_ms / DAY_MS;
    enum status status = store_ready(store, error);
    if (status == STATUS_OK)
        status = find_person(store, hmac, &found, error);
    if (status != STATUS_OK)
        return status;
    if (found.id == 0) {
        const struct sql_value values[] = {sql_blob(hmac, STORE_HASH_BYTES), sql_int(today)};
        status = WRITE(store, PERSON_ADD, values, sink_int, &found.id, error);
    } else if (found.seen_day < today) {
        const struct sql_value values[] = {sql_int(today), sql_int(found.id)};
        status = WRITE(store, PERSON_SEEN, values, NULL, NULL, error);
    }
    out->value = (uint32_t)found.id;
    return status;
}

/* ---- contacts ---- */
enum status store_put_contact(struct store *store, const struct store_contact *contact, struct error *error)
{
    enum status status = records_check(contact->name, sizeof contact->name, "a contact's name", error);
    if (status == STATUS_OK)
        status = records_check(contact->phone, sizeof contact->phone, "a contact's phone", error);
    const struct sql_value values[] = {
        sql_int(contact->kind),          sql_int(contact->id),
        sql_string(contact->name),       sql_string(contact->phone),
        sql_int(contact->name_until_ms), sql_int(contact->phone_until_ms),
    };
    return status == STATUS_OK ? WRITE(store, CONTACT_PUT, values, NULL, NULL, error) : status;
}

struct found_contact {
    struct store_contact *out;
    bool is_found;
};

static bool contact_row(const struct sql_row *row, void *userdata)
{
    struct found_contact *found = userdata;
    found->is_found = true;
    records_copy(found->out->name, sizeof found->out->name, row_bytes(row, 0));
    records_copy(found->out->phone, sizeof found->out->phone, row_bytes(row, 1));
    found->out->name_until_ms = row_int(row, 2);
    found->out->phone_until_ms = row_int(row, 3);
    return true;
}

enum status store_find_contact(struct store *store, enum store_contact_kind kind, int64_t id,
                               struct store_contact *out, struct error *error)
{
    const struct sql_value values[] = {sql_int(kind), sql_int(id)};
    struct found_contact found = {out, false};
    *out = (struct store_contact){.kind = kind, .id = id};
    enum status status = RUN(store, CONTACT_FIND, values, contact_row, &found, error);
    return records_not_found(status, found.is_found, "such contact", error);
}

enum status store_drop_contact(struct store *store, enum store_contact_kind kind, int64_t id,
                               struct error *error)
{
    const struct sql_value values[] = {sql_int(kind), sql_int(id)};
    return WRITE(store, CONTACT_DROP, values, NULL, NULL, error);
}

/* ---- retention ---- */
/* Runs a statement that ends with LIMIT; adds what it deleted. */
static enum status prune(struct store *store, enum statement statement, int64_t limit_value,
                         uint64_t *deleted, struct store_retention_report *report, struct error *error)
{
    const struct sql_value values[] = {sql_int(limit_value), sql_int(SLICE)};
    enum status status = store_run(store, statement, values, 2, NULL, NULL, error);
    uint64_t changes = status == STATUS_OK ? (uint64_t)store->driver->changes : 0;
    if (deleted)
        *deleted += changes;
    if (changes == SLICE)
        report->more = true;
    return status;
}

static enum status prune_contacts(struct store *store, int64_t now_ms, struct store_retention_report *report,
                                  struct error *error)
{
    const struct sql_value values[] = {sql_int(SLICE)};
    enum status status = prune(store, STATEMENT_NAMES_PRUNE, now_ms, &report->contacts, report, error);
    if (status == STATUS_OK)
        status = prune(store, STATEMENT_PHONES_PRUNE, now_ms, &report->contacts, report, error);
    if (status == STATUS_OK)
        status = RUN(store, CONTACTS_PRUNE, values, NULL, NULL, error);
    return status;
}

/* Looks for one checkpoint that may go: the oldest beyond the keeping time that is not its month's first. */
struct thinning {
    int64_t keep_from_ms;
    int year, month; /* of the one before */
    uint64_t newest, victim;
};

static bool thin_row(const struct sql_row *row, void *userdata)
{
    struct thinning *t = userdata;
    int64_t at_ms = row_int(row, 1);
    struct civil civil = date_to_civil((int32_t)(at_ms / DAY_MS));
    bool is_first = civil.year != t->year || civil.month != t->month;
    t->newest = (uint64_t)row_int(row, 0);
    if (at_ms < t->keep_from_ms && !is_first && t->victim == 0)
        t->victim = t->newest;
    t->year = civil.year;
    t->month = civil.month;
    return true;
}

static enum status thin_checkpoints(struct store *store, int64_t now_ms,
                                    struct store_retention_report *report, struct error *error)
{
    struct thinning thinning = {.keep_from_ms = now_ms - CHECKPOINT_KEEP_DAYS * (int64_t)DAY_MS};
    enum status status = store_run(store, STATEMENT_CHECKPOINTS, NULL, 0, thin_row, &thinning, error);
    if (status != STATUS_OK || thinning.victim == 0 || thinning.victim == thinning.newest)
        return status;
    const struct sql_value values[] = {sql_int((int64_t)thinning.victim)};
    status = RUN(store, CHECKPOINT_EVENTS_DROP, values, NULL, NULL, error);
    if (status == STATUS_OK)
        status = RUN(store, CHECKPOINT_DROP, values, NULL, NULL, error);
    report->checkpoints++;
    report->more = true;
    return status;
}

static enum status prune_all(struct store *store, int64_t now_ms, struct store_retention_report *report,
                             struct error *error)
{
    int64_t today = now_ms / DAY_MS;
    enum status status =
        prune(store, STATEMENT_PERSONS_PRUNE, today - PERSON_KEEP_DAYS, &report->persons, report, error);
    if (status == STATUS_OK)
        status = prune(store, STATEMENT_OUTBOX_PRUNE, now_ms - MESSAGE_KEEP_DAYS * (int64_t)DAY_MS,
                       &report->messages, report, error);
    if (status == STATUS_OK)
        status = prune(store, STATEMENT_SESSIONS_PRUNE, now_ms, &report->sessions, report, error);
    if (status == STATUS_OK)
        status = prune_contacts(store, now_ms, report, error);
    if (status == STATUS_OK)
        status = thin_checkpoints(store, now_ms, report, error);
    return status;
}

enum status store_retention(struct store *store, int64_t now_ms, struct store_retention_report *report,
                            struct error *error)
{
    bool own;
    *report = (struct store_retention_report){0};
    enum status status = store_begin_own(store, &own, error);
    if (status != STATUS_OK)
        return status;
    status = store_end_own(store, own, prune_all(store, now_ms, report, error), error);
    bool more = false;
    if (status == STATUS_OK)
        status = answers_tidy(store, now_ms, &report->answers, &more, error);
    report->more |= more;
    if (status != STATUS_OK)
        *report = (struct store_retention_report){0};
    return status;
}
