/* SPDX-License-Identifier: MIT
 * Where tickets are printed. One interface; what stands behind it is chosen by a text such as
 * `file:/var/lib/evenhall/tickets`. */
#ifndef COMMON_TICKET_PRINTER_H
#define COMMON_TICKET_PRINTER_H

#include "common/ticket/ticket.h"

struct ticket_job {
    const struct ticket_raster *raster; /* borrowed until print returns */
    const char *number;                 /* names the document */
    int64_t wall_ms;                    /* when it was asked for; names it too */
};

struct ticket_printer;

/* One kind of printer. */
struct ticket_printer_kind {
    const char *scheme; /* "file" */
    /* place: what stands behind the colon. On failure nothing is owned. */
    enum status (*open)(struct ticket_printer **out, const char *place, struct error *error);
    enum status (*print)(struct ticket_printer *printer, const struct ticket_job *job, struct error *error);
    void (*close)(struct ticket_printer *printer);
};

/* What every printer begins with. */
struct ticket_printer {
    const struct ticket_printer_kind *kind;
};

/* Opens `scheme:place`. STATUS_PARSE with the schemes there are, or what the kind's open says. *out is owned:
 * ticket_printer_close. */
enum status ticket_printer_open(struct ticket_printer **out, const char *spec, struct error *error);

/* Prints one ticket and returns when it is on the paper or cannot be. Blocks: call it in a worker thread, and
 * for one printer never in two at once. */
enum status ticket_printer_print(struct ticket_printer *printer, const struct ticket_job *job,
                                 struct error *error);
void ticket_printer_close(struct ticket_printer *printer); /* NULL is allowed */

/* Documents from a raster, for printers and tests. path: written as path.part, then renamed. */
enum status ticket_write_png(const struct ticket_raster *raster, const char *path, struct error *error);
enum status ticket_write_pdf(const struct ticket_raster *raster, const char *path, struct error *error);

#endif
