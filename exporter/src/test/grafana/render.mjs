// node render.mjs GRAFANA DATA IMAGES: pictures of the boards; fails if a panel shows no data or an error.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const LIMIT = 300_000;
const [boards, data, images] = process.argv.slice(2);
const here = import.meta.dirname;

const { outputFiles } = await build({
  entryPoints: [join(here, 'page.jsx')],
  bundle: true,
  write: false,
  outfile: 'page.js',
  format: 'iife',
  jsx: 'automatic',
  minify: true,
  logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  loader: { '.svg': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.png': 'dataurl' },
});
const built = (end) => outputFiles.find(({ path }) => path.endsWith(end)).contents;
const html = readFileSync(join(here, 'page.html'));

// What is asked for beside these (Grafana's icons) comes from the package.
const icons = join(here, 'node_modules/@grafana/ui/dist/public');
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/') {
    response.setHeader('content-type', 'text/html').end(html);
  } else if (pathname === '/page.js') {
    response.setHeader('content-type', 'text/javascript').end(built('.js'));
  } else if (pathname === '/page.css') {
    response.setHeader('content-type', 'text/css').end(built('.css'));
  } else {
    try {
      const file = readFileSync(join(icons, pathname.replace(/^\/public\/(build\/)?/, '')));
      response.setHeader('content-type', 'image/svg+xml').end(file);
    } catch {
      response.writeHead(404).end();
    }
  }
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

/** Draws a board, and returns what is wrong with it. */
async function draw(name, answers, shot) {
  const board = JSON.parse(readFileSync(join(boards, `${name}.json`)));
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(`page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate((props) => window.show(props), {
    board,
    answers: answers[name],
    from: answers.from,
    to: answers.to,
  });
  const expected = board.panels.filter(({ type }) => type !== 'row').length;
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll('.panel').length === count &&
      [...document.querySelectorAll('.panel')].every((panel) =>
        panel.querySelector('[data-testid$="panel content"] > *')
      ),
    expected,
    { timeout: 30_000 }
  );
  // A table below the window is not painted.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: 1400, height });
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  wrong.push(
    ...(await page.$$eval('.panel', (panels) =>
      panels.flatMap((panel) => {
        const bad = panel.querySelector('.no-data, .panel-error');
        const text = bad?.textContent ?? panel.innerText.match(/No data|NaN|Infinity|undefined/)?.[0];
        return text ? [`${panel.dataset.title}: ${text}`] : [];
      })
    ))
  );
  if (shot) {
    await page.screenshot({ path: shot, fullPage: true });
  }
  await page.close();
  return wrong;
}

let failed = false;
const complain = (text) => {
  console.error(`render-boards: ${text}`);
  failed = true;
};
const answers = JSON.parse(readFileSync(data));
try {
  for (const name of readdirSync(boards).filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'))) {
    const shot = join(images, `${name}.png`);
    (await draw(name, answers, shot)).forEach((each) => complain(`${name}: ${each}`));
    execFileSync('pngquant', ['128', '--force', '--strip', '--output', shot, shot]);
    const { size } = statSync(shot);
    console.log(`render-boards: ${shot}: ${size} bytes`);
    if (size >= LIMIT) {
      complain(`${shot} is larger than ${LIMIT} bytes`);
    }
    // The judge itself: without answers every panel must be found wanting.
    const panels = JSON.parse(readFileSync(join(boards, `${name}.json`))).panels;
    const wanting = await draw(name, { ...answers, [name]: {} });
    if (wanting.length !== panels.filter(({ type }) => type !== 'row').length) {
      complain(`${name}: without data only these panels say so: ${wanting.join('; ')}`);
    }
  }
} finally {
  await browser.close();
  server.close();
}
process.exitCode = failed ? 1 : 0;
