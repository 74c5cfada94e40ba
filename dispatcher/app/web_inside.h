/* SPDX-License-Identifier: MIT
 * Shared by the files of the console's HTTP surface: a request on its way, and short answers. */
#ifndef DISPATCHER_APP_WEB_INSIDE_H
#define DISPATCHER_APP_WEB_INSIDE_H

#include <jansson.h>

#include "dispatcher/app/dispatcher.h"

/* A request on its way: who asks, and the parts of the path that stood for {names}. */
struct visit {
    struct dispatcher *dispatcher;
    struct http_request *request;
    struct account_session *session; /* NULL: nobody is logged in */
    json_t *fields;                  /* owned: from path, query and body */
    const struct web_route *route;
};

/* Answers with the value (stolen) and more headers. */
void answer_json(struct http_request *request, int status, json_t *value, const struct http_header *headers,
                 size_t header_count);

/* {"error":{"code":...,"zh":...,"en":...}} */
void answer_error(struct http_request *request, int status, const char *code, const char *zh, const char *en);

/* Logging in and out, who is logged in, the own password. */
void do_login(struct visit *visit);
void do_logout(struct visit *visit);
void do_session(struct visit *visit);
void do_password(struct visit *visit);

#endif
