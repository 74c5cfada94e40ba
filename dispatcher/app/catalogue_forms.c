/* SPDX-License-Identifier: MIT
 * Forms of single values: texts, codes, dates, times, time zones. */
#include "dispatcher/app/catalogue_inside.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "dispatcher/core/calendar.h"
#include "dispatcher/core/policy.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The code point at *text, which must be valid UTF-8, and moves past it; 0 at the end. */
static uint32_t next_character(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    if (!at[0])
        return 0;
    unsigned more = at[0] >= 0xf0 ? 3 : at[0] >= 0xe0 ? 2 : at[0] >= 0xc0 ? 1 : 0;
    uint32_t point = more ? at[0] & (0x3fu >> more) : at[0];
    for (unsigned i = 1; i <= more; i++)
        point = point << 6 | (at[i] & 0x3fu);
    *text += 1 + more;
    return point;
}

size_t text_characters(const char *text)
{
    size_t count = 0;
    while (next_character(&text))
        count++;
    return count;
}

static bool is_han(uint32_t point)
{
    return (point >= 0x4e00 && point <= 0x9fff) || (point >= 0x3400 && point <= 0x4dbf) ||
           (point >= 0xf900 && point <= 0xfaff) || (point >= 0x20000 && point <= 0x323af) ||
           point == 0x3007 || point == 0x3005;
}

size_t text_han_characters(const char *text)
{
    size_t count = 0;
    for (uint32_t point; (point = next_character(&text)) != 0;)
        count += is_han(point);
    return count;
}

static bool is_blank(uint32_t point)
{
    return point == ' ' || point == 0xa0 || point == 0x3000;
}

static bool is_control(uint32_t point)
{
    return point < ' ' || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e);
}

static bool is_text(const char *text)
{
    uint32_t first = 0, last = 0;
    for (uint32_t point; (point = next_character(&text)) != 0; last = point) {
        if (is_control(point))
            return false;
        if (!first)
            first = point;
    }
    return first && !is_blank(first) && !is_blank(last);
}

/* Runs of letters for which `is` holds, digits if allowed, with single hyphens between them. */
static bool is_hyphenated(const char *text, bool digits)
{
    bool in_word = false;
    for (; *text; text++) {
        if (*text == '-' && !in_word)
            return false;
        if (*text != '-' && !is_lower(*text) && !(digits && is_digit(*text)))
            return false;
        in_word = *text != '-';
    }
    return in_word;
}

static bool is_word(const char *text)
{
    return is_hyphenated(text, true);
}

static bool is_icon(const char *text)
{
    return is_hyphenated(text, false);
}

static bool is_letter(const char *text)
{
    return is_upper(text[0]) && !text[1];
}

static bool is_series(const char *text)
{
    return is_letter(text) && text[0] != 'L' && text[0] != 'Y';
}

static bool is_printable(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return *text != '\0';
}

/* One `*` at most, so that matching never backtracks. */
static bool is_code_pattern(const char *text)
{
    const char *star = strchr(text, '*');
    return is_printable(text) && !strchr(text, '\\') && !(star && strchr(star + 1, '*'));
}

static bool is_phone(const char *text)
{
    unsigned digits = 0;
    for (const char *c = text; *c; c++) {
        digits += is_digit(*c);
        if (!is_digit(*c) && !strchr("+-() ", *c))
            return false;
    }
    return digits >= 3 && is_text(text);
}

static bool is_url(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
    return scheme && is_printable(text) && text[scheme] && !strpbrk(text, "\"<>\\^`{|}");
}

static bool is_time_zone(const char *text)
{
    int32_t offset_min;
    return zone_offset_now(text, &offset_min);
}

static bool is_reading(const char *text)
{
    bool in_syllable = false; /* letters were seen and the tone is still to come */
    for (; *text; text++) {
        if (is_lower(*text)) {
            in_syllable = true;
            continue;
        }
        if (*text < '1' || *text > '5' || !in_syllable)
            return false;
        in_syllable = false;
        if (!text[1])
            return true;
        if (*++text != ' ')
            return false;
    }
    return false;
}

static bool is_date(const char *text)
{
    return date_parse(text) > 0;
}

static bool is_time(const char *text)
{
    return time_parse(text) >= 0;
}

const struct form form_text = {"a text without line breaks or blanks around it", is_text},
                  form_word = {"lower-case letters and digits, with single hyphens between", is_word},
                  form_letter = {"one letter from A to Z", is_letter},
                  form_series = {"one letter from A to Z, not L or Y", is_series},
                  form_icon = {"an icon's name like \"piggy-bank\"", is_icon},
                  form_code = {"letters, digits and marks without blanks", is_printable},
                  form_code_pattern = {"a pattern like \"4117-[A-Z][A-Z]-*\" with at most one *",
                                       is_code_pattern},
                  form_phone = {"a phone number like \"0396-0000000\"", is_phone},
                  form_url = {"an address like \"https://hall.example/\"", is_url},
                  form_time_zone = {"a time zone of this system like \"Asia/Shanghai\"", is_time_zone},
                  form_reading = {"toned pinyin like \"shui4 wu4\"", is_reading},
                  form_date = {"a date like \"2026-11-23\"", is_date},
                  form_time = {"a time like \"09:30\"", is_time};

size_t reading_syllables(const char *reading)
{
    size_t count = 1;
    for (; *reading; reading++)
        count += *reading == ' ';
    return count;
}

bool code_matches(const char *pattern, const char *code)
{
    return fnmatch(pattern, code, FNM_NOESCAPE) == 0;
}

/* Reads `digits` decimals; -1 when there are fewer. */
static int read_digits(const char *text, unsigned digits)
{
    int value = 0;
    for (unsigned i = 0; i < digits; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

int32_t date_parse(const char *text)
{
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return -1;
    int year = read_digits(text, 4), month = read_digits(text + 5, 2), day = read_digits(text + 8, 2);
    return civil_is_valid(year, month, day) ? date_from_civil(year, month, day) : -1;
}

int time_parse(const char *text)
{
    if (strlen(text) != 5 || text[2] != ':')
        return -1;
    int hour = read_digits(text, 2), minute = read_digits(text + 3, 2);
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? hour * 60 + minute : -1;
}

/* Whether the zone data has a file of this name; the name must not lead out of its folder. */
static bool zone_has_data(const char *name)
{
    char path[256];
    bool in_part = false;
    for (const char *c = name; *c; c++) {
        bool plain = is_lower(*c) || is_upper(*c) || is_digit(*c) || *c == '_' || *c == '-' || *c == '+';
        if (!plain && !(*c == '/' && in_part))
            return false;
        in_part = *c != '/';
    }
    const char *folder = getenv("TZDIR");
    int length = snprintf(path, sizeof path, "%s/%s", folder ? folder : "/usr/share/zoneinfo", name);
    if (!in_part || length < 0 || (size_t)length >= sizeof path)
        return false;
    FILE *file = fopen(path, "rb");
    char magic[4] = {0};
    bool is_zone =
        file && fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, "TZif", 4) == 0;
    if (file)
        fclose(file);
    return is_zone;
}

static int32_t offset_of_data(const char *name)
{
    const char *before = getenv("TZ");
    char *kept = before ? strdup(before) : NULL;
    setenv("TZ", name, 1);
    tzset();
    int32_t offset_min = clock_parts_of(clock_wall_ms()).utc_offset_min;
    if (kept)
        setenv("TZ", kept, 1);
    else
        unsetenv("TZ");
    tzset();
    free(kept);
    return offset_min;
}

bool zone_offset_now(const char *name, int32_t *offset_min)
{
    const struct policy_row *row = policy_row(POLICY_UTC_OFFSET_MIN);
    if (strcmp(name, "Asia/Shanghai") == 0)
        *offset_min = 480;
    else if (strcmp(name, "UTC") == 0)
        *offset_min = 0;
    else if (zone_has_data(name))
        *offset_min = offset_of_data(name);
    else
        return false;
    return *offset_min >= row->least && *offset_min <= row->most;
}
