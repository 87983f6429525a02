// A site whose drafts are reviewed: photos, pages and a book of texts in a temporary folder, and the command that serves it.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../scripts/run.js';
import { program, runProgram } from './command-line.js';

/** @typedef {Record<string, any>} Entry of the book */

/** The programs that serve a review: the native one, and that of the npm package as a site that has it runs it. */
export const PROGRAMS = {
  'the native command': program,
  'the command in Node': join(root, 'examples/bundlers/node_modules/.bin/sightline'),
};

const model = join(root, 'models/flickr8k-lite');
const samples = join(root, 'www/page/samples');

export class ReviewSite {
  folder = mkdtempSync(join(tmpdir(), 'sightline-review-'));
  /** What serves its reviews. */
  program = program;
  /** @type {import('node:child_process').ChildProcess[]} */
  #commands = [];

  /**
   * Photos among the samples, in one page, each with a draft that the light model wrote.
   * @param {...string} photos
   */
  static drafted(...photos) {
    const site = new ReviewSite();
    for (const photo of photos) copyFileSync(join(samples, photo), join(site.folder, photo));
    const images = photos.map((photo) => `<p>\n<img src="${photo}">`);
    site.write('index.html', `<a href="x"><img src="${photos[0]}"> Our photos</a>\n${images.slice(1).join('\n')}`);
    const { status, stderr } = spawnSync(program, ['alt', '.', '--device', 'cpu', '--model', model], {
      cwd: site.folder,
    });
    assert.equal(status, 1, `some wait for a person: ${stderr}`);
    return site;
  }

  /** @param {string} name @param {string | Buffer} content */
  write(name, content) {
    writeFileSync(join(this.folder, name), content);
  }

  /** @param {string} name */
  read(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** What the book says of a picture. @param {string} file @returns {Entry} */
  entry(file) {
    return this.#book()[this.hash(file)];
  }

  /** @param {string} file */
  hash(file) {
    return createHash('sha256')
      .update(readFileSync(join(this.folder, file)))
      .digest('hex');
  }

  /** As an editor would. @param {string} file @param {Entry} change */
  edit(file, change) {
    const book = this.#book();
    Object.assign(book[this.hash(file)], change);
    this.write('alt-texts.json', JSON.stringify(book, null, 2));
  }

  /** @returns {Record<string, Entry>} */
  #book() {
    return JSON.parse(this.read('alt-texts.json'));
  }

  /** Runs the command to its end. @param {...string} options */
  alt(...options) {
    return runProgram(this.folder, program, 'alt', ...options);
  }

  /**
   * Serves the review, and resolves to its address.
   * @param {string[]} [options]
   * @param {Record<string, string>} [environment] more of it
   */
  async review(options = ['--device', 'cpu', '--model', model], environment = {}) {
    const command = spawn(this.program, ['alt', '.', '--review', ...options], {
      cwd: this.folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#commands.push(command);
    const [address] = await once(createInterface(command.stdout), 'line');
    return new URL(address);
  }

  /** Ends all reviews, as Ctrl-C does. */
  async stop() {
    for (const command of this.#commands.splice(0)) {
      command.kill('SIGINT');
      if (command.exitCode === null && command.signalCode === null) await once(command, 'exit');
      assert.equal(command.exitCode, 130, `it ended by ${command.signalCode}`);
    }
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
