/* SPDX-License-Identifier: MIT
 * Requests of a link: each is sent on as many connections as it takes and ends exactly once. */
#include <stdio.h>
#include <string.h>

#include "common/client/parts.h"

/* The earliest request after `serial`; NULL when there is none. Order of submission is order of sending. */
static struct link_request *next_after(struct link *link, uint64_t serial)
{
    struct link_request *best = NULL;
    for (int i = 0; i < LINK_REQUESTS_MAX; i++) {
        struct link_request *request = &link->requests[i];
        if (request->used && request->serial > serial && (!best || request->serial < best->serial))
            best = request;
    }
    return best;
}

/* Frees the slot first, so that the callback finds room for a request of its own. */
static void end(struct link_request *request, enum link_outcome outcome, const json_t *ok,
                const struct wire_error *error)
{
    struct link_request ended = *request;
    struct wire_error again = wire_error_of(ended.error);
    *request = (struct link_request){0};
    json_decref(ended.fields);
    if (!ended.done)
        return;
    struct link_result result = {
        .outcome = outcome,
        .key = ended.key,
        .ok = ok,
        .error = outcome == LINK_GIVEN_UP && ended.has_error ? &again : error,
        .sent = ended.sent,
    };
    ended.done(ended.user, &result);
}

/* ---- what the caller wants ---- */

/* Whether the request fits a frame under any id that it may get. */
static bool fits(const struct link *link, const struct link_ask *request, uint64_t key)
{
    struct text trial = {0};
    bool written = wire_request_write(&trial, request->what, WIRE_INTEGER_MAX, key, request->fields);
    bool good = written && trial.length <= link->frame_max;
    text_destroy(&trial);
    return good;
}

static uint64_t choose_key(const struct link *link, const struct link_ask *request)
{
    if (!request->keyed)
        return 0;
    return request->key ? request->key : link->next_key;
}

uint64_t link_request(struct link *link, int64_t now_ms, const struct link_ask *asked, link_done done,
                      void *user)
{
    struct link_request *request = NULL;
    uint64_t key = choose_key(link, asked);
    for (int i = 0; i < LINK_REQUESTS_MAX && !request; i++)
        if (!link->requests[i].used)
            request = &link->requests[i];
    if (!request || strlen(asked->what) > WIRE_NAME_MAX || !fits(link, asked, key))
        return 0;
    json_t *fields = asked->fields ? json_deep_copy(asked->fields) : NULL;
    if (asked->fields && !fields)
        return 0;
    *request = (struct link_request){
        .used = true,
        .fields = fields,
        .key = key,
        .serial = link->next_serial++,
        .deadline_ms = now_ms + (asked->within_ms > 0 ? asked->within_ms : LINK_REQUEST_MS_DEFAULT),
        .done = done,
        .user = user,
    };
    snprintf(request->what, sizeof request->what, "%s", asked->what);
    if (key >= link->next_key)
        link->next_key = key + 1;
    uint64_t handle = request->serial;
    requests_pump(link, now_ms);
    return handle;
}

uint64_t link_next_key(const struct link *link)
{
    return link->next_key;
}

void link_cancel(struct link *link, uint64_t handle)
{
    for (int i = 0; i < LINK_REQUESTS_MAX; i++) {
        struct link_request *request = &link->requests[i];
        if (request->used && request->serial == handle) {
            end(request, LINK_GIVEN_UP, NULL, NULL);
            return;
        }
    }
}

/* ---- the life of the connection ---- */

void requests_pump(struct link *link, int64_t now_ms)
{
    struct link_request *request = NULL;
    while (link->state == LINK_READY && (request = next_after(link, request ? request->serial : 0))) {
        if (request->id > 0 || request->not_before_ms > now_ms)
            continue;
        request->id = link->next_id++;
        request->sent = true;
        if (!wire_request_write(&link->out, request->what, request->id, request->key, request->fields))
            link_drop(link, now_ms, "", "a request could not be written");
    }
}

void requests_lost(struct link *link)
{
    for (int i = 0; i < LINK_REQUESTS_MAX; i++) {
        link->requests[i].id = 0;
        link->requests[i].not_before_ms = 0;
    }
}

void requests_answered(struct link *link, int64_t now_ms, uint64_t id, const json_t *ok,
                       const struct wire_error *error)
{
    struct link_request *request = NULL;
    for (int i = 0; i < LINK_REQUESTS_MAX && !request; i++)
        if (link->requests[i].used && link->requests[i].id == id)
            request = &link->requests[i];
    if (!request)
        return; /* given up meanwhile, or a duplicate */
    if (!error) {
        end(request, LINK_ANSWERED, ok, NULL);
        return;
    }
    enum wire_code code = wire_code_find(error->code);
    if (code == WIRE_ERROR_CODES || wire_code_remedy(code) != WIRE_REMEDY_AGAIN) {
        end(request, LINK_REFUSED, NULL, error);
        return;
    }
    request->has_error = true;
    request->error = code;
    request->id = 0;
    request->not_before_ms = now_ms + LINK_AGAIN_MS;
}

void requests_tick(struct link *link, int64_t now_ms)
{
    for (int i = 0; i < LINK_REQUESTS_MAX; i++)
        if (link->requests[i].used && link->requests[i].deadline_ms <= now_ms)
            end(&link->requests[i], LINK_GIVEN_UP, NULL, NULL);
    requests_pump(link, now_ms);
}

int64_t requests_deadline_ms(const struct link *link)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < LINK_REQUESTS_MAX; i++) {
        const struct link_request *request = &link->requests[i];
        if (!request->used)
            continue;
        if (request->deadline_ms < least)
            least = request->deadline_ms;
        if (link->state == LINK_READY && request->id == 0 && request->not_before_ms < least)
            least = request->not_before_ms;
    }
    return least;
}

void requests_destroy(struct link *link)
{
    for (int i = 0; i < LINK_REQUESTS_MAX; i++)
        if (link->requests[i].used)
            end(&link->requests[i], LINK_GIVEN_UP, NULL, NULL);
}
