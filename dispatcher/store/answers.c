/* SPDX-License-Identifier: MIT
 * Answers given, found again by device, boot and counter.
 *
 * New answers are appended to `answers_new` in the order in which they are given, which touches one page for
 * a whole group of devices; an index in memory finds them. When many have gathered they are folded, sorted,
 * into `answers`, which is keyed by day and device and pruned by day. Writing each into its device's place at
 * once would dirty a page per device and transaction: three times slower with 64 devices. */
#include "dispatcher/store/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOLD_IDLE = 1024,  /* folded in an idle moment from so many on */
    FOLD_BUSY = 8192,  /* and in the middle of work from so many on */
    FOLD_SLICE = 2048, /* at once */
    PRUNE_SLICE = 256,
    SLOTS_LEAST = 32768,
};

/* ---- the index in memory ---- */
static uint64_t key_hash(const struct store_key *key)
{
    uint64_t h = key->device * UINT64_C(0x9e3779b97f4a7c15) ^ key->boot;
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    h = ((h ^ h >> 29) + key->counter) * UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 32;
    return h ? h : 1;
}

static int64_t unfolded(const struct answers *answers)
{
    return answers->last_id - answers->first_id + 1;
}

static void index_put(struct answer_slot *slots, size_t count, struct answer_slot entry)
{
    size_t at = entry.hash & (count - 1);
    while (slots[at].hash)
        at = (at + 1) & (count - 1);
    slots[at] = entry;
}

/* Room for `entries`, with those in [first_id, last_id] kept and all others dropped. */
static enum status index_make(struct answers *answers, size_t entries, struct error *error)
{
    size_t count = SLOTS_LEAST;
    while (count < entries * 2)
        count *= 2;
    struct answer_slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        return error_set(error, STATUS_MEMORY, "no memory for the index of answers");
    for (size_t i = 0; i < answers->slot_count; i++) {
        const struct answer_slot *slot = &answers->slots[i];
        if (slot->hash && slot->id >= answers->first_id && slot->id <= answers->last_id)
            index_put(slots, count, *slot);
    }
    free(answers->slots);
    answers->slots = slots;
    answers->slot_count = count;
    return STATUS_OK;
}

/* ---- opening ---- */
struct opening {
    struct answers *answers;
    struct error *error;
    enum status status;
};

static bool load_row(const struct sql_row *row, void *userdata)
{
    struct opening *o = userdata;
    struct answers *answers = o->answers;
    const struct store_key key = {(uint32_t)row_int(row, 1), (uint64_t)row_int(row, 2),
                                  (uint64_t)row_int(row, 3)};
    const struct answer_slot entry = {key_hash(&key), row_int(row, 0)};
    if (unfolded(answers) == 0) {
        answers->first_id = entry.id;
        answers->oldest_ms = row_int(row, 4);
    } else if (entry.id != answers->last_id + 1) {
        o->status =
            error_set(o->error, STATUS_CORRUPT, "answer %lld is missing: keep the file and restore a backup",
                      (long long)answers->last_id + 1);
        return false;
    }
    answers->last_id = entry.id;
    if ((size_t)unfolded(answers) * 2 > answers->slot_count)
        o->status = index_make(answers, (size_t)unfolded(answers) * 2, o->error);
    if (o->status == STATUS_OK)
        index_put(answers->slots, answers->slot_count, entry);
    return o->status == STATUS_OK;
}

static bool take_days(const struct sql_row *row, void *userdata)
{
    struct answers *answers = userdata;
    answers->first_day = row_int(row, 0);
    answers->last_day = row_int(row, 1);
    return true;
}

static enum status read_days(struct store *store, struct error *error)
{
    memset(store->answers.tops, 0, sizeof store->answers.tops);
    return store_run(store, STATEMENT_ANSWER_DAYS, NULL, 0, take_days, &store->answers, error);
}

enum status answers_open(struct store *store, struct error *error)
{
    struct answers *answers = &store->answers;
    struct opening opening = {answers, error, STATUS_OK};
    answers->first_id = 1;
    enum status status = index_make(answers, 0, error);
    if (status == STATUS_OK)
        status = store_run(store, STATEMENT_ANSWERS_NEW, NULL, 0, load_row, &opening, error);
    if (status == STATUS_OK)
        status = opening.status;
    answers->committed_id = answers->last_id;
    return status == STATUS_OK ? read_days(store, error) : status;
}

void answers_destroy(struct store *store)
{
    free(store->answers.slots);
}

/* ---- finding ---- */
struct finding {
    const struct store_key *key;
    struct text *out; /* may be NULL */
    bool is_found;
};

static bool take_new(const struct sql_row *row, void *userdata)
{
    struct finding *f = userdata;
    f->is_found = (uint32_t)row_int(row, 1) == f->key->device && (uint64_t)row_int(row, 2) == f->key->boot &&
                  (uint64_t)row_int(row, 3) == f->key->counter;
    if (f->is_found && f->out)
        sink_text(row, f->out);
    return true;
}

static bool take_folded(const struct sql_row *row, void *userdata)
{
    struct finding *f = userdata;
    f->is_found = true;
    if (f->out)
        sink_text(row, f->out);
    return true;
}

static enum status find_new(struct store *store, struct finding *f, struct error *error)
{
    const struct answers *answers = &store->answers;
    uint64_t hash = key_hash(f->key);
    size_t mask = answers->slot_count - 1;
    for (size_t at = hash & mask; answers->slots[at].hash && !f->is_found; at = (at + 1) & mask) {
        if (answers->slots[at].hash != hash)
            continue;
        const struct sql_value values[] = {sql_int(answers->slots[at].id)};
        enum status status = RUN(store, ANSWER_NEW, values, take_new, f, error);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Days of folded answers that can matter, newest first. */
static int64_t oldest_day(const struct answers *answers)
{
    int64_t oldest = answers->last_day - STORE_ANSWER_KEEP_MS / DAY_MS;
    return oldest > answers->first_day ? oldest : answers->first_day;
}

/* The largest folded counter of the key's device and boot; -1: none. */
static enum status folded_top(struct store *store, const struct store_key *key, int64_t *top,
                              struct error *error)
{
    struct answers *answers = &store->answers;
    struct answer_top *slot =
        &answers->tops[(key->device * UINT32_C(2654435761) ^ (uint32_t)key->boot) % ANSWER_DEVICES];
    enum status status = STATUS_OK;
    if (!slot->is_known || slot->device != key->device || slot->boot != key->boot) {
        int64_t found = -1;
        for (int64_t day = answers->last_day; day >= oldest_day(answers) && status == STATUS_OK; day--) {
            int64_t of_day = -1;
            const struct sql_value values[] = {sql_int(day), sql_int(key->device),
                                               sql_int((int64_t)key->boot)};
            status = RUN(store, ANSWER_TOP_DAY, values, sink_int, &of_day, error);
            found = of_day > found ? of_day : found;
        }
        *slot = (struct answer_top){key->device, status == STATUS_OK, key->boot, found};
    }
    *top = slot->counter;
    return status;
}

static enum status find_folded(struct store *store, struct finding *f, struct error *error)
{
    const struct answers *answers = &store->answers;
    int64_t top;
    enum status status = folded_top(store, f->key, &top, error);
    if (status != STATUS_OK || (int64_t)f->key->counter > top)
        return status;
    for (int64_t day = answers->last_day; day >= oldest_day(answers) && !f->is_found; day--) {
        const struct sql_value values[] = {sql_int(day), sql_int(f->key->device),
                                           sql_int((int64_t)f->key->boot), sql_int((int64_t)f->key->counter)};
        status = RUN(store, ANSWER_FIND_DAY, values, take_folded, f, error);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status find(struct store *store, const struct store_key *key, struct text *out,
                        struct error *error)
{
    struct finding f = {key, out, false};
    if (key->counter > INT64_MAX)
        return error_set(error, STATUS_LIMIT, "a request counter is at most 2^63-1");
    enum status status = find_new(store, &f, error);
    if (status == STATUS_OK && !f.is_found)
        status = find_folded(store, &f, error);
    if (status == STATUS_OK && out && out->failed)
        return error_set(error, STATUS_MEMORY, "no memory for an answer");
    return status == STATUS_OK && !f.is_found ? STATUS_NOT_FOUND : status;
}

enum status store_find_answer(struct store *store, const struct store_key *key, struct text *out,
                              struct error *error)
{
    enum status status = store_ready(store, error);
    if (status != STATUS_OK)
        return status;
    text_clear(out);
    status = store_settle(store, find(store, key, out, error), error);
    if (status == STATUS_NOT_FOUND)
        error_set(error, status, "no answer was given for this key");
    return status;
}

/* ---- giving ---- */
enum status store_put_answer(struct store *store, const struct store_key *key, struct span answer,
                             int64_t now_ms, struct error *error)
{
    struct answers *answers = &store->answers;
    enum status status = store_ready(store, error);
    if (status != STATUS_OK)
        return status;
    assert(store->is_open);
    if (answer.length > STORE_ANSWER_MAX)
        return error_set(error, STATUS_LIMIT, "an answer of %zu bytes; at most %d are kept", answer.length,
                         STORE_ANSWER_MAX);
    status = find(store, key, NULL, error);
    if (status == STATUS_OK)
        return error_set(error, STATUS_EXISTS, "this key has its answer already");
    if (status == STATUS_NOT_FOUND && (size_t)(unfolded(answers) + 1) * 2 > answers->slot_count)
        status = index_make(answers, answers->slot_count, error);
    if (status != STATUS_NOT_FOUND && status != STATUS_OK)
        return store_settle(store, status, error);
    const struct sql_value values[] = {
        sql_int(answers->last_id + 1),  sql_int(now_ms),  sql_int(key->device), sql_int((int64_t)key->boot),
        sql_int((int64_t)key->counter), sql_text(answer),
    };
    status = RUN(store, ANSWER_PUT, values, NULL, NULL, error);
    if (status != STATUS_OK)
        return store_settle(store, status, error);
    if (unfolded(answers) == 0)
        answers->oldest_ms = now_ms;
    answers->last_id++;
    index_put(answers->slots, answers->slot_count, (struct answer_slot){key_hash(key), answers->last_id});
    return STATUS_OK;
}

/* ---- folding ---- */
/* In the open transaction. The index follows when it is durable. */
static enum status fold(struct store *store, struct error *error)
{
    struct answers *answers = &store->answers;
    int64_t up_to = answers->first_id + FOLD_SLICE - 1;
    up_to = up_to < answers->last_id ? up_to : answers->last_id;
    const struct sql_value values[] = {sql_int(up_to)};
    enum status status = RUN(store, ANSWERS_FOLD, values, NULL, NULL, error);
    if (status == STATUS_OK)
        status = RUN(store, ANSWERS_FOLDED, values, NULL, NULL, error);
    if (status == STATUS_OK)
        status = read_days(store, error);
    if (status == STATUS_OK)
        answers->folded_to = up_to;
    return status;
}

enum status answers_before_commit(struct store *store, struct error *error)
{
    const struct answers *answers = &store->answers;
    return answers->folded_to == 0 && unfolded(answers) >= FOLD_BUSY ? fold(store, error) : STATUS_OK;
}

void answers_committed(struct store *store)
{
    struct answers *answers = &store->answers;
    struct error error;
    answers->committed_id = answers->last_id;
    if (answers->folded_to == 0)
        return;
    answers->first_id = answers->folded_to + 1;
    answers->folded_to = 0;
    index_make(answers, (size_t)unfolded(answers),
               &error); /* without memory the old one serves on, only longer */
}

void answers_undone(struct store *store)
{
    struct answers *answers = &store->answers;
    struct error error;
    bool has_grown = answers->last_id > answers->committed_id;
    answers->folded_to = 0;
    answers->last_id = answers->committed_id;
    memset(answers->tops, 0, sizeof answers->tops);
    if (has_grown)
        index_make(answers, (size_t)unfolded(answers), &error);
}

/* ---- keeping house ---- */
/* Many unfolded answers, or old ones, which can only be pruned when they are folded. */
static bool should_fold(const struct answers *answers, int64_t now_ms)
{
    int64_t count = unfolded(answers);
    return count >= FOLD_IDLE || (count > 0 && answers->oldest_ms < now_ms - DAY_MS);
}

static bool should_prune(const struct answers *answers, int64_t now_ms)
{
    return answers->last_day != 0 && answers->first_day < (now_ms - STORE_ANSWER_KEEP_MS) / DAY_MS;
}

static enum status prune(struct store *store, int64_t now_ms, uint64_t *deleted, struct error *error)
{
    const struct sql_value values[] = {sql_int((now_ms - STORE_ANSWER_KEEP_MS) / DAY_MS),
                                       sql_int(PRUNE_SLICE)};
    enum status status = RUN(store, ANSWERS_PRUNE, values, NULL, NULL, error);
    *deleted = (uint64_t)store->driver->changes;
    return status == STATUS_OK ? read_days(store, error) : status;
}

enum status answers_tidy(struct store *store, int64_t now_ms, uint64_t *deleted, bool *more,
                         struct error *error)
{
    struct answers *answers = &store->answers;
    bool folds = should_fold(answers, now_ms), own;
    *more = false;
    *deleted = 0;
    if (!folds && !should_prune(answers, now_ms))
        return STATUS_OK;
    enum status status = store_begin_own(store, &own, error);
    if (status != STATUS_OK)
        return status;
    status = folds ? fold(store, error) : prune(store, now_ms, deleted, error);
    status = store_end_own(store, own, status, error);
    *more = status == STATUS_OK && (should_fold(answers, now_ms) || should_prune(answers, now_ms));
    return status;
}
