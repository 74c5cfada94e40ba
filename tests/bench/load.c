/* SPDX-License-Identifier: MIT
 * Load on a running hall: N connections, each with one request under way, and how long answers take.
 *
 *   load DEVICE_PORT DEVICE TOKEN CONNECTIONS SECONDS issue ITEM,ITEM,...             (in turn; at most TICKETS_MAX)
 *   load DEVICE_PORT DEVICE TOKEN CONNECTIONS SECONDS call FIRST_WINDOW LAST_WINDOW   (call, start, finish in turn)
 *   load DEVICE_PORT DEVICE TOKEN BOARDS SECONDS boards COUNTER TOKEN2 WINDOW ITEM    (time until the last board has a call)
 *
 * Prints one JSON object. Speaks just enough of the protocol: it looks for "id" and "ok" in answers. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "tests/bench/samples.h"

enum { CONNECTIONS_MAX = 1024, BUFFER = 70000, ITEMS = 64, TICKETS_MAX = 30000 };

struct conn {
    int fd;
    unsigned window, step;
    uint64_t key;
    int64_t sent_us;
    bool waiting; /* for an answer */
    size_t used;
    char buffer[BUFFER];
};

static struct conn *conns;
static struct samples samples;
static size_t refused_count;
static const char *mode;
static char *items[ITEMS];
static size_t item_count, sent_count;
static unsigned first_window, last_window;

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void send_text(struct conn *conn, const char *text, size_t length)
{
    while (length) {
        ssize_t sent = write(conn->fd, text, length);
        if (sent < 0)
            die("write");
        text += sent;
        length -= (size_t)sent;
    }
}

static char *read_line(struct conn *conn)
{
    static char line[BUFFER];
    for (;;) {
        char *end = memchr(conn->buffer, '\n', conn->used);
        if (end) {
            size_t length = (size_t)(end - conn->buffer);
            memcpy(line, conn->buffer, length);
            line[length] = '\0';
            conn->used -= length + 1;
            memmove(conn->buffer, end + 1, conn->used);
            return line;
        }
        ssize_t got = read(conn->fd, conn->buffer + conn->used, sizeof conn->buffer - conn->used);
        if (got <= 0)
            die("the hall closed the connection");
        conn->used += (size_t)got;
    }
}

static void open_conn(struct conn *conn, int port, const char *device, const char *token, unsigned number)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char text[512];
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    conn->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (conn->fd < 0 || connect(conn->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* Each connection is a boot of its own, so that keys never meet. */
    int length = snprintf(text, sizeof text,
                          "{\"do\":\"hello\",\"id\":1,\"version\":1,\"device\":\"%s\",\"token\":\"%s\",\"boot\":%lld}\n",
                          device, token, (long long)(clock_wall_ms() * 1000 + number));
    send_text(conn, text, (size_t)length);
    if (!strstr(read_line(conn), "\"ok\"")) {
        fprintf(stderr, "load: the hall refuses device %s\n", device);
        exit(1);
    }
}

static void send_next(struct conn *conn)
{
    static const char *const steps[] = {"call", "start", "finish"};
    char text[256];
    int length;
    conn->key++;
    sent_count++;
    if (strcmp(mode, "issue") == 0)
        length = snprintf(text, sizeof text, "{\"do\":\"issue\",\"id\":%llu,\"key\":%llu,\"items\":[%s]}\n",
                          (unsigned long long)conn->key + 1, (unsigned long long)conn->key, items[sent_count % item_count]);
    else
        length = snprintf(text, sizeof text, "{\"do\":\"%s\",\"id\":%llu,\"key\":%llu,\"window\":%u}\n",
                          steps[conn->step % 3], (unsigned long long)conn->key + 1, (unsigned long long)conn->key,
                          conn->window);
    conn->sent_us = clock_mono_us();
    conn->waiting = true;
    send_text(conn, text, (size_t)length);
}

static void take_line(struct conn *conn, const char *line)
{
    if (strncmp(line, "{\"id\":", 6) != 0)
        return; /* a beat or a topic */
    bool ok = strstr(line, "\"ok\"") != NULL;
    if (strcmp(mode, "issue") == 0 || conn->step % 3 == 0)
        samples_add(&samples, clock_mono_us() - conn->sent_us);
    if (!ok && refused_count++ == 0)
        fprintf(stderr, "load: refused: %.200s\n", line);
    conn->waiting = false;
    conn->step++;
}

static void read_some(struct conn *conn)
{
    ssize_t got = read(conn->fd, conn->buffer + conn->used, sizeof conn->buffer - conn->used);
    if (got <= 0)
        die("the hall closed the connection");
    conn->used += (size_t)got;
    char *from = conn->buffer, *end;
    while ((end = memchr(from, '\n', conn->used - (size_t)(from - conn->buffer))) != NULL) {
        *end = '\0';
        take_line(conn, from);
        from = end + 1;
    }
    conn->used -= (size_t)(from - conn->buffer);
    memmove(conn->buffer, from, conn->used);
}

static void run_load(int connections, int64_t length_us)
{
    int poll_fd = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &conns[i]};
        conns[i].window = first_window + (unsigned)i % (last_window - first_window + 1);
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, conns[i].fd, &event);
    }
    int64_t began_us = clock_mono_us();
    for (int i = 0; i < connections; i++)
        send_next(&conns[i]);
    int open = connections;
    while (open) {
        struct epoll_event events[64];
        int count = epoll_wait(poll_fd, events, 64, 5000);
        if (count <= 0)
            die("no answer for 5 s");
        for (int i = 0; i < count; i++) {
            struct conn *conn = events[i].data.ptr;
            bool was_waiting = conn->waiting;
            read_some(conn);
            if (!was_waiting || conn->waiting)
                continue;
            if (clock_mono_us() - began_us < length_us && sent_count < TICKETS_MAX)
                send_next(conn);
            else
                open--;
        }
    }
    samples_print(&samples, mode, connections, refused_count, clock_mono_us() - began_us);
}

/* Everybody watches the board; one counter calls; how long after the caller's own answer the last board has it. */
static void run_boards(int boards, int64_t length_us, int port, char **argv)
{
    struct conn *counter = &conns[boards];
    struct pollfd *fds = calloc((size_t)boards, sizeof *fds);
    bool *has = calloc((size_t)boards, sizeof *has);
    static const char subscribe[] = "{\"do\":\"subscribe\",\"id\":2,\"topic\":\"board\"}\n";
    for (int i = 0; i < boards; i++) {
        send_text(&conns[i], subscribe, sizeof subscribe - 1);
        while (!strstr(read_line(&conns[i]), "\"snapshot\"")) {
        }
        fcntl(conns[i].fd, F_SETFL, O_NONBLOCK);
        fds[i] = (struct pollfd){.fd = conns[i].fd, .events = POLLIN};
    }
    open_conn(counter, port, argv[0], argv[1], 5000);
    int64_t began_us = clock_mono_us();
    while (clock_mono_us() - began_us < length_us) {
        static const char *const steps[] = {"issue", "call", "start", "finish"};
        for (int step = 0; step < 4; step++) {
            char text[256];
            uint64_t key = ++counter->key;
            int length = step ? snprintf(text, sizeof text, "{\"do\":\"%s\",\"id\":%llu,\"key\":%llu,\"window\":%s}\n",
                                         steps[step], (unsigned long long)key + 1, (unsigned long long)key, argv[2])
                              : snprintf(text, sizeof text, "{\"do\":\"issue\",\"id\":%llu,\"key\":%llu,\"items\":[%s]}\n",
                                         (unsigned long long)key + 1, (unsigned long long)key, argv[3]);
            send_text(counter, text, (size_t)length);
            const char *answer;
            do
                answer = read_line(counter);
            while (strncmp(answer, "{\"id\":", 6) != 0);
            if (!strstr(answer, "\"ok\"") && refused_count++ == 0)
                fprintf(stderr, "load: refused: %.200s\n", answer);
            int64_t committed_us = clock_mono_us();
            memset(has, 0, (size_t)boards * sizeof *has);
            for (int missing = boards; missing;) {
                if (poll(fds, (nfds_t)boards, 3000) <= 0)
                    die("a board heard nothing for 3 s");
                for (int i = 0; i < boards; i++) {
                    if (!(fds[i].revents & POLLIN))
                        continue;
                    char bytes[8192];
                    ssize_t got = read(conns[i].fd, bytes, sizeof bytes - 1);
                    if (got <= 0)
                        die("a board was cut off");
                    bytes[got] = '\0';
                    if (!has[i] && strstr(bytes, "\"delta\"")) {
                        has[i] = true;
                        missing--;
                    }
                }
            }
            if (step == 1)
                samples_add(&samples, clock_mono_us() - committed_us);
        }
    }
    samples_print(&samples, mode, boards, refused_count, clock_mono_us() - began_us);
}

int main(int argc, char **argv)
{
    if (argc < 8) {
        fprintf(stderr, "load: see the comment at the head of tests/bench/load.c\n");
        return 2;
    }
    int port = atoi(argv[1]), connections = atoi(argv[4]);
    int64_t length_us = (int64_t)(atof(argv[5]) * 1e6);
    mode = argv[6];
    for (char *rest = argv[7], *item; item_count < ITEMS && (item = strsep(&rest, ",")) != NULL;)
        items[item_count++] = item;
    if (connections < 1 || connections >= CONNECTIONS_MAX)
        return 2;
    conns = calloc(CONNECTIONS_MAX, sizeof *conns);
    if (!conns)
        die("memory");
    first_window = last_window = 1;
    if (strcmp(mode, "call") == 0 && argc > 8) {
        first_window = (unsigned)atoi(argv[7]);
        last_window = (unsigned)atoi(argv[8]);
    }
    for (int i = 0; i < connections; i++)
        open_conn(&conns[i], port, argv[2], argv[3], (unsigned)i);
    if (strcmp(mode, "boards") == 0 && argc > 10)
        run_boards(connections, length_us, port, argv + 7);
    else
        run_load(connections, length_us);
    return refused_count ? 3 : 0;
}
