/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/learning.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/store/records.h"

enum { FORM = 2, EVENTS_A_STEP = 128, HEAD_MAX = 128, TELL_EVERY_US = 2000000 };

/* ---- what is learned ---- */

static void clear(struct learning *learning)
{
    learn_destroy(learning->learn);
    demand_destroy(learning->demand);
    forecaster_destroy(learning->forecaster);
    planning_record_destroy(&learning->record);
    learning->learn = NULL;
    learning->demand = NULL;
    learning->forecaster = NULL;
    learning->seq = 0;
}

/* Nothing learned yet. */
static enum status forget(struct learning *learning, struct error *error)
{
    clear(learning);
    learning->learn = learn_create();
    learning->demand = demand_create();
    learning->forecaster = forecaster_create();
    return learning->learn && learning->demand && learning->forecaster
               ? STATUS_OK
               : error_set(error, STATUS_MEMORY, "no memory for learning");
}

enum status learning_init(struct learning *learning, struct store *store, struct error *error)
{
    *learning = (struct learning){.store = store};
    if (planning_outcomes_init(&learning->outcomes) && forget(learning, error) == STATUS_OK)
        return STATUS_OK;
    learning_destroy(learning);
    return error_set(error, STATUS_MEMORY, "no memory for learning");
}

void learning_destroy(struct learning *learning)
{
    clear(learning);
    planning_outcomes_destroy(&learning->outcomes);
    free(learning->hall);
    *learning = (struct learning){0};
}

/* ---- keeping: a line with form, position and lengths, then the texts ---- */

enum { PARTS = 4 };

/* Allocated by the parts themselves; NULL without memory. */
struct parts {
    char *text[PARTS];
    size_t length[PARTS];
};

static void parts_save(const struct learning *learning, struct parts *parts)
{
    parts->text[0] = learn_save(learning->learn, &parts->length[0]);
    parts->text[1] = demand_save(learning->demand, &parts->length[1]);
    parts->text[2] = forecaster_save(learning->forecaster, &parts->length[2]);
    parts->text[3] = planning_record_save(&learning->record, &parts->length[3]);
}

static bool parts_load(struct learning *learning, const char *text, const size_t length[PARTS])
{
    const char *at[PARTS + 1] = {text};
    for (unsigned i = 0; i < PARTS; i++)
        at[i + 1] = at[i] + length[i];
    return learn_load(learning->learn, at[0], length[0]) && demand_load(learning->demand, at[1], length[1]) &&
           forecaster_load(learning->forecaster, at[2], length[2]) &&
           planning_record_load(&learning->record, at[3], length[3]);
}

enum status learning_keep(struct learning *learning, struct error *error)
{
    struct text row = {0};
    struct parts parts;
    enum status status = STATUS_OK;
    bool all = true;
    if (!learning->is_current)
        return STATUS_OK;
    parts_save(learning, &parts);
    text_printf(&row, "learned %d %" PRIu64, FORM, learning->seq);
    for (unsigned i = 0; i < PARTS; i++)
        text_printf(&row, " %zu", parts.length[i]);
    text_puts(&row, "\n");
    for (unsigned i = 0; i < PARTS; i++) {
        all = all && parts.text[i];
        if (parts.text[i])
            text_append(&row, parts.text[i], parts.length[i]);
        free(parts.text[i]);
    }
    if (!all || row.failed) /* what was kept before still serves: only the next start is longer */
        log_warn("learning", "no memory to keep what was learned");
    else
        status =
            store_put_setting(learning->store, LEARNING_SETTING, (struct span){row.data, row.length}, error);
    text_destroy(&row);
    return status;
}

/* False: the row is of no use. */
static bool row_read(struct learning *learning, const struct text *row)
{
    int form;
    uint64_t seq;
    size_t length[PARTS], left;
    char head[HEAD_MAX];
    const char *end = memchr(row->data, '\n', row->length);
    if (!end || end - row->data >= HEAD_MAX)
        return false;
    size_t used = (size_t)(end - row->data) + 1;
    memcpy(head, row->data, used - 1);
    head[used - 1] = '\0';
    if (sscanf(head, "learned %d %" SCNu64 " %zu %zu %zu %zu", &form, &seq, &length[0], &length[1],
               &length[2], &length[3]) != 2 + PARTS ||
        form != FORM || seq > store_last_seq(learning->store))
        return false;
    left = row->length - used;
    for (unsigned i = 0; i < PARTS; left -= length[i], i++)
        if (length[i] > left)
            return false;
    learning->seq = seq;
    return left == 0 && parts_load(learning, row->data + used, length);
}

static enum status read_back(struct learning *learning, struct error *error)
{
    struct text row = {0};
    enum status status = forget(learning, error);
    if (status == STATUS_OK)
        status = store_find_setting(learning->store, LEARNING_SETTING, &row, error);
    learning->is_rebuilt = status == STATUS_NOT_FOUND || (status == STATUS_OK && !row_read(learning, &row));
    if (learning->is_rebuilt) {
        if (status == STATUS_OK)
            log_warn("learning", "what was kept cannot be used: learning anew from the whole log");
        status = forget(learning, error); /* some parts may have been taken before another was of no use */
    }
    text_destroy(&row);
    return status;
}

/* ---- catching up ---- */

static bool take_checkpoint(const struct store_event *event, void *userdata)
{
    struct learning *learning = userdata;
    hall_evolve(learning->hall, &event->event);
    return true;
}

enum status learning_rewind(struct learning *learning, struct error *error)
{
    learning->is_current = false;
    if (!learning->hall)
        learning->hall = malloc(sizeof *learning->hall);
    if (!learning->hall)
        return error_set(error, STATUS_MEMORY, "no memory for learning");
    memset(learning->hall, 0, sizeof *learning->hall);
    hall_init(learning->hall);
    enum status status = read_back(learning, error);
    planning_outcomes_clear(&learning->outcomes);
    if (status == STATUS_OK)
        status = store_checkpoint_events(learning->store, learning->seq, take_checkpoint, learning,
                                         &learning->hall_seq, error);
    learning->told_us = clock_mono_us();
    return status;
}

/* The day's record is made of all its events, also of those that were learned from before the last start. */
static void take_in(struct learning *learning, const struct hall *before, const struct event *event,
                    bool is_new)
{
    planning_outcomes_take(&learning->outcomes, learning->forecaster, before, event, is_new);
    if (!planning_record_take(&learning->record, event, is_new))
        log_warn("learning", "no memory for a proposal's record");
    if (!is_new)
        return;
    learn_take(learning->learn, before, event);
    demand_take(learning->demand, before, event);
    learning->seq++;
}

static bool take_logged(const struct store_event *event, void *userdata)
{
    struct learning *learning = userdata;
    take_in(learning, learning->hall, &event->event, event->seq > learning->seq);
    hall_evolve(learning->hall, &event->event);
    learning->hall_seq = event->seq;
    return true;
}

/* The log's end is reached. A long way is not gone twice: the result is kept at once. */
static enum status arrive(struct learning *learning, struct error *error)
{
    free(learning->hall);
    learning->hall = NULL;
    learning->is_current = true;
    log_info("learning", "ready events=%" PRIu64 "%s", learning->seq,
             learning->is_rebuilt ? " learned anew" : "");
    enum status status = learning->is_rebuilt ? learning_keep(learning, error) : STATUS_OK;
    if (status == STATUS_FULL) {
        log_warn("learning", "what was learned is not kept: %s", error->text);
        status = STATUS_OK;
    }
    learning->is_rebuilt = false;
    return status;
}

enum status learning_catch_up(struct learning *learning, int64_t budget_us, struct error *error)
{
    enum status status = STATUS_OK;
    int64_t until_us = clock_mono_us() + budget_us;
    if (learning->is_current || !learning->hall || store_is_open(learning->store))
        return STATUS_OK;
    while (status == STATUS_OK && learning_behind(learning) && clock_mono_us() < until_us)
        status =
            store_events(learning->store, learning->hall_seq, EVENTS_A_STEP, take_logged, learning, error);
    if (status == STATUS_OK && !learning_behind(learning))
        return arrive(learning, error);
    if (clock_mono_us() - learning->told_us > TELL_EVERY_US) {
        learning->told_us = clock_mono_us();
        log_info("learning", "reading events %" PRIu64 " of %" PRIu64, learning->hall_seq,
                 store_last_seq(learning->store));
    }
    if (status != STATUS_OK) { /* for good: this is damage, or no memory */
        free(learning->hall);
        learning->hall = NULL;
    }
    return status;
}

uint64_t learning_behind(const struct learning *learning)
{
    return learning->is_current ? 0 : store_last_seq(learning->store) - learning->hall_seq;
}

void learning_take(struct learning *learning, const struct hall *before, const struct event *event)
{
    if (learning->is_current)
        take_in(learning, before, event, true);
}

/* ---- telling the hall ---- */

static bool differs(const struct learned *learned, uint32_t used)
{
    int64_t by = learned->value - used;
    return (by < 0 ? -by : by) * 100 > (int64_t)used * LEARNING_ADVICE_PERCENT &&
           (used < learned->low || used > learned->high);
}

static size_t advise_domains(const struct learning *learning, const struct hall *hall, struct command *out,
                             size_t most)
{
    size_t count = 0;
    for (unsigned d = 1; d <= DOMAINS_MAX && count < most; d++) {
        const struct domain_id id = {(uint16_t)d};
        struct learned learned = learn_domain_ms(learning->learn, id);
        if (!hall->domains[d].exists || hall->domains[d].retired || !learned.samples ||
            !differs(&learned, hall_domain_ms(hall, id)))
            continue;
        out[count++] =
            (struct command){.kind = COMMAND_LEARN_DOMAIN, .learn_domain = {id, (uint32_t)learned.value}};
    }
    return count;
}

size_t learning_advise(const struct learning *learning, const struct hall *hall,
                       struct command out[LEARNING_ADVICE_MAX])
{
    struct learn_advice list[LEARNING_ADVICE_MAX];
    if (!learning->is_current)
        return 0;
    size_t count = advise_domains(learning, hall, out, LEARNING_ADVICE_MAX);
    size_t room = LEARNING_ADVICE_MAX - count;
    size_t found = learn_advise(learning->learn, hall, LEARNING_ADVICE_PERCENT, list, room);
    for (size_t i = 0; i < found && i < room; i++, count++) {
        const struct learn_advice *a = &list[i];
        uint32_t value = (uint32_t)a->learned.value;
        if (a->item.value)
            out[count] = (struct command){.kind = COMMAND_LEARN_ITEM, .learn_item = {a->item, value}};
        else
            out[count] =
                (struct command){.kind = COMMAND_LEARN_CLERK, .learn_clerk = {a->clerk, (uint16_t)value}};
    }
    return count;
}
