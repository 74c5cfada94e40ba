// SPDX-License-Identifier: MIT
import { html, render, useEffect, useState } from '/modules/htm/preact/standalone.module.js';
import { catalogue, login, logout, resume_session } from './api.js';
import { Counter } from './counter.js';
import { current_language, load_words, name_of, set_language, t } from './words.js';

const by = (rows, key) => Object.fromEntries(rows.map((row) => [row[key], row]));

async function load_catalogue() {
  const [hall, domains, items, windows] = await Promise.all(['hall', 'domains', 'items', 'windows'].map(catalogue));
  return { hall: hall[0], domains: by(domains, 'domain'), items: by(items, 'item'), windows: by(windows, 'window') };
}

function LanguageButton({ onChange }) {
  const next = current_language() === 'zh' ? 'en' : 'zh';
  const press = () => {
    set_language(next);
    onChange(next);
  };
  return html`<button class="plain" lang=${next === 'zh' ? 'zh-CN' : 'en'} onClick=${press}>
    ${next === 'zh' ? '中文' : 'English'}
  </button>`;
}

function Login({ notice, onLogin, onLanguage }) {
  const [fault, set_fault] = useState(notice || '');
  const [busy, set_busy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    set_busy(true);
    set_fault('');
    try {
      onLogin(await login(form.get('login').trim(), form.get('password')));
    } catch (error) {
      set_fault(error.zh ? name_of(error) : t('The dispatcher does not answer. Check the network and try again.'));
      set_busy(false);
    }
  };
  return html`<main class="login">
    <form class="card" onSubmit=${submit}>
      <header><h1>${t('Evenhall · Window')}</h1><${LanguageButton} onChange=${onLanguage} /></header>
      <label>${t('Login')}<input name="login" autocomplete="username" required autofocus maxlength="63" /></label>
      <label>${t('Password')}<input name="password" type="password" autocomplete="current-password" required maxlength="256" /></label>
      <p class="fault" role="alert">${fault}</p>
      <button class="primary" disabled=${busy}>${busy ? t('Logging in…') : t('Log in')}</button>
    </form>
  </main>`;
}

function App() {
  const [session, set_session] = useState(undefined);
  const [rows, set_rows] = useState(null);
  const [notice, set_notice] = useState('');
  const [, set_shown_language] = useState(current_language());
  useEffect(() => {
    resume_session().then(set_session, () => set_session(null));
  }, []);
  useEffect(() => {
    if (session) load_catalogue().then(set_rows, () => leave(t('The catalogue could not be read. Log in again.')));
  }, [session && session.name]);
  const leave = (why) => {
    set_session(null);
    set_rows(null);
    set_notice(why || '');
  };
  const log_out = () => logout().then(() => leave(''), () => leave(''));
  const language = html`<${LanguageButton} onChange=${set_shown_language} />`;
  if (session === undefined) return html`<p class="starting">${t('Opening…')}</p>`;
  if (!session)
    return html`<${Login} notice=${notice} onLogin=${set_session} onLanguage=${set_shown_language} />`;
  if (!rows) return html`<p class="starting">${t('Reading the catalogue…')}</p>`;
  return html`<${Counter} session=${session} rows=${rows} language=${language} onLogout=${log_out} onExpired=${() =>
    leave(t('The session has ended. Log in again; the present service is not lost.'))} />`;
}

await load_words();
render(html`<${App} />`, document.getElementById('app'));
