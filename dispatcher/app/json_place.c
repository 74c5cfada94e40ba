/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/json_place.h"

#include <jansson.h>
#include <stdbool.h>

struct scanner {
    const char *at, *end;
};

static void skip_blanks(struct scanner *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r'))
        in->at++;
}

/* Takes a mark of the grammar with the blanks before it. */
static bool take(struct scanner *in, char mark)
{
    skip_blanks(in);
    if (in->at == in->end || *in->at != mark)
        return false;
    in->at++;
    return true;
}

static struct span take_string(struct scanner *in)
{
    const char *begin = in->at;
    for (in->at++; in->at < in->end && *in->at != '"'; in->at++)
        if (*in->at == '\\' && in->at + 1 < in->end)
            in->at++;
    if (in->at < in->end)
        in->at++;
    return (struct span){begin, (size_t)(in->at - begin)};
}

/* Passes one value, also a nested one. */
static void skip_value(struct scanner *in)
{
    size_t depth = 0;
    do {
        skip_blanks(in);
        if (in->at == in->end)
            return;
        char c = *in->at;
        if (c == '"') {
            take_string(in);
        } else if (c == '{' || c == '[') {
            depth++;
            in->at++;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return;
            depth--;
            in->at++;
        } else { /* a number, a word, or a mark between values */
            in->at++;
            while (in->at < in->end && !strchr("\"{}[],: \t\r\n", *in->at))
                in->at++;
        }
    } while (depth > 0);
}

/* Whether a string as it stands in the text, quotes included, means `name`. */
static bool means(struct span quoted, const char *name)
{
    json_t *value = json_loadb(quoted.data, quoted.length, JSON_DECODE_ANY, NULL);
    bool same = json_is_string(value) && strcmp(json_string_value(value), name) == 0;
    json_decref(value);
    return same;
}

static bool enter_member(struct scanner *in, const char *name)
{
    if (!take(in, '{'))
        return false;
    do {
        skip_blanks(in);
        if (in->at == in->end || *in->at != '"')
            return false;
        struct span key = take_string(in);
        if (!take(in, ':'))
            return false;
        skip_blanks(in);
        if (means(key, name))
            return true;
        skip_value(in);
    } while (take(in, ','));
    return false;
}

static bool enter_element(struct scanner *in, size_t index)
{
    if (!take(in, '['))
        return false;
    for (size_t i = 0; i < index; i++) {
        skip_value(in);
        if (!take(in, ','))
            return false;
    }
    skip_blanks(in);
    return in->at < in->end && *in->at != ']';
}

size_t json_place_line(struct span text, const struct json_step *steps, size_t count)
{
    struct scanner in = {text.data, text.data + text.length};
    skip_blanks(&in);
    const char *found = in.at;
    for (size_t i = 0; i < count; i++) {
        bool entered = steps[i].name ? enter_member(&in, steps[i].name) : enter_element(&in, steps[i].index);
        if (!entered)
            break;
        found = in.at;
    }
    size_t line = 1;
    for (const char *c = text.data; c < found; c++)
        line += *c == '\n';
    return line;
}
