// SPDX-License-Identifier: MIT
// A client of the device protocol, written from common/wire/PROTOCOL.md alone; it needs nothing but Node.
//
//   const hall = new Hall({ port: 7200, device: "K1", token: "..." });
//   await hall.connect();
//   const { ticket } = await hall.act("issue", { items: [101] });
//   const board = hall.subscribe("board");
//   await board.until((document) => document.calls[ticket.number]);
//
// By hand: node hall.mjs HOST:PORT DEVICE TOKEN issue '{"items":[101]}'   or   ... watch board
import { EventEmitter } from 'node:events';
import net from 'node:net';
import { pathToFileURL } from 'node:url';
import { Frames, HallError, Topic, decode, encode } from './protocol.mjs';

const AGAIN_MS = 300;
const AGAIN = new Set(['too-many-requests', 'store-unavailable', 'gone']);
const STOPPED = new Set(['bad-version', 'bad-token', 'banned']);

/** A connection that comes back by itself. Events: ready, lost, beat. */
export class Hall extends EventEmitter {
    constructor({ host = '127.0.0.1', port, device, token, boot = Date.now() }) {
        super();
        Object.assign(this, { host, port, device, token, boot, ready: false, stopped: false });
        this.nextId = 1;
        this.nextKey = 1;
        this.attempts = 0;
        this.epoch = 0;
        this.topics = new Map();
        this.requests = new Set(); // unanswered, in order
        this.byId = new Map(); // sent on this connection: id -> function of the answer
    }

    /** Resolves when the hall has welcomed us; rejects when it will not (bad-token, bad-version, banned). */
    connect() {
        this.stopped = false;
        this.open();
        return new Promise((resolve, reject) => {
            const settle = (how) => (value) => {
                this.off('ready', ready).off('refused', refused);
                how(value);
            };
            const ready = settle(resolve);
            const refused = settle(reject);
            this.on('ready', ready).on('refused', refused);
        });
    }

    open() {
        const frames = new Frames();
        const socket = net.connect({ host: this.host, port: this.port, noDelay: true });
        this.socket = socket;
        this.lastWord = Date.now();
        this.beatMs = 1000;
        this.watch = setInterval(() => Date.now() - this.lastWord >= 3.5 * this.beatMs && socket.destroy(), 50);
        socket.on('connect', () => this.hello());
        socket.on('error', () => {}); // close follows
        socket.on('close', () => this.lost());
        socket.on('data', (bytes) => {
            try {
                for (const line of frames.feed(bytes)) if (socket === this.socket) this.take(decode(line));
            } catch {
                socket.destroy();
            }
        });
    }

    hello() {
        const { device, token, boot } = this;
        this.send('hello', 0, { version: 1, device, token, boot }, (frame) => {
            if (frame.error) return this.refused(new HallError(frame.error));
            if (frame.ok.epoch < this.epoch) return this.socket.destroy();
            Object.assign(this, { epoch: frame.ok.epoch, beatMs: frame.ok.beat_ms, welcome: frame.ok, ready: true });
            this.readySince = Date.now();
            for (const topic of this.topics.values()) topic.subscribe(this.epoch);
            for (const request of this.requests) this.sendRequest(request);
            this.emit('ready', frame.ok);
        });
    }

    refused(error) {
        if (STOPPED.has(error.code)) {
            this.close();
            this.emit('refused', error);
        } else this.socket.destroy();
    }

    lost() {
        clearInterval(this.watch);
        if (this.ready && Date.now() - this.readySince >= 5000) this.attempts = 0;
        this.ready = false;
        this.byId.clear();
        for (const topic of this.topics.values()) topic.synced = false;
        this.emit('lost');
        if (this.stopped) return;
        const ceiling = Math.min(2000, 400 << Math.min(this.attempts++, 3));
        this.pause = setTimeout(() => this.open(), 100 + Math.random() * (ceiling - 100));
    }

    close() {
        this.stopped = true;
        clearTimeout(this.pause);
        clearInterval(this.watch);
        this.socket?.destroy();
    }

    take(frame) {
        this.lastWord = Date.now();
        if (frame.kind === 'ok' || frame.kind === 'error') {
            const answered = this.byId.get(frame.id);
            this.byId.delete(frame.id);
            answered?.(frame);
        } else if (frame.kind === 'complaint') this.refused(new HallError(frame.error));
        else if (frame.kind === 'beat') this.emit('beat', frame.beat);
        else this.topics.get(frame.topic)?.take(frame);
    }

    send(what, key, fields, answered) {
        const id = this.nextId++;
        this.byId.set(id, answered);
        this.socket.write(encode(what, id, key, fields) + '\n');
        return id;
    }

    /** Asks; sent again after a lost connection, with the same key, until it is answered or `within` ms are over. */
    request(what, fields = {}, { key = 0, within = 10000 } = {}) {
        return new Promise((resolve, reject) => {
            const request = { what, key, fields, resolve, reject };
            request.timer = setTimeout(() => this.end(request, 'reject', new Error(`${what}: no answer`)), within);
            this.requests.add(request);
            if (this.ready) this.sendRequest(request);
        });
    }

    /** Asks for something that changes the hall: with a key of its own. */
    act(what, fields, options) {
        return this.request(what, fields, { key: this.nextKey++, ...options });
    }

    sendRequest(request) {
        this.send(request.what, request.key, request.fields, (frame) => {
            if (!frame.error) this.end(request, 'resolve', frame.ok);
            else if (!AGAIN.has(frame.error.code)) this.end(request, 'reject', new HallError(frame.error));
            else setTimeout(() => this.ready && this.requests.has(request) && this.sendRequest(request), AGAIN_MS);
        });
    }

    end(request, how, value) {
        clearTimeout(request.timer);
        if (this.requests.delete(request)) request[how](value);
    }

    /** The topic, kept current from now on. */
    subscribe(name) {
        if (!this.topics.has(name)) {
            const topic = new Topic(name, (topicName, seq) =>
                this.send('subscribe', 0, { topic: topicName, seq }, (frame) =>
                    frame.error ? topic.emit('refused', new HallError(frame.error)) : topic.answered(frame.ok)),
            );
            this.topics.set(name, topic);
            if (this.ready) topic.subscribe(this.epoch);
        }
        return this.topics.get(name);
    }
}

async function main([address, device, token, what, rest]) {
    const [, host, port] = /^(.*):(\d+)$/.exec(address);
    const hall = new Hall({ host, port: Number(port), device, token });
    await hall.connect();
    if (what === 'watch')
        return hall.subscribe(rest).on('change', (document) => console.log(JSON.stringify(document)));
    const queries = ['catalogue', 'ticket', 'why', 'slots'];
    const fields = JSON.parse(rest ?? '{}');
    const ask = queries.includes(what) ? hall.request(what, fields) : hall.act(what, fields);
    console.log(JSON.stringify(await ask, null, 1));
    hall.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
    main(process.argv.slice(2)).catch((error) => {
        console.error(error.message);
        process.exit(1);
    });
