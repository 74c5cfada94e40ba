/* SPDX-License-Identifier: MIT
 * A line of the scenario language as words: `ticket A001 state=waiting reason="two words"`. */
#ifndef DISPATCHER_SIM_TOKENS_H
#define DISPATCHER_SIM_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/span.h"

enum { TOKENS_MAX = 64 };

/* `name=value`, or a bare word: then name is empty. Quotes stay in the value. */
struct token {
    struct span name, value;
};

struct tokens {
    size_t count;
    struct token list[TOKENS_MAX];
};

/* Splits at spaces outside quotes. The spans point into the line. False when a quote is not closed or there
 * are more than TOKENS_MAX words. */
bool tokens_split(struct span line, struct tokens *out);

/* The token of this name; NULL when there is none. */
const struct token *tokens_find(const struct tokens *tokens, struct span name);

bool span_same(struct span a, struct span b);

/* Without spaces and carriage returns at both ends. */
struct span span_trim(struct span span);

#endif
