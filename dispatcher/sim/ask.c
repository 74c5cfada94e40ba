/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "dispatcher/core/fields.h"
#include "dispatcher/core/rule.h"
#include "dispatcher/plan/why.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/sim/tokens.h"

struct answering {
    const struct asking *a;
    const struct tokens *question;
    struct text *out;
    struct error *error;
};

static bool wrong(struct answering *w, const char *what)
{
    error_set(w->error, STATUS_PARSE, "%s", what);
    return false;
}

/* ---- reading the question ---- */

static bool bare_number(struct answering *w, unsigned long *out)
{
    char *end;
    if (w->question->count < 2 || w->question->list[1].name.length)
        return wrong(w, "the question needs a number after its name");
    *out = strtoul(w->question->list[1].value.data, &end, 10);
    if (end != w->question->list[1].value.data + w->question->list[1].value.length)
        return wrong(w, "the question needs a number after its name");
    text_printf(w->out, " %lu", *out);
    return true;
}

static bool named_number(struct answering *w, const char *name, unsigned long *out)
{
    const struct token *token = tokens_find(w->question, span_of(name));
    if (!token)
        return wrong(w, "the question lacks window=, item= or the like");
    *out = strtoul(token->value.data, NULL, 10);
    text_printf(w->out, " %s=%lu", name, *out);
    return true;
}

static const struct ticket *asked_ticket(struct answering *w)
{
    struct number number;
    if (w->question->count < 2 || !number_parse(w->question->list[1].value.data,
                                                (unsigned)w->question->list[1].value.length, &number)) {
        wrong(w, "the question needs a ticket number after its name");
        return NULL;
    }
    const struct ticket *ticket = hall_ticket(w->a->hall, number);
    if (!ticket)
        wrong(w, "there is no ticket of this number");
    else
        text_printf(w->out, " %.*s", (int)w->question->list[1].value.length, w->question->list[1].value.data);
    return ticket;
}

/* ---- facts ---- */

__attribute__((format(printf, 3, 4))) static void fact(struct answering *w, const char *name,
                                                       const char *format, ...)
{
    char value[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    text_printf(w->out, " %s=%s", name, value[0] ? value : "none");
}

static void fact_id(struct answering *w, const char *name, unsigned long value)
{
    if (value)
        fact(w, name, "%lu", value);
    else
        fact(w, name, "none");
}

static void fact_clock(struct answering *w, const char *name, int64_t at_ms)
{
    char clock[CLOCK_TEXT_MAX];
    fact(w, name, "%s", at_ms ? clock_text(at_ms - w->a->midnight_ms, clock) : "none");
}

static void fact_duration(struct answering *w, const char *name, int64_t ms)
{
    if (ms % 1000)
        fact(w, name, "%lld.%03llds", (long long)(ms / 1000), (long long)(ms % 1000));
    else
        fact(w, name, "%llds", (long long)(ms / 1000));
}

static void fact_number(struct answering *w, const char *name, struct number number)
{
    char text[NUMBER_TEXT_MAX];
    number_format(number, text);
    fact(w, name, "%s", number.letter ? text : "none");
}

/* Domains as 1,3; `none` when there are none. */
static void fact_domains(struct answering *w, const char *name, uint64_t domains)
{
    char text[200] = "";
    size_t used = 0;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (domains >> (d - 1) & 1)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%u", used ? "," : "", d);
    fact(w, name, "%s", text);
}

/* A forecast as 300s-720s. */
static void fact_span(struct answering *w, const char *name, bool known, unsigned low_s, unsigned high_s)
{
    if (known)
        fact(w, name, "%us-%us", low_s, high_s);
    else
        fact(w, name, "none");
}

/* ---- questions ---- */

static void ticket_items_fact(struct answering *w, const struct ticket *ticket)
{
    char items[64] = "", done[64] = "";
    size_t used = 0, used_done = 0;
    for (unsigned i = 0; i < ticket->item_count; i++) {
        used +=
            (size_t)snprintf(items + used, sizeof items - used, "%s%u", i ? "," : "", ticket->items[i].value);
        if (ticket->done >> i & 1)
            used_done += (size_t)snprintf(done + used_done, sizeof done - used_done, "%s%u",
                                          used_done ? "," : "", ticket->items[i].value);
    }
    fact(w, "items", "%s", items);
    fact(w, "done", "%s", done);
}

static bool ask_ticket(struct answering *w)
{
    const struct ticket *t = asked_ticket(w);
    if (!t)
        return false;
    fact(w, "state", "%s", ticket_state_names[t->state]);
    fact(w, "class", "%s", class_names[t->class]);
    fact(w, "channel", "%s", channel_names[t->channel]);
    fact(w, "item", "%u", ticket_item(t).value);
    ticket_items_fact(w, t);
    fact_id(w, "kind", t->kind);
    fact_id(w, "person", t->person.value);
    fact_id(w, "booking", t->booking.value);
    fact_id(w, "window", t->window.value);
    fact_id(w, "clerk", t->clerk.value);
    fact_id(w, "asked_window", t->asked_window.value);
    fact_id(w, "asked_clerk", t->asked_clerk.value);
    fact_id(w, "return_to", t->return_to.value);
    fact(w, "recalls", "%u", t->recalls);
    fact(w, "rejoins", "%u", t->rejoins);
    fact(w, "rating", "%s", rating_names[t->rating]);
    fact(w, "alarmed", "%s", t->alarmed ? "yes" : "no");
    fact(w, "transferred", "%s", t->transferred ? "yes" : "no");
    fact_clock(w, "ref", t->ref_ms);
    fact_clock(w, "issued", t->issued_ms);
    fact_clock(w, "called", t->called_ms);
    fact_clock(w, "started", t->started_ms);
    fact_clock(w, "ended", t->ended_ms);
    fact_duration(w, "waited", t->waited_ms);
    fact_duration(w, "served", t->served_ms);
    fact(w, "ahead", "%u", hall_people_ahead(w->a->hall, t));
    fact_span(w, "forecast", t->has_forecast, t->low_s, t->high_s);
    fact_span(w, "first_forecast", t->has_forecast, t->first_low_s, t->first_high_s);
    return true;
}

static void window_may_fact(struct answering *w, struct window_id id)
{
    char items[1000] = "";
    size_t used = 0;
    for (unsigned i = 1; i <= w->a->hall->items_top && used < sizeof items - 8; i++)
        if (hall_window_may_serve(w->a->hall, id, (struct item_id){(uint16_t)i}))
            used += (size_t)snprintf(items + used, sizeof items - used, "%s%u", used ? "," : "", i);
    fact(w, "may", "%s", items);
}

static void window_breaks_fact(struct answering *w, const struct window *window)
{
    char text[BREAKS_MAX * 2 * CLOCK_TEXT_MAX] = "", from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
    size_t used = 0;
    for (unsigned i = 0; i < window->break_count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s-%s", i ? "," : "",
                                 clock_text(window->breaks[i].from_ms - w->a->midnight_ms, from),
                                 clock_text(window->breaks[i].to_ms - w->a->midnight_ms, to));
    fact(w, "breaks", "%s", text);
}

/* What it is posted for: by itself, as it counts, and as a cover. */
static void window_posting_facts(struct answering *w, const struct window *window)
{
    const struct proposal *proposal = hall_window_proposal(w->a->hall, window->set.window);
    fact_domains(w, "posted", window->posted);
    fact_domains(w, "serves", hall_posting(w->a->hall, window->set.window));
    fact_domains(w, "covers", window->cover);
    fact_clock(w, "posted_since", window->posted_ms);
    fact_id(w, "proposal", proposal ? proposal->made.proposal : 0);
}

static bool ask_window(struct answering *w)
{
    unsigned long n;
    if (!bare_number(w, &n))
        return false;
    if (n < 1 || n > WINDOWS_MAX || !w->a->hall->windows[n].exists)
        return wrong(w, "there is no such window");
    const struct window *window = &w->a->hall->windows[n];
    fact_id(w, "clerk", window->clerk.value);
    fact_number(w, "ticket",
                window->ticket.value ? w->a->hall->tickets[window->ticket.value].number : (struct number){0});
    fact(w, "paused", "%s", window->paused ? pause_reason_names[window->pause_reason] : "none");
    fact_clock(w, "until", window->pause_until_ms);
    fact_clock(w, "paused_since", window->paused_ms);
    fact_clock(w, "idle", window->idle_from_ms);
    fact_duration(w, "busy", window->busy_ms_today);
    fact(w, "served", "%u", window->served);
    fact(w, "undo", "%s", act_names[window->undo.act]);
    window_may_fact(w, window->set.window);
    window_posting_facts(w, window);
    window_breaks_fact(w, window);
    return true;
}

/* Calls one after the other, at this instant, on a copy. */
static bool ask_order(struct answering *w)
{
    unsigned long n;
    struct candidate_list list;
    struct ticket_id best;
    if (!named_number(w, "window", &n))
        return false;
    if (n < 1 || n > WINDOWS_MAX || !w->a->hall->windows[n].exists)
        return wrong(w, "there is no such window");
    struct hall *copy = w->a->scratch;
    *copy = *w->a->hall;
    while (rule_pick(copy, (struct window_id){(uint16_t)n}, w->a->now_ms, &list, &best)) {
        struct event gone = {.kind = EVENT_TICKET_CANCELLED, .at_ms = copy->last_ms};
        char text[NUMBER_TEXT_MAX];
        gone.ticket_cancelled.number = copy->tickets[best.value].number;
        number_format(gone.ticket_cancelled.number, text);
        text_printf(w->out, " %s", text);
        hall_evolve(copy, &gone);
    }
    return true;
}

static bool ask_why(struct answering *w)
{
    const struct ticket *ticket = asked_ticket(w);
    if (!ticket)
        return false;
    for (size_t i = w->a->log_count; i-- > 0;) {
        const struct event *event = &w->a->log[i];
        if (event->kind != EVENT_TICKET_CALLED || !number_equals(event->ticket_called.number, ticket->number))
            continue;
        for (unsigned c = 0; c < event->ticket_called.candidates.count; c++) {
            char text[NUMBER_TEXT_MAX];
            number_format(event->ticket_called.candidates.list[c].number, text);
            text_printf(w->out, " %s", text);
        }
        struct why why = why_called(&event->ticket_called);
        fact(w, "rule", "%s", rule_names[event->ticket_called.rule]);
        fact(w, "because", "%s", why_cause_names[why.cause]);
        fact(w, "en", "\"%s\"", why.en);
        fact(w, "zh", "\"%s\"", why.zh);
        return true;
    }
    return wrong(w, "the ticket was never called");
}

static bool ask_weigh(struct answering *w)
{
    const struct ticket *ticket = asked_ticket(w);
    unsigned long n;
    if (!ticket || !named_number(w, "window", &n))
        return false;
    if (n < 1 || n > WINDOWS_MAX || !w->a->hall->windows[n].exists)
        return wrong(w, "there is no such window");
    struct window_id id = {(uint16_t)n};
    struct rule_terms terms = rule_terms(w->a->hall, id, ticket, w->a->now_ms);
    fact_duration(w, "age", (int64_t)terms.age_s * 1000);
    fact_duration(w, "handling", rule_handling_ms(w->a->hall, id, ticket));
    fact(w, "early", "%s", terms.early ? "yes" : "no");
    fact(w, "posted", "%s", terms.posted ? "yes" : "no");
    return true;
}

static bool ask_slot(struct answering *w)
{
    unsigned long item;
    int32_t date;
    unsigned hour, minute;
    const struct token *day = tokens_find(w->question, span_of("date"));
    const struct token *slot = tokens_find(w->question, span_of("slot"));
    const struct token *channel = tokens_find(w->question, span_of("channel"));
    if (!named_number(w, "item", &item))
        return false;
    if (!day || !slot || !date_read(day->value, &date) ||
        sscanf(slot->value.data, "%2u:%2u", &hour, &minute) != 2)
        return wrong(w, "the question needs item=, date= and slot=");
    int index =
        channel ? name_find(channel_names, channel->value.data, channel->value.length) : CHANNEL_KIOSK;
    if (index < 0)
        return wrong(w, "there is no such channel");
    char text[DATE_TEXT_MAX];
    fact(w, "date", "%s", date_text(date, text));
    fact(w, "slot", "%02u:%02u", hour, minute);
    fact(w, "channel", "%s", channel_names[index]);
    int32_t left = hall_slot_left(w->a->hall, (struct item_id){(uint16_t)item}, date,
                                  (uint16_t)(hour * 60 + minute), (enum channel)index);
    if (left < 0)
        fact(w, "left", "not-offered");
    else
        fact(w, "left", "%d", left);
    return true;
}

static bool ask_item(struct answering *w)
{
    unsigned long n;
    if (!bare_number(w, &n))
        return false;
    if (n < 1 || n > ITEMS_MAX || !w->a->hall->items[n].exists)
        return wrong(w, "there is no such item");
    fact(w, "issued", "%u", w->a->hall->items[n].issued);
    fact(w, "windows", "%u", hall_windows_for(w->a->hall, (struct item_id){(uint16_t)n}));
    fact_duration(w, "expected", hall_item_ms(w->a->hall, (struct item_id){(uint16_t)n}));
    fact_duration(w, "learned", w->a->hall->items[n].learned_ms);
    return true;
}

static bool ask_domain(struct answering *w)
{
    unsigned long n;
    if (!bare_number(w, &n))
        return false;
    if (n < 1 || n > DOMAINS_MAX || !w->a->hall->domains[n].exists)
        return wrong(w, "there is no such domain");
    fact(w, "waiting", "%u", w->a->hall->domains[n].waiting);
    fact(w, "served", "%u", w->a->hall->domains[n].served);
    fact(w, "uncovered", "%s", w->a->hall->uncovered >> (n - 1) & 1 ? "yes" : "no");
    fact_duration(w, "expected", hall_domain_ms(w->a->hall, (struct domain_id){(uint16_t)n}));
    fact_duration(w, "learned", w->a->hall->domains[n].learned_ms);
    return true;
}

static bool ask_clerk(struct answering *w)
{
    unsigned long n;
    if (!bare_number(w, &n))
        return false;
    if (n < 1 || n > CLERKS_MAX || !w->a->hall->clerks[n].exists)
        return wrong(w, "there is no such clerk");
    fact_id(w, "window", w->a->hall->clerks[n].window.value);
    fact(w, "speed", "%u", hall_clerk_permille(w->a->hall, (struct clerk_id){(uint16_t)n}));
    fact_id(w, "learned", w->a->hall->clerks[n].learned_permille);
    return true;
}

static bool ask_person(struct answering *w)
{
    unsigned long n;
    if (!bare_number(w, &n))
        return false;
    int32_t today = hall_date_at(w->a->hall, w->a->now_ms);
    fact(w, "suspended", "%d", hall_suspended_days(w->a->hall, (struct person_id){(uint32_t)n}, today));
    return true;
}

static bool ask_booking(struct answering *w)
{
    static const char *const states[] = {"free", "made", "used"};
    unsigned long n;
    if (!bare_number(w, &n))
        return false;
    const struct booking *booking = hall_booking(w->a->hall, (struct booking_code){(uint32_t)n});
    fact(w, "state", "%s", booking ? states[booking->state] : "gone");
    return true;
}

static bool ask_proposal(struct answering *w)
{
    unsigned long n;
    if (!bare_number(w, &n))
        return false;
    const struct proposal *proposal = hall_proposal(w->a->hall, (uint32_t)n);
    fact(w, "state", "%s", !proposal ? "closed" : proposal->is_applied ? "applied" : "open");
    if (!proposal)
        return true;
    fact_id(w, "window", proposal->made.window.value);
    fact(w, "mode", "%s", allocation_mode_names[proposal->made.mode]);
    fact_clock(w, "made", proposal->made_ms);
    fact_clock(w, "expires", proposal->made.expires_ms);
    return true;
}

/* What posting the window for other domains would mean. */
static bool ask_move(struct answering *w)
{
    unsigned long n;
    uint64_t after = 0;
    const struct token *to = tokens_find(w->question, span_of("to"));
    if (!named_number(w, "window", &n))
        return false;
    if (n < 1 || n > WINDOWS_MAX || !w->a->hall->windows[n].exists)
        return wrong(w, "there is no such window");
    for (size_t i = 0; to && i < to->value.length; i++) {
        unsigned long domain = strtoul(to->value.data + i, NULL, 10);
        if (domain < 1 || domain > DOMAINS_MAX)
            return wrong(w, "expected domains such as to=1,3");
        after |= (uint64_t)1 << (domain - 1);
        while (i < to->value.length && to->value.data[i] != ',')
            i++;
    }
    struct window_id id = {(uint16_t)n};
    fact_domains(w, "to", after);
    fact(w, "mode", "%s", allocation_mode_names[hall_move_mode(w->a->hall, id, after)]);
    fact_domains(w, "leaves", hall_posting_leaves(w->a->hall, id, after));
    fact(w, "changes_left", "%d", hall_changes_left(w->a->hall, w->a->now_ms));
    return true;
}

static bool ask_counts(struct answering *w)
{
    const struct counts *counts = &w->a->hall->counts;
    fact(w, "issued", "%u", counts->issued);
    for (unsigned s = TICKET_WAITING; s < TICKET_STATES; s++)
        fact(w, ticket_state_names[s], "%u", counts->states[s]);
    fact(w, "green", "%u", counts->green_grants);
    fact(w, "calls", "%u", counts->calls);
    return true;
}

static bool ask_day(struct answering *w)
{
    static const char *const states[] = {"closed", "open", "closing"};
    char text[DATE_TEXT_MAX];
    fact(w, "state", "%s", states[w->a->hall->day_state]);
    fact(w, "date", "%s", date_text(w->a->hall->date, text));
    return true;
}

static bool ask_deadline(struct answering *w)
{
    fact_clock(w, "at", hall_next_deadline(w->a->hall, w->a->now_ms));
    return true;
}

static const struct {
    const char *name;
    bool (*answer)(struct answering *w);
} questions[] = {
    {"proposal", ask_proposal}, {"move", ask_move},     {"ticket", ask_ticket}, {"window", ask_window},
    {"order", ask_order},       {"why", ask_why},       {"weigh", ask_weigh},   {"slot", ask_slot},
    {"item", ask_item},         {"domain", ask_domain}, {"clerk", ask_clerk},   {"person", ask_person},
    {"booking", ask_booking},   {"counts", ask_counts}, {"day", ask_day},       {"deadline", ask_deadline},
};

bool ask_answer(const struct asking *asking, struct span question, struct text *out, struct error *error)
{
    struct tokens tokens;
    error->status = STATUS_OK;
    struct answering w = {asking, &tokens, out, error};
    if (!tokens_split(question, &tokens) || !tokens.count)
        return wrong(&w, "the question cannot be read");
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        if (span_equals(tokens.list[0].value, questions[i].name)) {
            text_puts(out, questions[i].name);
            return questions[i].answer(&w);
        }
    return wrong(&w, "there is no such question; see ask.h");
}

/* ---- comparing ---- */

/* The n-th bare word; NULL when there are fewer. */
static const struct token *bare(const struct tokens *tokens, size_t n)
{
    for (size_t i = 0; i < tokens->count; i++)
        if (!tokens->list[i].name.length && n-- == 0)
            return &tokens->list[i];
    return NULL;
}

bool ask_agrees(struct span question, struct span answer)
{
    struct tokens wanted, got;
    if (!tokens_split(question, &wanted) || !tokens_split(answer, &got))
        return false;
    for (size_t n = 0;; n++) {
        const struct token *a = bare(&wanted, n), *b = bare(&got, n);
        if (!a || !b) {
            if (a || b)
                return false;
            break;
        }
        if (!span_same(a->value, b->value))
            return false;
    }
    for (size_t i = 0; i < wanted.count; i++) {
        if (!wanted.list[i].name.length)
            continue;
        const struct token *there = tokens_find(&got, wanted.list[i].name);
        if (!there || !span_same(there->value, wanted.list[i].value))
            return false;
    }
    return true;
}

void ask_rewrite(struct span question, struct span answer, struct text *out)
{
    struct tokens wanted, got;
    if (!tokens_split(question, &wanted) || !tokens_split(answer, &got))
        return;
    for (size_t n = 0;; n++) {
        const struct token *word = bare(&got, n), *own = bare(&wanted, n);
        if (!word)
            break;
        if (own && own->value.data[0] == '$')
            word = own;
        text_printf(out, "%s%.*s", n ? " " : "", (int)word->value.length, word->value.data);
    }
    for (size_t i = 0; i < wanted.count; i++) {
        const struct token *there =
            wanted.list[i].name.length ? tokens_find(&got, wanted.list[i].name) : NULL;
        if (there)
            text_printf(out, " %.*s=%.*s", (int)there->name.length, there->name.data,
                        (int)there->value.length, there->value.data);
    }
}
