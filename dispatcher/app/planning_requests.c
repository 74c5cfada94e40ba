/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_requests.h"

#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/wire/message.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/learning_views.h"
#include "dispatcher/app/planning_views.h"

enum { DOCUMENT_MAX = 4 << 20, DOCUMENT_DEPTH = 16 };

typedef json_t *query(struct dispatcher *d, struct wire_reader *in);

/* The date asked for; without one the business day, or today while the hall is closed. */
static int32_t read_date(struct dispatcher *d, struct wire_reader *in)
{
    int year = 0, month = 0, day = 0;
    const char *text = wire_read_string_or(in, "date", 10, 10, NULL);
    if (!text || in->failed)
        return d->hall->day_state == DAY_CLOSED ? hall_date_at(d->hall, clock_wall_ms()) : d->hall->date;
    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3 && civil_is_valid(year, month, day))
        return date_from_civil(year, month, day);
    wire_reader_fail(in, "date", "expected a date such as \"2026-11-23\"");
    return 0;
}

static json_t *learned_items(struct dispatcher *d, struct wire_reader *in)
{
    struct item_id item = {(uint16_t)wire_read_integer_or(in, "item", 1, ITEMS_MAX, 0)};
    return wire_reader_end(in) ? learning_view_items(&d->planning.learning, d->hall, item) : NULL;
}

static json_t *learned_clerks(struct dispatcher *d, struct wire_reader *in)
{
    return wire_reader_end(in) ? learning_view_clerks(&d->planning.learning, d->hall) : NULL;
}

static json_t *learned_demand(struct dispatcher *d, struct wire_reader *in)
{
    int32_t date = read_date(d, in);
    return wire_reader_end(in) ? learning_view_demand(&d->planning.learning, d->hall, date, clock_wall_ms())
                               : NULL;
}

/* Proposals of a day gone by are a document of its end. */
static json_t *proposals(struct dispatcher *d, struct wire_reader *in)
{
    const struct planning_record *record = &d->planning.learning.record;
    struct text body = {0};
    struct error error = {0};
    json_t *document = NULL;
    char kind[STORE_NAME_MAX];
    int32_t date = read_date(d, in);
    if (!wire_reader_end(in))
        return NULL;
    if (date == record->date)
        return planning_view_proposals(record);
    planning_document_kind(date, kind);
    if (store_find_document(d->store, kind, 0, NULL, &body, &error) == STATUS_OK)
        document = wire_json_parse_within((struct span){body.data, body.length}, DOCUMENT_MAX, DOCUMENT_DEPTH,
                                          &error);
    text_destroy(&body);
    return document ? document : planning_view_proposals(&(struct planning_record){.date = date});
}

static json_t *forecasts(struct dispatcher *d, struct wire_reader *in)
{
    return wire_reader_end(in) ? planning_view_forecasts(&d->planning) : NULL;
}

static json_t *forecast_accuracy(struct dispatcher *d, struct wire_reader *in)
{
    int32_t date = read_date(d, in);
    return wire_reader_end(in) ? planning_view_accuracy(&d->planning, date) : NULL;
}

static json_t *load(struct dispatcher *d, struct wire_reader *in)
{
    return wire_reader_end(in) ? planning_view_load(d->hall, clock_wall_ms()) : NULL;
}

static const struct {
    const char *what;
    query *ask;
} queries[] = {
    {"learned-items", learned_items},
    {"learned-clerks", learned_clerks},
    {"learned-demand", learned_demand},
    {"proposals", proposals},
    {"forecasts", forecasts},
    {"forecast-accuracy", forecast_accuracy},
    {"load", load},
};
enum { QUERIES = sizeof queries / sizeof queries[0] };

static query *query_find(const char *what)
{
    for (unsigned i = 0; i < QUERIES; i++)
        if (strcmp(queries[i].what, what) == 0)
            return queries[i].ask;
    return NULL;
}

bool planning_request(struct dispatcher *d, const char *what, const json_t *fields, struct text *out,
                      struct wire_fault *fault)
{
    struct wire_reader in;
    wire_reader_init(&in, fields);
    json_t *ok = query_find(what)(d, &in);
    if (in.failed)
        *fault = in.fault;
    else if (!ok)
        *fault = (struct wire_fault){.code = WIRE_ERROR_INTERNAL, .text = "no memory for the answer"};
    if (!ok)
        return false;
    wire_ok_body_write(out, ok);
    json_decref(ok);
    return true;
}
