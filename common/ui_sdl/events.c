/* SPDX-License-Identifier: MIT */
#include "common/ui_sdl/events.h"

#include <string.h>

static int to_logical(int real, int start, int scale_permille)
{
    int64_t off = (int64_t)(real - start) * 1000;
    return (int)(off >= 0 ? off / scale_permille : (off - scale_permille + 1) / scale_permille);
}

static bool point(const struct ui_view *view, struct ui_event *event, enum ui_event_kind kind, int x, int y)
{
    event->kind = kind;
    event->x = to_logical(x, view->left, view->scale_permille);
    event->y = to_logical(y, view->top, view->scale_permille);
    return true;
}

static bool from_button(const struct ui_view *view, const SDL_MouseButtonEvent *button,
                        struct ui_event *event)
{
    if (button->which == SDL_TOUCH_MOUSEID || button->button != SDL_BUTTON_LEFT)
        return false;
    return point(view, event, button->type == SDL_MOUSEBUTTONDOWN ? UI_EVENT_DOWN : UI_EVENT_UP, button->x,
                 button->y);
}

static bool from_motion(const struct ui_view *view, const SDL_MouseMotionEvent *motion,
                        struct ui_event *event)
{
    if (motion->which == SDL_TOUCH_MOUSEID || !(motion->state & SDL_BUTTON_LMASK))
        return false;
    return point(view, event, UI_EVENT_MOVE, motion->x, motion->y);
}

static bool from_finger(const struct ui_view *view, const SDL_TouchFingerEvent *finger,
                        struct ui_event *event)
{
    if (finger->touchId == SDL_MOUSE_TOUCHID)
        return false;
    enum ui_event_kind kind = finger->type == SDL_FINGERDOWN ? UI_EVENT_DOWN
                              : finger->type == SDL_FINGERUP ? UI_EVENT_UP
                                                             : UI_EVENT_MOVE;
    event->pointer = (int64_t)((uint64_t)finger->touchId << 32 ^ (uint64_t)finger->fingerId) + 1;
    return point(view, event, kind, (int)(finger->x * (float)view->real_width),
                 (int)(finger->y * (float)view->real_height));
}

static bool from_key(const SDL_KeyboardEvent *key, struct ui_event *event)
{
    static const struct {
        SDL_Keycode sdl;
        enum ui_key key;
    } keys[] = {
        {SDLK_TAB, UI_KEY_NEXT},        {SDLK_UP, UI_KEY_UP},       {SDLK_DOWN, UI_KEY_DOWN},
        {SDLK_LEFT, UI_KEY_LEFT},       {SDLK_RIGHT, UI_KEY_RIGHT}, {SDLK_RETURN, UI_KEY_OK},
        {SDLK_KP_ENTER, UI_KEY_OK},     {SDLK_SPACE, UI_KEY_OK},    {SDLK_ESCAPE, UI_KEY_BACK},
        {SDLK_BACKSPACE, UI_KEY_ERASE}, {SDLK_F12, UI_KEY_REPEAT},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].sdl == key->keysym.sym) {
            bool back = keys[i].key == UI_KEY_NEXT && (key->keysym.mod & KMOD_SHIFT);
            event->kind = UI_EVENT_KEY;
            event->key = back ? UI_KEY_PREVIOUS : keys[i].key;
            event->repeat = key->repeat != 0;
            return true;
        }
    return false;
}

static bool from_text(const SDL_TextInputEvent *text, struct ui_event *event)
{
    _Static_assert(sizeof event->text >= sizeof text->text, "SDL's text fits");
    event->kind = UI_EVENT_TEXT;
    memcpy(event->text, text->text, sizeof text->text);
    event->text[sizeof event->text - 1] = '\0';
    return event->text[0] != '\0';
}

bool ui_event_from_sdl(const struct ui_view *view, const SDL_Event *sdl, int64_t now_ms,
                       struct ui_event *event)
{
    *event = (struct ui_event){.time_ms = now_ms};
    switch (sdl->type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return from_button(view, &sdl->button, event);
    case SDL_MOUSEMOTION:
        return from_motion(view, &sdl->motion, event);
    case SDL_FINGERDOWN:
    case SDL_FINGERUP:
    case SDL_FINGERMOTION:
        return from_finger(view, &sdl->tfinger, event);
    case SDL_KEYDOWN:
        return from_key(&sdl->key, event);
    case SDL_TEXTINPUT:
        return from_text(&sdl->text, event);
    case SDL_QUIT:
        event->kind = UI_EVENT_QUIT;
        return true;
    case SDL_WINDOWEVENT:
        if (sdl->window.event != SDL_WINDOWEVENT_EXPOSED && sdl->window.event != SDL_WINDOWEVENT_SIZE_CHANGED)
            return false;
        event->kind = UI_EVENT_REDRAW;
        return true;
    default:
        return false;
    }
}
