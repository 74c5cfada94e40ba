/* SPDX-License-Identifier: MIT */
#include "common/client/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_BYTES = 65536,
    READS_A_STEP_MAX = 16, /* then the caller's loop gets its turn */
    PORT_TEXT_MAX = 8,
};

enum lookup_state { LOOKUP_RUNNING, LOOKUP_OVER, LOOKUP_ABANDONED };

/* A name can take seconds to look up, and a screen cannot wait for it: a thread does, on memory that the last
 * one to leave frees. */
struct client_lookup {
    atomic_int state; /* enum lookup_state; result and failed are the thread's until it is over */
    char host[CLIENT_HOST_MAX + 1];
    char port[PORT_TEXT_MAX];
    struct addrinfo *result; /* owned */
    int failed;              /* EAI_* */
};

/* ---- addresses ---- */

static void lookup_free(struct client_lookup *lookup)
{
    if (lookup->result)
        freeaddrinfo(lookup->result);
    free(lookup);
}

static void *lookup_run(void *argument)
{
    struct client_lookup *lookup = argument;
    struct addrinfo hints = {.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM};
    lookup->failed = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->result);
    if (atomic_exchange(&lookup->state, LOOKUP_OVER) == LOOKUP_ABANDONED)
        lookup_free(lookup);
    return NULL;
}

static void lookup_abandon(struct client_lookup *lookup)
{
    if (atomic_exchange(&lookup->state, LOOKUP_ABANDONED) == LOOKUP_OVER)
        lookup_free(lookup);
}

static bool lookup_is_over(struct client_lookup *lookup)
{
    return atomic_load(&lookup->state) == LOOKUP_OVER;
}

/* Starts the thread, detached and deaf to the program's signals. */
static bool lookup_start(struct client_lookup *lookup)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&thread, &attributes, lookup_run, lookup) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

static void set_addresses(struct client *client, struct addrinfo *addresses)
{
    if (client->addresses)
        freeaddrinfo(client->addresses);
    client->addresses = client->address = addresses;
}

/* An address needs no look-up. */
static bool take_numeric(struct client *client, const char *port)
{
    struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    if (getaddrinfo(client->host, port, &hints, &found) != 0)
        return false;
    set_addresses(client, found);
    return true;
}

/* Leaves either addresses or a look-up under way; false with neither. */
static bool find_addresses(struct client *client)
{
    char port[PORT_TEXT_MAX];
    snprintf(port, sizeof port, "%u", client->port);
    if (take_numeric(client, port))
        return true;
    struct client_lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return false;
    memcpy(lookup->host, client->host, sizeof lookup->host);
    memcpy(lookup->port, port, sizeof lookup->port);
    if (!lookup_start(lookup)) {
        free(lookup);
        return false;
    }
    client->lookup = lookup;
    return true;
}

/* ---- one connection ---- */

static void close_socket(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    client->established = false;
}

static void lose(struct client *client, int64_t now_ms, const char *why)
{
    close_socket(client);
    client->connection = 0;
    link_lost(&client->link, now_ms, why);
}

static void lose_errno(struct client *client, int64_t now_ms, const char *what, int errnum)
{
    struct error error;
    error_set_errno(&error, errnum, "%s %s port %u", what, client->host, client->port);
    lose(client, now_ms, error.text);
}

static void set_options(int fd)
{
    int on = 1;
    unsigned user_timeout_ms = CLIENT_USER_TIMEOUT_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout_ms, sizeof user_timeout_ms);
}

static void established(struct client *client, int64_t now_ms)
{
    client->established = true;
    link_connected(&client->link, now_ms);
}

/* Tries addresses until one is being connected to; loses the connection when none is left. */
static void try_addresses(struct client *client, int64_t now_ms)
{
    int errnum = EHOSTUNREACH;
    while (client->address) {
        const struct addrinfo *address = client->address;
        client->address = address->ai_next;
        client->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (client->fd >= 0) {
            set_options(client->fd);
            if (connect(client->fd, address->ai_addr, address->ai_addrlen) == 0) {
                established(client, now_ms);
                return;
            }
            if (errno == EINPROGRESS)
                return;
        }
        errnum = errno;
        close_socket(client);
    }
    lose_errno(client, now_ms, "cannot connect to", errnum);
}

static void begin_attempt(struct client *client, int64_t now_ms)
{
    if (client->lookup)
        return; /* an earlier attempt's; its answer will do */
    if (!client->address && !find_addresses(client)) {
        lose(client, now_ms, "the dispatcher's address cannot be looked up");
        return;
    }
    if (client->address)
        try_addresses(client, now_ms);
}

static void check_lookup(struct client *client, int64_t now_ms)
{
    struct client_lookup *lookup = client->lookup;
    if (!lookup_is_over(lookup))
        return;
    client->lookup = NULL;
    int failed = lookup->failed;
    if (failed == 0) {
        set_addresses(client, lookup->result);
        lookup->result = NULL;
    }
    lookup_free(lookup);
    if (client->connection == 0)
        return;
    if (failed != 0) {
        struct error error;
        error_set(&error, STATUS_NOT_FOUND, "no address for %s: %s", client->host, gai_strerror(failed));
        lose(client, now_ms, error.text);
    } else {
        try_addresses(client, now_ms);
    }
}

static void check_connect(struct client *client, int64_t now_ms)
{
    struct pollfd fd = {.fd = client->fd, .events = POLLOUT};
    int errnum = 0;
    socklen_t size = sizeof errnum;
    if (poll(&fd, 1, 0) <= 0)
        return;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &errnum, &size);
    if (errnum == 0) {
        established(client, now_ms);
        return;
    }
    close_socket(client);
    if (client->address)
        try_addresses(client, now_ms);
    else
        lose_errno(client, now_ms, "cannot connect to", errnum);
}

/* Whether fd still is the connection that the link wants. */
static bool is_current(const struct client *client)
{
    return client->established && link_wanted(&client->link) == client->connection;
}

static void receive(struct client *client, int64_t now_ms)
{
    char bytes[READ_BYTES];
    for (int i = 0; i < READS_A_STEP_MAX && is_current(client); i++) {
        ssize_t got = recv(client->fd, bytes, sizeof bytes, 0);
        if (got > 0)
            link_received(&client->link, now_ms, (struct span){bytes, (size_t)got});
        else if (got == 0)
            lose(client, now_ms, "the dispatcher closed the connection");
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        else if (errno != EINTR)
            lose_errno(client, now_ms, "connection lost to", errno);
    }
}

static void send_output(struct client *client, int64_t now_ms)
{
    struct span output;
    while (is_current(client) && (output = link_output(&client->link)).length > 0) {
        ssize_t sent = send(client->fd, output.data, output.length, MSG_NOSIGNAL);
        if (sent >= 0)
            link_output_taken(&client->link, (size_t)sent);
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        else if (errno != EINTR)
            lose_errno(client, now_ms, "connection lost to", errno);
    }
}

/* ---- for the caller ---- */

enum status client_init(struct client *client, const struct client_params *params, struct error *error)
{
    size_t length = strlen(params->host);
    if (length == 0 || length > CLIENT_HOST_MAX)
        return error_set(error, STATUS_LIMIT, "the dispatcher's host name has %zu bytes, not 1 to %d", length,
                         CLIENT_HOST_MAX);
    *client = (struct client){.fd = -1, .port = params->port};
    memcpy(client->host, params->host, length + 1);
    return link_init(&client->link, &params->link, error);
}

void client_destroy(struct client *client)
{
    link_destroy(&client->link);
    close_socket(client);
    if (client->lookup)
        lookup_abandon(client->lookup);
    client->lookup = NULL;
    set_addresses(client, NULL);
}

void client_start(struct client *client, int64_t now_ms)
{
    link_start(&client->link, now_ms);
    client_step(client, now_ms);
}

void client_stop(struct client *client, int64_t now_ms)
{
    link_stop(&client->link, now_ms);
    close_socket(client);
    client->connection = 0;
}

size_t client_fds(const struct client *client, struct pollfd fds[CLIENT_FDS_MAX])
{
    if (client->fd < 0)
        return 0;
    bool wants_out = !client->established || link_output(&client->link).length > 0;
    fds[0] = (struct pollfd){.fd = client->fd, .events = (short)(POLLIN | (wants_out ? POLLOUT : 0))};
    return 1;
}

int client_timeout_ms(const struct client *client, int64_t now_ms)
{
    int64_t wait_ms = link_deadline_ms(&client->link);
    if (wait_ms != INT64_MAX)
        wait_ms = wait_ms > now_ms ? wait_ms - now_ms : 0;
    if (client->lookup && wait_ms > CLIENT_RESOLVE_MS)
        wait_ms = CLIENT_RESOLVE_MS;
    if (link_wanted(&client->link) != client->connection)
        wait_ms = 0;
    if (wait_ms == INT64_MAX)
        return -1;
    return wait_ms < INT32_MAX ? (int)wait_ms : INT32_MAX;
}

static void step_once(struct client *client, int64_t now_ms)
{
    uint64_t wanted = link_wanted(&client->link);
    if (client->connection != wanted) {
        close_socket(client);
        client->connection = wanted;
        if (wanted != 0)
            begin_attempt(client, now_ms);
    }
    if (client->lookup)
        check_lookup(client, now_ms);
    if (client->fd >= 0 && !client->established)
        check_connect(client, now_ms);
    receive(client, now_ms); /* before time is looked at: what has come counts, however late we are */
    link_tick(&client->link, now_ms);
    send_output(client, now_ms);
}

void client_step(struct client *client, int64_t now_ms)
{
    do
        step_once(client, now_ms);
    while (link_wanted(&client->link) != client->connection);
}
