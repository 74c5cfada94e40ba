/* SPDX-License-Identifier: MIT
 * K-02: which item? A touch on a row takes the number. */
#include <stdio.h>

#include "kiosk/screens/parts.h"

enum {
    ROW_TOP = 616,
    ROW_STEP = 168,
    ROW_HIGH = 152,
    TAKE_WIDE = 752,
    BESIDE_X = 816,
    BESIDE_WIDE = 216,
    NAME_WIDE = TAKE_WIDE - 136,
    LONG_NAME_EM = 38
};

/* What a person must have with them: beside the row, where the guide's button will be. */
static void badge(struct ui *ui, enum ui_icon icon, const char *words)
{
    ui_row_begin(ui, &(struct ui_box){.gap = 12, .align = UI_CENTER});
    ui_icon(ui, &(struct ui_mark){.icon = icon, .width = UI_PX(40), .height = UI_PX(40), .color = UI_WARN});
    ui_text(ui, &(struct ui_text){.words = words, .type = UI_K_MIN, .color = UI_WARN});
    ui_row_end(ui);
}

static void badges(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_item *item, int y)
{
    ui_column_begin(
        ui, &(struct ui_box){.at = {BESIDE_X, y, BESIDE_WIDE, ROW_HIGH}, .gap = 8, .justify = UI_CENTER});
    if (item->needs_identity)
        badge(ui, UI_ICON_ID_CARD, say(kiosk, "ID card"));
    if (item->needs_papers)
        badge(ui, UI_ICON_DOCUMENT, say(kiosk, "Papers"));
    ui_column_end(ui);
}

static void row(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_item *item, int y)
{
    char load[KIOSK_WORDS_MAX];
    bool used_up = kiosk_item_is_used_up(kiosk, item->id);
    bool open = kiosk_item_is_open(kiosk, item->id) && !used_up;
    phrase_load(kiosk, &kiosk->counts.items[item->id], load);
    const char *state = used_up ? say(kiosk, "No numbers left today")
                        : open  ? load
                                : say(kiosk, "No open window right now");
    ui_layer_begin(ui, &(struct ui_box){.at = {K_MARGIN, y, TAKE_WIDE, ROW_HIGH},
                                        .id = KIOSK_UI_ID(KIOSK_ACT_TAKE, item->id),
                                        .look = UI_LOOK_CARD,
                                        .guarded = true,
                                        .disabled = !open,
                                        .selected = kiosk->sheet == KIOSK_SHEET_TAKING &&
                                                    kiosk->taking.item == item->id});
    ui_icon(ui, &(struct ui_mark){
                    .at = {32, 44, 64, 64}, .icon = UI_ICON_TICKET, .color = open ? UI_BRAND : UI_INK_3});
    const char *name = name_in(kiosk, item->name);
    bool long_name = words_lines(ui, name, UI_BOLD, ui_em(UI_K_H2, false), NAME_WIDE) > 1;
    ui_column_begin(ui, &(struct ui_box){.at = {120, 0, NAME_WIDE, ROW_HIGH}, .justify = UI_CENTER});
    ui_text(ui, &(struct ui_text){.words = name,
                                  .type = UI_K_H2,
                                  .em = long_name ? LONG_NAME_EM : 0,
                                  .color = open ? UI_INK : UI_INK_3,
                                  .width = UI_PERCENT(100),
                                  .lines_max = 2,
                                  .em_least = 34});
    if (*state)
        ui_text(ui, &(struct ui_text){.words = state,
                                      .type = UI_K_MIN,
                                      .color = open ? UI_INK_2 : UI_STOP,
                                      .width = UI_PERCENT(100)});
    ui_column_end(ui);
    ui_layer_end(ui);
    badges(ui, kiosk, item, y);
}

static void page_button(struct ui *ui, const struct kiosk *kiosk, bool on, bool possible)
{
    enum ui_color color = possible ? UI_INK : UI_INK_3;
    struct ui_mark arrow = {.icon = on ? UI_ICON_ARROW_RIGHT : UI_ICON_ARROW_LEFT,
                            .width = UI_PX(48),
                            .height = UI_PX(48),
                            .color = color};
    ui_row_begin(ui, &(struct ui_box){.at = {on ? 720 : K_MARGIN, 1464, 312, K_TOUCH_STD},
                                      .id = KIOSK_UI_ID(on ? KIOSK_ACT_PAGE_ON : KIOSK_ACT_PAGE_BACK, 0),
                                      .look = UI_LOOK_BUTTON,
                                      .gap = 16,
                                      .align = UI_CENTER,
                                      .justify = UI_CENTER,
                                      .disabled = !possible});
    if (!on)
        ui_icon(ui, &arrow);
    ui_text(ui, &(struct ui_text){.words = on ? say(kiosk, "Next") : say(kiosk, "Previous"), .color = color});
    if (on)
        ui_icon(ui, &arrow);
    ui_row_end(ui);
}

static void draw_paging(struct ui *ui, const struct kiosk *kiosk)
{
    char pages[KIOSK_WORDS_MAX];
    int count = kiosk_item_pages(kiosk);
    if (count < 2)
        return;
    snprintf(pages, sizeof pages, "%d/%d", kiosk->page + 1, count);
    page_button(ui, kiosk, false, kiosk->page > 0);
    ui_text(ui, &(struct ui_text){.at = {384, 1464, 312, K_TOUCH_STD}, .words = pages, .align = UI_CENTER});
    page_button(ui, kiosk, true, kiosk->page + 1 < count);
}

static void draw_navigation(struct ui *ui, const struct kiosk *kiosk)
{
    ui_button(ui, &(struct ui_button){.at = {K_MARGIN, K_NAV_Y, 232, K_PRIMARY},
                                      .id = KIOSK_UI_ID(KIOSK_ACT_BACK, 0),
                                      .icon = UI_ICON_BACK,
                                      .label = say(kiosk, "Back"),
                                      .guarded = true});
    ui_button(ui, &(struct ui_button){.at = {304, K_NAV_Y, 232, K_PRIMARY},
                                      .id = KIOSK_UI_ID(KIOSK_ACT_HOME, 0),
                                      .icon = UI_ICON_HOME,
                                      .label = say(kiosk, "Home"),
                                      .guarded = true});
}

void draw_items(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    const struct kiosk_domain *domain = kiosk_domain_find(&kiosk->catalogue, kiosk->domain);
    (void)view;
    if (!domain)
        return;
    draw_title(ui, name_in(kiosk, domain->name), say(kiosk, "Tap an item to get your number"));
    draw_status(ui, kiosk, &kiosk->counts.domains[domain->id]);
    ui_strip(ui,
             &(struct ui_strip){
                 .at = {K_MARGIN, 480, K_WIDE, 112},
                 .mood = UI_MOOD_CALM,
                 .icon = UI_ICON_HELP,
                 .words = say(kiosk, "Cannot find your item? Staff at the help desk will find it for you.")});
    for (int n = 0; n < KIOSK_ROWS; n++) {
        const struct kiosk_item *item =
            kiosk_domain_item(&kiosk->catalogue, domain->id, kiosk->page * KIOSK_ROWS + n);
        if (item)
            row(ui, kiosk, item, ROW_TOP + ROW_STEP * n);
    }
    draw_paging(ui, kiosk);
    draw_navigation(ui, kiosk);
}
