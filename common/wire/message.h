/* SPDX-License-Identifier: MIT
 * The frames of the device protocol, for both sides; PROTOCOL.md is the contract. What a client sends is a
 * request; what it receives is a message. Writers append whole frames with their line end and never write
 * more than WIRE_FRAME_MAX.
 *
 * Server: wire_request_decode, wire_hello_read, then wire_ok_write / wire_error_write / wire_answer_write,
 * and wire_snapshot_write / wire_delta_write / wire_beat_write for topics. Client: wire_hello_write /
 * wire_subscribe_write / wire_request_write, then wire_message_decode. */
#ifndef COMMON_WIRE_MESSAGE_H
#define COMMON_WIRE_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "common/wire/code.h"
#include "common/wire/frame.h"
#include "common/wire/json.h"

enum {
    WIRE_VERSION = 1,
    WIRE_NAME_MAX = 32,   /* bytes of a request's, topic's, device's or hall's name */
    WIRE_TOKEN_MAX = 128, /* bytes of a device's token */
    WIRE_BEAT_MS = 1000,
    WIRE_BEATS_MISSED_MAX = 3,
    WIRE_HELLO_MS_MAX = 5000, /* from connection to hello */
    WIRE_FRAME_MS_MAX = 5000, /* from a frame's first byte to its line end */
    WIRE_STRIKES_MAX = 3,     /* bad frames, then close and ban */
    WIRE_BAN_MS = 60000,
    WIRE_TOPICS_MAX = 16, /* subscriptions of one connection */
    WIRE_PORT = 7200,     /* usual port of the dispatcher's device listener */
};

/* ---- errors ---- */

/* What an error object holds. Pointers are borrowed; in a decoded message they live as long as the message.
 */
struct wire_error {
    const char *code; /* a protocol code or a refusal's */
    const char *zh;   /* words for people, placeholders already filled */
    const char *en;
    const char *field;  /* the member it is about ("items[2]"); NULL: none */
    const char *number; /* the ticket number it is about; NULL: none */
    const char *detail; /* an English sentence for developers; NULL: none */
    int64_t value;      /* a figure that belongs to it */
    bool has_value;
};

/* An error with the code's own words and nothing else. */
struct wire_error wire_error_of(enum wire_code code);
/* The same with the fault's field and sentence, borrowed from the fault. */
struct wire_error wire_error_of_fault(const struct wire_fault *fault);

/* ---- what a client sends ---- */

/* A request as it came. Zero it or let wire_request_decode fill it; wire_request_destroy in either case. */
struct wire_request {
    char what[WIRE_NAME_MAX + 1]; /* "do" */
    uint64_t id;                  /* 1..WIRE_INTEGER_MAX */
    uint64_t key;                 /* 1..WIRE_INTEGER_MAX; 0: none */
    json_t *fields;               /* owned: the remaining members */
};

/* Decodes a frame. On false: *fault says why (bad-frame, missing-field, bad-field), out->id is the frame's id
 * if one could be read and else 0, and nothing is owned. Whether the request exists, needs a key and has the
 * right fields is for the caller to say. */
bool wire_request_decode(struct span line, struct wire_request *out, struct wire_fault *fault);
void wire_request_destroy(struct wire_request *request);

/* Appends a request. fields: borrowed object, NULL for none; key 0: none. False and nothing appended when it
 * would pass WIRE_FRAME_MAX or memory ran out. */
bool wire_request_write(struct text *out, const char *what, uint64_t id, uint64_t key, const json_t *fields);

struct wire_hello {
    int64_t version;
    const char *device; /* borrowed */
    const char *token;  /* borrowed; never logged */
    uint64_t boot;      /* new at each start of the device: (device, boot, key) names a request for ever */
};
bool wire_hello_write(struct text *out, uint64_t id, const struct wire_hello *hello);
/* Reads the fields of a hello request; strings are borrowed from it. Checks the form only, not version or
 * token. */
bool wire_hello_read(const struct wire_request *request, struct wire_hello *out, struct wire_fault *fault);

/* seq: the last one taken in of this topic in the server's present epoch, 0 for a snapshot. */
bool wire_subscribe_write(struct text *out, uint64_t id, const char *topic, uint64_t seq);
bool wire_unsubscribe_write(struct text *out, uint64_t id, const char *topic);
struct wire_subscribe {
    const char *topic; /* borrowed from the request */
    uint64_t seq;
};
bool wire_subscribe_read(const struct wire_request *request, struct wire_subscribe *out,
                         struct wire_fault *fault);
bool wire_unsubscribe_read(const struct wire_request *request, const char **topic, struct wire_fault *fault);

/* ---- what a server sends ---- */

/* The answer's body alone (`"ok":{...}` or `"error":{...}`): what is stored under an idempotency key, so that
 * a repeated request gets the same bytes under its new id. value: borrowed object. */
bool wire_ok_body_write(struct text *out, const json_t *value);
bool wire_error_body_write(struct text *out, const struct wire_error *error);
/* A whole answer from a body. False and nothing appended when it would pass WIRE_FRAME_MAX. */
bool wire_answer_write(struct text *out, uint64_t id, struct span body);

/* Both steps in one. When an ok would pass WIRE_FRAME_MAX nothing is appended and false returned. */
bool wire_ok_write(struct text *out, uint64_t id, const json_t *value);
/* id 0: an error that is about no request (before closing). */
bool wire_error_write(struct text *out, uint64_t id, const struct wire_error *error);

struct wire_welcome {
    int64_t version;
    const char *hall; /* borrowed */
    uint32_t device_id;
    const char *device_name, *device_kind; /* borrowed */
    int64_t time_ms;                       /* the server's wall clock */
    uint64_t epoch; /* rises with each start or takeover of a dispatcher; seq counts within it */
    int64_t beat_ms;
    int64_t frame_max;
};
bool wire_welcome_write(struct text *out, uint64_t id, const struct wire_welcome *welcome);
/* Reads the ok of a hello; strings are borrowed from it. */
bool wire_welcome_read(const json_t *ok, struct wire_welcome *out, struct wire_fault *fault);

/* The ok of a subscribe. seq: the topic's present one; resumed: the deltas after the asked seq follow, no
 * snapshot. */
bool wire_subscribed_write(struct text *out, uint64_t id, const char *topic, uint64_t seq, bool resumed);

/* Appends the topic's whole document as one or more frames, split at members so that each fits
 * WIRE_FRAME_MAX. False (nothing appended) when a single value does not fit a frame or memory ran out. */
bool wire_snapshot_write(struct text *out, const char *topic, uint64_t seq, const json_t *document);
/* The same with a smaller limit a frame, for tests. */
bool wire_snapshot_write_within(struct text *out, const char *topic, uint64_t seq, const json_t *document,
                                size_t frame_max);

/* False (nothing appended) when the delta does not fit a frame: send a snapshot with this seq instead. */
bool wire_delta_write(struct text *out, const char *topic, uint64_t seq, const json_t *patch);
bool wire_beat_write(struct text *out, int64_t wall_ms);

/* ---- what a client receives ---- */

enum wire_kind {
    WIRE_MESSAGE_OK,       /* answer: done */
    WIRE_MESSAGE_ERROR,    /* answer: refused, nothing happened */
    WIRE_MESSAGE_SNAPSHOT, /* one piece of a topic's document */
    WIRE_MESSAGE_DELTA,    /* what changed in a topic */
    WIRE_MESSAGE_BEAT,
    WIRE_MESSAGE_COMPLAINT, /* an error about no request; its remedy says whether the server closes */
    WIRE_MESSAGE_UNKNOWN,   /* a well-formed frame of a later version: ignore it */
    WIRE_MESSAGE_KINDS
};

struct wire_message {
    enum wire_kind kind;
    json_t *frame; /* owned; everything below borrows from it */
    union {
        struct {
            uint64_t id;
            const json_t *value;
        } ok;
        struct {
            uint64_t id;
            struct wire_error error;
        } error; /* also COMPLAINT, with id 0 */
        struct {
            const char *topic;
            uint64_t seq;
            const json_t *patch; /* object: snapshot piece or delta */
            uint32_t part;       /* snapshot: 1, 2, ... */
            bool more;           /* snapshot: not the last piece */
        } topic;
        struct {
            int64_t wall_ms;
        } beat;
    };
};

/* Decodes a frame. STATUS_PARSE, STATUS_LIMIT or STATUS_MEMORY with a sentence when it breaks the protocol;
 * nothing is owned then. Unknown members are ignored: a later server may add some. */
enum status wire_message_decode(struct span line, struct wire_message *out, struct error *error);
void wire_message_destroy(struct wire_message *message);

#endif
