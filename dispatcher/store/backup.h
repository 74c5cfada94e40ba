/* SPDX-License-Identifier: MIT
 * Copies of a store: made while it serves, checked before they are called a backup, and put back in its
 * place. */
#ifndef DISPATCHER_STORE_BACKUP_H
#define DISPATCHER_STORE_BACKUP_H

#include "dispatcher/store/store.h"

/* A backup under way. The copy is written to PATH-part, checked, and renamed to PATH at the end. */
struct store_backup;

struct store_backup_state {
    const char *phase;    /* "copy", "check", "done" */
    uint64_t done, total; /* pages, then events */
    bool is_done;         /* PATH is there, whole and synced */
};

/* Begins; EXISTS when `path` is there already. One at a time. The store stays usable, also for writing:
 * what is committed meanwhile is in the copy. */
enum status store_backup_begin(struct store *store, const char *path, struct store_backup **out,
                               struct error *error);

/* Works for about budget_us (the copy goes in slices, so that a call waits some ms at most). Not inside
 * a transaction. Call until state->is_done or a fault; a fault leaves the store itself unharmed
 * (STATUS_CORRUPT says that what was copied is damaged). */
enum status store_backup_step(struct store_backup *backup, int64_t budget_us,
                              struct store_backup_state *state, struct error *error);

/* Ends it, finished or not; an unfinished copy is deleted. NULL is allowed. Before store_close. */
void store_backup_end(struct store_backup *backup);

/* All of it in one go, for commands. */
enum status store_backup(struct store *store, const char *path, store_progress *progress, void *userdata,
                         struct error *error);

struct store_restore_report {
    uint64_t last_seq; /* of the restored store */
    int64_t last_ms;
    char kept[4096]; /* where the former file went; empty: there was none */
};
/* Checks the backup `from` whole, copies it beside `to`, moves a former `to` (with its -wal) aside to
 * TO.20261123-101500.old and the copy in its place. CLOSED when a running program has `to` open; CORRUPT
 * when the backup is not whole, and then nothing is touched. */
enum status store_restore(const char *from, const char *to, int64_t now_ms, store_progress *progress,
                          void *userdata, struct store_restore_report *report, struct error *error);

#endif
