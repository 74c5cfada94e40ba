/* SPDX-License-Identifier: MIT
 * The event loop: one thread that waits for sockets, timers and signals, in turns. One turn is: wait until
 * something is ready, hand out everything that is ready, then run the turn's hooks. The dispatcher decides
 * commands as they arrive and commits once per turn in a hook, so a lone request is committed at once and a
 * crowd shares one commit. Everything here belongs to the loop's thread, except loop_post and loop_stop. */
#ifndef DISPATCHER_NET_LOOP_H
#define DISPATCHER_NET_LOOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"

struct event;
struct event_base;

typedef void (*loop_callback)(void *userdata);

/* The order of hooks within a turn. */
enum loop_phase {
    LOOP_COMMIT, /* decide what is left, commit, queue the answers: the application */
    LOOP_FLUSH,  /* write what was queued, report connections that ended: the servers of this room */
};

enum { LOOP_HOOKS_MAX = 16 };

struct loop_hook {
    enum loop_phase phase;
    loop_callback callback;
    void *userdata; /* borrowed */
};

struct loop_posted; /* one callback that another thread has posted */

/* Caller-owned; must not move between init and destroy. Fields are private. */
struct loop {
    struct event_base *base; /* owned */
    struct event *wake;      /* owned; readiness of wake_fd */
    struct event *again;     /* owned; activated by loop_again */
    struct event *patience;  /* owned; ends the wait of loop_turn */
    int wake_fd;
    atomic_bool is_stopping;
    uint64_t turn_count;
    int ready_max;                          /* how many ready descriptors one look can find */
    struct loop_hook hooks[LOOP_HOOKS_MAX]; /* in phase order */
    size_t hook_count;
    pthread_mutex_t posted_lock; /* guards the two below */
    struct loop_posted *posted_first, *posted_last;
};

/* Makes the loop. Also makes the process ignore SIGPIPE and sends libevent's own messages to the log.
 * STATUS_IO or STATUS_MEMORY when the system gives no poll set; then destroy must not be called. */
enum status loop_init(struct loop *loop, struct error *error);

/* Releases everything. Timers, watches, signals and servers on this loop must be destroyed before; callbacks
 * that were posted and have not run are dropped. */
void loop_destroy(struct loop *loop);

/* Runs turns until loop_stop. STATUS_IO when waiting itself fails. May be run again afterwards. */
enum status loop_run(struct loop *loop, struct error *error);

/* Runs one turn, waiting at most wait_ms_max for something to be ready (0: not at all, negative: for ever).
 * Hooks run in any case. For tests and for draining at the end. */
enum status loop_turn(struct loop *loop, int wait_ms_max, struct error *error);

/* Lets the current turn (hooks included) end and makes loop_run return. May be called from any thread. */
void loop_stop(struct loop *loop);

/* Number of turns begun; the same number means the same turn, hence the same commit. */
uint64_t loop_turn_count(const struct loop *loop);

/* Adds a hook that runs at the end of every turn, after all ready input was handed out: phases in order,
 * within a phase in order of adding. At most LOOP_HOOKS_MAX (asserted). Not from inside a hook. */
void loop_hook_add(struct loop *loop, enum loop_phase phase, loop_callback callback, void *userdata);

/* Removes the hook with this callback and userdata, if present. Not from inside a hook. */
void loop_hook_remove(struct loop *loop, loop_callback callback, void *userdata);

/* Makes the next turn begin without waiting. For work that was cut short for fairness, and for commands made
 * in a LOOP_FLUSH hook (a closed connection) that want their commit now. */
void loop_again(struct loop *loop);

/* Runs the callback on the loop's thread, in one of the next turns, in order of posting. May be called from
 * any thread, also before loop_run. STATUS_MEMORY when it cannot be queued. */
enum status loop_post(struct loop *loop, loop_callback callback, void *userdata);

/* A timer that rings once per arming. Caller-owned; must not move between init and destroy. */
struct loop_timer {
    struct event *event; /* owned */
    int64_t due_ms;      /* of clock_mono_ms */
    loop_callback callback;
    void *userdata; /* borrowed */
};

/* STATUS_MEMORY when it cannot be made. The timer is not armed. */
enum status loop_timer_init(struct loop_timer *timer, struct loop *loop, loop_callback callback,
                            void *userdata);
void loop_timer_destroy(struct loop_timer *timer); /* also of a zeroed one */

/* Rings once, delay_ms from now (0 or less: in the next turn). Arming an armed timer replaces its time;
 * arming it again from its own callback makes it periodic. */
void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms);
void loop_timer_disarm(struct loop_timer *timer);
bool loop_timer_is_armed(const struct loop_timer *timer);

/* Calls back on the loop's thread, outside signal context, each time a signal arrives. */
struct loop_signal {
    struct event *event; /* owned */
    loop_callback callback;
    void *userdata; /* borrowed */
};

/* STATUS_MEMORY or STATUS_IO when it cannot be caught. One loop per process may catch signals. */
enum status loop_signal_init(struct loop_signal *signal, struct loop *loop, int number,
                             loop_callback callback, void *userdata);
void loop_signal_destroy(struct loop_signal *signal); /* also of a zeroed one */

/* Watches a file descriptor of someone else (libcurl, libpq, a child's pipe). */
enum loop_ready { LOOP_READABLE = 1, LOOP_WRITABLE = 2 };

typedef void (*loop_watch_callback)(unsigned ready,
                                    void *userdata); /* ready: LOOP_READABLE | LOOP_WRITABLE */

struct loop_watch {
    struct loop *loop;   /* borrowed */
    struct event *event; /* owned */
    int fd;              /* borrowed */
    loop_watch_callback callback;
    void *userdata; /* borrowed */
};

/* wanted: LOOP_READABLE | LOOP_WRITABLE, 0 to begin silent. Level-triggered: calls back in every turn in
 * which the descriptor is ready. STATUS_MEMORY when it cannot be made. Destroy before the descriptor is
 * closed. */
enum status loop_watch_init(struct loop_watch *watch, struct loop *loop, int fd, unsigned wanted,
                            loop_watch_callback callback, void *userdata);
void loop_watch_want(struct loop_watch *watch, unsigned wanted); /* changes what is waited for; 0: nothing */
void loop_watch_destroy(struct loop_watch *watch);               /* also of a zeroed one */

#endif
