/* SPDX-License-Identifier: MIT
 * The canvas: redrawing parts gives the same pixels as drawing all, scales, files, fonts that are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/ui/widget.h"
#include "common/ui_sdl/brush.h"
#include "common/ui_sdl/canvas.h"
#include "common/ui_sdl/drawings.h"
#include "common/ui_sdl/images.h"

static struct ui ui;
static struct ui_fonts *fonts;

static int open_fonts(void **state)
{
    (void)state;
    struct error error = {0};
    return ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error) == STATUS_OK ? 0 : -1;
}

static int close_fonts(void **state)
{
    (void)state;
    ui_fonts_close(fonts);
    return 0;
}

static struct ui_canvas make_canvas(int width, int height, int scale_permille)
{
    struct ui_canvas canvas;
    struct error error = {0};
    struct ui_canvas_params params = {width, height, scale_permille, fonts};
    assert_int_equal(ui_canvas_init(&canvas, &params, &error), STATUS_OK);
    struct ui_measure measure = ui_fonts_measure(fonts);
    ui_init(&ui, &measure);
    return canvas;
}

static uint32_t pixel(const struct ui_canvas *canvas, int x, int y)
{
    int width, height, stride;
    const uint32_t *pixels = ui_canvas_pixels(canvas, &width, &height, &stride);
    assert_in_range(x, 0, width - 1);
    assert_in_range(y, 0, height - 1);
    return pixels[y * stride + x] & 0xFFFFFF;
}

static void assert_same_picture(const struct ui_canvas *one, const struct ui_canvas *other)
{
    int width, height, stride, width2, height2, stride2;
    const uint32_t *a = ui_canvas_pixels(one, &width, &height, &stride);
    const uint32_t *b = ui_canvas_pixels(other, &width2, &height2, &stride2);
    assert_int_equal(width, width2);
    assert_int_equal(height, height2);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (((a[y * stride + x] ^ b[y * stride2 + x]) & 0xFFFFFF) != 0)
                fail_msg("pixel %d,%d is #%06X, drawn anew #%06X", x, y, a[y * stride + x],
                         b[y * stride2 + x]);
}

/* ---- parts and wholes ---- */

static uint32_t seed;

static int dice(int sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)(seed >> 8) % sides;
}

struct thing {
    int kind, x, y, w, h, number;
    enum ui_color color;
};

static struct thing roll(void)
{
    return (struct thing){dice(7),
                          dice(600) - 40,
                          dice(600) - 40,
                          8 + dice(200),
                          8 + dice(200),
                          dice(1000),
                          (enum ui_color)(1 + dice(UI_COLOR_COUNT - 1))};
}

static void declare_thing(const struct thing *t)
{
    struct ui_rect at = {t->x ? t->x : 1, t->y, t->w, t->h};
    struct ui_mark mark = {
        .at = at, .icon = (enum ui_icon)(1 + t->number % (UI_ICON_COUNT - 1)), .color = t->color};
    mark.amount = t->number;
    switch (t->kind) {
    case 0:
        ui_rect(&ui, &(struct ui_box){.at = at, .fill = t->color, .fade = t->number % 256});
        break;
    case 1:
        ui_rect(&ui, &(struct ui_box){.at = at, .look = UI_LOOK_CARD, .edge = t->color});
        break;
    case 2:
        ui_rect(&ui,
                &(struct ui_box){
                    .at = at, .border = t->color, .border_px = 1 + t->number % 9, .radius = t->number % 60});
        break;
    case 3:
        ui_textf(&ui,
                 &(struct ui_text){.at = at, .em = 12 + t->number % 90, .color = t->color, .lines_max = 3},
                 "号 A%03d gÅj", t->number);
        break;
    case 4:
        ui_icon(&ui, &mark);
        break;
    case 5:
        ui_ring(&ui, &mark);
        break;
    default:
        ui_rect(&ui, &(struct ui_box){.at = at, .look = UI_LOOK_SHEET, .shift_x = t->number % 7});
        break;
    }
}

static void declare_things(const struct thing *things, int count)
{
    ui_begin(&ui, &(struct ui_frame){.width = 600, .height = 600});
    for (int i = 0; i < count; i++)
        declare_thing(&things[i]);
    ui_end(&ui);
}

static void test_redrawing_parts_equals_drawing_all(void **state)
{
    (void)state;
    static const int scales[] = {1000, 500, 1500, 733, 2000};
    for (size_t s = 0; s < sizeof scales / sizeof scales[0]; s++) {
        struct thing things[24];
        struct ui_canvas parts = make_canvas(600, 600, scales[s]);
        seed = 2026 + (uint32_t)s;
        for (int i = 0; i < 24; i++)
            things[i] = roll();
        for (int round = 0; round < 12; round++) {
            things[dice(24)] = roll(); /* a few things change */
            things[dice(24)] = roll();
            declare_things(things, 24);
            ui_canvas_paint(&parts, &ui, NULL);
            struct ui_canvas whole;
            struct error error = {0};
            struct ui_canvas_params params = {600, 600, scales[s], fonts};
            assert_int_equal(ui_canvas_init(&whole, &params, &error), STATUS_OK);
            ui_canvas_paint(&whole, &ui, NULL);
            assert_same_picture(&parts, &whole);
            ui_canvas_destroy(&whole);
        }
        ui_canvas_destroy(&parts);
    }
}

static void test_an_equal_frame_paints_nothing(void **state)
{
    (void)state;
    struct ui_rect dirty[UI_DIRTY_MAX];
    struct thing thing = {.kind = 0, .x = 100, .y = 100, .w = 30, .h = 30, .color = UI_BRAND};
    struct ui_canvas canvas = make_canvas(600, 600, 2000);
    declare_things(&thing, 1);
    assert_int_equal(ui_canvas_paint(&canvas, &ui, dirty), 1);
    assert_int_equal(dirty[0].w, 1200);
    declare_things(&thing, 1);
    assert_int_equal(ui_canvas_paint(&canvas, &ui, dirty), 0);
    thing.color = UI_STOP;
    declare_things(&thing, 1);
    assert_int_equal(ui_canvas_paint(&canvas, &ui, dirty), 1);
    assert_true(dirty[0].x <= 200 && dirty[0].x + dirty[0].w >= 260 && dirty[0].w <= 400);
    assert_int_equal(pixel(&canvas, 200, 200), ui_rgb(UI_LIGHT, UI_STOP));
    assert_int_equal(pixel(&canvas, 199, 200), ui_rgb(UI_LIGHT, UI_PAPER));
    assert_int_equal(pixel(&canvas, 259, 259), ui_rgb(UI_LIGHT, UI_STOP));
    ui_canvas_forget(&canvas);
    assert_int_equal(ui_canvas_paint(&canvas, &ui, dirty), 1);
    ui_canvas_destroy(&canvas);
}

/* ---- shapes ---- */

static void test_shapes_have_crisp_edges_and_full_middles(void **state)
{
    (void)state;
    struct ui_canvas canvas = make_canvas(200, 200, 1000);
    uint32_t ink = ui_rgb(UI_LIGHT, UI_INK), paper = ui_rgb(UI_LIGHT, UI_PAPER);
    ui_begin(&ui, &(struct ui_frame){.width = 200, .height = 200});
    ui_rect(&ui, &(struct ui_box){.at = {10, 10, 60, 40}, .fill = UI_INK, .radius = 16});
    ui_rect(&ui, &(struct ui_box){.at = {100, 10, 60, 40}, .border = UI_INK, .border_px = 4, .radius = 16});
    ui_ring(&ui, &(struct ui_mark){.at = {10, 100, 80, 80}, .thick = 10, .amount = 250});
    ui_end(&ui);
    ui_canvas_paint(&canvas, &ui, NULL);
    assert_int_equal(pixel(&canvas, 10, 30), ink);
    assert_int_equal(pixel(&canvas, 9, 30), paper);
    assert_int_equal(pixel(&canvas, 40, 10), ink);
    assert_int_equal(pixel(&canvas, 10, 10), paper); /* the corner is round */
    assert_int_equal(pixel(&canvas, 16, 16), ink);
    assert_int_equal(pixel(&canvas, 100, 30), ink);
    assert_int_equal(pixel(&canvas, 103, 30), ink);
    assert_int_equal(pixel(&canvas, 104, 30), paper);
    assert_int_equal(pixel(&canvas, 130, 49), ink);
    assert_int_equal(pixel(&canvas, 130, 45), paper);
    assert_int_equal(pixel(&canvas, 74, 115), ink);   /* right of the top */
    assert_int_equal(pixel(&canvas, 25, 115), paper); /* left of the top */
    assert_int_equal(pixel(&canvas, 50, 140), paper); /* the middle */
    for (int i = 0; i < 16; i++)                      /* the four corners mirror one another */
        for (int j = 0; j < 16; j++) {
            uint32_t corner = pixel(&canvas, 10 + i, 10 + j);
            assert_int_equal(pixel(&canvas, 69 - i, 10 + j), corner);
            assert_int_equal(pixel(&canvas, 10 + i, 49 - j), corner);
            assert_int_equal(pixel(&canvas, 69 - i, 49 - j), corner);
        }
    ui_canvas_destroy(&canvas);
}

static void test_a_code_is_square_modules_with_a_quiet_zone(void **state)
{
    (void)state;
    uint8_t modules[21 * 21] = {0};
    struct ui_canvas canvas = make_canvas(300, 300, 1000);
    modules[0] = modules[21 * 21 - 1] = 0x81; /* only the lowest bit counts */
    modules[1] = 0xFE;
    ui_begin(&ui, &(struct ui_frame){.width = 300, .height = 300, .theme = UI_PRINT, .background = UI_INK});
    ui_code(&ui, &(struct ui_code){.at = {0, 0, 300, 300}, .modules = modules, .side = 21});
    ui_end(&ui);
    ui_canvas_paint(&canvas, &ui, NULL);
    /* 29 modules of 10 px in the middle of 300 */
    assert_int_equal(pixel(&canvas, 4, 150), 0x000000);
    assert_int_equal(pixel(&canvas, 5, 150), 0xFFFFFF);
    assert_int_equal(pixel(&canvas, 44, 45), 0xFFFFFF);
    assert_int_equal(pixel(&canvas, 45, 45), 0x000000);
    assert_int_equal(pixel(&canvas, 54, 54), 0x000000);
    assert_int_equal(pixel(&canvas, 55, 54), 0xFFFFFF);
    assert_int_equal(pixel(&canvas, 254, 254), 0x000000);
    ui_canvas_destroy(&canvas);
}

static void test_levels(void **state)
{
    (void)state;
    assert_int_equal(brush_level(0), 0);
    assert_int_equal(brush_level(255), 255);
    assert_int_equal(brush_level(128), 136);
    for (int i = 0; i < 256; i++)
        assert_true(brush_level(i) % 17 == 0 && abs(brush_level(i) - i) <= 8);
}

static void test_every_icon_has_a_drawing(void **state)
{
    (void)state;
    struct ui_canvas_icons *icons = icons_create();
    int drawings = 0;
    for (const struct ui_drawing *drawing = ui_drawings; drawing->name; drawing++, drawings++)
        assert_int_not_equal(ui_icon_find(drawing->name), UI_ICON_NONE);
    assert_int_equal(drawings, UI_ICON_COUNT - 1);
    for (int i = 1; i < UI_ICON_COUNT; i++)
        for (int weight = UI_REGULAR; weight <= UI_BOLD; weight++) {
            const unsigned char *mask = icons_mask(icons, (enum ui_icon)i, (enum ui_weight)weight, 64);
            assert_non_null(mask);
            int inked = 0, border = 0;
            for (int p = 0; p < 64 * 64; p++) {
                inked += mask[p] > 128;
                border += mask[p] && (p < 64 || p >= 63 * 64 || p % 64 == 0 || p % 64 == 63);
            }
            if (inked < 100 || inked > 2000 || border > 0)
                fail_msg("icon %s: %d px inked, %d on the border", ui_icon_name((enum ui_icon)i), inked,
                         border);
        }
    assert_int_equal(ui_icon_find("none of these"), UI_ICON_NONE);
    icons_destroy(icons);
}

/* ---- text ---- */

static void test_glyphs_stand_on_the_baseline(void **state)
{
    (void)state;
    static const int ems[] = {34, 44, 100, 240};
    for (size_t i = 0; i < sizeof ems / sizeof ems[0]; i++) {
        struct ui_glyph glyph = ui_fonts_glyph(fonts, UI_REGULAR, ems[i], 'H');
        assert_int_equal(glyph.top + glyph.height, 0); /* ends at the baseline */
        assert_in_range(abs(-glyph.top - ems[i] * 733 / 1000), 0, 1);
        glyph = ui_fonts_glyph(fonts, UI_REGULAR, ems[i], 0x56FD);
        assert_true(glyph.width > ems[i] * 7 / 10 && glyph.width <= ems[i]);
    }
    struct ui_glyph space = ui_fonts_glyph(fonts, UI_REGULAR, 40, ' ');
    assert_int_equal(space.width, 0);
    struct ui_glyph none = ui_fonts_glyph(fonts, UI_REGULAR, 40, 0xE123); /* shows as a box */
    assert_true(none.width > 0);
}

static void test_widths(void **state)
{
    (void)state;
    struct ui_measure measure = ui_fonts_measure(fonts);
    for (uint32_t digit = '0'; digit <= '9'; digit++) {
        assert_int_equal(measure.advance(measure.context, UI_REGULAR, '1', digit), 555);
        assert_int_equal(measure.advance(measure.context, UI_BOLD, '1', digit), 590);
    }
    assert_int_equal(measure.advance(measure.context, UI_REGULAR, 0, 0x6211), 1000);
    assert_int_equal(measure.advance(measure.context, UI_REGULAR, 0, 0x201C), 1000);
    assert_in_range(measure.advance(measure.context, UI_REGULAR, 0, UI_NARROW_BASE + 0x201C), 200, 600);
    assert_in_range(measure.advance(measure.context, UI_REGULAR, 0, UI_NARROW_BASE + 0x2026), 600, 900);
    int alone = measure.advance(measure.context, UI_REGULAR, 0, 'o');
    int kerned = measure.advance(measure.context, UI_REGULAR, 'T', 'o');
    assert_true(kerned < alone - 30);
    assert_int_equal(measure.advance(measure.context, UI_REGULAR, 0, 0x20000), 1000);
    assert_int_equal(measure.advance(measure.context, UI_REGULAR, 0, 0xA0),
                     measure.advance(measure.context, UI_REGULAR, 0, ' '));
}

static void test_the_glyph_cache_is_bounded(void **state)
{
    (void)state;
    struct ui_fonts *small;
    struct error error = {0};
    assert_int_equal(ui_fonts_open(&(struct ui_fonts_params){.cache_bytes = 1}, &small, &error), STATUS_OK);
    struct ui_glyph first = ui_fonts_glyph(small, UI_REGULAR, 300, 0x4E00);
    size_t most = 0;
    for (uint32_t code = 0x4E00; code < 0x4E00 + 150; code++) {
        ui_fonts_glyph(small, UI_REGULAR, 300, code);
        size_t bytes = ui_fonts_cached_bytes(small);
        most = bytes > most ? bytes : most;
    }
    assert_in_range(most, 1000000, 4 * 1024 * 1024);
    struct ui_glyph again = ui_fonts_glyph(small, UI_REGULAR, 300, 0x4E00);
    assert_int_equal(again.width, first.width);
    assert_int_equal(again.top, first.top);
    ui_fonts_close(small);
}

static void test_missing_fonts_are_explained(void **state)
{
    (void)state;
    struct ui_fonts *none = (struct ui_fonts *)1;
    struct error error = {0};
    struct ui_fonts_params params = {.folder = "/nowhere"};
    assert_int_equal(ui_fonts_open(&params, &none, &error), STATUS_NOT_FOUND);
    assert_null(none);
    assert_non_null(strstr(error.text, "fonts-noto-cjk"));
    assert_non_null(strstr(error.text, "/nowhere"));

    char folder[] = "/tmp/evenhall-fonts-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/NotoSansCJK-Regular.ttc", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("this is no font", file);
    fclose(file);
    params.folder = folder;
    assert_int_equal(ui_fonts_open(&params, &none, &error), STATUS_IO);
    assert_non_null(strstr(error.text, path));
    unlink(path);
    rmdir(folder);
}

/* ---- files ---- */

static void declare_palette(int colors)
{
    ui_begin(&ui, &(struct ui_frame){.width = 64, .height = 64, .theme = UI_PRINT});
    for (int i = 0; i < colors; i++)
        ui_rect(&ui, &(struct ui_box){.at = {i % 64, i / 64, 1, 1},
                                      .fill = i % 2 ? UI_INK : UI_PAPER,
                                      .fade = i / 2 % 255});
    ui_end(&ui);
}

static void test_a_written_picture_reads_back_the_same(void **state)
{
    (void)state;
    char folder[] = "/tmp/evenhall-canvas-XXXXXX", path[128];
    struct error error = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.png", folder);
    for (int colors = 8; colors <= 512; colors *= 8) {
        struct ui_canvas canvas = make_canvas(64, 64, 1000), back = make_canvas(64, 64, 1000);
        int handle = 0;
        declare_palette(colors);
        ui_canvas_paint(&canvas, &ui, NULL);
        assert_int_equal(ui_canvas_write_png(&canvas, path, &error), STATUS_OK);
        assert_int_equal(ui_canvas_picture_add(&back, path, &handle, &error), STATUS_OK);
        ui_begin(&ui, &(struct ui_frame){.width = 64, .height = 64});
        ui_picture(&ui, &(struct ui_mark){.at = {0, 0, 64, 64}, .picture = handle});
        ui_end(&ui);
        ui_canvas_paint(&back, &ui, NULL);
        assert_same_picture(&canvas, &back);
        ui_canvas_destroy(&canvas);
        ui_canvas_destroy(&back);
        unlink(path);
    }
    rmdir(folder);
}

static void test_bad_files_are_faults(void **state)
{
    (void)state;
    struct ui_canvas canvas = make_canvas(64, 64, 1000);
    struct error error = {0};
    int handle = 0;
    assert_int_equal(ui_canvas_write_png(&canvas, "/nowhere/a.png", &error), STATUS_IO);
    assert_non_null(strstr(error.text, "/nowhere/a.png"));
    assert_int_equal(ui_canvas_picture_add(&canvas, "/nowhere/a.png", &handle, &error), STATUS_IO);
    assert_int_equal(ui_canvas_picture_add(&canvas, "CMakeLists.txt", &handle, &error), STATUS_PARSE);
    for (int i = 0; i < UI_PICTURES_MAX; i++)
        assert_int_equal(ui_canvas_picture_add(&canvas, "assets/icons/home.svg", &handle, &error), STATUS_OK);
    assert_int_equal(handle, UI_PICTURES_MAX);
    assert_int_equal(ui_canvas_picture_add(&canvas, "assets/icons/home.svg", &handle, &error), STATUS_LIMIT);
    ui_canvas_destroy(&canvas);
    struct ui_canvas_params params = {.width = UI_SIDE_MAX + 1, .height = 1, .fonts = fonts};
    assert_int_equal(ui_canvas_init(&canvas, &params, &error), STATUS_LIMIT);
    params.width = 0;
    assert_int_equal(ui_canvas_init(&canvas, &params, &error), STATUS_LIMIT);
}

static void test_dots_for_a_printer(void **state)
{
    (void)state;
    struct ui_canvas canvas = make_canvas(20, 2, 1000);
    uint8_t dots[6];
    ui_begin(&ui, &(struct ui_frame){.width = 20, .height = 2, .theme = UI_PRINT});
    ui_rect(&ui, &(struct ui_box){.at = {3, 0, 6, 1}, .fill = UI_INK});
    ui_rect(&ui, &(struct ui_box){.at = {19, 1, 1, 1}, .fill = UI_INK});
    ui_rect(&ui,
            &(struct ui_box){.at = {0, 1, 1, 1}, .fill = UI_INK, .fade = 200}); /* pale grey stays white */
    ui_end(&ui);
    ui_canvas_paint(&canvas, &ui, NULL);
    ui_canvas_pack_mono(&canvas, dots);
    const uint8_t expected[] = {0x1F, 0x80, 0x00, 0x00, 0x00, 0x10};
    assert_memory_equal(dots, expected, sizeof dots);
    ui_canvas_destroy(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redrawing_parts_equals_drawing_all),
        cmocka_unit_test(test_an_equal_frame_paints_nothing),
        cmocka_unit_test(test_shapes_have_crisp_edges_and_full_middles),
        cmocka_unit_test(test_a_code_is_square_modules_with_a_quiet_zone),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_every_icon_has_a_drawing),
        cmocka_unit_test(test_glyphs_stand_on_the_baseline),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_the_glyph_cache_is_bounded),
        cmocka_unit_test(test_missing_fonts_are_explained),
        cmocka_unit_test(test_a_written_picture_reads_back_the_same),
        cmocka_unit_test(test_bad_files_are_faults),
        cmocka_unit_test(test_dots_for_a_printer),
    };
    return cmocka_run_group_tests_name("ui_canvas", tests, open_fonts, close_fonts);
}
