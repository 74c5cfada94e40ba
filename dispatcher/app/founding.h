/* SPDX-License-Identifier: MIT
 * Making a new hall, and taking in a changed catalogue, while nobody serves it. */
#ifndef DISPATCHER_APP_FOUNDING_H
#define DISPATCHER_APP_FOUNDING_H

#include "common/base/status.h"

struct founding {
    const char *data;          /* folder; made when it is not there */
    const char *folder;        /* with hall.json, items.json, clerks.json, calendar.json */
    const char *accounts_file; /* logins and first passwords; NULL: DATA/accounts.txt */
};

/* Makes hall.db with catalogue, secret, an account for each clerk, a manager, an auditor and an
 * administrator, and the devices K1, K2, B1 and C1 (tokens in DATA/tokens/NAME). Everything or nothing: on
 * failure hall.db is removed. EXISTS when there is a hall already. */
enum status founding_make(const struct founding *founding, struct error *error);

/* Reads the folder and, when all of it is right, stores it as the catalogue's next version and tells the
 * hall. */
enum status founding_import(const char *data, const char *folder, struct error *error);

#endif
