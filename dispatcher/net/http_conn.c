/* SPDX-License-Identifier: MIT
 * evhttp 2.1 has no limit on connections and no deadline for a whole request (its time-outs begin anew with
 * each byte). So every connection is tracked here. evhttp asks us for its bufferevent, which is how we learn
 * of a connection; later in the same turn, when evhttp has set itself as the bufferevent's owner, we attach:
 * close callback, byte callback, limits. From then on the sweep enforces the deadline of whatever state the
 * connection is in. */
#include "dispatcher/net/http_inside.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "common/base/clock.h"
#include "common/base/log.h"

enum {
    ACCEPTS_PER_TURN = 32,
    OVERFLOW_MAX = 64, /* connections beyond the limit that are still read, to be answered 503 */
    INPUT_SLACK_BYTES = 64 * 1024,
    SWEEP_MS_MIN = 5,
    SWEEP_MS_MAX = 250,
    FD_BITS = 20 /* of an id */
};

/* Ids. */

uint64_t http_conn_make_id(struct http_conn *conn)
{
    return ++conn->server->last_number << FD_BITS | (uint64_t)conn->fd;
}

struct http_conn *http_conn_by_id(const struct http_server *server, uint64_t id)
{
    size_t fd = id & ((1u << FD_BITS) - 1);
    return fd < server->conns_size ? server->conns[fd] : NULL;
}

struct http_conn *http_conn_of(struct http_server *server, struct evhttp_connection *evcon)
{
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));
    struct http_conn *conn = fd >= 0 && (size_t)fd < server->conns_size ? server->conns[fd] : NULL;
    return conn != NULL && conn->evcon == evcon ? conn : NULL;
}

/* States. */

void http_conn_enter(struct http_conn *conn, enum http_state state, int limit_ms)
{
    conn->state = state;
    conn->deadline_ms = limit_ms > 0 ? clock_mono_ms() + limit_ms : 0;
}

void http_conn_end(struct http_conn *conn)
{
    conn->is_ending = true;
    conn->server->ending_count++;
    loop_again(conn->server->loop);
}

/* Bytes have come, and evhttp has not looked at them yet. */
static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *change, void *userdata)
{
    struct http_conn *conn = userdata;
    const struct http_params *params = &conn->server->params;
    if (change->n_added == 0 || conn->is_ending)
        return;
    if (conn->state == HTTP_WAITING)
        http_conn_enter(conn, HTTP_READING, params->request_ms_max);
    /* evhttp would collect an endless chunk header for ever, and we what comes in over an event stream. (A
     * read watermark would not do: libevent calls back again and again while the buffer stands at it.) */
    if (evbuffer_get_length(input) > params->body_bytes_max + params->header_bytes_max + INPUT_SLACK_BYTES)
        http_conn_end(conn);
}

/* Called by evhttp when it frees a connection, whoever wanted it. */
static void on_closed(struct evhttp_connection *evcon, void *userdata)
{
    (void)evcon;
    struct http_conn *conn = userdata;
    struct http_server *server = conn->server;
    server->conns[conn->fd] = NULL;
    server->stats.open_now--;
    if (conn->request != NULL) {
        server->stats.abandoned++;
        http_conn_abandon(conn->request->evhttp);
        http_request_free(conn->request);
    }
    if (conn->stream != NULL)
        sse_lost(conn->stream);
    free(conn);
}

void http_conn_abandon(struct evhttp_request *evhttp)
{
    if (evhttp_request_get_connection(evhttp) == NULL)
        evhttp_request_free(evhttp);
}

/* Newcomers. */

static void each_listener(struct http_server *server, evhttp_bound_socket_foreach_fn *act)
{
    evhttp_foreach_bound_socket(server->evhttp, act, server);
}

static void enable_listener(struct evhttp_bound_socket *bound, void *userdata)
{
    (void)userdata;
    evconnlistener_enable(evhttp_bound_socket_get_listener(bound));
}

static void disable_listener(struct evhttp_bound_socket *bound, void *userdata)
{
    (void)userdata;
    evconnlistener_disable(evhttp_bound_socket_get_listener(bound));
}

static struct bufferevent *make_bufferevent(struct event_base *base, void *userdata)
{
    struct http_server *server = userdata;
    struct bufferevent *bufferevent = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    struct http_conn *conn = bufferevent != NULL ? calloc(1, sizeof *conn) : NULL;
    if (conn == NULL)
        return bufferevent;          /* evhttp fails, or the request will be answered 503 */
    bufferevent_incref(bufferevent); /* until it is attached */
    *conn =
        (struct http_conn){.server = server, .bufferevent = bufferevent, .next_newcomer = server->newcomers};
    server->newcomers = conn;
    event_active(server->attach, EV_TIMEOUT, 0);
    if (++server->accepted_this_turn == ACCEPTS_PER_TURN)
        each_listener(server, disable_listener); /* the others' turn */
    return bufferevent;
}

static bool make_place(struct http_server *server, int fd)
{
    if ((size_t)fd < server->conns_size)
        return true;
    size_t size = server->conns_size > 0 ? server->conns_size : 64;
    while (size <= (size_t)fd)
        size *= 2;
    struct http_conn **grown = realloc(server->conns, size * sizeof(void *));
    if (grown == NULL)
        return false;
    memset(grown + server->conns_size, 0, (size - server->conns_size) * sizeof(void *));
    server->conns = grown;
    server->conns_size = size;
    return true;
}

static bool has_too_many(const struct http_server *server, const char *address)
{
    size_t most = server->params.connections_per_address_max;
    size_t count = 0;
    for (size_t i = 0; most > 0 && i < server->conns_size; i++)
        if (server->conns[i] != NULL && strcmp(server->conns[i]->address, address) == 0)
            count++;
    return most > 0 && count > most;
}

static void set_limits(struct http_conn *conn)
{
    const struct http_params *params = &conn->server->params;
    struct timeval stall = {params->stall_ms_max / 1000, (suseconds_t)(params->stall_ms_max % 1000) * 1000};
    bufferevent_set_timeouts(conn->bufferevent, NULL, &stall);
    evbuffer_add_cb(bufferevent_get_input(conn->bufferevent), on_input, conn);
    http_conn_enter(conn, HTTP_READING, params->request_ms_max);
}

static bool attach(struct http_conn *conn, struct evhttp_connection *evcon)
{
    struct http_server *server = conn->server;
    conn->fd = bufferevent_getfd(conn->bufferevent);
    if (evhttp_connection_get_bufferevent(evcon) != conn->bufferevent || conn->fd < 0 ||
        !make_place(server, conn->fd))
        return false;
    char *address = NULL;
    uint16_t port;
    evhttp_connection_get_peer(evcon, &address, &port);
    strncpy(conn->address, address != NULL ? address : "?", sizeof conn->address - 1);
    conn->listener_port = socket_local_port(conn->fd);
    conn->evcon = evcon;
    server->conns[conn->fd] = conn;
    server->stats.open_now++;
    evhttp_connection_set_closecb(evcon, on_closed, conn);
    set_limits(conn);
    if (server->stats.open_now > server->params.connections_max || has_too_many(server, conn->address)) {
        conn->refusal = 503;
        server->stats.refused++;
        if (server->stats.open_now > server->params.connections_max + OVERFLOW_MAX)
            http_conn_end(conn);
    } else {
        server->stats.accepted++;
    }
    return true;
}

static void on_attach(int fd, short what, void *userdata)
{
    (void)fd;
    (void)what;
    struct http_server *server = userdata;
    struct http_conn *conn = server->newcomers;
    server->newcomers = NULL;
    while (conn != NULL) {
        struct http_conn *next = conn->next_newcomer;
        struct bufferevent *bufferevent = conn->bufferevent;
        void *evcon = NULL; /* evhttp's connection is the owner that the bufferevent calls back */
        bufferevent_getcb(bufferevent, NULL, NULL, NULL, &evcon);
        if (evcon == NULL) {
            free(conn); /* evhttp gave it up at once */
        } else if (!attach(conn, evcon)) {
            evhttp_connection_free(evcon);
            free(conn);
        }
        bufferevent_decref(bufferevent);
        conn = next;
    }
    if (!loop_timer_is_armed(&server->sweep))
        loop_timer_arm(&server->sweep, server->sweep_ms);
}

/* Turns and deadlines. */

static void on_turn_end(void *userdata)
{
    struct http_server *server = userdata;
    if (server->accepted_this_turn >= ACCEPTS_PER_TURN)
        each_listener(server, enable_listener);
    server->accepted_this_turn = 0;
    if (server->ending_count == 0)
        return;
    server->ending_count = 0;
    for (size_t i = 0; i < server->conns_size; i++) {
        struct http_conn *conn = server->conns[i];
        if (conn == NULL)
            continue;
        if (conn->is_ending)
            evhttp_connection_free(conn->evcon); /* which calls on_closed */
        else if (conn->stream != NULL)
            sse_finish(conn->stream);
    }
}

static void judge(struct http_conn *conn, int64_t now_ms)
{
    if (conn->state == HTTP_STREAMING) {
        sse_beat(conn->stream, now_ms);
        return;
    }
    if (conn->is_ending || conn->deadline_ms == 0 || now_ms <= conn->deadline_ms)
        return;
    if (conn->state == HTTP_HANDLING) {
        http_answer_error(conn->request, 503, "no-answer-in-time");
        return;
    }
    if (conn->state != HTTP_WAITING)
        conn->server->stats.timed_out++;
    http_conn_end(conn);
}

static void on_sweep(void *userdata)
{
    struct http_server *server = userdata;
    int64_t now_ms = clock_mono_ms();
    for (size_t i = 0; i < server->conns_size; i++)
        if (server->conns[i] != NULL)
            judge(server->conns[i], now_ms);
    bool was_paused = server->is_paused;
    server->is_paused = false;
    if (was_paused)
        each_listener(server, enable_listener);
    if (server->stats.open_now > 0 || was_paused)
        loop_timer_arm(&server->sweep, server->sweep_ms);
}

static void on_accept_error(struct evconnlistener *listener, void *userdata)
{
    struct http_server *server = userdata;
    log_warn("net", "accepting paused");
    evconnlistener_disable(listener); /* out of descriptors or memory: tried again at the next sweep */
    server->is_paused = true;
    if (!loop_timer_is_armed(&server->sweep))
        loop_timer_arm(&server->sweep, server->sweep_ms);
}

static void sweep_for(struct http_server *server, int limit_ms)
{
    int sweep_ms = limit_ms / 10 < SWEEP_MS_MIN ? SWEEP_MS_MIN : limit_ms / 10;
    if (sweep_ms < server->sweep_ms)
        server->sweep_ms = sweep_ms;
}

/* Beginning and end. */

enum status http_conns_init(struct http_server *server, struct error *error)
{
    server->sweep_ms = SWEEP_MS_MAX;
    sweep_for(server, server->params.request_ms_max);
    sweep_for(server, server->params.keep_alive_ms_max);
    sweep_for(server, server->params.answer_ms_max);
    sweep_for(server, server->params.reply_ms_max);
    sweep_for(server, server->params.heartbeat_ms);
    server->attach = event_new(server->loop->base, -1, 0, on_attach, server);
    enum status status = loop_timer_init(&server->sweep, server->loop, on_sweep, server);
    loop_hook_add(server->loop, LOOP_FLUSH, on_turn_end, server);
    if (server->attach == NULL || status != STATUS_OK)
        return error_set(error, STATUS_MEMORY, "no memory for an HTTP server");
    evhttp_set_bevcb(server->evhttp, make_bufferevent, server);
    return STATUS_OK;
}

enum status http_server_listen(struct http_server *server, const char *host, uint16_t port,
                               uint16_t *port_actual, struct error *error)
{
    struct socket_options options = {.peer_ms_max = server->params.stall_ms_max};
    int fd;
    enum status status = socket_listen(host, port, &options, &fd, port_actual, error);
    if (status != STATUS_OK)
        return status;
    struct evhttp_bound_socket *bound = evhttp_accept_socket_with_handle(server->evhttp, fd);
    if (bound == NULL) {
        evutil_closesocket(fd);
        return error_set(error, STATUS_MEMORY, "no memory for a listener");
    }
    evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(bound), on_accept_error);
    return STATUS_OK;
}

void http_conns_destroy(struct http_server *server)
{
    loop_hook_remove(server->loop, on_turn_end, server);
    if (server->evhttp != NULL)
        evhttp_free(server->evhttp); /* which calls on_closed for each connection */
    while (server->newcomers != NULL) {
        struct http_conn *conn = server->newcomers;
        server->newcomers = conn->next_newcomer;
        bufferevent_decref(conn->bufferevent);
        free(conn);
    }
    if (server->attach != NULL)
        event_free(server->attach);
    loop_timer_destroy(&server->sweep);
    free(server->conns);
}
