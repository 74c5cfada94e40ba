// SPDX-License-Identifier: MIT
// The clerk's page in a real browser against the real dispatcher: every act by key and by pointer, takeover in the open, lost
// connections, both languages, keyboard only, accessibility, weight. Pictures of failures: EVENHALL_SHOTS=DIR.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe_faults, clerk_page, log_in, open_page, start_browser } from "../support/browser_kit.mjs";
import { TestHall, hall_for, root, sleep, until } from "./kit.mjs";

const ITEM = 20; // social security: windows 1-3, 9 and 10
const RECALL_GAP_MS = 1200;
let browser, hall, admin, kiosk, counter;

async function set_policy(page, name, value) {
  await page.ask("PUT", `/api/v1/set-up/policies/${name}`, { value }, { "Idempotency-Key": String(++page.key) });
}

before(async () => {
  hall = await (await new TestHall().make()).start();
  admin = await hall.console("admin");
  for (const [name, value] of [["recall-gap-ms", RECALL_GAP_MS], ["no-show-recalls", 1], ["undo-ms", 60000]])
    await set_policy(admin, name, value);
  kiosk = await hall.device("K1");
  counter = await hall.device("C1"); // acts at any window
  browser = await start_browser();
});
after(async () => {
  await browser?.close();
  await hall?.destroy();
});

const issue = async (item = ITEM, more = {}) => (await kiosk.act("issue", { items: [item], ...more })).ticket.number;
const seen = async (window) => (await admin.look(`topics/window-${window}`)).document;
const state_is = (page, state) => page.waitForSelector(`.state.${state}`);
const number_on = (page) => page.textContent("[data-testid=number]");
const window_is = (window, state) => until(`window ${window} ${state}`, async () => (await seen(window)).state === state);

/** Waits for something in the page. (Playwright's own way needs eval, which the page's policy forbids.) */
const when = (page, look, value) => until(String(look), () => page.evaluate(look, value), 8000);

/** Closes the page, which must have had no fault. */
async function done(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** The window free and nobody waiting, however the test before left them. */
async function tidy() {
  for (const number of Object.keys((await admin.look("topics/queue")).document)) await kiosk.act("cancel", { number });
  for (const [window, { state }] of Object.entries((await admin.look("topics/windows")).document)) {
    const ways = { called: ["start", "finish"], serving: ["finish"], paused: ["unpause"] };
    for (const act of ways[state] ?? []) await counter.act(act, { window: Number(window) });
  }
}

test("every sentence of the pages has a Chinese one, and none is left over", () => {
  const folder = join(root, "assets/console");
  const used = new Set();
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".js")))
    for (const [, sentence] of readFileSync(join(folder, name), "utf8").matchAll(/\bt\('((?:[^'\\]|\\.)*)'/g)) used.add(sentence);
  const words = new Map([...readFileSync(join(root, "assets/lang/zh_CN.console.po"), "utf8").matchAll(/^msgid "(.+)"\nmsgstr "(.*)"$/gm)]
    .map(([, english, chinese]) => [english, chinese]));
  assert.ok(used.size > 60);
  assert.deepEqual([...used].filter((sentence) => !words.get(sentence)), [], "without Chinese");
  assert.deepEqual([...words.keys()].filter((sentence) => !used.has(sentence)), [], "not used");
  const names = (sentence) => (sentence.match(/\{\w+\}/g) ?? []).sort().join();
  for (const [english, chinese] of words) assert.equal(names(chinese), names(english), english);
});

test("login: empty fields and a wrong password are told, the right one opens the window", async () => {
  const page = await open_page(browser, hall);
  await page.click("button.primary");
  assert.equal(await page.textContent("[role=alert]"), "请填写用户名和密码。");
  await page.fill("[name=login]", "clerk05");
  await page.keyboard.press("Enter");
  assert.equal(await page.textContent("[role=alert]"), "请填写用户名和密码。");
  assert.equal(await page.evaluate(() => document.activeElement.name), "password");
  await page.fill("[name=password]", "wrong");
  await page.keyboard.press("Enter");
  await when(page, () => document.querySelector("[role=alert]").textContent.includes("不正确"));
  assert.equal(await page.inputValue("[name=login]"), "clerk05");
  await log_in(page, hall, "clerk05");
  await state_is(page, "free");
  assert.match(await page.textContent(".top"), /5 号窗口/);
  assert.equal(await page.title(), "衡厅 · 窗口");
  await page.reload();
  await state_is(page, "free"); // the session is kept
  await page.click("text=退出登录");
  await page.waitForSelector("form");
  await page.reload();
  await page.waitForSelector("form");
  await done(page);
});

test("the first password is changed, with each mistake told", async () => {
  const page = await clerk_page(browser, hall, "clerk16");
  await page.click("text=您还在使用初始密码 >> .. >> button");
  const fill = async (password, wanted, again, words) => {
    await page.fill("[name=password]", password);
    await page.fill("[name=wanted]", wanted);
    await page.fill("[name=again]", again);
    await page.keyboard.press("Enter");
    if (words) await page.waitForSelector(`dialog >> text=${words}`);
  };
  const first = hall.password("clerk16");
  await fill(first, "", "", "三项都要填写");
  await fill(first, "a-new-long-password", "another", "两次输入的新密码不一致");
  await fill("wrong", "a-new-long-password", "a-new-long-password", "不正确");
  await fill(first, "short", "short", "太短");
  assert.deepEqual(await axe_faults(page), []);
  await fill(first, "a-new-long-password", "a-new-long-password");
  await page.waitForSelector("dialog", { state: "detached" });
  await state_is(page, "free");
  assert.equal(await page.locator("text=您还在使用初始密码").count(), 0);
  await page.reload();
  await state_is(page, "free");
  assert.equal(await page.locator("text=您还在使用初始密码").count(), 0);
  await done(page);
});

test("an account without a clerk is told so", async () => {
  const page = await clerk_page(browser, hall, "auditor");
  await page.waitForSelector("text=这个账号不是窗口人员");
  await done(page);
});

test("a clerk chooses a window, goes on duty and leaves it", async (t) => {
  await counter.act("end-duty", { window: 8 });
  t.after(() => counter.act("start-duty", { window: 8, clerk: 8 }));
  const page = await clerk_page(browser, hall, "clerk18");
  await page.waitForSelector(".windows");
  assert.equal(await page.locator(".windows li").count(), 16);
  assert.match(await page.textContent(".windows li:nth-child(8)"), /市场监管窗口.*离岗/s);
  await page.click(".windows li:nth-child(8) button");
  await state_is(page, "free");
  assert.equal((await seen(8)).clerk, 18);
  await page.click("text=下岗");
  await page.waitForSelector(".windows");
  await window_is(8, "off");
  await done(page);
});

test("a refusal at the start is shown where the clerk looks", async (t) => {
  await counter.act("end-duty", { window: 8 });
  t.after(() => counter.act("start-duty", { window: 8, clerk: 8 }));
  const page = await clerk_page(browser, hall, "clerk21"); // not trained
  await page.click(".windows li:nth-child(8) button");
  await page.waitForSelector(".message:not(:empty)");
  assert.match(await page.textContent(".message"), /培训/);
  await done(page);
});

test("a window is taken over in the open, and the first page turns read-only", async (t) => {
  await tidy();
  t.after(() => counter.act("start-duty", { window: 2, clerk: 2, takeover: true }));
  const first = await clerk_page(browser, hall, "clerk02");
  await state_is(first, "free");
  const second = await clerk_page(browser, hall, "clerk17");
  await second.click(".windows li:nth-child(2) button");
  await second.waitForSelector("dialog[open]");
  assert.match(await second.textContent("dialog"), /2 号窗口已有人上岗，要接管吗/);
  await second.keyboard.press("Escape");
  await second.waitForSelector("dialog", { state: "detached" });
  assert.equal((await seen(2)).clerk, 2, "a look at the question changes nothing");
  await second.click(".windows li:nth-child(2) button");
  await second.click("dialog .primary");
  await state_is(second, "free");

  await first.waitForSelector("text=该窗口已被他人接管");
  await issue();
  await first.keyboard.press("F2");
  await first.keyboard.press("Control+z");
  assert.equal(await first.locator(".big, .second, .undo").count(), 0);
  assert.equal((await seen(2)).state, "free", "the first page's keys do nothing");
  await second.keyboard.press("F2");
  await state_is(second, "called");
  await state_is(first, "called"); // it looks on
  await first.click("text=另选窗口");
  await first.waitForSelector(".windows");
  await done(first);
  await done(second);
  await tidy();
});

/** One working hour of a clerk; `act(page, key, label)` does each act by key or by pointer. */
async function working_hour(page, window, act) {
  await tidy();
  const [one, two, three] = [await issue(), await issue(), await issue()];
  await when(page, () => document.querySelector("[data-testid=waiting]").textContent === "3");

  await act(page, "F2", "叫下一个");
  await state_is(page, "called");
  assert.equal(await number_on(page), one);
  assert.ok(await page.isDisabled("button:has-text('重呼')"), "not at once");
  assert.match(await page.textContent("button:has-text('未到')"), /\d+ 秒后可用/);
  await page.waitForSelector("button:has-text('重呼'):enabled");
  await act(page, "F3", "重呼");
  await page.waitForSelector("text=已重呼 1 次");
  assert.equal((await seen(window)).recalls, 1);
  await act(page, "F2", "开始办理");
  await state_is(page, "serving");
  await act(page, "F2", "办结并叫下一个");
  await when(page, (number) => document.querySelector("[data-testid=number]")?.textContent === number, two);
  assert.equal((await seen(window)).served, 1);

  await page.waitForSelector("button:has-text('重呼'):enabled");
  await act(page, "F3", "重呼");
  await page.waitForSelector("button:has-text('未到'):enabled");
  await act(page, "F4", "未到");
  await state_is(page, "free");
  assert.match(await page.textContent(".undo"), new RegExp(`${two} 已过号`));
  await act(page, "Control+z", "撤销");
  await state_is(page, "called");
  assert.equal(await number_on(page), two);
  await act(page, "F4", "未到");
  await state_is(page, "free");

  await act(page, "F2", "叫下一个");
  await state_is(page, "called");
  assert.equal(await number_on(page), three);
  await act(page, "Control+z", "撤销");
  await state_is(page, "free");
  await when(page, () => document.querySelector("[data-testid=waiting]").textContent === "1");
  await act(page, "F2", "叫下一个");
  await state_is(page, "called");
  await act(page, "F2", "开始办理");
  await state_is(page, "serving");

  await act(page, "F10", "办完后暂停");
  await page.selectOption("dialog select", "15");
  await choose_reason(page, act, "开会");
  await page.waitForSelector(".state.serving .until");
  assert.match(await page.textContent(".until"), /办完后暂停：开会 · \d\d:\d\d 回来/);
  await act(page, "F10", "取消暂停");
  await page.waitForSelector(".until", { state: "detached" });
  await act(page, "F9", "只办结");
  await state_is(page, "free");
  await act(page, "F10", "暂停服务");
  await page.selectOption("dialog select", "0");
  await choose_reason(page, act, "设备故障");
  await state_is(page, "paused");
  const paused = await seen(window);
  assert.equal(paused.reason, "equipment");
  assert.equal(paused.until_ms, undefined);
  await act(page, "F2", "恢复服务");
  await state_is(page, "free");
  assert.equal((await seen(window)).served, 2);
}

/** A key is taken neither within 0.8 s of itself nor before the last answer: a test that is quicker than a hand waits. */
async function settle(page, key) {
  await page.waitForSelector(".mine[aria-busy=false]");
  if (page.pressed?.key === key) await sleep(page.pressed.at + 850 - Date.now());
  page.pressed = { key, at: Date.now() };
}

async function by_key(page, key) {
  await settle(page, key);
  await page.keyboard.press(key);
}

async function by_pointer(page, key, label) {
  await settle(page, key);
  await page.click(`button:has-text('${label}'):enabled`);
}

async function choose_reason(page, act, words) {
  if (act === by_pointer) await page.click(`dialog >> text=${words}`);
  else {
    while (!(await page.evaluate((w) => document.activeElement.textContent === w, words))) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
  }
  page.pressed = { key: "F10", at: Date.now() };
}

test("every act by key", async () => {
  const page = await clerk_page(browser, hall, "clerk09");
  await state_is(page, "free");
  await working_hour(page, 9, by_key);
  await done(page);
});

test("every act by pointer", async () => {
  const page = await clerk_page(browser, hall, "clerk10");
  await state_is(page, "free");
  await working_hour(page, 10, by_pointer);
  await done(page);
});

test("a double press is one act, by key and by pointer", async () => {
  await tidy();
  const page = await clerk_page(browser, hall, "clerk01");
  await state_is(page, "free");
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url().split("/").at(-1)));
  await issue();
  await issue();
  await page.keyboard.press("F2");
  await page.keyboard.press("F2");
  await state_is(page, "called");
  await page.keyboard.press("F2"); // within the guard: the button has another meaning by now
  await sleep(100);
  assert.deepEqual(sent, ["call"]);
  assert.equal((await seen(1)).state, "called");
  await sleep(800);
  await page.dblclick(".big");
  await state_is(page, "serving");
  await sleep(100);
  assert.deepEqual(sent, ["call", "start"]);
  await page.evaluate(() => dispatchEvent(new KeyboardEvent("keydown", { key: "F2", repeat: true }))); // held down
  await sleep(100);
  assert.equal((await seen(1)).state, "serving");
  await done(page);
  await tidy();
});

test("an answer that is lost: the same key is sent again, and the act happens once", async () => {
  await tidy();
  const [first, second] = [await issue(), await issue()];
  const page = await clerk_page(browser, hall, "clerk01");
  await state_is(page, "free");
  const keys = [];
  await page.route("**/windows/1/call", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch(); // the dispatcher does it, the answer goes astray
    return route.abort();
  });
  await page.keyboard.press("F2");
  await state_is(page, "called");
  await until("the second try", () => keys.length === 2);
  assert.equal(keys[0], keys[1]);
  assert.equal(await number_on(page), first);
  assert.ok((await admin.look("topics/queue")).document[second], "the second is waiting still");
  await done(page);
  await tidy();
});

test("a slow answer is told on the button, and no second act goes out meanwhile", async () => {
  await tidy();
  await issue();
  const page = await clerk_page(browser, hall, "clerk01");
  await state_is(page, "free");
  let release, sent = 0;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/windows/1/*", async (route) => {
    sent++;
    await held;
    await route.continue();
  });
  await page.keyboard.press("F2");
  await page.waitForSelector(".big.pressed", { timeout: 500 });
  await page.waitForSelector("text=正在发送…");
  await page.keyboard.press("F10");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F2");
  assert.equal(sent, 1);
  release();
  await state_is(page, "called");
  await done(page);
  await tidy();
});

test("nobody waiting is told, not an error; and it goes when somebody comes", async () => {
  await tidy();
  const page = await clerk_page(browser, hall, "clerk09");
  await state_is(page, "free");
  await page.waitForSelector(".queue >> text=没有等候的人");
  await page.keyboard.press("F2");
  await page.waitForSelector(".mine >> text=没有等候的人");
  const number = await issue();
  await page.waitForSelector(`.queue >> text=${number}`);
  await sleep(800);
  await page.keyboard.press("F2");
  await state_is(page, "called");
  assert.equal(await page.textContent(".mine > .message"), "");
  await done(page);
  await tidy();
});

test("the queue says who has waited too long, with words, flags and order", async () => {
  await tidy();
  await kiosk.act("issue", { items: [ITEM], number: "LA21", ref: Date.now() - 25 * 60000 });
  await kiosk.act("issue", { items: [ITEM], number: "LA31", ref: Date.now() - 31 * 60000 });
  const elder = await issue(ITEM, { kind: 1 });
  await issue(44); // household: not this window's
  const page = await clerk_page(browser, hall, "clerk09");
  await page.waitForSelector(`.queue >> text=${elder}`);
  const rows = await page.locator("tbody tr").allTextContents();
  assert.equal(rows.length, 3, "only what this window may do");
  assert.match(rows[0], /LA31.*离线号.*31 分钟 严重超时/s);
  assert.match(rows[1], /LA21.*25 分钟 超时/s);
  assert.match(rows[2], /优先 · 70 岁及以上老人.*0 分钟/s);
  const colour = (n) => page.locator(`tbody tr:nth-child(${n}) td:last-child`).evaluate((cell) => getComputedStyle(cell).color);
  assert.equal(await colour(1), "rgb(179, 38, 30)");
  assert.equal(await colour(2), "rgb(138, 83, 0)");
  await set_policy(admin, "target-normal-min", 40); // the hall's figures, not the page's
  await when(page, () => !document.querySelector("tr.late, tr.long"));
  await set_policy(admin, "target-normal-min", 20);
  await done(page);
  await tidy();
});

test("500 waiting: live, filtered, and quick", async (t) => {
  const big = await hall_for(t);
  const source = await big.device("K1");
  const counts = { 20: 0, 11: 0 };
  const take = (i) => source.act("issue", { items: [i % 5 ? 20 : 11] }).then(() => counts[i % 5 ? 20 : 11]++);
  const page = await clerk_page(browser, big, "clerk09");
  await page.waitForSelector(".queue >> text=没有等候的人");
  await Promise.all(Array.from({ length: 499 }, (_, i) => take(i)));
  await when(page, () => document.querySelector("[data-testid=waiting]").textContent === "499");
  await take(499);
  await when(page, () => document.querySelector("[data-testid=waiting]").textContent === "500");
  assert.equal(await page.locator("tbody tr").count(), 200);
  assert.match(await page.textContent(".queue"), /还有 300 人/);
  const chips = await page.locator(".counts button b").allTextContents();
  assert.deepEqual(chips.map(Number), [counts[20], counts[11]]);

  await page.keyboard.press("/");
  await page.keyboard.type("c001");
  await when(page, () => document.querySelectorAll("tbody tr").length === 1);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("没有这样的");
  await page.waitForSelector("text=没有找到“没有这样的”");
  await page.keyboard.press("Escape");
  await when(page, () => document.querySelectorAll("tbody tr").length === 200);
  assert.equal(await page.textContent("[data-testid=waiting]"), "500");
  await page.click(".counts button >> nth=1");
  await when(page, (n) => document.querySelectorAll("tbody tr").length === n, counts[11]);
  await page.click(".counts button >> nth=1");

  const took = [];
  for (let i = 0; i < 20; i++) {
    await sleep(820);
    took.push(await page.evaluate(() => new Promise((resolve) => {
      const before = document.querySelector(".state").className, began = performance.now();
      const observer = new MutationObserver(() => {
        if (document.querySelector(".state").className === before) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - began));
      });
      observer.observe(document.querySelector(".mine"), { subtree: true, attributes: true, childList: true });
      dispatchEvent(new KeyboardEvent("keydown", { key: "F2" }));
    })));
  }
  took.sort((a, b) => a - b);
  t.diagnostic(`key to confirmed with 500 waiting: median ${took[10].toFixed(0)} ms, longest ${took[19].toFixed(0)} ms`);
  assert.ok(took[10] <= 200, `median ${took[10]} ms`);
  await done(page);
});

test("a killed dispatcher is told at once; the page recovers, and what was pressed meanwhile happens once", async (t) => {
  const own = await hall_for(t);
  const source = await own.device("K1");
  const [one, two] = [(await source.act("issue", { items: [ITEM] })).ticket.number, (await source.act("issue", { items: [ITEM] })).ticket.number];
  const page = await clerk_page(browser, own, "clerk09");
  await state_is(page, "free");
  await page.waitForSelector(".link.ok:has-text('已连接')");
  await page.waitForSelector(".link.ok:has-text(' ms')");

  await own.stop("SIGKILL");
  await page.waitForSelector(".link.warn:has-text('重连中')", { timeout: 3000 });
  await page.waitForSelector("text=连接已中断");
  assert.equal(await page.locator(`.queue >> text=${one}`).count(), 1, "what was known stays on the page");
  await page.waitForSelector(".link.stop:has-text('重连中')", { timeout: 7000 });
  await page.keyboard.press("F2"); // into the void
  await page.waitForSelector("text=正在发送…");
  await page.keyboard.press("F2");
  await own.start();
  await page.waitForSelector(".link.ok", { timeout: 5000 });
  await state_is(page, "called");
  assert.equal(await number_on(page), one);
  await page.waitForSelector("text=连接已中断", { state: "detached" });
  await sleep(300);
  const queue = (await (await own.console("admin")).look("topics/queue")).document;
  assert.deepEqual(Object.keys(queue), [two]);

  /* Killed between the act and its answer: the answer of the first time comes back. */
  await sleep(800);
  await Promise.all([page.keyboard.press("F2"), own.stop("SIGKILL")]);
  await own.start();
  await state_is(page, "serving");
  await done(page);
});

test("a hall that hangs, or a cut cable, is no quiet hall", async (t) => {
  const own = await hall_for(t);
  const page = await clerk_page(browser, own, "clerk09");
  await page.waitForSelector(".link.ok");
  const began = Date.now();
  own.child.kill("SIGSTOP");
  try {
    await page.waitForSelector("text=连接已中断", { timeout: 6000 });
    assert.ok(Date.now() - began <= 5500, `after ${Date.now() - began} ms`);
  } finally {
    own.child.kill("SIGCONT");
  }
  await page.waitForSelector(".link.ok", { timeout: 6000 });
  await (await own.device("K1")).act("issue", { items: [ITEM] });
  await when(page, () => document.querySelector("[data-testid=waiting]").textContent === "1");
  await done(page);
});

test("a session that has ended: said in words, and the present service is not lost", async () => {
  await tidy();
  const number = await issue();
  const page = await clerk_page(browser, hall, "clerk09");
  await state_is(page, "free");
  await page.keyboard.press("F2");
  await state_is(page, "called");
  await sleep(800);
  await page.context().clearCookies();
  await page.keyboard.press("F2");
  await page.waitForSelector("form");
  assert.match(await page.textContent(".notice"), /会话已过期/);
  await log_in(page, hall, "clerk09");
  await state_is(page, "called");
  assert.equal(await number_on(page), number);
  await done(page);
  await tidy();
});

test("the language changes everywhere at once and is kept", async () => {
  await tidy();
  await issue();
  const page = await open_page(browser, hall);
  await page.click("text=English");
  assert.equal(await page.textContent("h1"), "Evenhall · Window");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await page.fill("[name=login]", "clerk09");
  await page.fill("[name=password]", "wrong");
  await page.keyboard.press("Enter");
  await page.waitForSelector("text=The name or the password is wrong");
  await log_in(page, hall, "clerk09");
  await page.waitForSelector("text=Call next");
  await page.reload();
  await page.waitForSelector("text=Call next");
  await page.click("text=中文");
  await page.waitForSelector("text=叫下一个");
  const text = await page.innerText("#app");
  assert.deepEqual(text.match(/[A-Za-z]{4,}/g)?.filter((word) => !["Ctrl", "English"].includes(word)) ?? [], [], "no English left over");
  await page.click("text=English");
  await page.waitForSelector("text=Waiting for my items");
  const english = (await page.innerText("#app")).replace("中文", "").replace("牛明霞", "");
  assert.doesNotMatch(english, /[\u4e00-\u9fff]/, "no Chinese left over");
  await done(page);
  await tidy();
});

test("the keyboard alone is enough, and the focus is always to be seen", async (t) => {
  await tidy();
  await counter.act("end-duty", { window: 9 });
  t.after(() => counter.act("start-duty", { window: 9, clerk: 9, takeover: true }));
  await issue();
  const page = await open_page(browser, hall);
  const keys = page.keyboard;
  const focused = () => page.evaluate(() => {
    const { activeElement: part, body } = document;
    return part === body ? "" : part.innerText?.trim() || part.name;
  });
  const tab_to = async (words) => {
    for (let i = 0; i < 40; i++) {
      if ((await focused()).includes(words)) return;
      await keys.press("Tab");
    }
    assert.fail(`no way to "${words}" by Tab`);
  };
  await keys.type("clerk18");
  await keys.press("Tab");
  await keys.type(hall.password("clerk18"));
  await keys.press("Enter");
  await page.waitForSelector(".windows");
  await tab_to("社会保障窗口");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
  assert.equal(outline, "3px");
  await keys.press("Enter");
  await state_is(page, "free");
  await keys.press("?");
  await page.waitForSelector("dialog >> text=快捷键");
  await keys.press("F2"); // not through an open question
  await keys.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  assert.equal((await seen(9)).state, "free");
  await tab_to("叫下一个");
  await keys.press("Enter");
  await state_is(page, "called");
  await tab_to("撤销");
  await keys.press("Space");
  await state_is(page, "free");
  await keys.press("F10");
  await until("the first reason has the focus", async () => (await focused()) === "休息");
  for (let i = 0; i < 12; i++) await keys.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog")), "the focus stays inside");
  await keys.press("Escape");
  await keys.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.type), "search");
  await keys.type("?/");
  assert.equal(await page.inputValue("[type=search]"), "?/");
  await keys.press("Escape");
  await done(page);
  await tidy();
});

const SIZES = [[1366, 768], [1920, 1080], [400, 860]];

/** Accessible, nothing wider than the page, nothing smaller than a finger or an eye can take. */
async function check_look(page, name) {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    await sleep(60);
    const where = `${name} at ${width}x${height}`;
    assert.deepEqual(await axe_faults(page), [], where);
    const faults = await page.evaluate(() => {
      const found = [];
      if (document.documentElement.scrollWidth > innerWidth) found.push(`${document.documentElement.scrollWidth} px wide`);
      for (const part of document.querySelectorAll("button, input, select")) {
        const box = part.getBoundingClientRect();
        if (box.width && (box.width < 32 || box.height < 32)) found.push(`small: ${part.innerText || part.name}`);
        if (part.tagName === "BUTTON" && !part.querySelector("span") && part.scrollWidth > part.clientWidth + 1) found.push(`cut: ${part.innerText}`);
      }
      for (const part of document.querySelectorAll("#app *"))
        if (part.childNodes.length && part.innerText && parseFloat(getComputedStyle(part).fontSize) < 14) found.push(`tiny: ${part.innerText}`);
      return found;
    });
    assert.deepEqual(faults, [], where);
    if (process.env.EVENHALL_SHOTS) await page.screenshot({ path: join(process.env.EVENHALL_SHOTS, `${name}-${width}.png`.replace(/ /g, "-")) });
  }
}

for (const language of ["zh", "en"])
  test(`every state is accessible and fits at all sizes (${language})`, async () => {
    await tidy();
    const login = await open_page(browser, hall, { language });
    await login.click("button.primary");
    await check_look(login, `login ${language}`);
    await done(login);
    const other = await clerk_page(browser, hall, "clerk19", { language });
    await other.waitForSelector(".windows");
    await check_look(other, `choosing ${language}`);
    await other.click(".windows li:nth-child(3) button");
    await other.waitForSelector("dialog");
    await check_look(other, `takeover ${language}`);
    await done(other);

    const page = await clerk_page(browser, hall, "clerk01", { language });
    await state_is(page, "free");
    await check_look(page, `free ${language}`);
    for (const [i, item] of [20, 12, 14, 13, 25, 40, 61, 70].entries())
      await issue(item, i % 3 ? {} : { kind: 1 + (i % 5) }).catch(() => {});
    await kiosk.act("issue", { items: [ITEM], number: language === "zh" ? "LA41" : "LA42", ref: Date.now() - 40 * 60000 });
    const steps = [["F2", "called"], ["F2", "serving"], ["F10", "asking why"], [null, "serving, then a pause"], ["F2", "paused"]];
    for (const [key, name] of steps) {
      await sleep(820);
      if (key) await page.keyboard.press(key);
      else await page.keyboard.press("Enter");
      if (STATES.includes(name)) await state_is(page, name);
      else await page.waitForSelector(key ? "dialog" : ".until");
      await check_look(page, `${name} ${language}`);
    }
    await page.keyboard.press("?");
    await check_look(page, `keys ${language}`);
    await done(page);
    await tidy();
  });
const STATES = ["called", "serving", "paused"];

test("the page is light and is there at once", async (t) => {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("form")) return;
      observer.disconnect();
      requestAnimationFrame(() => (globalThis.useful_ms = performance.now()));
    }).observe(document, { childList: true, subtree: true });
  });
  const took = [];
  for (let i = 0; i < 5; i++) {
    await page.goto(`http://127.0.0.1:${hall.console_port}/console/`);
    await when(page, () => globalThis.useful_ms);
    took.push(await page.evaluate(() => globalThis.useful_ms));
    if (i === 0) {
      await log_in(page, hall, "clerk09");
      await page.waitForSelector(".state");
      t.diagnostic(`${Math.round(bytes / 1024)} KiB for everything, up to a clerk's first call`);
      assert.ok(bytes > 20000 && bytes <= 300 * 1024, `${bytes} bytes`);
      await page.click("text=退出登录");
      await page.waitForSelector("form");
    }
  }
  took.sort((a, b) => a - b);
  t.diagnostic(`login form drawn after ${took[2].toFixed(0)} ms (median of 5)`);
  assert.ok(took[2] <= 1000, `${took[2]} ms`);
  await context.close();
});
