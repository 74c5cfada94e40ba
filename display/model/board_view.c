/* SPDX-License-Identifier: MIT
 * What to show of a board now, and until when. */
#include "display/model/board.h"

#include <string.h>

#include "common/base/clock.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * 1000, SHIFT_PX = 2 };

/* ---- the footer's pages ---- */

static int pages_of(int count, int on_page)
{
    return (count + on_page - 1) / on_page;
}

/* Two domains with short names side by side, else one. */
static int waits_on_page(const struct board *board)
{
    for (int i = 0; i < board->wait_count; i++)
        if (strlen(label_words(&board->names.domains[board->waits[i].domain], board->language)) >
            BOARD_NAME_SHORT)
            return 1;
    return 2;
}

static int foot_pages(const struct board *board, enum board_foot_kind kind)
{
    bool is_open = board->day == BOARD_DAY_OPEN || board->day == BOARD_DAY_CLOSING;
    switch (kind) {
    case BOARD_FOOT_NOTICE:
        return !board->is_emergency && (board->notice.zh[0] || board->notice.en[0]);
    case BOARD_FOOT_STOPPED:
        return is_open && board->numbers_stopped;
    case BOARD_FOOT_NUMBERS:
        return pages_of(board->missed_count, BOARD_FOOT_MISSED);
    case BOARD_FOOT_WAITING:
        return is_open ? pages_of(board->wait_count, waits_on_page(board)) : 0;
    case BOARD_FOOT_NOBODY:
        return is_open && board->has_calls && board->wait_count == 0;
    case BOARD_FOOT_LINE:
        return board->names.line_count;
    default:
        return 0;
    }
}

static bool foot_exists(const struct board *board, struct board_foot foot)
{
    return foot.index < foot_pages(board, foot.kind);
}

static struct board_foot foot_first(const struct board *board, enum board_foot_kind kind)
{
    bool is_line = kind == BOARD_FOOT_LINE && board->names.line_count > 0;
    return (struct board_foot){kind, is_line ? board->line_next % board->names.line_count : 0};
}

/* The page after `foot`, round and round; none when there are no pages. */
static struct board_foot foot_after(const struct board *board, struct board_foot foot)
{
    struct board_foot next = {foot.kind, foot.index + 1};
    if (foot.kind == BOARD_FOOT_LINE) /* only one each time round */
        next = foot_first(board, BOARD_FOOT_NONE);
    for (int tries = 0; tries <= BOARD_FOOT_KINDS; tries++) {
        if (foot_exists(board, next))
            return next;
        next = foot_first(board, (next.kind + 1) % BOARD_FOOT_KINDS);
    }
    return (struct board_foot){BOARD_FOOT_NONE, 0};
}

static bool foot_equals(struct board_foot one, struct board_foot other)
{
    return one.kind == other.kind && one.index == other.index;
}

static void advance_foot(struct board *board, int64_t now_ms)
{
    bool exists = foot_exists(board, board->foot);
    if (exists && now_ms - board->foot_ms < BOARD_FOOT_MS)
        return;
    struct board_foot next = foot_after(board, board->foot);
    if (foot_equals(next, board->foot)) {
        board->foot_before = next; /* the only page: it stays without being turned */
        return;
    }
    board->foot_before = exists ? board->foot : next; /* what is no longer true does not fade, it goes */
    board->foot = next;
    board->foot_ms = now_ms;
    if (next.kind == BOARD_FOOT_LINE)
        board->line_next = next.index + 1;
}

/* ---- pages of rows ---- */

static int row_pages(const struct board *board)
{
    return pages_of(board->call_count, board->rows);
}

const struct board_call *board_page(const struct board *board, int page, int *count)
{
    int first = page * board->rows;
    int left = board->call_count - first;
    *count = left < 0 ? 0 : left > board->rows ? board->rows : left;
    return board->calls + (*count > 0 ? first : 0);
}

static void advance_rows(struct board *board, int64_t now_ms)
{
    int pages = row_pages(board);
    if (pages <= 1 || board->page >= pages) {
        board->page = 0;
        board->page_before = -1;
        board->page_ms = now_ms;
    } else if (now_ms - board->page_ms >= BOARD_PAGE_MS) {
        board->page_before = board->page;
        board->page = (board->page + 1) % pages;
        board->page_ms = now_ms;
    }
}

/* ---- time ---- */

/* How long the dispatcher has been silent. */
static int64_t lost_ms(const struct board *board, const struct board_time *time)
{
    return time->age_ms == BOARD_NEVER ? time->mono_ms - board->started_ms : time->age_ms;
}

void board_advance(struct board *board, const struct board_time *time)
{
    board->was_stale = lost_ms(board, time) > BOARD_STALE_MS;
    advance_rows(board, time->mono_ms);
    advance_foot(board, time->mono_ms);
}

int64_t board_wake_ms(const struct board *board, const struct board_time *time)
{
    int64_t lost = lost_ms(board, time);
    const int64_t candidates[] = {
        time->mono_ms + SECOND_MS - time->wall_ms % SECOND_MS,
        lost <= BOARD_STALE_MS ? time->mono_ms + BOARD_STALE_MS - lost + 1 : INT64_MAX,
        row_pages(board) > 1 ? board->page_ms + BOARD_PAGE_MS : INT64_MAX,
        foot_equals(foot_after(board, board->foot), board->foot) ? INT64_MAX : board->foot_ms + BOARD_FOOT_MS,
    };
    int64_t wake = INT64_MAX;
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
        if (candidates[i] < wake)
            wake = candidates[i];
    return wake;
}

/* ---- the view ---- */

static enum board_scene scene_of(const struct board *board)
{
    if (board->is_emergency)
        return BOARD_EMERGENCY;
    if (!board->has_calls || board->day == BOARD_DAY_UNKNOWN)
        return BOARD_CONNECTING;
    if (board->call_count > 0)
        return BOARD_BUSY;
    return board->day == BOARD_DAY_CLOSED ? BOARD_CLOSED : BOARD_QUIET;
}

/* The latest call; the one before it too when both came as new within a few seconds. */
static void set_hero(const struct board *board, struct board_view *view)
{
    const struct board_call *latest = &board->calls[0], *other = &board->calls[1];
    if (board->call_count == 0)
        return;
    view->hero[view->hero_count++] = latest;
    if (board->call_count > 1 && latest->new_ms >= 0 && other->new_ms >= 0 &&
        latest->new_ms - other->new_ms < BOARD_PAIR_MS)
        view->hero[view->hero_count++] = other;
}

static void set_shift(struct board_view *view)
{
    static const struct {
        int x, y;
    } places[] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}};
    int64_t minute = view->wall_ms / MINUTE_MS;
    size_t at = (size_t)(minute % (int64_t)(sizeof places / sizeof places[0]));
    view->shift_x = places[at].x * SHIFT_PX;
    view->shift_y = places[at].y * SHIFT_PX;
}

static bool is_night(int64_t wall_ms)
{
    int hour = clock_parts_of(wall_ms).hour;
    return hour >= BOARD_NIGHT_BEGINS || hour < BOARD_NIGHT_ENDS;
}

struct board_view board_view(const struct board *board, const struct board_time *time)
{
    int64_t lost = lost_ms(board, time);
    struct board_view view = {
        .board = board,
        .scene = scene_of(board),
        .mono_ms = time->mono_ms,
        .wall_ms = time->wall_ms,
        .night = is_night(time->wall_ms),
        .page = board->page,
        .page_before = board->page_before,
        .pages = row_pages(board),
        .page_ms = board->page_ms,
        .foot = board->foot,
        .foot_before = board->foot_before,
        .foot_ms = board->foot_ms,
        .waits_on_page = waits_on_page(board),
        .stale = lost > BOARD_STALE_MS,
        .dimmed = lost >= BOARD_DIM_MS,
        .lost_s = lost / SECOND_MS,
        .is_first = board->order_known == 0 && board->missed_count == 0,
    };
    set_hero(board, &view);
    set_shift(&view);
    return view;
}
