/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/predict_boost.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/rng.h"

enum { BINS = 64 };

/* A value and what it counts. */
struct weighed {
    float value, weight;
};

/* A leaf that may still be split: its rows are work.order[from .. from + count). */
struct growing {
    uint32_t from, count;
    uint8_t node;
    double gain; /* of the best split; 0: none */
    unsigned feature, bin;
};

struct work {
    const struct boost_params *params;
    const struct boost_rows *rows;
    uint8_t *bins;          /* by feature, then row */
    float (*cuts)[BINS];    /* upper edges of the bins of each feature */
    float *f, *gradient;    /* by row */
    uint32_t *order;        /* rows drawn for this tree, leaf by leaf */
    struct weighed *scores; /* room for every row */
    unsigned columns[BOOST_FEATURES_MAX], column_count;
    struct rng rng;
};

static int weighed_order(const void *a, const void *b)
{
    float x = ((const struct weighed *)a)->value, y = ((const struct weighed *)b)->value;
    return (x > y) - (x < y);
}

/* The smallest value at which the weights so far reach the quantile's share. Sorts. */
static double weighed_quantile(struct weighed *list, size_t count, double quantile)
{
    double total = 0, so_far = 0;
    if (!count)
        return 0;
    qsort(list, count, sizeof *list, weighed_order);
    for (size_t i = 0; i < count; i++)
        total += (double)list[i].weight;
    for (size_t i = 0; i < count; i++)
        if ((so_far += (double)list[i].weight) >= quantile * total)
            return (double)list[i].value;
    return (double)list[count - 1].value;
}

/* ---- binning ---- */

static void bin_feature(struct work *w, unsigned feature)
{
    const struct boost_rows *rows = w->rows;
    float *cuts = w->cuts[feature];
    unsigned used = 0;
    for (size_t i = 0; i < rows->count; i++)
        w->scores[i] = (struct weighed){rows->features[i * rows->width + feature], 1};
    qsort(w->scores, rows->count, sizeof *w->scores, weighed_order);
    for (unsigned q = 1; q < BINS; q++) {
        float cut = w->scores[(rows->count - 1) * q / BINS].value;
        if (used == 0 || cut > cuts[used - 1])
            cuts[used++] = cut;
    }
    for (size_t i = 0; i < rows->count; i++) {
        float value = rows->features[i * rows->width + feature];
        unsigned low = 0, high = used;
        while (low < high) {
            unsigned middle = (low + high) / 2;
            if (value <= cuts[middle])
                high = middle;
            else
                low = middle + 1;
        }
        w->bins[(size_t)feature * rows->count + i] = (uint8_t)low;
    }
}

/* ---- growing a tree ---- */

struct cell {
    double gradient, weight;
    uint32_t count;
};

/* Tries every cut of one feature. */
static void try_feature(const struct work *w, struct growing *leaf, unsigned feature, struct cell total)
{
    struct cell cells[BINS] = {0}, left = {0};
    const uint8_t *bins = w->bins + (size_t)feature * w->rows->count;
    for (uint32_t k = leaf->from; k < leaf->from + leaf->count; k++) {
        uint32_t row = w->order[k];
        struct cell *cell = &cells[bins[row]];
        cell->gradient += (double)w->gradient[row];
        cell->weight += (double)w->rows->scale[row];
        cell->count++;
    }
    for (unsigned bin = 0; bin + 1 < BINS; bin++) {
        left.gradient += cells[bin].gradient;
        left.weight += cells[bin].weight;
        left.count += cells[bin].count;
        if (!cells[bin].count || left.count < w->params->leaf_rows_min)
            continue;
        if (total.count - left.count < w->params->leaf_rows_min)
            break;
        double right = total.gradient - left.gradient;
        double gain = left.gradient * left.gradient / left.weight +
                      right * right / (total.weight - left.weight) -
                      total.gradient * total.gradient / total.weight;
        if (gain > leaf->gain) {
            leaf->gain = gain;
            leaf->feature = feature;
            leaf->bin = bin;
        }
    }
}

static void find_split(const struct work *w, struct growing *leaf)
{
    struct cell total = {0};
    leaf->gain = 0;
    if (leaf->count < 2 * w->params->leaf_rows_min)
        return;
    for (uint32_t k = leaf->from; k < leaf->from + leaf->count; k++) {
        total.gradient += (double)w->gradient[w->order[k]];
        total.weight += (double)w->rows->scale[w->order[k]];
    }
    total.count = leaf->count;
    for (unsigned i = 0; i < w->column_count; i++)
        try_feature(w, leaf, w->columns[i], total);
}

/* Puts the rows of the left side first; returns their count. */
static uint32_t part_rows(struct work *w, const struct growing *leaf)
{
    const uint8_t *bins = w->bins + (size_t)leaf->feature * w->rows->count;
    uint32_t low = leaf->from, high = leaf->from + leaf->count;
    while (low < high) {
        if (bins[w->order[low]] <= leaf->bin) {
            low++;
        } else {
            uint32_t swap = w->order[--high];
            w->order[high] = w->order[low];
            w->order[low] = swap;
        }
    }
    return low - leaf->from;
}

static double leaf_value(struct work *w, const struct growing *leaf)
{
    const struct boost_rows *rows = w->rows;
    for (uint32_t k = 0; k < leaf->count; k++) {
        uint32_t row = w->order[leaf->from + k];
        float left = (rows->outcome[row] - rows->base[row]) / rows->scale[row] - w->f[row];
        w->scores[k] = (struct weighed){left, rows->scale[row]};
    }
    return w->params->rate * weighed_quantile(w->scores, leaf->count, w->params->quantile);
}

static void draw_sample(struct work *w, struct growing *root)
{
    *root = (struct growing){0};
    for (size_t i = 0; i < w->rows->count; i++)
        if (rng_unit(&w->rng) < w->params->row_share)
            w->order[root->count++] = (uint32_t)i;
    w->column_count = 0;
    for (unsigned i = 0; i < w->rows->width; i++)
        if (rng_unit(&w->rng) < w->params->column_share)
            w->columns[w->column_count++] = i;
    if (!w->column_count)
        w->columns[w->column_count++] = rng_below(&w->rng, w->rows->width);
}

static void grow_tree(struct work *w, struct boost_tree *tree)
{
    struct growing leaves[BOOST_LEAVES_MAX];
    unsigned leaf_count = 1, node_count = 1;
    memset(tree, 0, sizeof *tree);
    draw_sample(w, &leaves[0]);
    find_split(w, &leaves[0]);
    while (leaf_count < w->params->leaves) {
        unsigned best = 0;
        for (unsigned i = 1; i < leaf_count; i++)
            if (leaves[i].gain > leaves[best].gain)
                best = i;
        struct growing leaf = leaves[best];
        if (leaf.gain <= 0)
            break;
        uint32_t left = part_rows(w, &leaf);
        struct boost_node *node = &tree->nodes[leaf.node];
        node->feature = (uint8_t)leaf.feature;
        node->cut = w->cuts[leaf.feature][leaf.bin];
        node->left = (uint8_t)node_count++;
        node->right = (uint8_t)node_count++;
        leaves[best] = (struct growing){.from = leaf.from, .count = left, .node = node->left};
        leaves[leaf_count] =
            (struct growing){.from = leaf.from + left, .count = leaf.count - left, .node = node->right};
        find_split(w, &leaves[best]);
        find_split(w, &leaves[leaf_count++]);
    }
    for (unsigned i = 0; i < leaf_count; i++)
        tree->nodes[leaves[i].node].value = (float)leaf_value(w, &leaves[i]);
}

static float tree_at(const struct boost_tree *tree, const float *features)
{
    const struct boost_node *node = &tree->nodes[0];
    while (node->left)
        node = &tree->nodes[features[node->feature] <= node->cut ? node->left : node->right];
    return node->value;
}

/* ---- the whole ---- */

static void take_gradients(struct work *w)
{
    const struct boost_rows *rows = w->rows;
    float above = (float)w->params->quantile, below = above - 1;
    for (size_t i = 0; i < rows->count; i++)
        w->gradient[i] =
            rows->scale[i] * (rows->outcome[i] - rows->base[i] > rows->scale[i] * w->f[i] ? above : below);
}

static void fit(struct work *w, struct boost *boost)
{
    const struct boost_rows *rows = w->rows;
    for (unsigned i = 0; i < rows->width; i++)
        bin_feature(w, i);
    for (size_t i = 0; i < rows->count; i++)
        w->scores[i] = (struct weighed){(rows->outcome[i] - rows->base[i]) / rows->scale[i], rows->scale[i]};
    boost->start = weighed_quantile(w->scores, rows->count, w->params->quantile);
    for (size_t i = 0; i < rows->count; i++)
        w->f[i] = (float)boost->start;
    for (boost->count = 0; boost->count < w->params->rounds; boost->count++) {
        struct boost_tree *tree = &boost->trees[boost->count];
        take_gradients(w);
        grow_tree(w, tree);
        for (size_t i = 0; i < rows->count; i++)
            w->f[i] += tree_at(tree, rows->features + i * rows->width);
    }
}

bool boost_fit(struct boost *boost, const struct boost_params *params, const struct boost_rows *rows)
{
    assert(rows->width >= 1 && rows->width <= BOOST_FEATURES_MAX);
    assert(params->leaves >= 2 && params->leaves <= BOOST_LEAVES_MAX && params->rounds > 0);
    boost_destroy(boost);
    if (!rows->count)
        return true;
    struct work w = {.params = params, .rows = rows, .rng = {params->seed}};
    w.bins = malloc(rows->count * rows->width);
    w.cuts = calloc(rows->width, sizeof *w.cuts);
    w.f = malloc(rows->count * sizeof *w.f);
    w.gradient = malloc(rows->count * sizeof *w.gradient);
    w.order = malloc(rows->count * sizeof *w.order);
    w.scores = malloc(rows->count * sizeof *w.scores);
    boost->trees = malloc(params->rounds * sizeof *boost->trees);
    bool room = w.bins && w.cuts && w.f && w.gradient && w.order && w.scores && boost->trees;
    if (room)
        fit(&w, boost);
    else
        boost_destroy(boost);
    free(w.bins);
    free(w.cuts);
    free(w.f);
    free(w.gradient);
    free(w.order);
    free(w.scores);
    return room;
}

double boost_at(const struct boost *boost, const float *features)
{
    double f = boost->start;
    for (unsigned i = 0; i < boost->count; i++)
        f += (double)tree_at(&boost->trees[i], features);
    return f;
}

void boost_destroy(struct boost *boost)
{
    free(boost->trees);
    *boost = (struct boost){0};
}
