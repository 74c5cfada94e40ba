/* SPDX-License-Identifier: MIT
 * The digest goes through every field by value, so that padding and layout do not matter. */
#include "dispatcher/core/inner.h"

static uint64_t mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * 0xff51afd7ed558ccdu;
    return h ^ (h >> 32);
}

static uint64_t mix_signed(uint64_t h, int64_t value)
{
    return mix(h, (uint64_t)value);
}

static uint64_t mix_number(uint64_t h, struct number n)
{
    return mix(h, (uint64_t)n.letter << 32 | (uint64_t)n.kiosk << 16 | n.count);
}

static uint64_t mix_items(uint64_t h, const struct item_list *list)
{
    for (unsigned i = 0; i < list->count; i++)
        h = mix(h, list->items[i].value);
    return mix(h, list->count);
}

static uint64_t mix_sessions(uint64_t h, const struct session_list *list)
{
    for (unsigned i = 0; i < list->count; i++)
        h = mix(h, (uint64_t)list->sessions[i].from_min << 16 | list->sessions[i].to_min);
    return mix(h, list->count);
}

static uint64_t mix_ticket(uint64_t h, const struct ticket *t)
{
    h = mix_number(h, t->number);
    const uint64_t small[] = {t->state,
                              t->class,
                              t->channel,
                              t->item_count,
                              t->done,
                              t->current,
                              t->return_item,
                              t->recalls,
                              t->rejoins,
                              t->rating,
                              t->kind,
                              t->alarmed,
                              t->transferred,
                              t->has_forecast,
                              t->low_s,
                              t->high_s,
                              t->first_low_s,
                              t->first_high_s,
                              t->window.value,
                              t->clerk.value,
                              t->asked_window.value,
                              t->asked_clerk.value,
                              t->return_to.value,
                              t->person.value,
                              t->booking.value,
                              t->waiting_at,
                              t->order};
    for (unsigned i = 0; i < sizeof small / sizeof small[0]; i++)
        h = mix(h, small[i]);
    const int64_t times[] = {t->ref_ms,      t->issued_ms,  t->wait_from_ms, t->waited_ms, t->called_ms,
                             t->recalled_ms, t->started_ms, t->ended_ms,     t->served_ms, t->rated_ms};
    for (unsigned i = 0; i < sizeof times / sizeof times[0]; i++)
        h = mix_signed(h, times[i]);
    for (unsigned i = 0; i < t->item_count; i++)
        h = mix(h, t->items[i].value);
    return h;
}

static uint64_t mix_window(uint64_t h, const struct window *w)
{
    const struct window_set *s = &w->set;
    const uint64_t values[] = {w->exists,       w->paused,       w->pause_reason,  w->posted,
                               w->clerk.value,  w->ticket.value, w->served,        w->last_domain.value,
                               s->window.value, s->zone.value,   s->primary.value, s->domains,
                               s->mode,         s->retired,      w->undo.act,      w->undo.ticket.value,
                               w->cover,        w->may_domains,  w->break_count};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
        h = mix(h, values[i]);
    const int64_t times[] = {w->pause_until_ms, w->paused_ms,  w->duty_ms,  w->idle_from_ms,
                             w->busy_ms_today,  w->undo.at_ms, w->posted_ms};
    for (unsigned i = 0; i < sizeof times / sizeof times[0]; i++)
        h = mix_signed(h, times[i]);
    for (unsigned i = 0; i < ITEM_WORDS; i++)
        h = mix(h, w->may[i]);
    for (unsigned i = 0; i < w->break_count; i++)
        h = mix_signed(mix_signed(h, w->breaks[i].from_ms), w->breaks[i].to_ms);
    if (w->undo.act != ACT_NONE) {
        h = mix_ticket(mix_signed(h, w->undo.busy_ms_before), &w->undo.before);
        h = mix(h, (uint64_t)w->undo.served_before << 32 | (uint64_t)w->undo.last_domain_before.value << 16 |
                       w->undo.domain.value);
    }
    return mix_items(h, &s->items);
}

static uint64_t mix_item(uint64_t h, const struct item *item)
{
    const struct item_set *s = &item->set;
    const uint64_t values[] = {item->exists,   item->issued,      s->item.value,    s->domain.value,
                               s->expected_ms, s->daily_quota,    s->slot_capacity, s->zones,
                               s->case_type,   s->needs_identity, s->bookable,      s->special_only,
                               s->retired,     item->learned_ms};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
        h = mix(h, values[i]);
    return h;
}

static uint64_t mix_catalogue(uint64_t h, const struct hall *hall)
{
    for (unsigned key = 0; key < POLICY_KEYS; key++)
        h = mix_signed(h, hall->policy[key]);
    for (unsigned z = 1; z <= ZONES_MAX; z++)
        h = mix(h, hall->zones[z].exists ? (uint64_t)hall->zones[z].letter : 0);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        const struct domain *domain = &hall->domains[d];
        h = mix(h, (uint64_t)domain->exists << 32 | (uint64_t)domain->retired << 24 |
                       (uint64_t)domain->series << 16 | domain->slot_capacity);
        h = mix(h, (uint64_t)domain->waiting << 32 | domain->served);
        h = mix(h, (uint64_t)domain->learned_ms << 32 | domain->items_mean_ms);
        h = mix(h, (uint64_t)hall->series_now[d]);
    }
    for (unsigned i = 1; i <= hall->items_top; i++)
        h = mix_item(h, &hall->items[i]);
    for (unsigned w = 1; w <= hall->windows_top; w++)
        h = mix_window(h, &hall->windows[w]);
    for (unsigned k = 1; k <= PRIORITY_KINDS_MAX; k++)
        h = mix(h, hall->kind_exists[k] ? 256u + hall->kind_class[k] : 0);
    for (unsigned d = 0; d < 7; d++)
        h = mix_sessions(h, &hall->week[d]);
    for (uint32_t i = 0; i < hall->calendar_count; i++)
        h = mix_sessions(mix_signed(h, hall->calendar[i].date), &hall->calendar[i].sessions);
    return h;
}

static uint64_t mix_staff(uint64_t h, const struct hall *hall)
{
    for (unsigned c = 1; c <= CLERKS_MAX; c++) {
        const struct clerk *clerk = &hall->clerks[c];
        if (clerk->exists)
            h = mix(mix(h, clerk->learned_permille),
                    (uint64_t)c << 48 | (uint64_t)clerk->set.speed_permille << 32 |
                        (uint64_t)clerk->set.trained << 31 | (uint64_t)clerk->set.retired << 30 |
                        clerk->window.value);
    }
    for (unsigned a = 1; a <= hall->authorisations_top; a++) {
        const struct authorisation_set *s = &hall->authorisations[a].set;
        if (!hall->authorisations[a].exists)
            continue;
        h = mix(h, (uint64_t)a << 32 | (uint64_t)s->clerk.value << 16 | (uint64_t)s->class << 8 | s->revoked);
        h = mix(mix_signed(mix_signed(h, s->from_date), s->to_date), s->domains);
        h = mix_items(h, &s->items);
    }
    return h;
}

static uint64_t mix_lasting(uint64_t h, const struct hall *hall)
{
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        const struct booking *b = &hall->bookings[i];
        h = mix(h, (uint64_t)b->code.value << 32 | (uint64_t)b->item.value << 16 | b->slot_min);
        h = mix(h, (uint64_t)b->person.value << 32 | (uint64_t)b->channel << 8 | b->state);
        h = mix_signed(h, b->date);
    }
    for (uint32_t i = 0; i < hall->miss_count; i++)
        h = mix_signed(mix(h, hall->misses[i].person.value), hall->misses[i].date);
    return mix_signed(mix(h, hall->seed), hall->last_ms);
}

static uint64_t mix_proposal(uint64_t h, const struct proposal *proposal)
{
    const struct proposal_made *m = &proposal->made;
    const uint64_t values[] = {m->proposal, m->window.value, m->trigger,
                               m->mode,     m->before,       m->after,
                               m->seed,     m->cycle,        proposal->is_applied};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
        h = mix(h, values[i]);
    const int64_t figures[] = {m->gain, m->gain_error, m->changeovers, m->expires_ms, proposal->made_ms};
    for (unsigned i = 0; i < sizeof figures / sizeof figures[0]; i++)
        h = mix_signed(h, figures[i]);
    for (unsigned i = 0; i < m->effects.count; i++) {
        const struct effect *e = &m->effects.list[i];
        h = mix(h, (uint64_t)e->domain.value << 48 | (uint64_t)e->now_s << 32 | (uint64_t)e->now_low_s << 16 |
                       e->now_high_s);
        h = mix(h, (uint64_t)e->after_s << 32 | (uint64_t)e->after_low_s << 16 | e->after_high_s);
    }
    return mix_number(mix(h, m->effects.count), m->oldest);
}

static uint64_t mix_allocation(uint64_t h, const struct hall *hall)
{
    for (unsigned from = 1; from <= DOMAINS_MAX; from++)
        for (unsigned to = 1; to <= DOMAINS_MAX; to++)
            if (hall->pair_modes[from][to])
                h = mix(h, (uint64_t)from << 16 | to << 8 | hall->pair_modes[from][to]);
    for (uint32_t i = 0; i < hall->proposal_count; i++)
        h = mix_proposal(h, &hall->proposals[i]);
    for (unsigned i = 0; i < PROPOSAL_WORDS; i++)
        h = mix(mix(h, hall->proposals_scored[i]), hall->proposals_expired[i]);
    for (uint32_t i = 0; i < hall->change_count; i++)
        h = mix_signed(h, hall->changes_ms[i]);
    h = mix(mix(h, hall->proposal_count), hall->change_count);
    return mix(mix(h, hall->proposal_last), hall->uncovered);
}

uint64_t hall_digest(const struct hall *hall)
{
    uint64_t h = mix_allocation(mix_lasting(mix_staff(mix_catalogue(0, hall), hall), hall), hall);
    h = mix(mix_signed(mix(h, hall->day_state), hall->date), hall->ticket_count);
    h = mix(h, hall->settled);
    h = mix(mix_signed(mix_signed(h, hall->midnight_ms), hall->opened_ms), hall->order_next);
    h = mix(mix(mix(h, hall->counts.issued), hall->counts.green_grants), hall->counts.calls);
    for (unsigned s = 0; s < TICKET_STATES; s++)
        h = mix(h, hall->counts.states[s]);
    for (unsigned l = 0; l < SERIES_LETTERS; l++)
        h = mix(h, hall->series_last[l]);
    for (uint32_t t = 1; t <= hall->ticket_count; t++)
        h = mix_ticket(h, &hall->tickets[t]);
    for (uint32_t i = 0; i < hall->waiting_count; i++)
        h = mix(h, hall->waiting[i].ticket.value);
    return h;
}
