/* SPDX-License-Identifier: MIT
 * Listening sockets and addresses, for the servers of this room. */
#ifndef DISPATCHER_NET_SOCKET_H
#define DISPATCHER_NET_SOCKET_H

#include <stdint.h>

#include <sys/socket.h>

#include "common/base/status.h"

enum { SOCKET_ADDRESS_BYTES = 64 };

/* What accepted sockets inherit (all of it does, on Linux). */
struct socket_options {
    int peer_ms_max;       /* TCP_USER_TIMEOUT; 0: the system's */
    int send_buffer_bytes; /* SO_SNDBUF; 0: the system's */
};

/* Opens a non-blocking listening socket with TCP_NODELAY and keepalive; see line_server_listen for host and
 * port. *fd is the caller's to close; *port_actual may be NULL. */
enum status socket_listen(const char *host, uint16_t port, const struct socket_options *options, int *fd,
                          uint16_t *port_actual, struct error *error);

/* Numeric text and port of an IPv4 or IPv6 address; "?" and 0 for others. */
void socket_describe(const struct sockaddr *address, char out[SOCKET_ADDRESS_BYTES], uint16_t *port);

uint16_t socket_local_port(int fd); /* 0 when it cannot be told */

#endif
