/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/copying.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/app/dispatcher.h"

enum { SLICE_US = 2000, PAUSE_MS = 4 };

static void finish(struct copying *copying, const char *fault)
{
    store_backup_end(copying->backup);
    copying->backup = NULL;
    snprintf(copying->fault, sizeof copying->fault, "%s", fault);
    if (*fault)
        log_error("backup", "%s", fault);
    else
        log_info("backup", "written file=%s", copying->path);
}

static void on_slice(void *userdata)
{
    struct copying *copying = userdata;
    struct error error = {0};
    if (!copying->backup)
        return;
    if (!store_is_open(copying->dispatcher->store)) {
        if (store_backup_step(copying->backup, SLICE_US, &copying->state, &error) != STATUS_OK) {
            finish(copying, error.text);
            return;
        }
        if (copying->state.is_done) {
            finish(copying, "");
            return;
        }
    }
    loop_timer_arm(&copying->timer, PAUSE_MS);
}

enum status copying_init(struct copying *copying, struct dispatcher *dispatcher)
{
    *copying = (struct copying){.dispatcher = dispatcher, .state = {.phase = "none"}};
    return loop_timer_init(&copying->timer, &dispatcher->loop, on_slice, copying);
}

void copying_destroy(struct copying *copying)
{
    store_backup_end(copying->backup);
    loop_timer_destroy(&copying->timer);
    copying->backup = NULL;
}

enum status copying_begin(struct copying *copying, struct error *error)
{
    const char *data = copying->dispatcher->params.data;
    struct clock_parts now = clock_parts_of(clock_wall_ms());
    if (copying->backup)
        return error_set(error, STATUS_EXISTS, "a backup is under way: %s", copying->path);
    snprintf(copying->path, sizeof copying->path, "%s/backups", data);
    if (mkdir(copying->path, 0700) != 0 && errno != EEXIST)
        return error_set_errno(error, errno, "cannot make %s", copying->path);
    snprintf(copying->path, sizeof copying->path, "%s/backups/hall-%04d%02d%02d-%02d%02d%02d.db", data,
             now.year, now.month, now.day, now.hour, now.minute, now.second);
    copying->fault[0] = '\0';
    copying->state = (struct store_backup_state){.phase = "copy"};
    if (store_backup_begin(copying->dispatcher->store, copying->path, &copying->backup, error) != STATUS_OK)
        return error->status;
    loop_timer_arm(&copying->timer, 0);
    return STATUS_OK;
}
