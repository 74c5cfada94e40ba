/* SPDX-License-Identifier: MIT
 * Fetches the names of hall and domains over the link, again whenever the catalogue's version changes, and
 * puts the process into the hall's time zone. */
#ifndef DISPLAY_CATALOGUE_H
#define DISPLAY_CATALOGUE_H

#include "common/client/link.h"
#include "display/model/names.h"

/* Caller-owned; must not move once a request is under way. Private. */
struct catalogue_reader {
    struct link *link;    /* borrowed */
    struct names *names;  /* borrowed; filled page by page */
    int64_t wanted, read; /* versions; -1: none */
    int part;
    bool is_asking, has_answer;
    int64_t next;     /* row to ask for */
    int64_t pause_ms; /* ask no sooner */
    int64_t answer_version;
};

/* link and names must outlive the reader. */
void catalogue_reader_init(struct catalogue_reader *reader, struct link *link, struct names *names);

/* The version that topic `hall` tells. */
void catalogue_reader_want(struct catalogue_reader *reader, int64_t version);

/* Asks for the next page if one is missing. Call it after each client_step. */
void catalogue_reader_step(struct catalogue_reader *reader, int64_t now_ms);

#endif
