/* SPDX-License-Identifier: MIT
 * Passwords through the worker, and counting the wrong ones. */
#include "dispatcher/app/accounts_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "common/base/log.h"

/* ---- wrong passwords ---- */

static uint64_t tries_hash(const struct accounts *accounts, const char *login)
{
    uint64_t hash;
    _Static_assert(sizeof hash == crypto_shorthash_BYTES, "");
    crypto_shorthash((uint8_t *)&hash, (const uint8_t *)login, strlen(login), accounts->tries_key);
    return hash;
}

/* Old failures are forgotten; a clock that was set back must not lock for longer than usual. */
static bool is_recent(int64_t failed_ms, int64_t now_ms)
{
    return now_ms - failed_ms < ACCOUNT_LOCK_MS && failed_ms - now_ms < ACCOUNT_LOCK_MS;
}

bool tries_are_over(const struct accounts *accounts, const char *login, const struct store_account *account,
                    int64_t now_ms)
{
    uint64_t hash = tries_hash(accounts, login);
    const struct account_tries *tries = &accounts->tries[hash % ACCOUNT_TRIES_MAX];
    if (tries->login == hash && tries->failures >= ACCOUNT_FAILURES_MAX &&
        is_recent(tries->failed_ms, now_ms))
        return true;
    return account->id && (account->locked || (account->failures >= ACCOUNT_FAILURES_MAX &&
                                               is_recent(account->failed_ms, now_ms)));
}

void tries_forget(struct accounts *accounts, const char *login)
{
    uint64_t hash = tries_hash(accounts, login);
    struct account_tries *tries = &accounts->tries[hash % ACCOUNT_TRIES_MAX];
    if (tries->login == hash)
        *tries = (struct account_tries){0};
}

static void note_stored(struct accounts *accounts, struct store_account *account, int64_t now_ms)
{
    struct error error = {0};
    char detail[64];
    account->failures = is_recent(account->failed_ms, now_ms) ? account->failures + 1 : 1;
    account->failed_ms = now_ms;
    store_put_account(accounts->store, account, &error);
    if (account->failures != ACCOUNT_FAILURES_MAX)
        return;
    log_warn("accounts", "locked account=%u minutes=%d", account->id, ACCOUNT_LOCK_MS / 60000);
    snprintf(detail, sizeof detail, "{\"account\":%u}", account->id);
    store_put_audit(accounts->store, now_ms, 0, "account-locked", span_of(detail), &error);
}

void tries_note(struct accounts *accounts, const char *login, struct store_account *account, int64_t now_ms)
{
    uint64_t hash = tries_hash(accounts, login);
    struct account_tries *tries = &accounts->tries[hash % ACCOUNT_TRIES_MAX];
    if (tries->login != hash || !is_recent(tries->failed_ms, now_ms))
        *tries = (struct account_tries){.login = hash};
    tries->failures++;
    tries->failed_ms = now_ms;
    if (account->id) {
        note_stored(accounts, account, now_ms);
        return;
    }
    /* A write as long as the one for an account that is there, so that the time tells nothing either. */
    struct error error = {0};
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, now_ms);
    store_put_setting(accounts->store, "login-unknown-ms", span_of(text), &error);
}

/* ---- the worker's part ---- */

static void work_out(void *userdata)
{
    struct account_job *job = userdata;
    errno = 0;
    if (crypto_pwhash_str_verify(job->hash, job->password, strlen(job->password)) == 0)
        job->outcome = ACCOUNT_PASSWORD_RIGHT;
    else /* anything but a mismatch is a lack of memory, which nobody is to be locked out for */
        job->outcome = errno == EINVAL ? ACCOUNT_PASSWORD_WRONG : ACCOUNT_PASSWORD_FAULT;
    const char *again = job->wanted[0] ? job->wanted : job->password;
    bool renew =
        job->wanted[0] || crypto_pwhash_str_needs_rehash(job->hash, ACCOUNT_OPSLIMIT, ACCOUNT_MEMLIMIT);
    if (job->outcome == ACCOUNT_PASSWORD_RIGHT && renew && !password_hash(again, job->new_hash))
        job->outcome = ACCOUNT_PASSWORD_FAULT;
    sodium_memzero(job->password, sizeof job->password);
    sodium_memzero(job->wanted, sizeof job->wanted);
}

/* ---- the loop's part ---- */

static struct account_job *job_begin(struct accounts *accounts)
{
    for (size_t i = 0; i < ACCOUNT_JOBS_MAX; i++)
        if (!accounts->jobs[i].is_busy) {
            accounts->jobs[i] = (struct account_job){.accounts = accounts, .is_busy = true};
            return &accounts->jobs[i];
        }
    return NULL;
}

static void job_end(struct account_job *job)
{
    sodium_memzero(job, sizeof *job);
}

/* Finds the job's account, id 0 when there is none. The reason why not to go on, or NULL. */
static const char *look_up(struct accounts *accounts, const char *login, int64_t now_ms,
                           struct store_account *account)
{
    struct error error = {0};
    enum status status = store_find_account(accounts->store, login, account, &error);
    if (status == STATUS_NOT_FOUND)
        *account = (struct store_account){.id = 0};
    else if (status != STATUS_OK)
        return "store-unavailable";
    return tries_are_over(accounts, login, account, now_ms) ? "account-locked" : NULL;
}

/* What the loop's part of every job begins with: the account as it is now and whether the password was right
 * for it. wrong: what to say when it was not. */
static const char *judge(struct account_job *job, struct store_account *account, const char *wrong)
{
    const char *reason = look_up(job->accounts, job->login, job->now_ms, account);
    if (reason)
        return reason;
    if (job->outcome == ACCOUNT_PASSWORD_FAULT)
        return "too-many-logins";
    if (job->outcome == ACCOUNT_PASSWORD_RIGHT && account->id && strcmp(account->password, job->hash) == 0)
        return NULL;
    tries_note(job->accounts, job->login, account, job->now_ms);
    return wrong;
}

/* The account with no failures and perhaps a new hash; written only if something changed. */
static bool settle_account(struct account_job *job, struct store_account *account)
{
    struct error error = {0};
    tries_forget(job->accounts, job->login);
    if (!account->failures && !job->new_hash[0])
        return true;
    account->failures = 0;
    account->failed_ms = 0;
    if (job->new_hash[0]) {
        memcpy(account->password, job->new_hash, sizeof account->password);
        account->changed_ms = job->now_ms;
    }
    return store_put_account(job->accounts->store, account, &error) == STATUS_OK;
}

static void finish_login(void *userdata)
{
    struct account_job *job = userdata;
    struct store_account account;
    char token[ACCOUNT_TOKEN_TEXT] = "";
    struct account_session *session = NULL;
    const char *reason = judge(job, &account, "wrong-login");
    if (!reason && settle_account(job, &account))
        session = session_create(job->accounts, &account, job->now_ms, token);
    if (!reason && !session)
        reason = "store-unavailable";
    if (session)
        log_info("accounts", "logged in account=%u role=%s", account.id, account.role);
    accounts_logged_in *done = job->logged_in;
    void *context = job->userdata;
    sodium_memzero(&account, sizeof account);
    job_end(job); /* before the callback, which may log in again */
    done(session, session ? token : NULL, reason, context);
    sodium_memzero(token, sizeof token);
}

void accounts_login(struct accounts *accounts, const char *login, const char *password, int64_t now_ms,
                    accounts_logged_in *done, void *userdata)
{
    struct store_account account;
    char lower[STORE_NAME_MAX];
    bool fits = login_lower(login, lower) && strlen(password) <= ACCOUNT_PASSWORD_MAX;
    const char *reason = look_up(accounts, lower, now_ms, &account);
    struct account_job *job = reason ? NULL : job_begin(accounts);
    if (job) {
        bool has_password = account.id && account.password[0] && role_is_persons(caller_find(account.role));
        snprintf(job->login, sizeof job->login, "%s", lower);
        snprintf(job->password, sizeof job->password, "%s", fits ? password : "");
        snprintf(job->hash, sizeof job->hash, "%s",
                 fits && has_password ? account.password : accounts->no_hash);
        job->now_ms = now_ms;
        job->logged_in = done;
        job->userdata = userdata;
    }
    sodium_memzero(&account, sizeof account);
    if (job && worker_add(accounts->worker, work_out, finish_login, job))
        return;
    if (job)
        job_end(job);
    done(NULL, NULL, reason ? reason : "too-many-logins", userdata);
}

/* ---- a new password ---- */

static void finish_change(void *userdata)
{
    struct account_job *job = userdata;
    struct accounts *accounts = job->accounts;
    struct store_account account;
    const char *reason = judge(job, &account, "wrong-password");
    if (!reason) {
        account.must_change = false;
        if (settle_account(job, &account))
            sessions_end(accounts, account.id, job->token_hash);
        else
            reason = "store-unavailable";
    }
    if (!reason)
        log_info("accounts", "password changed account=%u", account.id);
    accounts_changed *done = job->changed;
    void *context = job->userdata;
    sodium_memzero(&account, sizeof account);
    job_end(job);
    done(reason, context);
}

/* Characters, not bytes: a phrase in Chinese counts as it is read. */
static size_t characters_of(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool is_weak(const char *wanted, const char *password, const char *login)
{
    return characters_of(wanted) < ACCOUNT_PASSWORD_MIN || strlen(wanted) > ACCOUNT_PASSWORD_MAX ||
           strcmp(wanted, password) == 0 || strcmp(wanted, login) == 0;
}

void accounts_change_password(struct accounts *accounts, const struct account_session *session,
                              const char *password, const char *wanted, int64_t now_ms,
                              accounts_changed *done, void *userdata)
{
    struct store_account account;
    struct error error = {0};
    struct account_job *job = NULL;
    const char *reason = NULL;
    if (store_get_account(accounts->store, session->account, &account, &error) != STATUS_OK)
        reason = "store-unavailable";
    else if (is_weak(wanted, password, account.login))
        reason = "weak-password";
    else if (tries_are_over(accounts, account.login, &account, now_ms))
        reason = "account-locked";
    else
        job = job_begin(accounts);
    if (job) {
        bool fits = strlen(password) <= ACCOUNT_PASSWORD_MAX;
        snprintf(job->login, sizeof job->login, "%s", account.login);
        snprintf(job->password, sizeof job->password, "%s", fits ? password : "");
        snprintf(job->wanted, sizeof job->wanted, "%s", wanted);
        snprintf(job->hash, sizeof job->hash, "%s", fits ? account.password : accounts->no_hash);
        memcpy(job->token_hash, session->token_hash, sizeof job->token_hash);
        job->now_ms = now_ms;
        job->changed = done;
        job->userdata = userdata;
    }
    sodium_memzero(&account, sizeof account);
    if (job && worker_add(accounts->worker, work_out, finish_change, job))
        return;
    if (job)
        job_end(job);
    done(reason ? reason : "too-many-logins", userdata);
}
