/* SPDX-License-Identifier: MIT */
#include "common/ui/motion.h"

#include "tokens.h"

static double bezier(double a, double b, double t)
{
    double back = 1.0 - t;
    return 3.0 * back * back * t * a + 3.0 * back * t * t * b + t * t * t;
}

int motion_ease(int progress)
{
    if (progress <= 0)
        return 0;
    if (progress >= 1000)
        return 1000;
    double x = progress / 1000.0;
    double low = 0.0, high = 1.0;
    for (int i = 0; i < 24; i++) {
        double middle = (low + high) / 2.0;
        if (bezier(EASE_X1 / 1000.0, EASE_X2 / 1000.0, middle) < x)
            low = middle;
        else
            high = middle;
    }
    return (int)(bezier(EASE_Y1 / 1000.0, EASE_Y2 / 1000.0, low) * 1000.0 + 0.5);
}

int motion_progress(int64_t now_ms, int64_t start_ms, int64_t length_ms)
{
    if (length_ms <= 0 || now_ms - start_ms >= length_ms)
        return 1000;
    if (now_ms <= start_ms)
        return 0;
    return (int)((now_ms - start_ms) * 1000 / length_ms);
}

int motion_between(int from, int to, int amount)
{
    int64_t scaled = ((int64_t)to - from) * amount;
    return from + (int)((scaled + (scaled >= 0 ? 500 : -500)) / 1000);
}

int motion_pulse(int64_t now_ms, int64_t start_ms, int64_t period_ms, int count)
{
    int64_t since = now_ms - start_ms;
    if (since <= 0 || period_ms <= 0 || since >= period_ms * count)
        return 0;
    int64_t phase = since % period_ms * 2000 / period_ms; /* up to 1000 and down again */
    int rise = (int)(phase <= 1000 ? phase : 2000 - phase);
    return (int)((int64_t)rise * rise * (3000 - 2 * rise) / 1000000); /* smooth at both ends */
}
