/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/loop.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/base/clock.h"
#include "common/base/log.h"

enum { READY_FIRST = 32, READY_LAST = 4096 }; /* as in libevent's epoll.c */

struct loop_posted {
    loop_callback callback;
    void *userdata;
    struct loop_posted *next;
};

static void forward_log(int severity, const char *message)
{
    static const enum log_level levels[] = {[EVENT_LOG_DEBUG] = LOG_DEBUG,
                                            [EVENT_LOG_MSG] = LOG_INFO,
                                            [EVENT_LOG_WARN] = LOG_WARN,
                                            [EVENT_LOG_ERR] = LOG_ERROR};
    bool is_known = severity >= 0 && severity < (int)(sizeof levels / sizeof levels[0]);
    log_line(is_known ? levels[severity] : LOG_ERROR, "net", "libevent: %s", message);
}

static struct event_base *make_base(void)
{
    struct event_config *config = event_config_new();
    if (config == NULL)
        return NULL;
    /* One thread owns the base: other threads come in through wake_fd, so libevent needs no locks. Times are
     * read when asked for, so that a timer armed late in a long turn is not early. */
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    event_config_set_flag(config, EVENT_BASE_FLAG_NO_CACHE_TIME);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static struct loop_posted *take_posted(struct loop *loop)
{
    pthread_mutex_lock(&loop->posted_lock);
    struct loop_posted *first = loop->posted_first;
    loop->posted_first = loop->posted_last = NULL;
    pthread_mutex_unlock(&loop->posted_lock);
    return first;
}

static void on_wake(int fd, short what, void *userdata)
{
    (void)what;
    struct loop *loop = userdata;
    uint64_t count;
    if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN)
        log_error("net", "wake failed errno=%d", errno);
    struct loop_posted *posted = take_posted(loop);
    while (posted != NULL) {
        struct loop_posted *next = posted->next;
        posted->callback(posted->userdata);
        free(posted);
        posted = next;
    }
}

static void on_nothing(int fd, short what, void *userdata)
{
    (void)fd;
    (void)what;
    (void)userdata;
}

static void wake(struct loop *loop)
{
    uint64_t one = 1;
    /* The only failure is a full counter, and then the loop is awake already. */
    ssize_t written = write(loop->wake_fd, &one, sizeof one);
    (void)written;
}

enum status loop_init(struct loop *loop, struct error *error)
{
    memset(loop, 0, sizeof *loop);
    loop->ready_max = READY_FIRST;
    event_set_log_callback(forward_log);
    signal(SIGPIPE, SIG_IGN);
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->wake_fd < 0)
        return error_set_errno(error, errno, "cannot make the event loop's wake descriptor");
    loop->base = make_base();
    if (loop->base == NULL) {
        close(loop->wake_fd);
        return error_set(error, STATUS_IO, "cannot make the event loop");
    }
    pthread_mutex_init(&loop->posted_lock, NULL);
    loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    loop->again = event_new(loop->base, -1, 0, on_nothing, NULL);
    loop->patience = event_new(loop->base, -1, 0, on_nothing, NULL);
    if (loop->wake == NULL || loop->again == NULL || loop->patience == NULL ||
        event_add(loop->wake, NULL) != 0) {
        loop_destroy(loop);
        return error_set(error, STATUS_MEMORY, "no memory for the event loop");
    }
    return STATUS_OK;
}

static void free_event(struct event *event)
{
    if (event != NULL)
        event_free(event);
}

void loop_destroy(struct loop *loop)
{
    for (struct loop_posted *posted = take_posted(loop); posted != NULL;) {
        struct loop_posted *next = posted->next;
        free(posted);
        posted = next;
    }
    free_event(loop->wake);
    free_event(loop->again);
    free_event(loop->patience);
    event_base_free(loop->base);
    close(loop->wake_fd);
    pthread_mutex_destroy(&loop->posted_lock);
}

/* libevent asks the system for 32 ready descriptors at first, and for twice as many after each answer that
 * was full. A full answer means that more may be ready, so such a turn looks again; that happens a few times
 * in a loop's life. */
static bool was_cut_short(struct loop *loop)
{
    int most = event_base_get_max_events(loop->base, EVENT_BASE_COUNT_ACTIVE, 1);
    if (most < loop->ready_max || loop->ready_max >= READY_LAST)
        return false;
    loop->ready_max *= 2;
    return true;
}

/* One wait, everything that it found ready, then the hooks. EVLOOP_ONCE is exactly that: libevent asks the
 * system once and empties its queue of active events, including those that their callbacks activate. */
static enum status turn(struct loop *loop, int flags, struct error *error)
{
    loop->turn_count++;
    do {
        if (event_base_loop(loop->base, flags) < 0)
            return error_set_errno(error, errno, "waiting for events failed");
        flags |= EVLOOP_NONBLOCK;
    } while (was_cut_short(loop));
    for (size_t i = 0; i < loop->hook_count; i++)
        loop->hooks[i].callback(loop->hooks[i].userdata);
    return STATUS_OK;
}

enum status loop_run(struct loop *loop, struct error *error)
{
    enum status status = STATUS_OK;
    while (!atomic_load(&loop->is_stopping) && status == STATUS_OK)
        status = turn(loop, EVLOOP_ONCE, error);
    atomic_store(&loop->is_stopping, false);
    return status;
}

static void add_in_ms(struct event *event, int64_t delay_ms)
{
    if (delay_ms < 0)
        delay_ms = 0;
    struct timeval delay = {(time_t)(delay_ms / 1000), (suseconds_t)(delay_ms % 1000 * 1000)};
    event_add(event, &delay);
}

enum status loop_turn(struct loop *loop, int wait_ms_max, struct error *error)
{
    if (wait_ms_max == 0)
        return turn(loop, EVLOOP_ONCE | EVLOOP_NONBLOCK, error);
    if (wait_ms_max > 0)
        add_in_ms(loop->patience, wait_ms_max);
    enum status status = turn(loop, EVLOOP_ONCE, error);
    event_del(loop->patience);
    return status;
}

void loop_stop(struct loop *loop)
{
    atomic_store(&loop->is_stopping, true);
    wake(loop);
}

uint64_t loop_turn_count(const struct loop *loop)
{
    return loop->turn_count;
}

void loop_hook_add(struct loop *loop, enum loop_phase phase, loop_callback callback, void *userdata)
{
    assert(loop->hook_count < LOOP_HOOKS_MAX);
    size_t place = loop->hook_count++;
    for (; place > 0 && loop->hooks[place - 1].phase > phase; place--)
        loop->hooks[place] = loop->hooks[place - 1];
    loop->hooks[place] = (struct loop_hook){phase, callback, userdata};
}

void loop_hook_remove(struct loop *loop, loop_callback callback, void *userdata)
{
    size_t kept = 0;
    for (size_t i = 0; i < loop->hook_count; i++)
        if (loop->hooks[i].callback != callback || loop->hooks[i].userdata != userdata)
            loop->hooks[kept++] = loop->hooks[i];
    loop->hook_count = kept;
}

void loop_again(struct loop *loop)
{
    event_active(loop->again, EV_TIMEOUT, 0);
}

enum status loop_post(struct loop *loop, loop_callback callback, void *userdata)
{
    struct loop_posted *posted = malloc(sizeof *posted);
    if (posted == NULL)
        return STATUS_MEMORY;
    *posted = (struct loop_posted){callback, userdata, NULL};
    pthread_mutex_lock(&loop->posted_lock);
    if (loop->posted_last == NULL)
        loop->posted_first = posted;
    else
        loop->posted_last->next = posted;
    loop->posted_last = posted;
    pthread_mutex_unlock(&loop->posted_lock);
    wake(loop);
    return STATUS_OK;
}

static void on_timer(int fd, short what, void *userdata)
{
    (void)fd;
    (void)what;
    struct loop_timer *timer = userdata;
    /* libevent's coarse clock may be some milliseconds ahead of ours: never ring early. */
    int64_t left_ms = timer->due_ms - clock_mono_ms();
    if (left_ms > 0)
        add_in_ms(timer->event, left_ms);
    else
        timer->callback(timer->userdata);
}

enum status loop_timer_init(struct loop_timer *timer, struct loop *loop, loop_callback callback,
                            void *userdata)
{
    *timer = (struct loop_timer){.callback = callback, .userdata = userdata};
    timer->event = event_new(loop->base, -1, 0, on_timer, timer);
    return timer->event != NULL ? STATUS_OK : STATUS_MEMORY;
}

void loop_timer_destroy(struct loop_timer *timer)
{
    free_event(timer->event);
    timer->event = NULL;
}

void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms)
{
    timer->due_ms = clock_mono_ms() + (delay_ms > 0 ? delay_ms : 0);
    add_in_ms(timer->event, delay_ms);
}

void loop_timer_disarm(struct loop_timer *timer)
{
    event_del(timer->event);
}

bool loop_timer_is_armed(const struct loop_timer *timer)
{
    return event_pending(timer->event, EV_TIMEOUT, NULL) != 0;
}

static void on_signal(int number, short what, void *userdata)
{
    (void)number;
    (void)what;
    struct loop_signal *caught = userdata;
    caught->callback(caught->userdata);
}

enum status loop_signal_init(struct loop_signal *caught, struct loop *loop, int number,
                             loop_callback callback, void *userdata)
{
    *caught = (struct loop_signal){.callback = callback, .userdata = userdata};
    caught->event = event_new(loop->base, number, EV_SIGNAL | EV_PERSIST, on_signal, caught);
    if (caught->event == NULL)
        return STATUS_MEMORY;
    if (event_add(caught->event, NULL) != 0) {
        loop_signal_destroy(caught);
        return STATUS_IO;
    }
    return STATUS_OK;
}

void loop_signal_destroy(struct loop_signal *caught)
{
    free_event(caught->event);
    caught->event = NULL;
}

static void on_ready(int fd, short what, void *userdata)
{
    (void)fd;
    struct loop_watch *watch = userdata;
    unsigned ready = (what & EV_READ ? LOOP_READABLE : 0u) | (what & EV_WRITE ? LOOP_WRITABLE : 0u);
    watch->callback(ready, watch->userdata);
}

enum status loop_watch_init(struct loop_watch *watch, struct loop *loop, int fd, unsigned wanted,
                            loop_watch_callback callback, void *userdata)
{
    *watch = (struct loop_watch){.loop = loop, .fd = fd, .callback = callback, .userdata = userdata};
    watch->event = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_ready, watch);
    if (watch->event == NULL)
        return STATUS_MEMORY;
    loop_watch_want(watch, wanted);
    return STATUS_OK;
}

void loop_watch_want(struct loop_watch *watch, unsigned wanted)
{
    event_del(watch->event);
    short what = (short)((wanted & LOOP_READABLE ? EV_READ : 0) | (wanted & LOOP_WRITABLE ? EV_WRITE : 0));
    if (what == 0)
        return;
    event_assign(watch->event, watch->loop->base, watch->fd, (short)(what | EV_PERSIST), on_ready, watch);
    event_add(watch->event, NULL);
}

void loop_watch_destroy(struct loop_watch *watch)
{
    free_event(watch->event);
    watch->event = NULL;
}
