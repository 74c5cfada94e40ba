// SPDX-License-Identifier: MIT
// Small pieces that several parts of the page use.
import { html, useEffect, useRef, useState } from '/modules/htm/preact/standalone.module.js';
import { t } from './words.js';

/** 14:32, from an hour on 1:02:03. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** Draws again once a second. */
export function useSeconds() {
  const [, set_beat] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set_beat((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}

/** A picture of assets/icons in the colour of the text beside it. */
export const Icon = ({ name }) => html`<i class="icon icon-${name}" aria-hidden="true"></i>`;

export const STATES = {
  off: { icon: 'person', words: () => t('Off duty') },
  free: { icon: 'window', words: () => t('Free') },
  called: { icon: 'megaphone', words: () => t('Calling') },
  serving: { icon: 'people', words: () => t('Serving') },
  paused: { icon: 'pause', words: () => t('Paused') },
};

export const reason_words = () => ({
  break: t('Break'), meeting: t('Meeting'), equipment: t('Equipment'), other: t('Other'),
});

/** A question over the page. Escape and the last button lead back. */
export function Sheet({ title, onBack, back, children }) {
  const frame = useRef(null);
  useEffect(() => {
    const dialog = frame.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onBack();
  };
  return html`<dialog class="sheet" ref=${frame} aria-label=${title} onCancel=${cancel}>
    <h2>${title}</h2>
    ${children}
    <button type="button" class="back" onClick=${onBack}>${back || t('Back')} <kbd>Esc</kbd></button>
  </dialog>`;
}
