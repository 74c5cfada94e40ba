// SPDX-License-Identifier: MIT
// The dispatcher's REST interface. Every act carries an idempotency key and is repeated with the same key until an answer
// comes, so a lost connection never does a thing twice or not at all.

const ACT_TRIES_MS = 30000;
const ANSWER_MS = 8000;

let csrf = '';
let last_key = 0;

/** The dispatcher's "no": code, zh, en. Any other fault means that it did not answer. */
export class Refusal extends Error {
  constructor(error, status) {
    super(error.en || error.code);
    Object.assign(this, error, { status });
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function ask(method, path, body, headers = {}) {
  const answer = await fetch(`/api/v1/${path}`, {
    method,
    headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), 'X-CSRF-Token': csrf, ...headers },
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const value = await answer.json();
  if (value.error) {
    const error = typeof value.error === 'string' ? { code: value.error } : value.error;
    throw new Refusal(error, answer.status);
  }
  return value.ok;
}

/** True for faults that say "not now": the same request may succeed a moment later. */
const is_passing = (fault) => !(fault instanceof Refusal) || fault.status === 503;

/** An act: a new key, tried for half a minute. */
export async function act(path, body = {}) {
  last_key = Math.max(last_key + 1, Date.now());
  const headers = { 'Idempotency-Key': String(last_key) };
  const began = performance.now();
  for (let wait = 200; ; wait = Math.min(2 * wait, 1000)) {
    try {
      return await ask('POST', path, body, headers);
    } catch (fault) {
      if (!is_passing(fault) || performance.now() - began > ACT_TRIES_MS) throw fault;
      await pause(wait);
    }
  }
}

/** Asks until there is an answer; a refusal is thrown. */
async function patiently(method, path) {
  for (;;) {
    try {
      return await ask(method, path);
    } catch (fault) {
      if (!is_passing(fault)) throw fault;
      await pause(1000);
    }
  }
}

export async function login(name, password) {
  const session = await ask('POST', 'login', { login: name, password });
  csrf = session.csrf;
  return session;
}

/** The session that this browser has, or null; waits for the dispatcher. */
export async function resume_session() {
  const session = await patiently('GET', 'session');
  csrf = session.csrf || '';
  return session.role === 'nobody' ? null : session;
}

export const change_password = (password, wanted) => ask('POST', 'password', { password, wanted });

export async function logout() {
  await ask('POST', 'logout', {});
  csrf = '';
}

/** All rows of a part of the catalogue, page by page, and their version. */
export async function catalogue(part) {
  const rows = [];
  let version = 0;
  for (let from = 0; from !== null; ) {
    const page = await patiently('GET', `catalogue/${part}?from=${from}`);
    rows.push(...page.rows);
    version = page.version;
    from = page.next ?? null;
  }
  return { rows, version };
}
