/* SPDX-License-Identifier: MIT
 * Learned service times as text: one function a record, for both directions. */
#include <math.h>
#include <stdlib.h>

#include "dispatcher/plan/learn_cells.h"
#include "dispatcher/plan/learn_inside.h"
#include "dispatcher/plan/learn_text.h"

static const char title[] = "evenhall-learned-times 1";

/* Bounds of what can be: enough for any hall, so that no sum of them overflows. */
#define LOG_MOST   40.0
#define SUM_MOST   1e15
#define RATIO_MOST 1e6
static const int64_t TIME_MOST_MS = (int64_t)1 << 50;

static double log_value(struct learn_text *text, double value)
{
    return learn_text_real(text, value, -LOG_MOST, LOG_MOST);
}

static double variance_value(struct learn_text *text, double value)
{
    return learn_text_real(text, value, 1e-9, 10);
}

static double weight_value(struct learn_text *text, double value)
{
    return learn_text_real(text, value, 0, SUM_MOST);
}

static uint32_t samples_value(struct learn_text *text, uint32_t value)
{
    return (uint32_t)learn_text_count(text, value, UINT32_MAX);
}

static void tally_value(struct learn_text *text, struct tally *tally)
{
    tally->past = learn_text_real(text, tally->past, -SUM_MOST, SUM_MOST);
    tally->today = learn_text_whole(text, tally->today, -TIME_MOST_MS, TIME_MOST_MS);
}

static void ratios_value(struct learn_text *text, struct ratios *ratios)
{
    ratios->weight = weight_value(text, ratios->weight);
    ratios->sum = weight_value(text, ratios->sum);
    ratios->squares = weight_value(text, ratios->squares);
    if (ratios->sum > RATIO_MOST * ratios->weight ||
        ratios->squares > RATIO_MOST * RATIO_MOST * ratios->weight)
        text->failed = true;
}

static void spread_value(struct learn_text *text, struct spread *spread)
{
    spread->weight = weight_value(text, spread->weight);
    spread->squares = weight_value(text, spread->squares);
    if (spread->squares > RATIO_MOST * spread->weight)
        text->failed = true;
}

/* Whether a weighted sum of logs is one. */
static bool logs_fit(double sum, double weight)
{
    return fabs(sum) <= LOG_MOST * weight;
}

/* ---- records, after their word and key ---- */

static void hall_record(struct learn_text *text, struct learn *learn)
{
    learn_text_line(text, "hall");
    learn->date = (int32_t)learn_text_whole(text, learn->date, INT32_MIN, INT32_MAX);
    learn->services = learn_text_count(text, learn->services, UINT64_MAX / 2);
    learn->catalogue_trust = learn_text_real(text, learn->catalogue_trust, 0, 1);
    learn->item_variance = variance_value(text, learn->item_variance);
    learn->pair_variance = variance_value(text, learn->pair_variance);
    learn->clerk_variance = variance_value(text, learn->clerk_variance);
    learn->windows_top = (uint16_t)learn_text_count(text, learn->windows_top, WINDOWS_MAX);
    learn->tickets_top = (uint32_t)learn_text_count(text, learn->tickets_top, TICKETS_MAX);
    spread_value(text, &learn->spread);
    ratios_value(text, &learn->ratios);
    tally_value(text, &learn->approach_ms);
    tally_value(text, &learn->approach_count);
    tally_value(text, &learn->no_show_ms);
    tally_value(text, &learn->no_show_count);
    learn_text_end_line(text);
}

static void class_record(struct learn_text *text, struct class_tallies *t)
{
    learn_text_line(text, "class");
    tally_value(text, &t->issued);
    tally_value(text, &t->calls);
    tally_value(text, &t->missed);
    tally_value(text, &t->rejoined);
    tally_value(text, &t->walked_out);
    learn_text_end_line(text);
}

static void domain_record(struct learn_text *text, struct learn_domain *domain)
{
    domain->samples = samples_value(text, domain->samples);
    domain->level = log_value(text, domain->level);
    domain->level_variance = learn_text_real(text, domain->level_variance, 0, 10);
    ratios_value(text, &domain->ratios);
    learn_text_end_line(text);
}

static void item_record(struct learn_text *text, struct learn_item *item)
{
    item->exists = true;
    item->domain = (uint16_t)learn_text_count(text, item->domain, DOMAINS_MAX);
    item->samples = samples_value(text, item->samples);
    item->catalogue_log = log_value(text, item->catalogue_log);
    item->weight = weight_value(text, item->weight);
    item->sum = learn_text_real(text, item->sum, -SUM_MOST, SUM_MOST);
    item->precision = weight_value(text, item->precision);
    if (!logs_fit(item->sum, item->precision))
        text->failed = true;
    ratios_value(text, &item->ratios);
    spread_value(text, &item->spread);
    learn_text_end_line(text);
}

static void clerk_record(struct learn_text *text, struct learn_clerk *clerk)
{
    clerk->exists = true;
    clerk->retired = learn_text_count(text, clerk->retired, 1);
    clerk->configured_permille = (uint16_t)learn_text_count(text, clerk->configured_permille, UINT16_MAX);
    clerk->samples = samples_value(text, clerk->samples);
    clerk->log_speed = log_value(text, clerk->log_speed);
    clerk->variance = variance_value(text, clerk->variance);
    learn_text_end_line(text);
}

static void cell_record(struct learn_text *text, struct cell *cell)
{
    cell->item = (uint16_t)learn_text_count(text, cell->item, ITEMS_MAX);
    cell->window = (uint16_t)learn_text_count(text, cell->window, WINDOWS_MAX);
    cell->clerk = (uint16_t)learn_text_count(text, cell->clerk, CLERKS_MAX);
    cell->samples = samples_value(text, cell->samples);
    cell->weight = learn_text_real(text, cell->weight, 1e-300, SUM_MOST);
    cell->sum = learn_text_real(text, cell->sum, -SUM_MOST, SUM_MOST);
    learn_text_end_line(text);
}

static void leg_values(struct learn_text *text, struct leg *leg)
{
    leg->is_open = learn_text_count(text, leg->is_open, 1);
    leg->is_mixed = learn_text_count(text, leg->is_mixed, 1);
    leg->begun = (uint8_t)learn_text_count(text, leg->begun, UINT8_MAX);
    leg->changes = (uint8_t)learn_text_count(text, leg->changes, UINT8_MAX);
    leg->clerk = (uint16_t)learn_text_count(text, leg->clerk, CLERKS_MAX);
    leg->before_ms = learn_text_whole(text, leg->before_ms, -TIME_MOST_MS, TIME_MOST_MS);
    leg->early_ms = learn_text_whole(text, leg->early_ms, -TIME_MOST_MS, TIME_MOST_MS);
}

static void leg_record(struct learn_text *text, struct leg *leg)
{
    leg_values(text, leg);
    learn_text_end_line(text);
}

static void observation_record(struct learn_text *text, struct observation *o)
{
    o->at_ms = learn_text_whole(text, o->at_ms, -TIME_MOST_MS, TIME_MOST_MS);
    o->leg_ms = learn_text_whole(text, o->leg_ms, LEARN_SHORT_MS, TIME_MOST_MS);
    o->friction_ms = learn_text_whole(text, o->friction_ms, 0, TIME_MOST_MS);
    o->clerk = (uint16_t)learn_text_count(text, o->clerk, CLERKS_MAX);
    o->count = (uint8_t)learn_text_count(text, o->count, TICKET_ITEMS_MAX);
    for (unsigned i = 0; i < o->count; i++) {
        o->items[i] = (uint16_t)learn_text_count(text, o->items[i], ITEMS_MAX);
        o->slow_permille[i] = (uint16_t)learn_text_count(text, o->slow_permille[i], UINT16_MAX);
    }
    learn_text_end_line(text);
}

/* ---- writing ---- */

static void write_key(struct learn_text *text, const char *word, unsigned key)
{
    learn_text_line(text, word);
    learn_text_count(text, key, UINT32_MAX);
}

static bool leg_is_empty(const struct leg *leg)
{
    return !leg->is_open && !leg->begun;
}

static void write_days(struct learn_text *text, const struct learn *learn)
{
    for (unsigned w = 1; w <= learn->windows_top; w++) {
        struct learn_window window = learn->windows[w];
        if (!leg_is_empty(&window.before)) {
            write_key(text, "before", w);
            leg_record(text, &window.before);
        }
        if (window.pending.count) {
            write_key(text, "pending", w);
            observation_record(text, &window.pending);
        }
    }
    for (unsigned t = 1; t <= learn->tickets_top; t++) {
        struct leg leg = learn->legs[t];
        if (leg_is_empty(&leg))
            continue;
        write_key(text, "leg", t);
        leg_record(text, &leg);
    }
}

static void write_effects(struct learn_text *text, const struct learn *learn)
{
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        struct learn_domain domain = learn->domains[d];
        if (!domain.item_count && !domain.samples)
            continue;
        write_key(text, "domain", d);
        domain_record(text, &domain);
    }
    for (unsigned i = 1; i <= learn->items_top; i++) {
        struct learn_item item = learn->items[i];
        if (!item.exists)
            continue;
        write_key(text, "item", i);
        item_record(text, &item);
    }
    for (unsigned c = 1; c <= learn->clerks_top; c++) {
        struct learn_clerk clerk = learn->clerks[c];
        if (!clerk.exists)
            continue;
        write_key(text, "clerk", c);
        clerk_record(text, &clerk);
    }
    for (uint32_t c = 1; c <= learn->cell_count; c++) {
        struct cell cell = learn->cells[c];
        learn_text_line(text, "cell");
        cell_record(text, &cell);
    }
}

char *learn_save(const struct learn *learn, size_t *length)
{
    struct learn_text text;
    struct learn *copy = malloc(sizeof *copy); /* records take what they may also fill */
    if (!copy)
        return NULL;
    *copy = *learn;
    learn_text_begin_writing(&text, title);
    hall_record(&text, copy);
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        class_record(&text, &copy->classes[class]);
    write_effects(&text, learn);
    write_days(&text, learn);
    free(copy);
    return learn_text_finish(&text, length);
}

/* ---- reading ---- */

/* The key of the next record of this word, greater than the one before; 0: another word, or wrong. */
static unsigned read_key(struct learn_text *text, const char *word, unsigned most, unsigned before)
{
    if (!learn_text_line(text, word))
        return 0;
    unsigned key = (unsigned)learn_text_count(text, 0, most);
    if (key <= before)
        text->failed = true;
    return text->failed ? 0 : key;
}

static void read_domains(struct learn_text *text, struct learn *learn)
{
    for (unsigned d, last = 0; (d = read_key(text, "domain", DOMAINS_MAX, last)); last = d)
        domain_record(text, &learn->domains[d]);
}

static void read_items(struct learn_text *text, struct learn *learn)
{
    for (unsigned i, last = 0; (i = read_key(text, "item", ITEMS_MAX, last)); last = i) {
        item_record(text, &learn->items[i]);
        learn->items_top = (uint16_t)i;
        if (!learn->items[i].domain)
            text->failed = true;
    }
}

static void read_clerks(struct learn_text *text, struct learn *learn)
{
    for (unsigned c, last = 0; (c = read_key(text, "clerk", CLERKS_MAX, last)); last = c) {
        clerk_record(text, &learn->clerks[c]);
        learn->clerks_top = (uint16_t)c;
    }
}

static bool cell_fits(const struct learn *learn, const struct cell *cell)
{
    bool is_rest = !cell->window && !cell->clerk;
    bool is_pair = cell->window && cell->clerk && learn->clerks[cell->clerk].exists;
    return learn->items[cell->item].exists && (is_rest || is_pair) && logs_fit(cell->sum, cell->weight);
}

static void read_cells(struct learn_text *text, struct learn *learn)
{
    while (learn_text_line(text, "cell")) {
        struct cell cell = {0};
        cell_record(text, &cell);
        if (text->failed || learn->cell_count == CELLS_MAX || !cell_fits(learn, &cell)) {
            text->failed = true;
            return;
        }
        /* Twice the same would make two cells of one. */
        uint32_t before = learn->cell_count;
        struct cell *place = cell_at(learn, cell.item, cell.window, cell.clerk);
        text->failed = learn->cell_count == before;
        place->samples = cell.samples;
        place->weight = cell.weight;
        place->sum = cell.sum;
    }
}

static void read_observation(struct learn_text *text, struct learn *learn, unsigned window)
{
    struct observation *o = &learn->windows[window].pending;
    observation_record(text, o);
    o->window = (uint16_t)window;
    if (!o->count || !learn->clerks[o->clerk].exists)
        text->failed = true;
    for (unsigned i = 0; i < o->count; i++)
        if (!learn->items[o->items[i]].exists || !o->slow_permille[i])
            text->failed = true;
}

/* "before" and "pending" of a window stand together, windows in order. */
static void read_windows(struct learn_text *text, struct learn *learn)
{
    unsigned before = 0, pending = 0, window;
    for (;;) {
        if ((window = read_key(text, "before", learn->windows_top, before > pending ? before : pending)))
            leg_record(text, &learn->windows[before = window].before);
        else if ((window =
                      read_key(text, "pending", learn->windows_top, before > pending ? before - 1 : pending)))
            read_observation(text, learn, pending = window);
        else
            return;
    }
}

static void read_all(struct learn_text *text, struct learn *learn)
{
    hall_record(text, learn);
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        class_record(text, &learn->classes[class]);
    read_domains(text, learn);
    read_items(text, learn);
    read_clerks(text, learn);
    read_cells(text, learn);
    read_windows(text, learn);
    for (unsigned t, last = 0; (t = read_key(text, "leg", learn->tickets_top, last)); last = t)
        leg_record(text, &learn->legs[t]);
}

bool learn_load(struct learn *learn, const char *from, size_t length)
{
    struct learn_text text;
    struct learn *read = learn_create();
    if (!read)
        return false;
    learn_text_begin_reading(&text, title, from, length);
    read_all(&text, read);
    bool is_whole = learn_text_is_whole(&text);
    if (is_whole) {
        fit_derive(read);
        *learn = *read;
    }
    learn_destroy(read);
    return is_whole;
}
