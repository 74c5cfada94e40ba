/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/outlook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/demand_day.h"
#include "dispatcher/plan/outlook_inside.h"

/* ---- items ---- */

/* Items that special windows alone may serve are not the scene's; those that nobody on duty may serve are:
 * their clerk may come. */
static void find_items(struct sketch *s)
{
    const struct hall *hall = s->hall;
    uint64_t ordinary[ITEM_WORDS] = {0}, special[ITEM_WORDS] = {0};
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        uint64_t *reached = window->set.mode == MODE_SPECIAL ? special : ordinary;
        for (unsigned word = 0; window->clerk.value && word < s->words; word++)
            reached[word] |= window->may[word];
    }
    for (unsigned i = 0; i < hall->items_top; i++) {
        const struct item *item = &hall->items[i + 1];
        bool is_known =
            item->exists && !item->set.special_only && (sketch_bit(ordinary, i) || !sketch_bit(special, i));
        if (!is_known)
            continue;
        s->known[i / 64] |= (uint64_t)1 << i % 64;
        s->items_of[item->set.domain.value - 1][i / 64] |= (uint64_t)1 << i % 64;
    }
}

/* Shares of known items that take numbers, in parts of their domain's visitors; where nothing was learned, of
 * equal size. */
static void find_shares(struct sketch *s)
{
    const struct hall *hall = s->hall;
    float all[DOMAINS_MAX] = {0};
    unsigned open[DOMAINS_MAX] = {0};
    for (unsigned i = 1; i <= hall->items_top; i++) {
        const struct item *item = &hall->items[i];
        if (!item->exists || item->set.retired)
            continue;
        unsigned d = item->set.domain.value - 1u;
        all[d] += s->outlook->item_share[i];
        open[d] += sketch_knows(s, item->set.item);
    }
    for (unsigned i = 1; i <= hall->items_top; i++) {
        const struct item *item = &hall->items[i];
        if (!item->exists || item->set.retired || !sketch_knows(s, item->set.item))
            continue;
        unsigned d = item->set.domain.value - 1u;
        s->share[i] = all[d] > 0 ? s->outlook->item_share[i] / all[d] : 1 / (float)open[d];
        s->share_of[d] += s->share[i];
    }
}

static void set_items(struct sketch *s)
{
    struct scene *scene = s->scene;
    unsigned count = 0;
    for (unsigned d = 0; d < scene->model.domains; d++) {
        float to = 0;
        scene->item_from[d] = count;
        for (unsigned word = 0; word < s->words; word++)
            for (uint64_t left = s->items_of[d][word]; left; left &= left - 1) {
                struct item_id id = {(uint16_t)(word * 64 + (unsigned)__builtin_ctzll(left) + 1)};
                if (s->share[id.value] <= 0)
                    continue;
                to += s->share[id.value] / s->share_of[d];
                scene->items[count++] = (struct scene_item){(int32_t)hall_item_ms(s->hall, id), to};
            }
    }
    scene->item_from[scene->model.domains] = count;
}

/* ---- who waits ---- */

/* The window at which the ticket waits for somebody certain, as an index; -1: it is not there. Numbers that a
 * kiosk gave while cut off may name windows and clerks that do not exist. */
static int asked_for(const struct sketch *s, const struct waiting *waiting)
{
    const struct hall *hall = s->hall;
    struct window_id id = waiting->asked_window;
    if (waiting->asked_clerk.value) {
        struct window_id at = {0};
        if (waiting->asked_clerk.value <= CLERKS_MAX)
            at = hall->clerks[waiting->asked_clerk.value].window;
        if (id.value && id.value != at.value)
            return -1;
        id = at;
    }
    bool is_there = id.value && id.value <= hall->windows_top && sketch_has(&hall->windows[id.value]) &&
                    sketch_bit(hall->windows[id.value].may, waiting->item.value - 1u);
    return is_there ? id.value - 1 : -1;
}

static void set_aside(struct sketch *s, const struct waiting *waiting)
{
    int w = asked_for(s, waiting);
    s->scene->model.aside[waiting->domain - 1]++;
    if (w >= 0 && s->asked_ms[w] < DAY_MS / 2)
        s->asked_ms[w] += sketch_handling(s, (unsigned)w, waiting->item);
}

struct standing_of {
    const struct waiting *waiting;
};

static int by_place(const void *a, const void *b)
{
    const struct waiting *x = ((const struct standing_of *)a)->waiting,
                         *y = ((const struct standing_of *)b)->waiting;
    if (x->ref_ms != y->ref_ms)
        return x->ref_ms < y->ref_ms ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Rejoined tickets stand in the normal line unless the hall weighs them otherwise. */
static uint8_t line_class(const struct hall *hall, uint8_t class)
{
    bool apart = hall->policy[POLICY_WEIGHT_REJOINED] != hall->policy[POLICY_WEIGHT_NORMAL] ||
                 hall->policy[POLICY_HEAD_START_REJOINED_MIN] != hall->policy[POLICY_HEAD_START_NORMAL_MIN];
    return class == CLASS_REJOINED && !apart ? CLASS_NORMAL : class;
}

/* A window does all items of one domain in one go, and those of another if it may; a third domain's are left
 * out. */
static struct engine_ticket ticket_of(const struct sketch *s, const struct waiting *waiting)
{
    const struct hall *hall = s->hall;
    const struct ticket *ticket = &hall->tickets[waiting->ticket.value];
    int32_t arrive_ms = sketch_relative(s, ticket->wait_from_ms);
    struct engine_ticket out = {.arrive_ms = arrive_ms < 0 ? arrive_ms : 0,
                                .ref_ms = sketch_relative(s, waiting->ref_ms),
                                .domain = (uint8_t)(waiting->domain - 1),
                                .domain2 = NO_DOMAIN,
                                .class = line_class(hall, waiting->class),
                                .expect_ms = (int32_t)hall_item_ms(hall, waiting->item),
                                .item_ms = (int32_t)hall_item_ms(hall, waiting->item)};
    for (unsigned i = 0; i < ticket->item_count; i++) {
        struct item_id item = ticket->items[i];
        if (i == ticket->current || ticket->done >> i & 1 || !sketch_knows(s, item))
            continue;
        unsigned d = sketch_domain(s, item);
        if (d == out.domain) {
            out.expect_ms += (int32_t)hall_item_ms(hall, item);
        } else if (out.domain2 == NO_DOMAIN || out.domain2 == d) {
            out.domain2 = (uint8_t)d;
            out.expect2_ms += (int32_t)hall_item_ms(hall, item);
        }
    }
    return out;
}

static bool set_waiting(struct sketch *s)
{
    const struct hall *hall = s->hall;
    struct scene *scene = s->scene;
    struct standing_of *places = malloc((hall->waiting_count + 1u) * sizeof *places);
    unsigned count = 0;
    if (!places)
        return false;
    for (uint32_t i = 0; i < hall->waiting_count; i++) {
        const struct waiting *waiting = &hall->waiting[i];
        if (waiting->asked_window.value || waiting->asked_clerk.value || !sketch_knows(s, waiting->item))
            set_aside(s, waiting);
        else
            places[count++].waiting = waiting;
    }
    qsort(places, count, sizeof *places, by_place);
    for (unsigned i = 0; i < count; i++) {
        scene->waiting[i] = ticket_of(s, places[i].waiting);
        scene->waiting_ids[i] = places[i].waiting->ticket;
    }
    scene->waiting_count = count;
    free(places);
    return true;
}

/* ---- who will come ---- */

static int64_t slot_ms(const struct hall *hall, const struct booking *booking)
{
    return hall->midnight_ms + (int64_t)booking->slot_min * MINUTE_MS;
}

static bool is_expected(const struct hall *hall, const struct booking *booking, int64_t now_ms)
{
    int64_t late_ms = (int64_t)hall->policy[POLICY_CHECK_IN_LATE_MIN] * MINUTE_MS;
    return booking->state == BOOKING_MADE && booking->date == hall->date &&
           slot_ms(hall, booking) + late_ms >= now_ms;
}

static unsigned bookings_expected(const struct hall *hall, int64_t now_ms)
{
    unsigned count = 0;
    for (uint32_t i = 0; hall->day_state == DAY_OPEN && i < hall->booking_count; i++)
        count += is_expected(hall, &hall->bookings[i], now_ms);
    return count;
}

static int by_slot(const void *a, const void *b)
{
    const struct scene_booking *x = a, *y = b;
    if (x->slot_ms != y->slot_ms)
        return x->slot_ms < y->slot_ms ? -1 : 1;
    if (x->domain != y->domain)
        return x->domain < y->domain ? -1 : 1;
    return (x->expect_ms > y->expect_ms) - (x->expect_ms < y->expect_ms);
}

/* Who is not there yet may come late or not at all: the later it is, the less likely the first. */
static double absent_share(const struct outlook *outlook, int32_t overdue_ms)
{
    double absent = outlook->booked_absent_share, sd_ms = outlook->lateness_sd_ms;
    if (absent <= 0 || sd_ms <= 0)
        return absent;
    double later = 0.5 * erfc((overdue_ms - outlook->lateness_ms) / (sd_ms * sqrt(2)));
    return absent / (absent + (1 - absent) * later);
}

static void set_bookings(struct sketch *s)
{
    const struct hall *hall = s->hall;
    struct scene *scene = s->scene;
    for (uint32_t i = 0; hall->day_state == DAY_OPEN && i < hall->booking_count; i++) {
        const struct booking *booking = &hall->bookings[i];
        if (!is_expected(hall, booking, s->now_ms) || !sketch_knows(s, booking->item))
            continue;
        int32_t at_ms = sketch_relative(s, slot_ms(hall, booking));
        scene->bookings[scene->booking_count++] =
            (struct scene_booking){.slot_ms = at_ms,
                                   .expect_ms = (int32_t)hall_item_ms(hall, booking->item),
                                   .domain = (uint8_t)sketch_domain(s, booking->item),
                                   .domain2 = NO_DOMAIN,
                                   .absent_share = (float)absent_share(s->outlook, -at_ms)};
    }
    qsort(scene->bookings, scene->booking_count, sizeof *scene->bookings, by_slot);
}

/* When numbers stop on the open day, wall ms. */
static int64_t stop_ms(const struct hall *hall)
{
    struct session_list sessions = hall_sessions(hall, hall->date);
    int64_t close_ms = hall->midnight_ms + DAY_MS;
    if (sessions.count) {
        uint16_t to_min = sessions.sessions[sessions.count - 1].to_min;
        int64_t to_ms = hall->midnight_ms + (int64_t)to_min * MINUTE_MS;
        close_ms = hall->opened_ms < to_ms ? to_ms : close_ms;
    }
    return close_ms - (int64_t)hall->policy[POLICY_STOP_BEFORE_CLOSE_MIN] * MINUTE_MS;
}

static void set_expected(struct sketch *s, const double *factors)
{
    const struct outlook *outlook = s->outlook;
    struct scene *scene = s->scene;
    int64_t from_ms = s->hall->midnight_ms + (int64_t)outlook->bins_from_min * MINUTE_MS;
    if (s->hall->day_state != DAY_OPEN)
        return;
    scene->bins_from_ms = sketch_relative(s, from_ms);
    while (scene->bin_count < outlook->bin_count &&
           from_ms + (int64_t)scene->bin_count * SCENE_BIN_MS < stop_ms(s->hall))
        scene->bin_count++;
    for (unsigned d = 0; d < scene->model.domains; d++)
        for (unsigned bin = 0; bin < scene->bin_count; bin++)
            scene->expected[d][bin] = outlook->expected[d][bin] * (float)factors[d] * s->share_of[d];
}

bool outlook_factors(const struct outlook *outlook, const struct hall *hall, int64_t now_ms,
                     double out[DOMAINS_MAX])
{
    struct demand_day *day = calloc(1, sizeof *day);
    if (!day)
        return false;
    day->bins = outlook->bin_count;
    for (unsigned d = 0; d < DOMAINS_MAX; d++)
        for (unsigned bin = 0; bin < outlook->bin_count; bin++)
            day->expected[d][bin] = (double)outlook->expected[d][bin];
    int64_t from_ms = hall->midnight_ms + (int64_t)outlook->bins_from_min * MINUTE_MS;
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (!ticket->booking.value)
            demand_day_see(day, hall->items[ticket->items[0].value].set.domain.value,
                           (int)((ticket->issued_ms - from_ms) / MINUTE_MS));
    }
    demand_day_factors(day, (int)((now_ms - from_ms) / MINUTE_MS), DEMAND_FILTER_MIXED, out);
    free(day);
    return true;
}

/* ---- the scene ---- */

static unsigned domains_in_use(const struct hall *hall)
{
    unsigned top = DOMAINS_MAX;
    while (top > 1 && !hall->domains[top].exists)
        top--;
    return top;
}

static void set_model(struct sketch *s)
{
    const struct hall *hall = s->hall;
    const struct outlook *outlook = s->outlook;
    struct scene *scene = s->scene;
    struct session_list sessions = hall_sessions(hall, hall->date);
    int32_t after_ms = hall->policy[POLICY_NO_SHOW_AFTER_MS];
    int32_t recalls_ms = hall->policy[POLICY_NO_SHOW_RECALLS] * hall->policy[POLICY_RECALL_GAP_MS];
    for (unsigned d = 0; d < scene->model.domains; d++)
        scene->model.mean_ms[d] = (int32_t)hall_domain_ms(hall, (struct domain_id){(uint16_t)(d + 1)});
    scene->model.changeover_ms = hall->policy[POLICY_CHANGEOVER_MS];
    scene->model.no_show_ms = ((recalls_ms < after_ms ? recalls_ms : after_ms) + after_ms) / 2;
    scene->model.early_ms = hall->policy[POLICY_EARLY_BOOKING_MIN] * MINUTE_MS;
    if (sessions.count) {
        int64_t open_ms = hall->midnight_ms + (int64_t)sessions.sessions[0].from_min * MINUTE_MS;
        scene->model.open_ms = open_ms > s->now_ms ? sketch_relative(s, open_ms) : 0;
    }
    scene->cv = outlook->cv;
    scene->no_show_share = outlook->no_show_share;
    memcpy(scene->class_share, outlook->class_share, sizeof scene->class_share);
    scene->second_share = outlook->second_share;
    scene->same_share = outlook->same_share;
    scene->lateness_ms = outlook->lateness_ms;
    scene->lateness_sd_ms = outlook->lateness_sd_ms;
    scene->late_limit_ms = hall->policy[POLICY_CHECK_IN_LATE_MIN] * MINUTE_MS;
}

bool outlook_scene_with(const struct outlook *outlook, const struct hall *hall, int64_t now_ms,
                        const double factors[DOMAINS_MAX], struct scene *out)
{
    unsigned windows = hall->windows_top ? hall->windows_top : 1;
    struct sketch *s = malloc(sizeof *s);
    if (!s || !scene_init(out, domains_in_use(hall), windows, hall->waiting_count,
                          bookings_expected(hall, now_ms), hall->items_top)) {
        free(s);
        return false;
    }
    *s = (struct sketch){.outlook = outlook, .hall = hall, .now_ms = now_ms, .scene = out};
    s->words = (hall->items_top + 63u) / 64;
    set_model(s);
    find_items(s);
    find_shares(s);
    set_items(s);
    sketch_windows(s);
    bool all = set_waiting(s);
    sketch_offs(s);
    set_bookings(s);
    set_expected(s, factors);
    free(s);
    if (!all)
        scene_destroy(out);
    return all;
}

bool outlook_scene(const struct outlook *outlook, const struct hall *hall, int64_t now_ms, struct scene *out)
{
    double factors[DOMAINS_MAX];
    return outlook_factors(outlook, hall, now_ms, factors) &&
           outlook_scene_with(outlook, hall, now_ms, factors, out);
}
