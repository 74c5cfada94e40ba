/* SPDX-License-Identifier: MIT
 * A call centre's log, ticket by ticket. Columns:
 *
 *   yymmdd     day; yy below 70 is 20yy
 *   arrival_s  second of that day when the customer came to the line (0 .. 86399); days and arrivals in order
 *   service    kind of service, a short code
 *   priority   0 .. 7
 *   outcome    AGENT (reached one), HANG (gave up), PHANTOM (never really was; left out)
 *   start_s    when the service began: second of the day; -1: never
 *   end_s      when it ended; past midnight counted from 0 again; -1: never
 *   wait_s     seconds in line; 0: served at once
 *   service_s  seconds of service; may be 0
 *   server     a name, or empty
 *
 * Odd but real, and therefore read: an AGENT without a server's name (an exchange's own answering: nobody's
 * time is counted), start_s and end_s both 0 or -1 for somebody who reached an agent (not recorded), a start
 * that does not agree with arrival + wait (START_SLACK_S; the wait is believed), a HANG with seconds of
 * service (ignored). */
#ifndef DISPATCHER_SIM_TRACE_BANK_H
#define DISPATCHER_SIM_TRACE_BANK_H

#include <stdint.h>

#include "dispatcher/plan/predict_pool.h"
#include "dispatcher/sim/trace.h"

enum { BANK_NAME_MAX = 16, BANK_NO_SERVER = POOL_SERVERS, BANK_START_SLACK_S = 60 };

enum bank_outcome { BANK_AGENT, BANK_HANG, BANK_PHANTOM };

struct bank_call {
    int32_t day;      /* days since 1970 */
    int64_t arrive_s; /* seconds since 1970, local */
    int64_t start_s;  /* of the service; -1: none recorded */
    int32_t wait_s, service_s;
    uint16_t server; /* BANK_NO_SERVER: none named */
    uint8_t kind, rank, outcome;
};

struct bank_trace {
    struct bank_call *calls; /* owned; in order of arrival */
    size_t count, room;
    char kinds[POOL_KINDS][BANK_NAME_MAX];
    unsigned kind_count;
    char servers[POOL_SERVERS][BANK_NAME_MAX];
    unsigned server_count;
    size_t unrecorded, moved; /* services without times; starts that did not agree */
};

/* Reads a file behind what is there; it must not begin before the last call. On failure the calls read so far
 * stay. A zeroed struct is empty. */
enum status bank_read(struct bank_trace *trace, const char *path, struct error *error);
void bank_destroy(struct bank_trace *trace);

#endif
