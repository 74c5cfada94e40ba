// SPDX-License-Identifier: MIT
// A hall that says what a test tells it to: the dispatcher's side of common/wire/PROTOCOL.md as far as displays use
// it. Topics are plain objects that a test changes by merge patches; names come from the demo hall.
//
//     const hall = await FakeHall.start();
//     hall.change('board', {calls: {A012: call(3, 'B', 2)}});
//     hall.does.issue = (request) => ({ok: {}}); // answers to further requests; undefined: no answer
//     hall.beats = false;   // the link looks dead, though nothing closes
//     hall.cut();           // closes all connections; clients come back
import net from 'node:net';
import fs from 'node:fs';

const demo = JSON.parse(fs.readFileSync(new URL('../../assets/demo/hall.json', import.meta.url)));
const BEAT_MS = 1000;

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** RFC 7386, in place. */
function merge(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete target[name];
    else if (isObject(value)) merge(isObject(target[name]) ? target[name] : (target[name] = {}), value);
    else target[name] = value;
  }
}

function rowOf(noun, entry) {
  const {id, name, ...rest} = entry;
  return {[noun]: id, zh: name.zh, en: name.en, ...rest};
}

const items = JSON.parse(fs.readFileSync(new URL('../../assets/demo/items.json', import.meta.url))).items;
const parts = {
  hall: [rowOf('hall', demo.hall)],
  words: Object.entries(demo.holiday_texts).map(([word, text]) => ({word: `holiday.${word}`, ...text})),
  zones: demo.zones.map((zone) => rowOf('zone', zone)),
  domains: demo.domains.map((domain) => rowOf('domain', domain)),
  windows: demo.windows.map(({number, ...window}) => rowOf('window', {id: number, ...window})),
  items: items.slice(0, 40).map(({guide, ...item}) => rowOf('item', item)), // what fits one frame
};

/** A call as topic `board` holds it. */
export function call(window, zone, domain, more = {}) {
  const now = Date.now();
  return {window, zone, domain, item: 1, state: 'called', called_ms: now, recalls: 0, order: now, ...more};
}

/** Topic `hall` on a usual day. */
export function openDay(more = {}) {
  return {date: '2026-11-23', day: 'open', numbers: 'open', waiting: 0, windows_open: 7, sessions: ['09:00-17:00'],
    catalogue_version: 1, ...more};
}

export class FakeHall {
  static async start({port = 0, token = 'test-token', epoch = 1} = {}) {
    const hall = new FakeHall();
    Object.assign(hall, {token, epoch, beats: true, does: {}, topics: {}, connections: new Set(), parts, welcomes: 0});
    for (const name of ['hall', 'board', 'kiosk']) hall.topics[name] = {seq: 1, document: {}};
    hall.server = net.createServer((socket) => hall.#serve(socket));
    hall.timer = setInterval(() => hall.beats && hall.#toAll({beat: Date.now()}), BEAT_MS);
    await new Promise((resolve) => hall.server.listen(port, '127.0.0.1', resolve));
    hall.port = hall.server.address().port;
    return hall;
  }

  /** Changes a topic and tells everybody who watches it. */
  change(topic, patch) {
    const about = this.topics[topic];
    merge(about.document, patch);
    about.seq++;
    for (const connection of this.connections)
      if (connection.watched.has(topic)) connection.send({topic, seq: about.seq, delta: patch});
  }

  /** Ends all connections without a word. */
  cut() {
    for (const connection of this.connections) connection.socket.destroy();
  }

  /** Takes no connections until `start` is called anew on the same port. */
  async close() {
    clearInterval(this.timer);
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #toAll(frame) {
    for (const connection of this.connections) if (connection.greeted) connection.send(frame);
  }

  #serve(socket) {
    const connection = {socket, watched: new Set(), greeted: false, kept: '',
      send: (frame) => socket.write(JSON.stringify(frame) + '\n')};
    this.connections.add(connection);
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => this.connections.delete(connection));
    socket.on('data', (data) => {
      const lines = (connection.kept + data).split('\n');
      connection.kept = lines.pop();
      for (const line of lines) this.#answer(connection, JSON.parse(line));
    });
  }

  #answer(connection, request) {
    const {id} = request;
    const handlers = {
      hello: () => this.#hello(connection, request),
      subscribe: () => this.#subscribe(connection, request),
      catalogue: () => connection.send({id, ok: {version: this.topics.hall.document.catalogue_version ?? 1,
        part: request.part, rows: this.parts[request.part], next: null}}),
    };
    if (handlers[request.do]) handlers[request.do]();
    else if (this.does[request.do]) this.#do(connection, request);
    else connection.send({id, error: {code: 'unknown-request', zh: '没有这个请求', en: 'There is no such request'}});
  }

  async #do(connection, request) {
    const answer = await this.does[request.do](request);
    if (answer && !connection.socket.destroyed) connection.send({id: request.id, ...answer});
  }

  #hello(connection, {id, device, token}) {
    if (token !== this.token) {
      connection.send({id, error: {code: 'bad-token', zh: '设备名或令牌不正确', en: 'The device or its token is not known'}});
      connection.socket.end();
      return;
    }
    connection.greeted = true;
    this.welcomes++;
    connection.send({id, ok: {version: 1, hall: 'biyang', device: {id: 1, name: device, kind: 'board'},
      time_ms: Date.now(), epoch: this.epoch, beat_ms: BEAT_MS, frame_max: 65536}});
  }

  #subscribe(connection, {id, topic, seq}) {
    const about = this.topics[topic];
    connection.watched.add(topic);
    const resumed = seq === about.seq;
    connection.send({id, ok: {topic, seq: about.seq, resumed}});
    if (!resumed) connection.send({topic, seq: about.seq, part: 1, snapshot: about.document});
  }
}
