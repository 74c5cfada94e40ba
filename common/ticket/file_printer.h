/* SPDX-License-Identifier: MIT
 * A printer that writes each ticket as PNG and as a one-page PDF of true size into a folder: for trials,
 * demonstrations and tests. `file:FOLDER` -> FOLDER/ticket-A012-1795400465123.png and .pdf. */
#ifndef COMMON_TICKET_FILE_PRINTER_H
#define COMMON_TICKET_FILE_PRINTER_H

#include "common/ticket/printer.h"

extern const struct ticket_printer_kind file_printer_kind;

#endif
