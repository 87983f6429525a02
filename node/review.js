// What the program calls to review a site: a server, which a worker has, for the program waits; and a browser.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { newLine, waitFor } from './line.js';

/** @import { Line } from './line.js' */
/** @import { Listening, Wanted } from './review-server.js' */

/** What opens addresses, by systems; where there is none, the next is tried. */
const OPENERS = {
  darwin: [['open']],
  win32: [['cmd', '/c', 'start', '']],
  others: [['xdg-open'], ['gio', 'open'], ['wslview']],
};

/** The server as one thread of the program sees it: the main thread begins it, and gives lines to it to others. */
export class Review {
  #memory;
  #line;
  /** @type {Worker | undefined} */
  #server;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {Line} [line] that this thread was given
   */
  constructor(memory, line) {
    this.#memory = memory;
    this.#line = line;
  }

  /** For a thread that is about to begin; none while there is no server. */
  lineForThread() {
    if (!this.#server) return undefined;
    const [line, servers] = newLine();
    this.#server.postMessage(servers, [servers.port]);
    return line;
  }

  /** By their names in the program, which says what each of them does. */
  imports() {
    return {
      review_listen: this.#listen,
      review_next: this.#next,
      review_await: (/** @type {number} */ length) => this.#want({ length }),
      review_answer: (/** @type {number} */ address, /** @type {number} */ length) =>
        this.#want({ answer: this.#bytes(address, length) }),
      open_browser: (/** @type {number} */ address, /** @type {number} */ length) =>
        Number(openBrowser(new TextDecoder().decode(this.#bytes(address, length)))),
    };
  }

  /**
   * @param {number} port @param {number} patience @param {number} connections @param {number} unread
   * @param {number} reason @param {number} capacity
   */
  #listen = (port, patience, connections, unread, reason, capacity) => {
    const [line, servers] = newLine();
    this.#server = new Worker(fileURLToPath(new URL('review-server.js', import.meta.url)), {
      workerData: { port, limits: { patience, connections, unread }, line: servers },
      transferList: [servers.port],
    });
    this.#server.unref();
    /** @type {Listening} */
    const listening = waitFor(line);
    if ('port' in listening) return listening.port;
    return -this.#write(new TextEncoder().encode(listening.reason), reason, capacity);
  };

  /** @param {number} address @param {number} capacity */
  #next = (address, capacity) => this.#write(waitFor(this.#ownLine()), address, capacity);

  /** @param {Wanted} wanted */
  #want(wanted) {
    this.#ownLine().port.postMessage(wanted);
  }

  #ownLine() {
    if (!this.#line) throw new Error('this thread was begun before there was a server');
    return this.#line;
  }

  /** Copied, for the memory is shared. @param {number} address @param {number} length */
  #bytes(address, length) {
    return new Uint8Array(this.#memory.buffer, address, length).slice();
  }

  /** @param {Uint8Array} bytes @param {number} address @param {number} capacity @returns {number} how many there was room for */
  #write(bytes, address, capacity) {
    const written = bytes.subarray(0, capacity);
    new Uint8Array(this.#memory.buffer, address, written.length).set(written);
    return written.length;
  }
}

/** Whether there is something that opens an address. @param {string} address */
function openBrowser(address) {
  const openers = OPENERS[/** @type {keyof typeof OPENERS} */ (process.platform)] ?? OPENERS.others;
  return openers.some(([opener, ...options]) => {
    const child = spawn(opener, [...options, address], { detached: true, stdio: 'ignore' });
    child.on('error', () => {});
    child.unref();
    return child.pid !== undefined;
  });
}
