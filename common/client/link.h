/* SPDX-License-Identifier: MIT
 * A device's connection to the dispatcher as a pure state machine: time and bytes come in, a wish and bytes
 * come out. It says hello, keeps topics current over any number of lost connections, sends each request until
 * it is answered or its time is up, and knows how old everything on the screen is. tcp.h gives it a socket;
 * tests give it a simulated one.
 *
 *     idle --start--> connecting --connected--> greeting --welcome--> ready
 *                         ^  |                     |                   |
 *                         |  +------------------ lost -----------------+
 *                         |                        v
 *                         +----- pause over ---- waiting
 *
 * Every `now_ms` is of a clock that never jumps (clock_mono_ms) and never runs backwards from call to call.
 */
#ifndef COMMON_CLIENT_LINK_H
#define COMMON_CLIENT_LINK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "common/wire/frame.h"
#include "common/wire/message.h"

enum {
    LINK_TOPICS_MAX = 8,
    LINK_REQUESTS_MAX = 64,  /* unanswered at once */
    LINK_PAUSE_MS_MIN = 100, /* between two attempts, drawn at random */
    LINK_PAUSE_MS_MAX = 2000,
    LINK_PAUSE_STOPPED_MS = 10000, /* after an error that will not go away by itself (bad token) */
    LINK_CONNECT_MS_MAX = 3000,    /* from the wish for a connection to the connection */
    LINK_GREETING_MS_MAX = 3000,   /* from hello to welcome */
    LINK_ANSWER_MS_MAX = 10000,    /* from subscribe to a whole document */
    LINK_AGAIN_MS = 300,           /* before a request is repeated that was answered "try again" */
    LINK_STEADY_MS = 5000,         /* a connection that lasted so long makes the next pause short again */
    LINK_EPOCH_LOWER_MS =
        60000, /* a lower epoch is refused for so long: an old dispatcher, or a restored store? */
    LINK_OFFSET_SAMPLES = 16,
    LINK_REQUEST_MS_DEFAULT = 5000,
};
#define LINK_AGE_NEVER INT64_MAX

enum link_state {
    LINK_IDLE,       /* not started */
    LINK_WAITING,    /* a pause before the next attempt */
    LINK_CONNECTING, /* wants a connection */
    LINK_GREETING,   /* connected; hello is under way */
    LINK_READY,      /* welcome: requests and topics flow */
};
const char *link_state_name(enum link_state state); /* "ready" */

/* What became of a request. */
enum link_outcome {
    LINK_ANSWERED, /* it happened; `ok` is the answer */
    LINK_REFUSED,  /* it did not happen; `error` says why */
    LINK_GIVEN_UP, /* its time is up, or link_cancel or link_destroy; see `sent` */
};
struct link_result {
    enum link_outcome outcome;
    uint64_t key;     /* the request's; 0: it had none */
    const json_t *ok; /* ANSWERED: borrowed for the call */
    const struct wire_error
        *error; /* REFUSED; GIVEN_UP: the last "try again", or NULL; borrowed for the call */
    bool sent;  /* GIVEN_UP: it reached a connection, so it may have happened or may yet happen;
                   asking again with the same key brings the stored answer. False: it never left */
};
/* Called exactly once for each accepted request, from inside link_received, link_tick, link_cancel or
 * link_destroy. It may make new requests (not from link_destroy). */
typedef void (*link_done)(void *user, const struct link_result *result);

struct link_params {
    const char *device; /* at most WIRE_NAME_MAX bytes; copied */
    const char *token;  /* at most WIRE_TOKEN_MAX bytes; copied */
    uint64_t
        boot; /* new at each start of the device, or the old one with the old next_key; wall ms will do */
    uint64_t next_key; /* first idempotency key to use; 0: 1 */
    uint64_t seed;     /* of the jitter; differs from device to device */
};

struct link_topic {
    bool used;
    char name[WIRE_NAME_MAX + 1];
    json_t *document; /* owned; what a screen may show; never half a snapshot; NULL until the first one is
                         whole */
    json_t *coming;   /* owned; pieces of a snapshot so far */
    uint64_t seq;     /* of document; 0: none that can be resumed */
    uint64_t epoch;   /* in which seq counts */
    uint64_t coming_seq;
    uint32_t coming_part;
    bool awaits_snapshot; /* the subscribe was answered; deltas mean nothing before the snapshot */
    bool synced;          /* document is what the server has, as far as it has told */
    int64_t synced_ms; /* while not synced: link.vouched_ms when it was last; LINK_AGE_NEVER: it never was */
    uint64_t asked_id; /* id of the unanswered subscribe; 0: none */
    int64_t asked_ms;  /* when */
    uint64_t target_seq; /* the server's when it answered the subscribe */
    bool refused;        /* the server will not give it; error_code says why */
    int64_t again_ms;    /* when to ask once more; 0: not planned */
    char error_code[WIRE_NAME_MAX + 1];
    uint64_t revision;
};

struct link_request {
    bool used;
    char what[WIRE_NAME_MAX + 1];
    json_t *fields; /* owned copy */
    uint64_t key;
    uint64_t serial;       /* order of submission; also the caller's handle */
    uint64_t id;           /* under which it is unanswered on this connection; 0: to be sent */
    int64_t not_before_ms; /* a "try again" is waited out */
    int64_t deadline_ms;
    bool sent;      /* on any connection */
    bool has_error; /* last "try again": */
    enum wire_code error;
    link_done done;
    void *user;
};

/* Caller-owned; must not move between init and destroy. Fields are for link.c; read through the functions
 * below. */
struct link {
    enum link_state state;
    char device[WIRE_NAME_MAX + 1], token[WIRE_TOKEN_MAX + 1];
    uint64_t boot, next_key, next_id, next_serial, random;
    uint64_t hello_id;
    int64_t deadline_ms; /* of the present state (pause, connect, greeting) */
    int64_t ready_ms;    /* when the present connection became ready */
    int64_t word_ms;     /* last word from the server on the present connection */
    int64_t vouched_ms;  /* when, as far as it has told, all was as told: its last beat was sent */
    unsigned attempts;   /* since the last steady connection */
    uint64_t connection; /* number of the one wanted or had */
    struct wire_frames frames;
    struct text out; /* owned; bytes not yet taken by the transport */
    size_t out_taken;
    struct link_topic topics[LINK_TOPICS_MAX];
    struct link_request requests[LINK_REQUESTS_MAX];
    uint64_t revision;
    /* of the last welcome */
    bool greeted;
    char hall[WIRE_NAME_MAX + 1], device_kind[WIRE_NAME_MAX + 1];
    uint32_t device_id;
    int64_t beat_ms;
    size_t frame_max;
    uint64_t epoch;         /* highest taken; 0: none yet */
    bool epoch_lower;       /* a lower one was met */
    int64_t epoch_lower_ms; /* when, first */
    /* server wall clock minus our clock, best of the last samples */
    int64_t offsets[LINK_OFFSET_SAMPLES];
    unsigned offset_count, offset_next;
    /* why there is no connection */
    char trouble_code[WIRE_NAME_MAX + 1];
    char trouble[160];
    /* counters */
    uint64_t connections, drops, resumes, snapshots, gaps;
};

/* ---- life ---- */

/* STATUS_LIMIT with a sentence when a name or token is empty or too long. */
enum status link_init(struct link *link, const struct link_params *params, struct error *error);

/* Gives up every unanswered request (their callbacks run) and frees everything. */
void link_destroy(struct link *link);

/* Begins: the first attempt comes at once. No effect when started. */
void link_start(struct link *link, int64_t now_ms);

/* Ends the connection and stays idle until link_start; requests wait for their time, documents stay. */
void link_stop(struct link *link, int64_t now_ms);

/* ---- transport: what it tells the link ---- */

/* The connection that link_wanted asks for is there. */
void link_connected(struct link *link, int64_t now_ms);

/* The connection broke, was closed or could not be made; why: for people, "" when there is nothing to say. */
void link_lost(struct link *link, int64_t now_ms, const char *why);

/* Bytes came. May call back. */
void link_received(struct link *link, int64_t now_ms, struct span bytes);

/* Time passed. Call when link_deadline_ms is reached; earlier does no harm. May call back. */
void link_tick(struct link *link, int64_t now_ms);

/* ---- transport: what the link wants ---- */

/* The connection that should exist: 0 for none, else its number. A transport whose connection has another
 * number closes that one (without link_lost) and, when this is not 0, makes a new one: then link_connected or
 * link_lost. */
uint64_t link_wanted(const struct link *link);

/* Bytes to send, borrowed until the next call of any function that takes a `struct link *`. */
struct span link_output(const struct link *link);
/* So many of them were taken by the system. */
void link_output_taken(struct link *link, size_t length);

/* When link_tick has something to do; INT64_MAX: only when something else happens. */
int64_t link_deadline_ms(const struct link *link);

/* ---- requests ---- */
struct link_ask {
    const char *what;     /* "issue" */
    const json_t *fields; /* borrowed object, copied; NULL: none */
    bool keyed;           /* it changes something: it carries a key and is resent after a lost connection */
    uint64_t key;         /* 0: the next one; else that one again, to learn what became of it */
    int64_t within_ms;    /* given up after so long; 0: LINK_REQUEST_MS_DEFAULT */
};
/* Takes a request, in any state; sends it when ready. Requests are sent in the order in which they were made.
 * Returns a handle above 0; 0 when LINK_REQUESTS_MAX are unanswered, it would not fit a frame or memory ran
 * out (done is then not called). */
uint64_t link_request(struct link *link, int64_t now_ms, const struct link_ask *ask, link_done done,
                      void *user);

/* The key that the next keyed request gets; for a journal that is written first. */
uint64_t link_next_key(const struct link *link);

/* Gives a request up now (its callback runs). No effect when it is done already. */
void link_cancel(struct link *link, uint64_t handle);

/* ---- topics ---- */

/* Keeps the topic current from now on. True also when it is subscribed already; false when LINK_TOPICS_MAX
 * are, or the name is empty or longer than WIRE_NAME_MAX. */
bool link_subscribe(struct link *link, int64_t now_ms, const char *topic);
void link_unsubscribe(struct link *link, int64_t now_ms, const char *topic); /* its document is dropped */

/* The topic's document, borrowed until the next call that may change it; NULL before the first snapshot is
 * whole. It stays when the connection is lost: look at its age. */
const json_t *link_document(const struct link *link, const char *topic);

/* Milliseconds since the server last vouched for the document: while synced, since it sent its last beat (not
 * since that came: it may have been long on its way); else since the last beat before that ended.
 * LINK_AGE_NEVER: it never did. A screen is fresh up to 5,000 and says so beyond. */
int64_t link_age_ms(const struct link *link, const char *topic, int64_t now_ms);

/* Rises whenever the document changes; 0: there is none. */
uint64_t link_topic_revision(const struct link *link, const char *topic);

/* The error code with which the server refused the topic; NULL: it did not. */
const char *link_topic_refusal(const struct link *link, const char *topic);

/* ---- for screens and logs ---- */
enum link_state link_state(const struct link *link);

/* Rises with every change of state, trouble or any document: nothing changed, nothing to draw. */
uint64_t link_revision(const struct link *link);

/* Milliseconds since the server's last word on the present connection; LINK_AGE_NEVER when not ready. */
int64_t link_silence_ms(const struct link *link, int64_t now_ms);

/* The server's wall clock now, as estimated from its beats; false before the first. Off by at most the
 * quickest way of the last LINK_OFFSET_SAMPLES frames that carried a time. */
bool link_server_ms(const struct link *link, int64_t now_ms, int64_t *wall_ms);

/* Why there is no connection: a code ("bad-token", "" when it was not the server's) and a sentence. Both ""
 * when nothing went wrong since the last welcome. */
const char *link_trouble_code(const struct link *link);
const char *link_trouble(const struct link *link);

/* Of the last welcome; "" and 0 before it. */
const char *link_hall(const struct link *link);
const char *link_device_kind(const struct link *link);
uint32_t link_device_id(const struct link *link);
uint64_t link_epoch(const struct link *link);

#endif
