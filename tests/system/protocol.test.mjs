// SPDX-License-Identifier: MIT
// The real dispatcher seen through the small Node client: numbers, calls, the board, repeated keys, resumed topics.
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { hall_for, sleep, until } from "./kit.mjs";

const ITEM = 20; // social security, served at windows 1-3, 9 and 10 of the demo hall

test("a number is taken, called, served, and the board follows", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K1");
  const counter = await hall.device("C1");
  const board = (await hall.device("B1")).subscribe("board");
  await board.until((document) => document.domains);

  const { ticket } = await kiosk.act("issue", { items: [ITEM] });
  assert.match(ticket.number, /^C\d{3}$/);
  assert.equal(ticket.ahead, 0);
  await board.until((document) => document.domains["2"].waiting === 1);

  const called = await counter.act("call", { window: 1 });
  assert.equal(called.ticket.number, ticket.number);
  await board.until((document) => document.calls[ticket.number]?.window === 1);
  await counter.act("start", { window: 1 });
  await board.until((document) => document.calls[ticket.number].state === "serving");
  await counter.act("finish", { window: 1 });
  await board.until((document) => !document.calls[ticket.number]);
  const looked = await kiosk.request("ticket", { number: ticket.number });
  assert.equal(looked.ticket.state, "finished");
});

test("a repeated key gets the same bytes and has no second effect", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K1");
  const first = await kiosk.request("issue", { items: [ITEM] }, { key: 901 });
  const again = await kiosk.request("issue", { items: [ITEM] }, { key: 901 });
  assert.deepEqual(again, first);
  const other = await kiosk.request("issue", { items: [ITEM] }, { key: 902 });
  assert.notEqual(other.ticket.number, first.ticket.number);
});

test("keys and answers outlive a kill -9", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K1");
  const first = await kiosk.request("issue", { items: [ITEM] }, { key: 77 });
  await hall.stop("SIGKILL");
  await hall.start();
  const again = await kiosk.request("issue", { items: [ITEM] }, { key: 77 });
  assert.deepEqual(again, first);
});

test("a topic goes on where it was left", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K1");
  const watcher = await hall.device("B1");
  const other = (await hall.device("C1")).subscribe("board"); // somebody else keeps watching
  const board = watcher.subscribe("board");
  await board.until((document) => document.domains);
  await other.until((document) => document.domains);
  watcher.socket.destroy();
  await kiosk.act("issue", { items: [ITEM] });
  await board.until((document) => document.domains["2"].waiting === 1);
  assert.ok(board.resumed ?? true);
});

test("devices do only what their kind permits", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K1");
  const board = await hall.device("B1");
  for (const [device, what, fields] of [
    [kiosk, "call", { window: 1 }], [kiosk, "open-day", {}], [kiosk, "set-policy", { policy: "recall-limit", value: 1 }],
    [board, "issue", { items: [ITEM] }], [board, "why", { number: "C001" }],
  ])
    await assert.rejects(device.act(what, fields), { code: "not-permitted" }, `${device.device} ${what}`);
});

/** A raw connection: what it sends, and the lines that come back until it is closed. */
async function talk(port, bytes, { wait_ms = 3000, pieces = [] } = {}) {
  const socket = net.connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (data) => (text += data));
  socket.on("error", () => {});
  const closed = new Promise((done) => socket.on("close", done));
  socket.write(bytes);
  for (const piece of pieces) {
    await sleep(20);
    if (!socket.destroyed) socket.write(piece);
  }
  await Promise.race([closed, sleep(wait_ms)]);
  socket.destroy();
  return text.split("\n").filter((line) => line && !line.includes('"beat"')).map((line) => JSON.parse(line));
}

test("bad frames get a named error and change nothing", async (t) => {
  const hall = await hall_for(t);
  const hello = JSON.stringify({ do: "hello", id: 1, version: 1, device: "K1", token: hall.token("K1"), boot: 5 }) + "\n";
  const cases = [
    ["not JSON", "hello\n", "bad-frame"],
    ["an array", "[1,2]\n", "bad-frame"],
    ["no hello", '{"do":"issue","id":1,"key":1,"items":[20]}\n', "hello-first"],
    ["a wrong token", JSON.stringify({ do: "hello", id: 1, version: 1, device: "K1", token: "x", boot: 5 }) + "\n", "bad-token"],
    ["a wrong version", JSON.stringify({ do: "hello", id: 1, version: 9, device: "K1", token: hall.token("K1"), boot: 5 }) + "\n", "bad-version"],
    ["too long a frame", "x".repeat(70000), "frame-too-large"],
    ["an unknown request", hello + '{"do":"dance","id":2}\n', "unknown-request"],
    ["no key", hello + '{"do":"issue","id":2,"items":[20]}\n', "key-needed"],
    ["a wrong field", hello + '{"do":"issue","id":2,"key":1,"items":["x"]}\n', "bad-field"],
    ["an unknown field", hello + '{"do":"issue","id":2,"key":1,"items":[20],"colour":1}\n', "bad-field"],
    ["a missing field", hello + '{"do":"issue","id":2,"key":1}\n', "missing-field"],
    ["an item that is not there", hello + '{"do":"issue","id":2,"key":1,"items":[2000]}\n', "no-such-item"],
    ["a field twice", hello + '{"do":"issue","id":2,"id":3,"key":1,"items":[20]}\n', "bad-frame"],
    ["a topic that is not there", hello + '{"do":"subscribe","id":2,"topic":"secrets"}\n', "bad-field"],
  ];
  for (const [name, bytes, code] of cases) {
    const answers = await talk(hall.device_port, bytes, { wait_ms: 400 });
    assert.equal(answers.at(-1)?.error?.code, code, `${name}: ${JSON.stringify(answers)}`);
  }
  const kiosk = await hall.device("K2");
  const { ticket } = await kiosk.act("issue", { items: [ITEM] });
  assert.equal(ticket.number, "C001", "none of them took a number");
});

test("hostile connections do not make the others wait", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K2");
  const took = async () => {
    const began = performance.now();
    await kiosk.request("ticket", { number: "C001" }).catch(() => {});
    return performance.now() - began;
  };
  await kiosk.act("issue", { items: [ITEM] });
  const quiet = [];
  for (let i = 0; i < 200; i++, await sleep(2)) quiet.push(await took());
  let hostile = true;
  const attack = (async () => {
    const sockets = [];
    while (hostile) {
      const socket = net.connect(hall.device_port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(["{".repeat(3000), "x".repeat(60000), '{"do":"hello"', "\u0000\n".repeat(200)][sockets.length % 4]);
      sockets.push(socket);
      if (sockets.length > 40) sockets.shift().destroy();
      await sleep(2);
    }
    for (const socket of sockets) socket.destroy();
  })();
  const under = [];
  for (const end = Date.now() + 3000; Date.now() < end; await sleep(2)) under.push(await took());
  hostile = false;
  await attack;
  const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
  assert.ok(median(under) - median(quiet) < 5, `median ${median(quiet).toFixed(2)} ms quiet, ${median(under).toFixed(2)} ms under attack`);
});

test("the same number is never called by two windows at once", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K1");
  const counter = await hall.device("C1");
  const { ticket } = await kiosk.act("issue", { items: [ITEM] });
  const answers = await Promise.allSettled([1, 2, 3, 9, 10].map((window) => counter.act("call", { window })));
  const won = answers.filter((answer) => answer.status === "fulfilled");
  assert.equal(won.length, 1);
  assert.equal(won[0].value.ticket.number, ticket.number);
  for (const answer of answers.filter((answer) => answer.status === "rejected"))
    assert.equal(answer.reason.code, "nobody-waiting");
});

test("when the dispatcher comes back, everybody resumes by themselves", async (t) => {
  const hall = await hall_for(t);
  const kiosk = await hall.device("K1");
  const board = (await hall.device("B1")).subscribe("board");
  await board.until((document) => document.domains);
  await kiosk.act("issue", { items: [ITEM] });
  assert.equal(await hall.stop("SIGTERM"), 0);
  await hall.start();
  const { ticket } = await kiosk.act("issue", { items: [ITEM] });
  assert.equal(ticket.number, "C002");
  await board.until((document) => document.domains["2"].waiting === 2);
  await until("ready", () => kiosk.ready);
});
