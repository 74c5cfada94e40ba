/* SPDX-License-Identifier: MIT
 * Proposals, forecasts and load as JSON values for managers. PROTOCOL.md describes their members. All are
 * owned by the caller. */
#ifndef DISPATCHER_APP_PLANNING_VIEWS_H
#define DISPATCHER_APP_PLANNING_VIEWS_H

#include <jansson.h>

#include "dispatcher/app/planning_record.h"

struct planning;

/* open, accepted, rejected, expired, withdrawn, applied, reverted. */
const char *planning_proposal_state(const struct record_proposal *proposal);
json_t *planning_view_proposal(const struct record_proposal *proposal);

/* The last proposals that were scored: how many came out as predicted, and what they gained. */
json_t *planning_view_scoreboard(const struct planning_record *record);

/* A business day: its proposals, and the scoreboard as it stood. */
json_t *planning_view_proposals(const struct planning_record *record);

/* What people are told, and what is expected of the hall. */
json_t *planning_view_forecasts(const struct planning *planning);

/* How good the forecasts of a date were. */
json_t *planning_view_accuracy(const struct planning *planning, int32_t date);

/* What each window did within the last hour and today, for even load: busy time, standard minutes, services.
 */
json_t *planning_view_load(const struct hall *hall, int64_t now_ms);

#endif
