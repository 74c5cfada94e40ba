// SPDX-License-Identifier: MIT
// Who waits for what this window may do. No names, and no picking: the order is the rule's, this list only informs.
import { html, useEffect, useRef, useState } from '/modules/htm/preact/standalone.module.js';
import { name_of, t } from './words.js';

const TARGET_MIN = { normal: 20, rejoined: 20, priority: 10, booked: 5, green: 5 };
const ROWS_MAX = 200;

function flags_of(row) {
  const flags = [];
  if (row.class === 'green') flags.push(t('Green channel'));
  if (row.class === 'priority') flags.push(t('Priority'));
  if (row.booked) flags.push(t('Booked'));
  if (row.rejoined) flags.push(t('Rejoined'));
  if (row.offline) flags.push(t('Offline number'));
  return flags;
}

/** Colour and word for how long somebody has waited. */
function patience(row, waited_min) {
  const target = TARGET_MIN[row.class] || 20;
  if (waited_min >= 1.5 * target) return { look: 'late', words: t('far over target') };
  if (waited_min >= target) return { look: 'long', words: t('over target') };
  return { look: '', words: '' };
}

function sorted_rows(queue, may, filter, rows) {
  const allowed = may ? new Set(may) : null;
  const list = [];
  for (const [number, row] of Object.entries(queue || {})) {
    if (allowed && !allowed.has(row.item)) continue;
    const item = rows.items[row.item];
    const words = `${number} ${item ? `${item.zh} ${item.en}` : ''}`.toLowerCase();
    if (filter && !words.includes(filter.toLowerCase())) continue;
    list.push({ ...row, number, item });
  }
  return list.sort((a, b) => a.ref_ms - b.ref_ms || a.order - b.order);
}

export function Queue({ queue, may, rows, now }) {
  const [filter, set_filter] = useState('');
  const field = useRef(null);
  useEffect(() => {
    const on_key = (event) => {
      if (event.key !== '/' || event.target.tagName === 'INPUT') return;
      event.preventDefault();
      field.current.focus();
    };
    addEventListener('keydown', on_key);
    return () => removeEventListener('keydown', on_key);
  }, []);
  const list = sorted_rows(queue, may, filter, rows);
  return html`<section class="queue" aria-label=${t('Queue')}>
    <header><h2>${t('Waiting for my items')} <span class="count" data-testid="waiting">${list.length}</span></h2>
      <label class="filter"><span>${t('Filter')} <kbd>/</kbd></span><input type="search" ref=${field} value=${filter}
        onInput=${(e) => set_filter(e.target.value)} /></label></header>
    ${!queue && html`<p class="empty">${t('Connecting…')}</p>`}
    ${queue && !list.length && html`<p class="empty">${filter ? t('Nothing found for “{q}”', { q: filter }) : t('Nobody is waiting')}</p>`}
    ${list.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${t('Queue')}><table>
      <thead><tr><th>${t('Number')}</th><th>${t('Item')}</th><th>${t('Waited')}</th><th>${t('Notes')}</th></tr></thead>
      <tbody>${list.slice(0, ROWS_MAX).map((row) => {
        const waited_min = Math.floor((now - row.since_ms) / 60000);
        const { look, words } = patience(row, waited_min);
        return html`<tr key=${row.number} class=${look}>
          <td><b>${row.number}</b></td><td>${row.item ? name_of(row.item) : ''}</td>
          <td>${waited_min < 0 ? t('in {n} min', { n: -waited_min }) : t('{n} min', { n: waited_min })} <small>${words}</small></td>
          <td>${flags_of(row).map((flag) => html`<span class="flag">${flag}</span> `)}</td></tr>`;
      })}</tbody></table></div>`}
    ${list.length > ROWS_MAX && html`<p class="empty">${t('and {n} more', { n: list.length - ROWS_MAX })}</p>`}
  </section>`;
}
