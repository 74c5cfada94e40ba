/* SPDX-License-Identifier: MIT */
#include "dispatcher/core/audit.h"

#include <string.h>

#include "dispatcher/core/inner.h"

static bool broken(struct audit_fault *fault, const char *invariant, const char *text, int64_t a, int64_t b)
{
    *fault = (struct audit_fault){invariant, text, a, b};
    return false;
}

/* I2: every ticket is found under its own number, so no two share one; counters are not behind. */
static bool audit_numbers(const struct hall *hall, struct audit_fault *fault)
{
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        struct number number = hall->tickets[t].number;
        if (hall_ticket_id(hall, number).value != t)
            return broken(fault, "I2", "two tickets carry one number, or it cannot be found", t,
                          number.count);
        if (!number.kiosk && number.count > hall->series_last[number.letter - 'A'])
            return broken(fault, "I2", "a series counter is behind a number", t, number.count);
    }
    return true;
}

/* I3: windows and tickets point at each other, one to one. */
static bool audit_windows(const struct hall *hall, struct audit_fault *fault)
{
    uint32_t at_windows = 0;
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        if (window->clerk.value && hall->clerks[window->clerk.value].window.value != w)
            return broken(fault, "I3", "a clerk is on duty at two windows", w, window->clerk.value);
        bool idle = window->clerk.value && !window->paused && !window->ticket.value;
        if (idle != (window->idle_from_ms != 0))
            return broken(fault, "I3", "a window is idle and does not know it, or the other way", w,
                          window->idle_from_ms);
        if (!window->ticket.value)
            continue;
        if (!window->clerk.value)
            return broken(fault, "I3", "a window without a clerk holds a ticket", w, window->ticket.value);
        const struct ticket *ticket = ticket_read(hall, window->ticket);
        at_windows++;
        if (ticket->window.value != w || (ticket->state != TICKET_CALLED && ticket->state != TICKET_SERVING))
            return broken(fault, "I3", "a window holds a ticket that is not there", w, window->ticket.value);
    }
    for (unsigned c = 1; c <= CLERKS_MAX; c++) {
        struct window_id window = hall->clerks[c].window;
        if (window.value && hall->windows[window.value].clerk.value != c)
            return broken(fault, "I3", "a clerk is on duty at another's window", c, window.value);
    }
    if (at_windows != hall->counts.states[TICKET_CALLED] + hall->counts.states[TICKET_SERVING])
        return broken(fault, "I3", "called or served tickets without a window of their own", at_windows, 0);
    return true;
}

/* I4: the waiting list is exactly the waiting tickets, with the same order keys. */
static bool audit_waiting(const struct hall *hall, struct audit_fault *fault)
{
    uint32_t by_domain[DOMAINS_MAX + 1] = {0};
    for (uint32_t i = 0; i < hall->waiting_count; i++) {
        const struct waiting *w = &hall->waiting[i];
        const struct ticket *t = ticket_read(hall, w->ticket);
        if (t->state != TICKET_WAITING || t->waiting_at != i)
            return broken(fault, "I4", "the waiting list holds a ticket that does not wait", w->ticket.value,
                          i);
        if (w->ref_ms != t->ref_ms || w->order != t->order || w->class != t->class ||
            w->item.value != ticket_item(t).value || w->domain != hall_ticket_domain(hall, t).value ||
            w->asked_window.value != t->asked_window.value || w->asked_clerk.value != t->asked_clerk.value)
            return broken(fault, "I4", "the waiting list and the ticket disagree", w->ticket.value, i);
        by_domain[w->domain]++;
    }
    if (hall->waiting_count != hall->counts.states[TICKET_WAITING])
        return broken(fault, "I4", "waiting tickets are missing from the list", hall->waiting_count, 0);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (by_domain[d] != hall->domains[d].waiting)
            return broken(fault, "I4", "a domain's count of waiting tickets is wrong", d, by_domain[d]);
    return true;
}

/* I6: after the day nobody is left; before it, every state is a known one. I9: states add up to what was
 * issued. */
static bool audit_counts(const struct hall *hall, struct audit_fault *fault)
{
    uint32_t states[TICKET_STATES] = {0};
    uint32_t sum = 0;
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        if (hall->tickets[t].state == TICKET_NONE || hall->tickets[t].state >= TICKET_STATES)
            return broken(fault, "I6", "a ticket is in no state", t, hall->tickets[t].state);
        states[hall->tickets[t].state]++;
    }
    for (unsigned s = 0; s < TICKET_STATES; s++) {
        if (states[s] != hall->counts.states[s])
            return broken(fault, "I9", "the count of a state is wrong", s, states[s]);
        sum += states[s];
    }
    if (sum != hall->counts.issued || sum != hall->ticket_count)
        return broken(fault, "I9", "issued tickets and their states do not add up", sum, hall->counts.issued);
    if (hall->day_state == DAY_CLOSED &&
        sum != states[TICKET_FINISHED] + states[TICKET_CANCELLED] + states[TICKET_LAPSED])
        return broken(fault, "I6", "a closed day has open tickets", sum, 0);
    return true;
}

/* What quotas count. */
static bool audit_quotas(const struct hall *hall, struct audit_fault *fault)
{
    uint32_t issued[ITEMS_MAX + 1] = {0};
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        for (uint8_t i = 0; i < ticket->item_count && ticket->state != TICKET_CANCELLED; i++)
            issued[ticket->items[i].value]++;
    }
    for (unsigned i = 1; i <= hall->items_top; i++)
        if (issued[i] != hall->items[i].issued)
            return broken(fault, "I9", "the count of an item's tickets is wrong", i, issued[i]);
    return true;
}

static bool audit_tickets(const struct hall *hall, struct audit_fault *fault)
{
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (!ticket->item_count || ticket->item_count > TICKET_ITEMS_MAX ||
            ticket->current >= ticket->item_count)
            return broken(fault, "I6", "a ticket's items are out of order", t, ticket->item_count);
        if (ticket->waited_ms < 0 || ticket->served_ms < 0)
            return broken(fault, "I6", "a ticket has a negative time", t, ticket->waited_ms);
    }
    return true;
}

/* Every booking has its own code. */
static bool audit_bookings(const struct hall *hall, struct audit_fault *fault)
{
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        const struct booking *booking = &hall->bookings[i];
        if (booking->state == BOOKING_FREE)
            return broken(fault, "I1", "a hole among the bookings", i, 0);
        if (hall_booking(hall, booking->code) != booking)
            return broken(fault, "I2", "two bookings carry one code", booking->code.value, i);
    }
    return true;
}

/* I7: what a window is posted for. A cover is part of the posting and never the whole of it, stands only
 * while somebody is on duty, and not beside the window's own. */
static bool audit_postings(const struct hall *hall, struct audit_fault *fault)
{
    uint64_t posted = 0;
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        uint64_t may = 0;
        for (unsigned i = 0; i < hall->items_top; i++)
            if (bit_of(window->may, i))
                may |= domain_bit(hall->items[i + 1].set.domain);
        if (may != window->may_domains)
            return broken(fault, "I7", "the domains that a window may serve do not follow from its items", w,
                          (int64_t)may);
        if (window->cover & ~window->posted || (window->cover && window->cover == window->posted))
            return broken(fault, "I7", "a cover is no part of the window's posting, or all of it", w,
                          (int64_t)window->cover);
        if (window->cover && !window->clerk.value)
            return broken(fault, "I7", "a window without a clerk covers a domain", w, 0);
        if (window_is_active(window))
            posted |= window_serves(window, window->posted);
    }
    if (hall->uncovered & posted)
        return broken(fault, "I7", "a domain is alarmed though a window is posted for it",
                      (int64_t)hall->uncovered, (int64_t)posted);
    return true;
}

/* I8: proposals are few, each its own, for windows that are on duty; planned breaks are in order. */
static bool audit_proposals(const struct hall *hall, struct audit_fault *fault)
{
    uint32_t last = 0;
    if (hall->proposal_count > PROPOSALS_MAX || (hall->proposal_count && hall->day_state == DAY_CLOSED))
        return broken(fault, "I8", "proposals outlive the day, or are too many", hall->proposal_count, 0);
    for (uint32_t i = 0; i < hall->proposal_count; i++) {
        const struct proposal *proposal = &hall->proposals[i];
        const struct window *window = &hall->windows[proposal->made.window.value];
        if (proposal->made.proposal <= last || proposal->made.proposal > hall->proposal_last)
            return broken(fault, "I8", "a proposal's number is out of order", proposal->made.proposal, last);
        last = proposal->made.proposal;
        if (!window->clerk.value)
            return broken(fault, "I8", "a proposal for a window without a clerk", last,
                          window->set.window.value);
        const struct proposal *first = hall_window_proposal(hall, proposal->made.window);
        if (!proposal->is_applied && first != proposal)
            return broken(fault, "I8", "two open proposals for one window", last, window->set.window.value);
        uint64_t own = window->posted & ~window->cover;
        /* between its answer and its posting an applied one is not carried out yet */
        if (own != proposal->made.before && !(proposal->is_applied && own == proposal->made.after))
            return broken(fault, "I8", "a proposal for another posting than the window's", last,
                          (int64_t)own);
        if (!proposal->made.after || proposal->made.expires_ms < proposal->made_ms)
            return broken(fault, "I8", "a proposal that cannot be", last, proposal->made.expires_ms);
    }
    return true;
}

static bool audit_ahead(const struct hall *hall, struct audit_fault *fault)
{
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        int64_t end_ms = INT64_MIN;
        if (window->break_count > BREAKS_MAX)
            return broken(fault, "I8", "a window has too many breaks", w, window->break_count);
        for (unsigned i = 0; i < window->break_count; i++) {
            if (window->breaks[i].from_ms < end_ms || window->breaks[i].to_ms <= window->breaks[i].from_ms)
                return broken(fault, "I8", "planned breaks are out of order", w, i);
            end_ms = window->breaks[i].to_ms;
        }
    }
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (ticket->low_s > ticket->high_s || ticket->first_low_s > ticket->first_high_s ||
            (!ticket->has_forecast && (ticket->high_s || ticket->first_high_s)))
            return broken(fault, "I6", "a ticket's forecast cannot be", t, ticket->high_s);
    }
    return true;
}

bool hall_audit(const struct hall *hall, struct audit_fault *fault)
{
    return audit_numbers(hall, fault) && audit_windows(hall, fault) && audit_waiting(hall, fault) &&
           audit_counts(hall, fault) && audit_tickets(hall, fault) && audit_quotas(hall, fault) &&
           audit_bookings(hall, fault) && audit_postings(hall, fault) && audit_proposals(hall, fault) &&
           audit_ahead(hall, fault);
}
