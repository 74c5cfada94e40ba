/* SPDX-License-Identifier: MIT
 * The text language of commands and events: whatever is read can be written, and reads back to the same text.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "dispatcher/core/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MIDNIGHT_S = 1795363200 }; /* 2026-11-23 in Shanghai */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct command command, command_again;
    static struct event event, event_again;
    char first[LINE_MAX_BYTES], second[LINE_MAX_BYTES];
    struct line_fault fault;
    const int64_t midnight_ms = (int64_t)MIDNIGHT_S * 1000;
    if (line_to_command((const char *)data, size, midnight_ms, &command, &fault)) {
        size_t length = line_from_command(&command, midnight_ms, first);
        assert(line_to_command(first, length, midnight_ms, &command_again, &fault));
        assert(line_from_command(&command_again, midnight_ms, second) == length);
        assert(memcmp(first, second, length) == 0);
    } else {
        assert(fault.column >= 1 && fault.text[0] != '\0');
    }
    if (line_to_event((const char *)data, size, midnight_ms, &event, &fault)) {
        size_t length = line_from_event(&event, midnight_ms, first);
        assert(line_to_event(first, length, midnight_ms, &event_again, &fault));
        assert(line_from_event(&event_again, midnight_ms, second) == length);
        assert(memcmp(first, second, length) == 0);
    }
    return 0;
}
