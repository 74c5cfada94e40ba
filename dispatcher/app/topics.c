/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/wire/merge.h"
#include "common/wire/message.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/fields_json.h"
#include "dispatcher/app/views.h"

/* One change as it was sent, for those who come back. */
struct change {
    uint64_t seq, publication;
    struct buffer *line, *event; /* owned holds */
};

struct watchers {
    uint64_t *ids; /* owned */
    uint32_t count, room;
};

struct topic {
    char name[16];
    struct window_id window; /* of window-N */
    bool live;               /* the document follows the hall */
    json_t *document;        /* owned */
    uint64_t seq;
    uint64_t since; /* publications above this are all in the ring */
    struct change ring[TOPIC_RING];
    uint32_t ring_first, ring_count;
    struct watchers lines, streams;
};

/* ------------------------------------------------------------------ documents */

/* The object under a name, made when it is not there; without a name the object itself. */
static json_t *group_of(json_t *object, const char *group)
{
    if (!group)
        return object;
    json_t *members = json_object_get(object, group);
    if (!members) {
        members = json_object();
        json_object_set_new(object, group, members);
    }
    return members;
}

/* Puts value (stolen; NULL: gone) at document[group][key], or document[key] without a group, and what changed
 * into the patch. */
static void follow(struct topic *topic, json_t *patch, const char *group, const char *key, json_t *value)
{
    json_t *members = group_of(topic->document, group);
    json_t *before = json_object_get(members, key);
    json_t *change = NULL;
    if (!value)
        change = before ? json_null() : NULL;
    else if (!before)
        change = json_incref(value);
    else if (!json_equal(before, value))
        change = wire_diff(before, value);
    if (change)
        json_object_set_new(group_of(patch, group), key, change);
    if (value)
        json_object_set_new(members, key, value);
    else if (before)
        json_object_del(members, key);
}

/* Makes the whole document follow at once. */
static void follow_all(struct topic *topic, json_t *patch, json_t *document)
{
    json_t *change = wire_diff(topic->document, document);
    json_object_update(patch, change);
    json_decref(change);
    json_decref(topic->document);
    topic->document = document;
}

static void count_staffing(struct topics *topics)
{
    const struct hall *hall = topics->dispatcher->hall;
    uint64_t domains_of_window;
    memset(topics->windows_of_item, 0, sizeof topics->windows_of_item);
    memset(topics->windows_of_domain, 0, sizeof topics->windows_of_domain);
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        if (!window->clerk.value || window->paused)
            continue;
        domains_of_window = 0;
        for (unsigned i = 1; i <= hall->items_top; i++) {
            if (!(window->may[(i - 1) / 64] >> ((i - 1) % 64) & 1))
                continue;
            topics->windows_of_item[i]++;
            domains_of_window |= (uint64_t)1 << (hall->items[i].set.domain.value - 1);
        }
        for (unsigned d = 1; d <= DOMAINS_MAX; d++)
            if (domains_of_window >> (d - 1) & 1)
                topics->windows_of_domain[d]++;
    }
}

typedef void refresher(struct topics *topics, struct topic *topic, json_t *patch);

static void follow_domains(struct topics *topics, struct topic *topic, json_t *patch)
{
    char key[8];
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        const struct domain *domain = &topics->dispatcher->hall->domains[d];
        if (!domain->exists)
            continue;
        snprintf(key, sizeof key, "%u", d);
        follow(topic, patch, "domains", key,
               domain->retired ? NULL : view_domain(topics, (struct domain_id){(uint16_t)d}));
    }
}

/* Calls view for each ticket that was touched, or for all of them. */
static void follow_tickets(struct topics *topics, struct topic *topic, json_t *patch, const char *group,
                           json_t *(*view)(const struct hall *, const struct ticket *))
{
    const struct hall *hall = topics->dispatcher->hall;
    char key[NUMBER_TEXT_MAX];
    uint32_t count = topics->all ? hall->ticket_count : topics->ticket_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct ticket *ticket = &hall->tickets[topics->all ? i + 1 : topics->tickets[i].value];
        if (!ticket->number.letter)
            continue;
        number_format(ticket->number, key);
        follow(topic, patch, group, key, view(hall, ticket));
    }
}

/* A new day or a reload: what is no longer there must go. */
static void drop_absent(struct topics *topics, struct topic *topic, json_t *patch, const char *group)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(group_of(topic->document, group), next, key, value)
    {
        struct number number;
        if (!number_parse(key, (unsigned)strlen(key), &number) ||
            !hall_ticket_id(topics->dispatcher->hall, number).value)
            follow(topic, patch, group, key, NULL);
    }
}

static void refresh_hall(struct topics *topics, struct topic *topic, json_t *patch)
{
    follow_all(topic, patch, view_hall(topics->dispatcher));
}

static void refresh_board(struct topics *topics, struct topic *topic, json_t *patch)
{
    if (topics->all) {
        drop_absent(topics, topic, patch, "calls");
        drop_absent(topics, topic, patch, "missed");
    }
    follow_tickets(topics, topic, patch, "calls", view_call);
    follow_tickets(topics, topic, patch, "missed", view_missed);
    follow_domains(topics, topic, patch);
}

static void refresh_queue(struct topics *topics, struct topic *topic, json_t *patch)
{
    if (topics->all)
        drop_absent(topics, topic, patch, NULL);
    follow_tickets(topics, topic, patch, NULL, view_waiting);
}

static void refresh_kiosk(struct topics *topics, struct topic *topic, json_t *patch)
{
    const struct hall *hall = topics->dispatcher->hall;
    uint32_t waiting[ITEMS_MAX + 1] = {0};
    char key[8];
    for (uint32_t i = 0; i < hall->waiting_count; i++)
        waiting[hall->waiting[i].item.value]++;
    for (unsigned i = 1; i <= hall->items_top; i++) {
        if (!hall->items[i].exists)
            continue;
        snprintf(key, sizeof key, "%u", i);
        follow(topic, patch, "items", key,
               hall->items[i].set.retired ? NULL
                                          : view_item(topics, (struct item_id){(uint16_t)i}, waiting[i]));
    }
    follow_domains(topics, topic, patch);
}

static void refresh_windows(struct topics *topics, struct topic *topic, json_t *patch)
{
    const struct hall *hall = topics->dispatcher->hall;
    char key[8];
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        if (!hall->windows[w].exists || (!topics->all && !(topics->window_bits[w / 64] >> (w % 64) & 1)))
            continue;
        snprintf(key, sizeof key, "%u", w);
        follow(topic, patch, NULL, key, view_window(hall, (struct window_id){(uint16_t)w}));
    }
}

static void refresh_window(struct topics *topics, struct topic *topic, json_t *patch)
{
    unsigned w = topic->window.value;
    if (topics->all || topics->window_bits[w / 64] >> (w % 64) & 1)
        follow_all(topic, patch, view_counter(topics->dispatcher->hall, topic->window));
}

static const struct {
    const char *name;
    enum permission permission;
    refresher *refresh;
} kinds[] = {
    {"hall", PERMIT_LOOK, refresh_hall},    {"kiosk", PERMIT_LOOK, refresh_kiosk},
    {"board", PERMIT_LOOK, refresh_board},  {"windows", PERMIT_LOOK, refresh_windows},
    {"queue", PERMIT_QUEUE, refresh_queue}, {"window-", PERMIT_QUEUE, refresh_window},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], KIND_WINDOW = KINDS - 1 };

/* Index into kinds; the window of window-N through *window. -1: no such topic. */
static int kind_of(const struct topics *topics, const char *name, struct window_id *window)
{
    window->value = 0;
    for (int k = 0; k < KIND_WINDOW; k++)
        if (strcmp(kinds[k].name, name) == 0)
            return k;
    if (strncmp(name, "window-", 7) != 0 || strlen(name) > 10 || name[7] < '1' || name[7] > '9')
        return -1;
    unsigned number = 0;
    for (const char *c = name + 7; *c; c++) {
        if (*c < '0' || *c > '9')
            return -1;
        number = number * 10 + (unsigned)(*c - '0');
    }
    if (number > WINDOWS_MAX || !topics->dispatcher->hall->windows[number].exists)
        return -1;
    window->value = (uint16_t)number;
    return KIND_WINDOW;
}

bool topics_permission(const struct topics *topics, const char *name, enum permission *permission)
{
    struct window_id window;
    int kind = kind_of(topics, name, &window);
    if (kind >= 0)
        *permission = kinds[kind].permission;
    return kind >= 0;
}

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
    if (kind_of(topics, name, &window) < 0 || topics->count == TOPICS_MAX)
        return NULL;
    struct topic *topic = calloc(1, sizeof *topic);
    if (!topic)
        return NULL;
    snprintf(topic->name, sizeof topic->name, "%s", name);
    topic->window = window;
    topics->list[topics->count++] = topic;
    return topic;
}

static void topic_refresh(struct topics *topics, struct topic *topic, json_t *patch)
{
    struct window_id window;
    kinds[kind_of(topics, topic->name, &window)].refresh(topics, topic, patch);
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
    count_staffing(topics);
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
            count_staffing(topics);
        counted = true;
        topic_publish(topics, topic);
    }
    for (uint32_t i = 0; i < topics->ticket_count; i++)
        topics->ticket_bits[topics->tickets[i].value / 64] = 0;
    topics->ticket_count = 0;
    memset(topics->window_bits, 0, sizeof topics->window_bits);
    topics->staffing = topics->all = false;
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
        } else if (strcmp(field->name, "window") == 0 || strcmp(field->name, "from") == 0) {
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
