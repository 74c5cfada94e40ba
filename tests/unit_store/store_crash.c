/* SPDX-License-Identifier: MIT
 * Power cuts at every sync of a few hundred transactions, with the last writes dropped, kept in part or torn:
 * every promise is kept, nothing is half there. And every call of the file layer failing in turn. A disk that
 * lies about syncs must be found out, or these tests could not fail. */
#include "tests/support/crash_vfs.h"
#include "tests/unit_store/store_kit.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dispatcher/core/audit.h"

enum { TURNS = 200, TURNS_SHORT = 50, WAL_PAGES = 60, VERIFY_EVERY = 41 };

/* What the store held after each turn. */
struct script {
    struct kit kit;
    int turns, done; /* done: turns that were promised */
    uint32_t failed; /* calls that were made to fail */
    bool again;      /* the same fault comes again after each */
    uint64_t seq[TURNS + 1], digest[TURNS + 1], counter[TURNS + 1];
    int64_t mark[TURNS + 1]; /* a setting written in the same transaction */
};

/* In memory when there is such a place: what counts here is the order of writes, not the disk. */
static void make_folder(struct kit_folder *folder)
{
    if (access("/dev/shm", W_OK) != 0) {
        kit_folder_make(folder);
        return;
    }
    strcpy(folder->path, "/dev/shm/evenhall-store-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->store, sizeof folder->store, "%s/hall.db", folder->path);
}

static enum status open_crashing(const struct kit_folder *folder, struct store **store, struct error *error)
{
    const struct store_params params = {
        .path = folder->store, .reserve_bytes = -1, .wal_pages = WAL_PAGES, .vfs = CRASH_VFS_NAME};
    return store_open_sqlite(&params, store, error);
}

/* ---- the script ---- */
static enum status mark(struct kit *kit, int turn)
{
    char text[20];
    snprintf(text, sizeof text, "%d", turn);
    return store_put_setting(kit->store, "mark", span_of(text), &kit->error);
}

static enum status plain_turn(struct script *s)
{
    struct kit *kit = &s->kit;
    enum status status = store_begin(kit->store, &kit->error);
    for (int i = 0; i <= s->done % 4 && status == STATUS_OK; i++) {
        kit_act_inside(kit);
        status = kit->error.status;
    }
    if (status == STATUS_OK)
        status = mark(kit, s->done + 1);
    return status == STATUS_OK ? store_commit(kit->store, &kit->error) : status;
}

/* Days are opened and closed by the kit; the mark follows in a turn of its own, which is part of the same
 * promise. */
static enum status day_turn(struct script *s)
{
    struct kit *kit = &s->kit;
    return kit->hall->day_state == DAY_CLOSED ? kit_open_day(kit) : kit_close_day(kit);
}

static enum status turn(struct script *s)
{
    bool more = s->done % 17 == 16;
    enum status status = STATUS_OK;
    while (more && status == STATUS_OK)
        status = store_idle(s->kit.store, s->kit.now_ms, &more, &s->kit.error);
    if (status != STATUS_OK)
        return status;
    bool turns_day = s->kit.hall->day_state == DAY_CLOSED || s->done % 70 == 69;
    return turns_day ? day_turn(s) : plain_turn(s);
}

static int64_t mark_of(struct store *store)
{
    struct text text = {0};
    struct error error;
    int64_t value = -1;
    if (store_find_setting(store, "mark", &text, &error) == STATUS_OK)
        value = strtoll(text.data, NULL, 10);
    text_destroy(&text);
    return value;
}

static void remember(struct script *s)
{
    s->seq[s->done] = store_last_seq(s->kit.store);
    s->digest[s->done] = hall_digest(s->kit.hall);
    s->counter[s->done] = s->kit.counter;
    s->mark[s->done] = mark_of(s->kit.store);
}

static void kept(struct script *s)
{
    s->done++;
    remember(s);
    crash_vfs_promise(s->done);
}

/* A store that is set up and closed, from where the recording begins. */
static void begin_script(struct script *s, const struct kit_folder *folder, int turns)
{
    memset(s, 0, sizeof *s);
    s->turns = turns;
    kit_init(&s->kit, kit_open(folder));
    assert_int_equal(kit_set_up(&s->kit), STATUS_OK);
    assert_int_equal(mark(&s->kit, 0), STATUS_OK);
    kit_close(s->kit.store);
    s->kit.store = NULL;
}

static void run_recorded(struct script *s, const struct kit_folder *folder, bool ignore_sync)
{
    begin_script(s, folder, TURNS);
    crash_vfs_record(folder->path, ignore_sync);
    assert_int_equal(open_crashing(folder, &s->kit.store, &s->kit.error), STATUS_OK);
    remember(s);
    while (s->done < s->turns) {
        if (turn(s) != STATUS_OK)
            fail_msg("%s", s->kit.error.text);
        kept(s);
    }
    kit_close(s->kit.store);
    crash_vfs_stop();
}

/* ---- what must hold afterwards ---- */
static bool answers_are_there(struct script *s, struct store *store, int turn)
{
    struct text text = {0};
    struct error error;
    bool all = true;
    for (uint64_t counter = s->counter[turn]; counter > 0 && counter + 6 > s->counter[turn]; counter--)
        all &= store_find_answer(store, &(struct store_key){7, 99, counter}, &text, &error) == STATUS_OK;
    all &= store_find_answer(store, &(struct store_key){7, 99, s->counter[TURNS] + 1000}, &text, &error) ==
           STATUS_NOT_FOUND;
    text_destroy(&text);
    return all;
}

static bool is_as_after(struct script *s, struct store *store, const struct hall *hall, int turn)
{
    return turn <= s->done && s->digest[turn] == hall_digest(hall) && s->seq[turn] == store_last_seq(store) &&
           s->mark[turn] == mark_of(store);
}

static const char *inspect(struct script *s, struct store *store, struct hall *hall, int64_t promised,
                           bool verify)
{
    static struct error error;
    struct store_load_report report;
    struct store_verify_report verified;
    struct audit_fault fault;
    if (store_load(store, hall, NULL, NULL, &report, &error) != STATUS_OK)
        return error.text;
    if (!hall_audit(hall, &fault))
        return fault.text;
    /* The turn at work when the power went may be there, whole. */
    int turn = (int)promised;
    if (!is_as_after(s, store, hall, turn))
        turn++;
    if (turn > s->done) /* it was never finished, so nobody knows what it should have been */
        return s->done == s->turns ? "the hall is not as it was promised" : NULL;
    if (!is_as_after(s, store, hall, turn))
        return "the hall is not as it was promised";
    if (!answers_are_there(s, store, turn))
        return "an answer is missing";
    if (verify && store_verify(store, NULL, NULL, &verified, &error) != STATUS_OK)
        return error.text;
    return NULL;
}

/* NULL: all is well; else what is wrong. */
static const char *check(struct script *s, const struct kit_folder *folder, int64_t promised, bool verify)
{
    static struct error error;
    struct store *store = NULL;
    const struct store_params params = {.path = folder->store, .reserve_bytes = -1};
    if (store_open_sqlite(&params, &store, &error) != STATUS_OK)
        return error.text;
    const char *wrong = inspect(s, store, s->kit.hall, promised < 0 ? 0 : promised, verify);
    struct error closing;
    store_close(store, &closing);
    return wrong;
}

struct tally {
    int states, defects;
};

/* At every `step`-th point. */
static struct tally crash_everywhere(struct script *s, size_t step, bool is_loud)
{
    struct kit_folder after;
    struct tally tally = {0, 0};
    size_t points = crash_vfs_points();
    make_folder(&after);
    for (size_t point = 0; point < points; point += step)
        for (int model = 0; model < CRASH_MODELS; model++) {
            uint32_t seed = (uint32_t)point * 31 + (uint32_t)model;
            int64_t promised = crash_vfs_build(point, (enum crash_model)model, seed, after.path);
            const char *wrong = check(s, &after, promised, tally.states % VERIFY_EVERY == 0);
            tally.states++;
            if (!wrong)
                continue;
            if (is_loud && tally.defects < 10)
                print_message("point %zu of %zu, model %d, seed %u, promised %" PRId64 ": %s\n", point,
                              points, model, seed, promised, wrong);
            tally.defects++;
        }
    kit_folder_remove(&after);
    return tally;
}

static void test_promises_are_kept_at_every_power_cut(void **state)
{
    static struct script script;
    struct kit_folder folder;
    (void)state;
    make_folder(&folder);
    run_recorded(&script, &folder, false);
    struct tally tally = crash_everywhere(&script, 1, true);
    print_message("%d turns, %d states after a crash, %d defects\n", script.done, tally.states,
                  tally.defects);
    assert_int_equal(tally.defects, 0);
    assert_true(tally.states > 1000);
    kit_destroy(&script.kit);
    kit_folder_remove(&folder);
}

static void test_a_lying_disk_is_found_out(void **state)
{
    static struct script script;
    struct kit_folder folder;
    (void)state;
    make_folder(&folder);
    run_recorded(&script, &folder, true);
    struct tally tally = crash_everywhere(&script, 5, false);
    print_message("syncs ignored: %d of %d states are defective\n", tally.defects, tally.states);
    assert_true(tally.defects > tally.states / 4);
    kit_destroy(&script.kit);
    kit_folder_remove(&folder);
}

/* ---- failing calls ---- */
/* Runs the script with the fault; on FULL the disk gets room again and the turn is repeated. Returns the
 * first other status. */
static enum status run_failing(struct script *s, const struct crash_fault *fault,
                               const struct kit_folder *folder)
{
    enum status status = open_crashing(folder, &s->kit.store, &s->kit.error);
    if (status != STATUS_OK)
        return status;
    remember(s);
    crash_vfs_fail(fault);
    unsigned fulls = 0;
    bool is_paused = false;
    while (s->done < s->turns && status == STATUS_OK) {
        int64_t now_ms = s->kit.now_ms;
        struct kit before = s->kit;
        status = turn(s);
        if (status == STATUS_FULL) {
            s->failed += crash_vfs_failed();
            is_paused = !s->again || ++fulls % 4 == 0; /* so that long turns come through too */
            crash_vfs_fail(is_paused ? &(struct crash_fault){0} : fault);
            status = kit_load(&s->kit);
            if (status == STATUS_OK && hall_digest(s->kit.hall) != s->digest[s->done])
                fail_msg("the hall after a full disk is not the one before");
            s->kit.counter = before.counter;
            s->kit.random = before.random;
            s->kit.now_ms = now_ms;
        } else if (status == STATUS_OK) {
            kept(s);
            if (s->again && (is_paused || crash_vfs_failed() > 0)) { /* or it was met while folding */
                s->failed += is_paused ? 0 : crash_vfs_failed();
                crash_vfs_fail(fault);
            }
            is_paused = false;
        }
    }
    return status;
}

static void fail_once(const struct crash_fault *fault, enum status expected, int *failed)
{
    static struct script script;
    struct kit_folder folder, after;
    struct error error;
    make_folder(&folder);
    make_folder(&after);
    begin_script(&script, &folder, TURNS_SHORT);
    crash_vfs_record(folder.path, false);
    enum status status = run_failing(&script, fault, &folder);
    *failed = (int)(script.failed + crash_vfs_failed());
    crash_vfs_fail(&(struct crash_fault){0});
    if (status != STATUS_OK && status != expected)
        fail_msg("after %u calls: %s (%s)", fault->after, script.kit.error.text, status_name(status));
    if (status == STATUS_OK)
        assert_int_equal(script.done, script.turns);
    /* Once as the process ends, once as if the power had gone with it. */
    int64_t promised = crash_vfs_build(crash_vfs_points() - 1, CRASH_DROP_ALL, 1, after.path);
    store_close(script.kit.store, &error);
    crash_vfs_stop();
    const char *wrong = check(&script, &after, promised, false);
    if (!wrong)
        wrong = check(&script, &folder, script.done, true);
    if (wrong)
        fail_msg("calls %u after %u: %s", fault->calls, fault->after, wrong);
    kit_destroy(&script.kit);
    kit_folder_remove(&folder);
    kit_folder_remove(&after);
}

static void fail_each(struct crash_fault fault, enum status expected, uint32_t step)
{
    int failed = 1, runs = 0;
    for (uint32_t after = 0; failed > 0 && runs < 500; after += 1 + after / step, runs++) {
        fault.after = after;
        fail_once(&fault, expected, &failed);
    }
    print_message("calls %u, errno %d: failed at %d places\n", fault.calls, fault.errnum, runs - 1);
    assert_true(runs > 10);
}

static void test_a_full_disk_loses_nothing(void **state)
{
    (void)state;
    fail_each((struct crash_fault){.calls = CRASH_WRITE, .errnum = ENOSPC}, STATUS_FULL, 8);
    fail_each((struct crash_fault){.calls = CRASH_WRITE, .errnum = ENOSPC, .half = true}, STATUS_FULL, 8);
    fail_each((struct crash_fault){.calls = CRASH_WRITE | CRASH_CUT, .errnum = EROFS, .for_ever = true},
              STATUS_FULL, 8);
}

/* Rests of undone transactions lie in the log when the power goes: neither believed nor taken for damage. */
static void test_power_cuts_on_a_disk_that_is_often_full(void **state)
{
    static const uint32_t every[] = {17, 43};
    static struct script script;
    (void)state;
    for (size_t i = 0; i < sizeof every / sizeof every[0]; i++) {
        struct kit_folder folder;
        const struct crash_fault fault = {
            .calls = CRASH_WRITE, .after = every[i], .errnum = ENOSPC, .half = i == 1};
        make_folder(&folder);
        begin_script(&script, &folder, TURNS_SHORT);
        script.again = true;
        crash_vfs_record(folder.path, false);
        enum status status = run_failing(&script, &fault, &folder);
        crash_vfs_fail(&(struct crash_fault){0});
        if (status != STATUS_OK)
            fail_msg("%s", script.kit.error.text);
        kit_close(script.kit.store);
        crash_vfs_stop();
        struct tally tally = crash_everywhere(&script, 1, true);
        print_message("full after each %u writes (%u times): %d states, %d defects\n", every[i],
                      script.failed, tally.states, tally.defects);
        assert_int_equal(tally.defects, 0);
        assert_true(script.failed > 5);
        kit_destroy(&script.kit);
        kit_folder_remove(&folder);
    }
}

static void test_a_failing_disk_ends_it(void **state)
{
    (void)state;
    fail_each((struct crash_fault){.calls = CRASH_WRITE, .errnum = EIO, .half = true}, STATUS_IO, 8);
    fail_each((struct crash_fault){.calls = CRASH_SYNC, .errnum = EIO}, STATUS_IO, 20);
    fail_each((struct crash_fault){.calls = CRASH_SYNC, .errnum = ENOSPC, .for_ever = true}, STATUS_IO, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promises_are_kept_at_every_power_cut),
        cmocka_unit_test(test_a_lying_disk_is_found_out),
        cmocka_unit_test(test_a_full_disk_loses_nothing),
        cmocka_unit_test(test_power_cuts_on_a_disk_that_is_often_full),
        cmocka_unit_test(test_a_failing_disk_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
