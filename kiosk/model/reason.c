/* SPDX-License-Identifier: MIT */
#include "kiosk/model/reason.h"

#include <string.h>

#define N_(english) english /* for xgettext: translated where it is shown */

#define ASK_STAFF N_("Please ask a member of staff.")

static const struct kiosk_reason rows[] = {
    {"quota-used", N_("No numbers left today"),
     N_("Please come another day, or ask at the help desk about a booking."), "K-E02", false},
    {"item-closed", N_("This item is not handled at the moment"),
     N_("Please choose another item, or ask at the help desk when it resumes."), "K-E03", false},
    {"no-window", N_("No window is open for this item right now"),
     N_("Please choose another item, or ask at the help desk when it resumes."), "K-E03", false},
    {KIOSK_DOMAIN_CLOSED, N_("No window is open for this service right now"),
     N_("Please come back in opening hours, or ask at the help desk."), "", false},
    {"numbers-stopped", N_("Numbers have stopped for today"), N_("Please come on the next working day."), "",
     false},
    {"day-not-open", N_("Numbers are not given out yet"), N_("Please wait until the hall opens."), "", false},
    {"identity-needed", N_("This item needs an ID check"),
     N_("Please take your ID card to the help desk: staff will give you a number."), "K-E13", false},
    {"already-holds", N_("You already hold a number today"), N_("Please wait until it is called."), "K-E09",
     false},
    {"no-such-item", N_("This item has just changed"), N_("Please choose again."), "K-E14", false},
    {"not-in-catalogue", N_("This item has just changed"), N_("Please choose again."), "K-E14", false},
    {"hall-full", N_("The hall cannot give out more numbers today"), N_("Please ask at the help desk."),
     "K-E15", false},
    {"numbers-exhausted", N_("The hall cannot give out more numbers today"),
     N_("Please ask at the help desk."), "K-E15", false},
    {"too-many-requests", N_("Too many requests at once"), N_("Please wait a few seconds and try again."),
     "K-E08", false},
    {"wait-for-clock", N_("The clock is wrong; staff are needed"), ASK_STAFF, "K-E11", false},
    {KIOSK_NO_ANSWER, N_("No number can be given now"), N_("Please ask staff, or try again soon."), "K-E01",
     false},
    {"store-unavailable", N_("No number can be given now"), N_("Please ask staff, or try again soon."),
     "K-E12", false},
    {"gone", N_("The system is restarting"), N_("Please try again in a moment."), "K-E12", false},
    {"storage-full", N_("No number can be given now"), ASK_STAFF, "K-E16", false},
    {"not-permitted", N_("This machine may not give out numbers"), ASK_STAFF, "K-E17", false},
    {KIOSK_CANCELLED, N_("Your number is cancelled"), N_("You can take a new one at any time."), "", true},
    {KIOSK_CANCELLED_PAPER, N_("Your number is cancelled"), N_("Please put the paper into the box below."),
     "", true},
    {KIOSK_CANCEL_NO_ANSWER, N_("The number may not be cancelled yet"),
     N_("Please try again, or tell a member of staff."), "K-E01", false},
    {"ticket-closed", N_("This number can no longer be cancelled"),
     N_("If it has been called, please go to the window."), "", false},
    {"not-waiting", N_("This number can no longer be cancelled"),
     N_("If it has been called, please go to the window."), "", false},
    {"no-such-number", N_("This number can no longer be cancelled"), ASK_STAFF, "", false},
    {"", "", ASK_STAFF, "K-E18", false}, /* any other: last */
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const struct kiosk_reason *kiosk_reason_find(const char *code)
{
    int i = 0;
    while (i < ROWS - 1 && strcmp(rows[i].code, code) != 0)
        i++;
    return &rows[i];
}

const struct kiosk_reason *kiosk_reasons(int *count)
{
    *count = ROWS;
    return rows;
}
