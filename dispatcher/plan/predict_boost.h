/* SPDX-License-Identifier: MIT
 * Gradient boosting of one quantile: many small trees that together correct a forecast. The forecast of a row
 * is
 *
 *     base + scale * f(features),   f = start + the sum of the trees' leaves,
 *
 * and fitting minimises the quantile ("pinball") loss of outcome - forecast: each tree is grown on the loss's
 * gradients over binned features, its leaves take the weighted quantile of what is left (Friedman 2001;
 * Koenker and Bassett 1978 for the loss). At quantile 0.5 this is the mean absolute error. The same rows and
 * seed give the same trees on every machine with IEEE arithmetic. */
#ifndef DISPATCHER_PLAN_PREDICT_BOOST_H
#define DISPATCHER_PLAN_PREDICT_BOOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOOST_FEATURES_MAX = 64, BOOST_LEAVES_MAX = 32 };

struct boost_params {
    double quantile;        /* 0 < quantile < 1 */
    unsigned rounds;        /* trees */
    unsigned leaves;        /* of a tree, 2 .. BOOST_LEAVES_MAX */
    unsigned leaf_rows_min; /* fewer rows than this make no leaf */
    double rate;            /* share of each tree's correction that is taken */
    double row_share;       /* of the rows, drawn anew for each tree */
    double column_share;    /* of the features, likewise */
    uint64_t seed;
};

/* Borrowed: row i has features[i * width .. + width) and one value in each of the others. */
struct boost_rows {
    const float *features, *outcome, *base, *scale; /* scale > 0 */
    size_t count;
    unsigned width; /* 1 .. BOOST_FEATURES_MAX */
};

struct boost_node {
    float cut;   /* left when the feature is <= cut */
    float value; /* of a leaf */
    uint8_t feature;
    uint8_t left, right; /* nodes of the same tree; 0: this is a leaf */
};

struct boost_tree {
    struct boost_node nodes[2 * BOOST_LEAVES_MAX];
};

struct boost {
    double start;
    struct boost_tree *trees; /* owned */
    unsigned count;
};

/* Fits anew; a zeroed struct or an earlier fit is replaced. Without rows f is 0 everywhere. False: out of
 * memory, and f is 0 everywhere. */
bool boost_fit(struct boost *boost, const struct boost_params *params, const struct boost_rows *rows);

/* f(features); 0 for a zeroed struct. */
double boost_at(const struct boost *boost, const float *features);

/* Frees the trees; f is 0 afterwards. */
void boost_destroy(struct boost *boost);

#endif
