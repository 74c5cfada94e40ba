/* SPDX-License-Identifier: MIT */
#include "accounts_kit.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

struct accounts accounts;
struct store *store;
struct worker worker;
int64_t now_ms;

enum { POSTED_MAX = 128, WAIT_S = 120 };
static struct {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    size_t count;
    struct {
        worker_function *call;
        void *userdata;
    } list[POSTED_MAX];
} posted = {.lock = PTHREAD_MUTEX_INITIALIZER, .ready = PTHREAD_COND_INITIALIZER};
static bool is_running; /* a posted function is being run by kit_wait */
static pthread_t test_thread;

static void post(worker_function *call, void *userdata, void *context)
{
    (void)context;
    pthread_mutex_lock(&posted.lock);
    posted.list[posted.count].call = call;
    posted.list[posted.count++].userdata = userdata;
    pthread_cond_signal(&posted.ready);
    pthread_mutex_unlock(&posted.lock);
}

void kit_wait_worked(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    int late = 0;
    pthread_mutex_lock(&posted.lock);
    while (!posted.count && !late)
        late = pthread_cond_timedwait(&posted.ready, &posted.lock, &until);
    pthread_mutex_unlock(&posted.lock);
    if (late)
        fail_msg("the worker posted nothing");
}

/* Runs the function posted first. */
static void run_one(void)
{
    kit_wait_worked();
    pthread_mutex_lock(&posted.lock);
    worker_function *call = posted.list[0].call;
    void *userdata = posted.list[0].userdata;
    memmove(&posted.list[0], &posted.list[1], --posted.count * sizeof posted.list[0]);
    pthread_mutex_unlock(&posted.lock);
    is_running = true;
    call(userdata);
    is_running = false;
}

int kit_begin(void **state)
{
    struct error error = {0};
    (void)state;
    test_thread = pthread_self();
    now_ms = (int64_t)KIT_START_MS * 1000;
    assert_int_equal(store_open_memory(&store, &error), STATUS_OK);
    assert_int_equal(worker_init(&worker, post, NULL, &error), STATUS_OK);
    accounts_init(&accounts, store, &worker);
    return 0;
}

int kit_end(void **state)
{
    struct error error = {0};
    (void)state;
    worker_destroy(&worker);
    posted.count = 0;
    accounts_destroy(&accounts);
    assert_int_equal(store_close(store, &error), STATUS_OK);
    return 0;
}

void kit_restart(void)
{
    struct error error = {0};
    worker_destroy(&worker);
    posted.count = 0;
    accounts_destroy(&accounts);
    assert_int_equal(worker_init(&worker, post, NULL, &error), STATUS_OK);
    accounts_init(&accounts, store, &worker);
}

const char *kit_create(const char *login, enum caller_kind role, uint16_t clerk)
{
    static char password[ACCOUNT_PASSWORD_TEXT];
    struct error error = {0};
    if (accounts_create(&accounts, login, "孟雅琴", role, (struct clerk_id){clerk}, now_ms, password,
                        &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return password;
}

static void take_login(const struct account_session *session, const char *token_text, const char *reason,
                       void *userdata)
{
    struct answer *answer = userdata;
    assert_false(answer->came);
    assert_true(!session == !token_text && !session == (reason != NULL));
    answer->came = true;
    answer->in_loop = is_running && pthread_equal(pthread_self(), test_thread);
    if (session)
        answer->session = *session;
    snprintf(answer->token, sizeof answer->token, "%s", token_text ? token_text : "");
    snprintf(answer->reason, sizeof answer->reason, "%s", reason ? reason : "");
}

static void take_change(const char *reason, void *userdata)
{
    struct answer *answer = userdata;
    assert_false(answer->came);
    answer->came = true;
    answer->in_loop = is_running && pthread_equal(pthread_self(), test_thread);
    snprintf(answer->reason, sizeof answer->reason, "%s", reason ? reason : "");
}

void kit_ask(const char *login, const char *password, struct answer *answer)
{
    *answer = (struct answer){0};
    accounts_login(&accounts, login, password, now_ms, take_login, answer);
}

void kit_wait(struct answer *answer)
{
    while (!answer->came)
        run_one();
}

struct answer *kit_login(const char *login, const char *password)
{
    static struct answer answer;
    kit_ask(login, password, &answer);
    kit_wait(&answer);
    return &answer;
}

const char *kit_token(const char *login, const char *password)
{
    struct answer *answer = kit_login(login, password);
    assert_string_equal(answer->reason, "");
    return answer->token;
}

struct answer *kit_change(const struct account_session *session, const char *password, const char *wanted)
{
    static struct answer answer;
    answer = (struct answer){0};
    accounts_change_password(&accounts, session, password, wanted, now_ms, take_change, &answer);
    kit_wait(&answer);
    return &answer;
}

struct account_session *kit_find(const char *token)
{
    return accounts_find(&accounts, span_of(token), now_ms);
}

struct store_account kit_stored(const char *login)
{
    struct store_account account = {0};
    struct error error = {0};
    assert_int_equal(store_find_account(store, login, &account, &error), STATUS_OK);
    return account;
}
