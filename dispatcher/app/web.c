/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/wire/json.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/metrics.h"
#include "dispatcher/app/openapi.h"
#include "dispatcher/app/web_inside.h"
#include "dispatcher/net/sse.h"

enum { BODY_MAX = 64 * 1024, NAMES_MAX = 255 };

/* ---- answers ---- */

void answer_json(struct http_request *request, int status, json_t *value, const struct http_header *headers,
                 size_t header_count)
{
    struct text body = {0};
    wire_json_write(&body, value);
    json_decref(value);
    http_answer(request, &(struct http_response){.status = status,
                                                 .type = "application/json",
                                                 .body = {body.data, body.length},
                                                 .headers = headers,
                                                 .header_count = header_count});
    text_destroy(&body);
}

void answer_error(struct http_request *request, int status, const char *code, const char *zh, const char *en)
{
    answer_json(request, status, json_pack("{s:{s:s,s:s,s:s}}", "error", "code", code, "zh", zh, "en", en),
                NULL, 0);
}

static void answer_no_session(struct http_request *request)
{
    answer_error(request, 401, "login-needed", "请先登录（当前办理不会丢失）",
                 "Please log in; nothing is lost");
}

/* ---- looking and watching ---- */

static void do_topic(struct visit *v)
{
    const char *topic = json_string_value(json_object_get(v->fields, "topic"));
    struct caller caller = accounts_caller(v->session);
    enum permission permission;
    if (!topic || !topics_permission(&v->dispatcher->topics, topic, &permission))
        answer_error(v->request, 404, "no-such-topic", "没有这个主题", "There is no such topic");
    else if (!caller_may(&caller, permission))
        answer_error(v->request, 403, "not-permitted", "没有权限", "You are not permitted to do this");
    else
        topics_look(&v->dispatcher->topics, http_request_id(v->request), topic);
}

static void on_stream_closed(struct sse_stream *stream, void *userdata)
{
    struct dispatcher *d = userdata;
    struct web *web = &d->web;
    topics_unsubscribe_stream(&d->topics, sse_id(stream));
    for (size_t i = 0; i < web->stream_count; i++)
        if (web->streams[i].id == sse_id(stream)) {
            web->streams[i] = web->streams[--web->stream_count];
            return;
        }
}

/* Remembers whose stream it is. False: no memory. */
static bool remember_stream(struct web *web, uint64_t id, const struct account_session *session)
{
    if (web->stream_count == web->stream_room) {
        size_t room = web->stream_room ? 2 * web->stream_room : 64;
        struct web_stream *grown = realloc(web->streams, room * sizeof *grown);
        if (!grown)
            return false;
        web->streams = grown;
        web->stream_room = room;
    }
    struct web_stream *stream = &web->streams[web->stream_count++];
    stream->id = id;
    memcpy(stream->token_hash, session->token_hash, sizeof stream->token_hash);
    return true;
}

void web_end_streams(struct web *web, int64_t now_ms)
{
    struct dispatcher *d = web->dispatcher;
    for (size_t i = 0; i < web->stream_count; i++) {
        struct sse_stream *stream = sse_find(&d->console_server, web->streams[i].id);
        if (stream && !accounts_is_alive(&d->accounts, web->streams[i].token_hash, now_ms))
            sse_close(stream);
    }
}

/* Whether every name of the list is a topic that the caller may watch; answers if not. */
static bool topics_are_permitted(struct visit *v, const char *names)
{
    char copy[NAMES_MAX + 1];
    struct caller caller = accounts_caller(v->session);
    enum permission permission;
    char *rest = copy;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name; (name = strsep(&rest, ",")) != NULL;) {
        if (!topics_permission(&v->dispatcher->topics, name, &permission)) {
            answer_error(v->request, 404, "no-such-topic", "没有这个主题", "There is no such topic");
            return false;
        }
        if (!caller_may(&caller, permission)) {
            answer_error(v->request, 403, "not-permitted", "没有权限", "You are not permitted to do this");
            return false;
        }
    }
    return true;
}

static void do_events(struct visit *v)
{
    const char *asked = http_request_query(v->request, "topics");
    char names[NAMES_MAX + 1], last_id[64] = "";
    if (!asked || !*asked || strlen(asked) > NAMES_MAX) {
        answer_error(v->request, 400, "bad-field", "请指明 topics", "Say which topics: ?topics=hall,windows");
        return;
    }
    snprintf(names, sizeof names, "%s", asked);
    if (!topics_are_permitted(v, names))
        return;
    const char *seen = sse_last_id(v->request);
    struct account_session session = *v->session; /* opening the stream ends the request */
    snprintf(last_id, sizeof last_id, "%s", seen ? seen : "");
    struct sse_stream *stream = sse_open(v->request, 1000, on_stream_closed, v->dispatcher);
    if (!stream)
        return;
    if (remember_stream(&v->dispatcher->web, sse_id(stream), &session))
        topics_subscribe_stream(&v->dispatcher->topics, sse_id(stream), names, *last_id ? last_id : NULL);
    else
        sse_close(stream);
}

/* ---- requests of the router ---- */

static void do_request(struct visit *v)
{
    struct caller caller = accounts_caller(v->session);
    const char *key_text = http_request_header(v->request, "Idempotency-Key");
    uint64_t key = key_text ? strtoull(key_text, NULL, 10) : 0;
    router_handle(v->dispatcher, &caller, v->route->what, key > WIRE_INTEGER_MAX ? 0 : key, v->fields,
                  (struct reply_to){REPLY_HTTP, http_request_id(v->request), 0});
}

/* ---- backups ---- */

static bool may_back_up(struct visit *v)
{
    struct caller caller = accounts_caller(v->session);
    if (caller_may(&caller, PERMIT_SET_UP))
        return true;
    answer_error(v->request, 403, "not-permitted", "没有权限", "You are not permitted to do this");
    return false;
}

static void answer_backup(struct visit *v)
{
    const struct copying *copying = &v->dispatcher->copying;
    answer_json(v->request, 200,
                json_pack("{s:{s:s,s:s,s:I,s:I,s:b,s:s}}", "ok", "file", copying->path, "phase",
                          copying->state.phase, "done", (json_int_t)copying->state.done, "total",
                          (json_int_t)copying->state.total, "finished", !copying->backup, "fault",
                          copying->fault),
                NULL, 0);
}

static void do_backup(struct visit *v)
{
    struct error error = {0};
    if (!may_back_up(v))
        return;
    if (copying_begin(&v->dispatcher->copying, &error) == STATUS_OK)
        answer_backup(v);
    else
        answer_error(v->request, error.status == STATUS_EXISTS ? 409 : 507, "backup", "备份无法开始",
                     error.text);
}

static void do_backup_state(struct visit *v)
{
    if (may_back_up(v))
        answer_backup(v);
}

/* ---- open to all ---- */

static void do_health(struct visit *v)
{
    struct dispatcher *d = v->dispatcher;
    static const char *const days[] = {"closed", "open", "closing"};
    answer_json(v->request, d->turn.full ? 503 : 200,
                json_pack("{s:s,s:s,s:I,s:s,s:I}", "status", d->turn.full ? "storage-full" : "ok", "version",
                          EVENHALL_VERSION, "time_ms", (json_int_t)clock_wall_ms(), "day",
                          days[d->hall->day_state], "seq", (json_int_t)store_last_seq(d->store)),
                NULL, 0);
}

static void do_metrics(struct visit *v)
{
    struct text body = {0};
    metrics_write(v->dispatcher, &body);
    http_answer(v->request, &(struct http_response){.status = 200,
                                                    .type = "text/plain; version=0.0.4; charset=utf-8",
                                                    .body = {body.data, body.length}});
    text_destroy(&body);
}

static void do_openapi(struct visit *v)
{
    http_answer(v->request, &(struct http_response){.status = 200,
                                                    .type = "application/json",
                                                    .body = span_of(v->dispatcher->web.openapi)});
}

static void do_home(struct visit *v)
{
    struct http_header header = {"Location", "/console/"};
    http_answer(v->request, &(struct http_response){.status = 302, .headers = &header, .header_count = 1});
}

/* ---- the table ---- */

static const struct web_route routes[] = {
    {HTTP_GET, "/", WEB_OPEN, do_home, NULL, NULL},
    {HTTP_GET, "/healthz", WEB_OPEN, do_health, NULL, "Health: 200 while numbers can be issued"},
    {HTTP_GET, "/metrics", WEB_OPEN, do_metrics, NULL, "Prometheus metrics"},
    {HTTP_GET, "/api/v1/openapi.json", WEB_OPEN, do_openapi, NULL, "This document"},
    {HTTP_POST, "/api/v1/login", WEB_OPEN, do_login, NULL, "Log in; sets the session cookie"},
    {HTTP_POST, "/api/v1/logout", WEB_SESSION, do_logout, NULL, "Log out"},
    {HTTP_POST, "/api/v1/password", WEB_SESSION, do_password, NULL, "Change the own password"},
    {HTTP_GET, "/api/v1/session", WEB_OPEN, do_session, NULL,
     "Who is logged in (role nobody: no one), and the CSRF token"},
    {HTTP_GET, "/api/v1/events", WEB_SESSION, do_events, NULL, "Server-sent events of ?topics=a,b"},
    {HTTP_POST, "/api/v1/backup", WEB_SESSION, do_backup, NULL,
     "Begin a backup of the served hall (administrator)"},
    {HTTP_GET, "/api/v1/backup", WEB_SESSION, do_backup_state, NULL,
     "How far the last backup is (administrator)"},
    {HTTP_GET, "/api/v1/topics/{topic}", WEB_SESSION, do_topic, NULL, "A topic's document now"},
    {HTTP_GET, "/api/v1/catalogue/{part}", WEB_SESSION, do_request, "catalogue",
     "Rows of a part of the catalogue"},
    {HTTP_GET, "/api/v1/slots", WEB_SESSION, do_request, "slots", "Free places of ?item=1&date=2026-11-24"},
    {HTTP_GET, "/api/v1/tickets/{number}", WEB_SESSION, do_request, "ticket", "A ticket of today"},
    {HTTP_GET, "/api/v1/tickets/{number}/why", WEB_SESSION, do_request, "why", "Why it was called"},
    {HTTP_POST, "/api/v1/tickets", WEB_SESSION, do_request, "issue", "Issue a number"},
    {HTTP_POST, "/api/v1/tickets/{number}/cancel", WEB_SESSION, do_request, "cancel", "Cancel it"},
    {HTTP_POST, "/api/v1/tickets/{number}/rejoin", WEB_SESSION, do_request, "rejoin",
     "Rejoin after a no-show"},
    {HTTP_POST, "/api/v1/tickets/{number}/rate", WEB_SESSION, do_request, "rate", "Rate the visit"},
    {HTTP_POST, "/api/v1/tickets/{number}/grant", WEB_SESSION, do_request, "grant", "Grant priority"},
    {HTTP_POST, "/api/v1/bookings", WEB_SESSION, do_request, "book", "Book a slot"},
    {HTTP_POST, "/api/v1/bookings/{booking}/cancel", WEB_SESSION, do_request, "cancel-booking",
     "Cancel a booking"},
    {HTTP_POST, "/api/v1/bookings/{booking}/check-in", WEB_SESSION, do_request, "check-in", "Check in"},
    {HTTP_POST, "/api/v1/windows/{window}/start-duty", WEB_SESSION, do_request, "start-duty", "Go on duty"},
    {HTTP_POST, "/api/v1/windows/{window}/end-duty", WEB_SESSION, do_request, "end-duty", "Leave duty"},
    {HTTP_POST, "/api/v1/windows/{window}/pause", WEB_SESSION, do_request, "pause", "Pause"},
    {HTTP_POST, "/api/v1/windows/{window}/unpause", WEB_SESSION, do_request, "unpause", "Resume service"},
    {HTTP_POST, "/api/v1/windows/{window}/call", WEB_SESSION, do_request, "call", "Call the next ticket"},
    {HTTP_POST, "/api/v1/windows/{window}/call-number", WEB_SESSION, do_request, "call-number",
     "Call a certain one"},
    {HTTP_POST, "/api/v1/windows/{window}/recall", WEB_SESSION, do_request, "recall", "Call again"},
    {HTTP_POST, "/api/v1/windows/{window}/start", WEB_SESSION, do_request, "start", "Begin the service"},
    {HTTP_POST, "/api/v1/windows/{window}/finish", WEB_SESSION, do_request, "finish", "Finish the service"},
    {HTTP_POST, "/api/v1/windows/{window}/no-show", WEB_SESSION, do_request, "no-show",
     "The visitor did not come"},
    {HTTP_POST, "/api/v1/windows/{window}/hold", WEB_SESSION, do_request, "hold", "Put on hold"},
    {HTTP_POST, "/api/v1/windows/{window}/resume", WEB_SESSION, do_request, "resume",
     "Take up a held ticket"},
    {HTTP_POST, "/api/v1/windows/{window}/transfer", WEB_SESSION, do_request, "transfer", "Transfer"},
    {HTTP_POST, "/api/v1/windows/{window}/add-item", WEB_SESSION, do_request, "add-item", "Add an item"},
    {HTTP_POST, "/api/v1/windows/{window}/undo", WEB_SESSION, do_request, "undo", "Undo the last act"},
    {HTTP_POST, "/api/v1/windows/{window}/post", WEB_SESSION, do_request, "post",
     "Post domains at the window"},
    {HTTP_POST, "/api/v1/windows/{window}/plan-break", WEB_SESSION, do_request, "plan-break",
     "Tell the planner of a break ahead"},
    {HTTP_POST, "/api/v1/windows/{window}/clear-breaks", WEB_SESSION, do_request, "clear-breaks",
     "Forget the window's planned breaks"},
    {HTTP_POST, "/api/v1/proposals/{proposal}/answer", WEB_SESSION, do_request, "answer-proposal",
     "Accept, reject or revert a proposal"},
    {HTTP_PUT, "/api/v1/pairs/{from}/{to}", WEB_SESSION, do_request, "set-pair",
     "Set how far windows may be moved from one domain to another"},
    {HTTP_GET, "/api/v1/proposals", WEB_SESSION, do_request, "proposals",
     "Proposals of ?date=2026-11-24, what became of them, and how the last ones compare with their "
     "predictions"},
    {HTTP_GET, "/api/v1/forecasts", WEB_SESSION, do_request, "forecasts", "Expected waits now"},
    {HTTP_GET, "/api/v1/forecasts/accuracy", WEB_SESSION, do_request, "forecast-accuracy",
     "How good the forecasts of ?date=2026-11-24 were"},
    {HTTP_GET, "/api/v1/load", WEB_SESSION, do_request, "load", "What each window did within the last hour"},
    {HTTP_GET, "/api/v1/learned/items", WEB_SESSION, do_request, "learned-items",
     "Learned service times; ?item=1 also at each window"},
    {HTTP_GET, "/api/v1/learned/clerks", WEB_SESSION, do_request, "learned-clerks",
     "Learned speeds of clerks"},
    {HTTP_GET, "/api/v1/learned/demand", WEB_SESSION, do_request, "learned-demand",
     "Visitors expected on ?date=2026-11-24, today also those who came"},
    {HTTP_POST, "/api/v1/learned/use", WEB_SESSION, do_request, "use-learned",
     "Use now what was learned, not when the next day opens"},
    {HTTP_POST, "/api/v1/day/open", WEB_SESSION, do_request, "open-day", "Open the business day"},
    {HTTP_POST, "/api/v1/day/close", WEB_SESSION, do_request, "close-day", "Close the business day"},
    {HTTP_POST, "/api/v1/persons/{person}/lift-suspension", WEB_SESSION, do_request, "lift-suspension",
     "Lift a booking suspension"},
    {HTTP_PUT, "/api/v1/set-up/policies/{policy}", WEB_SESSION, do_request, "set-policy", "Set a policy"},
    {HTTP_PUT, "/api/v1/set-up/zones/{zone}", WEB_SESSION, do_request, "set-zone", "Set a zone"},
    {HTTP_PUT, "/api/v1/set-up/domains/{domain}", WEB_SESSION, do_request, "set-domain", "Set a domain"},
    {HTTP_PUT, "/api/v1/set-up/items/{item}", WEB_SESSION, do_request, "set-item", "Set an item"},
    {HTTP_PUT, "/api/v1/set-up/windows/{window}", WEB_SESSION, do_request, "set-window", "Set a window"},
    {HTTP_PUT, "/api/v1/set-up/kinds/{kind}", WEB_SESSION, do_request, "set-kind", "Set a priority kind"},
    {HTTP_PUT, "/api/v1/set-up/clerks/{clerk}", WEB_SESSION, do_request, "set-clerk", "Set a clerk"},
    {HTTP_PUT, "/api/v1/set-up/authorisations/{authorisation}", WEB_SESSION, do_request, "set-authorisation",
     "Set an authorisation"},
    {HTTP_PUT, "/api/v1/set-up/week/{weekday}", WEB_SESSION, do_request, "set-week",
     "Set a weekday's sessions"},
    {HTTP_PUT, "/api/v1/set-up/calendar/{date}", WEB_SESSION, do_request, "set-calendar",
     "Set a date's sessions"},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

const struct web_route *web_routes(size_t *count)
{
    *count = ROUTES;
    return routes;
}

/* ---- from the wire to the table ---- */

/* A text from path or query: digits become an integer, everything else stays a string. */
static json_t *plain_value(const char *text, size_t length)
{
    bool digits = length > 0 && length < 16;
    for (size_t i = 0; digits && i < length; i++)
        digits = text[i] >= '0' && text[i] <= '9';
    return digits ? json_integer(strtoll(text, NULL, 10)) : json_stringn(text, length);
}

/* Whether the path fits the pattern; the parts that stand for {names} go into fields. */
static bool path_fits(const char *pattern, const char *path, json_t *fields)
{
    while (*pattern && *path) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t length = strcspn(path, "/"), name_length = strcspn(pattern + 1, "}");
        json_t *value = length ? plain_value(path, length) : NULL;
        if (!value)
            return false;
        if (fields)
            json_object_setn_new(fields, pattern + 1, name_length, value);
        else
            json_decref(value);
        path += length;
        pattern += name_length + 2;
    }
    return !*pattern && !*path;
}

static const struct web_route *find_route(enum http_method method, const char *path, bool *path_known)
{
    *path_known = false;
    for (unsigned i = 0; i < ROUTES; i++) {
        if (!path_fits(routes[i].path, path, NULL))
            continue;
        *path_known = true;
        if (routes[i].method == method || (method == HTTP_HEAD && routes[i].method == HTTP_GET))
            return &routes[i];
    }
    return NULL;
}

static void answer_wrong_method(struct http_request *request, const char *path)
{
    char allow[64] = "OPTIONS";
    for (unsigned i = 0; i < ROUTES; i++)
        if (path_fits(routes[i].path, path, NULL)) {
            strncat(allow, ", ", sizeof allow - strlen(allow) - 1);
            strncat(allow, http_method_name(routes[i].method), sizeof allow - strlen(allow) - 1);
        }
    http_answer_allow(request, allow);
}

static void take_query(struct visit *v)
{
    static const char *const names[] = {"item", "date", "channel", "from"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = http_request_query(v->request, names[i]);
        if (value)
            json_object_set_new(v->fields, names[i], plain_value(value, strlen(value)));
    }
}

/* The body's members go beside those of the path, which win. False: answered. */
static bool take_body(struct visit *v)
{
    struct span body = http_request_body(v->request);
    struct error error = {0};
    if (!body.length)
        return true;
    if (body.length > BODY_MAX) {
        answer_error(v->request, 413, "frame-too-large", "内容过长", "The body is longer than 64 KiB");
        return false;
    }
    json_t *object = wire_json_parse(body, &error);
    if (!object) {
        answer_error(v->request, 400, "bad-frame", "内容不是正确的 JSON", error.text);
        return false;
    }
    json_object_update_missing(v->fields, object);
    json_decref(object);
    return true;
}

/* A page of another site can send a cookie but not this header. False: answered. */
static bool is_from_our_page(struct visit *v)
{
    enum http_method method = http_request_method(v->request);
    const char *token = http_request_header(v->request, "X-CSRF-Token");
    const char *site = http_request_header(v->request, "Sec-Fetch-Site");
    bool changes = method != HTTP_GET && method != HTTP_HEAD;
    if (site && changes && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) {
        answer_error(v->request, 403, "csrf", "请求来源不正确", "The request comes from another site");
        return false;
    }
    if (!changes || !v->session || (token && accounts_csrf_is_right(v->session, token)))
        return true;
    answer_error(v->request, 403, "csrf", "页面已过期，请刷新",
                 "The page's token is missing or old: reload it");
    return false;
}

static void route_visit(struct visit *v, const char *path)
{
    struct span cookie = http_request_cookie(v->request, "evenhall");
    if (v->route->access == WEB_SESSION) {
        v->session = cookie.data ? accounts_find(&v->dispatcher->accounts, cookie, clock_wall_ms()) : NULL;
        if (!v->session) {
            answer_no_session(v->request);
            return;
        }
    }
    v->fields = json_object();
    path_fits(v->route->path, path, v->fields);
    take_query(v);
    if (is_from_our_page(v) && take_body(v))
        v->route->handle(v);
    json_decref(v->fields);
}

void web_handle(struct http_request *request, void *userdata)
{
    struct dispatcher *d = userdata;
    struct visit v = {.dispatcher = d, .request = request};
    bool path_known;
    char path[512];
    if (http_answer_file(request, d->web.folders, d->web.folder_count))
        return;
    snprintf(path, sizeof path, "%s", http_request_path(request));
    v.route = find_route(http_request_method(request), path, &path_known);
    if (v.route)
        route_visit(&v, path);
    else if (path_known)
        answer_wrong_method(request, path);
    else
        answer_error(request, 404, "no-such-path", "没有这个页面", "There is no such path");
}

enum status web_init(struct web *web, struct dispatcher *dispatcher, struct error *error)
{
    *web = (struct web){.dispatcher = dispatcher};
    snprintf(web->console, sizeof web->console, "%s/console", dispatcher->params.assets);
    snprintf(web->generated, sizeof web->generated, "%s", dispatcher->params.generated);
    snprintf(web->modules, sizeof web->modules, "%s/console/node_modules", dispatcher->params.assets);
    snprintf(web->icons, sizeof web->icons, "%s/icons", dispatcher->params.assets);
    web->folders[web->folder_count++] =
        (struct http_folder){.prefix = "/console/", .directory = web->console, .index = "index.html"};
    web->folders[web->folder_count++] =
        (struct http_folder){.prefix = "/generated/", .directory = web->generated};
    web->folders[web->folder_count++] =
        (struct http_folder){.prefix = "/modules/", .directory = web->modules};
    web->folders[web->folder_count++] = (struct http_folder){.prefix = "/icons/", .directory = web->icons};
    web->openapi = openapi_text();
    return web->openapi ? STATUS_OK : error_set(error, STATUS_MEMORY, "no memory for the API's description");
}

void web_destroy(struct web *web)
{
    free(web->streams);
    free(web->openapi);
    *web = (struct web){0};
}
