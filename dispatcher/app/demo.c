/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/demo.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/app/dispatcher.h"

static bool give(struct dispatcher *d, const struct command *command)
{
    bool unstorable;
    return turn_command(&d->turn, command, &unstorable);
}

/* Whether visitors can take numbers now and for a while. */
static bool is_in_hours(const struct hall *hall, int64_t now_ms)
{
    int32_t date = hall_date_at(hall, now_ms);
    struct session_list list = hall_sessions(hall, date);
    int64_t minute = (now_ms - hall_midnight_ms(hall, date)) / MINUTE_MS;
    return list.count && minute >= list.sessions[0].from_min &&
           minute + 60 < list.sessions[list.count - 1].to_min;
}

static void open_now(struct dispatcher *d, int64_t now_ms)
{
    struct command calendar = {.kind = COMMAND_SET_CALENDAR};
    calendar.set_calendar.date = hall_date_at(d->hall, now_ms);
    calendar.set_calendar.sessions = (struct session_list){.count = 1, .sessions = {{0, 1440}}};
    give(d, &calendar);
    if (d->hall->day_state == DAY_CLOSED)
        give(d, &(struct command){.kind = COMMAND_OPEN_DAY});
    log_info("demo", "today the hall is open around the clock");
}

void demo_day(struct dispatcher *d)
{
    size_t i;
    json_t *row;
    int64_t now_ms = clock_wall_ms();
    turn_tick(&d->turn);
    if (!is_in_hours(d->hall, now_ms))
        open_now(d, now_ms);
    json_array_foreach(json_object_get(d->catalogue.document, "roster"), i, row)
    {
        struct command duty = {.kind = COMMAND_START_DUTY};
        duty.start_duty.window.value = (uint16_t)json_integer_value(json_object_get(row, "window"));
        duty.start_duty.clerk.value = (uint16_t)json_integer_value(json_object_get(row, "clerk"));
        give(d, &duty);
    }
}
