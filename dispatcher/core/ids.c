/* SPDX-License-Identifier: MIT */
#include "dispatcher/core/ids.h"

#include "dispatcher/core/limits.h"

unsigned number_format(struct number number, char out[NUMBER_TEXT_MAX])
{
    unsigned used = 0;
    if (!number.letter) {
        out[used++] = '-';
        out[used] = '\0';
        return used;
    }
    out[used++] = number.letter;
    if (number.kiosk)
        out[used++] = number.kiosk;
    unsigned least = number.kiosk ? 2 : 3;
    char digits[8];
    unsigned count = 0;
    for (unsigned rest = number.count; rest || count < least; rest /= 10)
        digits[count++] = (char)('0' + rest % 10);
    while (count)
        out[used++] = digits[--count];
    out[used] = '\0';
    return used;
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool number_parse(const char *text, unsigned length, struct number *out)
{
    struct number number = {0};
    unsigned at = 0;
    if (length < 3 || !is_letter(text[at]))
        return false;
    number.letter = text[at++];
    if (is_letter(text[at])) {
        if (number.letter != 'L')
            return false;
        number.kiosk = text[at++];
    }
    unsigned least = number.kiosk ? 2 : 3;
    unsigned digits = length - at;
    unsigned count = 0;
    if (digits < least || digits > 4 || (digits > least && text[at] == '0'))
        return false;
    for (; at < length; at++) {
        if (text[at] < '0' || text[at] > '9')
            return false;
        count = count * 10 + (unsigned)(text[at] - '0');
    }
    if (count == 0 || count > NUMBER_COUNT_MAX)
        return false;
    number.count = (uint16_t)count;
    *out = number;
    return true;
}
