/* SPDX-License-Identifier: MIT
 * The TCP shell against a small dispatcher on a real socket of this machine. Time is the test's own: what is
 * awaited is awaited by poll, and only the link's pauses are skipped by moving the clock on. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/base/clock.h"
#include "common/client/tcp.h"
#include "tests/unit_client/fake_hall.h"

enum { AWAIT_MS = 20000 }; /* far beyond what anything here takes */

struct server {
    struct fake_hall hall;
    int listener, fd; /* fd -1: nobody is connected */
    uint16_t port;
};

static void server_init(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    fake_hall_init(&server->hall, 1);
    server->fd = -1;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
}

static void server_drop(struct server *server)
{
    if (server->fd >= 0)
        close(server->fd);
    server->fd = -1;
    fake_hall_lost(&server->hall);
}

static void server_destroy(struct server *server)
{
    server_drop(server);
    close(server->listener);
    fake_hall_destroy(&server->hall);
}

static void server_step(struct server *server, int64_t now_ms)
{
    char bytes[4096];
    int fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        server_drop(server);
        server->fd = fd;
        fake_hall_connected(&server->hall);
    }
    if (server->fd < 0)
        return;
    ssize_t got;
    while ((got = recv(server->fd, bytes, sizeof bytes, 0)) > 0)
        fake_hall_received(&server->hall, now_ms, (struct span){bytes, (size_t)got});
    if (server->hall.out.length > 0)
        assert_int_equal(send(server->fd, server->hall.out.data, server->hall.out.length, MSG_NOSIGNAL),
                         server->hall.out.length);
    text_clear(&server->hall.out);
    if (got == 0 || server->hall.closing)
        server_drop(server);
}

struct room {
    struct server server;
    struct client client;
    int64_t skipped_ms;
    unsigned ends;
    enum link_outcome outcome;
};

static int64_t now(const struct room *room)
{
    return clock_mono_ms() + room->skipped_ms;
}

static void room_init_host(struct room *room, const char *host)
{
    struct error error;
    memset(room, 0, sizeof *room);
    server_init(&room->server);
    struct client_params params = {.host = host,
                                   .port = room->server.port,
                                   .link = {.device = "K1", .token = "secret", .boot = 77, .seed = 3}};
    assert_int_equal(client_init(&room->client, &params, &error), STATUS_OK);
}

static void room_destroy(struct room *room)
{
    client_destroy(&room->client);
    server_destroy(&room->server);
}

/* One turn of both sides; sleeps until something can happen, but skips pauses between attempts. */
static void turn(struct room *room)
{
    struct pollfd fds[CLIENT_FDS_MAX + 2];
    size_t count = client_fds(&room->client, fds);
    fds[count++] = (struct pollfd){.fd = room->server.listener, .events = POLLIN};
    if (room->server.fd >= 0)
        fds[count++] = (struct pollfd){.fd = room->server.fd, .events = POLLIN};
    int timeout_ms = client_timeout_ms(&room->client, now(room));
    if (link_state(&room->client.link) == LINK_WAITING) {
        room->skipped_ms += timeout_ms;
        timeout_ms = 0;
    }
    poll(fds, count, timeout_ms < 0 || timeout_ms > 50 ? 50 : timeout_ms);
    server_step(&room->server, now(room));
    client_step(&room->client, now(room));
}

#define await(room, condition)                                                                               \
    do {                                                                                                     \
        int64_t until_ms = clock_mono_ms() + AWAIT_MS;                                                       \
        while (!(condition)) {                                                                               \
            if (clock_mono_ms() > until_ms)                                                                  \
                fail_msg("never: %s (%s)", #condition, link_trouble(&(room)->client.link));                  \
            turn(room);                                                                                      \
        }                                                                                                    \
    } while (0)

static void ended(void *user, const struct link_result *result)
{
    struct room *room = user;
    room->ends++;
    room->outcome = result->outcome;
}

static void ask(struct room *room)
{
    json_t *fields = json_pack("{s:i}", "amount", 1);
    struct link_ask request = {.what = "add", .fields = fields, .keyed = true, .within_ms = 60000};
    assert_true(link_request(&room->client.link, now(room), &request, ended, room) > 0);
    json_decref(fields);
}

static void it_connects_asks_and_watches(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "127.0.0.1");
    assert_int_equal(client_timeout_ms(&room.client, now(&room)), -1);
    link_subscribe(&room.client.link, now(&room), "board");
    client_start(&room.client, now(&room));
    ask(&room);
    await(&room, room.ends == 1);
    assert_int_equal(room.outcome, LINK_ANSWERED);
    await(&room, link_document(&room.client.link, "board"));
    for (int i = 0; i < 20; i++)
        fake_hall_change(&room.server.hall, 0);
    await(&room, json_equal(link_document(&room.client.link, "board"), room.server.hall.topics[0].document));
    room_destroy(&room);
}

static void it_comes_back_after_each_loss(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "127.0.0.1");
    link_subscribe(&room.client.link, now(&room), "board");
    client_start(&room.client, now(&room));
    for (unsigned i = 1; i <= 10; i++) {
        ask(&room);
        await(&room, room.ends == i);
        if (i % 2)
            server_drop(&room.server);
        else
            fake_hall_restart(&room.server.hall), server_drop(&room.server);
        fake_hall_change(&room.server.hall, 0);
    }
    await(&room, link_state(&room.client.link) == LINK_READY);
    await(&room, json_equal(link_document(&room.client.link, "board"), room.server.hall.topics[0].document));
    assert_int_equal(room.server.hall.carried, 10);
    assert_true(room.client.link.drops >= 9);
    room_destroy(&room);
}

static void a_name_is_looked_up_without_waiting(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "localhost");
    int64_t before_us = clock_mono_us();
    client_start(&room.client, now(&room));
    assert_true(clock_mono_us() - before_us < 500000);
    await(&room, link_state(&room.client.link) == LINK_READY);
    room_destroy(&room);
}

static struct addrinfo *address_of(uint16_t port)
{
    char text[8];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    snprintf(text, sizeof text, "%u", port);
    assert_int_equal(getaddrinfo("127.0.0.1", text, &hints, &found), 0);
    return found;
}

/* As when a name has an IPv6 and an IPv4 address and the server listens on one of them only. */
static void the_next_address_is_tried_in_the_same_attempt(void **state)
{
    (void)state;
    struct room room;
    struct server closed;
    server_init(&closed);
    shutdown(closed.listener, SHUT_RDWR); /* the port stays its own and refuses */
    room_init_host(&room, "127.0.0.1");
    room.client.addresses = room.client.address = address_of(closed.port);
    room.client.addresses->ai_next = address_of(room.server.port);
    client_start(&room.client, now(&room));
    await(&room, link_state(&room.client.link) == LINK_READY);
    assert_int_equal(link_wanted(&room.client.link), 1);
    room_destroy(&room);
    server_destroy(&closed);
}

static void a_port_where_nobody_listens_is_a_trouble_with_words(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "127.0.0.1");
    close(room.server.listener);
    room.server.listener = -1;
    client_start(&room.client, now(&room));
    await(&room, link_state(&room.client.link) == LINK_WAITING);
    assert_non_null(strstr(link_trouble(&room.client.link), "cannot connect to 127.0.0.1 port"));
    assert_non_null(strstr(link_trouble(&room.client.link), "refused"));
    struct pollfd fds[CLIENT_FDS_MAX];
    assert_int_equal(client_fds(&room.client, fds), 0);
    room_destroy(&room);
}

static void destroying_during_a_look_up_is_safe(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "no-such-hall.invalid");
    client_start(&room.client, now(&room));
    room_destroy(&room);
    room_init_host(&room, "no-such-hall.invalid");
    client_start(&room.client, now(&room));
    await(&room, link_state(&room.client.link) == LINK_WAITING);
    assert_true(link_trouble(&room.client.link)[0] != '\0');
    room_destroy(&room);
}

static void stopping_closes_and_starting_opens(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "127.0.0.1");
    client_start(&room.client, now(&room));
    await(&room, link_state(&room.client.link) == LINK_READY);
    client_stop(&room.client, now(&room));
    await(&room, room.server.fd < 0); /* the server sees the end */
    assert_int_equal(client_timeout_ms(&room.client, now(&room)), -1);
    client_start(&room.client, now(&room));
    await(&room, link_state(&room.client.link) == LINK_READY);
    room_destroy(&room);
}

/* More than the socket's buffer holds: what does not fit waits, and is sent when there is room. */
static void much_is_sent_in_parts(void **state)
{
    (void)state;
    struct room room;
    static char reason[60000];
    memset(reason, 'x', sizeof reason - 1);
    room_init_host(&room, "127.0.0.1");
    json_t *fields = json_pack("{s:i, s:s}", "amount", 1, "reason", reason);
    struct link_ask request = {.what = "add", .fields = fields, .keyed = true, .within_ms = 60000};
    for (int i = 0; i < LINK_REQUESTS_MAX; i++)
        assert_true(link_request(&room.client.link, now(&room), &request, ended, &room) > 0);
    client_start(&room.client, now(&room));
    struct pollfd fds[CLIENT_FDS_MAX];
    int small = 4096;
    assert_int_equal(setsockopt(room.client.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    await(&room, link_state(&room.client.link) == LINK_READY);
    assert_int_equal(client_fds(&room.client, fds), 1);
    assert_true(link_output(&room.client.link).length > 0);
    assert_int_equal(fds[0].events, POLLIN | POLLOUT);
    await(&room, room.ends == LINK_REQUESTS_MAX);
    client_fds(&room.client, fds);
    assert_int_equal(fds[0].events, POLLIN); /* else the caller's loop would spin */
    assert_int_equal(room.server.hall.carried, LINK_REQUESTS_MAX);
    json_decref(fields);
    room_destroy(&room);
}

static void a_silent_server_is_left(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "127.0.0.1");
    client_start(&room.client, now(&room));
    await(&room, link_state(&room.client.link) == LINK_READY);
    room.skipped_ms += 3500; /* no beat in all that time */
    client_step(&room.client, now(&room));
    assert_int_equal(link_state(&room.client.link), LINK_WAITING);
    await(&room, link_state(&room.client.link) == LINK_READY);
    room_destroy(&room);
}

/* The program slept past the limit, but the beats had come: they are read before the time is looked at. */
static void what_has_come_counts_after_a_sleep(void **state)
{
    (void)state;
    struct room room;
    room_init_host(&room, "127.0.0.1");
    client_start(&room.client, now(&room));
    await(&room, link_state(&room.client.link) == LINK_READY);
    fake_hall_beat(&room.server.hall, now(&room) + 3000);
    server_step(&room.server, now(&room));
    struct pollfd fd = {.fd = room.client.fd, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, AWAIT_MS), 1);
    room.skipped_ms += 4000;
    client_step(&room.client, now(&room));
    assert_int_equal(link_state(&room.client.link), LINK_READY);
    room_destroy(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_connects_asks_and_watches),
        cmocka_unit_test(it_comes_back_after_each_loss),
        cmocka_unit_test(a_name_is_looked_up_without_waiting),
        cmocka_unit_test(the_next_address_is_tried_in_the_same_attempt),
        cmocka_unit_test(a_port_where_nobody_listens_is_a_trouble_with_words),
        cmocka_unit_test(destroying_during_a_look_up_is_safe),
        cmocka_unit_test(stopping_closes_and_starting_opens),
        cmocka_unit_test(much_is_sent_in_parts),
        cmocka_unit_test(a_silent_server_is_left),
        cmocka_unit_test(what_has_come_counts_after_a_sleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
