/* SPDX-License-Identifier: MIT
 * Measures the net room by itself: `bench_net [--seconds N] [--json]`. The server runs in its own thread and
 * answers in its end-of-turn hook, as the dispatcher does; the clients are plain non-blocking sockets in this
 * thread. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/options.h"
#include "dispatcher/net/http.h"
#include "dispatcher/net/line.h"

enum { CLIENTS_MAX = 256, PENDING_MAX = 4096, SAMPLES_MAX = 4 * 1024 * 1024, BROADCASTS = 2000 };

static void die(const char *what)
{
    fprintf(stderr, "bench_net: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The server. */

struct server {
    struct loop loop;
    struct line_server line;    /* without a limit on frames */
    struct line_server guarded; /* with the default limits */
    struct http_server http;
    uint16_t line_port, guarded_port, http_port;
    struct {
        const struct line_server *from;
        uint64_t conn;
    } pending[PENDING_MAX]; /* requests of this turn */
    size_t pending_count, turns, requests;
    bool is_broadcast_due;
    pthread_t thread;
};

static void on_line(struct line_conn *conn, struct span line, void *userdata)
{
    struct server *server = userdata;
    server->requests++;
    if (line.data[0] == 'B')
        server->is_broadcast_due = true;
    else if (server->pending_count < PENDING_MAX) {
        bool is_guarded = line_listener_port(conn) == server->guarded_port;
        server->pending[server->pending_count].from = is_guarded ? &server->guarded : &server->line;
        server->pending[server->pending_count++].conn = line_id(conn);
    }
}

static void send_shared(struct line_conn *conn, void *userdata)
{
    line_send_buffer(conn, userdata);
}

static void on_commit(void *userdata)
{
    static const char answer[] =
        "{\"id\":17,\"ok\":true,\"ticket\":\"A001\",\"waiting\":12,\"forecast_s\":600}";
    static const char call[] =
        "{\"topic\":\"calls\",\"seq\":4711,\"call\":{\"ticket\":\"A001\",\"window\":3,\"at\":1795400000}}";
    struct server *server = userdata;
    if (server->pending_count > 0)
        server->turns++;
    for (size_t i = 0; i < server->pending_count; i++) {
        struct line_conn *conn = line_find(server->pending[i].from, server->pending[i].conn);
        if (conn != NULL)
            line_send(conn, answer, sizeof answer - 1);
    }
    server->pending_count = 0;
    if (server->is_broadcast_due) {
        struct buffer *buffer = line_buffer(call, sizeof call - 1);
        line_server_each(&server->line, send_shared, buffer);
        buffer_release(buffer);
        server->is_broadcast_due = false;
    }
}

static void on_http(struct http_request *request, void *userdata)
{
    (void)userdata;
    http_answer(request, &(struct http_response){
                             .status = 200, .type = "application/json", .body = span_of("{\"ok\":true}")});
}

static void *run_server(void *userdata)
{
    struct server *server = userdata;
    struct error error = {0};
    if (loop_run(&server->loop, &error) != STATUS_OK)
        fprintf(stderr, "bench_net: %s\n", error.text);
    return NULL;
}

static void start(struct server *server)
{
    struct error error = {0};
    struct line_params params = {
        .frames_per_s = 10000000, .frames_burst = 10000000, .accepts_per_s = 100000, .accepts_burst = 100000};
    struct line_callbacks callbacks = {.line = on_line};
    if (loop_init(&server->loop, &error) != STATUS_OK ||
        line_server_init(&server->line, &server->loop, &params, &callbacks, server, &error) != STATUS_OK ||
        line_server_listen(&server->line, NULL, 0, &server->line_port, &error) != STATUS_OK ||
        line_server_init(&server->guarded, &server->loop, NULL, &callbacks, server, &error) != STATUS_OK ||
        line_server_listen(&server->guarded, NULL, 0, &server->guarded_port, &error) != STATUS_OK ||
        http_server_init(&server->http, &server->loop, NULL, on_http, server, &error) != STATUS_OK ||
        http_server_listen(&server->http, NULL, 0, &server->http_port, &error) != STATUS_OK) {
        fprintf(stderr, "bench_net: %s\n", error.text);
        exit(1);
    }
    loop_hook_add(&server->loop, LOOP_COMMIT, on_commit, server);
    if (pthread_create(&server->thread, NULL, run_server, server) != 0)
        die("thread");
}

static void stop(struct server *server)
{
    loop_stop(&server->loop);
    pthread_join(server->thread, NULL);
    http_server_destroy(&server->http);
    line_server_destroy(&server->line);
    line_server_destroy(&server->guarded);
    loop_destroy(&server->loop);
}

/* The clients. */

struct client {
    int fd;
    int64_t sent_us;
    size_t got;
};

struct clients {
    struct client all[CLIENTS_MAX];
    size_t count;
    int epoll;
    int64_t *samples; /* microseconds */
    size_t sample_count;
    atomic_bool is_over; /* for the flood's thread */
};

static void connect_all(struct clients *clients, uint16_t port, size_t count)
{
    struct sockaddr_in there = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    clients->epoll = epoll_create1(EPOLL_CLOEXEC);
    clients->count = count;
    clients->sample_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct client *client = &clients->all[i];
        *client = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&there, sizeof there) != 0)
            die("connect");
        setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        fcntl(client->fd, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        epoll_ctl(clients->epoll, EPOLL_CTL_ADD, client->fd, &event);
    }
}

static void close_all(struct clients *clients)
{
    for (size_t i = 0; i < clients->count; i++)
        close(clients->all[i].fd);
    close(clients->epoll);
}

static void ask(struct client *client, const char *request, size_t length)
{
    client->sent_us = clock_mono_us();
    client->got = 0;
    if (send(client->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        die("send");
}

/* Reads what is there; true when the answer is whole: a line, or for HTTP the closing brace of the body. */
static bool take(struct client *client, char last)
{
    char bytes[4096];
    ssize_t got = recv(client->fd, bytes, sizeof bytes, 0);
    if (got < 0 && errno == EAGAIN)
        return false;
    if (got <= 0)
        die("the server closed the connection");
    client->got += (size_t)got;
    return bytes[got - 1] == last;
}

/* Closed loop: each connection asks again as soon as it has its answer. */
static void round_trips(struct clients *clients, const char *request, char last, int64_t for_us)
{
    struct epoll_event ready[CLIENTS_MAX];
    size_t length = strlen(request);
    int64_t end_us = clock_mono_us() + for_us;
    for (size_t i = 0; i < clients->count; i++)
        ask(&clients->all[i], request, length);
    for (;;) {
        int count = epoll_wait(clients->epoll, ready, CLIENTS_MAX, 1000);
        int64_t now_us = clock_mono_us();
        for (int i = 0; i < count; i++) {
            struct client *client = ready[i].data.ptr;
            if (!take(client, last))
                continue;
            if (clients->sample_count < SAMPLES_MAX)
                clients->samples[clients->sample_count++] = now_us - client->sent_us;
            ask(client, request, length);
        }
        if (now_us > end_us)
            return;
    }
}

/* One round trip each: afterwards the server knows all of them. */
static void greet(struct clients *clients)
{
    struct epoll_event ready[CLIENTS_MAX];
    for (size_t i = 0; i < clients->count; i++)
        ask(&clients->all[i], "hello\n", 6);
    for (size_t missing = clients->count; missing > 0;) {
        int count = epoll_wait(clients->epoll, ready, CLIENTS_MAX, 1000);
        for (int i = 0; i < count; i++)
            missing -= take(ready[i].data.ptr, '\n');
    }
}

static void broadcasts(struct clients *clients, size_t rounds)
{
    struct epoll_event ready[CLIENTS_MAX];
    greet(clients);
    for (size_t round = 0; round < rounds; round++) {
        ask(&clients->all[round % clients->count], "B\n", 2);
        int64_t sent_us = clock_mono_us();
        for (size_t missing = clients->count; missing > 0;) {
            int count = epoll_wait(clients->epoll, ready, CLIENTS_MAX, 1000);
            for (int i = 0; i < count; i++)
                missing -= take(ready[i].data.ptr, '\n');
        }
        clients->samples[clients->sample_count++] = clock_mono_us() - sent_us;
    }
}

/* Sends junk over all connections but the first, as fast as they take it. */
static void *flood(void *userdata)
{
    static char junk[8192], sink[65536];
    struct clients *clients = userdata;
    memset(junk, 'j', sizeof junk);
    for (size_t i = 99; i < sizeof junk; i += 100)
        junk[i] = '\n';
    while (!atomic_load(&clients->is_over))
        for (size_t i = 1; i < clients->count; i++) {
            if (send(clients->all[i].fd, junk, sizeof junk, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
                errno != EAGAIN)
                die("flood");
            while (recv(clients->all[i].fd, sink, sizeof sink, MSG_DONTWAIT) > 0)
                ;
        }
    return NULL;
}

/* A good client asks every two milliseconds beside the floods. */
static void under_flood(struct clients *clients, int64_t for_us)
{
    pthread_t thread;
    struct epoll_event ready;
    greet(clients);
    atomic_store(&clients->is_over, false);
    struct client *good = &clients->all[0];
    for (size_t i = 1; i < clients->count; i++) /* the floods read for themselves */
        epoll_ctl(clients->epoll, EPOLL_CTL_DEL, clients->all[i].fd, NULL);
    if (pthread_create(&thread, NULL, flood, clients) != 0)
        die("thread");
    for (int64_t end_us = clock_mono_us() + for_us; clock_mono_us() < end_us; usleep(2000)) {
        ask(good, "{\"free\":3}\n", 11);
        do
            epoll_wait(clients->epoll, &ready, 1, 1000);
        while (!take(good, '\n'));
        clients->samples[clients->sample_count++] = clock_mono_us() - good->sent_us;
    }
    atomic_store(&clients->is_over, true);
    pthread_join(thread, NULL);
}

/* The table. */

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void report(struct clients *clients, const char *name, double seconds, bool as_json, bool is_last)
{
    size_t n = clients->sample_count;
    if (n == 0)
        die("no samples");
    qsort(clients->samples, n, sizeof *clients->samples, compare);
    int64_t median = clients->samples[n / 2], p99 = clients->samples[n * 99 / 100],
            most = clients->samples[n - 1];
    double rate = seconds > 0 ? (double)n / seconds : 0;
    if (as_json)
        printf("  {\"name\": \"%s\", \"connections\": %zu, \"per_s\": %.0f, \"median_us\": %" PRId64
               ", \"p99_us\": %" PRId64 ", \"max_us\": %" PRId64 "}%s\n",
               name, clients->count, rate, median, p99, most, is_last ? "" : ",");
    else
        printf("%-28s %6zu %10.0f %10" PRId64 " %10" PRId64 " %10" PRId64 "\n", name, clients->count, rate,
               median, p99, most);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    long seconds = 2;
    bool as_json = false, wants_help = false;
    const struct option_row rows[] = {
        {"seconds", OPTION_NUMBER, &seconds, 1, 60, "N", "how long each round lasts"},
        {"json", OPTION_FLAG, &as_json, 0, 0, NULL, "print JSON instead of a table"},
        {"help", OPTION_FLAG, &wants_help, 0, 0, NULL, "print this"},
    };
    struct error error = {0};
    int words = 0;
    if (options_parse(rows, 3, argc, argv, &words, &error) != STATUS_OK) {
        fprintf(stderr, "bench_net: %s\n", error.text);
        return 2;
    }
    if (wants_help) {
        options_print_help("bench_net [--seconds N] [--json]", "Measures the net room by itself.", rows, 3);
        return 0;
    }
    static struct server server;
    static struct clients clients;
    clients.samples = malloc(SAMPLES_MAX * sizeof *clients.samples);
    if (clients.samples == NULL)
        die("memory");
    start(&server);
    if (as_json)
        printf("[\n");
    else
        printf("%-28s %6s %10s %10s %10s %10s\n", "what", "conns", "per s", "median us", "p99 us", "max us");
    static const size_t counts[] = {1, 8, 64};
    for (size_t i = 0; i < 3; i++) {
        connect_all(&clients, server.line_port, counts[i]);
        round_trips(&clients, "{\"id\":17,\"key\":\"k1-3-17\",\"issue\":{\"item\":5}}\n", '\n',
                    seconds * 1000000);
        report(&clients, "line round trips", (double)seconds, as_json, false);
        close_all(&clients);
    }
    connect_all(&clients, server.line_port, 200);
    int64_t begin_us = clock_mono_us();
    broadcasts(&clients, BROADCASTS);
    report(&clients, "broadcast, last of 200", (double)(clock_mono_us() - begin_us) / 1e6, as_json, false);
    close_all(&clients);
    connect_all(&clients, server.guarded_port, 9);
    under_flood(&clients, seconds * 1000000);
    report(&clients, "line beside 8 floods", (double)seconds, as_json, false);
    close_all(&clients);
    for (size_t i = 0; i < 3; i++) {
        connect_all(&clients, server.http_port, counts[i]);
        round_trips(
            &clients,
            "GET /api/v1/hall HTTP/1.1\r\nHost: localhost\r\nCookie: session=0123456789abcdef\r\n\r\n", '}',
            seconds * 1000000);
        report(&clients, "HTTP GET, keep-alive", (double)seconds, as_json, i == 2);
        close_all(&clients);
    }
    if (as_json)
        printf("]\n");
    stop(&server);
    free(clients.samples);
    return 0;
}
