/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/line_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "common/base/clock.h"

static void on_readable(int fd, short what, void *userdata);
static void on_writable(int fd, short what, void *userdata);

struct line_conn *line_conn_create(struct line_server *server, int fd)
{
    struct line_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL) {
        close(fd);
        return NULL;
    }
    conn->server = server;
    conn->fd = fd;
    conn->output = evbuffer_new();
    conn->readable = event_new(server->loop->base, fd, EV_READ | EV_PERSIST, on_readable, conn);
    conn->writable = event_new(server->loop->base, fd, EV_WRITE | EV_PERSIST, on_writable, conn);
    if (conn->output == NULL || conn->readable == NULL || conn->writable == NULL) {
        line_conn_free(conn);
        return NULL;
    }
    return conn;
}

void line_conn_free(struct line_conn *conn)
{
    if (conn->readable != NULL)
        event_free(conn->readable);
    if (conn->writable != NULL)
        event_free(conn->writable);
    if (conn->output != NULL)
        evbuffer_free(conn->output);
    close(conn->fd);
    free(conn->input);
    free(conn->farewell);
    free(conn);
}

static void watch(struct event *event, bool *is_added, bool wanted)
{
    if (wanted == *is_added)
        return;
    if (wanted)
        event_add(event, NULL);
    else
        event_del(event);
    *is_added = wanted;
}

/* Reading pauses while frames are left over and while the peer does not take its answers. */
static void choose_reading(struct line_conn *conn)
{
    bool wanted = !conn->peer_has_ended && conn->state != LINE_DEAD;
    if (conn->state == LINE_OPEN)
        wanted = wanted && !conn->has_leftover && !conn->is_choked;
    if (wanted && !conn->is_reading && conn->frame_begin_ms != 0)
        conn->frame_begin_ms = clock_mono_ms(); /* the pause was ours */
    watch(conn->readable, &conn->is_reading, wanted);
}

void line_mark_dirty(struct line_conn *conn)
{
    if (conn->is_dirty)
        return;
    struct line_server *server = conn->server;
    conn->is_dirty = true;
    conn->dirty_next = server->dirty;
    server->dirty = conn;
    if (server->flushed_turn == loop_turn_count(server->loop))
        loop_again(server->loop); /* this turn's flush is over: have another turn at once */
}

static void mark_hungry(struct line_conn *conn)
{
    if (conn->is_hungry || conn->is_choked)
        return; /* a choked one becomes hungry when it breathes again */
    conn->is_hungry = true;
    conn->hungry_next = conn->server->hungry;
    conn->server->hungry = conn;
}

static void die(struct line_conn *conn)
{
    conn->state = LINE_DEAD;
    choose_reading(conn);
    watch(conn->writable, &conn->is_writing, false);
    line_mark_dirty(conn);
}

static void queue_farewell(struct line_conn *conn)
{
    const char *text = conn->farewell != NULL ? conn->farewell : conn->server->params.farewells[conn->reason];
    if (text == NULL)
        evbuffer_add_printf(conn->output, "error %s\n", line_reason_name(conn->reason));
    else if (text[0] != '\0')
        evbuffer_add_printf(conn->output, "%s\n", text);
}

/* Nothing can reach a peer that is lost or does not read. */
static bool can_be_told(const struct line_conn *conn)
{
    return conn->reason != LINE_READER_TOO_SLOW && conn->reason != LINE_PEER_LOST;
}

void line_end(struct line_conn *conn, enum line_reason reason, const char *text)
{
    if (conn->state != LINE_OPEN)
        return;
    conn->state = LINE_ENDING;
    conn->reason = reason;
    conn->farewell = text != NULL ? strdup(text) : NULL;
    conn->frame_begin_ms = 0;
    conn->has_leftover = false;
    if (!can_be_told(conn))
        evbuffer_drain(conn->output, evbuffer_get_length(conn->output));
    choose_reading(conn);
    line_mark_dirty(conn);
}

void line_refuse(struct line_conn *conn, enum line_reason reason)
{
    conn->state = LINE_FAREWELL;
    conn->reason = reason;
    conn->deadline_ms = clock_mono_ms() + conn->server->params.output_ms_max;
    queue_farewell(conn);
    choose_reading(conn);
    line_mark_dirty(conn);
}

/* Input: from bytes to frames. */

enum { EXCESS_COST = 15 }; /* beyond the 1 of any frame */

/* Uses up a part of the budget: a frame above the rate costs more, so that a flood cannot fill the turns. */
static void hand_out(struct line_conn *conn, const char *data, size_t length, unsigned *budget)
{
    struct line_server *server = conn->server;
    --*budget;
    if (length > 0 && data[length - 1] == '\r')
        length--;
    if (length == 0)
        return;
    int64_t now_ms = clock_mono_ms();
    struct span line = {data, length};
    conn->frame_end_ms = now_ms;
    server->stats.frames_in++;
    if (bucket_take(&conn->frames, conn->frames_per_s, conn->frames_burst, now_ms)) {
        if (server->callbacks.line != NULL)
            server->callbacks.line(conn, line, server->userdata);
    } else {
        server->stats.frames_excess++;
        *budget -= *budget < EXCESS_COST ? *budget : EXCESS_COST;
        if (server->callbacks.excess != NULL)
            server->callbacks.excess(conn, line, server->userdata);
    }
}

/* Hands out the complete frames at the head of data, at most *budget. Returns how many bytes they took. */
static size_t hand_out_frames(struct line_conn *conn, const char *data, size_t length, unsigned *budget)
{
    size_t used = 0;
    while (conn->state == LINE_OPEN && *budget > 0) {
        const char *end = memchr(data + used, '\n', length - used);
        if (end == NULL)
            break;
        size_t frame_length = (size_t)(end - (data + used));
        if (frame_length > conn->server->params.frame_bytes_max) {
            line_end(conn, LINE_FRAME_TOO_LONG, NULL);
            break;
        }
        hand_out(conn, data + used, frame_length, budget);
        used += frame_length + 1;
    }
    return used;
}

static bool keep(struct line_conn *conn, const char *data, size_t length)
{
    size_t needed = conn->input_length + length;
    if (needed > conn->input_capacity) {
        size_t capacity = conn->input_capacity > 0 ? conn->input_capacity : 512;
        while (capacity < needed)
            capacity *= 2;
        char *grown = realloc(conn->input, capacity);
        if (grown == NULL) {
            line_end(conn, LINE_MEMORY, NULL);
            return false;
        }
        conn->input = grown;
        conn->input_capacity = capacity;
    }
    memcpy(conn->input + conn->input_length, data, length);
    conn->input_length = needed;
    return true;
}

static void forget_input(struct line_conn *conn)
{
    conn->has_leftover = false;
    free(conn->input);
    conn->input = NULL;
    conn->input_length = conn->input_capacity = 0;
    conn->frame_begin_ms = 0;
}

/* After frames were handed out: is the rest an unfinished frame, or was the budget too small? */
static void judge_rest(struct line_conn *conn)
{
    if (conn->state != LINE_OPEN || conn->input_length == 0) {
        forget_input(conn);
        return;
    }
    conn->has_leftover = memchr(conn->input, '\n', conn->input_length) != NULL;
    if (conn->has_leftover) {
        conn->frame_begin_ms = 0;
        mark_hungry(conn);
    } else if (conn->input_length > conn->server->params.frame_bytes_max) {
        line_end(conn, LINE_FRAME_TOO_LONG, NULL);
        forget_input(conn);
    } else if (conn->frame_begin_ms == 0) {
        conn->frame_begin_ms = clock_mono_ms();
    }
}

/* Completes the unfinished frame in input with the head of data. Returns how many bytes that took. */
static size_t complete_frame(struct line_conn *conn, const char *data, size_t length, unsigned *budget)
{
    const char *end = memchr(data, '\n', length);
    size_t part = end != NULL ? (size_t)(end - data) : length;
    if (conn->input_length + part > conn->server->params.frame_bytes_max) {
        line_end(conn, LINE_FRAME_TOO_LONG, NULL);
        return length;
    }
    if (!keep(conn, data, part) || end == NULL)
        return length;
    hand_out(conn, conn->input, conn->input_length, budget);
    conn->input_length = 0;
    conn->frame_begin_ms = 0;
    return part + 1;
}

static void feed(struct line_conn *conn, const char *data, size_t length)
{
    unsigned budget = conn->server->params.frames_per_turn;
    size_t used = 0;
    if (conn->input_length > 0)
        used = complete_frame(conn, data, length, &budget);
    if (used < length)
        used += hand_out_frames(conn, data + used, length - used, &budget);
    if (conn->state == LINE_OPEN && used < length && !keep(conn, data + used, length - used))
        return;
    judge_rest(conn);
    choose_reading(conn);
}

void line_feed_leftover(struct line_conn *conn)
{
    if (!conn->has_leftover || conn->is_choked)
        return;
    unsigned budget = conn->server->params.frames_per_turn;
    size_t used = hand_out_frames(conn, conn->input, conn->input_length, &budget);
    conn->input_length -= used;
    memmove(conn->input, conn->input + used, conn->input_length);
    judge_rest(conn);
    choose_reading(conn);
    if (conn->peer_has_ended)
        line_mark_dirty(conn);
}

static void on_readable(int fd, short what, void *userdata)
{
    (void)what;
    struct line_conn *conn = userdata;
    struct line_server *server = conn->server;
    ssize_t got = read(fd, server->scratch, LINE_READ_BYTES);
    if (got > 0) {
        server->stats.bytes_in += (uint64_t)got;
        if (conn->state == LINE_OPEN)
            feed(conn, server->scratch, (size_t)got);
        return;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    conn->peer_has_ended = true;
    if (conn->state == LINE_OPEN && got < 0)
        line_end(conn, LINE_PEER_LOST, NULL);
    else if (conn->state == LINE_LINGERING || got < 0)
        die(conn);
    choose_reading(conn);
    line_mark_dirty(conn); /* a peer that ended its side still gets this turn's answers */
}

/* Output. */

static void lose_peer(struct line_conn *conn)
{
    conn->peer_has_ended = true;
    if (conn->state == LINE_OPEN)
        line_end(conn, LINE_PEER_LOST, NULL);
    else if (conn->state != LINE_ENDING)
        die(conn);
    evbuffer_drain(conn->output, evbuffer_get_length(conn->output));
}

static void write_some(struct line_conn *conn)
{
    size_t waiting = evbuffer_get_length(conn->output);
    if (waiting > 0) {
        int written = evbuffer_write_atmost(conn->output, conn->fd, LINE_WRITE_BYTES);
        if (written > 0) {
            conn->server->stats.bytes_out += (uint64_t)written;
            conn->progress_ms = clock_mono_ms();
        } else if (written < 0 && errno != EAGAIN && errno != EINTR) {
            lose_peer(conn);
        }
        waiting = evbuffer_get_length(conn->output);
    }
    size_t most = conn->server->params.output_bytes_max;
    conn->is_choked = conn->is_choked ? waiting > most / 4 : waiting > most / 2;
    watch(conn->writable, &conn->is_writing, waiting > 0 && conn->state != LINE_DEAD);
    choose_reading(conn);
    if (conn->has_leftover)
        mark_hungry(conn);
}

static void on_writable(int fd, short what, void *userdata)
{
    (void)fd;
    (void)what;
    struct line_conn *conn = userdata;
    write_some(conn);
    if (evbuffer_get_length(conn->output) == 0 && (conn->state != LINE_OPEN || conn->peer_has_ended))
        line_mark_dirty(conn);
}

static void report_end(struct line_conn *conn)
{
    struct line_server *server = conn->server;
    conn->state = LINE_FAREWELL;
    conn->deadline_ms = clock_mono_ms() + server->params.output_ms_max;
    if (conn->reason != LINE_PEER_CLOSED && can_be_told(conn))
        queue_farewell(conn);
    server->stats.ended[conn->reason]++;
    server->stats.open_now--;
    loop_again(server->loop); /* what the application decides now is committed at once */
    if (server->callbacks.closed != NULL)
        server->callbacks.closed(conn, conn->reason, server->userdata);
}

void line_flush(struct line_conn *conn)
{
    if (conn->state == LINE_ENDING)
        report_end(conn);
    if (conn->state != LINE_DEAD)
        write_some(conn);
    bool is_written = evbuffer_get_length(conn->output) == 0;
    if (conn->state == LINE_OPEN && conn->peer_has_ended && !conn->has_leftover && is_written)
        line_end(conn, LINE_PEER_CLOSED, NULL); /* dirty again, so reported next */
    if (conn->state != LINE_FAREWELL || !is_written)
        return;
    if (conn->peer_has_ended || shutdown(conn->fd, SHUT_WR) != 0) {
        die(conn);
        return;
    }
    conn->state = LINE_LINGERING;
    conn->deadline_ms = clock_mono_ms() + LINE_LINGER_MS;
    choose_reading(conn);
}

void line_sweep(struct line_conn *conn, int64_t now_ms)
{
    const struct line_params *params = &conn->server->params;
    bool is_stuck =
        evbuffer_get_length(conn->output) > 0 && now_ms - conn->progress_ms > params->output_ms_max;
    if (conn->state == LINE_OPEN) {
        if (is_stuck)
            line_end(conn, LINE_READER_TOO_SLOW, NULL);
        else if (conn->frame_begin_ms != 0 && conn->is_reading &&
                 now_ms - conn->frame_begin_ms > params->frame_ms_max)
            line_end(conn, LINE_FRAME_TOO_SLOW, NULL);
        else if (conn->idle_ms_max > 0 && now_ms - conn->frame_end_ms > conn->idle_ms_max)
            line_end(conn, LINE_IDLE, NULL);
    } else if (now_ms > conn->deadline_ms && conn->state != LINE_ENDING) {
        die(conn);
    }
}

/* May so much be queued? What waits behind the message that is being sent is limited, not that message. */
static bool has_room(struct line_conn *conn, size_t length)
{
    size_t most = conn->server->params.output_bytes_max;
    size_t waiting = evbuffer_get_length(conn->output);
    if (waiting > 0 && waiting + length > conn->output_mark) {
        write_some(conn); /* many answers to a healthy reader pass through */
        waiting = evbuffer_get_length(conn->output);
    }
    if (conn->state > LINE_ENDING || !can_be_told(conn))
        return false;
    if (waiting == 0)
        conn->output_mark = length + most;
    if (waiting + length <= conn->output_mark)
        return true;
    line_end(conn, LINE_READER_TOO_SLOW, NULL);
    return false;
}

/* Ends a line_send: what was queued goes out when the turn ends. */
static bool queued(struct line_conn *conn, size_t waiting_before, bool is_added)
{
    if (!is_added) {
        line_end(conn, LINE_MEMORY, "");
        return false;
    }
    if (waiting_before == 0)
        conn->progress_ms = clock_mono_ms();
    conn->server->stats.lines_out++;
    line_mark_dirty(conn);
    return true;
}

bool line_send(struct line_conn *conn, const char *data, size_t length)
{
    assert(memchr(data, '\n', length) == NULL);
    if (!has_room(conn, length + 1))
        return false;
    size_t before = evbuffer_get_length(conn->output);
    bool is_added = evbuffer_expand(conn->output, length + 1) == 0 &&
                    evbuffer_add(conn->output, data, length) == 0 && evbuffer_add(conn->output, "\n", 1) == 0;
    return queued(conn, before, is_added);
}

static void release_reference(const void *data, size_t length, void *userdata)
{
    (void)data;
    (void)length;
    buffer_release(userdata);
}

bool line_send_buffer(struct line_conn *conn, struct buffer *buffer)
{
    assert(buffer->length > 0 && buffer->data[buffer->length - 1] == '\n');
    if (!has_room(conn, buffer->length))
        return false;
    size_t before = evbuffer_get_length(conn->output);
    bool is_added = evbuffer_add_reference(conn->output, buffer->data, buffer->length, release_reference,
                                           buffer_hold(buffer)) == 0;
    if (!is_added)
        buffer_release(buffer);
    return queued(conn, before, is_added);
}

size_t line_output_bytes(const struct line_conn *conn)
{
    return evbuffer_get_length(conn->output);
}
