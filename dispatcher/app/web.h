/* SPDX-License-Identifier: MIT
 * The console's HTTP surface: login, REST under /api/v1 (openapi.json is its contract), event streams, pages,
 * health and metrics. */
#ifndef DISPATCHER_APP_WEB_H
#define DISPATCHER_APP_WEB_H

#include "dispatcher/net/http.h"

struct dispatcher;

struct web {
    struct dispatcher *dispatcher;
    struct http_folder folders[4];
    size_t folder_count;
    char *openapi; /* owned: the document served under /api/v1/openapi.json */
};

enum status web_init(struct web *web, struct dispatcher *dispatcher, struct error *error);
void web_destroy(struct web *web);

/* Handler of the console server (userdata: struct dispatcher). */
void web_handle(struct http_request *request, void *userdata);

#endif
