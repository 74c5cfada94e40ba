/* SPDX-License-Identifier: MIT
 * A copy of the database through SQLite's online backup, in slices; then every page is read back from the
 * disk. */
#include "dispatcher/store/sqlite_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"

enum { SLICE_PAGES = 16, WINDOW_PAGES = 256 };

struct sqlite_copy {
    struct driver_copy copy;
    char *path; /* owned */
    sqlite3 *to;
    sqlite3_backup *backup;
    int fd;          /* the same file, to nudge it to the disk and to read it back */
    uint64_t window; /* of WINDOW_PAGES, now being copied or read back */
    bool is_copied;
};

static enum status fault(struct sqlite_copy *c, int rc, struct error *error)
{
    return sqlite_status(c->to, rc, c->path, error);
}

/* ---- copying ---- */
static enum status open_target(struct sqlite_copy *c, struct error *error)
{
    const char *vfs = sqlite_pages_vfs(NULL);
    enum status status = files_make(c->path, error);
    if (status != STATUS_OK)
        return status;
    int rc = vfs ? sqlite3_open_v2(c->path, &c->to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs)
                 : SQLITE_NOMEM;
    c->fd = open(c->path, O_RDONLY | O_CLOEXEC);
    if (c->fd < 0)
        return error_set_errno(error, errno, "%s cannot be read back", c->path);
    if (rc == SQLITE_OK) /* a copy that is cut off is thrown away, so it needs no journal */
        rc = sqlite3_exec(c->to,
                          "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
                          "PRAGMA cache_size=-1024",
                          NULL, NULL, NULL);
    return rc == SQLITE_OK ? STATUS_OK : fault(c, rc, error);
}

static enum status finish_copying(struct sqlite_copy *c, struct error *error)
{
    int rc = sqlite3_backup_finish(c->backup);
    c->backup = NULL;
    if (rc == SQLITE_OK)
        rc = sqlite3_close(c->to);
    if (rc != SQLITE_OK)
        return fault(c, rc, error);
    c->to = NULL;
    enum status status = files_sync(c->path, error);
    if (status != STATUS_OK)
        return status;
    struct stat file;
    if (fstat(c->fd, &file) != 0)
        return error_set_errno(error, errno, "%s cannot be read back", c->path);
    c->window = 0;
    c->is_copied = true;
    c->copy.done = 0;
    c->copy.total = (uint64_t)file.st_size / SQLITE_PAGE_BYTES;
    return STATUS_OK;
}

/* Starts writing out what was copied and waits for what was started one window ago, or the sync at the end
 * would have everything to do at once. */
static void nudge(struct sqlite_copy *c)
{
    const off64_t bytes = (off64_t)WINDOW_PAGES * SQLITE_PAGE_BYTES;
    uint64_t window = c->copy.done / WINDOW_PAGES;
    for (; c->window < window; c->window++) {
        off64_t from = (off64_t)c->window * bytes;
        sync_file_range(c->fd, from, bytes, SYNC_FILE_RANGE_WRITE);
        if (c->window > 0)
            sync_file_range(c->fd, from - bytes, bytes,
                            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    }
}

static enum status copy_slice(struct sqlite_copy *c, struct error *error)
{
    int rc = sqlite3_backup_step(c->backup, SLICE_PAGES);
    int total = sqlite3_backup_pagecount(c->backup), left = sqlite3_backup_remaining(c->backup);
    c->copy.total = (uint64_t)total;
    c->copy.done = (uint64_t)(total - left);
    nudge(c);
    if (rc == SQLITE_DONE)
        return finish_copying(c, error);
    return rc == SQLITE_OK ? STATUS_OK : sqlite_status(NULL, rc, c->path, error);
}

/* ---- reading back ---- */
static enum status read_slice(struct sqlite_copy *c, struct error *error)
{
    unsigned char page[SQLITE_PAGE_BYTES];
    if (c->copy.done / WINDOW_PAGES >= c->window) /* from the disk, not from memory */
        posix_fadvise(c->fd, (off_t)(c->window++ * WINDOW_PAGES * SQLITE_PAGE_BYTES),
                      (off_t)WINDOW_PAGES * SQLITE_PAGE_BYTES, POSIX_FADV_DONTNEED);
    for (int i = 0; i < SLICE_PAGES && c->copy.done < c->copy.total; i++) {
        off_t offset = (off_t)c->copy.done * SQLITE_PAGE_BYTES;
        ssize_t got = pread(c->fd, page, sizeof page, offset);
        if (got < 0)
            return error_set_errno(error, errno, "%s cannot be read back", c->path);
        if (got != sizeof page || !sqlite_page_is_sealed(page, offset))
            return error_set(error, STATUS_CORRUPT,
                             "%s is not what was written (page %llu): the disk may be failing", c->path,
                             (unsigned long long)c->copy.done + 1);
        c->copy.done++;
    }
    c->copy.is_done = c->copy.done == c->copy.total;
    return STATUS_OK;
}

static enum status step(struct driver_copy *copy, int64_t budget_us, struct error *error)
{
    struct sqlite_copy *c = (struct sqlite_copy *)copy;
    int64_t until_us = clock_mono_us() + budget_us;
    enum status status;
    do
        status = !c->is_copied ? copy_slice(c, error) : read_slice(c, error);
    while (status == STATUS_OK && !copy->is_done && clock_mono_us() < until_us);
    return status;
}

static void end(struct driver_copy *copy)
{
    struct sqlite_copy *c = (struct sqlite_copy *)copy;
    sqlite3_backup_finish(c->backup);
    sqlite3_close(c->to);
    if (c->fd >= 0)
        close(c->fd);
    free(c->path);
    free(c);
}

static const struct driver_copy_ops copy_ops = {.step = step, .end = end};

enum status sqlite_copy_begin(struct driver *driver, const char *path, struct driver_copy **out,
                              struct error *error)
{
    struct sqlite_copy *c = calloc(1, sizeof *c);
    if (!c)
        return error_set(error, STATUS_MEMORY, "no memory for a copy");
    c->copy.ops = &copy_ops;
    c->fd = -1;
    c->path = files_beside(path, "");
    enum status status =
        c->path ? open_target(c, error) : error_set(error, STATUS_MEMORY, "no memory for a copy");
    if (status == STATUS_OK) {
        c->backup = sqlite3_backup_init(c->to, "main", ((struct sqlite_driver *)driver)->db, "main");
        if (!c->backup)
            status = fault(c, sqlite3_errcode(c->to), error);
    }
    if (status != STATUS_OK) {
        end(&c->copy);
        return status;
    }
    *out = &c->copy;
    return STATUS_OK;
}
