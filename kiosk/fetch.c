/* SPDX-License-Identifier: MIT */
#include "kiosk/fetch.h"

#include "common/base/clock.h"
#include "common/base/log.h"

enum {
    PAUSE_MS = 2000,
    PAGES_MAX = 4096
}; /* after an answer that did not help; against a server that loops */

void fetch_init(struct fetch *fetch, struct link *link, fetch_done *done, void *userdata)
{
    *fetch = (struct fetch){.link = link, .done = done, .userdata = userdata};
}

static void begin_again(struct fetch *fetch)
{
    for (int part = 0; part < KIOSK_PARTS; part++) {
        json_decref(fetch->rows[part]);
        fetch->rows[part] = NULL;
    }
    fetch->part = 0;
    fetch->from = 0;
    fetch->version = 0;
}

void fetch_destroy(struct fetch *fetch)
{
    begin_again(fetch);
}

void fetch_want(struct fetch *fetch, uint32_t version)
{
    fetch->wanted = version;
}

static void stumble(struct fetch *fetch, const char *why)
{
    log_warn("kiosk", "the catalogue could not be read; trying again: %s part=%s", why,
             kiosk_part_name(fetch->part));
    fetch->pause_ms = clock_mono_ms() + PAUSE_MS;
    begin_again(fetch);
}

static void finish(struct fetch *fetch)
{
    struct kiosk_catalogue catalogue;
    struct error error = {0};
    uint32_t version = fetch->version;
    if (kiosk_catalogue_build(&catalogue, fetch->rows, version, &error) != STATUS_OK) {
        stumble(fetch, error.text);
        return;
    }
    begin_again(fetch);
    fetch->had = version;
    if (version != fetch->wanted) /* the topic will say so soon, or it changed once more meanwhile */
        fetch->pause_ms = clock_mono_ms() + PAUSE_MS;
    log_info("kiosk", "catalogue read version=%u domains=%d items=%d", (unsigned)version,
             catalogue.domain_count, catalogue.item_count);
    fetch->done(&catalogue, fetch->userdata);
}

/* Takes one page in. False: it does not go with those before. */
static bool take_page(struct fetch *fetch, const json_t *ok)
{
    int64_t version = wire_integer_at(ok, "version", 0), next = wire_integer_at(ok, "next", 0);
    const json_t *rows = wire_member_at(ok, "rows");
    bool first = fetch->version == 0;
    if (version < 1 || version > UINT32_MAX || (!first && (uint32_t)version != fetch->version) ||
        !json_is_array(rows) || (next && next <= fetch->from))
        return false;
    fetch->version = (uint32_t)version;
    json_t **all = &fetch->rows[fetch->part];
    if (!*all)
        *all = json_array();
    if (json_array_extend(*all, (json_t *)rows) != 0 || json_array_size(*all) > PAGES_MAX)
        return false;
    fetch->from = next;
    return true;
}

static void answered(void *user, const struct link_result *result)
{
    struct fetch *fetch = user;
    fetch->asking = false;
    if (result->outcome != LINK_ANSWERED) {
        if (result->sent || result->error)
            stumble(fetch, result->error ? result->error->code : "no answer");
        return;
    }
    if (!take_page(fetch, result->ok)) {
        stumble(fetch, "the catalogue changed meanwhile");
        return;
    }
    if (fetch->from == 0 && ++fetch->part == KIOSK_PARTS)
        finish(fetch);
}

static bool is_due(const struct fetch *fetch)
{
    return !fetch->asking && fetch->wanted && fetch->wanted != fetch->had &&
           link_state(fetch->link) == LINK_READY;
}

void fetch_step(struct fetch *fetch, int64_t now_ms)
{
    if (!is_due(fetch) || now_ms < fetch->pause_ms)
        return;
    json_t *fields =
        json_pack("{s:s,s:I}", "part", kiosk_part_name(fetch->part), "from", (json_int_t)fetch->from);
    struct link_ask ask = {.what = "catalogue", .fields = fields};
    fetch->asking = fields && link_request(fetch->link, now_ms, &ask, answered, fetch) > 0;
    if (!fetch->asking)
        fetch->pause_ms = now_ms + PAUSE_MS;
    json_decref(fields);
}

int fetch_wait_ms(const struct fetch *fetch, int64_t now_ms)
{
    if (!is_due(fetch))
        return -1;
    return fetch->pause_ms > now_ms ? (int)(fetch->pause_ms - now_ms) : 0;
}
