/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const why_cause_names[] = {"staff",      "asked", "alone",   "class",   "wait",  "speed",
                                       "efficiency", "crowd", "posting", "earlier", "index", NULL};

struct both {
    const char *zh, *en;
};

static const struct both class_words[TICKET_CLASSES] = {
    [CLASS_NORMAL] = {"普通", "normal"},           [CLASS_REJOINED] = {"过号重排", "rejoined"},
    [CLASS_PRIORITY] = {"优先", "priority"},       [CLASS_BOOKED] = {"预约", "booked"},
    [CLASS_GREEN] = {"绿色通道", "green channel"},
};

static struct both class_of(const struct candidate *c)
{
    return class_words[c->class < TICKET_CLASSES ? c->class : CLASS_NORMAL];
}

/* ---- putting words behind words ---- */

__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
    va_list args;
    size_t used = strlen(text);
    va_start(args, format);
    vsnprintf(text + used, WHY_TEXT_MAX - used, format, args);
    va_end(args);
}

static void add_both(struct why *out, struct both words)
{
    add(out->zh, "%s", words.zh);
    add(out->en, "%s", words.en);
}

static void add_minutes(struct why *out, int64_t seconds)
{
    int minutes = (int)((seconds + 30) / 60);
    if (minutes) {
        add(out->zh, " %d 分钟", minutes);
        add(out->en, "%d min", minutes);
    } else {
        add_both(out, (struct both){"不到 1 分钟", "under a minute"});
    }
}

static void add_handling(struct why *out, int64_t seconds)
{
    if (seconds >= 30)
        add_both(out, (struct both){"约", "about "});
    add_minutes(out, seconds);
}

/* What it had waited; a booking ahead of its slot has not begun to. */
static void add_waited(struct why *out, int64_t seconds)
{
    if (seconds >= 0) {
        add_both(out, (struct both){"等了", "waited "});
        add_minutes(out, seconds);
    } else {
        add(out->zh, "离预约时段还有");
        add_minutes(out, -seconds);
        add(out->en, " ahead of its slot");
    }
}

static void add_number(struct why *out, struct number number)
{
    char text[NUMBER_TEXT_MAX];
    number_format(number, text);
    add_both(out, (struct both){text, text});
}

/* A012（普通，等了 5 分钟） */
static void add_ticket(struct why *out, const struct candidate *c)
{
    add_number(out, c->number);
    add(out->zh, "（%s，", class_of(c).zh);
    add(out->en, " (%s, ", class_of(c).en);
    add_waited(out, c->age_s);
    add_both(out, (struct both){"）", ")"});
}

/* ---- the cause ---- */

static bool has_terms(const struct candidate *c)
{
    for (unsigned t = 0; t < RULE_TERMS; t++)
        if (c->terms_q16[t])
            return true;
    return false;
}

/* The term in which the first is furthest ahead. Weight, head start and lateness go with the class: when the
 * first has not waited longer, its longer wait is its class's doing too. */
static enum why_cause cause_of(const struct candidate *first, const struct candidate *second)
{
    static const enum why_cause causes[RULE_TERMS] = {
        [TERM_WEIGHT] = WHY_CLASS,          [TERM_WAIT] = WHY_WAIT,   [TERM_SPEED] = WHY_SPEED,
        [TERM_EFFICIENCY] = WHY_EFFICIENCY, [TERM_CROWD] = WHY_CROWD, [TERM_POSTING] = WHY_POSTING};
    int64_t by[RULE_TERMS];
    unsigned most = 0;
    if (!has_terms(first) && !has_terms(second))
        return WHY_INDEX;
    if (first->index_q16 == second->index_q16)
        return WHY_EARLIER;
    for (unsigned t = 0; t < RULE_TERMS; t++)
        by[t] = (int64_t)first->terms_q16[t] - second->terms_q16[t];
    if (first->class != second->class && first->age_s <= second->age_s) {
        by[TERM_WEIGHT] += by[TERM_WAIT];
        by[TERM_WAIT] = 0;
    }
    for (unsigned t = 1; t < RULE_TERMS; t++)
        if (by[t] > by[most])
            most = t;
    return causes[most];
}

/* ---- the words ---- */

static void add_cause(struct why *out, const struct candidate *const two[2], unsigned window)
{
    switch (out->cause) {
    case WHY_CLASS:
        add(out->zh, "%s先于%s", class_of(two[0]).zh, class_of(two[1]).zh);
        add(out->en, "%s goes before %s", class_of(two[0]).en, class_of(two[1]).en);
        break;
    case WHY_WAIT:
        add_both(out, (struct both){"等得更久", "it waited longer"});
        break;
    case WHY_SPEED:
        add_both(out, (struct both){"办得更快，", "it takes "});
        add_handling(out, two[0]->handling_s);
        add_both(out, (struct both){"，另一个", ", the other "});
        add_handling(out, two[1]->handling_s);
        break;
    case WHY_EFFICIENCY:
        add(out->zh, "由 %u 号窗口来办更合适", window);
        add(out->en, "window %u suits it better", window);
        break;
    case WHY_CROWD:
        add_both(out, (struct both){"它的领域等候的人更多", "more people wait in its domain"});
        break;
    case WHY_POSTING:
        add(out->zh, "它的领域在 %u 号窗口的配置之内", window);
        add(out->en, "window %u is posted for its domain", window);
        break;
    case WHY_EARLIER:
        add_both(out, (struct both){"两者同样紧要，它先到", "both weigh the same and it came first"});
        break;
    default:
        add_both(out, (struct both){"综合指数最高", "its index was the best"});
        break;
    }
}

static void explain_choice(const struct ticket_called *called, struct why *out)
{
    const struct candidate *const two[2] = {&called->candidates.list[0], &called->candidates.list[1]};
    out->cause = cause_of(two[0], two[1]);
    add_ticket(out, two[0]);
    add_both(out, (struct both){"先于 ", " before "});
    add_ticket(out, two[1]);
    add_both(out, (struct both){"：", ": "});
    add_cause(out, two, called->window.value);
}

static void explain_alone(const struct ticket_called *called, struct why *out)
{
    /* an old record may have no candidates at all */
    struct candidate self = {.number = called->number, .age_s = (int32_t)(called->waited_ms / 1000)};
    out->cause = WHY_ALONE;
    add_ticket(out, called->candidates.count ? &called->candidates.list[0] : &self);
    add(out->zh, "是 %u 号窗口唯一可叫的号", called->window.value);
    add(out->en, " was the only one that window %u could call", called->window.value);
}

static void explain_asked(const struct ticket_called *called, struct why *out)
{
    bool window = called->rule == RULE_ASKED_WINDOW;
    out->cause = WHY_ASKED;
    add_number(out, called->number);
    add(out->zh, " 指定由 %u 号窗口%s办理，", called->window.value, window ? "" : "的工作人员");
    add(out->en, " had asked for %s at window %u; it had ", window ? "service" : "the clerk",
        called->window.value);
    add_waited(out, called->waited_ms / 1000);
}

static void explain_staff(const struct ticket_called *called, struct why *out)
{
    out->cause = WHY_STAFF;
    add_number(out, called->number);
    add_both(out, (struct both){" 由工作人员指定叫号，", " was called out of order by staff; it had "});
    add_waited(out, called->waited_ms / 1000);
}

struct why why_called(const struct ticket_called *called)
{
    struct why out = {0};
    if (called->rule == RULE_NUMBER)
        explain_staff(called, &out);
    else if (called->rule == RULE_ASKED_WINDOW || called->rule == RULE_ASKED_CLERK)
        explain_asked(called, &out);
    else if (called->candidates.count > 1)
        explain_choice(called, &out);
    else
        explain_alone(called, &out);
    return out;
}
