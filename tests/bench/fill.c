/* SPDX-License-Identifier: MIT
 * Fills a hall's store with finished days, so that a start with years behind it can be measured:
 *   fill DATA TICKETS
 * Runs the real core and store; each ticket is issued, called, started and finished. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/hall.h"
#include "dispatcher/store/store.h"

enum { TICKETS_A_DAY = 30000, GROUP = 400, WINDOW = 1, CLERK = 1 }; /* a clerk for all domains */

static struct hall hall;
static struct decision decision;
static struct store *store;
static struct error error;
static int64_t now_ms;

static void give(struct command command)
{
    if (!hall_decide(&hall, &command, now_ms, &decision)) {
        fprintf(stderr, "fill: %s: %s\n", command_name(command.kind), refusal_en(decision.refusal.code));
        exit(1);
    }
    if (store_take(store, &hall, decision.events, decision.count, NULL, &error) != STATUS_OK) {
        fprintf(stderr, "fill: %s\n", error.text);
        exit(1);
    }
}

static void begin(void)
{
    if (store_begin(store, &error) != STATUS_OK)
        exit(1);
}

static void commit(void)
{
    if (store_commit(store, &error) != STATUS_OK)
        exit(1);
}

static void staff(void)
{
    give((struct command){.kind = COMMAND_START_DUTY, .start_duty = {.window = {WINDOW}, .clerk = {CLERK}}});
}

/* The item of the n-th ticket: one for each domain in turn, so that no series runs out. */
static struct item_id item_of(unsigned n)
{
    static struct item_id items[DOMAINS_MAX + 1];
    static unsigned count;
    for (unsigned d = 1; d <= DOMAINS_MAX && !items[0].value; d++)
        for (unsigned i = 1; i <= hall.items_top; i++) {
            const struct item_set *set = &hall.items[i].set;
            if (set->domain.value == d && !set->needs_identity && !set->daily_quota &&
                hall_window_may_serve(&hall, (struct window_id){WINDOW}, set->item)) {
                items[1 + count++] = set->item;
                break;
            }
        }
    items[0].value = 1; /* looked for */
    return items[1 + n % count];
}

static void serve(void)
{
    give((struct command){.kind = COMMAND_CALL, .call = {{WINDOW}}});
    give((struct command){.kind = COMMAND_START, .start = {{WINDOW}}});
    now_ms += 20;
    give((struct command){.kind = COMMAND_FINISH, .finish = {{WINDOW}}});
}

static void fill_day(int32_t date, unsigned tickets)
{
    struct command open = {.kind = COMMAND_OPEN_DAY};
    struct command calendar = {.kind = COMMAND_SET_CALENDAR};
    now_ms = hall_midnight_ms(&hall, date) + 9 * 3600000;
    begin();
    calendar.set_calendar.date = date;
    calendar.set_calendar.sessions = (struct session_list){.count = 1, .sessions = {{0, 1440}}};
    give(calendar);
    give(open);
    staff();
    for (unsigned n = 0; n < tickets; n++) {
        struct command issue = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
        issue.issue.items = (struct item_list){.count = 1, .items = {item_of(n)}};
        give(issue);
        serve();
        if (n % GROUP == GROUP - 1) {
            commit();
            begin();
        }
    }
    give((struct command){.kind = COMMAND_CLOSE_DAY});
    while (hall.day_state != DAY_CLOSED)
        give((struct command){.kind = COMMAND_TICK});
    commit();
}

int main(int argc, char **argv)
{
    char path[4096];
    struct store_load_report report;
    if (argc != 3)
        return 2;
    snprintf(path, sizeof path, "%s/hall.db", argv[1]);
    unsigned left = (unsigned)atoi(argv[2]);
    if (store_open_sqlite(&(struct store_params){.path = path, .reserve_bytes = -1}, &store, &error) != STATUS_OK ||
        store_load(store, &hall, NULL, NULL, &report, &error) != STATUS_OK) {
        fprintf(stderr, "fill: %s\n", error.text);
        return 1;
    }
    /* Days follow each other from tomorrow on; a start reads them whatever the clock says. */
    int32_t date = hall_date_at(&hall, report.last_ms) + 1;
    for (; left; date++) {
        unsigned today = left < TICKETS_A_DAY ? left : TICKETS_A_DAY;
        fill_day(date, today);
        left -= today;
        fprintf(stderr, "\r%u tickets left   ", left);
    }
    fputc('\n', stderr);
    return store_close(store, &error) == STATUS_OK ? 0 : 1;
}
