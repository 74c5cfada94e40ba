/* SPDX-License-Identifier: MIT
 * Settings, documents, devices. */
#include "dispatcher/store/records_inside.h"

#include <string.h>

/* ---- texts of fixed size ---- */
enum status records_check(const char *text, size_t size, const char *what, struct error *error)
{
    if (strnlen(text, size) < size)
        return STATUS_OK;
    return error_set(error, STATUS_LIMIT, "%s is longer than %zu bytes", what, size - 1);
}

void records_copy(char *out, size_t size, struct span text)
{
    size_t length = text.length < size ? text.length : size - 1;
    memcpy(out, text.data, length);
    memset(out + length, 0, size - length);
}

void records_copy_hash(uint8_t out[STORE_HASH_BYTES], struct span bytes)
{
    memset(out, 0, STORE_HASH_BYTES);
    memcpy(out, bytes.data, bytes.length < STORE_HASH_BYTES ? bytes.length : STORE_HASH_BYTES);
}

enum status records_not_found(enum status status, bool is_found, const char *what, struct error *error)
{
    return status == STATUS_OK && !is_found ? error_set(error, STATUS_NOT_FOUND, "there is no %s", what)
                                            : status;
}

enum status records_changed(const struct store *store, enum status status, const char *what,
                            struct error *error)
{
    return records_not_found(status, store->driver->changes > 0, what, error);
}

/* ---- settings ---- */
enum status store_put_setting(struct store *store, const char *name, struct span value, struct error *error)
{
    enum status status = records_check(name, STORE_NAME_MAX, "a setting's name", error);
    const struct sql_value values[] = {sql_string(name), sql_text(value)};
    return status == STATUS_OK ? WRITE(store, SETTING_PUT, values, NULL, NULL, error) : status;
}

struct found_text {
    struct text *out;
    bool is_found;
};

static bool take_text(const struct sql_row *row, void *userdata)
{
    struct found_text *found = userdata;
    found->is_found = true;
    return sink_text(row, found->out);
}

enum status store_find_setting(struct store *store, const char *name, struct text *out, struct error *error)
{
    struct found_text found = {out, false};
    const struct sql_value values[] = {sql_string(name)};
    text_clear(out);
    enum status status = RUN(store, SETTING_FIND, values, take_text, &found, error);
    if (status == STATUS_OK && out->failed)
        return error_set(error, STATUS_MEMORY, "no memory for a setting");
    return records_not_found(status, found.is_found, "such setting", error);
}

/* ---- documents ---- */
enum status store_put_document(struct store *store, const char *kind, struct span body, uint32_t account,
                               int64_t now_ms, uint32_t *version, struct error *error)
{
    int64_t given = 0;
    enum status status = records_check(kind, STORE_NAME_MAX, "a document's kind", error);
    const struct sql_value values[] = {sql_string(kind), sql_int(now_ms), sql_int(account), sql_text(body)};
    if (status == STATUS_OK)
        status = WRITE(store, DOCUMENT_PUT, values, sink_int, &given, error);
    if (status == STATUS_OK && version)
        *version = (uint32_t)given;
    return status;
}

struct found_document {
    struct store_document *out;
    struct text *body;
    bool is_found;
};

static void read_document(const struct sql_row *row, struct store_document *out)
{
    records_copy(out->kind, sizeof out->kind, row_bytes(row, 0));
    out->version = (uint32_t)row_int(row, 1);
    out->at_ms = row_int(row, 2);
    out->account = (uint32_t)row_int(row, 3);
    out->bytes = (uint64_t)row_int(row, 4);
}

static bool take_document(const struct sql_row *row, void *userdata)
{
    struct found_document *found = userdata;
    found->is_found = true;
    if (found->out)
        read_document(row, found->out);
    if (found->body) {
        struct span body = row_bytes(row, 5);
        text_append(found->body, body.data, body.length);
    }
    return true;
}

enum status store_find_document(struct store *store, const char *kind, uint32_t version,
                                struct store_document *out, struct text *body, struct error *error)
{
    struct found_document found = {out, body, false};
    int64_t wanted = version;
    enum status status = STATUS_OK;
    if (body)
        text_clear(body);
    if (version == 0) {
        const struct sql_value kinds[] = {sql_string(kind)};
        status = RUN(store, DOCUMENT_NEWEST, kinds, sink_int, &wanted, error);
    }
    const struct sql_value values[] = {sql_string(kind), sql_int(wanted)};
    if (status == STATUS_OK)
        status = RUN(store, DOCUMENT_FIND, values, take_document, &found, error);
    if (status == STATUS_OK && body && body->failed)
        return error_set(error, STATUS_MEMORY, "no memory for a document");
    return records_not_found(status, found.is_found, "such document", error);
}

struct each_document {
    store_document_sink *sink;
    void *userdata;
};

static bool document_row(const struct sql_row *row, void *userdata)
{
    const struct each_document *each = userdata;
    struct store_document document;
    read_document(row, &document);
    each->sink(&document, each->userdata);
    return true;
}

enum status store_documents(struct store *store, const char *kind, store_document_sink *sink, void *userdata,
                            struct error *error)
{
    struct each_document each = {sink, userdata};
    const struct sql_value values[] = {sql_string(kind)};
    return RUN(store, DOCUMENTS, values, document_row, &each, error);
}

/* ---- devices ---- */
static enum status check_device(const struct store_device *device, struct error *error)
{
    enum status status = records_check(device->name, sizeof device->name, "a device's name", error);
    if (status == STATUS_OK)
        status = records_check(device->kind, sizeof device->kind, "a device's kind", error);
    if (status == STATUS_OK)
        status = records_check(device->attributes, sizeof device->attributes, "a device's attributes", error);
    return status;
}

enum status store_put_device(struct store *store, struct store_device *device, struct error *error)
{
    enum status status = check_device(device, error);
    if (status != STATUS_OK)
        return status;
    const struct sql_value values[] = {
        sql_string(device->name),
        sql_string(device->kind),
        sql_blob(device->token_hash, STORE_HASH_BYTES),
        sql_string(device->attributes),
        sql_int(device->revoked),
        sql_int(device->created_ms),
        sql_int(device->id),
    };
    if (device->id != 0)
        return records_changed(store, WRITE(store, DEVICE_PUT, values, NULL, NULL, error), "such device",
                               error);
    int64_t id = 0;
    status = store_write(store, STATEMENT_DEVICE_ADD, values, 6, sink_int, &id, error);
    if (status == STATUS_OK)
        device->id = (uint32_t)id;
    return status;
}

struct each_device {
    store_device_sink *sink;
    void *userdata;
};

static bool device_row(const struct sql_row *row, void *userdata)
{
    const struct each_device *each = userdata;
    struct store_device device = {.id = (uint32_t)row_int(row, 0)};
    records_copy(device.name, sizeof device.name, row_bytes(row, 1));
    records_copy(device.kind, sizeof device.kind, row_bytes(row, 2));
    records_copy_hash(device.token_hash, row_bytes(row, 3));
    records_copy(device.attributes, sizeof device.attributes, row_bytes(row, 4));
    device.revoked = row_int(row, 5) != 0;
    device.created_ms = row_int(row, 6);
    each->sink(&device, each->userdata);
    return true;
}

static void keep_device(const struct store_device *device, void *userdata)
{
    *(struct store_device *)userdata = *device;
}

enum status store_get_device(struct store *store, uint32_t id, struct store_device *out, struct error *error)
{
    struct each_device each = {keep_device, out};
    const struct sql_value values[] = {sql_int(id)};
    out->id = 0;
    enum status status = RUN(store, DEVICE_GET, values, device_row, &each, error);
    return records_not_found(status, out->id != 0, "such device", error);
}

enum status store_devices(struct store *store, store_device_sink *sink, void *userdata, struct error *error)
{
    struct each_device each = {sink, userdata};
    return store_run(store, STATEMENT_DEVICES, NULL, 0, device_row, &each, error);
}
