/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/metrics.h"

#include <stdio.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "dispatcher/app/dispatcher.h"

static void put(struct text *out, const char *name, const char *type, const char *help, double value)
{
    text_printf(out, "# HELP evenhall_%s %s\n# TYPE evenhall_%s %s\nevenhall_%s %.15g\n", name, help, name,
                type, name, value);
}

static double resident_bytes(void)
{
    unsigned long long size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    if (fscanf(file, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void put_planning(const struct planning *planning, struct text *out)
{
    const struct planning_cycle *cycle = &planning->cycle;
    const struct planning_forecasts *forecasts = &planning->forecasts;
    put(out, "learning_behind", "gauge", "Events still to be learned from.",
        (double)learning_behind(&planning->learning));
    put(out, "planning_cycles_total", "counter", "Searches for better postings that came to an end.",
        (double)cycle->cycles);
    put(out, "planning_late_total", "counter", "Those not begun because the one before was still running.",
        (double)cycle->late);
    put(out, "planning_failed_total", "counter", "Those that failed.", (double)cycle->failed);
    put(out, "planning_proposals_total", "counter", "Proposals that the hall took.", (double)cycle->proposed);
    put(out, "planning_refused_total", "counter", "Proposals that the hall no longer allowed.",
        (double)cycle->refused);
    put(out, "planning_scene_seconds_last", "gauge", "What the last search took of the loop's time.",
        (double)cycle->scene_us_last / 1e6);
    put(out, "planning_scene_seconds_max", "gauge", "Longest of these since the start.",
        (double)cycle->scene_us_max / 1e6);
    put(out, "planning_seconds_last", "gauge", "Duration of the last search, in a thread of its own.",
        (double)cycle->took_us_last / 1e6);
    put(out, "planning_seconds_max", "gauge", "Longest of these since the start.",
        (double)cycle->took_us_max / 1e6);
    put(out, "forecast_rounds_total", "counter", "Rounds of forecasts that came to an end.",
        (double)forecasts->rounds);
    put(out, "forecast_failed_total", "counter", "Those that failed.", (double)forecasts->failed);
    put(out, "forecast_scene_seconds_last", "gauge", "What the last round took of the loop's time.",
        (double)forecasts->scene_us_last / 1e6);
    put(out, "forecast_scene_seconds_max", "gauge", "Longest of these since the start.",
        (double)forecasts->scene_us_max / 1e6);
    put(out, "forecast_seconds_last", "gauge", "Duration of the last round, in the worker's thread.",
        (double)forecasts->took_us_last / 1e6);
    put(out, "forecast_seconds_max", "gauge", "Longest of these since the start.",
        (double)forecasts->took_us_max / 1e6);
}

void metrics_write(struct dispatcher *d, struct text *out)
{
    const struct hall *hall = d->hall;
    const struct turn *turn = &d->turn;
    const struct line_stats *line = line_server_stats(&d->line_server);
    const struct http_stats *http = http_server_stats(&d->console_server);
    struct store_space space = {0};
    struct error error = {0};
    text_puts(
        out,
        "# HELP evenhall_tickets Tickets of the business day by state.\n# TYPE evenhall_tickets gauge\n");
    for (unsigned s = TICKET_WAITING; s < TICKET_STATES; s++)
        text_printf(out, "evenhall_tickets{state=\"%s\"} %u\n", ticket_state_names[s],
                    hall->counts.states[s]);
    put(out, "tickets_issued", "gauge", "Tickets issued this business day.", hall->counts.issued);
    put(out, "calls", "gauge", "Calls this business day.", hall->counts.calls);
    put(out, "bookings", "gauge", "Bookings that are still to come.", hall->booking_count);
    put(out, "day_open", "gauge", "1 while the business day is open.", hall->day_state == DAY_OPEN);
    put(out, "commands_total", "counter", "Commands asked for.", (double)turn->commands);
    put(out, "refusals_total", "counter", "Commands refused by the hall.", (double)turn->refusals);
    put(out, "repeats_total", "counter", "Repeated requests answered from the store.", (double)turn->repeats);
    put(out, "commits_total", "counter", "Transactions made durable.", (double)turn->commits);
    put(out, "commit_seconds_last", "gauge", "Duration of the last commit.",
        (double)turn->commit_us_last / 1e6);
    put(out, "commit_seconds_max", "gauge", "Longest commit since the start.",
        (double)turn->commit_us_max / 1e6);
    put(out, "events_stored", "counter", "Events in the log.", (double)store_last_seq(d->store));
    put(out, "device_connections", "gauge", "Devices connected.", (double)line->open_now);
    put(out, "device_frames_total", "counter", "Frames received from devices.", (double)line->frames_in);
    put(out, "device_refused_total", "counter", "Device connections refused.", (double)line->refused);
    put(out, "console_connections", "gauge", "Console connections.", (double)http->open_now);
    put(out, "console_streams", "gauge", "Event streams.", (double)http->streams_now);
    put(out, "console_requests_total", "counter", "Console requests.", (double)http->requests);
    put_planning(&d->planning, out);
    put(out, "uptime_seconds", "gauge", "Since the start.", (double)(clock_wall_ms() - d->started_ms) / 1e3);
    put(out, "resident_bytes", "gauge", "Memory in use.", resident_bytes());
    put(out, "storage_full", "gauge", "1 while no new numbers are issued for lack of space.", turn->full);
    if (store_space(d->store, &space, &error) == STATUS_OK) {
        put(out, "storage_free_bytes", "gauge", "Free space of the data folder.", (double)space.free_bytes);
        put(out, "storage_file_bytes", "gauge", "Size of the database.",
            (double)(space.file_bytes + space.wal_bytes));
        put(out, "storage_reserve_bytes", "gauge", "Space held back for a full disk.",
            (double)space.reserve_bytes);
    }
}
