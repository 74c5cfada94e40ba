/* SPDX-License-Identifier: MIT */
#include "kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void kit_init(struct kit *kit)
{
    *kit = (struct kit){.hall = calloc(1, sizeof *kit->hall),
                        .learn = learn_create(),
                        .demand = demand_create(),
                        .now_ms = kit_at_ms(KIT_DATE - 3, 600)};
    assert_non_null(kit->hall);
    assert_non_null(kit->learn);
    assert_non_null(kit->demand);
    hall_init(kit->hall);
}

void kit_destroy(struct kit *kit)
{
    free(kit->hall);
    free(kit->log);
    learn_destroy(kit->learn);
    demand_destroy(kit->demand);
}

static void record(struct kit *kit, const struct event *event)
{
    if (kit->log_count == kit->log_capacity) {
        kit->log_capacity = 2 * kit->log_capacity + 4096;
        kit->log = realloc(kit->log, kit->log_capacity * sizeof *kit->log);
        assert_non_null(kit->log);
    }
    kit->log[kit->log_count++] = *event;
}

bool kit_try(struct kit *kit, struct command command)
{
    if (command.by.kind == ACTOR_SYSTEM)
        command.by.kind = command.kind == COMMAND_TICK ? ACTOR_SYSTEM : ACTOR_MANAGER;
    if (!hall_decide(kit->hall, &command, kit->now_ms, &kit->decision))
        return false;
    for (uint32_t i = 0; i < kit->decision.count; i++) {
        const struct event *event = &kit->decision.events[i];
        learn_take(kit->learn, kit->hall, event);
        demand_take(kit->demand, kit->hall, event);
        if (kit->records)
            record(kit, event);
        hall_evolve(kit->hall, event);
    }
    return true;
}

void kit_do(struct kit *kit, struct command command)
{
    if (!kit_try(kit, command))
        fail_msg("command %d refused: %d", (int)command.kind, (int)kit->decision.refusal.code);
}

int64_t kit_at_ms(int32_t date, unsigned minute)
{
    return (int64_t)date * DAY_MS + ((int64_t)minute - KIT_OFFSET_MIN) * MINUTE_MS;
}

static void found_rules(struct kit *kit)
{
    static const struct policy_set policies[] = {
        {POLICY_ISSUE_NEEDS_WINDOW, 0},
        {POLICY_PERSON_ITEM_LIMIT, 0},
    };
    for (unsigned i = 0; i < sizeof policies / sizeof *policies; i++)
        kit_do(kit, (struct command){.kind = COMMAND_SET_POLICY, .set_policy = policies[i]});
    for (uint16_t day = 1; day <= 5; day++)
        kit_do(kit, (struct command){.kind = COMMAND_SET_WEEK,
                                     .set_week = {day, {.count = 1, .sessions = {{540, 1020}}}}});
    kit_do(kit, (struct command){.kind = COMMAND_SET_ZONE, .set_zone = {{1}, 'A'}});
}

void kit_found(struct kit *kit, const struct kit_shape *shape)
{
    found_rules(kit);
    for (uint16_t d = 1; d <= shape->domains; d++)
        kit_do(kit, (struct command){.kind = COMMAND_SET_DOMAIN,
                                     .set_domain = {{d}, "ABCDEFGHIJK"[(d - 1) % 11], 0, false}});
    for (uint16_t i = 1; i <= shape->items; i++) {
        struct item_set set = {.item = {i},
                               .domain = {(uint16_t)(1 + (i - 1) % shape->domains)},
                               .expected_ms = shape->expected_ms};
        kit_do(kit, (struct command){.kind = COMMAND_SET_ITEM, .set_item = set});
    }
    for (uint16_t w = 1; w <= shape->windows; w++) {
        struct window_set set = {.window = {w}, .zone = {1}, .mode = MODE_UNDIFFERENTIATED};
        kit_do(kit, (struct command){.kind = COMMAND_SET_WINDOW, .set_window = set});
    }
    for (uint16_t c = 1; c <= shape->clerks; c++) {
        struct clerk_set set = {{c}, shape->speed_permille, true, false};
        struct authorisation_set may = {.authorisation = c,
                                        .clerk = {c},
                                        .domains = ((uint64_t)1 << shape->domains) - 1,
                                        .from_date = 0,
                                        .to_date = 30000};
        kit_do(kit, (struct command){.kind = COMMAND_SET_CLERK, .set_clerk = set});
        kit_do(kit, (struct command){.kind = COMMAND_SET_AUTHORISATION, .set_authorisation = may});
    }
}

void kit_open(struct kit *kit, int32_t date, unsigned minute, unsigned windows)
{
    kit->now_ms = kit_at_ms(date, minute);
    kit_do(kit, (struct command){.kind = COMMAND_OPEN_DAY});
    for (uint16_t w = 1; w <= windows; w++)
        kit_do(kit, (struct command){.kind = COMMAND_START_DUTY, .start_duty = {{w}, {w}, false}});
}

void kit_close(struct kit *kit)
{
    kit_do(kit, (struct command){.kind = COMMAND_CLOSE_DAY, .close_day = {true}});
    for (unsigned i = 0; kit->hall->day_state != DAY_CLOSED && i < 10000; i++)
        kit_do(kit, (struct command){.kind = COMMAND_TICK});
    assert_int_equal(kit->hall->day_state, DAY_CLOSED);
}

struct number kit_call(struct kit *kit, unsigned window, const struct item_list *items)
{
    kit_do(kit, (struct command){.kind = COMMAND_ISSUE, .issue = {.items = *items}});
    struct number number = kit_event_of(kit, EVENT_TICKET_ISSUED)->ticket_issued.number;
    kit_do(kit, (struct command){.kind = COMMAND_CALL_NUMBER,
                                 .call_number = {.window = {(uint16_t)window}, .number = number}});
    return number;
}

void kit_serve(struct kit *kit, unsigned window, unsigned item, int64_t ms)
{
    struct window_id id = {(uint16_t)window};
    kit_call(kit, window, &(struct item_list){.count = 1, .items = {{(uint16_t)item}}});
    kit_do(kit, (struct command){.kind = COMMAND_START, .start = {id}});
    kit->now_ms += ms;
    kit_do(kit, (struct command){.kind = COMMAND_FINISH, .finish = {id}});
}

const struct event *kit_event_of(const struct kit *kit, enum event_kind kind)
{
    for (uint32_t i = kit->decision.count; i > 0; i--)
        if (kit->decision.events[i - 1].kind == kind)
            return &kit->decision.events[i - 1];
    fail_msg("no such event");
    return NULL;
}
