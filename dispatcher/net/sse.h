/* SPDX-License-Identifier: MIT
 * Server-sent events: an HTTP answer that stays open and carries numbered events to a page. A client that
 * comes back names the last id it saw. Quiet streams get a comment every heartbeat_ms, so that both ends
 * notice a dead line; a reader that falls behind is cut and comes back by itself. Loop thread only. */
#ifndef DISPATCHER_NET_SSE_H
#define DISPATCHER_NET_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"
#include "dispatcher/net/buffer.h"
#include "dispatcher/net/http.h"

struct sse_stream;

/* The stream has ended (the client left, was too slow, or sse_close): the pointer is invalid afterwards.
 * Never called from inside a function of this header, except that http_server_destroy calls it. */
typedef void (*sse_closed)(struct sse_stream *stream, void *userdata);

/* The last id the client saw: the Last-Event-ID header, or the query parameter last-event-id (for a page that
 * makes a new stream itself); NULL on a first visit. Hostile text. */
const char *sse_last_id(const struct http_request *request);

/* Turns a GET request into a stream; the request is answered by it (its pointer and id become invalid), so
 * read sse_last_id before. retry_ms: how long the client waits before it comes back. NULL when the request is
 * not a GET (405 was answered) or memory ran out (503 was answered). */
struct sse_stream *sse_open(struct http_request *request, int retry_ms, sse_closed closed, void *userdata);

uint64_t sse_id(const struct sse_stream *stream); /* as http_request_id */
struct sse_stream *sse_find(const struct http_server *server, uint64_t id);

/* One event. id and event may be NULL; neither may hold a line break (asserted). data may hold line breaks.
 * False when the stream is ending (also when this very call exceeded stream_bytes_max). */
bool sse_send(struct sse_stream *stream, const char *id, const char *event, struct span data);

/* The same event as shared bytes, for many streams: make once, send often, release. NULL: no memory. */
struct buffer *sse_buffer(const char *id, const char *event, struct span data);
bool sse_send_buffer(struct sse_stream *stream, struct buffer *buffer);

/* Ends the stream after what is queued; closed() follows. */
void sse_close(struct sse_stream *stream);

#endif
