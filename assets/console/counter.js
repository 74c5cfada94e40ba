// SPDX-License-Identifier: MIT
// The clerk's page: my window on the left, the queue beside it, today on the right. One big button whose label is the next
// sensible act; every act by key and by pointer.
import { html, useEffect, useRef, useState } from '/modules/htm/preact/standalone.module.js';
import { act, follow } from './api.js';
import { Queue } from './queue.js';
import { name_of, t } from './words.js';

const PRESS_GUARD_MS = 800;
const NO_SHOW_AFTER_MS = 60000;

export const minutes = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** The clock of the page, once a second. */
function useNow() {
  const [now, set_now] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set_now(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** What each state offers: the big button first, then the keys beside it. */
function acts_of(my, now) {
  const called_ms = now - (my.called_ms || now);
  const recalled_ms = now - Math.max(my.called_ms || 0, my.recalled_ms || 0);
  const pause = { key: 'F10', label: t('Pause'), pause: true };
  switch (my.state) {
    case 'free':
      return [{ key: 'F2', label: t('Call next'), acts: ['call'] }, pause];
    case 'called':
      return [
        { key: 'F2', label: t('Start service'), acts: ['start'] },
        { key: 'F3', label: t('Call again'), acts: ['recall'], off: recalled_ms < 10000 || my.recalls >= 3,
          note: my.recalls ? t('called again {n}×', { n: my.recalls }) : '' },
        { key: 'F4', label: t('No-show'), acts: ['no-show'], off: my.recalls < 2 && called_ms < NO_SHOW_AFTER_MS,
          note: my.recalls < 2 ? t('after 2 recalls or 60 s') : '' },
      ];
    case 'serving':
      return [
        my.paused ? { key: 'F2', label: t('Finish'), acts: ['finish'] }
                  : { key: 'F2', label: t('Finish and call next'), acts: ['finish', 'call'] },
        { key: 'F9', label: t('Finish only'), acts: ['finish'] },
        my.paused ? { key: 'F10', label: t('Cancel the pause'), acts: ['unpause'] } : { ...pause, label: t('Pause after this') },
      ];
    case 'paused':
      return [{ key: 'F2', label: t('Resume'), acts: ['unpause'] }];
    default:
      return [];
  }
}

const state_words = () => ({
  off: t('Off duty'), free: t('Free'), called: t('Calling'), serving: t('Serving'), paused: t('Paused'),
});

const class_words = () => ({
  normal: '', rejoined: t('Rejoined'), priority: t('Priority'), booked: t('Booked'), green: t('Green channel'),
});

export const reason_words = () => ({
  break: t('Break'), meeting: t('Meeting'), equipment: t('Equipment'), other: t('Other'),
});

function ChooseWindow({ rows, windows, session, onChosen, say }) {
  const [asked, set_asked] = useState(null);
  const start = async (number, takeover) => {
    try {
      await act(`windows/${number}/start-duty`, { clerk: session.clerk, ...(takeover ? { takeover: true } : {}) });
      onChosen(number);
    } catch (error) {
      if (error.code === 'window-taken' && !takeover) set_asked(number);
      else say(error);
    }
  };
  if (!session.clerk)
    return html`<section class="choose"><h2>${t('This account belongs to no clerk')}</h2>
      <p>${t('Log in as a clerk to serve at a window.')}</p></section>`;
  return html`<section class="choose">
    <h2>${t('Which window?')}</h2>
    ${asked && html`<div class="sheet" role="alertdialog" aria-label=${t('Take over')}>
      <p>${t('Another clerk is on duty at window {n}. Take it over?', { n: asked })}</p>
      <button class="primary" onClick=${() => start(asked, true)}>${t('Take over')}</button>
      <button onClick=${() => set_asked(null)}>${t('Back')}</button>
    </div>`}
    <ul class="windows">${Object.values(rows.windows).map((row) => {
      const state = (windows[row.window] || {}).state || 'off';
      return html`<li key=${row.window}><button onClick=${() => start(row.window, false)}>
        <b>${row.window}</b><span>${name_of(row)}</span><em class=${state}>${state_words()[state]}</em>
      </button></li>`;
    })}</ul>
  </section>`;
}

function PauseSheet({ onPause, onBack }) {
  const [until_min, set_until] = useState(10);
  return html`<div class="sheet" role="dialog" aria-label=${t('Pause')}>
    <label>${t('Back in')}<select value=${until_min} onChange=${(e) => set_until(Number(e.target.value))}>
      ${[5, 10, 15, 30, 45, 60].map((n) => html`<option value=${n}>${t('{n} min', { n })}</option>`)}
      <option value="0">${t('not known')}</option></select></label>
    <div class="row">${Object.entries(reason_words()).map(([reason, words], i) => html`
      <button key=${reason} autofocus=${i === 0} onClick=${() => onPause(reason, until_min)}>${words}</button>`)}
      <button onClick=${onBack}>${t('Back')}</button></div>
  </div>`;
}

function Ticket({ my, rows, now }) {
  const item = rows.items[my.item];
  const flag = class_words()[my.class];
  return html`<div class="ticket">
    <p class="number" data-testid="number">${my.number}</p>
    <p class="item">${item ? name_of(item) : ''}${(my.items || []).length > 1 && html` <small>+${my.items.length - 1}</small>`}</p>
    ${flag && html`<p><span class="flag">${flag}</span></p>`}
    <dl>
      <div><dt>${t('Waited')}</dt><dd>${minutes(my.waited_ms)}</dd></div>
      ${my.state === 'serving' && html`<div><dt>${t('Serving for')}</dt><dd>${minutes(now - my.started_ms)}</dd></div>`}
      ${my.state === 'called' && html`<div><dt>${t('Called for')}</dt><dd>${minutes(now - my.called_ms)}</dd></div>`}
    </dl>
  </div>`;
}

function Undo({ undo, now, onUndo }) {
  const left_ms = undo ? undo.until_ms - now : 0;
  if (left_ms <= 0) return null;
  const done = { call: t('Called {n}', { n: undo.number }), finish: t('Finished {n}', { n: undo.number }),
    'no-show': t('{n} marked as no-show', { n: undo.number }), transfer: t('Transferred {n}', { n: undo.number }) };
  return html`<p class="undo" role="status">${done[undo.act]}
    <button onClick=${onUndo}>${t('Undo')} <kbd>Ctrl+Z</kbd></button> ${Math.ceil(left_ms / 1000)} s</p>`;
}

export function Counter({ session, rows, language, onLogout, onExpired }) {
  const [window_number, set_window] = useState(session.window || 0);
  const [documents, set_documents] = useState({});
  const [link, set_link] = useState({ state: 'connecting', since: Date.now() });
  const [message, set_message] = useState('');
  const [sending, set_sending] = useState('');
  const [sheet, set_sheet] = useState('');
  const guard = useRef({ until: 0, busy: false });
  const now = useNow();

  useEffect(() => {
    const topics = ['hall', 'windows', 'queue', ...(window_number ? [`window-${window_number}`] : [])];
    return follow(topics, set_documents, (state) =>
      set_link((link) => (link.state === state ? link : { state, since: Date.now() })));
  }, [window_number]);

  const say = (error) => {
    if (error.code === 'login-needed') onExpired();
    else set_message(error.zh ? name_of(error) : t('No answer. Check the network; nothing is lost.'));
  };

  const my = documents[`window-${window_number}`] || { state: 'off' };

  /* One press does its acts in order; a refusal ends it and is shown, except that nobody waits after a finish. */
  const press = async (names, body = {}) => {
    if (guard.current.busy || Date.now() < guard.current.until) return;
    guard.current = { busy: true, until: Date.now() + PRESS_GUARD_MS };
    set_message('');
    set_sheet('');
    try {
      for (const name of names)
        await act(`windows/${window_number}/${name}`, body, (ms) => set_sending(ms > 1000 ? t('Sending…') : ''));
    } catch (error) {
      say(error);
    } finally {
      guard.current.busy = false;
      set_sending('');
    }
  };
  const pause = (reason, until_min) =>
    press(['pause'], { reason, ...(until_min ? { until: Date.now() + until_min * 60000 } : {}) });

  const offered = window_number && my.state !== 'off' ? acts_of(my, now) : [];
  const take = (offer) => (offer.pause ? set_sheet('pause') : press(offer.acts));

  useEffect(() => {
    const on_key = (event) => {
      if (event.ctrlKey && event.key.toLowerCase() === 'z') {
        event.preventDefault();
        press(['undo']);
        return;
      }
      const offer = offered.find((o) => o.key === event.key);
      if (event.key === 'Escape') set_sheet('');
      if (!offer || event.repeat || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      if (!offer.off) take(offer);
    };
    addEventListener('keydown', on_key);
    return () => removeEventListener('keydown', on_key);
  });

  const link_words = {
    connected: html`<span class="link ok">● ${t('Connected')}</span>`,
    connecting: html`<span class="link warn">● ${t('Connecting…')}</span>`,
    broken: html`<span class="link ${now - link.since > 5000 ? 'stop' : 'warn'}">${now - link.since > 5000 ? '■' : '●'} ${
      t('Reconnecting for {n} s', { n: Math.max(0, Math.round((now - link.since) / 1000)) })}</span>`,
  };
  const end_duty = () => press(['end-duty']).then(() => set_window(0));
  const on_duty = window_number && my.state !== 'off';
  const mine = my.clerk === session.clerk;

  return html`
    <header class="top">
      <strong>${name_of(rows.hall.short_name || rows.hall)}</strong>
      ${window_number > 0 && html`<span class="window">${t('Window {n}', { n: window_number })}</span>`}
      <span class="who">${session.name}</span>
      <span class="fill"></span>
      ${link_words[link.state]}
      <time>${new Date(now).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' })}</time>
      ${language}
      ${on_duty && mine && html`<button class="plain" disabled=${!!my.number} onClick=${end_duty}>${t('Leave window')}</button>`}
      <button class="plain" onClick=${onLogout}>${t('Log out')}</button>
    </header>
    <main class="counter">
      <section class="mine" aria-label=${t('My window')}>
        ${!window_number || (documents.windows && my.state === 'off')
          ? html`<${ChooseWindow} rows=${rows} windows=${documents.windows || {}} session=${session}
              onChosen=${(n) => set_window(n)} say=${say} />`
          : html`
            ${on_duty && !mine && html`<p class="fault" role="alert">${t('Another clerk has taken over this window. This page only looks on.')}</p>`}
            <p class="state ${my.state}"><b>${state_words()[my.state]}</b>
              ${my.state === 'free' && my.idle_from_ms && html`<span>${minutes(now - my.idle_from_ms)}</span>`}
              ${my.paused && html`<span>${reason_words()[my.reason]}${my.until_ms ? ` · ${t('back at {time}', { time:
                new Date(my.until_ms).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' }) })}` : ''}</span>`}</p>
            ${my.number && html`<${Ticket} my=${my} rows=${rows} now=${now} />`}
            ${mine && offered.map((offer, i) => html`
              <button key=${offer.key} class=${i === 0 ? 'primary big' : 'second'} disabled=${offer.off || link.state !== 'connected'}
                onClick=${() => take(offer)}>${i === 0 && sending ? sending : offer.label} <kbd>${offer.key}</kbd>
                ${offer.note && html`<small>${offer.note}</small>`}</button>`)}
            ${sheet === 'pause' && html`<${PauseSheet} onPause=${pause} onBack=${() => set_sheet('')} />`}
            ${mine && html`<${Undo} undo=${my.undo} now=${now} onUndo=${() => press(['undo'])} />`}
            <p class="message" role="alert">${message}</p>`}
      </section>
      <${Queue} queue=${documents.queue} may=${my.may} rows=${rows} now=${now} />
      <aside aria-label=${t('Today')}>
        <h2>${t('Today')}</h2>
        <dl>
          <div><dt>${t('Served here')}</dt><dd>${my.served ?? 0}</dd></div>
          <div><dt>${t('Mean time')}</dt><dd>${my.served ? minutes(my.busy_ms / my.served) : '–'}</dd></div>
          <div><dt>${t('Waiting in the hall')}</dt><dd>${(documents.hall || {}).waiting ?? '–'}</dd></div>
          <div><dt>${t('Windows open')}</dt><dd>${(documents.hall || {}).windows_open ?? '–'}</dd></div>
        </dl>
        ${(my.held || []).length > 0 && html`<h2>${t('On hold')}</h2><ul class="held">${my.held.map((n) => html`
          <li key=${n}><b>${n}</b> <button disabled=${my.state !== 'free'} onClick=${() => press(['resume'], { number: n })}>${t('Take up')}</button></li>`)}</ul>`}
      </aside>
    </main>`;
}
