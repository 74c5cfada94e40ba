/* SPDX-License-Identifier: MIT */
#include "tests/unit_net/net_kit.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/clock.h"

enum { WAIT_MS = 10000 };

void kit_loop_init(struct loop *loop)
{
    struct error error = {0};
    if (loop_init(loop, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

void kit_turn(struct loop *loop)
{
    struct error error = {0};
    if (loop_turn(loop, 0, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

void kit_turn_for(struct loop *loop, int64_t ms)
{
    struct error error = {0};
    int64_t until_ms = clock_mono_ms() + ms;
    for (int64_t left; (left = until_ms - clock_mono_ms()) > 0;)
        assert_int_equal(loop_turn(loop, (int)left, &error), STATUS_OK);
}

void kit_turn_until(struct loop *loop, bool (*is_done)(void *userdata), void *userdata, const char *what)
{
    struct error error = {0};
    int64_t until_ms = clock_mono_ms() + WAIT_MS;
    while (!is_done(userdata)) {
        if (clock_mono_ms() > until_ms)
            fail_msg("did not happen: %s", what);
        /* The clients' sockets are not in the loop, so the wait is short. */
        assert_int_equal(loop_turn(loop, 1, &error), STATUS_OK);
    }
}

static struct peer connect_with(const char *host, uint16_t port, int receive_bytes)
{
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *found = NULL;
    assert_int_equal(getaddrinfo(host, service, &wanted, &found), 0);
    struct peer peer = {.fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_true(peer.fd >= 0);
    if (receive_bytes > 0)
        setsockopt(peer.fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    if (connect(peer.fd, found->ai_addr, found->ai_addrlen) != 0)
        fail_msg("connect: %s", strerror(errno));
    freeaddrinfo(found);
    return peer;
}

struct peer kit_connect(const char *host, uint16_t port)
{
    return connect_with(host, port, 0);
}

struct peer kit_connect_small(uint16_t port, int receive_bytes)
{
    return connect_with("127.0.0.1", port, receive_bytes);
}

void kit_close(struct peer *peer)
{
    if (peer->fd >= 0)
        close(peer->fd);
    peer->fd = -1;
    text_destroy(&peer->got);
}

void kit_reset(struct peer *peer)
{
    struct linger none = {1, 0};
    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    kit_close(peer);
}

void kit_shut(struct peer *peer)
{
    shutdown(peer->fd, SHUT_WR);
}

bool kit_send(struct loop *loop, struct peer *peer, const char *data, size_t length)
{
    int64_t until_ms = clock_mono_ms() + WAIT_MS;
    while (length > 0) {
        ssize_t sent = send(peer->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            data += sent;
            length -= (size_t)sent;
        } else if (errno != EAGAIN) {
            return false;
        } else {
            kit_turn(loop);
            kit_read(peer);
        }
        if (clock_mono_ms() > until_ms)
            fail_msg("could not send");
    }
    return true;
}

bool kit_puts(struct loop *loop, struct peer *peer, const char *text)
{
    return kit_send(loop, peer, text, strlen(text));
}

bool kit_read(struct peer *peer)
{
    char bytes[16384];
    bool has_come = false;
    for (;;) {
        ssize_t got = recv(peer->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got > 0) {
            text_append(&peer->got, bytes, (size_t)got);
            has_come = true;
            continue;
        }
        if (got == 0)
            peer->has_ended = true;
        else if (errno != EAGAIN && errno != EINTR)
            peer->has_ended = peer->was_reset = true;
        return has_come;
    }
}

struct expectation {
    struct peer *peer;
    const char *text;
};

static bool has_text(void *userdata)
{
    struct expectation *expected = userdata;
    kit_read(expected->peer);
    return kit_count(expected->peer, expected->text) > 0;
}

void kit_expect(struct loop *loop, struct peer *peer, const char *text)
{
    char what[256];
    snprintf(what, sizeof what, "the text \"%.200s\" comes", text);
    kit_turn_until(loop, has_text, &(struct expectation){peer, text}, what);
}

static bool has_ended(void *userdata)
{
    struct peer *peer = userdata;
    kit_read(peer);
    return peer->has_ended;
}

void kit_expect_end(struct loop *loop, struct peer *peer)
{
    kit_turn_until(loop, has_ended, peer, "the server ends the connection");
}

size_t kit_count(const struct peer *peer, const char *text)
{
    size_t count = 0;
    size_t length = strlen(text);
    const char *at = peer->got.data;
    const char *end = at != NULL ? at + peer->got.length : NULL;
    while (at != NULL && (at = memmem(at, (size_t)(end - at), text, length)) != NULL) {
        count++;
        at += length;
    }
    return count;
}

uint64_t kit_seed(void)
{
    const char *given = getenv("EVENHALL_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : 0;
    if (seed == 0)
        seed = 0x20261123;
    print_message("seed %llu (set EVENHALL_SEED to change it)\n", (unsigned long long)seed);
    return seed;
}

uint64_t kit_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545F4914F6CDD1Du;
}
