// SPDX-License-Identifier: MIT
// Words in two languages: English stands in the source, Chinese comes from assets/lang as gettext's compiled catalogue,
// the same form that the screens in C use.

let chinese = new Map();
let language = localStorage.getItem('evenhall.language') === 'en' ? 'en' : 'zh';

/** Reads gettext's .mo form: two tables of (length, offset) pairs, originals and translations. */
export function read_catalogue(buffer) {
  const view = new DataView(buffer);
  const little = view.getUint32(0, true) === 0x950412de;
  const number = (at) => view.getUint32(at, little);
  const text = (table, i) =>
    new TextDecoder().decode(new Uint8Array(buffer, number(table + 8 * i + 4), number(table + 8 * i)));
  const words = new Map();
  for (let i = 0; i < number(8); i++) words.set(text(number(12), i), text(number(16), i));
  return words;
}

export async function load_words() {
  try {
    const answer = await fetch('/generated/words_console_zh_CN.mo');
    if (answer.ok) chinese = read_catalogue(await answer.arrayBuffer());
  } catch {
    language = 'en'; // the page still works, in the language of its source
  }
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

/** The sentence in the present language; {names} are filled from values. */
export function t(english, values = {}) {
  const words = language === 'zh' ? chinese.get(english) || english : english;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** A name from the catalogue: {zh, en}. */
export const name_of = (name) => (name ? name[language] || name.zh || name.en || '' : '');

export const current_language = () => language;

export function set_language(next) {
  language = next;
  localStorage.setItem('evenhall.language', next);
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}
