/* SPDX-License-Identifier: MIT */
#include "common/client/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/log.h"

enum { PORT_MAX = 65535 };

static bool read_port(const char *text, uint16_t *port)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno || end == text || *end || *text < '0' || *text > '9' || number < 1 || number > PORT_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

enum status client_server_parse(const char *server, char *host, size_t size, uint16_t *port,
                                struct error *error)
{
    const char *begin = server, *end, *rest;
    if (*server == '[') { /* an address with colons of its own */
        begin = server + 1;
        end = strchr(begin, ']');
        rest = end ? end + 1 : NULL;
    } else {
        end = begin + strcspn(begin, ":");
        rest = end;
    }
    size_t length = end ? (size_t)(end - begin) : 0;
    if (length == 0 || length >= size || (*rest && *rest != ':') || (*rest && strchr(rest + 1, ':')))
        return error_set(error, STATUS_PARSE, "--server takes HOST:PORT or [ADDRESS]:PORT, not \"%s\"",
                         server);
    *port = WIRE_PORT;
    if (*rest && !read_port(rest + 1, port))
        return error_set(error, STATUS_PARSE, "--server: \"%s\" is not a port from 1 to %d", rest + 1,
                         PORT_MAX);
    memcpy(host, begin, length);
    host[length] = '\0';
    return STATUS_OK;
}

enum status client_token_read(const char *path, char token[WIRE_TOKEN_MAX + 1], struct error *error)
{
    char line[WIRE_TOKEN_MAX + 3]; /* room to see that there is too much */
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(error, errno, "cannot open the token file \"%s\"", path);
    if (fstat(fd, &about) == 0 && (about.st_mode & (S_IRGRP | S_IROTH)))
        log_warn("client", "others may read the token file; chmod 600 is enough file=%s", path);
    ssize_t got = read(fd, line, sizeof line - 1);
    int wrong = errno;
    close(fd);
    if (got < 0)
        return error_set_errno(error, wrong, "cannot read the token file \"%s\"", path);
    line[got] = '\0';
    size_t length = strcspn(line, "\r\n");
    if (length == 0 || length > WIRE_TOKEN_MAX)
        return error_set(error, STATUS_PARSE,
                         "the first line of the token file \"%s\" should hold a token of 1 to %d bytes", path,
                         WIRE_TOKEN_MAX);
    memcpy(token, line, length);
    token[length] = '\0';
    explicit_bzero(line, sizeof line);
    return STATUS_OK;
}
