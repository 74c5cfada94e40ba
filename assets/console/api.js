// SPDX-License-Identifier: MIT
// The dispatcher's REST interface and event stream. Every act carries an idempotency key and is repeated with the same
// key until an answer comes, so a lost connection never does a thing twice or not at all.

let csrf = '';
let last_key = 0;

export class Refusal extends Error {
  constructor(error, status) {
    super(error.en || error.code);
    Object.assign(this, error, { status });
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function ask(method, path, body, headers = {}) {
  const answer = await fetch(`/api/v1/${path}`, {
    method,
    headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), 'X-CSRF-Token': csrf, ...headers },
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(8000),
  });
  const value = await answer.json();
  if (value.error) {
    const error = typeof value.error === 'string' ? { code: value.error } : value.error;
    throw new Refusal(error, answer.status);
  }
  return value.ok;
}

/** True for answers that say "not now": the same request may succeed a moment later. */
const is_passing = (fault) => !(fault instanceof Refusal) || fault.status === 503;

/** An act: a new key, tried for half a minute. waiting(ms) is called while there is no answer. */
export async function act(path, body = {}, waiting = () => {}) {
  last_key = Math.max(last_key + 1, Date.now());
  const headers = { 'Idempotency-Key': String(last_key) };
  const began = performance.now();
  const timer = setInterval(() => waiting(performance.now() - began), 250);
  try {
    for (let wait = 200; ; wait = Math.min(2 * wait, 2000)) {
      try {
        return await ask('POST', path, body, headers);
      } catch (fault) {
        if (!is_passing(fault) || performance.now() - began > 30000) throw fault;
        await pause(wait);
      }
    }
  } finally {
    clearInterval(timer);
  }
}

export const look = (path) => ask('GET', path);

export async function login(name, password) {
  const session = await ask('POST', 'login', { login: name, password });
  csrf = session.csrf;
  return session;
}

export async function resume_session() {
  const session = await ask('GET', 'session');
  csrf = session.csrf || '';
  return session.role === 'nobody' ? null : session;
}

export async function logout() {
  await ask('POST', 'logout', {});
  csrf = '';
}

/** All rows of a part of the catalogue, page by page. */
export async function catalogue(part) {
  const rows = [];
  for (let from = 0; from !== null; ) {
    const page = await look(`catalogue/${part}?from=${from}`);
    rows.push(...page.rows);
    from = page.next ?? null;
  }
  return rows;
}

/** RFC 7386, in place. */
export function merge(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete target[name];
    else if (typeof value === 'object' && !Array.isArray(value)) {
      if (typeof target[name] !== 'object' || target[name] === null || Array.isArray(target[name])) target[name] = {};
      merge(target[name], value);
    } else target[name] = value;
  }
  return target;
}

/** Follows topics: changed(documents) after each event, link(state) with 'connected' or 'broken'. Returns a stop. */
export function follow(topics, changed, link) {
  const documents = {};
  const source = new EventSource(`/api/v1/events?topics=${topics.join(',')}`);
  for (const topic of topics)
    source.addEventListener(topic, (event) => {
      const data = JSON.parse(event.data);
      documents[topic] = data.snapshot ? merge({}, data.snapshot) : merge(documents[topic] || {}, data.delta);
      link('connected');
      changed({ ...documents });
    });
  source.onopen = () => link('connected');
  source.onerror = () => link('broken');
  return () => source.close();
}
