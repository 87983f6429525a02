// Where tests find the page: the built one with small models beside it, on a server that can misbehave.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedModels } from '../../scripts/models.js';
import { root } from '../../scripts/run.js';
import { filesOf, HEADERS, POLICY, serve } from '../../scripts/serve.js';
import { runProgram, sightline } from './command-line.js';
import { writeClassifier, writeDecoder } from './random-decoders.js';

/** @import { Intercept } from '../../scripts/serve.js' */
/** @typedef {'additive' | 'dot' | 'sentinel' | 'lstm' | 'rnn' | 'transformer' | 'classifier'} DecoderKind */
/** @typedef {{ path: string, readonly url: string }} Model where a model is on the disk, and on the server */

/** The files of a model's folder that a browser fetches; its card is for people. @param {string} folder */
export const fetchedOf = (folder) => readdirSync(folder).filter((name) => name !== 'MODEL_CARD.md');

const checkpoint = join(root, 'tests/reference/checkpoint.pth');

/** The model that the page takes by itself: there is no GPU, so the last one. */
export const automatic = shippedModels(join(root, 'models')).at(-1)?.name ?? '';

/** A page with nothing on it, for those who use the API alone. */
export const BLANK = '/fixture/blank.html';

/** A temporary folder, models in it, and a server that serves both the page and them. */
export class Site {
  folder = mkdtempSync(join(tmpdir(), 'sightline-'));
  /** Answers requests before the server does, where a test wants trouble. @type {Intercept} */
  intercept = () => false;
  /** What was asked for, until a test empties it. @type {string[]} */
  requests = [];
  /** @type {import('../../scripts/serve.js').Server | undefined} */
  #server;

  async open() {
    const files = filesOf(this.folder);
    this.#server = await serve(0, {
      intercept: (request, response) => {
        this.requests.push(request.url ?? '');
        if (this.intercept(request, response)) return true;
        if (!request.url?.startsWith('/fixture/')) return false;
        if (request.url === BLANK) {
          response.writeHead(200, { 'Content-Type': 'text/html', ...HEADERS, 'Content-Security-Policy': POLICY });
          response.end('<!doctype html><html lang="en"><title>blank</title><link rel="icon" href="data:,">');
          return true;
        }
        request.url = request.url.slice('/fixture'.length);
        files(request, response, () => void response.writeHead(404).end());
        return true;
      },
    });
  }

  get url() {
    return this.#server?.url ?? '';
  }

  /**
   * A small model; only that with additive attention was ever near PyTorch, the others' weights are noise. Their words are
   * so near to each other that the last bits of integers would decide, so they are stored, and computed with, in floats.
   * @param {string} name @param {DecoderKind} [decoder]
   * @param {{ words?: number, dtype?: string }} [options] the one with additive attention has 40 words
   * @returns {Model}
   */
  pack(name, decoder = 'additive', { words = 40, dtype = 'f16' } = {}) {
    const model = this.modelNamed(name);
    if (decoder === 'classifier') {
      const classes = join(this.folder, `${name}.txt`);
      const names = Array.from({ length: words }, (_, i) => `class ${i}`);
      writeFileSync(classes, names.join('\n'));
      const weights = writeClassifier(join(this.folder, `${name}.safetensors`), names.length);
      sightline('pack', '--encoder', weights, '--classes', classes, '--dtype', dtype, '--force', model.path);
      return model;
    }
    const vocabulary = join(this.folder, `${name}.json`);
    const specialTokens = ['<pad>', '<start>', '<end>', '<unk>'];
    writeFileSync(
      vocabulary,
      JSON.stringify([...specialTokens, ...Array.from({ length: words - 4 }, (_, i) => `w${i + 4}`)]),
    );
    const weights =
      decoder === 'additive' ? checkpoint : writeDecoder(join(this.folder, `${name}.safetensors`), decoder, words);
    sightline(
      'pack',
      '--encoder',
      checkpoint,
      '--decoder',
      weights,
      '--heads',
      '4',
      '--vocabulary',
      vocabulary,
      '--dtype',
      dtype,
      '--name',
      name,
      '--force',
      model.path,
    );
    return model;
  }

  /**
   * A model with a whole backbone, as training configurations call it, a small decoder, and weights by a formula.
   * @param {string} backbone
   * @param {number} [size] of the photo
   * @returns {Model}
   */
  synthesise(backbone, size) {
    const model = this.modelNamed(size ? `${backbone}-${size}` : backbone);
    runProgram(
      root,
      join(root, 'target/debug/examples/synthetic_model'),
      backbone,
      model.path,
      ...(size ? [`${size}`] : []),
    );
    return model;
  }

  /** One that is there, or will be. @param {string} name @returns {Model} */
  modelNamed(name) {
    const site = this;
    return {
      path: join(this.folder, name),
      // Known once the server runs.
      get url() {
        return `${site.url}fixture/${name}/`;
      },
    };
  }

  /**
   * Runs some code in front of the worker's own, the first so many times.
   * @param {string} code
   * @param {number} [times]
   */
  prependToWorker(code, times = Infinity) {
    const worker = readFileSync(join(root, 'dist/www/worker.js'), 'utf8');
    let left = times;
    this.intercept = (request, response) => {
      if (!request.url?.endsWith('/www/worker.js') || left === 0) return false;
      left -= 1;
      response
        .writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-store', ...HEADERS })
        .end(`{${code}}\n${worker}`);
      return true;
    };
  }

  /**
   * Models take their time over each word from now on, so that things can be done meanwhile.
   * @param {number} milliseconds
   */
  delayWords(milliseconds) {
    this.prependToWorker(`
      const send = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function (...message) { setTimeout(() => send.apply(this, message), ${milliseconds}); };`);
  }

  close() {
    this.#server?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
