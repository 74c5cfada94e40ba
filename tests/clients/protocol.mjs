// SPDX-License-Identifier: MIT
// The device protocol's frames and topics, from common/wire/PROTOCOL.md alone: no socket, no time.
import { EventEmitter } from 'node:events';

const FRAME_MAX = 65536;

/** Bytes to lines (§2 Frames). Throws when a frame is too large. */
export class Frames {
    constructor(limit = FRAME_MAX) {
        this.limit = limit;
        this.kept = Buffer.alloc(0);
    }

    *feed(bytes) {
        this.kept = Buffer.concat([this.kept, bytes]);
        for (let end; (end = this.kept.indexOf(10)) >= 0 && end < this.limit; ) {
            const line = this.kept.subarray(0, end);
            this.kept = this.kept.subarray(end + 1);
            yield new TextDecoder('utf-8', { fatal: true }).decode(line);
        }
        if (this.kept.length >= this.limit) throw new Error('a frame is too large');
    }
}

/** RFC 7386. */
export function merge(target, patch) {
    const merged = isObject(target) ? { ...target } : {};
    for (const [name, value] of Object.entries(patch)) {
        if (value === null) delete merged[name];
        else merged[name] = isObject(value) ? merge(merged[name], value) : value;
    }
    return merged;
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a frame of the server is; throws when it breaks the protocol. */
export function decode(line) {
    const frame = JSON.parse(line);
    const must = (good, what) => {
        if (!good) throw new Error(`bad frame: ${what}`);
    };
    const has = (name) => frame[name] !== undefined && frame[name] !== null;
    const whole = (value, least) => Number.isSafeInteger(value) && value >= least;
    must(isObject(frame), 'not an object');
    if (has('error')) must(isObject(frame.error) && typeof frame.error.code === 'string', 'error');
    if (has('id')) {
        must(whole(frame.id, 1) && (has('error') || isObject(frame.ok)), 'answer');
        return { kind: has('error') ? 'error' : 'ok', ...frame };
    }
    if (has('topic')) {
        must(typeof frame.topic === 'string' && frame.topic.length <= 32 && whole(frame.seq, 0), 'topic');
        if (has('delta')) must(isObject(frame.delta), 'delta');
        else must(isObject(frame.snapshot) && whole(frame.part, 1), 'snapshot');
        return { kind: has('delta') ? 'delta' : 'snapshot', ...frame };
    }
    if (has('beat')) must(whole(frame.beat, 0), 'beat');
    return { kind: has('beat') ? 'beat' : has('error') ? 'complaint' : 'unknown', ...frame };
}

export const encode = (what, id, key, fields) =>
    JSON.stringify({ do: what, id, ...(key ? { key } : {}), ...fields });

export class HallError extends Error {
    constructor(error) {
        super(`${error.code}: ${error.detail ?? error.en}`);
        Object.assign(this, error);
    }
}

/** A topic's document as it follows the hall. Event: change. */
export class Topic extends EventEmitter {
    constructor(name, ask) {
        super();
        Object.assign(this, { name, ask, document: null, seq: 0, epoch: 0, synced: false, asked: 0 });
    }

    /** Subscribes (again): until the answer, frames of the topic mean nothing. */
    subscribe(epoch) {
        if (epoch !== this.epoch) this.seq = 0;
        this.epoch = epoch;
        this.synced = false;
        this.coming = null;
        this.asked = this.ask(this.name, this.seq);
    }

    answered(ok) {
        this.asked = 0;
        this.target = ok.seq;
        this.waiting = !ok.resumed;
        if (ok.resumed && this.seq >= ok.seq) this.changed();
    }

    take(frame) {
        if (this.asked) return;
        if (frame.kind === 'snapshot') this.takeSnapshot(frame);
        else if (!this.waiting && this.document && frame.seq > this.seq) this.takeDelta(frame);
    }

    takeSnapshot({ seq, part, snapshot, more }) {
        if (part === 1) this.coming = { seq, part: 0, document: {} };
        else if (this.coming ? seq !== this.coming.seq || part > this.coming.part + 1 : this.waiting)
            return this.subscribe(this.epoch);
        if (!this.coming || part <= this.coming.part) return;
        this.coming.part = part;
        this.coming.document = merge(this.coming.document, snapshot);
        if (more) return;
        Object.assign(this, { document: this.coming.document, seq, target: seq, coming: null, waiting: false });
        this.changed();
    }

    takeDelta({ seq, delta }) {
        if (seq > this.seq + 1 || this.coming) return this.subscribe(this.epoch);
        this.seq = seq;
        this.document = merge(this.document, delta);
        this.changed();
    }

    changed() {
        this.synced = this.seq >= this.target;
        this.emit('change', this.document);
    }

    /** Resolves with the first result of `test(document)` that is true; rejects after `within` ms. */
    until(test, within = 10000) {
        return new Promise((resolve, reject) => {
            const look = () => {
                const result = this.document && test(this.document);
                if (result) done(resolve, result);
            };
            const done = (how, value) => {
                clearTimeout(timer);
                this.off('change', look);
                how(value);
            };
            const timer = setTimeout(() => done(reject, new Error(`${this.name}: waited ${within} ms`)), within);
            this.on('change', look);
            look();
        });
    }
}
