/* SPDX-License-Identifier: MIT */
#include "common/ticket/ticket.h"

#include <stdlib.h>
#include <string.h>

#include "common/ui_sdl/canvas.h"

/* The measures of the two papers, in dots. */
struct measures {
    int width, margin;
    enum ui_type number;
    int number_high;
    int code;                   /* side of the QR code with nothing around it */
    int code_quiet;             /* white around it: at least 4 modules */
    int gap;                    /* between texts */
    int lines_max;              /* of one text */
    int beside_max;             /* texts beside the code */
    enum ui_type heading, body; /* narrow paper takes smaller type and two lines */
};

static const struct measures papers[] = {
    [TICKET_80] = {T_WIDTH, 12, UI_T_NUMBER, 176, 240, 28, 8, 1, TICKET_LINES_MAX, UI_T_H, UI_T_BODY},
    [TICKET_58] = {T_WIDTH_58, 8, UI_T_NUMBER_58, 116, 200, 24, 4, 2, 1, UI_T_BODY, UI_T_SMALL},
};

static bool is_there(const char *words)
{
    return words && *words;
}

static struct ui_text words_of(const char *words, enum ui_type type, int lines_max)
{
    return (struct ui_text){
        .words = words, .type = type, .width = UI_PERCENT(100), .lines_max = lines_max, .em_least = 24};
}

static void put(struct ui *ui, const char *words, enum ui_type type, int lines_max)
{
    struct ui_text text = words_of(words, type, lines_max);
    if (is_there(words))
        ui_text(ui, &text);
}

static void put_bold(struct ui *ui, const char *words, enum ui_type type, int lines_max)
{
    struct ui_text text = words_of(words, type, lines_max);
    text.weight = UI_BOLD;
    if (is_there(words))
        ui_text(ui, &text);
}

static void draw_rule(struct ui *ui)
{
    ui_rect(ui, &(struct ui_box){.width = UI_PERCENT(100), .height = UI_PX(2), .fill = UI_INK});
}

static void draw_head(struct ui *ui, const struct ticket *ticket, const struct measures *m)
{
    ui_row_begin(ui, &(struct ui_box){.width = UI_PERCENT(100), .gap = 12, .align = UI_CENTER});
    ui_icon(ui, &(struct ui_mark){.icon = UI_ICON_EMBLEM, .width = UI_PX(40), .height = UI_PX(40)});
    ui_text(ui, &(struct ui_text){.words = ticket->hall,
                                  .type = UI_T_BODY,
                                  .weight = UI_BOLD,
                                  .width = UI_GROW,
                                  .lines_max = m->lines_max,
                                  .em_least = 24});
    ui_row_end(ui);
    draw_rule(ui);
}

static void draw_number(struct ui *ui, const struct ticket *ticket, const struct measures *m)
{
    struct ui_text text = words_of(ticket->number, m->number, 1);
    text.height = UI_PX(m->number_high);
    text.align = UI_CENTER;
    ui_text(ui, &text);
}

static void draw_flags(struct ui *ui, const struct ticket *ticket, const struct measures *m)
{
    if (!is_there(ticket->flags[0]))
        return;
    ui_row_begin(ui, &(struct ui_box){.gap = m->gap * 2});
    for (int i = 0; i < TICKET_FLAGS_MAX && is_there(ticket->flags[i]); i++) {
        ui_row_begin(ui, &(struct ui_box){.border = UI_INK, .border_px = 3, .pad = UI_PAD_XY(m->gap + 8, 4)});
        ui_text(ui, &(struct ui_text){.words = ticket->flags[i], .type = m->body, .weight = UI_BOLD});
        ui_row_end(ui);
    }
    ui_row_end(ui);
}

static void draw_code(struct ui *ui, const struct ticket *ticket, const struct measures *m)
{
    static _Thread_local struct ticket_code code;
    if (!is_there(ticket->link) || !ticket_code_make(&code, ticket->link))
        return;
    ui_row_begin(ui, &(struct ui_box){.width = UI_PERCENT(100),
                                      .pad = {m->code_quiet - m->margin, m->code_quiet, 0, m->code_quiet},
                                      .gap = m->code_quiet,
                                      .align = UI_CENTER});
    ui_code(ui, &(struct ui_code){.width = UI_PX(m->code),
                                  .height = UI_PX(m->code),
                                  .modules = code.modules,
                                  .side = code.side,
                                  .quiet = -1});
    ui_column_begin(ui, &(struct ui_box){.width = UI_GROW, .gap = 16});
    for (int i = 0; i < m->beside_max; i++)
        put(ui, ticket->beside[i], UI_T_SMALL, 3);
    ui_column_end(ui);
    ui_row_end(ui);
}

static void draw_foot(struct ui *ui, const struct ticket *ticket, const struct measures *m)
{
    draw_rule(ui);
    put(ui, ticket->rule, UI_T_SMALL, 2);
    if (m->lines_max > 1) { /* narrow: one below the other */
        put(ui, ticket->contact, UI_T_SMALL, 1);
        put(ui, ticket->made, UI_T_SMALL, 1);
        return;
    }
    ui_row_begin(ui, &(struct ui_box){.width = UI_PERCENT(100), .justify = UI_SPREAD});
    if (is_there(ticket->contact))
        ui_text(ui, &(struct ui_text){.words = ticket->contact, .type = UI_T_SMALL});
    if (is_there(ticket->made))
        ui_text(ui, &(struct ui_text){.words = ticket->made, .type = UI_T_SMALL});
    ui_row_end(ui);
}

void ticket_draw(struct ui *ui, const struct ticket *ticket, enum ticket_paper paper)
{
    const struct measures *m = &papers[paper];
    ui_column_begin(
        ui, &(struct ui_box){.at = {0, 0, m->width, 0}, .pad = {m->margin, 8, m->margin, 16}, .gap = m->gap});
    draw_head(ui, ticket, m);
    put_bold(ui, ticket->heading, m->heading, m->lines_max);
    draw_number(ui, ticket, m);
    for (int i = 0; i < TICKET_LINES_MAX; i++)
        put(ui, ticket->lines[i], m->body, m->lines_max);
    draw_flags(ui, ticket, m);
    draw_code(ui, ticket, m);
    draw_foot(ui, ticket, m);
    ui_column_end(ui);
}

struct ui_frame ticket_frame(enum ticket_paper paper, int height)
{
    return (struct ui_frame){
        .width = papers[paper].width, .height = height, .theme = UI_PRINT, .still = true, .screen = 1};
}

/* ---- raster ---- */

static void lay_out(struct ui *ui, const struct ticket *ticket, enum ticket_paper paper, int height)
{
    struct ui_frame frame = ticket_frame(paper, height);
    ui_begin(ui, &frame);
    ticket_draw(ui, ticket, paper);
    ui_end(ui);
}

static int height_of(struct ui *ui, const struct ticket *ticket, enum ticket_paper paper)
{
    lay_out(ui, ticket, paper, 2 * TICKET_HIGH_MAX);
    return ui->nodes[1].rect.h; /* of the column; the first node is the canvas */
}

static enum status paint(const struct ui *ui, struct ui_fonts *fonts, struct ticket_raster *out,
                         struct error *error)
{
    struct ui_canvas canvas;
    struct ui_canvas_params params = {.width = ui->frame.width, .height = ui->frame.height, .fonts = fonts};
    enum status status = ui_canvas_init(&canvas, &params, error);
    if (status != STATUS_OK)
        return status;
    out->width = params.width;
    out->height = params.height;
    out->stride = (params.width + 7) / 8;
    out->bits = calloc((size_t)out->height, (size_t)out->stride);
    if (out->bits) {
        ui_canvas_paint(&canvas, ui, NULL);
        ui_canvas_pack_mono(&canvas, out->bits);
    } else {
        status = error_set(error, STATUS_MEMORY, "no memory for the ticket's picture");
    }
    ui_canvas_destroy(&canvas);
    return status;
}

enum status ticket_render(const struct ticket *ticket, enum ticket_paper paper, struct ui_fonts *fonts,
                          struct ticket_raster *out, struct error *error)
{
    struct ui *ui = malloc(sizeof *ui);
    if (!ui)
        return error_set(error, STATUS_MEMORY, "no memory for the ticket's layout");
    struct ui_measure measure = ui_fonts_measure(fonts);
    struct ticket lean = *ticket;
    ui_init(ui, &measure);
    int height = height_of(ui, ticket, paper);
    if (height >
        TICKET_HIGH_MAX) { /* very long texts: a number without the small print is better than none */
        lean.rule = lean.contact = NULL;
        height = height_of(ui, &lean, paper);
    }
    enum status status = STATUS_OK;
    if (height > TICKET_HIGH_MAX)
        status = error_set(error, STATUS_LIMIT, "the ticket would be %d mm long; at most %d mm are printed",
                           height / TICKET_DOTS_PER_MM, TICKET_HIGH_MAX / TICKET_DOTS_PER_MM);
    if (status == STATUS_OK) {
        lay_out(ui, &lean, paper, height);
        status = paint(ui, fonts, out, error);
    }
    free(ui);
    return status;
}

void ticket_raster_destroy(struct ticket_raster *raster)
{
    free(raster->bits);
    *raster = (struct ticket_raster){0};
}
