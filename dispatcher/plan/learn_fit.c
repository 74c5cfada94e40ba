/* SPDX-License-Identifier: MIT
 * The model: observations into cells, and from the cells the effects of items, pairs and clerks by penalised
 * least squares (the best linear predictor of a mixed model), one effect after the other until they agree.
 * An observation far off is cut to the edge of what is plausible before it is taken (Huber). Henderson 1975
 * for the equations, Huber 1981 for cutting, Robinson 1991 for why to shrink. */
#include <assert.h>
#include <math.h>

#include "dispatcher/plan/learn_cells.h"
#include "dispatcher/plan/learn_inside.h"

#define CUT          2.0  /* standard deviations: beyond, an observation counts as if it were there */
#define CUT_KEPT     .920 /* of a normal variance after that cut */
#define RATIO_CUT    3.0  /* beyond, an observation says nothing of the noise */
#define MOVE_MAX     .04  /* log scale: what one observation beyond the cut may change in all */
#define LEAST_WEIGHT .02  /* a cell that has faded to this is forgotten */
#define TRUST_PRIOR  4.0  /* weight of the assumption that the catalogue is right */

enum { SETTLE_SWEEPS = 8, PAIR_STEPS = 12, EARLY_FROM = 32, EARLY_UNTIL = 4096 };

/* Variances of effects: what is assumed, by how many groups' worth, and bounds. */
struct variance_rule {
    double assumed, groups, least, most;
};
static const struct variance_rule item_rule = {.16, 8, .0025, 2};
static const struct variance_rule pair_rule = {.0064, 30, .0001, .1};
static const struct variance_rule clerk_rule = {.04, 4, .0004, .25};

/* ---- the catalogue ---- */

static void clerk_priors(struct learn *learn)
{
    double sum = 0;
    unsigned count = 0;
    for (unsigned c = 1; c <= learn->clerks_top; c++) {
        struct learn_clerk *clerk = &learn->clerks[c];
        if (!clerk->exists)
            continue;
        clerk->prior_log = clerk->configured_permille ? log(clerk->configured_permille / 1000.0) : 0;
        sum += clerk->retired ? 0 : clerk->prior_log;
        count += !clerk->retired;
    }
    for (unsigned c = 1; c <= learn->clerks_top && count; c++)
        if (learn->clerks[c].exists)
            learn->clerks[c].prior_log -= sum / count;
}

static void domain_derive(struct learn *learn, unsigned number)
{
    struct learn_domain *domain = &learn->domains[number];
    double sum = 0;
    domain->item_count = 0;
    for (unsigned i = domain->first_item; i; i = learn->items[i].next_in_domain) {
        sum += learn->items[i].catalogue_log;
        domain->item_count++;
    }
    domain->catalogue_log = domain->item_count ? sum / domain->item_count : 0;
}

static void domains_derive(struct learn *learn)
{
    for (unsigned d = 0; d <= DOMAINS_MAX; d++)
        learn->domains[d].first_item = 0;
    for (unsigned i = learn->items_top; i >= 1; i--) {
        struct learn_item *item = &learn->items[i];
        if (!item->exists)
            continue;
        item->next_in_domain = learn->domains[item->domain].first_item;
        learn->domains[item->domain].first_item = (uint16_t)i;
    }
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        domain_derive(learn, d);
}

void fit_derive(struct learn *learn)
{
    domains_derive(learn);
    clerk_priors(learn);
    cells_derive(learn);
}

/* ---- effects ---- */

/* Weight of a cell's mean as a word on its item or clerk: it has an effect of its own and noise. */
static double cell_precision(const struct learn *learn, const struct cell *cell, double noise)
{
    return 1 / (learn->pair_variance + noise / cell->weight);
}

static void item_refresh(struct learn *learn, unsigned number)
{
    struct learn_item *item = &learn->items[number];
    double noise = noise_variance(learn);
    item->sum = item->precision = 0;
    for (unsigned c = item->first_cell; c; c = learn->cells[c].next_of_item) {
        const struct cell *cell = &learn->cells[c];
        double precision = cell_precision(learn, cell, noise);
        item->precision += precision;
        item->sum += precision * (cell->sum / cell->weight + learn->clerks[cell->clerk].log_speed);
    }
}

static void clerk_refresh(struct learn *learn, unsigned number)
{
    struct learn_clerk *clerk = &learn->clerks[number];
    double noise = noise_variance(learn), prior = 1 / learn->clerk_variance;
    double sum = prior * clerk->prior_log, precision = prior, sure = prior;
    for (unsigned c = clerk->first_cell; c; c = learn->cells[c].next_of_clerk) {
        const struct cell *cell = &learn->cells[c];
        struct part item = part_item(learn, cell->item);
        double own = cell_precision(learn, cell, noise);
        sum += own * (item.log - cell->sum / cell->weight);
        precision += own;
        sure += 1 / (1 / own + item.variance); /* the item is not known for certain either */
    }
    clerk->log_speed = sum / precision;
    clerk->variance = 1 / sure;
}

/* Each item's mean is weighed as what it is of the domain's: it differs by its own effect and its noise. */
static void domain_refresh(struct learn *learn, unsigned number)
{
    struct learn_domain *domain = &learn->domains[number];
    double precision = 1 / DOMAIN_VARIANCE;
    double sum = precision * (domain->catalogue_log - log(noise_of_hall(learn).mean));
    for (unsigned i = domain->first_item; i; i = learn->items[i].next_in_domain) {
        const struct learn_item *item = &learn->items[i];
        if (item->precision <= 0)
            continue;
        double own = 1 / (learn->item_variance + 1 / item->precision);
        double told = learn->catalogue_trust * (item->catalogue_log - domain->catalogue_log);
        sum += own * (item->sum / item->precision - told);
        precision += own;
    }
    domain->level = sum / precision;
    domain->level_variance = 1 / precision;
}

/* Only differences between clerks can be seen: on the whole they are as fast as the catalogue says, which is
 * 1 by its centring. */
static void clerks_centre(struct learn *learn)
{
    double sum = 0;
    unsigned count = 0;
    for (unsigned c = 1; c <= learn->clerks_top; c++)
        if (learn->clerks[c].first_cell) {
            sum += learn->clerks[c].log_speed - learn->clerks[c].prior_log;
            count++;
        }
    for (unsigned c = 1; c <= learn->clerks_top && count; c++)
        if (learn->clerks[c].first_cell)
            learn->clerks[c].log_speed -= sum / count;
}

void fit_item_told(struct learn *learn, const struct item_set *set)
{
    struct learn_item *item = &learn->items[set->item.value];
    double told_log = log(set->expected_ms > 0 ? set->expected_ms : 1);
    unsigned domain_before = item->domain;
    if (item->exists && domain_before == set->domain.value && item->catalogue_log == told_log)
        return;
    if (set->item.value > learn->items_top)
        learn->items_top = set->item.value;
    item->exists = true;
    item->domain = set->domain.value;
    item->catalogue_log = told_log;
    domains_derive(learn);
    if (domain_before)
        domain_refresh(learn, domain_before);
    domain_refresh(learn, item->domain);
}

void fit_clerk_told(struct learn *learn, const struct clerk_set *set)
{
    struct learn_clerk *clerk = &learn->clerks[set->clerk.value];
    if (set->clerk.value > learn->clerks_top)
        learn->clerks_top = set->clerk.value;
    clerk->exists = true;
    clerk->retired = set->retired;
    clerk->configured_permille = set->speed_permille;
    clerk_priors(learn);
    for (unsigned c = 1; c <= learn->clerks_top; c++)
        if (learn->clerks[c].exists && !learn->clerks[c].first_cell)
            clerk_refresh(learn, c);
}

/* ---- one observation ---- */

/* What was expected of the items of an observation, and how sure that was. */
struct expected {
    double log_ms[TICKET_ITEMS_MAX]; /* by this clerk at this window, without slowdown */
    double share[TICKET_ITEMS_MAX];  /* of the whole time */
    double total_log;                /* typical log of the whole */
    double noise, doubt;             /* variances: of services, of the expectation */
};

static void expect(const struct learn *learn, const struct observation *o, struct expected *out)
{
    double total = 0, squares = 0;
    uint32_t samples;
    struct part clerk = part_clerk(learn, o->clerk);
    *out = (struct expected){0};
    for (unsigned i = 0; i < o->count; i++) {
        struct part item = part_item(learn, o->items[i]);
        struct part pair = part_pair(learn, o->items[i], o->window, &samples);
        struct noise noise = noise_of_item(learn, o->items[i]);
        out->log_ms[i] = item.log + pair.log - clerk.log;
        out->share[i] = exp(out->log_ms[i]) * noise.mean * o->slow_permille[i] / 1000;
        total += out->share[i];
        squares += out->share[i] * out->share[i] * noise.cv * noise.cv;
        out->doubt += out->share[i] * (item.variance + pair.variance);
        out->noise += out->share[i] * noise_variance_of(learn, &learn->items[o->items[i]]);
    }
    out->doubt = out->doubt / total + clerk.variance;
    out->noise /= total;
    for (unsigned i = 0; i < o->count; i++)
        out->share[i] /= total;
    /* A sum of several varies less than one, so its typical value lies nearer to its mean. */
    out->total_log = o->count == 1 ? out->log_ms[0] + log(o->slow_permille[0] / 1000.0)
                                   : log(total) - log(1 + squares / (total * total)) / 2;
}

static double cut(double value, double most)
{
    return value > most ? most : value < -most ? -most : value;
}

static void ratios_add(struct ratios *ratios, double weight, double ratio)
{
    ratios->weight += weight;
    ratios->sum += weight * ratio;
    ratios->squares += weight * ratio * ratio;
}

static void spread_add(struct spread *spread, double weight, double square)
{
    spread->weight += weight;
    spread->squares += weight * square;
}

/* How services vary is told by those of one item, the better the less doubt there is about what was expected;
 * their variance by the cell alone, where it has a mean: whatever else was expected wrongly is in that mean.
 */
static void observe_noise(struct learn *learn, unsigned number, double residual, const struct expected *e,
                          bool is_long)
{
    struct learn_item *item = &learn->items[number];
    double variance = e->noise + e->doubt;
    if (is_long || fabs(residual) > RATIO_CUT * sqrt(variance))
        return;
    double weight = e->noise / variance, ratio = exp(residual - e->doubt / 2);
    weight *= weight;
    ratios_add(&item->ratios, weight, ratio);
    ratios_add(&learn->domains[item->domain].ratios, weight, ratio);
    ratios_add(&learn->ratios, weight, ratio);
}

static void observe_spread(struct learn *learn, const struct cell *cell, double weight, double log_ms)
{
    if (cell->weight < 1)
        return;
    double apart = log_ms - cell->sum / cell->weight;
    double square = apart * apart * cell->weight / (cell->weight + 1) / CUT_KEPT;
    spread_add(&learn->items[cell->item].spread, weight, square);
    spread_add(&learn->spread, weight, square);
}

/* What is left for the service itself; friction takes at most three quarters. */
static double net_log(const struct observation *o)
{
    int64_t least_ms = o->leg_ms / 4, net_ms = o->leg_ms - o->friction_ms;
    return log((double)(net_ms > least_ms ? net_ms : least_ms));
}

static void ratios_fade(struct ratios *ratios, double by)
{
    ratios->weight *= by;
    ratios->sum *= by;
    ratios->squares *= by;
}

static void spread_fade(struct spread *spread, double by)
{
    spread->weight *= by;
    spread->squares *= by;
}

static void noise_fade(struct learn *learn, double by)
{
    for (unsigned i = 1; i <= learn->items_top; i++) {
        ratios_fade(&learn->items[i].ratios, by);
        spread_fade(&learn->items[i].spread, by);
    }
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        ratios_fade(&learn->domains[d].ratios, by);
    ratios_fade(&learn->ratios, by);
    spread_fade(&learn->spread, by);
}

/* The first days need not wait for the evening: whenever there are twice as many services. What was seen of
 * noise while expectations were worse then counts half. */
static void settle_early(struct learn *learn)
{
    bool has_doubled = !(learn->services & (learn->services - 1));
    if (!has_doubled || learn->services < EARLY_FROM || learn->services > EARLY_UNTIL)
        return;
    noise_fade(learn, .5);
    fit_settle(learn);
}

void fit_observe(struct learn *learn, const struct observation *o)
{
    struct expected e;
    expect(learn, o, &e);
    double residual = net_log(o) - e.total_log;
    double most = CUT * sqrt(e.noise + e.doubt), moved = cut(residual, most);
    bool is_long = o->leg_ms > LEARN_LONG_MS;
    double weight = 1, weight_max = MOVE_MAX * e.noise / (e.doubt * (most - MOVE_MAX));
    if ((is_long || fabs(residual) > most) && most > MOVE_MAX && weight_max < 1)
        weight = weight_max;
    if (o->count == 1)
        observe_noise(learn, o->items[0], residual, &e, is_long);
    double squares = 0;
    for (unsigned i = 0; i < o->count; i++)
        squares += e.share[i] * e.share[i];
    for (unsigned i = 0; i < o->count; i++) {
        struct learn_item *item = &learn->items[o->items[i]];
        struct cell *cell = cell_at(learn, o->items[i], o->window, o->clerk);
        double own = weight * e.share[i] * e.share[i] / squares;
        if (o->count == 1)
            observe_spread(learn, cell, weight, e.log_ms[i] + moved);
        cell->weight += own;
        cell->sum += own * (e.log_ms[i] + moved);
        cell->samples++;
        item->weight += own;
        item->samples++;
        item_refresh(learn, o->items[i]);
        learn->domains[item->domain].samples++;
    }
    learn->clerks[o->clerk].samples++;
    clerk_refresh(learn, o->clerk);
    learn->services++;
    settle_early(learn);
}

/* ---- days ---- */

void fit_fade(struct learn *learn)
{
    const double by = exp2(-1.0 / LEARN_HALF_LIFE_DAYS);
    for (uint32_t c = 1; c <= learn->cell_count; c++) {
        learn->cells[c].weight *= by;
        learn->cells[c].sum *= by;
    }
    cells_drop(learn, LEAST_WEIGHT);
    for (unsigned i = 1; i <= learn->items_top; i++)
        learn->items[i].weight *= by;
    noise_fade(learn, by);
}

/* One step of expectation-maximisation: `sum` over `count` groups of squared effects and their variances. */
static double variance_of(const struct variance_rule *rule, double sum, double count)
{
    double variance = (rule->groups * rule->assumed + sum) / (rule->groups + count);
    return variance < rule->least ? rule->least : variance > rule->most ? rule->most : variance;
}

static void settle_items(struct learn *learn)
{
    double sum = 0, count = 0, xy = TRUST_PRIOR, xx = TRUST_PRIOR;
    for (unsigned i = 1; i <= learn->items_top; i++) {
        const struct learn_item *item = &learn->items[i];
        const struct learn_domain *domain = &learn->domains[item->domain];
        if (item->precision <= 0)
            continue;
        double told = item->catalogue_log - domain->catalogue_log;
        double effect = part_item(learn, i).log - domain->level - learn->catalogue_trust * told;
        double precision = 1 / (learn->item_variance + 1 / item->precision);
        sum += effect * effect + 1 / (item->precision + 1 / learn->item_variance);
        count++;
        xy += precision * told * (item->sum / item->precision - domain->level);
        xx += precision * told * told;
    }
    learn->item_variance = variance_of(&item_rule, sum, count);
    learn->catalogue_trust = xy < 0 ? 0 : xy > xx ? 1 : xy / xx;
}

/* What a cell says beyond item and clerk. */
static void pairs_compare(struct learn *learn)
{
    for (uint32_t c = 1; c <= learn->cell_count; c++) {
        struct cell *cell = &learn->cells[c];
        cell->residual = cell->sum / cell->weight + learn->clerks[cell->clerk].log_speed -
                         part_item(learn, cell->item).log;
    }
}

/* Pairs are many and little is known of each, so their variance takes more steps than the others. */
static void settle_pairs(struct learn *learn)
{
    pairs_compare(learn);
    for (unsigned step = 0; step < PAIR_STEPS; step++) {
        double sum = 0, count = 0, shrink = CUT_KEPT * noise_variance(learn) / learn->pair_variance;
        for (uint32_t c = 1; c <= learn->cell_count; c++) {
            const struct cell *cell = &learn->cells[c];
            if (!cell->window || cell->weight < 2)
                continue;
            double effect = cell->residual * cell->weight / (cell->weight + shrink);
            sum += effect * effect + learn->pair_variance * shrink / (cell->weight + shrink);
            count++;
        }
        learn->pair_variance = variance_of(&pair_rule, sum, count);
    }
}

static void settle_clerks(struct learn *learn)
{
    double sum = 0, count = 0;
    for (unsigned c = 1; c <= learn->clerks_top; c++) {
        const struct learn_clerk *clerk = &learn->clerks[c];
        if (!clerk->first_cell)
            continue;
        double effect = clerk->log_speed - clerk->prior_log;
        sum += effect * effect + clerk->variance;
        count++;
    }
    learn->clerk_variance = variance_of(&clerk_rule, sum, count);
}

void fit_settle(struct learn *learn)
{
    for (unsigned sweep = 0; sweep < SETTLE_SWEEPS; sweep++) {
        for (unsigned i = 1; i <= learn->items_top; i++)
            item_refresh(learn, i);
        for (unsigned d = 1; d <= DOMAINS_MAX; d++)
            domain_refresh(learn, d);
        for (unsigned c = 1; c <= learn->clerks_top; c++)
            if (learn->clerks[c].exists)
                clerk_refresh(learn, c);
        clerks_centre(learn);
        settle_items(learn);
        settle_pairs(learn);
        settle_clerks(learn);
    }
    for (unsigned i = 1; i <= learn->items_top; i++)
        item_refresh(learn, i);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        domain_refresh(learn, d);
}
