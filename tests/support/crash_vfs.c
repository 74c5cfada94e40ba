/* SPDX-License-Identifier: MIT */
#include "tests/support/crash_vfs.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 16, NAME_MAX_BYTES = 64, SECTOR = 512 };

enum change_kind { CHANGE_CREATE, CHANGE_WRITE, CHANGE_CUT, CHANGE_SYNC, CHANGE_DELETE, CHANGE_PROMISE };
struct change {
    enum change_kind kind;
    int file;   /* index in names */
    int64_t at; /* offset, new length, or the promise */
    size_t length;
    unsigned char *data; /* owned */
    bool is_durable;     /* a delete with the folder synced */
};

/* A file's bytes. */
struct bytes {
    bool exists;
    size_t length, room;
    unsigned char *data; /* owned */
};

static struct {
    char folder[256];
    bool is_recording, ignore_sync;
    int name_count;
    char names[FILES_MAX][NAME_MAX_BYTES];
    struct bytes base[FILES_MAX];
    struct change *changes; /* owned */
    size_t count, room;
    struct bytes
        image[FILES_MAX]; /* base with all changes below `imaged`: what was durable at the last point built */
    size_t imaged[FILES_MAX];
    struct crash_fault fault;
    uint32_t calls_left, failed;
    int last_errnum;
} disk;

/* ---- the journal ---- */
static int file_index(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (int i = 0; i < disk.name_count; i++)
        if (strcmp(disk.names[i], name) == 0)
            return i;
    assert(disk.name_count < FILES_MAX && strlen(name) < NAME_MAX_BYTES);
    strcpy(disk.names[disk.name_count], name);
    return disk.name_count++;
}

static bool is_ours(const char *path)
{
    size_t length = strlen(disk.folder);
    return disk.is_recording && path && strncmp(path, disk.folder, length) == 0 && path[length] == '/';
}

static void note(struct change change, const void *data)
{
    if (disk.count == disk.room) {
        disk.room = disk.room ? disk.room * 2 : 4096;
        disk.changes = realloc(disk.changes, disk.room * sizeof *disk.changes);
        assert(disk.changes);
    }
    if (change.length > 0) {
        change.data = malloc(change.length);
        assert(change.data);
        memcpy(change.data, data, change.length);
    }
    disk.changes[disk.count++] = change;
}

/* ---- failing ---- */
/* Whether this call is to fail; sets the errno that SQLite will ask for. */
static bool fails(enum crash_call call)
{
    if (!(disk.fault.calls & call))
        return false;
    if (disk.calls_left > 0) {
        disk.calls_left--;
        return false;
    }
    if (disk.failed > 0 && !disk.fault.for_ever)
        return false;
    disk.failed++;
    disk.last_errnum = disk.fault.errnum;
    return true;
}

void crash_vfs_fail(const struct crash_fault *fault)
{
    disk.fault = *fault;
    disk.calls_left = fault->after;
    disk.failed = 0;
}

uint32_t crash_vfs_failed(void)
{
    return disk.failed;
}

/* ---- a file ---- */
struct crash_file {
    sqlite3_file file;
    sqlite3_file *real; /* lies behind this struct */
    int index;          /* -1: not ours */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct crash_file *)file)->real;
}

static int index_of(sqlite3_file *file)
{
    return disk.is_recording ? ((struct crash_file *)file)->index : -1;
}

static int crash_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int crash_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 offset)
{
    if (fails(CRASH_READ))
        return SQLITE_IOERR_READ;
    return real_of(file)->pMethods->xRead(real_of(file), out, bytes, offset);
}

static int put(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset)
{
    int rc = real_of(file)->pMethods->xWrite(real_of(file), data, bytes, offset);
    if (rc == SQLITE_OK && index_of(file) >= 0)
        note((struct change){CHANGE_WRITE, index_of(file), offset, (size_t)bytes, NULL, false}, data);
    return rc;
}

static int crash_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset)
{
    if (!fails(CRASH_WRITE))
        return put(file, data, bytes, offset);
    if (disk.fault.half && bytes > 1)
        put(file, data, bytes / 2, offset);
    return disk.last_errnum == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE; /* as SQLite's own layer says it */
}

static int crash_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (fails(CRASH_CUT))
        return SQLITE_IOERR_TRUNCATE;
    int rc = real_of(file)->pMethods->xTruncate(real_of(file), size);
    if (rc == SQLITE_OK && index_of(file) >= 0)
        note((struct change){CHANGE_CUT, index_of(file), size, 0, NULL, false}, NULL);
    return rc;
}

static int crash_sync(sqlite3_file *file, int flags)
{
    (void)flags; /* nothing to wait for: what is durable is decided here */
    if (fails(CRASH_SYNC))
        return SQLITE_IOERR_FSYNC;
    if (index_of(file) >= 0 && !disk.ignore_sync)
        note((struct change){CHANGE_SYNC, index_of(file), 0, 0, NULL, false}, NULL);
    return SQLITE_OK;
}

static int crash_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int crash_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int crash_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int crash_check_lock(sqlite3_file *file, int *is_held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_held);
}

static int crash_control(sqlite3_file *file, int op, void *arg)
{
    if (op == SQLITE_FCNTL_LAST_ERRNO) {
        *(int *)arg = disk.last_errnum;
        return SQLITE_OK;
    }
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int crash_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int crash_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static const sqlite3_io_methods crash_methods = {
    .iVersion = 1,
    .xClose = crash_close,
    .xRead = crash_read,
    .xWrite = crash_write,
    .xTruncate = crash_truncate,
    .xSync = crash_sync,
    .xFileSize = crash_size,
    .xLock = crash_lock,
    .xUnlock = crash_unlock,
    .xCheckReservedLock = crash_check_lock,
    .xFileControl = crash_control,
    .xSectorSize = crash_sector,
    .xDeviceCharacteristics = crash_traits,
};

/* ---- the layer ---- */
static sqlite3_vfs *base;

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
    struct crash_file *ours = (struct crash_file *)file;
    (void)vfs;
    ours->file.pMethods = NULL;
    ours->real = (sqlite3_file *)(void *)(ours + 1);
    if (fails(CRASH_OPEN))
        return SQLITE_CANTOPEN;
    bool was_there = name && access(name, F_OK) == 0;
    int rc = base->xOpen(base, name, ours->real, flags, flags_out);
    if (rc != SQLITE_OK)
        return rc;
    ours->file.pMethods = &crash_methods;
    ours->index = is_ours(name) ? file_index(name) : -1;
    if (ours->index >= 0 && !was_there)
        note((struct change){CHANGE_CREATE, ours->index, 0, 0, NULL, false}, NULL);
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    int rc = base->xDelete(base, name, 0);
    if (rc == SQLITE_OK && is_ours(name))
        note((struct change){CHANGE_DELETE, file_index(name), 0, 0, NULL, sync_folder && !disk.ignore_sync},
             NULL);
    return rc;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    return base->xAccess(base, name, flags, out);
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    return base->xFullPathname(base, name, size, out);
}

static int vfs_random(sqlite3_vfs *vfs, int bytes, char *out)
{
    (void)vfs;
    return base->xRandomness(base, bytes, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return base->xSleep(base, us);
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    return base->xCurrentTime(base, out);
}

static int vfs_error(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    (void)size;
    (void)out;
    return disk.last_errnum;
}

static void register_once(void)
{
    static sqlite3_vfs vfs;
    if (base)
        return;
    base = sqlite3_vfs_find(NULL);
    vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct crash_file) + base->szOsFile,
        .mxPathname = base->mxPathname,
        .zName = CRASH_VFS_NAME,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_name,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
    };
    sqlite3_vfs_register(&vfs, 0);
}

/* ---- bytes of files ---- */
static void bytes_cut(struct bytes *bytes, size_t length)
{
    if (length > bytes->room) {
        bytes->room = length * 2;
        bytes->data = realloc(bytes->data, bytes->room);
        assert(bytes->data);
    }
    if (length > bytes->length)
        memset(bytes->data + bytes->length, 0, length - bytes->length);
    bytes->length = length;
}

static void bytes_put(struct bytes *bytes, int64_t at, const void *data, size_t length)
{
    if ((size_t)at + length > bytes->length)
        bytes_cut(bytes, (size_t)at + length);
    if (length > 0)
        memcpy(bytes->data + at, data, length);
}

static void bytes_free(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){0};
}

static void path_in(char *out, size_t size, const char *folder, const char *name)
{
    snprintf(out, size, "%s/%s", folder, name);
}

static void bytes_load(struct bytes *bytes, const char *path)
{
    unsigned char buffer[65536];
    FILE *file = fopen(path, "rb");
    assert(file);
    bytes->exists = true;
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, file)) > 0;)
        bytes_put(bytes, (int64_t)bytes->length, buffer, got);
    fclose(file);
}

/* ---- recording ---- */
static void forget(void)
{
    for (size_t i = 0; i < disk.count; i++)
        free(disk.changes[i].data);
    free(disk.changes);
    disk.changes = NULL;
    disk.count = disk.room = 0;
    for (int i = 0; i < FILES_MAX; i++) {
        bytes_free(&disk.base[i]);
        bytes_free(&disk.image[i]);
        disk.imaged[i] = 0;
    }
    disk.name_count = 0;
}

void crash_vfs_record(const char *folder, bool ignore_sync)
{
    register_once();
    forget();
    snprintf(disk.folder, sizeof disk.folder, "%s", folder);
    disk.ignore_sync = ignore_sync;
    DIR *dir = opendir(folder);
    assert(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[600];
        if (entry->d_name[0] == '.')
            continue;
        path_in(path, sizeof path, folder, entry->d_name);
        bytes_load(&disk.base[file_index(entry->d_name)], path);
    }
    closedir(dir);
    disk.is_recording = true;
}

void crash_vfs_stop(void)
{
    disk.is_recording = false;
    disk.fault.calls = 0;
}

void crash_vfs_promise(int64_t value)
{
    if (disk.is_recording)
        note((struct change){CHANGE_PROMISE, -1, value, 0, NULL, false}, NULL);
}

/* ---- crashing ---- */
static bool is_point(const struct change *change)
{
    return change->kind == CHANGE_SYNC || change->kind == CHANGE_PROMISE;
}

size_t crash_vfs_points(void)
{
    size_t points = 1; /* the end */
    for (size_t i = 0; i < disk.count; i++)
        points += is_point(&disk.changes[i]);
    return points;
}

/* So many changes had been made. A sync that is cut off did nothing; a promise had been made. */
static size_t changes_before(size_t point)
{
    for (size_t i = 0; i < disk.count; i++)
        if (is_point(&disk.changes[i]) && point-- == 0)
            return disk.changes[i].kind == CHANGE_PROMISE ? i + 1 : i;
    return disk.count;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static void apply(struct bytes *bytes, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_CREATE:
        bytes->exists = true;
        break;
    case CHANGE_WRITE:
        bytes_put(bytes, change->at, change->data, change->length);
        break;
    case CHANGE_CUT:
        bytes_cut(bytes, (size_t)change->at);
        break;
    case CHANGE_DELETE:
        bytes->exists = false;
        bytes->length = 0;
        break;
    case CHANGE_SYNC:
    case CHANGE_PROMISE:
        break;
    }
}

static void apply_torn(struct bytes *bytes, const struct change *change, uint32_t *seed)
{
    for (size_t from = 0, to; from < change->length; from = to) {
        to = from + SECTOR - (size_t)((uint64_t)change->at + from) % SECTOR;
        to = to < change->length ? to : change->length;
        if (next_random(seed) & 1)
            bytes_put(bytes, change->at + (int64_t)from, change->data + from, to - from);
    }
}

/* A change that no sync has made durable. */
static void apply_unsynced(struct bytes *bytes, const struct change *change, enum crash_model model,
                           uint32_t *seed)
{
    if (model == CRASH_DROP_ALL)
        return;
    if (change->kind == CHANGE_CREATE || (model == CRASH_TORN && change->kind != CHANGE_WRITE)) {
        if (next_random(seed) & 3)
            apply(bytes, change);
    } else if (model == CRASH_TORN) {
        apply_torn(bytes, change, seed);
    } else if (next_random(seed) & 1) {
        apply(bytes, change);
    }
}

static bool is_barrier(const struct change *change)
{
    return change->kind == CHANGE_SYNC || (change->kind == CHANGE_DELETE && change->is_durable);
}

/* Brings the image to what is durable after the first `count` changes; going on from the last point is cheap.
 */
static size_t make_image(int file, size_t count)
{
    size_t durable = 0;
    for (size_t i = 0; i < count; i++)
        if (disk.changes[i].file == file && is_barrier(&disk.changes[i]))
            durable = i + 1;
    struct bytes *image = &disk.image[file];
    if (durable < disk.imaged[file] || disk.imaged[file] == 0) {
        image->length = 0;
        image->exists = disk.base[file].exists;
        bytes_put(image, 0, disk.base[file].data, disk.base[file].length);
        disk.imaged[file] = 0;
    }
    for (; disk.imaged[file] < durable; disk.imaged[file]++)
        if (disk.changes[disk.imaged[file]].file == file)
            apply(image, &disk.changes[disk.imaged[file]]);
    return durable;
}

/* A file as it is after the first `count` changes and a power cut. */
static void build_file(int file, size_t count, enum crash_model model, uint32_t *seed, struct bytes *out)
{
    size_t durable = make_image(file, count);
    out->exists = disk.image[file].exists;
    bytes_put(out, 0, disk.image[file].data, disk.image[file].length);
    for (size_t i = durable; i < count; i++)
        if (disk.changes[i].file == file && disk.changes[i].kind != CHANGE_PROMISE)
            apply_unsynced(out, &disk.changes[i], model, seed);
}

static void write_file(const char *folder, const char *name, const struct bytes *bytes)
{
    char path[600];
    path_in(path, sizeof path, folder, name);
    unlink(path);
    if (!bytes->exists)
        return;
    FILE *file = fopen(path, "wb");
    assert(file);
    if (bytes->length > 0)
        assert(fwrite(bytes->data, 1, bytes->length, file) == bytes->length);
    fclose(file);
}

int64_t crash_vfs_build(size_t point, enum crash_model model, uint32_t seed, const char *folder)
{
    size_t count = changes_before(point);
    int64_t promised = -1;
    for (size_t i = 0; i < count; i++)
        if (disk.changes[i].kind == CHANGE_PROMISE)
            promised = disk.changes[i].at;
    for (int file = 0; file < disk.name_count; file++) {
        struct bytes bytes = {0};
        build_file(file, count, model, &seed, &bytes);
        write_file(folder, disk.names[file], &bytes);
        bytes_free(&bytes);
    }
    return promised;
}
