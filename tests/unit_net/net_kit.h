/* SPDX-License-Identifier: MIT
 * Plain blocking sockets against a server whose loop runs in the same thread: a test sends, turns the loop
 * until something it names has happened, and reads. Nothing sleeps; what does not happen within WAIT_MS fails
 * the test. */
#ifndef TESTS_UNIT_NET_NET_KIT_H
#define TESTS_UNIT_NET_NET_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"
#include "dispatcher/net/loop.h"

/* A client's end: a non-blocking socket and everything that came in over it. */
struct peer {
    int fd;
    struct text got;
    bool has_ended; /* the other side has shut down */
    bool was_reset;
};

void kit_loop_init(struct loop *loop);

/* Turns the loop until is_done says so; fails the test with what after ten seconds. */
void kit_turn_until(struct loop *loop, bool (*is_done)(void *userdata), void *userdata, const char *what);
void kit_turn(struct loop *loop); /* one turn, without waiting */

/* Turns the loop for about that long: only where a test shows that something does NOT happen. */
void kit_turn_for(struct loop *loop, int64_t ms);

struct peer kit_connect(const char *host, uint16_t port);
struct peer kit_connect_small(uint16_t port, int receive_bytes); /* with a small receive window */
void kit_close(struct peer *peer);
void kit_reset(struct peer *peer); /* closes with a RST */
void kit_shut(struct peer *peer);  /* half-close: no more will be sent */

/* Sends everything, turning the loop while the socket is full. False when the other side has gone. */
bool kit_send(struct loop *loop, struct peer *peer, const char *data, size_t length);
bool kit_puts(struct loop *loop, struct peer *peer, const char *text);

bool kit_read(struct peer *peer); /* takes what is there; true when something was */

/* Turn the loop until the text has come, respectively until the other side ended; fail the test otherwise. */
void kit_expect(struct loop *loop, struct peer *peer, const char *text);
void kit_expect_end(struct loop *loop, struct peer *peer);

size_t kit_count(const struct peer *peer, const char *text); /* how often the text came */

/* A seed for random bytes: from the variable EVENHALL_SEED, or a fixed one; printed, so that a failure can be
 * had again. */
uint64_t kit_seed(void);
uint64_t kit_random(uint64_t *state); /* xorshift64* */

#endif
