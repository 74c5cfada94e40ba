// SPDX-License-Identifier: MIT
// A real browser on the clerk's page: one context for each clerk, errors kept, accessibility checked.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const need = createRequire(fileURLToPath(new URL("../web/package.json", import.meta.url)));
const { chromium } = need("playwright-core");
const axe_source = readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "--no-first-run",
  "--disable-background-networking", "--lang=zh-CN"];

export const start_browser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/** Opens the page of a hall in a context of its own. page.faults collects what went wrong in it. */
export async function open_page(browser, hall, { width = 1366, height = 768, language = "zh" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "zh-CN", timezoneId: "America/New_York" });
  context.setDefaultTimeout(8000);
  if (language === "en") await context.addInitScript(() => localStorage.setItem("evenhall.language", "en"));
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    /* The browser itself notes each answer from 400 on and each lost connection: that is no fault of the page. */
    if (["error", "warning"].includes(message.type()) && !message.text().startsWith("Failed to load resource"))
      page.faults.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${hall.console_port}/console/`);
  await page.waitForSelector("form");
  return page;
}

export async function log_in(page, hall, login) {
  await page.fill("[name=login]", login);
  await page.fill("[name=password]", hall.password(login));
  await page.keyboard.press("Enter");
  await page.waitForSelector(".top");
}

/** A logged-in clerk's page. */
export async function clerk_page(browser, hall, login, options) {
  const page = await open_page(browser, hall, options);
  await log_in(page, hall, login);
  return page;
}

/** What axe-core finds wrong, as short lines. */
export async function axe_faults(page) {
  await page.evaluate(axe_source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  return violations.flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.target} ${node.failureSummary.replace(/\s+/g, " ")}`));
}
