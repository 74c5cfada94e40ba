/* SPDX-License-Identifier: MIT
 * A SQLite file layer that can lose power. It passes everything to the system's files and writes down, in one
 * order, what was written, cut, synced and deleted, and what was promised to the outside. From that journal
 * it builds the folder as a disk might hold it after a power cut at any sync: writes since the last sync of a
 * file are dropped, kept in part, or torn in sectors. It can also let chosen calls fail. One folder at a
 * time, one thread. */
#ifndef TESTS_SUPPORT_CRASH_VFS_H
#define TESTS_SUPPORT_CRASH_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRASH_VFS_NAME "crash"

enum crash_model { CRASH_DROP_ALL, CRASH_KEEP_SOME, CRASH_TORN, CRASH_MODELS };

/* Begins to journal changes in `folder`, whose present files count as durable. ignore_sync: a disk that says
 * yes to a sync and does nothing. */
void crash_vfs_record(const char *folder, bool ignore_sync);
void crash_vfs_stop(void); /* the journal stays until the next recording */

/* Notes that everything up to `value` was promised to the outside. */
void crash_vfs_promise(int64_t value);

/* Moments to crash at: each sync (just before it takes effect), each promise (just after it), and the end. */
size_t crash_vfs_points(void);

/* Writes the files as they are after a crash at the point to the (emptied) folder. Returns the last promise
 * made before it; -1: none. */
int64_t crash_vfs_build(size_t point, enum crash_model model, uint32_t seed, const char *folder);

/* ---- failing calls ---- */
enum crash_call { CRASH_WRITE = 1, CRASH_SYNC = 2, CRASH_CUT = 4, CRASH_READ = 8, CRASH_OPEN = 16 };
struct crash_fault {
    unsigned calls; /* which calls count, ORed */
    uint32_t after; /* so many succeed first */
    bool for_ever;  /* all later ones fail too */
    int errnum;     /* ENOSPC, EROFS, EIO ... */
    bool half;      /* a failing write puts down half of its bytes */
};
/* calls 0: nothing fails. Counting begins anew. */
void crash_vfs_fail(const struct crash_fault *fault);
uint32_t crash_vfs_failed(void); /* calls that failed since crash_vfs_fail */

#endif
