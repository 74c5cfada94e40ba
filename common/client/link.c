/* SPDX-License-Identifier: MIT */
#include "common/client/link.h"

#include <stdio.h>
#include <string.h>

#include "common/client/parts.h"

enum {
    PAUSE_FIRST_MS = 400,   /* ceiling of the first pause; doubles with each attempt */
    OFFSET_STEP_MS = 10000, /* a beat so much too old means that the server's clock was set back */
    BANNED_PAUSE_MS_MAX = 120000,
};

const char *link_state_name(enum link_state state)
{
    static const char *const names[] = {"idle", "waiting", "connecting", "greeting", "ready"};
    return names[state];
}

/* ---- life ---- */

enum status link_init(struct link *link, const struct link_params *params, struct error *error)
{
    size_t device = strlen(params->device), token = strlen(params->token);
    if (device == 0 || device > WIRE_NAME_MAX)
        return error_set(error, STATUS_LIMIT, "the device's name has %zu bytes, not 1 to %d", device,
                         WIRE_NAME_MAX);
    if (token == 0 || token > WIRE_TOKEN_MAX)
        return error_set(error, STATUS_LIMIT, "the device's token has %zu bytes, not 1 to %d", token,
                         WIRE_TOKEN_MAX);
    if (params->boot == 0 || params->boot > WIRE_INTEGER_MAX)
        return error_set(error, STATUS_LIMIT, "the boot number is not from 1 to 2^53-1");
    *link = (struct link){
        .boot = params->boot,
        .next_key = params->next_key ? params->next_key : 1,
        .next_id = 1,
        .next_serial = 1,
        .random = params->seed,
        .frame_max = WIRE_FRAME_MAX,
        .beat_ms = WIRE_BEAT_MS,
    };
    memcpy(link->device, params->device, device + 1);
    memcpy(link->token, params->token, token + 1);
    wire_frames_init(&link->frames, WIRE_FRAME_MAX);
    return STATUS_OK;
}

void link_destroy(struct link *link)
{
    link->state = LINK_IDLE;
    requests_destroy(link);
    topics_destroy(link);
    wire_frames_destroy(&link->frames);
    text_destroy(&link->out);
}

/* SplitMix64: one word of state, good enough to keep devices from knocking together. */
static uint64_t draw(struct link *link)
{
    uint64_t z = (link->random += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int64_t draw_pause_ms(struct link *link)
{
    int64_t ceiling = LINK_PAUSE_MS_MAX;
    if (link->attempts < 3)
        ceiling = (int64_t)PAUSE_FIRST_MS << link->attempts;
    if (ceiling > LINK_PAUSE_MS_MAX)
        ceiling = LINK_PAUSE_MS_MAX;
    link->attempts += link->attempts < 8;
    return LINK_PAUSE_MS_MIN + (int64_t)(draw(link) % (uint64_t)(ceiling - LINK_PAUSE_MS_MIN + 1));
}

static void enter(struct link *link, enum link_state state)
{
    link->state = state;
    link->revision++;
}

static void want_connection(struct link *link, int64_t now_ms)
{
    link->connection++;
    link->deadline_ms = now_ms + LINK_CONNECT_MS_MAX;
    enter(link, LINK_CONNECTING);
}

/* Forgets everything that belonged to the connection. */
static void end_connection(struct link *link, int64_t now_ms)
{
    if (link->state == LINK_READY) {
        link->drops++;
        if (now_ms - link->ready_ms >= LINK_STEADY_MS)
            link->attempts = 0;
    }
    topics_lost(link);
    requests_lost(link);
    link->hello_id = 0;
    wire_frames_destroy(&link->frames);
    wire_frames_init(&link->frames, WIRE_FRAME_MAX);
    text_clear(&link->out);
    link->out.failed = false;
    link->out_taken = 0;
}

void link_drop(struct link *link, int64_t now_ms, const char *code, const char *why)
{
    end_connection(link, now_ms);
    snprintf(link->trouble_code, sizeof link->trouble_code, "%s", code);
    snprintf(link->trouble, sizeof link->trouble, "%s", why);
    link->deadline_ms = now_ms + draw_pause_ms(link);
    enter(link, LINK_WAITING);
}

void link_start(struct link *link, int64_t now_ms)
{
    if (link->state == LINK_IDLE)
        want_connection(link, now_ms);
}

void link_stop(struct link *link, int64_t now_ms)
{
    if (link->state == LINK_IDLE)
        return;
    end_connection(link, now_ms);
    link->attempts = 0;
    enter(link, LINK_IDLE);
}

/* ---- transport ---- */

uint64_t link_wanted(const struct link *link)
{
    return link->state == LINK_CONNECTING || link_connection_is_up(link) ? link->connection : 0;
}

void link_connected(struct link *link, int64_t now_ms)
{
    if (link->state != LINK_CONNECTING)
        return;
    link->connections++;
    link->word_ms = now_ms;
    link->hello_id = link->next_id++;
    link->deadline_ms = now_ms + LINK_GREETING_MS_MAX;
    enter(link, LINK_GREETING);
    struct wire_hello hello = {
        .version = WIRE_VERSION, .device = link->device, .token = link->token, .boot = link->boot};
    if (!wire_hello_write(&link->out, link->hello_id, &hello))
        link_drop(link, now_ms, "", "hello could not be written");
}

void link_lost(struct link *link, int64_t now_ms, const char *why)
{
    if (link_wanted(link) != 0)
        link_drop(link, now_ms, "", why[0] ? why : "the connection was closed");
}

struct span link_output(const struct link *link)
{
    if (!link_connection_is_up(link) || link->out.length == 0)
        return (struct span){"", 0};
    return (struct span){link->out.data + link->out_taken, link->out.length - link->out_taken};
}

void link_output_taken(struct link *link, size_t length)
{
    link->out_taken += length;
    if (link->out_taken < link->out.length)
        return;
    text_clear(&link->out);
    link->out_taken = 0;
}

/* ---- what the server says ---- */

/* A frame that carries the server's time: how far its clock is from ours, at least. */
static void take_server_time(struct link *link, int64_t now_ms, int64_t wall_ms)
{
    int64_t offset = wall_ms - now_ms, best;
    if (link_server_ms(link, 0, &best) && offset < best - OFFSET_STEP_MS)
        link->offset_count = link->offset_next = 0;
    link->offsets[link->offset_next] = offset;
    link->offset_next = (link->offset_next + 1) % LINK_OFFSET_SAMPLES;
    link->offset_count += link->offset_count < LINK_OFFSET_SAMPLES;
    link_server_ms(link, 0, &best);
    link->vouched_ms = wall_ms - best; /* at most now_ms, since best is at least offset */
}

/* After an error that closes: banned carries the seconds, others of its kind are not tried soon. */
static void drop_for_error(struct link *link, int64_t now_ms, const struct wire_error *error)
{
    enum wire_code code = wire_code_find(error->code);
    link_drop(link, now_ms, error->code, error->en[0] ? error->en : error->code);
    if (code == WIRE_ERROR_CODES || wire_code_remedy(code) != WIRE_REMEDY_STOPPED)
        return;
    int64_t pause_ms = LINK_PAUSE_STOPPED_MS;
    if (code == WIRE_ERROR_BANNED && error->has_value && error->value > 0)
        pause_ms = error->value < BANNED_PAUSE_MS_MAX / 1000 ? error->value * 1000 : BANNED_PAUSE_MS_MAX;
    link->deadline_ms += pause_ms;
}

/* A dispatcher of an older epoch may be a former leader that does not know it yet: refused for a while. */
static bool epoch_is_acceptable(struct link *link, int64_t now_ms, uint64_t epoch)
{
    if (epoch >= link->epoch) {
        link->epoch_lower = false;
        return true;
    }
    if (!link->epoch_lower) {
        link->epoch_lower = true;
        link->epoch_lower_ms = now_ms;
    }
    return now_ms - link->epoch_lower_ms >= LINK_EPOCH_LOWER_MS;
}

static void take_welcome(struct link *link, int64_t now_ms, const json_t *ok)
{
    struct wire_welcome welcome;
    struct wire_fault fault;
    if (!wire_welcome_read(ok, &welcome, &fault) || welcome.version != WIRE_VERSION) {
        link_drop(link, now_ms, wire_code_name(WIRE_ERROR_BAD_VERSION),
                  "the server's welcome is not understood");
        link->deadline_ms += LINK_PAUSE_STOPPED_MS;
        return;
    }
    if (!epoch_is_acceptable(link, now_ms, welcome.epoch)) {
        link_drop(link, now_ms, "", "the server is of an earlier epoch than the last one");
        return;
    }
    if (welcome.epoch != link->epoch)
        link->offset_count = link->offset_next = 0;
    link->epoch_lower = false;
    link->epoch = welcome.epoch;
    link->greeted = true;
    link->beat_ms = welcome.beat_ms;
    link->frame_max = (size_t)welcome.frame_max;
    link->device_id = welcome.device_id;
    snprintf(link->hall, sizeof link->hall, "%s", welcome.hall);
    snprintf(link->device_kind, sizeof link->device_kind, "%s", welcome.device_kind);
    link->trouble_code[0] = link->trouble[0] = '\0';
    link->hello_id = 0;
    link->ready_ms = now_ms;
    take_server_time(link, now_ms, welcome.time_ms);
    enter(link, LINK_READY);
    topics_greeted(link, now_ms);
    requests_pump(link, now_ms);
}

static void take_answer(struct link *link, int64_t now_ms, uint64_t id, const json_t *ok,
                        const struct wire_error *error)
{
    if (id == link->hello_id) {
        if (error)
            drop_for_error(link, now_ms, error);
        else
            take_welcome(link, now_ms, ok);
        return;
    }
    if (link->state == LINK_READY && !topics_answered(link, now_ms, id, ok, error))
        requests_answered(link, now_ms, id, ok, error);
}

static void take_message(struct link *link, int64_t now_ms, const struct wire_message *message)
{
    switch (message->kind) {
    case WIRE_MESSAGE_OK:
        take_answer(link, now_ms, message->ok.id, message->ok.value, NULL);
        break;
    case WIRE_MESSAGE_ERROR:
        take_answer(link, now_ms, message->error.id, NULL, &message->error.error);
        break;
    case WIRE_MESSAGE_SNAPSHOT:
        topics_snapshot(link, now_ms, message);
        break;
    case WIRE_MESSAGE_DELTA:
        topics_delta(link, now_ms, message);
        break;
    case WIRE_MESSAGE_BEAT:
        take_server_time(link, now_ms, message->beat.wall_ms);
        break;
    case WIRE_MESSAGE_COMPLAINT:
        drop_for_error(link, now_ms, &message->error.error);
        break;
    case WIRE_MESSAGE_UNKNOWN:
    case WIRE_MESSAGE_KINDS:
        break;
    }
}

static void take_frame(struct link *link, int64_t now_ms, struct span line)
{
    struct wire_message message;
    struct error error;
    if (wire_message_decode(line, &message, &error) != STATUS_OK) {
        error_context(&error, "the server sent a bad frame");
        link_drop(link, now_ms, "", error.text);
        return;
    }
    link->word_ms = now_ms;
    take_message(link, now_ms, &message);
    wire_message_destroy(&message);
}

void link_received(struct link *link, int64_t now_ms, struct span bytes)
{
    uint64_t connection = link->connection;
    struct span line;
    /* A frame may end the connection, and a callback may stop the link: then the rest means nothing. */
    while (link_connection_is_up(link) && link->connection == connection) {
        enum wire_frame_result got = wire_frames_next(&link->frames, &bytes, now_ms, &line);
        if (got == WIRE_FRAME_READY)
            take_frame(link, now_ms, line);
        else if (got == WIRE_FRAME_NONE)
            return;
        else
            link_drop(link, now_ms, "", "the server sent a frame that is too large");
    }
}

/* ---- time ---- */

/* When silence means that the connection is dead: three beats missed, and half a beat for the way. */
static int64_t dead_ms(const struct link *link)
{
    return link->word_ms + WIRE_BEATS_MISSED_MAX * link->beat_ms + link->beat_ms / 2;
}

static void tick_state(struct link *link, int64_t now_ms)
{
    switch (link->state) {
    case LINK_WAITING:
        if (now_ms >= link->deadline_ms)
            want_connection(link, now_ms);
        break;
    case LINK_CONNECTING:
        if (now_ms >= link->deadline_ms)
            link_drop(link, now_ms, "", "no connection in time");
        break;
    case LINK_GREETING:
        if (now_ms >= link->deadline_ms)
            link_drop(link, now_ms, "", "no answer to hello in time");
        break;
    case LINK_READY:
        if (now_ms >= dead_ms(link))
            link_drop(link, now_ms, "", "three beats of the server were missed");
        break;
    case LINK_IDLE:
        break;
    }
}

void link_tick(struct link *link, int64_t now_ms)
{
    tick_state(link, now_ms);
    topics_tick(link, now_ms);
    requests_tick(link, now_ms);
}

int64_t link_deadline_ms(const struct link *link)
{
    int64_t state = link->deadline_ms;
    if (link->state == LINK_IDLE)
        state = INT64_MAX;
    else if (link->state == LINK_READY)
        state = dead_ms(link);
    int64_t topics = topics_deadline_ms(link), requests = requests_deadline_ms(link);
    int64_t least = topics < requests ? topics : requests;
    return state < least ? state : least;
}

/* ---- for screens and logs ---- */

enum link_state link_state(const struct link *link)
{
    return link->state;
}

uint64_t link_revision(const struct link *link)
{
    return link->revision;
}

int64_t link_silence_ms(const struct link *link, int64_t now_ms)
{
    return link->state == LINK_READY ? now_ms - link->word_ms : LINK_AGE_NEVER;
}

bool link_server_ms(const struct link *link, int64_t now_ms, int64_t *wall_ms)
{
    if (link->offset_count == 0)
        return false;
    int64_t best = link->offsets[0];
    for (unsigned i = 1; i < link->offset_count; i++)
        if (link->offsets[i] > best)
            best = link->offsets[i]; /* the largest had the shortest way */
    *wall_ms = now_ms + best;
    return true;
}

const char *link_trouble_code(const struct link *link)
{
    return link->trouble_code;
}

const char *link_trouble(const struct link *link)
{
    return link->trouble;
}

const char *link_hall(const struct link *link)
{
    return link->hall;
}

const char *link_device_kind(const struct link *link)
{
    return link->device_kind;
}

uint32_t link_device_id(const struct link *link)
{
    return link->device_id;
}

uint64_t link_epoch(const struct link *link)
{
    return link->epoch;
}
