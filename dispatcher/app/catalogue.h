/* SPDX-License-Identifier: MIT
 * The catalogue: hall, zones, windows, domains, items with guides, clerks, authorisations, calendar,
 * policies, with their names and words. It is one JSON document with versions; the core gets from it, as
 * commands, what deciding needs, and screens get from it the words. */
#ifndef DISPATCHER_APP_CATALOGUE_H
#define DISPATCHER_APP_CATALOGUE_H

#include <jansson.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/core/command.h"

enum {
    CATALOGUE_BYTES_MAX = 32 << 20, /* of a file or a stored document */
    CATALOGUE_ROW_MAX = 48 * 1024,  /* of a row as JSON: a row always fits a frame of the protocol */
};

/* The document: {"format":1,"hall":{},"zones":[],"domains":[],"windows":[],"priority_kinds":[],"policy":{},
 * "holiday_texts":{},"items":[],"clerks":[],"authorisations":[],"roster":[],"calendar":{}} */
struct catalogue {
    json_t *document;                   /* owned */
    uint32_t version;                   /* of the store's document; 0: not stored yet */
    const json_t *items[ITEMS_MAX + 1]; /* borrowed from document, by id; NULL where there is none */
    const json_t *domains[DOMAINS_MAX + 1];
    const json_t *windows[WINDOWS_MAX + 1]; /* by number */
    const json_t *zones[ZONES_MAX + 1];
    const json_t *clerks[CLERKS_MAX + 1];
};

/* Reads hall.json, items.json, clerks.json and calendar.json of a folder and checks everything in them:
 * forms, ranges, references, uniqueness, guides with all their parts. The first fault is refused with file,
 * line, field and what is expected: `assets/demo/items.json:214: items[12].guide.fees: missing; expected an
 * object with charged, basis, standard`. Members that are not known are faults too. On failure nothing is
 * owned. Statuses: PARSE, NOT_FOUND, IO, LIMIT, MEMORY. */
enum status catalogue_read_folder(const char *folder, struct catalogue *out, struct error *error);

/* The same from the text of a stored document (checked again: a stored byte is as hostile as any other).
 * Faults begin with `catalogue version 7: `, and with the line if the text has more than one. */
enum status catalogue_read_text(struct span text, uint32_t version, struct catalogue *out,
                                struct error *error);

/* The document as compact JSON, for the store. STATUS_MEMORY. */
enum status catalogue_write_text(const struct catalogue *catalogue, struct text *out, struct error *error);

void catalogue_destroy(struct catalogue *catalogue);

/* Hands out the set-up commands in an order in which each refers only to what came before: policies, zones,
 * domains, items, windows, postings, kinds, clerks, authorisations, week, calendar. The commands' actor is
 * the system. All policies are handed out, those that the document does not name with their defaults. The
 * hall's offset from UTC is the one that its time zone has at this moment: a zone with summer time needs the
 * commands again after each change. Zones but Asia/Shanghai and UTC are looked up by changing TZ for a
 * moment, so no other thread may be reading the environment or local time. */
typedef void catalogue_sink(const struct command *command, void *userdata);
void catalogue_commands(const struct catalogue *catalogue, catalogue_sink *sink, void *userdata);

/* Rows of a part ("hall", "zones", "domains", "windows", "items", "words", "guide") from row `from` on, as
 * many as fit bytes_max when written, one at least; *next is the first row that is left, or -1. Each row has
 * the entry's number as "zone", "domain", "window" or "item", its name as "zh" and "en", and the document's
 * other members, also "retired"; items come without their guides. "hall" is one row, with "weekly". For
 * "guide", from is the item's id and there is one row with all parts. "words" are texts under names:
 * "priority.elderly" (with "kind", "class"), "holiday.weekend", "day.2026-10-01" (with "day", "sessions").
 * Owned array; NULL: no such part or row. Values within are the document's own: read them only. */
json_t *catalogue_rows(const struct catalogue *catalogue, const char *part, int64_t from, size_t bytes_max,
                       int64_t *next);

#endif
