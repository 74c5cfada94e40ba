/* SPDX-License-Identifier: MIT
 * Halls and days as files: what is written is read again the same, and whatever is wrong in a file is refused
 * by file, record and member. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "dispatcher/sim/day_file.h"
#include "tests/unit_days/days_kit.h"

static const char hall_text[] =
    "{\"scenario\":\"mini\",\"hall\":3,\"minutes\":{\"tickets_from\":-10,\"open\":0,\"close\":30},"
    "\"friction\":{\"off_primary_slowdown\":1.08,\"all_domain_window_slowdown\":1.15,\"changeover_min\":0.4},"
    "\"service_cv\":0.6,\"walk_in_no_show\":0.05,\"no_show_handling_min\":0.7,\"multi_item_share\":0.12,"
    "\"booked_share\":0.2,\"domains\":["
    "{\"id\":0,\"mean_min\":3.2,\"visit_share\":0.6,\"expected_per_10min\":[1,2.5,2,0]},"
    "{\"id\":1,\"mean_min\":8,\"visit_share\":0.4,\"expected_per_10min\":[0.5,1,1,0]}],\"items\":["
    "{\"id\":0,\"domain\":0,\"mean_min\":2,\"share_in_domain\":0.25},"
    "{\"id\":1,\"domain\":1,\"mean_min\":8,\"share_in_domain\":1},"
    "{\"id\":2,\"domain\":0,\"mean_min\":3.6,\"share_in_domain\":0.75}],\"windows\":["
    "{\"id\":0,\"primary\":0,\"authorised\":[0,1],\"single_domain\":false,\"all_domains\":true,\"speed\":1.1,"
    "\"speed_estimate\":1.05},"
    "{\"id\":1,\"primary\":1,\"authorised\":[1],\"single_domain\":true,\"all_domains\":false,\"speed\":0.9,"
    "\"speed_estimate\":0.93},"
    "{\"id\":2,\"primary\":1,\"authorised\":[1],\"single_domain\":true,\"all_domains\":false,\"speed\":1,"
    "\"speed_estimate\":1}]}";

static const char day_text[] =
    "{\"scenario\":\"mini\",\"hall\":3,\"day\":7,\"windows\":["
    "{\"id\":0,\"absent\":false,\"posted_dedicated\":[0],\"posted_mixed\":[0,1],\"off\":["
    "{\"from\":5,\"to\":8.5,\"planned\":true},{\"from\":10,\"to\":12,\"planned\":false}]},"
    "{\"id\":1,\"absent\":false,\"posted_dedicated\":[1],\"posted_mixed\":[1],\"off\":[]},"
    "{\"id\":2,\"absent\":true,\"posted_dedicated\":[1],\"posted_mixed\":[1],\"off\":[]}],"
    "\"ticket_columns\":[\"arrival_min\",\"slot_min\",\"class\",\"item\",\"standard_min\",\"item2\","
    "\"standard2_min\",\"no_show\"],\"tickets\":["
    "[-9.5,null,\"walk-in\",0,2.1234,null,null,false],"
    "[-1,0,\"booked\",1,7,null,null,false],"
    "[3.25,null,\"priority\",2,3,1,9.5,false],"
    "[3.25,null,\"green\",1,8,null,null,false],"
    "[20,null,\"walk-in\",0,1,null,null,true]]}";

static struct hall_file hall, hall_again;
static struct day_file day, day_again;

static void read_both(void)
{
    struct error error = {0};
    kit_write("hall.json", hall_text);
    kit_write("day.json", day_text);
    if (hall_file_read(kit_path("hall.json"), &hall, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    if (day_file_read(kit_path("day.json"), &hall, &day, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

static void reads_every_member(void **state)
{
    (void)state;
    read_both();
    assert_string_equal(hall.scenario, "mini");
    assert_int_equal(hall.hall, 3);
    assert_true(hall.tickets_from_min == -10 && hall.open_min == 0 && hall.close_min == 30);
    assert_true(hall.off_primary_slowdown == 1.08 && hall.all_domain_slowdown == 1.15);
    assert_true(hall.changeover_min == 0.4 && hall.service_cv == 0.6 && hall.walk_in_no_show == 0.05);
    assert_true(hall.no_show_handling_min == 0.7 && hall.multi_item_share == 0.12 &&
                hall.booked_share == 0.2);
    assert_int_equal(hall.domain_count, 2);
    assert_int_equal(hall.item_count, 3);
    assert_int_equal(hall.window_count, 3);
    assert_int_equal(hall.bin_count, 4);
    assert_true(hall.domains[0].expected_per_10min[1] == 2.5 && hall.domains[1].visit_share == 0.4);
    assert_true(hall.items[1].domain == 1 && hall.items[2].mean_min == 3.6 &&
                hall.items[2].share_in_domain == 0.75);
    assert_true(hall.windows[0].authorised == 3 && hall.windows[0].all_domains &&
                !hall.windows[0].single_domain);
    assert_true(hall.windows[1].speed == 0.9 && hall.windows[1].speed_estimate == 0.93);
    assert_int_equal(day.day, 7);
    assert_true(day.windows[0].posted_dedicated == 1 && day.windows[0].posted_mixed == 3);
    assert_int_equal(day.windows[0].off_count, 2);
    assert_true(day.windows[0].offs[0].planned && day.windows[0].offs[0].to_min == 8.5);
    assert_true(!day.windows[0].offs[1].planned && day.windows[2].absent);
    assert_int_equal(day.ticket_count, 5);
    assert_true(day.tickets[1].class == DAY_BOOKED && day.tickets[1].slot_min == 0 &&
                day.tickets[1].item == 1);
    assert_true(day.tickets[2].class == DAY_PRIORITY && day.tickets[2].item2 == 1);
    assert_true(day.tickets[2].standard2_min == 9.5 && day.tickets[3].class == DAY_GREEN);
    assert_true(day.tickets[0].item2 == -1 && day.tickets[4].no_show &&
                day.tickets[0].standard_min == 2.1234);
    day_file_destroy(&day);
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    struct error error = {0};
    read_both();
    hall.domains[0].expected_per_10min[2] = 1.0 / 3; /* all its digits */
    day.tickets[0].standard_min = 0.1 + 0.2;
    assert_int_equal(hall_file_write(kit_path("hall2.json"), &hall, &error), STATUS_OK);
    assert_int_equal(day_file_write(kit_path("day2.json"), &hall, &day, &error), STATUS_OK);
    assert_int_equal(hall_file_read(kit_path("hall2.json"), &hall_again, &error), STATUS_OK);
    assert_int_equal(day_file_read(kit_path("day2.json"), &hall, &day_again, &error), STATUS_OK);
    assert_memory_equal(&hall, &hall_again, sizeof hall);
    assert_memory_equal(day.windows, day_again.windows, sizeof day.windows);
    assert_int_equal(day.ticket_count, day_again.ticket_count);
    assert_memory_equal(day.tickets, day_again.tickets, day.ticket_count * sizeof *day.tickets);
    day_file_destroy(&day);
    day_file_destroy(&day_again);
}

/* ---- what is refused ---- */

struct bad {
    const char *at, *value; /* NULL: left out */
    const char *words;      /* what the fault must say, from the record on */
};

static const struct bad bad_halls[] = {
    {"scenario", NULL, "scenario is missing"},
    {"scenario", "\"Base 20\"", "scenario must be"},
    {"scenario", "\"a-name-of-more-than-thirty-one-letters\"", "scenario must be"},
    {"hall", "-1", "hall is -1, must be from 0"},
    {"hall", "1.5", "hall is 1.5, must be a whole number"},
    {"hall", "123456789012345678", "hall is 123456789012345678"},
    {"colour", "1", "colour is not known"},
    {"minutes", "[]", "minutes is a list, must be an object"},
    {"minutes/close", "null", "minutes.close is null, must be a number"},
    {"minutes/close", "0", "minutes.close is 0, must be above 0"},
    {"minutes/close", "90", "domains[0].expected_per_10min has 4 entries, too few"},
    {"minutes/tickets_from", "5", "minutes.tickets_from is 5"},
    {"minutes/noon", "240", "minutes.noon is not known"},
    {"friction/off_primary_slowdown", "0.9", "friction.off_primary_slowdown is 0.9, must be from 1"},
    {"friction/changeover_min", "-0.4", "friction.changeover_min is -0.4"},
    {"service_cv", "\"0.6\"", "service_cv is text, must be a number"},
    {"walk_in_no_show", "1.2", "walk_in_no_show is 1.2, must be from 0 to 1"},
    {"booked_share", NULL, "booked_share is missing"},
    {"domains", "[]", "domains has 0 entries, must have 1 to 64"},
    {"domains/1", "7", "domains[1] is a number, must be an object"},
    {"domains/1/id", "0", "domains[1].id is 0, which domains[0] has already"},
    {"domains/1/id", "2", "domains[1].id is 2, must be 1"},
    {"domains/0/mean_min", "0", "domains[0].mean_min is 0, must be above 0"},
    {"domains/0/visit_share", "0.7", "domains have visit_share that add up to 1.1"},
    {"domains/1/expected_per_10min", "[1,1,1]", "domains[1].expected_per_10min has 3 entries, must have 4"},
    {"domains/1/expected_per_10min/2", "-1", "domains[1].expected_per_10min[2] is -1"},
    {"domains/1/expected_per_10min/2", "null", "domains[1].expected_per_10min[2] is null"},
    {"items/1/domain", "2", "items[1].domain is 2, must be from 0 to 1"},
    {"items/0/share_in_domain", "0.5", "items of domain 0 have share_in_domain that add up to 1.25"},
    {"items/1/mean_min", "481", "items[1].mean_min is 481"},
    {"items/2/id", "1", "items[2].id is 1, which items[1] has already"},
    {"windows/0/primary", "2", "windows[0].primary is 2"},
    {"windows/1/primary", "0", "windows[1].primary is 0, which is not in authorised"},
    {"windows/0/authorised", "[0,2]", "windows[0].authorised[1] is 2"},
    {"windows/0/authorised", "[1,0]", "windows[0].authorised[1] is 0 after 1"},
    {"windows/0/authorised", "[0,0]", "windows[0].authorised[1] is 0 after 0"},
    {"windows/0/authorised", "[]", "windows[0].authorised has 0 entries"},
    {"windows/0/single_domain", "true", "windows[0].single_domain is true, but 2 domains"},
    {"windows/1/all_domains", "true", "windows[1].all_domains is true, but 1 of 2"},
    {"windows/0/all_domains", "1", "windows[0].all_domains is a number, must be true or false"},
    {"windows/2/speed", "0", "windows[2].speed is 0"},
    {"windows/2/speed_estimate", "99", "windows[2].speed_estimate is 99"},
    {"windows/0", NULL, "windows[0].id is 1, must be 0"},
};

static const struct bad bad_days[] = {
    {"scenario", "\"other\"", "scenario is \"other\", but the hall is of \"mini\""},
    {"hall", "4", "hall is 4, but the hall read before is 3"},
    {"day", "-2", "day is -2"},
    {"weather", "\"fine\"", "weather is not known"},
    {"windows/2", NULL, "windows has 2 entries, must have 3 to 3"},
    {"windows/1/id", "0", "windows[1].id is 0, which windows[0] has already"},
    {"windows/1/absent", "null", "windows[1].absent is null, must be true or false"},
    {"windows/1/posted_dedicated", "[0]", "windows[1].posted_dedicated holds domain 0, for which"},
    {"windows/1/posted_mixed", "[]", "windows[1].posted_mixed has 0 entries"},
    {"windows/2/off", "[{\"from\":1,\"to\":2,\"planned\":true}]", "windows[2].off must be empty"},
    {"windows/0/off/0/to", "5", "windows[0].off[0].to is 5, must be after from"},
    {"windows/0/off/0/to", "3", "windows[0].off[0].to is 3, must be after from"},
    {"windows/0/off/0/to", "11", "windows[0].off[1].from is 10, before the end of the one before, 11"},
    {"windows/0/off/1/to", "31", "windows[0].off[1].to is 31, must be from 0 to 30"},
    {"windows/0/off/0/from", "-1", "windows[0].off[0].from is -1"},
    {"windows/0/off/1/planned", NULL, "windows[0].off[1].planned is missing"},
    {"windows/0/off/1/why", "\"ill\"", "windows[0].off[1].why is not known"},
    {"ticket_columns/3", "\"thing\"", "ticket_columns[3] must be \"item\""},
    {"ticket_columns/7", NULL, "ticket_columns has 7 entries"},
    {"tickets", NULL, "tickets is missing"},
    {"tickets/2", "{}", "tickets[2] is an object, must be a list of values"},
    {"tickets/2/7", NULL, "tickets[2] has 7 columns, must have 8"},
    {"tickets/2/0", "-1.5", "tickets[2].arrival_min is -1.5, before the ticket before, -1"},
    {"tickets/0/0", "-10.5", "tickets[0].arrival_min is -10.5, must be from -10 to 30"},
    {"tickets/4/0", "30.5", "tickets[4].arrival_min is 30.5"},
    {"tickets/1/1", "null", "tickets[1].slot_min is null, but the class is booked"},
    {"tickets/1/1", "30.5", "tickets[1].slot_min is 30.5"},
    {"tickets/0/1", "15", "tickets[0].slot_min is 15, but the class is walk-in"},
    {"tickets/0/2", "\"vip\"",
     "tickets[0].class is \"vip\", must be one of walk-in, priority, booked, green"},
    {"tickets/0/2", "3", "tickets[0].class is a number"},
    {"tickets/0/3", "3", "tickets[0].item is 3, must be from 0 to 2"},
    {"tickets/0/3", "-1", "tickets[0].item is -1"},
    {"tickets/0/4", "-3", "tickets[0].standard_min is -3, must be above 0 and at most 480"},
    {"tickets/0/4", "0", "tickets[0].standard_min is 0"},
    {"tickets/0/4", "480.5", "tickets[0].standard_min is 480.5"},
    {"tickets/0/4", "null", "tickets[0].standard_min is null"},
    {"tickets/2/5", "7", "tickets[2].item2 is 7"},
    {"tickets/2/5", "null", "tickets[2].standard2_min must be null as item2 is"},
    {"tickets/2/6", "null", "tickets[2].standard2_min is null"},
    {"tickets/2/6", "0", "tickets[2].standard2_min is 0"},
    {"tickets/1/7", "true", "tickets[1].no_show is true, but bookings"},
    {"tickets/1/7", "\"no\"", "tickets[1].no_show is text"},
};

static void expect_fault(const struct error *error, enum status status, const char *path, const char *words)
{
    char expected[300];
    snprintf(expected, sizeof expected, "%s: %s", path, words);
    if (status != STATUS_PARSE || error->status != status ||
        strncmp(error->text, expected, strlen(expected)) != 0)
        fail_msg("expected \"%s\", got \"%s\" (%s)", expected, status ? error->text : "",
                 status_name(status));
}

static void bad_halls_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_halls / sizeof bad_halls[0]; i++) {
        struct error error = {0};
        kit_write_changed("bad.json", hall_text, bad_halls[i].at, bad_halls[i].value);
        enum status status = hall_file_read(kit_path("bad.json"), &hall, &error);
        expect_fault(&error, status, kit_path("bad.json"), bad_halls[i].words);
    }
}

static void bad_days_are_refused(void **state)
{
    (void)state;
    read_both();
    day_file_destroy(&day);
    for (size_t i = 0; i < sizeof bad_days / sizeof bad_days[0]; i++) {
        struct error error = {0};
        kit_write_changed("bad.json", day_text, bad_days[i].at, bad_days[i].value);
        enum status status = day_file_read(kit_path("bad.json"), &hall, &day, &error);
        expect_fault(&error, status, kit_path("bad.json"), bad_days[i].words);
        assert_null(day.tickets);
    }
}

/* A domain that nobody may serve: two things change at once. */
static void a_domain_without_windows_is_refused(void **state)
{
    (void)state;
    struct error error = {0};
    kit_write_changed(
        "bad.json", hall_text, "windows/0",
        "{\"id\":0,\"primary\":1,\"authorised\":[1],\"single_domain\":true,\"all_domains\":false,"
        "\"speed\":1,\"speed_estimate\":1}");
    enum status status = hall_file_read(kit_path("bad.json"), &hall, &error);
    expect_fault(&error, status, kit_path("bad.json"), "windows are none authorised for domain 0");
}

static void texts_that_are_not_json_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "line 1"},
        {"{\"scenario\":\"mini\"", "line 1"},
        {"[1,2]", "must hold one JSON object"},
        {"{\"scenario\":\"mini\",\"scenario\":\"mini\"}", "line 1"},
        {"{\"hall\": NaN}", "line 1"},
        {"{\n\"service_cv\": 1e999}", "line 2"},
        {"{\"hall\": 3} trailing", "line 1"},
        {"{\"hall\": \"\xff\"}", "line 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error = {0};
        kit_write("bad.json", rows[i].text);
        enum status status = hall_file_read(kit_path("bad.json"), &hall, &error);
        expect_fault(&error, status, kit_path("bad.json"), rows[i].words);
    }
}

static void files_that_are_not_there(void **state)
{
    (void)state;
    struct error error = {0};
    read_both();
    assert_int_equal(hall_file_read(kit_path("none.json"), &hall_again, &error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error.text, "none.json"));
    assert_int_equal(day_file_read(kit_path("none.json"), &hall, &day_again, &error), STATUS_NOT_FOUND);
    assert_int_equal(hall_file_write(kit_path("no/such/folder.json"), &hall, &error), STATUS_NOT_FOUND);
    day_file_destroy(&day);
}

/* A disk that takes only 100 bytes: the fault names the file, and what was there before is still whole. */
static void half_a_file_is_never_left(void **state)
{
    (void)state;
    struct error error = {0};
    struct rlimit before, little;
    read_both();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = (struct rlimit){100, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    enum status status = day_file_write(kit_path("day.json"), &hall, &day, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, STATUS_IO);
    assert_non_null(strstr(error.text, "day.json"));
    day_file_destroy(&day);
    assert_int_equal(day_file_read(kit_path("day.json"), &hall, &day, &error), STATUS_OK);
    assert_int_not_equal(access(kit_path("day.json.part"), F_OK), 0);
    day_file_destroy(&day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_member),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(bad_halls_are_refused),
        cmocka_unit_test(bad_days_are_refused),
        cmocka_unit_test(a_domain_without_windows_is_refused),
        cmocka_unit_test(texts_that_are_not_json_are_refused),
        cmocka_unit_test(files_that_are_not_there),
        cmocka_unit_test(half_a_file_is_never_left),
    };
    return cmocka_run_group_tests(tests, kit_make_folder, kit_drop_folder);
}
