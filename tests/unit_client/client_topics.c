/* SPDX-License-Identifier: MIT
 * Topics of the link: the vectors, resuming, refusals, and how old a document is. */
#include "tests/unit_client/rig.h"
#include "tests/unit_wire/vectors.h"

/* The next frame must be a subscribe to the topic with this seq; answers it. */
static void subscribed(struct rig *rig, const char *topic, uint64_t asked_seq, uint64_t seq, bool resumed)
{
    struct wire_request request;
    struct wire_subscribe subscribe;
    struct wire_fault fault;
    if (!rig_hear(rig, &request))
        fail_msg("no subscribe");
    assert_true(wire_subscribe_read(&request, &subscribe, &fault));
    assert_string_equal(subscribe.topic, topic);
    assert_int_equal(subscribe.seq, asked_seq);
    rig_say(rig, "{\"id\":%llu,\"ok\":{\"topic\":\"%s\",\"seq\":%llu,\"resumed\":%s}}",
            (unsigned long long)request.id, topic, (unsigned long long)seq, resumed ? "true" : "false");
    wire_request_destroy(&request);
}

static void make_synced(struct rig *rig)
{
    rig_init(rig);
    assert_true(link_subscribe(&rig->link, rig->now_ms, "t"));
    rig_make_ready(rig, 1);
    subscribed(rig, "t", 0, 5, false);
    rig_say(rig, "{\"topic\":\"t\",\"seq\":5,\"part\":1,\"snapshot\":{\"a\":1}}");
    assert_int_equal(link_age_ms(&rig->link, "t", rig->now_ms), 0);
}

static void check_document(struct rig *rig, const char *expected)
{
    struct text text = {0};
    const json_t *document = link_document(&rig->link, "t");
    if (document)
        wire_json_write(&text, document);
    assert_string_equal(document ? text.data : "none", expected);
    text_destroy(&text);
}

static void topics_follow_the_vectors(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("topics.json");
    size_t index, at;
    json_t *vector, *frame;
    json_array_foreach((json_t *)vectors_cases(vectors), index, vector)
    {
        struct rig rig;
        unsigned asks = 0;
        struct wire_request request;
        rig_init(&rig);
        link_subscribe(&rig.link, rig.now_ms, "t");
        rig_make_ready(&rig, 1);
        subscribed(&rig, "t", 0, 5, false);
        json_array_foreach(json_object_get(vector, "frames"), at, frame)
            rig_say(&rig, "%s", json_string_value(frame));
        while (rig_hear(&rig, &request)) {
            asks++;
            wire_request_destroy(&request);
        }
        const json_t *document = link_document(&rig.link, "t"),
                     *expected = json_object_get(vector, "document");
        if (document ? !json_equal(document, expected) : !json_is_null(expected))
            fail_msg("vector \"%s\": another document", vectors_text(vector, "name"));
        if (rig.link.topics[0].seq != (uint64_t)wire_integer_at(vector, "seq", -1))
            fail_msg("vector \"%s\": another seq", vectors_text(vector, "name"));
        if (asks != wire_integer_at(vector, "asks", -1))
            fail_msg("vector \"%s\": asked again %u times", vectors_text(vector, "name"), asks);
        rig_destroy(&rig);
    }
    json_decref(vectors);
}

static void a_lost_connection_is_resumed(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":6,\"delta\":{\"b\":2}}");
    link_lost(&rig.link, rig.now_ms, "");
    check_document(&rig, "{\"a\":1,\"b\":2}"); /* stays on the screen */
    rig_make_ready(&rig, 1);
    subscribed(&rig, "t", 6, 8, true);
    assert_false(rig.link.topics[0].synced);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":7,\"delta\":{\"b\":3}}");
    assert_false(rig.link.topics[0].synced);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":8,\"delta\":{\"a\":null}}");
    assert_true(rig.link.topics[0].synced);
    check_document(&rig, "{\"b\":3}");
    assert_int_equal(rig.link.resumes, 1);
    assert_int_equal(rig.link.snapshots, 1);
    rig_destroy(&rig);
}

static void another_epoch_begins_from_nothing(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    link_lost(&rig.link, rig.now_ms, "");
    rig_make_ready(&rig, 2);
    subscribed(&rig, "t", 0, 3, false);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":6,\"delta\":{\"a\":9}}"); /* means nothing yet */
    check_document(&rig, "{\"a\":1}");
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":3,\"part\":1,\"snapshot\":{\"c\":1}}");
    check_document(&rig, "{\"c\":1}");
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":4,\"delta\":{\"a\":9}}");
    check_document(&rig, "{\"c\":1,\"a\":9}");
    rig_destroy(&rig);
}

static void half_a_snapshot_dies_with_its_connection(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":9,\"part\":1,\"snapshot\":{\"x\":1},\"more\":true}");
    link_lost(&rig.link, rig.now_ms, "");
    check_document(&rig, "{\"a\":1}");
    rig_make_ready(&rig, 1);
    subscribed(&rig, "t", 5, 9, false);
    rig_say(&rig,
            "{\"topic\":\"t\",\"seq\":9,\"part\":2,\"snapshot\":{\"y\":1}}"); /* of nothing: ask again */
    subscribed(&rig, "t", 5, 9, false);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":9,\"part\":1,\"snapshot\":{\"y\":1}}");
    check_document(&rig, "{\"y\":1}");
    rig_destroy(&rig);
}

static void a_server_that_resumes_what_we_do_not_have_is_asked_anew(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_subscribe(&rig.link, rig.now_ms, "t");
    rig_make_ready(&rig, 1);
    subscribed(&rig, "t", 0, 5, true);
    subscribed(&rig, "t", 0, 5, false);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":5,\"part\":1,\"snapshot\":{}}");
    link_lost(&rig.link, rig.now_ms, "");
    rig_make_ready(&rig, 1);
    subscribed(&rig, "t", 5, 3, true); /* it has gone back behind us */
    subscribed(&rig, "t", 0, 3, false);
    rig_destroy(&rig);
}

static void a_topic_that_does_not_come_ends_the_connection(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_subscribe(&rig.link, rig.now_ms, "t");
    rig_make_ready(&rig, 1);
    subscribed(&rig, "t", 0, 5, false);
    rig_live(&rig, LINK_ANSWER_MS_MAX / 1000 - 1);
    assert_int_equal(link_state(&rig.link), LINK_READY);
    rig_live(&rig, 1);
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    assert_string_equal(link_trouble(&rig.link), "a topic did not come in time");
    rig_destroy(&rig);
}

static void a_refused_topic_is_said_and_tried_at_the_next_connection(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_subscribe(&rig.link, rig.now_ms, "t");
    rig_make_ready(&rig, 1);
    rig_say(&rig, "{\"id\":%llu,\"error\":{\"code\":\"not-permitted\",\"zh\":\"\",\"en\":\"\"}}",
            (unsigned long long)rig_expect(&rig, "subscribe"));
    assert_string_equal(link_topic_refusal(&rig.link, "t"), "not-permitted");
    rig_live(&rig, 30);
    assert_int_equal(link_state(&rig.link), LINK_READY);
    rig_expect_nothing(&rig);
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms), LINK_AGE_NEVER);
    link_lost(&rig.link, rig.now_ms, "");
    rig_make_ready(&rig, 1);
    subscribed(&rig, "t", 0, 5, false);
    assert_null(link_topic_refusal(&rig.link, "t"));
    rig_destroy(&rig);
}

static void a_topic_told_to_try_again_is_tried_again(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig);
    link_subscribe(&rig.link, rig.now_ms, "t");
    rig_make_ready(&rig, 1);
    rig_say(&rig, "{\"id\":%llu,\"error\":{\"code\":\"too-many-requests\",\"zh\":\"\",\"en\":\"\"}}",
            (unsigned long long)rig_expect(&rig, "subscribe"));
    assert_int_equal(rig_pass_to_deadline(&rig), LINK_AGAIN_MS);
    subscribed(&rig, "t", 0, 5, false);
    rig_destroy(&rig);
}

static void unsubscribing_drops_the_document(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    assert_true(link_subscribe(&rig.link, rig.now_ms, "t")); /* again is nothing */
    rig_expect_nothing(&rig);
    link_unsubscribe(&rig.link, rig.now_ms, "t");
    rig_expect(&rig, "unsubscribe");
    check_document(&rig, "none");
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":6,\"delta\":{\"b\":2}}");
    check_document(&rig, "none");
    link_unsubscribe(&rig.link, rig.now_ms, "t");
    rig_expect_nothing(&rig);
    /* subscribed anew, what is still under way for the old subscription means nothing */
    link_subscribe(&rig.link, rig.now_ms, "t");
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":5,\"part\":1,\"snapshot\":{\"old\":1}}");
    check_document(&rig, "none");
    subscribed(&rig, "t", 0, 7, false);
    rig_destroy(&rig);
}

static void there_is_an_end_to_topics(void **state)
{
    (void)state;
    struct rig rig;
    char name[32];
    rig_init(&rig);
    for (int i = 0; i < LINK_TOPICS_MAX; i++) {
        snprintf(name, sizeof name, "window-%d", i);
        assert_true(link_subscribe(&rig.link, rig.now_ms, name));
    }
    assert_false(link_subscribe(&rig.link, rig.now_ms, "one-more"));
    assert_false(link_subscribe(&rig.link, rig.now_ms, ""));
    assert_false(link_subscribe(&rig.link, rig.now_ms, "a-name-of-more-than-thirty-two-bytes"));
    rig_destroy(&rig);
}

/* ---- age ---- */

static void a_synced_document_is_as_old_as_the_last_beat(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    rig_live(&rig, 3);
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms), 0);
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms + 700), 700);
    link_lost(&rig.link, rig.now_ms + 700, "");
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms + 5000), 5000); /* goes on from there */
    rig.now_ms += 700;
    rig_make_ready(&rig, 1);
    int64_t age = link_age_ms(&rig.link, "t", rig.now_ms);
    assert_true(age >= 700); /* ready, but not synced yet: still old */
    subscribed(&rig, "t", 5, 5, true);
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms), 0);
    rig_destroy(&rig);
}

static void half_a_new_snapshot_lets_the_old_one_age(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    rig_live(&rig, 3);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":9,\"part\":1,\"snapshot\":{\"x\":1},\"more\":true}");
    rig_live(&rig, 4);
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms), 4000); /* the hall knows better */
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":9,\"part\":2,\"snapshot\":{\"y\":1},\"more\":true}");
    rig_live(&rig, LINK_ANSWER_MS_MAX / 1000 - 1);
    assert_int_equal(link_state(&rig.link), LINK_READY);
    rig_live(&rig, 1);
    assert_int_equal(link_state(&rig.link), LINK_WAITING);
    rig_destroy(&rig);
}

/* A program that slept reads beats that were sent long ago: they vouch for then, not for now. */
static void late_beats_do_not_make_young(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    rig_live(&rig, 3);
    int64_t sent_ms = rig.now_ms;
    for (int i = 1; i <= 4; i++) {
        rig.now_ms = sent_ms + 9000;
        rig_say(&rig, "{\"beat\":%lld}", (long long)(RIG_WALL_MS + sent_ms + i * 1000));
    }
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms), 5000);
    rig_destroy(&rig);
}

static void a_clock_set_back_is_noticed(void **state)
{
    (void)state;
    struct rig rig;
    int64_t wall_ms;
    make_synced(&rig);
    rig_live(&rig, 3);
    rig_pass(&rig, 1000);
    rig_say(&rig, "{\"beat\":%lld}", (long long)(RIG_WALL_MS + rig.now_ms - 3600000));
    assert_int_equal(link_age_ms(&rig.link, "t", rig.now_ms), 0);
    assert_true(link_server_ms(&rig.link, rig.now_ms, &wall_ms));
    assert_int_equal(wall_ms, RIG_WALL_MS + rig.now_ms - 3600000);
    rig_destroy(&rig);
}

static void the_quickest_frame_tells_the_time(void **state)
{
    (void)state;
    struct rig rig;
    int64_t wall_ms;
    make_synced(&rig);
    for (int i = 1; i <= 30; i++) { /* beats that were 5 to 95 ms on their way */
        rig_pass(&rig, 1000);
        rig_say(&rig, "{\"beat\":%lld}", (long long)(RIG_WALL_MS + rig.now_ms - 5 - i * 37 % 91));
        link_server_ms(&rig.link, rig.now_ms, &wall_ms);
        assert_in_range(RIG_WALL_MS + rig.now_ms - wall_ms, 0, 30);
    }
    rig_destroy(&rig);
}

static void revisions_rise_with_what_changes(void **state)
{
    (void)state;
    struct rig rig;
    make_synced(&rig);
    uint64_t topic = link_topic_revision(&rig.link, "t"), all = link_revision(&rig.link);
    rig_beat(&rig);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":5,\"delta\":{\"a\":3}}"); /* a duplicate */
    assert_int_equal(link_topic_revision(&rig.link, "t"), topic);
    assert_int_equal(link_revision(&rig.link), all);
    rig_say(&rig, "{\"topic\":\"t\",\"seq\":6,\"delta\":{\"a\":3}}");
    assert_true(link_topic_revision(&rig.link, "t") > topic);
    assert_true(link_revision(&rig.link) > all);
    rig_destroy(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics_follow_the_vectors),
        cmocka_unit_test(a_lost_connection_is_resumed),
        cmocka_unit_test(another_epoch_begins_from_nothing),
        cmocka_unit_test(half_a_snapshot_dies_with_its_connection),
        cmocka_unit_test(a_server_that_resumes_what_we_do_not_have_is_asked_anew),
        cmocka_unit_test(a_topic_that_does_not_come_ends_the_connection),
        cmocka_unit_test(a_refused_topic_is_said_and_tried_at_the_next_connection),
        cmocka_unit_test(a_topic_told_to_try_again_is_tried_again),
        cmocka_unit_test(unsubscribing_drops_the_document),
        cmocka_unit_test(there_is_an_end_to_topics),
        cmocka_unit_test(a_synced_document_is_as_old_as_the_last_beat),
        cmocka_unit_test(half_a_new_snapshot_lets_the_old_one_age),
        cmocka_unit_test(late_beats_do_not_make_young),
        cmocka_unit_test(a_clock_set_back_is_noticed),
        cmocka_unit_test(the_quickest_frame_tells_the_time),
        cmocka_unit_test(revisions_rise_with_what_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
