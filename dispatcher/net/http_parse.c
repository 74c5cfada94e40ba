/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/http_parse.h"

#include <arpa/inet.h>
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool http_decode(struct span in, bool plus_is_space, char *out)
{
    size_t used = 0;
    for (size_t i = 0; i < in.length; i++) {
        char c = in.data[i];
        if (c == '+' && plus_is_space) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < in.length ? hex_value(in.data[i + 1]) : -1;
            int low = i + 2 < in.length ? hex_value(in.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return false;
        out[used++] = c;
    }
    out[used] = '\0';
    return true;
}

static struct span take_until(struct span *rest, char separator)
{
    const char *end = rest->length > 0 ? memchr(rest->data, separator, rest->length) : NULL;
    struct span head = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->length};
    size_t taken = end != NULL ? head.length + 1 : head.length;
    *rest = (struct span){rest->data + taken, rest->length - taken};
    return head;
}

bool http_next_parameter(struct span *rest, struct span *name, struct span *value)
{
    while (rest->length > 0) {
        *value = take_until(rest, '&');
        *name = take_until(value, '=');
        if (name->length > 0)
            return true;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span text)
{
    while (text.length > 0 && is_blank(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.data[text.length - 1]))
        text.length--;
    return text;
}

static struct span unquote(struct span text)
{
    if (text.length >= 2 && text.data[0] == '"' && text.data[text.length - 1] == '"')
        return (struct span){text.data + 1, text.length - 2};
    return text;
}

struct span http_find_cookie(const char *header, const char *name)
{
    struct span rest = header != NULL ? span_of(header) : (struct span){0};
    while (rest.length > 0) {
        struct span value = take_until(&rest, ';');
        struct span found = trim(take_until(&value, '='));
        if (span_equals(found, name))
            return unquote(trim(value));
    }
    return (struct span){0};
}

bool http_names_tag(const char *header, const char *tag)
{
    struct span rest = header != NULL ? span_of(header) : (struct span){0};
    while (rest.length > 0) {
        struct span item = trim(take_until(&rest, ','));
        if (item.length > 2 && memcmp(item.data, "W/", 2) == 0)
            item = (struct span){item.data + 2, item.length - 2};
        if (span_equals(item, "*") || span_equals(item, tag))
            return true;
    }
    return false;
}

bool http_forwarded_address(const char *header, char *out, size_t size)
{
    const char *comma = strrchr(header, ',');
    struct span last = trim(span_of(comma != NULL ? comma + 1 : header));
    if (last.length == 0 || last.length >= size)
        return false;
    memcpy(out, last.data, last.length);
    out[last.length] = '\0';
    unsigned char bytes[16];
    return inet_pton(AF_INET, out, bytes) == 1 || inet_pton(AF_INET6, out, bytes) == 1;
}
