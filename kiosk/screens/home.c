/* SPDX-License-Identifier: MIT
 * K-01: which service? */
#include <stdio.h>

#include "kiosk/screens/parts.h"

enum {
    CARD_WIDE = 312,
    CARD_HIGH = 192,
    CARD_STEP_X = 336,
    CARD_STEP_Y = 216,
    NAME_WIDE = 272,
    LONG_NAME_EM = 38,
    NOTICE_LINES_MAX = 5,
    CHIPS_WIDE_MAX = 3
};

/* ---- cards ---- */

static struct ui_rect card_place(int n)
{
    return (struct ui_rect){K_MARGIN + CARD_STEP_X * (n % 3), 544 + CARD_STEP_Y * (n / 3), CARD_WIDE,
                            CARD_HIGH};
}

static void card_inside(struct ui *ui, enum ui_icon icon, const char *name, const char *state, bool open)
{
    enum ui_color color = open ? UI_INK : UI_INK_2;
    ui_icon(ui, &(struct ui_mark){.at = {24, 20, 64, 64}, .icon = icon, .color = open ? UI_BRAND : UI_INK_3});
    ui_text(
        ui,
        &(struct ui_text){
            .at = {92, 20, 200, 64}, .words = state, .type = UI_K_MIN, .color = UI_INK_2, .align = UI_END});
    bool long_name = words_lines(ui, name, UI_BOLD, ui_em(UI_K_H2, false), NAME_WIDE) > 1;
    ui_text(ui, &(struct ui_text){.at = {24, 86, NAME_WIDE, 96},
                                  .words = name,
                                  .type = UI_K_H2,
                                  .em = long_name ? LONG_NAME_EM : 0,
                                  .color = color,
                                  .lines_max = 2,
                                  .em_least = 34});
}

static void domain_card(struct ui *ui, const struct kiosk *kiosk, int n, const struct kiosk_domain *domain)
{
    char state[KIOSK_WORDS_MAX] = "";
    bool open = kiosk_domain_is_open(kiosk, domain->id);
    int waiting = kiosk->counts.domains[domain->id].waiting;
    if (!open)
        snprintf(state, sizeof state, "%s", say(kiosk, "Closed now"));
    else if (waiting >= 0 && !kiosk->offline)
        snprintf(state, sizeof state, say(kiosk, "Queue %d"), waiting);
    ui_layer_begin(ui, &(struct ui_box){.at = card_place(n),
                                        .id = KIOSK_UI_ID(KIOSK_ACT_DOMAIN, domain->id),
                                        .look = UI_LOOK_CARD,
                                        .guarded = true});
    card_inside(ui, domain_icon(domain), name_in(kiosk, domain->name), state, open);
    ui_layer_end(ui);
}

static void more_card(struct ui *ui, const struct kiosk *kiosk)
{
    ui_layer_begin(ui, &(struct ui_box){.at = card_place(KIOSK_CARDS - 1),
                                        .id = KIOSK_UI_ID(KIOSK_ACT_MORE, 0),
                                        .look = UI_LOOK_CARD,
                                        .guarded = true});
    char page[KIOSK_WORDS_MAX];
    snprintf(page, sizeof page, "%d/%d", kiosk->home_page + 1, kiosk_home_pages(kiosk));
    card_inside(ui, UI_ICON_GRID, say(kiosk, "More services"), page, true);
    ui_layer_end(ui);
}

static void draw_cards(struct ui *ui, const struct kiosk *kiosk)
{
    ui_row_begin(ui, &(struct ui_box){.at = {K_MARGIN, 480, K_WIDE, 56}, .gap = 16, .align = UI_BASELINE});
    ui_text(ui, &(struct ui_text){.words = say(kiosk, "Get a number"), .type = UI_K_H2});
    ui_text(ui, &(struct ui_text){.words = echo(kiosk, "Get a number"), .type = UI_K_ALT, .color = UI_INK_2});
    ui_row_end(ui);
    for (int n = 0; n < KIOSK_CARDS; n++) {
        const struct kiosk_domain *domain = kiosk_card(kiosk, n);
        if (domain)
            domain_card(ui, kiosk, n, domain);
    }
    if (kiosk_has_more(kiosk))
        more_card(ui, kiosk);
}

/* ---- popular items ---- */

static void chip(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_item *item, struct ui_rect at)
{
    bool open = kiosk_item_is_open(kiosk, item->id) && !kiosk_item_is_used_up(kiosk, item->id);
    bool taken = kiosk->sheet == KIOSK_SHEET_TAKING && kiosk->taking.item == item->id;
    enum ui_color color = open ? UI_INK : UI_INK_3;
    ui_row_begin(ui, &(struct ui_box){.at = at,
                                      .id = KIOSK_UI_ID(KIOSK_ACT_TAKE, item->id),
                                      .look = UI_LOOK_CHIP,
                                      .pad = UI_PAD_XY(16, 4),
                                      .gap = 16,
                                      .align = UI_CENTER,
                                      .justify = UI_CENTER,
                                      .guarded = true,
                                      .disabled = !open,
                                      .selected = taken});
    if (at.w > CARD_WIDE)
        ui_icon(ui, &(struct ui_mark){
                        .icon = UI_ICON_TICKET, .width = UI_PX(48), .height = UI_PX(48), .color = color});
    ui_column_begin(ui, &(struct ui_box){.align = UI_CENTER});
    ui_text(ui, &(struct ui_text){.words = name_in(kiosk, item->short_name),
                                  .em = 40,
                                  .weight = UI_BOLD,
                                  .color = color,
                                  .align = UI_CENTER,
                                  .lines_max = open ? 2 : 1,
                                  .em_least = 34});
    if (!open)
        ui_text(ui, &(struct ui_text){
                        .words = say(kiosk, "Closed now"), .type = UI_K_ALT, .color = UI_INK_3, .alt = true});
    ui_column_end(ui);
    ui_row_end(ui);
}

static void draw_chips(struct ui *ui, const struct kiosk *kiosk)
{
    const struct kiosk_item *chips[KIOSK_CHIPS];
    int count = kiosk_chips(kiosk, chips);
    if (!count)
        return;
    if (kiosk->language == WORDS_EN && count > CHIPS_WIDE_MAX)
        count = CHIPS_WIDE_MAX; /* English words are longer */
    ui_row_begin(ui, &(struct ui_box){.at = {K_MARGIN, 1192, K_WIDE, 48}, .gap = 16, .align = UI_BASELINE});
    ui_text(ui, &(struct ui_text){.words = say(kiosk, "Popular: one tap takes the number"),
                                  .type = UI_K_MIN,
                                  .weight = UI_BOLD});
    ui_text(ui, &(struct ui_text){.words = echo(kiosk, "Popular"), .type = UI_K_ALT, .color = UI_INK_2});
    ui_row_end(ui);
    int wide = (K_WIDE - K_GUT * (count - 1)) / count;
    for (int i = 0; i < count; i++)
        chip(ui, kiosk, chips[i], (struct ui_rect){K_MARGIN + (wide + K_GUT) * i, 1248, wide, 120});
}

/* ---- house rules ---- */

static void notice_line(struct ui *ui, const char *words)
{
    ui_row_begin(ui, &(struct ui_box){.width = UI_PERCENT(100), .gap = 16, .align = UI_BASELINE});
    ui_text(ui, &(struct ui_text){.words = "·", .type = UI_K_MIN, .weight = UI_BOLD, .color = UI_BRAND});
    ui_text(ui, &(struct ui_text){
                    .words = words, .type = UI_K_MIN, .color = UI_INK_2, .width = UI_GROW, .lines_max = 2});
    ui_row_end(ui);
}

/* The place of the buttons that lead to booking, check-in, queries and guides; until then the hall's rules.
 */
static void draw_notices(struct ui *ui, const struct kiosk *kiosk)
{
    const char *now = kiosk->counts.notice[kiosk->language];
    int left = NOTICE_LINES_MAX, wide = K_WIDE - 64 - 40;
    if (!kiosk->catalogue.notice_count && !*now)
        return;
    ui_column_begin(ui, &(struct ui_box){.at = {K_MARGIN, 1392, K_WIDE, 0},
                                         .fill = UI_SUNK,
                                         .radius = R_CARD,
                                         .pad = UI_PAD_XY(32, 24),
                                         .gap = 12});
    ui_text(ui, &(struct ui_text){.words = say(kiosk, "In this hall"), .type = UI_K_MIN, .weight = UI_BOLD});
    if (*now) {
        notice_line(ui, now);
        left -= words_lines(ui, now, UI_REGULAR, 34, wide);
    }
    for (int i = 0; i < kiosk->catalogue.notice_count; i++) {
        const char *words = name_in(kiosk, kiosk->catalogue.notices[i]);
        int lines = words_lines(ui, words, UI_REGULAR, 34, wide);
        if (lines > 2 || lines > left)
            continue;
        notice_line(ui, words);
        left -= lines;
    }
    ui_column_end(ui);
}

void draw_home(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    (void)view;
    draw_title(ui, say(kiosk, "Hello. Which service do you need?"),
               kiosk->language == WORDS_ZH ? "Hello. Choose a service to get a number."
                                           : "Tap a service, then an item: you get your number at once.");
    draw_status(ui, kiosk, &kiosk->counts.hall);
    draw_cards(ui, kiosk);
    draw_chips(ui, kiosk);
    draw_notices(ui, kiosk);
}
