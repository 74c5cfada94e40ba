/* SPDX-License-Identifier: MIT
 * What a device's command line says about the dispatcher, checked and taken apart. */
#ifndef COMMON_CLIENT_SETUP_H
#define COMMON_CLIENT_SETUP_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/wire/message.h"

/* "hall.local:7200", "10.0.0.2", "[::1]:7200" into host and port; without a port WIRE_PORT. STATUS_PARSE with
 * a sentence. */
enum status client_server_parse(const char *server, char *host, size_t size, uint16_t *port,
                                struct error *error);

/* The first line of a file as the device's token. Logs a warning when others may read the file. STATUS_PARSE
 * when the line is empty or longer than WIRE_TOKEN_MAX, else what the system says. */
enum status client_token_read(const char *path, char token[WIRE_TOKEN_MAX + 1], struct error *error);

#endif
