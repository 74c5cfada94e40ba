/* SPDX-License-Identifier: MIT
 * HTTP/1.1 servers over libevent's evhttp, one per surface (consoles, the public), each with its own
 * listeners, limits and handler. The handler answers at once or keeps the request's id and answers in a later
 * turn; when the client left meanwhile the id simply finds nothing. Everything in a request is hostile until
 * parsed by its reader. Loop thread only. */
#ifndef DISPATCHER_NET_HTTP_H
#define DISPATCHER_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/net/buffer.h"
#include "dispatcher/net/loop.h"

struct http_server;
struct http_request;

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS };

/* A request has arrived whole. The handler must do one of: http_answer (or a function that calls it),
 * sse_open, or keep http_request_id for later. A request that is never answered gets a 503 after
 * answer_ms_max. */
typedef void (*http_handler)(struct http_request *request, void *userdata);

/* A zero in a number field means the default in brackets. */
struct http_params {
    size_t connections_max;             /* [1024] beyond it a request is answered 503 and closed */
    size_t connections_per_address_max; /* [no limit] likewise */
    size_t header_bytes_max;            /* [16384] request line and headers together; beyond it 400 */
    size_t body_bytes_max;              /* [1 MiB] beyond it 413 */
    int request_ms_max;         /* [10000] from a request's first byte (or the connection) to its last */
    int keep_alive_ms_max;      /* [60000] between two requests */
    int answer_ms_max;          /* [30000] for the handler to answer */
    int reply_ms_max;           /* [60000] for the client to take a whole answer */
    int stall_ms_max;           /* [10000] without progress while something is being sent */
    int heartbeat_ms;           /* [10000] between comments on quiet event streams */
    size_t stream_bytes_max;    /* [256 KiB] queued on an event stream before it is cut */
    const char *content_policy; /* [default-src 'self'; ...] Content-Security-Policy; borrowed */
    const char *trusted_proxy;  /* [none] peer whose X-Forwarded-For names the client; borrowed */
};

struct http_stats {
    size_t open_now;            /* connections */
    size_t streams_now;         /* event streams */
    uint64_t accepted, refused; /* connections; refused for connections_max or per address */
    uint64_t requests;          /* handed to the handler */
    uint64_t answers[6];        /* by the status's first digit: answers[2] counts 2xx */
    uint64_t timed_out;         /* connections closed for being slow to send or to read */
    uint64_t abandoned;         /* requests whose client left before the answer */
    uint64_t streams_cut;       /* event streams closed because their reader was too slow */
};

struct evbuffer;
struct event;
struct evhttp;
struct http_conn;
struct http_file;

/* Caller-owned; must not move between init and destroy. Fields are private. */
struct http_server {
    struct loop *loop; /* borrowed */
    struct http_params params;
    http_handler handler;
    void *userdata;           /* borrowed */
    struct evhttp *evhttp;    /* owned */
    struct http_conn **conns; /* owned; by file descriptor, NULL where free */
    size_t conns_size;
    struct http_conn *newcomers; /* list: made for evhttp in this turn, not yet attached to its connection */
    struct event *attach;        /* owned; activated while the list above is not empty */
    size_t accepted_this_turn;
    size_t ending_count;      /* connections and streams to be ended when the turn ends */
    bool is_paused;           /* a listener ran out of descriptors */
    uint64_t last_number;     /* of a request, for ids */
    struct evbuffer *scratch; /* owned; stream events on their way out */
    struct http_file *files;  /* owned; HTTP_FILES_MAX places: files kept in memory */
    size_t files_next;
    struct loop_timer sweep; /* looks for broken deadlines while there are connections */
    int sweep_ms;
    struct http_stats stats;
};

/* Makes a server without a listener. params may be NULL (all defaults). STATUS_MEMORY on failure; then
 * destroy must not be called. */
enum status http_server_init(struct http_server *server, struct loop *loop, const struct http_params *params,
                             http_handler handler, void *userdata, struct error *error);

/* As line_server_listen; may be called several times. */
enum status http_server_listen(struct http_server *server, const char *host, uint16_t port,
                               uint16_t *port_actual, struct error *error);

/* Closes and frees everything at once. Requests and streams of this server become invalid; the closed
 * callbacks of streams are called. Not from inside a callback of this server. */
void http_server_destroy(struct http_server *server);

const struct http_stats *http_server_stats(const struct http_server *server);

/* Ids for deferred answers: never reused. 0 is never an id. */
uint64_t http_request_id(const struct http_request *request);
struct http_request *http_request_find(const struct http_server *server,
                                       uint64_t id); /* NULL: answered or gone */

/* What was asked. Texts and spans are valid until the answer. */
enum http_method http_request_method(const struct http_request *request);
const char *http_method_name(enum http_method method); /* "GET" */
const char *
http_request_path(const struct http_request *request); /* decoded; begins with '/'; no NUL inside */
const char *
http_request_raw_query(const struct http_request *request); /* after '?', undecoded; "" when absent */
const char *http_request_address(const struct http_request *request); /* the client's, numeric */
uint16_t http_request_listener_port(const struct http_request *request);
struct http_server *http_request_server(const struct http_request *request);
struct span http_request_body(const struct http_request *request); /* length 0 when there is none */

/* The first parameter of that exact name, decoded; NULL when absent. "a" in "?a&b=1" is "". */
const char *http_request_query(const struct http_request *request, const char *name);

/* The first header of that name (any case); NULL when absent. */
const char *http_request_header(const struct http_request *request, const char *name);

/* The cookie's value; data is NULL when absent. */
struct span http_request_cookie(const struct http_request *request, const char *name);

struct http_header {
    const char *name, *value; /* no line breaks inside: such a header is left out */
};

/* An answer. Everything is copied, except shared, which is held. */
struct http_response {
    int status;       /* 200 ... 599 */
    const char *type; /* Content-Type, "application/json"; NULL when there is no body */
    struct span body;
    struct buffer *shared;             /* instead of body, when not NULL */
    const struct http_header *headers; /* more of them; one named as a default below replaces it */
    size_t header_count;
};

/* Answers and ends the request: the pointer is invalid afterwards. Adds Content-Length,
 * Content-Security-Policy, X-Content-Type-Options, X-Frame-Options, Referrer-Policy,
 * Cross-Origin-Opener-Policy, Cross-Origin-Resource-Policy and Cache-Control: no-store. A HEAD request gets
 * the headers only. */
void http_answer(struct http_request *request, const struct http_response *response);

/* Answers with {"error":"name"} and the status. name: [a-z0-9-]. */
void http_answer_error(struct http_request *request, int status, const char *name);

/* Answers 405 with the Allow header, or, when the request is OPTIONS, 204 with it. allow: "GET, HEAD,
 * OPTIONS". */
void http_answer_allow(struct http_request *request, const char *allow);

/* A folder of files that may be served. */
struct http_folder {
    const char *prefix;    /* "/console/": path prefix, begins and ends with '/' */
    const char *directory; /* where it is on the disk */
    const char *index;     /* file for the prefix itself, "index.html"; NULL for none */
    const char
        *cache; /* Cache-Control; NULL for "no-cache" (kept, but asked for each time; ETag makes it cheap) */
};

/* Answers with a file when the path lies under one of the prefixes (the longest that fits): 200 with its type
 * and ETag, 304 when the client has it, 404 when there is no such plain file, 405 for other methods than GET
 * and HEAD. Names with empty parts, parts that begin with '.', and symbolic links inside the folder are 404.
 * False: no prefix fits; nothing was answered. */
bool http_answer_file(struct http_request *request, const struct http_folder *folders, size_t count);

/* The Content-Type for a file name; "application/octet-stream" when unknown. */
const char *http_file_type(const char *name);

#endif
