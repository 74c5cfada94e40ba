/* SPDX-License-Identifier: MIT
 * Scenarios: those that come with the program are sound, one's own may change any of it, and what is wrong in
 * one is refused by file, record and member. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/sim/days.h"
#include "tests/unit_days/days_kit.h"

static struct days_scenario scenario;

static void all_ten_are_there(void **state)
{
    (void)state;
    static const char *const names[] = {"absent20", "badfc20", "base20",    "books35", "heavy20",
                                        "large40",  "light20", "lowflex20", "small12", "surge20"};
    unsigned count = 0;
    for (const struct days_text *text = days_scenarios; text->name; text++, count++) {
        struct error error = {0};
        assert_true(count < 10);
        assert_string_equal(text->name, names[count]);
        if (days_scenario_read(text->name, &scenario, &error) != STATUS_OK)
            fail_msg("%s", error.text);
        assert_string_equal(scenario.name, text->name);
    }
    assert_int_equal(count, 10);
}

static const char *base_text(void)
{
    for (const struct days_text *text = days_scenarios; text->name; text++)
        if (strcmp(text->name, "base20") == 0)
            return text->json;
    return "";
}

static void own_scenarios_change_what_they_say(void **state)
{
    (void)state;
    struct error error = {0};
    kit_write("own.json", "{\"like\":\"books35\",\"scenario\":\"own-1\",\"about\":\"mine\",\"load\":0.5,"
                          "\"lunch\":{\"from\":[]},\"visits\":{\"no_show\":0.02}}");
    if (days_scenario_read(kit_path("own.json"), &scenario, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    assert_string_equal(scenario.name, "own-1");
    assert_true(scenario.load == 0.5 && scenario.booked_share == 0.35 && scenario.walk_in_no_show == 0.02);
    assert_true(scenario.lunch_count == 0 && scenario.domain_count == 8 && scenario.second_item == 0.12);
    kit_write("own.json", base_text()); /* nothing left out, so it is like nothing */
    assert_int_equal(days_scenario_read(kit_path("own.json"), &scenario, &error), STATUS_OK);
}

static void names_and_paths_are_told_apart(void **state)
{
    (void)state;
    struct error error = {0};
    assert_int_equal(days_scenario_read("base21", &scenario, &error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error.text, "\"base21\""));
    assert_int_equal(days_scenario_read("base21.json", &scenario, &error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error.text, "cannot read base21.json"));
    assert_int_equal(days_scenario_read("", &scenario, &error), STATUS_NOT_FOUND);
}

static const struct {
    const char *at, *value; /* NULL: left out */
    const char *words;
} bad[] = {
    {"scenario", NULL, "scenario is missing"},
    {"about", "\"\"", "about has 0 bytes"},
    {"about", "\"two\\nlines\"", "about has a control character"},
    {"like", "\"base21\"", "like is \"base21\", must be a scenario that comes with"},
    {"like", "3", "like is a number"},
    {"mood", "3", "mood is not known"},
    {"load", "0", "load is 0, must be above 0"},
    {"load", "3.1", "load is 3.1"},
    {"minutes/last_ticket", "481", "minutes.last_ticket is 481, after close"},
    {"minutes/close", "1440", "minutes.close is more than 24 hours"},
    {"minutes", NULL, "minutes is missing"},
    {"friction/changeover", "1", "friction.changeover is not known"},
    {"service/least_min", "0", "service.least_min is 0"},
    {"domains/visit_share/0", "0.4", "domains.visit_share adds up to 1.1"},
    {"domains/visit_share", "[0.5,0.5]", "domains.visit_share has 2 entries, must have 8 as mean_min has"},
    {"domains/mean_min/3", "0", "domains.mean_min[3] is 0"},
    {"domains/mean_min/3", "\"long\"", "domains.mean_min[3] is text"},
    {"items/count", "7", "items.count is 7, must be at least one"},
    {"items/count", "2049", "items.count is 2049"},
    {"windows/count", "0", "windows.count is 0"},
    {"windows/count", "20.5", "windows.count is 20.5, must be a whole number"},
    {"windows/count", "1", "windows.count is 1: 8 domains need that many"},
    {"windows/all_domains_share", "0.8", "windows.all_domains_share and single_domain_share are more than 1"},
    {"windows/other_domains", "-1", "windows.other_domains is -1"},
    {"visits/walk_in_rate", "[1,2]", "visits.walk_in_rate has 2 entries, must have 17 as walk_in_from has"},
    {"visits/walk_in_from/1", "-20", "visits.walk_in_from has -20 after -15"},
    {"visits/walk_in_from/16", "470", "visits.walk_in_from must lie from"},
    {"visits/walk_in_rate/1", "-1", "visits.walk_in_rate[1] is -1"},
    {"visits/no_show", "0.95", "visits.no_show is 0.95"},
    {"visits/green_share", "0.95", "visits.green_share and priority_share are more than 1"},
    {"bookings/late_below/0", "0.005", "bookings.late_below must begin with 0"},
    {"bookings/late_below/12", "0.99", "bookings.late_below must begin with 0 and end with 1"},
    {"bookings/late_min/3", "-16", "bookings.late_min has -16 after -15.8"},
    {"bookings/last_slot", "480", "bookings.last_slot is 480, must be before close"},
    {"bookings/slot_min", "0", "bookings.slot_min is 0"},
    {"absences/short_to", "50", "absences.short_to is 50, before short_from"},
    {"breaks/to", "[145]", "breaks.to has 1 entries, must have 2 as from has"},
    {"breaks/to/1", "300", "breaks.to has 300, before from"},
    {"breaks/min", "240", "breaks and lunch leave no time"},
    {"lunch/from", "[1,2,3,4,5,6,7,8,9]", "lunch.from has 9 entries"},
    {"surges/to", "75", "surges.to is 75, must be after from"},
    {"surges/domains", "9", "surges.domains is 9, there are 8"},
    {"surges/factor", "0.5", "surges.factor is 0.5"},
};

static void bad_scenarios_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct error error = {0};
        char expected[300];
        kit_write_changed("bad.json", base_text(), bad[i].at, bad[i].value);
        snprintf(expected, sizeof expected, "%s: %s", kit_path("bad.json"), bad[i].words);
        enum status status = days_scenario_read(kit_path("bad.json"), &scenario, &error);
        if (status != STATUS_PARSE || strncmp(error.text, expected, strlen(expected)) != 0)
            fail_msg("expected \"%s\", got \"%s\" (%s)", expected, status ? error.text : "",
                     status_name(status));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ten_are_there),
        cmocka_unit_test(own_scenarios_change_what_they_say),
        cmocka_unit_test(names_and_paths_are_told_apart),
        cmocka_unit_test(bad_scenarios_are_refused),
    };
    return cmocka_run_group_tests(tests, kit_make_folder, kit_drop_folder);
}
