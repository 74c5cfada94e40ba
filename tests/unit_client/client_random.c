/* SPDX-License-Identifier: MIT
 * Seeded random lives of a link against a small dispatcher over a bad network: delays, bytes cut anywhere,
 * half-open connections, restarts, lost and doubled deltas, clocks that jump. What must hold in every step:
 *   - each request ends exactly once, for its caller, and a keyed one is carried out at most once;
 *   - answered means carried out (with the stored answer), refused and never sent mean not carried out;
 *   - a document is never older than its age says;
 * and when the network is quiet again: every topic equals the server's, nothing is left open. */
#include <inttypes.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/client/link.h"
#include "common/wire/merge.h"
#include "tests/unit_client/fake_hall.h"

enum {
    SEEDS = 120,
    STEPS = 3000,
    QUIET_MS = 40000,
    DELAY_MS_MAX = 150,
    CHUNKS_MAX = 4096,
    ASKS_MAX = 3000,
    HISTORY_MAX = 8192,
};

/* Bytes on their way, in order. */
struct pipe {
    struct {
        int64_t due_ms;
        char *data; /* owned */
        size_t length;
    } chunks[CHUNKS_MAX];
    unsigned first, count;
    int64_t last_due_ms;
};

struct asked {
    struct world *world;
    int64_t amount;
    uint64_t key;
    unsigned ends;
    enum link_outcome outcome;
    bool sent;
    int64_t serial;
};

struct world {
    uint64_t random;
    int64_t now_ms;
    struct link link;
    struct fake_hall hall;
    struct pipe to_hall, to_link;
    uint64_t connection; /* the transport's; 0: none */
    int64_t connect_ms;  /* when the attempt ends; -1: it is up */
    bool connect_works;
    bool mute; /* half-open: nothing arrives any more, nobody is told */
    bool hung; /* the dispatcher stands still */
    int64_t next_beat_ms;
    bool quiet;
    struct asked asks[ASKS_MAX];
    unsigned ask_count;
    /* versions of the first topic's document, and until when each was the newest */
    struct {
        int64_t version, until_ms;
    } history[HISTORY_MAX];
    unsigned history_count;
    uint64_t fresh_looks;
};

static bool chance(struct world *w, unsigned per_thousand)
{
    return fake_draw(&w->random, 1000) < per_thousand;
}

/* ---- pipes ---- */

static void pipe_clear(struct pipe *pipe)
{
    for (; pipe->count > 0; pipe->count--, pipe->first = (pipe->first + 1) % CHUNKS_MAX)
        free(pipe->chunks[pipe->first].data);
    pipe->last_due_ms = 0;
}

static void pipe_put(struct world *w, struct pipe *pipe, const char *data, size_t length)
{
    while (length > 0) {
        size_t part = 1 + fake_draw(&w->random, chance(w, 300) ? 8 : 2000);
        if (part > length)
            part = length;
        int64_t due_ms = w->now_ms + 1 + fake_draw(&w->random, DELAY_MS_MAX);
        if (due_ms < pipe->last_due_ms)
            due_ms = pipe->last_due_ms;
        pipe->last_due_ms = due_ms;
        assert_true(pipe->count < CHUNKS_MAX);
        unsigned at = (pipe->first + pipe->count++) % CHUNKS_MAX;
        pipe->chunks[at].due_ms = due_ms;
        pipe->chunks[at].data = malloc(part);
        pipe->chunks[at].length = part;
        memcpy(pipe->chunks[at].data, data, part);
        data += part;
        length -= part;
    }
}

/* The next chunk that is due; its data is the caller's to free. */
static bool pipe_take(struct world *w, struct pipe *pipe, struct span *out)
{
    if (pipe->count == 0 || pipe->chunks[pipe->first].due_ms > w->now_ms)
        return false;
    *out = (struct span){pipe->chunks[pipe->first].data, pipe->chunks[pipe->first].length};
    pipe->first = (pipe->first + 1) % CHUNKS_MAX;
    pipe->count--;
    return true;
}

/* ---- the network ---- */

static void drop_connection(struct world *w)
{
    pipe_clear(&w->to_hall);
    pipe_clear(&w->to_link);
    fake_hall_lost(&w->hall);
    w->connection = 0;
    w->mute = false;
}

static void follow_wish(struct world *w)
{
    uint64_t wanted = link_wanted(&w->link);
    if (w->connection == wanted)
        return;
    drop_connection(w);
    w->connection = wanted;
    w->connect_ms = w->now_ms + fake_draw(&w->random, 60);
    w->connect_works = w->quiet || !chance(w, 250);
    if (!w->connect_works && chance(w, 300))
        w->connect_ms = INT64_MAX; /* no answer at all */
}

static void finish_attempt(struct world *w)
{
    if (w->connection == 0 || w->connect_ms < 0 || w->connect_ms > w->now_ms)
        return;
    w->connect_ms = -1;
    if (w->connect_works) {
        fake_hall_connected(&w->hall);
        link_connected(&w->link, w->now_ms);
    } else {
        w->connection = 0;
        link_lost(&w->link, w->now_ms, "refused");
    }
}

static bool is_up(const struct world *w)
{
    return w->connection != 0 && w->connect_ms < 0;
}

static void move_bytes(struct world *w)
{
    struct span bytes = link_output(&w->link);
    if (!is_up(w))
        return;
    if (bytes.length > 0) {
        size_t taken = w->quiet ? bytes.length : 1 + fake_draw(&w->random, (unsigned)bytes.length);
        if (!w->mute)
            pipe_put(w, &w->to_hall, bytes.data, taken);
        link_output_taken(&w->link, taken);
    }
    while (!w->hung && pipe_take(w, &w->to_hall, &bytes)) {
        fake_hall_received(&w->hall, w->now_ms, bytes);
        free((char *)bytes.data);
    }
    if (w->hall.out.length > 0 && !w->mute)
        pipe_put(w, &w->to_link, w->hall.out.data, w->hall.out.length);
    text_clear(&w->hall.out);
    while (is_up(w) && link_wanted(&w->link) == w->connection && pipe_take(w, &w->to_link, &bytes)) {
        link_received(&w->link, w->now_ms, bytes);
        free((char *)bytes.data);
    }
}

static void cut(struct world *w)
{
    bool told = w->connection != 0 && link_wanted(&w->link) == w->connection;
    drop_connection(w);
    if (told)
        link_lost(&w->link, w->now_ms, "cut");
}

static void misfortune(struct world *w)
{
    if (chance(w, 4))
        cut(w);
    if (chance(w, 2) && is_up(w))
        w->mute = true;
    if (chance(w, 2)) {
        bool told = w->connection != 0;
        fake_hall_restart(&w->hall);
        if (told)
            cut(w);
    }
    if (chance(w, 2))
        w->hung = true;
    if (w->hung && chance(w, 30))
        w->hung = false;
    if (chance(w, 1)) /* its clock is set: anywhere within 20 s, forward or back */
        w->hall.wall_offset_ms += (int64_t)fake_draw(&w->random, 40000) - 20000;
}

/* ---- the hall's own life ---- */

static void note_version(struct world *w)
{
    int64_t version = wire_integer_at(w->hall.topics[0].document, "version", 0);
    if (w->history_count > 0 && w->history[w->history_count - 1].version == version)
        return;
    if (w->history_count > 0)
        w->history[w->history_count - 1].until_ms = w->now_ms;
    assert_true(w->history_count < HISTORY_MAX);
    w->history[w->history_count].version = version;
    w->history[w->history_count++].until_ms = INT64_MAX;
}

static void live(struct world *w)
{
    if (w->hung)
        return;
    if (w->now_ms >= w->next_beat_ms) {
        fake_hall_beat(&w->hall, w->now_ms);
        w->next_beat_ms = w->now_ms + WIRE_BEAT_MS;
    }
    if (!w->quiet && chance(w, 150))
        fake_hall_change(&w->hall, fake_draw(&w->random, FAKE_TOPICS));
    note_version(w);
}

/* ---- the program behind the link ---- */

static void ask(struct world *w);

static void ended(void *user, const struct link_result *result)
{
    struct asked *asked = user;
    asked->ends++;
    asked->outcome = result->outcome;
    asked->sent = result->sent;
    assert_int_equal(result->key, asked->key);
    if (result->outcome == LINK_ANSWERED) {
        assert_int_equal(wire_integer_at(result->ok, "amount", -1), asked->amount);
        asked->serial = wire_integer_at(result->ok, "serial", -1);
    }
    if (result->outcome == LINK_REFUSED)
        assert_string_equal(result->error->code, "quota-used");
    struct world *w = asked->world;
    if (!w->quiet && link_state(&w->link) != LINK_IDLE && chance(w, 200))
        ask(w); /* from inside the callback */
}

static void ask(struct world *w)
{
    if (w->ask_count == ASKS_MAX)
        return;
    struct asked *asked = &w->asks[w->ask_count];
    *asked = (struct asked){.world = w, .key = link_next_key(&w->link)};
    asked->amount = 1 + fake_draw(&w->random, 30);
    json_t *fields = json_pack("{s:I}", "amount", (json_int_t)asked->amount);
    struct link_ask request = {.what = "add",
                               .fields = fields,
                               .keyed = true,
                               .within_ms = 200 + fake_draw(&w->random, chance(w, 500) ? 3000 : 30000)};
    if (link_request(&w->link, w->now_ms, &request, ended, asked) > 0)
        w->ask_count++;
    json_decref(fields);
}

/* ---- invariants ---- */

/* Whatever the link shows as so old is at least as new as what the hall had at that time; the way of the
 * quickest frame is the one thing that a client cannot see. (A hall that loses deltas cannot be judged:
 * nobody knows before the next.) */
static void check_age(struct world *w)
{
    int64_t age_ms = link_age_ms(&w->link, "board", w->now_ms);
    const json_t *document = link_document(&w->link, "board");
    if (age_ms == LINK_AGE_NEVER || w->hall.lose_delta_percent > 0)
        return;
    assert_non_null(document);
    assert_true(age_ms >= 0);
    int64_t version = wire_integer_at(document, "version", 0), since_ms = w->now_ms - age_ms - DELAY_MS_MAX;
    w->fresh_looks += age_ms <= 5000;
    for (unsigned i = w->history_count; i-- > 0;) {
        if (w->history[i].version <= version)
            return; /* still the newest, or it was so at that time */
        if (w->history[i].until_ms != INT64_MAX && w->history[i].until_ms < since_ms)
            break;
        if (i > 0 && w->history[i - 1].until_ms >= since_ms)
            continue;
        fail_msg("a document of version %" PRId64 " is shown as %" PRId64 " ms old at %" PRId64
                 ", but version %" PRId64 " was there already",
                 version, age_ms, w->now_ms, w->history[i].version);
    }
}

static void check_ends(struct world *w)
{
    uint64_t carried = 0, total = 0;
    for (unsigned i = 0; i < w->ask_count; i++) {
        struct asked *asked = &w->asks[i];
        char name[48];
        snprintf(name, sizeof name, "77/%" PRIu64, asked->key);
        bool done = json_object_get(w->hall.answers, name) != NULL;
        assert_int_equal(asked->ends, 1);
        if (asked->outcome == LINK_ANSWERED)
            assert_true(done);
        if (asked->outcome == LINK_REFUSED || (asked->outcome == LINK_GIVEN_UP && !asked->sent))
            assert_false(done);
        carried += done;
        total += done ? (uint64_t)asked->amount : 0;
    }
    assert_int_equal(carried, w->hall.carried);
    assert_int_equal(total, w->hall.total);
}

static void check_quiet(struct world *w)
{
    assert_int_equal(link_state(&w->link), LINK_READY);
    for (int i = 0; i < FAKE_TOPICS; i++) {
        const struct fake_topic *topic = &w->hall.topics[i];
        json_t *expected = wire_without_nulls(topic->document);
        assert_true(json_equal(link_document(&w->link, topic->name), expected));
        assert_true(link_age_ms(&w->link, topic->name, w->now_ms) <= WIRE_BEAT_MS + DELAY_MS_MAX + 50);
        json_decref(expected);
    }
}

static void step(struct world *w)
{
    w->now_ms += 1 + fake_draw(&w->random, 60);
    if (!w->quiet && chance(w, 3))
        w->now_ms += 2000 + fake_draw(&w->random, 6000); /* the program was stopped */
    if (!w->quiet)
        misfortune(w);
    follow_wish(w);
    finish_attempt(w);
    live(w);
    move_bytes(w);
    if (link_deadline_ms(&w->link) <= w->now_ms)
        link_tick(&w->link, w->now_ms);
    if (!w->quiet && chance(w, 200))
        ask(w);
    check_age(w);
}

struct totals {
    uint64_t asks, answered, given_up, repeats, resumes, snapshots, gaps, drops, fresh_looks;
};

static void run(uint64_t seed, struct totals *totals)
{
    struct world *w = calloc(1, sizeof *w);
    struct error error;
    struct link_params params = {.device = "K1", .token = "secret", .boot = 77, .seed = seed};
    w->random = seed;
    w->now_ms = 1000;
    fake_hall_init(&w->hall, seed * 31);
    w->hall.again_percent = 5;
    w->hall.lose_delta_percent = seed % 3 ? 0 : 2;
    w->hall.double_percent = 30;
    w->hall.snapshot_max = seed % 2 ? 400 : 0;
    assert_int_equal(link_init(&w->link, &params, &error), STATUS_OK);
    link_subscribe(&w->link, w->now_ms, "board");
    link_subscribe(&w->link, w->now_ms, "queue");
    link_start(&w->link, w->now_ms);
    for (int i = 0; i < STEPS; i++)
        step(w);
    w->quiet = true;
    w->hung = w->mute = false;
    w->hall.again_percent = w->hall.lose_delta_percent = 0;
    cut(w);
    for (int64_t until_ms = w->now_ms + QUIET_MS; w->now_ms < until_ms;)
        step(w);
    check_quiet(w);
    check_ends(w);
    totals->asks += w->ask_count;
    for (unsigned i = 0; i < w->ask_count; i++) {
        totals->answered += w->asks[i].outcome == LINK_ANSWERED;
        totals->given_up += w->asks[i].outcome == LINK_GIVEN_UP;
    }
    totals->repeats += w->hall.repeats;
    totals->resumes += w->link.resumes;
    totals->snapshots += w->link.snapshots;
    totals->gaps += w->link.gaps;
    totals->drops += w->link.drops;
    totals->fresh_looks += w->fresh_looks;
    drop_connection(w);
    link_destroy(&w->link);
    fake_hall_destroy(&w->hall);
    free(w);
}

static uint64_t last_seed;

/* After a failure this is the seed to set EVENHALL_SEED to. */
static int print_last_seed(void **state)
{
    (void)state;
    print_message("last seed %" PRIu64 "\n", last_seed);
    return 0;
}

static void random_lives_keep_every_promise(void **state)
{
    (void)state;
    const char *only = getenv("EVENHALL_SEED");
    struct totals totals = {0};
    for (uint64_t seed = only ? strtoull(only, NULL, 10) : 1; seed <= (only ? seed : SEEDS); seed++) {
        last_seed = seed;
        run(seed, &totals);
        if (only)
            break;
    }
    print_message("%" PRIu64 " requests: %" PRIu64 " answered, %" PRIu64 " given up, %" PRIu64
                  " repeated; %" PRIu64 " drops, %" PRIu64 " resumes, %" PRIu64 " snapshots, %" PRIu64
                  " gaps; fresh in %" PRIu64 " looks\n",
                  totals.asks, totals.answered, totals.given_up, totals.repeats, totals.drops, totals.resumes,
                  totals.snapshots, totals.gaps, totals.fresh_looks);
    if (only)
        return;
    assert_true(totals.answered > totals.asks / 2); /* the network was bad, not dead */
    assert_true(totals.repeats > 100 && totals.resumes > 100 && totals.snapshots > 100 && totals.gaps > 50);
    assert_true(totals.fresh_looks > SEEDS * STEPS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(random_lives_keep_every_promise, print_last_seed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
