/* SPDX-License-Identifier: MIT
 * An HTTP server with a small application on it, for raw requests over plain sockets:
 *   /echo     answers with method, path, parameters a and b, cookie, address and the body's length
 *   /body     answers with the body
 *   /later    is answered by site_answer_later
 *   /never    is not answered
 *   /headers  answers with a header that replaces a default and one that holds a line break
 *   /big?n=N  answers with N bytes
 *   /stream   opens an event stream
 *   /files/   serves the site's folder */
#ifndef TESTS_UNIT_NET_HTTP_KIT_H
#define TESTS_UNIT_NET_HTTP_KIT_H

#include "dispatcher/net/http.h"
#include "dispatcher/net/sse.h"
#include "tests/unit_net/net_kit.h"

enum { SITE_STREAMS_MAX = 256, SITE_LATER_MAX = 64 };

struct site {
    struct loop loop;
    struct http_server server;
    uint16_t port;
    char directory[64];
    struct http_folder folder;
    uint64_t later[SITE_LATER_MAX];
    size_t later_count;
    struct sse_stream *streams[SITE_STREAMS_MAX];
    size_t stream_count;
    size_t streams_closed;
    char last_id[64]; /* that the last stream asked for; "-" for none */
    size_t frames_this_turn, frames_last_turn;
};

struct site *site_start(const struct http_params *params);
void site_stop(struct site *site);
struct peer site_connect(struct site *site);
size_t site_answer_later(struct site *site, const char *text); /* how many were still there */
void site_write_file(struct site *site, const char *name, const char *content);

/* Sends the request, turns until the whole answer (with Content-Length) has come; *peer keeps only what came
 * after it. The answer is peer's until the next call: status line, headers and body. */
const char *site_ask(struct site *site, struct peer *peer, const char *request);

/* As site_ask over a new connection; "GET path" with the usual headers and those given ("" or lines ending in
 * \r\n). */
const char *site_get(struct site *site, const char *path, const char *headers);

/* What the predicate waits for, see kit_turn_until. */
void site_await_open(struct site *site, size_t count);

#endif
