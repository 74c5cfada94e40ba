/* SPDX-License-Identifier: MIT
 * The digest: every field that matters changes it, and nothing else is needed to see a difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/sim/shapes.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/sim/whim.h"

static struct stage stage;

static void act(const struct command *command)
{
    struct error error;
    if (!stage_act(&stage, command, &error) && error.status != STATUS_OK)
        fail_msg("%s", error.text);
}

static void build(const struct command *command, void *userdata)
{
    (void)userdata;
    act(command);
}

static struct window *some_undo(void)
{
    for (unsigned n = 1; n <= stage.hall->windows_top; n++)
        if (stage.hall->windows[n].undo.act != ACT_NONE)
            return &stage.hall->windows[n];
    return NULL;
}

static bool is_busy(void)
{
    return some_undo() && stage.hall->booking_count && stage.hall->waiting_count &&
           stage.hall->ticket_count > 20;
}

/* A hall in the middle of a busy day. */
static int make_hall(void **state)
{
    (void)state;
    struct rng rng = {3};
    int32_t today = date_from_civil(2026, 11, 23);
    if (!stage_init(&stage))
        return -1;
    stage.now_ms = hall_midnight_ms(stage.hall, today) + 9 * 60 * MINUTE_MS;
    shape_build(shape_find("small"), &rng, false, today, build, NULL);
    act(&(struct command){.kind = COMMAND_OPEN_DAY});
    for (uint16_t w = 1; w <= stage.hall->windows_top; w++) {
        struct command command = {.kind = COMMAND_START_DUTY};
        command.start_duty = (struct start_duty){{w}, {w}, false};
        act(&command);
    }
    for (unsigned i = 0; i < 600 || (i < 50000 && !is_busy()); i++) {
        struct command command;
        stage.now_ms += rng_below(&rng, 20000);
        whim_next(&rng, stage.hall, stage.now_ms, MOOD_DAY, &command);
        if (command.kind != COMMAND_CLOSE_DAY)
            act(&command);
    }
    return 0;
}

static int drop_hall(void **state)
{
    (void)state;
    stage_destroy(&stage);
    return 0;
}

/* Turns one bit of each byte; every time the digest must differ. Booleans only toggle. */
static void check_bytes(const char *name, void *at, size_t size, bool boolean)
{
    uint64_t before = hall_digest(stage.hall);
    unsigned char *bytes = at;
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 1;
        if (hall_digest(stage.hall) == before)
            fail_msg("the digest does not see byte %zu of %s", i, name);
        bytes[i] ^= 1;
        if (boolean)
            break;
    }
    assert_true(hall_digest(stage.hall) == before);
}

#define CHECK(field)  check_bytes(#field, &(field), sizeof(field), false)
#define TOGGLE(field) check_bytes(#field, &(field), sizeof(field), true)

static void check_ticket(struct ticket *t)
{
    CHECK(t->number.letter);
    CHECK(t->number.kiosk);
    CHECK(t->number.count);
    CHECK(t->state);
    CHECK(t->class);
    CHECK(t->channel);
    CHECK(t->done);
    CHECK(t->items[0]);
    CHECK(t->current);
    CHECK(t->return_item);
    CHECK(t->recalls);
    CHECK(t->rejoins);
    CHECK(t->rating);
    CHECK(t->kind);
    TOGGLE(t->alarmed);
    TOGGLE(t->transferred);
    TOGGLE(t->has_forecast);
    CHECK(t->low_s);
    CHECK(t->high_s);
    CHECK(t->first_low_s);
    CHECK(t->first_high_s);
    CHECK(t->window);
    CHECK(t->clerk);
    CHECK(t->asked_window);
    CHECK(t->asked_clerk);
    CHECK(t->return_to);
    CHECK(t->person);
    CHECK(t->booking);
    CHECK(t->waiting_at);
    CHECK(t->order);
    CHECK(t->ref_ms);
    CHECK(t->issued_ms);
    CHECK(t->wait_from_ms);
    CHECK(t->waited_ms);
    CHECK(t->called_ms);
    CHECK(t->recalled_ms);
    CHECK(t->started_ms);
    CHECK(t->ended_ms);
    CHECK(t->served_ms);
    CHECK(t->rated_ms);
}

static void test_tickets(void **state)
{
    (void)state;
    assert_true(stage.hall->ticket_count > 20);
    check_ticket(&stage.hall->tickets[1]);
    check_ticket(&stage.hall->tickets[stage.hall->ticket_count]);
    assert_true(stage.hall->waiting_count > 0);
    CHECK(stage.hall->waiting[0].ticket);
}

static void test_windows(void **state)
{
    (void)state;
    struct window *w = some_undo();
    assert_non_null(w);
    TOGGLE(w->exists);
    TOGGLE(w->paused);
    CHECK(w->pause_reason);
    CHECK(w->pause_until_ms);
    CHECK(w->paused_ms);
    CHECK(w->duty_ms);
    CHECK(w->idle_from_ms);
    CHECK(w->busy_ms_today);
    CHECK(w->posted);
    CHECK(w->cover);
    CHECK(w->posted_ms);
    CHECK(w->may_domains);
    w->break_count = 2;
    CHECK(w->breaks[0]);
    CHECK(w->breaks[1]);
    w->break_count = 0;
    CHECK(w->clerk);
    CHECK(w->ticket);
    CHECK(w->last_domain);
    CHECK(w->served);
    CHECK(w->may[0]);
    CHECK(w->may[ITEM_WORDS - 1]);
    CHECK(w->set.window);
    CHECK(w->set.zone);
    CHECK(w->set.primary);
    CHECK(w->set.domains);
    CHECK(w->set.mode);
    TOGGLE(w->set.retired);
    CHECK(w->undo.act);
    CHECK(w->undo.at_ms);
    CHECK(w->undo.ticket);
    CHECK(w->undo.busy_ms_before);
    CHECK(w->undo.served_before);
    CHECK(w->undo.last_domain_before);
    CHECK(w->undo.domain);
    check_ticket(&w->undo.before);
    w->set.items.count = 1;
    CHECK(w->set.items.items[0]);
    w->set.items.count = 0;
}

static void test_allocation(void **state)
{
    (void)state;
    struct hall *hall = stage.hall;
    struct proposal kept[PROPOSALS_MAX];
    uint32_t count = hall->proposal_count, changes = hall->change_count;
    CHECK(hall->uncovered);
    CHECK(hall->proposal_last);
    CHECK(hall->proposals_scored[0]);
    CHECK(hall->proposals_scored[PROPOSAL_WORDS - 1]);
    CHECK(hall->proposals_expired[0]);
    CHECK(hall->proposals_expired[PROPOSAL_WORDS - 1]);
    CHECK(hall->pair_modes[1][2]);
    CHECK(hall->pair_modes[2][1]);
    CHECK(hall->pair_modes[DOMAINS_MAX][1]);
    CHECK(hall->pair_modes[1][DOMAINS_MAX]);
    hall->change_count = CHANGES_MAX;
    CHECK(hall->changes_ms[0]);
    CHECK(hall->changes_ms[CHANGES_MAX - 1]);
    hall->change_count = changes;
    memcpy(kept, hall->proposals, sizeof kept);
    hall->proposal_count = PROPOSALS_MAX;
    struct proposal *proposal = &hall->proposals[PROPOSALS_MAX - 1];
    CHECK(proposal->made.proposal);
    CHECK(proposal->made.window);
    CHECK(proposal->made.trigger);
    CHECK(proposal->made.mode);
    CHECK(proposal->made.oldest.letter);
    CHECK(proposal->made.oldest.count);
    CHECK(proposal->made.before);
    CHECK(proposal->made.after);
    CHECK(proposal->made.seed);
    CHECK(proposal->made.cycle);
    CHECK(proposal->made.gain);
    CHECK(proposal->made.gain_error);
    CHECK(proposal->made.changeovers);
    CHECK(proposal->made.expires_ms);
    CHECK(proposal->made_ms);
    TOGGLE(proposal->is_applied);
    proposal->made.effects.count = EFFECTS_MAX;
    CHECK(proposal->made.effects.list[0]);
    CHECK(proposal->made.effects.list[EFFECTS_MAX - 1]);
    memcpy(hall->proposals, kept, sizeof kept);
    hall->proposal_count = count;
}

static void test_catalogue_and_staff(void **state)
{
    (void)state;
    struct hall *hall = stage.hall;
    struct item *item = &hall->items[1];
    struct domain *domain = &hall->domains[1];
    struct clerk *clerk = &hall->clerks[1];
    struct authorisation *authorisation = &hall->authorisations[1];
    for (unsigned key = 0; key < POLICY_KEYS; key++)
        CHECK(hall->policy[key]);
    CHECK(hall->zones[1].letter);
    CHECK(domain->series);
    CHECK(domain->slot_capacity);
    TOGGLE(domain->retired);
    TOGGLE(domain->exists);
    CHECK(domain->waiting);
    CHECK(domain->served);
    CHECK(hall->series_now[1]);
    TOGGLE(item->exists);
    CHECK(item->issued);
    CHECK(item->learned_ms);
    CHECK(domain->learned_ms);
    CHECK(item->set.item);
    CHECK(item->set.domain);
    CHECK(item->set.expected_ms);
    CHECK(item->set.daily_quota);
    CHECK(item->set.slot_capacity);
    CHECK(item->set.zones);
    CHECK(item->set.case_type);
    TOGGLE(item->set.needs_identity);
    TOGGLE(item->set.bookable);
    TOGGLE(item->set.special_only);
    TOGGLE(item->set.retired);
    CHECK(hall->kind_class[1]);
    TOGGLE(hall->kind_exists[1]);
    CHECK(hall->week[1].sessions[0].from_min);
    CHECK(hall->week[1].sessions[0].to_min);
    TOGGLE(clerk->exists);
    CHECK(clerk->set.speed_permille);
    CHECK(clerk->learned_permille);
    TOGGLE(clerk->set.trained);
    TOGGLE(clerk->set.retired);
    CHECK(clerk->window);
    TOGGLE(authorisation->exists);
    CHECK(authorisation->set.clerk);
    CHECK(authorisation->set.class);
    CHECK(authorisation->set.domains);
    CHECK(authorisation->set.from_date);
    CHECK(authorisation->set.to_date);
    TOGGLE(authorisation->set.revoked);
}

static void test_what_lasts_and_the_day(void **state)
{
    (void)state;
    struct hall *hall = stage.hall;
    assert_true(hall->booking_count > 0);
    struct booking *booking = &hall->bookings[0];
    CHECK(booking->code);
    CHECK(booking->item);
    CHECK(booking->person);
    CHECK(booking->date);
    CHECK(booking->slot_min);
    CHECK(booking->channel);
    CHECK(booking->state);
    hall->misses[0] = (struct miss){{5}, 20000};
    hall->miss_count++;
    CHECK(hall->misses[0].person);
    CHECK(hall->misses[0].date);
    hall->miss_count--;
    hall->calendar[0] = (struct calendar_set){.date = 20000, .sessions = {1, {{540, 720}}}};
    hall->calendar_count++;
    CHECK(hall->calendar[0].date);
    CHECK(hall->calendar[0].sessions.sessions[0].to_min);
    hall->calendar_count--;
    CHECK(hall->seed);
    CHECK(hall->last_ms);
    CHECK(hall->day_state);
    TOGGLE(hall->settled);
    CHECK(hall->date);
    CHECK(hall->midnight_ms);
    CHECK(hall->opened_ms);
    CHECK(hall->order_next);
    CHECK(hall->counts.issued);
    CHECK(hall->counts.green_grants);
    CHECK(hall->counts.calls);
    for (unsigned s = 0; s < TICKET_STATES; s++)
        CHECK(hall->counts.states[s]);
    for (unsigned l = 0; l < SERIES_LETTERS; l++)
        CHECK(hall->series_last[l]);
}

/* Lists are read to their end. */
static void test_second_elements(void **state)
{
    (void)state;
    struct hall *hall = stage.hall;
    struct ticket *t = &hall->tickets[2];
    t->item_count = 2;
    CHECK(t->items[1]);
    t->item_count = 1;
    hall->week[1].count = 2;
    CHECK(hall->week[1].sessions[1].from_min);
    hall->week[6].count = 1;
    CHECK(hall->week[6].sessions[0].to_min);
    hall->windows[1].set.items.count = 2;
    CHECK(hall->windows[1].set.items.items[1]);
    hall->windows[1].set.items.count = 0;
    hall->authorisations[hall->authorisations_top].exists = true;
    CHECK(hall->authorisations[hall->authorisations_top].set.clerk);
    hall->authorisations[1].set.items.count = 2;
    CHECK(hall->authorisations[1].set.items.items[0]);
    CHECK(hall->authorisations[1].set.items.items[1]);
    hall->zones[ZONES_MAX].exists = true;
    CHECK(hall->zones[ZONES_MAX].letter);
    CHECK(hall->domains[DOMAINS_MAX].waiting);
    CHECK(hall->items[hall->items_top].issued);
    CHECK(hall->windows[hall->windows_top].served);
    CHECK(hall->series_now[DOMAINS_MAX]);
    hall->kind_exists[PRIORITY_KINDS_MAX] = true;
    CHECK(hall->kind_class[PRIORITY_KINDS_MAX]);
    hall->clerks[CLERKS_MAX].exists = true;
    CHECK(hall->clerks[CLERKS_MAX].window);
    CHECK(hall->counts.states[TICKET_STATES - 1]);
    hall->booking_count += 2;
    CHECK(hall->bookings[hall->booking_count - 1].date);
    hall->miss_count += 2;
    CHECK(hall->misses[hall->miss_count - 1].date);
    hall->calendar_count += 2;
    CHECK(hall->calendar[hall->calendar_count - 1].date);
    hall->waiting_count += 2;
    CHECK(hall->waiting[hall->waiting_count - 1].ticket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tickets),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_allocation),
        cmocka_unit_test(test_catalogue_and_staff),
        cmocka_unit_test(test_what_lasts_and_the_day),
        cmocka_unit_test(test_second_elements), /* last: it leaves the hall in disorder */
    };
    return cmocka_run_group_tests(tests, make_hall, drop_hall);
}
