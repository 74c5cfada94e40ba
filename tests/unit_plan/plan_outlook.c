/* SPDX-License-Identifier: MIT
 * Scenes against the halls that they are made of; above all: on a scene the engine's windows choose the very
 * ticket that the hall's own rule chooses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/rule.h"
#include "dispatcher/plan/fair.h"
#include "dispatcher/sim/whim.h"
#include "halls.h"

enum { HALLS = 400, ROUNDS = 24, TIE_Q16 = 128, ODD_HALLS = 150, WHIMS = 160 };

/* ---- the same choice ---- */

static unsigned compared, contested, tied;

static void add_ticket(struct halls *h)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
    struct issue *issue = &command.issue;
    issue->items.count = (uint16_t)rng_range(&h->rng, 1, rng_chance(&h->rng, 200) ? 3 : 1);
    for (unsigned i = 0; i < issue->items.count; i++)
        issue->items.items[i].value = (uint16_t)rng_range(&h->rng, 1, h->stage.hall->items_top);
    issue->kind = rng_chance(&h->rng, 300) ? (uint16_t)rng_range(&h->rng, 1, 3) : 0;
    if (rng_chance(&h->rng, 60))
        issue->window.value = (uint16_t)rng_range(&h->rng, 1, h->stage.hall->windows_top);
    if (rng_chance(&h->rng, 40))
        issue->clerk.value = (uint16_t)rng_range(&h->rng, 1, h->stage.hall->windows_top);
    strcpy(issue->reason.bytes, "reason");
    halls_act(h, &command);
}

/* Classes that only bookings and rejoining give, through events that the hall could have stored. */
static void add_late_or_early(struct halls *h)
{
    struct event event = {.kind = EVENT_TICKET_ISSUED, .at_ms = h->stage.hall->last_ms};
    struct ticket_issued *e = &event.ticket_issued;
    struct error error;
    e->number = (struct number){'Y', 0, (uint16_t)(h->stage.hall->series_last['Y' - 'A'] + 1)};
    e->items.count = 1;
    e->items.items[0].value = (uint16_t)rng_range(&h->rng, 1, h->stage.hall->items_top);
    e->class = rng_chance(&h->rng, 500) ? CLASS_BOOKED : CLASS_REJOINED;
    int64_t off_ms = (int64_t)rng_below(&h->rng, 90) * MINUTE_MS;
    bool ahead = e->class == CLASS_BOOKED && rng_chance(&h->rng, 300);
    e->ref_ms = event.at_ms + (ahead ? off_ms / 3 : -off_ms);
    if (!stage_take(&h->stage, &event, &error))
        fail_msg("%s", error.text);
}

static bool is_asked_for(const struct hall *hall, unsigned window)
{
    for (uint32_t i = 0; i < hall->waiting_count; i++)
        if (hall->waiting[i].asked_window.value == window ||
            (hall->waiting[i].asked_clerk.value &&
             hall->waiting[i].asked_clerk.value == hall->windows[window].clerk.value))
            return true;
    return false;
}

static void check_choice(const struct halls *h, unsigned window, struct ticket_id theirs, bool any)
{
    const struct hall *hall = h->stage.hall;
    struct window_id id = {(uint16_t)window};
    struct candidate_list list;
    struct ticket_id best = {0};
    assert_int_equal(rule_pick(hall, id, h->stage.now_ms, &list, &best), any);
    if (!any)
        return;
    compared++;
    contested += list.count > 1;
    if (best.value == theirs.value)
        return;
    int32_t our_q16 = rule_terms(hall, id, &hall->tickets[best.value], h->stage.now_ms).index_q16;
    int32_t their_q16 = rule_terms(hall, id, &hall->tickets[theirs.value], h->stage.now_ms).index_q16;
    tied++;
    if (abs(our_q16 - their_q16) > TIE_Q16)
        fail_msg("window %u calls ticket %u worth %d; simulated, it calls %u worth %d", window, best.value,
                 our_q16, theirs.value, their_q16);
}

static void check_choices(struct halls *h)
{
    const struct hall *hall = h->stage.hall;
    struct rule_knobs knobs = rule_knobs(hall);
    struct scene scene;
    struct fair fair;
    struct engine_run *run = malloc(sizeof *run);
    halls_scene(h, &scene);
    struct engine_result *results = calloc(scene.waiting_count + 1u, sizeof *results);
    assert_true(run && results && engine_init(run, scene.waiting_count));
    assert_true(fair_init(&fair, &knobs, &scene.model));
    struct engine_policy policy = fair_policy(&fair);
    engine_play(run, &scene.model, &policy, scene.waiting, results, scene.waiting_count, 0, -1);
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        if (!hall->windows[w].clerk.value || hall->windows[w].ticket.value || is_asked_for(hall, w))
            continue;
        int line = fair_pick(run, w - 1);
        struct ticket_id theirs = line < 0 ? (struct ticket_id){0} : scene.waiting_ids[run->lines[line].head];
        check_choice(h, w, theirs, line >= 0);
    }
    fair_destroy(&fair);
    engine_destroy(run);
    free(run);
    free(results);
    scene_destroy(&scene);
}

static void simulated_windows_choose_as_the_hall_does(void **state)
{
    struct halls *h = *state;
    for (uint64_t seed = 1; seed <= HALLS; seed++) {
        halls_random(h, seed, false);
        halls_random_knobs(h);
        for (unsigned round = 0; round < ROUNDS; round++) {
            halls_pass(h, (int64_t)rng_below(&h->rng, 300) * 1000);
            for (unsigned n = rng_below(&h->rng, 5); n; n--)
                add_ticket(h);
            if (rng_chance(&h->rng, 300))
                add_late_or_early(h);
            struct window_id id = {(uint16_t)rng_range(&h->rng, 1, h->stage.hall->windows_top)};
            if (rng_chance(&h->rng, 300))
                halls_post(h, id.value, rng_next(&h->rng) & (h->stage.hall->domains[9].exists ? 0x1ff : 7));
            check_choices(h);
            halls_act(h, &(struct command){.kind = COMMAND_CALL, .call = {id}});
            if (rng_chance(&h->rng, 800))
                halls_act(h, &(struct command){.kind = COMMAND_START, .start = {id}});
            if (rng_chance(&h->rng, 600))
                halls_act(h, &(struct command){.kind = COMMAND_FINISH, .finish = {id}});
        }
    }
    printf("%u choices, %u of them contested, %u told apart by rounding only\n", compared, contested, tied);
    assert_true(contested > HALLS * ROUNDS / 2);
    assert_true(tied * 1000 < contested);
}

/* ---- sound scenes ---- */

static unsigned aside_seen, services_seen, offs_seen, bookings_seen, second_seen;

static void check_waiting(const struct halls *h, const struct scene *scene)
{
    const struct hall *hall = h->stage.hall;
    unsigned aside = 0;
    for (unsigned d = 0; d < scene->model.domains; d++)
        aside += scene->model.aside[d];
    assert_int_equal(scene->waiting_count + aside, hall->waiting_count);
    aside_seen += aside;
    for (unsigned i = 0; i < scene->waiting_count; i++) {
        const struct engine_ticket *t = &scene->waiting[i];
        const struct ticket *ticket = &hall->tickets[scene->waiting_ids[i].value];
        assert_int_equal(ticket->state, TICKET_WAITING);
        assert_true(!ticket->asked_window.value && !ticket->asked_clerk.value);
        assert_int_equal(t->domain + 1, hall_ticket_domain(hall, ticket).value);
        assert_true(t->class == ticket->class || ticket->class == CLASS_REJOINED);
        assert_true(t->arrive_ms <= 0);
        assert_int_equal(t->ref_ms, ticket->ref_ms - h->stage.now_ms);
        assert_int_equal(t->item_ms, hall_item_ms(hall, ticket_item(ticket)));
        assert_true(t->expect_ms >= t->item_ms && t->domain2 != t->domain);
        assert_int_equal(t->domain2 == NO_DOMAIN, t->expect2_ms == 0);
        second_seen += t->domain2 != NO_DOMAIN;
        assert_true(i == 0 || scene->waiting[i - 1].ref_ms <= t->ref_ms);
    }
}

static void check_factors(const struct halls *h, const struct scene *scene, unsigned w)
{
    const struct hall *hall = h->stage.hall;
    for (unsigned i = 0; i < scene->waiting_count; i++) {
        const struct ticket *ticket = &hall->tickets[scene->waiting_ids[i].value];
        const struct window *window = &hall->windows[w + 1];
        unsigned d = scene->waiting[i].domain;
        bool changes = window->last_domain.value && window->last_domain.value != d + 1;
        int64_t ms = (int64_t)scene->waiting[i].item_ms *
                         scene->model.rule_factor_q16[w * scene->model.domains + d] / 65536 +
                     (changes ? scene->model.changeover_ms : 0);
        int64_t theirs_ms = rule_handling_ms(hall, window->set.window, ticket);
        assert_true(llabs(ms - theirs_ms) <= 2 + theirs_ms / 10000);
    }
}

static void check_windows(const struct halls *h, const struct scene *scene)
{
    const struct hall *hall = h->stage.hall;
    for (unsigned w = 0; w < hall->windows_top; w++) {
        const struct window *window = &hall->windows[w + 1];
        const struct engine_window *out = &scene->model.window[w];
        const struct scene_service *service = &scene->serving[w];
        bool is_there = window->clerk.value && window->set.mode != MODE_SPECIAL && window->may_domains;
        assert_int_equal(out->absent, !is_there);
        assert_true(is_there || !out->may);
        assert_false(out->may & ~window->may_domains);
        assert_int_equal(out->posted, window->posted);
        assert_int_equal(service->serving, is_there && window->ticket.value);
        assert_false(service->is_away && (service->serving || !window->paused));
        services_seen += service->serving;
        assert_true(service->elapsed_ms >= 0 && (!service->serving || service->expect_ms >= 0));
        for (unsigned i = 0; i < out->off_count; i++) {
            assert_true(out->offs[i].to_ms > out->offs[i].from_ms && out->offs[i].from_ms >= 0);
            assert_true(i == 0 || out->offs[i].from_ms > out->offs[i - 1].to_ms);
            offs_seen++;
        }
        if (is_there)
            check_factors(h, scene, w);
    }
}

static void check_visitors(const struct halls *h, const struct scene *scene)
{
    const struct hall *hall = h->stage.hall;
    unsigned bookings = 0;
    for (unsigned d = 0; d < scene->model.domains; d++) {
        unsigned from = scene->item_from[d], to = scene->item_from[d + 1];
        for (unsigned i = from; i < to; i++)
            assert_true(i == from || scene->items[i].share_to > scene->items[i - 1].share_to);
        if (to > from)
            assert_true(fabs((double)scene->items[to - 1].share_to - 1) < 1e-4);
        for (unsigned bin = 0; bin < scene->bin_count; bin++)
            assert_true(to > from ? scene->expected[d][bin] >= 0 : scene->expected[d][bin] == 0);
    }
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        const struct booking *b = &hall->bookings[i];
        int64_t slot_ms = hall->midnight_ms + (int64_t)b->slot_min * MINUTE_MS;
        bookings += b->state == BOOKING_MADE && b->date == hall->date && hall->day_state == DAY_OPEN &&
                    slot_ms + (int64_t)hall->policy[POLICY_CHECK_IN_LATE_MIN] * MINUTE_MS >= h->stage.now_ms;
    }
    assert_true(scene->booking_count <= bookings);
    bookings_seen += scene->booking_count;
    for (unsigned i = 1; i < scene->booking_count; i++)
        assert_true(scene->bookings[i - 1].slot_ms <= scene->bookings[i].slot_ms);
}

static void book_some(struct halls *h)
{
    for (unsigned n = 0; n < 20; n++) {
        struct command book = {.kind = COMMAND_BOOK, .by = {ACTOR_CLERK, 1}};
        book.book = (struct book){{(uint16_t)rng_range(&h->rng, 1, h->stage.hall->items_top)},
                                  h->today,
                                  (uint16_t)(540 + 30 * rng_below(&h->rng, 15)),
                                  {1 + n},
                                  CHANNEL_STAFF};
        halls_act(h, &book);
    }
}

static void scenes_are_sound_whatever_happens(void **state)
{
    struct halls *h = *state;
    struct command whim;
    struct scene scene;
    for (uint64_t seed = 1; seed <= ODD_HALLS; seed++) {
        halls_random(h, seed, true);
        halls_expect(h, 12);
        h->outlook.booked_absent_share = 0.1;
        h->outlook.lateness_sd_ms = 7 * MINUTE_MS;
        book_some(h);
        for (unsigned n = 0; n < WHIMS; n++) {
            halls_pass(h, (int64_t)rng_below(&h->rng, 60) * 1000);
            whim_next(&h->rng, h->stage.hall, h->stage.now_ms, MOOD_DAY, &whim);
            if (whim.kind != COMMAND_CLOSE_DAY)
                halls_act(h, &whim);
            if (n % 2)
                add_ticket(h);
            if (h->stage.now_ms < h->stage.hall->last_ms)
                h->stage.now_ms = h->stage.hall->last_ms;
            if (n % 8)
                continue;
            halls_scene(h, &scene);
            check_waiting(h, &scene);
            check_windows(h, &scene);
            check_visitors(h, &scene);
            scene_destroy(&scene);
        }
    }
    printf("%u services, %u tickets aside, %u with another leg, %u times off, %u bookings\n", services_seen,
           aside_seen, second_seen, offs_seen, bookings_seen);
    assert_true(services_seen > 500 && aside_seen > 500 && second_seen > 500 && offs_seen > 500 &&
                bookings_seen > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated_windows_choose_as_the_hall_does),
        cmocka_unit_test(scenes_are_sound_whatever_happens),
    };
    return cmocka_run_group_tests(tests, halls_set_up, halls_tear_down);
}
