/* SPDX-License-Identifier: MIT
 * A QR code from text. */
#ifndef COMMON_TICKET_CODE_H
#define COMMON_TICKET_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ui/limits.h"

enum { TICKET_LINK_MAX = 200 }; /* bytes of text */

/* Modules as common/ui wants them: side * side bytes, lowest bit 1 = dark. side 0: none. */
struct ticket_code {
    int side;
    uint8_t modules[UI_QR_SIDE_MAX * UI_QR_SIDE_MAX];
};

/* Encodes at error correction level M. False: the text is empty, longer than TICKET_LINK_MAX, or memory ran
 * out; side is 0 then. */
bool ticket_code_make(struct ticket_code *code, const char *text);

#endif
