/* SPDX-License-Identifier: MIT
 * Accounts and console sessions. */
#include "dispatcher/store/records_inside.h"

/* ---- accounts ---- */
static enum status check_account(const struct store_account *account, struct error *error)
{
    enum status status = records_check(account->login, sizeof account->login, "a login", error);
    if (status == STATUS_OK)
        status = records_check(account->name, sizeof account->name, "a name", error);
    if (status == STATUS_OK)
        status = records_check(account->password, sizeof account->password, "a password's hash", error);
    if (status == STATUS_OK)
        status = records_check(account->role, sizeof account->role, "a role", error);
    return status;
}

enum status store_put_account(struct store *store, struct store_account *account, struct error *error)
{
    enum status status = check_account(account, error);
    if (status != STATUS_OK)
        return status;
    const struct sql_value values[] = {
        sql_string(account->login),    sql_string(account->name),     sql_string(account->password),
        sql_string(account->role),     sql_int(account->clerk.value), sql_int(account->locked),
        sql_int(account->must_change), sql_int(account->failures),    sql_int(account->failed_ms),
        sql_int(account->created_ms),  sql_int(account->changed_ms),  sql_int(account->id),
    };
    if (account->id != 0) {
        status = WRITE(store, ACCOUNT_PUT, values, NULL, NULL, error);
        status = records_changed(store, status, "such account", error);
    } else {
        int64_t id = 0;
        status = store_write(store, STATEMENT_ACCOUNT_ADD, values, 11, sink_int, &id, error);
        if (status == STATUS_OK)
            account->id = (uint32_t)id;
    }
    if (status == STATUS_EXISTS)
        error_set(error, status, "another account has the login %s", account->login);
    return status;
}

struct each_account {
    store_account_sink *sink;
    void *userdata;
};

static bool account_row(const struct sql_row *row, void *userdata)
{
    const struct each_account *each = userdata;
    struct store_account account = {
        .id = (uint32_t)row_int(row, 0),
        .clerk = {(uint16_t)row_int(row, 5)},
        .locked = row_int(row, 6) != 0,
        .must_change = row_int(row, 7) != 0,
        .failures = (uint32_t)row_int(row, 8),
        .failed_ms = row_int(row, 9),
        .created_ms = row_int(row, 10),
        .changed_ms = row_int(row, 11),
    };
    records_copy(account.login, sizeof account.login, row_bytes(row, 1));
    records_copy(account.name, sizeof account.name, row_bytes(row, 2));
    records_copy(account.password, sizeof account.password, row_bytes(row, 3));
    records_copy(account.role, sizeof account.role, row_bytes(row, 4));
    each->sink(&account, each->userdata);
    return true;
}

static void keep_account(const struct store_account *account, void *userdata)
{
    *(struct store_account *)userdata = *account;
}

static enum status find_account(struct store *store, enum statement statement, const struct sql_value *value,
                                struct store_account *out, struct error *error)
{
    struct each_account each = {keep_account, out};
    out->id = 0;
    enum status status = store_run(store, statement, value, 1, account_row, &each, error);
    return records_not_found(status, out->id != 0, "such account", error);
}

enum status store_find_account(struct store *store, const char *login, struct store_account *out,
                               struct error *error)
{
    const struct sql_value value = sql_string(login);
    return find_account(store, STATEMENT_ACCOUNT_FIND, &value, out, error);
}

enum status store_get_account(struct store *store, uint32_t id, struct store_account *out,
                              struct error *error)
{
    const struct sql_value value = sql_int(id);
    return find_account(store, STATEMENT_ACCOUNT_GET, &value, out, error);
}

enum status store_accounts(struct store *store, store_account_sink *sink, void *userdata, struct error *error)
{
    struct each_account each = {sink, userdata};
    return store_run(store, STATEMENT_ACCOUNTS, NULL, 0, account_row, &each, error);
}

/* ---- sessions ---- */
enum status store_put_session(struct store *store, const struct store_session *session, struct error *error)
{
    const struct sql_value values[] = {sql_blob(session->token_hash, STORE_HASH_BYTES),
                                       sql_int(session->account), sql_int(session->created_ms),
                                       sql_int(session->seen_ms), sql_int(session->expires_ms)};
    return WRITE(store, SESSION_PUT, values, NULL, NULL, error);
}

static bool session_row(const struct sql_row *row, void *userdata)
{
    struct store_session *session = userdata;
    session->account = (uint32_t)row_int(row, 0);
    session->created_ms = row_int(row, 1);
    session->seen_ms = row_int(row, 2);
    session->expires_ms = row_int(row, 3);
    return true;
}

enum status store_find_session(struct store *store, const uint8_t token_hash[STORE_HASH_BYTES],
                               struct store_session *out, struct error *error)
{
    const struct sql_value values[] = {sql_blob(token_hash, STORE_HASH_BYTES)};
    *out = (struct store_session){.expires_ms = -1};
    records_copy_hash(out->token_hash, (struct span){(const char *)token_hash, STORE_HASH_BYTES});
    enum status status = RUN(store, SESSION_FIND, values, session_row, out, error);
    return records_not_found(status, out->expires_ms != -1, "such session", error);
}

enum status store_drop_session(struct store *store, const uint8_t token_hash[STORE_HASH_BYTES],
                               struct error *error)
{
    const struct sql_value values[] = {sql_blob(token_hash, STORE_HASH_BYTES)};
    return WRITE(store, SESSION_DROP, values, NULL, NULL, error);
}

enum status store_drop_sessions_of(struct store *store, uint32_t account, struct error *error)
{
    const struct sql_value values[] = {sql_int(account)};
    return WRITE(store, SESSIONS_DROP, values, NULL, NULL, error);
}
