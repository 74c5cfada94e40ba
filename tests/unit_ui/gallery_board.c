/* SPDX-License-Identifier: MIT
 * The gallery's pages that nobody touches: a hall board and a ticket. */
#include "tests/unit_ui/gallery.h"

const char *gallery_say(const struct gallery *gallery, const char *zh, const char *en)
{
    return gallery->english ? en : zh;
}

void gallery_code(uint8_t *modules, int side)
{
    static const int corners[][2] = {{0, 0}, {1, 0}, {0, 1}};
    for (int i = 0; i < side * side; i++)
        modules[i] = (uint8_t)((i * 7919 + i / side * 104729) % 11 < 5);
    for (int c = 0; c < 3; c++)
        for (int y = -1; y <= 7; y++)
            for (int x = -1; x <= 7; x++) {
                int column = corners[c][0] * (side - 7) + x, row = corners[c][1] * (side - 7) + y;
                int ring = x < 0 || y < 0 || x > 6 || y > 6       ? 0
                           : x == 0 || y == 0 || x == 6 || y == 6 ? 1
                           : x == 1 || y == 1 || x == 5 || y == 5 ? 0
                                                                  : 1;
                if (column >= 0 && row >= 0 && column < side && row < side)
                    modules[row * side + column] = (uint8_t)ring;
            }
}

static void board_row(struct ui *ui, const struct gallery *gallery, int i)
{
    static const struct {
        const char *number, *zh, *en, *window;
    } rows[] = {{"A012", "社会保障", "Social insurance", "3"},
                {"C105", "不动产登记", "Real estate", "12"},
                {"A011", "社会保障", "Social insurance", "4"},
                {"F032", "公安户政", "Household registration", "7"},
                {"H008", "市场准入", "Business registration", "1"}};
    int high = 576 / 5;
    ui_row_begin(ui, &(struct ui_box){.at = {0, 416 + high * i, 1920, high},
                                      .fill = i % 2 ? UI_PAPER : UI_SUNK,
                                      .pad = UI_PAD_XY(48, 0),
                                      .align = UI_BASELINE});
    ui_row_begin(ui, &(struct ui_box){.width = UI_PX(512), .align = UI_BASELINE, .gap = 24});
    ui_text(ui, &(struct ui_text){
                    .words = rows[i].number, .type = UI_B_ROW5_NO, .color = i == 0 ? UI_CALL : UI_INK});
    ui_row_end(ui);
    ui_text(ui, &(struct ui_text){.words = gallery_say(gallery, rows[i].zh, rows[i].en),
                                  .type = UI_B_ROW5,
                                  .color = UI_INK_2,
                                  .width = UI_PX(772),
                                  .em_least = 64});
    ui_row_begin(ui, &(struct ui_box){.width = UI_GROW, .align = UI_BASELINE, .gap = 16});
    if (gallery->english)
        ui_text(ui, &(struct ui_text){.words = "Window", .em = 64, .color = UI_INK_2});
    ui_text(ui, &(struct ui_text){.words = rows[i].window, .type = UI_B_ROW5_NO});
    if (!gallery->english)
        ui_text(ui, &(struct ui_text){.words = "号窗口", .type = UI_B_ROW5});
    ui_row_end(ui);
    ui_row_end(ui);
    if (i == 0)
        ui_icon(ui, &(struct ui_mark){.at = {420, 416 + 22, 72, 72},
                                      .icon = UI_ICON_MEGAPHONE,
                                      .weight = UI_BOLD,
                                      .color = UI_CALL});
}

void gallery_board(struct ui *ui, const struct gallery *gallery)
{
    ui_row_begin(ui, &(struct ui_box){.at = {0, 0, 1920, 104},
                                      .fill = UI_SURFACE,
                                      .pad = UI_PAD_XY(48, 0),
                                      .align = UI_CENTER,
                                      .justify = UI_SPREAD});
    ui_text(ui, &(struct ui_text){.words = gallery_say(gallery, "泌阳县行政服务中心", "Biyang Service Hall"),
                                  .type = UI_B_HEAD,
                                  .weight = UI_BOLD});
    ui_text(ui, &(struct ui_text){.words = gallery_say(gallery, "请听广播，看屏幕，到窗口办理",
                                                       "Listen, look, then go to the window"),
                                  .type = UI_B_COLHEAD,
                                  .color = UI_INK_2});
    ui_text(ui, &(struct ui_text){.words = "10:21", .type = UI_B_CLOCK});
    ui_row_end(ui);
    ui_layer_begin(ui, &(struct ui_box){.at = {0, 104, 1920, 256}, .fill = UI_CALL, .clip = true});
    ui_text(ui, &(struct ui_text){
                    .at = {64, 0, 680, 256}, .words = "A012", .type = UI_B_HERO_NO, .color = UI_ON_FILL});
    ui_icon(ui, &(struct ui_mark){.at = {760, 48, 160, 160},
                                  .icon = UI_ICON_ARROW_RIGHT,
                                  .weight = UI_BOLD,
                                  .color = UI_ON_FILL});
    ui_text(ui, &(struct ui_text){.at = {980, 0, 700, 256},
                                  .words = gallery_say(gallery, "3号窗口", "Window 3"),
                                  .type = UI_B_HERO_WIN,
                                  .em_least = 120,
                                  .color = UI_ON_FILL});
    ui_text(ui, &(struct ui_text){.at = {1672, 0, 200, 256},
                                  .words = gallery_say(gallery, "B区", "Zone B"),
                                  .em = 76,
                                  .em_least = 52,
                                  .color = UI_ON_FILL,
                                  .align = UI_END});
    ui_layer_end(ui);
    const char *heads[] = {gallery_say(gallery, "号码", "Number"), gallery_say(gallery, "业务", "Service"),
                           gallery_say(gallery, "窗口", "Window")};
    const int head_x[] = {48, 560, 1332};
    ui_rect(ui, &(struct ui_box){.at = {0, 360, 1920, 56}, .fill = UI_SURFACE});
    for (int i = 0; i < 3; i++)
        ui_text(ui, &(struct ui_text){.at = {head_x[i], 360, 400, 56},
                                      .words = heads[i],
                                      .type = UI_B_COLHEAD,
                                      .color = UI_INK_2});
    for (int i = 0; i < 5; i++)
        board_row(ui, gallery, i);
    ui_text(ui, &(struct ui_text){.at = {48, 992, 1824, 88},
                                  .words = gallery_say(gallery, "过号：A005  A009，请到取号机重排",
                                                       "Missed: A005  A009. Rejoin at the ticket machine."),
                                  .type = UI_B_FOOT});
}

void gallery_ticket(struct ui *ui)
{
    uint8_t modules[29 * 29];
    gallery_code(modules, 29);
    ui_column_begin(
        ui, &(struct ui_box){.at = {0, 0, 576, 880}, .pad = UI_PAD_XY(8, 16), .align = UI_CENTER, .gap = 8});
    ui_row_begin(ui, &(struct ui_box){.align = UI_CENTER, .gap = 12});
    ui_icon(ui, &(struct ui_mark){.icon = UI_ICON_EMBLEM, .width = UI_PX(40), .height = UI_PX(40)});
    ui_text(ui, &(struct ui_text){.words = "泌阳县行政服务中心", .type = UI_T_BODY, .weight = UI_BOLD});
    ui_row_end(ui);
    ui_rect(ui, &(struct ui_box){.width = UI_PERCENT(100), .height = UI_PX(3), .fill = UI_INK});
    ui_text(ui, &(struct ui_text){.words = "不动产登记 · 综合受理", .type = UI_T_H});
    ui_text(ui, &(struct ui_text){.words = "A012", .type = UI_T_NUMBER, .height = UI_PX(168)});
    ui_text(ui, &(struct ui_text){.words = "前面 5 人  预计 12–20 分钟", .type = UI_T_BODY});
    ui_text(ui, &(struct ui_text){.words = "请到 B 区等候  3、4、5 号窗口", .type = UI_T_BODY});
    ui_text(ui, &(struct ui_text){.words = "约 10:35–10:45 叫号", .type = UI_T_BODY});
    ui_row_begin(ui, &(struct ui_box){.align = UI_CENTER, .gap = 24});
    ui_code(ui, &(struct ui_code){
                    .width = UI_PX(240), .height = UI_PX(240), .modules = modules, .side = 29, .quiet = 2});
    ui_column_begin(ui, &(struct ui_box){0});
    ui_text(ui, &(struct ui_text){
                    .words = "扫码看进度\n快到时提醒您\n今日有效", .type = UI_T_SMALL, .lines_max = 3});
    ui_column_end(ui);
    ui_row_end(ui);
    ui_text(ui, &(struct ui_text){.words = "过号 30 分钟内可在取号机“查询排队”重排一次",
                                  .type = UI_T_SMALL,
                                  .lines_max = 2,
                                  .width = UI_PERCENT(100),
                                  .align = UI_CENTER});
    ui_text(ui, &(struct ui_text){.words = "咨询 0396-7939666  2026-11-23 10:21  K2", .type = UI_T_SMALL});
    ui_column_end(ui);
}
