// Sightline's worker as it is, which tells besides how much memory its wasm has.

import { wasmMemory } from './memory.js';

const asked = new BroadcastChannel('sightline-memory');
asked.addEventListener('message', ({ data }) => {
  if (data === 'how much') asked.postMessage(wasmMemory());
});

// Messages that arrive before a worker listens are kept only until its script has run, so they are given on.
/** @type {MessageEvent[]} */
const early = [];
const keep = (/** @type {MessageEvent} */ event) => void early.push(event);
addEventListener('message', keep);
await import(/** @type {any} */ ('/www/worker.js'));
removeEventListener('message', keep);
for (const { data } of early) dispatchEvent(new MessageEvent('message', { data }));
