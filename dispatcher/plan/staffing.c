/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/staffing.h"

#include <math.h>

enum { WINDOWS_TRIED = 100000 };

/* By the recursion of Erlang B, which neither overflows nor loses digits. */
double staffing_delay(unsigned windows, double load)
{
    double blocked = 1;
    if (load <= 0)
        return 0;
    if (windows <= load)
        return 1;
    for (unsigned s = 1; s <= windows; s++)
        blocked = load * blocked / (s + load * blocked);
    return windows * blocked / (windows - load * (1 - blocked));
}

double staffing_wait(unsigned windows, double load)
{
    if (load <= 0)
        return 0;
    return windows <= load ? INFINITY : staffing_delay(windows, load) / (windows - load);
}

double staffing_delay_of_beta(double beta)
{
    double density = exp(-beta * beta / 2) / sqrt(2 * acos(-1.0)), below = 0.5 * erfc(-beta / sqrt(2));
    return 1 / (1 + beta * below / density);
}

double staffing_beta(double delay)
{
    double low = 1e-9, high = 30;
    for (unsigned step = 0; step < 100; step++) {
        double middle = (low + high) / 2;
        if (staffing_delay_of_beta(middle) > delay)
            low = middle;
        else
            high = middle;
    }
    return low;
}

unsigned staffing_windows(double load, double beta)
{
    return load > 0 ? (unsigned)ceil(load + beta * sqrt(load) - 1e-9) : 0;
}

unsigned staffing_windows_for(double load, double wait)
{
    unsigned windows = load > 0 ? (unsigned)load + 1 : 0;
    while (windows < WINDOWS_TRIED && staffing_wait(windows, load) > wait)
        windows++;
    return windows;
}
