/* SPDX-License-Identifier: MIT */
#include "display/model/names.h"

#include <stdbool.h>
#include <string.h>

#include "common/wire/json.h"

void label_copy(char *out, size_t size, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    if (length > 0)
        memcpy(out, text, length);
    out[length] = '\0';
}

void label_read(struct label *label, const json_t *value)
{
    label_copy(label->zh, sizeof label->zh, wire_string_at(value, "zh", ""));
    label_copy(label->en, sizeof label->en, wire_string_at(value, "en", ""));
}

const char *label_words(const struct label *label, enum words_language language)
{
    const char *wanted = language == WORDS_EN ? label->en : label->zh;
    const char *other = language == WORDS_EN ? label->zh : label->en;
    return wanted[0] ? wanted : other;
}

/* The short name where there is one: boards have little room. */
static void read_name(struct label *label, const json_t *row)
{
    const json_t *value = wire_member_at(row, "short_name");
    label_read(label, value ? value : row);
}

static void take_hall(struct names *names, const json_t *row)
{
    read_name(&names->hall, row);
    label_copy(names->time_zone, sizeof names->time_zone, wire_string_at(row, "time_zone", ""));
    const json_t *lines = wire_member_at(row, "notice_lines");
    names->line_count = 0;
    for (size_t i = 0; i < json_array_size(lines) && names->line_count < NAMES_LINES_MAX; i++)
        label_read(&names->lines[names->line_count++], json_array_get(lines, i));
}

void names_take(struct names *names, const char *part, const json_t *rows)
{
    bool of_hall = strcmp(part, "hall") == 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        int64_t id = wire_integer_at(row, "domain", 0);
        if (of_hall)
            take_hall(names, row);
        else if (id >= 1 && id <= NAMES_DOMAINS_MAX)
            read_name(&names->domains[id], row);
    }
}
