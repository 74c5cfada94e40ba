/* SPDX-License-Identifier: MIT
 * Page seals. A disk can return other bytes than were written, or an old page, or one that belongs elsewhere;
 * SQLite alone would serve most of that as truth. Each page of the database file therefore ends in eight
 * bytes (SQLite's "reserved" space, so the format stays its own) that hold a keyed sum of the page and its
 * place. The write-ahead log has sums of its own and passes through untouched. */
#include "dispatcher/store/sqlite_inside.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUMMED_BYTES = SQLITE_PAGE_BYTES - SQLITE_PAGE_SUM_BYTES };
static_assert(crypto_shorthash_BYTES == SQLITE_PAGE_SUM_BYTES, "a sum fills the reserved space");

struct paged_file {
    sqlite3_file file;
    unsigned char page[SQLITE_PAGE_BYTES]; /* a page on its way out */
    sqlite3_file *real;                    /* lies behind this struct */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct paged_file *)file)->real;
}

/* The key is no secret: it only binds the sum to the page's place in the file. */
static void page_sum(const unsigned char *page, sqlite3_int64 offset,
                     unsigned char out[SQLITE_PAGE_SUM_BYTES])
{
    unsigned char key[crypto_shorthash_KEYBYTES] = "evenhall";
    memcpy(key + 8, &offset, sizeof offset);
    crypto_shorthash(out, page, SUMMED_BYTES, key);
}

bool sqlite_page_is_sealed(const unsigned char page[SQLITE_PAGE_BYTES], int64_t offset)
{
    unsigned char sum[SQLITE_PAGE_SUM_BYTES];
    page_sum(page, offset, sum);
    return memcmp(sum, page + SUMMED_BYTES, sizeof sum) == 0;
}

static bool is_page(int bytes, sqlite3_int64 offset)
{
    return bytes == SQLITE_PAGE_BYTES && offset % SQLITE_PAGE_BYTES == 0;
}

static int paged_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 offset)
{
    sqlite3_file *real = real_of(file);
    int rc = real->pMethods->xRead(real, out, bytes, offset);
    if (rc != SQLITE_OK || !is_page(bytes, offset))
        return rc;
    return sqlite_page_is_sealed(out, offset) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

static int paged_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset)
{
    struct paged_file *paged = (struct paged_file *)file;
    if (is_page(bytes, offset)) {
        memcpy(paged->page, data, SUMMED_BYTES);
        page_sum(paged->page, offset, paged->page + SUMMED_BYTES);
        data = paged->page;
    }
    return paged->real->pMethods->xWrite(paged->real, data, bytes, offset);
}

static int paged_close(sqlite3_file *file)
{
    sqlite3_file *real = real_of(file);
    return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int paged_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int paged_sync(sqlite3_file *file, int flags)
{
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int paged_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int paged_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int paged_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int paged_check_lock(sqlite3_file *file, int *is_held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_held);
}

static int paged_control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int paged_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int paged_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* Version 1: no shared memory and no mapped pages. A store has one connection and needs neither. */
static const sqlite3_io_methods paged_methods = {
    .iVersion = 1,
    .xClose = paged_close,
    .xRead = paged_read,
    .xWrite = paged_write,
    .xTruncate = paged_truncate,
    .xSync = paged_sync,
    .xFileSize = paged_size,
    .xLock = paged_lock,
    .xUnlock = paged_unlock,
    .xCheckReservedLock = paged_check_lock,
    .xFileControl = paged_control,
    .xSectorSize = paged_sector,
    .xDeviceCharacteristics = paged_traits,
};

static sqlite3_vfs *base_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
    sqlite3_vfs *base = base_of(vfs);
    if (!(flags & SQLITE_OPEN_MAIN_DB))
        return base->xOpen(base, name, file, flags, flags_out);
    struct paged_file *paged = (struct paged_file *)file;
    paged->file.pMethods = NULL;
    paged->real = (sqlite3_file *)(void *)(paged + 1);
    int rc = base->xOpen(base, name, paged->real, flags, flags_out);
    if (rc == SQLITE_OK)
        paged->file.pMethods = &paged_methods;
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    return base_of(vfs)->xDelete(base_of(vfs), name, sync_folder);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    return base_of(vfs)->xAccess(base_of(vfs), name, flags, out);
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    return base_of(vfs)->xFullPathname(base_of(vfs), name, size, out);
}

static int vfs_random(sqlite3_vfs *vfs, int bytes, char *out)
{
    return base_of(vfs)->xRandomness(base_of(vfs), bytes, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    return base_of(vfs)->xSleep(base_of(vfs), us);
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    return base_of(vfs)->xCurrentTime(base_of(vfs), out);
}

static int vfs_error(sqlite3_vfs *vfs, int size, char *out)
{
    return base_of(vfs)->xGetLastError(base_of(vfs), size, out);
}

static int vfs_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), out);
}

static sqlite3_vfs *vfs_make(sqlite3_vfs *base)
{
    char *name = sqlite3_mprintf("evenhall-pages-%s", base->zName);
    sqlite3_vfs *vfs = name ? malloc(sizeof *vfs) : NULL;
    if (!vfs) {
        sqlite3_free(name);
        return NULL;
    }
    *vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct paged_file) + base->szOsFile,
        .mxPathname = base->mxPathname,
        .zName = name,
        .pAppData = base,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_name,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
        .xCurrentTimeInt64 = vfs_time_ms,
    };
    return vfs;
}

/* SQLite keeps registered layers until the process ends; so do we. */
const char *sqlite_pages_vfs(const char *base)
{
    char name[128];
    sqlite3_vfs *real = sqlite3_vfs_find(base);
    if (!real)
        return NULL;
    snprintf(name, sizeof name, "evenhall-pages-%s", real->zName);
    sqlite3_vfs *ours = sqlite3_vfs_find(name);
    if (ours)
        return ours->zName;
    ours = vfs_make(real);
    if (!ours || sqlite3_vfs_register(ours, 0) != SQLITE_OK)
        return NULL;
    return ours->zName;
}
