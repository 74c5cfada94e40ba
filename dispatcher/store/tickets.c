/* SPDX-License-Identifier: MIT
 * What events leave behind, as rows for reports: business days, tickets, bookings. The events stay the truth.
 */
#include "dispatcher/store/inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Row ids of tickets rise for ever: the business day's number, then the order of issue. */
static int64_t ticket_row_id(int32_t date, struct ticket_id id)
{
    return (int64_t)date * 65536 + id.value;
}

/* ---- which tickets ---- */
void tickets_open(struct store *store)
{
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        for (const struct field *field = event_fields((enum event_kind)kind); field->name; field++)
            if (field->type == FIELD_NUMBER && strcmp(field->name, "number") == 0)
                store->number_at[kind] = (uint16_t)field->offset;
}

static void touch(struct touched *touched, struct ticket_id id)
{
    uint64_t bit = UINT64_C(1) << (id.value % 64);
    if (touched->has[id.value / 64] & bit)
        return;
    touched->has[id.value / 64] |= bit;
    touched->ids[touched->count++] = id.value;
}

void tickets_forget(struct store *store)
{
    struct touched *touched = &store->touched;
    for (uint32_t i = 0; i < touched->count; i++)
        touched->has[touched->ids[i] / 64] = 0;
    touched->count = 0;
}

/* ---- tickets ---- */
static struct span items_text(const struct ticket *ticket, char *out, size_t size)
{
    size_t used = 0;
    for (unsigned i = 0; i < ticket->item_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, i ? ",%u" : "%u", ticket->items[i].value);
    return (struct span){out, used};
}

/* In the order of TICKET_COLUMNS. */
void ticket_values(const struct hall *hall, struct ticket_id id, struct ticket_texts *texts,
                   struct sql_value values[TICKET_VALUES])
{
    const struct ticket *t = &hall->tickets[id.value];
    const struct sql_value row[] = {
        sql_int(ticket_row_id(hall->date, id)),
        sql_int(hall->date),
        sql_text((struct span){texts->number, number_format(t->number, texts->number)}),
        sql_int(ticket_item(t).value),
        t->item_count > 1 ? sql_text(items_text(t, texts->items, sizeof texts->items))
                          : (struct sql_value){0},
        sql_int(t->done),
        sql_int(hall_ticket_domain(hall, t).value),
        sql_int(t->class),
        sql_int(t->kind),
        sql_int(t->channel),
        sql_int(t->state),
        sql_int(t->window.value),
        sql_int(t->clerk.value),
        sql_int(t->asked_window.value),
        sql_int(t->asked_clerk.value),
        sql_int(t->return_to.value),
        sql_int(t->person.value),
        sql_int(t->booking.value),
        sql_int(t->recalls),
        sql_int(t->rejoins),
        sql_int(t->rating),
        sql_int(t->alarmed),
        sql_int(t->transferred),
        sql_int(t->ref_ms),
        sql_int(t->issued_ms),
        sql_int(t->wait_from_ms),
        sql_int(t->called_ms),
        sql_int(t->recalled_ms),
        sql_int(t->started_ms),
        sql_int(t->ended_ms),
        sql_int(t->rated_ms),
        sql_int(t->waited_ms),
        sql_int(t->served_ms),
    };
    static_assert(sizeof row / sizeof row[0] == TICKET_VALUES, "one value for each column");
    memcpy(values, row, sizeof row);
}

static int by_id(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

enum status tickets_flush(struct store *store, struct error *error)
{
    struct touched *touched = &store->touched;
    enum status status = STATUS_OK;
    qsort(touched->ids, touched->count, sizeof touched->ids[0], by_id);
    for (uint32_t i = 0; i < touched->count && status == STATUS_OK; i++) {
        struct ticket_texts texts;
        struct sql_value values[TICKET_VALUES];
        ticket_values(store->hall, (struct ticket_id){touched->ids[i]}, &texts, values);
        status = RUN(store, TICKET_PUT, values, NULL, NULL, error);
    }
    tickets_forget(store);
    return status;
}

static void read_items(struct ticket *ticket, struct span text)
{
    size_t at = 0;
    ticket->item_count = 0;
    while (at < text.length && ticket->item_count < TICKET_ITEMS_MAX) {
        unsigned value = 0;
        for (; at < text.length && text.data[at] >= '0' && text.data[at] <= '9'; at++)
            value = value * 10 + (unsigned)(text.data[at] - '0');
        ticket->items[ticket->item_count++].value = (uint16_t)value;
        at++; /* the comma */
    }
}

static void read_places(const struct sql_row *row, struct ticket *t)
{
    t->state = (uint8_t)row_int(row, 10);
    t->window.value = (uint16_t)row_int(row, 11);
    t->clerk.value = (uint16_t)row_int(row, 12);
    t->asked_window.value = (uint16_t)row_int(row, 13);
    t->asked_clerk.value = (uint16_t)row_int(row, 14);
    t->return_to.value = (uint16_t)row_int(row, 15);
    t->person.value = (uint32_t)row_int(row, 16);
    t->booking.value = (uint32_t)row_int(row, 17);
    t->recalls = (uint8_t)row_int(row, 18);
    t->rejoins = (uint8_t)row_int(row, 19);
    t->rating = (uint8_t)row_int(row, 20);
    t->alarmed = row_int(row, 21) != 0;
    t->transferred = row_int(row, 22) != 0;
}

static void read_times(const struct sql_row *row, struct ticket *t)
{
    t->ref_ms = row_int(row, 23);
    t->issued_ms = row_int(row, 24);
    t->wait_from_ms = row_int(row, 25);
    t->called_ms = row_int(row, 26);
    t->recalled_ms = row_int(row, 27);
    t->started_ms = row_int(row, 28);
    t->ended_ms = row_int(row, 29);
    t->rated_ms = row_int(row, 30);
    t->waited_ms = row_int(row, 31);
    t->served_ms = row_int(row, 32);
}

struct each_ticket {
    store_ticket_sink *sink;
    void *userdata;
};

static bool ticket_row(const struct sql_row *row, void *userdata)
{
    const struct each_ticket *each = userdata;
    struct store_ticket out = {
        .date = (int32_t)row_int(row, 1),
        .id = {(uint16_t)(row_int(row, 0) % 65536)},
        .domain = {(uint16_t)row_int(row, 6)},
    };
    struct ticket *t = &out.ticket;
    struct span number = row_bytes(row, 2), items = row_bytes(row, 4);
    uint16_t item = (uint16_t)row_int(row, 3);
    number_parse(number.data, (unsigned)number.length, &t->number);
    t->done = (uint32_t)row_int(row, 5);
    t->class = (uint8_t)row_int(row, 7);
    t->kind = (uint16_t)row_int(row, 8);
    t->channel = (uint8_t)row_int(row, 9);
    if (items.length > 0)
        read_items(t, items);
    else
        t->items[t->item_count++].value = item;
    while (t->current + 1 < t->item_count && t->items[t->current].value != item)
        t->current++;
    read_places(row, t);
    read_times(row, t);
    each->sink(&out, each->userdata);
    return true;
}

enum status store_tickets(struct store *store, int32_t from_date, int32_t to_date, store_ticket_sink *sink,
                          void *userdata, struct error *error)
{
    struct each_ticket each = {sink, userdata};
    const struct sql_value values[] = {sql_int(ticket_row_id(from_date, (struct ticket_id){0})),
                                       sql_int(ticket_row_id(to_date, (struct ticket_id){UINT16_MAX}))};
    return RUN(store, TICKETS, values, ticket_row, &each, error);
}

/* ---- bookings ---- */
static enum status booking_made(struct store *store, uint64_t seq, const struct event *event,
                                struct error *error)
{
    const struct booking_made *e = &event->booking_made;
    const struct sql_value values[] = {
        sql_int((int64_t)seq), sql_int(e->booking.value), sql_int(e->item.value), sql_int(e->date),
        sql_int(e->slot_min),  sql_int(e->person.value),  sql_int(e->channel),    sql_int(event->at_ms),
    };
    return RUN(store, BOOKING_PUT, values, NULL, NULL, error);
}

static enum status booking_ended(struct store *store, const char *state, struct booking_code code,
                                 int64_t at_ms, int64_t ticket, struct error *error)
{
    const struct sql_value values[] = {sql_string(state), sql_int(at_ms),
                                       ticket ? sql_int(ticket) : (struct sql_value){0}, sql_int(code.value)};
    return RUN(store, BOOKING_END, values, NULL, NULL, error);
}

static enum status booking_used(struct store *store, const struct hall *hall, const struct event *event,
                                struct error *error)
{
    const struct ticket_issued *e = &event->ticket_issued;
    if (!e->booking.value)
        return STATUS_OK;
    int64_t ticket = ticket_row_id(hall->date, hall_ticket_id(hall, e->number));
    return booking_ended(store, "used", e->booking, event->at_ms, ticket, error);
}

/* ---- days ---- */
static enum status day_opened(struct store *store, uint64_t seq, const struct event *event,
                              struct error *error)
{
    const struct sql_value values[] = {sql_int((int64_t)seq), sql_int(event->day_opened.date),
                                       sql_int(event->at_ms)};
    return RUN(store, DAY_OPEN, values, NULL, NULL, error);
}

static enum status day_closed(struct store *store, uint64_t seq, const struct event *event,
                              struct error *error)
{
    const struct sql_value values[] = {sql_int((int64_t)seq), sql_int(event->at_ms),
                                       sql_int(event->day_closed.date)};
    return RUN(store, DAY_CLOSE, values, NULL, NULL, error);
}

/* ---- events ---- */
enum status tickets_after(struct store *store, const struct hall *hall, uint64_t seq,
                          const struct event *event, struct error *error)
{
    if (store->number_at[event->kind]) {
        struct number number;
        memcpy(&number, (const char *)event + store->number_at[event->kind], sizeof number);
        struct ticket_id id = hall_ticket_id(hall, number);
        if (id.value)
            touch(&store->touched, id);
    }
    switch (event->kind) {
    case EVENT_DAY_OPENED:
        return day_opened(store, seq, event, error);
    case EVENT_DAY_CLOSED:
        return day_closed(store, seq, event, error);
    case EVENT_TICKET_ISSUED:
        return booking_used(store, hall, event, error);
    case EVENT_BOOKING_MADE:
        return booking_made(store, seq, event, error);
    case EVENT_BOOKING_CANCELLED:
        return booking_ended(store, "cancelled", event->booking_cancelled.booking, event->at_ms, 0, error);
    case EVENT_BOOKING_MISSED:
        return booking_ended(store, "missed", event->booking_missed.booking, event->at_ms, 0, error);
    default:
        return STATUS_OK;
    }
}
