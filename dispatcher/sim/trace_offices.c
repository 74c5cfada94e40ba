/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/trace_offices.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/sim/stage.h"

enum column { OFFICE, QUEUE_ID, SERVICE, DATE, MINUTE, WINDOWS, WAITING, CALLED, ARRIVED, PUBLISHED };

static enum status no_memory(const struct trace_line *line, struct error *error)
{
    return error_set(error, STATUS_MEMORY, "out of memory for the lines of %s", line->path);
}

static enum status find_office(struct offices_trace *trace, const struct trace_line *line, unsigned *number,
                               struct error *error)
{
    char name[OFFICE_NAME_MAX] = {0};
    if (trace_text(line, OFFICE, false, name, sizeof name, error) != STATUS_OK)
        return error->status;
    if (!trace->offices && !(trace->offices = calloc(OFFICES_MAX, sizeof *trace->offices)))
        return no_memory(line, error);
    for (*number = 0; *number < trace->office_count; ++*number)
        if (strcmp(trace->offices[*number].name, name) == 0)
            return STATUS_OK;
    if (trace->office_count == OFFICES_MAX)
        return trace_refuse(line, OFFICE, error, "more than %d offices", OFFICES_MAX);
    memcpy(trace->offices[trace->office_count++].name, name, sizeof name);
    return STATUS_OK;
}

static enum status find_queue(struct office_names *office, const struct trace_line *line, unsigned *number,
                              struct error *error)
{
    struct office_queue queue = {0};
    if (trace_text(line, QUEUE_ID, false, queue.id, sizeof queue.id, error) != STATUS_OK ||
        trace_text(line, SERVICE, false, queue.service, sizeof queue.service, error) != STATUS_OK)
        return error->status;
    for (*number = 0; *number < office->queue_count; ++*number)
        if (strcmp(office->queues[*number].id, queue.id) == 0)
            return STATUS_OK;
    if (office->queue_count == OFFICE_QUEUES_MAX)
        return trace_refuse(line, QUEUE_ID, error, "more than %d queues in one office", OFFICE_QUEUES_MAX);
    office->queues[office->queue_count++] = queue;
    return STATUS_OK;
}

static enum status read_date(const struct trace_line *line, struct office_series *series, struct error *error)
{
    struct span date = line->fields[DATE];
    series->apart = date.length == 11 && date.data[10] == 'x';
    if (series->apart)
        date.length--;
    if (!date_read(date, &series->date))
        return trace_refuse(line, DATE, error, "not a date such as 2020-01-31 (an x may follow)");
    return STATUS_OK;
}

static bool is_same_day(const struct office_series *a, const struct office_series *b)
{
    return a->office == b->office && a->queue == b->queue && a->date == b->date && a->apart == b->apart;
}

/* The series that the line belongs to: the last one, or a new one. */
static enum status find_series(struct offices_trace *trace, const struct trace_line *line,
                               const struct office_series *wanted, struct error *error)
{
    if (trace->series_count && is_same_day(&trace->series[trace->series_count - 1], wanted))
        return STATUS_OK;
    for (size_t i = 0; i < trace->series_count; i++)
        if (is_same_day(&trace->series[i], wanted))
            return trace_refuse(line, DATE, error, "this queue's day has already been read further above");
    if (trace->series_count == trace->series_room) {
        size_t room = trace->series_room ? trace->series_room * 2 : 256;
        struct office_series *bigger = realloc(trace->series, room * sizeof *bigger);
        if (!bigger)
            return no_memory(line, error);
        trace->series = bigger;
        trace->series_room = room;
    }
    trace->series[trace->series_count] = *wanted;
    trace->series[trace->series_count++].from = trace->snap_count;
    return STATUS_OK;
}

static enum status keep_snap(struct offices_trace *trace, const struct trace_line *line,
                             const struct office_snap *snap, struct error *error)
{
    struct office_series *series = &trace->series[trace->series_count - 1];
    if (series->count && snap->minute <= trace->snaps[trace->snap_count - 1].minute)
        return trace_refuse(line, MINUTE, error, "it is not later than the snapshot before it");
    if (trace->snap_count == trace->snap_room) {
        size_t room = trace->snap_room ? trace->snap_room * 2 : 4096;
        struct office_snap *bigger = realloc(trace->snaps, room * sizeof *bigger);
        if (!bigger)
            return no_memory(line, error);
        trace->snaps = bigger;
        trace->snap_room = room;
    }
    trace->snaps[trace->snap_count++] = *snap;
    series->count++;
    return STATUS_OK;
}

static enum status take_line(const struct trace_line *line, void *userdata, struct error *error)
{
    struct offices_trace *trace = userdata;
    struct office_series series = {0};
    long minute, windows, waiting, called, arrived, published;
    if (find_office(trace, line, &series.office, error) != STATUS_OK ||
        find_queue(&trace->offices[series.office], line, &series.queue, error) != STATUS_OK ||
        read_date(line, &series, error) != STATUS_OK ||
        trace_whole(line, MINUTE, 0, 1439, &minute, error) != STATUS_OK ||
        trace_count(line, WINDOWS, 999, &windows, error) != STATUS_OK ||
        trace_count(line, WAITING, 9999, &waiting, error) != STATUS_OK ||
        trace_count(line, CALLED, 9999, &called, error) != STATUS_OK ||
        trace_count(line, ARRIVED, 9999, &arrived, error) != STATUS_OK ||
        trace_count(line, PUBLISHED, 9999, &published, error) != STATUS_OK ||
        find_series(trace, line, &series, error) != STATUS_OK)
        return error->status;
    struct office_snap snap = {(uint16_t)minute, (uint16_t)windows, (uint16_t)waiting, (uint16_t)called,
                               (uint16_t)arrived};
    return keep_snap(trace, line, &snap, error);
}

enum status offices_read(struct offices_trace *trace, const char *path, struct error *error)
{
    return trace_read(path, TRACE_OFFICES, take_line, trace, error);
}

void offices_destroy(struct offices_trace *trace)
{
    free(trace->offices);
    free(trace->series);
    free(trace->snaps);
    *trace = (struct offices_trace){0};
}
