/* SPDX-License-Identifier: MIT
 * The icon set: one stroke, 64 x 64 grid, drawn in assets/icons/<name>.svg and tinted when drawn. An icon
 * never stands alone: it comes with words. */
#ifndef COMMON_UI_ICON_H
#define COMMON_UI_ICON_H

/* X(NAME, "name"): the file is assets/icons/<name>.svg. */
#define UI_ICONS(X)                                                                                          \
    X(TICKET, "ticket")                                                                                      \
    X(CALENDAR, "calendar")                                                                                  \
    X(CHECK_IN, "check-in")                                                                                  \
    X(MAGNIFIER, "magnifier")                                                                                \
    X(BOOK, "book")                                                                                          \
    X(FACE_1, "face-1") /* very dissatisfied */                                                              \
    X(FACE_2, "face-2")                                                                                      \
    X(FACE_3, "face-3")                                                                                      \
    X(FACE_4, "face-4")                                                                                      \
    X(FACE_5, "face-5") /* very satisfied */                                                                 \
    X(ID_CARD, "id-card")                                                                                    \
    X(QR, "qr")                                                                                              \
    X(PHONE, "phone")                                                                                        \
    X(KEYPAD, "keypad")                                                                                      \
    X(BACK, "back")                                                                                          \
    X(HOME, "home")                                                                                          \
    X(HELP, "help")                                                                                          \
    X(SPEAKER, "speaker")                                                                                    \
    X(SPEAKER_OFF, "speaker-off")                                                                            \
    X(LARGE_TEXT, "large-text") /* Aa */                                                                     \
    X(LOW_CONTROLS, "low-controls")                                                                          \
    X(GLOBE, "globe")                                                                                        \
    X(CLOCK, "clock")                                                                                        \
    X(PRINTER, "printer")                                                                                    \
    X(PAPER_OUT, "paper-out")                                                                                \
    X(CLOUD_OFF, "cloud-off")                                                                                \
    X(WARNING, "warning")                                                                                    \
    X(STOP, "stop")                                                                                          \
    X(PAUSE, "pause")                                                                                        \
    X(PERSON, "person")                                                                                      \
    X(PEOPLE, "people")                                                                                      \
    X(WINDOW, "window")                                                                                      \
    X(ARROW_LEFT, "arrow-left")                                                                              \
    X(ARROW_RIGHT, "arrow-right")                                                                            \
    X(ARROW_UP, "arrow-up")                                                                                  \
    X(ARROW_DOWN, "arrow-down")                                                                              \
    X(CHECK, "check")                                                                                        \
    X(CROSS, "cross")                                                                                        \
    X(BACKSPACE, "backspace")                                                                                \
    X(MEGAPHONE, "megaphone")                                                                                \
    X(EMBLEM, "emblem") /* the product's own; a hall may show its picture instead */                         \
    X(TOILET, "toilet")                                                                                      \
    X(WHEELCHAIR, "wheelchair")                                                                              \
    X(ELEVATOR, "elevator")                                                                                  \
    X(DOCUMENT, "document") /* and for domains: */                                                           \
    X(BRIEFCASE, "briefcase")                                                                                \
    X(BUILDING, "building")                                                                                  \
    X(SHIELD, "shield")                                                                                      \
    X(HEART, "heart")                                                                                        \
    X(COIN, "coin")                                                                                          \
    X(CAR, "car")                                                                                            \
    X(TREE, "tree")                                                                                          \
    X(GRADUATE, "graduate")                                                                                  \
    X(FAMILY, "family")                                                                                      \
    X(HAMMER, "hammer")                                                                                      \
    X(MAP_PIN, "map-pin")                                                                                    \
    X(GRID, "grid") /* more */                                                                               \
    X(GEAR, "gear")

enum ui_icon {
    UI_ICON_NONE,
#define UI_ICON_ROW(NAME, name) UI_ICON_##NAME,
    UI_ICONS(UI_ICON_ROW)
#undef UI_ICON_ROW
        UI_ICON_COUNT
};

/* The file's name without ending; "none" for zero. A static string. */
const char *ui_icon_name(enum ui_icon icon);

/* The icon with that name (as written in a hall's configuration), UI_ICON_NONE when there is none. */
enum ui_icon ui_icon_find(const char *name);

#endif
