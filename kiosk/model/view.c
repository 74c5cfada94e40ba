/* SPDX-License-Identifier: MIT
 * What screens ask of the model. */
#include "kiosk/model/kiosk.h"

enum kiosk_face kiosk_face(const struct kiosk *kiosk)
{
    if (kiosk->screen == KIOSK_ISSUED)
        return KIOSK_FACE_ISSUED;
    if (!kiosk->counts.hall_known || !kiosk->catalogue.domain_count)
        return KIOSK_FACE_CONNECTING;
    if (kiosk->counts.numbers != KIOSK_NUMBERS_OPEN && kiosk->sheet != KIOSK_SHEET_TAKING)
        return KIOSK_FACE_CLOSED;
    return kiosk->screen == KIOSK_ITEMS ? KIOSK_FACE_ITEMS : KIOSK_FACE_HOME;
}

int64_t kiosk_wall_ms(const struct kiosk *kiosk, int64_t now_ms)
{
    return now_ms + kiosk->wall_less_now_ms;
}

/* ---- home ---- */

/* Nine cards fit; with more domains the ninth place leads to the next page. */
static int cards_a_page(const struct kiosk *kiosk)
{
    return kiosk->catalogue.domain_count > KIOSK_CARDS ? KIOSK_CARDS - 1 : KIOSK_CARDS;
}

bool kiosk_has_more(const struct kiosk *kiosk)
{
    return kiosk->catalogue.domain_count > KIOSK_CARDS;
}

int kiosk_home_pages(const struct kiosk *kiosk)
{
    int cards = cards_a_page(kiosk);
    return (kiosk->catalogue.domain_count + cards - 1) / cards;
}

const struct kiosk_domain *kiosk_card(const struct kiosk *kiosk, int n)
{
    int cards = cards_a_page(kiosk), place = kiosk->home_page * cards + n;
    return n < cards && place < kiosk->catalogue.domain_count ? &kiosk->catalogue.domains[place] : NULL;
}

int kiosk_chips(const struct kiosk *kiosk, const struct kiosk_item *chips[KIOSK_CHIPS])
{
    int count = 0;
    for (int i = 0; i < kiosk->catalogue.item_count && count < KIOSK_CHIPS; i++) {
        const struct kiosk_item *item = &kiosk->catalogue.items[i];
        if (item->popular && !item->needs_identity)
            chips[count++] = item;
    }
    return count;
}

/* ---- lists ---- */

int kiosk_item_pages(const struct kiosk *kiosk)
{
    return (kiosk_domain_items(&kiosk->catalogue, kiosk->domain) + KIOSK_ROWS - 1) / KIOSK_ROWS;
}

bool kiosk_domain_is_open(const struct kiosk *kiosk, int domain)
{
    return domain >= 1 && domain <= KIOSK_DOMAINS_MAX && kiosk->counts.domains[domain].windows != 0;
}

bool kiosk_item_is_open(const struct kiosk *kiosk, int item)
{
    return item >= 1 && item <= KIOSK_ITEMS_MAX && kiosk->counts.items[item].windows != 0;
}

bool kiosk_item_is_used_up(const struct kiosk *kiosk, int item)
{
    return item >= 1 && item <= KIOSK_ITEMS_MAX && kiosk->counts.items[item].left == 0;
}
