// A line between two threads of which either may wait, for it is in the middle of the program, and hear nothing meanwhile.

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

/** @import { MessagePort } from 'node:worker_threads' */

/**
 * One end of a line. Its port has to be transferred to the thread that gets it.
 * @typedef {{ port: MessagePort, bell: Int32Array }} Line
 */

/** Both ends. @returns {[Line, Line]} */
export function newLine() {
  const { port1, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  return [
    { port: port1, bell },
    { port: port2, bell },
  ];
}

/** Says something to whoever waits at the other end. @param {Line} line @param {unknown} message */
export function ring({ port, bell }, message) {
  port.postMessage(message);
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
}

/** What is said at the other end next. @param {Line} line @returns {any} */
export function waitFor({ port, bell }) {
  for (;;) {
    const rung = Atomics.load(bell, 0);
    const received = receiveMessageOnPort(port);
    if (received) return received.message;
    Atomics.wait(bell, 0, rung);
  }
}
