/* SPDX-License-Identifier: MIT */
#include "common/ticket/printer.h"

#include <string.h>

#include "common/ticket/file_printer.h"

static const struct ticket_printer_kind *const kinds[] = {&file_printer_kind};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

enum status ticket_printer_open(struct ticket_printer **out, const char *spec, struct error *error)
{
    const char *colon = strchr(spec, ':');
    for (int i = 0; colon && i < KINDS; i++)
        if (strncmp(spec, kinds[i]->scheme, (size_t)(colon - spec)) == 0 &&
            kinds[i]->scheme[colon - spec] == '\0')
            return kinds[i]->open(out, colon + 1, error);
    return error_set(error, STATUS_PARSE, "printer \"%s\" is not known; expected file:FOLDER", spec);
}

enum status ticket_printer_print(struct ticket_printer *printer, const struct ticket_job *job,
                                 struct error *error)
{
    return printer->kind->print(printer, job, error);
}

void ticket_printer_close(struct ticket_printer *printer)
{
    if (printer)
        printer->kind->close(printer);
}
