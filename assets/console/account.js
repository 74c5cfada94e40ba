// SPDX-License-Identifier: MIT
// The clerk's own account: changing the password, the first one above all.
import { html, useRef, useState } from '/modules/htm/preact/standalone.module.js';
import { change_password } from './api.js';
import { Sheet } from './parts.js';
import { name_of, t } from './words.js';

export function PasswordSheet({ onBack, onChanged, onExpired }) {
  const [fault, set_fault] = useState('');
  const [busy, set_busy] = useState(false);
  const form = useRef(null);
  const submit = async (event) => {
    event.preventDefault();
    const { password, wanted, again } = Object.fromEntries(new FormData(form.current));
    if (!password || !wanted) return set_fault(t('Please fill in all three fields.'));
    if (wanted !== again) return set_fault(t('The two new passwords differ.'));
    set_busy(true);
    set_fault('');
    try {
      await change_password(password, wanted);
      onChanged();
    } catch (error) {
      if (error.code === 'login-needed') onExpired();
      else set_fault(error.zh ? name_of(error) : t('No answer. Check the network; nothing is lost.'));
      set_busy(false);
    }
  };
  const field = (name, label, complete, first) => html`<label>${label}<input type="password" name=${name} autocomplete=${complete}
    maxlength="256" autofocus=${first} /></label>`;
  return html`<${Sheet} title=${t('Change the password')} onBack=${onBack}>
    <form class="fields" ref=${form} noValidate onSubmit=${submit}>
      ${field('password', t('Present password'), 'current-password', true)}
      ${field('wanted', t('New password'), 'new-password')}
      ${field('again', t('New password again'), 'new-password')}
      <p class="message" role="alert">${fault}</p>
      <button class="primary" disabled=${busy}>${t('Change')}</button>
    </form>
  <//>`;
}

/** Shown as long as somebody uses the password that was printed for the first login. */
export function FirstPassword({ session, onChange }) {
  if (!session.must_change) return null;
  return html`<p class="notice">${t('You still use your first password.')}<button onClick=${onChange}>${t('Change')}</button></p>`;
}
