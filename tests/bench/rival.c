/* SPDX-License-Identifier: MIT
 * The same load on other queues of the same machine, for comparison: one ticket a request, one request under way on each
 * connection.
 *
 *   rival PORT CONNECTIONS SECONDS redis       one Lua script a ticket: a number, a record, a place in the queue
 *   rival PORT CONNECTIONS SECONDS beanstalkd  one put of the same size
 *
 * Both end an answer with a line break, which is all this looks at. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "tests/bench/samples.h"

static const char ticket[] = "{\"number\":\"A012\",\"item\":20,\"class\":\"normal\",\"issued_ms\":1795468672117,\"by\":\"K1\"}";
static const char script[] = "local n=redis.call('INCR','n') redis.call('HSET','t:'..n,'body',ARGV[1],'state','waiting') "
                             "redis.call('RPUSH','q',n) return n";

static void die(const char *what)
{
    fprintf(stderr, "rival: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int make_request(const char *kind, char *out, size_t size)
{
    if (strcmp(kind, "redis") == 0)
        return snprintf(out, size, "*4\r\n$4\r\nEVAL\r\n$%zu\r\n%s\r\n$1\r\n0\r\n$%zu\r\n%s\r\n", sizeof script - 1, script,
                        sizeof ticket - 1, ticket);
    return snprintf(out, size, "put 0 0 60 %zu\r\n%s\r\n", sizeof ticket - 1, ticket);
}

int main(int argc, char **argv)
{
    static int fds[1024];
    static int64_t sent_us[1024];
    struct samples samples = {0};
    char request[1024], answer[4096];
    if (argc != 5 || atoi(argv[2]) < 1 || atoi(argv[2]) > 1024) {
        fprintf(stderr, "rival: see the comment at the head of tests/bench/rival.c\n");
        return 2;
    }
    int connections = atoi(argv[2]), on = 1;
    int length = make_request(argv[4], request, sizeof request);
    int64_t length_us = (int64_t)(atof(argv[3]) * 1e6);
    size_t refused = 0;
    int poll_fd = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (fds[i] < 0 || connect(fds[i], (struct sockaddr *)&address, sizeof address) != 0)
            die("connect");
        setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fds[i], &event);
    }
    int64_t began_us = clock_mono_us();
    for (int i = 0; i < connections; i++) {
        sent_us[i] = clock_mono_us();
        if (write(fds[i], request, (size_t)length) != length)
            die("write");
    }
    for (int open = connections; open;) {
        struct epoll_event events[64];
        int count = epoll_wait(poll_fd, events, 64, 5000);
        if (count <= 0)
            die("no answer for 5 s");
        for (int e = 0; e < count; e++) {
            uint32_t i = events[e].data.u32;
            ssize_t got = read(fds[i], answer, sizeof answer);
            if (got <= 0)
                die("closed");
            refused += answer[0] == '-' || (answer[0] != ':' && answer[0] != 'I');
            samples_add(&samples, clock_mono_us() - sent_us[i]);
            if (clock_mono_us() - began_us >= length_us) {
                open--;
                continue;
            }
            sent_us[i] = clock_mono_us();
            if (write(fds[i], request, (size_t)length) != length)
                die("write");
        }
    }
    samples_print(&samples, argv[4], connections, refused, clock_mono_us() - began_us);
    return refused ? 3 : 0;
}
