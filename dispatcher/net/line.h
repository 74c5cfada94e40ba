/* SPDX-License-Identifier: MIT
 * A TCP server for frames that end with a newline: devices. It guards itself: every limit below ends in a
 * named farewell line and a close, and one connection's misbehaviour costs the others nothing (bounded work
 * per connection per turn).
 *
 * Life of a connection: opened(), then line() for each frame, then closed() exactly once; after closed() the
 * connection must not be used. closed() is never called from inside a function of this header, but at the end
 * of a turn, so a loop over all connections may send to and close any of them.
 *
 * What is queued with line_send during a turn goes out after the turn's LOOP_COMMIT hooks, in one write per
 * connection. Loop thread only. */
#ifndef DISPATCHER_NET_LINE_H
#define DISPATCHER_NET_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/net/ban.h"
#include "dispatcher/net/bucket.h"
#include "dispatcher/net/buffer.h"
#include "dispatcher/net/loop.h"

struct event;
struct line_conn;

/* Why a connection ended or was refused: C name, the name in farewells and statistics. */
#define LINE_REASONS(X)                                                                                      \
    X(LINE_PEER_CLOSED, "peer-closed")               /* the peer ended it */                                 \
    X(LINE_PEER_LOST, "peer-lost")                   /* reset, or unreachable for 5 s */                     \
    X(LINE_APP_CLOSED, "closed")                     /* line_close */                                        \
    X(LINE_STOPPING, "server-stopping")              /* line_server_stop or destroy */                       \
    X(LINE_FRAME_TOO_LONG, "frame-too-long")         /* more than frame_bytes_max before the newline */      \
    X(LINE_FRAME_TOO_SLOW, "frame-too-slow")         /* started and not ended within frame_ms_max */         \
    X(LINE_READER_TOO_SLOW, "reader-too-slow")       /* output beyond its limit, or no progress */           \
    X(LINE_IDLE, "idle")                             /* no frame within the idle limit */                    \
    X(LINE_MEMORY, "out-of-memory")                  /* no memory for its input or output */                 \
    X(LINE_REFUSED_FULL, "too-many-connections")     /* refused: connections_max */                          \
    X(LINE_REFUSED_ADDRESS, "too-many-from-address") /* refused: connections_per_address_max */              \
    X(LINE_REFUSED_RATE, "too-many-new-connections") /* refused: accepts_per_s */                            \
    X(LINE_REFUSED_BANNED, "banned")                 /* refused: its address is in the ban table */
enum line_reason {
#define X(name, text) name,
    LINE_REASONS(X)
#undef X
        LINE_REASON_COUNT
};

const char *line_reason_name(enum line_reason reason); /* "frame-too-long"; a static string */

/* Any may be NULL. Spans are valid during the call only. All get the server's userdata last. */
struct line_callbacks {
    /* A connection was accepted. line_set_userdata belongs here. */
    void (*opened)(struct line_conn *conn, void *userdata);
    /* One frame without its newline (and without a carriage return before it). Any bytes but newline:
     * hostile. Empty frames are skipped. */
    void (*line)(struct line_conn *conn, struct span line, void *userdata);
    /* As line, for a frame above the connection's rate: answer a refusal, perhaps line_strike. NULL: such
     * frames are dropped silently. */
    void (*excess)(struct line_conn *conn, struct span line, void *userdata);
    /* The end. Called once for each opened(). */
    void (*closed)(struct line_conn *conn, enum line_reason reason, void *userdata);
};

/* A zero in a number field means the default in brackets; NULL farewell means "error NAME". */
struct line_params {
    size_t connections_max;             /* [1024], at most 65535 */
    size_t connections_per_address_max; /* [no limit] */
    unsigned accepts_per_s;             /* [500] new connections a second, all addresses together */
    unsigned accepts_burst;             /* [1000] */
    size_t frame_bytes_max;             /* [65536] without the newline */
    int frame_ms_max;                   /* [5000] from a frame's first byte to its newline */
    int idle_ms_max;                    /* [no limit] without a complete frame; see line_set_idle_ms */
    unsigned frames_per_s;              /* [200] per connection */
    unsigned frames_burst;              /* [400] */
    unsigned frames_per_turn; /* [64] per connection; the rest waits for the next turn; excess counts 16 */
    size_t output_bytes_max;  /* [1 MiB] waiting behind the message that is being sent */
    int output_ms_max;        /* [5000] without any progress while output waits */
    int send_buffer_bytes;    /* [the system's] SO_SNDBUF: bounds how stale a slow reader's view can get */
    int peer_ms_max;          /* [5000] TCP_USER_TIMEOUT: an unreachable peer is given up */
    const char *farewells[LINE_REASON_COUNT]; /* borrowed; last line sent for this reason, without newline; ""
                                                 for none */
    struct ban_table *bans;                   /* borrowed; addresses refused at accept; NULL for none */
};

struct line_stats {
    size_t open_now;
    uint64_t accepted, refused;        /* connections */
    uint64_t frames_in, frames_excess; /* frames_excess are part of frames_in */
    uint64_t lines_out;                /* line_send and line_send_buffer calls that were queued */
    uint64_t bytes_in, bytes_out;      /* as read from and given to the system */
    uint64_t ended[LINE_REASON_COUNT]; /* closed or refused, by reason */
};

struct line_listener;

/* Caller-owned; must not move between init and destroy. Fields are private. */
struct line_server {
    struct loop *loop; /* borrowed */
    struct line_params params;
    struct line_callbacks callbacks;
    void *userdata;                  /* borrowed */
    struct line_listener *listeners; /* owned list */
    struct line_conn **slots;        /* owned; slot_count places, NULL where free */
    size_t slot_count, slot_next;
    size_t conn_count;         /* slots in use, including those that only say farewell */
    uint64_t last_number;      /* of a connection, for ids */
    struct line_conn *dirty;   /* list: has output to write or an end to report when the turn ends */
    struct line_conn *hungry;  /* list: has complete frames left over for the next turn */
    struct event *feed_hungry; /* owned; activated while the list above is not empty */
    uint64_t flushed_turn;     /* the turn that was flushed last */
    struct loop_timer sweep;   /* looks for broken deadlines while there are connections */
    int sweep_ms;
    char *scratch;         /* owned; the buffer that every read goes through */
    struct bucket accepts; /* tokens for new connections */
    struct line_stats stats;
};

/* Makes a server without a listener. params may be NULL (all defaults); it is copied, what it points to is
 * borrowed. STATUS_MEMORY on failure; then destroy must not be called. */
enum status line_server_init(struct line_server *server, struct loop *loop, const struct line_params *params,
                             const struct line_callbacks *callbacks, void *userdata, struct error *error);

/* Listens on host:port; may be called several times. host: a numeric IPv4 or IPv6 address, or a name whose
 * first address is taken; NULL is 127.0.0.1. port 0 lets the system choose; *port_actual (may be NULL) gets
 * what it is. STATUS_IO when the address cannot be had (in use, not ours), with words for the operator. */
enum status line_server_listen(struct line_server *server, const char *host, uint16_t port,
                               uint16_t *port_actual, struct error *error);

/* Stops listening and closes every connection with the LINE_STOPPING farewell; closed() follows at the end of
 * the turn. Run turns until line_server_is_idle (or give up after a second), then destroy. */
void line_server_stop(struct line_server *server);
bool line_server_is_idle(
    const struct line_server *server); /* no connection is left, not even one saying farewell */

/* Closes and frees everything at once, without callbacks. Not from inside a callback of this server. */
void line_server_destroy(struct line_server *server);

const struct line_stats *line_server_stats(const struct line_server *server);

/* Calls back for each connection that is open and not closing. It may send to and close any connection. */
void line_server_each(struct line_server *server, void (*callback)(struct line_conn *conn, void *userdata),
                      void *userdata);

/* An id that is never reused while it could matter: for answers that come turns later. 0 is never an id. */
uint64_t line_id(const struct line_conn *conn);
struct line_conn *line_find(const struct line_server *server, uint64_t id); /* NULL when it has ended */

void line_set_userdata(struct line_conn *conn, void *userdata); /* the application's own pointer; borrowed */
void *line_userdata(const struct line_conn *conn);
const char *line_address(const struct line_conn *conn);    /* "192.168.1.20"; as long as the connection */
uint16_t line_peer_port(const struct line_conn *conn);     /* of the peer */
uint16_t line_listener_port(const struct line_conn *conn); /* which listener it came through */
size_t line_output_bytes(const struct line_conn *conn);    /* queued and not yet taken by the system */

/* Its end is decided: no more frames are handed out. What is still sent before closed(), the answers of this
 * turn, goes out before the farewell. */
bool line_is_closing(const struct line_conn *conn);

/* Queues data and a newline. data must not hold a newline. False when it cannot arrive any more: the peer is
 * gone or reads too slowly (perhaps since this very call, which went beyond output_bytes_max). */
bool line_send(struct line_conn *conn, const char *data, size_t length);

/* Queues a shared buffer as it is, so it must end with the newline (line_buffer makes one); nothing is
 * copied. The connection holds the buffer until the system has taken it. Result as line_send. */
bool line_send_buffer(struct line_conn *conn, struct buffer *buffer);

/* A shared buffer of the data and a newline, for broadcasts; the caller releases it after sending. NULL: no
 * memory. */
struct buffer *line_buffer(const char *data, size_t length);

/* Hands out no more frames; at the end of the turn sends what is queued and text (without newline; copied;
 * NULL for the LINE_APP_CLOSED farewell, "" for none), then closes. A connection that is closing already
 * keeps its reason. */
void line_close(struct line_conn *conn, const char *text);

/* Counts one misdeed and returns how many there were: three strikes are the application's reason to
 * line_close and to ban_add the peer's key. */
unsigned line_strike(struct line_conn *conn);

/* Changes this connection's idle limit from now on: short until its hello, longer after. 0: none. */
void line_set_idle_ms(struct line_conn *conn, int idle_ms_max);

/* Changes this connection's frame rate, for trusted peers. */
void line_set_rate(struct line_conn *conn, unsigned frames_per_s, unsigned frames_burst);

#endif
