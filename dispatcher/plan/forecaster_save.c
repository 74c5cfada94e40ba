/* SPDX-License-Identifier: MIT
 * The forecaster as text: one function for writing and reading each record. The scores of a factor stand in
 * the order in which they came, by day, as the bits of a float; a new process goes on exactly where the old
 * one was. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/forecaster_inside.h"
#include "dispatcher/plan/learn_text.h"

static const char title[] = "evenhall forecaster 1";

enum { COUNT_MOST = 1000000000, DATE_MOST = 10000000 };

#define MINUTES_MOST 1e12
#define SCORE_MOST   1e9f

static uint32_t count_of(struct learn_text *text, uint32_t value, uint32_t most)
{
    return (uint32_t)learn_text_count(text, value, most);
}

static void day_record(struct learn_text *text, struct forecaster_day *day)
{
    day->date = (int32_t)learn_text_whole(text, day->date, -DATE_MOST, DATE_MOST);
    day->tickets = count_of(text, day->tickets, COUNT_MOST);
    day->covered_low = count_of(text, day->covered_low, day->tickets);
    day->covered_high = count_of(text, day->covered_high, day->tickets);
    day->distance_min = learn_text_real(text, day->distance_min, 0, MINUTES_MOST);
    day->halls = count_of(text, day->halls, COUNT_MOST);
    day->hall_covered = count_of(text, day->hall_covered, day->halls);
    day->hall_distance_min = learn_text_real(text, day->hall_distance_min, 0, MINUTES_MOST);
    learn_text_end_line(text);
}

static void factor_record(struct learn_text *text, struct conformal *factor)
{
    factor->factor = learn_text_real(text, factor->factor, 1 / CONFORMAL_FACTOR_MAX, CONFORMAL_FACTOR_MAX);
    factor->day = count_of(text, factor->day, COUNT_MOST);
    factor->today = count_of(text, factor->today, COUNT_MOST);
    factor->today_covered = count_of(text, factor->today_covered, factor->today);
    learn_text_end_line(text);
}

static float score_record(struct learn_text *text, float score)
{
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    bits = count_of(text, bits, UINT32_MAX);
    memcpy(&score, &bits, sizeof bits);
    if (text->reads && !(score >= 0 && score <= SCORE_MOST)) {
        text->failed = true;
        score = 0;
    }
    return score;
}

/* ---- writing ---- */

static void write_scores(struct learn_text *text, const struct conformal *factor)
{
    uint32_t first = (factor->next + CONFORMAL_SCORES_MAX - factor->count) % CONFORMAL_SCORES_MAX;
    for (uint32_t i = 0, day_count; i < factor->count; i += day_count) {
        uint32_t day = factor->days[(first + i) % CONFORMAL_SCORES_MAX];
        for (day_count = 1; i + day_count < factor->count; day_count++)
            if (factor->days[(first + i + day_count) % CONFORMAL_SCORES_MAX] != day)
                break;
        learn_text_line(text, "scores");
        count_of(text, day, factor->day);
        count_of(text, day_count, CONFORMAL_SCORES_MAX);
        for (uint32_t n = 0; n < day_count; n++)
            score_record(text, factor->scores[(first + i + n) % CONFORMAL_SCORES_MAX]);
        learn_text_end_line(text);
    }
}

char *forecaster_save(const struct forecaster *forecaster, size_t *length)
{
    struct learn_text text;
    learn_text_begin_writing(&text, title);
    learn_text_line(&text, "today");
    struct forecaster_day day = forecaster->today;
    day_record(&text, &day);
    for (unsigned i = 0; i < forecaster->day_count; i++) {
        learn_text_line(&text, "day");
        day = forecaster->days[i];
        day_record(&text, &day);
    }
    for (unsigned i = 0; i < FORECASTER_FACTORS; i++) {
        struct conformal head = {.factor = forecaster->factors[i].factor,
                                 .day = forecaster->factors[i].day,
                                 .today = forecaster->factors[i].today,
                                 .today_covered = forecaster->factors[i].today_covered};
        learn_text_line(&text, "factor");
        factor_record(&text, &head);
        write_scores(&text, &forecaster->factors[i]);
    }
    return learn_text_finish(&text, length);
}

/* ---- reading ---- */

/* Days rise from line to line and none is ahead of the factor's. */
static void read_scores(struct learn_text *text, struct conformal *factor)
{
    uint32_t after = 0; /* the last day, and one */
    while (learn_text_line(text, "scores")) {
        uint32_t day = count_of(text, 0, factor->day);
        uint32_t count = count_of(text, 0, CONFORMAL_SCORES_MAX - factor->count);
        if (day < after || !count)
            text->failed = true;
        for (uint32_t n = 0; n < count && !text->failed; n++) {
            factor->days[factor->count] = day;
            factor->scores[factor->count++] = score_record(text, 0);
        }
        learn_text_end_line(text);
        after = day + 1;
    }
    factor->next = factor->count % CONFORMAL_SCORES_MAX;
}

static void read_line(struct learn_text *text, const char *word)
{
    if (!learn_text_line(text, word))
        text->failed = true;
}

static void read_all(struct learn_text *text, struct forecaster *forecaster)
{
    read_line(text, "today");
    day_record(text, &forecaster->today);
    while (learn_text_line(text, "day")) {
        if (forecaster->day_count == FORECASTER_DAYS) {
            text->failed = true;
            return;
        }
        day_record(text, &forecaster->days[forecaster->day_count++]);
    }
    for (unsigned i = 0; i < FORECASTER_FACTORS; i++) {
        read_line(text, "factor");
        factor_record(text, &forecaster->factors[i]);
        read_scores(text, &forecaster->factors[i]);
    }
}

bool forecaster_load(struct forecaster *forecaster, const char *from, size_t length)
{
    struct learn_text text;
    struct forecaster *read = forecaster_create();
    if (!read)
        return false;
    learn_text_begin_reading(&text, title, from, length);
    read_all(&text, read);
    bool is_whole = learn_text_is_whole(&text);
    if (is_whole)
        *forecaster = *read;
    forecaster_destroy(read);
    return is_whole;
}
