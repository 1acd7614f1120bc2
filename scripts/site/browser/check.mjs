// Opens every page of the site in a browser, and checks what only a browser can: `make docs-check`.
//
//   node check.mjs SITE [SCREENSHOTS]
//
// Each page is shown wide and narrow, in the light and in the dark. Nothing may be requested from
// another host, the console stays silent, nothing is wider than the window, every link and anchor
// inside the site exists, and axe finds no fault by any of its rules for WCAG 2.2 at level AA, nor by
// those for best practice. A search finds each term.
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, relative } from "node:path";
import { chromium } from "playwright-core";

const BROWSERS = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml" };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = [1280, 360];
const SCHEMES = ["light", "dark"];
const TERMS = {
  "for_payment": "use/find.html",
  "ScanError": "reference/errors.html",
  "rate_limit": "configure/retries.html",
  "Django": "use/webhooks.html",
  "Parquet": "use/export.html",
  "proxy": "configure/proxies.html",
  "auto_paging_iter": "use/reading.html",
  "OpenTelemetry": "configure/logging.html",
  "idempotency_key": "configure/retries.html",
  "expanded_invoice": "use/reading.html",
};
// Kept as pictures, for whoever looks at the result.
const PICTURES = ["index.html", "configure/errors.html", "use/webhooks.html", "reference/client.html", "reference/models.html"];

const [site, screenshots] = process.argv.slice(2);
const executablePath = BROWSERS.find((path) => path && existsSync(path));
if (!executablePath) {
  console.log("No browser: the site was not checked in one. Install chromium, or name one in CHROMIUM.");
  process.exit(0);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(site, join(entry.parentPath ?? entry.path, entry.name)));
const pages = files.filter((name) => name.endsWith(".html") && name !== "404.html").sort();
const problems = new Set();
const anchors = {};
const links = [];

function report(problem) {
  if (!problems.has(problem)) console.error(problem);
  problems.add(problem);
}

const server = createServer((request, response) => {
  const name = decodeURIComponent(new URL(request.url, "http://site").pathname).slice(1) || "index.html";
  if (!files.includes(name)) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" });
  createReadStream(join(site, name)).pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function watched(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const fault = (text) => report(`${page.url().replace(origin, "")} (${options.colorScheme}, ${page.viewportSize().width}): ${text}`);
  await page.route("**", (route) => {
    const url = route.request().url();
    if (url.startsWith(origin) || url.startsWith("data:") || url.startsWith("blob:")) return route.continue();
    fault(`requests ${url}`);
    return route.abort();
  });
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && fault(`console: ${message.text()}`));
  page.on("pageerror", (error) => fault(`raises ${error.message}`));
  return { context, page, fault };
}

for (const colorScheme of SCHEMES) {
  const { context, page, fault } = await watched({ colorScheme, viewport: { width: WIDTHS[0], height: 800 } });
  for (const name of pages) {
    await page.goto(`${origin}/${name}`, { waitUntil: "load" });
    await page.evaluate(axe);
    // The scheme changes the colours only.
    const runOnly = colorScheme === SCHEMES[0] ? { type: "tag", values: RULES } : { type: "rule", values: ["color-contrast"] };
    const { violations } = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), runOnly);
    for (const { id, nodes } of violations) fault(`axe: ${id}: ${nodes.slice(0, 3).map((node) => node.html.replace(/\s+/g, " ").slice(0, 150)).join(" ")}`);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) fault(`is ${wide} px wider than the window`);
      if (screenshots && PICTURES.includes(name)) {
        mkdirSync(screenshots, { recursive: true });
        await page.screenshot({ path: join(screenshots, `${name.replace(/\W+/g, "-")}-${colorScheme}-${width}.png`) });
      }
    }
    await page.setViewportSize({ width: WIDTHS[0], height: 800 });
    if (colorScheme === SCHEMES[0]) {
      anchors[name] = await page.$$eval("[id]", (all) => all.map((one) => one.id));
      for (const href of await page.$$eval("a[href]", (all) => all.map((one) => one.href))) links.push([name, href]);
    }
  }
  await context.close();
}

for (const [name, href] of links.filter(([, href]) => href.startsWith(origin))) {
  const url = new URL(href);
  const target = decodeURIComponent(url.pathname).slice(1) || "index.html";
  const anchor = decodeURIComponent(url.hash.slice(1));
  if (!files.includes(target)) report(`/${name}: links to ${target}, which is not there`);
  else if (anchor && anchors[target] && !anchors[target].includes(anchor)) report(`/${name}: links to ${target}#${anchor}, which is not there`);
}

{
  const { context, page, fault } = await watched({ colorScheme: "light", viewport: { width: 1280, height: 800 } });
  for (const [term, expected] of Object.entries(TERMS)) {
    await page.goto(`${origin}/index.html`, { waitUntil: "load" });
    await page.keyboard.press("/");
    await page.locator("input:visible").first().fill(term); // typing too soon would be lost
    const found = page.locator(`a[href*="${expected}?h="]`);
    await found.first().waitFor({ timeout: 60000 }).catch(() => fault(`the search for ${term} does not find ${expected}`));
  }
  await context.close();
}

await browser.close();
server.close();
console.log(`${pages.length} pages, ${links.length} links, ${Object.keys(TERMS).length} searches in Chromium: ${problems.size} problems.`);
process.exit(problems.size ? 1 : 0);
