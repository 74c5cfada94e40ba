/* SPDX-License-Identifier: MIT
 * What a subcommand is told on its command line about the dispatcher and its window, checked and taken apart.
 */
#ifndef DISPLAY_SETUP_H
#define DISPLAY_SETUP_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/client/tcp.h"

/* "hall.local:7200", "10.0.0.2", "[::1]:7200" into host and port; without a port WIRE_PORT. STATUS_PARSE with
 * a sentence. */
enum status setup_server(const char *server, char *host, size_t size, uint16_t *port, struct error *error);

/* The first line of a file, at most WIRE_TOKEN_MAX bytes, as the device's token. Warns when others may read
 * the file. Faults: it cannot be read, is empty, the line is too long. */
enum status setup_token(const char *path, char token[WIRE_TOKEN_MAX + 1], struct error *error);

/* "1280x720" into the width of the largest 16:9 picture that fits. STATUS_PARSE with a sentence. */
enum status setup_window(const char *size, int *wide, struct error *error);

#endif
