/* SPDX-License-Identifier: MIT
 * Sessions: found by their cookie, also after a restart; run out, ended, pushed out of the cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "accounts_kit.h"
#include "dispatcher/app/accounts_inside.h"

enum { MINUTE = 60 * 1000 };

/* A session without the password's slow way: an account is put and its session made at once. */
static struct account_session *open_session(const char *login, enum caller_kind role,
                                            char token[ACCOUNT_TOKEN_TEXT])
{
    struct store_account account = {.clerk = {7}, .created_ms = now_ms};
    struct error error = {0};
    snprintf(account.login, sizeof account.login, "%s", login);
    snprintf(account.role, sizeof account.role, "%s", caller_name(role));
    if (store_find_account(store, login, &account, &error) != STATUS_OK)
        assert_int_equal(store_put_account(store, &account, &error), STATUS_OK);
    struct account_session *session = session_create(&accounts, &account, now_ms, token);
    assert_non_null(session);
    return session;
}

static struct store_session stored_session(const struct account_session *session)
{
    struct store_session stored;
    struct error error = {0};
    assert_int_equal(store_find_session(store, session->token_hash, &stored, &error), STATUS_OK);
    return stored;
}

/* ---- restart ---- */

static void test_a_restart_keeps_sessions(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT];
    struct account_session before = *open_session("clerk07", CALLER_CLERK, token);
    kit_restart();
    assert_int_equal(accounts.session_count, 0);
    now_ms += 5 * MINUTE;
    struct account_session *after = kit_find(token);
    assert_non_null(after);
    assert_memory_equal(after->token_hash, before.token_hash, sizeof before.token_hash);
    assert_string_equal(after->csrf, before.csrf);
    assert_true(after->boot == before.boot);
    assert_int_equal(after->account, before.account);
    assert_int_equal(after->role, CALLER_CLERK);
    assert_int_equal(after->clerk.value, 7);
    assert_int_equal(after->created_ms, before.created_ms);
    assert_int_equal(after->seen_ms, now_ms);
    assert_ptr_equal(kit_find(token), after); /* and it is in the cache now */
    assert_int_equal(accounts.session_count, 1);
}

static void test_a_restart_keeps_sessions_in_a_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/evenhall-accounts-XXXXXX", path[64], token[ACCOUNT_TOKEN_TEXT];
    struct error error = {0};
    struct store *memory = store;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/hall.db", folder);
    const struct store_params params = {.path = path, .create = true, .reserve_bytes = -1};
    for (int start = 0; start < 2; start++) {
        assert_int_equal(store_open_sqlite(&params, &store, &error), STATUS_OK);
        kit_restart();
        if (start == 0)
            open_session("clerk07", CALLER_CLERK, token);
        else
            assert_non_null(kit_find(token));
        assert_int_equal(store_close(store, &error), STATUS_OK);
    }
    store = memory;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_what_ran_out_while_it_was_down(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT];
    struct store_session stored;
    struct error error = {0};
    struct account_session before = *open_session("clerk07", CALLER_CLERK, token);
    now_ms += ACCOUNT_IDLE_CLERK_MS;
    kit_restart();
    assert_null(kit_find(token));
    assert_int_equal(store_find_session(store, before.token_hash, &stored, &error), STATUS_NOT_FOUND);
}

/* ---- time ---- */

static void test_idle_sessions_run_out_by_role(void **state)
{
    (void)state;
    static const struct {
        enum caller_kind role;
        int64_t idle_ms;
    } rows[] = {{CALLER_CLERK, ACCOUNT_IDLE_CLERK_MS},
                {CALLER_LEAD, ACCOUNT_IDLE_OTHER_MS},
                {CALLER_MANAGER, ACCOUNT_IDLE_OTHER_MS},
                {CALLER_AUDITOR, ACCOUNT_IDLE_OTHER_MS},
                {CALLER_ADMIN, ACCOUNT_IDLE_OTHER_MS}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char token[ACCOUNT_TOKEN_TEXT];
        struct account_session copy = *open_session(caller_name(rows[i].role), rows[i].role, token);
        now_ms += rows[i].idle_ms - 1;
        assert_true(accounts_is_alive(&accounts, copy.token_hash, now_ms));
        assert_non_null(kit_find(token)); /* touched: idle time begins anew */
        now_ms += rows[i].idle_ms - 1;
        assert_non_null(kit_find(token));
        now_ms += rows[i].idle_ms;
        assert_false(accounts_is_alive(&accounts, copy.token_hash, now_ms));
        assert_null(kit_find(token));
        assert_null(kit_find(token));
        now_ms -= rows[i].idle_ms;
        assert_null(kit_find(token)); /* it is gone, not asleep */
    }
}

static void test_no_session_lasts_longer_than_a_working_day(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT];
    int64_t begun_ms = now_ms;
    struct account_session *session = open_session("clerk07", CALLER_CLERK, token);
    assert_int_equal(stored_session(session).expires_ms, begun_ms + ACCOUNT_SESSION_MS);
    for (; now_ms < begun_ms + ACCOUNT_SESSION_MS; now_ms += 10 * MINUTE)
        assert_non_null(kit_find(token));
    now_ms = begun_ms + ACCOUNT_SESSION_MS - 1;
    assert_non_null(kit_find(token));
    now_ms++;
    assert_null(kit_find(token));
}

static void test_use_is_stored_once_a_minute(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT];
    int64_t begun_ms = now_ms;
    open_session("clerk07", CALLER_CLERK, token);
    for (int s = 0; s < 59; s++) {
        now_ms += 1000;
        assert_int_equal(stored_session(kit_find(token)).seen_ms, begun_ms);
    }
    now_ms += 1000;
    assert_int_equal(stored_session(kit_find(token)).seen_ms, begun_ms + MINUTE);
    assert_int_equal(stored_session(kit_find(token)).expires_ms, begun_ms + ACCOUNT_SESSION_MS);
    now_ms += 59 * 1000;
    assert_int_equal(stored_session(kit_find(token)).seen_ms, begun_ms + MINUTE);
    assert_int_equal(kit_find(token)->seen_ms, now_ms);
}

/* ---- cookies and CSRF ---- */

static void test_hostile_cookies_find_nothing(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT], other[100];
    for (int round = 0; round < 16; round++) { /* some bytes are wrong in the place of certain letters only */
        open_session("clerk07", CALLER_CLERK, token);
        for (size_t i = 0; i < ACCOUNT_TOKEN_TEXT - 1; i++)
            for (int c = 1; c < 256; c++) {
                memcpy(other, token, sizeof token);
                other[i] = (char)c;
                if (other[i] != token[i])
                    assert_null(kit_find(other));
            }
    }
    for (size_t length = 0; length < ACCOUNT_TOKEN_TEXT - 1; length++)
        assert_null(accounts_find(&accounts, (struct span){token, length}, now_ms));
    memcpy(other, token, sizeof token);
    other[20] = '\0';
    assert_null(accounts_find(&accounts, (struct span){other, ACCOUNT_TOKEN_TEXT - 1}, now_ms));
    snprintf(other, sizeof other, "%s=", token);
    assert_null(kit_find(other));
    assert_null(accounts_find(&accounts, (struct span){NULL, 0}, now_ms));
    /* no end of string needed */
    memcpy(other, token, ACCOUNT_TOKEN_TEXT - 1);
    other[ACCOUNT_TOKEN_TEXT - 1] = ';';
    assert_non_null(accounts_find(&accounts, (struct span){other, ACCOUNT_TOKEN_TEXT - 1}, now_ms));
}

static void test_csrf(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT], second[ACCOUNT_TOKEN_TEXT], text[ACCOUNT_TOKEN_TEXT];
    struct account_session session = *open_session("clerk07", CALLER_CLERK, token);
    struct account_session another = *open_session("clerk07", CALLER_CLERK, second);
    assert_true(accounts_csrf_is_right(&session, session.csrf));
    assert_false(accounts_csrf_is_right(&session, another.csrf));
    assert_false(accounts_csrf_is_right(&session, token));
    sodium_bin2base64(text, sizeof text, session.token_hash, sizeof session.token_hash,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING); /* who reads the store cannot tell it */
    assert_false(accounts_csrf_is_right(&session, text));
    assert_false(accounts_csrf_is_right(&session, ""));
    assert_false(accounts_csrf_is_right(&session, NULL));
    memcpy(text, session.csrf, sizeof text);
    text[42] = text[42] == 'A' ? 'B' : 'A';
    assert_false(accounts_csrf_is_right(&session, text));
    text[42] = '\0';
    assert_false(accounts_csrf_is_right(&session, text));
}

/* ---- ending ---- */

static void test_logging_out(void **state)
{
    (void)state;
    char first[ACCOUNT_TOKEN_TEXT], second[ACCOUNT_TOKEN_TEXT], other[ACCOUNT_TOKEN_TEXT];
    open_session("clerk07", CALLER_CLERK, first);
    uint32_t account = open_session("clerk07", CALLER_CLERK, second)->account;
    open_session("clerk08", CALLER_CLERK, other);
    accounts_logout(&accounts, kit_find(first));
    assert_null(kit_find(first));
    assert_non_null(kit_find(second));
    kit_restart();
    assert_null(kit_find(first));
    accounts_logout_all(&accounts, account);
    assert_null(kit_find(second));
    assert_non_null(kit_find(other));
    assert_int_equal(accounts.session_count, 1);
}

static void test_logging_out_holds_when_the_store_fails(void **state)
{
    (void)state;
    char first[ACCOUNT_TOKEN_TEXT], second[ACCOUNT_TOKEN_TEXT];
    struct store_session stored;
    struct error error = {0};
    const struct store_failure failure = {.call = STORE_CALL_WRITE, .for_ever = true, .status = STATUS_FULL};
    struct account_session session = *open_session("clerk07", CALLER_CLERK, first);
    open_session("clerk08", CALLER_CLERK, second);
    store_memory_fail(store, &failure);
    accounts_logout(&accounts, kit_find(first));
    accounts_logout_all(&accounts, kit_find(second)->account);
    assert_null(kit_find(first));
    assert_null(kit_find(second));
    assert_false(accounts_is_alive(&accounts, session.token_hash, now_ms));
    store_memory_fail(store, &(struct store_failure){.status = STATUS_OK});
    assert_null(kit_find(first)); /* and now it is dropped from the store, too */
    assert_int_equal(store_find_session(store, session.token_hash, &stored, &error), STATUS_NOT_FOUND);
}

static void test_a_full_disk_does_not_end_sessions(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT];
    open_session("clerk07", CALLER_CLERK, token);
    store_memory_fail(
        store, &(struct store_failure){.call = STORE_CALL_WRITE, .for_ever = true, .status = STATUS_FULL});
    for (int i = 0; i < 30; i++) {
        now_ms += MINUTE;
        assert_non_null(kit_find(token));
    }
    store_memory_fail(store, &(struct store_failure){.status = STATUS_OK});
}

static void test_changes_of_an_account_reach_its_sessions(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT];
    struct error error = {0};
    open_session("clerk07", CALLER_CLERK, token);
    struct store_account account = kit_stored("clerk07");
    snprintf(account.role, sizeof account.role, "lead");
    account.clerk.value = 8;
    assert_int_equal(store_put_account(store, &account, &error), STATUS_OK);
    now_ms += MINUTE;
    assert_int_equal(kit_find(token)->role, CALLER_LEAD);
    assert_int_equal(kit_find(token)->clerk.value, 8);
    account.locked = true;
    assert_int_equal(store_put_account(store, &account, &error), STATUS_OK);
    now_ms += MINUTE;
    assert_null(kit_find(token));
    account.locked = false;
    assert_int_equal(store_put_account(store, &account, &error), STATUS_OK);
    assert_null(kit_find(token));
}

static void test_locked_accounts_are_not_restored(void **state)
{
    (void)state;
    char token[ACCOUNT_TOKEN_TEXT];
    struct error error = {0};
    open_session("clerk07", CALLER_CLERK, token);
    struct store_account account = kit_stored("clerk07");
    account.locked = true;
    assert_int_equal(store_put_account(store, &account, &error), STATUS_OK);
    kit_restart();
    assert_null(kit_find(token));
}

static void test_more_sessions_than_the_cache_holds(void **state)
{
    (void)state;
    enum { MANY = ACCOUNT_SESSIONS_MAX + 40 };
    static char tokens[MANY][ACCOUNT_TOKEN_TEXT];
    struct account_session first = *open_session("clerk07", CALLER_CLERK, tokens[0]);
    for (int i = 1; i < MANY; i++) {
        now_ms++;
        open_session("clerk07", CALLER_CLERK, tokens[i]);
    }
    assert_int_equal(accounts.session_count, ACCOUNT_SESSIONS_MAX);
    for (uint32_t i = 0; i < accounts.session_count; i++) /* those made last stay */
        assert_true(accounts.sessions[i].created_ms > first.created_ms + 39);
    assert_true(accounts_is_alive(&accounts, first.token_hash, now_ms)); /* though out of the cache */
    for (int i = 0; i < MANY; i++)
        assert_non_null(kit_find(tokens[i]));
    assert_int_equal(accounts.session_count, ACCOUNT_SESSIONS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_begin, kit_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_restart_keeps_sessions),
        TEST(test_a_restart_keeps_sessions_in_a_file),
        TEST(test_what_ran_out_while_it_was_down),
        TEST(test_idle_sessions_run_out_by_role),
        TEST(test_no_session_lasts_longer_than_a_working_day),
        TEST(test_use_is_stored_once_a_minute),
        TEST(test_hostile_cookies_find_nothing),
        TEST(test_csrf),
        TEST(test_logging_out),
        TEST(test_logging_out_holds_when_the_store_fails),
        TEST(test_a_full_disk_does_not_end_sessions),
        TEST(test_changes_of_an_account_reach_its_sessions),
        TEST(test_locked_accounts_are_not_restored),
        TEST(test_more_sessions_than_the_cache_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
