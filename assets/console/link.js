// SPDX-License-Identifier: MIT
// What the page knows of the hall: topics by server-sent events, and a pulse beside them. A cut cable ends no stream, so only
// the pulse tells a quiet hall from a lost one. It also gives the hall's clock: a counter's own may be wrong.
import { resume_session } from './api.js';

const PULSE_MS = 2000;
const PULSE_LOST_MS = 600;
const PULSE_ANSWER_MS = 2500;

let ahead_ms = 0;
let utc_offset_ms = 8 * 3600000;

/** The hall's clock, in milliseconds since 1970. */
export const hall_now = () => Date.now() + ahead_ms;

/** Hours and minutes on the hall's wall. */
export const hall_time = (ms, seconds) => new Date(ms + utc_offset_ms).toISOString().slice(11, seconds ? 19 : 16);

export const set_hall_zone = (minutes) => (utc_offset_ms = minutes * 60000);

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

/** One beat; how many milliseconds it took. */
async function beat() {
  const sent = performance.now();
  const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PULSE_ANSWER_MS) });
  const { time_ms } = await answer.json();
  const took = performance.now() - sent;
  ahead_ms = Math.round(time_ms + took / 2 - Date.now());
  return Math.max(1, Math.round(took));
}

/**
 * Follows topics and comes back by itself. changed(documents) after each event; link(state, ms) with 'connected' and the
 * time of a beat, or 'broken'; ended() when the session is over. Returns a function that stops it.
 */
export function follow(topics, { changed, link, ended }) {
  const documents = {};
  let source = null, timer = 0, stopped = false;

  const lost = () => {
    if (source) source.close();
    source = null;
    link('broken');
  };
  const open = () => {
    source = new EventSource(`/api/v1/events?topics=${topics.join(',')}`);
    for (const topic of topics)
      source.addEventListener(topic, (event) => {
        const data = JSON.parse(event.data);
        documents[topic] = data.snapshot ? merge({}, data.snapshot) : merge(documents[topic] || {}, data.delta);
        if (topic === 'hall') set_hall_zone(documents.hall.utc_offset_min);
        link('connected');
        changed({ ...documents });
      });
    source.onerror = () => stopped || lost();
  };
  const come_back = async () => {
    const session = await resume_session();
    if (stopped) return;
    if (session) open();
    else ended();
  };
  const pulse = async () => {
    try {
      const ms = await beat();
      if (stopped) return;
      if (source) link('alive', ms);
      else await come_back();
    } catch {
      if (!stopped) lost();
    }
    if (!stopped) timer = setTimeout(pulse, source ? PULSE_MS : PULSE_LOST_MS * (0.5 + Math.random()));
  };
  open();
  pulse();
  return () => {
    stopped = true;
    clearTimeout(timer);
    if (source) source.close();
  };
}
