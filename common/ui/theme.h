/* SPDX-License-Identifier: MIT
 * Colours and type by name. The values come from assets/tokens.json through the generated tokens.h; screens
 * name a role (UI_INK, UI_BRAND_TINT) and a type (UI_K_H1, UI_B_ROW5_NO), never a value.
 *
 * Roles: PAPER SURFACE SUNK · INK INK_2 INK_3 · LINE LINE_STRONG · BRAND BRAND_DEEP BRAND_TINT ON_BRAND · OK
 * OK_TINT · WARN WARN_TINT WARN_FILL ON_FILL (text on WARN_FILL and on CALL) · STOP STOP_TINT ON_STOP · CALL
 * OPEN INFO (states on boards) · FOCUS FOCUS_EDGE · SCRIM (behind sheets). Types: K_NUMBER K_H1 K_H2 K_KEY
 * K_BODY K_MIN K_ALT (kiosk, with a senior column) · B_... (boards) · T_... (ticket). */
#ifndef COMMON_UI_THEME_H
#define COMMON_UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

#include "tokens.h"

enum ui_theme {
    UI_LIGHT, /* kiosk */
    UI_DARK,  /* hall boards, window panels, the closed screen */
    UI_PRINT, /* black on white: tickets */
};

enum ui_color {
    UI_NONE, /* draws nothing; for text it means UI_INK */
#define TOKENS_ROW(NAME, name, light, dark, print) UI_##NAME,
    TOKENS_ROLES(TOKENS_ROW)
#undef TOKENS_ROW
        UI_COLOR_COUNT
};

enum ui_type {
    UI_TYPE_NONE, /* means UI_K_BODY */
#define TOKENS_ROW(NAME, name, em, senior, weight) UI_##NAME,
    TOKENS_TYPES(TOKENS_ROW)
#undef TOKENS_ROW
        UI_TYPE_COUNT
};

enum ui_weight {
    UI_WEIGHT_OF_TYPE, /* what the type token says */
    UI_REGULAR,
    UI_BOLD,
};

/* 0xRRGGBB of a role in a theme; UI_NONE gives 0. */
uint32_t ui_rgb(enum ui_theme theme, enum ui_color color);

/* Em size in px of a type; senior: the larger column. */
int ui_em(enum ui_type type, bool senior);
enum ui_weight ui_type_weight(enum ui_type type); /* UI_REGULAR or UI_BOLD */

/* Token names as written in TOKENS ("brand-tint", "k-h1"); "none" for zero. Static strings. */
const char *ui_color_name(enum ui_color color);
const char *ui_type_name(enum ui_type type);

/* WCAG 2.2 contrast ratio of two 0xRRGGBB colours in hundredths (100 to 2100), rounded to nearest. */
int ui_contrast(uint32_t one, uint32_t other);

/* The colour seen where `over` lies on `under` with opacity alpha (0 to 255). */
uint32_t ui_mix(uint32_t under, uint32_t over, int alpha);

#endif
