/* SPDX-License-Identifier: MIT
 * Fonts for tests of the layout: Han characters one em, spaces a quarter, everything else half an em wide. */
#ifndef TESTS_UNIT_UI_FAKE_FONTS_H
#define TESTS_UNIT_UI_FAKE_FONTS_H

#include "common/ui/ui.h"

struct ui_measure fake_measure(void);

#endif
