/* SPDX-License-Identifier: MIT
 * Files for pages: opened part by part below their folder, so that no name leads out of it; kept in memory
 * while they stay the same on the disk. */
#include "dispatcher/net/http_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/log.h"
#include "dispatcher/net/http_parse.h"

enum {
    KEPT_BYTES_MAX = 2 * 1024 * 1024,  /* larger files are read each time */
    FILE_BYTES_MAX = 64 * 1024 * 1024, /* larger ones are not served */
    TAG_BYTES = 80
};

/* A file in memory, known by what the disk says of it. */
struct http_file {
    struct stat of;
    struct buffer *content; /* owned; NULL: a free place */
};

const char *http_file_type(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {"html", "text/html; charset=utf-8"},
        {"css", "text/css; charset=utf-8"},
        {"js", "text/javascript; charset=utf-8"},
        {"mjs", "text/javascript; charset=utf-8"},
        {"json", "application/json"},
        {"map", "application/json"},
        {"webmanifest", "application/manifest+json"},
        {"svg", "image/svg+xml"},
        {"png", "image/png"},
        {"jpg", "image/jpeg"},
        {"jpeg", "image/jpeg"},
        {"webp", "image/webp"},
        {"gif", "image/gif"},
        {"ico", "image/x-icon"},
        {"woff2", "font/woff2"},
        {"woff", "font/woff"},
        {"ttf", "font/ttf"},
        {"otf", "font/otf"},
        {"wav", "audio/wav"},
        {"mp3", "audio/mpeg"},
        {"ogg", "audio/ogg"},
        {"txt", "text/plain; charset=utf-8"},
        {"md", "text/plain; charset=utf-8"},
        {"yaml", "text/plain; charset=utf-8"},
        {"csv", "text/csv; charset=utf-8"},
        {"pdf", "application/pdf"},
        {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++)
        if (strcasecmp(dot + 1, types[i].ending) == 0)
            return types[i].type;
    return "application/octet-stream";
}

/* Opens name below the folder. Each part must be a plain name, each folder a real folder (no links). -1: no
 * such file. */
static int open_below(const char *directory, const char *name)
{
    int at = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    while (at >= 0) {
        char part[256];
        size_t length = strcspn(name, "/");
        bool is_last = name[length] == '\0';
        if (length == 0 || length >= sizeof part || name[0] == '.') {
            close(at);
            return -1;
        }
        memcpy(part, name, length);
        part[length] = '\0';
        int flags = is_last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
        int next = openat(at, part, flags | O_NOFOLLOW | O_CLOEXEC);
        close(at);
        if (is_last)
            return next;
        at = next;
        name += length + 1;
    }
    return -1;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static struct buffer *read_all(int fd, size_t size)
{
    struct buffer *content = buffer_reserve(size);
    for (size_t used = 0; content != NULL && used < size;) {
        ssize_t got = read(fd, content->data + used, size - used);
        if (got > 0) {
            used += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            buffer_release(content); /* it shrank, or the disk fails */
            return NULL;
        }
    }
    return content;
}

/* The content, held for the caller. NULL when it cannot be read. */
static struct buffer *get_content(struct http_server *server, int fd, const struct stat *of)
{
    for (size_t i = 0; i < HTTP_FILES_MAX; i++)
        if (server->files[i].content != NULL && is_same(&server->files[i].of, of))
            return buffer_hold(server->files[i].content);
    struct buffer *content = read_all(fd, (size_t)of->st_size);
    if (content == NULL || of->st_size > KEPT_BYTES_MAX)
        return content;
    struct http_file *place = &server->files[server->files_next];
    server->files_next = (server->files_next + 1) % HTTP_FILES_MAX;
    buffer_release(place->content);
    *place = (struct http_file){*of, buffer_hold(content)};
    return content;
}

bool http_files_init(struct http_server *server)
{
    server->files = calloc(HTTP_FILES_MAX, sizeof *server->files);
    return server->files != NULL;
}

void http_files_forget(struct http_server *server)
{
    for (size_t i = 0; server->files != NULL && i < HTTP_FILES_MAX; i++)
        buffer_release(server->files[i].content);
    free(server->files);
}

static void make_tag(char out[TAG_BYTES], const struct stat *of)
{
    snprintf(out, TAG_BYTES, "\"%llx-%llx-%llx%08lx\"", (unsigned long long)of->st_ino,
             (unsigned long long)of->st_size, (unsigned long long)of->st_mtim.tv_sec,
             (unsigned long)of->st_mtim.tv_nsec);
}

static void answer_open_file(struct http_request *request, const struct http_folder *folder, const char *name,
                             int fd)
{
    struct stat of;
    if (fstat(fd, &of) != 0 || !S_ISREG(of.st_mode) || of.st_size > FILE_BYTES_MAX) {
        http_answer_error(request, 404, "not-found");
        return;
    }
    char tag[TAG_BYTES];
    make_tag(tag, &of);
    struct http_header headers[] = {{"ETag", tag},
                                    {"Cache-Control", folder->cache != NULL ? folder->cache : "no-cache"}};
    struct http_response response = {.status = 304, .headers = headers, .header_count = 2};
    if (!http_names_tag(http_request_header(request, "If-None-Match"), tag)) {
        response.status = 200;
        response.type = http_file_type(name);
        response.shared = get_content(request->conn->server, fd, &of);
        if (response.shared == NULL) {
            log_warn("net", "cannot read file errno=%d", errno);
            http_answer_error(request, 500, "cannot-read-file");
            return;
        }
    }
    http_answer(request, &response);
    buffer_release(response.shared);
}

static const struct http_folder *find_folder(const char *path, const struct http_folder *folders,
                                             size_t count)
{
    const struct http_folder *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(folders[i].prefix);
        bool fits = strncmp(path, folders[i].prefix, length) == 0 ||
                    (strlen(path) + 1 == length && strncmp(path, folders[i].prefix, length - 1) == 0);
        if (fits && (best == NULL || length > strlen(best->prefix)))
            best = &folders[i];
    }
    return best;
}

bool http_answer_file(struct http_request *request, const struct http_folder *folders, size_t count)
{
    const struct http_folder *folder = find_folder(request->path, folders, count);
    if (folder == NULL)
        return false;
    if (request->method != HTTP_GET && request->method != HTTP_HEAD) {
        http_answer_allow(request, "GET, HEAD, OPTIONS");
        return true;
    }
    size_t length = strlen(folder->prefix);
    if (strlen(request->path) < length) { /* "/console": its relative links need the slash */
        struct http_header there = {"Location", folder->prefix};
        http_answer(request, &(struct http_response){.status = 308, .headers = &there, .header_count = 1});
        return true;
    }
    const char *name = request->path + length;
    if (name[0] == '\0' && folder->index != NULL)
        name = folder->index;
    int fd = open_below(folder->directory, name);
    if (fd < 0) {
        http_answer_error(request, 404, "not-found");
        return true;
    }
    answer_open_file(request, folder, name, fd);
    close(fd);
    return true;
}
