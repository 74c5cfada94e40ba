/* SPDX-License-Identifier: MIT
 * What line.c (server, listeners, public functions) and line_io.c (bytes in and out of one connection) share.
 * Not for other rooms. */
#ifndef DISPATCHER_NET_LINE_INSIDE_H
#define DISPATCHER_NET_LINE_INSIDE_H

#include "dispatcher/net/line.h"
#include "dispatcher/net/socket.h"

enum {
    LINE_READ_BYTES = 16 * 1024,   /* per connection and turn */
    LINE_WRITE_BYTES = 256 * 1024, /* per connection and turn */
    LINE_LINGER_MS = 500 /* how long we listen after the farewell, so that it is not lost to a reset */
};

struct evbuffer;

/* The states follow each other; a refused connection begins at LINE_FAREWELL. */
enum line_state {
    LINE_OPEN,
    LINE_ENDING,    /* the reason is set; closed() is reported at the end of the turn */
    LINE_FAREWELL,  /* reported; what is queued is still written, what comes in is dropped */
    LINE_LINGERING, /* all written, our side is shut; waiting for the peer's end */
    LINE_DEAD       /* to be freed at the end of the turn */
};

struct line_conn {
    struct line_server *server; /* borrowed */
    uint64_t id;
    size_t slot;
    int fd;                            /* owned */
    struct event *readable, *writable; /* owned */
    bool is_reading, is_writing;       /* whether the events above are added */
    enum line_state state;
    enum line_reason reason;
    char *farewell;      /* owned; instead of the reason's own; NULL for that */
    bool was_opened;     /* opened() was called, so closed() is owed */
    bool peer_has_ended; /* no more input will come */
    bool is_choked;      /* too much output waits to read more requests */
    bool has_leftover;   /* complete frames in input: the turn's budget or the output did not allow more */
    bool is_dirty, is_hungry; /* in the server's lists */
    struct line_conn *dirty_next, *hungry_next;
    struct evbuffer *output; /* owned */
    size_t output_mark;      /* when this much waits, the reader is too slow */
    char *input;             /* owned; what was read and not yet handed out */
    size_t input_length, input_capacity;
    int64_t frame_begin_ms; /* when the unfinished frame in input began; 0 when there is none */
    int64_t frame_end_ms;   /* when the last complete frame came */
    int64_t progress_ms;    /* when output last moved, or began to wait */
    int64_t deadline_ms;    /* for LINE_FAREWELL and LINE_LINGERING */
    int idle_ms_max;
    unsigned frames_per_s, frames_burst, strike_count;
    struct bucket frames;
    void *userdata; /* borrowed */
    uint16_t peer_port, listener_port;
    char address[SOCKET_ADDRESS_BYTES];
};

/* Takes ownership of fd in every case. NULL when memory ran out. */
struct line_conn *line_conn_create(struct line_server *server, int fd);
void line_conn_free(struct line_conn *conn);

/* Decides the end: no more frames, the farewell (text, or the reason's own when NULL) is queued. */
void line_end(struct line_conn *conn, enum line_reason reason, const char *text);

/* A refused connection: straight to the farewell. */
void line_refuse(struct line_conn *conn, enum line_reason reason);

void line_mark_dirty(struct line_conn *conn);
void line_flush(struct line_conn *conn);                 /* at the end of the turn, for a dirty connection */
void line_feed_leftover(struct line_conn *conn);         /* for a hungry connection, in its next turn */
void line_sweep(struct line_conn *conn, int64_t now_ms); /* enforces the deadlines */

#endif
