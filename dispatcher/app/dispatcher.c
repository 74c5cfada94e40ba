/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/dispatcher.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/wire/message.h"

enum { IDLE_MS = 200, IDLE_REST_MS = 5000 };

/* ---- timers and signals ---- */

static void on_turn(void *userdata)
{
    struct dispatcher *d = userdata;
    turn_end(&d->turn);
    topics_admit(&d->topics);
}

static void on_tick(void *userdata)
{
    struct dispatcher *d = userdata;
    turn_tick(&d->turn);
    if (!store_is_open(d->store))
        loop_timer_arm(&d->tick_timer, 1000);
}

static void on_beat(void *userdata)
{
    struct dispatcher *d = userdata;
    devices_beat(&d->devices, clock_wall_ms());
    web_end_streams(&d->web, clock_wall_ms());
    loop_timer_arm(&d->beat_timer, WIRE_BEAT_MS);
}

static void keep_retention(struct dispatcher *d, int64_t now_ms)
{
    struct store_retention_report report;
    struct error error = {0};
    if (now_ms - d->retention_ms < DAY_MS / 24)
        return;
    if (store_retention(d->store, now_ms, &report, &error) != STATUS_OK)
        log_warn("store", "retention: %s", error.text);
    else if (!report.more)
        d->retention_ms = now_ms;
}

static void on_idle(void *userdata)
{
    struct dispatcher *d = userdata;
    struct error error = {0};
    bool more = false;
    if (!store_is_open(d->store)) {
        keep_retention(d, clock_wall_ms());
        if (store_idle(d->store, clock_wall_ms(), &more, &error) != STATUS_OK)
            log_warn("store", "%s", error.text);
    }
    loop_timer_arm(&d->idle_timer, more ? IDLE_MS : IDLE_REST_MS);
}

static void on_signal(void *userdata)
{
    struct dispatcher *d = userdata;
    log_info("dispatcher", "stopping");
    loop_stop(&d->loop);
}

static void post_to_loop(worker_function *call, void *userdata, void *context)
{
    if (loop_post(context, call, userdata) != STATUS_OK)
        log_error("dispatcher", "a finished job could not be handed back");
}

/* ---- start ---- */

static void show_progress(const char *what, uint64_t done, uint64_t total, void *userdata)
{
    (void)userdata;
    log_info("store", "reading %s %llu of %llu", what, (unsigned long long)done, (unsigned long long)total);
}

static enum status open_store(struct dispatcher *d, struct error *error)
{
    char path[4096];
    struct store_load_report report;
    snprintf(path, sizeof path, "%s/hall.db", d->params.data);
    struct store_params params = {.path = path, .reserve_bytes = d->params.reserve_bytes};
    if (store_open_sqlite(&params, &d->store, error) != STATUS_OK)
        return error->status;
    if (store_load(d->store, d->hall, show_progress, NULL, &report, error) != STATUS_OK)
        return error->status;
    log_info("store", "opened events=%llu replayed=%llu took_ms=%lld", (unsigned long long)report.last_seq,
             (unsigned long long)(report.checkpoint_events + report.events),
             (long long)(report.took_us / 1000));
    if (clock_wall_ms() < report.last_ms - 60000)
        log_warn("dispatcher", "the clock is behind the last record: nothing is issued until it is set");
    return STATUS_OK;
}

static enum status read_catalogue(struct dispatcher *d, struct error *error)
{
    struct store_document document;
    struct text body = {0};
    enum status status = store_find_document(d->store, "catalogue", 0, &document, &body, error);
    if (status == STATUS_OK)
        status = catalogue_read_text((struct span){body.data, body.length}, document.version, &d->catalogue,
                                     error);
    if (status == STATUS_NOT_FOUND)
        error_set(error, status,
                  "%s/hall.db has no catalogue; import one with `evenhall-dispatcher import FOLDER`",
                  d->params.data);
    text_destroy(&body);
    return status;
}

/* The epoch rises with each start; the secret is made once. */
static enum status read_settings(struct dispatcher *d, struct error *error)
{
    struct text value = {0};
    char number[32];
    enum status status = store_find_setting(d->store, "epoch", &value, error);
    d->epoch = status == STATUS_OK ? strtoull(value.data, NULL, 10) + 1 : 1;
    snprintf(number, sizeof number, "%llu", (unsigned long long)d->epoch);
    text_clear(&value);
    status = store_put_setting(d->store, "epoch", span_of(number), error);
    if (status == STATUS_FULL) {
        log_warn("store", "%s", error->text); /* serve what can be served; the time makes the epoch rise */
        d->epoch = (uint64_t)clock_wall_ms();
        status = STATUS_OK;
    }
    if (status == STATUS_OK)
        status = store_find_setting(d->store, "secret", &value, error);
    if (status == STATUS_OK && sodium_base642bin(d->secret, sizeof d->secret, value.data, value.length, NULL,
                                                 NULL, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        status = error_set(error, STATUS_CORRUPT, "the hall's secret in the store is damaged");
    if (value.data)
        sodium_memzero(value.data, value.capacity);
    text_destroy(&value);
    return status;
}

static enum status write_ports(const struct dispatcher *d, struct error *error)
{
    char part[4096];
    if (!d->params.ports_file)
        return STATUS_OK;
    snprintf(part, sizeof part, "%s.part", d->params.ports_file);
    FILE *file = fopen(part, "w");
    if (!file)
        return error_set_errno(error, errno, "cannot write %s", part);
    fprintf(file, "device %u\nconsole %u\n", d->device_port, d->console_port);
    if (fclose(file) != 0 || rename(part, d->params.ports_file) != 0)
        return error_set_errno(error, errno, "cannot write %s", d->params.ports_file);
    return STATUS_OK;
}

static void set_farewells(struct line_params *params, char texts[][256])
{
    static const struct {
        enum line_reason reason;
        enum wire_code code;
    } rows[] = {
        {LINE_FRAME_TOO_LONG, WIRE_ERROR_FRAME_TOO_LARGE},
        {LINE_FRAME_TOO_SLOW, WIRE_ERROR_FRAME_TOO_SLOW},
        {LINE_IDLE, WIRE_ERROR_HELLO_FIRST},
        {LINE_STOPPING, WIRE_ERROR_GONE},
        {LINE_REFUSED_FULL, WIRE_ERROR_TOO_MANY_CONNECTIONS},
        {LINE_REFUSED_RATE, WIRE_ERROR_TOO_MANY_CONNECTIONS},
        {LINE_REFUSED_ADDRESS, WIRE_ERROR_TOO_MANY_CONNECTIONS},
        {LINE_REFUSED_BANNED, WIRE_ERROR_BANNED},
        {LINE_READER_TOO_SLOW, WIRE_ERROR_TOO_MANY_REQUESTS},
        {LINE_APP_CLOSED, WIRE_ERROR_GONE},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire_error error = wire_error_of(rows[i].code);
        struct text frame = {0};
        wire_error_write(&frame, 0, &error);
        snprintf(texts[i], 256, "%.*s", frame.length ? (int)frame.length - 1 : 0,
                 frame.data ? frame.data : "");
        params->farewells[rows[i].reason] = texts[i];
        text_destroy(&frame);
    }
}

static enum status start_listeners(struct dispatcher *d, struct error *error)
{
    struct line_params line = {.bans = &d->devices.bans,
                               .frame_bytes_max = WIRE_FRAME_MAX - 1,
                               .frames_per_s = 500,
                               .frames_burst = 1000};
    set_farewells(&line, d->farewells);
    if (line_server_init(&d->line_server, &d->loop, &line, &devices_callbacks, d, error) != STATUS_OK)
        return error->status;
    if (http_server_init(&d->console_server, &d->loop, NULL, web_handle, d, error) != STATUS_OK)
        return error->status;
    if (line_server_listen(&d->line_server, d->params.host, d->params.device_port, &d->device_port, error) !=
            STATUS_OK ||
        http_server_listen(&d->console_server, d->params.host, d->params.console_port, &d->console_port,
                           error) != STATUS_OK)
        return error->status;
    return write_ports(d, error);
}

static enum status start_timers(struct dispatcher *d)
{
    if (loop_timer_init(&d->tick_timer, &d->loop, on_tick, d) != STATUS_OK ||
        loop_timer_init(&d->beat_timer, &d->loop, on_beat, d) != STATUS_OK ||
        loop_timer_init(&d->idle_timer, &d->loop, on_idle, d) != STATUS_OK ||
        loop_signal_init(&d->sigint, &d->loop, SIGINT, on_signal, d) != STATUS_OK ||
        loop_signal_init(&d->sigterm, &d->loop, SIGTERM, on_signal, d) != STATUS_OK)
        return STATUS_MEMORY;
    loop_timer_arm(&d->tick_timer, 0);
    loop_timer_arm(&d->beat_timer, WIRE_BEAT_MS);
    loop_timer_arm(&d->idle_timer, IDLE_REST_MS);
    loop_hook_add(&d->loop, LOOP_COMMIT, on_turn, d);
    return STATUS_OK;
}

static enum status start_all(struct dispatcher *d, struct error *error)
{
    d->hall = calloc(1, sizeof *d->hall);
    if (!d->hall)
        return error_set(error, STATUS_MEMORY, "no memory for the hall");
    if (open_store(d, error) != STATUS_OK || read_catalogue(d, error) != STATUS_OK ||
        read_settings(d, error) != STATUS_OK || loop_init(&d->loop, error) != STATUS_OK)
        return error->status;
    d->has_loop = true;
    if (worker_init(&d->worker, post_to_loop, &d->loop, error) != STATUS_OK)
        return error->status;
    d->has_worker = true;
    accounts_init(&d->accounts, d->store, &d->worker);
    turn_init(&d->turn, d);
    topics_init(&d->topics, d);
    if (planning_init(&d->planning, d, &d->params.planning, error) != STATUS_OK)
        return error->status;
    if (devices_init(&d->devices, d, error) != STATUS_OK || web_init(&d->web, d, error) != STATUS_OK ||
        start_listeners(d, error) != STATUS_OK)
        return error->status;
    if (start_timers(d) != STATUS_OK || copying_init(&d->copying, d) != STATUS_OK)
        return error_set(error, STATUS_MEMORY, "no memory for timers");
    return STATUS_OK;
}

enum status dispatcher_start(struct dispatcher *d, const struct dispatcher_params *params,
                             struct error *error)
{
    memset(d, 0, sizeof *d);
    d->params = *params;
    d->started_ms = clock_wall_ms();
    if (start_all(d, error) == STATUS_OK)
        return STATUS_OK;
    dispatcher_stop(d);
    return error->status;
}

int dispatcher_serve(struct dispatcher *d)
{
    struct error error = {0};
    log_info("dispatcher", "serving devices=%s:%u consoles=http://%s:%u/", d->params.host, d->device_port,
             d->params.host, d->console_port);
    if (loop_run(&d->loop, &error) != STATUS_OK) {
        log_error("dispatcher", "%s", error.text);
        return 1;
    }
    if (d->exit_code)
        return d->exit_code;
    line_server_stop(&d->line_server);
    for (int i = 0; i < 20 && !line_server_is_idle(&d->line_server); i++)
        loop_turn(&d->loop, 50, &error);
    return 0;
}

void dispatcher_stop(struct dispatcher *d)
{
    struct error error = {0};
    if (d->has_loop) {
        loop_hook_remove(&d->loop, on_turn, d);
        copying_destroy(&d->copying);
        planning_destroy(&d->planning);
        loop_timer_destroy(&d->tick_timer);
        loop_timer_destroy(&d->beat_timer);
        loop_timer_destroy(&d->idle_timer);
        loop_signal_destroy(&d->sigint);
        loop_signal_destroy(&d->sigterm);
    }
    if (d->has_worker)
        worker_destroy(&d->worker);
    if (d->line_server.loop)
        line_server_destroy(&d->line_server);
    if (d->console_server.loop)
        http_server_destroy(&d->console_server);
    web_destroy(&d->web);
    devices_destroy(&d->devices);
    topics_destroy(&d->topics);
    turn_destroy(&d->turn);
    accounts_destroy(&d->accounts);
    if (d->has_loop)
        loop_destroy(&d->loop);
    catalogue_destroy(&d->catalogue);
    if (store_close(d->store, &error) != STATUS_OK)
        log_warn("store", "%s", error.text);
    free(d->hall);
    sodium_memzero(d->secret, sizeof d->secret);
    d->store = NULL;
    d->hall = NULL;
}
