/* SPDX-License-Identifier: MIT
 * Making accounts, and what is asked about them. */
#include "dispatcher/app/accounts_inside.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

_Static_assert(STORE_PASSWORD_MAX >= crypto_pwhash_STRBYTES, "a hash fits its field");

enum { LOGIN_LEAST = 2, LOGIN_MOST = 32, GROUPS = 4, GROUP_CHARACTERS = 4, SALT_BYTES = 16, SUM_BYTES = 32 };
_Static_assert(GROUPS *(GROUP_CHARACTERS + 1) == ACCOUNT_PASSWORD_TEXT, "groups with a hyphen or the end");

/* An argon2id string with today's limits that nobody knows a password for: checking against it takes as long
 * as checking against any other. */
static void make_no_hash(char out[STORE_PASSWORD_MAX])
{
    uint8_t salt[SALT_BYTES], sum[SUM_BYTES];
    char salt_text[32], sum_text[64];
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(sum, sizeof sum);
    sodium_bin2base64(salt_text, sizeof salt_text, salt, sizeof salt,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(sum_text, sizeof sum_text, sum, sizeof sum, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    snprintf(out, STORE_PASSWORD_MAX, "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", ACCOUNT_MEMLIMIT / 1024,
             ACCOUNT_OPSLIMIT, salt_text, sum_text);
}

void accounts_init(struct accounts *accounts, struct store *store, struct worker *worker)
{
    int ready = sodium_init();
    assert(ready >= 0);
    (void)ready;
    memset(accounts, 0, sizeof *accounts);
    accounts->store = store;
    accounts->worker = worker;
    randombytes_buf(accounts->tries_key, sizeof accounts->tries_key);
    make_no_hash(accounts->no_hash);
}

void accounts_destroy(struct accounts *accounts)
{
    sodium_memzero(accounts, sizeof *accounts);
}

bool role_is_persons(enum caller_kind role)
{
    return role == CALLER_CLERK || role == CALLER_LEAD || role == CALLER_MANAGER || role == CALLER_AUDITOR ||
           role == CALLER_ADMIN;
}

bool password_hash(const char *password, char out[STORE_PASSWORD_MAX])
{
    return crypto_pwhash_str(out, password, strlen(password), ACCOUNT_OPSLIMIT, ACCOUNT_MEMLIMIT) == 0;
}

bool login_lower(const char *login, char out[STORE_NAME_MAX])
{
    size_t length = strnlen(login, STORE_NAME_MAX);
    bool fits = length < STORE_NAME_MAX;
    for (size_t i = 0; fits && i < length; i++)
        out[i] = login[i] >= 'A' && login[i] <= 'Z' ? (char)(login[i] - 'A' + 'a') : login[i];
    out[fits ? length : 0] = '\0';
    return fits;
}

/* ---- making ---- */

/* 31 letters and digits that look like no other: 79 bits in 16 of them. */
static void draw_password(char out[ACCOUNT_PASSWORD_TEXT])
{
    static const char characters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    for (size_t i = 0; i < ACCOUNT_PASSWORD_TEXT - 1; i++)
        out[i] = i % (GROUP_CHARACTERS + 1) == GROUP_CHARACTERS
                     ? '-'
                     : characters[randombytes_uniform(sizeof characters - 1)];
    out[ACCOUNT_PASSWORD_TEXT - 1] = '\0';
}

static bool is_login(const char *login)
{
    size_t length = strlen(login);
    for (const char *c = login; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && !strchr(".-_", *c))
            return false;
    return length >= LOGIN_LEAST && length <= LOGIN_MOST;
}

/* Draws a password for the account and stores both. Nothing stays in `password` on a fault. */
static enum status put_with_password(struct accounts *accounts, struct store_account *account,
                                     char password[ACCOUNT_PASSWORD_TEXT], struct error *error)
{
    enum status status = STATUS_OK;
    draw_password(password);
    account->must_change = true;
    if (!password_hash(password, account->password))
        status = error_set(error, STATUS_MEMORY, "no memory to work out a password");
    if (status == STATUS_OK)
        status = store_put_account(accounts->store, account, error);
    if (status != STATUS_OK)
        sodium_memzero(password, ACCOUNT_PASSWORD_TEXT);
    sodium_memzero(account->password, sizeof account->password);
    return status;
}

static enum status audit(struct accounts *accounts, const struct store_account *account, const char *act,
                         int64_t now_ms, struct error *error)
{
    char detail[96];
    snprintf(detail, sizeof detail, "{\"account\":%u,\"role\":\"%s\"}", account->id, account->role);
    return store_put_audit(accounts->store, now_ms, 0, act, span_of(detail), error);
}

enum status accounts_create(struct accounts *accounts, const char *login, const char *name,
                            enum caller_kind role, struct clerk_id clerk, int64_t now_ms,
                            char password[ACCOUNT_PASSWORD_TEXT], struct error *error)
{
    struct store_account account = {.clerk = clerk, .created_ms = now_ms, .changed_ms = now_ms};
    memset(password, 0, ACCOUNT_PASSWORD_TEXT);
    if (!login_lower(login, account.login) || !is_login(account.login))
        return error_set(error, STATUS_PARSE, "a login has %d to %d letters, digits and the marks . - _",
                         LOGIN_LEAST, LOGIN_MOST);
    if (!role_is_persons(role))
        return error_set(error, STATUS_PARSE, "an account's role is clerk, lead, manager, auditor or admin");
    if (strlen(name) >= sizeof account.name)
        return error_set(error, STATUS_LIMIT, "an account's name has at most %zu bytes",
                         sizeof account.name - 1);
    memcpy(account.name, name, strlen(name));
    snprintf(account.role, sizeof account.role, "%s", caller_name(role));
    enum status status = put_with_password(accounts, &account, password, error);
    return status == STATUS_OK ? audit(accounts, &account, "account-created", now_ms, error) : status;
}

enum status accounts_reset(struct accounts *accounts, const char *login, int64_t now_ms,
                           char password[ACCOUNT_PASSWORD_TEXT], struct error *error)
{
    struct store_account account;
    char lower[STORE_NAME_MAX];
    memset(password, 0, ACCOUNT_PASSWORD_TEXT);
    login_lower(login, lower);
    enum status status = store_find_account(accounts->store, lower, &account, error);
    if (status != STATUS_OK)
        return status;
    account.locked = false;
    account.failures = 0;
    account.failed_ms = 0;
    account.changed_ms = now_ms;
    status = put_with_password(accounts, &account, password, error);
    if (status != STATUS_OK)
        return status;
    tries_forget(accounts, lower);
    sessions_end(accounts, account.id, NULL);
    return audit(accounts, &account, "account-reset", now_ms, error);
}

/* ---- asking ---- */

bool accounts_csrf_is_right(const struct account_session *session, const char *text)
{
    return text && strlen(text) == ACCOUNT_TOKEN_TEXT - 1 &&
           sodium_memcmp(session->csrf, text, ACCOUNT_TOKEN_TEXT - 1) == 0;
}

struct caller accounts_caller(const struct account_session *session)
{
    return (struct caller){
        .kind = session->role,
        .id = session->account,
        .key_space = CALLER_ACCOUNTS + session->account,
        .boot = session->boot,
        .clerk = session->clerk,
    };
}
