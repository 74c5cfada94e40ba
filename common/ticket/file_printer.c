/* SPDX-License-Identifier: MIT */
#include "common/ticket/file_printer.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_printer {
    struct ticket_printer base; /* first */
    char folder[PATH_MAX - 128];
};

static enum status file_open(struct ticket_printer **out, const char *folder, struct error *error)
{
    struct file_printer *printer = calloc(1, sizeof *printer);
    if (!printer)
        return error_set(error, STATUS_MEMORY, "no memory for the printer");
    printer->base.kind = &file_printer_kind;
    if (!*folder || strlen(folder) >= sizeof printer->folder) {
        free(printer);
        return error_set(error, STATUS_PARSE, "file: needs a folder; expected file:FOLDER");
    }
    snprintf(printer->folder, sizeof printer->folder, "%s", folder);
    if ((mkdir(folder, 0755) != 0 && errno != EEXIST) || access(folder, W_OK | X_OK) != 0) {
        free(printer);
        return error_set_errno(error, errno, "cannot write tickets into %s", folder);
    }
    *out = &printer->base;
    return STATUS_OK;
}

/* A number is letters and digits; anything else in it must not become part of a path. */
static void put_name(const struct ticket_job *job, char out[32])
{
    size_t used = 0;
    for (const char *c = job->number; *c && used < 31; c++)
        if (isalnum((unsigned char)*c))
            out[used++] = *c;
    out[used] = '\0';
}

static enum status file_print(struct ticket_printer *base, const struct ticket_job *job, struct error *error)
{
    struct file_printer *printer = (struct file_printer *)base;
    char path[PATH_MAX], name[32];
    put_name(job, name);
    snprintf(path, sizeof path, "%s/ticket-%s-%" PRId64 ".png", printer->folder, name, job->wall_ms);
    enum status status = ticket_write_png(job->raster, path, error);
    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof path, "%s/ticket-%s-%" PRId64 ".pdf", printer->folder, name, job->wall_ms);
    return ticket_write_pdf(job->raster, path, error);
}

static void file_close(struct ticket_printer *printer)
{
    free(printer);
}

const struct ticket_printer_kind file_printer_kind = {
    .scheme = "file", .open = file_open, .print = file_print, .close = file_close};
