/* SPDX-License-Identifier: MIT
 * People at consoles: passwords (argon2id, worked out in the worker thread so that no call waits for it),
 * sessions (random tokens, stored as hashes), lock-out after wrong passwords.
 *
 * A login is a name without regard to case. Sessions outlive a restart: what is in memory is a cache of the
 * store's. When a session was last seen is stored once a minute, so after a restart its idle time may end up
 * to a minute early; a change of its account (role, lock) shows within that minute too.
 *
 * All functions belong to the loop's thread. Writes take part in a transaction of the store that happens to
 * be open, and are durable by themselves otherwise. */
#ifndef DISPATCHER_APP_ACCOUNTS_H
#define DISPATCHER_APP_ACCOUNTS_H

#include "common/base/worker.h"
#include "dispatcher/app/caller.h"
#include "dispatcher/store/records.h"

enum {
    ACCOUNT_TOKEN_TEXT = 44,    /* bytes of a session or CSRF token in base64url, with NUL */
    ACCOUNT_PASSWORD_TEXT = 20, /* bytes of a generated password, with NUL */
    ACCOUNT_SESSIONS_MAX = 1024,
    ACCOUNT_FAILURES_MAX = 5, /* then locked for ACCOUNT_LOCK_MS */
    ACCOUNT_LOCK_MS = 15 * 60 * 1000,
    ACCOUNT_IDLE_CLERK_MS = 15 * 60 * 1000,
    ACCOUNT_IDLE_OTHER_MS = 10 * 60 * 1000,
    ACCOUNT_SESSION_MS = 10 * 60 * 60 * 1000,
    ACCOUNT_TOUCH_MS = 60 * 1000,        /* how often a session in use is stored again */
    ACCOUNT_OPSLIMIT = 2,                /* argon2id: passes */
    ACCOUNT_MEMLIMIT = 19 * 1024 * 1024, /* argon2id: bytes, only while one password is worked out */
    ACCOUNT_PASSWORD_MIN = 10,           /* characters of a chosen password */
    ACCOUNT_PASSWORD_MAX = 256,          /* bytes of any password */
    ACCOUNT_JOBS_MAX = 16,               /* passwords waiting for the worker */
    ACCOUNT_TRIES_MAX = 256,             /* logins whose failures are counted in memory */
};

struct account_session {
    uint8_t token_hash[STORE_HASH_BYTES];
    char csrf[ACCOUNT_TOKEN_TEXT]; /* derived from the token; sent to the page once after login or on GET
                                      session */
    uint32_t account;
    enum caller_kind role;
    struct clerk_id clerk;
    char name[STORE_NAME_MAX];
    uint64_t boot; /* names the session in idempotency keys */
    int64_t created_ms, seen_ms, stored_ms;
    bool must_change;
};

/* session NULL: it failed for the reason. */
typedef void accounts_logged_in(const struct account_session *session, const char *token_text,
                                const char *reason, void *userdata);
/* reason NULL: the password is changed. */
typedef void accounts_changed(const char *reason, void *userdata);

/* Private: a password on its way through the worker. The worker touches the texts and the outcome only. */
struct account_job {
    struct accounts *accounts;
    bool is_busy;
    enum { ACCOUNT_PASSWORD_WRONG, ACCOUNT_PASSWORD_RIGHT, ACCOUNT_PASSWORD_FAULT } outcome;
    char login[STORE_NAME_MAX];
    char password[ACCOUNT_PASSWORD_MAX + 1];
    char wanted[ACCOUNT_PASSWORD_MAX + 1]; /* the new one; empty: this is a login */
    char hash[STORE_PASSWORD_MAX];         /* to check against */
    char new_hash[STORE_PASSWORD_MAX];     /* of `wanted`, or of the same password with today's limits */
    uint8_t token_hash[STORE_HASH_BYTES];  /* of the session that changes its password */
    int64_t now_ms;
    accounts_logged_in *logged_in;
    accounts_changed *changed;
    void *userdata;
};

/* Private: wrong passwords for a login, whether it exists or not, so that a lock tells nobody which. */
struct account_tries {
    uint64_t login; /* keyed hash */
    uint32_t failures;
    int64_t failed_ms;
};

struct accounts {
    struct store *store;   /* borrowed */
    struct worker *worker; /* borrowed */
    uint32_t session_count;
    struct account_session sessions[ACCOUNT_SESSIONS_MAX]; /* the cache, in no order */
    struct account_job jobs[ACCOUNT_JOBS_MAX];
    struct account_tries tries[ACCOUNT_TRIES_MAX]; /* by hash of the login */
    uint8_t tries_key[16];
    char no_hash[STORE_PASSWORD_MAX]; /* which no password has: checked in the place of one that is not there
                                       */
};

/* worker NULL: only for accounts_create and accounts_reset. Must not move afterwards. */
void accounts_init(struct accounts *accounts, struct store *store, struct worker *worker);
/* Wipes everything. After worker_destroy; logins that are under way are not called back. A zeroed struct is
 * allowed. */
void accounts_destroy(struct accounts *accounts);

/* Makes an account with a generated password (written to `password`, shown once), which must be changed at
 * the first login. The login has 2 to 32 letters, digits and the marks . - _ (PARSE otherwise, also for a
 * role that no person has). EXISTS: the login is taken. Slow (argon2id): for set-up, not for the loop's
 * thread while serving. */
enum status accounts_create(struct accounts *accounts, const char *login, const char *name,
                            enum caller_kind role, struct clerk_id clerk, int64_t now_ms,
                            char password[ACCOUNT_PASSWORD_TEXT], struct error *error);

/* Gives an account a new generated password, unlocks it and ends its sessions. NOT_FOUND. As slow as above.
 */
enum status accounts_reset(struct accounts *accounts, const char *login, int64_t now_ms,
                           char password[ACCOUNT_PASSWORD_TEXT], struct error *error);

/* Checks a password in the worker thread and calls back on the loop's thread, once. On success the session is
 * made and token_text is what the cookie carries. On failure session is NULL and reason one of "wrong-login"
 * (also for unknown logins, in the same time), "account-locked" (after ACCOUNT_FAILURES_MAX wrong passwords,
 * each within ACCOUNT_LOCK_MS of the one before, until ACCOUNT_LOCK_MS after the last; or by an
 * administrator), "too-many-logins" (the worker is full), "store-unavailable". The last three may come
 * before this function returns. */
void accounts_login(struct accounts *accounts, const char *login, const char *password, int64_t now_ms,
                    accounts_logged_in *done, void *userdata);

/* Changes the password of a session's account in the same way, and ends its other sessions. Reasons:
 * "wrong-password" (it counts as one at the login), "weak-password" (`wanted` is short, the old one or the
 * login), "account-locked", "too-many-logins", "store-unavailable". */
void accounts_change_password(struct accounts *accounts, const struct account_session *session,
                              const char *password, const char *wanted, int64_t now_ms,
                              accounts_changed *done, void *userdata);

/* The session of a cookie's token, alive and touched (idle time begins anew); NULL when there is none or it
 * ran out. The text need not be NUL-terminated; hostile. The session may be read until the next call of any
 * function here. */
struct account_session *accounts_find(struct accounts *accounts, struct span token_text, int64_t now_ms);
void accounts_logout(struct accounts *accounts, struct account_session *session);
/* Ends all sessions of an account. */
void accounts_logout_all(struct accounts *accounts, uint32_t account);

/* Whether the session is still good, without touching it: for streams, which end with their session. */
bool accounts_is_alive(struct accounts *accounts, const uint8_t token_hash[STORE_HASH_BYTES], int64_t now_ms);

/* Whether the header's CSRF text is the session's, in constant time. */
bool accounts_csrf_is_right(const struct account_session *session, const char *text);

/* The caller of a session's requests. */
struct caller accounts_caller(const struct account_session *session);

#endif
