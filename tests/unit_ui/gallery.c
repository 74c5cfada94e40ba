/* SPDX-License-Identifier: MIT */
#include "tests/unit_ui/gallery.h"

#include <stddef.h>
#include <string.h>

enum gallery_id {
    ID_NONE,
    ID_CARD,
    ID_CHIP,
    ID_ACTION,
    ID_BAR,
    ID_ROW,
    ID_GUIDE,
    ID_KEY,
    ID_TAB,
    ID_SHEET,
    ID_FIELD
};

/* ---- parts of a kiosk screen ---- */

static void header(struct ui *ui, const struct gallery *gallery)
{
    ui_icon(ui, &(struct ui_mark){.at = {48, 24, 64, 64}, .icon = UI_ICON_EMBLEM, .color = UI_BRAND});
    ui_text(ui, &(struct ui_text){.at = {128, 28, 540, 56},
                                  .words = gallery_say(gallery, "泌阳县行政服务中心", "Biyang Service Hall"),
                                  .weight = UI_BOLD});
    ui_text(ui,
            &(struct ui_text){
                .at = {692, 16, 340, 44}, .words = "10:21", .em = 44, .weight = UI_BOLD, .align = UI_END});
    ui_text(ui, &(struct ui_text){
                    .at = {612, 60, 420, 40},
                    .words = gallery_say(gallery, "2026年11月23日 星期一", "Monday, 23 November 2026"),
                    .em = 28,
                    .alt = true,
                    .color = UI_INK_2,
                    .align = UI_END});
}

static void figure(struct ui *ui, const char *before, const char *value, const char *after)
{
    ui_row_begin(ui, &(struct ui_box){.width = UI_GROW,
                                      .height = UI_PERCENT(100),
                                      .align = UI_BASELINE,
                                      .justify = UI_CENTER,
                                      .gap = 8});
    ui_text(ui, &(struct ui_text){.words = before, .type = UI_K_MIN, .color = UI_INK_2});
    ui_text(ui, &(struct ui_text){.words = value, .em = 56, .weight = UI_BOLD});
    ui_text(ui, &(struct ui_text){.words = after, .type = UI_K_MIN, .color = UI_INK_2});
    ui_row_end(ui);
}

static void status(struct ui *ui, const struct gallery *gallery)
{
    ui_row_begin(ui, &(struct ui_box){.at = {48, 304, 984, 112}, .fill = UI_SUNK, .radius = R_CARD});
    figure(ui, gallery_say(gallery, "等候", "Waiting"), "12", gallery_say(gallery, "人", ""));
    ui_rect(ui, &(struct ui_box){.width = UI_PX(2), .height = UI_PERCENT(100), .fill = UI_LINE});
    figure(ui, gallery_say(gallery, "约", "Wait"), "12–20", gallery_say(gallery, "分钟", "min"));
    ui_rect(ui, &(struct ui_box){.width = UI_PX(2), .height = UI_PERCENT(100), .fill = UI_LINE});
    figure(ui, gallery_say(gallery, "窗口", "Open"), "8", gallery_say(gallery, "个", ""));
    ui_row_end(ui);
}

static void bar(struct ui *ui, const struct gallery *gallery)
{
    static const struct {
        enum ui_icon icon;
        const char *zh, *zh_echo, *en;
    } modes[] = {{UI_ICON_LARGE_TEXT, "长辈版", "Large text", "Large text"},
                 {UI_ICON_GLOBE, "English", "English", "中文"},
                 {UI_ICON_LOW_CONTROLS, "低位显示", "Low controls", "Low"},
                 {UI_ICON_SPEAKER, "语音播报", "Speak", "Speak"},
                 {UI_ICON_HELP, "人工帮助", "Help", "Help"}};
    for (int i = 0; i < 5; i++)
        ui_button(ui, &(struct ui_button){.at = {48 + 200 * i, K_ACC_Y, 184, 136},
                                          .id = UI_ID(ID_BAR, i),
                                          .look = UI_LOOK_TAB,
                                          .icon = modes[i].icon,
                                          .icon_px = 40,
                                          .upright = true,
                                          .label = gallery->english ? modes[i].en : modes[i].zh,
                                          .second = gallery->english || i == 1 ? NULL : modes[i].zh_echo,
                                          .type = UI_K_MIN,
                                          .selected = i == 3,
                                          .ticked = i == 3});
}

/* ---- a hall's first page ---- */

struct domain {
    enum ui_icon icon;
    const char *zh, *en;
    int waiting;
};

static const struct domain domains[] = {{UI_ICON_SHIELD, "社会保障", "Insurance", 12},
                                        {UI_ICON_HOME, "不动产登记", "Property", 5},
                                        {UI_ICON_COIN, "税务", "Tax", 0},
                                        {UI_ICON_HEART, "医疗保障", "Health", 23},
                                        {UI_ICON_BRIEFCASE, "市场准入", "Business", 3},
                                        {UI_ICON_PERSON, "公安户政", "Residence", 108},
                                        {UI_ICON_BUILDING, "工程建设", "Construction", 1},
                                        {UI_ICON_CAR, "交通车管", "Vehicles", -1},
                                        {UI_ICON_GRID, "更多业务", "More", 7}};

static void domain_card(struct ui *ui, const struct gallery *gallery, int i)
{
    const struct domain *domain = &domains[i];
    ui_column_begin(ui, &(struct ui_box){.at = {48 + 336 * (i % 3), 544 + 216 * (i / 3), 312, 192},
                                         .id = UI_ID(ID_CARD, i),
                                         .look = UI_LOOK_CARD,
                                         .guarded = true});
    ui_icon(ui, &(struct ui_mark){.at = {24, 20, 64, 64}, .icon = domain->icon, .color = UI_BRAND});
    ui_text(ui, &(struct ui_text){.at = {24, 86, 264, 52},
                                  .words = gallery_say(gallery, domain->zh, domain->en),
                                  .type = UI_K_H2,
                                  .em_least = 34});
    struct ui_text waiting = {.at = {24, 138, 264, 40}, .type = UI_K_MIN, .color = UI_INK_2};
    if (domain->waiting < 0) {
        waiting.words = gallery_say(gallery, "暂无窗口", "Closed now");
        ui_text(ui, &waiting);
    } else {
        ui_textf(ui, &waiting, gallery_say(gallery, "等候 %d 人", "%d waiting"), domain->waiting);
    }
    ui_column_end(ui);
}

static void hall(struct ui *ui, const struct gallery *gallery)
{
    static const char *const popular[][2] = {{"社保卡补换领", "Insurance card"},
                                             {"不动产登记查询", "Property search"},
                                             {"身份证换领", "New ID card"},
                                             {"个体工商户设立", "New business"}};
    header(ui, gallery);
    ui_text(ui, &(struct ui_text){.at = {48, 136, 984, 80},
                                  .words = gallery_say(gallery, "您好，请选择要办理的业务",
                                                       "Hello. What do you need today?"),
                                  .type = UI_K_H1});
    ui_text(ui, &(struct ui_text){.at = {48, 220, 984, 48},
                                  .words = gallery_say(gallery, "Hello. Choose a service to get a number.",
                                                       "Choose a service to get a number."),
                                  .type = UI_K_MIN,
                                  .color = UI_INK_2});
    status(ui, gallery);
    ui_row_begin(ui, &(struct ui_box){.at = {48, 472, 984, 56}, .align = UI_BASELINE, .gap = 16});
    ui_text(ui,
            &(struct ui_text){.words = gallery_say(gallery, "现场取号", "Get a number"), .type = UI_K_H2});
    if (!gallery->english)
        ui_text(ui, &(struct ui_text){.words = "Get a number", .type = UI_K_ALT, .color = UI_INK_2});
    ui_row_end(ui);
    for (int i = 0; i < 9; i++)
        domain_card(ui, gallery, i);
    ui_text(ui, &(struct ui_text){.at = {48, 1192, 984, 48},
                                  .words = gallery_say(gallery, "大家常办", "Popular"),
                                  .type = UI_K_MIN,
                                  .weight = UI_BOLD});
    for (int i = 0; i < 4; i++)
        ui_button(ui, &(struct ui_button){.at = {48 + 252 * i, 1248, 228, 120},
                                          .id = UI_ID(ID_CHIP, i),
                                          .look = UI_LOOK_CHIP,
                                          .label = popular[i][gallery->english],
                                          .type = UI_K_MIN,
                                          .weight = UI_BOLD,
                                          .lines_max = 2});
    static const struct {
        enum ui_icon icon;
        const char *zh, *en;
    } actions[] = {{UI_ICON_CHECK_IN, "预约签到", "Check in"},
                   {UI_ICON_CALENDAR, "我要预约", "Book"},
                   {UI_ICON_TICKET, "查询排队", "My ticket"}};
    for (int i = 0; i < 3; i++) {
        ui_row_begin(ui, &(struct ui_box){.at = {48 + 336 * i, 1392, 312, 168},
                                          .id = UI_ID(ID_ACTION, i),
                                          .look = UI_LOOK_CARD,
                                          .edge = UI_BRAND,
                                          .pad = UI_PAD_XY(28, 16),
                                          .gap = 20,
                                          .align = UI_CENTER});
        ui_icon(ui, &(struct ui_mark){
                        .icon = actions[i].icon, .width = UI_PX(56), .height = UI_PX(56), .color = UI_BRAND});
        ui_column_begin(ui, &(struct ui_box){0});
        ui_text(ui, &(struct ui_text){.words = gallery_say(gallery, actions[i].zh, actions[i].en),
                                      .em = 40,
                                      .weight = UI_BOLD});
        if (!gallery->english)
            ui_text(ui, &(struct ui_text){.words = actions[i].en, .type = UI_K_ALT, .color = UI_INK_2});
        ui_column_end(ui);
        ui_row_end(ui);
    }
    ui_button(ui, &(struct ui_button){.at = {48, 1584, 480, 112},
                                      .id = UI_ID(ID_ACTION, 3),
                                      .icon = UI_ICON_BOOK,
                                      .label = gallery_say(gallery, "办事指南", "Guide")});
    ui_button(ui, &(struct ui_button){.at = {552, 1584, 480, 112},
                                      .id = UI_ID(ID_ACTION, 4),
                                      .icon = UI_ICON_FACE_5,
                                      .label = gallery_say(gallery, "服务评价", "Rate us")});
    bar(ui, gallery);
}

/* ---- everything else that a kiosk needs ---- */

static void moods(struct ui *ui, const struct gallery *gallery)
{
    static const struct {
        enum ui_icon icon;
        const char *zh, *en;
    } rows[] = {
        [UI_MOOD_CALM] = {UI_ICON_CLOCK, "本大厅 17:30 停止取号", "Numbers stop at 17:30"},
        [UI_MOOD_OK] = {UI_ICON_CHECK, "网络已恢复", "Connected again"},
        [UI_MOOD_WARN] = {UI_ICON_PAPER_OUT, "打印纸用完，可在屏幕上取号",
                          "No paper: your number will be shown on screen"},
        [UI_MOOD_NOTE] = {UI_ICON_WARNING, "指南可能已更新，请以窗口告知为准",
                          "This guide may be out of date"},
        [UI_MOOD_STOP] = {UI_ICON_CROSS, "手机号应为 11 位，请检查", "A phone number has 11 digits"},
    };
    for (int i = 0; i < 5; i++)
        ui_strip(ui, &(struct ui_strip){.at = {48, 24 + 84 * i, 984, 72},
                                        .mood = (enum ui_mood)i,
                                        .icon = rows[i].icon,
                                        .words = gallery_say(gallery, rows[i].zh, rows[i].en)});
}

static void item_row(struct ui *ui, const struct gallery *gallery)
{
    ui_row_begin(ui, &(struct ui_box){.at = {48, 616, 752, 152},
                                      .id = UI_ID(ID_ROW, 0),
                                      .look = UI_LOOK_CARD,
                                      .guarded = true,
                                      .pad = UI_PAD_XY(32, 16),
                                      .gap = 24,
                                      .align = UI_CENTER});
    ui_icon(ui, &(struct ui_mark){.icon = UI_ICON_ID_CARD, .color = UI_BRAND});
    ui_column_begin(ui, &(struct ui_box){.width = UI_GROW, .gap = 4});
    ui_text(ui,
            &(struct ui_text){.words = gallery_say(gallery, "社会保障卡补领、换领", "Replace a social card"),
                              .type = UI_K_H2,
                              .lines_max = 2});
    ui_text(ui, &(struct ui_text){
                    .words = gallery_say(gallery, "等候 12 人 · 约 12–20 分钟", "12 waiting · 12–20 min"),
                    .type = UI_K_MIN,
                    .color = UI_INK_2});
    ui_column_end(ui);
    ui_row_end(ui);
    ui_button(ui, &(struct ui_button){.at = {816, 616, 216, 152},
                                      .id = UI_ID(ID_GUIDE, 0),
                                      .icon = UI_ICON_BOOK,
                                      .label = gallery_say(gallery, "指南", "Guide"),
                                      .em = 40,
                                      .upright = true});
}

static void buttons(struct ui *ui, const struct gallery *gallery)
{
    ui_button(ui, &(struct ui_button){.at = {48, 1608, 232, 128},
                                      .id = UI_ID(ID_ACTION, 0),
                                      .icon = UI_ICON_BACK,
                                      .label = gallery_say(gallery, "返回", "Back"),
                                      .em = 40});
    ui_button(ui, &(struct ui_button){.at = {304, 1608, 232, 128},
                                      .id = UI_ID(ID_ACTION, 1),
                                      .label = gallery_say(gallery, "跳过", "Skip"),
                                      .disabled = true});
    ui_button(ui, &(struct ui_button){.at = {560, 1608, 472, 128},
                                      .id = UI_ID(ID_ACTION, 2),
                                      .look = UI_LOOK_PRIMARY,
                                      .label = gallery_say(gallery, "完成", "Done"),
                                      .ring = 700,
                                      .ring_words = "11"});
    ui_button(ui, &(struct ui_button){.at = {48, 1464, 480, 112},
                                      .id = UI_ID(ID_ACTION, 3),
                                      .look = UI_LOOK_STOP,
                                      .label = gallery_say(gallery, "取错了，作废此号", "Cancel this number"),
                                      .em = 40});
    ui_button(ui, &(struct ui_button){.at = {552, 1464, 480, 112},
                                      .id = UI_ID(ID_ACTION, 4),
                                      .label = gallery_say(gallery, "09:00–09:30", "09:00–09:30"),
                                      .second = gallery_say(gallery, "余 4", "4 left"),
                                      .selected = true,
                                      .ticked = true});
}

static void keypad(struct ui *ui)
{
    static const char *const keys[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    for (int i = 0; i < 9; i++)
        ui_button(ui, &(struct ui_button){.at = {48 + 204 * (i % 3), 928 + 168 * (i / 3), 188, 152},
                                          .id = UI_ID(ID_KEY, i),
                                          .look = UI_LOOK_KEY,
                                          .label = keys[i],
                                          .type = UI_K_KEY});
}

static void widgets(struct ui *ui, const struct gallery *gallery)
{
    static const char *const tabs[][2] = {{"刷身份证", "ID card"}, {"扫码", "QR code"}, {"手机号", "Phone"}};
    static const enum ui_icon tab_icons[] = {UI_ICON_ID_CARD, UI_ICON_QR, UI_ICON_PHONE};
    uint8_t modules[29 * 29];
    gallery_code(modules, 29);
    moods(ui, gallery);
    for (int i = 0; i < 3; i++)
        ui_button(ui, &(struct ui_button){.at = {48 + 336 * i, 484, 312, 112},
                                          .id = UI_ID(ID_TAB, i),
                                          .look = UI_LOOK_TAB,
                                          .icon = tab_icons[i],
                                          .label = tabs[i][gallery->english],
                                          .em = 40,
                                          .selected = i == 2});
    item_row(ui, gallery);
    ui_field(ui, &(struct ui_field){.at = {48, 788, 600, 120},
                                    .id = UI_ID(ID_FIELD, 0),
                                    .icon = UI_ICON_PHONE,
                                    .value = "138 0013 80",
                                    .caret = true});
    ui_field(ui, &(struct ui_field){.at = {664, 788, 368, 120},
                                    .id = UI_ID(ID_FIELD, 1),
                                    .icon = UI_ICON_MAGNIFIER,
                                    .hint = gallery_say(gallery, "查找事项", "Find an item")});
    keypad(ui);
    ui_code(ui, &(struct ui_code){.at = {680, 928, 320, 320}, .modules = modules, .side = 29});
    ui_layer_begin(ui,
                   &(struct ui_box){.at = {680, 1272, 144, 144}, .align = UI_CENTER, .justify = UI_CENTER});
    ui_ring(ui, &(struct ui_mark){
                    .at = {0, 0, 144, 144}, .amount = 667, .color = UI_BRAND, .track = UI_LINE, .thick = 12});
    ui_text(ui, &(struct ui_text){.words = "20", .em = 56, .weight = UI_BOLD});
    ui_layer_end(ui);
    ui_text(ui, &(struct ui_text){.at = {848, 1272, 184, 144},
                                  .words = "A012",
                                  .em = 72,
                                  .weight = UI_BOLD,
                                  .color = UI_BRAND_DEEP,
                                  .align = UI_CENTER});
    buttons(ui, gallery);
    ui_text(
        ui,
        &(struct ui_text){
            .at = {48, 1752, 984, 152},
            .words = gallery_say(
                gallery,
                "仅用于本次取号和防止重复占号；证件号不保存，手机号 30 天后删除。也可请工作人员人工取号。",
                "Used only for this number. Your ID number is not kept; a phone number is deleted after "
                "30 days. Staff can also issue a number."),
            .type = UI_K_MIN,
            .color = UI_INK_2,
            .lines_max = 3,
            .paragraph = true});
}

/* ---- the other pages ---- */

static void icons(struct ui *ui)
{
    for (int i = 1; i < UI_ICON_COUNT; i++) {
        int column = (i - 1) % 8, row = (i - 1) / 8;
        int x = 48 + 124 * column, y = 48 + 224 * row;
        ui_icon(ui, &(struct ui_mark){.at = {x + 18, y, 80, 80}, .icon = (enum ui_icon)i});
        ui_icon(ui, &(struct ui_mark){
                        .at = {x + 38, y + 96, 40, 40}, .icon = (enum ui_icon)i, .color = UI_BRAND});
        ui_text(ui, &(struct ui_text){.at = {x - 6, y + 144, 128, 40},
                                      .words = ui_icon_name((enum ui_icon)i),
                                      .em = 20,
                                      .em_least = 18,
                                      .alt = true,
                                      .align = UI_CENTER});
    }
}

static void sheet(struct ui *ui, const struct gallery *gallery)
{
    hall(ui, gallery);
    ui_sheet_begin(
        ui, &(struct ui_box){.at = {48, 720, 984, 640}, .pad = UI_PAD(48), .align = UI_CENTER, .gap = 16});
    ui_text(ui, &(struct ui_text){.words = gallery_say(gallery, "还需要继续操作吗？", "Are you still there?"),
                                  .em = 56,
                                  .weight = UI_BOLD});
    ui_text(ui, &(struct ui_text){.words = gallery_say(gallery, "20 秒后将清除您的信息并返回首页",
                                                       "Your details will be cleared in 20 seconds"),
                                  .color = UI_INK_2});
    ui_layer_begin(ui, &(struct ui_box){.height = UI_GROW, .align = UI_CENTER, .justify = UI_CENTER});
    ui_ring(ui, &(struct ui_mark){.width = UI_PX(176),
                                  .height = UI_PX(176),
                                  .amount = 1000,
                                  .color = UI_BRAND,
                                  .track = UI_LINE,
                                  .thick = 14});
    ui_text(ui, &(struct ui_text){.words = "20", .em = 72, .weight = UI_BOLD});
    ui_layer_end(ui);
    ui_row_begin(ui, &(struct ui_box){.width = UI_PERCENT(100), .gap = 24});
    ui_button(ui, &(struct ui_button){.id = UI_ID(ID_SHEET, 1),
                                      .width = UI_GROW,
                                      .height = UI_PX(160),
                                      .label = gallery_say(gallery, "结束", "Finish")});
    ui_button(ui, &(struct ui_button){.id = UI_ID(ID_SHEET, 0),
                                      .width = UI_GROW,
                                      .height = UI_PX(160),
                                      .look = UI_LOOK_PRIMARY,
                                      .label = gallery_say(gallery, "继续", "Continue")});
    ui_row_end(ui);
    ui_sheet_end(ui);
}

/* ---- all pages ---- */

struct ui_frame gallery_frame(const struct gallery *gallery, int64_t now_ms)
{
    struct ui_frame frame = {.width = K_WIDTH,
                             .height = K_HEIGHT,
                             .now_ms = now_ms,
                             .theme = gallery->theme,
                             .senior = gallery->senior,
                             .screen = (uint32_t)gallery->page + 1};
    if (gallery->page == GALLERY_BOARD) {
        frame.width = B_WIDTH;
        frame.height = B_HEIGHT;
        frame.theme = UI_DARK;
    } else if (gallery->page == GALLERY_TICKET) {
        frame.width = T_WIDTH;
        frame.height = 880;
        frame.theme = UI_PRINT;
    }
    return frame;
}

const struct ui_rules *gallery_rules(const struct gallery *gallery)
{
    switch (gallery->page) {
    case GALLERY_BOARD:
        return &ui_rules_board;
    case GALLERY_TICKET:
        return &ui_rules_print;
    case GALLERY_ICONS:
        return NULL;
    default:
        return &ui_rules_kiosk;
    }
}

void gallery_declare(struct ui *ui, void *context)
{
    const struct gallery *gallery = context;
    int arrival = ui_motion(ui, gallery->start_ms, M_STD);
    struct ui_rect canvas = {0, 0, ui->frame.width, ui->frame.height};
    ui_layer_begin(ui, &(struct ui_box){.at = canvas,
                                        .fade = 255 - 255 * arrival / 1000,
                                        .shift_y = M_RISE_PX - M_RISE_PX * arrival / 1000});
    switch (gallery->page) {
    case GALLERY_HALL:
        hall(ui, gallery);
        break;
    case GALLERY_WIDGETS:
        widgets(ui, gallery);
        break;
    case GALLERY_ICONS:
        icons(ui);
        break;
    case GALLERY_SHEET:
        sheet(ui, gallery);
        break;
    case GALLERY_BOARD:
        gallery_board(ui, gallery);
        break;
    case GALLERY_TICKET:
        gallery_ticket(ui);
        break;
    }
    ui_layer_end(ui);
}
