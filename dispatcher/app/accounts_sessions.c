/* SPDX-License-Identifier: MIT
 * Sessions: made at a login, kept in memory and in the store, found by their cookie. */
#include "dispatcher/app/accounts_inside.h"

#include <sodium.h>
#include <stdio.h>

#include "common/wire/json.h"

enum { TOKEN_BYTES = 32 };
_Static_assert(ACCOUNT_TOKEN_TEXT ==
                   sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "a token as text");

/* Everything that belongs to a token follows from it, so that only the token's hash need be stored. */
static void derive(const char *purpose, const uint8_t token[TOKEN_BYTES], uint8_t out[TOKEN_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, TOKEN_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, token, TOKEN_BYTES);
    crypto_generichash_final(&state, out, TOKEN_BYTES);
    sodium_memzero(&state, sizeof state);
}

static void token_write(const uint8_t token[TOKEN_BYTES], char out[ACCOUNT_TOKEN_TEXT])
{
    sodium_bin2base64(out, ACCOUNT_TOKEN_TEXT, token, TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* Only the one spelling of a token that token_write makes: the decoder also takes some bytes beyond ASCII. */
static bool token_read(struct span text, uint8_t out[TOKEN_BYTES])
{
    char again[ACCOUNT_TOKEN_TEXT];
    size_t length = 0;
    if (text.length != ACCOUNT_TOKEN_TEXT - 1 ||
        sodium_base642bin(out, TOKEN_BYTES, text.data, text.length, NULL, &length, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        length != TOKEN_BYTES)
        return false;
    token_write(out, again);
    bool same = sodium_memcmp(again, text.data, text.length) == 0;
    sodium_memzero(again, sizeof again);
    return same;
}

/* ---- how long a session lives ---- */

static int64_t idle_ms(enum caller_kind role)
{
    return role == CALLER_CLERK ? ACCOUNT_IDLE_CLERK_MS : ACCOUNT_IDLE_OTHER_MS;
}

static bool is_alive(const struct account_session *session, int64_t now_ms)
{
    return now_ms - session->created_ms < ACCOUNT_SESSION_MS &&
           now_ms - session->seen_ms < idle_ms(session->role);
}

/* ---- the cache ---- */

static struct account_session *cached(struct accounts *accounts, const uint8_t token_hash[STORE_HASH_BYTES])
{
    for (uint32_t i = 0; i < accounts->session_count; i++)
        if (memcmp(accounts->sessions[i].token_hash, token_hash, STORE_HASH_BYTES) == 0)
            return &accounts->sessions[i];
    return NULL;
}

static void uncache(struct accounts *accounts, struct account_session *session)
{
    struct account_session *last = &accounts->sessions[--accounts->session_count];
    if (session != last)
        *session = *last;
    sodium_memzero(last, sizeof *last);
}

/* Room for one more: the one not seen for longest goes; it is still in the store. */
static struct account_session *cache_room(struct accounts *accounts)
{
    if (accounts->session_count == ACCOUNT_SESSIONS_MAX) {
        struct account_session *oldest = &accounts->sessions[0];
        for (uint32_t i = 1; i < accounts->session_count; i++)
            if (accounts->sessions[i].seen_ms < oldest->seen_ms)
                oldest = &accounts->sessions[i];
        uncache(accounts, oldest);
    }
    struct account_session *session = &accounts->sessions[accounts->session_count++];
    memset(session, 0, sizeof *session);
    return session;
}

/* ---- beginning and ending ---- */

static void take_account(struct account_session *session, const struct store_account *account)
{
    session->account = account->id;
    session->role = caller_find(account->role);
    session->clerk = account->clerk;
    session->must_change = account->must_change;
    memcpy(session->name, account->name, sizeof session->name);
}

static bool may_hold_session(const struct store_account *account)
{
    return !account->locked && role_is_persons(caller_find(account->role));
}

static struct account_session *cache_session(struct accounts *accounts, const struct store_account *account,
                                             const uint8_t token[TOKEN_BYTES], int64_t created_ms,
                                             int64_t seen_ms)
{
    struct account_session *session = cache_room(accounts);
    uint8_t derived[TOKEN_BYTES];
    derive("session", token, session->token_hash);
    derive("csrf", token, derived);
    token_write(derived, session->csrf);
    derive("boot", token, derived);
    memcpy(&session->boot, derived, sizeof session->boot);
    session->boot = (session->boot & WIRE_INTEGER_MAX) | 1; /* never 0, and exact in JSON */
    sodium_memzero(derived, sizeof derived);
    take_account(session, account);
    session->created_ms = created_ms;
    session->seen_ms = seen_ms;
    session->stored_ms = seen_ms;
    return session;
}

static enum status store_session(struct accounts *accounts, struct account_session *session, int64_t now_ms)
{
    struct error error = {0};
    struct store_session stored = {
        .account = session->account,
        .created_ms = session->created_ms,
        .seen_ms = now_ms,
        .expires_ms = session->created_ms + ACCOUNT_SESSION_MS,
    };
    memcpy(stored.token_hash, session->token_hash, sizeof stored.token_hash);
    session->stored_ms = now_ms; /* on a fault too: the next try is a minute away */
    return store_put_session(accounts->store, &stored, &error);
}

struct account_session *session_create(struct accounts *accounts, const struct store_account *account,
                                       int64_t now_ms, char token_text[ACCOUNT_TOKEN_TEXT])
{
    uint8_t token[TOKEN_BYTES];
    randombytes_buf(token, sizeof token);
    struct account_session *session = cache_session(accounts, account, token, now_ms, now_ms);
    token_write(token, token_text);
    sodium_memzero(token, sizeof token);
    if (store_session(accounts, session, now_ms) == STATUS_OK)
        return session;
    uncache(accounts, session);
    sodium_memzero(token_text, ACCOUNT_TOKEN_TEXT);
    return NULL;
}

/* A session that the store could not forget stays in the cache as one that has run out, and is dropped when
 * it is asked for again. */
static void session_end(struct accounts *accounts, struct account_session *session)
{
    struct error error = {0};
    if (store_drop_session(accounts->store, session->token_hash, &error) == STATUS_OK)
        uncache(accounts, session);
    else
        session->created_ms = INT64_MIN / 2;
}

void sessions_end(struct accounts *accounts, uint32_t account, const uint8_t *keep)
{
    struct error error = {0};
    bool dropped = store_drop_sessions_of(accounts->store, account, &error) == STATUS_OK;
    for (uint32_t i = accounts->session_count; i-- > 0;) {
        struct account_session *session = &accounts->sessions[i];
        if (session->account != account)
            continue;
        if (keep && memcmp(session->token_hash, keep, STORE_HASH_BYTES) == 0) {
            session->must_change = false;
            store_session(accounts, session, session->seen_ms);
        } else if (dropped) {
            uncache(accounts, session);
        } else {
            session->created_ms = INT64_MIN / 2;
        }
    }
}

void accounts_logout(struct accounts *accounts, struct account_session *session)
{
    session_end(accounts, session);
}

void accounts_logout_all(struct accounts *accounts, uint32_t account)
{
    sessions_end(accounts, account, NULL);
}

/* ---- finding ---- */

/* Takes a session over from the store, as after a restart. */
static struct account_session *restore(struct accounts *accounts, const uint8_t token[TOKEN_BYTES],
                                       const uint8_t token_hash[STORE_HASH_BYTES])
{
    struct store_session stored;
    struct store_account account;
    struct account_session *session = NULL;
    struct error error = {0};
    if (store_find_session(accounts->store, token_hash, &stored, &error) != STATUS_OK ||
        store_get_account(accounts->store, stored.account, &account, &error) != STATUS_OK)
        return NULL;
    if (may_hold_session(&account))
        session = cache_session(accounts, &account, token, stored.created_ms, stored.seen_ms);
    sodium_memzero(&account, sizeof account);
    return session;
}

/* Once a minute: stores that it is in use, and looks whether its account still is what it was. */
static bool refresh(struct accounts *accounts, struct account_session *session, int64_t now_ms)
{
    struct store_account account;
    struct error error = {0};
    enum status status = store_get_account(accounts->store, session->account, &account, &error);
    bool may_stay = status == STATUS_OK ? may_hold_session(&account) : status != STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        take_account(session, &account);
    sodium_memzero(&account, sizeof account);
    if (may_stay)
        store_session(accounts, session, now_ms);
    return may_stay;
}

struct account_session *accounts_find(struct accounts *accounts, struct span token_text, int64_t now_ms)
{
    uint8_t token[TOKEN_BYTES], token_hash[STORE_HASH_BYTES];
    if (!token_read(token_text, token))
        return NULL;
    derive("session", token, token_hash);
    struct account_session *session = cached(accounts, token_hash);
    if (!session)
        session = restore(accounts, token, token_hash);
    sodium_memzero(token, sizeof token);
    if (!session)
        return NULL;
    bool is_due = now_ms - session->stored_ms >= ACCOUNT_TOUCH_MS || now_ms < session->stored_ms;
    if (!is_alive(session, now_ms) || (is_due && !refresh(accounts, session, now_ms))) {
        session_end(accounts, session);
        return NULL;
    }
    session->seen_ms = now_ms;
    return session;
}

bool accounts_is_alive(struct accounts *accounts, const uint8_t token_hash[STORE_HASH_BYTES], int64_t now_ms)
{
    struct store_session stored;
    struct error error = {0};
    const struct account_session *session = cached(accounts, token_hash);
    if (session)
        return is_alive(session, now_ms);
    /* Pushed out of the cache: its last word is the store's. */
    return store_find_session(accounts->store, token_hash, &stored, &error) == STATUS_OK &&
           now_ms < stored.expires_ms && now_ms - stored.seen_ms < ACCOUNT_IDLE_CLERK_MS;
}
