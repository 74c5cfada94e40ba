/* SPDX-License-Identifier: MIT */
#include "tests/support/golden.h"

#include <SDL.h>
#include <SDL_image.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_update(void)
{
    const char *value = getenv("EVENHALL_GOLDEN");
    return value && strcmp(value, "update") == 0;
}

/* Makes the folders of a file name below the source folder. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            printf("golden: cannot make the folder %s\n", path);
        *slash = '/';
    }
}

static void path_of(char *out, size_t size, const char *folder, const char *name, const char *ending)
{
    snprintf(out, size, "tests/%s/%s%s", folder, name, ending);
    make_folders(out);
}

static bool write_canvas(const struct ui_canvas *canvas, const char *path)
{
    struct error error = {0};
    if (ui_canvas_write_png(canvas, path, &error) == STATUS_OK)
        return true;
    printf("golden: %s\n", error.text);
    return false;
}

/* ---- pictures ---- */

static SDL_Surface *load_golden(const char *path)
{
    SDL_Surface *loaded = IMG_Load(path);
    SDL_Surface *same = loaded ? SDL_ConvertSurfaceFormat(loaded, SDL_PIXELFORMAT_RGB888, 0) : NULL;
    SDL_FreeSurface(loaded);
    return same;
}

/* Counts the pixels that differ and marks them: the golden picture made pale, differences red. */
static long compare(SDL_Surface *golden, const uint32_t *pixels, int stride, struct ui_rect *where)
{
    long count = 0;
    for (int y = 0; y < golden->h; y++) {
        uint32_t *row = (uint32_t *)golden->pixels + (ptrdiff_t)y * (golden->pitch / 4);
        for (int x = 0; x < golden->w; x++) {
            bool same = (row[x] & 0xFFFFFF) == (pixels[(ptrdiff_t)y * stride + x] & 0xFFFFFF);
            row[x] = same ? ui_mix(row[x] & 0xFFFFFF, 0xFFFFFF, 200) : 0xE00000;
            if (same)
                continue;
            *where = ui_rect_join(*where, (struct ui_rect){x, y, 1, 1});
            count++;
        }
    }
    return count;
}

static bool differs(const struct ui_canvas *canvas, const char *name, SDL_Surface *golden)
{
    char path[512];
    int width, height, stride;
    struct ui_rect where = {0, 0, 0, 0};
    const uint32_t *pixels = ui_canvas_pixels(canvas, &width, &height, &stride);
    if (!golden)
        printf("golden: %s has no picture yet", name);
    else if (golden->w != width || golden->h != height)
        printf("golden: %s is %dx%d, was %dx%d", name, width, height, golden->w, golden->h);
    else {
        long count = compare(golden, pixels, stride, &where);
        if (count == 0)
            return false;
        printf("golden: %s differs in %ld pixels within %d,%d %dx%d", name, count, where.x, where.y, where.w,
               where.h);
        path_of(path, sizeof path, "out", name, ".diff.png");
        IMG_SavePNG(golden, path);
    }
    path_of(path, sizeof path, "out", name, ".png");
    write_canvas(canvas, path);
    printf("; look at %s, accept with EVENHALL_GOLDEN=update\n", path);
    return true;
}

bool golden_picture(const struct ui_canvas *canvas, const char *name)
{
    char path[512];
    path_of(path, sizeof path, "golden", name, ".png");
    SDL_Surface *golden = load_golden(path);
    bool wrong = false;
    if (is_update()) {
        int width, height, stride;
        struct ui_rect where = {0, 0, 0, 0};
        const uint32_t *pixels = ui_canvas_pixels(canvas, &width, &height, &stride);
        bool same = golden && golden->w == width && golden->h == height &&
                    compare(golden, pixels, stride, &where) == 0;
        wrong = !same && !write_canvas(canvas, path); /* an equal picture's file is left alone */
    } else {
        wrong = differs(canvas, name, golden);
    }
    SDL_FreeSurface(golden);
    return !wrong;
}

/* ---- texts ---- */

static bool read_file(const char *path, struct text *out)
{
    char part[4096];
    size_t taken;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while ((taken = fread(part, 1, sizeof part, file)) > 0)
        text_append(out, part, taken);
    fclose(file);
    return true;
}

static bool write_file(const char *path, const struct text *text)
{
    FILE *file = fopen(path, "wb");
    if (!file) {
        printf("golden: cannot write %s\n", path);
        return false;
    }
    fwrite(text->data ? text->data : "", 1, text->length, file);
    return fclose(file) == 0;
}

static void print_first_difference(const char *golden, const char *now)
{
    int line = 1;
    while (*golden && *golden == *now) {
        const char *golden_end = strchr(golden, '\n'), *now_end = strchr(now, '\n');
        if (!golden_end || !now_end || golden_end - golden != now_end - now ||
            memcmp(golden, now, (size_t)(now_end - now)) != 0)
            break;
        golden = golden_end + 1;
        now = now_end + 1;
        line++;
    }
    printf("golden: line %d\n  was %.*s\n  is  %.*s\n", line, (int)strcspn(golden, "\n"), golden,
           (int)strcspn(now, "\n"), now);
}

bool golden_text(const struct text *text, const char *name)
{
    char path[512];
    path_of(path, sizeof path, "golden", name, ".txt");
    if (is_update())
        return write_file(path, text);
    struct text golden = {0};
    const char *now = text->data ? text->data : "";
    bool found = read_file(path, &golden);
    bool same = found && strcmp(golden.data ? golden.data : "", now) == 0;
    if (!same) {
        if (found)
            print_first_difference(golden.data ? golden.data : "", now);
        path_of(path, sizeof path, "out", name, ".txt");
        write_file(path, text);
        printf("golden: %s %s; look at %s, accept with EVENHALL_GOLDEN=update\n", name,
               found ? "differs" : "has no text yet", path);
    }
    text_destroy(&golden);
    return same;
}

/* ---- screens ---- */

static bool obeys(const struct ui *ui, const struct golden_screen *screen)
{
    struct text report = {0};
    int faults = screen->rules ? ui_check(ui, screen->rules, &report) : 0;
    if (faults > 0)
        printf("golden: %s breaks %d rules:\n%s", screen->name, faults, report.data);
    text_destroy(&report);
    return faults == 0;
}

static bool compare_screen(struct ui *ui, struct ui_canvas *canvas, const struct golden_screen *screen)
{
    ui_begin(ui, &screen->frame);
    screen->declare(ui, screen->context);
    ui_end(ui);
    ui_canvas_paint(canvas, ui, NULL);
    bool good = golden_picture(canvas, screen->name);
    if (screen->dump) {
        struct text dump = {0};
        ui_dump(ui, &dump);
        good = golden_text(&dump, screen->name) && good;
        text_destroy(&dump);
    }
    return obeys(ui, screen) && good;
}

bool golden_screen(const struct golden_screen *screen)
{
    static struct ui ui;
    static struct ui_fonts *fonts; /* opened once for the whole test program */
    struct error error = {0};
    struct ui_canvas canvas;
    if (!fonts && ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error) != STATUS_OK) {
        printf("golden: %s\n", error.text);
        return false;
    }
    struct ui_canvas_params params = {
        .width = screen->frame.width, .height = screen->frame.height, .fonts = fonts};
    if (ui_canvas_init(&canvas, &params, &error) != STATUS_OK) {
        printf("golden: %s\n", error.text);
        return false;
    }
    struct ui_measure measure = ui_fonts_measure(fonts);
    ui_init(&ui, &measure);
    bool good = compare_screen(&ui, &canvas, screen);
    ui_canvas_destroy(&canvas);
    return good;
}
