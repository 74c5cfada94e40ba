/* SPDX-License-Identifier: MIT
 * The table of calls, newest first, page by page. */
#include "common/ui/motion.h"
#include "display/model/sight.h"
#include "display/screens/board_inside.h"

enum {
    SERVICE_W = 756,
    WINDOW_W = 400,
    ZONE_X = 1736,
    PAGE_X = 1752,
    ICON_PERCENT = 64,    /* of the number's em */
    ZONE_PERCENT = 60,    /* of the Han em */
    ENGLISH_PERCENT = 85, /* "Window 12" is longer */
};

/* A column's head, with its English name beside it on a Chinese board. */
static void column_head(struct ui *ui, const struct board_view *view, int x, const char *english)
{
    bool echo = view->board->language != WORDS_EN;
    ui_textf(ui,
             &(struct ui_text){.at = {x, BOARD_COLUMNS_Y, SERVICE_W - 232, BOARD_COLUMNS_H},
                               .type = UI_B_COLHEAD,
                               .color = UI_INK_2},
             "%s%s%s", board_say(view, english), echo ? " " : "", echo ? english : "");
}

static void heads(struct ui *ui, const struct board_view *view)
{
    column_head(ui, view, BOARD_NUMBER_X, N_("Number"));
    column_head(ui, view, BOARD_SERVICE_X, N_("Service"));
    column_head(ui, view, BOARD_WINDOW_X, N_("Window"));
    if (view->pages > 1)
        ui_textf(ui,
                 &(struct ui_text){.at = {PAGE_X, BOARD_COLUMNS_Y, BOARD_RIGHT - PAGE_X, BOARD_COLUMNS_H},
                                   .type = UI_B_COLHEAD,
                                   .color = UI_INK_2,
                                   .align = UI_END},
                 "%d/%d", view->page + 1, view->pages);
}

static void number(struct ui *ui, const struct board_call *call, int em, int height)
{
    ui_row_begin(ui, &(struct ui_box){.at = {BOARD_NUMBER_X, 0, BOARD_SERVICE_X - BOARD_NUMBER_X, height},
                                      .align = UI_CENTER,
                                      .gap = 24});
    ui_text(ui, &(struct ui_text){.type = UI_B_ROW5_NO,
                                  .em = em,
                                  .color = call->is_called ? UI_CALL : UI_INK,
                                  .words = call->number});
    if (call->is_called)
        ui_icon(ui, &(struct ui_mark){.width = UI_PX(em * ICON_PERCENT / 100),
                                      .height = UI_PX(em * ICON_PERCENT / 100),
                                      .icon = UI_ICON_MEGAPHONE,
                                      .color = UI_CALL});
    ui_row_end(ui);
}

static void window(struct ui *ui, const struct board_view *view, const struct board_call *call, int em,
                   int height)
{
    int zone_em = em * ZONE_PERCENT / 100;
    if (view->board->language == WORDS_EN)
        em = em * ENGLISH_PERCENT / 100;
    ui_textf(ui,
             &(struct ui_text){.at = {BOARD_WINDOW_X, 0, WINDOW_W, height},
                               .type = UI_B_ROW5,
                               .weight = UI_BOLD,
                               .em = em,
                               .em_least = em / 2},
             board_say(view, "Window %d"), call->window);
    if (call->zone[0])
        ui_textf(ui,
                 &(struct ui_text){.at = {ZONE_X, 0, BOARD_RIGHT - ZONE_X, height},
                                   .type = UI_B_ROW5,
                                   .em = zone_em > BOARD_EM_LEAST ? zone_em : BOARD_EM_LEAST,
                                   .em_least = BOARD_EM_LEAST,
                                   .align = UI_END,
                                   .color = UI_INK_2},
                 board_say(view, "Zone %s"), call->zone);
}

static void row(struct ui *ui, const struct board_view *view, const struct board_call *call, int place)
{
    const struct board *board = view->board;
    struct sight_sizes size = sight_sizes_of(board->rows);
    int top = BOARD_ROWS_H * place / board->rows, bottom = BOARD_ROWS_H * (place + 1) / board->rows;
    int height = bottom - top;
    ui_layer_begin(ui, &(struct ui_box){.at = {0, top, B_WIDTH, height}});
    if (place % 2 == 0)
        board_ground(ui, 0, height, UI_SUNK);
    number(ui, call, size.number_em, height);
    ui_text(ui,
            &(struct ui_text){.at = {BOARD_SERVICE_X, 0, SERVICE_W, height},
                              .type = UI_B_ROW5,
                              .em = size.han_em,
                              .em_least = BOARD_EM_LEAST,
                              .lines_max = 2,
                              .color = UI_INK_2,
                              .words = label_words(&board->names.domains[call->domain], board->language)});
    window(ui, view, call, size.han_em, height);
    ui_layer_end(ui);
}

static void page(struct ui *ui, const struct board_view *view, int at, int fade)
{
    int count;
    const struct board_call *calls = board_page(view->board, at, &count);
    ui_layer_begin(ui, &(struct ui_box){.at = {0, BOARD_ROWS_Y, B_WIDTH, BOARD_ROWS_H}, .fade = fade});
    for (int i = 0; i < count; i++)
        row(ui, view, &calls[i], i);
    ui_layer_end(ui);
}

void board_rows(struct ui *ui, const struct board_view *view)
{
    int come = view->page_before < 0 ? 1000 : ui_motion(ui, view->page_ms, M_SLOW);
    int dim = view->dimmed ? BOARD_DIM_FADE : 0;
    heads(ui, view);
    if (come < 1000)
        page(ui, view, view->page_before, motion_between(dim, 255, come));
    page(ui, view, view->page, motion_between(255, dim, come));
}
