/* SPDX-License-Identifier: MIT
 * Changes done to an outlook: each is checked against the hall and against the others. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dispatcher/plan/what_if_text.h"

enum { SENTENCE_MAX = 150, BREAK_NEAR_MS = 15 * MINUTE_MS };
#define FACTOR_LEAST 0.1
#define FACTOR_MOST  10.0

struct what_if_change what_if_change_of(enum what_if_kind kind)
{
    return (struct what_if_change){.kind = (uint8_t)kind,
                                   .window = WHAT_IF_ALL,
                                   .domain = WHAT_IF_ALL,
                                   .item = WHAT_IF_ALL,
                                   .from_ms = WHAT_IF_ALL,
                                   .to_ms = WHAT_IF_ALL,
                                   .at_ms = WHAT_IF_ALL,
                                   .factor = 1,
                                   .policy = WHAT_IF_ALL};
}

/* One change being done. */
struct applying {
    struct day_outlook *out;
    struct what_if_change change; /* with times filled in */
    unsigned place;               /* 1, 2 ... */
    struct day_window *window;    /* NULL: none is said */
    uint64_t domains;             /* bits of the list */
    struct what_if_warnings *warnings;
    struct day_fault *fault;
};

static bool refuse(const struct applying *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void warn(struct what_if_warnings *warnings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(const struct applying *a, const char *format, ...)
{
    char sentence[SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return day_fault_set(a->fault, "change %u, %s: %s", a->place, what_if_names[a->change.kind], sentence);
}

static void warn(struct what_if_warnings *warnings, const char *format, ...)
{
    va_list args;
    if (warnings->count < WHAT_IF_WARNINGS_MAX) {
        va_start(args, format);
        vsnprintf(warnings->list[warnings->count].text, DAY_FAULT_MAX, format, args);
        va_end(args);
    }
    warnings->count++;
}

struct clock_text {
    char text[8];
};

static struct clock_text clock_of(int32_t ms)
{
    struct clock_text out;
    unsigned minutes = (unsigned)(ms / MINUTE_MS) % (100 * 60);
    snprintf(out.text, sizeof out.text, "%02u:%02u", minutes / 60, minutes % 60);
    return out;
}

/* ---- what changes speak of ---- */

static int find_window(const struct day_outlook *o, int32_t name)
{
    for (unsigned w = 0; w < o->window_count; w++)
        if (o->windows[w].window == name)
            return (int)w;
    return -1;
}

static int find_domain(const struct day_outlook *o, int32_t name)
{
    for (unsigned d = 0; d < o->domain_count; d++)
        if (o->domains[d].domain == name)
            return (int)d;
    return -1;
}

static int find_item(const struct day_outlook *o, int32_t name)
{
    for (unsigned i = 0; i < o->item_count; i++)
        if (o->items[i].item == name)
            return (int)i;
    return -1;
}

static bool has_member(const struct applying *a, size_t offset)
{
    for (const struct what_if_member *m = what_if_members(a->change.kind); m->name; m++)
        if (m->offset == offset)
            return true;
    return false;
}

#define HAS(a, member) has_member(a, offsetof(struct what_if_change, member))

static bool find_all(struct applying *a)
{
    const struct what_if_change *c = &a->change;
    if (HAS(a, window)) {
        int w = find_window(a->out, c->window);
        if (w < 0)
            return refuse(a, "there is no window %d", (int)c->window);
        a->window = &a->out->windows[w];
    }
    if (HAS(a, domain) && c->domain != WHAT_IF_ALL && find_domain(a->out, c->domain) < 0)
        return refuse(a, "there is no domain %d", (int)c->domain);
    if (HAS(a, item) && c->item != WHAT_IF_ALL && find_item(a->out, c->item) < 0)
        return refuse(a, "there is no item %d", (int)c->item);
    if (HAS(a, factor) && !(c->factor >= FACTOR_LEAST && c->factor <= FACTOR_MOST))
        return refuse(a, "factor is %.6g, must be %.1f to %.0f", c->factor, FACTOR_LEAST, FACTOR_MOST);
    for (unsigned i = 0; HAS(a, domains) && i < c->domain_count; i++) {
        int d = find_domain(a->out, c->domains[i]);
        if (d < 0)
            return refuse(a, "domains has %u, there is no such domain", c->domains[i]);
        a->domains |= (uint64_t)1 << d;
    }
    return true;
}

/* Opening and closing where nothing is said; in whole steps of what the change is kept in. */
static bool fill_times(struct applying *a)
{
    struct what_if_change *c = &a->change;
    int32_t step_ms = c->kind == WHAT_IF_POST       ? DAY_HALF_MS
                      : c->kind == WHAT_IF_ARRIVALS ? MINUTE_MS
                                                    : DAY_STEP_MS;
    if (!HAS(a, from_ms))
        return true;
    if (c->from_ms == WHAT_IF_ALL)
        c->from_ms = a->out->open_ms / step_ms * step_ms;
    if (c->to_ms == WHAT_IF_ALL)
        c->to_ms = (a->out->close_ms + step_ms - 1) / step_ms * step_ms;
    if (c->from_ms < 0 || c->to_ms > DAY_MS || c->to_ms <= c->from_ms)
        return refuse(a, "to is %s, must be after from, %s", clock_of(c->to_ms).text,
                      clock_of(c->from_ms).text);
    if (c->from_ms % step_ms || c->to_ms % step_ms)
        return refuse(a, "from is %s and to %s, must be at steps of %d minutes", clock_of(c->from_ms).text,
                      clock_of(c->to_ms).text, (int)(step_ms / MINUTE_MS));
    return true;
}

/* ---- duty ---- */

/* Puts or takes a span out of a window's duties. False: there would be too many of them. */
static bool change_duty(struct day_window *window, struct day_span span, bool is_on)
{
    struct day_span spans[DAY_DUTIES_MAX + 2];
    unsigned count = 0;
    for (unsigned i = 0; i < window->duty_count; i++) {
        struct day_span duty = window->duties[i];
        bool apart = duty.to_ms < span.from_ms || duty.from_ms > span.to_ms;
        if (!apart && is_on) {
            span.from_ms = duty.from_ms < span.from_ms ? duty.from_ms : span.from_ms;
            span.to_ms = duty.to_ms > span.to_ms ? duty.to_ms : span.to_ms;
            continue;
        }
        if (apart) {
            spans[count++] = duty;
            continue;
        }
        if (duty.from_ms < span.from_ms)
            spans[count++] = (struct day_span){duty.from_ms, span.from_ms};
        if (duty.to_ms > span.to_ms)
            spans[count++] = (struct day_span){span.to_ms, duty.to_ms};
    }
    if (is_on) {
        unsigned at = count++;
        for (; at > 0 && spans[at - 1].from_ms > span.from_ms; at--)
            spans[at] = spans[at - 1];
        spans[at] = span;
    }
    if (count > DAY_DUTIES_MAX)
        return false;
    memcpy(window->duties, spans, count * sizeof spans[0]);
    window->duty_count = count;
    return true;
}

static bool do_duty(struct applying *a)
{
    const struct what_if_change *c = &a->change;
    bool is_on = c->kind == WHAT_IF_OPEN, changes = false;
    for (int32_t at_ms = c->from_ms; at_ms < c->to_ms; at_ms += DAY_STEP_MS)
        changes = changes || day_window_on_duty(a->window, at_ms) != is_on;
    if (!changes)
        warn(a->warnings, "change %u, %s: window %d is %s then anyway", a->place, what_if_names[c->kind],
             (int)c->window, is_on ? "on duty" : "not on duty");
    if (!change_duty(a->window, (struct day_span){c->from_ms, c->to_ms}, is_on))
        return refuse(a, "window %d would be on duty more than %d times a day", (int)c->window,
                      DAY_DUTIES_MAX);
    return true;
}

/* ---- the other kinds ---- */

static bool do_post(struct applying *a)
{
    const struct what_if_change *c = &a->change;
    if (a->domains & ~a->window->may)
        warn(a->warnings, "change %u, post: window %d may not serve all of these domains", a->place,
             (int)c->window);
    for (int32_t at_ms = c->from_ms; at_ms < c->to_ms; at_ms += DAY_HALF_MS)
        a->window->posted[at_ms / DAY_HALF_MS] = a->domains;
    return true;
}

static bool do_authority(struct applying *a)
{
    bool is_more = a->change.kind == WHAT_IF_AUTHORISE;
    uint64_t may = is_more ? a->window->may | a->domains : a->window->may & ~a->domains;
    if (!a->domains)
        return refuse(a, "domains is empty");
    if (may == a->window->may)
        warn(a->warnings, "change %u, %s: window %d %s serve these domains anyway", a->place,
             what_if_names[a->change.kind], (int)a->change.window, is_more ? "may" : "may not");
    if (!may)
        warn(a->warnings, "change %u, forbid: window %d may serve nothing any more", a->place,
             (int)a->change.window);
    a->window->may = may;
    return true;
}

static int32_t shared_ms(int32_t from_ms, int32_t to_ms, int32_t low_ms, int32_t high_ms)
{
    from_ms = from_ms > low_ms ? from_ms : low_ms;
    to_ms = to_ms < high_ms ? to_ms : high_ms;
    return to_ms > from_ms ? to_ms - from_ms : 0;
}

/* Visitors who come before opening belong to it. A bin that is changed in part is changed in part. */
static bool do_arrivals(struct applying *a)
{
    const struct what_if_change *c = &a->change;
    int32_t from_ms = c->from_ms == a->out->open_ms ? 0 : c->from_ms;
    for (unsigned d = 0; d < a->out->domain_count; d++) {
        struct day_domain *domain = &a->out->domains[d];
        if (c->domain != WHAT_IF_ALL && domain->domain != c->domain)
            continue;
        for (unsigned bin = 0; bin < a->out->bin_count; bin++) {
            int32_t bin_ms = a->out->bins_from_ms + (int32_t)bin * DAY_BIN_MS;
            double share = (double)shared_ms(from_ms, c->to_ms, bin_ms, bin_ms + DAY_BIN_MS) / DAY_BIN_MS;
            domain->arrival_factor[bin] *= (float)(1 + share * (c->factor - 1));
        }
    }
    return true;
}

static bool do_service(struct applying *a)
{
    const struct what_if_change *c = &a->change;
    if (c->domain != WHAT_IF_ALL && c->item != WHAT_IF_ALL)
        return refuse(a, "domain and item are both there, say one of them");
    for (unsigned i = 0; i < a->out->item_count; i++) {
        struct day_item *item = &a->out->items[i];
        if ((c->domain == WHAT_IF_ALL || a->out->domains[item->domain].domain == c->domain) &&
            (c->item == WHAT_IF_ALL || item->item == c->item))
            item->length_factor *= (float)c->factor;
    }
    return true;
}

static bool do_speed(struct applying *a)
{
    double speed = a->window->speed * a->change.factor;
    if (speed < 0.05 || speed > 20)
        return refuse(a, "window %d would have a speed of %.3g, must be 0.05 to 20", (int)a->change.window,
                      speed);
    a->window->speed = speed;
    return true;
}

static int32_t distance_ms(int32_t a_ms, int32_t b_ms)
{
    return a_ms > b_ms ? a_ms - b_ms : b_ms - a_ms;
}

static bool do_break(struct applying *a)
{
    const struct what_if_change *c = &a->change;
    struct day_window *window = a->window, before = *window;
    int best = -1;
    for (unsigned b = 0; b < window->break_count; b++)
        if (best < 0 || distance_ms(window->breaks[b].from_ms, c->at_ms) <
                            distance_ms(window->breaks[best].from_ms, c->at_ms))
            best = (int)b;
    if (best < 0 || distance_ms(window->breaks[best].from_ms, c->at_ms) > BREAK_NEAR_MS)
        return refuse(a, "window %d has no break that begins about %s", (int)c->window,
                      clock_of(c->at_ms).text);
    struct day_break moved = before.breaks[best];
    moved.to_ms = c->to_ms + moved.to_ms - moved.from_ms;
    moved.from_ms = c->to_ms;
    window->break_count = 0;
    for (unsigned b = 0; b < before.break_count; b++)
        if ((int)b != best)
            window->breaks[window->break_count++] = before.breaks[b];
    for (unsigned b = 0; b < window->break_count; b++)
        if (window->breaks[b].from_ms < moved.to_ms && window->breaks[b].to_ms > moved.from_ms)
            return refuse(a, "window %d has another break at %s", (int)c->window,
                          clock_of(window->breaks[b].from_ms).text);
    if (moved.from_ms < 0 || moved.to_ms > DAY_MS)
        return refuse(a, "to is %s, the break would not lie within the day", clock_of(c->to_ms).text);
    if (!day_window_on_duty(window, moved.from_ms))
        warn(a->warnings, "change %u, break: window %d is not on duty at %s", a->place, (int)c->window,
             clock_of(moved.from_ms).text);
    day_window_add_break(window, moved);
    return true;
}

static bool do_policy(struct applying *a)
{
    int32_t key = a->change.policy;
    if (key < 0 || key >= POLICY_KEYS)
        return refuse(a, "name is missing");
    const struct policy_row *row = policy_row((enum policy_key)key);
    bool is_rule = key >= POLICY_EARLY_BOOKING_MIN && key <= POLICY_UNPOSTED_PERMILLE;
    bool is_target = key >= POLICY_TARGET_NORMAL_MIN && key <= POLICY_TARGET_GREEN_MIN;
    if (!is_rule && !is_target)
        return refuse(a, "%s changes no wait here, knobs of the call rule and targets do", row->name);
    if (a->change.value < row->least || a->change.value > row->most)
        return refuse(a, "%s is %d, must be %d to %d", row->name, (int)a->change.value, (int)row->least,
                      (int)row->most);
    a->out->policy[key] = a->change.value;
    return true;
}

static bool apply(struct applying *a)
{
    static bool (*const does[WHAT_IF_KIND_COUNT])(struct applying * a) = {
        [WHAT_IF_CLOSE] = do_duty,          [WHAT_IF_OPEN] = do_duty,        [WHAT_IF_POST] = do_post,
        [WHAT_IF_AUTHORISE] = do_authority, [WHAT_IF_FORBID] = do_authority, [WHAT_IF_ARRIVALS] = do_arrivals,
        [WHAT_IF_SERVICE] = do_service,     [WHAT_IF_SPEED] = do_speed,      [WHAT_IF_BREAK] = do_break,
        [WHAT_IF_POLICY] = do_policy,
    };
    return find_all(a) && fill_times(a) && does[a->change.kind](a);
}

/* ---- changes against each other ---- */

/* Times as said; what is not said reaches to the day's ends. */
static bool times_meet(const struct what_if_change *a, const struct what_if_change *b)
{
    int32_t a_to_ms = a->to_ms == WHAT_IF_ALL ? DAY_MS : a->to_ms;
    int32_t b_to_ms = b->to_ms == WHAT_IF_ALL ? DAY_MS : b->to_ms;
    return a->from_ms < b_to_ms && b->from_ms < a_to_ms;
}

static bool domains_meet(const struct what_if_change *a, const struct what_if_change *b)
{
    for (unsigned i = 0; i < a->domain_count; i++)
        for (unsigned j = 0; j < b->domain_count; j++)
            if (a->domains[i] == b->domains[j])
                return true;
    return false;
}

/* Why two changes cannot both be meant; NULL when they can. */
static const char *contradiction(const struct what_if_change *a, const struct what_if_change *b)
{
    bool same_window = a->window == b->window, same_kind = a->kind == b->kind;
    bool close = a->kind == WHAT_IF_CLOSE || b->kind == WHAT_IF_CLOSE;
    bool open = a->kind == WHAT_IF_OPEN || b->kind == WHAT_IF_OPEN;
    bool post = a->kind == WHAT_IF_POST || b->kind == WHAT_IF_POST;
    bool more = a->kind == WHAT_IF_AUTHORISE || b->kind == WHAT_IF_AUTHORISE;
    bool less = a->kind == WHAT_IF_FORBID || b->kind == WHAT_IF_FORBID;
    if (same_window && close && open && times_meet(a, b))
        return "a window is closed and opened at the same time";
    if (same_window && close && post && times_meet(a, b))
        return "a window is closed and posted at the same time";
    if (same_window && same_kind && post && times_meet(a, b))
        return "a window is posted twice at the same time";
    if (same_window && more && less && domains_meet(a, b))
        return "a window gets and loses the same domain";
    if (!same_kind)
        return NULL;
    if (a->kind == WHAT_IF_ARRIVALS && a->domain == b->domain && times_meet(a, b))
        return "visitors of a domain get two factors at the same time";
    if (a->kind == WHAT_IF_SERVICE && a->domain == b->domain && a->item == b->item)
        return "the same services get two factors";
    if (a->kind == WHAT_IF_SPEED && same_window)
        return "a window's clerk gets two speeds";
    if (a->kind == WHAT_IF_BREAK && same_window && a->at_ms == b->at_ms)
        return "a break is moved twice";
    if (a->kind == WHAT_IF_POLICY && a->policy == b->policy)
        return "a knob gets two values";
    return NULL;
}

static bool check_pairs(const struct what_if_change *changes, unsigned count, struct day_fault *fault)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = i + 1; j < count; j++) {
            const char *why = contradiction(&changes[i], &changes[j]);
            if (why)
                return day_fault_set(fault, "changes %u and %u contradict each other: %s", i + 1, j + 1, why);
        }
    return true;
}

/* ---- who is left alone ---- */

static bool is_covered(const struct day_outlook *o, unsigned d, int32_t at_ms)
{
    for (unsigned w = 0; w < o->window_count; w++)
        if (o->windows[w].may >> d & 1 && day_window_on_duty(&o->windows[w], at_ms))
            return true;
    return false;
}

/* Whether anybody may serve the domain at all; and a warning for each time in which nobody does. */
static void warn_uncovered(const struct day_outlook *o, unsigned d, struct what_if_warnings *warnings)
{
    int32_t from_ms = -1, at_ms;
    bool ever = false;
    for (at_ms = o->open_ms; at_ms < o->close_ms; at_ms += DAY_STEP_MS)
        ever = ever || is_covered(o, d, at_ms);
    if (!ever) {
        warn(warnings, "domain %u has visitors but no window on duty may serve it", o->domains[d].domain);
        return;
    }
    for (at_ms = o->open_ms; at_ms <= o->close_ms; at_ms += DAY_STEP_MS) {
        bool covered = at_ms >= o->close_ms || is_covered(o, d, at_ms);
        if (covered && from_ms >= 0)
            warn(warnings, "from %s to %s no window on duty may serve domain %u", clock_of(from_ms).text,
                 clock_of(at_ms < o->close_ms ? at_ms : o->close_ms).text, o->domains[d].domain);
        from_ms = covered ? -1 : from_ms >= 0 ? from_ms : at_ms;
    }
}

bool what_if_apply(const struct day_outlook *outlook, const struct what_if_change *changes, unsigned count,
                   struct day_outlook *out, struct what_if_warnings *warnings, struct day_fault *fault)
{
    *out = *outlook;
    warnings->count = 0;
    fault->text[0] = '\0';
    if (count > WHAT_IF_CHANGES_MAX)
        return day_fault_set(fault, "there are %u changes, at most %d are possible", count,
                             WHAT_IF_CHANGES_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct applying a = {out, changes[i], i + 1, NULL, 0, warnings, fault};
        if (changes[i].kind >= WHAT_IF_KIND_COUNT || changes[i].domain_count > DOMAINS_MAX)
            return day_fault_set(fault, "change %u is of no known kind", i + 1);
        if (!apply(&a))
            return false;
    }
    if (!check_pairs(changes, count, fault))
        return false;
    for (unsigned d = 0; d < out->domain_count; d++)
        if (day_domain_is_asked(out, d))
            warn_uncovered(out, d, warnings);
    return day_outlook_check(out, fault);
}
