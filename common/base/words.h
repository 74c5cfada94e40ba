/* SPDX-License-Identifier: MIT
 * Words for people in the languages of the product: English stands in the source, the others in
 * assets/lang/<language>.po.
 *
 * gettext's tools keep those files (xgettext, msgmerge, msgfmt), but its run-time library is not used: it
 * follows the locale of the process, which must be installed on the machine and is one for the whole process,
 * while a kiosk changes its language with each visitor and a ticket may be printed in another one than the
 * screen shows. So the compiled catalogue (.mo) is put into the program at build time and looked up here:
 * nothing to install, nothing to find at run time, and every thread may ask for any language. */
#ifndef COMMON_BASE_WORDS_H
#define COMMON_BASE_WORDS_H

#include <stddef.h>

enum words_language { WORDS_ZH, WORDS_EN, WORDS_LANGUAGES };

/* The sentence in that language; `english` itself when there is no translation. A static string. */
const char *words_in(enum words_language language, const char *english) __attribute__((format_arg(2)));

/* "zh" and "en"; and back: WORDS_LANGUAGES when it is neither. */
const char *words_language_name(enum words_language language);
enum words_language words_language_find(const char *name);

/* Looks a sentence up in a compiled catalogue (the .mo format, little-endian). NULL when it is not there or
 * the catalogue is damaged. For words_in and for tests. */
const char *words_look_up(const unsigned char *catalogue, size_t size, const char *english);

#endif
