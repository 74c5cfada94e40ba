/* SPDX-License-Identifier: MIT
 * People at consoles: passwords (argon2id, worked out in the worker thread so that no call waits for it),
 * sessions (random tokens, stored as hashes), lock-out after wrong passwords. */
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

struct accounts {
    struct store *store;   /* borrowed */
    struct worker *worker; /* borrowed */
    uint32_t session_count;
    struct account_session sessions[ACCOUNT_SESSIONS_MAX];
    /* private members may follow */
};

void accounts_init(struct accounts *accounts, struct store *store, struct worker *worker);
void accounts_destroy(struct accounts *accounts); /* wipes tokens */

/* Makes an account with a generated password (written to `password`, shown once). EXISTS: the login is taken.
 * Slow (argon2id): for set-up, not for the loop's thread while serving. */
enum status accounts_create(struct accounts *accounts, const char *login, const char *name,
                            enum caller_kind role, struct clerk_id clerk, int64_t now_ms,
                            char password[ACCOUNT_PASSWORD_TEXT], struct error *error);

/* Checks a password in the worker thread and calls back on the loop's thread, once. On success the session is
 * made and token_text is what the cookie carries. On failure session is NULL and reason one of "wrong-login"
 * (also for unknown logins, in the same time), "account-locked", "too-many-logins" (the worker is full),
 * "store-unavailable". */
typedef void accounts_logged_in(const struct account_session *session, const char *token_text,
                                const char *reason, void *userdata);
void accounts_login(struct accounts *accounts, const char *login, const char *password, int64_t now_ms,
                    accounts_logged_in *done, void *userdata);

/* The session of a cookie's token, alive and touched (idle time begins anew); NULL when there is none or it
 * ran out. The text need not be NUL-terminated; hostile. */
struct account_session *accounts_find(struct accounts *accounts, struct span token_text, int64_t now_ms);
void accounts_logout(struct accounts *accounts, struct account_session *session);

/* Whether the header's CSRF text is the session's, in constant time. */
bool accounts_csrf_is_right(const struct account_session *session, const char *text);

/* The caller of a session's requests. */
struct caller accounts_caller(const struct account_session *session);

#endif
