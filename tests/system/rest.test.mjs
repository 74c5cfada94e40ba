// SPDX-License-Identifier: MIT
// The REST interface of the real dispatcher: its OpenAPI document is valid and true, roles and sessions hold, event streams
// resume, hostile requests change nothing.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, after, test } from "node:test";
import { Console } from "../clients/console.mjs";
import { TestHall, root, run, sleep } from "./kit.mjs";

const need = createRequire(join(root, "tests/web/package.json"));
const { Validator } = await import(need.resolve("@seriousme/openapi-schema-validator"));
const Ajv = need("ajv/dist/2020").default;

const ITEM = 20;
let hall, document, kiosk;
const pages = {};

before(async () => {
  hall = await (await new TestHall().make()).start();
  kiosk = await hall.device("K1");
  for (const login of ["admin", "manager", "auditor", "clerk01", "clerk02"]) pages[login] = await hall.console(login);
  document = await pages.admin.look("openapi.json");
});
after(() => hall.destroy());

/** The status of a bare request, and its JSON. */
async function bare(method, path, { body, headers = {} } = {}) {
  const answer = await fetch(`http://127.0.0.1:${hall.console_port}${path}`, { method, body, headers, redirect: "manual" });
  const text = await answer.text();
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {}
  return { status: answer.status, value, headers: answer.headers, text };
}

test("the OpenAPI document is valid 3.1", async () => {
  assert.equal(document.openapi, "3.1.0");
  const result = await new Validator().validate(structuredClone(document));
  assert.deepEqual(result.errors ?? [], []);
});

/** A path with every {name} filled by something of the right form. */
function filled(path) {
  const values = { number: "C001", window: 1, booking: 12345678, topic: "hall", part: "items", person: 1, policy: "recall-limit", zone: 1,
    domain: 1, item: 1, kind: 1, clerk: 1, authorisation: 1, weekday: 1, date: "2026-12-31",
    proposal: 1, from: 1, to: 2 };
  return path.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

test("every documented operation exists, and answers as documented", async () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const schemas = Object.fromEntries(Object.entries(document.components.schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
  let count = 0;
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      if (path === "/api/v1/events") continue; // a stream: tested below
      count++;
      const answer = await bare(method.toUpperCase(), filled(path), method === "get" ? {} : { body: "{}" });
      assert.ok(operation.responses[answer.status], `${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
      const content = operation.responses[answer.status].content["application/json"];
      if (!content) continue;
      const check = schemas[content.schema.$ref.split("/").at(-1)];
      assert.ok(check(answer.value), `${method} ${path}: ${JSON.stringify(check.errors)}`);
      if (operation.security.length) assert.equal(answer.status, 401, `${method} ${path} is open to strangers`);
    }
  assert.ok(count >= 45, `${count} operations`);
});

test("each role may do what its row says, and nothing else", async () => {
  const roles = { admin: ["look", "queue", "manage", "set-up", "audit"], auditor: ["look", "queue", "audit"],
    manager: ["look", "visit", "queue", "serve", "any-window", "grant", "manage", "audit"],
    clerk02: ["look", "visit", "queue", "serve", "grant"], clerk01: ["look", "visit", "queue", "serve", "any-window", "grant"] };
  let walked = 0;
  for (const [login, may] of Object.entries(roles))
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(operations)) {
        const permission = operation["x-permission"];
        if (!permission) continue;
        walked++;
        const page = pages[login];
        /* A key, but fields that no request takes: whoever is let through gets no further than bad-field. */
        const answer = await page.ask(method.toUpperCase(), filled(path), method === "get" ? undefined : { no_such_field: 1 },
          { "Idempotency-Key": String(++page.key) }).then(() => "ok", (error) => error.code);
        if (may.includes(permission)) assert.notEqual(answer, "not-permitted", `${login} ${method} ${path}`);
        else assert.equal(answer, "not-permitted", `${login} ${method} ${path}`);
      }
  assert.ok(walked >= 200, `${walked} walked`);
});

test("a clerk serves at the own window only", async () => {
  await assert.rejects(pages.clerk02.act("windows/1/call"), { code: "not-permitted" });
  await assert.rejects(pages.clerk02.act("windows/2/call"), { code: "nobody-waiting" });
  await assert.rejects(pages.clerk01.act("windows/5/pause", { reason: "nap" }), { code: "bad-field" });
});

test("without session, without token, from another site: refused", async () => {
  assert.equal((await bare("POST", "/api/v1/windows/2/call", { body: "{}" })).value.error.code, "login-needed");
  const page = pages.clerk02;
  const headers = { Cookie: page.cookie, "Idempotency-Key": "5" };
  assert.equal((await bare("POST", "/api/v1/windows/2/call", { body: "{}", headers })).value.error.code, "csrf");
  assert.equal((await bare("POST", "/api/v1/windows/2/call", { body: "{}", headers: { ...headers, "X-CSRF-Token": "x" } })).value.error.code, "csrf");
  const cross = { ...headers, "X-CSRF-Token": page.csrf, "Sec-Fetch-Site": "cross-site" };
  assert.equal((await bare("POST", "/api/v1/windows/2/call", { body: "{}", headers: cross })).value.error.code, "csrf");
});

test("wrong passwords are refused, and then the account is locked for a while", async () => {
  const page = new Console(hall.console_port);
  for (let i = 0; i < 5; i++) await assert.rejects(page.login("clerk09", "wrong"), { status: 401, code: "wrong-login" });
  await assert.rejects(page.login("clerk09", hall.password("clerk09")), { status: 429, code: "account-locked" });
  await assert.rejects(page.login("nobody-here", "wrong"), { status: 401, code: "wrong-login" });
});

test("the cookie is for this site's pages only, and logging out ends the session", async () => {
  const answer = await fetch(`http://127.0.0.1:${hall.console_port}/api/v1/login`, { method: "POST",
    body: JSON.stringify({ login: "clerk03", password: hall.password("clerk03") }) });
  const cookie = answer.headers.get("set-cookie");
  for (const word of ["HttpOnly", "SameSite=Strict", "Path=/"]) assert.ok(cookie.includes(word), cookie);
  const page = await hall.console("clerk03");
  await page.ask("POST", "/api/v1/logout", {});
  await assert.rejects(page.look("topics/hall"), { status: 401 });
});

test("an event stream ends with its session", async () => {
  const page = await hall.console("clerk05");
  const answer = await fetch(`http://127.0.0.1:${hall.console_port}/api/v1/events?topics=hall`, { headers: { Cookie: page.cookie } });
  await page.ask("POST", "/api/v1/logout", {});
  const ended = (async () => {
    for await (const bytes of answer.body) void bytes;
    return true;
  })();
  assert.equal(await Promise.race([ended, sleep(5000)]), true);
});

test("a clerk changes the first password; other sessions of the account end", async () => {
  const page = await hall.console("clerk06"), other = await hall.console("clerk06");
  const change = (password, wanted) => page.ask("POST", "/api/v1/password", { password, wanted });
  await assert.rejects(change("wrong", "a-new-long-password"), { status: 403, code: "wrong-password" });
  await assert.rejects(change(hall.password("clerk06"), "short"), { status: 400, code: "weak-password" });
  await change(hall.password("clerk06"), "a-new-long-password");
  await page.look("topics/hall");
  await assert.rejects(other.look("topics/hall"), { status: 401 });
  await new Console(hall.console_port).login("clerk06", "a-new-long-password");
});

test("a session outlives a restart of the dispatcher", async () => {
  const page = await hall.console("clerk04");
  await hall.stop("SIGKILL");
  await hall.start();
  await page.look("topics/hall");
});

/** Reads an event stream until `enough(events)`; gives the events. */
async function listen(page, query, enough, headers = {}) {
  const stop = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${hall.console_port}/api/v1/events?${query}`, {
    headers: { Cookie: page.cookie, ...headers }, signal: stop.signal });
  assert.equal(answer.status, 200);
  const events = [];
  let text = "";
  const timer = setTimeout(() => stop.abort(), 8000);
  try {
    for await (const bytes of answer.body) {
      text += new TextDecoder().decode(bytes);
      const blocks = text.split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").filter((line) => !line.startsWith(":")).map((line) => line.split(/: (.*)/s).slice(0, 2)));
        if (fields.data) events.push({ ...fields, data: JSON.parse(fields.data) });
      }
      if (enough(events)) break;
    }
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  return events;
}

test("event streams resume after the last event seen", async () => {
  const page = pages.clerk01;
  const keeper = listen(page, "topics=queue", (events) => events.length >= 4).catch(() => {}); // keeps the topic alive
  await sleep(200);
  const first = await listen(page, "topics=queue,hall", (events) => events.length >= 2);
  assert.ok(first.every((event) => event.data.snapshot));
  const last = first.at(-1).id;
  const { ticket } = await kiosk.act("issue", { items: [ITEM] });
  const missed = await listen(page, "topics=queue", (events) => events.length >= 1, { "Last-Event-ID": last });
  assert.ok(missed[0].data.delta, JSON.stringify(missed[0]).slice(0, 300));
  assert.ok(missed[0].data.delta[ticket.number]);
  const afresh = await listen(page, "topics=queue", (events) => events.length >= 1, { "Last-Event-ID": "1-999999" });
  assert.ok(afresh[0].data.snapshot);
  await kiosk.act("issue", { items: [ITEM] });
  await kiosk.act("issue", { items: [ITEM] });
  await kiosk.act("issue", { items: [ITEM] });
  await keeper;
});

test("a clerk's page cannot watch what its role may not", async () => {
  const answer = await bare("GET", "/api/v1/events?topics=hall,secrets", { headers: { Cookie: pages.clerk02.cookie } });
  assert.equal(answer.status, 404);
});

test("breaks, pairs and proposals through REST", async () => {
  const soon = Date.now() + 3600000;
  await pages.manager.act("windows/2/plan-break", { from: soon, to: soon + 1800000 });
  await assert.rejects(pages.manager.act("windows/2/plan-break", { from: soon + 60000, to: soon + 120000 }),
    { status: 409, code: "break-overlaps" });
  await pages.manager.act("windows/2/clear-breaks");
  await assert.rejects(pages.clerk01.act("windows/2/clear-breaks"), { status: 403 });
  const pair = (page, key) => page.ask("PUT", "/api/v1/pairs/1/2", { mode: "advise" }, { "Idempotency-Key": key });
  await pair(pages.manager, "771");
  await assert.rejects(pair(pages.clerk01, "772"), { status: 403 });
  await assert.rejects(pages.manager.act("proposals/9/answer", { answer: "accepted" }), { status: 404, code: "no-such-proposal" });
  await assert.rejects(pages.clerk01.act("proposals/9/answer", { answer: "accepted" }), { status: 403 });
  await assert.rejects(pages.manager.act("proposals/9/answer", { answer: "perhaps" }), { status: 400, field: "answer" });
  await pages.manager.act("windows/2/post", { domains: [1, 2] });
});

test("health and metrics are there for operators", async () => {
  const health = await bare("GET", "/healthz");
  assert.equal(health.status, 200);
  assert.equal(health.value.day, "open");
  const metrics = (await bare("GET", "/metrics")).text;
  for (const line of metrics.trim().split("\n")) assert.match(line, /^(# (HELP|TYPE) evenhall_|evenhall_[a-z_]+(\{[^}]*\})? -?[0-9.]+(e[+-]?[0-9]+)?$)/);
  assert.match(metrics, /^evenhall_tickets\{state="waiting"\} \d+$/m);
});

test("malformed requests get an answer and change nothing", async () => {
  const page = pages.clerk01;
  const seq = (await bare("GET", "/healthz")).value.seq;
  const headers = { Cookie: page.cookie, "X-CSRF-Token": page.csrf, "Idempotency-Key": "99" };
  const cases = [
    ["POST", "/api/v1/windows/1/call", "{", 400], ["POST", "/api/v1/windows/1/call", "[]", 400],
    ["POST", "/api/v1/windows/x/call", "{}", 400], ["POST", "/api/v1/windows/99999999999/call", "{}", 400],
    ["POST", "/api/v1/windows/600/call", "{}", 404], ["POST", "/api/v1/windows/1/dance", "{}", 404],
    ["DELETE", "/api/v1/windows/1/call", undefined, 405], ["POST", "/api/v1/tickets", '{"items":[20],"person":1}', 400],
    ["POST", "/api/v1/tickets", `{"items":[20],"reason":"${"x".repeat(500)}"}`, 400], ["POST", "/api/v1/tickets", "x".repeat(70000), 413],
    ["GET", "/console/../../etc/passwd", undefined, 404], ["GET", "/console/%2e%2e/%2e%2e/etc/passwd", undefined, 404],
    ["GET", "/api/v1/tickets/A01%00", undefined, 400], ["GET", "/nothing", undefined, 404],
  ];
  for (const [method, path, body, status] of cases) {
    const answer = await bare(method, path, { body, headers });
    assert.equal(answer.status, status, `${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  assert.equal((await bare("GET", "/healthz")).value.seq, seq);
});

test("a hall is backed up while it serves, and comes back from the backup", async (t) => {
  await assert.rejects(pages.clerk01.act("backup"), { status: 403 });
  const begun = await pages.admin.act("backup");
  const numbers = [];
  let state;
  do {
    numbers.push((await kiosk.act("issue", { items: [ITEM] })).ticket.number);
    state = await pages.admin.look("backup");
  } while (!state.finished);
  assert.equal(state.fault, "");
  const folder = mkdtempSync(join(tmpdir(), "evenhall-restored-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const restored = await run(hall.program, ["restore", "--data", folder, "--from", begun.file]);
  assert.equal(restored.code, 0, restored.err);
  const verified = await run(hall.program, ["verify", "--data", folder]);
  assert.equal(verified.code, 0, verified.err);
  const again = await run(hall.program, ["restore", "--data", hall.folder, "--from", begun.file]);
  assert.equal(again.code, 1, "a served hall is not replaced");
});

test("a slow or broken request does not hold up the others", async () => {
  const sockets = Array.from({ length: 50 }, () => net.connect(hall.console_port, "127.0.0.1", function () { this.write("POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"); }));
  for (const socket of sockets) socket.on("error", () => {});
  const took = [];
  for (let i = 0; i < 100; i++) {
    const began = performance.now();
    await bare("GET", "/healthz");
    took.push(performance.now() - began);
  }
  for (const socket of sockets) socket.destroy();
  took.sort((a, b) => a - b);
  assert.ok(took[50] < 20, `median ${took[50].toFixed(1)} ms`);
});
