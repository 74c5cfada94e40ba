/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/tokens.h"

bool span_same(struct span a, struct span b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span span)
{
    while (span.length && is_blank(span.data[0])) {
        span.data++;
        span.length--;
    }
    while (span.length && is_blank(span.data[span.length - 1]))
        span.length--;
    return span;
}

/* The end of the word that begins at `from`; SIZE_MAX when a quote stays open. */
static size_t word_end(struct span line, size_t from, size_t *equals)
{
    bool quoted = false;
    *equals = 0;
    for (size_t i = from; i < line.length; i++) {
        char c = line.data[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '=' && !*equals && i > from)
            *equals = i;
        else if (!quoted && is_blank(c))
            return i;
    }
    return quoted ? (size_t)-1 : line.length;
}

bool tokens_split(struct span line, struct tokens *out)
{
    out->count = 0;
    for (size_t at = 0; at < line.length;) {
        if (is_blank(line.data[at])) {
            at++;
            continue;
        }
        size_t equals;
        size_t end = word_end(line, at, &equals);
        if (end == (size_t)-1 || out->count == TOKENS_MAX)
            return false;
        struct token *token = &out->list[out->count++];
        *token = (struct token){{line.data + at, 0}, {line.data + at, end - at}};
        if (equals)
            *token =
                (struct token){{line.data + at, equals - at}, {line.data + equals + 1, end - equals - 1}};
        at = end;
    }
    return true;
}

const struct token *tokens_find(const struct tokens *tokens, struct span name)
{
    for (size_t i = 0; i < tokens->count; i++)
        if (span_same(tokens->list[i].name, name))
            return &tokens->list[i];
    return NULL;
}
