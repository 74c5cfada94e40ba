/* SPDX-License-Identifier: MIT
 * What a broken or hostile dispatcher can send to a link that is ready, with topics and requests open. Each
 * line is one delivery; a line that begins with "+" lets so many hundreds of milliseconds pass, one with "-"
 * ends the connection. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/client/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char welcome[] =
    "{\"id\":%llu,\"ok\":{\"version\":1,\"hall\":\"h\",\"device\":{\"id\":3,\"name\":\"K1\","
    "\"kind\":\"kiosk\"},\"time_ms\":1000,\"epoch\":1,\"beat_ms\":1000,\"frame_max\":65536}}\n";

struct counts {
    unsigned asked, ended;
};

static void ended(void *user, const struct link_result *result)
{
    struct counts *counts = user;
    assert((result->outcome == LINK_ANSWERED) == (result->ok != NULL));
    counts->ended++;
}

static void ask(struct link *link, int64_t now_ms, struct counts *counts)
{
    struct link_ask request = {.what = "issue", .keyed = true};
    counts->asked += link_request(link, now_ms, &request, ended, counts) > 0;
}

static void make_ready(struct link *link, int64_t *now_ms)
{
    struct text greeting = {0};
    link_start(link, *now_ms);
    if (link_state(link) == LINK_WAITING) {
        *now_ms = link_deadline_ms(link);
        link_tick(link, *now_ms);
    }
    link_connected(link, *now_ms);
    text_printf(&greeting, welcome, (unsigned long long)link->hello_id);
    link_received(link, *now_ms, (struct span){greeting.data, greeting.length});
    text_destroy(&greeting);
}

static void take_line(struct link *link, int64_t *now_ms, struct span line)
{
    if (line.length > 1 && line.data[0] == '+') {
        *now_ms += 100 * (line.data[1] & 63);
        link_tick(link, *now_ms);
    } else if (line.length > 1 && line.data[0] == '-') {
        link_lost(link, *now_ms, "");
    } else {
        link_received(link, *now_ms, line);
        link_received(link, *now_ms, span_of("\n"));
    }
    link_output_taken(link, link_output(link).length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct link link; /* large */
    struct error error;
    struct counts counts = {0};
    struct link_params params = {.device = "K1", .token = "t", .boot = 1};
    int64_t now_ms = 1000;
    if (link_init(&link, &params, &error) != STATUS_OK)
        abort();
    link_subscribe(&link, now_ms, "t");
    ask(&link, now_ms, &counts);
    make_ready(&link, &now_ms);
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end ? (size_t)(end - data) - at : size - at;
        take_line(&link, &now_ms, (struct span){(const char *)data + at, length});
        at += length + 1;
        if (link_state(&link) == LINK_WAITING)
            make_ready(&link, &now_ms);
        ask(&link, now_ms, &counts);
        assert(link_deadline_ms(&link) > 0);
        assert(link_age_ms(&link, "t", now_ms) >= 0);
    }
    link_destroy(&link);
    assert(counts.asked == counts.ended);
    return 0;
}
