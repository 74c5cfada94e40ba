// SPDX-License-Identifier: MIT
// Who waits for what this window may do. No names, and no picking: the order is the rule's, this list only informs.
import { html, useEffect, useRef, useState } from '/modules/htm/preact/standalone.module.js';
import { name_of, t } from './words.js';

const ROWS_MAX = 200;
const ITEMS_SHOWN = 5;

function flags_of(row, rows) {
  const flags = [];
  const kind = name_of(rows.kinds[row.kind]);
  if (row.class === 'green') flags.push(t('Green channel'));
  if (row.class === 'priority') flags.push(kind ? `${t('Priority')} · ${kind}` : t('Priority'));
  if (row.booked) flags.push(t('Booked'));
  if (row.rejoined) flags.push(t('Rejoined'));
  if (row.offline) flags.push(t('Offline number'));
  return flags;
}

/** Colour and word for how long somebody has waited. */
function patience(row, waited_min, targets) {
  const target = targets && (targets[row.class] || targets.normal);
  if (target && waited_min >= 1.5 * target) return { look: 'late', words: t('far over target') };
  if (target && waited_min >= target) return { look: 'long', words: t('over target') };
  return { look: '', words: '' };
}

/** The tickets that this window might be given, oldest first. */
function mine_of({ queue, my, rows, window, clerk }) {
  const may = my && my.may ? new Set(my.may) : null;
  const list = [];
  for (const [number, row] of Object.entries(queue || {})) {
    if (may && !may.has(row.item)) continue;
    if (row.asked_window && row.asked_window !== window) continue;
    if (row.asked_clerk && row.asked_clerk !== clerk) continue;
    const item = rows.items[row.item];
    const words = [number, item && item.zh, item && item.en, ...((item && item.aliases) || [])].join(' ').toLowerCase();
    list.push({ ...row, number, words, item_row: item });
  }
  return list.sort((a, b) => a.ref_ms - b.ref_ms || a.order - b.order);
}

/** [item row, count] of items that several wait for, the most wanted first; `rest`: how many other items. */
function counts_of(list) {
  const counts = new Map();
  for (const row of list) if (row.item_row) counts.set(row.item_row, (counts.get(row.item_row) || 0) + 1);
  const shown = [...counts].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1]).slice(0, ITEMS_SHOWN);
  return { shown, rest: counts.size - shown.length };
}

function Row({ row, rows, targets, now }) {
  const waited_min = Math.floor((now - row.since_ms) / 60000);
  const { look, words } = patience(row, waited_min, targets);
  return html`<tr class=${look}>
    <td><b>${row.number}</b></td>
    <td>${name_of(row.item_row)}${flags_of(row, rows).map((flag) => html` <span class="flag">${flag}</span>`)}</td>
    <td>${row.since_ms > now + 60000 ? t('in {n} min', { n: Math.ceil((row.since_ms - now) / 60000) })
      : t('{n} min', { n: Math.max(0, waited_min) })}${words && html` <small>${words}</small>`}</td></tr>`;
}

export function Queue(props) {
  const { queue, rows, targets, now } = props;
  const [filter, set_filter] = useState('');
  const field = useRef(null);
  useEffect(() => {
    const on_key = (event) => {
      if (event.key !== '/' || event.ctrlKey || /^(INPUT|SELECT)$/.test(event.target.tagName) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      field.current.focus();
      field.current.select();
    };
    addEventListener('keydown', on_key);
    return () => removeEventListener('keydown', on_key);
  }, []);
  const on_escape = (event) => {
    if (event.key !== 'Escape') return;
    set_filter('');
    field.current.blur();
  };
  const mine = mine_of(props);
  const { shown, rest } = counts_of(mine);
  const wanted = filter.trim().toLowerCase();
  const list = wanted ? mine.filter((row) => row.words.includes(wanted)) : mine;
  return html`<section class="queue" aria-label=${t('Queue')}>
    <header><h2>${t('Waiting for my items')} <span class="count" data-testid="waiting">${mine.length}</span></h2>
      <label class="filter"><span>${t('Filter')} <kbd>/</kbd></span><input type="search" ref=${field} value=${filter} maxlength="40"
        onInput=${(e) => set_filter(e.target.value)} onKeyDown=${on_escape} /></label></header>
    ${shown.length > 0 && shown.length + rest > 1 && html`<ul class="counts" aria-label=${t('By item')}>${shown.map(([item, count]) => {
      const name = name_of(item);
      return html`<li key=${item.item}><button aria-pressed=${filter === name} onClick=${() => set_filter(filter === name ? '' : name)}>
        <span>${name}</span> <b>${count}</b></button></li>`;
    })}${rest > 0 && html`<li>${t('{n} more items', { n: rest })}</li>`}</ul>`}
    ${!queue && html`<p class="empty">${t('Connecting…')}</p>`}
    ${queue && !list.length && html`<p class="empty">${mine.length ? t('Nothing found for “{q}”', { q: filter }) : t('Nobody is waiting')}</p>`}
    ${list.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${t('Waiting')}><table>
      <thead><tr><th scope="col">${t('Number')}</th><th scope="col">${t('Item')}</th><th scope="col">${t('Waited')}</th></tr></thead>
      <tbody>${list.slice(0, ROWS_MAX).map((row) => html`<${Row} key=${row.number} row=${row} rows=${rows} targets=${targets} now=${now} />`)}</tbody>
    </table>${list.length > ROWS_MAX && html`<p class="empty">${t('and {n} more', { n: list.length - ROWS_MAX })}</p>`}</div>`}
  </section>`;
}
