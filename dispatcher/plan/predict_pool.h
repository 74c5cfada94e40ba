/* SPDX-License-Identifier: MIT
 * A pool of servers in front of one line, as far as it can be known from a log: who waits, who serves and
 * since when, and what past events say about lengths, patience, pauses, skills and the order of calls. Nobody
 * tells the pool its rules; it learns them from what happened (queue mining), and old evidence fades, so that
 * it follows a rule that changes. predict_futures.h plays its futures.
 *
 * Learned:
 *   length     of a service: mean of its kind x factor of the server x one of the kind's last shapes
 *   patience   hazard of leaving per 10 s of waiting, by rank
 *   return     hazard of an idle server's next service while somebody waits, by how long it has been idle; so
 *              wrap-up, pauses and going home are one curve
 *   skills     the kinds that a server has lately served
 *   head start of a rank: each waiting guest has a hidden head start on the line (seconds of waiting that
 * count on top); its distribution by rank comes from whom servers took while others waited (online EM). A
 *              strict priority is a large head start, one line for all is none.
 *
 * Times are seconds from any fixed instant and never go back. Pure: no clock, no allocation, no randomness.
 */
#ifndef DISPATCHER_PLAN_PREDICT_POOL_H
#define DISPATCHER_PLAN_PREDICT_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "dispatcher/plan/predict_order.h"

enum {
    POOL_KINDS = 16, /* of service */
    POOL_RANKS = ORDER_RANKS,
    POOL_SERVERS = 256,
    POOL_WAITING_MAX = 1024,
    POOL_SHAPES = 2048, /* lengths remembered by kind */
    POOL_PATIENCE = 61, /* bins of 10 s; the last is open */
    POOL_RETURN = 14,   /* bins of idle time */
};

struct pool_guest {
    uint32_t id;
    double since_s;
    uint8_t kind, rank;
    float shift[ORDER_SHIFTS]; /* how likely each head start is */
};

struct pool_server {
    bool present, busy;
    uint8_t kind;   /* of the service going on, or the last one */
    double since_s; /* busy: began; else: ended */
    double factor_sum, factor_weight;
    double served[POOL_KINDS], served_all; /* fading day by day */
};

struct pool_kind {
    double length_sum, length_weight;
    unsigned count, next;
    float shapes[POOL_SHAPES]; /* length / (mean of the kind x factor of the server) */
};

struct pool {
    double now_s;
    unsigned waiting_count;
    struct pool_guest waiting[POOL_WAITING_MAX]; /* in order of arrival */
    struct pool_server servers[POOL_SERVERS];
    unsigned server_count; /* highest number seen + 1 */
    struct pool_kind kinds[POOL_KINDS];
    double left[POOL_RANKS][POOL_PATIENCE], stayed[POOL_RANKS][POOL_PATIENCE];
    double returned[POOL_RETURN], idle_s[POOL_RETURN];
    struct order order;
    double arrivals_per_s[POOL_RANKS]; /* of guests who had to wait; about the last 15 min */
};

/* An empty pool that believes a service to take about mean_s until it has seen some. */
void pool_init(struct pool *pool, double mean_s);

/* Time passes; the calls below do the same with their now_s. */
void pool_pass(struct pool *pool, double now_s);

/* Somebody begins to wait. Above POOL_WAITING_MAX nobody is added. */
void pool_join(struct pool *pool, double now_s, uint32_t id, uint8_t kind, uint8_t rank);

/* One of those waiting goes away unserved. Unknown ids are ignored here and below. */
void pool_leave(struct pool *pool, double now_s, uint32_t id);

/* A guest is called from the line; by whom (POOL_SERVERS: not known). */
void pool_call(struct pool *pool, double now_s, uint32_t id, unsigned server);

/* A service begins, of somebody from the line or not. */
void pool_start(struct pool *pool, double now_s, unsigned server, uint8_t kind, bool from_line);

/* It ends. began_s tells it from a later one of the same server. */
void pool_end(struct pool *pool, double now_s, unsigned server, uint8_t kind, double began_s);

/* Evidence of former days fades. */
void pool_close_day(struct pool *pool);

/* ---- what it knows ---- */

/* Mean length of the kind, seconds. */
double pool_length_s(const struct pool *pool, uint8_t kind);

/* The server's lengths against the mean; 1 for one not yet known. */
double pool_factor(const struct pool *pool, unsigned server);

/* Whether it has lately served the kind, or too little to tell. */
bool pool_may_serve(const struct pool *pool, unsigned server, uint8_t kind);

/* Hazard of leaving per 10 s in the bin of a wait. */
double pool_impatience(const struct pool *pool, uint8_t rank, unsigned bin);

/* Share of guests who would still be there after so long, 0..1. */
double pool_patience(const struct pool *pool, uint8_t rank, double wait_s);

/* Bin of an idle time; its upper end; its hazard per second. */
unsigned pool_return_bin(double idle_s);
double pool_return_end_s(unsigned bin);
double pool_return_hazard(const struct pool *pool, unsigned bin);

#endif
