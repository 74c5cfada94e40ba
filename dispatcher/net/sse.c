/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/sse.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/http_struct.h>

#include "common/base/clock.h"
#include "dispatcher/net/http_inside.h"

struct sse_stream {
    struct http_conn *conn;        /* borrowed; owns this stream */
    struct evhttp_request *evhttp; /* evhttp's, or ours once the client has left */
    uint64_t id;
    sse_closed closed;
    void *userdata;  /* borrowed */
    int64_t sent_ms; /* when something was sent last */
    bool is_closing; /* no more events; closed() follows at the end of the turn */
};

const char *sse_last_id(const struct http_request *request)
{
    const char *id = http_request_header(request, "Last-Event-ID");
    return id != NULL ? id : http_request_query(request, "last-event-id");
}

/* Sends what is in the server's scratch buffer. */
static bool send_scratch(struct sse_stream *stream)
{
    struct http_conn *conn = stream->conn;
    struct http_server *server = conn->server;
    size_t waiting = evbuffer_get_length(bufferevent_get_output(conn->bufferevent));
    if (waiting + evbuffer_get_length(server->scratch) > server->params.stream_bytes_max) {
        evbuffer_drain(server->scratch, evbuffer_get_length(server->scratch));
        server->stats.streams_cut++;
        stream->is_closing = true;
        http_conn_end(conn);
        return false;
    }
    evhttp_send_reply_chunk(stream->evhttp, server->scratch);
    stream->sent_ms = clock_mono_ms();
    return true;
}

struct sse_stream *sse_open(struct http_request *request, int retry_ms, sse_closed closed, void *userdata)
{
    static const struct http_header buffering = {"X-Accel-Buffering",
                                                 "no"}; /* proxies pass each event on at once */
    if (request->method != HTTP_GET) {
        http_answer_allow(request, "GET, OPTIONS");
        return NULL;
    }
    struct sse_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        http_answer_error(request, 503, "out-of-memory");
        return NULL;
    }
    struct http_conn *conn = request->conn;
    *stream = (struct sse_stream){conn, request->evhttp, request->id, closed, userdata, 0, false};
    http_request_free(request);
    conn->stream = stream;
    conn->server->stats.streams_now++;
    conn->server->stats.answers[2]++;
    http_conn_enter(conn, HTTP_STREAMING, 0);
    if (stream->evhttp->minor == 0) /* without chunks only the end of the connection can end the stream */
        evhttp_remove_header(evhttp_request_get_input_headers(stream->evhttp), "Connection");
    evhttp_add_header(evhttp_request_get_output_headers(stream->evhttp), "Content-Type", "text/event-stream");
    http_add_headers(stream->evhttp, conn->server, &buffering, 1);
    evhttp_send_reply_start(stream->evhttp, 200, "OK");
    evbuffer_add_printf(conn->server->scratch, "retry: %d\n\n", retry_ms);
    send_scratch(stream);
    return stream;
}

uint64_t sse_id(const struct sse_stream *stream)
{
    return stream->id;
}

struct sse_stream *sse_find(const struct http_server *server, uint64_t id)
{
    struct http_conn *conn = http_conn_by_id(server, id);
    return conn != NULL && conn->stream != NULL && conn->stream->id == id ? conn->stream : NULL;
}

/* The text of one event. Each line of the data gets its own field; the reader joins them again. */
static void format_event(struct text *out, const char *id, const char *event, struct span data)
{
    assert(id == NULL || strpbrk(id, "\r\n") == NULL);
    assert(event == NULL || strpbrk(event, "\r\n") == NULL);
    if (id != NULL)
        text_printf(out, "id: %s\n", id);
    if (event != NULL)
        text_printf(out, "event: %s\n", event);
    size_t begin = 0;
    for (size_t i = 0; i <= data.length; i++) {
        if (i < data.length && data.data[i] != '\n' && data.data[i] != '\r')
            continue;
        text_puts(out, "data: ");
        text_append(out, data.data + begin, i - begin);
        text_puts(out, "\n");
        if (i + 1 < data.length && data.data[i] == '\r' && data.data[i + 1] == '\n')
            i++;
        begin = i + 1;
    }
    text_puts(out, "\n");
}

struct buffer *sse_buffer(const char *id, const char *event, struct span data)
{
    struct text text = {0};
    format_event(&text, id, event, data);
    struct buffer *buffer = text.failed ? NULL : buffer_create(&(struct span){text.data, text.length}, 1);
    text_destroy(&text);
    return buffer;
}

bool sse_send(struct sse_stream *stream, const char *id, const char *event, struct span data)
{
    if (stream->is_closing)
        return false;
    struct buffer *buffer = sse_buffer(id, event, data);
    if (buffer == NULL) {
        sse_close(stream);
        return false;
    }
    bool is_sent = sse_send_buffer(stream, buffer);
    buffer_release(buffer);
    return is_sent;
}

static void release_reference(const void *data, size_t length, void *userdata)
{
    (void)data;
    (void)length;
    buffer_release(userdata);
}

bool sse_send_buffer(struct sse_stream *stream, struct buffer *buffer)
{
    if (stream->is_closing)
        return false;
    struct evbuffer *scratch = stream->conn->server->scratch;
    if (evbuffer_add_reference(scratch, buffer->data, buffer->length, release_reference,
                               buffer_hold(buffer)) != 0) {
        buffer_release(buffer);
        sse_close(stream);
        return false;
    }
    return send_scratch(stream);
}

void sse_close(struct sse_stream *stream)
{
    if (stream->is_closing)
        return;
    stream->is_closing = true;
    stream->conn->server->ending_count++;
    loop_again(stream->conn->server->loop);
}

void sse_beat(struct sse_stream *stream, int64_t now_ms)
{
    struct http_server *server = stream->conn->server;
    if (stream->is_closing || now_ms - stream->sent_ms < server->params.heartbeat_ms)
        return;
    evbuffer_add(server->scratch, ":\n\n", 3);
    send_scratch(stream);
}

static void report(struct sse_stream *stream)
{
    stream->conn->stream = NULL;
    stream->conn->server->stats.streams_now--;
    loop_again(stream->conn->server->loop); /* what the application decides now is committed at once */
    if (stream->closed != NULL)
        stream->closed(stream, stream->userdata);
}

void sse_finish(struct sse_stream *stream)
{
    if (!stream->is_closing)
        return;
    report(stream);
    http_conn_enter(stream->conn, HTTP_REPLYING, stream->conn->server->params.reply_ms_max);
    evhttp_send_reply_end(stream->evhttp); /* may end the connection, too */
    free(stream);
}

void sse_lost(struct sse_stream *stream)
{
    report(stream);
    http_conn_abandon(stream->evhttp);
    free(stream);
}
