// SPDX-License-Identifier: MIT
// The clerk's page: my window on the left, the queue beside it, today on the right. One big button whose label is the next
// sensible act; every act by key and by pointer.
import { html, useEffect, useRef, useState } from '/modules/htm/preact/standalone.module.js';
import { FirstPassword, PasswordSheet } from './account.js';
import { act } from './api.js';
import { ChooseWindow } from './duty.js';
import { follow, hall_now, hall_time } from './link.js';
import { duration, Icon, reason_words, Sheet, STATES, useSeconds } from './parts.js';
import { Queue } from './queue.js';
import { name_of, t } from './words.js';

const PRESS_GUARD_MS = 800;
const SENDING_MS = 1000;
const LONG_LOST_MS = 5000;
const MESSAGE_MS = 10000;

const seconds_until = (ms, now) => Math.ceil((ms - now) / 1000);

/** What each state offers: the big button first. `wait`: not before so many seconds; `off`: not at all. */
function acts_of(my, now) {
  const pause = { key: 'F10', label: t('Pause'), opens: 'pause' };
  switch (my.state) {
    case 'free':
      return [{ key: 'F2', label: t('Call next'), acts: ['call'] }, pause];
    case 'called':
      return [
        { key: 'F2', label: t('Start service'), acts: ['start'] },
        { key: 'F3', label: t('Call again'), acts: ['recall'], off: !my.recall_from_ms,
          wait: seconds_until(my.recall_from_ms, now), note: my.recalls ? t('called again {n}×', { n: my.recalls }) : '' },
        { key: 'F4', label: t('No-show'), acts: ['no-show'], wait: seconds_until(my.no_show_from_ms, now) },
      ];
    case 'serving':
      return my.paused
        ? [{ key: 'F2', label: t('Finish, then pause'), acts: ['finish'] },
            { key: 'F10', label: t('Cancel the pause'), acts: ['unpause'] }]
        : [{ key: 'F2', label: t('Finish and call next'), acts: ['finish', 'call'] },
            { key: 'F9', label: t('Finish only'), acts: ['finish'] }, { ...pause, label: t('Pause after this') }];
    case 'paused':
      return [{ key: 'F2', label: t('Resume'), acts: ['unpause'] }];
    default:
      return [];
  }
}

const all_keys = () => [
  ['F2', `${t('Call next')} · ${t('Start service')} · ${t('Finish and call next')} · ${t('Resume')}`], ['F3', t('Call again')],
  ['F4', t('No-show')], ['F9', t('Finish only')], ['F10', t('Pause')], ['Ctrl+Z', t('Undo')], ['/', t('Filter')], ['?', t('Keys')],
];

function PauseSheet({ onPause, onBack }) {
  const [minutes, set_minutes] = useState(10);
  return html`<${Sheet} title=${t('Pause')} onBack=${onBack}>
    <label>${t('Back in')}<select value=${minutes} onChange=${(e) => set_minutes(Number(e.target.value))}>
      ${[5, 10, 15, 30, 45, 60].map((n) => html`<option value=${n}>${t('{n} min', { n })}</option>`)}
      <option value="0">${t('not known')}</option></select></label>
    <p id="why">${t('Why? A choice pauses at once.')}</p>
    <div class="reasons" role="group" aria-labelledby="why">${Object.entries(reason_words()).map(([reason, words], i) => html`
      <button key=${reason} class="primary" autofocus=${i === 0} onClick=${() => onPause(reason, minutes)}>${words}</button>`)}</div>
  <//>`;
}

function KeysSheet({ onBack }) {
  return html`<${Sheet} title=${t('Keys')} onBack=${onBack}>
    <dl class="keys">${all_keys().map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl>
  <//>`;
}

function State({ my, now }) {
  const { icon, words } = STATES[my.state];
  const since = { free: my.idle_from_ms, called: my.called_ms, serving: my.started_ms, paused: my.paused_ms }[my.state];
  const pause = my.paused && `${reason_words()[my.reason]}${my.until_ms ? ` · ${t('back at {time}', { time: hall_time(my.until_ms) })}` : ''}`;
  return html`<div class="state ${my.state}">
    <p><${Icon} name=${icon} /> <b>${words()}</b> ${since && html`<span class="timer">${duration(now - since)}</span>`}</p>
    ${pause && html`<p class="until">${my.state === 'paused' ? pause : t('then a pause: {why}', { why: pause })}</p>`}
  </div>`;
}

function Ticket({ my, rows }) {
  const items = (my.items || []).map((id) => rows.items[id]).filter(Boolean);
  const flag = { rejoined: t('Rejoined'), priority: t('Priority'), booked: t('Booked'), green: t('Green channel') }[my.class];
  const kind = name_of(rows.kinds[my.kind]);
  return html`<div class="ticket">
    <p class="number" data-testid="number">${my.number}</p>
    ${items.map((item) => html`<p key=${item.item} class="item">${name_of(item)}</p>`)}
    <p>${flag && html`<span class="flag">${kind ? `${flag} · ${kind}` : flag}</span> `}${t('Waited {time}', { time: duration(my.waited_ms) })}</p>
  </div>`;
}

function Undo({ undo, now, onUndo }) {
  const left = undo ? seconds_until(undo.until_ms, now) : 0;
  if (left <= 0) return null;
  const done = { call: t('Called {n}', { n: undo.number }), finish: t('Finished {n}', { n: undo.number }),
    'no-show': t('{n} marked as no-show', { n: undo.number }), transfer: t('Transferred {n}', { n: undo.number }) };
  return html`<p class="undo"><span>${done[undo.act]}</span>
    <button onClick=${onUndo}>${t('Undo')} <kbd>Ctrl+Z</kbd></button><span class="timer">${left} s</span></p>`;
}

function Act({ offer, big, sending, onPress }) {
  const waits = offer.wait > 0;
  const busy = sending && sending.key === offer.key;
  const note = waits && !offer.off ? t('in {n} s', { n: offer.wait }) : offer.note;
  return html`<button class="${big ? 'primary big' : 'second'}${busy ? ' pressed' : ''}" disabled=${offer.off || waits}
      aria-keyshortcuts=${offer.key} aria-busy=${!!busy} onClick=${onPress}>
    <span>${busy && sending.late ? t('Sending…') : offer.label}</span> <kbd>${offer.key}</kbd>${note && html` <small>${note}</small>`}</button>`;
}

function Link({ link, now }) {
  if (link.state === 'connected')
    return html`<span class="link ok">● ${t('Connected')}${link.ms ? html` <small>${link.ms} ms</small>` : ''}</span>`;
  const lost_ms = now - link.since;
  if (link.state === 'connecting') return html`<span class="link warn">● ${t('Connecting…')}</span>`;
  const long = lost_ms > LONG_LOST_MS;
  return html`<span class="link ${long ? 'stop' : 'warn'}">${long ? '■' : '●'} ${t('Reconnecting for {n} s', { n: Math.max(0, Math.round(lost_ms / 1000)) })}</span>`;
}

function Today({ my, hall }) {
  const facts = [
    [t('Served here'), my.served ?? 0], [t('Mean time'), my.served ? duration(my.busy_ms / my.served) : '–'],
    [t('Waiting in the hall'), hall.waiting ?? '–'], [t('Windows open'), hall.windows_open ?? '–'],
  ];
  return html`<h2>${t('Today')}</h2>
    <dl class="facts">${facts.map(([words, value]) => html`<div><dt>${words}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** The topics of the hall and of one window, and how the connection is. */
function useHall(window_number, onEnded) {
  const [documents, set_documents] = useState({});
  const [link, set_link] = useState({ state: 'connecting', since: hall_now() });
  useEffect(() => follow(['hall', 'windows', 'queue', ...(window_number ? [`window-${window_number}`] : [])], {
    changed: set_documents,
    link: (state, ms) => set_link((before) => {
      if (state === 'alive') return before.state === 'connected' ? { ...before, ms } : before;
      return before.state === state ? before : { state, since: hall_now(), ms: state === 'connected' ? before.ms : 0 };
    }),
    ended: onEnded,
  }), [window_number]);
  return [documents, link];
}

/** Presses: one at a time, the same key not twice within the guard, and what is said about them. */
function usePresses(window_number, say) {
  const [sending, set_sending] = useState(null);
  const guard = useRef({ busy: false, key: '', until: 0 });
  /* Does the acts in order; a refusal ends it and is shown. True when all were done. */
  const press = async (key, names, body = {}) => {
    const { busy, key: last, until } = guard.current;
    if (busy || (key === last && performance.now() < until)) return false;
    guard.current = { busy: true, key, until: performance.now() + PRESS_GUARD_MS };
    set_sending({ key });
    const late = setTimeout(() => set_sending({ key, late: true }), SENDING_MS);
    say(null);
    try {
      for (const name of names) await act(`windows/${window_number}/${name}`, body);
      return true;
    } catch (error) {
      say(error);
      return false;
    } finally {
      clearTimeout(late);
      guard.current.busy = false;
      set_sending(null);
    }
  };
  return [sending, press];
}

/** A sentence that goes away by itself. */
function useMessage() {
  const [message, set_message] = useState('');
  useEffect(() => {
    const timer = message && setTimeout(() => set_message(''), MESSAGE_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return [message, set_message];
}

export function Counter({ session, rows, language, onLogout, onExpired, onCatalogue, onPassword }) {
  const [window_number, set_window] = useState(session.window || 0);
  const [documents, link] = useHall(window_number, onExpired);
  const [message, set_message] = useMessage();
  const [sheet, set_sheet] = useState('');
  const say = (error) => {
    if (error && error.code === 'login-needed') onExpired();
    else set_message(!error ? '' : error.zh ? name_of(error) : t('No answer. Check the network; nothing is lost.'));
  };
  const [sending, press] = usePresses(window_number, say);
  useSeconds();
  const now = hall_now();

  const hall = documents.hall || {};
  useEffect(() => {
    if (hall.catalogue_version && hall.catalogue_version !== rows.version) onCatalogue();
  }, [hall.catalogue_version, rows.version]);

  const my = documents[`window-${window_number}`];
  const on_duty = Boolean(my && my.state !== 'off');
  const mine = on_duty && my.clerk === session.clerk;
  const offered = mine ? acts_of(my, now) : [];
  const take = (offer) => (offer.opens ? set_sheet(offer.opens) : press(offer.key, offer.acts));
  const undo = () => press('Ctrl+Z', ['undo']);
  const pause = (reason, minutes) => {
    set_sheet('');
    press('F10', ['pause'], { reason, ...(minutes ? { until: hall_now() + minutes * 60000 } : {}) });
  };
  const end_duty = () => press('end', ['end-duty']).then((done) => done && set_window(0));

  useEffect(() => {
    const on_key = (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (sheet || document.querySelector('dialog[open]')) return;
      if (event.ctrlKey && event.key.toLowerCase() === 'z' && mine && !typing) {
        event.preventDefault();
        if (my.undo && my.undo.until_ms > hall_now()) undo();
        return;
      }
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === '?' && !typing) set_sheet('keys');
      const offer = offered.find((o) => o.key === event.key);
      if (!offer) return;
      event.preventDefault();
      if (!event.repeat && !offer.off && !(offer.wait > 0)) take(offer);
    };
    addEventListener('keydown', on_key);
    return () => removeEventListener('keydown', on_key);
  });

  const first_password = html`<${FirstPassword} session=${session} onChange=${() => set_sheet('password')} />`;
  const changed = () => {
    set_sheet('');
    onPassword();
  };
  const choosing = !window_number || (my && !on_duty);
  return html`
    <header class="top">
      <strong>${name_of(rows.hall.short_name || rows.hall)}</strong>
      ${!choosing && html`<h1 class="window">${t('Window {n}', { n: window_number })}</h1>`}
      <button class="plain who" aria-label=${`${session.name}: ${t('Change the password')}`} title=${t('Change the password')} onClick=${() => set_sheet('password')}>${session.name}</button>
      <${Link} link=${link} now=${now} />
      <time>${hall_time(now)}</time>
      <span class="spare"><${Icon} name="cloud-off" /></span>
      <span class="tools">${language}
        <button class="plain" onClick=${() => set_sheet('keys')}>${t('Keys')} <kbd>?</kbd></button>
        ${mine && html`<button class="plain" disabled=${!!my.number} onClick=${end_duty}>${t('Leave window')}</button>`}
        <button class="plain" onClick=${() => onLogout(say)}>${t('Log out')}</button></span>
    </header>
    <main class="${choosing ? 'choosing' : 'counter'}${link.state === 'broken' ? ' lost' : ''}">
      ${link.state === 'broken' && html`<p class="notice" role="status"><${Icon} name="cloud-off" />
        ${t('No connection since {time}: what you see is from then. What you press is sent once when it is back.', { time: hall_time(link.since, true) })}</p>`}
      ${message && choosing && html`<p class="message" role="alert">${message}</p>`}
      ${choosing && first_password}
      ${choosing ? html`<${ChooseWindow} rows=${rows} windows=${documents.windows || {}} session=${session} onChosen=${set_window} say=${say} />` : html`
        <section class="mine" aria-label=${t('My window')} aria-busy=${sending !== null}>
          ${!my && html`<p class="empty">${t('Connecting…')}</p>`}
          ${on_duty && !mine && html`<p class="message" role="alert">${t('Another clerk has taken over this window. This page only looks on.')}</p>
            <button onClick=${() => set_window(0)}>${t('Choose another window')}</button>`}
          ${on_duty && html`<${State} my=${my} now=${now} />`}
          ${on_duty && my.number && html`<${Ticket} my=${my} rows=${rows} />`}
          ${offered.map((offer, i) => html`<${Act} key=${offer.key} offer=${offer} big=${i === 0} sending=${sending} onPress=${() => take(offer)} />`)}
          <p class="message" role="alert">${message}</p>
          ${mine && html`<${Undo} undo=${my.undo} now=${now} onUndo=${undo} />`}
        </section>
        <${Queue} queue=${documents.queue} my=${my} rows=${rows} targets=${hall.targets_min} window=${window_number} clerk=${session.clerk} now=${now} />
        <aside aria-label=${t('Today')}>
          ${first_password}
          <${Today} my=${my || {}} hall=${hall} />
          ${my && (my.held || []).length > 0 && html`<h2>${t('On hold')}</h2><ul class="held">${my.held.map((number) => html`
            <li key=${number}><b>${number}</b> <button disabled=${!mine || my.state !== 'free'}
              onClick=${() => press(number, ['resume'], { number })}>${t('Take up')}</button></li>`)}</ul>`}
        </aside>`}
    </main>
    ${sheet === 'pause' && html`<${PauseSheet} onPause=${pause} onBack=${() => set_sheet('')} />`}
    ${sheet === 'password' && html`<${PasswordSheet} onBack=${() => set_sheet('')} onChanged=${changed} onExpired=${onExpired} />`}
    ${sheet === 'keys' && html`<${KeysSheet} onBack=${() => set_sheet('')} />`}`;
}
