/* SPDX-License-Identifier: MIT */
#include "common/ui/icon.h"

#include <assert.h>
#include <string.h>

static const char *const names[UI_ICON_COUNT] = {[UI_ICON_NONE] = "none",
#define UI_ICON_ROW(NAME, name) [UI_ICON_##NAME] = (name),
                                                 UI_ICONS(UI_ICON_ROW)
#undef UI_ICON_ROW
};

const char *ui_icon_name(enum ui_icon icon)
{
    assert(icon < UI_ICON_COUNT);
    return names[icon];
}

enum ui_icon ui_icon_find(const char *name)
{
    for (int i = 1; i < UI_ICON_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return (enum ui_icon)i;
    return UI_ICON_NONE;
}
