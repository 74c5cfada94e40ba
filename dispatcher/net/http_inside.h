/* SPDX-License-Identifier: MIT
 * What the HTTP files of this room share: http_conn.c (connections and their deadlines), http.c (requests and
 * answers), http_file.c and sse.c. Not for other rooms. */
#ifndef DISPATCHER_NET_HTTP_INSIDE_H
#define DISPATCHER_NET_HTTP_INSIDE_H

#include "dispatcher/net/http.h"
#include "dispatcher/net/socket.h"
#include "dispatcher/net/sse.h"

struct bufferevent;
struct evhttp_connection;
struct evhttp_request;

enum {
    HTTP_FILES_MAX = 128,
    HTTP_QUERY_MAX = 64 /* parameters; more are ignored */
};

enum http_state {
    HTTP_WAITING,   /* between two requests */
    HTTP_READING,   /* a request has begun, or the connection is new */
    HTTP_HANDLING,  /* handed out, not yet answered */
    HTTP_REPLYING,  /* the answer is being sent */
    HTTP_STREAMING, /* the answer is an event stream */
};

/* One connection. evhttp owns the socket; we learn of its end through evhttp's close callback. */
struct http_conn {
    struct http_server *server; /* borrowed */
    struct http_conn *next_newcomer;
    struct bufferevent *bufferevent; /* evhttp's */
    struct evhttp_connection *evcon; /* evhttp's; NULL until attached */
    int fd;
    enum http_state state;
    int64_t deadline_ms; /* for the state; 0: none */
    int refusal;         /* status that every request gets instead of the handler's answer; 0: none */
    bool is_ending;      /* to be closed at the end of the turn */
    struct http_request *request; /* owned; while HTTP_HANDLING */
    struct sse_stream *stream;    /* owned; while HTTP_STREAMING */
    uint16_t listener_port;
    char address[SOCKET_ADDRESS_BYTES]; /* the peer's */
};

struct http_parameter {
    const char *name, *value; /* into http_request.query */
};

struct http_request {
    struct http_conn *conn;        /* borrowed; owns this request */
    struct evhttp_request *evhttp; /* evhttp's, or ours once the client has left */
    uint64_t id;
    enum http_method method;
    char *path;  /* owned; decoded */
    char *query; /* owned; decoded parameters; NULL until asked for */
    struct http_parameter parameters[HTTP_QUERY_MAX];
    size_t parameter_count;
    struct span body;                   /* into evhttp's buffer */
    char address[SOCKET_ADDRESS_BYTES]; /* the client's, which a trusted proxy may have named */
};

/* http_conn.c */

enum status http_conns_init(struct http_server *server,
                            struct error *error); /* hooks into evhttp and the loop */
void http_conns_destroy(struct http_server *server);
struct http_conn *http_conn_of(struct http_server *server,
                               struct evhttp_connection *evcon); /* NULL: not tracked */
struct http_conn *http_conn_by_id(const struct http_server *server,
                                  uint64_t id); /* of a request or stream; NULL */
uint64_t http_conn_make_id(struct http_conn *conn);
void http_conn_enter(struct http_conn *conn, enum http_state state,
                     int limit_ms);         /* limit_ms 0: no deadline */
void http_conn_end(struct http_conn *conn); /* closes it at the end of the turn */

/* Called when a connection has gone with an unfinished request on it. evhttp hands the request to us when the
 * client left, and frees it itself when we closed the connection: this frees it in the first case. */
void http_conn_abandon(struct evhttp_request *evhttp);

/* http.c */

void http_on_evhttp_request(struct evhttp_request *evhttp,
                            void *server); /* evhttp's callback for every request */

/* Frees the request and takes it from its connection. */
void http_request_free(struct http_request *request);

/* Adds the default headers and those given to evhttp's list. */
void http_add_headers(struct evhttp_request *evhttp, const struct http_server *server,
                      const struct http_header *headers, size_t count);

/* http_file.c */

bool http_files_init(struct http_server *server);   /* false: no memory */
void http_files_forget(struct http_server *server); /* frees what is kept in memory */

/* sse.c */

void sse_beat(struct sse_stream *stream, int64_t now_ms); /* sends the heartbeat when it is due */
void sse_finish(struct sse_stream *stream); /* at the end of the turn: ends a stream that is closing */
void sse_lost(struct sse_stream *stream);   /* the connection has gone: reports and frees the stream */

#endif
