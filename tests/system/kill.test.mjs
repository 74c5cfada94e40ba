// SPDX-License-Identifier: MIT
// kill -9 at random moments while kiosks take numbers and windows call them. Afterwards: every answered act is there, no
// number was given twice, nothing was done twice, and the store is whole. KILLS (500) and SEED set another run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestHall, run, sleep } from "./kit.mjs";

const KILLS = Number(process.env.KILLS ?? 500);
const SEED = Number(process.env.SEED ?? 20261123);

function random_of(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

/** Asks until there is an answer, as a kiosk does; gives up only when the test is over. */
const patient = { within: 120000 };

async function take_numbers(kiosk, items, given, state) {
  for (let i = 0; !state.over; i++) {
    const item = items[i % items.length];
    const { ticket } = await kiosk.act("issue", { items: [item] }, patient);
    const known = given.get(ticket.number); // it may have been called before its visitor heard of it
    assert.ok(!known?.issued, `number ${ticket.number} was given twice`);
    given.set(ticket.number, { state: "waiting", ...known, item, issued: true });
    await sleep(8); // 500 kills stay within the numbers of a day
  }
}

async function serve(counter, window, given, state) {
  while (!state.over) {
    try {
      const { ticket } = await counter.act("call", { window }, patient);
      const known = given.get(ticket.number);
      assert.ok(!known || known.state === "waiting", `${ticket.number} was called twice`);
      const note = (what) => given.set(ticket.number, { item: ticket.item, ...given.get(ticket.number), state: what });
      note("called");
      await counter.act("start", { window }, patient);
      note("serving");
      await counter.act("finish", { window }, patient);
      note("finished");
    } catch (error) {
      if (error.code !== "nobody-waiting") throw error;
      await sleep(5);
    }
  }
}

test(`nothing is lost in ${KILLS} kills`, { timeout: 30 * 60 * 1000 }, async (t) => {
  console.log(`# seed ${SEED}`);
  const random = random_of(SEED);
  const hall = await new TestHall().make();
  t.after(() => hall.destroy());
  await hall.start();
  const state = { over: false };
  const given = new Map();
  const kiosks = [await hall.device("K1"), await hall.device("K2")];
  const counter = await hall.device("C1");
  for (const client of [...kiosks, counter]) client.on("lost", () => (client.attempts = 0));
  const rows = (await kiosks[0].request("catalogue", { part: "items", from: 0 })).rows
    .filter((item) => !item.special_only && !item.needs_identity && !item.daily_quota);
  const domains = new Map(rows.map((item) => [item.domain, item.item]));
  const work = [
    ...kiosks.map((kiosk, i) => take_numbers(kiosk, [...domains.values()].slice(i), given, state)),
    ...[1, 2, 3].map((window) => serve(counter, window, given, state)),
  ];
  let failed = null;
  for (const one of work) one.catch((error) => (failed = error));
  for (let kill = 0; kill < KILLS && !failed; kill++) {
    await sleep(random() * 120);
    await hall.stop("SIGKILL");
    await hall.start();
    for (const client of [...kiosks, counter])
      for (const end = Date.now() + 10000; !client.ready && Date.now() < end; ) await sleep(5);
  }
  await sleep(300);
  state.over = true;
  await Promise.all(work);
  for (const [number, record] of given) {
    const { ticket } = await counter.request("ticket", { number });
    assert.equal(ticket.item, record.item, number);
    assert.equal(ticket.state, record.state, number);
  }
  const metrics = await (await fetch(`http://127.0.0.1:${hall.console_port}/metrics`)).text();
  const issued = Number(/^evenhall_tickets_issued (\d+)/m.exec(metrics)[1]);
  assert.equal(issued, given.size, "every number that exists was answered to somebody");
  assert.equal(await hall.stop(), 0);
  const verified = await run(hall.program, ["verify", "--data", hall.folder]);
  assert.equal(verified.code, 0, verified.err);
  console.log(`# ${KILLS} kills, ${given.size} numbers, ${[...given.values()].filter((r) => r.state === "finished").length} served: nothing lost`);
});
