/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void planning_record_destroy(struct planning_record *record)
{
    free(record->list);
    *record = (struct planning_record){0};
}

static struct record_proposal *find(struct planning_record *record, uint32_t number)
{
    return number >= 1 && number <= record->count ? &record->list[number - 1] : NULL;
}

const struct record_proposal *planning_record_find(const struct planning_record *record, uint32_t number)
{
    return number >= 1 && number <= record->count ? &record->list[number - 1] : NULL;
}

/* Numbers count up from 1 each day. */
static bool take_made(struct planning_record *record, const struct event *event)
{
    if (event->proposal_made.proposal != record->count + 1)
        return true; /* not of a day that was read from its beginning */
    if (record->count == record->room) {
        uint32_t room = record->room ? 2 * record->room : 16;
        struct record_proposal *grown = realloc(record->list, room * sizeof *grown);
        if (!grown)
            return false;
        record->list = grown;
        record->room = room;
    }
    record->list[record->count++] =
        (struct record_proposal){.made = event->proposal_made, .made_ms = event->at_ms};
    return true;
}

static void take_answer(struct planning_record *record, const struct event *event)
{
    const struct proposal_answered *e = &event->proposal_answered;
    struct record_proposal *proposal = find(record, e->proposal);
    if (!proposal)
        return;
    proposal->is_answered = true;
    proposal->answer = e->answer;
    proposal->answered_ms = event->at_ms;
    proposal->by = event->by;
    proposal->reason = e->reason;
    if (e->answer == ANSWER_ACCEPTED || e->answer == ANSWER_APPLIED)
        proposal->was_done = true;
}

/* The band around a prediction that is a mean over the proposal's domains: as wide, against the mean, as the
 * domains' bands are together. */
static void set_band(struct record_score *kept, const struct proposal_made *made)
{
    double mean_s = 0, low_s = 0, high_s = 0;
    for (unsigned i = 0; i < made->effects.count; i++) {
        const struct effect *e = &made->effects.list[i];
        bool is_only_hall = made->effects.count == 1;
        if (!e->domain.value && !is_only_hall)
            continue;
        mean_s += kept->was_done ? e->after_s : e->now_s;
        low_s += kept->was_done ? e->after_low_s : e->now_low_s;
        high_s += kept->was_done ? e->after_high_s : e->now_high_s;
    }
    double scale = mean_s > 0 ? kept->predicted_wait_s / mean_s : 1;
    kept->low_s = (int32_t)(low_s * scale);
    kept->high_s = (int32_t)(high_s * scale + 0.5);
}

static void keep_score(struct planning_record *record, const struct record_proposal *proposal)
{
    const struct proposal_scored *score = &proposal->score;
    struct record_score *kept = &record->scores[record->score_next];
    record->score_next = (record->score_next + 1) % RECORD_SCORES;
    record->score_count += record->score_count < RECORD_SCORES;
    *kept = (struct record_score){.date = record->date,
                                  .predicted_wait_s = score->predicted_wait_s,
                                  .realised_wait_s = score->realised_wait_s,
                                  .predicted_gain = score->predicted_gain,
                                  .realised_gain = score->realised_gain,
                                  .was_done = proposal->was_done};
    set_band(kept, &proposal->made);
}

static void take_score(struct planning_record *record, const struct event *event, bool lasting)
{
    struct record_proposal *proposal = find(record, event->proposal_scored.proposal);
    if (!proposal)
        return;
    proposal->is_scored = true;
    proposal->scored_ms = event->at_ms;
    proposal->score = event->proposal_scored;
    if (lasting)
        keep_score(record, proposal);
}

bool planning_record_take(struct planning_record *record, const struct event *event, bool lasting)
{
    switch (event->kind) {
    case EVENT_DAY_OPENED:
        if (event->day_opened.date != record->date)
            record->count = 0;
        record->date = event->day_opened.date;
        return true;
    case EVENT_PROPOSAL_MADE:
        return take_made(record, event);
    case EVENT_PROPOSAL_ANSWERED:
        take_answer(record, event);
        return true;
    case EVENT_PROPOSAL_SCORED:
        take_score(record, event, lasting);
        return true;
    default:
        return true;
    }
}

struct record_sum planning_record_sum(const struct planning_record *record)
{
    struct record_sum sum = {.scored = record->score_count};
    for (uint32_t i = 0; i < record->score_count; i++) {
        const struct record_score *score = &record->scores[i];
        sum.inside += score->low_s <= score->realised_wait_s && score->realised_wait_s <= score->high_s;
        sum.predicted_gain += score->predicted_gain;
        sum.realised_gain += score->realised_gain;
    }
    return sum;
}

/* ---- keeping: a line a score, the oldest first ---- */

enum { LINE_BYTES_MAX = 96 };

char *planning_record_save(const struct planning_record *record, size_t *length)
{
    char *text = malloc(RECORD_SCORES * LINE_BYTES_MAX + 1);
    size_t used = 0;
    if (!text)
        return NULL;
    text[0] = '\0';
    for (uint32_t i = 0; i < record->score_count; i++) {
        uint32_t at = (record->score_next + RECORD_SCORES - record->score_count + i) % RECORD_SCORES;
        const struct record_score *s = &record->scores[at];
        used +=
            (size_t)snprintf(text + used, LINE_BYTES_MAX, "%d %d %d %d %d %d %d %d\n", (int)s->date,
                             (int)s->predicted_wait_s, (int)s->low_s, (int)s->high_s, (int)s->realised_wait_s,
                             (int)s->predicted_gain, (int)s->realised_gain, s->was_done);
    }
    *length = used;
    return text;
}

static bool read_score(const char *line, size_t length, struct record_score *out)
{
    char text[LINE_BYTES_MAX];
    int value[8], end = 0;
    if (length >= sizeof text)
        return false;
    memcpy(text, line, length);
    text[length] = '\0';
    if (sscanf(text, "%d %d %d %d %d %d %d %d%n", &value[0], &value[1], &value[2], &value[3], &value[4],
               &value[5], &value[6], &value[7], &end) != 8 ||
        (size_t)end != length || value[7] < 0 || value[7] > 1)
        return false;
    *out = (struct record_score){value[0], value[1], value[2], value[3],
                                 value[4], value[5], value[6], value[7] == 1};
    return true;
}

bool planning_record_load(struct planning_record *record, const char *text, size_t length)
{
    struct record_score scores[RECORD_SCORES];
    uint32_t count = 0;
    while (length) {
        const char *end = memchr(text, '\n', length);
        if (!end || count == RECORD_SCORES || !read_score(text, (size_t)(end - text), &scores[count]))
            return false;
        count++;
        length -= (size_t)(end - text) + 1;
        text = end + 1;
    }
    memcpy(record->scores, scores, count * sizeof scores[0]);
    record->score_count = count;
    record->score_next = count % RECORD_SCORES;
    return true;
}
