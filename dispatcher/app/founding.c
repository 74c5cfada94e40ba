/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/founding.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "dispatcher/app/accounts.h"
#include "dispatcher/app/catalogue.h"
#include "dispatcher/app/devices.h"
#include "dispatcher/app/fields_json.h"
#include "dispatcher/core/hall.h"
#include "dispatcher/store/store.h"

/* Everything that making a hall needs at hand. */
struct making {
    const char *data;
    struct store *store;
    struct hall *hall;
    struct catalogue catalogue;
    struct decision decision;
    struct error *error;
    enum status status;
    int64_t now_ms;
};

static void give_command(const struct command *command, void *userdata)
{
    struct making *m = userdata;
    if (m->status != STATUS_OK)
        return;
    if (!hall_decide(m->hall, command, m->now_ms, &m->decision)) {
        m->status = error_set(m->error, STATUS_PARSE, "the hall refuses \"%s\": %s",
                              command_name(command->kind), refusal_en(m->decision.refusal.code));
        return;
    }
    m->status = store_take(m->store, m->hall, m->decision.events, m->decision.count, NULL, m->error);
}

static enum status put_catalogue(struct making *m)
{
    struct text text = {0};
    if (catalogue_write_text(&m->catalogue, &text, m->error) == STATUS_OK)
        m->status = store_put_document(m->store, "catalogue", (struct span){text.data, text.length}, 0,
                                       m->now_ms, &m->catalogue.version, m->error);
    else
        m->status = m->error->status;
    text_destroy(&text);
    if (m->status == STATUS_OK)
        catalogue_commands(&m->catalogue, give_command, m);
    return m->status;
}

static enum status put_secret(struct making *m)
{
    unsigned char secret[32];
    char text[64];
    randombytes_buf(secret, sizeof secret);
    sodium_bin2base64(text, sizeof text, secret, sizeof secret, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    m->status = store_put_setting(m->store, "secret", span_of(text), m->error);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
    return m->status;
}

static enum status put_seed(struct making *m)
{
    struct command command = {.kind = COMMAND_SET_SEED};
    randombytes_buf(&command.set_seed.seed, sizeof command.set_seed.seed);
    give_command(&command, m);
    return m->status;
}

/* ---- accounts ---- */

static enum status put_account(struct making *m, struct accounts *accounts, FILE *file, const char *login,
                               const char *name, enum caller_kind role, int clerk)
{
    char password[ACCOUNT_PASSWORD_TEXT];
    m->status = accounts_create(accounts, login, name, role, (struct clerk_id){(uint16_t)clerk}, m->now_ms,
                                password, m->error);
    if (m->status == STATUS_OK)
        fprintf(file, "%-10s %-20s %-8s %s\n", login, password, caller_name(role), name);
    sodium_memzero(password, sizeof password);
    return m->status;
}

static bool has_role(const json_t *clerk, const char *role)
{
    size_t i;
    json_t *value;
    json_array_foreach(json_object_get(clerk, "roles"), i, value)
    {
        if (strcmp(json_string_value(value), role) == 0)
            return true;
    }
    return false;
}

static enum status put_accounts(struct making *m, const char *path)
{
    static struct accounts accounts;
    size_t i;
    json_t *clerk;
    FILE *file = fopen(path, "w");
    if (!file)
        return m->status = error_set_errno(m->error, errno, "cannot write %s", path);
    fchmod(fileno(file), 0600);
    accounts_init(&accounts, m->store, NULL);
    fprintf(file, "# login    first password       role     name\n");
    put_account(m, &accounts, file, "admin", "系统管理员", CALLER_ADMIN, 0);
    if (m->status == STATUS_OK)
        put_account(m, &accounts, file, "manager", "大厅值班主任", CALLER_MANAGER, 0);
    if (m->status == STATUS_OK)
        put_account(m, &accounts, file, "auditor", "监督员", CALLER_AUDITOR, 0);
    json_array_foreach(json_object_get(m->catalogue.document, "clerks"), i, clerk)
    {
        char login[STORE_NAME_MAX];
        int id = (int)json_integer_value(json_object_get(clerk, "id"));
        const char *name = json_string_value(json_object_get(json_object_get(clerk, "name"), "zh"));
        snprintf(login, sizeof login, "clerk%02d", id);
        if (m->status == STATUS_OK)
            put_account(m, &accounts, file, login, name ? name : "",
                        has_role(clerk, "lead") ? CALLER_LEAD : CALLER_CLERK, id);
    }
    accounts_destroy(&accounts);
    if (fclose(file) != 0 && m->status == STATUS_OK)
        m->status = error_set_errno(m->error, errno, "cannot write %s", path);
    return m->status;
}

/* ---- devices ---- */

static enum status put_device(struct making *m, const char *name, enum caller_kind kind,
                              const char *attributes)
{
    char token[DEVICE_TOKEN_TEXT], path[4200];
    m->status = devices_create(m->store, name, kind, attributes, m->now_ms, token, m->error);
    if (m->status != STATUS_OK)
        return m->status;
    snprintf(path, sizeof path, "%s/tokens/%s", m->data, name);
    FILE *file = fopen(path, "w");
    if (!file || fprintf(file, "%s\n", token) < 0 || fclose(file) != 0)
        m->status = error_set_errno(m->error, errno, "cannot write %s", path);
    sodium_memzero(token, sizeof token);
    return m->status;
}

static enum status put_devices(struct making *m)
{
    static const struct {
        const char *name;
        enum caller_kind kind;
        const char *attributes;
    } rows[] = {
        {"K1", CALLER_KIOSK, "{\"letter\":\"A\"}"},
        {"K2", CALLER_KIOSK, "{\"letter\":\"B\"}"},
        {"B1", CALLER_BOARD, "{}"},
        {"C1", CALLER_COUNTER, "{}"},
    };
    char path[4200];
    snprintf(path, sizeof path, "%s/tokens", m->data);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return m->status = error_set_errno(m->error, errno, "cannot make %s", path);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0] && m->status == STATUS_OK; i++)
        put_device(m, rows[i].name, rows[i].kind, rows[i].attributes);
    return m->status;
}

/* ---- the whole ---- */

static enum status make_folder(const char *path, struct error *error)
{
    char part[4096];
    snprintf(part, sizeof part, "%s", path);
    for (char *at = part + 1;; at++) {
        if (*at && *at != '/')
            continue;
        char end = *at;
        *at = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return error_set_errno(error, errno, "cannot make the folder %s", part);
        *at = end;
        if (!end)
            return STATUS_OK;
    }
}

static enum status begin(struct making *m, bool create)
{
    char path[4200];
    struct store_load_report report;
    snprintf(path, sizeof path, "%s/hall.db", m->data);
    struct store_params params = {.path = path, .create = create, .reserve_bytes = -1};
    m->hall = calloc(1, sizeof *m->hall);
    if (!m->hall)
        return m->status = error_set(m->error, STATUS_MEMORY, "no memory for the hall");
    m->status = store_open_sqlite(&params, &m->store, m->error);
    if (m->status == STATUS_OK)
        m->status = store_load(m->store, m->hall, NULL, NULL, &report, m->error);
    if (m->status == STATUS_OK)
        m->status = store_begin(m->store, m->error);
    return m->status;
}

static enum status end(struct making *m)
{
    struct error ignored = {0};
    if (m->store && m->status == STATUS_OK)
        m->status = store_commit(m->store, m->error);
    if (m->store)
        store_rollback(m->store);
    store_close(m->store, &ignored);
    catalogue_destroy(&m->catalogue);
    free(m->hall);
    return m->status;
}

static void remove_store(const char *data)
{
    static const char *const ends[] = {"hall.db", "hall.db-wal", "hall.db-shm", "hall.db-reserve"};
    char path[4200];
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", data, ends[i]);
        unlink(path);
    }
}

enum status founding_make(const struct founding *founding, struct error *error)
{
    static struct making m;
    char path[4200], accounts[4200];
    m = (struct making){.data = founding->data, .error = error, .now_ms = clock_wall_ms()};
    snprintf(path, sizeof path, "%s/hall.db", founding->data);
    if (access(path, F_OK) == 0)
        return error_set(error, STATUS_EXISTS, "%s is there already: a hall is never replaced", path);
    if (catalogue_read_folder(founding->folder, &m.catalogue, error) != STATUS_OK)
        return error->status;
    snprintf(accounts, sizeof accounts, "%s/accounts.txt", founding->data);
    m.status = make_folder(founding->data, error);
    if (m.status == STATUS_OK && begin(&m, true) == STATUS_OK && put_seed(&m) == STATUS_OK &&
        put_catalogue(&m) == STATUS_OK && put_secret(&m) == STATUS_OK && put_devices(&m) == STATUS_OK)
        put_accounts(&m, founding->accounts_file ? founding->accounts_file : accounts);
    if (end(&m) != STATUS_OK)
        remove_store(founding->data);
    return m.status;
}

enum status founding_import(const char *data, const char *folder, struct error *error)
{
    static struct making m;
    m = (struct making){.data = data, .error = error, .now_ms = clock_wall_ms()};
    if (catalogue_read_folder(folder, &m.catalogue, error) != STATUS_OK)
        return error->status;
    if (begin(&m, false) == STATUS_OK)
        put_catalogue(&m);
    return end(&m);
}
