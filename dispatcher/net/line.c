/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/line.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/net/line_inside.h"

enum {
    ACCEPTS_PER_TURN = 32,
    REFUSED_MAX = 32, /* refused connections that may say farewell at the same time */
    SLOT_BITS = 20,   /* of an id */
    SWEEP_MS_MIN = 5,
    SWEEP_MS_MAX = 250
};

struct line_listener {
    struct line_listener *next;
    struct line_server *server;
    struct event *acceptable; /* owned */
    int fd;                   /* owned */
    uint16_t port;
    bool is_paused; /* out of descriptors or memory: tried again at the next sweep */
};

const char *line_reason_name(enum line_reason reason)
{
    static const char *const names[] = {
#define X(name, text) text,
        LINE_REASONS(X)
#undef X
    };
    assert((size_t)reason < LINE_REASON_COUNT);
    return names[reason];
}

/* Parameters. */

static void default_size(size_t *field, size_t value)
{
    if (*field == 0)
        *field = value;
}

static void default_int(int *field, int value)
{
    if (*field == 0)
        *field = value;
}

static void default_unsigned(unsigned *field, unsigned value)
{
    if (*field == 0)
        *field = value;
}

static void fill_defaults(struct line_params *params)
{
    default_size(&params->connections_max, 1024);
    default_unsigned(&params->accepts_per_s, 500);
    default_unsigned(&params->accepts_burst, 1000);
    default_size(&params->frame_bytes_max, 65536);
    default_int(&params->frame_ms_max, 5000);
    default_unsigned(&params->frames_per_s, 200);
    default_unsigned(&params->frames_burst, 400);
    default_unsigned(&params->frames_per_turn, 64);
    default_size(&params->output_bytes_max, (size_t)1024 * 1024);
    default_int(&params->output_ms_max, 5000);
    default_int(&params->peer_ms_max, 5000);
    assert(params->connections_max <= 65535);
}

/* Deadlines are looked at about ten times within the shortest of them. */
static void sweep_for(struct line_server *server, int limit_ms)
{
    int sweep_ms = limit_ms / 10 < SWEEP_MS_MIN ? SWEEP_MS_MIN : limit_ms / 10;
    if (limit_ms > 0 && sweep_ms < server->sweep_ms)
        server->sweep_ms = sweep_ms;
}

/* Slots. */

static struct line_conn *slot_take(struct line_server *server, int fd)
{
    if (server->conn_count == server->slot_count) {
        close(fd);
        return NULL;
    }
    struct line_conn *conn = line_conn_create(server, fd);
    if (conn == NULL)
        return NULL;
    while (server->slots[server->slot_next] != NULL)
        server->slot_next = (server->slot_next + 1) % server->slot_count;
    conn->slot = server->slot_next;
    conn->id = ++server->last_number << SLOT_BITS | conn->slot;
    server->slots[conn->slot] = conn;
    server->conn_count++;
    server->slot_next = (server->slot_next + 1) % server->slot_count;
    if (!loop_timer_is_armed(&server->sweep))
        loop_timer_arm(&server->sweep, server->sweep_ms);
    return conn;
}

static void slot_free(struct line_conn *conn)
{
    conn->server->slots[conn->slot] = NULL;
    conn->server->conn_count--;
    line_conn_free(conn);
}

/* Turns. */

static void on_turn_end(void *userdata)
{
    struct line_server *server = userdata;
    server->flushed_turn = loop_turn_count(server->loop);
    struct line_conn *batch;
    /* closed() callbacks may queue more output, so until nothing is left. A connection that dies while it is
     * flushed comes back dirty once more. */
    while ((batch = server->dirty) != NULL) {
        server->dirty = batch->dirty_next;
        batch->is_dirty = false;
        if (batch->state == LINE_DEAD && !batch->is_hungry)
            slot_free(batch);
        else
            line_flush(batch);
    }
    if (server->hungry != NULL)
        event_active(server->feed_hungry, EV_TIMEOUT, 0);
}

static void on_feed_hungry(int fd, short what, void *userdata)
{
    (void)fd;
    (void)what;
    struct line_server *server = userdata;
    struct line_conn *conn = server->hungry;
    server->hungry = NULL;
    while (conn != NULL) {
        struct line_conn *next = conn->hungry_next;
        conn->is_hungry = false;
        if (conn->state == LINE_DEAD)
            line_mark_dirty(conn);
        else
            line_feed_leftover(conn);
        conn = next;
    }
}

static void on_sweep(void *userdata)
{
    struct line_server *server = userdata;
    int64_t now_ms = clock_mono_ms();
    for (size_t i = 0; i < server->slot_count; i++)
        if (server->slots[i] != NULL)
            line_sweep(server->slots[i], now_ms);
    bool has_paused = false;
    for (struct line_listener *listener = server->listeners; listener != NULL; listener = listener->next) {
        has_paused = has_paused || listener->is_paused;
        if (listener->is_paused)
            event_add(listener->acceptable, NULL);
        listener->is_paused = false;
    }
    if (server->conn_count > 0 || has_paused)
        loop_timer_arm(&server->sweep, server->sweep_ms);
}

/* Accepting. */

static size_t count_from(const struct line_server *server, const char *address)
{
    size_t count = 0;
    for (size_t i = 0; i < server->slot_count; i++) {
        const struct line_conn *conn = server->slots[i];
        if (conn != NULL && conn->was_opened && conn->state <= LINE_ENDING &&
            strcmp(conn->address, address) == 0)
            count++;
    }
    return count;
}

/* LINE_REASON_COUNT when the newcomer is welcome. */
static enum line_reason judge_newcomer(struct line_server *server, const char *address, int64_t now_ms)
{
    const struct line_params *params = &server->params;
    if (params->bans != NULL && ban_left_ms(params->bans, address, now_ms) > 0)
        return LINE_REFUSED_BANNED;
    if (!bucket_take(&server->accepts, params->accepts_per_s, params->accepts_burst, now_ms))
        return LINE_REFUSED_RATE;
    if (server->stats.open_now >= params->connections_max)
        return LINE_REFUSED_FULL;
    if (params->connections_per_address_max > 0 &&
        count_from(server, address) >= params->connections_per_address_max)
        return LINE_REFUSED_ADDRESS;
    return LINE_REASON_COUNT;
}

static void admit(struct line_server *server, struct line_conn *conn, int64_t now_ms)
{
    conn->was_opened = true;
    conn->frame_end_ms = conn->progress_ms = now_ms;
    conn->idle_ms_max = server->params.idle_ms_max;
    conn->frames_per_s = server->params.frames_per_s;
    conn->frames_burst = server->params.frames_burst;
    bucket_fill(&conn->frames, conn->frames_burst, now_ms);
    event_add(conn->readable, NULL);
    conn->is_reading = true;
    server->stats.accepted++;
    server->stats.open_now++;
    if (server->callbacks.opened != NULL)
        server->callbacks.opened(conn, server->userdata);
}

static void receive(struct line_listener *listener, int fd, const struct sockaddr *address)
{
    struct line_server *server = listener->server;
    int64_t now_ms = clock_mono_ms();
    char text[SOCKET_ADDRESS_BYTES];
    uint16_t port;
    socket_describe(address, text, &port);
    enum line_reason refusal = judge_newcomer(server, text, now_ms);
    if (refusal != LINE_REASON_COUNT) {
        server->stats.refused++;
        server->stats.ended[refusal]++;
    }
    struct line_conn *conn = slot_take(server, fd);
    if (conn == NULL)
        return; /* so many are being refused that this one gets no farewell */
    memcpy(conn->address, text, sizeof text);
    conn->peer_port = port;
    conn->listener_port = listener->port;
    if (refusal != LINE_REASON_COUNT)
        line_refuse(conn, refusal);
    else
        admit(server, conn, now_ms);
}

static void on_acceptable(int listening_fd, short what, void *userdata)
{
    (void)what;
    struct line_listener *listener = userdata;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        struct sockaddr_storage address = {0};
        socklen_t length = sizeof address;
        int fd = accept4(listening_fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            receive(listener, fd, (const struct sockaddr *)&address);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            log_warn("net", "accepting paused port=%u errno=%d", (unsigned)listener->port, errno);
            event_del(listener->acceptable);
            listener->is_paused = true;
            if (!loop_timer_is_armed(&listener->server->sweep))
                loop_timer_arm(&listener->server->sweep, listener->server->sweep_ms);
        }
        return;
    }
}

/* The server. */

enum status line_server_init(struct line_server *server, struct loop *loop, const struct line_params *params,
                             const struct line_callbacks *callbacks, void *userdata, struct error *error)
{
    *server = (struct line_server){.loop = loop, .callbacks = *callbacks, .userdata = userdata};
    if (params != NULL)
        server->params = *params;
    fill_defaults(&server->params);
    server->sweep_ms = SWEEP_MS_MAX;
    sweep_for(server, server->params.frame_ms_max);
    sweep_for(server, server->params.output_ms_max);
    sweep_for(server, server->params.idle_ms_max);
    server->slot_count = server->params.connections_max + REFUSED_MAX;
    bucket_fill(&server->accepts, server->params.accepts_burst, clock_mono_ms());
    server->slots = calloc(server->slot_count, sizeof(void *));
    server->scratch = malloc(LINE_READ_BYTES);
    server->feed_hungry = event_new(loop->base, -1, 0, on_feed_hungry, server);
    enum status status = loop_timer_init(&server->sweep, loop, on_sweep, server);
    loop_hook_add(loop, LOOP_FLUSH, on_turn_end, server);
    server->flushed_turn = loop_turn_count(loop);
    if (server->slots == NULL || server->scratch == NULL || server->feed_hungry == NULL ||
        status != STATUS_OK) {
        line_server_destroy(server);
        return error_set(error, STATUS_MEMORY, "no memory for a server of %zu connections",
                         server->params.connections_max);
    }
    return STATUS_OK;
}

enum status line_server_listen(struct line_server *server, const char *host, uint16_t port,
                               uint16_t *port_actual, struct error *error)
{
    struct line_listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL)
        return error_set(error, STATUS_MEMORY, "no memory for a listener");
    struct socket_options options = {server->params.peer_ms_max, server->params.send_buffer_bytes};
    enum status status = socket_listen(host, port, &options, &listener->fd, &listener->port, error);
    if (status != STATUS_OK) {
        free(listener);
        return status;
    }
    listener->server = server;
    listener->acceptable =
        event_new(server->loop->base, listener->fd, EV_READ | EV_PERSIST, on_acceptable, listener);
    if (listener->acceptable == NULL || event_add(listener->acceptable, NULL) != 0) {
        close(listener->fd);
        free(listener);
        return error_set(error, STATUS_MEMORY, "no memory for a listener");
    }
    listener->next = server->listeners;
    server->listeners = listener;
    if (port_actual != NULL)
        *port_actual = listener->port;
    return STATUS_OK;
}

static void stop_listening(struct line_server *server)
{
    while (server->listeners != NULL) {
        struct line_listener *listener = server->listeners;
        server->listeners = listener->next;
        event_free(listener->acceptable);
        close(listener->fd);
        free(listener);
    }
}

void line_server_stop(struct line_server *server)
{
    stop_listening(server);
    for (size_t i = 0; i < server->slot_count; i++)
        if (server->slots[i] != NULL)
            line_end(server->slots[i], LINE_STOPPING, NULL);
}

bool line_server_is_idle(const struct line_server *server)
{
    return server->conn_count == 0;
}

void line_server_destroy(struct line_server *server)
{
    loop_hook_remove(server->loop, on_turn_end, server);
    stop_listening(server);
    for (size_t i = 0; server->slots != NULL && i < server->slot_count; i++)
        if (server->slots[i] != NULL)
            line_conn_free(server->slots[i]);
    if (server->feed_hungry != NULL)
        event_free(server->feed_hungry);
    loop_timer_destroy(&server->sweep);
    free(server->slots);
    free(server->scratch);
}

const struct line_stats *line_server_stats(const struct line_server *server)
{
    return &server->stats;
}

void line_server_each(struct line_server *server, void (*callback)(struct line_conn *conn, void *userdata),
                      void *userdata)
{
    for (size_t i = 0; i < server->slot_count; i++)
        if (server->slots[i] != NULL && server->slots[i]->state == LINE_OPEN)
            callback(server->slots[i], userdata);
}

/* One connection. */

uint64_t line_id(const struct line_conn *conn)
{
    return conn->id;
}

struct line_conn *line_find(const struct line_server *server, uint64_t id)
{
    size_t slot = id & ((1u << SLOT_BITS) - 1);
    struct line_conn *conn = slot < server->slot_count ? server->slots[slot] : NULL;
    return conn != NULL && conn->id == id && conn->was_opened && conn->state <= LINE_ENDING ? conn : NULL;
}

void line_set_userdata(struct line_conn *conn, void *userdata)
{
    conn->userdata = userdata;
}

void *line_userdata(const struct line_conn *conn)
{
    return conn->userdata;
}

const char *line_address(const struct line_conn *conn)
{
    return conn->address;
}

uint16_t line_peer_port(const struct line_conn *conn)
{
    return conn->peer_port;
}

uint16_t line_listener_port(const struct line_conn *conn)
{
    return conn->listener_port;
}

bool line_is_closing(const struct line_conn *conn)
{
    return conn->state != LINE_OPEN;
}

struct buffer *line_buffer(const char *data, size_t length)
{
    return buffer_create((struct span[]){{data, length}, {"\n", 1}}, 2);
}

void line_close(struct line_conn *conn, const char *text)
{
    line_end(conn, LINE_APP_CLOSED, text);
}

unsigned line_strike(struct line_conn *conn)
{
    return ++conn->strike_count;
}

void line_set_idle_ms(struct line_conn *conn, int idle_ms_max)
{
    conn->idle_ms_max = idle_ms_max;
    conn->frame_end_ms = clock_mono_ms();
    sweep_for(conn->server, idle_ms_max);
}

void line_set_rate(struct line_conn *conn, unsigned frames_per_s, unsigned frames_burst)
{
    conn->frames_per_s = frames_per_s;
    conn->frames_burst = frames_burst;
    bucket_fill(&conn->frames, frames_burst, clock_mono_ms());
}
