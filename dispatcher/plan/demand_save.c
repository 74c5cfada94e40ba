/* SPDX-License-Identifier: MIT
 * Learned demand as text: one function a record, for both directions; rows of a day are written from their
 * first to their last bin that is not zero. */
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/demand_inside.h"
#include "dispatcher/plan/learn_text.h"

static const char title[] = "evenhall-learned-demand 1";

#define SUM_MOST 1e9 /* arrivals; days */
static const int64_t TIME_MOST_MS = (int64_t)1 << 50;

static void head_record(struct learn_text *text, struct demand *demand)
{
    learn_text_line(text, "demand");
    demand->reopening_log_sum = learn_text_real(text, demand->reopening_log_sum, -SUM_MOST, SUM_MOST);
    demand->reopening_weight = learn_text_real(text, demand->reopening_weight, 0, SUM_MOST);
    demand->bookings_came = learn_text_real(text, demand->bookings_came, 0, SUM_MOST);
    demand->bookings_missed = learn_text_real(text, demand->bookings_missed, 0, SUM_MOST);
    for (unsigned k = 0; k < WEEKDAYS; k++) {
        demand->day_weight[k] = learn_text_real(text, demand->day_weight[k], 0, SUM_MOST);
        demand->day_count[k] = (uint32_t)learn_text_count(text, demand->day_count[k], UINT32_MAX);
    }
    learn_text_end_line(text);
    /* Each first day counts with a ratio of 4 at most. */
    if (demand->reopening_log_sum > 2 * demand->reopening_weight ||
        demand->reopening_log_sum < -2 * demand->reopening_weight)
        text->failed = true;
}

static void today_record(struct learn_text *text, struct demand *demand)
{
    learn_text_line(text, "today");
    demand->has_today = learn_text_count(text, demand->has_today, 1);
    demand->is_reopening = learn_text_count(text, demand->is_reopening, 1);
    demand->date = (int32_t)learn_text_whole(text, demand->date, INT32_MIN, INT32_MAX);
    demand->midnight_ms = learn_text_whole(text, demand->midnight_ms, -TIME_MOST_MS, TIME_MOST_MS);
    demand->open_min = (uint16_t)learn_text_count(text, demand->open_min, DEMAND_MINUTES);
    demand->close_min = (uint16_t)learn_text_count(text, demand->close_min, DEMAND_MINUTES);
    demand->issued = (uint32_t)learn_text_count(text, demand->issued, UINT32_MAX);
    demand->today.bins = (unsigned)learn_text_count(text, demand->today.bins, DEMAND_BINS);
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        demand->checked_in[d] = (uint32_t)learn_text_count(text, demand->checked_in[d], UINT32_MAX);
    learn_text_end_line(text);
}

/* The bins first..last of a row, after word and keys. */
static void row_record(struct learn_text *text, double *row, unsigned first, unsigned last)
{
    first = (unsigned)learn_text_count(text, first, DEMAND_BINS - 1);
    last = (unsigned)learn_text_count(text, last, DEMAND_BINS - 1);
    for (unsigned b = first; b <= last && !text->failed; b++)
        row[b] = learn_text_real(text, row[b], 0, SUM_MOST);
    learn_text_end_line(text);
}

static void minutes_record(struct learn_text *text, uint16_t *row, unsigned first, unsigned last)
{
    first = (unsigned)learn_text_count(text, first, DEMAND_MINUTES - 1);
    last = (unsigned)learn_text_count(text, last, DEMAND_MINUTES - 1);
    for (unsigned m = first; m <= last && !text->failed; m++)
        row[m] = (uint16_t)learn_text_count(text, row[m], UINT16_MAX);
    learn_text_end_line(text);
}

/* ---- writing ---- */

static bool row_bounds(const double *row, unsigned *first, unsigned *last)
{
    *first = DEMAND_BINS;
    for (unsigned b = 0; b < DEMAND_BINS; b++) {
        if (row[b] <= 0)
            continue;
        *first = *first == DEMAND_BINS ? b : *first;
        *last = b;
    }
    return *first < DEMAND_BINS;
}

/* keys: two of them unless the second is WEEKDAYS. */
static void write_row(struct learn_text *text, const char *word, unsigned key, unsigned weekday,
                      const double *row)
{
    unsigned first, last = 0;
    double copy[DEMAND_BINS];
    if (!row_bounds(row, &first, &last))
        return;
    memcpy(copy, row, sizeof copy);
    learn_text_line(text, word);
    learn_text_count(text, key, DOMAINS_MAX);
    if (weekday < WEEKDAYS)
        learn_text_count(text, weekday, WEEKDAYS - 1);
    row_record(text, copy, first, last);
}

static void write_minutes(struct learn_text *text, unsigned domain, const uint16_t *row)
{
    unsigned first = DEMAND_MINUTES, last = 0;
    uint16_t copy[DEMAND_MINUTES];
    for (unsigned m = 0; m < DEMAND_MINUTES; m++) {
        copy[m] = row[m];
        if (!row[m])
            continue;
        first = first == DEMAND_MINUTES ? m : first;
        last = m;
    }
    if (first == DEMAND_MINUTES)
        return;
    learn_text_line(text, "observed");
    learn_text_count(text, domain, DOMAINS_MAX);
    minutes_record(text, copy, first, last);
}

char *demand_save(const struct demand *demand, size_t *length)
{
    struct learn_text text;
    struct demand *copy = malloc(sizeof *copy); /* records take what they may also fill */
    if (!copy)
        return NULL;
    *copy = *demand;
    learn_text_begin_writing(&text, title);
    head_record(&text, copy);
    today_record(&text, copy);
    free(copy);
    for (unsigned k = 0; k < WEEKDAYS; k++)
        write_row(&text, "days", k, WEEKDAYS, demand->days[k]);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        for (unsigned k = 0; k < WEEKDAYS; k++)
            write_row(&text, "seen", d, k, demand->seen[d - 1][k]);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        write_row(&text, "expected", d, WEEKDAYS, demand->today.expected[d - 1]);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        write_minutes(&text, d, demand->today.observed[d - 1]);
    return learn_text_finish(&text, length);
}

/* ---- reading ---- */

/* The key of the next record of this word, within bounds and greater than the one before (-1: none was). */
static bool read_key(struct learn_text *text, const char *word, int least, int most, int *key)
{
    int before = *key;
    if (!learn_text_line(text, word))
        return false;
    *key = (int)learn_text_count(text, 0, (uint64_t)most);
    if (*key < least || *key <= before)
        text->failed = true;
    return !text->failed;
}

static void read_seen(struct learn_text *text, struct demand *demand)
{
    int before = -1;
    while (learn_text_line(text, "seen")) {
        unsigned d = (unsigned)learn_text_count(text, 0, DOMAINS_MAX);
        unsigned k = (unsigned)learn_text_count(text, 0, WEEKDAYS - 1);
        int key = (int)(d * WEEKDAYS + k);
        if (!d || key <= before)
            text->failed = true;
        if (text->failed)
            return;
        before = key;
        row_record(text, demand->seen[d - 1][k], 0, 0);
    }
}

static void read_all(struct learn_text *text, struct demand *demand)
{
    head_record(text, demand);
    today_record(text, demand);
    for (int k = -1; read_key(text, "days", 0, WEEKDAYS - 1, &k);)
        row_record(text, demand->days[k], 0, 0);
    read_seen(text, demand);
    for (int d = -1; read_key(text, "expected", 1, DOMAINS_MAX, &d);)
        row_record(text, demand->today.expected[d - 1], 0, 0);
    for (int d = -1; read_key(text, "observed", 1, DOMAINS_MAX, &d);)
        minutes_record(text, demand->today.observed[d - 1], 0, 0);
}

bool demand_load(struct demand *demand, const char *from, size_t length)
{
    struct learn_text text;
    struct demand *read = demand_create();
    if (!read)
        return false;
    learn_text_begin_reading(&text, title, from, length);
    read_all(&text, read);
    bool is_whole = learn_text_is_whole(&text);
    if (is_whole) {
        demand_derive(read);
        *demand = *read;
    }
    demand_destroy(read);
    return is_whole;
}
