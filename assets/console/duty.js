// SPDX-License-Identifier: MIT
// Going on duty: which window? One that somebody else holds is taken over only after a question.
import { html, useState } from '/modules/htm/preact/standalone.module.js';
import { act } from './api.js';
import { Icon, Sheet, STATES } from './parts.js';
import { name_of, t } from './words.js';

export function ChooseWindow({ rows, windows, session, onChosen, say }) {
  const [asked, set_asked] = useState(0);
  const [busy, set_busy] = useState(false);
  const start = async (number, takeover) => {
    if (busy) return;
    set_asked(0);
    set_busy(true);
    try {
      await act(`windows/${number}/start-duty`, { clerk: session.clerk, ...(takeover ? { takeover: true } : {}) });
      onChosen(number);
    } catch (error) {
      if (error.code === 'window-taken' && !takeover) set_asked(number);
      else say(error);
    }
    set_busy(false);
  };
  const choose = (number) => {
    const holder = (windows[number] || {}).clerk;
    if (holder && holder !== session.clerk) set_asked(number);
    else start(number, false);
  };
  if (!session.clerk)
    return html`<section class="choose"><h1>${t('This account belongs to no clerk')}</h1>
      <p>${t('Log in as a clerk to serve at a window.')}</p></section>`;
  return html`<section class="choose" aria-label=${t('Which window?')}>
    <h1>${t('Which window?')}</h1>
    <ul class="windows">${Object.values(rows.windows).map((row) => {
      const { state = 'off', number } = windows[row.window] || {};
      return html`<li key=${row.window}><button disabled=${busy} onClick=${() => choose(row.window)}>
        <b>${row.window}</b><span>${name_of(row)}</span>
        <em class=${state}><${Icon} name=${STATES[state].icon} /> ${STATES[state].words()} ${number || ''}</em>
      </button></li>`;
    })}</ul>
    ${asked > 0 && html`<${Sheet} title=${t('Window {n} is taken', { n: asked })} onBack=${() => set_asked(0)}>
      <p>${t('Another clerk is on duty at window {n}. Take it over? Their page will only look on.', { n: asked })}</p>
      <button class="primary" onClick=${() => start(asked, true)}>${t('Take over')}</button>
    <//>`}
  </section>`;
}
