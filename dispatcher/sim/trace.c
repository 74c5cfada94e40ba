/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct form {
    const char *name;
    unsigned count;
    const char *columns[TRACE_COLUMNS_MAX];
} forms[TRACE_FORMS] = {
    [TRACE_BANK] = {"bank",
                    10,
                    {"yymmdd", "arrival_s", "service", "priority", "outcome", "start_s", "end_s", "wait_s",
                     "service_s", "server"}},
    [TRACE_OFFICES] = {"offices",
                       10,
                       {"office", "queue_id", "service", "date", "minute", "windows", "waiting", "called",
                        "arrived_est", "published_service_min"}},
};

const char *trace_form_name(enum trace_form form)
{
    return forms[form].name;
}

/* ---- lines and fields ---- */

struct reading {
    const char *path;
    FILE *file;
    unsigned long number;
    char line[TRACE_LINE_MAX];
    struct span words[TRACE_COLUMNS_MAX];
    unsigned word_count;
};

static enum status refuse_line(const struct reading *r, struct error *error, const char *what)
{
    return error_set(error, STATUS_PARSE, "%s:%lu: %s", r->path, r->number, what);
}

/* The next line without its end; *more is false at the end of the file. */
static enum status next_line(struct reading *r, bool *more, struct error *error)
{
    size_t length = 0;
    int c;
    r->number++;
    while ((c = fgetc(r->file)) != EOF && c != '\n') {
        if (c == '\0')
            return refuse_line(r, error, "a byte 0 where text is expected");
        if (length + 1 >= sizeof r->line)
            return refuse_line(r, error, "the line is longer than 4095 bytes");
        r->line[length++] = (char)c;
    }
    if (ferror(r->file))
        return error_set_errno(error, errno, "cannot read %s", r->path);
    *more = c != EOF || length > 0;
    if (length && r->line[length - 1] == '\r')
        length--;
    r->line[length] = '\0';
    return STATUS_OK;
}

/* Takes the quotes off a field that begins at *at; false when they do not match. */
static bool unquote(char **at, struct span *word)
{
    char *from = *at + 1, *to = from, *out = from;
    for (;; to++) {
        if (*to == '\0')
            return false;
        if (*to == '"' && to[1] == '"')
            to++;
        else if (*to == '"')
            break;
        *out++ = *to;
    }
    *word = (struct span){from, (size_t)(out - from)};
    *at = to + 1;
    return **at == ',' || **at == '\0';
}

static enum status split_line(struct reading *r, struct error *error)
{
    char *at = r->line;
    if (r->number == 1 && strncmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (r->word_count = 0;; at++) {
        if (r->word_count == TRACE_COLUMNS_MAX)
            return refuse_line(r, error, "more fields than any known form has");
        struct span *word = &r->words[r->word_count++];
        if (*at == '"') {
            if (!unquote(&at, word))
                return refuse_line(r, error, "a quoted field is not closed");
        } else {
            *word = (struct span){at, strcspn(at, ",")};
            at += word->length;
        }
        if (*at == '\0')
            return STATUS_OK;
    }
}

/* ---- the header ---- */

static int find_column(const struct form *form, struct span name)
{
    for (unsigned i = 0; i < form->count; i++)
        if (span_equals(name, form->columns[i]))
            return (int)i;
    return -1;
}

static unsigned known_columns(const struct reading *r, const struct form *form)
{
    unsigned known = 0;
    for (unsigned i = 0; i < r->word_count; i++)
        known += find_column(form, r->words[i]) >= 0;
    return known;
}

/* Which field of a line is which column: place[word] = column. */
static enum status map_columns(const struct reading *r, const struct form *form, unsigned *place,
                               struct error *error)
{
    bool seen[TRACE_COLUMNS_MAX] = {false};
    for (unsigned i = 0; i < r->word_count; i++) {
        int column = find_column(form, r->words[i]);
        int length = r->words[i].length < 40 ? (int)r->words[i].length : 40;
        if (column < 0)
            return error_set(error, STATUS_PARSE, "%s:1: a trace of the form %s has no column \"%.*s\"",
                             r->path, form->name, length, r->words[i].data);
        if (seen[column])
            return error_set(error, STATUS_PARSE, "%s:1: the column \"%s\" stands there twice", r->path,
                             form->columns[column]);
        seen[column] = true;
        place[i] = (unsigned)column;
    }
    for (unsigned i = 0; i < form->count; i++)
        if (!seen[i])
            return error_set(error, STATUS_PARSE,
                             "%s:1: the column \"%s\" of a trace of the form %s is missing", r->path,
                             form->columns[i], form->name);
    return STATUS_OK;
}

/* Opens the file and reads its header. The caller closes r->file, also on failure, unless it is NULL. */
static enum status open_trace(struct reading *r, const char *path, struct error *error)
{
    bool more = false;
    *r = (struct reading){.path = path, .file = fopen(path, "rb")};
    if (!r->file)
        return error_set_errno(error, errno, "cannot open %s", path);
    if (next_line(r, &more, error) != STATUS_OK)
        return error->status;
    if (!more)
        return error_set(error, STATUS_PARSE, "%s:1: the file is empty", path);
    return split_line(r, error);
}

static enum status recognise(const struct reading *r, enum trace_form *form, struct error *error)
{
    unsigned best = 0;
    for (unsigned i = 0; i < TRACE_FORMS; i++) {
        unsigned known = known_columns(r, &forms[i]);
        if (known > best) {
            best = known;
            *form = (enum trace_form)i;
        }
    }
    if (best < 3)
        return error_set(error, STATUS_PARSE,
                         "%s:1: this is not the header line of a bank trace (yymmdd,arrival_s,...) nor of an "
                         "offices trace (office,queue_id,...)",
                         r->path);
    return STATUS_OK;
}

static void close_trace(struct reading *r)
{
    if (r->file)
        fclose(r->file);
}

enum status trace_recognise(const char *path, enum trace_form *form, struct error *error)
{
    struct reading r;
    enum status status = open_trace(&r, path, error);
    if (status == STATUS_OK)
        status = recognise(&r, form, error);
    close_trace(&r);
    return status;
}

/* ---- reading ---- */

static enum status read_lines(struct reading *r, enum trace_form form, trace_sink *sink, void *userdata,
                              struct error *error)
{
    unsigned place[TRACE_COLUMNS_MAX];
    struct trace_line line = {.path = r->path, .form = form};
    enum status status = map_columns(r, &forms[form], place, error);
    for (;;) {
        bool more = false;
        if (status == STATUS_OK)
            status = next_line(r, &more, error);
        if (status != STATUS_OK)
            return status;
        if (!more)
            break;
        if (split_line(r, error) != STATUS_OK)
            return error->status;
        if (r->word_count != forms[form].count)
            return error_set(error, STATUS_PARSE, "%s:%lu: %u fields, but the header names %u", r->path,
                             r->number, r->word_count, forms[form].count);
        line.number = r->number;
        for (unsigned i = 0; i < r->word_count; i++)
            line.fields[place[i]] = r->words[i];
        status = sink(&line, userdata, error);
    }
    if (r->number == 2)
        return error_set(error, STATUS_PARSE, "%s: there is nothing after the header line", r->path);
    return STATUS_OK;
}

enum status trace_read(const char *path, enum trace_form form, trace_sink *sink, void *userdata,
                       struct error *error)
{
    struct reading r;
    enum status status = open_trace(&r, path, error);
    if (status == STATUS_OK)
        status = read_lines(&r, form, sink, userdata, error);
    close_trace(&r);
    return status;
}

/* ---- fields ---- */

enum status trace_refuse(const struct trace_line *line, unsigned column, struct error *error,
                         const char *what, ...)
{
    char words[300];
    va_list args;
    va_start(args, what);
    vsnprintf(words, sizeof words, what, args);
    va_end(args);
    return error_set(error, STATUS_PARSE, "%s:%lu: %s: %s", line->path, line->number,
                     forms[line->form].columns[column], words);
}

static enum status refuse_number(const struct trace_line *line, unsigned column, long least, long most,
                                 struct error *error)
{
    struct span field = line->fields[column];
    if (field.length == 0)
        return trace_refuse(line, column, error, "the value is missing");
    return trace_refuse(line, column, error, "\"%.*s\" is not a whole number from %ld to %ld",
                        field.length < 40 ? (int)field.length : 40, field.data, least, most);
}

enum status trace_whole(const struct trace_line *line, unsigned column, long least, long most, long *out,
                        struct error *error)
{
    struct span field = line->fields[column];
    char digits[24], *end;
    if (field.length == 0 || field.length >= sizeof digits ||
        strspn(field.data, "-0123456789") < field.length)
        return refuse_number(line, column, least, most, error);
    memcpy(digits, field.data, field.length);
    digits[field.length] = '\0';
    errno = 0;
    *out = strtol(digits, &end, 10);
    if (errno || *end || end == digits || *out < least || *out > most)
        return refuse_number(line, column, least, most, error);
    return STATUS_OK;
}

enum status trace_count(const struct trace_line *line, unsigned column, long most, long *out,
                        struct error *error)
{
    struct trace_line whole = *line;
    struct span *field = &whole.fields[column];
    if (field->length > 2 && memcmp(field->data + field->length - 2, ".0", 2) == 0)
        field->length -= 2;
    if (trace_whole(&whole, column, 0, most, out, error) == STATUS_OK)
        return STATUS_OK;
    return refuse_number(line, column, 0, most, error);
}

/* Whether the bytes are UTF-8 without control characters. */
static bool is_plain_text(struct span text)
{
    for (size_t i = 0; i < text.length;) {
        unsigned char c = (unsigned char)text.data[i++];
        unsigned more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : 3;
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xc2) || c > 0xf4 || text.length - i < more)
            return false;
        for (; more; more--)
            if (((unsigned char)text.data[i++] & 0xc0) != 0x80)
                return false;
    }
    return true;
}

enum status trace_text(const struct trace_line *line, unsigned column, bool may_be_empty, char *out,
                       size_t room, struct error *error)
{
    struct span field = line->fields[column];
    if (field.length == 0 && !may_be_empty)
        return trace_refuse(line, column, error, "the value is missing");
    if (field.length >= room)
        return trace_refuse(line, column, error, "the text is longer than %zu bytes", room - 1);
    if (!is_plain_text(field))
        return trace_refuse(line, column, error, "the text is not UTF-8 or has control characters");
    if (field.length)
        memcpy(out, field.data, field.length);
    out[field.length] = '\0';
    return STATUS_OK;
}
