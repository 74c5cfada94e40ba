/* SPDX-License-Identifier: MIT
 * Halls and days to files, so that reading them gives the same values again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/span.h"
#include "dispatcher/sim/day_file.h"

/* As few digits as give the same number when read. */
static void put_number(struct text *text, double value)
{
    char digits[32];
    for (int precision = 6; precision <= 17; precision += precision < 9 ? 1 : 8) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_puts(text, digits);
}

static void put_member(struct text *text, const char *name, double value)
{
    text_printf(text, ",\"%s\":", name);
    put_number(text, value);
}

static void put_bits(struct text *text, const char *name, uint64_t bits)
{
    const char *comma = "";
    text_printf(text, ",\"%s\":[", name);
    for (unsigned bit = 0; bit < 64; bit++)
        if (bits >> bit & 1) {
            text_printf(text, "%s%u", comma, bit);
            comma = ",";
        }
    text_puts(text, "]");
}

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

/* Writes all of it; 0 or an errno value. */
static int write_whole(const char *path, const struct text *text)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return errno;
    errno = 0;
    int failed = fwrite(text->data, 1, text->length, file) == text->length ? 0 : errno;
    if (fclose(file) != 0 && !failed)
        failed = errno;
    return failed;
}

/* Takes the text. It is written beside the file and put in its place when it is whole, so that no half of a
 * file is ever found. */
static enum status save(const char *path, struct text *text, struct error *error)
{
    struct text part = {0};
    text_printf(&part, "%s.part", path);
    enum status status = STATUS_OK;
    if (text->failed || part.failed) {
        status = error_set(error, STATUS_MEMORY, "%s: no memory to write it", path);
    } else {
        int failed = write_whole(part.data, text);
        if (!failed && rename(part.data, path) != 0)
            failed = errno;
        if (failed) {
            status = error_set_errno(error, failed, "cannot write %s", path);
            unlink(part.data);
        }
    }
    text_destroy(&part);
    text_destroy(text);
    return status;
}

/* ---- the hall ---- */

static void put_domain(struct text *text, const struct hall_file *hall, unsigned d)
{
    const struct hall_file_domain *domain = &hall->domains[d];
    text_printf(text, "%s\n  {\"id\":%u", d ? "," : "", d);
    put_member(text, "mean_min", domain->mean_min);
    put_member(text, "visit_share", domain->visit_share);
    text_puts(text, ",\"expected_per_10min\":[");
    for (unsigned b = 0; b < hall->bin_count; b++) {
        text_puts(text, b ? "," : "");
        put_number(text, domain->expected_per_10min[b]);
    }
    text_puts(text, "]}");
}

static void put_item(struct text *text, const struct hall_file_item *item, unsigned i)
{
    text_printf(text, "%s\n  {\"id\":%u,\"domain\":%u", i ? "," : "", i, item->domain);
    put_member(text, "mean_min", item->mean_min);
    put_member(text, "share_in_domain", item->share_in_domain);
    text_puts(text, "}");
}

static void put_window(struct text *text, const struct hall_file_window *window, unsigned w)
{
    text_printf(text, "%s\n  {\"id\":%u,\"primary\":%u", w ? "," : "", w, window->primary);
    put_bits(text, "authorised", window->authorised);
    text_printf(text, ",\"single_domain\":%s,\"all_domains\":%s", truth(window->single_domain),
                truth(window->all_domains));
    put_member(text, "speed", window->speed);
    put_member(text, "speed_estimate", window->speed_estimate);
    text_puts(text, "}");
}

enum status hall_file_write(const char *path, const struct hall_file *hall, struct error *error)
{
    struct text text = {0};
    text_printf(&text, "{\"scenario\":\"%s\",\"hall\":%u,\"minutes\":{\"tickets_from\":", hall->scenario,
                hall->hall);
    put_number(&text, hall->tickets_from_min);
    put_member(&text, "open", hall->open_min);
    put_member(&text, "close", hall->close_min);
    text_puts(&text, "},\n \"friction\":{\"off_primary_slowdown\":");
    put_number(&text, hall->off_primary_slowdown);
    put_member(&text, "all_domain_window_slowdown", hall->all_domain_slowdown);
    put_member(&text, "changeover_min", hall->changeover_min);
    text_puts(&text, "},\n \"service_cv\":");
    put_number(&text, hall->service_cv);
    put_member(&text, "walk_in_no_show", hall->walk_in_no_show);
    put_member(&text, "no_show_handling_min", hall->no_show_handling_min);
    put_member(&text, "multi_item_share", hall->multi_item_share);
    put_member(&text, "booked_share", hall->booked_share);
    text_puts(&text, ",\n \"domains\":[");
    for (unsigned d = 0; d < hall->domain_count; d++)
        put_domain(&text, hall, d);
    text_puts(&text, "],\n \"items\":[");
    for (unsigned i = 0; i < hall->item_count; i++)
        put_item(&text, &hall->items[i], i);
    text_puts(&text, "],\n \"windows\":[");
    for (unsigned w = 0; w < hall->window_count; w++)
        put_window(&text, &hall->windows[w], w);
    text_puts(&text, "]}\n");
    return save(path, &text, error);
}

/* ---- the day ---- */

static void put_day_window(struct text *text, const struct day_file_window *window, unsigned w)
{
    text_printf(text, "%s\n  {\"id\":%u,\"absent\":%s", w ? "," : "", w, truth(window->absent));
    put_bits(text, "posted_dedicated", window->posted_dedicated);
    put_bits(text, "posted_mixed", window->posted_mixed);
    text_puts(text, ",\"off\":[");
    for (unsigned i = 0; i < window->off_count; i++) {
        text_printf(text, "%s{\"from\":", i ? "," : "");
        put_number(text, window->offs[i].from_min);
        put_member(text, "to", window->offs[i].to_min);
        text_printf(text, ",\"planned\":%s}", truth(window->offs[i].planned));
    }
    text_puts(text, "]}");
}

static void put_ticket(struct text *text, const struct day_ticket *ticket, bool is_first)
{
    text_puts(text, is_first ? "\n  [" : ",\n  [");
    put_number(text, ticket->arrival_min);
    if (ticket->class == DAY_BOOKED) {
        text_puts(text, ",");
        put_number(text, ticket->slot_min);
    } else {
        text_puts(text, ",null");
    }
    text_printf(text, ",\"%s\",%u,", day_class_names[ticket->class], ticket->item);
    put_number(text, ticket->standard_min);
    if (ticket->item2 >= 0) {
        text_printf(text, ",%d,", ticket->item2);
        put_number(text, ticket->standard2_min);
    } else {
        text_puts(text, ",null,null");
    }
    text_printf(text, ",%s]", truth(ticket->no_show));
}

enum status day_file_write(const char *path, const struct hall_file *hall, const struct day_file *day,
                           struct error *error)
{
    struct text text = {0};
    text_printf(&text, "{\"scenario\":\"%s\",\"hall\":%u,\"day\":%u,\n \"windows\":[", day->scenario,
                day->hall, day->day);
    for (unsigned w = 0; w < hall->window_count; w++)
        put_day_window(&text, &day->windows[w], w);
    text_puts(&text,
              "],\n \"ticket_columns\":[\"arrival_min\",\"slot_min\",\"class\",\"item\",\"standard_min\","
              "\"item2\",\"standard2_min\",\"no_show\"],\n \"tickets\":[");
    for (unsigned i = 0; i < day->ticket_count; i++)
        put_ticket(&text, &day->tickets[i], i == 0);
    text_puts(&text, "]}\n");
    return save(path, &text, error);
}
