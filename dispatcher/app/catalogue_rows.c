/* SPDX-License-Identifier: MIT
 * The catalogue as screens read it: rows of a part, page by page. A row is an object of its own whose values
 * belong to the document. */
#include "dispatcher/app/catalogue_inside.h"

#include <stdio.h>

#include "common/wire/json.h"

/* A row begins with its entry's id under the entry's noun, and the name in both languages. */
static json_t *row_begin(const char *noun, const json_t *id, const json_t *name)
{
    json_t *row = json_object();
    if (noun && id)
        json_object_set(row, noun, (json_t *)id);
    json_object_set(row, "zh", json_object_get(name, "zh"));
    json_object_set(row, "en", json_object_get(name, "en"));
    return row;
}

/* Adds the entry's members but for those named (at most two), which the row has under other names. */
static json_t *row_fill(json_t *row, const json_t *entry, const char *but_first, const char *but_second)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)entry, name, value) /* the macro wants no const; it only reads */
        if (strcmp(name, but_first) != 0 && strcmp(name, but_second) != 0 && strcmp(name, "name") != 0)
            json_object_set(row, name, value);
    return row;
}

static json_t *entry_row(const struct catalogue *catalogue, enum catalogue_set set, int64_t index)
{
    const struct catalogue_set_row *about = &catalogue_sets[set];
    const json_t *entry = json_array_get(json_object_get(catalogue->document, about->list), (size_t)index);
    if (!entry)
        return NULL;
    json_t *row = row_begin(about->noun, json_object_get(entry, about->id), json_object_get(entry, "name"));
    return row_fill(row, entry, about->id, "guide");
}

static json_t *zone_row(const struct catalogue *catalogue, int64_t index)
{
    return entry_row(catalogue, SET_ZONES, index);
}

static json_t *domain_row(const struct catalogue *catalogue, int64_t index)
{
    return entry_row(catalogue, SET_DOMAINS, index);
}

static json_t *window_row(const struct catalogue *catalogue, int64_t index)
{
    return entry_row(catalogue, SET_WINDOWS, index);
}

static json_t *item_row(const struct catalogue *catalogue, int64_t index)
{
    return entry_row(catalogue, SET_ITEMS, index);
}

static json_t *hall_row(const struct catalogue *catalogue, int64_t index)
{
    const json_t *hall = json_object_get(catalogue->document, "hall");
    const json_t *calendar = json_object_get(catalogue->document, "calendar");
    if (index > 0)
        return NULL;
    json_t *row = row_begin("hall", json_object_get(hall, "id"), json_object_get(hall, "name"));
    row_fill(row, hall, "id", "item_code_pattern");
    json_object_set(row, "weekly", json_object_get(calendar, "weekly"));
    return row;
}

static json_t *guide_row(const struct catalogue *catalogue, int64_t id)
{
    const json_t *item = catalogue_entry(catalogue, SET_ITEMS, id);
    if (!item)
        return NULL;
    json_t *row = row_begin("item", json_object_get(item, "id"), json_object_get(item, "name"));
    json_object_set(row, "code", json_object_get(item, "code"));
    json_object_set(row, "case_type", json_object_get(item, "case_type"));
    return row_fill(row, json_object_get(item, "guide"), "", "");
}

/* ---- words: lists one after the other, each row with a name in `word` ---- */

static json_t *word_row(const char *group, const char *name, const json_t *text)
{
    char word[96];
    snprintf(word, sizeof word, "%s.%s", group, name);
    json_t *id = json_string(word);
    json_t *row = row_begin("word", id, text);
    json_decref(id);
    return row;
}

static json_t *holiday_text_row(const json_t *texts, int64_t index)
{
    void *at = json_object_iter((json_t *)texts); /* wants no const; only reads */
    while (at && index-- > 0)
        at = json_object_iter_next((json_t *)texts, at);
    return at ? word_row("holiday", json_object_iter_key(at), json_object_iter_value(at)) : NULL;
}

static json_t *words_row(const struct catalogue *catalogue, int64_t index)
{
    const json_t *kinds = json_object_get(catalogue->document, "priority_kinds");
    const json_t *texts = json_object_get(catalogue->document, "holiday_texts");
    const json_t *days = json_object_get(json_object_get(catalogue->document, "calendar"), "days");
    int64_t kind_count = (int64_t)json_array_size(kinds), text_count = (int64_t)json_object_size(texts);
    if (index < kind_count) {
        const json_t *kind = json_array_get(kinds, (size_t)index);
        json_t *row = word_row("priority", wire_string_at(kind, "code", ""), json_object_get(kind, "name"));
        json_object_set(row, "kind", json_object_get(kind, "id"));
        json_object_set(row, "class", json_object_get(kind, "class"));
        return row;
    }
    index -= kind_count;
    if (index < text_count)
        return holiday_text_row(texts, index);
    const json_t *day = json_array_get(days, (size_t)(index - text_count));
    if (!day)
        return NULL;
    json_t *row = word_row("day", wire_string_at(day, "date", ""), json_object_get(day, "name"));
    json_object_set(row, "day", json_object_get(day, "kind"));
    return row_fill(row, day, "kind", "");
}

/* ---- pages ---- */

typedef json_t *row_maker(const struct catalogue *catalogue, int64_t index);
static const struct {
    const char *name;
    row_maker *make; /* NULL beyond the last row */
    bool single;     /* `from` names the one row, and none follows */
} parts[] = {
    {"hall", hall_row, true},       {"zones", zone_row, false}, {"domains", domain_row, false},
    {"windows", window_row, false}, {"items", item_row, false}, {"words", words_row, false},
    {"guide", guide_row, true},
};

json_t *catalogue_rows(const struct catalogue *catalogue, const char *part, int64_t from, size_t bytes_max,
                       int64_t *next)
{
    size_t p = 0, bytes = 1; /* the brackets, less the comma that the first row has not */
    while (p < sizeof parts / sizeof parts[0] && strcmp(parts[p].name, part) != 0)
        p++;
    if (p == sizeof parts / sizeof parts[0] || from < 0)
        return NULL;
    json_t *row = parts[p].make(catalogue, from), *rows = row || from == 0 ? json_array() : NULL;
    while (row) {
        bytes += json_dumpb(row, NULL, 0, JSON_COMPACT) + 1;
        if (bytes > bytes_max && json_array_size(rows) > 0)
            break;
        json_array_append_new(rows, row);
        row = parts[p].single ? NULL : parts[p].make(catalogue, ++from);
    }
    *next = row ? from : -1;
    json_decref(row);
    return rows;
}
