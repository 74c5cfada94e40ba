/* SPDX-License-Identifier: MIT
 * Design tokens: every contrast that is promised is computed anew from the colours; C and CSS say the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/ui/theme.h"

struct pair {
    const char *front, *back;
    uint32_t front_rgb, back_rgb;
    int stated, floor;
};

static const struct pair pairs[] = {
#define TOKENS_ROW(front, back, front_rgb, back_rgb, stated, floor)                                          \
    {front, back, front_rgb, back_rgb, stated, floor},
    TOKENS_CONTRAST(TOKENS_ROW)
#undef TOKENS_ROW
};

static void test_every_stated_contrast_is_true_and_above_its_floor(void **state)
{
    (void)state;
    size_t count = sizeof pairs / sizeof pairs[0];
    assert_true(count >= 38);
    for (size_t i = 0; i < count; i++) {
        int ratio = ui_contrast(pairs[i].front_rgb, pairs[i].back_rgb);
        if (ratio < pairs[i].floor || abs(ratio - pairs[i].stated) > 1)
            fail_msg("%s on %s: %d, stated %d, floor %d (hundredths)", pairs[i].front, pairs[i].back, ratio,
                     pairs[i].stated, pairs[i].floor);
    }
}

/* Roles that screens put text on, with the roles of that text: in all three themes. */
static void test_roles_are_readable_in_every_theme(void **state)
{
    (void)state;
    static const struct {
        enum ui_color front, back;
        int floor;
    } rows[] = {
        {UI_INK, UI_PAPER, 700},         {UI_INK, UI_SURFACE, 700},         {UI_INK, UI_SUNK, 700},
        {UI_INK_2, UI_PAPER, 700},       {UI_INK_2, UI_SURFACE, 700},       {UI_INK_2, UI_SUNK, 450},
        {UI_INK_3, UI_SUNK, 450},        {UI_INK, UI_BRAND_TINT, 700},      {UI_BRAND, UI_PAPER, 700},
        {UI_BRAND, UI_SURFACE, 700},     {UI_ON_BRAND, UI_BRAND, 700},      {UI_ON_BRAND, UI_BRAND_DEEP, 700},
        {UI_ON_FILL, UI_WARN_FILL, 700}, {UI_ON_FILL, UI_CALL, 700},        {UI_OK, UI_OK_TINT, 450},
        {UI_WARN, UI_WARN_TINT, 450},    {UI_STOP, UI_STOP_TINT, 450},      {UI_STOP, UI_SURFACE, 450},
        {UI_ON_STOP, UI_STOP, 450},      {UI_OPEN, UI_PAPER, 450},          {UI_INFO, UI_PAPER, 450},
        {UI_LINE_STRONG, UI_PAPER, 300}, {UI_LINE_STRONG, UI_SURFACE, 300},
    };
    for (int theme = UI_LIGHT; theme <= UI_PRINT; theme++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            enum ui_theme t = (enum ui_theme)theme;
            int ratio = ui_contrast(ui_rgb(t, rows[i].front), ui_rgb(t, rows[i].back));
            if (ratio < rows[i].floor)
                fail_msg("theme %d: %s on %s: %d, floor %d", theme, ui_color_name(rows[i].front),
                         ui_color_name(rows[i].back), ratio, rows[i].floor);
        }
}

static void test_contrast_of_known_pairs(void **state)
{
    (void)state;
    assert_int_equal(ui_contrast(0x000000, 0xFFFFFF), 2100);
    assert_int_equal(ui_contrast(0xFFFFFF, 0x000000), 2100);
    assert_int_equal(ui_contrast(0x777777, 0x777777), 100);
    assert_int_equal(ui_contrast(0x767676, 0xFFFFFF), 454);
}

static void test_mix(void **state)
{
    (void)state;
    assert_int_equal(ui_mix(0x102030, 0xFFFFFF, 0), 0x102030);
    assert_int_equal(ui_mix(0x102030, 0xABCDEF, 255), 0xABCDEF);
    assert_int_equal(ui_mix(0x000000, 0xFFFFFF, 128), 0x808080);
}

static void test_sizes_and_names(void **state)
{
    (void)state;
    assert_int_equal(ui_em(UI_K_NUMBER, false), 240);
    assert_int_equal(ui_em(UI_K_NUMBER, true), 260);
    assert_int_equal(ui_em(UI_K_MIN, true), 48);
    assert_int_equal(ui_em(UI_B_ROW5_NO, true), 100);
    assert_int_equal(ui_em(UI_TYPE_NONE, false), ui_em(UI_K_BODY, false));
    assert_int_equal(ui_type_weight(UI_K_H1), UI_BOLD);
    assert_int_equal(ui_type_weight(UI_K_MIN), UI_REGULAR);
    assert_string_equal(ui_color_name(UI_BRAND_TINT), "brand-tint");
    assert_string_equal(ui_type_name(UI_K_H1), "k-h1");
    assert_int_equal(K_MARGIN, 48);
    assert_int_equal(K_COL * 12 + K_GUT * 11, K_WIDE);
    assert_int_equal(S_5, 24);
    assert_int_equal(M_STD, 200);
}

static void test_styles_say_the_same(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "  --ink: #14212B;",      "  --edge: #7A8994;",
        "  --bCall: #FFD166;",    "  --s5: 24px;",
        "  --p-body: 1.1250rem;", "  --c-h1: 24px;",
        "  --fast: 120ms;",       "cubic-bezier(0.200, 0.000, 0.000, 1.000)",
        ":focus-visible {",       "prefers-reduced-motion",
    };
    static char css[16384];
    FILE *file = fopen(TOKENS_CSS, "rb");
    assert_non_null(file);
    size_t length = fread(css, 1, sizeof css - 1, file);
    fclose(file);
    css[length] = '\0';
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!strstr(css, lines[i]))
            fail_msg("tokens.css lacks \"%s\"", lines[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_stated_contrast_is_true_and_above_its_floor),
        cmocka_unit_test(test_roles_are_readable_in_every_theme),
        cmocka_unit_test(test_contrast_of_known_pairs),
        cmocka_unit_test(test_mix),
        cmocka_unit_test(test_sizes_and_names),
        cmocka_unit_test(test_styles_say_the_same),
    };
    return cmocka_run_group_tests_name("ui_tokens", tests, NULL, NULL);
}
