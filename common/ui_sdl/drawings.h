/* SPDX-License-Identifier: MIT
 * The icon drawings as they are in assets/icons, built into the program. For canvas and tests. */
#ifndef COMMON_UI_SDL_DRAWINGS_H
#define COMMON_UI_SDL_DRAWINGS_H

struct ui_drawing {
    const char *name; /* as ui_icon_name; NULL ends the table */
    const char *svg;
};
extern const struct ui_drawing ui_drawings[];

#endif
