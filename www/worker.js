// Owns the wasm, so that the page never stops answering while a model works. One job at a time; between two words it
// listens whether somebody wants it to stop.

import { chooseDevice, watchDevices } from './device.js';
import { downloadModel, sha256 } from './download.js';
import { CaptionerError } from './errors.js';
import { startWasm } from './start-wasm.js';

/** @import { FromWorker, Photo, ToWorker } from './protocol.js' */
/** @import { ModelLoader, WebCaptioner, WebDevice, WebEncodedPhoto, WebPhoto } from './wasm/cpu/sightline.js' */

/** Encoded photos that are kept for another caption of the same photo, 250 to 400 kB each. */
const MOST_ENCODED = 32;

/** Milliseconds in which those who wait for a model ask for a caption once it is ready. */
const IDLE = 100;

/** @type {WebCaptioner | undefined} */
let captioner;
/** Of the wasm that the device needs. @type {typeof WebPhoto} */
let PhotoOfWasm;
/** By the photo's key; the one used last stands last. @type {Map<number, WebEncodedPhoto>} */
const encodedPhotos = new Map();
/** Jobs that are waiting or being done, and that somebody still wants. @type {Set<number>} */
const wantedJobs = new Set();
/** What is being done, one thing after the other. */
let queue = Promise.resolve();

/** @param {FromWorker} message @param {Transferable[]} [transferred] */
function send(message, transferred = []) {
  postMessage(message, transferred);
}

watchDevices((code, message) => send({ type: 'lost', code, message }));

// A server that imports every module of the package has nobody to listen to.
globalThis.addEventListener?.('message', ({ data }) => {
  /** @type {ToWorker} */
  const request = data;
  if (request.type === 'stop') {
    wantedJobs.delete(request.job);
    return;
  }
  if (request.type === 'ping') {
    send({ type: 'pong' });
    return;
  }
  if (request.type !== 'load') wantedJobs.add(request.job);
  queue = queue.then(async () => {
    const job = request.type === 'load' ? undefined : request.job;
    try {
      if (request.type === 'load') await load(request);
      else if (request.type === 'caption') await caption(request);
      else await inspect(request);
    } catch (error) {
      const { code, message } = CaptionerError.from(error);
      // After a trap nothing in the wasm's memory can be trusted.
      const isLost = error instanceof WebAssembly.RuntimeError || code === 'device-lost';
      send(isLost ? { type: 'lost', job, code, message } : { type: 'failed', job, code, message });
    } finally {
      if (job !== undefined) wantedJobs.delete(job);
    }
  });
});

/** @param {Extract<ToWorker, { type: 'load' }>} request */
async function load({ model, device: wanted, precision, wasm: folder }) {
  const device = await chooseDevice(wanted);
  const wasm = await startWasm(device, folder);
  /** @type {Promise<WebDevice>} */
  const opening = wasm.WebDevice.open(device, precision);
  let preparing = opening;
  /** @param {Uint8Array} manifest */
  const createLoader = (manifest) => {
    const loader = new wasm.ModelLoader(manifest);
    // A GPU compiles its programs while the model is on its way.
    preparing = opening.then((device) => {
      loader.prepare(device);
      return device;
    });
    preparing.catch(() => {});
    return loader;
  };
  // What is wrong with a device is said when the model is there.
  opening.catch(() => {});
  const loading =
    typeof model === 'string'
      ? downloadModel(model, createLoader, {
          onProgress: (progress) => send({ type: 'progress', ...progress }),
          onNotice: (code) => send({ type: 'notice', code }),
        })
      : readFolder(model, createLoader);
  const loader = await loading.catch(async (error) => {
    // After a trap a loader takes nothing more, which says less than the trap.
    await preparing;
    throw error;
  });
  const ready = loader.finish(await preparing);
  // It shows whether a GPU can.
  if (device === 'webgpu') await ready.warmUp();
  captioner = ready;
  PhotoOfWasm = wasm.WebPhoto;
  send({ type: 'ready', about: ready.about() });
  if (device === 'cpu') setTimeout(warmUpIdly, IDLE);
}

/** The browser compiles once more, and better, what runs often: in time for the first caption, if nobody waits for it yet. */
function warmUpIdly() {
  queue = queue.then(async () => {
    if (wantedJobs.size || encodedPhotos.size) return;
    // What is wrong with a model is said to whoever wants a caption of it.
    await captioner?.warmUp().catch(() => {});
  });
}

/**
 * A model folder that the reader chose on this device.
 * @param {File[]} files
 * @param {(manifest: Uint8Array) => ModelLoader} createLoader
 */
async function readFolder(files, createLoader) {
  /** @param {string} name */
  const read = async (name) => {
    const file = files.find((file) => file.name === name);
    if (!file) {
      throw new CaptionerError(
        'model-unreachable',
        `${name} is not in the folder. Choose a folder that sightline pack wrote.`,
      );
    }
    return new Uint8Array(await file.arrayBuffer());
  };
  const loader = createLoader(await read('model.json'));
  /** @type {{ file: string, bytes: number }[]} */
  const shards = loader.shards();
  const total = shards.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  for (const { file, bytes } of shards) {
    const content = await read(file);
    loader.add(file, content, await sha256(content));
    loaded += bytes;
    send({ type: 'progress', loaded, total });
  }
  return loader;
}

/** @param {Extract<ToWorker, { type: 'caption' }>} request */
async function caption({ job, key, photo, options, muted }) {
  const model = loadedModel();
  if (!(await isWanted(job))) return;
  const encoded = muted?.length ? await encode(model, photo, muted) : await encodedPhoto(model, key, photo);
  try {
    if (!(await isWanted(job))) return;
    const result = await model.generate(
      encoded,
      options,
      async (/** @type {import('./protocol.js').Word[]} */ words) => {
        send({ type: 'words', job, words });
        return isWanted(job);
      },
    );
    if (wantedJobs.has(job)) send({ type: 'caption', job, caption: result });
  } finally {
    if (muted?.length) encoded.free();
  }
}

/** @param {Extract<ToWorker, { type: 'inspect' }>} request */
async function inspect(request) {
  const { runInspection } = await import('./worker-inspection.js');
  const { job, key } = request;
  const model = loadedModel();
  // It may be decoded twice, and a bitmap can be read once.
  const photo = request.photo instanceof ImageBitmap ? readPixels(request.photo) : request.photo;
  await runInspection(
    model,
    { ...request, photo },
    {
      decode,
      encode: (photo, muted) => encode(model, photo, muted),
      encoded: (photo) => encodedPhoto(model, key, photo),
      isWanted: () => isWanted(job),
      send,
    },
  );
  if (wantedJobs.has(job)) send({ type: 'inspected', job });
}

function loadedModel() {
  if (!captioner) throw new CaptionerError('internal', 'No model is loaded.');
  return captioner;
}

/** @param {WebCaptioner} captioner @param {number} key @param {Photo} photo */
async function encodedPhoto(captioner, key, photo) {
  const encoded = encodedPhotos.get(key) ?? (await encode(captioner, photo));
  encodedPhotos.delete(key);
  encodedPhotos.set(key, encoded);
  for (const [oldest, old] of encodedPhotos) {
    if (encodedPhotos.size <= MOST_ENCODED) break;
    encodedPhotos.delete(oldest);
    old.free();
  }
  return encoded;
}

/** @param {WebCaptioner} captioner @param {Photo} photo @param {import('./protocol.js').MutedChannel[]} [muted] */
async function encode(captioner, photo, muted) {
  const decoded = await decode(photo);
  try {
    return await captioner.encode(decoded, muted);
  } finally {
    decoded.free();
  }
}

/** @param {Photo} photo */
async function decode(photo) {
  if (photo instanceof ImageData) return ofPixels(photo);
  if (photo instanceof ImageBitmap) return ofPixels(readPixels(photo));
  try {
    return PhotoOfWasm.ofFile(new Uint8Array(await photo.arrayBuffer()));
  } catch (error) {
    if (CaptionerError.from(error).code !== 'unsupported-image') throw error;
    // What the browser itself can show (AVIF in most, HEIC in Safari) can be captioned as well.
    const bitmap = await createImageBitmap(photo).catch(() => {
      throw error;
    });
    return ofPixels(readPixels(bitmap));
  }
}

/** @param {ImageData} pixels */
function ofPixels({ width, height, data }) {
  return PhotoOfWasm.ofPixels(width, height, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** @param {ImageBitmap} bitmap */
function readPixels(bitmap) {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) {
    throw new CaptionerError(
      'out-of-memory',
      `There is no memory for ${width}×${height} pixels. Make the photo smaller first.`,
    );
  }
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

/** Whether a job is still wanted, by the messages that arrived meanwhile as well. @param {number} job */
async function isWanted(job) {
  await pendingMessages();
  return wantedJobs.has(job);
}

const { port1, port2 } = new MessageChannel();

/** Resolves after the messages that are waiting. A timer would do as well, four milliseconds later. */
function pendingMessages() {
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(undefined);
  });
}
