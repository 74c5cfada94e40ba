/* SPDX-License-Identifier: MIT
 * Made-up halls and days: always the same for the same numbers, well-formed, and as the scenario says on
 * average. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/days_inside.h"
#include "tests/unit_days/days_kit.h"

enum { SEED = 20261123 };

static struct days_scenario scenario;
static struct hall_file hall, hall_again;
static struct day_file day, day_again;

static void read_scenario(const char *name)
{
    struct error error = {0};
    if (days_scenario_read(name, &scenario, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

static void make_day(unsigned number, struct day_file *out)
{
    struct error error = {0};
    if (days_day(&scenario, &hall, number, SEED, out, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

static bool are_same(const struct day_file *a, const struct day_file *b)
{
    return memcmp(a->windows, b->windows, sizeof a->windows) == 0 && a->ticket_count == b->ticket_count &&
           memcmp(a->tickets, b->tickets, a->ticket_count * sizeof *a->tickets) == 0;
}

/* ---- determinism ---- */

static void same_numbers_same_day(void **state)
{
    (void)state;
    read_scenario("base20");
    days_hall(&scenario, 7, SEED, &hall);
    days_hall(&scenario, 7, SEED, &hall_again);
    assert_memory_equal(&hall, &hall_again, sizeof hall);
    make_day(5, &day);
    make_day(4, &day_again);
    assert_false(are_same(&day, &day_again));
    day_file_destroy(&day_again);
    make_day(5, &day_again); /* after another one: each day stands alone */
    assert_true(are_same(&day, &day_again));
    day_file_destroy(&day);
    day_file_destroy(&day_again);
}

static void other_numbers_other_halls(void **state)
{
    (void)state;
    read_scenario("base20");
    days_hall(&scenario, 7, SEED, &hall);
    days_hall(&scenario, 8, SEED, &hall_again);
    assert_int_not_equal(memcmp(hall.windows, hall_again.windows, sizeof hall.windows), 0);
    assert_true(hall.domains[0].visit_share != hall_again.domains[0].visit_share);
    days_hall(&scenario, 7, SEED + 1, &hall_again);
    assert_int_not_equal(memcmp(hall.windows, hall_again.windows, sizeof hall.windows), 0);
    make_day(0, &day);
    assert_int_equal(day.hall, 7);
    day_file_destroy(&day);
}

/* What a day is in memory is what its file says. */
static void memory_and_file_agree(void **state)
{
    (void)state;
    struct error error = {0};
    for (const struct days_text *text = days_scenarios; text->name; text++) {
        read_scenario(text->name);
        days_hall(&scenario, 3, SEED, &hall);
        make_day(2, &day);
        assert_int_equal(hall_file_write(kit_path("hall.json"), &hall, &error), STATUS_OK);
        assert_int_equal(day_file_write(kit_path("day.json"), &hall, &day, &error), STATUS_OK);
        if (hall_file_read(kit_path("hall.json"), &hall_again, &error) != STATUS_OK ||
            day_file_read(kit_path("day.json"), &hall_again, &day_again, &error) != STATUS_OK)
            fail_msg("%s", error.text);
        assert_memory_equal(&hall, &hall_again, sizeof hall);
        assert_true(are_same(&day, &day_again));
        day_file_destroy(&day);
        day_file_destroy(&day_again);
    }
}

/* Scenarios that change the load leave people as they are, so that they can be compared. */
static void scenarios_share_their_halls(void **state)
{
    (void)state;
    read_scenario("base20");
    days_hall(&scenario, 1, SEED, &hall);
    make_day(6, &day);
    read_scenario("heavy20");
    days_hall(&scenario, 1, SEED, &hall_again);
    assert_memory_equal(hall.windows, hall_again.windows, sizeof hall.windows);
    assert_memory_equal(hall.items, hall_again.items, sizeof hall.items);
    hall = hall_again;
    make_day(6, &day_again);
    assert_memory_equal(day.windows, day_again.windows, sizeof day.windows);
    assert_true(day_again.ticket_count > day.ticket_count);
    day_file_destroy(&day);
    day_file_destroy(&day_again);
}

/* ---- invariants ---- */

static void check_hall(void)
{
    double shares = 0;
    uint64_t covered = 0;
    for (unsigned d = 0; d < hall.domain_count; d++)
        shares += hall.domains[d].visit_share;
    for (unsigned w = 0; w < hall.window_count; w++) {
        const struct hall_file_window *window = &hall.windows[w];
        assert_true(window->authorised >> window->primary & 1);
        assert_int_equal(window->single_domain, __builtin_popcountll(window->authorised) == 1);
        assert_true(window->speed >= scenario.speed_least && window->speed <= scenario.speed_most);
        covered |= window->authorised;
    }
    assert_true(fabs(shares - 1) < 1e-3);
    assert_int_equal(__builtin_popcountll(covered), hall.domain_count);
}

static void check_windows(void)
{
    uint64_t could = 0, dedicated = 0, mixed = 0;
    for (unsigned w = 0; w < hall.window_count; w++) {
        const struct day_file_window *window = &day.windows[w];
        assert_int_equal(__builtin_popcountll(window->posted_dedicated), 1);
        assert_true((window->posted_dedicated & ~hall.windows[w].authorised) == 0);
        assert_true((window->posted_mixed & ~hall.windows[w].authorised) == 0 && window->posted_mixed);
        if (window->absent) {
            assert_int_equal(window->off_count, 0);
            continue;
        }
        could |= hall.windows[w].authorised;
        dedicated |= window->posted_dedicated;
        mixed |= window->posted_mixed;
        assert_true(window->off_count >= scenario.break_count + 1);
        for (unsigned i = 0; i < window->off_count; i++) {
            assert_true(window->offs[i].from_min < window->offs[i].to_min &&
                        window->offs[i].to_min <= hall.close_min);
            assert_true(i == 0 || window->offs[i].from_min >= window->offs[i - 1].to_min);
        }
    }
    assert_true(could == mixed);                /* all-domain windows see to that */
    if (strcmp(scenario.name, "absent20") != 0) /* there a domain may be left alone */
        assert_true(could == dedicated);
}

static void check_tickets(void)
{
    for (unsigned i = 0; i < day.ticket_count; i++) {
        const struct day_ticket *t = &day.tickets[i];
        assert_true(t->arrival_min >= hall.tickets_from_min && t->arrival_min <= scenario.last_ticket_min);
        assert_true(i == 0 || t->arrival_min >= t[-1].arrival_min);
        assert_true(t->item < hall.item_count && t->standard_min >= scenario.service_least_min);
        assert_true(t->class == DAY_BOOKED ? fmod(t->slot_min, 15) == 0 && t->slot_min <= 420 && !t->no_show
                                           : t->slot_min == 0);
        assert_true(t->item2 < 0 ? t->standard2_min == 0 : t->standard2_min > 0 && !t->no_show);
    }
}

static void days_are_well_formed(void **state)
{
    (void)state;
    for (const struct days_text *text = days_scenarios; text->name; text++) {
        read_scenario(text->name);
        for (unsigned n = 0; n < 12; n++) {
            days_hall(&scenario, n, SEED, &hall);
            check_hall();
            make_day(n, &day);
            check_windows();
            check_tickets();
            day_file_destroy(&day);
        }
    }
}

/* ---- averages ---- */

struct sums {
    double days, expected, count, squares, booked, late15, priority, green, no_show, second, work, absent,
        shorts;
    double item_minutes, first_minutes, same_domain;
};

static void add_day(struct sums *sums)
{
    double expected = 0;
    for (unsigned d = 0; d < hall.domain_count; d++)
        for (unsigned b = 0; b < hall.bin_count; b++)
            expected += hall.domains[d].expected_per_10min[b];
    double ratio = day.ticket_count / expected;
    sums->days++;
    sums->expected += expected;
    sums->count += day.ticket_count;
    sums->squares += (ratio - 1) * (ratio - 1);
    for (unsigned i = 0; i < day.ticket_count; i++) {
        const struct day_ticket *t = &day.tickets[i];
        sums->booked += t->class == DAY_BOOKED;
        sums->late15 += t->class == DAY_BOOKED && t->arrival_min > t->slot_min + 15;
        sums->priority += t->class == DAY_PRIORITY;
        sums->green += t->class == DAY_GREEN;
        sums->no_show += t->no_show;
        sums->second += t->item2 >= 0;
        sums->same_domain += t->item2 >= 0 && hall.items[t->item].domain == hall.items[t->item2].domain;
        sums->item_minutes += hall.items[t->item].mean_min;
        sums->first_minutes += t->standard_min;
    }
    for (unsigned w = 0; w < hall.window_count; w++) {
        sums->absent += day.windows[w].absent;
        for (unsigned i = 0; i < day.windows[w].off_count; i++)
            sums->shorts += !day.windows[w].offs[i].planned;
    }
}

static struct sums sum_days(const char *name, unsigned halls, unsigned days)
{
    struct sums sums = {0};
    read_scenario(name);
    for (unsigned h = 0; h < halls; h++) {
        days_hall(&scenario, h, SEED, &hall);
        for (unsigned n = 0; n < days; n++) {
            make_day(n, &day);
            add_day(&sums);
            day_file_destroy(&day);
        }
    }
    return sums;
}

static void is_near(const char *what, double value, double wanted, double slack)
{
    if (fabs(value - wanted) > slack)
        fail_msg("%s is %.4f, expected %.4f +- %.4f (seed %d)", what, value, wanted, slack, SEED);
}

static void averages_are_as_the_scenario_says(void **state)
{
    (void)state;
    struct sums s = sum_days("base20", 12, 20);
    double others = s.count - s.booked, windows = s.days * 20;
    is_near("visits", s.count / s.expected, 1, 0.02);
    is_near("spread of visits", sqrt(s.squares / s.days), 0.1, 0.02);
    is_near("booked", s.booked / s.expected, 0.2, 0.004);
    is_near("bookings late by more than 15 min", s.late15 / s.booked, 0.05, 0.005);
    is_near("priority", s.priority / others, 0.1, 0.005);
    is_near("green", s.green / others, 0.01, 0.0015);
    is_near("no-shows", s.no_show / others, 0.05, 0.003);
    is_near("second items", s.second / (s.count - s.no_show), 0.12, 0.004);
    is_near("second items in the same domain", s.same_domain / s.second, 0.5 + 0.5 * 0.18, 0.03);
    is_near("service against the items' means", s.first_minutes / s.item_minutes, 1, 0.01);
    is_near("absent", s.absent / windows, 0.03, 0.012);
    is_near("short absences", s.shorts / (windows - s.absent), 0.05, 0.012);
}

static void scenarios_differ_as_they_say(void **state)
{
    (void)state;
    double base = sum_days("base20", 6, 10).expected;
    is_near("light20", sum_days("light20", 6, 10).expected / base, 0.596 / 0.734, 0.001);
    is_near("heavy20", sum_days("heavy20", 6, 10).expected / base, 0.854 / 0.734, 0.001);
    struct sums absent = sum_days("absent20", 12, 20), books = sum_days("books35", 6, 10);
    is_near("absent20's absences", absent.absent / absent.days / 20, 0.11, 0.02);
    is_near("books35's bookings", books.booked / books.expected, 0.35, 0.006);
    struct sums bad = sum_days("badfc20", 12, 20), surge = sum_days("surge20", 12, 20);
    is_near("badfc20's spread", sqrt(bad.squares / bad.days), 0.18, 0.035);
    is_near("surge20's visits", surge.count / surge.expected, 1.04, 0.025);
}

static unsigned kinds_of(const char *name, unsigned *all, unsigned *middle)
{
    unsigned single = 0;
    *all = 0;
    read_scenario(name);
    days_hall(&scenario, 4, SEED, &hall);
    for (unsigned w = 0; w < hall.window_count; w++) {
        single += hall.windows[w].single_domain;
        *all += hall.windows[w].all_domains;
        if (!hall.windows[w].single_domain && !hall.windows[w].all_domains)
            *middle = (unsigned)__builtin_popcountll(hall.windows[w].authorised);
    }
    return single;
}

static void authorisations_are_as_the_scenario_says(void **state)
{
    (void)state;
    unsigned all, middle = 0;
    assert_int_equal(kinds_of("base20", &all, &middle), 5);
    assert_true(all == 5 && middle == 3);
    assert_int_equal(kinds_of("lowflex20", &all, &middle), 7);
    assert_true(all == 1 && middle == 2);
    assert_int_equal(kinds_of("small12", &all, &middle), 3);
    assert_true(all == 3 && hall.domain_count == 6 && hall.item_count == 40 && hall.window_count == 12);
}

/* Domains' shares of the work decide how many windows have them as primary; items give their domain's mean.
 */
static void halls_are_in_proportion(void **state)
{
    (void)state;
    read_scenario("large40");
    for (unsigned h = 0; h < 5; h++) {
        double work = 0, items[DOMAINS_MAX] = {0}, primaries[DOMAINS_MAX] = {0};
        days_hall(&scenario, h, SEED, &hall);
        for (unsigned d = 0; d < hall.domain_count; d++)
            work += hall.domains[d].visit_share * hall.domains[d].mean_min;
        for (unsigned w = 0; w < hall.window_count; w++)
            primaries[hall.windows[w].primary]++;
        for (unsigned i = 0; i < hall.item_count; i++)
            items[hall.items[i].domain] += hall.items[i].mean_min * hall.items[i].share_in_domain;
        for (unsigned d = 0; d < hall.domain_count; d++) {
            const struct hall_file_domain *domain = &hall.domains[d];
            is_near("windows of a domain", primaries[d], 40 * domain->visit_share * domain->mean_min / work,
                    1.01);
            is_near("mean of a domain's items", items[d] / domain->mean_min, 1, 0.003);
        }
    }
}

/* Three windows for two domains with the same work; the second has only the last window as its primary one.
 */
static void postings_follow_who_is_there(void **state)
{
    (void)state;
    memset(&hall, 0, sizeof hall);
    memset(&day, 0, sizeof day);
    hall.close_min = 480;
    hall.off_primary_slowdown = hall.all_domain_slowdown = 1.1;
    hall.domain_count = 2;
    hall.window_count = 3;
    hall.bin_count = 1;
    for (unsigned d = 0; d < 2; d++)
        hall.domains[d] = (struct hall_file_domain){.mean_min = 5, .expected_per_10min = {50}};
    for (unsigned w = 0; w < 3; w++)
        hall.windows[w] =
            (struct hall_file_window){.primary = w == 2, .authorised = 3, .speed = 1, .speed_estimate = 1};
    days_post(&hall, &day);
    assert_true(day.windows[0].posted_dedicated == 1 && day.windows[1].posted_dedicated == 1);
    assert_true(day.windows[2].posted_dedicated == 2 && day.windows[2].posted_mixed == 2);
    day.windows[2].absent = true; /* one of the others stands in */
    days_post(&hall, &day);
    assert_true((day.windows[0].posted_dedicated | day.windows[1].posted_dedicated) == 3);
    assert_true((day.windows[0].posted_mixed | day.windows[1].posted_mixed) == 3);
    hall.windows[1].all_domains = true; /* and nobody has to when one is posted for all */
    days_post(&hall, &day);
    assert_true(day.windows[1].posted_mixed == 3);
    assert_true((day.windows[0].posted_dedicated | day.windows[1].posted_dedicated) == 3);
}

/* Windows for all will be at the fullest domains. Here domain 1 is overfull, 2 is not, and 0 has three
 * windows that nobody can take away: window 4 has to help, whether or not domain 0 has room. */
static void postings_count_on_windows_for_all(void **state)
{
    (void)state;
    static const unsigned primaries[] = {0, 0, 0, 1, 2, 2, 2};
    static const uint64_t authorised[] = {1, 1, 1, 6, 6, 6, 7};
    static const double work[] = {0.3, 2.2, 1.0}; /* in whole windows */
    memset(&hall, 0, sizeof hall);
    memset(&day, 0, sizeof day);
    hall.close_min = 480;
    hall.off_primary_slowdown = hall.all_domain_slowdown = 1.1;
    hall.domain_count = 3;
    hall.window_count = 7;
    hall.bin_count = 1;
    for (unsigned d = 0; d < 3; d++)
        hall.domains[d] = (struct hall_file_domain){.mean_min = 4.8, .expected_per_10min = {100 * work[d]}};
    for (unsigned w = 0; w < 7; w++)
        hall.windows[w] = (struct hall_file_window){.primary = primaries[w],
                                                    .authorised = authorised[w],
                                                    .all_domains = w == 6,
                                                    .speed = 1,
                                                    .speed_estimate = 1};
    days_post(&hall, &day);
    assert_true(day.windows[4].posted_mixed == 2 && day.windows[5].posted_mixed == 4);
    assert_true(day.windows[6].posted_mixed == 7);
    hall.domains[1].expected_per_10min[0] = 180; /* now the window for all is enough */
    hall.domains[2].expected_per_10min[0] = 160;
    days_post(&hall, &day);
    assert_true(day.windows[4].posted_mixed == 4 && day.windows[5].posted_mixed == 4);
    day.windows[6].absent = true; /* but it is not there */
    days_post(&hall, &day);
    assert_true(day.windows[4].posted_mixed == 2 && day.windows[5].posted_mixed == 4);
}

/* The load: work of all who come against speed and time of all windows. */
static void load_is_as_the_scenario_says(void **state)
{
    (void)state;
    for (const struct days_text *text = days_scenarios; text->name; text++) {
        read_scenario(text->name);
        days_hall(&scenario, 2, SEED, &hall);
        double work = 0, speed = 0, coming = 1 - 0.05 * (1 - scenario.booked_share);
        for (unsigned d = 0; d < hall.domain_count; d++)
            for (unsigned b = 0; b < hall.bin_count; b++)
                work += hall.domains[d].expected_per_10min[b] * hall.domains[d].mean_min;
        for (unsigned w = 0; w < hall.window_count; w++)
            speed += hall.windows[w].speed;
        is_near(text->name, work * coming * 1.12 / (speed * (480 - 65)), scenario.load, 0.001);
    }
}

/* Only the domain that the surge is in has more visits, and only then. */
static void surges_come_in_their_time(void **state)
{
    (void)state;
    double within[2] = {0}, outside[2] = {0};
    static const char *const names[] = {"base20", "surge20"};
    for (unsigned k = 0; k < 2; k++) {
        read_scenario(names[k]);
        for (unsigned h = 0; h < 10; h++) {
            days_hall(&scenario, h, SEED, &hall);
            make_day(h, &day);
            for (unsigned i = 0; i < day.ticket_count; i++)
                *(day.tickets[i].arrival_min >= 75 && day.tickets[i].arrival_min < 195 ? &within[k]
                                                                                       : &outside[k]) += 1;
            day_file_destroy(&day);
        }
    }
    assert_true(outside[0] == outside[1]);
    is_near("visits while surges last", within[1] / within[0], 1.15, 0.08);
}

/* ---- own scenarios and the command ---- */

static void extreme_scenarios_work(void **state)
{
    (void)state;
    kit_write(
        "own.json",
        "{\"like\":\"base20\",\"scenario\":\"own\",\"about\":\"one domain, two windows, everything late\","
        "\"domains\":{\"mean_min\":[5],\"visit_share\":[1]},\"items\":{\"count\":1},"
        "\"windows\":{\"count\":2},\"absences\":{\"all_day\":0,\"short\":1,\"short_from\":460,\"short_to\":"
        "479},"
        "\"breaks\":{\"min\":200,\"from\":[70,400],\"to\":[70,400]},"
        "\"bookings\":{\"share\":1,\"late_below\":[0,1],\"late_min\":[-100,100]}}");
    read_scenario(kit_path("own.json"));
    days_hall(&scenario, 0, SEED, &hall);
    check_hall();
    make_day(0, &day);
    check_tickets();
    assert_true(day.ticket_count > 0);
    for (unsigned w = 0; w < 2; w++)
        assert_true(day.windows[w].offs[day.windows[w].off_count - 1].to_min <= 480);
    day_file_destroy(&day);
}

static void too_many_visits_are_a_fault(void **state)
{
    (void)state;
    struct error error = {0};
    kit_write("own.json",
              "{\"like\":\"base20\",\"scenario\":\"own\",\"about\":\"far too much\",\"load\":3,"
              "\"domains\":{\"mean_min\":[0.1],\"visit_share\":[1]},\"windows\":{\"count\":512}}");
    read_scenario(kit_path("own.json"));
    days_hall(&scenario, 0, SEED, &hall);
    assert_int_equal(days_day(&scenario, &hall, 0, SEED, &day, &error), STATUS_LIMIT);
    assert_non_null(strstr(error.text, "32768 tickets"));
    assert_null(day.tickets);
}

static int run_days(const char *scenario_name, const char *seed, const char *days, const char *first)
{
    char *argv[] = {"days",
                    "--scenario",
                    (char *)scenario_name,
                    "--hall",
                    "2",
                    "--seed",
                    (char *)seed,
                    "--days",
                    (char *)days,
                    "--first",
                    (char *)first,
                    "--out",
                    (char *)kit_path("out"),
                    NULL};
    return command_days((int)(sizeof argv / sizeof argv[0]) - 1, argv);
}

static void the_command_writes_what_the_library_makes(void **state)
{
    (void)state;
    struct error error = {0};
    kit_path("out"); /* before what is in it, so that it is removed after */
    kit_path("out/small12-hall2.json");
    for (unsigned n = 0; n < 5; n++) {
        char name[40];
        snprintf(name, sizeof name, "out/small12-hall2-day0%u.json", n);
        kit_path(name);
    }
    assert_int_equal(run_days("small12", "20261123", "3", "0"), 0);
    char *first = kit_read("out/small12-hall2-day02.json");
    assert_int_equal(run_days("small12", "20261123", "2", "2"),
                     0); /* into the folder that is there, 02 anew */
    char *again = kit_read("out/small12-hall2-day02.json");
    assert_string_equal(first, again);
    free(first);
    free(again);
    read_scenario("small12");
    days_hall(&scenario, 2, SEED, &hall);
    make_day(3, &day);
    assert_int_equal(day_file_read(kit_path("out/small12-hall2-day03.json"), &hall, &day_again, &error),
                     STATUS_OK);
    assert_true(are_same(&day, &day_again));
    day_file_destroy(&day);
    day_file_destroy(&day_again);
}

static void the_command_refuses_nonsense(void **state)
{
    (void)state;
    assert_int_equal(run_days("base20", "often", "3", "0"), 2);
    assert_int_equal(run_days("base20", "1", "0", "0"), 2);
    assert_int_equal(run_days("base20", "1", "10", "9999"), 2);
    assert_int_equal(run_days("nowhere20", "1", "1", "0"), 1);
    char *argv[] = {"days", "--out", "/proc/no-folder-here", NULL};
    assert_int_equal(command_days(3, argv), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_numbers_same_day),
        cmocka_unit_test(other_numbers_other_halls),
        cmocka_unit_test(memory_and_file_agree),
        cmocka_unit_test(scenarios_share_their_halls),
        cmocka_unit_test(days_are_well_formed),
        cmocka_unit_test(averages_are_as_the_scenario_says),
        cmocka_unit_test(scenarios_differ_as_they_say),
        cmocka_unit_test(authorisations_are_as_the_scenario_says),
        cmocka_unit_test(halls_are_in_proportion),
        cmocka_unit_test(postings_follow_who_is_there),
        cmocka_unit_test(postings_count_on_windows_for_all),
        cmocka_unit_test(load_is_as_the_scenario_says),
        cmocka_unit_test(surges_come_in_their_time),
        cmocka_unit_test(extreme_scenarios_work),
        cmocka_unit_test(too_many_visits_are_a_fault),
        cmocka_unit_test(the_command_writes_what_the_library_makes),
        cmocka_unit_test(the_command_refuses_nonsense),
    };
    return cmocka_run_group_tests(tests, kit_make_folder, kit_drop_folder);
}
