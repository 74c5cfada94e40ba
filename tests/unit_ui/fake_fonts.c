/* SPDX-License-Identifier: MIT */
#include "tests/unit_ui/fake_fonts.h"

static int advance(void *context, enum ui_weight weight, uint32_t before, uint32_t code)
{
    (void)context;
    (void)weight;
    (void)before;
    if (code >= UI_NARROW_BASE)
        return 300;
    return code == ' ' ? 250 : code >= 0x2000 && code != 0x2013 ? 1000 : 500;
}

struct ui_measure fake_measure(void)
{
    return (struct ui_measure){.advance = advance};
}
