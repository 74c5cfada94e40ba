/* SPDX-License-Identifier: MIT
 * What the hall and its domains are called, in both languages, from the dispatcher's catalogue. */
#ifndef DISPLAY_MODEL_NAMES_H
#define DISPLAY_MODEL_NAMES_H

#include <jansson.h>
#include <stddef.h>

#include "common/base/words.h"

enum {
    NAMES_DOMAINS_MAX = 64, /* ids are 1 to this */
    NAMES_LINES_MAX = 8,    /* lines that the hall wants on its boards */
};

/* Words in both languages; "" where there are none. Longer texts are cut at a character. */
struct label {
    char zh[256], en[256];
};

/* Caller-owned, no pointers; zero it to begin. */
struct names {
    struct label hall;
    char time_zone[48]; /* "Asia/Shanghai"; "" when not known */
    int line_count;
    struct label lines[NAMES_LINES_MAX];
    struct label domains[NAMES_DOMAINS_MAX + 1]; /* by id */
};

/* Takes the rows of one answer to a `catalogue` request, part "hall" or "domains"; what is not of the
 * expected form is left out. A name replaces the one before. */
void names_take(struct names *names, const char *part, const json_t *rows);

/* The words in one language, or in the other where that one has none. Borrowed. */
const char *label_words(const struct label *label, enum words_language language);

/* Copies {"zh":...,"en":...}; anything else gives empty words. */
void label_read(struct label *label, const json_t *value);

/* Copies UTF-8 text, cut at a character where it is too long. NULL is empty. */
void label_copy(char *out, size_t size, const char *text);

#endif
