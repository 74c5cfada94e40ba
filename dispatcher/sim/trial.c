/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trial.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/checkpoint.h"
#include "dispatcher/core/line.h"

void acts_add(struct acts *acts, const struct act *act)
{
    if (acts->count == acts->room) {
        size_t room = acts->room ? acts->room * 2 : 512;
        struct act *list = realloc(acts->list, room * sizeof *list);
        if (!list) {
            acts->failed = true;
            return;
        }
        acts->list = list;
        acts->room = room;
    }
    acts->list[acts->count++] = *act;
}

static void follow(const struct event *event, void *userdata)
{
    struct trial *trial = userdata;
    hall_evolve(trial->shadow, event);
    trial->events_by_kind[event->kind]++;
    if (event->kind == EVENT_DAY_OPENED)
        trial->shadow_alike = true;
    trial->found = trial->found || (int)event->kind == trial->find;
}

bool trial_init(struct trial *trial, unsigned audit_every)
{
    memset(trial, 0, sizeof *trial);
    trial->shadow = malloc(sizeof *trial->shadow);
    trial->again = malloc(sizeof *trial->again);
    trial->audit_every = audit_every;
    trial->find = -1;
    if (!stage_init(&trial->stage) || !trial->shadow || !trial->again) {
        trial_destroy(trial);
        return false;
    }
    trial->stage.sink = follow;
    trial->stage.userdata = trial;
    trial_clear(trial);
    return true;
}

void trial_destroy(struct trial *trial)
{
    stage_destroy(&trial->stage);
    free(trial->shadow);
    free(trial->again);
}

static void clear_hall(struct hall *hall)
{
    memset(hall, 0, sizeof *hall);
    hall_init(hall);
}

void trial_clear(struct trial *trial)
{
    stage_clear(&trial->stage);
    clear_hall(trial->shadow);
    trial->shadow_alike = true;
    trial->found = false;
    trial->audit_count = 0;
}

static bool broken(struct error *error, const char *what)
{
    error_set(error, STATUS_CORRUPT, "%s", what);
    return false;
}

bool trial_compare(struct trial *trial, struct error *error)
{
    if (!trial->shadow_alike || hall_digest(trial->stage.hall) == hall_digest(trial->shadow))
        return true;
    return broken(error, "the events' text rebuilds a different hall");
}

/* ---- rules of single decisions ---- */

/* Deciding twice gives the same, and reads only. */
static bool decides_alike(struct trial *trial, const struct command *command, struct error *error)
{
    const struct hall *hall = trial->stage.hall;
    struct decision *first = &trial->stage.decision, *second = trial->again;
    uint64_t before = hall_digest(hall);
    hall_decide(hall, command, trial->stage.now_ms, first);
    hall_decide(hall, command, trial->stage.now_ms, second);
    bool same = first->refusal.code == second->refusal.code && first->count == second->count;
    for (uint32_t i = 0; same && i < first->count; i++)
        same = event_same(&first->events[i], &second->events[i]);
    if (!same)
        return broken(error, "the same command in the same hall is decided differently");
    return hall_digest(hall) == before || broken(error, "deciding changes the hall");
}

/* I4: nobody of the same line whom the window might have called was there before. */
static bool keeps_order(const struct hall *hall, const struct event *event, struct error *error)
{
    struct window_id window = event->ticket_called.window;
    const struct ticket *called = hall_ticket(hall, event->ticket_called.number);
    struct domain_id domain = hall_ticket_domain(hall, called);
    if (called->state != TICKET_WAITING)
        return broken(error, "I3 broken: a ticket is called that does not wait");
    if (!hall_window_may_serve(hall, window, ticket_item(called)))
        return broken(error, "a ticket is called where it may not be served");
    for (uint32_t i = 0; i < hall->waiting_count; i++) {
        const struct waiting *w = &hall->waiting[i];
        bool before = w->ref_ms < called->ref_ms || (w->ref_ms == called->ref_ms && w->order < called->order);
        bool callable =
            hall_window_may_serve(hall, window, w->item) && !w->asked_window.value && !w->asked_clerk.value;
        if (before && callable && w->domain == domain.value && w->class == called->class)
            return broken(error, "I4 broken: a ticket is called before an earlier one of its line");
    }
    return true;
}

/* When the rule finds nobody, there is nobody: no visitor is stranded. */
static bool finds_everybody(const struct hall *hall, struct window_id window, struct error *error)
{
    for (uint32_t i = 0; i < hall->waiting_count; i++) {
        const struct waiting *w = &hall->waiting[i];
        bool asked_here = !w->asked_window.value || w->asked_window.value == window.value;
        bool asked_clerk =
            !w->asked_clerk.value || w->asked_clerk.value == hall->windows[window.value].clerk.value;
        if (asked_here && asked_clerk && hall_window_may_serve(hall, window, w->item))
            return broken(error, "I6 broken: a window calls nobody although somebody waits for it");
    }
    return true;
}

/* Bookings never exceed the places of their slot; counted the plain way. */
static bool slot_holds(const struct hall *hall, const struct event *event, struct error *error)
{
    const struct booking_made *made = &event->booking_made;
    const struct item_set *item = &hall->items[made->item.value].set;
    bool own = item->slot_capacity > 0;
    int capacity = own ? item->slot_capacity : hall->domains[item->domain.value].slot_capacity;
    int used = 0;
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        const struct booking *b = &hall->bookings[i];
        const struct item_set *other = &hall->items[b->item.value].set;
        if (b->date == made->date && b->slot_min == made->slot_min)
            used += own ? b->item.value == made->item.value
                        : other->domain.value == item->domain.value && !other->slot_capacity;
    }
    return used < capacity || broken(error, "a slot gives more bookings than it has places");
}

/* Whether somebody on duty is posted for the domain, or could be called for it without any posting; window
 * `moved` as it would be posted. Counted the plain way. */
static bool domain_is_posted(const struct hall *hall, unsigned domain, unsigned moved, uint64_t domains)
{
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        uint64_t posted = w == moved ? domains : window->posted & ~window->cover;
        if (!window->clerk.value || (posted && !(posted >> (domain - 1) & 1)))
            continue;
        for (unsigned i = 1; i <= hall->items_top; i++)
            if (hall->items[i].set.domain.value == domain &&
                hall_window_may_serve(hall, window->set.window, (struct item_id){(uint16_t)i}))
                return true;
    }
    return false;
}

/* A proposal that is carried out moves a window that may be moved, to what it may do, and leaves no domain
 * without a window. */
static bool move_is_sound(const struct hall *hall, const struct decision *decision, struct error *error)
{
    const struct event *event = &decision->events[decision->count - 1];
    if (event->kind != EVENT_WINDOW_POSTED ||
        decision->events[decision->count - 2].proposal_answered.answer == ANSWER_REVERTED)
        return true;
    const struct window_posted *posted = &event->window_posted;
    const struct window *window = &hall->windows[posted->window.value];
    if (!window->clerk.value || window->set.mode == MODE_SPECIAL || window->set.retired)
        return broken(error, "a proposal moves a window that must not be moved");
    for (unsigned domain = 1; domain <= DOMAINS_MAX; domain++)
        if (hall->domains[domain].exists &&
            domain_is_posted(hall, domain, posted->window.value, window->posted & ~window->cover) &&
            !domain_is_posted(hall, domain, posted->window.value, posted->domains))
            return broken(error, "a proposal leaves a domain without a window");
    return true;
}

/* The accepted command can be written down and read again, for incident files. */
static bool command_reads_back(struct trial *trial, const struct command *command, struct error *error)
{
    char text[LINE_MAX_BYTES], again[LINE_MAX_BYTES];
    struct command back;
    struct line_fault fault;
    int64_t midnight_ms = trial->stage.hall->midnight_ms;
    size_t length = line_from_command(command, midnight_ms, text);
    if (!line_to_command(text, length, midnight_ms, &back, &fault)) {
        error_set(error, STATUS_CORRUPT, "a command cannot be read back: %s in \"%s\"", fault.text, text);
        return false;
    }
    line_from_command(&back, midnight_ms, again);
    return strcmp(text, again) == 0 || broken(error, "a command changes on its way through text");
}

static bool decision_is_sound(struct trial *trial, const struct command *command, struct error *error)
{
    const struct hall *hall = trial->stage.hall;
    if (!hall_decide(hall, command, trial->stage.now_ms, trial->again))
        return trial->again->refusal.code != REFUSED_NOBODY_WAITING ||
               finds_everybody(hall, command->call.window, error);
    const struct event *event = &trial->again->events[0];
    if (command->kind == COMMAND_CALL && !keeps_order(hall, event, error))
        return false;
    if (command->kind == COMMAND_BOOK)
        return slot_holds(hall, event, error);
    return command->kind == COMMAND_CALL || move_is_sound(hall, trial->again, error);
}

static bool play_command(struct trial *trial, const struct command *command, struct error *error)
{
    bool checked = command->kind == COMMAND_CALL || command->kind == COMMAND_BOOK ||
                   command->kind == COMMAND_PROPOSE || command->kind == COMMAND_ANSWER_PROPOSAL;
    trial->acted++;
    if (trial->acted % 128 == 0 && !decides_alike(trial, command, error))
        return false;
    if (checked && !decision_is_sound(trial, command, error))
        return false;
    bool plain = ++trial->audit_count % trial->audit_every != 0;
    trial->stage.unaudited = plain ? EVENTS_MAX : 0;
    if (stage_act(&trial->stage, command, error)) {
        trial->accepted_by_kind[command->kind]++;
        return command_reads_back(trial, command, error) &&
               (!trial->stage.hall->policy[POLICY_AUTO_CALL] || stage_tick(&trial->stage, error));
    }
    trial->refused++;
    trial->refused_by_kind[command->kind]++;
    trial->refused_by_code[trial->stage.decision.refusal.code]++;
    return error->status == STATUS_OK;
}

/* ---- checkpoints ---- */

struct rebuilding {
    struct trial *trial;
    bool ok;
    int64_t midnight_ms;
};

/* A checkpoint's events pass through text as well. */
static void rebuild_with(const struct event *event, void *userdata)
{
    struct rebuilding *r = userdata;
    char text[LINE_MAX_BYTES];
    struct event back;
    struct line_fault fault;
    size_t length = line_from_event(event, r->midnight_ms, text);
    r->ok = r->ok && line_to_event(text, length, r->midnight_ms, &back, &fault) && event_same(event, &back);
    if (!r->ok)
        return;
    back.at_ms = event->at_ms;
    hall_evolve(r->trial->shadow, &back);
}

static bool play_checkpoint(struct trial *trial, bool both, struct error *error)
{
    struct rebuilding rebuilding = {trial, true, trial->stage.hall->midnight_ms};
    if (trial->stage.hall->day_state != DAY_CLOSED)
        return true;
    clear_hall(trial->shadow);
    hall_checkpoint(trial->stage.hall, rebuild_with, &rebuilding);
    trial->checkpoints++;
    if (!rebuilding.ok)
        return broken(error, "a checkpoint's event changes on its way through text");
    trial->shadow_alike = both;
    if (both)
        *trial->stage.hall = *trial->shadow;
    return true;
}

/* Once time has passed with ticks at every deadline, a further tick must not open or close the day, start a
 * service or let a proposal expire: its deadline was missed. */
static bool nothing_is_overdue(struct trial *trial, struct error *error)
{
    static const struct command tick = {.kind = COMMAND_TICK};
    struct decision *decision = trial->again;
    if (trial->stage.now_ms < trial->stage.hall->last_ms)
        return true; /* the clock was set back */
    if (!hall_decide(trial->stage.hall, &tick, trial->stage.now_ms, decision) || !decision->count)
        return true;
    enum event_kind kind = decision->events[0].kind;
    if (kind != EVENT_DAY_OPENED && kind != EVENT_DAY_CLOSING && kind != EVENT_DAY_CLOSED &&
        kind != EVENT_SERVICE_STARTED && kind != EVENT_PROPOSAL_ANSWERED)
        return true;
    return broken(error, "a deadline was missed");
}

bool trial_play(struct trial *trial, const struct act *act, struct error *error)
{
    error->status = STATUS_OK;
    switch (act->kind) {
    case ACT_COMMAND:
        trial->stage.now_ms = act->at_ms;
        return play_command(trial, &act->command, error);
    case ACT_PASS:
        if (act->at_ms < trial->stage.now_ms)
            return true;
        return stage_pass(&trial->stage, act->at_ms, error) && nothing_is_overdue(trial, error);
    default:
        return play_checkpoint(trial, act->kind == ACT_SETTLE, error);
    }
}
