/* SPDX-License-Identifier: MIT
 * Topics of a link: asked for after each welcome, resumed where possible, merged from snapshots and deltas.
 */
#include <stdio.h>
#include <string.h>

#include "common/client/parts.h"
#include "common/wire/merge.h"

static struct link_topic *find(const struct link *link, const char *name)
{
    for (int i = 0; i < LINK_TOPICS_MAX; i++)
        if (link->topics[i].used && strcmp(link->topics[i].name, name) == 0)
            return (struct link_topic *)&link->topics[i]; /* const for readers, who do not change it */
    return NULL;
}

static void unsync(struct link *link, struct link_topic *topic)
{
    if (topic->synced)
        topic->synced_ms = link->vouched_ms;
    topic->synced = false;
}

static void drop_coming(struct link_topic *topic)
{
    json_decref(topic->coming);
    topic->coming = NULL;
    topic->coming_part = 0;
}

static bool can_resume(const struct link *link, const struct link_topic *topic)
{
    return topic->document && topic->epoch == link->epoch;
}

/* Subscribes, anew or again; what still comes from an earlier subscription is ignored until the answer. */
static void ask(struct link *link, struct link_topic *topic, int64_t now_ms)
{
    unsync(link, topic);
    drop_coming(topic);
    topic->awaits_snapshot = topic->refused = false;
    topic->again_ms = 0;
    topic->error_code[0] = '\0';
    topic->asked_id = link->next_id++;
    topic->asked_ms = now_ms;
    uint64_t seq = can_resume(link, topic) ? topic->seq : 0;
    if (!wire_subscribe_write(&link->out, topic->asked_id, topic->name, seq))
        link_drop(link, now_ms, "", "subscribe could not be written");
}

static void set_synced(struct link *link, struct link_topic *topic)
{
    topic->synced = true;
    topic->epoch = link->epoch;
}

static void document_changed(struct link *link, struct link_topic *topic)
{
    topic->revision++;
    link->revision++;
}

/* ---- what the caller wants ---- */

bool link_subscribe(struct link *link, int64_t now_ms, const char *name)
{
    struct link_topic *topic = find(link, name);
    if (topic)
        return true;
    if (name[0] == '\0' || strlen(name) > WIRE_NAME_MAX)
        return false;
    for (int i = 0; i < LINK_TOPICS_MAX && !topic; i++)
        if (!link->topics[i].used)
            topic = &link->topics[i];
    if (!topic)
        return false;
    *topic = (struct link_topic){.used = true, .synced_ms = LINK_AGE_NEVER};
    snprintf(topic->name, sizeof topic->name, "%s", name);
    if (link->state == LINK_READY)
        ask(link, topic, now_ms);
    return true;
}

static void forget(struct link_topic *topic)
{
    drop_coming(topic);
    json_decref(topic->document);
    *topic = (struct link_topic){0};
}

void link_unsubscribe(struct link *link, int64_t now_ms, const char *name)
{
    struct link_topic *topic = find(link, name);
    if (!topic)
        return;
    if (link->state == LINK_READY && !wire_unsubscribe_write(&link->out, link->next_id++, topic->name))
        link_drop(link, now_ms, "", "unsubscribe could not be written");
    forget(topic);
    link->revision++;
}

/* ---- the life of the connection ---- */

void topics_greeted(struct link *link, int64_t now_ms)
{
    for (int i = 0; i < LINK_TOPICS_MAX && link->state == LINK_READY; i++)
        if (link->topics[i].used)
            ask(link, &link->topics[i], now_ms);
}

void topics_lost(struct link *link)
{
    for (int i = 0; i < LINK_TOPICS_MAX; i++)
        unsync(link, &link->topics[i]); /* what else belonged to the connection, ask() begins anew */
}

void topics_destroy(struct link *link)
{
    for (int i = 0; i < LINK_TOPICS_MAX; i++)
        forget(&link->topics[i]);
}

/* ---- what the server says ---- */

static void refused(struct link *link, struct link_topic *topic, int64_t now_ms,
                    const struct wire_error *error)
{
    enum wire_code code = wire_code_find(error->code);
    snprintf(topic->error_code, sizeof topic->error_code, "%s", error->code);
    if (code != WIRE_ERROR_CODES && wire_code_remedy(code) == WIRE_REMEDY_AGAIN)
        topic->again_ms = now_ms + LINK_AGAIN_MS;
    else
        topic->refused = true;
    link->revision++;
}

bool topics_answered(struct link *link, int64_t now_ms, uint64_t id, const json_t *ok,
                     const struct wire_error *error)
{
    struct link_topic *topic = NULL;
    for (int i = 0; i < LINK_TOPICS_MAX && !topic; i++)
        if (link->topics[i].used && link->topics[i].asked_id == id)
            topic = &link->topics[i];
    if (!topic)
        return false;
    topic->asked_id = 0;
    if (error) {
        refused(link, topic, now_ms, error);
        return true;
    }
    topic->target_seq = (uint64_t)wire_integer_at(ok, "seq", 0);
    topic->awaits_snapshot = !wire_bool_at(ok, "resumed");
    if (topic->awaits_snapshot)
        return true;
    if (!can_resume(link, topic) || topic->seq > topic->target_seq) {
        topic->epoch = 0; /* resumed what we do not have: begin from nothing */
        ask(link, topic, now_ms);
        return true;
    }
    link->resumes++;
    if (topic->seq == topic->target_seq)
        set_synced(link, topic);
    return true;
}

/* The topic that a frame is for, unless it belongs to a subscription that was replaced or ended. */
static struct link_topic *addressed(const struct link *link, const struct wire_message *message)
{
    struct link_topic *topic = link->state == LINK_READY ? find(link, message->topic.topic) : NULL;
    return topic && topic->asked_id == 0 && !topic->refused && topic->again_ms == 0 ? topic : NULL;
}

static void ask_after_gap(struct link *link, struct link_topic *topic, int64_t now_ms)
{
    link->gaps++;
    ask(link, topic, now_ms);
}

void topics_snapshot(struct link *link, int64_t now_ms, const struct wire_message *message)
{
    struct link_topic *topic = addressed(link, message);
    uint32_t part = message->topic.part;
    if (!topic)
        return;
    if (part == 1) {
        drop_coming(topic);
        topic->coming = json_object();
        topic->coming_seq = message->topic.seq;
    } else if (!topic->coming || message->topic.seq != topic->coming_seq || part > topic->coming_part + 1) {
        if (topic->awaits_snapshot || topic->coming)
            ask_after_gap(link, topic, now_ms);
        return; /* else a piece of a snapshot that is whole already */
    } else if (part <= topic->coming_part) {
        return;
    }
    topic->coming_part = part;
    if (!topic->coming || !wire_merge(topic->coming, message->topic.patch)) {
        link_drop(link, now_ms, "", "no memory for a topic");
        return;
    }
    if (message->topic.more) { /* until the rest has come the server knows better than we */
        unsync(link, topic);
        topic->asked_ms = now_ms;
        return;
    }
    json_decref(topic->document);
    topic->document = topic->coming;
    topic->coming = NULL;
    topic->coming_part = 0;
    topic->seq = topic->coming_seq;
    topic->awaits_snapshot = false;
    link->snapshots++;
    set_synced(link, topic);
    document_changed(link, topic);
}

void topics_delta(struct link *link, int64_t now_ms, const struct wire_message *message)
{
    struct link_topic *topic = addressed(link, message);
    if (!topic || topic->awaits_snapshot || !topic->document)
        return;
    if (message->topic.seq <= topic->seq)
        return; /* a duplicate */
    if (message->topic.seq > topic->seq + 1 || topic->coming) {
        ask_after_gap(link, topic, now_ms);
        return;
    }
    topic->seq = message->topic.seq;
    if (!wire_merge(topic->document, message->topic.patch)) {
        topic->epoch = 0; /* half merged: never resume from it */
        link_drop(link, now_ms, "", "no memory for a topic");
        return;
    }
    if (!topic->synced && topic->seq >= topic->target_seq)
        set_synced(link, topic);
    document_changed(link, topic);
}

/* ---- time ---- */

/* When the topic needs a look; INT64_MAX: never. */
static int64_t topic_deadline_ms(const struct link_topic *topic)
{
    if (!topic->used || topic->synced || topic->refused)
        return INT64_MAX;
    return topic->again_ms > 0 ? topic->again_ms : topic->asked_ms + LINK_ANSWER_MS_MAX;
}

void topics_tick(struct link *link, int64_t now_ms)
{
    for (int i = 0; i < LINK_TOPICS_MAX && link->state == LINK_READY; i++) {
        struct link_topic *topic = &link->topics[i];
        if (topic_deadline_ms(topic) > now_ms)
            continue;
        if (topic->again_ms > 0)
            ask(link, topic, now_ms);
        else
            link_drop(link, now_ms, "", "a topic did not come in time");
    }
}

int64_t topics_deadline_ms(const struct link *link)
{
    int64_t least = INT64_MAX;
    if (link->state != LINK_READY)
        return least;
    for (int i = 0; i < LINK_TOPICS_MAX; i++) {
        int64_t deadline = topic_deadline_ms(&link->topics[i]);
        least = deadline < least ? deadline : least;
    }
    return least;
}

/* ---- for screens ---- */

const json_t *link_document(const struct link *link, const char *name)
{
    const struct link_topic *topic = find(link, name);
    return topic ? topic->document : NULL;
}

int64_t link_age_ms(const struct link *link, const char *name, int64_t now_ms)
{
    const struct link_topic *topic = find(link, name);
    if (!topic || !topic->document)
        return LINK_AGE_NEVER;
    if (topic->synced)
        return now_ms - link->vouched_ms;
    return topic->synced_ms == LINK_AGE_NEVER ? LINK_AGE_NEVER : now_ms - topic->synced_ms;
}

uint64_t link_topic_revision(const struct link *link, const char *name)
{
    const struct link_topic *topic = find(link, name);
    return topic ? topic->revision : 0;
}

const char *link_topic_refusal(const struct link *link, const char *name)
{
    const struct link_topic *topic = find(link, name);
    return topic && topic->refused ? topic->error_code : NULL;
}
