/* SPDX-License-Identifier: MIT
 * The few things that a store does to files themselves, beside what its database does. */
#ifndef DISPATCHER_STORE_FILES_H
#define DISPATCHER_STORE_FILES_H

#include "common/base/status.h"

/* Makes the name's own entry durable: syncs the folder that holds `path`. */
enum status files_sync_folder(const char *path, struct error *error);
enum status files_sync(const char *path, struct error *error);
/* The folder that holds `path`, in a new string, or NULL. */
char *files_folder(const char *path);
/* A new empty file that only this user can read; EXISTS. */
enum status files_make(const char *path, struct error *error);
/* path + suffix in a new string, or NULL. */
char *files_beside(const char *path, const char *suffix);

#endif
