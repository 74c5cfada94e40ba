/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_bank.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"

enum column { DAY, ARRIVAL, SERVICE, PRIORITY, OUTCOME, START, END, WAIT, LENGTH, SERVER };
enum { DAY_S = 86400, LENGTH_MAX_S = 4 * DAY_S };

static enum status read_day(const struct trace_line *line, int32_t *day, struct error *error)
{
    long number;
    if (line->fields[DAY].length != 6 || trace_whole(line, DAY, 0, 991231, &number, error) != STATUS_OK)
        return trace_refuse(line, DAY, error, "not a day of six digits, such as 990131");
    int year = (int)(number / 10000), month = (int)(number / 100 % 100), date = (int)(number % 100);
    year += year < 70 ? 2000 : 1900;
    if (!civil_is_valid(year, month, date))
        return trace_refuse(line, DAY, error, "there is no such day");
    *day = date_from_civil(year, month, date);
    return STATUS_OK;
}

static enum status read_outcome(const struct trace_line *line, uint8_t *outcome, struct error *error)
{
    static const char *const names[] = {"AGENT", "HANG", "PHANTOM"};
    for (uint8_t i = 0; i < 3; i++)
        if (span_equals(line->fields[OUTCOME], names[i])) {
            *outcome = i;
            return STATUS_OK;
        }
    return trace_refuse(line, OUTCOME, error, "it is AGENT, HANG or PHANTOM");
}

/* The number of a name in a table, which grows; most when the table is full. */
static unsigned name_number(char (*names)[BANK_NAME_MAX], unsigned *count, unsigned most, const char *name)
{
    for (unsigned i = 0; i < *count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    if (*count == most)
        return most;
    memcpy(names[*count], name, BANK_NAME_MAX);
    return (*count)++;
}

static enum status read_names(struct bank_trace *trace, const struct trace_line *line, struct bank_call *call,
                              struct error *error)
{
    char kind[BANK_NAME_MAX] = {0}, server[BANK_NAME_MAX] = {0};
    if (trace_text(line, SERVICE, false, kind, sizeof kind, error) != STATUS_OK ||
        trace_text(line, SERVER, true, server, sizeof server, error) != STATUS_OK)
        return error->status;
    unsigned number = name_number(trace->kinds, &trace->kind_count, POOL_KINDS, kind);
    if (number == POOL_KINDS)
        return trace_refuse(line, SERVICE, error, "more than %d kinds of service", POOL_KINDS);
    call->kind = (uint8_t)number;
    call->server = BANK_NO_SERVER;
    if (!server[0])
        return STATUS_OK;
    number = name_number(trace->servers, &trace->server_count, POOL_SERVERS, server);
    if (number == POOL_SERVERS)
        return trace_refuse(line, SERVER, error, "more than %d servers", POOL_SERVERS);
    call->server = (uint16_t)number;
    return STATUS_OK;
}

/* When the service really began, from what the log says; wait and length are believed before start and end.
 */
static void settle_start(struct bank_trace *trace, struct bank_call *call, long start, long end)
{
    int64_t called = call->arrive_s + call->wait_s;
    call->start_s = -1;
    if (call->outcome != BANK_AGENT)
        return;
    if (start <= 0 && end <= 0) {
        trace->unrecorded++;
        return;
    }
    int64_t at = call->arrive_s - call->arrive_s % DAY_S + start;
    while (at < called - DAY_S / 2) /* past midnight */
        at += DAY_S;
    if (at < called - BANK_START_SLACK_S || at > called + BANK_START_SLACK_S) {
        trace->moved++;
        at = called;
    }
    call->start_s = at;
}

static enum status keep_call(struct bank_trace *trace, const struct trace_line *line,
                             const struct bank_call *call, struct error *error)
{
    if (trace->count) {
        const struct bank_call *last = &trace->calls[trace->count - 1];
        if (call->day < last->day)
            return trace_refuse(line, DAY, error, "the day lies before that of the call before it");
        if (call->arrive_s < last->arrive_s)
            return trace_refuse(line, ARRIVAL, error, "it lies before the arrival of the call before it");
    }
    if (trace->count == trace->room) {
        size_t room = trace->room ? trace->room * 2 : 4096;
        struct bank_call *bigger = realloc(trace->calls, room * sizeof *bigger);
        if (!bigger)
            return error_set(error, STATUS_MEMORY, "out of memory for the calls of %s", line->path);
        trace->calls = bigger;
        trace->room = room;
    }
    trace->calls[trace->count++] = *call;
    return STATUS_OK;
}

static enum status take_line(const struct trace_line *line, void *userdata, struct error *error)
{
    struct bank_trace *trace = userdata;
    struct bank_call call = {0};
    long arrival, rank, start, end, wait, length;
    if (read_day(line, &call.day, error) != STATUS_OK ||
        trace_whole(line, ARRIVAL, 0, DAY_S - 1, &arrival, error) != STATUS_OK ||
        trace_whole(line, PRIORITY, 0, POOL_RANKS - 1, &rank, error) != STATUS_OK ||
        read_outcome(line, &call.outcome, error) != STATUS_OK ||
        trace_whole(line, START, -1, 2 * DAY_S, &start, error) != STATUS_OK ||
        trace_whole(line, END, -1, 2 * DAY_S, &end, error) != STATUS_OK ||
        trace_whole(line, WAIT, 0, DAY_S, &wait, error) != STATUS_OK ||
        trace_whole(line, LENGTH, 0, LENGTH_MAX_S, &length, error) != STATUS_OK ||
        read_names(trace, line, &call, error) != STATUS_OK)
        return error->status;
    if ((start < 0) != (end < 0))
        return trace_refuse(line, start < 0 ? START : END, error,
                            "-1 (never) stands only where both start_s and end_s have it");
    call.arrive_s = (int64_t)call.day * DAY_S + arrival;
    call.wait_s = (int32_t)wait;
    call.service_s = (int32_t)length;
    call.rank = (uint8_t)rank;
    settle_start(trace, &call, start, end);
    return keep_call(trace, line, &call, error);
}

enum status bank_read(struct bank_trace *trace, const char *path, struct error *error)
{
    return trace_read(path, TRACE_BANK, take_line, trace, error);
}

void bank_destroy(struct bank_trace *trace)
{
    free(trace->calls);
    *trace = (struct bank_trace){0};
}
