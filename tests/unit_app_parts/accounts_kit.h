/* SPDX-License-Identifier: MIT
 * Accounts on a store in memory, with a worker and a stand-in for the loop: what the worker posts waits until
 * the test takes it in. */
#ifndef TESTS_UNIT_APP_PARTS_ACCOUNTS_KIT_H
#define TESTS_UNIT_APP_PARTS_ACCOUNTS_KIT_H

#include "dispatcher/app/accounts.h"

/* What a login or change ended in. */
struct answer {
    bool came;
    bool in_loop;    /* the callback ran in the test's own thread, from kit_wait */
    char reason[32]; /* "": success */
    char token[ACCOUNT_TOKEN_TEXT];
    struct account_session session; /* a copy */
};

enum { KIT_START_MS = 1795399200 }; /* times 1000: 2026-11-23 02:00 UTC */
extern struct accounts accounts;
extern struct store *store;
extern struct worker worker;
extern int64_t now_ms;

/* cmocka set-up and tear-down: a fresh store in memory, now_ms at the start. */
int kit_begin(void **state);
int kit_end(void **state);
/* Accounts anew on the same store, as after a restart. */
void kit_restart(void);

/* Makes an account and returns its password, good until the next call. */
const char *kit_create(const char *login, enum caller_kind role, uint16_t clerk);

/* Starts a login without waiting. */
void kit_ask(const char *login, const char *password, struct answer *answer);
/* Waits until the worker is done with a job, and runs nothing. */
void kit_wait_worked(void);
/* Runs what was posted until the answer has come. */
void kit_wait(struct answer *answer);
/* kit_ask and kit_wait; the answer is good until the next call. */
struct answer *kit_login(const char *login, const char *password);
/* A login that must succeed; returns the token. */
const char *kit_token(const char *login, const char *password);
struct answer *kit_change(const struct account_session *session, const char *password, const char *wanted);

struct account_session *kit_find(const char *token);
struct store_account kit_stored(const char *login);

#endif
