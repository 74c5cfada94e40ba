/* SPDX-License-Identifier: MIT
 * The main board as a plain value. Documents of the topics `hall` and `board` go in with the time; what to
 * show and when to look again comes out. It draws nothing, reads no clock and allocates nothing.
 *
 *     board_take_hall(&board, hall_document);
 *     board_take_calls(&board, board_document, &time);
 *     board_advance(&board, &time);                      // turns pages that are due
 *     struct board_view view = board_view(&board, &time); // for display/screens
 *     sleep until board_wake_ms(&board, &time)
 *
 * A call is *new* when it came while the board was watching: it slides into the hero and pulses. What the
 * first document holds, and what happened while the link was down for long, is shown but is not new, so a
 * restarted board never plays old calls again. */
#ifndef DISPLAY_MODEL_BOARD_H
#define DISPLAY_MODEL_BOARD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "display/model/names.h"

enum {
    BOARD_CALLS_MAX = 10,  /* newest first; older ones are not shown */
    BOARD_MISSED_MAX = 14, /* newest first */
    BOARD_NUMBER_MAX = 7,  /* bytes of a ticket number */
    BOARD_SESSIONS_MAX = 3,
    BOARD_SESSION_BYTES = 16,
    BOARD_STALE_MS = 5000,        /* no word from the dispatcher for so long: say so */
    BOARD_DIM_MS = 5 * 60 * 1000, /* ... and then dim what may no longer be true */
    BOARD_RECENT_MS = 30 * 1000,  /* a call older than this is never new after a gap */
    BOARD_PAIR_MS = 4000,         /* two calls within this share the hero */
    BOARD_PAGE_MS = 10 * 1000,    /* a page of rows stays so long; at most 3 pages, so 30 s for all */
    BOARD_FOOT_MS = 8000,         /* a page of the footer stays so long */
    BOARD_FOOT_MISSED = 7,        /* missed numbers on one page of the footer */
    BOARD_NAME_SHORT = 24,        /* bytes of a domain's name; two such fit one page of the footer */
    BOARD_NIGHT_BEGINS = 20,      /* hours between which header and footer change places with the ground */
    BOARD_NIGHT_ENDS = 7,
};
#define BOARD_NEVER INT64_MAX /* age of what has not happened */

/* Now, as the program knows it. */
struct board_time {
    int64_t mono_ms; /* a clock that never jumps */
    int64_t wall_ms; /* the dispatcher's clock if known, else the machine's */
    int64_t age_ms;  /* since the dispatcher last vouched for the documents; BOARD_NEVER: it never did */
    uint64_t epoch;  /* of the dispatcher; calls' orders count within it */
};

struct board_call {
    char number[BOARD_NUMBER_MAX + 1];
    char zone[8];  /* letter; "" where the hall has none */
    int64_t order; /* rises with each call and recall */
    int64_t called_ms;
    int64_t new_ms; /* mono time at which it came as new; -1: it did not */
    int window;
    int domain; /* 0: not known */
    int recalls;
    bool is_called; /* else it is being served */
};

struct board_wait {
    int domain;
    int people;
    int low_min, high_min; /* the forecast, rounded outward to 5 minutes and at least 5 wide; -1: none */
};

/* What the footer can say, in this order; `index` counts pages of a kind. */
enum board_foot_kind {
    BOARD_FOOT_NONE,
    BOARD_FOOT_NOTICE,  /* the manager's words */
    BOARD_FOOT_STOPPED, /* no more numbers today */
    BOARD_FOOT_NUMBERS, /* missed numbers */
    BOARD_FOOT_WAITING, /* how many wait for what */
    BOARD_FOOT_NOBODY,  /* nobody waits */
    BOARD_FOOT_LINE,    /* one of the hall's own lines, another each time round */
    BOARD_FOOT_KINDS
};
struct board_foot {
    enum board_foot_kind kind;
    int index;
};

enum board_day { BOARD_DAY_UNKNOWN, BOARD_DAY_OPEN, BOARD_DAY_CLOSING, BOARD_DAY_CLOSED };

/* Caller-owned, no pointers. Read `names` freely; the rest through board_view. */
struct board {
    enum words_language language;
    int rows; /* of a page */
    struct names names;
    int64_t started_ms;

    /* topic `board` */
    bool has_calls; /* a document came */
    int call_count;
    struct board_call calls[BOARD_CALLS_MAX];
    int64_t order_known;
    uint64_t epoch;
    int missed_count;
    struct {
        char number[BOARD_NUMBER_MAX + 1];
        int64_t missed_ms;
    } missed[BOARD_MISSED_MAX];
    int wait_count;
    struct board_wait waits[NAMES_DOMAINS_MAX];

    /* topic `hall` */
    enum board_day day;
    char date[12];
    bool numbers_stopped;
    int waiting;
    int64_t next_open_ms; /* 0: not known */
    int session_count;
    char sessions[BOARD_SESSIONS_MAX][BOARD_SESSION_BYTES]; /* "09:00-17:00" */
    bool is_emergency;                                      /* what the notice is */
    struct label notice;

    /* pages */
    bool was_stale;
    int page, page_before;
    int64_t page_ms; /* when it came */
    struct board_foot foot, foot_before;
    int64_t foot_ms;
    int line_next; /* of the hall's own lines */
};

struct board_params {
    int rows; /* SIGHT_ROWS_LEAST to SIGHT_ROWS_MOST */
    enum words_language language;
    int64_t mono_ms;
};
void board_init(struct board *board, const struct board_params *params);

/* Take a document in whole; NULL (none yet) changes nothing. What is not of the expected form is left out.
 * Returns the number of calls that are new by it. */
int board_take_calls(struct board *board, const json_t *document, const struct board_time *time);
void board_take_hall(struct board *board, const json_t *document);

/* Turns pages that are due. Call it before board_view. */
void board_advance(struct board *board, const struct board_time *time);

enum board_scene {
    BOARD_CONNECTING, /* nothing is known yet */
    BOARD_CLOSED,
    BOARD_QUIET, /* open, nobody is called or served */
    BOARD_BUSY,
    BOARD_EMERGENCY,
};

/* What to show. Pointers are into the board. */
struct board_view {
    const struct board *board;
    enum board_scene scene;
    int64_t mono_ms, wall_ms;
    bool night;
    int shift_x, shift_y; /* against burn-in */
    int hero_count;       /* 0 to 2 */
    const struct board_call *hero[2];
    int page, page_before, pages; /* page_before: shown until page_ms; -1: none */
    int64_t page_ms;
    struct board_foot foot, foot_before;
    int64_t foot_ms;
    int waits_on_page; /* domains on a page of the footer */
    bool stale, dimmed;
    int64_t lost_s;      /* when stale: for how long */
    bool is_first;       /* QUIET: no number has been called yet today */
    const char *trouble; /* CONNECTING: why not, in the board's language; NULL. For the program to set */
};
struct board_view board_view(const struct board *board, const struct board_time *time);

/* The calls of a page of rows, in *count; borrowed. */
const struct board_call *board_page(const struct board *board, int page, int *count);

/* The mono time at which the view may differ by the time alone; motion is not counted. Never later than the
 * clock's next second. */
int64_t board_wake_ms(const struct board *board, const struct board_time *time);

#endif
