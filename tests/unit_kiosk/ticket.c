/* SPDX-License-Identifier: MIT
 * The paper ticket: pictures of both papers, rules of type, the QR code as a scanner reads it, and what the
 * file printer leaves on the disk. */
#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/ticket/printer.h"
#include "common/ui/check.h"
#include "common/ui_sdl/canvas.h"
#include "tests/support/golden.h"

static struct ui_fonts *fonts;
static char folder[64];

static const struct ticket usual_zh = {
    .hall = "泌阳县行政服务中心",
    .heading = "社会保障 · 社保卡补换",
    .number = "A012",
    .lines = {"前面还有 5 人 · 预计 10–20 分钟", "请在 B 区等候 · 9、10、11 号窗口", "约 10:31–10:41 叫号"},
    .link = "EVH1:20261123:A012:5nQx0c1VbTq3mZt8rYw2Ag",
    .beside = {"请保管好小票", "请听广播、看屏幕", "叫到号再到窗口"},
    .rule = "过号了？请尽快到咨询台重新排队",
    .contact = "咨询 0396-0000000",
    .made = "2026-11-23 10:21  K1",
};
static const struct ticket usual_en = {
    .hall = "Biyang Service Centre",
    .heading = "Social security · Social security card",
    .number = "A012",
    .lines = {"Ahead of you: 5 · wait 10–20 min", "Zone B · windows 9, 10, 11",
              "Your turn about 10:31–10:41"},
    .link = "EVH1:20261123:A012:5nQx0c1VbTq3mZt8rYw2Ag",
    .beside = {"Keep this ticket", "Listen and watch the screens", "Go to the window when called"},
    .rule = "Missed your call? Please go to the help desk",
    .contact = "Phone 0396-0000000",
    .made = "2026-11-23 10:21  K1",
};
static const struct ticket longest = {
    .hall = "泌阳县行政服务中心第二分中心办事大厅",
    .heading = "公安户政与出入境 · 灵活就业人员养老保险参保",
    .number = "W12345",
    .lines = {"前面还有 1234 人 · 预计等候 2 小时以上", "请在 A、B、C 区等候 · 1、2、3、9、10 号等窗口",
              "约 10:31–12:41 叫号"},
    .flags = {"优先", "预约 09:00", "补打"},
    .link = "https://hall.example.invalid/t/20261123/W12345/"
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
            "WXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcde",
    .beside = {"请保管好小票", "请听广播、看屏幕", "叫到号再到窗口"},
    .rule = "过号了？请尽快到咨询台重新排队",
    .contact = "咨询 0396-0000000",
    .made = "2026-11-23 10:21  K12",
};
static const struct ticket bare = {.hall = "泌阳县行政服务中心", .heading = "税务", .number = "F007"};

static const struct {
    const char *name;
    const struct ticket *ticket;
    enum ticket_paper paper;
} cases[] = {
    {"ticket/usual-80-zh", &usual_zh, TICKET_80}, {"ticket/usual-80-en", &usual_en, TICKET_80},
    {"ticket/usual-58-zh", &usual_zh, TICKET_58}, {"ticket/usual-58-en", &usual_en, TICKET_58},
    {"ticket/longest-80", &longest, TICKET_80},   {"ticket/longest-58", &longest, TICKET_58},
    {"ticket/bare-80", &bare, TICKET_80},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static struct ticket_raster render(const struct ticket *ticket, enum ticket_paper paper)
{
    struct ticket_raster raster;
    struct error error = {0};
    if (ticket_render(ticket, paper, fonts, &raster, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return raster;
}

static bool is_black(const struct ticket_raster *raster, int x, int y)
{
    return raster->bits[(size_t)y * (size_t)raster->stride + (size_t)x / 8] >> (7 - x % 8) & 1;
}

/* ---- pictures ---- */

/* The raster as a canvas, so that the golden picture is what the printer gets. */
static bool same_picture(const struct ticket_raster *raster, const char *name)
{
    struct ui_canvas canvas;
    struct error error = {0};
    int width, height, stride;
    struct ui_canvas_params params = {.width = raster->width, .height = raster->height, .fonts = fonts};
    assert_int_equal(ui_canvas_init(&canvas, &params, &error), STATUS_OK);
    uint32_t *pixels = (uint32_t *)ui_canvas_pixels(&canvas, &width, &height, &stride);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            pixels[(ptrdiff_t)y * stride + x] = is_black(raster, x, y) ? 0 : 0xFFFFFF;
    bool same = golden_picture(&canvas, name);
    ui_canvas_destroy(&canvas);
    return same;
}

static void test_pictures(void **state)
{
    int wrong = 0;
    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct ticket_raster raster = render(cases[i].ticket, cases[i].paper);
        wrong += !same_picture(&raster, cases[i].name);
        assert_int_equal(raster.width, cases[i].paper == TICKET_80 ? 576 : 384);
        assert_in_range(raster.height, 1, TICKET_HIGH_MAX);
        ticket_raster_destroy(&raster);
    }
    assert_int_equal(wrong, 0);
}

static void test_type_rules(void **state)
{
    static struct ui ui;
    struct text report = {0};
    struct ui_measure measure = ui_fonts_measure(fonts);
    int wrong = 0;
    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct ui_frame frame = ticket_frame(cases[i].paper, TICKET_HIGH_MAX);
        ui_init(&ui, &measure);
        ui_begin(&ui, &frame);
        ticket_draw(&ui, cases[i].ticket, cases[i].paper);
        ui_end(&ui);
        if (ui_check(&ui, &ui_rules_print, &report)) {
            printf("%s: %s", cases[i].name, report.data);
            wrong++;
        }
        text_clear(&report);
    }
    text_destroy(&report);
    assert_int_equal(wrong, 0);
}

/* ---- the code, read by a scanner's library ---- */

static void run(const char *command, char *out, size_t size)
{
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(out, 1, size - 1, pipe);
    out[length] = '\0';
    if (length && out[length - 1] == '\n')
        out[length - 1] = '\0';
    assert_int_equal(pclose(pipe), 0);
}

static void test_code_is_read_back(void **state)
{
    char path[128], command[256], text[512];
    struct error error = {0};
    (void)state;
    for (int i = 0; i < CASES; i++) {
        if (!cases[i].ticket->link)
            continue;
        struct ticket_raster raster = render(cases[i].ticket, cases[i].paper);
        snprintf(path, sizeof path, "%s/code-%d.png", folder, i);
        assert_int_equal(ticket_write_png(&raster, path, &error), STATUS_OK);
        snprintf(command, sizeof command, "zbarimg --nodbus -q --raw %s", path);
        run(command, text, sizeof text);
        assert_string_equal(text, cases[i].ticket->link);
        ticket_raster_destroy(&raster);
    }
}

static void test_code_refuses_what_does_not_fit(void **state)
{
    static struct ticket_code code;
    char text[TICKET_LINK_MAX + 2];
    (void)state;
    memset(text, 'a', sizeof text);
    text[TICKET_LINK_MAX + 1] = '\0';
    assert_false(ticket_code_make(&code, text));
    assert_int_equal(code.side, 0);
    assert_false(ticket_code_make(&code, ""));
    text[TICKET_LINK_MAX] = '\0';
    assert_true(ticket_code_make(&code, text));
    assert_true(code.side > 21);
}

/* ---- printer ---- */

static size_t read_whole(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(out, 1, size, file);
    fclose(file);
    return length;
}

static int count_files(const char *path)
{
    DIR *dir = opendir(path);
    int count = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static uint32_t big_endian(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void test_file_printer(void **state)
{
    static char data[256 * 1024];
    char spec[128], path[160], expected[64];
    struct ticket_printer *printer;
    struct error error = {0};
    (void)state;
    snprintf(spec, sizeof spec, "file:%s/paper", folder);
    assert_int_equal(ticket_printer_open(&printer, spec, &error), STATUS_OK);
    struct ticket_raster raster = render(&usual_zh, TICKET_80);
    struct ticket_job job = {.raster = &raster, .number = "A012", .wall_ms = INT64_C(1795400465123)};
    assert_int_equal(ticket_printer_print(printer, &job, &error), STATUS_OK);
    assert_int_equal(count_files(spec + 5), 2); /* no part is left over */

    snprintf(path, sizeof path, "%s/ticket-A012-1795400465123.png", spec + 5);
    size_t length = read_whole(path, data, sizeof data);
    assert_memory_equal(data, "\x89PNG\r\n\x1A\n", 8);
    assert_int_equal(big_endian(data + 16), 576);
    assert_int_equal(big_endian(data + 20), (uint32_t)raster.height);
    assert_int_equal(data[24], 1); /* bit a dot */
    const char *density = memmem(data, length, "pHYs", 4);
    assert_non_null(density);
    assert_int_equal(big_endian(density + 4), TICKET_DOTS_PER_METRE);

    snprintf(path, sizeof path, "%s/ticket-A012-1795400465123.pdf", spec + 5);
    length = read_whole(path, data, sizeof data);
    /* 72 mm are 204.09 points */
    long hundredths = raster.height * 7200L * 10 / 2032;
    snprintf(expected, sizeof expected, "/MediaBox [0 0 204.09 %ld.%02ld]", hundredths / 100,
             hundredths % 100);
    assert_non_null(memmem(data, length, expected, strlen(expected)));
    assert_memory_equal(data + length - 6, "%%EOF\n", 6);
    ticket_raster_destroy(&raster);
    ticket_printer_close(printer);
}

static void test_printers_say_what_is_wrong(void **state)
{
    char spec[128], path[128];
    struct ticket_printer *printer;
    struct error error = {0};
    (void)state;
    assert_int_equal(ticket_printer_open(&printer, "laser:x", &error), STATUS_PARSE);
    assert_non_null(strstr(error.text, "file:FOLDER"));
    assert_int_equal(ticket_printer_open(&printer, "file", &error), STATUS_PARSE);
    assert_int_equal(ticket_printer_open(&printer, "file:", &error), STATUS_PARSE);
    snprintf(spec, sizeof spec, "file:%s/none/paper", folder);
    assert_int_equal(ticket_printer_open(&printer, spec, &error), STATUS_NOT_FOUND);

    /* The folder goes away while the printer is open. */
    snprintf(spec, sizeof spec, "file:%s/brief", folder);
    assert_int_equal(ticket_printer_open(&printer, spec, &error), STATUS_OK);
    assert_int_equal(rmdir(spec + 5), 0);
    struct ticket_raster raster = render(&bare, TICKET_58);
    struct ticket_job job = {.raster = &raster, .number = "../../A1", .wall_ms = 1};
    assert_int_equal(ticket_printer_print(printer, &job, &error), STATUS_NOT_FOUND);
    snprintf(path, sizeof path, "%s", spec + 5);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(ticket_printer_print(printer, &job, &error), STATUS_OK);
    assert_int_equal(count_files(path), 2); /* a number cannot name another folder */
    ticket_raster_destroy(&raster);
    ticket_printer_close(printer);
}

static int begin(void **state)
{
    struct error error = {0};
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/evenhall-ticket-XXXXXX");
    if (!mkdtemp(folder) || ui_fonts_open(&(struct ui_fonts_params){0}, &fonts, &error) != STATUS_OK) {
        printf("%s\n", error.text);
        return 1;
    }
    return 0;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    ui_fonts_close(fonts);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),          cmocka_unit_test(test_type_rules),
        cmocka_unit_test(test_code_is_read_back), cmocka_unit_test(test_code_refuses_what_does_not_fit),
        cmocka_unit_test(test_file_printer),      cmocka_unit_test(test_printers_say_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
