/* SPDX-License-Identifier: MIT */
#include "common/ui/theme.h"

#include <assert.h>
#include <math.h>

static const uint32_t role_rgb[UI_COLOR_COUNT][3] = {
#define TOKENS_ROW(NAME, name, light, dark, print) [UI_##NAME] = {light, dark, print},
    TOKENS_ROLES(TOKENS_ROW)
#undef TOKENS_ROW
};

static const char *const role_names[UI_COLOR_COUNT] = {[UI_NONE] = "none",
#define TOKENS_ROW(NAME, name, light, dark, print) [UI_##NAME] = (name),
                                                       TOKENS_ROLES(TOKENS_ROW)
#undef TOKENS_ROW
};

struct type_row {
    const char *name;
    int em, senior_em;
    enum ui_weight weight;
};

static const struct type_row types[UI_TYPE_COUNT] = {[UI_TYPE_NONE] = {"none", 40, 56, UI_REGULAR},
#define TOKENS_ROW(NAME, name, em, senior, weight) [UI_##NAME] = {name, em, senior, UI_##weight},
                                                     TOKENS_TYPES(TOKENS_ROW)
#undef TOKENS_ROW
};

uint32_t ui_rgb(enum ui_theme theme, enum ui_color color)
{
    assert(theme <= UI_PRINT && color < UI_COLOR_COUNT);
    return role_rgb[color][theme];
}

static const struct type_row *type_row(enum ui_type type)
{
    assert(type < UI_TYPE_COUNT);
    return &types[type == UI_TYPE_NONE ? UI_K_BODY : type];
}

int ui_em(enum ui_type type, bool senior)
{
    return senior ? type_row(type)->senior_em : type_row(type)->em;
}

enum ui_weight ui_type_weight(enum ui_type type)
{
    return type_row(type)->weight;
}

const char *ui_color_name(enum ui_color color)
{
    assert(color < UI_COLOR_COUNT);
    return role_names[color];
}

const char *ui_type_name(enum ui_type type)
{
    assert(type < UI_TYPE_COUNT);
    return types[type].name;
}

static double channel_light(uint32_t rgb, int shift)
{
    double value = (double)(rgb >> shift & 0xFF) / 255.0;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

/* Relative luminance of WCAG 2.2. */
static double luminance(uint32_t rgb)
{
    return 0.2126 * channel_light(rgb, 16) + 0.7152 * channel_light(rgb, 8) + 0.0722 * channel_light(rgb, 0);
}

int ui_contrast(uint32_t one, uint32_t other)
{
    double a = luminance(one) + 0.05;
    double b = luminance(other) + 0.05;
    return (int)lround(100.0 * (a > b ? a / b : b / a));
}

uint32_t ui_mix(uint32_t under, uint32_t over, int alpha)
{
    uint32_t out = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        int from = (int)(under >> shift & 0xFF);
        int to = (int)(over >> shift & 0xFF);
        int sum = from * (255 - alpha) + to * alpha;
        out |= (uint32_t)((sum + 127) / 255) << shift;
    }
    return out;
}
