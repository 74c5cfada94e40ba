/* SPDX-License-Identifier: MIT
 * Shared by the accounts' own files. */
#ifndef DISPATCHER_APP_ACCOUNTS_INSIDE_H
#define DISPATCHER_APP_ACCOUNTS_INSIDE_H

#include "dispatcher/app/accounts.h"

/* Whether the role is one that people have, not devices. */
bool role_is_persons(enum caller_kind role);

/* argon2id string of a password; false without memory. Slow. */
bool password_hash(const char *password, char out[STORE_PASSWORD_MAX]);

/* The login in lower case; false (and out "") when it is too long. */
bool login_lower(const char *login, char out[STORE_NAME_MAX]);

/* Counts a wrong password for the login, and with the account (id 0: there is none). */
void tries_note(struct accounts *accounts, const char *login, struct store_account *account, int64_t now_ms);
void tries_forget(struct accounts *accounts, const char *login);
/* Whether the login is locked now. account: as stored, id 0: there is none. */
bool tries_are_over(const struct accounts *accounts, const char *login, const struct store_account *account,
                    int64_t now_ms);

/* A new session of the account, stored; NULL when it cannot be stored. Writes the cookie's text. */
struct account_session *session_create(struct accounts *accounts, const struct store_account *account,
                                       int64_t now_ms, char token_text[ACCOUNT_TOKEN_TEXT]);
/* Ends all sessions of the account but the one with this token (NULL: all). */
void sessions_end(struct accounts *accounts, uint32_t account, const uint8_t *keep);

#endif
