/* SPDX-License-Identifier: MIT
 * The window under a real X server without a screen (Xvfb): a click is one click, the picture arrives as
 * painted, sleeping costs no CPU and ends for input, descriptors, other threads and time. */
#include <SDL.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "common/ui/widget.h"
#include "common/ui_sdl/window.h"

enum { ID_LEFT = UI_ID(1, 0), ID_RIGHT = UI_ID(1, 1), WIDTH = 600, HEIGHT = 400, PATIENCE_MS = 10000 };

static struct ui ui;
static struct ui_fonts *fonts;
static struct ui_window window;
static pid_t server;

/* ---- the X server ---- */

/* Starts Xvfb on a display number of its own choosing and waits until it says which. */
static int start_server(void)
{
    int ends[2];
    char number[16] = "", display[32], fd[16];
    if (pipe(ends) != 0)
        return -1;
    snprintf(fd, sizeof fd, "%d", ends[1]);
    server = fork();
    if (server == 0) {
        close(ends[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlives a test that is killed */
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(126);
        execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", "1080x1920x24", "-nolisten", "tcp",
               "-noreset", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t length = 0;
    while (length + 1 < sizeof number && !strchr(number, '\n') && read(ends[0], number + length, 1) == 1)
        length++;
    close(ends[0]);
    if (server < 0 || !strchr(number, '\n')) {
        print_error("Xvfb did not start; install the package xvfb\n");
        return -1;
    }
    snprintf(display, sizeof display, ":%d", atoi(number));
    return setenv("DISPLAY", display, 1);
}

static int setup(void **state)
{
    (void)state;
    struct error error = {0};
    unsetenv("SDL_VIDEODRIVER");
    setenv("SDL_MOUSE_TOUCH_EVENTS", "1", 1); /* makes SDL report each click a second time, as a finger */
    if (start_server() != 0 || ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error) != STATUS_OK)
        return -1;
    struct ui_window_params params = {.title = "test", .width = WIDTH, .height = HEIGHT, .fonts = fonts};
    if (ui_window_open(&window, &params, &error) != STATUS_OK) {
        print_error("%s\n", error.text);
        return -1;
    }
    struct ui_measure measure = ui_fonts_measure(fonts);
    ui_init(&ui, &measure);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ui_window_close(&window);
    ui_fonts_close(fonts);
    SDL_Quit();
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    return 0;
}

static void run(const char *command)
{
    int code = system(command);
    if (code != 0)
        fail_msg("`%s` ended with %d", command, code);
}

static void show(enum ui_color fill)
{
    ui_begin(&ui, &(struct ui_frame){.width = WIDTH, .height = HEIGHT, .screen = 1});
    ui_rect(&ui, &(struct ui_box){.at = {50, 50, 200, 300}, .id = ID_LEFT, .fill = fill});
    ui_rect(&ui, &(struct ui_box){.at = {350, 50, 200, 300}, .id = ID_RIGHT, .fill = UI_BRAND});
    ui_end(&ui);
    ui_window_present(&window, &ui);
}

/* Handles what has come in; counts clicks on an id. */
static int clicks_on(ui_id id)
{
    struct ui_event event;
    int clicks = 0;
    while (ui_window_next(&window, &event))
        clicks += ui_input(&ui, &event).clicked == id;
    return clicks;
}

static void settle(void)
{
    show(UI_OK);
    while (ui_window_wait(&window, NULL, 0, 200), SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT))
        clicks_on(0);
    show(UI_OK);
}

/* ---- tests ---- */

/* Where the window is on the screen: there is no window manager, so it is where SDL put it. */
static void place(int *x, int *y)
{
    SDL_GetWindowPosition(window.window, x, y);
}

static void test_a_click_is_one_click(void **state)
{
    (void)state;
    char command[256];
    int x, y, clicks = 0;
    settle();
    place(&x, &y);
    /* in the background: the click comes while the window sleeps, and must wake it */
    snprintf(command, sizeof command, "xdotool mousemove %d %d click 1 &", x + 150, y + 200);
    run(command);
    int64_t end = clock_mono_ms() + PATIENCE_MS;
    while (clicks == 0 && clock_mono_ms() < end) {
        ui_window_wait(&window, NULL, 0, PATIENCE_MS);
        clicks += clicks_on(ID_LEFT);
    }
    assert_true(clock_mono_ms() < end - PATIENCE_MS / 2);
    ui_window_wait(&window, NULL, 0, 300); /* the twin, if there is one, has come by now */
    clicks += clicks_on(ID_LEFT);
    assert_int_equal(clicks, 1);
    assert_int_equal(clicks_on(ID_RIGHT), 0);
}

static void test_the_screen_shows_the_picture(void **state)
{
    (void)state;
    char command[512], pixels[256] = "";
    int x, y;
    static const enum ui_color fills[] = {UI_OK, UI_STOP, UI_OK}; /* the second time only a part is redrawn */
    settle();
    place(&x, &y);
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        show(fills[i]);
        snprintf(
            command, sizeof command,
            "import -window root -depth 8 -crop 600x400+%d+%d +repage -format "
            "'#%%[hex:p{10,10}] #%%[hex:p{50,50}] #%%[hex:p{350,50}] #%%[hex:p{249,349}] ' info: 2>/dev/null",
            x, y);
        FILE *pipe = popen(command, "r");
        assert_non_null(pipe);
        assert_non_null(fgets(pixels, sizeof pixels, pipe));
        pclose(pipe);
        char expected[64];
        uint32_t fill = ui_rgb(UI_LIGHT, fills[i]);
        snprintf(expected, sizeof expected, "#%06X #%06X #%06X #%06X ", ui_rgb(UI_LIGHT, UI_PAPER), fill,
                 ui_rgb(UI_LIGHT, UI_BRAND), fill);
        assert_string_equal(pixels, expected);
    }
}

static int64_t cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

static void test_sleeping_costs_nothing_and_ends_in_time(void **state)
{
    (void)state;
    settle();
    int64_t start = clock_mono_ms(), cpu = cpu_us();
    assert_int_equal(ui_window_wait(&window, NULL, 0, 1500), 0);
    int64_t slept = clock_mono_ms() - start;
    cpu = cpu_us() - cpu;
    print_message("slept %lld ms with %lld us of CPU\n", (long long)slept, (long long)cpu);
    assert_in_range(slept, 1500, 1500 + PATIENCE_MS);
    assert_true(cpu < 15000); /* 1 % */
    start = clock_mono_ms();
    ui_window_wait(&window, NULL, 0, 0);
    assert_true(clock_mono_ms() - start < 1000);
}

static void test_a_ready_descriptor_ends_the_sleep(void **state)
{
    (void)state;
    int ends[2];
    settle();
    assert_int_equal(pipe(ends), 0);
    struct pollfd fds[2] = {{.fd = -1, .events = POLLIN}, {.fd = ends[0], .events = POLLIN}};
    assert_int_equal(ui_window_wait(&window, fds, 2, 50), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    int64_t start = clock_mono_ms();
    assert_int_equal(ui_window_wait(&window, fds, 2, PATIENCE_MS), 1);
    assert_true(clock_mono_ms() - start < PATIENCE_MS / 2);
    assert_int_equal(fds[0].revents, 0);
    assert_int_equal(fds[1].revents & POLLIN, POLLIN);
    close(ends[1]);
    assert_int_equal(ui_window_wait(&window, fds, 2, PATIENCE_MS), 1); /* still unread, then hung up */
    close(ends[0]);
}

static void *wake_later(void *context)
{
    (void)context;
    ui_window_wake(&window);
    return NULL;
}

static void test_another_thread_ends_the_sleep(void **state)
{
    (void)state;
    pthread_t thread;
    settle();
    int64_t start = clock_mono_ms();
    assert_int_equal(pthread_create(&thread, NULL, wake_later, NULL), 0);
    ui_window_wait(&window, NULL, 0, -1);
    assert_true(clock_mono_ms() - start < PATIENCE_MS);
    pthread_join(thread, NULL);
    for (int i = 0; i < 1000; i++)
        ui_window_wake(&window); /* many wakes are one */
    ui_window_wait(&window, NULL, 0, -1);
    start = clock_mono_ms();
    ui_window_wait(&window, NULL, 0, 100);
    assert_true(clock_mono_ms() - start >= 100);
}

static void test_a_signal_ends_the_program_as_an_event(void **state)
{
    (void)state;
    struct ui_event event = {0};
    settle();
    raise(SIGTERM);
    int64_t end = clock_mono_ms() + PATIENCE_MS;
    while (event.kind != UI_EVENT_QUIT && clock_mono_ms() < end) {
        ui_window_wait(&window, NULL, 0, 1000);
        ui_window_next(&window, &event);
    }
    assert_int_equal(event.kind, UI_EVENT_QUIT);
}

static void test_a_resized_window_keeps_its_picture_and_points(void **state)
{
    (void)state;
    char command[256];
    int x, y, clicks = 0;
    settle();
    SDL_SetWindowSize(window.window, 400, 200); /* scale 1/2, bars of 50 at the sides */
    int64_t end = clock_mono_ms() + PATIENCE_MS;
    while (window.canvas.scale_permille != 500 && clock_mono_ms() < end) {
        ui_window_wait(&window, NULL, 0, 1000);
        clicks_on(0);
    }
    assert_int_equal(window.canvas.scale_permille, 500);
    assert_int_equal(window.left, 50);
    settle();
    place(&x, &y);
    snprintf(command, sizeof command, "xdotool mousemove %d %d click 1", x + 50 + 225, y + 100);
    run(command);
    end = clock_mono_ms() + PATIENCE_MS;
    while (clicks == 0 && clock_mono_ms() < end) {
        ui_window_wait(&window, NULL, 0, 1000);
        clicks += clicks_on(ID_RIGHT);
    }
    assert_int_equal(clicks, 1);
    SDL_SetWindowSize(window.window, WIDTH, HEIGHT);
    while (window.canvas.scale_permille != 1000 && clock_mono_ms() < end + PATIENCE_MS) {
        ui_window_wait(&window, NULL, 0, 1000);
        clicks_on(0);
    }
}

static void test_no_display_is_explained(void **state)
{
    (void)state;
    struct ui_window none;
    struct error error = {0};
    struct ui_window_params params = {.title = "none", .width = WIDTH, .height = HEIGHT, .fonts = fonts};
    ui_window_close(&window); /* this is the last test */
    setenv("DISPLAY", ":65000", 1);
    assert_int_equal(ui_window_open(&none, &params, &error),
                     STATUS_IO); /* not silently where nobody sees it */
    assert_non_null(strstr(error.text, "DISPLAY is :65000"));
    setenv("SDL_VIDEODRIVER", "nonsense", 1);
    assert_int_equal(ui_window_open(&none, &params, &error), STATUS_IO);
    setenv("SDL_VIDEODRIVER", "dummy", 1); /* asked for: fine */
    assert_int_equal(ui_window_open(&window, &params, &error), STATUS_OK);
    assert_int_equal(ui_window_wait(&window, NULL, 0, 50), 0);
    show(UI_OK);
    ui_window_wake(&window);
    ui_window_wait(&window, NULL, 0, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_click_is_one_click),
        cmocka_unit_test(test_the_screen_shows_the_picture),
        cmocka_unit_test(test_sleeping_costs_nothing_and_ends_in_time),
        cmocka_unit_test(test_a_ready_descriptor_ends_the_sleep),
        cmocka_unit_test(test_another_thread_ends_the_sleep),
        cmocka_unit_test(test_a_signal_ends_the_program_as_an_event),
        cmocka_unit_test(test_a_resized_window_keeps_its_picture_and_points),
        cmocka_unit_test(test_no_display_is_explained),
    };
    return cmocka_run_group_tests_name("ui_window", tests, setup, teardown);
}
