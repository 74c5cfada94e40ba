/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/future.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/draw.h"

enum { LENGTH_LEAST_MS = 5000 };

/* ---- lengths ---- */

/* Phi(x), the share of a standard normal below x. */
static double normal_share(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

/* Standard normal by rank. Ranks lie evenly about the middle, so half of them are enough. */
static void normal_init(float *normal)
{
    double x = 0, scale = sqrt(2 * acos(-1.0));
    for (unsigned i = LENGTH_STEPS / 2; i < LENGTH_STEPS; i++) {
        double share = (i + 0.5) / LENGTH_STEPS;
        for (unsigned step = 0; step < 2; step++) /* Newton, from the rank before */
            x -= (normal_share(x) - share) * scale * exp(x * x / 2);
        normal[i] = (float)x;
        normal[LENGTH_STEPS - 1 - i] = (float)-x;
    }
}

static void lognormal_init(struct length_table *table, const float *normal, double cv)
{
    float sigma = (float)sqrt(log(1 + cv * cv)), sum = 0;
    for (unsigned i = 0; i < LENGTH_STEPS; i++)
        sum += table->of[i] = expf(sigma * normal[i]);
    for (unsigned i = 0; i < LENGTH_STEPS; i++)
        table->of[i] *= LENGTH_STEPS / sum;
}

void length_table_init(struct length_table *table, double cv)
{
    float normal[LENGTH_STEPS];
    normal_init(normal);
    lognormal_init(table, normal, cv);
}

/* The first step of a rising table that is above the value. */
static unsigned rank_above(const float *table, float value)
{
    unsigned low = 0, high = LENGTH_STEPS;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (table[middle] <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double draw_gap_ms(struct rng *rng, double mean_ms)
{
    return -mean_ms * (double)logf(1 - (float)(rng_next(rng) >> 40) * 0x1p-24f);
}

static int32_t length_ms(const struct length_table *table, struct rng *rng, int32_t expect_ms)
{
    int32_t ms = (int32_t)((float)expect_ms * table->of[rng_below(rng, LENGTH_STEPS)]);
    return ms > LENGTH_LEAST_MS ? ms : LENGTH_LEAST_MS;
}

/* What is left of a service that has taken elapsed_ms: a length among those that are longer. */
static int32_t residual_ms(const struct length_table *table, struct rng *rng, int32_t expect_ms,
                           int32_t elapsed_ms)
{
    float past = (float)elapsed_ms / (float)(expect_ms > 0 ? expect_ms : 1);
    unsigned low = rank_above(table->of, past);
    if (low >= LENGTH_STEPS - 2) /* beyond what is usual: as long again as a tenth of what it took */
        return (int32_t)draw_gap_ms(rng, 0.1 * elapsed_ms + LENGTH_LEAST_MS);
    unsigned rank = low + rng_below(rng, LENGTH_STEPS - low);
    return (int32_t)((table->of[rank] - past) * (float)expect_ms) + 1000;
}

/* ---- tickets ---- */

static bool grow(struct future *future, unsigned count)
{
    if (count <= future->capacity)
        return true;
    unsigned capacity = 2 * count + 256;
    struct engine_ticket *grown = realloc(future->tickets, capacity * sizeof *grown);
    if (!grown)
        return false;
    future->tickets = grown;
    future->capacity = capacity;
    return true;
}

/* Room for one more was made. */
static void add_ticket(struct future *future, const struct engine_ticket *ticket)
{
    if (future->count < NO_TICKET - 1u)
        future->tickets[future->count++] = *ticket;
}

static void draw_lengths(const struct futures *f, struct rng *rng, struct engine_ticket *ticket)
{
    ticket->length_ms = length_ms(&f->lengths, rng, ticket->expect_ms);
    if (ticket->domain2 != NO_DOMAIN)
        ticket->length2_ms = length_ms(&f->lengths, rng, ticket->expect2_ms);
}

static bool add_waiting(const struct futures *f, struct future *future, struct rng *rng)
{
    if (!grow(future, f->scene->waiting_count))
        return false;
    for (unsigned i = 0; i < f->scene->waiting_count; i++) {
        struct engine_ticket ticket = f->scene->waiting[i];
        if (!ticket.is_ghost) { /* the others' luck does not depend on them */
            draw_lengths(f, rng, &ticket);
            ticket.no_show = ticket.class == CLASS_NORMAL && rng_unit(rng) < f->scene->no_show_share;
        }
        add_ticket(future, &ticket);
    }
    return true;
}

/* ---- those who come by appointment or from another window ---- */

/* In order of arrival; `next` and those after it still have to be put among the others. */
struct known {
    const struct engine_ticket *next;
    unsigned left;
};

static void add_known_until(struct future *future, struct known *known, int32_t until_ms)
{
    for (; known->left && known->next->arrive_ms <= until_ms; known->left--)
        add_ticket(future, known->next++);
}

/* Few, and nearly in order. */
static void settle(struct engine_ticket *list, unsigned count, const struct engine_ticket *ticket)
{
    unsigned at = count;
    for (; at && list[at - 1].arrive_ms > ticket->arrive_ms; at--)
        list[at] = list[at - 1];
    list[at] = *ticket;
}

/* A booked visitor whose slot has passed by overdue_ms is at least that late. */
static int32_t draw_lateness_ms(const struct futures *f, struct rng *rng, int32_t overdue_ms)
{
    unsigned low = rank_above(f->late_ms, (float)overdue_ms);
    if (low >= LENGTH_STEPS - 2) /* later than usual: some more minutes */
        return overdue_ms + 1 + (int32_t)draw_gap_ms(rng, f->scene->lateness_sd_ms);
    return (int32_t)f->late_ms[low + rng_below(rng, LENGTH_STEPS - low)] + 1;
}

static struct engine_ticket draw_booked(const struct futures *f, struct rng *rng,
                                        const struct scene_booking *b)
{
    int32_t late_ms = draw_lateness_ms(f, rng, -b->slot_ms), arrive_ms = b->slot_ms + late_ms;
    bool keeps_place = late_ms <= f->scene->late_limit_ms;
    struct engine_ticket ticket = {.arrive_ms = arrive_ms > 1 ? arrive_ms : 1,
                                   .ref_ms = late_ms > 0 ? arrive_ms : b->slot_ms,
                                   .domain = b->domain,
                                   .domain2 = b->domain2,
                                   .class = keeps_place ? CLASS_BOOKED : CLASS_NORMAL,
                                   .expect_ms = b->expect_ms,
                                   .expect2_ms = b->expect2_ms};
    draw_lengths(f, rng, &ticket);
    return ticket;
}

/* Tickets whose other leg follows the service that goes on come as soon as it ends. */
static struct engine_ticket draw_next_leg(const struct futures *f, const struct future *future,
                                          struct rng *rng, unsigned w)
{
    const struct scene_service *s = &f->scene->serving[w];
    struct engine_ticket ticket = {.arrive_ms = future->ready_ms[w],
                                   .ref_ms = future->ready_ms[w],
                                   .domain = s->domain2,
                                   .domain2 = NO_DOMAIN,
                                   .class = s->class == CLASS_GREEN ? CLASS_GREEN : CLASS_PRIORITY,
                                   .expect_ms = s->expect2_ms};
    draw_lengths(f, rng, &ticket);
    return ticket;
}

/* Each has its own stream of randomness, so that looking further ahead only adds to a future. */
static bool draw_known(const struct futures *f, struct future *future, uint64_t seed, struct known *known)
{
    const struct scene *scene = f->scene;
    unsigned windows = scene->model.windows, most = scene->booking_count + windows, count = 0;
    if (most > future->known_capacity) {
        free(future->known);
        future->known = malloc(most * sizeof *future->known);
        future->known_capacity = future->known ? most : 0;
    }
    if (most && !future->known)
        return false;
    for (unsigned i = 0; i < scene->booking_count; i++) {
        if ((float)scene->bookings[i].slot_ms + f->late_ms[0] > (float)f->until_ms)
            continue;
        struct rng rng = rng_part(seed, windows + i);
        struct engine_ticket ticket = draw_booked(f, &rng, &scene->bookings[i]);
        if (ticket.arrive_ms <= f->until_ms)
            settle(future->known, count++, &ticket);
    }
    for (unsigned w = 0; w < windows; w++) {
        if (!scene->serving[w].serving || scene->serving[w].domain2 == NO_DOMAIN)
            continue;
        struct rng rng = rng_part(seed, w);
        struct engine_ticket ticket = draw_next_leg(f, future, &rng, w);
        settle(future->known, count++, &ticket);
    }
    *known = (struct known){future->known, count};
    return true;
}

/* ---- those who just come ---- */

static uint8_t draw_class(const struct scene *scene, struct rng *rng)
{
    double left = rng_unit(rng);
    for (unsigned class = TICKET_CLASSES - 1; class > CLASS_NORMAL; class --) {
        left -= scene->class_share[class];
        if (left < 0)
            return (uint8_t) class;
    }
    return CLASS_NORMAL;
}

static int32_t draw_item_ms(const struct futures *f, struct rng *rng, unsigned d)
{
    const struct scene *scene = f->scene;
    uint32_t drawn = (uint32_t)(rng_next(rng) >> 32);
    float at = (float)drawn * 0x1p-32f;
    unsigned item = f->guide[d][drawn / (UINT32_MAX / GUIDE_STEPS + 1)], last = scene->item_from[d + 1];
    if (scene->item_from[d] >= last)
        return scene->model.mean_ms[d];
    while (item + 1 < last && scene->items[item].share_to <= at)
        item++;
    return scene->items[item].expect_ms;
}

static void guide_init(struct futures *f, unsigned d)
{
    const struct scene *scene = f->scene;
    unsigned item = scene->item_from[d], last = scene->item_from[d + 1];
    for (unsigned step = 0; step < GUIDE_STEPS; step++) {
        while (item + 1 < last && scene->items[item].share_to <= (float)step / GUIDE_STEPS)
            item++;
        f->guide[d][step] = (uint16_t)item;
    }
}

static void add_visitor(const struct futures *f, struct future *future, struct rng *rng, unsigned d,
                        int32_t at_ms)
{
    const struct scene *scene = f->scene;
    struct engine_ticket ticket = {.arrive_ms = at_ms,
                                   .ref_ms = at_ms,
                                   .domain = (uint8_t)d,
                                   .domain2 = NO_DOMAIN,
                                   .class = draw_class(scene, rng),
                                   .expect_ms = draw_item_ms(f, rng, d)};
    ticket.no_show = ticket.class == CLASS_NORMAL && rng_unit(rng) < scene->no_show_share;
    double second = rng_unit(rng);
    if (second < scene->second_share && scene->model.domains > 1) {
        unsigned other = rng_below(rng, scene->model.domains - 1);
        ticket.domain2 = (uint8_t)(other + (other >= d));
        ticket.expect2_ms = draw_item_ms(f, rng, ticket.domain2);
    } else if (second < scene->second_share + scene->same_share) {
        ticket.item_ms = ticket.expect_ms;
        ticket.expect_ms += draw_item_ms(f, rng, d);
    }
    draw_lengths(f, rng, &ticket);
    add_ticket(future, &ticket);
}

/* How many visitors there will be against `expected`, by domain. */
static void draw_rates(const struct futures *f, struct rng *rng, double *rates)
{
    double all = f->rate_cv > 0 ? draw_gamma(rng, 1, f->rate_cv) : 1;
    for (unsigned d = 0; d < f->scene->model.domains; d++) {
        double cv = f->domain_rate_cv[d];
        rates[d] = all * (cv > 0 ? draw_gamma(rng, 1, cv) : 1);
    }
}

/* Visitors of one bin in order of arrival; sums: visitors of domains 0..d in the whole bin. */
static bool add_visitors_between(const struct futures *f, struct future *future, struct rng *rng,
                                 struct known *known, const double *sums, int32_t from_ms, int32_t to_ms)
{
    unsigned domains = f->scene->model.domains;
    double all = sums[domains - 1], at_ms = from_ms;
    if (all <= 0)
        return true;
    while ((at_ms += draw_gap_ms(rng, SCENE_BIN_MS / all)) < to_ms) {
        double left = rng_unit(rng) * all;
        unsigned d = 0;
        while (d + 1 < domains && sums[d] <= left)
            d++;
        if (!grow(future, future->count + 1 + known->left))
            return false;
        add_known_until(future, known, (int32_t)at_ms);
        add_visitor(f, future, rng, d, (int32_t)at_ms);
    }
    return true;
}

static bool add_visitors(const struct futures *f, struct future *future, struct rng *rng, struct known *known)
{
    const struct scene *scene = f->scene;
    double rates[DOMAINS_MAX], sums[DOMAINS_MAX];
    draw_rates(f, rng, rates);
    for (unsigned bin = 0; bin < scene->bin_count; bin++) {
        int32_t from_ms = scene->bins_from_ms + (int32_t)bin * SCENE_BIN_MS, to_ms = from_ms + SCENE_BIN_MS;
        from_ms = from_ms > 1 ? from_ms : 1;
        to_ms = to_ms < f->until_ms ? to_ms : f->until_ms;
        if (to_ms <= from_ms)
            continue;
        double sum = 0;
        for (unsigned d = 0; d < scene->model.domains; d++)
            sums[d] = sum += rates[d] * (double)scene->expected[d][bin];
        if (!add_visitors_between(f, future, rng, known, sums, from_ms, to_ms))
            return false;
    }
    if (!grow(future, future->count + known->left))
        return false;
    add_known_until(future, known, INT32_MAX);
    return true;
}

/* ---- futures ---- */

static void draw_windows(const struct futures *f, struct future *future, struct rng *rng)
{
    const struct scene *scene = f->scene;
    for (unsigned w = 0; w < scene->model.windows; w++) {
        const struct scene_service *s = &scene->serving[w];
        float pace = f->paces.of[rng_below(rng, LENGTH_STEPS)];
        future->pace_q16[w] = (uint32_t)(pace * 65536);
        future->ready_ms[w] = 0;
        if (s->serving)
            future->ready_ms[w] =
                residual_ms(&f->lengths, rng, (int32_t)((float)s->expect_ms * pace), s->elapsed_ms);
        else if (s->is_away)
            future->ready_ms[w] = residual_ms(&f->lengths, rng, scene->away_ms, s->elapsed_ms);
    }
}

bool future_draw(const struct futures *f, unsigned n, struct future *out)
{
    unsigned windows = f->scene->model.windows;
    struct rng rng = rng_part(f->seed, n);
    if (!out->ready_ms)
        out->ready_ms = malloc((windows + 1u) * sizeof *out->ready_ms);
    if (!out->pace_q16)
        out->pace_q16 = malloc((windows + 1u) * sizeof *out->pace_q16);
    if (!out->ready_ms || !out->pace_q16)
        return false;
    out->count = 0;
    struct known known;
    draw_windows(f, out, &rng);
    return add_waiting(f, out, &rng) && draw_known(f, out, rng_next(&rng), &known) &&
           add_visitors(f, out, &rng, &known);
}

void future_destroy(struct future *future)
{
    free(future->ready_ms);
    free(future->pace_q16);
    free(future->tickets);
    free(future->known);
    *future = (struct future){0};
}

void future_set_windows(const struct future *future, struct engine_model *model)
{
    for (unsigned w = 0; w < model->windows; w++) {
        model->window[w].ready_ms = future->ready_ms[w];
        model->window[w].pace_q16 = future->pace_q16[w];
    }
}

/* Of a gamma distribution with this cv, after so many have come. */
static double cv_after(double cv, double seen)
{
    return cv > 0 ? 1 / sqrt(1 / (cv * cv) + seen) : 0;
}

static void doubts_init(struct futures *f)
{
    const struct scene *scene = f->scene;
    double all = 0;
    for (unsigned d = 0; d < scene->model.domains; d++) {
        double seen = 0;
        for (unsigned bin = 0; bin < scene->bin_count; bin++)
            if (scene->bins_from_ms + ((int32_t)bin + 1) * SCENE_BIN_MS <= 0)
                seen += (double)scene->expected[d][bin];
        f->domain_rate_cv[d] = cv_after(scene->domain_rate_cv, seen);
        all += seen;
    }
    f->rate_cv = cv_after(scene->rate_cv, all);
}

void futures_begin(struct futures *futures, const struct scene *scene, uint64_t seed, int32_t until_ms)
{
    *futures = (struct futures){.scene = scene, .seed = seed, .until_ms = until_ms};
    float normal[LENGTH_STEPS];
    normal_init(normal);
    lognormal_init(&futures->lengths, normal, scene->cv);
    lognormal_init(&futures->paces, normal, scene->speed_cv);
    for (unsigned i = 0; i < LENGTH_STEPS; i++)
        futures->late_ms[i] = (float)(scene->lateness_ms + scene->lateness_sd_ms * (double)normal[i]);
    for (unsigned d = 0; d < scene->model.domains; d++)
        guide_init(futures, d);
    doubts_init(futures);
}

bool futures_init(struct futures *futures, const struct scene *scene, uint64_t seed, unsigned count,
                  int32_t until_ms)
{
    futures_begin(futures, scene, seed, until_ms);
    futures->list = calloc(count, sizeof *futures->list);
    if (!futures->list)
        return false;
    for (; futures->count < count; futures->count++) {
        if (!future_draw(futures, futures->count, &futures->list[futures->count])) {
            futures->count++;
            futures_destroy(futures);
            return false;
        }
    }
    return true;
}

void futures_destroy(struct futures *futures)
{
    for (unsigned n = 0; n < futures->count; n++)
        future_destroy(&futures->list[n]);
    free(futures->list);
    futures->list = NULL;
    futures->count = 0;
}

unsigned futures_tickets_max(const struct futures *futures)
{
    unsigned most = 0;
    for (unsigned n = 0; n < futures->count; n++)
        if (futures->list[n].count > most)
            most = futures->list[n].count;
    return most;
}
