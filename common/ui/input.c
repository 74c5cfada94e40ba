/* SPDX-License-Identifier: MIT
 * Touches and keys against the hit rectangles of the last frame. */
#include "common/ui/parts.h"

#include <assert.h>
#include <stddef.h>

static const struct ui_hit *hit_at(const struct ui *ui, int x, int y)
{
    for (int i = ui->hit_count - 1; i >= 0; i--)
        if (ui_rect_contains(ui->hits[i].rect, x, y))
            return &ui->hits[i];
    return NULL;
}

static const struct ui_hit *hit_of(const struct ui *ui, ui_id id)
{
    for (int i = 0; i < ui->hit_count; i++)
        if (ui->hits[i].id == id)
            return &ui->hits[i];
    return NULL;
}

static struct ui_press *press_of(struct ui *ui, int64_t pointer)
{
    for (int i = 0; i < UI_POINTERS_MAX; i++)
        if (ui->presses[i].down && ui->presses[i].pointer == pointer)
            return &ui->presses[i];
    return NULL;
}

static struct ui_press *press_free(struct ui *ui)
{
    for (int i = 0; i < UI_POINTERS_MAX; i++)
        if (!ui->presses[i].down)
            return &ui->presses[i];
    return NULL;
}

bool ui_is_pressed(const struct ui *ui, ui_id id)
{
    for (int i = 0; i < UI_POINTERS_MAX; i++)
        if (ui->presses[i].down && ui->presses[i].inside && ui->presses[i].id == id && id != 0)
            return true;
    return false;
}

void ui_touch_drop(struct ui *ui)
{
    for (int i = 0; i < UI_POINTERS_MAX; i++)
        ui->presses[i].id = 0; /* the finger itself stays known until it is lifted */
}

static bool is_guarded_off(const struct ui *ui, const struct ui_hit *hit, int64_t time_ms)
{
    return hit->guarded && time_ms < ui->guard_until_ms;
}

static struct ui_result down(struct ui *ui, const struct ui_event *event)
{
    struct ui_result result = {.changed = ui->focus_shown};
    ui->focus_shown = false;
    struct ui_press *press = press_of(ui, event->pointer); /* a lost "up": begin anew */
    if (!press)
        press = press_free(ui);
    if (!press)
        return result;
    *press = (struct ui_press){.pointer = event->pointer, .down = true};
    const struct ui_hit *hit = hit_at(ui, event->x, event->y);
    if (!hit || is_guarded_off(ui, hit, event->time_ms) || ui_is_pressed(ui, hit->id))
        return result;
    press->id = result.pressed = hit->id;
    press->guarded = hit->guarded;
    press->inside = result.changed = true;
    return result;
}

static struct ui_result move(struct ui *ui, const struct ui_event *event)
{
    struct ui_result result = {0};
    struct ui_press *press = press_of(ui, event->pointer);
    const struct ui_hit *hit = press && press->id ? hit_of(ui, press->id) : NULL;
    if (!hit)
        return result;
    bool inside = ui_rect_contains(hit->rect, event->x, event->y);
    result.changed = inside != press->inside;
    press->inside = inside;
    return result;
}

static void click(struct ui *ui, struct ui_result *result, const struct ui_hit *hit, int64_t time_ms)
{
    result->clicked = hit->id;
    if (hit->guarded)
        ui->guard_until_ms = time_ms + M_GUARD;
}

static struct ui_result up(struct ui *ui, const struct ui_event *event)
{
    struct ui_result result = move(ui, event);
    struct ui_press *press = press_of(ui, event->pointer);
    if (!press)
        return result;
    const struct ui_hit *hit = press->id ? hit_of(ui, press->id) : NULL;
    bool clicked = hit && hit_at(ui, event->x, event->y) == hit;
    result.changed = press->id != 0;
    *press = (struct ui_press){0};
    if (clicked && !is_guarded_off(ui, hit, event->time_ms))
        click(ui, &result, hit, event->time_ms);
    return result;
}

static struct ui_result cancel(struct ui *ui, const struct ui_event *event)
{
    struct ui_press *press = press_of(ui, event->pointer);
    struct ui_result result = {.changed = press && press->id};
    if (press)
        *press = (struct ui_press){0};
    return result;
}

/* ---- keys ---- */

static ui_id id_in_order(const struct ui *ui, int order)
{
    for (int i = 0; i < ui->hit_count; i++)
        if (ui->hits[i].order == order)
            return ui->hits[i].id;
    return 0;
}

static struct ui_result focus_move(struct ui *ui, int step)
{
    struct ui_result result = {0};
    if (ui->hit_count == 0)
        return result;
    const struct ui_hit *from = ui->focus ? hit_of(ui, ui->focus) : NULL;
    int order = from ? from->order + step : step > 0 ? 0 : ui->hit_count - 1;
    order = (order + ui->hit_count) % ui->hit_count;
    ui->focus = result.focused = id_in_order(ui, order);
    ui->focus_shown = result.changed = true;
    return result;
}

static struct ui_result key(struct ui *ui, const struct ui_event *event)
{
    struct ui_result result = {0};
    switch (event->key) {
    case UI_KEY_NEXT:
    case UI_KEY_DOWN:
    case UI_KEY_RIGHT:
        return focus_move(ui, 1);
    case UI_KEY_PREVIOUS:
    case UI_KEY_UP:
    case UI_KEY_LEFT:
        return focus_move(ui, -1);
    case UI_KEY_OK:
        break;
    default:
        return result;
    }
    const struct ui_hit *hit = ui->focus ? hit_of(ui, ui->focus) : NULL;
    if (!hit || event->repeat || is_guarded_off(ui, hit, event->time_ms))
        return result;
    result.changed = !ui->focus_shown;
    ui->focus_shown = true;
    click(ui, &result, hit, event->time_ms);
    return result;
}

struct ui_result ui_input(struct ui *ui, const struct ui_event *event)
{
    assert(!ui->declaring);
    switch (event->kind) {
    case UI_EVENT_DOWN:
        return down(ui, event);
    case UI_EVENT_MOVE:
        return move(ui, event);
    case UI_EVENT_UP:
        return up(ui, event);
    case UI_EVENT_CANCEL:
        return cancel(ui, event);
    case UI_EVENT_KEY:
        return key(ui, event);
    case UI_EVENT_REDRAW:
        return (struct ui_result){.changed = true};
    default:
        return (struct ui_result){0};
    }
}

ui_id ui_focus(const struct ui *ui)
{
    return ui->focus;
}

void ui_focus_set(struct ui *ui, ui_id id, bool shown)
{
    ui->focus = id;
    ui->focus_shown = shown;
}

void ui_input_settle(struct ui *ui)
{
    for (int i = 0; i < UI_POINTERS_MAX; i++)
        if (ui->presses[i].id && !hit_of(ui, ui->presses[i].id))
            ui->presses[i].id = 0;
    if (ui->focus && !hit_of(ui, ui->focus))
        ui->focus = 0;
}
