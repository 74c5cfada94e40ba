/* SPDX-License-Identifier: MIT */
#include "kiosk/screens/screens.h"

#include "common/ui/motion.h"
#include "kiosk/screens/parts.h"

enum { REST_MS = 180000 };

typedef void face_draw(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);

static face_draw *const faces[] = {
    [KIOSK_FACE_CONNECTING] = draw_connecting,
    [KIOSK_FACE_CLOSED] = draw_closed,
    [KIOSK_FACE_HOME] = draw_home,
    [KIOSK_FACE_ITEMS] = draw_items,
    [KIOSK_FACE_ISSUED] = draw_issued,
};

/* Nobody has touched it for a while: the picture moves a little each minute, so that it does not burn in. */
static bool is_resting(const struct kiosk *kiosk, const struct kiosk_view *view)
{
    return view->now_ms - kiosk->touched_ms >= REST_MS;
}

struct ui_frame kiosk_screen_frame(const struct kiosk *kiosk, const struct kiosk_view *view)
{
    enum kiosk_face face = kiosk_face(kiosk);
    /* A touch that is down when another screen, page or sheet comes up must not press what it brings. */
    uint32_t screen = (uint32_t)face << 24 | (uint32_t)kiosk->sheet << 20 |
                      (uint32_t)(kiosk->home_page & 15) << 16 | (uint32_t)(kiosk->page & 511) << 7 |
                      (uint32_t)kiosk->domain;
    int step = is_resting(kiosk, view) ? (int)(view->now_ms / M_BURN_IN % 4) : 0;
    return (struct ui_frame){.width = K_WIDTH,
                             .height = K_HEIGHT,
                             .now_ms = view->now_ms,
                             .theme = face == KIOSK_FACE_CLOSED ? UI_DARK : UI_LIGHT,
                             .still = view->still,
                             .shift_x = step == 1 || step == 2 ? M_BURN_IN_PX : 0,
                             .shift_y = step >= 2 ? M_BURN_IN_PX : 0,
                             .screen = screen + 1};
}

void kiosk_screen_draw(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    int shown = ui_motion(ui, kiosk->screen_ms, M_STD);
    draw_header(ui, kiosk, view);
    ui_layer_begin(ui, &(struct ui_box){.at = {0, 0, K_WIDTH, K_HEIGHT},
                                        .fade = motion_between(255, 0, shown),
                                        .shift_y = motion_between(M_RISE_PX, 0, shown)});
    faces[kiosk_face(kiosk)](ui, kiosk, view);
    ui_layer_end(ui);
    draw_bar(ui, kiosk, view);
    draw_sheet(ui, kiosk, view);
}
