/* SPDX-License-Identifier: MIT
 * Pure readers of the texts in a request: percent-encoding, query parameters, cookies, lists of entity tags.
 */
#ifndef DISPATCHER_NET_HTTP_PARSE_H
#define DISPATCHER_NET_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/span.h"

/* Decodes %XX (and '+' as a space when plus_is_space) into out, which needs in.length + 1 bytes and may be
 * in.data itself; ends it with NUL. False when a % is not followed by two hex digits or a control character
 * (NUL among them) would come out. */
bool http_decode(struct span in, bool plus_is_space, char *out);

/* Takes the first "name=value" or "name" off *rest (pairs are separated by '&'). False when nothing is left.
 * Pairs with an empty name are skipped. name and value point into *rest, undecoded. */
bool http_next_parameter(struct span *rest, struct span *name, struct span *value);

/* The value of a cookie in a Cookie header, without quotes around it; data is NULL when absent. */
struct span http_find_cookie(const char *header, const char *name);

/* Does an If-None-Match header name this entity tag (with its quotes; compared weakly) or "*"? */
bool http_names_tag(const char *header, const char *tag);

/* The last address in an X-Forwarded-For header, into out (64 bytes); false when it is not a numeric address.
 */
bool http_forwarded_address(const char *header, char *out, size_t size);

#endif
