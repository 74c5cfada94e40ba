/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/http.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>

#include "dispatcher/net/http_inside.h"
#include "dispatcher/net/http_parse.h"

static const char default_policy[] =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

static const struct {
    enum evhttp_cmd_type evhttp;
    const char *name;
} methods[] = {
    [HTTP_GET] = {EVHTTP_REQ_GET, "GET"},
    [HTTP_HEAD] = {EVHTTP_REQ_HEAD, "HEAD"},
    [HTTP_POST] = {EVHTTP_REQ_POST, "POST"},
    [HTTP_PUT] = {EVHTTP_REQ_PUT, "PUT"},
    [HTTP_PATCH] = {EVHTTP_REQ_PATCH, "PATCH"},
    [HTTP_DELETE] = {EVHTTP_REQ_DELETE, "DELETE"},
    [HTTP_OPTIONS] = {EVHTTP_REQ_OPTIONS, "OPTIONS"},
};
enum { METHOD_COUNT = sizeof methods / sizeof methods[0] };

const char *http_method_name(enum http_method method)
{
    assert((size_t)method < METHOD_COUNT);
    return methods[method].name;
}

/* Answers. */

static const char *phrase_of(int status)
{
    switch (status) {
    case 308:
        return "Permanent Redirect";
    case 422:
        return "Unprocessable Content";
    case 428:
        return "Precondition Required";
    case 429:
        return "Too Many Requests";
    case 507:
        return "Insufficient Storage";
    default:
        return NULL; /* evhttp knows the others */
    }
}

static bool is_among(const struct http_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return true;
    return false;
}

void http_add_headers(struct evhttp_request *evhttp, const struct http_server *server,
                      const struct http_header *headers, size_t count)
{
    const struct http_header defaults[] = {
        {"Content-Security-Policy", server->params.content_policy},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
    };
    struct evkeyvalq *out = evhttp_request_get_output_headers(evhttp);
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if (!is_among(headers, count, defaults[i].name))
            evhttp_add_header(out, defaults[i].name, defaults[i].value);
    for (size_t i = 0; i < count; i++)
        evhttp_add_header(out, headers[i].name, headers[i].value); /* refuses line breaks */
}

static void release_reference(const void *data, size_t length, void *userdata)
{
    (void)data;
    (void)length;
    buffer_release(userdata);
}

static bool fill_body(struct evbuffer *out, const struct http_response *response)
{
    if (response->shared == NULL)
        return response->body.length == 0 ||
               evbuffer_add(out, response->body.data, response->body.length) == 0;
    if (response->shared->length == 0)
        return true;
    struct buffer *held = buffer_hold(response->shared);
    if (evbuffer_add_reference(out, held->data, held->length, release_reference, held) == 0)
        return true;
    buffer_release(held);
    return false;
}

/* Sends an answer over evhttp. The connection reads no further until it is out: evhttp would take the end of
 * a half-closed client's requests for the end of the client and drop the answer. */
static void send_answer(struct http_conn *conn, struct evhttp_request *evhttp,
                        const struct http_response *response)
{
    struct http_server *server = conn->server;
    bool is_head = evhttp_request_get_command(evhttp) == EVHTTP_REQ_HEAD;
    bool has_body = response->status != 204 && response->status != 304;
    size_t length = response->shared != NULL ? response->shared->length : response->body.length;
    struct evkeyvalq *out = evhttp_request_get_output_headers(evhttp);
    if (has_body && response->type != NULL)
        evhttp_add_header(out, "Content-Type", response->type);
    if (has_body && is_head) {
        char text[24];
        snprintf(text, sizeof text, "%zu", length);
        evhttp_add_header(out, "Content-Length", text);
    }
    http_add_headers(evhttp, server, response->headers, response->header_count);
    server->stats.answers[response->status / 100]++;
    if (has_body && !is_head && !fill_body(server->scratch, response)) {
        evbuffer_drain(server->scratch, evbuffer_get_length(server->scratch));
        http_conn_end(conn);
        return;
    }
    http_conn_enter(conn, HTTP_REPLYING, server->params.reply_ms_max);
    evhttp_send_reply(evhttp, response->status, phrase_of(response->status), server->scratch);
    bufferevent_disable(conn->bufferevent, EV_READ);
}

void http_answer(struct http_request *request, const struct http_response *response)
{
    assert(response->status >= 200 && response->status <= 599);
    struct http_conn *conn = request->conn;
    struct evhttp_request *evhttp = request->evhttp;
    send_answer(conn, evhttp, response); /* before the request goes: the answer may hold pieces of it */
    http_request_free(request);
}

static struct http_response error_response(int status, const char *name, char *body, size_t size)
{
    snprintf(body, size, "{\"error\":\"%s\"}", name);
    return (struct http_response){.status = status, .type = "application/json", .body = span_of(body)};
}

void http_answer_error(struct http_request *request, int status, const char *name)
{
    char body[128];
    struct http_response response = error_response(status, name, body, sizeof body);
    http_answer(request, &response);
}

void http_answer_allow(struct http_request *request, const char *allow)
{
    struct http_header header = {"Allow", allow};
    char body[64];
    struct http_response response = error_response(405, "method-not-allowed", body, sizeof body);
    if (request->method == HTTP_OPTIONS)
        response = (struct http_response){.status = 204};
    response.headers = &header;
    response.header_count = 1;
    http_answer(request, &response);
}

/* A request that never reaches the handler: answered, and the connection closed. */
static void refuse(struct http_conn *conn, struct evhttp_request *evhttp, int status)
{
    static const struct http_header close_it = {"Connection", "close"};
    const char *name = status == 400   ? "bad-request"
                       : status == 501 ? "not-implemented"
                       : status == 505 ? "http-version"
                                       : "too-many-connections";
    char body[64];
    struct http_response response = error_response(status, name, body, sizeof body);
    response.headers = &close_it;
    response.header_count = 1;
    send_answer(conn, evhttp, &response);
}

/* Requests. */

static bool is_number(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length < 19 && strspn(text, "0123456789") == length;
}

/* What evhttp lets pass although two readers may disagree on where the request ends. 0: nothing wrong. */
static int judge_framing(const struct evhttp_request *evhttp, const struct evkeyvalq *headers)
{
    int length_count = 0, encoding_count = 0;
    const char *length = NULL, *encoding = NULL;
    const struct evkeyval *header;
    TAILQ_FOREACH(header, headers, next)
    {
        if (strcasecmp(header->key, "Content-Length") == 0) {
            length_count++;
            length = header->value;
        } else if (strcasecmp(header->key, "Transfer-Encoding") == 0) {
            encoding_count++;
            encoding = header->value;
        }
    }
    if (length_count + encoding_count > 1 || (length != NULL && !is_number(length)))
        return 400;
    if (encoding != NULL && strcasecmp(encoding, "chunked") != 0)
        return 501;
    if (evhttp->type == EVHTTP_REQ_HEAD && (encoding != NULL || (length != NULL && strcmp(length, "0") != 0)))
        return 400;
    return 0;
}

static int judge_request(const struct evhttp_request *evhttp)
{
    if (evhttp->major != 1)
        return 505;
    const struct evkeyvalq *headers = evhttp->input_headers;
    if (evhttp->minor > 0 && evhttp_find_header(headers, "Host") == NULL)
        return 400;
    return judge_framing(evhttp, headers);
}

static char *decode_path(const struct evhttp_request *evhttp)
{
    const char *raw = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(evhttp));
    if (raw == NULL || raw[0] == '\0')
        raw = "/";
    char *path = malloc(strlen(raw) + 1);
    if (path != NULL && http_decode(span_of(raw), false, path) && (path[0] == '/' || strcmp(path, "*") == 0))
        return path;
    free(path);
    return NULL;
}

static void find_client(struct http_request *request)
{
    const char *proxy = request->conn->server->params.trusted_proxy;
    const char *named = http_request_header(request, "X-Forwarded-For");
    bool is_proxy = proxy != NULL && strcmp(proxy, request->conn->address) == 0;
    if (!is_proxy || named == NULL ||
        !http_forwarded_address(named, request->address, sizeof request->address))
        memcpy(request->address, request->conn->address, sizeof request->address);
}

static bool find_method(struct http_request *request)
{
    for (size_t i = 0; i < METHOD_COUNT; i++)
        if (methods[i].evhttp == evhttp_request_get_command(request->evhttp)) {
            request->method = (enum http_method)i;
            return true;
        }
    return false;
}

static struct http_request *make_request(struct http_conn *conn, struct evhttp_request *evhttp, int *status)
{
    struct http_request *request = calloc(1, sizeof *request);
    *status = 503;
    if (request == NULL)
        return NULL;
    request->conn = conn;
    request->evhttp = evhttp;
    request->path = decode_path(evhttp);
    struct evbuffer *in = evhttp_request_get_input_buffer(evhttp);
    size_t length = evbuffer_get_length(in);
    request->body = (struct span){length > 0 ? (const char *)evbuffer_pullup(in, -1) : "", length};
    *status = 400;
    if (request->path == NULL || !find_method(request) || request->body.data == NULL) {
        free(request->path);
        free(request);
        return NULL;
    }
    find_client(request);
    request->id = http_conn_make_id(conn);
    conn->request = request;
    return request;
}

void http_request_free(struct http_request *request)
{
    request->conn->request = NULL;
    free(request->path);
    free(request->query);
    free(request);
}

/* The answer is out. evhttp goes on with the connection's next request, or closes it. */
static void on_complete(struct evhttp_request *evhttp, void *userdata)
{
    (void)evhttp;
    struct http_conn *conn = userdata;
    const struct http_params *params = &conn->server->params;
    if (conn->request != NULL) { /* evhttp answered it itself */
        conn->server->stats.abandoned++;
        http_request_free(conn->request);
    }
    bool has_begun = evbuffer_get_length(bufferevent_get_input(conn->bufferevent)) > 0;
    http_conn_enter(conn, has_begun ? HTTP_READING : HTTP_WAITING,
                    has_begun ? params->request_ms_max : params->keep_alive_ms_max);
}

void http_on_evhttp_request(struct evhttp_request *evhttp, void *userdata)
{
    struct http_server *server = userdata;
    struct http_conn *conn = http_conn_of(server, evhttp_request_get_connection(evhttp));
    if (conn == NULL || conn->is_ending) {
        evhttp_send_error(evhttp, 503, NULL);
        return;
    }
    evhttp_request_set_on_complete_cb(evhttp, on_complete, conn);
    int status = conn->refusal != 0 ? conn->refusal : judge_request(evhttp);
    struct http_request *request = status == 0 ? make_request(conn, evhttp, &status) : NULL;
    if (request == NULL) {
        refuse(conn, evhttp, status);
        return;
    }
    server->stats.requests++;
    http_conn_enter(conn, HTTP_HANDLING, server->params.answer_ms_max);
    if (strcmp(request->path, "*") == 0)
        http_answer_allow(request, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    else
        server->handler(request, server->userdata);
}

uint64_t http_request_id(const struct http_request *request)
{
    return request->id;
}

struct http_request *http_request_find(const struct http_server *server, uint64_t id)
{
    struct http_conn *conn = http_conn_by_id(server, id);
    return conn != NULL && conn->request != NULL && conn->request->id == id ? conn->request : NULL;
}

enum http_method http_request_method(const struct http_request *request)
{
    return request->method;
}

const char *http_request_path(const struct http_request *request)
{
    return request->path;
}

const char *http_request_raw_query(const struct http_request *request)
{
    const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request->evhttp));
    return query != NULL ? query : "";
}

const char *http_request_address(const struct http_request *request)
{
    return request->address;
}

uint16_t http_request_listener_port(const struct http_request *request)
{
    return request->conn->listener_port;
}

struct http_server *http_request_server(const struct http_request *request)
{
    return request->conn->server;
}

struct span http_request_body(const struct http_request *request)
{
    return request->body;
}

static void parse_query(struct http_request *request)
{
    const char *raw = http_request_raw_query(request);
    request->query = malloc(strlen(raw) * 2 + (size_t)2 * HTTP_QUERY_MAX + 1);
    if (request->query == NULL)
        return;
    char *out = request->query;
    struct span rest = span_of(raw), name, value;
    while (request->parameter_count < HTTP_QUERY_MAX && http_next_parameter(&rest, &name, &value)) {
        char *value_out = out + name.length + 1;
        if (!http_decode(name, true, out) || !http_decode(value, true, value_out))
            continue;
        request->parameters[request->parameter_count++] = (struct http_parameter){out, value_out};
        out = value_out + value.length + 1;
    }
}

const char *http_request_query(const struct http_request *request, const char *name)
{
    /* Parsed when first asked for: the request stays the same for its readers. */
    if (request->query == NULL)
        parse_query((struct http_request *)request);
    for (size_t i = 0; i < request->parameter_count; i++)
        if (strcmp(request->parameters[i].name, name) == 0)
            return request->parameters[i].value;
    return NULL;
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(request->evhttp), name);
}

struct span http_request_cookie(const struct http_request *request, const char *name)
{
    return http_find_cookie(http_request_header(request, "Cookie"), name);
}

/* The server. */

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

static void fill_defaults(struct http_params *params)
{
    default_size(&params->connections_max, 1024);
    default_size(&params->header_bytes_max, (size_t)16 * 1024);
    default_size(&params->body_bytes_max, (size_t)1024 * 1024);
    default_size(&params->stream_bytes_max, (size_t)256 * 1024);
    default_int(&params->request_ms_max, 10000);
    default_int(&params->keep_alive_ms_max, 60000);
    default_int(&params->answer_ms_max, 30000);
    default_int(&params->reply_ms_max, 60000);
    default_int(&params->stall_ms_max, 10000);
    default_int(&params->heartbeat_ms, 10000);
    if (params->content_policy == NULL)
        params->content_policy = default_policy;
}

static void set_up_evhttp(struct http_server *server)
{
    int allowed = 0;
    for (size_t i = 0; i < METHOD_COUNT; i++)
        allowed |= (int)methods[i].evhttp;
    evhttp_set_allowed_methods(server->evhttp, (ev_uint16_t)allowed);
    evhttp_set_max_headers_size(server->evhttp, (ev_ssize_t)server->params.header_bytes_max);
    evhttp_set_max_body_size(server->evhttp, (ev_ssize_t)server->params.body_bytes_max);
    /* Read an oversized body to its end (within the deadline), or a reset would overtake the 413. */
    evhttp_set_flags(server->evhttp, EVHTTP_SERVER_LINGERING_CLOSE);
    evhttp_set_default_content_type(server->evhttp, NULL);
    evhttp_set_gencb(server->evhttp, http_on_evhttp_request, server);
}

enum status http_server_init(struct http_server *server, struct loop *loop, const struct http_params *params,
                             http_handler handler, void *userdata, struct error *error)
{
    *server = (struct http_server){.loop = loop, .handler = handler, .userdata = userdata};
    if (params != NULL)
        server->params = *params;
    fill_defaults(&server->params);
    server->evhttp = evhttp_new(loop->base);
    server->scratch = evbuffer_new();
    bool has_files = http_files_init(server);
    if (server->evhttp == NULL || server->scratch == NULL || !has_files) {
        http_server_destroy(server);
        return error_set(error, STATUS_MEMORY, "no memory for an HTTP server");
    }
    set_up_evhttp(server);
    enum status status = http_conns_init(server, error);
    if (status != STATUS_OK)
        http_server_destroy(server);
    return status;
}

void http_server_destroy(struct http_server *server)
{
    http_conns_destroy(server);
    if (server->scratch != NULL)
        evbuffer_free(server->scratch);
    http_files_forget(server);
}

const struct http_stats *http_server_stats(const struct http_server *server)
{
    return &server->stats;
}
