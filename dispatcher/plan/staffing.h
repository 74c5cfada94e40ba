/* SPDX-License-Identifier: MIT
 * How many windows a load needs, by formula: Erlang's delay formula for M/M/s and the square-root rule
 * (Halfin & Whitt 1981). First guesses only: what is planned is judged by simulation.
 *
 * The load is in windows: arrivals in a time times mean handling time over that time. */
#ifndef DISPATCHER_PLAN_STAFFING_H
#define DISPATCHER_PLAN_STAFFING_H

/* Chance that somebody has to wait at all with so many windows (Erlang C); 1 when the load is too much. */
double staffing_delay(unsigned windows, double load);

/* Mean wait of everybody in units of the mean handling time; infinite when the load is too much. */
double staffing_wait(unsigned windows, double load);

/* Chance of having to wait under the square-root rule with this beta (> 0), for many windows; and the beta
 * that gives a chance (between 0 and 1, both excluded). */
double staffing_delay_of_beta(double beta);
double staffing_beta(double delay);

/* Windows by the square-root rule, load + beta * sqrt(load), rounded up; 0 without load. */
unsigned staffing_windows(double load, double beta);

/* The least number of windows with a mean wait of at most `wait` (> 0, in mean handling times). */
unsigned staffing_windows_for(double load, double wait);

#endif
