/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/future.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/draw.h"

enum { LENGTH_LEAST_MS = 5000 };

/* Phi(x), the share of a standard normal below x. */
static double normal_share(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

void length_table_init(struct length_table *table, double cv)
{
    double sigma = sqrt(log(1 + cv * cv)), sum = 0, x = -3.7;
    for (unsigned i = 0; i < LENGTH_STEPS; i++) {
        double share = (i + 0.5) / LENGTH_STEPS;
        for (unsigned step = 0; step < 4; step++) /* Newton, from the rank before */
            x -= (normal_share(x) - share) * sqrt(2 * acos(-1.0)) * exp(x * x / 2);
        table->of[i] = (float)exp(sigma * x);
        sum += table->of[i];
    }
    for (unsigned i = 0; i < LENGTH_STEPS; i++)
        table->of[i] = (float)(table->of[i] * LENGTH_STEPS / sum);
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
    unsigned low = 0, high = LENGTH_STEPS;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (table->of[middle] <= past)
            low = middle + 1;
        else
            high = middle;
    }
    if (low >= LENGTH_STEPS - 8) /* beyond what is usual: as long again as a tenth of what it took */
        return (int32_t)draw_exponential(rng, 0.1 * elapsed_ms + LENGTH_LEAST_MS);
    unsigned rank = low + rng_below(rng, LENGTH_STEPS - low);
    return (int32_t)((table->of[rank] - past) * (float)expect_ms) + 1000;
}

static bool add_ticket(struct future *future, const struct engine_ticket *ticket)
{
    if (future->count == future->capacity) {
        unsigned capacity = future->capacity ? 2 * future->capacity : 256;
        struct engine_ticket *grown = realloc(future->tickets, capacity * sizeof *grown);
        if (!grown)
            return false;
        future->tickets = grown;
        future->capacity = capacity;
    }
    if (future->count < NO_TICKET - 1u)
        future->tickets[future->count++] = *ticket;
    return true;
}

static bool add_waiting(const struct futures *f, struct future *future, struct rng *rng)
{
    for (unsigned i = 0; i < f->scene->waiting_count; i++) {
        struct engine_ticket ticket = f->scene->waiting[i];
        ticket.length_ms = length_ms(&f->lengths, rng, ticket.expect_ms);
        if (ticket.domain2 != NO_DOMAIN)
            ticket.length2_ms = length_ms(&f->lengths, rng, ticket.expect2_ms);
        ticket.no_show = ticket.class == CLASS_NORMAL && rng_unit(rng) < f->scene->no_show_share;
        if (!add_ticket(future, &ticket))
            return false;
    }
    return true;
}

static bool add_booked(const struct futures *f, struct future *future, struct rng *rng, int32_t until_ms)
{
    const struct scene *scene = f->scene;
    for (unsigned i = 0; i < scene->booking_count; i++) {
        const struct scene_booking *b = &scene->bookings[i];
        double late_ms = scene->lateness_ms + scene->lateness_sd_ms * draw_normal(rng);
        int32_t arrive_ms = b->slot_ms + (int32_t)late_ms;
        struct engine_ticket ticket = {.arrive_ms = arrive_ms > 1 ? arrive_ms : 1,
                                       .domain = b->domain,
                                       .domain2 = b->domain2,
                                       .class = CLASS_BOOKED,
                                       .expect_ms = b->expect_ms,
                                       .expect2_ms = b->expect2_ms};
        ticket.length_ms = length_ms(&f->lengths, rng, b->expect_ms);
        ticket.length2_ms = length_ms(&f->lengths, rng, b->expect2_ms);
        ticket.ref_ms = ticket.arrive_ms > b->slot_ms ? ticket.arrive_ms : b->slot_ms;
        if (ticket.arrive_ms <= until_ms && !add_ticket(future, &ticket))
            return false;
    }
    return true;
}

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

static int32_t draw_item_ms(const struct scene *scene, struct rng *rng, unsigned d)
{
    float at = (float)rng_unit(rng);
    unsigned i = scene->item_from[d];
    while (i + 1 < scene->item_from[d + 1] && scene->items[i].share_to <= at)
        i++;
    return i < scene->item_from[d + 1] ? scene->items[i].expect_ms : scene->model.mean_ms[d];
}

static bool add_visitor(const struct futures *f, struct future *future, struct rng *rng, unsigned d,
                        int32_t at_ms)
{
    const struct scene *scene = f->scene;
    struct engine_ticket ticket = {.arrive_ms = at_ms,
                                   .ref_ms = at_ms,
                                   .domain = (uint8_t)d,
                                   .domain2 = NO_DOMAIN,
                                   .class = draw_class(scene, rng),
                                   .expect_ms = draw_item_ms(scene, rng, d)};
    ticket.length_ms = length_ms(&f->lengths, rng, ticket.expect_ms);
    ticket.no_show = ticket.class == CLASS_NORMAL && rng_unit(rng) < scene->no_show_share;
    if (rng_unit(rng) < scene->second_share && scene->model.domains > 1) {
        unsigned other = rng_below(rng, scene->model.domains - 1);
        ticket.domain2 = (uint8_t)(other + (other >= d));
        ticket.expect2_ms = draw_item_ms(scene, rng, ticket.domain2);
        ticket.length2_ms = length_ms(&f->lengths, rng, ticket.expect2_ms);
    }
    return add_ticket(future, &ticket);
}

static bool add_visitors(const struct futures *f, struct future *future, struct rng *rng, int32_t until_ms)
{
    const struct scene *scene = f->scene;
    for (unsigned d = 0; d < scene->model.domains; d++) {
        for (unsigned bin = 0; bin < scene->bin_count; bin++) {
            int32_t from_ms = scene->bins_from_ms + (int32_t)bin * SCENE_BIN_MS,
                    to_ms = from_ms + SCENE_BIN_MS;
            from_ms = from_ms > 1 ? from_ms : 1;
            to_ms = to_ms < until_ms ? to_ms : until_ms;
            if (to_ms <= from_ms)
                continue;
            double mean = (double)scene->expected[d][bin] * (to_ms - from_ms) / SCENE_BIN_MS;
            for (unsigned n = draw_poisson(rng, mean); n; n--)
                if (!add_visitor(f, future, rng, d,
                                 from_ms + (int32_t)rng_below(rng, (uint32_t)(to_ms - from_ms))))
                    return false;
        }
    }
    return true;
}

static int by_arrival(const void *a, const void *b)
{
    const struct engine_ticket *x = a, *y = b;
    return (x->arrive_ms > y->arrive_ms) - (x->arrive_ms < y->arrive_ms);
}

/* Tickets whose other leg follows the service that goes on come as soon as it ends. */
static bool add_next_legs(const struct futures *f, struct future *future, struct rng *rng)
{
    for (unsigned w = 0; w < f->scene->model.windows; w++) {
        const struct scene_service *s = &f->scene->serving[w];
        if (!s->serving || s->domain2 == NO_DOMAIN)
            continue;
        struct engine_ticket ticket = {.arrive_ms = future->ready_ms[w],
                                       .ref_ms = future->ready_ms[w],
                                       .domain = s->domain2,
                                       .domain2 = NO_DOMAIN,
                                       .class = s->class == CLASS_GREEN ? CLASS_GREEN : CLASS_PRIORITY,
                                       .expect_ms = s->expect2_ms};
        ticket.length_ms = length_ms(&f->lengths, rng, s->expect2_ms);
        if (!add_ticket(future, &ticket))
            return false;
    }
    return true;
}

static bool future_init(const struct futures *f, struct future *future, uint64_t seed, unsigned n,
                        int32_t until_ms)
{
    const struct scene *scene = f->scene;
    struct rng rng = rng_part(seed, n);
    memset(future, 0, sizeof *future);
    future->ready_ms = calloc(scene->model.windows + 1u, sizeof *future->ready_ms);
    if (!future->ready_ms)
        return false;
    for (unsigned w = 0; w < scene->model.windows; w++) {
        const struct scene_service *s = &scene->serving[w];
        if (s->serving)
            future->ready_ms[w] = residual_ms(&f->lengths, &rng, s->expect_ms, s->elapsed_ms);
    }
    if (!add_waiting(f, future, &rng) || !add_booked(f, future, &rng, until_ms) ||
        !add_visitors(f, future, &rng, until_ms) || !add_next_legs(f, future, &rng))
        return false;
    qsort(future->tickets + scene->waiting_count, future->count - scene->waiting_count,
          sizeof *future->tickets, by_arrival);
    return true;
}

bool futures_init(struct futures *futures, const struct scene *scene, uint64_t seed, unsigned count,
                  int32_t until_ms)
{
    memset(futures, 0, sizeof *futures);
    futures->scene = scene;
    futures->list = calloc(count, sizeof *futures->list);
    if (!futures->list)
        return false;
    length_table_init(&futures->lengths, scene->cv);
    for (; futures->count < count; futures->count++) {
        if (!future_init(futures, &futures->list[futures->count], seed, futures->count, until_ms)) {
            futures->count++;
            futures_destroy(futures);
            return false;
        }
    }
    return true;
}

void futures_destroy(struct futures *futures)
{
    for (unsigned n = 0; n < futures->count; n++) {
        free(futures->list[n].ready_ms);
        free(futures->list[n].tickets);
    }
    free(futures->list);
    memset(futures, 0, sizeof *futures);
}

unsigned futures_tickets_max(const struct futures *futures)
{
    unsigned most = 0;
    for (unsigned n = 0; n < futures->count; n++)
        if (futures->list[n].count > most)
            most = futures->list[n].count;
    return most;
}
