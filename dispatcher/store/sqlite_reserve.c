/* SPDX-License-Identifier: MIT
 * Space kept back: a file of zeros beside the database that can be deleted when the disk is full. */
#include "dispatcher/store/sqlite_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/log.h"

enum { TRY_AGAIN_MS = 60 * 1000 };

static int64_t size_of(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? (int64_t)file.st_size : 0;
}

static int64_t size_beside(const struct sqlite_driver *d, const char *suffix)
{
    char *path = files_beside(d->path, suffix);
    int64_t size = path ? size_of(path) : 0;
    free(path);
    return size;
}

static int64_t free_bytes(const char *path)
{
    struct statvfs disk;
    char *folder = files_folder(path);
    int64_t bytes = folder && statvfs(folder, &disk) == 0 ? (int64_t)(disk.f_bavail * disk.f_frsize) : 0;
    free(folder);
    return bytes;
}

enum status sqlite_space(struct driver *driver, struct store_space *space, struct error *error)
{
    struct sqlite_driver *d = (struct sqlite_driver *)driver;
    (void)error;
    *space = (struct store_space){.free_bytes = INT64_MAX};
    if (d->path)
        *space = (struct store_space){
            .free_bytes = free_bytes(d->path),
            .file_bytes = size_of(d->path),
            .wal_bytes = size_beside(d, "-wal"),
            .reserve_bytes = size_beside(d, "-reserve"),
        };
    return STATUS_OK;
}

/* Blocks are really taken, not only promised: a file with holes would free nothing later. */
static void make(struct sqlite_driver *d, const char *path)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    int errnum = fd < 0 ? errno : posix_fallocate(fd, 0, d->reserve_bytes);
    if (fd >= 0)
        close(fd);
    if (errnum) {
        log_warn("store", "no reserve of %lld bytes for a full disk: %s", (long long)d->reserve_bytes,
                 strerror(errnum));
        unlink(path);
    }
}

void sqlite_reserve_make(struct sqlite_driver *d)
{
    if (!d->path || d->reserve_bytes < 0 || clock_mono_ms() < d->reserve_try_ms)
        return;
    d->reserve_try_ms = clock_mono_ms() + TRY_AGAIN_MS;
    char *path = files_beside(d->path, "-reserve");
    if (path && size_of(path) < d->reserve_bytes && free_bytes(d->path) >= 2 * d->reserve_bytes)
        make(d, path);
    free(path);
}

bool sqlite_reserve_drop(struct sqlite_driver *d)
{
    char *path = d->path ? files_beside(d->path, "-reserve") : NULL;
    bool was_there = path && unlink(path) == 0;
    free(path);
    d->reserve_try_ms = clock_mono_ms() + TRY_AGAIN_MS;
    return was_there;
}
