/* SPDX-License-Identifier: MIT
 * The few things that must be done to files themselves. */
#include "dispatcher/store/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *files_beside(const char *path, const char *suffix)
{
    size_t length = strlen(path), more = strlen(suffix) + 1;
    char *name = malloc(length + more);
    if (name) {
        memcpy(name, path, length);
        memcpy(name + length, suffix, more);
    }
    return name;
}

enum status files_make(const char *path, struct error *error)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set_errno(error, errno, "%s cannot be made", path);
    close(fd);
    return STATUS_OK;
}

static enum status sync_opened(const char *path, int flags, struct error *error)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(error, errno, "%s cannot be opened", path);
    int rc = fsync(fd);
    int errnum = errno;
    close(fd);
    return rc == 0 ? STATUS_OK : error_set_errno(error, errnum, "%s cannot be synced", path);
}

enum status files_sync(const char *path, struct error *error)
{
    return sync_opened(path, O_RDONLY, error);
}

char *files_folder(const char *path)
{
    char *folder = files_beside(path, "");
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[slash == folder] = '\0'; /* the root keeps its name */
    else if (folder)
        memcpy(folder, ".", path[0] ? 2 : 1);
    return folder;
}

enum status files_sync_folder(const char *path, struct error *error)
{
    char *folder = files_folder(path);
    enum status status = folder ? sync_opened(folder, O_RDONLY | O_DIRECTORY, error)
                                : error_set(error, STATUS_MEMORY, "no memory to sync the folder of %s", path);
    free(folder);
    return status;
}
