/* SPDX-License-Identifier: MIT
 * From files or a stored text to a checked document, and back to text. */
#include "dispatcher/app/catalogue_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/wire/json.h"

enum { PATH_TEXT_MAX = 256, FILE_PATH_MAX = 1024, FILE_MEMBERS_MAX = 8, READ_BYTES = 65536 };

/* A text that (a part of) the document was read from. */
struct source {
    char name[FILE_PATH_MAX]; /* as faults name it */
    struct text text;         /* owned */
};

/* What each file brings: members of the document, or itself as one member. */
static const struct {
    const char *name;
    const char *members[FILE_MEMBERS_MAX]; /* ended by NULL; none: the whole file is `whole` */
    const char *whole;
} files[] = {
    {"hall.json", {"hall", "zones", "domains", "windows", "priority_kinds", "policy", "holiday_texts"}, NULL},
    {"items.json", {"items"}, NULL},
    {"clerks.json", {"clerks", "authorisations", "roster"}, NULL},
    {"calendar.json", {NULL}, "calendar"},
};
enum { FILES = sizeof files / sizeof files[0] };

/* ---- faults with their place ---- */

/* Marks that would move a terminal's cursor or break a log's line. */
static void blank_controls(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = ' ';
}

/* `assets/demo/items.json:214: items[12].guide.fees: missing; ...`. Text on one line, as the store keeps it,
 * gets no line number. */
static enum status fail_at(const struct source *source, const struct json_step *steps, size_t count,
                           enum status status, const char *what, struct error *error)
{
    char path[PATH_TEXT_MAX], line[32] = "";
    struct span text = {source->text.data, source->text.length};
    path_format(steps, count, path, sizeof path);
    if (text.data && memchr(text.data, '\n', text.length))
        snprintf(line, sizeof line, ":%zu", json_place_line(text, steps, count));
    error_set(error, status, "%.300s%s: %s%s%s", source->name, line, path, count ? ": " : "", what);
    blank_controls(error->text);
    return status;
}

static enum status fail_memory(struct error *error)
{
    return error_set(error, STATUS_MEMORY, "no memory for the catalogue");
}

/* ---- reading ---- */

static enum status parse(const struct source *source, json_t **out, struct error *error)
{
    json_error_t why;
    if (source->text.length >= 3 && memcmp(source->text.data, "\xef\xbb\xbf", 3) == 0)
        return error_set(error, STATUS_PARSE,
                         "%.300s:1: begins with a byte-order mark; save it as plain UTF-8", source->name);
    *out = json_loadb(source->text.data ? source->text.data : "", source->text.length, JSON_REJECT_DUPLICATES,
                      &why);
    if (!*out && json_error_code(&why) == json_error_out_of_memory)
        return fail_memory(error);
    if (!*out) {
        error_set(error, STATUS_PARSE, "%.300s:%d: not valid JSON: %s", source->name,
                  why.line > 0 ? why.line : 1, why.text);
        blank_controls(error->text);
        return STATUS_PARSE;
    }
    if (json_is_object(*out))
        return STATUS_OK;
    json_decref(*out);
    *out = NULL;
    return error_set(error, STATUS_PARSE, "%.300s:1: expected an object, got a list", source->name);
}

static enum status read_file(struct source *source, struct error *error)
{
    char bytes[READ_BYTES];
    enum status status = STATUS_OK;
    FILE *file = fopen(source->name, "rb");
    if (!file)
        return error_set_errno(error, errno, "cannot open %.300s", source->name);
    for (size_t got; status == STATUS_OK && (got = fread(bytes, 1, sizeof bytes, file)) > 0;) {
        text_append(&source->text, bytes, got);
        if (source->text.length > CATALOGUE_BYTES_MAX)
            status = error_set(error, STATUS_LIMIT, "%.300s: larger than %d MiB", source->name,
                               CATALOGUE_BYTES_MAX >> 20);
    }
    if (status == STATUS_OK && ferror(file))
        status = error_set_errno(error, errno, "cannot read %.300s", source->name);
    if (status == STATUS_OK && source->text.failed)
        status = fail_memory(error);
    fclose(file);
    return status;
}

/* ---- putting the document together ---- */

/* The member's place in the file's list; -1: the file has no such member. */
static int file_member(size_t file, const char *name)
{
    for (int i = 0; i < FILE_MEMBERS_MAX && files[file].members[i]; i++)
        if (strcmp(files[file].members[i], name) == 0)
            return i;
    return -1;
}

static enum status check_format(const struct source *source, const json_t *object, struct error *error)
{
    const struct json_step step = {.name = "format"};
    const json_t *format = json_object_get(object, "format");
    if (json_is_integer(format) && json_integer_value(format) == CATALOGUE_FORMAT)
        return STATUS_OK;
    return fail_at(source, &step, 1, STATUS_PARSE,
                   format ? "expected the number 1" : "missing; expected the number 1", error);
}

/* Names that the file may have, for the words of a fault. */
static void list_members(size_t file, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "format");
    for (size_t i = 0; i < FILE_MEMBERS_MAX && files[file].members[i] && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, ", %s", files[file].members[i]);
}

/* Moves the members of one file into the document; object is taken over. */
static enum status join_file(size_t file, const struct source *source, json_t *object, json_t *document,
                             struct error *error)
{
    const char *name;
    json_t *value;
    enum status status = check_format(source, object, error);
    json_object_del(object, "format");
    if (status == STATUS_OK && files[file].whole && json_object_set(document, files[file].whole, object) != 0)
        status = fail_memory(error);
    if (!files[file].whole)
        json_object_foreach(object, name, value)
        {
            const struct json_step step = {.name = name};
            char known[160], what[200];
            if (status != STATUS_OK)
                break;
            list_members(file, known, sizeof known);
            snprintf(what, sizeof what, "unknown member; expected one of %s", known);
            if (file_member(file, name) < 0)
                status = fail_at(source, &step, 1, STATUS_PARSE, what, error);
            else if (json_object_set(document, name, value) != 0)
                status = fail_memory(error);
        }
    json_decref(object);
    return status;
}

/* ---- looking entries up ---- */

const json_t *catalogue_entry(const struct catalogue *catalogue, enum catalogue_set set, int64_t id)
{
    if (id < 1 || id > catalogue_sets[set].most)
        return NULL;
    switch (set) {
    case SET_ZONES:
        return catalogue->zones[id];
    case SET_DOMAINS:
        return catalogue->domains[id];
    case SET_ITEMS:
        return catalogue->items[id];
    case SET_WINDOWS:
        return catalogue->windows[id];
    case SET_CLERKS:
        return catalogue->clerks[id];
    default:
        return NULL;
    }
}

/* Fills a table by id with what is there, right or not: of entries with the same id the first. */
static void index_list(const json_t *document, enum catalogue_set set, const json_t **table)
{
    const struct catalogue_set_row *row = &catalogue_sets[set];
    const json_t *list = json_object_get(document, row->list);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        int64_t id = wire_integer_at(entry, row->id, 0);
        if (id >= 1 && id <= row->most && !table[id])
            table[id] = entry;
    }
}

static void index_all(struct catalogue *catalogue)
{
    index_list(catalogue->document, SET_ZONES, catalogue->zones);
    index_list(catalogue->document, SET_DOMAINS, catalogue->domains);
    index_list(catalogue->document, SET_ITEMS, catalogue->items);
    index_list(catalogue->document, SET_WINDOWS, catalogue->windows);
    index_list(catalogue->document, SET_CLERKS, catalogue->clerks);
}

/* Which file a fault at this path lies in. */
static size_t file_of_path(const struct check *check)
{
    for (size_t f = 0; f < FILES && check->depth; f++)
        if (files[f].whole ? strcmp(files[f].whole, check->path[0].name) == 0
                           : file_member(f, check->path[0].name) >= 0)
            return f;
    return 0;
}

/* Takes the document over, looks its entries up and checks it. sources: one of each file, or with count 1 one
 * of all. */
static enum status finish(struct catalogue *out, json_t *document, uint32_t version,
                          const struct source *sources, size_t count, struct error *error)
{
    struct check check;
    *out = (struct catalogue){.document = document, .version = version};
    index_all(out);
    if (catalogue_check(out, &check))
        return STATUS_OK;
    size_t file = count > 1 ? file_of_path(&check) : 0;
    size_t skip = count > 1 && files[file].whole && check.depth;
    fail_at(&sources[file], check.path + skip, check.depth - skip, check.status, check.text, error);
    catalogue_destroy(out);
    return check.status;
}

enum status catalogue_read_folder(const char *folder, struct catalogue *out, struct error *error)
{
    size_t length = strlen(folder);
    enum status status = STATUS_OK;
    *out = (struct catalogue){0};
    struct source *sources = calloc(FILES, sizeof *sources);
    if (!sources)
        return fail_memory(error);
    json_t *document = json_object();
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (!sources || !document || json_object_set_new(document, "format", json_integer(CATALOGUE_FORMAT)) != 0)
        status = fail_memory(error);
    for (size_t f = 0; status == STATUS_OK && f < FILES; f++) {
        json_t *object = NULL;
        snprintf(sources[f].name, sizeof sources[f].name, "%.*s/%s", (int)length, folder, files[f].name);
        status = read_file(&sources[f], error);
        if (status == STATUS_OK)
            status = parse(&sources[f], &object, error);
        if (status == STATUS_OK)
            status = join_file(f, &sources[f], object, document, error);
    }
    if (status == STATUS_OK)
        status = finish(out, document, 0, sources, FILES, error);
    else
        json_decref(document);
    for (size_t f = 0; f < FILES; f++)
        text_destroy(&sources[f].text);
    free(sources);
    return status;
}

enum status catalogue_read_text(struct span text, uint32_t version, struct catalogue *out,
                                struct error *error)
{
    struct source source = {.text = {.data = (char *)text.data, .length = text.length}}; /* only read */
    json_t *document = NULL;
    *out = (struct catalogue){0};
    snprintf(source.name, sizeof source.name, version ? "catalogue version %u" : "catalogue", version);
    if (text.length > CATALOGUE_BYTES_MAX)
        return error_set(error, STATUS_LIMIT, "%s: larger than %d MiB", source.name,
                         CATALOGUE_BYTES_MAX >> 20);
    enum status status = parse(&source, &document, error);
    return status == STATUS_OK ? finish(out, document, version, &source, 1, error) : status;
}

enum status catalogue_write_text(const struct catalogue *catalogue, struct text *out, struct error *error)
{
    text_clear(out);
    return wire_json_write(out, catalogue->document) && !out->failed ? STATUS_OK : fail_memory(error);
}

void catalogue_destroy(struct catalogue *catalogue)
{
    json_decref(catalogue->document);
    *catalogue = (struct catalogue){0};
}
