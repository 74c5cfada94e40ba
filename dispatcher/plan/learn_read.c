/* SPDX-License-Identifier: MIT
 * What has been learned, for screens and for the planner. */
#include <math.h>

#include "dispatcher/plan/learn_inside.h"

#define SURE       1.645 /* standard deviations on each side that hold 90 % */
#define VALUE_MOST 1e15
#define MIX_PRIOR  25.0 /* services that a domain's mean of items begins with, evenly */

static bool item_is_known(const struct learn *learn, struct item_id item)
{
    return item.value >= 1 && item.value <= ITEMS_MAX && learn->items[item.value].exists;
}

static bool clerk_is_known(const struct learn *learn, struct clerk_id clerk)
{
    return clerk.value >= 1 && clerk.value <= CLERKS_MAX && learn->clerks[clerk.value].exists;
}

static struct learned learned_of(double value, double log_variance, uint32_t samples)
{
    double wide = exp(SURE * sqrt(log_variance)), high = fmin(value * wide, VALUE_MOST);
    value = fmin(value, VALUE_MOST);
    return (struct learned){llround(value), llround(value / wide), llround(high), samples};
}

/* Of the log of a mean, for want of services. */
static double noise_doubt(struct noise noise)
{
    return noise.cv * noise.cv / noise.weight;
}

struct learned learn_item_ms(const struct learn *learn, struct item_id item)
{
    if (!item_is_known(learn, item))
        return (struct learned){0};
    struct part part = part_item(learn, item.value);
    struct noise noise = noise_of_item(learn, item.value);
    return learned_of(exp(part.log) * noise.mean, part.variance + noise_doubt(noise),
                      learn->items[item.value].samples);
}

struct learned learn_domain_ms(const struct learn *learn, struct domain_id id)
{
    if (id.value < 1 || id.value > DOMAINS_MAX || !learn->domains[id.value].item_count)
        return (struct learned){0};
    const struct learn_domain *domain = &learn->domains[id.value];
    double sum = 0, weight = 0, variance = 0, common = 0, prior = 1 / learn->item_variance;
    for (unsigned i = domain->first_item; i; i = learn->items[i].next_in_domain) {
        const struct learn_item *item = &learn->items[i];
        double own = item->weight + MIX_PRIOR / domain->item_count;
        double ms = own * exp(part_item(learn, i).log) * noise_of_item(learn, i).mean;
        sum += ms;
        weight += own;
        variance += ms * ms / (item->precision + prior);
        common += ms * prior / (item->precision + prior); /* as far as all hang on the domain's level */
    }
    double doubt = (variance + common * common * domain->level_variance) / (sum * sum) +
                   noise_doubt(noise_of_domain(learn, id.value));
    return learned_of(sum / weight, doubt, domain->samples);
}

struct learned learn_clerk_permille(const struct learn *learn, struct clerk_id clerk)
{
    if (!clerk_is_known(learn, clerk))
        return (struct learned){0};
    struct part part = part_clerk(learn, clerk.value);
    return learned_of(1000 * exp(part.log), part.variance, learn->clerks[clerk.value].samples);
}

struct learned learn_item_at_ms(const struct learn *learn, struct item_id item, struct window_id window,
                                struct clerk_id clerk)
{
    if (!item_is_known(learn, item) || window.value < 1 || window.value > WINDOWS_MAX ||
        clerk.value > CLERKS_MAX)
        return (struct learned){0};
    uint32_t samples;
    struct part mean = part_item(learn, item.value);
    struct part pair = part_pair(learn, item.value, window.value, &samples);
    struct part speed = part_clerk(learn, clerk.value);
    struct noise noise = noise_of_item(learn, item.value);
    return learned_of(exp(mean.log + pair.log - speed.log) * noise.mean,
                      mean.variance + pair.variance + speed.variance + noise_doubt(noise), samples);
}

static int64_t scaled(int64_t ms, int64_t permille, int64_t more_ms)
{
    return ms * permille / 1000 + more_ms;
}

struct learned learn_handling_ms(const struct learn *learn, const struct hall *hall, struct window_id id,
                                 struct item_id item)
{
    if (id.value < 1 || id.value > WINDOWS_MAX || !item_is_known(learn, item))
        return (struct learned){0};
    const struct window *window = &hall->windows[id.value];
    struct domain_id domain = hall->items[item.value].set.domain;
    struct learned at = learn_item_at_ms(learn, item, id, window->clerk);
    int64_t slow = learn_slow_permille(hall, window, domain);
    bool changes = window->last_domain.value && window->last_domain.value != domain.value;
    int64_t change_ms = changes ? hall->policy[POLICY_CHANGEOVER_MS] : 0;
    return (struct learned){scaled(at.value, slow, change_ms), scaled(at.low, slow, change_ms),
                            scaled(at.high, slow, change_ms), at.samples};
}

/* The relative error of a coefficient of variation is about half that of its square. */
static struct learned cv_of(struct noise noise, uint32_t samples)
{
    double doubt = (.5 + noise.cv * noise.cv) / noise.weight;
    return learned_of(1000 * noise.cv, doubt, samples);
}

struct learned learn_item_cv_permille(const struct learn *learn, struct item_id item)
{
    if (!item_is_known(learn, item))
        return (struct learned){0};
    return cv_of(noise_of_item(learn, item.value), learn->items[item.value].samples);
}

struct learned learn_domain_cv_permille(const struct learn *learn, struct domain_id domain)
{
    if (domain.value < 1 || domain.value > DOMAINS_MAX || !learn->domains[domain.value].item_count)
        return (struct learned){0};
    return cv_of(noise_of_domain(learn, domain.value), learn->domains[domain.value].samples);
}

/* ---- habits ---- */

/* A mean that begins at `assumed` with the weight of `prior` samples; spread about as large as itself. */
static struct learned mean_of(struct tally sum, struct tally count, double assumed, double prior)
{
    double weight = tally_sum(count) + prior;
    double mean = (tally_sum(sum) + prior * assumed) / weight;
    return learned_of(mean, 1 / weight, (uint32_t)llround(tally_sum(count)));
}

struct learned learn_approach_ms(const struct learn *learn)
{
    return mean_of(learn->approach_ms, learn->approach_count, 20000, 10);
}

struct learned learn_no_show_ms(const struct learn *learn)
{
    return mean_of(learn->no_show_ms, learn->no_show_count, 60000, 10);
}

static uint32_t share_permille(struct tally part, struct tally all, double assumed_permille, double prior)
{
    double share = (1000 * tally_sum(part) + prior * assumed_permille) / (tally_sum(all) + prior);
    return share < 0 ? 0 : share > 1000 ? 1000 : (uint32_t)lround(share);
}

struct learn_habits learn_habits(const struct learn *learn, enum ticket_class class)
{
    if ((unsigned)class >= TICKET_CLASSES)
        return (struct learn_habits){0};
    const struct class_tallies *t = &learn->classes[class];
    return (struct learn_habits){
        .issued = (uint32_t)llround(tally_sum(t->issued)),
        .calls = (uint32_t)llround(tally_sum(t->calls)),
        .no_show_permille = share_permille(t->missed, t->calls, 50, 40),
        .rejoin_permille = share_permille(t->rejoined, t->missed, 300, 10),
        .walk_out_permille = share_permille(t->walked_out, t->issued, 20, 40),
    };
}

/* ---- listing ---- */

struct item_id learn_next_item(const struct learn *learn, struct item_id after)
{
    for (unsigned i = after.value + 1u; i <= learn->items_top; i++)
        if (learn->items[i].exists && learn->items[i].samples)
            return (struct item_id){(uint16_t)i};
    return (struct item_id){0};
}

struct clerk_id learn_next_clerk(const struct learn *learn, struct clerk_id after)
{
    for (unsigned c = after.value + 1u; c <= learn->clerks_top; c++)
        if (learn->clerks[c].exists && learn->clerks[c].samples)
            return (struct clerk_id){(uint16_t)c};
    return (struct clerk_id){0};
}

/* The least window of the item after this one; 0: none. */
static uint16_t window_after(const struct learn *learn, unsigned item, unsigned window)
{
    uint16_t found = 0;
    for (unsigned c = learn->items[item].first_cell; c; c = learn->cells[c].next_of_item) {
        uint16_t own = learn->cells[c].window;
        if (own > window && (!found || own < found))
            found = own;
    }
    return found;
}

struct learn_pair learn_next_pair(const struct learn *learn, struct learn_pair after)
{
    unsigned window = after.window.value;
    for (unsigned i = after.item.value ? after.item.value : 1; i <= learn->items_top; i++, window = 0) {
        uint16_t next = window_after(learn, i, window);
        if (next)
            return (struct learn_pair){{(uint16_t)i}, {next}};
    }
    return (struct learn_pair){{0}, {0}};
}

/* ---- advice ---- */

struct advising {
    unsigned percent;
    struct learn_advice *out;
    size_t most, count;
};

static void advise(struct advising *a, const struct learn_advice *advice)
{
    const struct learned *learned = &advice->learned;
    int64_t used = advice->used,
            differs = used > learned->value ? used - learned->value : learned->value - used;
    bool is_outside = used < learned->low || used > learned->high;
    if (!learned->samples || !is_outside || differs * 100 <= used * (int64_t)a->percent)
        return;
    if (a->count < a->most)
        a->out[a->count] = *advice;
    a->count++;
}

size_t learn_advise(const struct learn *learn, const struct hall *hall, unsigned percent,
                    struct learn_advice *out, size_t most)
{
    struct advising a = {percent, out, most, 0};
    struct item_id i = {0};
    while ((i = learn_next_item(learn, i)).value)
        advise(&a, &(struct learn_advice){
                       .item = i, .used = hall_item_ms(hall, i), .learned = learn_item_ms(learn, i)});
    struct clerk_id c = {0};
    while ((c = learn_next_clerk(learn, c)).value)
        advise(&a, &(struct learn_advice){.clerk = c,
                                          .used = hall_clerk_permille(hall, c),
                                          .learned = learn_clerk_permille(learn, c)});
    return a.count;
}
