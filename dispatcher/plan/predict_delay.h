/* SPDX-License-Identifier: MIT
 * Forecasts of a wait by formula, for comparison and for the time before anything has been learned. Each
 * takes what is seen the moment somebody comes and returns seconds (or the unit of what is passed in). Names
 * after Ibrahim and Whitt (2009, 2011): QL, LES, HOL, QLr. */
#ifndef DISPATCHER_PLAN_PREDICT_DELAY_H
#define DISPATCHER_PLAN_PREDICT_DELAY_H

struct delay_sight {
    unsigned waiting;    /* in line */
    unsigned ahead;      /* of them, those who will be called first by the rule known */
    unsigned busy;       /* servers serving now */
    unsigned capacity;   /* servers that count as on duty: served in the last minutes */
    double service_mean; /* over the past */
    double last_wait;    /* of the last one who entered service, who may have waited nothing */
    double head_wait;    /* so far, of the one in line who came first; 0 when nobody waits */
};

/* QL: everybody in line and oneself, shared by the servers that are busy. */
double delay_queue_length(const struct delay_sight *sight);

/* LES: the wait of the last one who entered service. */
double delay_last_entered(const struct delay_sight *sight);

/* HOL: how long the head of the line has waited. */
double delay_head_of_line(const struct delay_sight *sight);

/* QLr with priority: the work of those ahead and oneself over the capacity on duty. */
double delay_work_ahead(const struct delay_sight *sight);

#endif
