/* SPDX-License-Identifier: MIT
 * Accounts and passwords: made, checked, counted when wrong, changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "accounts_kit.h"
#include "common/base/clock.h"

static const char password_wrong[] = "wrong-pass-word-here";

/* ---- making ---- */

static void test_generated_passwords_are_four_readable_groups(void **state)
{
    (void)state;
    char before[ACCOUNT_PASSWORD_TEXT] = "", login[16];
    for (int i = 0; i < 6; i++) {
        snprintf(login, sizeof login, "user%d", i);
        const char *password = kit_create(login, CALLER_CLERK, 1);
        assert_int_equal(strlen(password), 19);
        for (size_t c = 0; c < 19; c++)
            assert_true(c % 5 == 4 ? password[c] == '-'
                                   : strchr("abcdefghjkmnpqrstuvwxyz23456789", password[c]) != NULL);
        assert_string_not_equal(password, before);
        snprintf(before, sizeof before, "%s", password);
    }
}

static void test_what_an_account_is_stored_as(void **state)
{
    (void)state;
    const char *password = kit_create("Admin.K-1", CALLER_ADMIN, 0);
    struct store_account account = kit_stored("admin.k-1");
    assert_memory_equal(account.password, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
    assert_int_equal(crypto_pwhash_str_verify(account.password, password, strlen(password)), 0);
    assert_string_equal(account.role, "admin");
    assert_string_equal(account.name, "孟雅琴");
    assert_true(account.must_change && !account.locked);
    assert_int_equal(account.created_ms, now_ms);
    /* what is checked for logins that do not exist costs the same */
    assert_int_equal(crypto_pwhash_str_needs_rehash(accounts.no_hash, ACCOUNT_OPSLIMIT, ACCOUNT_MEMLIMIT), 0);
    assert_int_equal(strlen(accounts.no_hash), strlen(account.password));
}

static void test_accounts_that_cannot_be_made(void **state)
{
    (void)state;
    char password[ACCOUNT_PASSWORD_TEXT], long_name[STORE_NAME_MAX + 1];
    struct error error = {0};
    struct clerk_id nobody = {0};
    static const char *const wrong[] = {"",       "a",    "ab cd",
                                        "孟雅琴", "a\nb", "abcdefghijklmnopqrstuvwxyz0123456"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(
            accounts_create(&accounts, wrong[i], "x", CALLER_CLERK, nobody, now_ms, password, &error),
            STATUS_PARSE);
    static const enum caller_kind roles[] = {CALLER_NOBODY, CALLER_KIOSK, CALLER_BOARD, CALLER_COUNTER};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        assert_int_equal(accounts_create(&accounts, "ok", "x", roles[i], nobody, now_ms, password, &error),
                         STATUS_PARSE);
    memset(long_name, 'x', STORE_NAME_MAX);
    long_name[STORE_NAME_MAX] = '\0';
    assert_int_equal(
        accounts_create(&accounts, "ok", long_name, CALLER_CLERK, nobody, now_ms, password, &error),
        STATUS_LIMIT);
    kit_create("taken", CALLER_CLERK, 3);
    assert_int_equal(accounts_create(&accounts, "TAKEN", "x", CALLER_CLERK, nobody, now_ms, password, &error),
                     STATUS_EXISTS);
    assert_string_equal(password, ""); /* nothing that could be written down for an account of another */
}

/* ---- logging in ---- */

static void test_a_right_password_gives_a_session(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    struct answer *answer = kit_login("Clerk07", password);
    assert_string_equal(answer->reason, "");
    assert_true(answer->in_loop);
    assert_int_equal(strlen(answer->token), 43);
    assert_int_equal(strlen(answer->session.csrf), 43);
    assert_string_not_equal(answer->session.csrf, answer->token);
    assert_int_equal(answer->session.role, CALLER_CLERK);
    assert_int_equal(answer->session.clerk.value, 7);
    assert_string_equal(answer->session.name, "孟雅琴");
    assert_true(answer->session.must_change);
    assert_int_equal(answer->session.created_ms, now_ms);
    struct account_session *session = kit_find(answer->token);
    assert_non_null(session);
    struct caller caller = accounts_caller(session);
    assert_int_equal(caller.kind, CALLER_CLERK);
    assert_int_equal(caller.id, session->account);
    assert_int_equal(caller.key_space, CALLER_ACCOUNTS + session->account);
    assert_int_equal(caller.clerk.value, 7);
    assert_true(caller.boot > 0 && caller.boot <= INT64_C(9007199254740991));
    char first[ACCOUNT_TOKEN_TEXT];
    snprintf(first, sizeof first, "%s", answer->token);
    uint64_t boot = caller.boot;
    answer = kit_login("clerk07", password); /* a second console: a session of its own */
    assert_string_not_equal(answer->token, first);
    assert_true(answer->session.boot != boot);
    assert_non_null(kit_find(first));
}

static void test_wrong_passwords_and_unknown_logins_sound_alike(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    char long_text[ACCOUNT_PASSWORD_MAX + 2], close[ACCOUNT_PASSWORD_TEXT];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    snprintf(close, sizeof close, "%s", password);
    close[18] = close[18] == 'a' ? 'b' : 'a';
    const struct {
        const char *login, *password;
    } rows[] = {{"clerk07", close}, {"clerk07", ""},       {"clerk07", long_text}, {"clerk08", password},
                {"", password},     {long_text, password}, {"clerk07'--", "x"},    {"\xff\xfe", password}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer *answer = kit_login(rows[i].login, rows[i].password);
        assert_string_equal(answer->reason, "wrong-login");
        assert_true(answer->in_loop);
    }
    assert_int_equal(kit_stored("clerk07").failures, 3);
    assert_int_equal(accounts.session_count, 0);
    kit_token("clerk07", password);
    assert_int_equal(kit_stored("clerk07").failures, 0);
}

static int64_t least_us(const char *login)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < 4; i++) {
        int64_t from_us = clock_mono_us();
        kit_login(login, password_wrong);
        int64_t took_us = clock_mono_us() - from_us;
        least = took_us < least ? took_us : least;
    }
    return least;
}

static void test_unknown_logins_take_as_long(void **state)
{
    (void)state;
    kit_create("clerk07", CALLER_CLERK, 7);
    int64_t known_us = least_us("clerk07"), unknown_us = least_us("clerk08");
    print_message("known %lld us, unknown %lld us\n", (long long)known_us, (long long)unknown_us);
    /* without the work it would be a hundredth; other programs may take a share of the time */
    assert_true(unknown_us * 10 > known_us && known_us * 10 > unknown_us);
}

static void test_accounts_without_a_password_or_a_persons_role(void **state)
{
    (void)state;
    struct error error = {0};
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    struct store_account account = kit_stored("clerk07");
    snprintf(account.role, sizeof account.role, "kiosk");
    store_put_account(store, &account, &error);
    assert_string_equal(kit_login("clerk07", password)->reason, "wrong-login");
    snprintf(account.role, sizeof account.role, "clerk");
    account.password[0] = '\0';
    store_put_account(store, &account, &error);
    assert_string_equal(kit_login("clerk07", "")->reason, "wrong-login");
    assert_string_equal(kit_login("clerk07", password)->reason, "wrong-login");
}

/* ---- locking ---- */

static void fail_times(const char *login, int times)
{
    for (int i = 0; i < times; i++)
        assert_string_equal(kit_login(login, password_wrong)->reason, "wrong-login");
}

static void count_locked(const struct store_audit *audit, void *userdata)
{
    *(int *)userdata += span_equals(audit->act, "account-locked");
}

static void test_five_wrong_passwords_lock(void **state)
{
    (void)state;
    struct error error = {0};
    int audits = 0;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    fail_times("clerk07", ACCOUNT_FAILURES_MAX);
    assert_string_equal(kit_login("clerk07", password)->reason, "account-locked");
    assert_string_equal(kit_login("CLERK07", password)->reason, "account-locked");
    now_ms += ACCOUNT_LOCK_MS - 1;
    assert_string_equal(kit_login("clerk07", password)->reason, "account-locked");
    kit_restart();
    assert_string_equal(kit_login("clerk07", password)->reason, "account-locked");
    assert_int_equal(store_audits(store, 0, 100, count_locked, &audits, &error), STATUS_OK);
    assert_int_equal(audits, 1);
    now_ms += 1;
    fail_times("clerk07", ACCOUNT_FAILURES_MAX - 1); /* the count began anew */
    kit_token("clerk07", password);
    fail_times("clerk07", ACCOUNT_FAILURES_MAX - 1); /* and again after the right one */
    kit_token("clerk07", password);
}

static void test_unknown_logins_lock_alike(void **state)
{
    (void)state;
    fail_times("nobody", ACCOUNT_FAILURES_MAX);
    assert_string_equal(kit_login("nobody", password_wrong)->reason, "account-locked");
    assert_string_equal(kit_login("somebody", password_wrong)->reason, "wrong-login");
    now_ms += ACCOUNT_LOCK_MS;
    assert_string_equal(kit_login("nobody", password_wrong)->reason, "wrong-login");
}

static void test_guesses_at_once_count_one_by_one(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    struct answer answers[8];
    for (int i = 0; i < 8; i++) /* the right one is asked last, before any answer has come */
        kit_ask("clerk07", i < 7 ? password_wrong : password, &answers[i]);
    for (int i = 0; i < 8; i++) {
        kit_wait(&answers[i]);
        assert_string_equal(answers[i].reason, i < ACCOUNT_FAILURES_MAX ? "wrong-login" : "account-locked");
    }
    assert_int_equal(kit_stored("clerk07").failures, ACCOUNT_FAILURES_MAX);
}

static void test_failures_long_ago_are_forgotten(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    for (int i = 0; i < 2 * ACCOUNT_FAILURES_MAX; i++) {
        fail_times("clerk07", 1);
        now_ms += ACCOUNT_LOCK_MS;
    }
    kit_token("clerk07", password);
    fail_times("clerk07", ACCOUNT_FAILURES_MAX - 1);
    now_ms += ACCOUNT_LOCK_MS;
    fail_times("clerk07", ACCOUNT_FAILURES_MAX - 1);
    kit_token("clerk07", password);
    fail_times("clerk07", ACCOUNT_FAILURES_MAX);
    now_ms -= 24 * 3600 * INT64_C(1000); /* the clock was set right: that is no longer lock */
    kit_token("clerk07", password);
}

static void test_a_store_that_cannot_count_still_locks(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    store_memory_fail(
        store, &(struct store_failure){.call = STORE_CALL_WRITE, .for_ever = true, .status = STATUS_FULL});
    fail_times("clerk07", ACCOUNT_FAILURES_MAX);
    assert_int_equal(kit_stored("clerk07").failures, 0);
    assert_string_equal(kit_login("clerk07", password)->reason, "account-locked");
    store_memory_fail(store, &(struct store_failure){.status = STATUS_OK});
}

static void test_an_administrators_lock(void **state)
{
    (void)state;
    struct error error = {0};
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    struct store_account account = kit_stored("clerk07");
    account.locked = true;
    assert_int_equal(store_put_account(store, &account, &error), STATUS_OK);
    assert_string_equal(kit_login("clerk07", password)->reason, "account-locked");
    char fresh[ACCOUNT_PASSWORD_TEXT];
    assert_int_equal(accounts_reset(&accounts, "Clerk07", now_ms, fresh, &error), STATUS_OK);
    assert_string_equal(kit_login("clerk07", password)->reason, "wrong-login");
    assert_true(kit_login("clerk07", fresh)->session.must_change);
    assert_int_equal(accounts_reset(&accounts, "nobody", now_ms, fresh, &error), STATUS_NOT_FOUND);
    assert_string_equal(fresh, "");
}

static void test_a_reset_unlocks_and_ends_sessions(void **state)
{
    (void)state;
    struct error error = {0};
    char token[ACCOUNT_TOKEN_TEXT], fresh[ACCOUNT_PASSWORD_TEXT];
    snprintf(token, sizeof token, "%s", kit_token("clerk07", kit_create("clerk07", CALLER_CLERK, 7)));
    fail_times("clerk07", ACCOUNT_FAILURES_MAX);
    assert_int_equal(accounts_reset(&accounts, "clerk07", now_ms, fresh, &error), STATUS_OK);
    assert_null(kit_find(token));
    assert_int_equal(kit_stored("clerk07").failures, 0);
    kit_token("clerk07", fresh);
}

/* ---- busy, full, broken ---- */

static void test_too_many_logins_at_once(void **state)
{
    (void)state;
    struct answer answers[ACCOUNT_JOBS_MAX + 1];
    char login[24];
    for (int i = 0; i <= ACCOUNT_JOBS_MAX; i++) {
        snprintf(login, sizeof login, "nobody%d", i);
        kit_ask(login, "x", &answers[i]);
    }
    assert_true(answers[ACCOUNT_JOBS_MAX].came && !answers[ACCOUNT_JOBS_MAX].in_loop);
    assert_string_equal(answers[ACCOUNT_JOBS_MAX].reason, "too-many-logins");
    for (int i = 0; i < ACCOUNT_JOBS_MAX; i++) {
        kit_wait(&answers[i]);
        assert_string_equal(answers[i].reason, "wrong-login");
    }
    assert_string_equal(kit_login("nobody", "x")->reason, "wrong-login");
}

static void test_a_store_that_fails(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    store_memory_fail(store, &(struct store_failure){.call = STORE_CALL_READ, .status = STATUS_FULL});
    assert_string_equal(kit_login("clerk07", password)->reason, "store-unavailable");
    store_memory_fail(store, &(struct store_failure){.call = STORE_CALL_WRITE, .status = STATUS_FULL});
    assert_string_equal(kit_login("clerk07", password)->reason, "store-unavailable");
    assert_int_equal(accounts.session_count, 0);
    kit_token("clerk07", password);
}

static void test_logging_in_takes_part_in_an_open_transaction(void **state)
{
    (void)state;
    struct error error = {0};
    char token[ACCOUNT_TOKEN_TEXT];
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    assert_int_equal(store_begin(store, &error), STATUS_OK);
    fail_times("clerk07", 1);
    snprintf(token, sizeof token, "%s", kit_token("clerk07", password));
    assert_true(store_is_open(store));
    assert_int_equal(store_commit(store, &error), STATUS_OK);
    kit_restart();
    assert_non_null(kit_find(token));
}

static void test_hashes_of_older_limits_are_renewed(void **state)
{
    (void)state;
    struct error error = {0};
    kit_create("clerk07", CALLER_CLERK, 7);
    struct store_account account = kit_stored("clerk07");
    assert_int_equal(crypto_pwhash_str(account.password, "password of old", 15, 1, 8 << 20), 0);
    assert_int_equal(store_put_account(store, &account, &error), STATUS_OK);
    kit_token("clerk07", "password of old");
    assert_memory_equal(kit_stored("clerk07").password, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
    kit_token("clerk07", "password of old");
}

/* ---- changing ---- */

static void test_changing_a_password(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7), wanted[] = "办事群众满意就是我们的目标";
    char here[ACCOUNT_TOKEN_TEXT], elsewhere[ACCOUNT_TOKEN_TEXT];
    snprintf(here, sizeof here, "%s", kit_token("clerk07", password));
    snprintf(elsewhere, sizeof elsewhere, "%s", kit_token("clerk07", password));
    static const char *const weak[] = {"", "short", "九个字不够九个字不", "clerk07"};
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++)
        assert_string_equal(kit_change(kit_find(here), password, weak[i])->reason, "weak-password");
    assert_string_equal(kit_change(kit_find(here), password, password)->reason, "weak-password");
    assert_string_equal(kit_change(kit_find(here), password_wrong, wanted)->reason, "wrong-password");
    assert_int_equal(kit_stored("clerk07").failures, 1);
    assert_true(kit_find(here)->must_change);

    struct answer *answer = kit_change(kit_find(here), password, wanted);
    assert_string_equal(answer->reason, "");
    assert_true(answer->in_loop);
    assert_false(kit_find(here)->must_change);
    assert_null(kit_find(elsewhere));
    struct store_account account = kit_stored("clerk07");
    assert_true(!account.must_change && account.failures == 0);
    kit_restart();
    assert_false(kit_find(here)->must_change);
    assert_null(kit_find(elsewhere));
    assert_string_equal(kit_login("clerk07", password)->reason, "wrong-login");
    kit_token("clerk07", wanted);
}

static void test_the_longest_password_is_not_cut(void **state)
{
    (void)state;
    char longest[ACCOUNT_PASSWORD_MAX + 1], longer[ACCOUNT_PASSWORD_MAX + 2], token[ACCOUNT_TOKEN_TEXT];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    snprintf(token, sizeof token, "%s", kit_token("clerk07", password));
    assert_string_equal(kit_change(kit_find(token), password, longer)->reason, "weak-password");
    assert_string_equal(kit_change(kit_find(token), password, longest)->reason, "");
    kit_token("clerk07", longest);
    assert_string_equal(kit_login("clerk07", longer)->reason, "wrong-login");
    assert_string_equal(kit_change(kit_find(token), longer, "another long one")->reason, "wrong-password");
}

static void test_changing_counts_towards_the_lock(void **state)
{
    (void)state;
    const char *password = kit_create("clerk07", CALLER_CLERK, 7);
    char token[ACCOUNT_TOKEN_TEXT];
    snprintf(token, sizeof token, "%s", kit_token("clerk07", password));
    for (int i = 0; i < ACCOUNT_FAILURES_MAX; i++)
        assert_string_equal(kit_change(kit_find(token), password_wrong, "a new password")->reason,
                            "wrong-password");
    assert_string_equal(kit_change(kit_find(token), password, "a new password")->reason, "account-locked");
    assert_string_equal(kit_login("clerk07", password)->reason, "account-locked");
}

/* ---- secrets ---- */

static bool holds(const void *memory, size_t size, const char *text)
{
    return memmem(memory, size, text, strlen(text)) != NULL;
}

static void test_secrets_do_not_stay_in_memory(void **state)
{
    (void)state;
    char password[ACCOUNT_PASSWORD_TEXT];
    snprintf(password, sizeof password, "%s", kit_create("clerk07", CALLER_CLERK, 7));
    struct answer answer;
    kit_ask("clerk07", password, &answer);
    kit_wait_worked();
    assert_false(holds(&accounts, sizeof accounts, password));
    kit_wait(&answer);
    assert_false(holds(&accounts, sizeof accounts, answer.token));
    assert_false(holds(&accounts, sizeof accounts, kit_stored("clerk07").password));
    kit_login("clerk07", password_wrong);
    assert_false(holds(&accounts, sizeof accounts, password_wrong));
    kit_change(kit_find(answer.token), password, "another long one");
    assert_false(holds(&accounts, sizeof accounts, "another long one"));
    worker_destroy(&worker);
    accounts_destroy(&accounts);
    assert_true(sodium_is_zero((const unsigned char *)&accounts, sizeof accounts));
    struct error error = {0};
    assert_int_equal(worker_init(&worker, NULL, NULL, &error), STATUS_OK); /* for kit_end */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_begin, kit_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_generated_passwords_are_four_readable_groups),
        TEST(test_what_an_account_is_stored_as),
        TEST(test_accounts_that_cannot_be_made),
        TEST(test_a_right_password_gives_a_session),
        TEST(test_wrong_passwords_and_unknown_logins_sound_alike),
        TEST(test_unknown_logins_take_as_long),
        TEST(test_accounts_without_a_password_or_a_persons_role),
        TEST(test_five_wrong_passwords_lock),
        TEST(test_unknown_logins_lock_alike),
        TEST(test_guesses_at_once_count_one_by_one),
        TEST(test_failures_long_ago_are_forgotten),
        TEST(test_a_store_that_cannot_count_still_locks),
        TEST(test_an_administrators_lock),
        TEST(test_a_reset_unlocks_and_ends_sessions),
        TEST(test_too_many_logins_at_once),
        TEST(test_a_store_that_fails),
        TEST(test_logging_in_takes_part_in_an_open_transaction),
        TEST(test_hashes_of_older_limits_are_renewed),
        TEST(test_changing_a_password),
        TEST(test_the_longest_password_is_not_cut),
        TEST(test_changing_counts_towards_the_lock),
        TEST(test_secrets_do_not_stay_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
