/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/outlook_learned.h"

#include <string.h>

/* Assumed of booked visitors, whose punctuality nobody records: most come a few minutes early. */
#define LATENESS_MIN    (-5.0)
#define LATENESS_SD_MIN 7.0
/* Tickets with several items, as if so many tickets of an ordinary day had been seen before today's. */
#define SEVERAL_ASSUMED 0.06
#define SEVERAL_PRIOR   200.0

static double mean_cv(const struct learn *learn, const struct hall *hall)
{
    double sum = 0, weight = 0;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        if (!hall->domains[d].exists)
            continue;
        struct learned cv = learn_domain_cv_permille(learn, (struct domain_id){(uint16_t)d});
        sum += (double)cv.value / 1000 * (cv.samples + 1.0);
        weight += cv.samples + 1.0;
    }
    return weight > 0 ? sum / weight : 0.6;
}

static void set_habits(const struct learn *learn, struct outlook *out)
{
    double issued[TICKET_CLASSES], all = 0;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        struct learn_habits habits = learn_habits(learn, (enum ticket_class) class);
        /* as if a hundred had been seen: nine in ten normal, the others of a kind with priority */
        double prior = class == CLASS_NORMAL ? 90 : class == CLASS_PRIORITY ? 10 : 0;
        issued[class] = class == CLASS_BOOKED ? 0 : habits.issued + prior;
        all += issued[class];
    }
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        out->class_share[class] = issued[class] / all;
    out->no_show_share = learn_habits(learn, CLASS_NORMAL).no_show_permille / 1000.0;
}

/* How many of today's tickets have more items, in the first one's domain or in another. */
static void set_several(const struct hall *hall, struct outlook *out)
{
    double same = SEVERAL_ASSUMED / 2 * SEVERAL_PRIOR, other = same;
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (ticket->item_count < 2)
            continue;
        const struct item *first = &hall->items[ticket->items[0].value];
        bool is_same = true;
        for (unsigned i = 1; i < ticket->item_count; i++)
            is_same =
                is_same && hall->items[ticket->items[i].value].set.domain.value == first->set.domain.value;
        *(is_same ? &same : &other) += 1;
    }
    out->same_share = same / (hall->ticket_count + SEVERAL_PRIOR);
    out->second_share = other / (hall->ticket_count + SEVERAL_PRIOR);
}

void outlook_learned(const struct learn *learn, const struct demand *demand, const struct hall *hall,
                     struct outlook *out)
{
    const struct demand_day *today = demand_today(demand);
    memset(out, 0, sizeof *out);
    _Static_assert((int)DEMAND_BINS <= (int)SCENE_BINS_MAX, "a whole day");
    out->bin_count = DEMAND_BINS;
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        for (unsigned b = 0; b < DEMAND_BINS; b++)
            out->expected[d][b] = (float)today->expected[d][b];
    for (uint16_t i = 1; i <= hall->items_top; i++)
        if (hall->items[i].exists)
            out->item_share[i] = (float)(learn_item_ms(learn, (struct item_id){i}).samples + 1);
    out->cv = mean_cv(learn, hall);
    set_habits(learn, out);
    set_several(hall, out);
    out->lateness_ms = LATENESS_MIN * MINUTE_MS;
    out->lateness_sd_ms = LATENESS_SD_MIN * MINUTE_MS;
    out->booked_absent_share = 1 - demand_booking_came_permille(demand) / 1000.0;
}
