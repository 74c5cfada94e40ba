/* SPDX-License-Identifier: MIT
 * One table of all requests: name, permission, whether it needs a key, handler. Devices reach it by frames,
 * consoles by REST; both give the same JSON fields and get the same bodies. */
#ifndef DISPATCHER_APP_ROUTER_H
#define DISPATCHER_APP_ROUTER_H

#include <jansson.h>
#include <stdint.h>

#include "common/base/span.h"
#include "dispatcher/app/caller.h"

struct dispatcher;

/* Where an answer goes. Zero target: to nobody. */
enum reply_kind { REPLY_NONE, REPLY_LINE, REPLY_HTTP };
struct reply_to {
    enum reply_kind kind;
    uint64_t target;     /* line_id, or http_request_id */
    uint64_t request_id; /* the frame's id */
};

/* A request with the fields given (borrowed object; NULL: none). `what` is a command's name
 * (dispatcher/core/command.h) or a query: catalogue, ticket, why, slots. key 0: none. The answer is sent when
 * the turn has been committed, never before; for HTTP its status follows from the error's code
 * (router_http_status) and its body is {"ok":...} or {"error":...}. */
void router_handle(struct dispatcher *dispatcher, const struct caller *caller, const char *what, uint64_t key,
                   const json_t *fields, struct reply_to to);

/* The permission that a request needs; false: there is no such request. */
bool router_permission(const char *what, enum permission *permission, bool *needs_key);

/* Every request's name, permission and need of a key, for documents and tests; NULL after the last. */
struct route_row {
    const char *what;
    enum permission permission;
    bool needs_key;
};
const struct route_row *router_rows(size_t *count);

/* 200 for ok; 400, 401, 403, 404, 409, 422, 429, 503, 507 by the code of an error. */
int router_http_status(const char *code);

#endif
