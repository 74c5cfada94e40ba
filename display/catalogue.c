/* SPDX-License-Identifier: MIT */
#include "display/catalogue.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/base/log.h"

enum { PAUSE_MS = 2000 }; /* after an answer that did not help */

static const char *const parts[] = {"hall", "domains"};
enum { PARTS = sizeof parts / sizeof parts[0] };

void catalogue_reader_init(struct catalogue_reader *reader, struct link *link, struct names *names)
{
    *reader = (struct catalogue_reader){.link = link, .names = names, .wanted = -1, .read = -1};
}

void catalogue_reader_want(struct catalogue_reader *reader, int64_t version)
{
    reader->wanted = version;
}

/* Only a plain name like "Asia/Shanghai": the C library would also take a path to any file. */
static bool is_zone_name(const char *name)
{
    return name[0] &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
               strlen(name) &&
           name[0] != '/';
}

static void set_time_zone(const char *name)
{
    const char *before = getenv("TZ");
    if (!is_zone_name(name) || (before && strcmp(before, name) == 0))
        return;
    setenv("TZ", name, 1);
    tzset();
    log_info("display", "time zone of the hall taken zone=%s", name);
}

static void begin_again(struct catalogue_reader *reader)
{
    reader->part = 0;
    reader->next = 0;
}

static void taken(void *user, const struct link_result *result)
{
    struct catalogue_reader *reader = user;
    reader->is_asking = false;
    int64_t version = wire_integer_at(result->ok, "version", 0);
    if (result->outcome != LINK_ANSWERED || (reader->next > 0 && version != reader->answer_version)) {
        reader->pause_ms = clock_mono_ms() + PAUSE_MS;
        begin_again(reader);
        return;
    }
    reader->answer_version = version;
    names_take(reader->names, parts[reader->part], wire_member_at(result->ok, "rows"));
    reader->next = wire_integer_at(result->ok, "next", 0);
    if (reader->next > 0)
        return;
    reader->next = 0;
    if (++reader->part == PARTS) {
        begin_again(reader);
        reader->read = version;
        if (version != reader->wanted) /* the topic will say so soon, or it was read between two changes */
            reader->pause_ms = clock_mono_ms() + PAUSE_MS;
        set_time_zone(reader->names->time_zone);
    }
}

void catalogue_reader_step(struct catalogue_reader *reader, int64_t now_ms)
{
    if (reader->is_asking || reader->wanted == reader->read || now_ms < reader->pause_ms ||
        link_state(reader->link) != LINK_READY)
        return;
    json_t *fields = json_pack("{s:s,s:I}", "part", parts[reader->part], "from", (json_int_t)reader->next);
    struct link_ask ask = {.what = "catalogue", .fields = fields};
    reader->is_asking = fields && link_request(reader->link, now_ms, &ask, taken, reader) > 0;
    if (!reader->is_asking)
        reader->pause_ms = now_ms + PAUSE_MS;
    json_decref(fields);
}
