// The server of a review, in a worker: collects what connections send, and sends them what the program answers. It knows
// nothing of requests but how many bytes the program wants of each.

import { writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { ring } from './line.js';

/** @import { Socket } from 'node:net' */
/** @import { Line } from './line.js' */

/** What a thread wants done with its connection: more of the request, or the answer sent. @typedef {{ length: number } | { answer: Uint8Array }} Wanted */
/** @typedef {{ port: number } | { reason: string }} Listening */
/** As the program's import `review_listen` has them. @typedef {{ patience: number, connections: number, unread: number }} Limits */

const STDERR = 2;

/** @type {{ port: number, limits: Limits, line: Line }} */
const { port, limits, line } = workerData;

/** Threads of the program that have nothing to do. @type {Line[]} */
const idle = [];
/** Those that have sent as much as the program wants. @type {Connection[]} */
const waiting = [];
/** By the line to the thread that is at work for it. @type {Map<Line, Connection>} */
const atWork = new Map();

/** Gives connections to threads, as long as there are both. */
function dispatch() {
  while (idle.length && waiting.length) {
    const [thread, connection] = [idle.shift(), waiting.shift()];
    if (!thread || !connection) return;
    atWork.set(thread, connection);
    ring(thread, connection.received());
  }
}

/** One request, and its answer. */
class Connection {
  #socket;
  /** @type {Buffer[]} */
  #chunks = [];
  #length = 0;
  /** The length of which the program is to know. */
  #wanted = 1;
  #isWithProgram = false;
  /** Nothing more of the request will come, or is waited for. */
  #isOver = false;
  #timer;

  /** @param {Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    this.#timer = setTimeout(this.#over, limits.patience);
    socket.on('data', this.#take);
    socket.on('end', this.#over);
    // Whoever has hung up has no use for an error.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clearTimeout(this.#timer));
  }

  /** All that was sent. */
  received() {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    // A buffer may be a part of a larger one, all of which would be sent.
    return new Uint8Array(bytes);
  }

  /** @param {Wanted} wanted */
  goOn(wanted) {
    this.#isWithProgram = false;
    if (this.#socket.destroyed) return;
    if ('answer' in wanted) this.#answer(wanted.answer);
    else if (this.#isOver) this.#socket.destroy();
    else {
      this.#wanted = wanted.length;
      this.#socket.resume();
    }
  }

  #take = (/** @type {Buffer} */ chunk) => {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return;
    this.#socket.pause();
    this.#isWithProgram = true;
    waiting.push(this);
    dispatch();
  };

  #over = () => {
    this.#isOver = true;
    if (!this.#isWithProgram) this.#socket.destroy();
  };

  /** @param {Uint8Array} answer */
  #answer(answer) {
    const socket = this.#socket;
    clearTimeout(this.#timer);
    // For every part of the answer that is taken.
    socket.setTimeout(limits.patience, () => socket.destroy());
    socket.end(answer, () => {
      this.#timer = setTimeout(() => socket.destroy(), limits.patience);
    });
    // Whoever still sends would lose the answer if the connection were closed before all of it was taken.
    let unread = 0;
    socket.off('data', this.#take).on('data', ({ length }) => {
      unread += length;
      if (unread > limits.unread) socket.destroy();
    });
    socket.off('end', this.#over).resume();
  }
}

/** @param {Listening} listening */
const tell = (listening) => ring(line, listening);

/** 0 where the port is another's. @param {NodeJS.ErrnoException} error */
const refuse = ({ code, message }) => tell(code === 'EADDRINUSE' ? { port: 0 } : { reason: message });

// The program, which would hear of it, waits for requests.
process.on('uncaughtException', (error) => {
  writeSync(STDERR, `${error.stack}\n`);
  process.kill(process.pid);
});

parentPort?.on('message', (/** @type {Line} */ thread) => {
  thread.port.on('message', (/** @type {Wanted} */ wanted) => {
    const connection = atWork.get(thread);
    atWork.delete(thread);
    idle.push(thread);
    connection?.goOn(wanted);
    dispatch();
  });
  idle.push(thread);
  dispatch();
});

// Whoever says all there is to say and then ends that direction still waits for the answer.
const server = createServer({ allowHalfOpen: true }, (socket) => void new Connection(socket));
server.maxConnections = limits.connections;
server.once('error', refuse);
server.listen({ port, host: '127.0.0.1' }, () => {
  const address = server.address();
  // A connection that is gone before it is accepted is none.
  server.off('error', refuse).on('error', () => {});
  tell({ port: typeof address === 'object' && address ? address.port : 0 });
});
