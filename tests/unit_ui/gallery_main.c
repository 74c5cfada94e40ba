/* SPDX-License-Identifier: MIT
 * Shows the gallery: `ui_gallery` opens a window (keys: left and right change the page, Enter the language,
 * up the theme), `ui_gallery --png FILE --page N` writes a picture, `--measure` prints times and memory. */
#include <SDL.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/options.h"
#include "common/ui_sdl/window.h"
#include "tests/unit_ui/gallery.h"

enum { PAGES = GALLERY_TICKET + 1, FRAMES = 50 };

static struct ui ui;

static void declare(struct gallery *gallery, int64_t now_ms)
{
    struct ui_frame frame = gallery_frame(gallery, now_ms);
    ui_begin(&ui, &frame);
    gallery_declare(&ui, gallery);
    ui_end(&ui);
}

static void print_memory(void)
{
    char line[256];
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmRSS", 5) == 0 || strncmp(line, "VmHWM", 5) == 0)
            fputs(line, stdout);
    if (file)
        fclose(file);
}

static void measure(struct ui_canvas *canvas, struct gallery *gallery, struct ui_fonts *fonts)
{
    int64_t first = clock_mono_us();
    declare(gallery, 100000);
    int64_t laid_out = clock_mono_us();
    ui_canvas_paint(canvas, &ui, NULL);
    printf("first frame: layout %lld us, paint %lld us\n", (long long)(laid_out - first),
           (long long)(clock_mono_us() - laid_out));
    int64_t start = clock_mono_us();
    for (int i = 0; i < FRAMES; i++)
        declare(gallery, 100000);
    printf("layout: %lld us\n", (long long)(clock_mono_us() - start) / FRAMES);
    start = clock_mono_us();
    for (int i = 0; i < FRAMES; i++) {
        ui_canvas_forget(canvas);
        ui_canvas_paint(canvas, &ui, NULL);
    }
    printf("paint of everything: %lld us\n", (long long)(clock_mono_us() - start) / FRAMES);
    printf("commands %d, nodes %d, glyph cache %zu bytes\n", ui.command_count, ui.node_count,
           ui_fonts_cached_bytes(fonts));
    print_memory();
}

static int without_window(struct gallery *gallery, struct ui_fonts *fonts, const char *png, bool timing)
{
    struct error error = {0};
    struct ui_canvas canvas;
    struct ui_frame frame = gallery_frame(gallery, 0);
    struct ui_canvas_params params = {.width = frame.width, .height = frame.height, .fonts = fonts};
    if (ui_canvas_init(&canvas, &params, &error) != STATUS_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    declare(gallery, 100000);
    if (timing)
        measure(&canvas, gallery, fonts);
    else
        ui_canvas_paint(&canvas, &ui, NULL);
    struct text report = {0};
    const struct ui_rules *rules = gallery_rules(gallery);
    if (rules && ui_check(&ui, rules, &report) > 0)
        fputs(report.data, stdout);
    text_destroy(&report);
    enum status status = png ? ui_canvas_write_png(&canvas, png, &error) : STATUS_OK;
    if (status != STATUS_OK)
        fprintf(stderr, "%s\n", error.text);
    ui_canvas_destroy(&canvas);
    return status == STATUS_OK ? 0 : 1;
}

static void key(struct gallery *gallery, enum ui_key key, struct ui_result result)
{
    if (key == UI_KEY_RIGHT || key == UI_KEY_LEFT)
        gallery->page = (enum gallery_page)(((int)gallery->page + (key == UI_KEY_RIGHT ? 1 : 3)) % 4);
    else if (key == UI_KEY_OK && !result.clicked)
        gallery->english = !gallery->english;
    else if (key == UI_KEY_UP)
        gallery->theme = gallery->theme == UI_LIGHT ? UI_DARK : UI_LIGHT;
    else
        return;
    gallery->start_ms = clock_mono_ms();
}

static void run(struct ui_window *window, struct gallery *gallery)
{
    struct ui_event event;
    gallery->start_ms = clock_mono_ms();
    for (;;) {
        declare(gallery, clock_mono_ms());
        ui_window_present(window, &ui);
        ui_window_wait(window, NULL, 0, ui_wait_ms(&ui, clock_mono_ms()));
        while (ui_window_next(window, &event)) {
            struct ui_result result = ui_input(&ui, &event);
            if (result.clicked)
                printf("clicked #%u.%u\n", (unsigned)UI_ID_KIND(result.clicked),
                       (unsigned)UI_ID_INDEX(result.clicked));
            if (event.kind == UI_EVENT_QUIT || (event.kind == UI_EVENT_KEY && event.key == UI_KEY_BACK))
                return;
            if (event.kind == UI_EVENT_KEY)
                key(gallery, event.key, result);
            fflush(stdout);
        }
    }
}

int main(int argc, char **argv)
{
    long page = 0;
    const char *png = NULL;
    bool english = false, dark = false, senior = false, timing = false, help = false;
    const struct option_row rows[] = {
        {"page", OPTION_NUMBER, &page, 0, PAGES - 1, "N",
         "0 hall, 1 widgets, 2 icons, 3 sheet, 4 board, 5 ticket"},
        {"png", OPTION_TEXT, &png, 0, 0, "FILE", "write the page as a picture, open no window"},
        {"english", OPTION_FLAG, &english, 0, 0, NULL, "English words"},
        {"dark", OPTION_FLAG, &dark, 0, 0, NULL, "dark theme"},
        {"senior", OPTION_FLAG, &senior, 0, 0, NULL, "large type"},
        {"measure", OPTION_FLAG, &timing, 0, 0, NULL, "print times and memory"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "print this"},
    };
    int words;
    struct error error = {0};
    if (options_parse(rows, sizeof rows / sizeof rows[0], argc, argv, &words, &error) != STATUS_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    if (help) {
        options_print_help("ui_gallery [options]", "Shows what the toolkit can draw.", rows,
                           sizeof rows / sizeof rows[0]);
        return 0;
    }
    struct gallery gallery = {.page = (enum gallery_page)page,
                              .english = english,
                              .senior = senior,
                              .theme = dark ? UI_DARK : UI_LIGHT};
    struct ui_fonts *fonts;
    if (ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error) != STATUS_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    struct ui_measure widths = ui_fonts_measure(fonts);
    ui_init(&ui, &widths);
    int code = 0;
    if (png || timing) {
        code = without_window(&gallery, fonts, png, timing);
    } else {
        struct ui_window window;
        struct ui_frame frame = gallery_frame(&gallery, 0);
        struct ui_window_params params = {
            .title = "Evenhall gallery", .width = frame.width, .height = frame.height, .fonts = fonts};
        if (ui_window_open(&window, &params, &error) != STATUS_OK) {
            fprintf(stderr, "%s\n", error.text);
            code = 1;
        } else {
            run(&window, &gallery);
            ui_window_close(&window);
        }
    }
    ui_fonts_close(fonts);
    SDL_Quit();
    return code;
}
