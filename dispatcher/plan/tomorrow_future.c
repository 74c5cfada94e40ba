/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow_future.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/draw.h"

enum { LENGTH_LEAST_MS = 5000, PUNCTUAL_MS = 300000, MINUTES = DAY_MS / MINUTE_MS };

/* Streams of chance of one day. */
enum { STREAM_DAY, STREAM_BOOKINGS, STREAMS };
enum { BIN_EXPECTED, BIN_MORE, BIN_BOOKED, BIN_MORE_BOOKED, BIN_STREAMS };

/* ---- memory ---- */

void day_future_destroy(struct day_future *future)
{
    free(future->tickets);
    free(future->is_punctual);
    free(future->draft);
    free(future->draft_punctual);
    *future = (struct day_future){0};
}

static bool grow(void **list, unsigned count, size_t size)
{
    void *grown = realloc(*list, count * size);
    if (grown)
        *list = grown;
    return grown != NULL;
}

bool day_future_reserve(struct day_future *future, unsigned count)
{
    if (count <= future->capacity)
        return true;
    unsigned capacity = count + count / 2 + 256;
    if (!grow((void **)&future->tickets, capacity, sizeof *future->tickets) ||
        !grow((void **)&future->is_punctual, capacity, sizeof *future->is_punctual) ||
        !grow((void **)&future->draft, capacity, sizeof *future->draft) ||
        !grow((void **)&future->draft_punctual, capacity, sizeof *future->draft_punctual))
        return false;
    future->capacity = capacity;
    return true;
}

/* ---- tables ---- */

static double visits_of(const struct day_outlook *outlook, unsigned d)
{
    double visits = 0;
    for (unsigned bin = 0; bin < outlook->bin_count; bin++)
        visits += (double)outlook->domains[d].expected[bin] + (double)outlook->domains[d].booked[bin];
    return visits;
}

void day_chance_init(struct day_chance *chance, const struct day_outlook *outlook)
{
    unsigned count = 0;
    double sum = 0, visits = 0;
    memset(chance, 0, sizeof *chance);
    chance->outlook = outlook;
    length_table_init(&chance->lengths, outlook->cv);
    for (unsigned d = 0; d < outlook->domain_count; d++) {
        double shares = 0;
        chance->item_from[d] = count;
        for (unsigned i = 0; i < outlook->item_count; i++) {
            if (outlook->items[i].domain != d || outlook->items[i].share <= 0)
                continue;
            chance->items[count] = (uint16_t)i;
            chance->share_to[count++] = (float)(shares += (double)outlook->items[i].share);
        }
        for (unsigned at = chance->item_from[d]; at < count; at++)
            chance->share_to[at] = (float)((double)chance->share_to[at] / shares);
    }
    for (unsigned d = outlook->domain_count; d <= DOMAINS_MAX; d++)
        chance->item_from[d] = count;
    for (unsigned d = 0; d < outlook->domain_count; d++)
        chance->visits_to[d] = visits +=
            chance->item_from[d + 1] > chance->item_from[d] ? visits_of(outlook, d) : 0;
    for (unsigned class = TICKET_CLASSES - 1; class > CLASS_NORMAL; class --)
        chance->class_to[class] = sum += outlook->class_share[class];
}

/* ---- one visitor ---- */

struct drawing {
    const struct day_chance *chance;
    const struct day_outlook *outlook;
    struct day_future *out;
    bool failed; /* no memory */
};

static unsigned draw_item(const struct day_chance *chance, struct rng *rng, unsigned d)
{
    unsigned low = chance->item_from[d], high = chance->item_from[d + 1];
    float at = (float)rng_unit(rng);
    while (low + 1 < high) {
        unsigned middle = (low + high - 1) / 2;
        if (chance->share_to[middle] <= at)
            low = middle + 1;
        else
            high = middle + 1;
    }
    return chance->items[low];
}

static uint8_t draw_class(const struct day_chance *chance, struct rng *rng)
{
    double at = rng_unit(rng);
    for (unsigned class = TICKET_CLASSES - 1; class > CLASS_NORMAL; class --)
        if (at < chance->class_to[class])
            return (uint8_t) class;
    return CLASS_NORMAL;
}

struct work {
    int32_t expect_ms, length_ms;
};

static struct work draw_work(const struct drawing *d, struct rng *rng, unsigned item)
{
    const struct day_item *from = &d->outlook->items[item];
    double expect_ms = from->expect_ms * (double)from->length_factor;
    double length_ms = expect_ms * (double)d->chance->lengths.of[rng_below(rng, LENGTH_STEPS)];
    return (struct work){(int32_t)expect_ms,
                         length_ms > LENGTH_LEAST_MS ? (int32_t)length_ms : LENGTH_LEAST_MS};
}

/* A second item of the same domain is done in one go, one of another is another leg. */
static void add_work(struct engine_ticket *ticket, unsigned domain, struct work work)
{
    if (domain == ticket->domain) {
        ticket->item_ms = ticket->item_ms ? ticket->item_ms : work.expect_ms;
        ticket->expect_ms += work.expect_ms;
        ticket->length_ms += work.length_ms;
        return;
    }
    ticket->domain2 = (uint8_t)domain;
    ticket->expect2_ms = work.expect_ms;
    ticket->length2_ms = work.length_ms;
}

/* Any domain, by how many visit it. */
static unsigned draw_domain(const struct drawing *d, struct rng *rng)
{
    unsigned last = d->outlook->domain_count - 1, domain = 0;
    double at = rng_unit(rng) * d->chance->visits_to[last];
    while (domain < last && d->chance->visits_to[domain] <= at)
        domain++;
    return domain;
}

static void draw_second(const struct drawing *d, struct rng *rng, struct engine_ticket *ticket)
{
    if (rng_unit(rng) >= d->outlook->second_share)
        return;
    bool is_same = rng_unit(rng) < d->outlook->same_share;
    unsigned other = draw_domain(d, rng), domain = is_same ? ticket->domain : other;
    if (d->chance->item_from[domain] == d->chance->item_from[domain + 1])
        return;
    add_work(ticket, domain, draw_work(d, rng, draw_item(d->chance, rng, domain)));
}

static void keep(struct drawing *d, const struct engine_ticket *ticket, bool is_punctual)
{
    struct day_future *out = d->out;
    if (ticket->arrive_ms >= d->outlook->numbers_to_ms || out->count >= TICKETS_MAX)
        return;
    if (!day_future_reserve(out, out->count + 1)) {
        d->failed = true;
        return;
    }
    out->draft_punctual[out->count] = is_punctual;
    out->draft[out->count++] = *ticket;
}

/* A visitor without booking; is_kept false: draws the same chance, but nobody comes. */
static void draw_visitor(struct drawing *d, struct rng *rng, unsigned domain, int32_t bin_ms, double factor)
{
    bool is_kept = rng_unit(rng) < factor;
    int32_t at_ms = bin_ms + (int32_t)rng_below(rng, DAY_BIN_MS);
    struct engine_ticket ticket = {.domain = (uint8_t)domain, .domain2 = NO_DOMAIN};
    ticket.class = draw_class(d->chance, rng);
    ticket.no_show = rng_unit(rng) < d->outlook->no_show_share;
    add_work(&ticket, domain, draw_work(d, rng, draw_item(d->chance, rng, domain)));
    if (!ticket.no_show)
        draw_second(d, rng, &ticket);
    ticket.arrive_ms = at_ms > d->outlook->numbers_from_ms ? at_ms : d->outlook->numbers_from_ms;
    ticket.ref_ms = ticket.arrive_ms;
    if (is_kept)
        keep(d, &ticket, false);
}

/* When a booked visitor comes, and as what. */
static bool set_booked(const struct drawing *d, struct rng *rng, int32_t slot_ms,
                       struct engine_ticket *ticket)
{
    const struct day_outlook *o = d->outlook;
    int32_t late_ms = (int32_t)(o->lateness_ms + o->lateness_sd_ms * draw_normal(rng));
    int32_t at_ms = slot_ms + late_ms;
    ticket->arrive_ms = at_ms > o->numbers_from_ms ? at_ms : o->numbers_from_ms;
    ticket->class = late_ms <= o->late_limit_ms ? CLASS_BOOKED : CLASS_NORMAL;
    ticket->ref_ms = ticket->arrive_ms > slot_ms ? ticket->arrive_ms : slot_ms;
    return late_ms <= PUNCTUAL_MS;
}

static void draw_booked(struct drawing *d, struct rng *rng, unsigned domain, int32_t bin_ms, double factor)
{
    const struct day_outlook *o = d->outlook;
    bool is_kept = rng_unit(rng) < factor;
    int32_t at_ms = bin_ms + (int32_t)rng_below(rng, DAY_BIN_MS) - o->open_ms;
    int32_t slot_ms = o->open_ms + (at_ms > 0 ? at_ms / o->slot_ms * o->slot_ms : 0);
    struct engine_ticket ticket = {.domain = (uint8_t)domain, .domain2 = NO_DOMAIN};
    bool is_punctual = set_booked(d, rng, slot_ms, &ticket);
    add_work(&ticket, domain, draw_work(d, rng, draw_item(d->chance, rng, domain)));
    draw_second(d, rng, &ticket);
    if (is_kept)
        keep(d, &ticket, is_punctual);
}

/* ---- a day ---- */

static void draw_bin(struct drawing *d, uint64_t seed, unsigned domain, unsigned bin, double rate)
{
    const struct day_domain *from = &d->outlook->domains[domain];
    double factor = (double)from->arrival_factor[bin], more = factor > 1 ? factor - 1 : 0;
    const double means[BIN_STREAMS] = {
        [BIN_EXPECTED] = (double)from->expected[bin] * rate,
        [BIN_MORE] = (double)from->expected[bin] * rate * more,
        [BIN_BOOKED] = (double)from->booked[bin],
        [BIN_MORE_BOOKED] = (double)from->booked[bin] * more,
    };
    int32_t bin_ms = d->outlook->bins_from_ms + (int32_t)bin * DAY_BIN_MS;
    for (unsigned stream = 0; stream < BIN_STREAMS; stream++) {
        if (means[stream] <= 0)
            continue;
        struct rng rng = rng_part(seed, ((uint64_t)domain * DAY_BINS + bin) * BIN_STREAMS + stream);
        for (unsigned n = draw_poisson(&rng, means[stream]); n; n--) {
            if (stream == BIN_BOOKED || stream == BIN_MORE_BOOKED)
                draw_booked(d, &rng, domain, bin_ms, factor);
            else
                draw_visitor(d, &rng, domain, bin_ms, factor);
        }
    }
}

static void draw_bookings(struct drawing *d, struct rng *rng)
{
    for (unsigned b = 0; b < d->outlook->booking_count; b++) {
        const struct day_booking *booking = &d->outlook->bookings[b];
        const struct day_item *items = d->outlook->items;
        struct engine_ticket ticket = {.domain = items[booking->item].domain, .domain2 = NO_DOMAIN};
        bool comes = rng_unit(rng) < d->outlook->booked_came_share;
        bool is_punctual = set_booked(d, rng, booking->slot_ms, &ticket);
        add_work(&ticket, ticket.domain, draw_work(d, rng, booking->item));
        if (booking->item2 >= 0)
            add_work(&ticket, items[booking->item2].domain, draw_work(d, rng, (unsigned)booking->item2));
        if (comes)
            keep(d, &ticket, is_punctual);
    }
}

static bool comes_before(const struct day_future *future, unsigned a, unsigned b)
{
    int32_t a_ms = future->draft[a].arrive_ms, b_ms = future->draft[b].arrive_ms;
    return a_ms != b_ms ? a_ms < b_ms : a < b;
}

/* The draft in order of arrival: by minute, then by insertion. */
static void sort(struct day_future *future)
{
    unsigned from[MINUTES + 2] = {0};
    uint16_t order[TICKETS_MAX];
    for (unsigned t = 0; t < future->count; t++)
        from[future->draft[t].arrive_ms / MINUTE_MS + 2]++;
    for (unsigned minute = 2; minute < MINUTES + 2; minute++)
        from[minute] += from[minute - 1];
    for (unsigned t = 0; t < future->count; t++)
        order[from[future->draft[t].arrive_ms / MINUTE_MS + 1]++] = (uint16_t)t;
    for (unsigned i = 1; i < future->count; i++) {
        uint16_t moved = order[i];
        unsigned at = i;
        for (; at > 0 && comes_before(future, moved, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = moved;
    }
    for (unsigned t = 0; t < future->count; t++) {
        future->tickets[t] = future->draft[order[t]];
        future->is_punctual[t] = future->draft_punctual[order[t]];
    }
}

/* A factor with mean 1. */
static double draw_factor(struct rng *rng, double cv)
{
    return cv > 0 ? draw_lognormal(rng, 1, cv) : 1;
}

bool day_future_draw(const struct day_chance *chance, uint64_t seed, unsigned n, struct day_future *out)
{
    const struct day_outlook *o = chance->outlook;
    struct drawing drawing = {chance, o, out, false};
    struct rng root = rng_part(seed, n);
    uint64_t day_seed = rng_next(&root), bin_seed = rng_next(&root);
    struct rng day = rng_part(day_seed, STREAM_DAY), bookings = rng_part(day_seed, STREAM_BOOKINGS);
    if (!day_future_reserve(out, 1))
        return false;
    out->count = 0;
    for (unsigned w = 0; w < o->window_count; w++)
        out->pace_q16[w] = (uint32_t)(draw_factor(&day, o->speed_cv) * 65536);
    double rate = draw_factor(&day, o->rate_cv);
    for (unsigned d = 0; d < o->domain_count; d++) {
        double domain_rate = rate * draw_factor(&day, o->domain_rate_cv);
        for (unsigned bin = 0; bin < o->bin_count; bin++)
            draw_bin(&drawing, bin_seed, d, bin, domain_rate);
    }
    draw_bookings(&drawing, &bookings);
    sort(out);
    return !drawing.failed;
}
