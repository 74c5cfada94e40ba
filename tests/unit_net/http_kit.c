/* SPDX-License-Identifier: MIT */
#include "tests/unit_net/http_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static void answer_text(struct http_request *request, const char *data, size_t length)
{
    http_answer(request,
                &(struct http_response){.status = 200, .type = "text/plain", .body = {data, length}});
}

static void echo(struct http_request *request)
{
    const char *a = http_request_query(request, "a"), *b = http_request_query(request, "b");
    struct span cookie = http_request_cookie(request, "session");
    struct text text = {0};
    text_printf(&text, "%s %s a=%s b=%s cookie=%.*s from=%s body=%zu\n",
                http_method_name(http_request_method(request)), http_request_path(request),
                a != NULL ? a : "-", b != NULL ? b : "-", (int)cookie.length,
                cookie.data != NULL ? cookie.data : "", http_request_address(request),
                http_request_body(request).length);
    answer_text(request, text.data, text.length);
    text_destroy(&text);
}

static void answer_big(struct http_request *request)
{
    const char *n = http_request_query(request, "n");
    size_t size = n != NULL ? (size_t)strtoul(n, NULL, 10) : 0;
    char *big = malloc(size + 1);
    assert_non_null(big);
    memset(big, 'b', size);
    answer_text(request, big, size);
    free(big);
}

static void on_stream_closed(struct sse_stream *stream, void *userdata)
{
    struct site *site = userdata;
    size_t kept = 0;
    for (size_t i = 0; i < site->stream_count; i++)
        if (site->streams[i] != stream)
            site->streams[kept++] = site->streams[i];
    assert_int_equal(kept + 1, site->stream_count);
    site->stream_count = kept;
    site->streams_closed++;
}

static void open_stream(struct site *site, struct http_request *request)
{
    const char *last = sse_last_id(request);
    snprintf(site->last_id, sizeof site->last_id, "%s", last != NULL ? last : "-");
    struct sse_stream *stream = sse_open(request, 500, on_stream_closed, site);
    if (stream == NULL)
        return;
    assert_true(site->stream_count < SITE_STREAMS_MAX);
    assert_ptr_equal(sse_find(&site->server, sse_id(stream)), stream);
    site->streams[site->stream_count++] = stream;
}

static void handle(struct http_request *request, void *userdata)
{
    struct site *site = userdata;
    const char *path = http_request_path(request);
    assert_ptr_equal(http_request_server(request), &site->server);
    assert_ptr_equal(http_request_find(&site->server, http_request_id(request)), request);
    assert_int_equal(http_request_listener_port(request), site->port);
    site->frames_this_turn++;
    if (strcmp(path, "/body") == 0) {
        struct span body = http_request_body(request);
        answer_text(request, body.data, body.length);
    } else if (strcmp(path, "/later") == 0) {
        assert_true(site->later_count < SITE_LATER_MAX);
        site->later[site->later_count++] = http_request_id(request);
    } else if (strcmp(path, "/headers") == 0) {
        struct http_header headers[] = {
            {"cache-control", "max-age=5"}, {"X-Bad", "a\r\nSet-Cookie: b"}, {"X-Good", "g"}};
        http_answer(request, &(struct http_response){.status = 204, .headers = headers, .header_count = 3});
    } else if (strcmp(path, "/big") == 0) {
        answer_big(request);
    } else if (strcmp(path, "/stream") == 0) {
        open_stream(site, request);
    } else if (strcmp(path, "/never") != 0 && !http_answer_file(request, &site->folder, 1)) {
        echo(request);
    }
}

static void on_turn_end(void *userdata)
{
    struct site *site = userdata;
    if (site->frames_this_turn > 0)
        site->frames_last_turn = site->frames_this_turn;
    site->frames_this_turn = 0;
}

struct site *site_start(const struct http_params *params)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
    setrlimit(RLIMIT_NOFILE, &files);
    struct site *site = calloc(1, sizeof *site);
    assert_non_null(site);
    struct error error = {0};
    kit_loop_init(&site->loop);
    if (http_server_init(&site->server, &site->loop, params, handle, site, &error) != STATUS_OK ||
        http_server_listen(&site->server, NULL, 0, &site->port, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    loop_hook_add(&site->loop, LOOP_COMMIT, on_turn_end, site);
    snprintf(site->directory, sizeof site->directory, "/tmp/evenhall-net-XXXXXX");
    assert_non_null(mkdtemp(site->directory));
    site->folder = (struct http_folder){"/files/", site->directory, "index.html", NULL};
    return site;
}

void site_stop(struct site *site)
{
    http_server_destroy(&site->server);
    assert_int_equal(site->stream_count, 0);
    loop_destroy(&site->loop);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", site->directory);
    assert_int_equal(system(command), 0);
    free(site);
}

struct peer site_connect(struct site *site)
{
    return kit_connect("127.0.0.1", site->port);
}

size_t site_answer_later(struct site *site, const char *text)
{
    size_t found = 0;
    for (size_t i = 0; i < site->later_count; i++) {
        struct http_request *request = http_request_find(&site->server, site->later[i]);
        if (request == NULL)
            continue;
        answer_text(request, text, strlen(text));
        assert_null(http_request_find(&site->server, site->later[i]));
        found++;
    }
    site->later_count = 0;
    return found;
}

void site_write_file(struct site *site, const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", site->directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

struct asked {
    struct peer *peer;
    size_t answer_length;
    bool is_head;
};

/* Has a whole answer come? Without a length it ends with the connection. */
static bool has_answer(void *userdata)
{
    struct asked *asked = userdata;
    struct peer *peer = asked->peer;
    kit_read(peer);
    const char *headers_end = peer->got.data != NULL ? strstr(peer->got.data, "\r\n\r\n") : NULL;
    if (headers_end == NULL)
        return peer->has_ended;
    size_t headers = (size_t)(headers_end - peer->got.data) + 4;
    const char *length = strcasestr(peer->got.data, "\r\nContent-Length: ");
    bool has_length = length != NULL && length < headers_end && !asked->is_head;
    asked->answer_length = headers + (has_length ? strtoul(length + 18, NULL, 10) : 0);
    return peer->has_ended || peer->got.length >= asked->answer_length;
}

const char *site_ask(struct site *site, struct peer *peer, const char *request)
{
    static char *answer;
    kit_puts(&site->loop, peer, request);
    struct asked asked = {peer, 0, strncmp(request, "HEAD", 4) == 0};
    kit_turn_until(&site->loop, has_answer, &asked, request);
    free(answer);
    size_t length = peer->got.length < asked.answer_length ? peer->got.length : asked.answer_length;
    answer = calloc(1, length + 1);
    assert_non_null(answer);
    if (length > 0)
        memcpy(answer, peer->got.data, length);
    struct text rest = {0};
    if (peer->got.length > length)
        text_append(&rest, peer->got.data + length, peer->got.length - length);
    text_destroy(&peer->got);
    peer->got = rest;
    return answer;
}

const char *site_get(struct site *site, const char *path, const char *headers)
{
    struct peer peer = site_connect(site);
    char request[2048];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, headers);
    const char *answer = site_ask(site, &peer, request);
    kit_close(&peer);
    return answer;
}

struct opened {
    struct site *site;
    size_t count;
};

static bool are_open(void *userdata)
{
    struct opened *opened = userdata;
    return http_server_stats(&opened->site->server)->open_now == opened->count;
}

void site_await_open(struct site *site, size_t count)
{
    kit_turn_until(&site->loop, are_open, &(struct opened){site, count}, "connections are open");
}
