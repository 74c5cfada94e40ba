/* SPDX-License-Identifier: MIT
 * The console's HTTP surface: login, REST under /api/v1 (its OpenAPI document is made from the table of
 * routes), event streams, pages, health and metrics. */
#ifndef DISPATCHER_APP_WEB_H
#define DISPATCHER_APP_WEB_H

#include "common/base/status.h"
#include "dispatcher/net/http.h"
#include "dispatcher/store/records.h"

struct dispatcher;
struct visit;

/* An event stream and the session that it ends with. */
struct web_stream {
    uint64_t id;
    uint8_t token_hash[STORE_HASH_BYTES];
};

struct web {
    struct dispatcher *dispatcher;
    char console[4096], generated[4096], modules[4200], icons[4096]; /* folders */
    struct http_folder folders[4];
    size_t folder_count;
    struct web_stream *streams; /* owned */
    size_t stream_count, stream_room;
    char *openapi; /* owned: served under /api/v1/openapi.json */
};

enum web_access { WEB_OPEN, WEB_SESSION };

struct web_route {
    enum http_method method;
    const char *path; /* with {names} */
    enum web_access access;
    void (*handle)(struct visit *visit);
    const char *what;    /* the router's request; NULL: none */
    const char *summary; /* for the document; NULL: not in it */
};

const struct web_route *web_routes(size_t *count);

enum status web_init(struct web *web, struct dispatcher *dispatcher, struct error *error);
void web_destroy(struct web *web);

/* Ends the event streams whose session has ended; call every few seconds. */
void web_end_streams(struct web *web, int64_t now_ms);

/* Handler of the console server (userdata: struct dispatcher). */
void web_handle(struct http_request *request, void *userdata);

#endif
