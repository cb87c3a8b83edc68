// The pages that mailed links open, in a real browser: axe-core without findings, keyboard only,
// without JavaScript, at 320 pixels and with text of 200 %; and opening a link changes nothing, also
// when a scanner runs scripts and follows every link.
//
//     tests/pages/check [folder for screenshots]
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const root = new URL("../..", import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = process.argv[2];
const [api, mails] = ["http://127.0.0.1:18480", "http://127.0.0.1:18481/mails"];
const PASSWORD = "un cheval violet dans la brume";
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/** Starts Guichet; answers what it prints, and how to stop it. */
async function portal(data, ...more) {
  const program = join(root, "target/debug/portal");
  const listen = ["--address", "127.0.0.1:18480", "--data", data];
  const child = spawn(program, [...listen, ...more], { cwd: root });
  let printed = "";
  child.stdout.on("data", (text) => (printed += text));
  child.stderr.on("data", (text) => (printed += text));
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${api}/v1/health`).catch(() => undefined);
    if (answer?.ok && (!more.includes("--demo") || printed.includes("PASSWORD="))) break;
    assert.ok(tries < 600 && child.exitCode === null, `it does not start: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const ended = new Promise((resolve) => child.on("exit", resolve));
  return { printed: () => printed, stop: () => (child.kill("SIGTERM"), ended) };
}

async function json(method, path, body, token) {
  const headers = { "content-type": "application/json", "accept-language": "fr" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** The last link of this kind that was mailed to an address. */
async function link(address, path) {
  for (let tries = 0; tries < 600; tries += 1) {
    const mail = await fetch(`${mails}/last/text?to=${address}`);
    const found = (await mail.text()).match(new RegExp(`https?://\\S*(${path}\\?token=\\S+)`));
    if (mail.ok && found) return api + found[1];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no link to ${address}`);
}

let looked = 0;

/** Looks at a page as it stands: its findings, its width, its text at twice the size. */
async function look(browser, name, address, act) {
  for (const language of ["fr-FR", "en-GB"]) {
    for (const colorScheme of ["light", "dark"]) {
      // The findings need a script of ours, which the page's own policy would refuse.
      const context = await browser.newContext({
        bypassCSP: true,
        colorScheme,
        locale: language,
        viewport: { width: 320, height: 640 },
      });
      const page = await context.newPage();
      await page.goto(address);
      if (act) await act(page);
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok((await width()) <= 320, `${name} is ${await width()} pixels wide`);
      await page.evaluate(axe);
      const found = await page.evaluate((values) => {
        return window.axe.run({ runOnly: { type: "tag", values } });
      }, RULES);
      const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html)}`);
      assert.deepEqual(told, [], `${name} ${language} ${colorScheme}`);
      if (screenshots && colorScheme === "light") {
        await page.screenshot({ fullPage: true, path: join(screenshots, `${name}-${language}.png`) });
      }
      await page.addStyleTag({ content: "body { font-size: 2.25rem !important }" });
      assert.ok((await width()) <= 320, `${name} at 200 % is ${await width()} pixels wide`);
      looked += 1;
      await context.close();
    }
  }
}

/** What a scanner does: runs scripts, waits, opens every link of the page, asks for HEAD. */
async function scan(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  for (let times = 0; times < 2; times += 1) {
    await page.goto(address, { waitUntil: "networkidle" });
    const links = await page.$$eval("a[href], link[href]", (all) => all.map((one) => one.href));
    for (const one of links) await page.goto(one);
  }
  await fetch(address, { method: "HEAD" });
  await context.close();
}

/** Fills and sends the form that posts to this path, with the keyboard alone. */
async function byKeyboard(page, action, values) {
  const focused = () => page.evaluate(() => {
    const one = document.activeElement;
    return { action: one?.form?.getAttribute("action"), name: one?.name, tag: one?.tagName };
  });
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const { action: form, name, tag } = await focused();
    if (form !== action) continue;
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
    assert.notEqual(outline, "0px", "what has the focus shows it");
    if (tag === "BUTTON") {
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      return;
    }
    if (name in values) {
      await page.keyboard.press("Control+A");
      await page.keyboard.type(values[name]);
    }
  }
  throw new Error(`the keyboard reaches no button of ${action}`);
}

const folder = mkdtempSync(join(tmpdir(), "guichet-pages-"));
const data = join(folder, "guichet.sqlite");
let running = await portal(data, "--demo");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
});
try {
  const [, id, password] = running.printed().match(/PORTAL=(\S+) PASSWORD='([^']+)'/);
  const email = "bruno.lefevre@exemple.fr";
  const { access_token: bruno } = await json("POST", "/v1/sessions", { email, password });
  const list = `/v1/portals/${id}/invitations`;
  const invite = (address) =>
    json("POST", list, { first_name: "Zoé", last_name: "Blanc", email: address }, bruno);
  const state = async (invitation) => {
    const { state, etag } = await json("GET", `${list}/${invitation.id}`, undefined, bruno);
    return `${state} ${etag}`;
  };

  // Opened by machines, then by a person, with the keyboard alone and without JavaScript.
  for (const [javaScriptEnabled, address] of [[true, "a@exemple.fr"], [false, "b@exemple.fr"]]) {
    const invitation = await invite(address);
    const before = await state(invitation);
    for (const path of ["/invitation/accept", "/invitation/decline"]) {
      await scan(browser, await link(address, path));
    }
    assert.equal(await state(invitation), before, "opening changes nothing");
    const context = await browser.newContext({ javaScriptEnabled, locale: "fr-FR" });
    const page = await context.newPage();
    await page.goto(await link(address, "/invitation/accept"));
    const values = {
      username: `zoe.${address[0]}lanc`,
      first_name: "Zoé",
      last_name: "Blanc",
      password: PASSWORD,
    };
    if (javaScriptEnabled) {
      await byKeyboard(page, "/invitation/create-account", values);
    } else {
      for (const name in values) await page.fill(`#newcomer-${name}`, values[name]);
      await page.click("form[action='/invitation/create-account'] button");
    }
    assert.match(page.url(), /\/done\/invitation-accepted$/, await page.textContent("main"));
    assert.ok(!page.url().includes("token"));
    assert.deepEqual(await context.cookies(), [], "no cookie");
    assert.match(await state(invitation), /^accepted /);
    await context.close();
  }

  // Every page as it stands.
  const wrong = async (page) => {
    await page.fill("#account-password", "un mauvais mot de passe");
    await page.click("form[action='/invitation/accept'] button");
  };
  await invite("c@exemple.fr");
  const accept = await link("c@exemple.fr", "/invitation/accept");
  const decline = await link("c@exemple.fr", "/invitation/decline");
  await look(browser, "invitation", accept);
  await look(browser, "wrong-password", accept, wrong);
  await look(browser, "decline", decline);
  const context = await browser.newContext({ locale: "fr-FR" });
  const page = await context.newPage();
  await page.goto(decline);
  await byKeyboard(page, "/invitation/decline", {});
  assert.match(page.url(), /\/done\/invitation-declined$/);
  await context.close();
  await look(browser, "closed", accept);
  for (const what of ["accepted", "to-confirm", "declined", "renewed"]) {
    await look(browser, `done-${what}`, `${api}/done/invitation-${what}`);
  }
  const person = { first_name: "Ana", last_name: "Petit", email: "d@exemple.fr", password: PASSWORD };
  await json("POST", "/v1/sign-ups", person);
  await look(browser, "verify", await link("d@exemple.fr", "/verify-email"));

  // A week later.
  await invite("e@exemple.fr");
  const late = await link("e@exemple.fr", "/invitation/accept");
  await running.stop();
  running = await portal(data, "--clock-offset", "8 days");
  await look(browser, "expired", late);
  const renewed = await browser.newContext({ locale: "fr-FR" });
  const renewal = await renewed.newPage();
  await renewal.goto(late);
  await byKeyboard(renewal, "/invitation/renew", {});
  assert.match(renewal.url(), /\/done\/invitation-renewed$/, await renewal.textContent("main"));
  await renewed.close();
  console.log(`${looked} looks at pages: nothing found`);
} finally {
  await browser.close();
  await running.stop();
  rmSync(folder, { recursive: true });
}
