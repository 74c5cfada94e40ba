/* SPDX-License-Identifier: MIT
 * The scenario runner itself: what it must notice, how it says so, and that random halls end up as scenarios.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dispatcher/sim/random.h"
#include "dispatcher/sim/run.h"
#include "dispatcher/sim/script.h"

static char folder[] = "/tmp/evenhall-sim-XXXXXX";
static char path[64];

static const char head[] =
    "setup\n"
    "date 2026-11-23\n"
    "at 08:00:00\n"
    "> set-week 1 sessions=09:00-17:00\n"
    "> set-zone 1 letter=A\n"
    "> set-domain 1 series=A slot_capacity=1\n"
    "> set-item 1 domain=1 expected=300s bookable\n"
    "> set-window 1 zone=1\n"
    "> set-clerk 1 trained\n"
    "> set-authorisation 1 clerk=1 domains=1 valid_from=2026-01-01 valid_to=2026-12-31\n"
    "at 09:00:00\n"
    "> start-duty window=1 clerk=1\n";

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/case.hall", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_case(const char *body)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(head, file);
    fputs(body, file);
    assert_int_equal(fclose(file), 0);
}

static void read_back(char *out, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(out, 1, size - 1, file);
    out[length] = '\0';
    fclose(file);
}

struct outcome_of_run {
    struct run_report report;
    enum status status;
    struct error error;
    char printed[4096];
};

static void run_it(const char *body, bool update, struct outcome_of_run *out)
{
    memset(out, 0, sizeof *out);
    FILE *print = fmemopen(out->printed, sizeof out->printed, "w");
    assert_non_null(print);
    struct run_params params = {.quiet = true, .update = update, .out = print};
    if (body)
        write_case(body);
    out->status = run_path(path, &params, &out->report, &out->error);
    fclose(print);
}

static void passes(const char *body)
{
    struct outcome_of_run o;
    run_it(body, false, &o);
    if (o.status != STATUS_OK || o.report.failed || !o.report.passed)
        fail_msg("does not pass: %s %s", o.error.text, o.printed);
}

static void fails(const char *body, const char *says)
{
    struct outcome_of_run o;
    run_it(body, false, &o);
    assert_int_equal(o.status, STATUS_OK);
    assert_int_equal(o.report.failed, 1);
    if (!strstr(o.printed, says))
        fail_msg("expected \"%s\" in:\n%s", says, o.printed);
}

static void wrong(const char *body, const char *says)
{
    struct outcome_of_run o;
    run_it(body, false, &o);
    assert_int_not_equal(o.status, STATUS_OK);
    if (!strstr(o.error.text, says))
        fail_msg("expected \"%s\" in:\n%s", says, o.error.text);
}

static void test_what_is_as_expected_passes(void **state)
{
    (void)state;
    passes("case \"a\"\n> issue items=1 by=kiosk:1\n  ticket-issued A001 by=kiosk:1 ref=none\n");
    passes("case \"a\"\n* 3 issue items=1\n? order window=1 A001 A002 A003\n");
    passes("case \"a\"\n> book item=1 date=2026-11-23 slot=14:00 person=3\n  booking-made $b person=3\n"
           "> cancel-booking booking=$b\n  booking-cancelled $b\nrestart\n");
    passes("case \"a\"\n* issue items=1\nat +1h\n  10:00:00 wait-alarmed A001 waited=3600s\n");
    passes("case \"a\"\n> issue items=1\n  # in between\n  ticket-issued A001\n");
}

static void test_what_is_not_is_shown(void **state)
{
    (void)state;
    fails("case \"a\"\n> issue items=1\n  ticket-issued A002\n", "case.hall:14: in case \"a\"");
    fails("case \"a\"\n> issue items=1\n  ticket-issued A002\n",
          "- ticket-issued A002\n  + ticket-issued A001 items=1");
    fails("case \"a\"\n> issue items=1\n", "+ ticket-issued A001");
    fails("case \"a\"\n> issue items=1\n  ticket-issued A001\n  ticket-called A001\n",
          "- ticket-called A001");
    fails("case \"a\"\n> issue items=1\n  ticket-issued A001 class=green\n",
          "- ticket-issued A001 class=green");
    fails("case \"a\"\n> issue items=1\n  ticket-issued A001 items=none\n",
          "- ticket-issued A001 items=none");
    fails("case \"a\"\n> issue items=1\n  refused no-window\n", "- refused no-window");
    fails("case \"a\"\n> issue items=2\n  ticket-issued A001\n", "+ refused no-such-item");
    fails("case \"a\"\n> issue items=2\n  refused no-window\n", "+ refused no-such-item");
    fails("case \"a\"\n* issue items=2\n", "refused no-such-item");
    fails("case \"a\"\n* issue items=1\n? ticket A001 state=called ref=09:00:00\n",
          "+ ticket A001 state=waiting");
    fails("case \"a\"\n? ticket A001 state=called\n", "there is no ticket of this number");
    fails("case \"a\"\n? weather fine\n", "there is no such question");
    fails("case \"a\"\n* 2 issue items=1\n? order window=1 A002 A001\n", "+ order A001 A002 window=1");
    fails("case \"a\"\n* issue items=1\nat 10:00:00\n", "+ 10:00:00 wait-alarmed A001");
    fails("case \"a\"\n* issue items=1\nat 10:00:00\n  09:59:00 wait-alarmed A001\n",
          "+ 10:00:00 wait-alarmed");
    fails("case \"a\"\nat 08:59:00\n", "time does not run backwards");
    fails("case \"a\"\nat noon\n", "expected a time");
    fails("case \"a\"\ncheckpoint\n", "only a closed hall");
    fails("case \"a\"\n> issue item=1\n  ticket-issued A001\n", "there is no field \"item\"");
    fails("case \"a\"\n> issue items=1\n  ticket-issued A001 item=1\n", "there is no field \"item\"");
    fails("case \"a\"\n> issue items=1\n  ticket-isued A001\n", "there is no event \"ticket-isued\"");
    fails("case \"a\"\n> cancel-booking booking=$b\n", "$b is not bound yet");
}

static void test_a_file_that_makes_no_sense(void **state)
{
    (void)state;
    wrong("sing\n", "case.hall:13: expected >, *, ?");
    wrong("case a\n", "a case needs a name in double quotes");
    wrong("case \"a\"\ncase \"a\"\n", "a second case of this name");
    wrong("case \"a\"\nsetup\n", "the setup stands before the cases");
    wrong("case \"a\"\n  ticket-issued A001\n", "an indented line belongs under");
    wrong("case \"a\"\ninclude other.hall\n", "includes stand at the top");
    wrong("> issue items=2\ncase \"a\"\n", "case.hall:13: the setup fails: refused no-such-item");
}

static void test_update_writes_what_happened(void **state)
{
    (void)state;
    struct outcome_of_run o;
    char text[4096];
    run_it("case \"a\"\n> issue items=1 by=kiosk:1\n  ticket-issued A009 items=1\n> call window=1\n"
           "> call window=1\n  ticket-called A001\n"
           "? ticket A001 state=waiting class=normal\nat +2m\n# the end\n",
           true, &o);
    assert_int_equal(o.report.passed, 1);
    read_back(text, sizeof text);
    assert_string_equal(strstr(text, "case"),
                        "case \"a\"\n> issue items=1 by=kiosk:1\n  ticket-issued A001 items=1\n"
                        "> call window=1\n  ticket-called A001 window=1 clerk=1\n"
                        "> call window=1\n  refused window-busy number=A001\n"
                        "? ticket A001 state=called class=normal\n"
                        "at +2m\n  09:01:30 service-started A001 window=1\n# the end\n");
    passes(NULL);
}

static void test_one_case_or_the_list(void **state)
{
    (void)state;
    struct outcome_of_run o;
    FILE *print = fmemopen(o.printed, sizeof o.printed, "w");
    struct run_params params = {.list = true, .out = print};
    memset(&o.report, 0, sizeof o.report);
    write_case("case \"first\"\n* issue items=1\ncase \"second\"\n* issue items=2\n");
    assert_int_equal(run_path(path, &params, &o.report, &o.error), STATUS_OK);
    fclose(print);
    assert_non_null(strstr(o.printed, ":13: first"));
    assert_non_null(strstr(o.printed, ":15: second"));
    print = fmemopen(o.printed, sizeof o.printed, "w");
    params = (struct run_params){.only = "fir", .quiet = true, .out = print};
    memset(&o.report, 0, sizeof o.report);
    assert_int_equal(run_path(path, &params, &o.report, &o.error), STATUS_OK);
    fclose(print);
    assert_int_equal(o.report.passed, 1);
    assert_int_equal(o.report.failed, 0);
}

static void test_coverage_names_what_is_missing(void **state)
{
    (void)state;
    char printed[16384];
    FILE *print = fmemopen(printed, sizeof printed, "w");
    struct run_coverage coverage = {0};
    coverage.refusals[REFUSED_SLOT_FULL] = true;
    assert_false(run_coverage_is_complete(&coverage, print));
    fclose(print);
    assert_non_null(strstr(printed, "no case is refused with no-window"));
    assert_null(strstr(printed, "slot-full"));
    assert_non_null(strstr(printed, "no case has an accepted call"));
    assert_non_null(strstr(printed, "no case brings the event ticket-called"));
    memset(&coverage, 1, sizeof coverage);
    assert_true(run_coverage_is_complete(&coverage, stdout));
}

/* Whatever random halls come upon can be written down: a short scenario that passes and really has the event.
 */
static void test_random_finds_and_shortens(void **state)
{
    (void)state;
    static const enum event_kind wanted[] = {EVENT_ACT_UNDONE, EVENT_TICKET_REJOINED, EVENT_BOOKING_MISSED,
                                             EVENT_TICKET_TRANSFERRED};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct random_params params = {.seed = 5, .commands = 200000, .find = (int)wanted[i]};
        struct random_report report;
        struct text scenario = {0};
        struct error error = {0};
        struct outcome_of_run o;
        assert_int_equal(random_run(&params, &report, &scenario, &error), STATUS_CORRUPT);
        assert_string_equal(error.text, "found");
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(scenario.data, 1, scenario.length, file), scenario.length);
        fclose(file);
        size_t lines = 0;
        for (const char *c = scenario.data; *c; c++)
            lines += *c == '\n';
        assert_true(lines < 60);
        run_it(NULL, false, &o);
        if (o.report.passed != 1 || !o.report.coverage.events[wanted[i]])
            fail_msg("%s%s\n%s", o.error.text, o.printed, scenario.data);
        text_destroy(&scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_as_expected_passes),
        cmocka_unit_test(test_what_is_not_is_shown),
        cmocka_unit_test(test_a_file_that_makes_no_sense),
        cmocka_unit_test(test_update_writes_what_happened),
        cmocka_unit_test(test_one_case_or_the_list),
        cmocka_unit_test(test_coverage_names_what_is_missing),
        cmocka_unit_test(test_random_finds_and_shortens),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
