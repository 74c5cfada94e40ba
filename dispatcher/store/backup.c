/* SPDX-License-Identifier: MIT */
#include "dispatcher/store/backup.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "dispatcher/store/files.h"
#include "dispatcher/store/inside.h"

enum { SLICE_EVENTS = 256 };

/* ---- backup ---- */
struct store_backup {
    struct store *store;
    char *path, *part;        /* owned */
    struct driver_copy *copy; /* NULL once the copy is there */
    struct store *opened;     /* the copy, while its log is read */
    uint64_t seq;             /* read so far */
    bool is_done;
};

enum status store_backup_begin(struct store *store, const char *path, struct store_backup **out,
                               struct error *error)
{
    if (access(path, F_OK) == 0)
        return error_set(error, STATUS_EXISTS, "%s is there already: choose another name", path);
    struct store_backup *backup = calloc(1, sizeof *backup);
    if (backup) {
        backup->store = store;
        backup->path = files_beside(path, "");
        backup->part = files_beside(path, "-part");
    }
    enum status status = STATUS_OK;
    if (!backup || !backup->path || !backup->part)
        status = error_set(error, STATUS_MEMORY, "no memory for a backup");
    if (status == STATUS_OK) {
        unlink(backup->part); /* of a backup that was cut off */
        status = store->driver->ops->copy_begin(store->driver, backup->part, &backup->copy, error);
    }
    if (status != STATUS_OK) {
        store_backup_end(backup);
        return status;
    }
    *out = backup;
    return STATUS_OK;
}

static enum status open_copy(struct store_backup *backup, struct error *error)
{
    const struct store_params params = {.path = backup->part, .reserve_bytes = -1};
    return store_open_sqlite(&params, &backup->opened, error);
}

static enum status publish(struct store_backup *backup, struct error *error)
{
    enum status status = store_close(backup->opened, error);
    backup->opened = NULL;
    if (status == STATUS_OK)
        status = files_sync(backup->part, error);
    if (status == STATUS_OK && rename(backup->part, backup->path) != 0)
        status = error_set_errno(error, errno, "%s cannot be named", backup->path);
    if (status == STATUS_OK)
        status = files_sync_folder(backup->path, error);
    backup->is_done = status == STATUS_OK;
    return status;
}

static bool count_event(const struct store_event *event, void *seq)
{
    *(uint64_t *)seq = event->seq;
    return true;
}

static enum status check_slice(struct store_backup *backup, struct error *error)
{
    if (backup->seq == backup->opened->events.seq)
        return publish(backup, error);
    return store_events(backup->opened, backup->seq, SLICE_EVENTS, count_event, &backup->seq, error);
}

static enum status step_once(struct store_backup *backup, int64_t until_us, struct error *error)
{
    if (!backup->copy)
        return check_slice(backup, error);
    int64_t left_us = until_us - clock_mono_us();
    enum status status = backup->copy->ops->step(backup->copy, left_us > 0 ? left_us : 0, error);
    if (status == STATUS_OK && backup->copy->is_done) {
        backup->copy->ops->end(backup->copy);
        backup->copy = NULL;
        status = open_copy(backup, error);
    }
    return status;
}

enum status store_backup_step(struct store_backup *backup, int64_t budget_us,
                              struct store_backup_state *state, struct error *error)
{
    int64_t until_us = clock_mono_us() + budget_us;
    enum status status = STATUS_OK;
    assert(!backup->store->is_open);
    while (status == STATUS_OK && !backup->is_done) {
        status = step_once(backup, until_us, error);
        if (clock_mono_us() >= until_us)
            break;
    }
    *state = (struct store_backup_state){"done", backup->seq, backup->seq, backup->is_done};
    if (backup->copy)
        *state = (struct store_backup_state){"copy", backup->copy->done, backup->copy->total, false};
    else if (backup->opened)
        *state = (struct store_backup_state){"check", backup->seq, backup->opened->events.seq, false};
    return status;
}

void store_backup_end(struct store_backup *backup)
{
    struct error ignored;
    if (!backup)
        return;
    if (backup->copy)
        backup->copy->ops->end(backup->copy);
    store_close(backup->opened, &ignored);
    if (!backup->is_done && backup->part)
        unlink(backup->part);
    free(backup->path);
    free(backup->part);
    free(backup);
}

enum status store_backup(struct store *store, const char *path, store_progress *progress, void *userdata,
                         struct error *error)
{
    struct store_backup *backup = NULL;
    struct store_backup_state state = {0};
    enum status status = store_backup_begin(store, path, &backup, error);
    while (status == STATUS_OK && !state.is_done) {
        status = store_backup_step(backup, 100 * 1000, &state, error);
        if (progress)
            progress(state.phase, state.done, state.total, userdata);
    }
    store_backup_end(backup);
    return status;
}

/* ---- restore ---- */
static enum status copy_bytes(int in, int out, const char *from, const char *to, struct error *error)
{
    char buffer[64 * 1024];
    ssize_t got;
    while ((got = read(in, buffer, sizeof buffer)) > 0)
        for (ssize_t put = 0, n; put < got; put += n) {
            n = write(out, buffer + put, (size_t)(got - put));
            if (n < 0)
                return error_set_errno(error, errno, "%s cannot be written", to);
        }
    if (got < 0)
        return error_set_errno(error, errno, "%s cannot be read", from);
    return fsync(out) == 0 ? STATUS_OK : error_set_errno(error, errno, "%s cannot be synced", to);
}

static enum status copy_file(const char *from, const char *to, struct error *error)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return error_set_errno(error, errno, "%s cannot be opened", from);
    int out = open(to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    enum status status = out < 0 ? error_set_errno(error, errno, "%s cannot be made", to)
                                 : copy_bytes(in, out, from, to, error);
    if (out >= 0)
        close(out);
    close(in);
    return status;
}

/* The copy is checked, not the backup: it is the copy that will be served from. */
static enum status check_copy(const char *path, store_progress *progress, void *userdata,
                              struct store_restore_report *report, struct error *error)
{
    struct store *store = NULL;
    struct store_verify_report verified;
    const struct store_params params = {.path = path, .reserve_bytes = -1};
    enum status status = store_open_sqlite(&params, &store, error);
    if (status != STATUS_OK)
        return status;
    status = store_verify(store, progress, userdata, &verified, error);
    report->last_seq = store->events.seq;
    report->last_ms = store->events.at_ms;
    struct error closing;
    enum status closed = store_close(store, &closing);
    if (status == STATUS_OK && closed != STATUS_OK) {
        *error = closing;
        return closed;
    }
    return status;
}

/* Moves a file and what belongs to it; a missing one is fine. */
static enum status move_with(const char *path, const char *suffix, const char *to, struct error *error)
{
    char *from = files_beside(path, suffix), *target = files_beside(to, suffix);
    enum status status = STATUS_OK;
    if (!from || !target)
        status = error_set(error, STATUS_MEMORY, "no memory to move %s", path);
    else if (rename(from, target) != 0 && errno != ENOENT)
        status = error_set_errno(error, errno, "%s cannot be moved aside", from);
    free(from);
    free(target);
    return status;
}

static enum status move_aside(const char *path, int64_t now_ms, struct store_restore_report *report,
                              struct error *error)
{
    struct clock_parts at = clock_parts_of(now_ms);
    if (access(path, F_OK) != 0)
        return STATUS_OK;
    int length = snprintf(report->kept, sizeof report->kept, "%s.%04d%02d%02d-%02d%02d%02d.old", path,
                          at.year, at.month, at.day, at.hour, at.minute, at.second);
    if (length < 0 || (size_t)length >= sizeof report->kept)
        return error_set(error, STATUS_LIMIT, "the name %s is too long", path);
    if (access(report->kept, F_OK) == 0)
        return error_set(error, STATUS_EXISTS, "%s is there already: move it away", report->kept);
    /* The log first: a database without its log is older, a log without its database nothing. */
    enum status status = move_with(path, "-wal", report->kept, error);
    return status == STATUS_OK ? move_with(path, "", report->kept, error) : status;
}

static enum status check_source(const char *from, struct error *error)
{
    struct stat wal;
    char *name = files_beside(from, "-wal");
    bool has_wal = name && stat(name, &wal) == 0 && wal.st_size > 0;
    free(name);
    if (has_wal)
        return error_set(
            error, STATUS_CORRUPT,
            "%s is no backup but a store (its -wal is beside it): start the program on it instead", from);
    return STATUS_OK;
}

static enum status restore_checked(const char *copy, const char *to, int64_t now_ms,
                                   struct store_restore_report *report, struct error *error)
{
    enum status status = access(to, F_OK) == 0 ? driver_sqlite_is_free(to, error) : STATUS_OK;
    if (status == STATUS_OK)
        status = move_aside(to, now_ms, report, error);
    if (status == STATUS_OK && rename(copy, to) != 0)
        status = error_set_errno(error, errno, "%s cannot be put in place", to);
    return status == STATUS_OK ? files_sync_folder(to, error) : status;
}

enum status store_restore(const char *from, const char *to, int64_t now_ms, store_progress *progress,
                          void *userdata, struct store_restore_report *report, struct error *error)
{
    *report = (struct store_restore_report){0};
    char *copy = files_beside(to, "-restoring");
    if (!copy)
        return error_set(error, STATUS_MEMORY, "no memory to restore %s", from);
    enum status status = access(to, F_OK) == 0 ? driver_sqlite_is_free(to, error) : STATUS_OK;
    if (status == STATUS_OK)
        status = check_source(from, error);
    if (status == STATUS_OK)
        status = copy_file(from, copy, error);
    if (status == STATUS_OK)
        status = check_copy(copy, progress, userdata, report, error);
    if (status == STATUS_OK)
        status = restore_checked(copy, to, now_ms, report, error);
    if (status != STATUS_OK)
        unlink(copy);
    free(copy);
    return status;
}
