/* SPDX-License-Identifier: MIT */
#include "dispatcher/core/fields.h"

#include <string.h>

const char *const actor_names[] = {"system", "visitor", "kiosk", "clerk", "manager", NULL};
const char *const class_names[] = {"normal", "rejoined", "priority", "booked", "green", NULL};
const char *const case_type_names[] = {"on-the-spot", "committed-time", NULL};
const char *const mode_names[] = {"undifferentiated", "domain", "special", NULL};
const char *const authorisation_class_names[] = {"window", "chief", "comprehensive", NULL};
const char *const pause_reason_names[] = {"break", "meeting", "equipment", "other", NULL};
const char *const rule_names[] = {"fair", "asked-window", "asked-clerk", "number", NULL};
const char *const place_names[] = {"original", "head", "after", "end", NULL};
const char *const channel_names[] = {"kiosk", "phone", "online", "staff", NULL};
const char *const lapse_reason_names[] = {"day-closed", "no-show", NULL};
const char *const act_names[] = {"none", "call", "finish", "no-show", "transfer", NULL};
const char *const rating_names[] = {"none",         "very-satisfied",    "satisfied", "fairly-satisfied",
                                    "dissatisfied", "very-dissatisfied", NULL};

const char *const pair_mode_names[] = {"default", "off", "advise", "confirm", "automatic", NULL};
const char *const allocation_mode_names[] = {"off", "advise", "confirm", "automatic", NULL};
const char *const trigger_names[] = {"long-wait",   "queue-grows", "idle-window", "uncovered",
                                     "break-ahead", "routine",     NULL};
const char *const answer_names[] = {"accepted", "rejected", "expired", "withdrawn",
                                    "applied",  "reverted", NULL};

/* One row each: FIELD(text name, type, flags, path in the union). BASE is set before each group of tables. */
#define FIELD(name, type, flags, path)                                                                       \
    {                                                                                                        \
        name, FIELD_##type, flags, offsetof(BASE, path), NULL                                                \
    }
#define NAMED(name, table, flags, path)                                                                      \
    {                                                                                                        \
        name, FIELD_ENUM, flags, offsetof(BASE, path), table                                                 \
    }
#define END                                                                                                  \
    {                                                                                                        \
        NULL, FIELD_U16, 0, 0, NULL                                                                          \
    }
enum { REQ = FIELD_REQUIRED, FIRST = FIELD_REQUIRED | FIELD_FIRST };

/* m names a member, which cannot stand in parentheses.
 * NOLINTBEGIN(bugprone-macro-parentheses) */
/* ---- tables shared by set-up commands and their events ---- */
#define POLICY_SET_ROWS(m) FIELD("policy", POLICY, FIRST, m.key), FIELD("value", I32, 0, m.value), END
#define ZONE_SET_ROWS(m)   FIELD("zone", U16, FIRST, m.zone), FIELD("letter", LETTER, REQ, m.letter), END
#define DOMAIN_SET_ROWS(m)                                                                                   \
    FIELD("domain", U16, FIRST, m.domain), FIELD("series", LETTER, REQ, m.series),                           \
        FIELD("slot_capacity", U16, 0, m.slot_capacity), FIELD("retired", BOOL, 0, m.retired), END
#define ITEM_SET_ROWS(m)                                                                                     \
    FIELD("item", U16, FIRST, m.item), FIELD("domain", U16, REQ, m.domain),                                  \
        FIELD("expected", DURATION32, REQ, m.expected_ms),                                                   \
        NAMED("case_type", case_type_names, 0, m.case_type), FIELD("daily_quota", U16, 0, m.daily_quota),    \
        FIELD("slot_capacity", U16, 0, m.slot_capacity), FIELD("zones", BITS32, 0, m.zones),                 \
        FIELD("needs_identity", BOOL, 0, m.needs_identity), FIELD("bookable", BOOL, 0, m.bookable),          \
        FIELD("special_only", BOOL, 0, m.special_only), FIELD("retired", BOOL, 0, m.retired), END
#define WINDOW_SET_ROWS(m)                                                                                   \
    FIELD("window", U16, FIRST, m.window), FIELD("zone", U16, REQ, m.zone),                                  \
        NAMED("mode", mode_names, 0, m.mode), FIELD("primary", U16, 0, m.primary),                           \
        FIELD("domains", BITS64, 0, m.domains), FIELD("items", ITEMS, 0, m.items),                           \
        FIELD("retired", BOOL, 0, m.retired), END
#define KIND_SET_ROWS(m) FIELD("kind", U16, FIRST, m.kind), NAMED("class", class_names, REQ, m.class), END
#define CLERK_SET_ROWS(m)                                                                                    \
    FIELD("clerk", U16, FIRST, m.clerk), FIELD("speed_permille", U16, 0, m.speed_permille),                  \
        FIELD("trained", BOOL, 0, m.trained), FIELD("retired", BOOL, 0, m.retired), END
#define AUTHORISATION_SET_ROWS(m)                                                                            \
    FIELD("authorisation", U16, FIRST, m.authorisation), FIELD("clerk", U16, REQ, m.clerk),                  \
        NAMED("class", authorisation_class_names, 0, m.class), FIELD("domains", BITS64, 0, m.domains),       \
        FIELD("items", ITEMS, 0, m.items), FIELD("valid_from", DATE, REQ, m.from_date),                      \
        FIELD("valid_to", DATE, REQ, m.to_date), FIELD("revoked", BOOL, 0, m.revoked), END
#define WEEK_SET_ROWS(m)                                                                                     \
    FIELD("weekday", U16, FIRST, m.weekday), FIELD("sessions", SESSIONS, 0, m.sessions), END
#define CALENDAR_SET_ROWS(m)                                                                                 \
    FIELD("date", DATE, FIRST, m.date), FIELD("sessions", SESSIONS, 0, m.sessions), END
#define SEED_SET_ROWS(m) FIELD("seed", U64, FIRST, m.seed), END
#define ITEM_LEARNED_ROWS(m)                                                                                 \
    FIELD("item", U16, FIRST, m.item), FIELD("expected", DURATION32, 0, m.expected_ms), END
#define DOMAIN_LEARNED_ROWS(m)                                                                               \
    FIELD("domain", U16, FIRST, m.domain), FIELD("expected", DURATION32, 0, m.expected_ms), END
#define CLERK_LEARNED_ROWS(m)                                                                                \
    FIELD("clerk", U16, FIRST, m.clerk), FIELD("speed_permille", U16, 0, m.speed_permille), END
#define PAIR_SET_ROWS(m)                                                                                     \
    FIELD("from", U16, REQ, m.from), FIELD("to", U16, REQ, m.to),                                            \
        NAMED("mode", pair_mode_names, REQ, m.mode), END
#define BREAK_PLANNED_ROWS(m)                                                                                \
    FIELD("window", U16, REQ, m.window), FIELD("from", CLOCK, REQ, m.from_ms),                               \
        FIELD("to", CLOCK, REQ, m.to_ms), END
#define BREAKS_CLEARED_ROWS(m) FIELD("window", U16, REQ, m.window), END
#define PROPOSAL_SCORED_ROWS(m)                                                                              \
    FIELD("proposal", U32, FIRST, m.proposal), FIELD("predicted_gain", I32, 0, m.predicted_gain),            \
        FIELD("realised_gain", I32, 0, m.realised_gain),                                                     \
        FIELD("predicted_wait_s", I32, 0, m.predicted_wait_s),                                               \
        FIELD("realised_wait_s", I32, 0, m.realised_wait_s), END
#define WAIT_FORECAST_ROWS(m)                                                                                \
    FIELD("number", NUMBER, FIRST, m.number), FIELD("low_s", U16, 0, m.low_s),                               \
        FIELD("high_s", U16, 0, m.high_s), FIELD("made_low_s", U16, 0, m.made_low_s),                        \
        FIELD("made_high_s", U16, 0, m.made_high_s), END

/* NOLINTEND(bugprone-macro-parentheses) */

/* ---- events ---- */
#define BASE struct event
static const struct field event_policy_set[] = {POLICY_SET_ROWS(policy_set)};
static const struct field event_zone_set[] = {ZONE_SET_ROWS(zone_set)};
static const struct field event_domain_set[] = {DOMAIN_SET_ROWS(domain_set)};
static const struct field event_item_set[] = {ITEM_SET_ROWS(item_set)};
static const struct field event_window_set[] = {WINDOW_SET_ROWS(window_set)};
static const struct field event_kind_set[] = {KIND_SET_ROWS(kind_set)};
static const struct field event_clerk_set[] = {CLERK_SET_ROWS(clerk_set)};
static const struct field event_authorisation_set[] = {AUTHORISATION_SET_ROWS(authorisation_set)};
static const struct field event_week_set[] = {WEEK_SET_ROWS(week_set)};
static const struct field event_calendar_set[] = {CALENDAR_SET_ROWS(calendar_set)};
static const struct field event_window_posted[] = {
    FIELD("window", U16, FIRST, window_posted.window), FIELD("domains", BITS64, 0, window_posted.domains),
    FIELD("leaves", BITS64, 0, window_posted.leaves), FIELD("since", CLOCK, 0, window_posted.since_ms), END};
static const struct field event_seed_set[] = {SEED_SET_ROWS(seed_set)};
static const struct field event_day_opened[] = {FIELD("date", DATE, FIRST, day_opened.date), END};
static const struct field event_day_closing[] = {FIELD("date", DATE, FIRST, day_closing.date), END};
static const struct field event_day_closed[] = {FIELD("date", DATE, FIRST, day_closed.date), END};
static const struct field event_duty_started[] = {FIELD("window", U16, REQ, duty_started.window),
                                                  FIELD("clerk", U16, REQ, duty_started.clerk),
                                                  FIELD("taken_from", U16, 0, duty_started.taken_from), END};
static const struct field event_duty_ended[] = {FIELD("window", U16, REQ, duty_ended.window),
                                                FIELD("clerk", U16, REQ, duty_ended.clerk), END};
static const struct field event_window_paused[] = {
    FIELD("window", U16, REQ, window_paused.window),
    NAMED("reason", pause_reason_names, 0, window_paused.reason),
    FIELD("until", CLOCK, 0, window_paused.until_ms), END};
static const struct field event_window_unpaused[] = {FIELD("window", U16, REQ, window_unpaused.window), END};
static const struct field event_ticket_issued[] = {FIELD("number", NUMBER, FIRST, ticket_issued.number),
                                                   FIELD("items", ITEMS, REQ, ticket_issued.items),
                                                   NAMED("class", class_names, 0, ticket_issued.class),
                                                   FIELD("kind", U16, 0, ticket_issued.kind),
                                                   NAMED("channel", channel_names, 0, ticket_issued.channel),
                                                   FIELD("ref", CLOCK, 0, ticket_issued.ref_ms),
                                                   FIELD("booking", U32, 0, ticket_issued.booking),
                                                   FIELD("person", U32, 0, ticket_issued.person),
                                                   FIELD("window", U16, 0, ticket_issued.window),
                                                   FIELD("clerk", U16, 0, ticket_issued.clerk),
                                                   FIELD("reason", WORDS, 0, ticket_issued.reason),
                                                   END};
static const struct field event_ticket_called[] = {
    FIELD("number", NUMBER, FIRST, ticket_called.number),
    FIELD("window", U16, REQ, ticket_called.window),
    FIELD("clerk", U16, 0, ticket_called.clerk),
    FIELD("waited", DURATION, 0, ticket_called.waited_ms),
    NAMED("rule", rule_names, 0, ticket_called.rule),
    FIELD("reason", WORDS, 0, ticket_called.reason),
    FIELD("candidates", CANDIDATES, 0, ticket_called.candidates),
    END};
static const struct field event_ticket_recalled[] = {FIELD("number", NUMBER, FIRST, ticket_recalled.number),
                                                     FIELD("window", U16, REQ, ticket_recalled.window), END};
static const struct field event_service_started[] = {FIELD("number", NUMBER, FIRST, service_started.number),
                                                     FIELD("window", U16, REQ, service_started.window), END};
static const struct field event_service_finished[] = {
    FIELD("number", NUMBER, FIRST, service_finished.number),
    FIELD("window", U16, REQ, service_finished.window),
    FIELD("clerk", U16, 0, service_finished.clerk),
    FIELD("served", DURATION, 0, service_finished.served_ms),
    FIELD("done", BITS32, 0, service_finished.done),
    END};
static const struct field event_ticket_requeued[] = {FIELD("number", NUMBER, FIRST, ticket_requeued.number),
                                                     FIELD("ref", CLOCK, 0, ticket_requeued.ref_ms),
                                                     NAMED("class", class_names, 0, ticket_requeued.class),
                                                     FIELD("window", U16, 0, ticket_requeued.window), END};
static const struct field event_ticket_missed[] = {FIELD("number", NUMBER, FIRST, ticket_missed.number),
                                                   FIELD("window", U16, REQ, ticket_missed.window), END};
static const struct field event_ticket_rejoined[] = {
    FIELD("number", NUMBER, FIRST, ticket_rejoined.number), FIELD("ref", CLOCK, 0, ticket_rejoined.ref_ms),
    NAMED("class", class_names, 0, ticket_rejoined.class), END};
static const struct field event_ticket_held[] = {FIELD("number", NUMBER, FIRST, ticket_held.number),
                                                 FIELD("window", U16, REQ, ticket_held.window),
                                                 FIELD("reason", WORDS, 0, ticket_held.reason), END};
static const struct field event_ticket_resumed[] = {FIELD("number", NUMBER, FIRST, ticket_resumed.number),
                                                    FIELD("window", U16, 0, ticket_resumed.window), END};
static const struct field event_ticket_transferred[] = {
    FIELD("number", NUMBER, FIRST, ticket_transferred.number),
    FIELD("from", U16, REQ, ticket_transferred.from),
    FIELD("item", U16, 0, ticket_transferred.item),
    FIELD("window", U16, 0, ticket_transferred.window),
    FIELD("clerk", U16, 0, ticket_transferred.clerk),
    FIELD("return_to", U16, 0, ticket_transferred.return_to),
    NAMED("place", place_names, 0, ticket_transferred.place),
    FIELD("ref", CLOCK, 0, ticket_transferred.ref_ms),
    FIELD("reason", WORDS, 0, ticket_transferred.reason),
    END};
static const struct field event_item_added[] = {FIELD("number", NUMBER, FIRST, item_added.number),
                                                FIELD("item", U16, REQ, item_added.item), END};
static const struct field event_ticket_cancelled[] = {FIELD("number", NUMBER, FIRST, ticket_cancelled.number),
                                                      FIELD("reason", WORDS, 0, ticket_cancelled.reason),
                                                      END};
static const struct field event_ticket_granted[] = {FIELD("number", NUMBER, FIRST, ticket_granted.number),
                                                    NAMED("class", class_names, 0, ticket_granted.class),
                                                    FIELD("kind", U16, 0, ticket_granted.kind),
                                                    FIELD("reason", WORDS, 0, ticket_granted.reason), END};
static const struct field event_ticket_lapsed[] = {
    FIELD("number", NUMBER, FIRST, ticket_lapsed.number),
    NAMED("reason", lapse_reason_names, 0, ticket_lapsed.reason), END};
static const struct field event_ticket_rated[] = {FIELD("number", NUMBER, FIRST, ticket_rated.number),
                                                  NAMED("level", rating_names, REQ, ticket_rated.level),
                                                  FIELD("tags", BITS32, 0, ticket_rated.tags), END};
static const struct field event_act_undone[] = {FIELD("number", NUMBER, FIRST, act_undone.number),
                                                FIELD("window", U16, REQ, act_undone.window),
                                                NAMED("act", act_names, REQ, act_undone.act), END};
static const struct field event_wait_alarmed[] = {FIELD("number", NUMBER, FIRST, wait_alarmed.number),
                                                  FIELD("waited", DURATION, 0, wait_alarmed.waited_ms), END};
static const struct field event_booking_made[] = {FIELD("booking", U32, FIRST, booking_made.booking),
                                                  FIELD("item", U16, REQ, booking_made.item),
                                                  FIELD("date", DATE, REQ, booking_made.date),
                                                  FIELD("slot", MINUTE, REQ, booking_made.slot_min),
                                                  FIELD("person", U32, 0, booking_made.person),
                                                  NAMED("channel", channel_names, 0, booking_made.channel),
                                                  END};
static const struct field event_booking_cancelled[] = {
    FIELD("booking", U32, FIRST, booking_cancelled.booking), END};
static const struct field event_booking_missed[] = {FIELD("booking", U32, FIRST, booking_missed.booking),
                                                    FIELD("person", U32, 0, booking_missed.person),
                                                    FIELD("date", DATE, REQ, booking_missed.date), END};
static const struct field event_suspension_lifted[] = {FIELD("person", U32, FIRST, suspension_lifted.person),
                                                       FIELD("reason", WORDS, 0, suspension_lifted.reason),
                                                       END};
static const struct field event_miss_kept[] = {FIELD("person", U32, FIRST, miss_kept.person),
                                               FIELD("date", DATE, REQ, miss_kept.date), END};
static const struct field event_item_learned[] = {ITEM_LEARNED_ROWS(item_learned)};
static const struct field event_domain_learned[] = {DOMAIN_LEARNED_ROWS(domain_learned)};
static const struct field event_clerk_learned[] = {CLERK_LEARNED_ROWS(clerk_learned)};
static const struct field event_pair_set[] = {PAIR_SET_ROWS(pair_set)};
static const struct field event_break_planned[] = {BREAK_PLANNED_ROWS(break_planned)};
static const struct field event_breaks_cleared[] = {BREAKS_CLEARED_ROWS(breaks_cleared)};
static const struct field event_proposal_made[] = {
    FIELD("proposal", U32, FIRST, proposal_made.proposal),
    FIELD("window", U16, REQ, proposal_made.window),
    FIELD("before", BITS64, 0, proposal_made.before),
    FIELD("after", BITS64, 0, proposal_made.after),
    NAMED("trigger", trigger_names, REQ, proposal_made.trigger),
    NAMED("mode", allocation_mode_names, 0, proposal_made.mode),
    FIELD("oldest", NUMBER, 0, proposal_made.oldest),
    FIELD("gain", I32, 0, proposal_made.gain),
    FIELD("gain_error", I32, 0, proposal_made.gain_error),
    FIELD("changeovers", I32, 0, proposal_made.changeovers),
    FIELD("expires", CLOCK, 0, proposal_made.expires_ms),
    FIELD("seed", U64, 0, proposal_made.seed),
    FIELD("cycle", U32, 0, proposal_made.cycle),
    FIELD("effects", EFFECTS, 0, proposal_made.effects),
    END};
static const struct field event_proposal_answered[] = {
    FIELD("proposal", U32, FIRST, proposal_answered.proposal),
    FIELD("window", U16, 0, proposal_answered.window),
    NAMED("answer", answer_names, REQ, proposal_answered.answer),
    FIELD("reason", WORDS, 0, proposal_answered.reason), END};
static const struct field event_proposal_scored[] = {PROPOSAL_SCORED_ROWS(proposal_scored)};
static const struct field event_domain_covered[] = {FIELD("domain", U16, FIRST, domain_covered.domain),
                                                    FIELD("window", U16, REQ, domain_covered.window), END};
static const struct field event_cover_ended[] = {FIELD("domain", U16, FIRST, cover_ended.domain),
                                                 FIELD("window", U16, REQ, cover_ended.window), END};
static const struct field event_domain_uncovered[] = {FIELD("domain", U16, FIRST, domain_uncovered.domain),
                                                      FIELD("waiting", U32, 0, domain_uncovered.waiting),
                                                      END};
static const struct field event_wait_forecast[] = {WAIT_FORECAST_ROWS(wait_forecast)};
#undef BASE

/* ---- commands ---- */
#define BASE struct command
static const struct field command_set_policy[] = {POLICY_SET_ROWS(set_policy)};
static const struct field command_set_zone[] = {ZONE_SET_ROWS(set_zone)};
static const struct field command_set_domain[] = {DOMAIN_SET_ROWS(set_domain)};
static const struct field command_set_item[] = {ITEM_SET_ROWS(set_item)};
static const struct field command_set_window[] = {WINDOW_SET_ROWS(set_window)};
static const struct field command_set_kind[] = {KIND_SET_ROWS(set_kind)};
static const struct field command_set_clerk[] = {CLERK_SET_ROWS(set_clerk)};
static const struct field command_set_authorisation[] = {AUTHORISATION_SET_ROWS(set_authorisation)};
static const struct field command_set_week[] = {WEEK_SET_ROWS(set_week)};
static const struct field command_set_calendar[] = {CALENDAR_SET_ROWS(set_calendar)};
static const struct field command_post[] = {FIELD("window", U16, FIRST, post.window),
                                            FIELD("domains", BITS64, 0, post.domains), END};
static const struct field command_set_seed[] = {SEED_SET_ROWS(set_seed)};
static const struct field command_open_day[] = {FIELD("date", DATE, 0, open_day.date), END};
static const struct field command_close_day[] = {FIELD("anyway", BOOL, 0, close_day.anyway), END};
static const struct field command_issue[] = {FIELD("items", ITEMS, REQ, issue.items),
                                             FIELD("person", U32, 0, issue.person),
                                             FIELD("kind", U16, 0, issue.kind),
                                             NAMED("class", class_names, 0, issue.class),
                                             NAMED("channel", channel_names, 0, issue.channel),
                                             FIELD("window", U16, 0, issue.window),
                                             FIELD("clerk", U16, 0, issue.clerk),
                                             FIELD("number", NUMBER, 0, issue.number),
                                             FIELD("ref", CLOCK, 0, issue.ref_ms),
                                             FIELD("reason", WORDS, 0, issue.reason),
                                             END};
static const struct field command_check_in[] = {FIELD("booking", U32, REQ, check_in.booking),
                                                NAMED("channel", channel_names, 0, check_in.channel), END};
static const struct field command_book[] = {FIELD("item", U16, REQ, book.item),
                                            FIELD("date", DATE, REQ, book.date),
                                            FIELD("slot", MINUTE, REQ, book.slot_min),
                                            FIELD("person", U32, 0, book.person),
                                            NAMED("channel", channel_names, 0, book.channel),
                                            END};
static const struct field command_cancel_booking[] = {FIELD("booking", U32, REQ, cancel_booking.booking),
                                                      END};
static const struct field command_lift_suspension[] = {FIELD("person", U32, REQ, lift_suspension.person),
                                                       FIELD("reason", WORDS, 0, lift_suspension.reason),
                                                       END};
static const struct field command_start_duty[] = {FIELD("window", U16, REQ, start_duty.window),
                                                  FIELD("clerk", U16, REQ, start_duty.clerk),
                                                  FIELD("takeover", BOOL, 0, start_duty.takeover), END};
static const struct field command_end_duty[] = {FIELD("window", U16, REQ, end_duty.window), END};
static const struct field command_pause[] = {FIELD("window", U16, REQ, pause.window),
                                             NAMED("reason", pause_reason_names, 0, pause.reason),
                                             FIELD("until", CLOCK, 0, pause.until_ms), END};
static const struct field command_unpause[] = {FIELD("window", U16, REQ, unpause.window), END};
static const struct field command_call[] = {FIELD("window", U16, REQ, call.window), END};
static const struct field command_call_number[] = {FIELD("number", NUMBER, REQ, call_number.number),
                                                   FIELD("window", U16, REQ, call_number.window),
                                                   FIELD("reason", WORDS, 0, call_number.reason), END};
static const struct field command_recall[] = {FIELD("window", U16, REQ, recall.window), END};
static const struct field command_start[] = {FIELD("window", U16, REQ, start.window), END};
static const struct field command_finish[] = {FIELD("window", U16, REQ, finish.window), END};
static const struct field command_no_show[] = {FIELD("window", U16, REQ, no_show.window), END};
static const struct field command_hold[] = {FIELD("window", U16, REQ, hold.window),
                                            FIELD("reason", WORDS, 0, hold.reason), END};
static const struct field command_resume[] = {FIELD("number", NUMBER, REQ, resume.number),
                                              FIELD("window", U16, REQ, resume.window),
                                              FIELD("to_waiting", BOOL, 0, resume.to_waiting), END};
static const struct field command_transfer[] = {FIELD("window", U16, REQ, transfer.window),
                                                FIELD("item", U16, 0, transfer.item),
                                                FIELD("to_window", U16, 0, transfer.to_window),
                                                FIELD("to_clerk", U16, 0, transfer.to_clerk),
                                                NAMED("place", place_names, 0, transfer.place),
                                                FIELD("after", U16, 0, transfer.after),
                                                FIELD("returns", BOOL, 0, transfer.returns),
                                                FIELD("reason", WORDS, 0, transfer.reason),
                                                END};
static const struct field command_add_item[] = {FIELD("window", U16, REQ, add_item.window),
                                                FIELD("item", U16, REQ, add_item.item), END};
static const struct field command_undo[] = {FIELD("window", U16, REQ, undo.window), END};
static const struct field command_rejoin[] = {FIELD("number", NUMBER, REQ, rejoin.number), END};
static const struct field command_cancel[] = {FIELD("number", NUMBER, REQ, cancel.number),
                                              FIELD("reason", WORDS, 0, cancel.reason), END};
static const struct field command_grant[] = {
    FIELD("number", NUMBER, REQ, grant.number), FIELD("kind", U16, 0, grant.kind),
    NAMED("class", class_names, 0, grant.class), FIELD("reason", WORDS, 0, grant.reason), END};
static const struct field command_rate[] = {FIELD("number", NUMBER, REQ, rate.number),
                                            NAMED("level", rating_names, REQ, rate.level),
                                            FIELD("tags", BITS32, 0, rate.tags), END};
static const struct field command_tick[] = {END};
static const struct field command_learn_item[] = {ITEM_LEARNED_ROWS(learn_item)};
static const struct field command_learn_domain[] = {DOMAIN_LEARNED_ROWS(learn_domain)};
static const struct field command_learn_clerk[] = {CLERK_LEARNED_ROWS(learn_clerk)};
static const struct field command_set_pair[] = {PAIR_SET_ROWS(set_pair)};
static const struct field command_plan_break[] = {BREAK_PLANNED_ROWS(plan_break)};
static const struct field command_clear_breaks[] = {BREAKS_CLEARED_ROWS(clear_breaks)};
static const struct field command_propose[] = {FIELD("window", U16, REQ, propose.window),
                                               FIELD("after", BITS64, 0, propose.after),
                                               NAMED("trigger", trigger_names, REQ, propose.trigger),
                                               FIELD("oldest", NUMBER, 0, propose.oldest),
                                               FIELD("gain", I32, 0, propose.gain),
                                               FIELD("gain_error", I32, 0, propose.gain_error),
                                               FIELD("changeovers", I32, 0, propose.changeovers),
                                               FIELD("seed", U64, 0, propose.seed),
                                               FIELD("cycle", U32, 0, propose.cycle),
                                               FIELD("effects", EFFECTS, 0, propose.effects),
                                               END};
static const struct field command_answer_proposal[] = {
    FIELD("proposal", U32, FIRST, answer_proposal.proposal),
    NAMED("answer", answer_names, REQ, answer_proposal.answer),
    FIELD("reason", WORDS, 0, answer_proposal.reason), END};
static const struct field command_score_proposal[] = {PROPOSAL_SCORED_ROWS(score_proposal)};
static const struct field command_forecast_ticket[] = {WAIT_FORECAST_ROWS(forecast_ticket)};
#undef BASE

struct kind_row {
    const char *name;
    const struct field *fields;
};

static const struct kind_row event_rows[] = {
#define X(name, wire, member) {wire, event_##member},
    EVENTS(X)
#undef X
};

static const struct kind_row command_rows[] = {
#define X(name, wire, member, type) {wire, command_##member},
    COMMANDS(X)
#undef X
};

const char *event_name(enum event_kind kind)
{
    return event_rows[kind].name;
}

const char *command_name(enum command_kind kind)
{
    return command_rows[kind].name;
}

const struct field *event_fields(enum event_kind kind)
{
    return event_rows[kind].fields;
}

const struct field *command_fields(enum command_kind kind)
{
    return command_rows[kind].fields;
}

static unsigned find_kind(const struct kind_row *rows, unsigned count, const char *name, unsigned length)
{
    for (unsigned i = 0; i < count; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return i;
    return count;
}

enum event_kind event_find(const char *name, unsigned length)
{
    return (enum event_kind)find_kind(event_rows, EVENT_KINDS, name, length);
}

enum command_kind command_find(const char *name, unsigned length)
{
    return (enum command_kind)find_kind(command_rows, COMMAND_KINDS, name, length);
}

int name_find(const char *const *names, const char *text, size_t length)
{
    for (int i = 0; names[i]; i++)
        if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0)
            return i;
    return -1;
}
