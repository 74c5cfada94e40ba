/* SPDX-License-Identifier: MIT
 * Forecasting every wait of a call centre's log at the arrival instant, as if live. The log is walked once,
 * in order of time. At an arrival in second t the following is known, and nothing else:
 *   - the customer's kind, priority and the fact that they have to wait;
 *   - everybody in line: kind, priority, since when (arrivals of the same second count as earlier in file
 * order);
 *   - what every server does: serving which kind since when, or idle since when. What happens in second t
 * itself (calls, ends of service) counts as not yet known;
 *   - all that ended before: lengths, waits, who gave up after how long.
 * Not known: how long a service going on will last, who will give up, who will come, which server will pause.
 * Each forecaster says the median and the P90, then (when the wait has ended) learns from it; daily factors
 * and trees change between days only. Judged are those who waited (wait_s > 0) and reached an agent;
 * everybody else is state. */
#ifndef DISPATCHER_SIM_TRACE_BANK_WALK_H
#define DISPATCHER_SIM_TRACE_BANK_WALK_H

#include "dispatcher/plan/predict_wait.h"
#include "dispatcher/sim/trace_bank.h"

enum bank_forecaster {
    BANK_QUEUE_LENGTH,
    BANK_LAST_ENTERED,
    BANK_HEAD_OF_LINE,
    BANK_WORK_AHEAD,
    BANK_FUTURES,
    BANK_OURS_ONCE, /* trees fitted once, on the days for fitting; absent without such days */
    BANK_OURS,      /* trees grown anew as days go by */
    BANK_FORECASTERS
};

/* A short name, English. */
const char *bank_forecaster_name(enum bank_forecaster forecaster);

struct bank_judged {
    const struct bank_call *call;
    struct wait_quantiles forecast[BANK_FORECASTERS]; /* seconds */
};

/* Told of each judged call when its wait has ended. */
typedef void bank_judge(const struct bank_judged *judged, void *userdata);

struct bank_walk_params {
    int32_t judge_from; /* first day that is judged; days before it are for fitting */
    unsigned futures;   /* simulated at each arrival */
    bank_judge *judge;
    void *userdata;
};

struct bank_learned { /* what the log said by its end */
    double service_mean_s[POOL_KINDS], head_start_s[POOL_RANKS];
    size_t ranks[POOL_RANKS];         /* customers who waited */
    double factor_median, factor_p90; /* conformal, of ours */
    unsigned fits;
};

/* False: out of memory. learned may be NULL. */
bool bank_walk(const struct bank_trace *trace, const struct bank_walk_params *params,
               struct bank_learned *learned);

#endif
