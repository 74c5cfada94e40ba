/* SPDX-License-Identifier: MIT */
#include "common/ui_sdl/fonts.h"

#include <SDL.h>
#include <SDL_ttf.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/ui_sdl/brush.h"

enum {
    FACE_SC = 2,        /* of both collections: Simplified Chinese */
    FACE_NARROW = 1,    /* the Korean face, for Western quotation marks */
    UNITS = 1000,       /* font units an em; at that size a width in px is a width in thousandths */
    BMP = 0x10000,      /* widths are remembered for these characters */
    KERNS = 0x7F - '!', /* pairs of printable ASCII */
    ENTRIES = 8192,     /* glyph pictures; a power of two */
    CACHE_BYTES = 8 * 1024 * 1024,
    CACHE_BYTES_LEAST = 4 * 1024 * 1024,
    NO_KERN = INT16_MIN,
};

static const char *const file_names[] = {"NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"};
static const char *const folders[] = {
    "/usr/share/fonts/opentype/noto", /* Debian, Ubuntu: fonts-noto-cjk */
    "/usr/share/fonts/noto-cjk",      /* Arch, Alpine */
    "/usr/share/fonts/google-noto-cjk", "/usr/share/fonts/google-noto-sans-cjk-fonts", /* Fedora */
    "/usr/local/share/fonts",
};

/* One weight: the file's Chinese face, its narrow face once needed, what was measured. */
struct face {
    TTF_Font *font, *narrow;
    int size, narrow_size; /* px that the fonts are set to now */
    uint16_t *advances;    /* BMP entries: advance + 1, 0 = not yet known */
    int16_t kerns[KERNS][KERNS];
    char path[512];
};

struct entry {
    uint32_t code;
    int16_t em, left, top, width, height;
    uint8_t weight; /* 0: free */
    uint32_t at;    /* in the arena */
};

struct ui_fonts {
    struct face faces[2]; /* regular, bold */
    struct entry entries[ENTRIES];
    int entry_count;
    unsigned char *arena;
    size_t arena_size, arena_used;
};

/* ---- opening ---- */

static bool find_file(const char *folder, const char *name, char *path, size_t size)
{
    int length = snprintf(path, size, "%s/%s", folder, name);
    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

static enum status find_font(const char *folder, const char *name, char *path, size_t size,
                             struct error *error)
{
    if (folder) {
        if (find_file(folder, name, path, size))
            return STATUS_OK;
        return error_set(error, STATUS_NOT_FOUND,
                         "the font %s is not in %s; give the folder that holds it, or install the package "
                         "fonts-noto-cjk and leave the setting out",
                         name, folder);
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (find_file(folders[i], name, path, size))
            return STATUS_OK;
    return error_set(
        error, STATUS_NOT_FOUND,
        "the font %s was not found (looked in %s and %zu other places); install it: apt-get install "
        "fonts-noto-cjk, or set EVENHALL_FONTS to the folder that holds it",
        name, folders[0], sizeof folders / sizeof folders[0] - 1);
}

static TTF_Font *open_face(const char *path, int index, struct error *error)
{
    TTF_Font *font = TTF_OpenFontIndex(path, UNITS, index);
    if (!font) {
        error_set(error, STATUS_IO, "cannot open the font %s: %s", path, TTF_GetError());
        return NULL;
    }
    TTF_SetFontHinting(font, TTF_HINTING_LIGHT); /* stems on whole rows, widths untouched */
    return font;
}

static enum status face_open(struct face *face, const char *folder, const char *name, struct error *error)
{
    enum status status = find_font(folder, name, face->path, sizeof face->path, error);
    if (status != STATUS_OK)
        return status;
    face->font = open_face(face->path, FACE_SC, error);
    if (!face->font)
        return error->status;
    const char *family = TTF_FontFaceFamilyName(face->font);
    if (!family || !strstr(family, "CJK SC"))
        return error_set(error, STATUS_CORRUPT,
                         "%s: face %d is \"%s\", expected Noto Sans CJK SC; install fonts-noto-cjk",
                         face->path, FACE_SC, family ? family : "");
    face->size = face->narrow_size = UNITS;
    face->advances = calloc(BMP, sizeof *face->advances);
    if (!face->advances)
        return error_set(error, STATUS_MEMORY, "no memory for the widths of a font");
    for (int i = 0; i < KERNS * KERNS; i++)
        face->kerns[i / KERNS][i % KERNS] = NO_KERN;
    return STATUS_OK;
}

enum status ui_fonts_open(const struct ui_fonts_params *params, struct ui_fonts **out, struct error *error)
{
    const char *folder = params->folder ? params->folder : getenv("EVENHALL_FONTS");
    *out = NULL;
    if (TTF_Init() != 0)
        return error_set(error, STATUS_IO, "cannot start the font library: %s", TTF_GetError());
    struct ui_fonts *fonts = calloc(1, sizeof *fonts);
    if (!fonts) {
        TTF_Quit();
        return error_set(error, STATUS_MEMORY, "no memory for fonts");
    }
    fonts->arena_size = params->cache_bytes ? params->cache_bytes : CACHE_BYTES;
    if (fonts->arena_size < CACHE_BYTES_LEAST)
        fonts->arena_size = CACHE_BYTES_LEAST;
    fonts->arena = malloc(fonts->arena_size);
    enum status status =
        fonts->arena ? STATUS_OK : error_set(error, STATUS_MEMORY, "no memory for glyph pictures");
    for (int i = 0; i < 2 && status == STATUS_OK; i++)
        status = face_open(&fonts->faces[i], folder && *folder ? folder : NULL, file_names[i], error);
    if (status != STATUS_OK) {
        ui_fonts_close(fonts);
        return status;
    }
    *out = fonts;
    return STATUS_OK;
}

void ui_fonts_close(struct ui_fonts *fonts)
{
    if (!fonts)
        return;
    for (int i = 0; i < 2; i++) {
        if (fonts->faces[i].font)
            TTF_CloseFont(fonts->faces[i].font);
        if (fonts->faces[i].narrow)
            TTF_CloseFont(fonts->faces[i].narrow);
        free(fonts->faces[i].advances);
    }
    free(fonts->arena);
    free(fonts);
    TTF_Quit();
}

/* ---- which font, at which size ---- */

static struct face *face_of(struct ui_fonts *fonts, enum ui_weight weight)
{
    return &fonts->faces[weight == UI_BOLD ? 1 : 0];
}

/* The font that draws a code, set to that size. The narrow face falls back to the Chinese one. */
static TTF_Font *font_for(struct face *face, uint32_t code, int size)
{
    bool narrow = code >= UI_NARROW_BASE;
    if (narrow && !face->narrow) {
        struct error ignored = {0};
        face->narrow = open_face(face->path, FACE_NARROW, &ignored);
        face->narrow_size = UNITS;
    }
    narrow = narrow && face->narrow;
    int *now = narrow ? &face->narrow_size : &face->size;
    TTF_Font *font = narrow ? face->narrow : face->font;
    if (*now != size) {
        TTF_SetFontSize(font, size);
        *now = size;
    }
    return font;
}

static void put_utf8(uint32_t code, char out[5])
{
    int length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(first[length] | code);
    out[length] = '\0';
}

/* What to ask the font library for: a narrow ellipsis is three full stops, which stand on the baseline. */
static void text_of(uint32_t code, char out[5])
{
    if (code == UI_NARROW_BASE + 0x2026)
        memcpy(out, "...", 4);
    else
        put_utf8(code >= UI_NARROW_BASE ? code - UI_NARROW_BASE : code, out);
}

/* ---- widths ---- */

static int measure_code(struct face *face, uint32_t code)
{
    bool dots = code == UI_NARROW_BASE + 0x2026;
    uint32_t real = dots ? '.' : code >= UI_NARROW_BASE ? code - UI_NARROW_BASE : code;
    int left, right, bottom, top, advance;
    if (TTF_GlyphMetrics32(font_for(face, code, UNITS), real, &left, &right, &bottom, &top, &advance) != 0)
        return UNITS;
    return dots ? 3 * advance : advance;
}

static int advance_of(struct face *face, uint32_t code)
{
    if (code >= UI_NARROW_BASE && code - UI_NARROW_BASE < BMP) {
        uint32_t slot =
            0xE000 + (code - UI_NARROW_BASE) % 0x1000; /* private-use characters are never shown */
        if (!face->advances[slot])
            face->advances[slot] = (uint16_t)(measure_code(face, code) + 1);
        return face->advances[slot] - 1;
    }
    if (code >= BMP)
        return measure_code(face, code);
    if (!face->advances[code])
        face->advances[code] = (uint16_t)(measure_code(face, code) + 1);
    return face->advances[code] - 1;
}

static int width_of(struct face *face, const char *text)
{
    int width = 0, height = 0;
    TTF_SizeUTF8(font_for(face, 0, UNITS), text, &width, &height);
    return width;
}

/* SDL_ttf shapes whole strings but does not tell a pair's kerning. Between two H, which kern with nothing and
 * have straight sides, the difference to the letters alone is the pair's kerning. */
static int measure_kern(struct face *face, uint32_t before, uint32_t code)
{
    const char a = (char)before, b = (char)code;
    const char pair[] = {'H', a, b, 'H', 0}, left[] = {'H', a, 'H', 0}, right[] = {'H', b, 'H', 0};
    return width_of(face, pair) - width_of(face, left) - width_of(face, right) + width_of(face, "HH");
}

static bool is_letter(uint32_t code)
{
    return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
}

static bool is_point(uint32_t code)
{
    return code == '.' || code == ',' || code == '-';
}

/* Digits never kern: columns of figures stay in line. */
static int kern_of(struct face *face, uint32_t before, uint32_t code)
{
    if (!(is_letter(before) && (is_letter(code) || is_point(code))))
        return 0;
    int16_t *kern = &face->kerns[before - '!'][code - '!'];
    if (*kern == NO_KERN)
        *kern = (int16_t)measure_kern(face, before, code);
    return *kern;
}

static int advance(void *context, enum ui_weight weight, uint32_t before, uint32_t code)
{
    struct face *face = face_of(context, weight);
    if (code == 0xA0) /* a no-break space looks like a space */
        code = ' ';
    return advance_of(face, code) + kern_of(face, before, code);
}

struct ui_measure ui_fonts_measure(struct ui_fonts *fonts)
{
    return (struct ui_measure){.advance = advance, .context = fonts};
}

/* ---- glyph pictures ---- */

static struct entry *entry_of(struct ui_fonts *fonts, enum ui_weight weight, int em, uint32_t code)
{
    uint32_t hash = (code * 0x9E3779B1u) ^ ((uint32_t)em * 0x85EBCA6Bu) ^ ((uint32_t)weight << 20);
    for (uint32_t i = hash ^ hash >> 15;; i++) {
        struct entry *entry = &fonts->entries[i & (ENTRIES - 1)];
        if (!entry->weight || (entry->code == code && entry->em == em && entry->weight == (uint8_t)weight))
            return entry;
    }
}

static void cache_empty(struct ui_fonts *fonts)
{
    memset(fonts->entries, 0, sizeof fonts->entries);
    fonts->entry_count = 0;
    fonts->arena_used = 0;
}

static unsigned alpha_at(const SDL_Surface *surface, int x, int y)
{
    const uint8_t *row = (const uint8_t *)surface->pixels + (size_t)y * (size_t)surface->pitch;
    uint32_t pixel;
    memcpy(&pixel, row + (size_t)x * sizeof pixel, sizeof pixel);
    return pixel >> 24;
}

static SDL_Rect ink_of(const SDL_Surface *surface)
{
    int left = surface->w, right = -1, top = surface->h, bottom = -1;
    for (int y = 0; y < surface->h; y++)
        for (int x = 0; x < surface->w; x++)
            if (alpha_at(surface, x, y)) {
                left = x < left ? x : left;
                right = x > right ? x : right;
                top = y < top ? y : top;
                bottom = y;
            }
    if (right < 0)
        return (SDL_Rect){0, 0, 0, 0};
    return (SDL_Rect){left, top, right - left + 1, bottom - top + 1};
}

/* Draws the glyph into the arena and fills the entry; an entry without width draws nothing. */
static void render(struct ui_fonts *fonts, struct entry *entry)
{
    char text[5];
    text_of(entry->code, text);
    TTF_Font *font = font_for(face_of(fonts, (enum ui_weight)entry->weight), entry->code, entry->em);
    uint32_t first = 0;
    ui_utf8_next(text, (int)strlen(text), &first);
    int left = 0, right, bottom, top = 0, wide;
    TTF_GlyphMetrics32(font, first, &left, &right, &bottom, &top, &wide);
    SDL_Surface *surface = TTF_RenderUTF8_Blended(font, text, (SDL_Color){255, 255, 255, 255});
    if (!surface)
        return;
    assert(surface->format->BytesPerPixel == 4);
    /* SDL_ttf moves the pen right by what stands left of it, and down by what rises above the ascent */
    int pen_x = left < 0 ? -left : 0;
    int pen_y = TTF_FontAscent(font) + (top > TTF_FontAscent(font) ? top - TTF_FontAscent(font) : 0);
    SDL_Rect ink = ink_of(surface);
    size_t size = (size_t)ink.w * (size_t)ink.h;
    if (size > fonts->arena_size - fonts->arena_used) { /* the rest of the cache goes, this glyph stays */
        struct entry kept = *entry;
        cache_empty(fonts);
        entry = entry_of(fonts, (enum ui_weight)kept.weight, kept.em, kept.code);
        *entry = kept;
        fonts->entry_count = 1;
    }
    entry->left = (int16_t)(ink.x - pen_x);
    entry->top = (int16_t)(ink.y - pen_y);
    entry->at = (uint32_t)fonts->arena_used;
    if (size <= fonts->arena_size) {
        entry->width = (int16_t)ink.w;
        entry->height = (int16_t)ink.h;
        unsigned char *cover = fonts->arena + fonts->arena_used;
        for (int y = 0; y < ink.h; y++)
            for (int x = 0; x < ink.w; x++)
                *cover++ = (unsigned char)brush_level((int)alpha_at(surface, ink.x + x, ink.y + y));
        fonts->arena_used += size;
    }
    SDL_FreeSurface(surface);
}

struct ui_glyph ui_fonts_glyph(struct ui_fonts *fonts, enum ui_weight weight, int em, uint32_t code)
{
    assert(em > 0 && em <= 2 * UI_EM_MAX);
    weight = weight == UI_BOLD ? UI_BOLD : UI_REGULAR;
    if (code == 0xA0)
        code = ' ';
    struct entry *entry = entry_of(fonts, weight, em, code);
    if (!entry->weight) {
        if (fonts->entry_count >= ENTRIES * 3 / 4) {
            cache_empty(fonts);
            entry = entry_of(fonts, weight, em, code);
        }
        *entry = (struct entry){.code = code, .em = (int16_t)em, .weight = (uint8_t)weight};
        fonts->entry_count++;
        render(fonts, entry);
        entry = entry_of(fonts, weight, em, code);
    }
    return (struct ui_glyph){.cover = fonts->arena + entry->at,
                             .width = entry->width,
                             .height = entry->height,
                             .left = entry->left,
                             .top = entry->top};
}

size_t ui_fonts_cached_bytes(const struct ui_fonts *fonts)
{
    return fonts->arena_used;
}
