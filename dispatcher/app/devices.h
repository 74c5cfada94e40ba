/* SPDX-License-Identifier: MIT
 * Devices on the TCP port: hello with token, requests, subscriptions, beats; common/wire/PROTOCOL.md is the
 * contract. */
#ifndef DISPATCHER_APP_DEVICES_H
#define DISPATCHER_APP_DEVICES_H

#include "common/wire/message.h"
#include "dispatcher/app/caller.h"
#include "dispatcher/net/ban.h"
#include "dispatcher/net/line.h"
#include "dispatcher/store/records.h"

struct dispatcher;

enum { DEVICES_MAX = 1024 };

struct devices {
    struct dispatcher *dispatcher;
    struct ban_table bans;
    uint32_t count;
    struct store_device *list; /* owned: DEVICES_MAX rooms, by name */
};

enum status devices_init(struct devices *devices, struct dispatcher *dispatcher, struct error *error);
void devices_destroy(struct devices *devices);

/* What the line server calls. */
extern const struct line_callbacks devices_callbacks;

/* A beat to every connection that has said hello. */
void devices_beat(struct devices *devices, int64_t wall_ms);

/* Makes a device with a random token, written to `token` (shown once). EXISTS: the name is taken. */
enum { DEVICE_TOKEN_TEXT = 44 };
enum status devices_create(struct store *store, const char *name, enum caller_kind kind,
                           const char *attributes, int64_t now_ms, char token[DEVICE_TOKEN_TEXT],
                           struct error *error);

#endif
