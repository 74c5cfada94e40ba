/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/script.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/sim/tokens.h"

struct parsing {
    struct script *script;
    struct error *error;
    struct script_line line;
    bool indented;
    enum { PLACE_TOP, PLACE_SETUP, PLACE_CASE } in;
    struct step *last; /* what an indented line belongs to */
    unsigned depth;
};

static enum status load(const char *path, unsigned depth, struct script **out, struct error *error);

static enum status wrong(struct parsing *p, const char *what)
{
    return error_set(p->error, STATUS_PARSE, "%s:%u: %s: \"%.*s\"", p->line.path, p->line.number, what,
                     (int)(p->line.text.length > 80 ? 80 : p->line.text.length), p->line.text.data);
}

/* Makes room for one more element; false when memory runs out. */
static bool grow(void **list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t wanted = *room ? *room * 2 : 32;
    void *bigger = realloc(*list, wanted * size);
    if (!bigger)
        return false;
    *list = bigger;
    *room = wanted;
    return true;
}

static enum status out_of_memory(struct parsing *p)
{
    return error_set(p->error, STATUS_MEMORY, "out of memory");
}

static enum status add_step(struct parsing *p, enum step_kind kind, struct span rest)
{
    struct script *s = p->script;
    if (p->in == PLACE_TOP)
        return wrong(p, "stands before the first \"setup\" or \"case\"");
    bool setup = p->in == PLACE_SETUP;
    void **list = setup ? (void **)&s->setup : (void **)&s->steps;
    size_t *count = setup ? &s->setup_count : &s->steps_count;
    if (!grow(list, *count, setup ? &s->setup_room : &s->steps_room, sizeof(struct step)))
        return out_of_memory(p);
    struct step *step = &((struct step *)*list)[(*count)++];
    *step = (struct step){kind, p->line, s->expected_count, 0};
    step->line.text = rest;
    if (!setup)
        s->cases[s->cases_count - 1].count++;
    p->last = step;
    return STATUS_OK;
}

static enum status add_expected(struct parsing *p)
{
    struct script *s = p->script;
    if (!p->last || (p->last->kind != STEP_ACT && p->last->kind != STEP_AT))
        return wrong(p, "an indented line belongs under \">\" or \"at\"");
    if (!grow((void **)&s->expected, s->expected_count, &s->expected_room, sizeof *s->expected))
        return out_of_memory(p);
    s->expected[s->expected_count++] = p->line;
    p->last->expected_count++;
    return STATUS_OK;
}

static enum status add_case(struct parsing *p, struct span rest)
{
    struct script *s = p->script;
    if (rest.length < 3 || rest.data[0] != '"' || rest.data[rest.length - 1] != '"')
        return wrong(p, "a case needs a name in double quotes");
    if (!grow((void **)&s->cases, s->cases_count, &s->cases_room, sizeof *s->cases))
        return out_of_memory(p);
    char *name = strndup(rest.data + 1, rest.length - 2);
    if (!name)
        return out_of_memory(p);
    for (size_t i = 0; i < s->cases_count; i++)
        if (strcmp(s->cases[i].name, name) == 0) {
            free(name);
            return wrong(p, "a second case of this name");
        }
    s->cases[s->cases_count++] = (struct script_case){name, p->line.number, s->steps_count, 0};
    p->in = PLACE_CASE;
    p->last = NULL;
    return STATUS_OK;
}

/* The included file's set-up goes before this file's own. */
static enum status include(struct parsing *p, struct span rest)
{
    struct script *s = p->script;
    char path[4096];
    const char *slash = strrchr(s->path, '/');
    int folder = slash ? (int)(slash - s->path) + 1 : 0;
    if (p->in != PLACE_TOP || s->included_count == SCRIPT_INCLUDES_MAX || p->depth > 4)
        return wrong(p, "includes stand at the top of a file");
    if (snprintf(path, sizeof path, "%.*s%.*s", folder, s->path, (int)rest.length, rest.data) >=
        (int)sizeof path)
        return wrong(p, "the path is too long");
    struct script *other = NULL;
    if (load(path, p->depth + 1, &other, p->error) != STATUS_OK || !other)
        return error_context(p->error, "%s:%u", p->line.path, p->line.number);
    s->included[s->included_count++] = other;
    for (size_t i = 0; i < other->setup_count; i++) {
        if (!grow((void **)&s->setup, s->setup_count, &s->setup_room, sizeof *s->setup))
            return out_of_memory(p);
        s->setup[s->setup_count] = other->setup[i];
        s->setup[s->setup_count++].expected_count = 0;
    }
    return STATUS_OK;
}

static const struct {
    const char *word;
    enum step_kind kind;
} step_words[] = {
    {">", STEP_ACT},       {"=", STEP_EVENT},         {"*", STEP_PREPARE},
    {"?", STEP_ASK},       {"date", STEP_DATE},       {"at", STEP_AT},
    {"clock", STEP_CLOCK}, {"restart", STEP_RESTART}, {"checkpoint", STEP_CHECKPOINT},
};

static enum status parse_line(struct parsing *p)
{
    struct span text = p->line.text;
    if (!text.length || text.data[0] == '#')
        return STATUS_OK;
    if (p->indented)
        return add_expected(p);
    size_t length = 0;
    while (length < text.length && text.data[length] != ' ')
        length++;
    struct span word = {text.data, length};
    struct span rest = span_trim((struct span){text.data + length, text.length - length});
    if (span_equals(word, "case"))
        return add_case(p, rest);
    if (span_equals(word, "include"))
        return include(p, rest);
    if (span_equals(word, "setup")) {
        if (p->script->cases_count)
            return wrong(p, "the setup stands before the cases");
        p->in = PLACE_SETUP;
        p->last = NULL;
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof step_words / sizeof step_words[0]; i++)
        if (span_equals(word, step_words[i].word))
            return add_step(p, step_words[i].kind, rest);
    return wrong(p, "expected >, *, ?, =, date, at, clock, restart, checkpoint, case, setup or include");
}

static enum status parse(struct parsing *p)
{
    const char *at = p->script->content.data;
    const char *end = at + p->script->content.length;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        p->line.number++;
        p->line.text = span_trim((struct span){at, (size_t)(stop - at)});
        p->indented = at < stop && (*at == ' ' || *at == '\t');
        if (parse_line(p) != STATUS_OK)
            return p->error->status;
        at = stop + 1;
    }
    return STATUS_OK;
}

static enum status read_file(const char *path, struct text *out, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set_errno(error, errno, "cannot open %s", path);
    char piece[16384];
    size_t count;
    while ((count = fread(piece, 1, sizeof piece, file)) > 0)
        text_append(out, piece, count);
    bool bad = ferror(file) != 0;
    fclose(file);
    if (bad)
        return error_set(error, STATUS_IO, "cannot read %s", path);
    text_append(out, "", 0);
    return out->failed ? error_set(error, STATUS_MEMORY, "out of memory") : STATUS_OK;
}

static enum status load(const char *path, unsigned depth, struct script **out, struct error *error)
{
    struct script *script = calloc(1, sizeof *script);
    if (!script || !(script->path = strdup(path))) {
        free(script);
        return error_set(error, STATUS_MEMORY, "out of memory");
    }
    struct parsing p = {.script = script, .error = error, .depth = depth};
    p.line.path = script->path;
    if (read_file(path, &script->content, error) != STATUS_OK || parse(&p) != STATUS_OK) {
        script_free(script);
        return error->status;
    }
    *out = script;
    return STATUS_OK;
}

enum status script_load(const char *path, struct script **out, struct error *error)
{
    return load(path, 0, out, error);
}

void script_free(struct script *script)
{
    if (!script)
        return;
    for (size_t i = 0; i < script->included_count; i++)
        script_free(script->included[i]);
    for (size_t i = 0; i < script->cases_count; i++)
        free(script->cases[i].name);
    free(script->cases);
    free(script->expected);
    free(script->steps);
    free(script->setup);
    text_destroy(&script->content);
    free(script->path);
    free(script);
}
