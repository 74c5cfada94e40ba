/* SPDX-License-Identifier: MIT
 * The latest call, large: amber while the number is called, quiet when it is being served. A new one slides
 * in and pulses three times; two that came together share the place. */
#include "common/ui/motion.h"
#include "display/screens/board_inside.h"

enum { /* x from the hero's left edge */
       HERO_X = 16,
       NUMBER_X = 64 - HERO_X,
       NUMBER_W = 680,
       ARROW_X = 760 - HERO_X,
       ARROW_W = 200,
       WINDOW_X = 980 - HERO_X,
       WINDOW_W = 736,
       ZONE_X = 1728 - HERO_X,
       RIGHT = BOARD_RIGHT - HERO_X,
       SLIDE_PX = 96,
       SLIDE_FADE = 150, /* readable from the first picture on */
       PULSES = 3,
       PULSE_FRAME_MS = 40,
};

/* Sizes of a hero that has the place alone, and of one of two. */
struct sizes {
    int height, number_em, window_em, zone_em, arrow, icon, word_em;
};
static const struct sizes alone = {BOARD_HERO_H, 200, 150, 76, 160, 96, 56};
static const struct sizes of_two = {BOARD_HERO_H / 2, 110, 84, 56, 96, 48, 44};

/* How far a new call is on its way, and how bright it pulses: thousandths. */
static int arrived(struct ui *ui, const struct board_call *call)
{
    return call->new_ms < 0 ? 1000 : ui_motion(ui, call->new_ms, M_SLOW);
}

static int pulse(struct ui *ui, const struct board_view *view, const struct board_call *call)
{
    int64_t begin_ms = call->new_ms + M_SLOW;
    if (call->new_ms < 0 || !call->is_called || view->mono_ms >= begin_ms + (int64_t)PULSES * M_PULSE)
        return 0;
    ui_wake_at(ui, view->mono_ms + PULSE_FRAME_MS);
    return motion_pulse(view->mono_ms, begin_ms, M_PULSE, PULSES);
}

static void arrow_or_state(struct ui *ui, const struct board_view *view, const struct sizes *size,
                           bool is_called)
{
    if (is_called) {
        struct ui_rect at = {ARROW_X, (size->height - size->arrow) / 2, 160, size->arrow};
        ui_icon(ui, &(struct ui_mark){.at = at, .icon = UI_ICON_ARROW_RIGHT, .color = UI_ON_FILL});
        return;
    }
    ui_column_begin(ui, &(struct ui_box){.at = {ARROW_X, 0, ARROW_W, size->height},
                                         .align = UI_CENTER,
                                         .justify = UI_CENTER,
                                         .gap = size->icon / 8});
    ui_icon(ui, &(struct ui_mark){.width = UI_PX(size->icon),
                                  .height = UI_PX(size->icon),
                                  .icon = UI_ICON_PERSON,
                                  .color = UI_INFO});
    ui_text(ui, &(struct ui_text){.type = UI_B_FOOT,
                                  .em = size->word_em,
                                  .em_least = BOARD_EM_LEAST,
                                  .color = UI_INFO,
                                  .words = board_say(view, "In service")});
    ui_column_end(ui);
}

static void content(struct ui *ui, const struct board_view *view, const struct sizes *size,
                    const struct board_call *call)
{
    enum ui_color ink = call->is_called ? UI_ON_FILL : UI_INK;
    int height = size->height;
    ui_text(ui, &(struct ui_text){.at = {NUMBER_X, 0, NUMBER_W, height},
                                  .type = UI_B_HERO_NO,
                                  .em = size->number_em,
                                  .em_least = size->number_em / 2,
                                  .color = ink,
                                  .words = call->number});
    arrow_or_state(ui, view, size, call->is_called);
    ui_textf(ui,
             &(struct ui_text){.at = {WINDOW_X, 0, WINDOW_W, height},
                               .type = UI_B_HERO_WIN,
                               .em = size->window_em,
                               .em_least = size->window_em / 2,
                               .color = ink},
             board_say(view, "Window %d"), call->window);
    if (call->zone[0])
        ui_textf(ui,
                 &(struct ui_text){.at = {ZONE_X, 0, RIGHT - ZONE_X, height},
                                   .type = UI_B_ZONE_STATE,
                                   .em = size->zone_em,
                                   .em_least = BOARD_EM_LEAST,
                                   .align = UI_END,
                                   .color = ink},
                 board_say(view, "Zone %s"), call->zone);
}

static void hero(struct ui *ui, const struct board_view *view, const struct sizes *size, int place)
{
    const struct board_call *call = view->hero[place];
    struct ui_rect at = {HERO_X, BOARD_HERO_Y + place * size->height, B_WIDTH - 2 * HERO_X, size->height};
    int come = arrived(ui, call), bright = pulse(ui, view, call);
    ui_layer_begin(ui, &(struct ui_box){.at = at,
                                        .fill = call->is_called ? UI_CALL : UI_SUNK,
                                        .radius = R_HERO,
                                        .clip = true,
                                        .fade = view->dimmed ? BOARD_DIM_FADE : 0});
    if (bright > 0)
        ui_rect(ui, &(struct ui_box){.at = {0, 0, at.w, at.h},
                                     .fill = UI_INK,
                                     .radius = R_HERO,
                                     .fade = motion_between(255, 0, bright)});
    ui_layer_begin(ui, &(struct ui_box){.at = {0, 0, at.w, at.h},
                                        .shift_x = motion_between(SLIDE_PX, 0, come),
                                        .fade = motion_between(SLIDE_FADE, 0, come)});
    content(ui, view, size, call);
    ui_layer_end(ui);
    ui_layer_end(ui);
}

void board_hero(struct ui *ui, const struct board_view *view)
{
    for (int i = 0; i < view->hero_count; i++)
        hero(ui, view, view->hero_count == 1 ? &alone : &of_two, i);
    if (view->hero_count == 2) /* a rule between two of one colour */
        ui_rect(ui,
                &(struct ui_box){.at = {HERO_X, BOARD_HERO_Y + BOARD_HERO_H / 2 - 2, B_WIDTH - 2 * HERO_X, 4},
                                 .fill = UI_PAPER});
}
