/* SPDX-License-Identifier: MIT */
#include "common/base/words.h"

#include <stdint.h>
#include <string.h>

#include "words_zh_CN.h"

/* A .mo file: magic, revision, count, and where two tables of (length, offset) begin: the originals, sorted,
 * and the translations in the same order. Every string is followed by a NUL. */
enum {
    MAGIC = 0x950412de,
    COUNT_AT = 8,
    ORIGINALS_AT = 12,
    TRANSLATIONS_AT = 16,
    HEAD_BYTES = 20,
    ROW_BYTES = 8
};

static uint32_t number_at(const unsigned char *catalogue, size_t at)
{
    const unsigned char *b = catalogue + at;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* The string of a row; NULL when it does not lie inside the catalogue with its NUL. */
static const char *string_at(const unsigned char *catalogue, size_t size, uint32_t table, uint32_t row)
{
    uint64_t at = (uint64_t)table + (uint64_t)row * ROW_BYTES;
    if (at + ROW_BYTES > size)
        return NULL;
    uint64_t length = number_at(catalogue, (size_t)at), begin = number_at(catalogue, (size_t)at + 4);
    if (begin + length >= size || catalogue[begin + length] != 0)
        return NULL;
    return (const char *)catalogue + begin;
}

const char *words_look_up(const unsigned char *catalogue, size_t size, const char *english)
{
    if (size < HEAD_BYTES || number_at(catalogue, 0) != MAGIC)
        return NULL;
    uint32_t originals = number_at(catalogue, ORIGINALS_AT);
    uint32_t low = 0, high = number_at(catalogue, COUNT_AT);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *candidate = string_at(catalogue, size, originals, middle);
        if (!candidate)
            return NULL;
        int order = strcmp(english, candidate);
        if (order == 0)
            return string_at(catalogue, size, number_at(catalogue, TRANSLATIONS_AT), middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *words_in(enum words_language language, const char *english)
{
    if (language != WORDS_ZH || !*english)
        return english; /* the empty one is the catalogue's own header */
    const char *found = words_look_up(words_zh_CN, sizeof words_zh_CN, english);
    return found && *found ? found : english;
}

static const char *const names[WORDS_LANGUAGES] = {[WORDS_ZH] = "zh", [WORDS_EN] = "en"};

const char *words_language_name(enum words_language language)
{
    return names[language];
}

enum words_language words_language_find(const char *name)
{
    for (int i = 0; i < WORDS_LANGUAGES; i++)
        if (strcmp(names[i], name) == 0)
            return (enum words_language)i;
    return WORDS_LANGUAGES;
}
