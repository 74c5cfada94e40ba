/* SPDX-License-Identifier: MIT
 * Lines of text: measuring, breaking by the rules of Chinese and Western text, evening out, setting smaller,
 * cutting. Widths inside this file are in thousandths of the em, so the same text breaks alike at every
 * scale. */
#include "common/ui/parts.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

enum {
    EM_STEP = 2,
    LINES_OF_ONE_TEXT_MAX = 64,
    ELLIPSIS = 0x2026,
    ORPHAN = 2000 /* two Han characters */,
    NO_BREAK_SPACE = 0xA0
};

/* ---- where a line may break ---- */

/* Full-width letters: a line may break on either side of them. */
static bool is_wide(uint32_t code)
{
    return (code >= 0x2E80 && code <= 0xFFEF && code != 0xFEFF) || (code >= 0x20000 && code < UI_NARROW_BASE);
}

static bool among(uint32_t code, const uint32_t *list)
{
    while (*list && *list != code)
        list++;
    return *list != 0;
}

/* Closing marks: never first on a line. */
static bool never_first(uint32_t code)
{
    static const uint32_t list[] = {0xFF0C, 0x3002, 0x3001, 0xFF1B, 0xFF1A, 0xFF01, 0xFF1F, 0xFF09, 0x300B,
                                    0x3009, 0x300D, 0x300F, 0x3011, 0x3015, 0x2019, 0x201D, 0x2026, 0x2014,
                                    0x00B7, 0x2013, 0x3005, 0xFF05, 0x2103, ',',    '.',    ';',    ':',
                                    '!',    '?',    ')',    ']',    '}',    '%',    '/',    0};
    return among(code, list);
}

/* Opening marks: never last on a line. */
static bool never_last(uint32_t code)
{
    static const uint32_t list[] = {0xFF08, 0x300A, 0x3008, 0x300C, 0x300E, 0x3010, 0x3014, 0x2018,
                                    0x201C, 0xFFE5, '(',    '[',    '{',    '$',    0};
    return among(code, list);
}

static bool may_break(uint32_t before, uint32_t next)
{
    if (before == ' ')
        return next != ' ';
    if (next == ' ' || never_first(next) || never_last(before) || before == NO_BREAK_SPACE ||
        next == NO_BREAK_SPACE)
        return false;
    return is_wide(before) || is_wide(next) || before == '/' || before == '-';
}

/* ---- measuring ---- */

/* Everything about the text of one node; also a place in it. */
struct walk {
    const struct ui *ui;
    const char *text; /* ui->bytes + first byte */
    int length;
    int at;          /* next byte */
    uint32_t before; /* the character before it, 0 at a line's beginning */
    uint32_t code;   /* what walk_next just passed */
    enum ui_weight weight;
};

static struct walk walk_of(const struct ui *ui, const struct ui_node *node)
{
    return (struct walk){
        .ui = ui, .text = ui->bytes + node->bytes, .length = node->length, .weight = node->weight};
}

/* Passes one character and returns its advance; walk->code is 0 at the end. */
static int walk_next(struct walk *walk)
{
    uint32_t code = 0;
    int taken = ui_utf8_next(walk->text + walk->at, walk->length - walk->at, &code);
    walk->code = taken ? code : 0;
    if (taken == 0 || code == '\n') {
        walk->at += taken;
        walk->before = 0;
        return 0;
    }
    uint32_t shape = ui_shape(walk->text, walk->length, walk->at, code, walk->before);
    int advance = walk->ui->measure.advance(walk->ui->measure.context, walk->weight, walk->before, shape);
    walk->at += taken;
    walk->before = shape;
    return advance;
}

static int px_of(int units, int em)
{
    return (int)(((int64_t)units * em + 999) / 1000);
}

/* The longest line without wrapping, in thousandths of the em. */
static int natural_units(const struct ui *ui, const struct ui_node *node)
{
    struct walk walk = walk_of(ui, node);
    int longest = 0;
    for (int line = 0; walk.at < walk.length;) {
        int advance = walk_next(&walk);
        line = walk.code == '\n' ? 0 : line + advance;
        longest = line > longest ? line : longest;
    }
    return longest;
}

int ui_wrap_natural(struct ui *ui, const struct ui_node *node)
{
    return px_of(natural_units(ui, node), node->em);
}

/* ---- breaking ---- */

struct piece {
    int start, end; /* bytes of the text, trailing spaces left out */
    int units;
};

/* Takes the next line of at most `limit` units from *from on and moves *from behind it. */
static struct piece piece_next(struct walk walk, int *from, int limit)
{
    struct piece piece = {*from, *from, 0}; /* as far as the text fits */
    struct piece good = {*from, -1, 0};     /* as far as the last place where it may break */
    int good_next = -1;
    int units = 0;
    walk.at = *from;
    walk.before = 0;
    uint32_t last = 0;
    while (walk.at < walk.length) {
        int start = walk.at;
        int advance = walk_next(&walk);
        if (walk.code == '\n') {
            *from = walk.at;
            return piece;
        }
        if (last && may_break(last, walk.code)) {
            good = piece;
            good_next = start;
        }
        units += advance;
        last = walk.code;
        if (walk.code == ' ')
            continue; /* spaces hang over the end */
        if (units > limit && piece.end > piece.start) {
            bool emergency = good_next < 0; /* a word longer than the line */
            *from = emergency ? start : good_next;
            return emergency ? piece : good;
        }
        piece.end = walk.at;
        piece.units = units;
    }
    *from = walk.length;
    return piece;
}

/* Number of lines at that limit, counted up to `most` + 1. */
static int count_lines(struct walk walk, int limit, int most)
{
    int count = 0;
    for (int from = 0; from < walk.length && count <= most; count++)
        piece_next(walk, &from, limit);
    return count;
}

/* Width of the last of the lines that the limit gives. */
static int last_units(struct walk walk, int limit)
{
    struct piece piece = {0};
    for (int from = 0; from < walk.length;)
        piece = piece_next(walk, &from, limit);
    return piece.units;
}

/* The least limit that gives no more lines than `limit` does: lines of even length instead of one orphan. */
static int even_limit(struct walk walk, int limit, int lines)
{
    int low = limit / 2, high = limit; /* more unevenness than half does not come up */
    while (high - low > 50) {
        int middle = (low + high) / 2;
        if (count_lines(walk, middle, lines) <= lines)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* ---- fitting ---- */

static void line_add(struct ui *ui, struct ui_node *node, int bytes, int length, int units)
{
    if (ui->line_count == UI_LINES_MAX) {
        ui->dropped++;
        return;
    }
    ui->lines[ui->line_count++] =
        (struct ui_line){.bytes = bytes, .length = length, .width = px_of(units, node->em)};
    node->line_count++;
}

/* The last line that there is room for: the text from `from` on, cut to the limit with an ellipsis. */
static void line_add_cut(struct ui *ui, struct ui_node *node, struct walk walk, int from, int limit)
{
    int end = from, units = 0, kept = 0;
    uint32_t before = 0;
    walk.at = from;
    walk.before = 0;
    for (;;) { /* kept: width up to `end`, after which the ellipsis still fits */
        uint32_t mark = ui_shape("\xE2\x80\xA6", 3, 0, ELLIPSIS, before);
        int dots = ui->measure.advance(ui->measure.context, node->weight, before, mark);
        if (units + dots > limit && end > from)
            break;
        kept = units + dots;
        end = walk.at;
        if (walk.at >= walk.length)
            break;
        units += walk_next(&walk);
        if (walk.code == '\n')
            break;
        before = walk.before;
    }
    while (end > from && walk.text[end - 1] == ' ')
        end--;
    int at = ui_bytes_add(ui, walk.text + from, end - from);
    if (at < 0 || ui_bytes_add(ui, "\xE2\x80\xA6", 3) < 0)
        return;
    line_add(ui, node, at, end - from + 3, kept);
}

static int line_height(const struct ui_node *node, int em)
{
    int percent = node->paragraph ? UI_LINE_PARAGRAPH_PERCENT : UI_LINE_LABEL_PERCENT;
    return (em * percent + 99) / 100;
}

/* How many lines of that size the height takes (the space outside the first and last line's ink does not
 * count). */
static int lines_by_height(const struct ui_node *node, int em, int height)
{
    if (height <= 0)
        return LINES_OF_ONE_TEXT_MAX;
    int spare = height - em * UI_INK_PERMILLE / 1000;
    int count = spare < 0 ? 1 : 1 + spare / line_height(node, em);
    return count > LINES_OF_ONE_TEXT_MAX ? LINES_OF_ONE_TEXT_MAX : count;
}

struct fit {
    int em, limit, lines_most;
    bool fits;
};

static struct fit fit_at(struct walk walk, const struct ui_node *node, int em, int width, int height)
{
    struct fit fit = {.em = em, .limit = (int)((int64_t)width * 1000 / em)};
    int room = lines_by_height(node, em, height);
    fit.lines_most = node->lines_max < 0 || node->lines_max > room ? room : node->lines_max;
    fit.fits = count_lines(walk, fit.limit, fit.lines_most) <= fit.lines_most &&
               (height <= 0 || em * UI_INK_PERMILLE / 1000 <= height);
    return fit;
}

void ui_wrap(struct ui *ui, struct ui_node *node, int width, int height)
{
    struct walk walk = walk_of(ui, node);
    width = width < 1 ? 1 : width;
    struct fit fit = fit_at(walk, node, node->em, width, height);
    for (int em = node->em - EM_STEP; !fit.fits && em >= node->em_least; em -= EM_STEP)
        fit = fit_at(walk, node, em, width, height);
    node->em = fit.em;
    node->line_px = line_height(node, fit.em);
    node->overflow = !fit.fits;
    node->first_line = ui->line_count;
    node->line_count = 0;
    int lines = count_lines(walk, fit.limit, fit.lines_most);
    int limit = fit.limit;
    if (lines > 1 && fit.fits && !node->paragraph && last_units(walk, fit.limit) < ORPHAN)
        limit = even_limit(walk, fit.limit, lines);
    for (int from = 0; from < walk.length;) {
        int start = from;
        struct piece piece = piece_next(walk, &from, limit);
        bool last = node->line_count + 1 == fit.lines_most;
        if (piece.units > fit.limit || (last && from < walk.length)) {
            node->overflow = true;
            line_add_cut(ui, node, walk, start, fit.limit);
            return;
        }
        line_add(ui, node, node->bytes + piece.start, piece.end - piece.start, piece.units);
    }
}
