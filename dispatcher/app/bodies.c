/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/bodies.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/wire/message.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/fields_json.h"
#include "dispatcher/plan/why.h"

void refusal_words(const char *words, const struct refusal *refusal, char *out, size_t size)
{
    char number[NUMBER_TEXT_MAX];
    size_t used = 0;
    number_format(refusal->number, number);
    while (*words && used + 24 < size) {
        if (strncmp(words, "{number}", 8) == 0) {
            used += (size_t)snprintf(out + used, size - used, "%s", number);
            words += 8;
        } else if (strncmp(words, "{value}", 7) == 0) {
            used += (size_t)snprintf(out + used, size - used, "%lld", (long long)refusal->value);
            words += 7;
        } else {
            out[used++] = *words++;
        }
    }
    out[used] = '\0';
}

void body_refused(const struct refusal *refusal, struct text *out)
{
    char zh[192], en[192], number[NUMBER_TEXT_MAX];
    refusal_words(refusal_zh(refusal->code), refusal, zh, sizeof zh);
    refusal_words(refusal_en(refusal->code), refusal, en, sizeof en);
    number_format(refusal->number, number);
    struct wire_error error = {
        .code = refusal_wire(refusal->code),
        .zh = zh,
        .en = en,
        .number = refusal->number.letter ? number : NULL,
        .value = refusal->value,
        .has_value = refusal->value != 0,
    };
    wire_error_body_write(out, &error);
}

/* The secret part of a ticket's link: only who holds the ticket can know it, and it dies with the day. */
static void link_secret(const struct dispatcher *d, const struct ticket *ticket, char out[23])
{
    char text[64];
    unsigned char hash[16];
    char number[NUMBER_TEXT_MAX];
    number_format(ticket->number, number);
    int length = snprintf(text, sizeof text, "ticket %d %s", (int)d->hall->date, number);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text, (unsigned long long)length, d->secret,
                       sizeof d->secret);
    sodium_bin2base64(out, 23, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void put_clock(struct text *out, const char *name, int64_t at_ms)
{
    if (at_ms)
        text_printf(out, ",\"%s\":%lld", name, (long long)at_ms);
}

static void put_windows(const struct hall *hall, struct item_id item, struct text *out)
{
    const char *comma = "";
    text_puts(out, ",\"windows\":[");
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        if (!window->clerk.value || window->paused || !hall_window_may_serve(hall, window->set.window, item))
            continue;
        text_printf(out, "%s%u", comma, w);
        comma = ",";
    }
    text_puts(out, "]");
}

static char zone_letter(const struct hall *hall, struct window_id window)
{
    char letter = hall->zones[hall->windows[window.value].set.zone.value].letter;
    return letter ? letter : '-';
}

/* In how many minutes it will be called; nothing while it is not known. */
static void put_forecast(const struct dispatcher *d, const struct ticket *ticket, struct text *out)
{
    struct forecast_range range = planning_forecast_of_ticket(&d->planning.forecasts, d->hall, ticket);
    if (range.high_min >= 0)
        text_printf(out, ",\"low_min\":%d,\"high_min\":%d", (int)range.low_min, (int)range.high_min);
}

void body_ticket(struct dispatcher *d, const struct ticket *ticket, bool link, struct text *out)
{
    const struct hall *hall = d->hall;
    char number[NUMBER_TEXT_MAX];
    number_format(ticket->number, number);
    text_printf(out,
                "{\"number\":\"%s\",\"state\":\"%s\",\"item\":%u,\"domain\":%u,\"class\":\"%s\",\"kind\":%u",
                number, ticket_state_names[ticket->state], ticket_item(ticket).value,
                hall_ticket_domain(hall, ticket).value, class_names[ticket->class], ticket->kind);
    text_puts(out, ",\"items\":[");
    for (uint8_t i = 0; i < ticket->item_count; i++)
        text_printf(out, "%s%u", i ? "," : "", ticket->items[i].value);
    text_puts(out, "]");
    put_clock(out, "issued_ms", ticket->issued_ms);
    put_clock(out, "ref_ms", ticket->ref_ms);
    put_clock(out, "called_ms", ticket->called_ms);
    put_clock(out, "started_ms", ticket->started_ms);
    put_clock(out, "ended_ms", ticket->ended_ms);
    text_printf(out, ",\"waited_ms\":%lld", (long long)ticket->waited_ms);
    if (ticket->window.value)
        text_printf(out, ",\"window\":%u,\"zone\":\"%c\"", ticket->window.value,
                    zone_letter(hall, ticket->window));
    if (ticket->booking.value)
        text_printf(out, ",\"booking\":%u", ticket->booking.value);
    text_printf(out, ",\"recalls\":%u,\"rejoins\":%u", ticket->recalls, ticket->rejoins);
    if (ticket->state == TICKET_WAITING) {
        text_printf(out, ",\"ahead\":%u", hall_people_ahead(hall, ticket));
        put_windows(hall, ticket_item(ticket), out);
        put_forecast(d, ticket, out);
    }
    if (link) {
        char secret[23];
        struct civil c = date_to_civil(hall->date);
        link_secret(d, ticket, secret);
        text_printf(out, ",\"link\":\"EVH1:%04d%02d%02d:%s:%s\"", c.year, c.month, c.day, number, secret);
    }
    text_puts(out, "}");
}

/* The number that an event is about; letter 0: none. The first field of ticket events is always the number.
 */
static struct number event_number(const struct event *event)
{
    const struct field *first = event_fields(event->kind);
    if (first->name && first->type == FIELD_NUMBER)
        return *(const struct number *)((const char *)event + first->offset);
    return (struct number){0};
}

static void put_booking(struct dispatcher *d, const struct booking_made *made, struct text *out)
{
    struct civil c = date_to_civil(made->date);
    text_printf(out, ",\"booking\":%u,\"item\":%u,\"date\":\"%04d-%02d-%02d\",\"slot\":\"%02u:%02u\"",
                made->booking.value, made->item.value, c.year, c.month, c.day, made->slot_min / 60,
                made->slot_min % 60);
    (void)d;
}

void body_done(struct dispatcher *d, const struct command *command, const struct decision *decision,
               struct text *out)
{
    text_printf(out, "\"ok\":{\"seq\":%llu", (unsigned long long)store_last_seq(d->store));
    if (command->kind == COMMAND_ISSUE || command->kind == COMMAND_CHECK_IN)
        planning_forecasts_at_issue(&d->planning.forecasts);
    for (uint32_t i = 0; i < decision->count; i++) {
        const struct event *event = &decision->events[i];
        struct number number = event_number(event);
        const struct ticket *ticket = number.letter ? hall_ticket(d->hall, number) : NULL;
        if (event->kind == EVENT_BOOKING_MADE)
            put_booking(d, &event->booking_made, out);
        if (!ticket)
            continue;
        text_puts(out, ",\"ticket\":");
        body_ticket(d, ticket, command->kind == COMMAND_ISSUE || command->kind == COMMAND_CHECK_IN, out);
        break;
    }
    text_puts(out, "}");
}

/* ---- why ---- */

struct explaining {
    struct dispatcher *dispatcher;
    struct number number;
    struct text *out;
    unsigned count;
};

static void put_words(const struct ticket_called *called, struct text *out)
{
    struct why why = why_called(called);
    text_printf(out, "\"because\":\"%s\",\"zh\":\"%s\",\"en\":\"%s\"", why_cause_names[why.cause], why.zh,
                why.en);
}

static bool explain_call(const struct store_event *stored, void *userdata)
{
    struct explaining *x = userdata;
    const struct ticket_called *e = &stored->event.ticket_called;
    if (stored->before || stored->event.kind != EVENT_TICKET_CALLED || !number_equals(e->number, x->number))
        return true;
    json_t *object = event_to_json(&stored->event);
    struct text plain = {0};
    wire_json_write(&plain, object);
    json_decref(object);
    /* The event's own object, with the words put in before its end. */
    text_puts(x->out, x->count++ ? "," : "");
    text_append(x->out, plain.data, plain.length - 1);
    text_puts(x->out, ",");
    put_words(e, x->out);
    text_puts(x->out, "}");
    text_destroy(&plain);
    return true;
}

bool body_why(struct dispatcher *d, struct number number, struct text *out)
{
    char text[NUMBER_TEXT_MAX];
    struct error error = {0};
    struct explaining x = {d, number, out, 0};
    if (!hall_ticket(d->hall, number))
        return false;
    number_format(number, text);
    text_printf(out, "\"ok\":{\"number\":\"%s\",\"calls\":[", text);
    store_day(d->store, d->hall->date, explain_call, &x, &error);
    text_puts(out, "]}");
    return true;
}

/* ---- slots ---- */

bool body_slots(struct dispatcher *d, struct item_id item, int32_t date, enum channel channel,
                struct text *out)
{
    const struct hall *hall = d->hall;
    struct civil c = date_to_civil(date);
    if (!item.value || item.value > ITEMS_MAX || !hall->items[item.value].exists)
        return false;
    text_printf(out, "\"ok\":{\"item\":%u,\"date\":\"%04d-%02d-%02d\",\"slots\":[", item.value, c.year,
                c.month, c.day);
    struct session_list sessions = hall_sessions(hall, date);
    const char *comma = "";
    for (unsigned s = 0; s < sessions.count; s++)
        for (unsigned m = sessions.sessions[s].from_min; m < sessions.sessions[s].to_min;
             m += (unsigned)hall->policy[POLICY_SLOT_MIN]) {
            int32_t left = hall_slot_left(hall, item, date, (uint16_t)m, channel);
            if (left < 0)
                continue;
            text_printf(out, "%s{\"slot\":\"%02u:%02u\",\"left\":%d}", comma, m / 60, m % 60, left);
            comma = ",";
        }
    text_puts(out, "]}");
    return true;
}
