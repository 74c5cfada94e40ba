// SPDX-License-Identifier: MIT
// Who is here: login, the catalogue, then the counter.
import { html, render, useEffect, useRef, useState } from '/modules/htm/preact/standalone.module.js';
import { catalogue, login, logout, resume_session } from './api.js';
import { Counter } from './counter.js';
import { current_language, load_words, name_of, set_language, t } from './words.js';

const by = (rows, key) => Object.fromEntries(rows.map((row) => [row[key], row]));

async function load_catalogue() {
  const parts = await Promise.all(['hall', 'items', 'windows', 'words'].map(catalogue));
  const [hall, items, windows, words] = parts.map((part) => part.rows);
  return { hall: hall[0], items: by(items, 'item'), windows: by(windows, 'window'), kinds: by(words.filter((row) => row.kind), 'kind'),
    version: Math.min(...parts.map((part) => part.version)) };
}

const no_answer = () => t('The dispatcher does not answer. Check the network and try again.');

function LanguageButton({ onChange }) {
  const next = current_language() === 'zh' ? 'en' : 'zh';
  const press = () => {
    set_language(next);
    onChange(next);
  };
  return html`<button type="button" class="plain" lang=${next === 'zh' ? 'zh-CN' : 'en'} onClick=${press}>${next === 'zh' ? '中文' : 'English'}</button>`;
}

function Login({ notice, onLogin, onLanguage }) {
  const [fault, set_fault] = useState('');
  const [busy, set_busy] = useState(false);
  const name = useRef(null), password = useRef(null);
  useEffect(() => name.current.focus(), []);
  const submit = async (event) => {
    event.preventDefault();
    const empty = [name, password].find((field) => !field.current.value.trim());
    if (empty) {
      set_fault(t('Please fill in both the login and the password.'));
      empty.current.focus();
      return;
    }
    set_busy(true);
    set_fault('');
    try {
      onLogin(await login(name.current.value.trim(), password.current.value));
    } catch (error) {
      set_fault(error.zh ? name_of(error) : no_answer());
      set_busy(false);
      password.current.select();
    }
  };
  return html`<main class="login">
    <form class="card" noValidate onSubmit=${submit}>
      <header><img src="/console/icon.svg" alt="" width="40" height="40" /><h1>${t('Evenhall · Window')}</h1><${LanguageButton} onChange=${onLanguage} /></header>
      ${notice && html`<p class="notice" role="status">${notice}</p>`}
      <label>${t('Login')}<input ref=${name} name="login" autocomplete="username" autocapitalize="none" spellcheck=${false} maxlength="63" /></label>
      <label>${t('Password')}<input ref=${password} name="password" type="password" autocomplete="current-password" maxlength="256" /></label>
      <p class="message" role="alert">${fault}</p>
      <button class="primary" disabled=${busy}>${busy ? t('Logging in…') : t('Log in')}</button>
    </form>
  </main>`;
}

function App() {
  const [session, set_session] = useState(undefined); // undefined: not known yet; null: nobody
  const [rows, set_rows] = useState(null);
  const [notice, set_notice] = useState(null); // a function, so that it follows the language
  const [, set_shown_language] = useState(current_language());
  const leave = (why) => {
    set_session(null);
    set_rows(null);
    set_notice(() => why);
  };
  const expired = () => leave(() => t('The session has ended. Log in again; the present service is not lost.'));
  const read = () => load_catalogue().then(set_rows, (error) =>
    error.code === 'login-needed' ? expired() : leave(() => t('The catalogue could not be read. Log in again.')));
  useEffect(() => {
    resume_session().then(set_session, () => set_session(null));
  }, []);
  useEffect(() => {
    if (session) read();
  }, [session && session.csrf]);
  useEffect(() => {
    document.title = t('Evenhall · Window');
  });
  const log_out = (say) => logout().then(() => leave(null), (error) => (error.code === 'login-needed' ? leave(null) : say(error)));
  const language = html`<${LanguageButton} onChange=${set_shown_language} />`;
  if (session === undefined) return html`<p class="starting">${t('Opening…')}</p>`;
  if (!session)
    return html`<${Login} notice=${notice && notice()} onLogin=${set_session} onLanguage=${set_shown_language} />`;
  if (!rows) return html`<p class="starting">${t('Reading the catalogue…')}</p>`;
  return html`<${Counter} session=${session} rows=${rows} language=${language} onLogout=${log_out} onExpired=${expired} onCatalogue=${read}
    onPassword=${() => set_session({ ...session, must_change: false })} />`;
}

await load_words();
render(html`<${App} />`, document.getElementById('app'));
