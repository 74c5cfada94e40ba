/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/learn_text.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char end_word[] = "end";

static void put(struct learn_text *text, const char *data, size_t length)
{
    if (text->failed)
        return;
    if (text->length + length + 1 > text->capacity) {
        size_t capacity = 2 * (text->length + length + 1) + 4096;
        char *data_new = realloc(text->data, capacity);
        if (!data_new) {
            text->failed = true;
            return;
        }
        text->data = data_new;
        text->capacity = capacity;
    }
    assert(text->data);
    memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = 0;
}

/* FNV-1a: finds accidents, not forgers; what is read is checked value by value as well. */
static uint64_t checksum(const char *data, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
    return hash;
}

void learn_text_begin_writing(struct learn_text *text, const char *title)
{
    *text = (struct learn_text){0};
    put(text, title, strlen(title));
    put(text, "\n", 1);
}

/* Takes exactly these bytes; false and nothing taken when others follow. */
static bool take(struct learn_text *text, const char *bytes, size_t length)
{
    if (text->failed || (size_t)(text->end - text->at) < length || memcmp(text->at, bytes, length) != 0)
        return false;
    text->at += length;
    return true;
}

static void expect(struct learn_text *text, const char *bytes, size_t length)
{
    if (!take(text, bytes, length))
        text->failed = true;
}

void learn_text_begin_reading(struct learn_text *text, const char *title, const char *from, size_t length)
{
    *text = (struct learn_text){.reads = true, .from = from, .at = from, .end = from + length};
    expect(text, title, strlen(title));
    expect(text, "\n", 1);
}

bool learn_text_line(struct learn_text *text, const char *word)
{
    size_t length = strlen(word);
    if (!text->reads) {
        put(text, word, length);
        return true;
    }
    if (text->failed || (size_t)(text->end - text->at) <= length || memcmp(text->at, word, length) != 0 ||
        (text->at[length] != ' ' && text->at[length] != '\n'))
        return false;
    text->at += length;
    return true;
}

void learn_text_end_line(struct learn_text *text)
{
    if (text->reads)
        expect(text, "\n", 1);
    else
        put(text, "\n", 1);
}

/* The digits of a decimal number as it is written: no sign, no leading zeros. */
static uint64_t read_digits(struct learn_text *text, uint64_t most)
{
    const char *first = text->at;
    uint64_t value = 0;
    while (!text->failed && text->at < text->end && *text->at >= '0' && *text->at <= '9') {
        uint64_t digit = (uint64_t)(*text->at - '0');
        if (value > (most - digit) / 10 || digit > most) {
            text->failed = true;
            return 0;
        }
        value = value * 10 + digit;
        text->at++;
    }
    if (text->at == first || (*first == '0' && text->at - first > 1))
        text->failed = true;
    return text->failed ? 0 : value;
}

uint64_t learn_text_count(struct learn_text *text, uint64_t value, uint64_t most)
{
    char word[24];
    if (text->reads) {
        expect(text, " ", 1);
        return read_digits(text, most);
    }
    assert(value <= most);
    put(text, word, (size_t)snprintf(word, sizeof word, " %" PRIu64, value));
    return value;
}

int64_t learn_text_whole(struct learn_text *text, int64_t value, int64_t least, int64_t most)
{
    assert(text->reads || (value >= least && value <= most));
    return least + (int64_t)learn_text_count(text, (uint64_t)value - (uint64_t)least,
                                             (uint64_t)most - (uint64_t)least);
}

static uint64_t read_hex(struct learn_text *text)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < 16; i++, text->at++) {
        char c = text->failed || text->at >= text->end ? 0 : *text->at;
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && (c < 'a' || c > 'f')) {
            text->failed = true;
            return 0;
        }
        bits = bits << 4 | (uint64_t)(is_digit ? c - '0' : c - 'a' + 10);
    }
    return bits;
}

double learn_text_real(struct learn_text *text, double value, double least, double most)
{
    char word[24];
    uint64_t bits;
    if (!text->reads) {
        assert(value >= least && value <= most);
        memcpy(&bits, &value, sizeof bits);
        put(text, word, (size_t)snprintf(word, sizeof word, " %016" PRIx64, bits));
        return value;
    }
    expect(text, " ", 1);
    bits = read_hex(text);
    memcpy(&value, &bits, sizeof value);
    if (text->failed || !isfinite(value) || value < least || value > most) {
        text->failed = true;
        return least;
    }
    return value;
}

char *learn_text_finish(struct learn_text *text, size_t *length)
{
    char line[32];
    uint64_t sum = checksum(text->data ? text->data : "", text->length);
    put(text, line, (size_t)snprintf(line, sizeof line, "%s %016" PRIx64 "\n", end_word, sum));
    if (text->failed) {
        free(text->data);
        text->data = NULL;
        return NULL;
    }
    *length = text->length;
    return text->data;
}

bool learn_text_is_whole(struct learn_text *text)
{
    uint64_t sum = checksum(text->from, (size_t)(text->at - text->from));
    expect(text, end_word, sizeof end_word - 1);
    expect(text, " ", 1);
    uint64_t told = read_hex(text);
    expect(text, "\n", 1);
    return !text->failed && told == sum && text->at == text->end;
}
