/* SPDX-License-Identifier: MIT
 * A link on a non-blocking TCP socket, for programs with a poll loop. Every call returns at once; only a
 * host's name (not an address) is looked up by a thread that lives as long as that takes.
 *
 *     client_start(&client, clock_mono_ms());
 *     for (;;) {
 *         struct pollfd fds[CLIENT_FDS_MAX];
 *         size_t count = client_fds(&client, fds);
 *         poll(fds, count, client_timeout_ms(&client, clock_mono_ms()));
 *         client_step(&client, clock_mono_ms());
 *         ... link_document(&client.link, "board") ...
 *     }
 */
#ifndef COMMON_CLIENT_TCP_H
#define COMMON_CLIENT_TCP_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/client/link.h"

enum {
    CLIENT_FDS_MAX = 1,
    CLIENT_HOST_MAX = 255,
    CLIENT_RESOLVE_MS = 20,        /* how often an unanswered name look-up is looked at */
    CLIENT_USER_TIMEOUT_MS = 5000, /* unacknowledged bytes end the connection */
};

struct client_params {
    const char *host; /* name or address; copied */
    uint16_t port;
    struct link_params link;
};

struct client_lookup; /* a name look-up under way */

/* Caller-owned; must not move between init and destroy. `link` is for the link's functions; the rest is
 * private. */
struct client {
    struct link link;
    char host[CLIENT_HOST_MAX + 1];
    uint16_t port;
    uint64_t connection; /* link_wanted's number that fd or the attempt is for; 0: none */
    int fd;              /* -1: none */
    bool established;
    struct client_lookup *lookup; /* owned; NULL: none */
    struct addrinfo *addresses;   /* owned; of the last look-up */
    struct addrinfo *address;     /* the next one to try */
};

/* STATUS_LIMIT with a sentence when a name is empty or too long; nothing is owned then. */
enum status client_init(struct client *client, const struct client_params *params, struct error *error);

/* Closes and frees; unanswered requests are given up (their callbacks run). */
void client_destroy(struct client *client);

void client_start(struct client *client, int64_t now_ms);
void client_stop(struct client *client, int64_t now_ms); /* closes; documents stay */

/* Fills what to poll for; returns how many (0 or 1). */
size_t client_fds(const struct client *client, struct pollfd fds[CLIENT_FDS_MAX]);

/* Milliseconds until client_step has something to do even if nothing is readable; -1: never; the form poll
 * wants. */
int client_timeout_ms(const struct client *client, int64_t now_ms);

/* Does everything that can be done without waiting: connects, sends, receives, keeps time. Callbacks of
 * requests run inside. Cheap when there is nothing to do, so it needs no look at what poll said. */
void client_step(struct client *client, int64_t now_ms);

#endif
