/* SPDX-License-Identifier: MIT */
#include "display/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/log.h"

enum { SIDE_LEAST = 160, SIDE_MOST = 8192, PORT_MAX = 65535 };

static bool read_whole(const char *text, long least, long most, long *out)
{
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    return !errno && end != text && !*end && *out >= least && *out <= most;
}

enum status setup_server(const char *server, char *host, size_t size, uint16_t *port, struct error *error)
{
    const char *colon = strrchr(server, ':'), *close = strrchr(server, ']');
    bool brackets = server[0] == '[' && close;
    const char *begin = brackets ? server + 1 : server;
    const char *end = brackets ? close : colon ? colon : server + strlen(server);
    long number = WIRE_PORT;
    bool has_port = colon && (!brackets || colon > close);
    if (has_port && !read_whole(colon + 1, 1, PORT_MAX, &number))
        return error_set(error, STATUS_PARSE, "--server: \"%s\" is not a port from 1 to %d", colon + 1,
                         PORT_MAX);
    size_t length = (size_t)(end - begin);
    if (length == 0 || length >= size || (!brackets && memchr(begin, ':', length)) ||
        (brackets && close[1] && !has_port))
        return error_set(error, STATUS_PARSE, "--server takes HOST:PORT or [ADDRESS]:PORT, not \"%s\"",
                         server);
    memcpy(host, begin, length);
    host[length] = '\0';
    *port = (uint16_t)number;
    return STATUS_OK;
}

enum status setup_token(const char *path, char token[WIRE_TOKEN_MAX + 1], struct error *error)
{
    char line[WIRE_TOKEN_MAX + 3]; /* room for a line end, and to see that there is too much */
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(error, errno, "--token-file: cannot open \"%s\"", path);
    if (fstat(fd, &about) == 0 && (about.st_mode & (S_IRGRP | S_IROTH)))
        log_warn("display", "others may read the token file; chmod 600 is enough file=%s", path);
    ssize_t got = read(fd, line, sizeof line - 1);
    int errnum = errno;
    close(fd);
    if (got < 0)
        return error_set_errno(error, errnum, "--token-file: cannot read \"%s\"", path);
    line[got] = '\0';
    size_t length = strcspn(line, "\r\n");
    if (length == 0 || length > WIRE_TOKEN_MAX)
        return error_set(error, STATUS_PARSE,
                         "--token-file: the first line of \"%s\" should hold a token of 1 to %d bytes", path,
                         WIRE_TOKEN_MAX);
    memcpy(token, line, length);
    token[length] = '\0';
    return STATUS_OK;
}

enum status setup_window(const char *size, int *wide, struct error *error)
{
    char across[8] = "";
    const char *by = strchr(size, 'x');
    long width = 0, height = 0;
    size_t length = by ? (size_t)(by - size) : sizeof across;
    if (length < sizeof across)
        memcpy(across, size, length);
    if (!by || !read_whole(across, SIDE_LEAST, SIDE_MOST, &width) ||
        !read_whole(by + 1, SIDE_LEAST, SIDE_MOST, &height))
        return error_set(error, STATUS_PARSE, "--window takes WIDTHxHEIGHT, like 1280x720, not \"%s\"", size);
    *wide = (int)(width * 9 <= height * 16 ? width : height * 16 / 9);
    return STATUS_OK;
}
