/* SPDX-License-Identifier: MIT
 * The link's life and its requests, one behaviour a test. */
#include "tests/unit_client/rig.h"

/* ---- life ---- */

static void it_greets_and_is_ready(void **state)
{
    (void)state;
    struct rig rig;
    struct wire_request request;
    struct wire_hello hello;
    struct wire_fault fault;
    int64_t wall_ms;
    rig_init(&rig);
    assert_int_equal(link_wanted(&rig.link), 0);
    assert_int_equal(link_deadline_ms(&rig.link), INT64_MAX);
    assert_false(link_server_ms(&rig.link, 0, &wall_ms));
    link_start(&rig.link, rig.now_ms);
    assert_int_equal(link_wanted(&rig.link), 1);
    rig_expect_nothing(&rig);
    link_connected(&rig.link, rig.now_ms);
    assert_true(rig_hear(&rig, &request));
    assert_true(wire_hello_read(&request, &hello, &fault));
    assert_string_equal(hello.device, "K1");
    assert_string_equal(hello.token, "secret");
    assert_int_equal(hello.boot, 77);
    rig_welcome(&rig, request.id, 4);
    wire_request_destroy(&request);
    assert_int_equal(link_state(&rig.link), LINK_READY);
    assert_string_equal(link_hall(&rig.link), "biyang");
    assert_string_equal(link_device_kind(&rig.link), "kiosk");
    assert_int_equal(link_device_id(&rig.link), 3);
    assert_int_equal(link_epoch(&rig.link), 4);
    assert_string_equal(link_trouble(&rig.link), "");
    assert_true(link_server_ms(&rig.link, rig.now_ms + 500, &wall_ms));
    assert_int_equal(wall_ms, RIG_WALL_MS + rig.now_ms + 500);
    assert_int_equal(link_wanted(&rig.link), 1);
    rig_destroy(&rig);
}

static void pauses_grow_and_stay_within_bounds(void **state)
{
    (void)state;
    static const int64_t ceilings[] = {400, 800, 1600, 2000, 2000, 2000};
    bool early = false, late = false;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct rig rig;
        rig_init(&rig);
        rig.link.random = seed * 977;
        link_start(&rig.link, rig.now_ms);
        for (size_t i = 0; i < sizeof ceilings / sizeof ceilings[0]; i++) {
            uint64_t wanted = link_wanted(&rig.link);
            link_lost(&rig.link, rig.now_ms, "refused");
            assert_int_equal(link_state(&rig.link), LINK_WAITING);
            assert_int_equal(link_wanted(&rig.link), 0);
            assert_string_equal(link_trouble(&rig.link), "refused");
            int64_t pause = rig_pass_to_deadline(&rig);
            assert_in_range(pause, LINK_PAUSE_MS_MIN, ceilings[i]);
            assert_true(link_wanted(&rig.link) > wanted); /* a new number: a new connection */
            early |= pause < 300;
            late |= pause > 1700;
        }
        rig_destroy(&rig);
    }
    assert_true(early && late);
}

static void a_steady_connection_makes_the_pause_short_again(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_start(&rig.link, rig.now_ms);
    for (int i = 0; i < 6; i++) {
        link_lost(&rig.link, rig.now_ms, "");
        rig_pass_to_deadline(&rig);
    }
    rig_make_ready(&rig, 1);
    link_lost(&rig.link, rig.now_ms, ""); /* at once: not steady */
    assert_true(rig.link.attempts > 3);
    rig_make_ready(&rig, 1);
    rig_live(&rig, LINK_STEADY_MS / 1000);
    link_lost(&rig.link, rig.now_ms, "");
    assert_true(rig_pass_to_deadline(&rig) <= 400);
    rig_destroy(&rig);
}

static void silence_at_each_step_ends_the_attempt(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_start(&rig.link, rig.now_ms);
    assert_int_equal(rig_pass_to_deadline(&rig), LINK_CONNECT_MS_MAX);
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    rig_pass_to_deadline(&rig);
    link_connected(&rig.link, rig.now_ms);
    assert_int_equal(rig_pass_to_deadline(&rig), LINK_GREETING_MS_MAX);
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    assert_string_equal(link_trouble(&rig.link), "no answer to hello in time");
    rig_expect_nothing(&rig);
    rig_destroy(&rig);
}

static void three_missed_beats_end_the_connection(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    rig_live(&rig, 5);
    rig_pass(&rig, 3499);
    assert_int_equal(link_state(&rig.link), LINK_READY);
    assert_int_equal(link_silence_ms(&rig.link, rig.now_ms), 3499);
    rig_pass(&rig, 1);
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    assert_int_equal(link_silence_ms(&rig.link, rig.now_ms), LINK_AGE_NEVER);
    rig_destroy(&rig);
}

static void a_bad_token_is_not_tried_soon(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_start(&rig.link, rig.now_ms);
    link_connected(&rig.link, rig.now_ms);
    rig_say(&rig, "{\"id\":%llu,\"error\":{\"code\":\"bad-token\",\"zh\":\"\",\"en\":\"No\"}}",
            (unsigned long long)rig_expect(&rig, "hello"));
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    assert_string_equal(link_trouble_code(&rig.link), "bad-token");
    assert_string_equal(link_trouble(&rig.link), "No");
    assert_true(rig_pass_to_deadline(&rig) >= LINK_PAUSE_STOPPED_MS);
    link_connected(&rig.link, rig.now_ms);
    rig_say(&rig, "{\"error\":{\"code\":\"banned\",\"zh\":\"\",\"en\":\"\",\"value\":60}}");
    int64_t pause = rig_pass_to_deadline(&rig);
    assert_in_range(pause, 60000, 60000 + LINK_PAUSE_MS_MAX);
    link_connected(&rig.link, rig.now_ms);
    rig_expect(&rig, "hello");
    rig_say(&rig, "{\"error\":{\"code\":\"gone\",\"zh\":\"\",\"en\":\"\"}}");
    assert_true(rig_pass_to_deadline(&rig) <= LINK_PAUSE_MS_MAX); /* a restart is soon over */
    rig_destroy(&rig);
}

static void another_version_is_not_tried_soon(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_start(&rig.link, rig.now_ms);
    link_connected(&rig.link, rig.now_ms);
    rig_say(&rig, "{\"id\":%llu,\"ok\":{\"version\":2}}", (unsigned long long)rig_expect(&rig, "hello"));
    assert_string_equal(link_trouble_code(&rig.link), "bad-version");
    assert_true(rig_pass_to_deadline(&rig) >= LINK_PAUSE_STOPPED_MS);
    rig_destroy(&rig);
}

static void a_former_leader_is_refused_for_a_minute(void **state)
{
    (void)state;
    struct rig rig;
    int64_t from;
    rig_init(&rig);
    rig_make_ready(&rig, 9);
    link_lost(&rig.link, rig.now_ms, "");
    from = rig.now_ms;
    while (rig.now_ms - from < 200000) {
        rig_pass_to_deadline(&rig);
        link_connected(&rig.link, rig.now_ms);
        rig_welcome(&rig, rig_expect(&rig, "hello"), 8);
        if (link_state(&rig.link) == LINK_READY)
            break;
    }
    assert_in_range(rig.now_ms - from, LINK_EPOCH_LOWER_MS, LINK_EPOCH_LOWER_MS + 4 * LINK_PAUSE_MS_MAX);
    assert_int_equal(link_epoch(&rig.link), 8);
    /* and the minute begins anew each time */
    link_lost(&rig.link, rig.now_ms, "");
    rig_pass_to_deadline(&rig);
    link_connected(&rig.link, rig.now_ms);
    rig_welcome(&rig, rig_expect(&rig, "hello"), 7);
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    rig_destroy(&rig);
}

static void nonsense_ends_the_connection(void **state)
{
    (void)state;
    static const char *const nonsense[] = {"oops", "{\"id\":3}", "{\"topic\":\"t\",\"seq\":1,\"delta\":[]}",
                                           ""};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        struct rig rig;
        rig_init(&rig);
        rig_make_ready(&rig, 1);
        rig_say(&rig, "%s", nonsense[i]);
        assert_int_equal(link_state(&rig.link), LINK_WAITING);
        rig_destroy(&rig);
    }
    struct rig rig;
    static char big[WIRE_FRAME_MAX];
    memset(big, ' ', sizeof big);
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    link_received(&rig.link, rig.now_ms, (struct span){big, sizeof big});
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    assert_non_null(strstr(link_trouble(&rig.link), "too large"));
    rig_destroy(&rig);
}

static void half_a_frame_is_forgotten_with_its_connection(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    link_received(&rig.link, rig.now_ms, span_of("{\"beat\":"));
    link_lost(&rig.link, rig.now_ms, "");
    rig_make_ready(&rig, 1); /* the welcome is not glued to it */
    rig_destroy(&rig);
}

static void bytes_not_yet_sent_are_forgotten_with_their_connection(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    rig_ask(&rig, 1, true, 60000);
    link_output_taken(&rig.link, 5); /* the rest waits for room */
    link_lost(&rig.link, rig.now_ms, "");
    rig_make_ready(&rig, 1); /* hello comes first, whole */
    rig_expect(&rig, "issue");
    rig_expect_nothing(&rig);
    rig_destroy(&rig);
}

static void stopping_and_starting(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    link_stop(&rig.link, rig.now_ms);
    assert_int_equal(link_state(&rig.link), LINK_IDLE);
    assert_int_equal(link_wanted(&rig.link), 0);
    link_lost(&rig.link, rig.now_ms, ""); /* comes too late: nothing */
    assert_int_equal(link_state(&rig.link), LINK_IDLE);
    rig_beat(&rig);
    rig_make_ready(&rig, 1);
    rig_destroy(&rig);
}

static void bad_parameters_are_refused(void **state)
{
    (void)state;
    struct link link;
    struct error error;
    struct link_params params = {.device = "", .token = "x", .boot = 1};
    assert_int_equal(link_init(&link, &params, &error), STATUS_LIMIT);
    params.device = "a-name-of-more-than-thirty-two-bytes";
    assert_int_equal(link_init(&link, &params, &error), STATUS_LIMIT);
    params.device = "K1", params.token = "";
    assert_int_equal(link_init(&link, &params, &error), STATUS_LIMIT);
    params.token = "x", params.boot = 0;
    assert_int_equal(link_init(&link, &params, &error), STATUS_LIMIT);
}

/* ---- requests ---- */

static void a_request_waits_for_the_connection_and_is_answered(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    assert_true(rig_ask(&rig, 1, true, 9000) > 0);
    rig_make_ready(&rig, 1);
    uint64_t id = rig_expect(&rig, "issue");
    rig_say(&rig, "{\"id\":%llu,\"ok\":{\"n\":\"A001\"}}", (unsigned long long)id);
    rig_say(&rig, "{\"id\":%llu,\"ok\":{\"n\":\"A001\"}}", (unsigned long long)id); /* a duplicate */
    assert_int_equal(rig.result_count, 1);
    assert_int_equal(rig.results[0].outcome, LINK_ANSWERED);
    assert_string_equal(rig.results[0].text, "A001");
    assert_int_equal(rig.results[0].key, 1);
    rig_live(&rig, 10);
    assert_int_equal(rig.result_count, 1);
    rig_destroy(&rig);
    assert_int_equal(rig.result_count, 1);
}

static void a_refusal_is_final(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    rig_ask(&rig, 1, true, 0);
    rig_say(&rig, "{\"id\":%llu,\"error\":{\"code\":\"quota-used\",\"zh\":\"\",\"en\":\"\"}}",
            (unsigned long long)rig_expect(&rig, "issue"));
    assert_int_equal(rig.result_count, 1);
    assert_int_equal(rig.results[0].outcome, LINK_REFUSED);
    assert_string_equal(rig.results[0].text, "quota-used");
    rig_destroy(&rig);
}

static void unanswered_requests_are_sent_again_in_order_with_their_keys(void **state)
{
    (void)state;
    struct rig rig;
    struct wire_request request;
    uint64_t first_ids[5];
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    for (int i = 0; i < 5; i++) {
        rig_ask(&rig, i, i != 3, 60000); /* the fourth is a query */
        first_ids[i] = rig_expect(&rig, "issue");
    }
    rig_say(&rig, "{\"id\":%llu,\"ok\":{}}", (unsigned long long)first_ids[1]);
    link_lost(&rig.link, rig.now_ms, "");
    rig_make_ready(&rig, 1);
    static const int order[] = {0, 2, 3, 4}, keys[] = {1, 3, 0, 4};
    for (int i = 0; i < 4; i++) {
        assert_true(rig_hear(&rig, &request));
        assert_int_equal(wire_integer_at(request.fields, "n", -1), order[i]);
        assert_int_equal(request.key, keys[i]);
        for (int k = 0; k < 5; k++)
            assert_true(request.id != first_ids[k]);
        wire_request_destroy(&request);
    }
    rig_expect_nothing(&rig);
    assert_int_equal(rig.result_count, 1);
    rig_destroy(&rig);
    assert_int_equal(rig.result_count, 5);
}

static void what_is_told_to_try_again_is_tried_again(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    rig_ask(&rig, 1, true, 5000);
    uint64_t id = rig_expect(&rig, "issue");
    rig_say(&rig, "{\"id\":%llu,\"error\":{\"code\":\"store-unavailable\",\"zh\":\"\",\"en\":\"\"}}",
            (unsigned long long)id);
    rig_expect_nothing(&rig);
    rig_pass(&rig, LINK_AGAIN_MS - 1);
    rig_expect_nothing(&rig);
    rig_pass(&rig, 1);
    id = rig_expect(&rig, "issue");
    rig_say(&rig, "{\"id\":%llu,\"ok\":{\"n\":\"A002\"}}", (unsigned long long)id);
    assert_int_equal(rig.result_count, 1);
    assert_string_equal(rig.results[0].text, "A002");
    /* and when its time is up before, the caller learns what the server said */
    rig_ask(&rig, 1, true, 200);
    id = rig_expect(&rig, "issue");
    rig_say(&rig, "{\"id\":%llu,\"error\":{\"code\":\"gone\",\"zh\":\"\",\"en\":\"\"}}",
            (unsigned long long)id);
    rig_pass(&rig, 200);
    assert_int_equal(rig.result_count, 2);
    assert_int_equal(rig.results[1].outcome, LINK_GIVEN_UP);
    assert_string_equal(rig.results[1].text, "gone");
    rig_destroy(&rig);
}

static void a_request_is_given_up_in_time(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_ask(&rig, 1, true, 3000);
    assert_int_equal(link_deadline_ms(&rig.link), rig.now_ms + 3000);
    rig_pass(&rig, 2999);
    assert_int_equal(rig.result_count, 0);
    rig_pass(&rig, 1);
    assert_int_equal(rig.result_count, 1);
    assert_int_equal(rig.results[0].outcome, LINK_GIVEN_UP);
    assert_false(rig.results[0].sent); /* it never left: certainly not done */
    rig_make_ready(&rig, 1);
    rig_expect_nothing(&rig);
    rig_ask(&rig, 2, true, 3000);
    uint64_t id = rig_expect(&rig, "issue");
    rig_pass(&rig, 3000);
    assert_int_equal(rig.result_count, 2);
    assert_true(rig.results[1].sent);
    rig_say(&rig, "{\"id\":%llu,\"ok\":{}}", (unsigned long long)id); /* too late: nobody is told */
    assert_int_equal(rig.result_count, 2);
    rig_destroy(&rig);
}

static void an_earlier_key_can_be_asked_again(void **state)
{
    (void)state;
    struct rig rig;
    struct wire_request request;
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    assert_int_equal(link_next_key(&rig.link), 1);
    rig_ask(&rig, 1, true, 0);
    rig_expect(&rig, "issue");
    assert_int_equal(link_next_key(&rig.link), 2);
    struct link_ask ask = {.what = "issue", .keyed = true, .key = 1};
    assert_true(link_request(&rig.link, rig.now_ms, &ask, NULL, NULL) > 0);
    assert_true(rig_hear(&rig, &request));
    assert_int_equal(request.key, 1);
    wire_request_destroy(&request);
    assert_int_equal(link_next_key(&rig.link), 2);
    ask.key = 40; /* a journal's, from before */
    link_request(&rig.link, rig.now_ms, &ask, NULL, NULL);
    assert_int_equal(link_next_key(&rig.link), 41);
    rig_destroy(&rig);
}

static void too_much_is_refused_at_once(void **state)
{
    (void)state;
    struct rig rig;
    static char big[WIRE_FRAME_MAX];
    memset(big, 'x', sizeof big - 1);
    rig_init(&rig);
    json_t *fields = json_pack("{s:s}", "reason", big);
    struct link_ask ask = {.what = "issue", .fields = fields, .keyed = true};
    assert_int_equal(link_request(&rig.link, rig.now_ms, &ask, rig_done, &rig), 0);
    assert_int_equal(link_next_key(&rig.link), 1); /* no key is spent */
    json_decref(fields);
    for (int i = 0; i < LINK_REQUESTS_MAX; i++)
        assert_true(rig_ask(&rig, i, true, 0) > 0);
    assert_int_equal(rig_ask(&rig, 99, true, 0), 0);
    assert_int_equal(rig.result_count, 0);
    rig_destroy(&rig);
    assert_int_equal(rig.result_count, LINK_REQUESTS_MAX);
}

static void cancelling_ends_one_request(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    rig_ask(&rig, 1, true, 0);
    uint64_t handle = rig_ask(&rig, 2, true, 0);
    link_cancel(&rig.link, handle);
    assert_int_equal(rig.result_count, 1);
    assert_int_equal(rig.results[0].key, 2);
    link_cancel(&rig.link, handle);
    assert_int_equal(rig.result_count, 1);
    rig_destroy(&rig);
}

struct chain {
    struct rig *rig;
    unsigned left;
    bool stops;
};

static void chain_done(void *user, const struct link_result *result)
{
    struct chain *chain = user;
    assert_int_equal(result->outcome, LINK_ANSWERED);
    if (chain->stops)
        link_stop(&chain->rig->link, chain->rig->now_ms);
    struct link_ask ask = {.what = "issue", .keyed = true};
    if (chain->left-- > 0)
        assert_true(link_request(&chain->rig->link, chain->rig->now_ms, &ask, chain_done, chain) > 0);
}

static void a_callback_may_ask_and_may_stop(void **state)
{
    (void)state;
    struct rig rig;
    struct chain chain = {&rig, 3, false};
    struct link_ask ask = {.what = "issue", .keyed = true};
    rig_init(&rig);
    rig_make_ready(&rig, 1);
    for (int i = 0; i < LINK_REQUESTS_MAX - 1; i++)
        rig_ask(&rig, i, true, 60000);
    link_request(&rig.link, rig.now_ms, &ask, chain_done, &chain); /* the last free place */
    struct wire_request request;
    uint64_t last = 0;
    while (rig_hear(&rig, &request)) {
        last = request.id;
        wire_request_destroy(&request);
    }
    for (int i = 0; i < 4; i++) {
        if (i == 3)
            chain.stops = true;
        rig_say(&rig, "{\"id\":%llu,\"ok\":{}}\n{\"beat\":1}", (unsigned long long)last);
        if (i < 3)
            last = rig_expect(&rig, "issue");
    }
    assert_int_equal(link_state(&rig.link), LINK_IDLE);
    assert_int_equal(chain.left, UINT32_MAX);
    rig_destroy(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_greets_and_is_ready),
        cmocka_unit_test(pauses_grow_and_stay_within_bounds),
        cmocka_unit_test(a_steady_connection_makes_the_pause_short_again),
        cmocka_unit_test(silence_at_each_step_ends_the_attempt),
        cmocka_unit_test(three_missed_beats_end_the_connection),
        cmocka_unit_test(a_bad_token_is_not_tried_soon),
        cmocka_unit_test(another_version_is_not_tried_soon),
        cmocka_unit_test(a_former_leader_is_refused_for_a_minute),
        cmocka_unit_test(nonsense_ends_the_connection),
        cmocka_unit_test(half_a_frame_is_forgotten_with_its_connection),
        cmocka_unit_test(bytes_not_yet_sent_are_forgotten_with_their_connection),
        cmocka_unit_test(stopping_and_starting),
        cmocka_unit_test(bad_parameters_are_refused),
        cmocka_unit_test(a_request_waits_for_the_connection_and_is_answered),
        cmocka_unit_test(a_refusal_is_final),
        cmocka_unit_test(unanswered_requests_are_sent_again_in_order_with_their_keys),
        cmocka_unit_test(what_is_told_to_try_again_is_tried_again),
        cmocka_unit_test(a_request_is_given_up_in_time),
        cmocka_unit_test(an_earlier_key_can_be_asked_again),
        cmocka_unit_test(too_much_is_refused_at_once),
        cmocka_unit_test(cancelling_ends_one_request),
        cmocka_unit_test(a_callback_may_ask_and_may_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
