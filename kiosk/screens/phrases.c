/* SPDX-License-Identifier: MIT
 * Phrases made of figures: waits, times, dates. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kiosk/screens/parts.h"

#define N_(english) english

enum { WINDOWS_SHOWN_MAX = 6, MINUTE_MS = 60000 };

/* ---- waits ---- */

void phrase_wait(const struct kiosk *kiosk, struct kiosk_wait wait, char out[KIOSK_WORDS_MAX])
{
    struct kiosk_wait shown = kiosk_wait_shown(wait);
    if (shown.low_min < 0)
        out[0] = '\0';
    else if (shown.low_min >= KIOSK_WAIT_LONG_MIN)
        snprintf(out, KIOSK_WORDS_MAX, "%s", say(kiosk, "over 2 hours"));
    else if (shown.high_min <= KIOSK_WAIT_SHORT_MIN && shown.low_min < KIOSK_WAIT_STEP_MIN)
        snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "under %d min"), KIOSK_WAIT_SHORT_MIN);
    else
        snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "%d–%d min"), shown.low_min, shown.high_min);
}

void phrase_load(const struct kiosk *kiosk, const struct kiosk_load *load, char out[KIOSK_WORDS_MAX])
{
    char wait[KIOSK_WORDS_MAX];
    out[0] = '\0';
    if (kiosk->offline || load->waiting < 0)
        return;
    phrase_wait(kiosk, load->wait, wait);
    int used = snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "%d waiting"), load->waiting);
    if (*wait && used > 0 && used < KIOSK_WORDS_MAX)
        snprintf(out + used, (size_t)(KIOSK_WORDS_MAX - used), say(kiosk, " · %s wait"), wait);
}

/* ---- times ---- */

static const char *const weekdays[] = {N_("Sunday"),   N_("Monday"), N_("Tuesday"), N_("Wednesday"),
                                       N_("Thursday"), N_("Friday"), N_("Saturday")};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

struct tm phrase_parts(const struct kiosk *kiosk, int64_t wall_ms)
{
    int told = kiosk->counts.utc_offset_min;
    int offset_min = told != INT32_MIN ? told : kiosk->settings.utc_offset_min;
    time_t seconds = (time_t)(wall_ms / 1000 + (int64_t)offset_min * 60);
    struct tm parts = {0};
    gmtime_r(&seconds, &parts);
    return parts;
}

void phrase_clock(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX])
{
    struct tm t = phrase_parts(kiosk, wall_ms);
    snprintf(out, KIOSK_WORDS_MAX, "%02d:%02d", t.tm_hour, t.tm_min);
}

void phrase_date(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX])
{
    struct tm t = phrase_parts(kiosk, wall_ms);
    const char *day = say(kiosk, weekdays[t.tm_wday]);
    if (kiosk->language == WORDS_ZH)
        snprintf(out, KIOSK_WORDS_MAX, "%d年%d月%d日 %s", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, day);
    else
        snprintf(out, KIOSK_WORDS_MAX, "%s %d %s %d", day, t.tm_mday, months[t.tm_mon], t.tm_year + 1900);
}

static int64_t day_number(const struct kiosk *kiosk, int64_t wall_ms)
{
    struct tm t = phrase_parts(kiosk, wall_ms);
    return (int64_t)timegm(&t) / 86400;
}

void phrase_day_and_clock(const struct kiosk *kiosk, int64_t wall_ms, int64_t now_wall_ms,
                          char out[KIOSK_WORDS_MAX])
{
    struct tm t = phrase_parts(kiosk, wall_ms);
    int64_t days = day_number(kiosk, wall_ms) - day_number(kiosk, now_wall_ms);
    const char *weekday = say(kiosk, weekdays[t.tm_wday]);
    if (days == 0 || days == 1)
        snprintf(out, KIOSK_WORDS_MAX, "%s %02d:%02d", say(kiosk, days ? N_("tomorrow") : N_("today")),
                 t.tm_hour, t.tm_min);
    else if (kiosk->language == WORDS_ZH)
        snprintf(out, KIOSK_WORDS_MAX, "%d月%d日 %s %02d:%02d", t.tm_mon + 1, t.tm_mday, weekday, t.tm_hour,
                 t.tm_min);
    else
        snprintf(out, KIOSK_WORDS_MAX, "%s %d %s %02d:%02d", weekday, t.tm_mday, months[t.tm_mon], t.tm_hour,
                 t.tm_min);
}

/* ---- the number ---- */

void phrase_ahead(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX])
{
    char wait[KIOSK_WORDS_MAX];
    int ahead = kiosk->ticket.ahead, used = 0;
    out[0] = '\0';
    if (ahead == 0)
        used = snprintf(out, KIOSK_WORDS_MAX, "%s", say(kiosk, "Nobody is ahead of you"));
    else if (ahead > 0)
        used = snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "Ahead of you: %d"), ahead);
    phrase_wait(kiosk, kiosk->ticket.wait, wait);
    if (*wait && used > 0)
        snprintf(out + used, (size_t)(KIOSK_WORDS_MAX - used), say(kiosk, " · wait %s"), wait);
}

/* "A、B 区" from "AB". */
void phrase_zones(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX])
{
    char letters[64] = "";
    for (const char *zone = kiosk->ticket.zones; *zone; zone++) {
        size_t used = strlen(letters);
        snprintf(letters + used, sizeof letters - used, "%s%c", used ? say(kiosk, ", ") : "", *zone);
    }
    if (!*letters)
        snprintf(out, KIOSK_WORDS_MAX, "%s", say(kiosk, "Please wait in the hall until you are called"));
    else
        snprintf(out, KIOSK_WORDS_MAX,
                 kiosk->ticket.zones[1] ? say(kiosk, "Please wait in zones %s")
                                        : say(kiosk, "Please wait in zone %s"),
                 letters);
}

bool phrase_turn(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX])
{
    char from[KIOSK_WORDS_MAX], to[KIOSK_WORDS_MAX];
    struct kiosk_wait wait = kiosk_wait_shown(kiosk->ticket.wait);
    int64_t wall_ms = kiosk->ticket.issued_wall_ms;
    out[0] = '\0';
    if (wait.low_min < 0 || wait.high_min > KIOSK_WAIT_LONG_MIN)
        return false;
    phrase_clock(kiosk, wall_ms + (int64_t)wait.low_min * MINUTE_MS, from);
    phrase_clock(kiosk, wall_ms + (int64_t)wait.high_min * MINUTE_MS, to);
    snprintf(out, KIOSK_WORDS_MAX, "%.8s–%.8s", from, to);
    return true;
}

void phrase_windows(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX])
{
    const struct kiosk_ticket *ticket = &kiosk->ticket;
    char numbers[96] = "";
    int shown = ticket->window_count <= WINDOWS_SHOWN_MAX ? ticket->window_count : WINDOWS_SHOWN_MAX - 1;
    out[0] = '\0';
    for (int i = 0; i < shown; i++) {
        size_t used = strlen(numbers);
        snprintf(numbers + used, sizeof numbers - used, "%s%d", used ? say(kiosk, ", ") : "",
                 ticket->windows[i]);
    }
    if (ticket->window_count > shown)
        snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "Windows %s and %d more"), numbers,
                 ticket->window_count - shown);
    else if (shown > 1)
        snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "Windows %s"), numbers);
    else if (shown == 1)
        snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "Window %s"), numbers);
}

/* ---- widths ---- */

int words_lines(const struct ui *ui, const char *words, enum ui_weight weight, int em, int wide)
{
    uint32_t code, before = 0;
    int64_t thousandths = 0;
    int length = (int)strlen(words);
    for (int at = 0, took; (took = ui_utf8_next(words + at, length - at, &code)) > 0;
         at += took, before = code)
        thousandths += (int64_t)ui->measure.advance(ui->measure.context, weight, before, code) * em;
    return (int)(thousandths / 1000 / wide) + 1;
}

/* ---- icons ---- */

/* Names that a hall's configuration may use beside those of the icon set. */
static const struct {
    const char *name;
    enum ui_icon icon;
} aliases[] = {
    {"house", UI_ICON_BUILDING},  {"umbrella", UI_ICON_SHIELD}, {"receipt", UI_ICON_COIN},
    {"shop", UI_ICON_BRIEFCASE},  {"piggy-bank", UI_ICON_HOME}, {"tap", UI_ICON_GEAR},
    {"folder", UI_ICON_DOCUMENT},
};

enum ui_icon domain_icon(const struct kiosk_domain *domain)
{
    enum ui_icon icon = ui_icon_find(domain->icon);
    for (size_t i = 0; !icon && i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcmp(aliases[i].name, domain->icon) == 0)
            icon = aliases[i].icon;
    return icon ? icon : UI_ICON_DOCUMENT;
}
