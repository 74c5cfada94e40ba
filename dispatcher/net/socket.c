/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 1024, KEEPALIVE_IDLE_S = 5, KEEPALIVE_INTERVAL_S = 2, KEEPALIVE_PROBES = 3 };

static bool set_int(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/* TCP_NODELAY must be set here, on the listening socket: set later it leaves the first answer waiting for
 * Nagle. */
static bool set_options(int fd, int family, const struct socket_options *options)
{
    return set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1) && set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1) &&
           set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1) &&
           set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S) &&
           set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S) &&
           set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES) &&
           (family != AF_INET6 || set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
           (options->peer_ms_max == 0 || set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, options->peer_ms_max)) &&
           (options->send_buffer_bytes == 0 ||
            set_int(fd, SOL_SOCKET, SO_SNDBUF, options->send_buffer_bytes));
}

static bool open_on(const struct addrinfo *at, const struct socket_options *options, int *fd)
{
    *fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return false;
    if (set_options(*fd, at->ai_family, options) && bind(*fd, at->ai_addr, at->ai_addrlen) == 0 &&
        listen(*fd, BACKLOG) == 0)
        return true;
    int cause = errno;
    close(*fd);
    errno = cause;
    return false;
}

enum status socket_listen(const char *host, uint16_t port, const struct socket_options *options, int *fd,
                          uint16_t *port_actual, struct error *error)
{
    if (host == NULL)
        host = "127.0.0.1";
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo wanted = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int problem = getaddrinfo(host, service, &wanted, &found);
    if (problem != 0)
        return error_set(error, STATUS_IO, "cannot listen on %s: %s", host, gai_strerror(problem));
    bool is_open = open_on(found, options, fd);
    int cause = errno;
    freeaddrinfo(found);
    if (!is_open)
        return error_set_errno(error, cause, "cannot listen on %s port %u", host, (unsigned)port);
    if (port_actual != NULL)
        *port_actual = socket_local_port(*fd);
    return STATUS_OK;
}

void socket_describe(const struct sockaddr *address, char out[SOCKET_ADDRESS_BYTES], uint16_t *port)
{
    const void *bytes = NULL;
    *port = 0;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        bytes = &in->sin_addr;
        *port = ntohs(in->sin_port);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)address;
        bytes = &in->sin6_addr;
        *port = ntohs(in->sin6_port);
    }
    if (bytes == NULL || inet_ntop(address->sa_family, bytes, out, SOCKET_ADDRESS_BYTES) == NULL)
        memcpy(out, "?", 2);
}

uint16_t socket_local_port(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    char text[SOCKET_ADDRESS_BYTES];
    uint16_t port = 0;
    if (getsockname(fd, (struct sockaddr *)&address, &length) == 0)
        socket_describe((const struct sockaddr *)&address, text, &port);
    return port;
}
