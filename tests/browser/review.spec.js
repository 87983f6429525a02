// The page of `sightline alt --review`: what people do on it, and what is in the book's file after each of it.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import axe from 'axe-core';
import { Fixture } from './fixture.js';
import { PROGRAMS, ReviewSite } from './review-site.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({ models: {}, isStrict: false });
/** @type {ReviewSite[]} */
const sites = [];
after(() => Promise.all(sites.map((site) => site.close())));

/** In the order of the book. */
const PHOTOS = ['beach.jpg', 'meadow.jpg', 'street.jpg'];

/** @param {...string} photos */
function drafted(...photos) {
  const site = ReviewSite.drafted(...(photos.length ? photos : PHOTOS));
  sites.push(site);
  return site;
}

/**
 * A test with each of the programs that serve a review.
 * @param {string} name
 * @param {(served: typeof drafted) => Promise<void>} run is given what drafts a site for that program
 * @param {import('node:test').TestOptions} [options]
 */
function testWithEach(name, run, options = {}) {
  for (const [what, program] of Object.entries(PROGRAMS)) {
    test(`${name}, by ${what}`, options, () => run((...photos) => Object.assign(drafted(...photos), { program })));
  }
}

/** The page at an address, with what went wrong on it. @param {URL} url */
async function openReview(url) {
  const page = await fixture.browser.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.goto(url.href);
  await page.waitForSelector('#file:not(:empty)');
  return { page, faults };
}

/** Waits until a picture is the one that is looked at. @param {Page} page @param {string} file */
const untilAt = (page, file) =>
  page.waitForFunction((file) => document.querySelector('#file')?.textContent === file, file);

/** Waits until so many are reviewed. @param {Page} page @param {string} count */
const untilReviewed = (page, count) =>
  page.waitForFunction((count) => document.querySelector('#reviewed')?.textContent === count, count);

/** What the book says. @param {ReviewSite} site @param {string} file */
function said(site, file) {
  const { text, state } = site.entry(file);
  return [text, state];
}

testWithEach(
  'the keyboard alone accepts, corrects, dismisses and undoes, and each is in the file at once',
  async (drafted) => {
    const site = drafted();
    const [beach, meadow, street] = PHOTOS.map((photo) => said(site, photo));
    assert.deepEqual(beach, ['Perhaps: a young boy is walking on the beach.', 'draft']);
    const { page, faults } = await openReview(await site.review());
    await untilAt(page, 'beach.jpg');
    assert.equal(await page.textContent('#suggestion'), 'It may be decoration: it stands in a link that has words.');
    assert.equal(await page.inputValue('#text'), 'A young boy is walking on the beach.', 'who accepts it is sure');

    await page.keyboard.press('Enter');
    await untilReviewed(page, '1 of 3 reviewed');
    await untilAt(page, 'meadow.jpg');
    assert.deepEqual(said(site, 'beach.jpg'), ['A young boy is walking on the beach.', 'reviewed']);

    await page.keyboard.press('Enter');
    await untilReviewed(page, '2 of 3 reviewed');
    assert.deepEqual(said(site, 'meadow.jpg'), [meadow[0], 'reviewed'], 'accepted as it was');

    await page.keyboard.press('u');
    await untilAt(page, 'meadow.jpg');
    assert.deepEqual(said(site, 'meadow.jpg'), meadow);
    await page.keyboard.press('Control+z');
    await untilAt(page, 'beach.jpg');
    assert.deepEqual(said(site, 'beach.jpg'), beach, 'with its hedge');
    assert.ok(await page.isDisabled('#undo'));

    await page.keyboard.press('d');
    await untilAt(page, 'meadow.jpg');
    assert.deepEqual(said(site, 'beach.jpg'), ['', 'decoration']);

    await page.keyboard.press('e');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Our dog, jumping d u j k');
    assert.deepEqual(said(site, 'meadow.jpg'), meadow, 'letters in the text are letters');
    await page.keyboard.press('Enter');
    await untilAt(page, 'street.jpg');
    assert.deepEqual(said(site, 'meadow.jpg'), ['Our dog, jumping d u j k', 'reviewed']);

    await page.keyboard.press('e');
    await page.keyboard.type(' And more.');
    await page.keyboard.press('Escape');
    assert.equal(await page.inputValue('#text'), 'A group of people are walking down the street.', 'left as it was');
    await page.keyboard.press('e');
    await page.keyboard.press('Alt+d');
    await page.waitForSelector('#done:not([hidden])');
    assert.deepEqual(said(site, 'street.jpg'), ['', 'decoration']);
    assert.match((await page.textContent('#done')) ?? '', /All reviewed[\s\S]*sightline alt \. --apply/);
    await page.keyboard.press('u');
    await untilReviewed(page, '2 of 3 reviewed');
    assert.deepEqual(said(site, 'street.jpg'), street);
    assert.deepEqual(faults, []);

    site.alt('--apply', '.');
    assert.match(
      site.read('index.html'),
      /<img src="beach\.jpg" alt="">[\s\S]*<img src="meadow\.jpg" alt="Our dog, jumping d u j k">/,
    );
  },
);

test('arrows and letters go through the pictures, and the filter shows all of them', async () => {
  const site = drafted();
  site.edit('meadow.jpg', { state: 'reviewed' });
  const { page } = await openReview(await site.review());
  assert.equal(await page.textContent('#reviewed'), '1 of 3 reviewed');
  assert.deepEqual(
    await page.locator('#list li:visible button').evaluateAll((rows) => rows.map((row) => row.getAttribute('title'))),
    ['beach.jpg', 'street.jpg'],
  );
  for (const [key, file] of [
    ['j', 'street.jpg'],
    ['k', 'beach.jpg'],
    ['ArrowDown', 'street.jpg'],
    ['j', 'street.jpg'],
    ['ArrowUp', 'beach.jpg'],
  ]) {
    await page.keyboard.press(key);
    assert.equal(await page.textContent('#file'), file, key);
  }
  await page.check('#filter [value=all]');
  await page.keyboard.press('j');
  assert.equal(await page.textContent('#file'), 'meadow.jpg');
  assert.deepEqual([await page.textContent('#state'), await page.textContent('#position')], ['Reviewed', '2 of 3']);
  assert.equal(await page.locator('#progress').evaluate((bar) => /** @type {HTMLProgressElement} */ (bar).value), 1);
  await page.click('#list button[title="street.jpg"]');
  await untilAt(page, 'street.jpg');
});

test('a key that is held reviews one picture, and none of those that follow unseen', async () => {
  const site = drafted();
  const { page } = await openReview(await site.review());
  await untilAt(page, 'beach.jpg');
  await page.keyboard.down('d');
  await untilAt(page, 'meadow.jpg');
  await page.keyboard.down('d');
  await page.keyboard.up('d');
  await page.keyboard.press('u');
  await untilAt(page, 'beach.jpg');
  await untilReviewed(page, '0 of 3 reviewed');
  assert.equal(site.entry('meadow.jpg').state, 'draft');
});

test('a photo that is gone is told, and its text can be reviewed', async () => {
  const site = drafted();
  rmSync(join(site.folder, 'beach.jpg'));
  const { page } = await openReview(await site.review());
  await page.waitForSelector('#photo-error:not([hidden])');
  assert.match(
    (await page.textContent('#photo-error')) ?? '',
    /^The photo cannot be shown: beach\.jpg: it cannot be read/,
  );
  await page.keyboard.press('Enter');
  await untilAt(page, 'meadow.jpg');
  assert.ok(await page.isVisible('#photo'));
});

test('a book that cannot be read any more is told, and not called reviewed', async () => {
  const site = drafted();
  const url = await site.review();
  site.write('alt-texts.json', '{\n<<<<<<< mine\n');
  const page = await fixture.browser.newPage();
  await page.goto(url.href);
  await page.waitForSelector('#message:not(:empty)');
  assert.match((await page.textContent('#message')) ?? '', /alt-texts\.json: line 2 is where git could not merge/);
  assert.ok((await page.isHidden('#done')) && (await page.isHidden('#card')));
});

testWithEach('a word shows where the model looked, and without a model all else works', async (drafted) => {
  const site = drafted();
  const { page, faults } = await openReview(await site.review());
  await untilAt(page, 'beach.jpg');
  await page.hover('#words .word:nth-of-type(3)');
  await page.waitForSelector('#overlay[data-word="boy"]:not([hidden])');
  await page.focus('#words .word[tabindex="0"]');
  await page.keyboard.press('End');
  await page.waitForFunction(() => document.querySelector('#overlay')?.getAttribute('data-word') === 'beach');
  await page.focus('#accept');
  assert.ok(await page.isHidden('#overlay'));
  assert.deepEqual(faults, []);

  const { page: without } = await openReview(await site.review(['--model', 'nowhere']));
  await without.hover('#words .word:nth-of-type(3)');
  await without.waitForFunction(() =>
    /^There are no maps: nowhere/.test(document.querySelector('#looks-note')?.textContent ?? ''),
  );
  await without.click('#accept');
  await untilReviewed(without, '1 of 3 reviewed');
  assert.deepEqual(said(site, 'beach.jpg'), ['A young boy is walking on the beach.', 'reviewed']);
});

test('two tabs and an editor lose nothing of each other', async () => {
  const site = drafted();
  const url = await site.review();
  const [{ page: one }, { page: other }] = [await openReview(url), await openReview(url)];
  await one.fill('#text', 'Mine');
  await other.fill('#text', 'Theirs');
  await other.press('#text', 'Enter');
  await untilReviewed(other, '1 of 3 reviewed');
  site.edit('meadow.jpg', { text: 'By an editor', by: 'me' });
  await one.press('#text', 'Enter');
  await one.waitForSelector('#message:not(:empty)');
  assert.match((await one.textContent('#message')) ?? '', /Somebody has changed this meanwhile: it says “Theirs” now/);
  assert.deepEqual(said(site, 'beach.jpg'), ['Theirs', 'reviewed']);
  assert.equal(await one.inputValue('#text'), 'Mine', 'what was typed is still there');
  await one.press('#text', 'Enter');
  await one.waitForSelector('#message:empty', { state: 'attached' });
  await one.waitForFunction(() => document.querySelector('#file')?.textContent !== 'beach.jpg');
  assert.deepEqual(said(site, 'beach.jpg'), ['Mine', 'reviewed']);
  assert.deepEqual(said(site, 'meadow.jpg'), ['By an editor', 'draft']);
  assert.equal(site.entry('meadow.jpg').by, 'me');
});

test('of thousands of drafts only the photos in sight are fetched', async () => {
  const site = drafted('beach.jpg', 'street.jpg');
  const book = JSON.parse(site.read('alt-texts.json'));
  for (let i = 0; i < 3000; i += 1) {
    const hash = i.toString(16).padStart(64, '0');
    book[hash] = {
      file: `z/${i}.jpg`,
      text: `Number ${i}.`,
      state: 'draft',
      drafted: `Number ${i}.`,
      model: 'm',
      used: [],
    };
  }
  site.write('alt-texts.json', JSON.stringify(book));
  const page = await fixture.browser.newPage();
  let photos = 0;
  page.on('request', (request) => {
    photos += Number(request.url().includes('/photos/'));
  });
  await page.goto((await site.review()).href, { waitUntil: 'networkidle' });
  assert.equal(await page.textContent('#reviewed'), '0 of 3002 reviewed');
  assert.ok(photos > 1 && photos < 100, `${photos} photos`);
});

test('nobody is shut out, by day and by night, at a desk and by phone', async () => {
  const site = drafted();
  const { page } = await openReview(await site.review());
  await page.evaluate(axe.source);
  const assertAccessible = async (/** @type {string} */ what) => {
    for (const width of [1200, 390]) {
      for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        const { violations, passes } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document));
        assert.ok(passes.length > 15, what);
        assert.deepEqual(
          violations.map(
            (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html)}`,
          ),
          [],
          `${what}, ${width}, ${colorScheme}`,
        );
        assert.ok(
          await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
          `${what} fits ${width}`,
        );
      }
    }
  };
  await assertAccessible('a draft');
  await page.focus('#words .word[tabindex="0"]');
  await page.waitForSelector('#overlay:not([hidden])');
  await assertAccessible('a map');
  for (const count of ['1 of 3 reviewed', '2 of 3 reviewed', '3 of 3 reviewed']) {
    await page.locator('#card').focus();
    await page.keyboard.press('Enter');
    await untilReviewed(page, count);
  }
  await page.waitForSelector('#done:not([hidden])');
  await assertAccessible('the end');
});

testWithEach('it listens to this machine alone, and to nobody but its own page', async (drafted) => {
  const site = drafted('beach.jpg', 'street.jpg');
  site.write('secret.txt', 'secret');
  const url = await site.review();
  const listening = await readFile('/proc/net/tcp', 'utf8');
  const port = Number(url.port).toString(16).toUpperCase().padStart(4, '0');
  const addresses = [...listening.matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) 00000000:0000 0A/gm)];
  assert.deepEqual(
    addresses.flatMap(([, address, its]) => (its === port ? [address] : [])),
    ['0100007F'],
  );
  assert.doesNotMatch(await readFile('/proc/net/tcp6', 'utf8'), new RegExp(`:${port} 0+:0000 0A`));

  const { page } = await openReview(url);
  // Another page of this machine can neither read nor write, whatever it knows.
  const stranger = await fixture.openPage();
  const tried = await stranger.page.evaluate(async (href) => {
    const body = JSON.stringify({ hash: '', seen: {}, review: 'accept' });
    const told = async (/** @type {string} */ path, /** @type {RequestInit} */ options) =>
      fetch(new URL(path, href), options).then(
        ({ type, status }) => `${type} ${status}`,
        () => 'refused',
      );
    return [
      await told('texts', {}),
      await told('texts', { mode: 'no-cors' }),
      await told('review', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } }),
    ];
  }, url.href);
  assert.deepEqual(
    tried.filter((answer) => !['refused', 'opaque 0'].includes(answer)),
    [],
  );
  const status = async (/** @type {string} */ path, /** @type {RequestInit} */ options = {}) =>
    (await fetch(new URL(path, url), options)).status;
  assert.equal(await status('texts', { headers: { Origin: 'http://localhost:1' } }), 403);
  assert.equal(await status('/texts'), 403);
  assert.equal(await status('secret.txt'), 404);
  assert.equal(await status('photos/..%2fsecret.txt'), 404);
  assert.equal(await status('photos/secret.txt'), 404);
  assert.equal(await status(`photos/${site.hash('secret.txt')}`), 404);
  assert.equal(await status(`photos/${site.hash('beach.jpg')}`), 200);
  await page.close();
});

/** The status with which a connection is answered on which this is sent. @param {URL} url @param {string} text */
async function answered({ port }, text) {
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  socket.end(text);
  let answer = '';
  for await (const chunk of socket.setEncoding('latin1')) answer += chunk;
  return answer.split(' ')[1] ?? 'nothing';
}

testWithEach('what is no request, or too large a one, is refused', async (drafted) => {
  const site = drafted('beach.jpg', 'street.jpg');
  const url = await site.review();
  const { pathname: path, host, origin } = url;
  const long = 'a'.repeat(100_000);
  for (const [expected, ...lines] of [
    ['403', `GET ${path}texts HTTP/1.1`],
    ['403', `GET ${path}texts HTTP/1.1`, 'Host: example.org'],
    ['403', `GET ${path}texts HTTP/1.1`, `Host: ${host}`, `Host: ${host}`],
    ['403', `GET ${path}texts HTTP/1.1`, `Host: ${host}`, `Origin: ${origin}`, `Origin: ${origin}`],
    ['403', 'GET /texts HTTP/1.1', `Host: ${host}`],
    ['404', `GET ${path}../secret.txt HTTP/1.1`, `Host: ${host}`],
    ['405', `PUT ${path}texts HTTP/1.1`, `Host: ${host}`],
    ['431', `GET ${path}${long} HTTP/1.1`, `Host: ${host}`],
    ['431', `GET ${path}texts HTTP/1.1`, ...Array(65).fill('A: b')],
    ['413', `POST ${path}review HTTP/1.1`, `Content-Length: ${long.length}`, '', long],
    ['400', `POST ${path}review HTTP/1.1`, 'Content-Length: 1', 'Content-Length: 1'],
    ['411', `POST ${path}review HTTP/1.1`, 'Transfer-Encoding: chunked'],
    ['415', `POST ${path}review HTTP/1.1`, `Host: ${host}`],
    ['400', '\u0016\u0003\u0001'],
    ['200', `GET ${path}texts HTTP/1.1`, `Host: ${host}`, `Origin: ${origin}`],
  ]) {
    assert.equal(await answered(url, [...lines, '', ''].join('\r\n')), expected, lines.join(' ').slice(0, 200));
  }
  assert.equal(await answered(url, 'GET / HTTP/1.1\r\n'), 'nothing', 'whoever hangs up has no answer');

  const dawdlers = Array.from({ length: 20 }, () => connect({ port: Number(url.port), host: '127.0.0.1' }));
  await Promise.all(dawdlers.map((socket) => new Promise((resolve) => socket.write('GET', resolve))));
  assert.equal((await fetch(new URL('texts', url))).status, 200, 'whoever does not go on holds nobody up');
  for (const socket of dawdlers) socket.destroy();

  const { status, stdout, stderr } = spawnSync(site.program, ['alt', '.', '--review', '--port', url.port], {
    cwd: site.folder,
    encoding: 'utf8',
  });
  assert.deepEqual(
    [status, stdout, stderr],
    [1, '', `sightline: port ${url.port} is taken by another program; without --port one that is free is taken\n`],
  );
  await site.stop();
  assert.deepEqual(readdirSync(site.folder).sort(), ['alt-texts.json', 'beach.jpg', 'index.html', 'street.jpg']);
});

const onLinux = { skip: process.platform !== 'linux', timeout: 60_000 };
testWithEach(
  'the browser is opened where that is asked for',
  async (drafted) => {
    const site = drafted('beach.jpg', 'street.jpg');
    const told = join(site.folder, 'told');
    execFileSync('mkfifo', [told]);
    const opener = join(site.folder, 'xdg-open');
    writeFileSync(opener, `#!/bin/sh\necho "$1" > '${told}'\n`);
    chmodSync(opener, 0o755);
    const url = await site.review(['--open', '--model', 'nowhere'], { PATH: `${site.folder}:${process.env.PATH}` });
    assert.equal((await readFile(told, 'utf8')).trim(), url.href);
  },
  onLinux,
);
