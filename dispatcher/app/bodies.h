/* SPDX-License-Identifier: MIT
 * Bodies of answers: what a command did, a ticket, why it was called, the slots of a day. */
#ifndef DISPATCHER_APP_BODIES_H
#define DISPATCHER_APP_BODIES_H

#include "common/base/span.h"
#include "dispatcher/core/hall.h"

struct dispatcher;

/* Appends `"ok":{"seq":...,"ticket":{...}}` (or "booking") for a command that was decided so. */
void body_done(struct dispatcher *dispatcher, const struct command *command, const struct decision *decision,
               struct text *out);

/* Appends `"error":{...}` for a refusal of the hall, with its words filled in. */
void body_refused(const struct refusal *refusal, struct text *out);

/* Appends {"number":...,"state":...,...} of a ticket. link: with the secret by which it can be followed. */
void body_ticket(struct dispatcher *dispatcher, const struct ticket *ticket, bool link, struct text *out);

/* Appends `"ok":{"number":...,"calls":[{...,"because":"...","zh":"...","en":"..."}]}`: every call of the
 * ticket today, with the candidates and why it was this one (dispatcher/plan/why.h). False: there is no such
 * number today. */
bool body_why(struct dispatcher *dispatcher, struct number number, struct text *out);

/* Appends `"ok":{"item":...,"date":...,"slots":[{"slot":"09:00","left":4}]}`. False: no such item. */
bool body_slots(struct dispatcher *dispatcher, struct item_id item, int32_t date, enum channel channel,
                struct text *out);

/* Fills {number} and {value} of a refusal's words. */
void refusal_words(const char *words, const struct refusal *refusal, char *out, size_t size);

#endif
