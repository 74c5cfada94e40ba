/* SPDX-License-Identifier: MIT
 * Learned state as text: lines of a word and values, the same function for writing and for reading, so that
 * the two cannot differ. Counts are decimal, reals are the 16 hex digits of their bits (exact, whatever the
 * locale). The first line names kind and version, the last one carries a checksum. */
#ifndef DISPATCHER_PLAN_LEARN_TEXT_H
#define DISPATCHER_PLAN_LEARN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct learn_text {
    bool reads;  /* else it writes */
    bool failed; /* no memory, or not what was written: everything after is ignored */
    char *data;  /* written so far, owned; handed over by learn_text_finish */
    size_t length, capacity;
    const char *from, *at, *end; /* being read, borrowed */
};

/* Begins; `title` is the first line without its end. */
void learn_text_begin_writing(struct learn_text *text, const char *title);
void learn_text_begin_reading(struct learn_text *text, const char *title, const char *from, size_t length);

/* Begins a line. Reading: false, and nothing is taken, when the next line begins with another word. */
bool learn_text_line(struct learn_text *text, const char *word);
void learn_text_end_line(struct learn_text *text);

/* One value of the line: written and given back, or read. What is read must be least..most; what is written
 * must be so too. After a failure: least (0). */
uint64_t learn_text_count(struct learn_text *text, uint64_t value, uint64_t most);
int64_t learn_text_whole(struct learn_text *text, int64_t value, int64_t least, int64_t most);
double learn_text_real(struct learn_text *text, double value, double least, double most);

/* Ends writing: the text (NUL-terminated, the caller frees it), NULL when memory ran out. */
char *learn_text_finish(struct learn_text *text, size_t *length);

/* Ends reading: whether everything was read and the checksum fits. */
bool learn_text_is_whole(struct learn_text *text);

#endif
