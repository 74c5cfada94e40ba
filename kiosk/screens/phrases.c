/* SPDX-License-Identifier: MIT
 * Phrases made of figures: waits, times, dates. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kiosk/screens/parts.h"

#define N_(english) english

/* ---- waits ---- */

void put_wait(const struct kiosk *kiosk, struct kiosk_wait wait, char out[KIOSK_WORDS_MAX])
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

void put_load(const struct kiosk *kiosk, const struct kiosk_load *load, char out[KIOSK_WORDS_MAX])
{
    char wait[KIOSK_WORDS_MAX];
    out[0] = '\0';
    if (kiosk->offline || load->waiting < 0)
        return;
    put_wait(kiosk, load->wait, wait);
    int used = snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "%d waiting"), load->waiting);
    if (*wait && used > 0 && used < KIOSK_WORDS_MAX)
        snprintf(out + used, (size_t)(KIOSK_WORDS_MAX - used), say(kiosk, " · %s wait"), wait);
}

/* ---- times ---- */

static const char *const weekdays[] = {N_("Sunday"),   N_("Monday"), N_("Tuesday"), N_("Wednesday"),
                                       N_("Thursday"), N_("Friday"), N_("Saturday")};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

/* Calendar parts of a wall time in the hall's zone, which need not be this machine's. */
static struct tm parts_of(const struct kiosk *kiosk, int64_t wall_ms)
{
    int told = kiosk->counts.utc_offset_min;
    int offset_min = told != INT32_MIN ? told : kiosk->settings.utc_offset_min;
    time_t seconds = (time_t)(wall_ms / 1000 + (int64_t)offset_min * 60);
    struct tm parts = {0};
    gmtime_r(&seconds, &parts);
    return parts;
}

void put_clock(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX])
{
    struct tm t = parts_of(kiosk, wall_ms);
    snprintf(out, KIOSK_WORDS_MAX, "%02d:%02d", t.tm_hour, t.tm_min);
}

void put_date(const struct kiosk *kiosk, int64_t wall_ms, char out[KIOSK_WORDS_MAX])
{
    struct tm t = parts_of(kiosk, wall_ms);
    const char *day = say(kiosk, weekdays[t.tm_wday]);
    if (kiosk->language == WORDS_ZH)
        snprintf(out, KIOSK_WORDS_MAX, "%d年%d月%d日 %s", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, day);
    else
        snprintf(out, KIOSK_WORDS_MAX, "%s %d %s %d", day, t.tm_mday, months[t.tm_mon], t.tm_year + 1900);
}

static int64_t day_number(const struct kiosk *kiosk, int64_t wall_ms)
{
    struct tm t = parts_of(kiosk, wall_ms);
    return (int64_t)timegm(&t) / 86400;
}

void put_day_and_clock(const struct kiosk *kiosk, int64_t wall_ms, int64_t now_wall_ms,
                       char out[KIOSK_WORDS_MAX])
{
    struct tm t = parts_of(kiosk, wall_ms);
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
