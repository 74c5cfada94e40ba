/* SPDX-License-Identifier: MIT
 * Ids as one-field structs, so that a window cannot be passed where an item belongs. Value 0 means none. */
#ifndef DISPATCHER_CORE_IDS_H
#define DISPATCHER_CORE_IDS_H

#include <stdbool.h>
#include <stdint.h>

struct zone_id {
    uint16_t value;
}; /* 1..ZONES_MAX */
struct domain_id {
    uint16_t value;
}; /* 1..DOMAINS_MAX */
struct item_id {
    uint16_t value;
}; /* 1..ITEMS_MAX */
struct window_id {
    uint16_t value;
}; /* 1..WINDOWS_MAX: the number on the sign */
struct clerk_id {
    uint16_t value;
}; /* 1..CLERKS_MAX */
struct person_id {
    uint32_t value;
}; /* pseudonym given by the shell; means nothing once its row is deleted */
struct booking_code {
    uint32_t value;
}; /* eight digits, 10000000..99999999 */
struct ticket_id {
    uint16_t value;
}; /* 1..TICKETS_MAX: order of issue in the business day */

/* What is printed on the ticket: A012, Y1034; offline numbers carry their kiosk's letter: LB07. Unique in the
 * hall and business day. letter 0 means none. */
struct number {
    char letter;    /* 'A'..'Z' */
    char kiosk;     /* 'A'..'Z' for offline numbers (letter L), else 0 */
    uint16_t count; /* 1..NUMBER_COUNT_MAX */
};

enum { NUMBER_TEXT_MAX = 8 }; /* bytes of a printed number with its NUL */

static inline bool number_equals(struct number a, struct number b)
{
    return a.letter == b.letter && a.kiosk == b.kiosk && a.count == b.count;
}

/* Writes the printed form, NUL-terminated; "-" for none. Returns its length. */
unsigned number_format(struct number number, char out[NUMBER_TEXT_MAX]);

/* Reads the printed form (exactly `length` bytes). False when it is not a number of ours; *out is then
 * untouched. */
bool number_parse(const char *text, unsigned length, struct number *out);

#endif
