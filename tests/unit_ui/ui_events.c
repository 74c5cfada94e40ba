/* SPDX-License-Identifier: MIT
 * From SDL's events to ours: a tap is one tap whichever way SDL reports it, and points land on logical
 * pixels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/ui_sdl/events.h"

static const struct ui_view plain = {0, 0, 1000, 1080, 1920};
static const struct ui_view half = {100, 20, 500, 740, 1000}; /* bars at the sides */

static SDL_Event button(uint32_t type, uint32_t which, int x, int y)
{
    SDL_Event sdl = {.button = {.type = type, .which = which, .button = SDL_BUTTON_LEFT, .x = x, .y = y}};
    return sdl;
}

static SDL_Event finger(uint32_t type, SDL_TouchID touch, SDL_FingerID id, float x, float y)
{
    SDL_Event sdl = {.tfinger = {.type = type, .touchId = touch, .fingerId = id, .x = x, .y = y}};
    return sdl;
}

static bool taken(const struct ui_view *view, SDL_Event sdl, struct ui_event *event)
{
    return ui_event_from_sdl(view, &sdl, 777, event);
}

static void test_the_mouse_is_pointer_zero(void **state)
{
    (void)state;
    struct ui_event event;
    assert_true(taken(&plain, button(SDL_MOUSEBUTTONDOWN, 0, 5, 6), &event));
    assert_int_equal(event.kind, UI_EVENT_DOWN);
    assert_int_equal(event.pointer, 0);
    assert_int_equal(event.x, 5);
    assert_int_equal(event.y, 6);
    assert_int_equal(event.time_ms, 777);
    assert_true(taken(&plain, button(SDL_MOUSEBUTTONUP, 0, 5, 6), &event));
    assert_int_equal(event.kind, UI_EVENT_UP);
    SDL_Event right = button(SDL_MOUSEBUTTONDOWN, 0, 5, 6);
    right.button.button = SDL_BUTTON_RIGHT;
    assert_false(taken(&plain, right, &event));
    SDL_Event motion = {.motion = {.type = SDL_MOUSEMOTION, .state = SDL_BUTTON_LMASK, .x = 9, .y = 9}};
    assert_true(taken(&plain, motion, &event));
    assert_int_equal(event.kind, UI_EVENT_MOVE);
    motion.motion.state = 0;
    assert_false(taken(&plain, motion, &event));
}

/* What X sends for one touch: an emulated mouse press before the finger, and both releases. */
static void test_a_touch_and_its_emulated_mouse_are_one_tap(void **state)
{
    (void)state;
    const SDL_Event events[] = {
        button(SDL_MOUSEBUTTONDOWN, SDL_TOUCH_MOUSEID, 540, 960),
        finger(SDL_FINGERDOWN, 3, 1, 0.5f, 0.5f),
        button(SDL_MOUSEBUTTONUP, SDL_TOUCH_MOUSEID, 540, 960),
        finger(SDL_FINGERUP, 3, 1, 0.5f, 0.5f),
    };
    int downs = 0, ups = 0;
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct ui_event event;
        if (!taken(&plain, events[i], &event))
            continue;
        downs += event.kind == UI_EVENT_DOWN;
        ups += event.kind == UI_EVENT_UP;
        assert_int_equal(event.x, 540);
        assert_int_equal(event.y, 960);
    }
    assert_int_equal(downs, 1);
    assert_int_equal(ups, 1);
}

/* The other way round: a mouse that SDL also reports as a finger (SDL_MOUSE_TOUCH_EVENTS=1). */
static void test_a_mouse_and_its_emulated_finger_are_one_tap(void **state)
{
    (void)state;
    struct ui_event event;
    assert_true(taken(&plain, button(SDL_MOUSEBUTTONDOWN, 0, 540, 960), &event));
    assert_false(taken(&plain, finger(SDL_FINGERDOWN, SDL_MOUSE_TOUCHID, 0, 0.5f, 0.5f), &event));
    assert_false(taken(&plain, finger(SDL_FINGERUP, SDL_MOUSE_TOUCHID, 0, 0.5f, 0.5f), &event));
    SDL_Event motion = {
        .motion = {.type = SDL_MOUSEMOTION, .which = SDL_TOUCH_MOUSEID, .state = SDL_BUTTON_LMASK}};
    assert_false(taken(&plain, motion, &event));
}

static void test_fingers_are_told_apart(void **state)
{
    (void)state;
    struct ui_event one, two, other_device;
    assert_true(taken(&plain, finger(SDL_FINGERDOWN, 3, 0, 0.1f, 0.1f), &one));
    assert_true(taken(&plain, finger(SDL_FINGERDOWN, 3, 1, 0.1f, 0.1f), &two));
    assert_true(taken(&plain, finger(SDL_FINGERMOTION, 4, 0, 0.1f, 0.1f), &other_device));
    assert_int_equal(other_device.kind, UI_EVENT_MOVE);
    assert_true(one.pointer != two.pointer && one.pointer != other_device.pointer && one.pointer != 0);
}

static void test_points_follow_scale_and_bars(void **state)
{
    (void)state;
    struct ui_event event;
    taken(&half, button(SDL_MOUSEBUTTONDOWN, 0, 100, 20), &event);
    assert_int_equal(event.x, 0);
    assert_int_equal(event.y, 0);
    taken(&half, button(SDL_MOUSEBUTTONDOWN, 0, 639, 979), &event);
    assert_int_equal(event.x, 1078);
    assert_int_equal(event.y, 1918);
    taken(&half, button(SDL_MOUSEBUTTONDOWN, 0, 99, 19), &event); /* on the bar: outside */
    assert_int_equal(event.x, -2);
    assert_int_equal(event.y, -2);
    taken(&half, finger(SDL_FINGERDOWN, 3, 0, 0.5f, 0.5f), &event);
    assert_int_equal(event.x, 540);
    assert_int_equal(event.y, 960);
}

static SDL_Event key(SDL_Keycode code, uint16_t mod, uint8_t repeat)
{
    SDL_Event sdl = {.key = {.type = SDL_KEYDOWN, .repeat = repeat, .keysym = {.sym = code, .mod = mod}}};
    return sdl;
}

static void test_keys(void **state)
{
    (void)state;
    static const struct {
        SDL_Keycode code;
        uint16_t mod;
        enum ui_key key;
    } rows[] = {{SDLK_TAB, 0, UI_KEY_NEXT},    {SDLK_TAB, KMOD_LSHIFT, UI_KEY_PREVIOUS},
                {SDLK_RETURN, 0, UI_KEY_OK},   {SDLK_KP_ENTER, 0, UI_KEY_OK},
                {SDLK_ESCAPE, 0, UI_KEY_BACK}, {SDLK_BACKSPACE, 0, UI_KEY_ERASE},
                {SDLK_UP, 0, UI_KEY_UP},       {SDLK_DOWN, KMOD_LSHIFT, UI_KEY_DOWN},
                {SDLK_LEFT, 0, UI_KEY_LEFT},   {SDLK_RIGHT, 0, UI_KEY_RIGHT},
                {SDLK_F12, 0, UI_KEY_REPEAT},  {SDLK_SPACE, 0, UI_KEY_OK}};
    struct ui_event event;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(taken(&plain, key(rows[i].code, rows[i].mod, 0), &event));
        assert_int_equal(event.kind, UI_EVENT_KEY);
        assert_int_equal(event.key, rows[i].key);
        assert_false(event.repeat);
    }
    assert_true(taken(&plain, key(SDLK_TAB, 0, 1), &event));
    assert_true(event.repeat);
    assert_false(taken(&plain, key(SDLK_a, 0, 0), &event)); /* letters come as text */
}

static void test_text_window_and_end(void **state)
{
    (void)state;
    struct ui_event event;
    SDL_Event sdl = {.text = {.type = SDL_TEXTINPUT}};
    assert_false(taken(&plain, sdl, &event));
    memset(sdl.text.text, 'x', sizeof sdl.text.text); /* not terminated: never trusted */
    assert_true(taken(&plain, sdl, &event));
    assert_int_equal(strlen(event.text), sizeof event.text - 1);
    SDL_Event window = {.window = {.type = SDL_WINDOWEVENT, .event = SDL_WINDOWEVENT_EXPOSED}};
    assert_true(taken(&plain, window, &event));
    assert_int_equal(event.kind, UI_EVENT_REDRAW);
    window.window.event = SDL_WINDOWEVENT_ENTER;
    assert_false(taken(&plain, window, &event));
    SDL_Event quit = {.type = SDL_QUIT};
    assert_true(taken(&plain, quit, &event));
    assert_int_equal(event.kind, UI_EVENT_QUIT);
    SDL_Event other = {.type = SDL_CLIPBOARDUPDATE};
    assert_false(taken(&plain, other, &event));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_mouse_is_pointer_zero),
        cmocka_unit_test(test_a_touch_and_its_emulated_mouse_are_one_tap),
        cmocka_unit_test(test_a_mouse_and_its_emulated_finger_are_one_tap),
        cmocka_unit_test(test_fingers_are_told_apart),
        cmocka_unit_test(test_points_follow_scale_and_bars),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_text_window_and_end),
    };
    return cmocka_run_group_tests_name("ui_events", tests, NULL, NULL);
}
