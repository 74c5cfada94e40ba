/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/wire/message.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/topics_inside.h"
#include "dispatcher/app/fields_json.h"

/* ------------------------------------------------------------------ life of a topic */

static void ring_clear(struct topic *topic)
{
    for (uint32_t i = 0; i < topic->ring_count; i++) {
        struct change *change = &topic->ring[(topic->ring_first + i) % TOPIC_RING];
        buffer_release(change->line);
        buffer_release(change->event);
    }
    topic->ring_first = topic->ring_count = 0;
}

static struct topic *topic_find(struct topics *topics, const char *name)
{
    struct window_id window;
    for (uint32_t i = 0; i < topics->count; i++)
        if (strcmp(topics->list[i]->name, name) == 0)
            return topics->list[i];
    if (!topic_is_known(topics, name, &window) || topics->count == TOPICS_MAX)
        return NULL;
    struct topic *topic = calloc(1, sizeof *topic);
    if (!topic)
        return NULL;
    snprintf(topic->name, sizeof topic->name, "%s", name);
    topic->window = window;
    topics->list[topics->count++] = topic;
    return topic;
}

/* Nobody watched for a while: begin anew from the hall as it is. */
static void topic_wake(struct topics *topics, struct topic *topic)
{
    if (topic->live)
        return;
    bool all = topics->all;
    json_t *patch = json_object();
    json_decref(topic->document);
    topic->document = json_object();
    ring_clear(topic);
    topics->all = true;
    topics_count_staffing(topics);
    topic_refresh(topics, topic, patch);
    topics->all = all;
    json_decref(patch);
    topic->seq++;
    topic->since = topics->publication;
    topic->live = true;
}

static void topic_sleep(struct topic *topic)
{
    ring_clear(topic);
    json_decref(topic->document);
    topic->document = NULL;
    topic->live = false;
}

/* ------------------------------------------------------------------ watchers */

static bool watchers_add(struct watchers *w, uint64_t id)
{
    for (uint32_t i = 0; i < w->count; i++)
        if (w->ids[i] == id)
            return true;
    if (w->count == w->room) {
        uint32_t room = w->room ? 2 * w->room : 16;
        uint64_t *grown = realloc(w->ids, room * sizeof *grown);
        if (!grown)
            return false;
        w->ids = grown;
        w->room = room;
    }
    w->ids[w->count++] = id;
    return true;
}

static void watchers_remove(struct watchers *w, uint64_t id)
{
    for (uint32_t i = 0; i < w->count; i++)
        if (w->ids[i] == id) {
            w->ids[i] = w->ids[--w->count];
            return;
        }
}

void topics_unsubscribe_line(struct topics *topics, uint64_t conn_id, const char *name)
{
    for (uint32_t i = 0; i < topics->count; i++)
        if (!name || strcmp(topics->list[i]->name, name) == 0)
            watchers_remove(&topics->list[i]->lines, conn_id);
}

void topics_unsubscribe_stream(struct topics *topics, uint64_t stream_id)
{
    for (uint32_t i = 0; i < topics->count; i++)
        watchers_remove(&topics->list[i]->streams, stream_id);
}

/* ------------------------------------------------------------------ sending */

static void event_id(const struct topics *topics, uint64_t publication, char out[48])
{
    snprintf(out, 48, "%llu-%llu", (unsigned long long)topics->dispatcher->epoch,
             (unsigned long long)publication);
}

/* data {"seq":n,"delta":{...}} or with "snapshot". */
static struct buffer *stream_event(struct topics *topics, const struct topic *topic, const char *what,
                                   const json_t *value, uint64_t publication)
{
    struct text data = {0};
    char id[48];
    event_id(topics, publication, id);
    text_printf(&data, "{\"seq\":%llu,\"%s\":", (unsigned long long)topic->seq, what);
    wire_json_write(&data, value);
    text_puts(&data, "}");
    struct buffer *buffer = sse_buffer(id, topic->name, (struct span){data.data, data.length});
    text_destroy(&data);
    return buffer;
}

/* Whole frames with their line ends, as one shared buffer. */
static struct buffer *frames_buffer(const struct text *frames)
{
    struct span span = {frames->data, frames->length};
    return buffer_create(&span, 1);
}

/* The delta as a frame; one that would be too long becomes the whole document in pieces. */
static struct buffer *line_frames(const struct topic *topic, const json_t *patch)
{
    struct text frame = {0};
    struct buffer *buffer = NULL;
    if (wire_delta_write(&frame, topic->name, topic->seq, patch) ||
        wire_snapshot_write(&frame, topic->name, topic->seq, topic->document))
        buffer = frames_buffer(&frame);
    text_destroy(&frame);
    return buffer;
}

static void send_all(struct topics *topics, struct topic *topic, const struct change *change)
{
    struct dispatcher *d = topics->dispatcher;
    for (uint32_t i = 0; i < topic->lines.count; i++) {
        struct line_conn *conn = line_find(&d->line_server, topic->lines.ids[i]);
        if (conn && change->line)
            line_send_buffer(conn, change->line);
    }
    for (uint32_t i = 0; i < topic->streams.count; i++) {
        struct sse_stream *stream = sse_find(&d->console_server, topic->streams.ids[i]);
        if (stream && change->event)
            sse_send_buffer(stream, change->event);
    }
}

static void topic_publish(struct topics *topics, struct topic *topic)
{
    json_t *patch = json_object();
    topic_refresh(topics, topic, patch);
    if (json_object_size(patch)) {
        if (topic->ring_count == TOPIC_RING) {
            struct change *oldest = &topic->ring[topic->ring_first];
            topic->since = oldest->publication;
            buffer_release(oldest->line);
            buffer_release(oldest->event);
            topic->ring_first = (topic->ring_first + 1) % TOPIC_RING;
            topic->ring_count--;
        }
        topic->seq++;
        topics->publication++;
        struct change *change = &topic->ring[(topic->ring_first + topic->ring_count++) % TOPIC_RING];
        *change = (struct change){topic->seq, topics->publication, line_frames(topic, patch),
                                  stream_event(topics, topic, "delta", patch, topics->publication)};
        send_all(topics, topic, change);
    }
    json_decref(patch);
}

void topics_publish(struct topics *topics)
{
    bool counted = false;
    for (uint32_t i = 0; i < topics->count; i++) {
        struct topic *topic = topics->list[i];
        if (!topic->live)
            continue;
        if (!topic->lines.count && !topic->streams.count) {
            topic_sleep(topic);
            continue;
        }
        if (!counted && (topics->staffing || topics->all))
            topics_count_staffing(topics);
        counted = true;
        topic_publish(topics, topic);
    }
    for (uint32_t i = 0; i < topics->ticket_count; i++)
        topics->ticket_bits[topics->tickets[i].value / 64] = 0;
    topics->ticket_count = 0;
    memset(topics->window_bits, 0, sizeof topics->window_bits);
    topics->staffing = topics->all = topics->proposals = topics->touched = false;
}

/* ------------------------------------------------------------------ noting */

static void note_ticket(struct topics *topics, struct ticket_id id)
{
    uint64_t bit = (uint64_t)1 << (id.value % 64);
    if (!id.value || topics->ticket_bits[id.value / 64] & bit)
        return;
    topics->ticket_bits[id.value / 64] |= bit;
    topics->tickets[topics->ticket_count++] = id;
}

static void note_window(struct topics *topics, unsigned window)
{
    topics->window_bits[window / 64] |= (uint64_t)1 << (window % 64);
}

void topics_note(struct topics *topics, const struct event *event)
{
    const struct hall *hall = topics->dispatcher->hall;
    for (const struct field *field = event_fields(event->kind); field->name; field++) {
        const void *value = (const char *)event + field->offset;
        if (field->type == FIELD_NUMBER) {
            struct ticket_id id = hall_ticket_id(hall, *(const struct number *)value);
            note_ticket(topics, id);
            note_window(topics, hall->tickets[id.value].window.value);
        } else if (strcmp(field->name, "window") == 0 ||
                   (event->kind == EVENT_TICKET_TRANSFERRED && strcmp(field->name, "from") == 0)) {
            note_window(topics, *(const uint16_t *)value);
        }
    }
    switch (event->kind) {
    case EVENT_DUTY_STARTED:
    case EVENT_DUTY_ENDED:
    case EVENT_WINDOW_PAUSED:
    case EVENT_WINDOW_UNPAUSED:
        topics->staffing = true;
        break;
    case EVENT_PROPOSAL_MADE:
    case EVENT_PROPOSAL_ANSWERED:
    case EVENT_PROPOSAL_SCORED:
    case EVENT_PAIR_SET:
        topics->proposals = true;
        break;
    default:
        if (event->kind <= EVENT_DAY_CLOSED)
            topics->all = true;
    }
}

/* ------------------------------------------------------------------ admitting */

static struct topic_wish *wish_add(struct topics *topics)
{
    if (topics->wish_count == topics->wish_room) {
        uint32_t room = topics->wish_room ? 2 * topics->wish_room : 16;
        struct topic_wish *grown = realloc(topics->wishes, room * sizeof *grown);
        if (!grown)
            return NULL;
        topics->wishes = grown;
        topics->wish_room = room;
    }
    struct topic_wish *wish = &topics->wishes[topics->wish_count++];
    *wish = (struct topic_wish){0};
    return wish;
}

void topics_subscribe_line(struct topics *topics, uint64_t conn_id, uint64_t request_id, const char *name,
                           uint64_t seq)
{
    struct topic_wish *wish = wish_add(topics);
    if (!wish)
        return;
    wish->conn_id = conn_id;
    wish->request_id = request_id;
    wish->seq = seq;
    snprintf(wish->names, sizeof wish->names, "%s", name);
}

void topics_subscribe_stream(struct topics *topics, uint64_t stream_id, const char *names,
                             const char *last_id)
{
    struct topic_wish *wish = wish_add(topics);
    unsigned long long epoch, publication;
    if (!wish)
        return;
    wish->stream_id = stream_id;
    snprintf(wish->names, sizeof wish->names, "%s", names);
    if (last_id && sscanf(last_id, "%20llu-%20llu", &epoch, &publication) == 2 &&
        epoch == topics->dispatcher->epoch)
        wish->last_publication = publication;
}

void topics_look(struct topics *topics, uint64_t http_id, const char *name)
{
    struct topic_wish *wish = wish_add(topics);
    if (!wish)
        return;
    wish->http_id = http_id;
    snprintf(wish->names, sizeof wish->names, "%s", name);
}

static void admit_line(struct topics *topics, const struct topic_wish *wish)
{
    struct line_conn *conn = line_find(&topics->dispatcher->line_server, wish->conn_id);
    struct topic *topic = topic_find(topics, wish->names);
    struct text out = {0};
    if (!conn || !topic)
        return;
    topic_wake(topics, topic);
    uint64_t oldest = topic->ring_count ? topic->ring[topic->ring_first].seq - 1 : topic->seq;
    bool resumed = wish->seq && wish->seq >= oldest && wish->seq <= topic->seq;
    wire_subscribed_write(&out, wish->request_id, topic->name, topic->seq, resumed);
    if (!resumed)
        wire_snapshot_write(&out, topic->name, topic->seq, topic->document);
    struct buffer *frames = frames_buffer(&out);
    if (frames)
        line_send_buffer(conn, frames);
    buffer_release(frames);
    for (uint32_t i = 0; resumed && i < topic->ring_count; i++) {
        const struct change *change = &topic->ring[(topic->ring_first + i) % TOPIC_RING];
        if (change->seq > wish->seq && change->line)
            line_send_buffer(conn, change->line);
    }
    watchers_add(&topic->lines, wish->conn_id);
    text_destroy(&out);
}

static void admit_stream_topic(struct topics *topics, const struct topic_wish *wish,
                               struct sse_stream *stream, const char *name)
{
    struct topic *topic = topic_find(topics, name);
    if (!topic)
        return;
    topic_wake(topics, topic);
    uint64_t last = wish->last_publication;
    if (last && last >= topic->since) {
        for (uint32_t i = 0; i < topic->ring_count; i++) {
            const struct change *change = &topic->ring[(topic->ring_first + i) % TOPIC_RING];
            if (change->publication > last && change->event)
                sse_send_buffer(stream, change->event);
        }
    } else {
        struct buffer *whole = stream_event(topics, topic, "snapshot", topic->document, topics->publication);
        if (whole)
            sse_send_buffer(stream, whole);
        buffer_release(whole);
    }
    watchers_add(&topic->streams, wish->stream_id);
}

static void admit_stream(struct topics *topics, struct topic_wish *wish)
{
    struct sse_stream *stream = sse_find(&topics->dispatcher->console_server, wish->stream_id);
    char *rest = wish->names;
    for (char *name; stream && (name = strsep(&rest, ",")) != NULL;)
        admit_stream_topic(topics, wish, stream, name);
}

static void admit_look(struct topics *topics, const struct topic_wish *wish)
{
    struct http_request *request = http_request_find(&topics->dispatcher->console_server, wish->http_id);
    struct topic *topic = topic_find(topics, wish->names);
    struct text body = {0};
    if (!request)
        return;
    if (!topic) {
        http_answer_error(request, 404, "no-such-topic");
        return;
    }
    topic_wake(topics, topic);
    text_printf(&body, "{\"ok\":{\"topic\":\"%s\",\"seq\":%llu,\"document\":", topic->name,
                (unsigned long long)topic->seq);
    wire_json_write(&body, topic->document);
    text_puts(&body, "}}");
    http_answer(request, &(struct http_response){
                             .status = 200, .type = "application/json", .body = {body.data, body.length}});
    text_destroy(&body);
}

void topics_admit(struct topics *topics)
{
    for (uint32_t i = 0; i < topics->wish_count; i++) {
        struct topic_wish *wish = &topics->wishes[i];
        if (wish->conn_id)
            admit_line(topics, wish);
        else if (wish->stream_id)
            admit_stream(topics, wish);
        else
            admit_look(topics, wish);
    }
    topics->wish_count = 0;
}

void topics_init(struct topics *topics, struct dispatcher *dispatcher)
{
    memset(topics, 0, sizeof *topics);
    topics->dispatcher = dispatcher;
    topics->publication = 1;
}

void topics_destroy(struct topics *topics)
{
    for (uint32_t i = 0; i < topics->count; i++) {
        topic_sleep(topics->list[i]);
        free(topics->list[i]->lines.ids);
        free(topics->list[i]->streams.ids);
        free(topics->list[i]);
    }
    free(topics->wishes);
    topics->count = topics->wish_count = 0;
}
