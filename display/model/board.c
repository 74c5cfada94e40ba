/* SPDX-License-Identifier: MIT
 * Taking in documents: which calls there are, which of them are new, who waits, what the hall says. */
#include "display/model/board.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/json.h"
#include "display/model/sight.h"

enum { PEOPLE_MAX = 99999, MINUTES_MAX = 24 * 60, WINDOW_MAX = 9999, FORECAST_STEP = 5 };

void board_init(struct board *board, const struct board_params *params)
{
    assert(params->rows >= SIGHT_ROWS_LEAST && params->rows <= SIGHT_ROWS_MOST);
    memset(board, 0, sizeof *board);
    board->rows = params->rows;
    board->language = params->language;
    board->started_ms = board->page_ms = board->foot_ms = params->mono_ms;
    board->page_before = -1;
}

/* ---- reading ---- */

static int64_t integer_within(const json_t *object, const char *name, int64_t least, int64_t most,
                              int64_t fallback)
{
    int64_t value = wire_integer_at(object, name, fallback);
    return value < least || value > most ? fallback : value;
}

/* Letters, digits and hyphens, 1 to BOARD_NUMBER_MAX of them. */
static bool is_number(const char *text)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    return length > 0 && length <= BOARD_NUMBER_MAX && text[length] == '\0';
}

static bool read_call(const char *number, const json_t *value, struct board_call *call)
{
    const char *state = wire_string_at(value, "state", "");
    *call = (struct board_call){
        .window = (int)integer_within(value, "window", 1, WINDOW_MAX, 0),
        .domain = (int)integer_within(value, "domain", 1, NAMES_DOMAINS_MAX, 0),
        .is_called = strcmp(state, "called") == 0,
        .order = wire_integer_at(value, "order", 0),
        .called_ms = wire_integer_at(value, "called_ms", 0),
        .recalls = (int)integer_within(value, "recalls", 0, WINDOW_MAX, 0),
        .new_ms = -1,
    };
    if (!is_number(number) || call->window == 0 || (!call->is_called && strcmp(state, "serving") != 0))
        return false;
    label_copy(call->number, sizeof call->number, number);
    label_copy(call->zone, sizeof call->zone, wire_string_at(value, "zone", ""));
    return true;
}

/* Calls of one order stand by number, so that a document always gives the same list. */
static bool is_newer(const struct board_call *one, const struct board_call *other)
{
    return one->order != other->order ? one->order > other->order : strcmp(one->number, other->number) > 0;
}

/* Puts the call at its place, newest first; the oldest falls off a full list. */
static void insert_call(struct board_call *calls, int *count, const struct board_call *call)
{
    int at = *count;
    while (at > 0 && is_newer(call, &calls[at - 1]))
        at--;
    if (at == BOARD_CALLS_MAX)
        return;
    int moved = (*count < BOARD_CALLS_MAX ? *count : BOARD_CALLS_MAX - 1) - at;
    memmove(&calls[at + 1], &calls[at], (size_t)moved * sizeof *calls);
    calls[at] = *call;
    *count += *count < BOARD_CALLS_MAX;
}

static void read_missed(struct board *board, const json_t *missed)
{
    const char *number;
    json_t *value;
    board->missed_count = 0;
    json_object_foreach((json_t *)missed, number, value)
    {
        int64_t missed_ms = wire_integer_at(value, "missed_ms", 0);
        int at = board->missed_count;
        while (at > 0 && board->missed[at - 1].missed_ms < missed_ms)
            at--;
        if (at == BOARD_MISSED_MAX || !is_number(number))
            continue;
        bool is_full = board->missed_count == BOARD_MISSED_MAX;
        int moved = board->missed_count - is_full - at;
        memmove(&board->missed[at + 1], &board->missed[at], (size_t)moved * sizeof board->missed[0]);
        label_copy(board->missed[at].number, sizeof board->missed[at].number, number);
        board->missed[at].missed_ms = missed_ms;
        board->missed_count += !is_full;
    }
}

static void round_forecast(struct board_wait *wait)
{
    if (wait->low_min < 0 || wait->high_min < wait->low_min) {
        wait->low_min = wait->high_min = -1;
        return;
    }
    wait->low_min -= wait->low_min % FORECAST_STEP;
    wait->high_min += (FORECAST_STEP - wait->high_min % FORECAST_STEP) % FORECAST_STEP;
    if (wait->high_min == wait->low_min)
        wait->high_min += FORECAST_STEP;
}

/* Domains in which somebody waits, by id. */
static void read_waits(struct board *board, const json_t *domains)
{
    board->wait_count = 0;
    for (int id = 1; id <= NAMES_DOMAINS_MAX; id++) {
        char key[4] = {(char)('0' + id / 10), (char)('0' + id % 10), '\0'};
        const json_t *value = json_object_get(domains, id < 10 ? key + 1 : key);
        struct board_wait wait = {
            .domain = id,
            .people = (int)integer_within(value, "waiting", 0, PEOPLE_MAX, 0),
            .low_min = (int)integer_within(value, "low_min", 0, MINUTES_MAX, -1),
            .high_min = (int)integer_within(value, "high_min", 0, MINUTES_MAX, -1),
        };
        round_forecast(&wait);
        if (wait.people > 0)
            board->waits[board->wait_count++] = wait;
    }
}

/* ---- calls ---- */

static const struct board_call *find_call(const struct board *board, const char *number)
{
    for (int i = 0; i < board->call_count; i++)
        if (strcmp(board->calls[i].number, number) == 0)
            return &board->calls[i];
    return NULL;
}

/* Was it called while the board was watching? Orders are compared within one run of the dispatcher only
 * (equal ones can be: two calls at one instant); after a gap, or in another run, a call must also be recent.
 */
static bool is_new(const struct board *board, const struct board_call *call, const struct board_call *before,
                   const struct board_time *time)
{
    bool same_run = board->epoch == time->epoch;
    bool changed = !before || before->called_ms != call->called_ms || before->recalls != call->recalls ||
                   (same_run && before->order != call->order);
    if (!board->has_calls || !call->is_called || !changed)
        return false;
    if (same_run && call->order < board->order_known)
        return false;
    return (same_run && !board->was_stale) || time->wall_ms - call->called_ms <= BOARD_RECENT_MS;
}

int board_take_calls(struct board *board, const json_t *document, const struct board_time *time)
{
    struct board_call calls[BOARD_CALLS_MAX];
    int count = 0, new_count = 0;
    int64_t order_most = board->epoch == time->epoch ? board->order_known : 0;
    const char *number;
    json_t *value;
    if (!document)
        return 0;
    json_object_foreach((json_t *)wire_member_at(document, "calls"), number, value)
    {
        struct board_call call;
        if (!read_call(number, value, &call))
            continue;
        const struct board_call *before = find_call(board, number);
        if (is_new(board, &call, before, time)) {
            call.new_ms = time->mono_ms;
            new_count++;
        } else if (before) {
            call.new_ms = before->new_ms;
        }
        order_most = call.order > order_most ? call.order : order_most;
        insert_call(calls, &count, &call);
    }
    memcpy(board->calls, calls, (size_t)count * sizeof calls[0]);
    board->call_count = count;
    board->order_known = order_most;
    board->epoch = time->epoch;
    read_missed(board, wire_member_at(document, "missed"));
    read_waits(board, wire_member_at(document, "domains"));
    if (new_count > 0 || !board->has_calls) { /* the newest page, at once */
        board->page = 0;
        board->page_before = -1;
        board->page_ms = time->mono_ms;
    }
    board->has_calls = true;
    return new_count;
}

/* ---- the hall ---- */

static void read_sessions(struct board *board, const json_t *sessions)
{
    board->session_count = 0;
    for (size_t i = 0; i < json_array_size(sessions) && board->session_count < BOARD_SESSIONS_MAX; i++) {
        const char *text = json_string_value(json_array_get(sessions, i));
        if (text && strlen(text) < sizeof board->sessions[0])
            label_copy(board->sessions[board->session_count++], sizeof board->sessions[0], text);
    }
}

static enum board_day read_day(const json_t *document)
{
    static const struct {
        const char *word;
        enum board_day day;
    } days[] = {{"open", BOARD_DAY_OPEN}, {"closing", BOARD_DAY_CLOSING}, {"closed", BOARD_DAY_CLOSED}};
    const char *word = wire_string_at(document, "day", "");
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        if (strcmp(days[i].word, word) == 0)
            return days[i].day;
    return BOARD_DAY_UNKNOWN;
}

void board_take_hall(struct board *board, const json_t *document)
{
    if (!document)
        return;
    const char *date = wire_string_at(document, "date", "");
    if (board->date[0] && strcmp(board->date, date) != 0)
        board->order_known = 0; /* a new day counts anew */
    label_copy(board->date, sizeof board->date, date);
    board->day = read_day(document);
    board->numbers_stopped = strcmp(wire_string_at(document, "numbers", ""), "stopped") == 0;
    board->waiting = (int)integer_within(document, "waiting", 0, PEOPLE_MAX, 0);
    board->next_open_ms = wire_integer_at(document, "next_open_ms", 0);
    read_sessions(board, wire_member_at(document, "sessions"));
    const json_t *notice = wire_member_at(document, "notice");
    label_read(&board->notice, notice);
    bool has_words = board->notice.zh[0] || board->notice.en[0];
    board->is_emergency = has_words && wire_bool_at(notice, "emergency");
}
