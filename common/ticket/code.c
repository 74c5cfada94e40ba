/* SPDX-License-Identifier: MIT */
#include "common/ticket/code.h"

#include <qrencode.h>
#include <string.h>

bool ticket_code_make(struct ticket_code *code, const char *text)
{
    size_t length = strlen(text);
    code->side = 0;
    if (length == 0 || length > TICKET_LINK_MAX)
        return false;
    QRcode *made = QRcode_encodeData((int)length, (const unsigned char *)text, 0, QR_ECLEVEL_M);
    if (!made)
        return false;
    bool fits = made->width <= UI_QR_SIDE_MAX;
    if (fits) {
        code->side = made->width;
        memcpy(code->modules, made->data, (size_t)made->width * (size_t)made->width);
    }
    QRcode_free(made);
    return fits;
}
