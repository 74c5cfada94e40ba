/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_halls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dispatcher/store/records.h"

enum { GIVE_UP_MS = 3 * 60 * MINUTE_MS }; /* who came then and still waits counts with what he waited */

void planning_halls_add(struct planning_halls *halls, int32_t date, int64_t at_ms, struct forecast made)
{
    if (halls->date != date)
        halls->count = 0;
    halls->date = date;
    if (halls->count < HALLS_MAX)
        halls->list[halls->count++] = (struct hall_forecast){at_ms, made, -1, false};
}

/* ---- outcomes ---- */

struct seen {
    uint32_t count, waiting;
    int64_t sum_ms;
};

static bool is_counted(const struct ticket *ticket)
{
    return ticket->state != TICKET_CANCELLED && ticket->state != TICKET_LAPSED &&
           ticket->state != TICKET_MISSED;
}

/* Mean wait of those who came within the half hour, until the end of what they have waited by now. */
static struct seen look(const struct hall *hall, int64_t from_ms, int64_t now_ms)
{
    struct seen seen = {0};
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        int64_t came_ms =
            ticket->booking.value && ticket->ref_ms > ticket->issued_ms ? ticket->ref_ms : ticket->issued_ms;
        if (came_ms < from_ms || came_ms >= from_ms + FORECAST_HALL_MS || !is_counted(ticket))
            continue;
        seen.count++;
        seen.sum_ms += ticket->waited_ms;
        if (ticket->state == TICKET_WAITING) {
            seen.waiting++;
            seen.sum_ms += now_ms > ticket->wait_from_ms ? now_ms - ticket->wait_from_ms : 0;
        }
    }
    return seen;
}

unsigned planning_halls_settle(struct planning_halls *halls, const struct hall *hall, int64_t now_ms,
                               struct forecaster *forecaster)
{
    unsigned settled = 0;
    for (uint32_t i = 0; i < halls->count && halls->date == hall->date; i++) {
        struct hall_forecast *h = &halls->list[i];
        if (h->is_settled || now_ms < h->at_ms + FORECAST_HALL_MS)
            continue;
        struct seen seen = look(hall, h->at_ms, now_ms);
        if (seen.waiting && now_ms < h->at_ms + GIVE_UP_MS && hall->day_state != DAY_CLOSED)
            continue;
        h->is_settled = true;
        settled++;
        if (!seen.count)
            continue;
        h->outcome_ms = (int32_t)(seen.sum_ms / seen.count);
        forecaster_learn_hall(forecaster, h->made, h->outcome_ms);
    }
    return settled;
}

/* ---- keeping: the date, then a line each ---- */

enum status planning_halls_keep(const struct planning_halls *halls, struct store *store, struct error *error)
{
    struct text text = {0};
    text_printf(&text, "halls 1 %d\n", (int)halls->date);
    for (uint32_t i = 0; i < halls->count; i++) {
        const struct hall_forecast *h = &halls->list[i];
        text_printf(&text, "%" PRId64 " %d %d %d %d %d\n", h->at_ms, (int)h->made.low_ms,
                    (int)h->made.mean_ms, (int)h->made.high_ms, (int)h->outcome_ms, h->is_settled);
    }
    enum status status =
        text.failed ? error_set(error, STATUS_MEMORY, "no memory for the hall's forecasts")
                    : store_put_setting(store, HALLS_SETTING, (struct span){text.data, text.length}, error);
    text_destroy(&text);
    return status;
}

static bool read_line(const char *line, struct hall_forecast *out)
{
    int low, mean, high, outcome, settled;
    if (sscanf(line, "%" SCNd64 " %d %d %d %d %d", &out->at_ms, &low, &mean, &high, &outcome, &settled) != 6)
        return false;
    out->made = (struct forecast){.low_ms = low, .high_ms = high, .mean_ms = mean};
    out->outcome_ms = outcome;
    out->is_settled = settled == 1;
    return true;
}

/* Lines that cannot be read end the list: only figures of today are lost. */
static void read_lines(struct planning_halls *halls, const char *text)
{
    int date;
    if (sscanf(text, "halls 1 %d", &date) != 1)
        return;
    halls->date = date;
    while ((text = strchr(text, '\n')) != NULL && *++text && halls->count < HALLS_MAX &&
           read_line(text, &halls->list[halls->count]))
        halls->count++;
}

enum status planning_halls_read(struct planning_halls *halls, struct store *store, int32_t date,
                                struct forecaster *forecaster, struct error *error)
{
    struct text text = {0};
    *halls = (struct planning_halls){0};
    enum status status = store_find_setting(store, HALLS_SETTING, &text, error);
    if (status == STATUS_OK && text.data)
        read_lines(halls, text.data);
    if (halls->date != date)
        *halls = (struct planning_halls){0};
    for (uint32_t i = 0; i < halls->count; i++)
        if (halls->list[i].is_settled && halls->list[i].outcome_ms >= 0)
            forecaster_learn_hall(forecaster, halls->list[i].made, halls->list[i].outcome_ms);
    text_destroy(&text);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
