/* SPDX-License-Identifier: MIT */
#include "halls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/sim/shapes.h"

int halls_set_up(void **state)
{
    struct halls *h = calloc(1, sizeof *h);
    if (!h || !stage_init(&h->stage))
        return -1;
    *state = h;
    return 0;
}

int halls_tear_down(void **state)
{
    struct halls *h = *state;
    stage_destroy(&h->stage);
    free(h);
    return 0;
}

bool halls_act(struct halls *h, const struct command *command)
{
    struct error error;
    bool done = stage_act(&h->stage, command, &error);
    if (!done && error.status != STATUS_OK)
        fail_msg("%s", error.text);
    return done;
}

static void build(const struct command *command, void *userdata)
{
    halls_act(userdata, command);
}

static void begin(struct halls *h, uint64_t seed)
{
    stage_clear(&h->stage);
    h->stage.unaudited = UINT64_MAX;
    h->rng = rng_part(seed, 0);
    h->today = date_from_civil(2026, 11, 23);
    h->stage.now_ms = hall_midnight_ms(h->stage.hall, h->today) + (int64_t)9 * 60 * MINUTE_MS;
    h->outlook = (struct outlook){.cv = 0.6};
    h->outlook.class_share[CLASS_NORMAL] = 1;
}

static void open_hall(struct halls *h)
{
    halls_act(h, &(struct command){.kind = COMMAND_OPEN_DAY, .by = {ACTOR_MANAGER, 1}});
    for (uint16_t w = 1; w <= h->stage.hall->windows_top; w++) {
        struct command command = {.kind = COMMAND_START_DUTY, .by = {ACTOR_CLERK, w}};
        command.start_duty = (struct start_duty){{w}, {w}, false};
        halls_act(h, &command);
    }
}

void halls_random(struct halls *h, uint64_t seed, bool odd)
{
    begin(h, seed);
    shape_build(shape_find(seed % 4 ? "small" : "county"), &h->rng, odd, h->today, build, h);
    open_hall(h);
}

void halls_random_knobs(struct halls *h)
{
    for (unsigned key = POLICY_EARLY_BOOKING_MIN; key <= POLICY_CHANGEOVER_MS; key++) {
        const struct policy_row *row = policy_row((enum policy_key)key);
        struct command command = {.kind = COMMAND_SET_POLICY, .by = {ACTOR_MANAGER, 1}};
        uint32_t span = (uint32_t)(row->most - row->least);
        command.set_policy.key = (uint16_t)key;
        command.set_policy.value =
            row->least + (int32_t)rng_below(&h->rng, (rng_chance(&h->rng, 500) ? span : span / 20) + 1);
        if (rng_chance(&h->rng, 300))
            halls_act(h, &command);
    }
}

static void plain_catalogue(struct halls *h, struct halls_plain plain)
{
    struct command command = {.by = {ACTOR_MANAGER, 1}};
    command.kind = COMMAND_SET_ZONE;
    command.set_zone = (struct zone_set){{1}, 'A'};
    halls_act(h, &command);
    for (uint16_t weekday = 0; weekday < 7; weekday++) {
        command.kind = COMMAND_SET_WEEK;
        command.set_week = (struct week_set){weekday, {1, {{540, 1020}}}};
        halls_act(h, &command);
    }
    for (uint16_t d = 1; d <= plain.domains; d++) {
        command.kind = COMMAND_SET_DOMAIN;
        command.set_domain = (struct domain_set){{d}, (char)('A' + d - 1), 4, false};
        halls_act(h, &command);
        command.kind = COMMAND_SET_ITEM;
        command.set_item = (struct item_set){
            .item = {d}, .domain = {d}, .expected_ms = plain.minutes * MINUTE_MS, .bookable = true};
        halls_act(h, &command);
    }
}

void halls_plain(struct halls *h, struct halls_plain plain)
{
    struct command command = {.by = {ACTOR_MANAGER, 1}};
    uint64_t all = ((uint64_t)1 << plain.domains) - 1;
    begin(h, 1);
    plain_catalogue(h, plain);
    for (uint16_t w = 1; w <= plain.windows; w++) {
        command.kind = COMMAND_SET_WINDOW;
        command.set_window = (struct window_set){.window = {w},
                                                 .zone = {1},
                                                 .primary = {(uint16_t)((w - 1u) % plain.domains + 1)},
                                                 .domains = all,
                                                 .mode = MODE_DOMAIN};
        halls_act(h, &command);
        command.kind = COMMAND_SET_CLERK;
        command.set_clerk = (struct clerk_set){{w}, 1000, true, false};
        halls_act(h, &command);
        command.kind = COMMAND_SET_AUTHORISATION;
        command.set_authorisation = (struct authorisation_set){
            .authorisation = w, .clerk = {w}, .domains = all, .from_date = h->today, .to_date = h->today + 9};
        halls_act(h, &command);
    }
    open_hall(h);
}

void halls_issue(struct halls *h, unsigned item, unsigned count)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
    command.issue.items.count = 1;
    command.issue.items.items[0].value = (uint16_t)item;
    while (count--)
        assert_true(halls_act(h, &command));
}

void halls_post(struct halls *h, unsigned window, uint64_t domains)
{
    struct command command = {.kind = COMMAND_POST, .by = {ACTOR_MANAGER, 1}};
    command.post = (struct window_posted){.window = {(uint16_t)window}, .domains = domains};
    assert_true(halls_act(h, &command));
}

void halls_pass(struct halls *h, int64_t ms)
{
    h->stage.now_ms += ms;
}

void halls_expect(struct halls *h, double per_hour)
{
    h->outlook.bin_count = 48;
    h->outlook.bins_from_min = 540;
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        for (unsigned bin = 0; bin < h->outlook.bin_count; bin++)
            h->outlook.expected[d][bin] = h->stage.hall->domains[d + 1].exists ? (float)per_hour / 6 : 0;
}

void halls_scene(struct halls *h, struct scene *out)
{
    assert_true(outlook_scene(&h->outlook, h->stage.hall, h->stage.now_ms, out));
}
