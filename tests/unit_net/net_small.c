/* SPDX-License-Identifier: MIT
 * The small pure parts of the net room: shared buffers, bans, token buckets, listening sockets. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "dispatcher/net/ban.h"
#include "dispatcher/net/bucket.h"
#include "dispatcher/net/buffer.h"
#include "dispatcher/net/socket.h"

static void test_buffer_joins_pieces_and_counts_holders(void **state)
{
    (void)state;
    struct buffer *buffer = buffer_create((struct span[]){{"ab", 2}, {NULL, 0}, {"cde", 3}}, 3);
    assert_non_null(buffer);
    assert_true(span_equals(buffer_span(buffer), "abcde"));
    assert_ptr_equal(buffer_hold(buffer), buffer);
    buffer_release(buffer);
    assert_true(span_equals(buffer_span(buffer), "abcde"));
    buffer_release(buffer);
    buffer_release(NULL);
}

static void test_ban_expires(void **state)
{
    (void)state;
    static struct ban_table table;
    memset(&table, 0, sizeof table);
    ban_add(&table, "10.0.0.7", 61000, 1000);
    assert_int_equal(ban_left_ms(&table, "10.0.0.7", 1000), 60000);
    assert_int_equal(ban_left_ms(&table, "10.0.0.7", 60999), 1);
    assert_int_equal(ban_left_ms(&table, "10.0.0.7", 61000), 0);
    assert_int_equal(ban_left_ms(&table, "10.0.0.8", 1000), 0);
    ban_add(&table, "10.0.0.7", 50000, 2000); /* a shorter ban does not shorten it */
    assert_int_equal(ban_left_ms(&table, "10.0.0.7", 2000), 59000);
    ban_remove(&table, "10.0.0.7");
    assert_int_equal(ban_left_ms(&table, "10.0.0.7", 2000), 0);
    ban_add(&table, "past", 2000, 2000);
    assert_int_equal(table.count, 0);
}

static void test_ban_table_makes_room(void **state)
{
    (void)state;
    static struct ban_table table;
    memset(&table, 0, sizeof table);
    char key[32];
    for (int i = 0; i < BAN_KEYS_MAX; i++) {
        snprintf(key, sizeof key, "device-%d", i);
        ban_add(&table, key, 10000 + (i + 100) % BAN_KEYS_MAX, 0);
    }
    ban_add(&table, "newcomer", 20000, 0);
    assert_int_equal(table.count, BAN_KEYS_MAX);
    snprintf(key, sizeof key, "device-%d", BAN_KEYS_MAX - 100); /* the one that ended soonest */
    assert_int_equal(ban_left_ms(&table, key, 0), 0);
    assert_int_equal(ban_left_ms(&table, "newcomer", 0), 20000);
    assert_int_equal(ban_left_ms(&table, "device-0", 0), 10100);
    ban_add(&table, "later", 30000, 15000); /* all but the newcomer have expired */
    assert_int_equal(table.count, 2);
}

static void test_ban_cuts_long_keys_alike(void **state)
{
    (void)state;
    static struct ban_table table;
    memset(&table, 0, sizeof table);
    char key[200];
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    ban_add(&table, key, 100, 0);
    assert_int_equal(ban_left_ms(&table, key, 0), 100);
}

static void test_bucket_gives_burst_then_rate(void **state)
{
    (void)state;
    struct bucket bucket;
    bucket_fill(&bucket, 3, 0);
    for (int i = 0; i < 3; i++)
        assert_true(bucket_take(&bucket, 10, 3, 0));
    assert_false(bucket_take(&bucket, 10, 3, 99));
    assert_true(bucket_take(&bucket, 10, 3, 100));
    assert_false(bucket_take(&bucket, 10, 3, 150));
    assert_false(bucket_take(&bucket, 10, 3, 140)); /* a clock that steps back gives nothing */
    for (int i = 0; i < 3; i++)
        assert_true(
            bucket_take(&bucket, 10, 3, INT64_MAX / 2)); /* a long quiet time gives the burst, no more */
    assert_false(bucket_take(&bucket, 10, 3, INT64_MAX / 2));
    bucket_fill(&bucket, 0, 0);
    assert_false(bucket_take(&bucket, 0, 0, 1000));
}

static int option_of(int fd, int level, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    assert_int_equal(getsockopt(fd, level, name, &value, &length), 0);
    return value;
}

static void test_accepted_sockets_inherit_the_options(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < 2; i++) {
        struct error error = {0};
        int listening = -1;
        uint16_t port = 0;
        struct socket_options options = {5000, 0};
        assert_int_equal(socket_listen(hosts[i], 0, &options, &listening, &port, &error), STATUS_OK);
        assert_int_not_equal(port, 0);
        assert_int_equal(socket_local_port(listening), port);
        struct sockaddr_storage address = {0};
        socklen_t length = sizeof address;
        getsockname(listening, (struct sockaddr *)&address, &length);
        int client = socket(address.ss_family, SOCK_STREAM, 0);
        assert_int_equal(connect(client, (struct sockaddr *)&address, length), 0);
        length = sizeof address;
        int served = accept(listening, (struct sockaddr *)&address, &length);
        assert_true(served >= 0);
        assert_int_equal(option_of(served, IPPROTO_TCP, TCP_NODELAY), 1);
        assert_int_equal(option_of(served, SOL_SOCKET, SO_KEEPALIVE), 1);
        assert_int_equal(option_of(served, IPPROTO_TCP, TCP_USER_TIMEOUT), 5000);
        assert_int_equal(option_of(served, IPPROTO_TCP, TCP_KEEPIDLE), 5);
        char text[SOCKET_ADDRESS_BYTES];
        uint16_t peer_port = 0;
        socket_describe((struct sockaddr *)&address, text, &peer_port);
        assert_string_equal(text, hosts[i]);
        assert_int_equal(peer_port, socket_local_port(client));
        close(client);
        close(served);
        close(listening);
    }
}

static void test_listening_fails_with_words(void **state)
{
    (void)state;
    struct error error = {0};
    int first = -1, second = -1;
    uint16_t port = 0;
    struct socket_options options = {0};
    assert_int_equal(socket_listen(NULL, 0, &options, &first, &port, &error), STATUS_OK);
    assert_int_equal(socket_listen("127.0.0.1", port, &options, &second, NULL, &error), STATUS_IO);
    assert_non_null(strstr(error.text, "cannot listen on 127.0.0.1 port"));
    assert_int_equal(socket_listen("no.such.host.invalid", 1, &options, &second, NULL, &error), STATUS_IO);
    assert_non_null(strstr(error.text, "no.such.host.invalid"));
    close(first);
    struct sockaddr other = {.sa_family = AF_UNIX};
    char text[SOCKET_ADDRESS_BYTES];
    socket_describe(&other, text, &port);
    assert_string_equal(text, "?");
    assert_int_equal(socket_local_port(-1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffer_joins_pieces_and_counts_holders),
        cmocka_unit_test(test_ban_expires),
        cmocka_unit_test(test_ban_table_makes_room),
        cmocka_unit_test(test_ban_cuts_long_keys_alike),
        cmocka_unit_test(test_bucket_gives_burst_then_rate),
        cmocka_unit_test(test_accepted_sockets_inherit_the_options),
        cmocka_unit_test(test_listening_fails_with_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
