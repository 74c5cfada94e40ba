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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated_windows_choose_as_the_hall_does),
    };
    return cmocka_run_group_tests(tests, halls_set_up, halls_tear_down);
}
