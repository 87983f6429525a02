// Owns the wasm, so that the page never stops answering while a model works.

import init, { ModelLoader } from './wasm/sightline.js';

/** @import { Answer, Request } from './protocol.js' */

/** @type {import('./wasm/sightline.js').WebCaptioner | undefined} */
let captioner;
/** Only the newest job matters; an older one ends at its next word. */
let newest = 0;

const ready = init();

addEventListener('message', async ({ data }) => {
  /** @type {Request} */
  const request = data;
  try {
    await ready;
    if (request.type === 'load') await load(request.files);
    else await caption(request.job, request.photo);
  } catch (error) {
    const { code = 'internal', message = String(error) } = /** @type {{ code?: string, message?: string }} */ (error);
    answer({ type: 'error', job: request.type === 'caption' ? request.job : undefined, code, message });
  }
});

/** @param {Answer} message */
function answer(message) {
  postMessage(message);
}

/** @param {File[]} files */
async function load(files) {
  const manifest = await bytes(files, 'model.json');
  const loader = new ModelLoader(manifest);
  try {
    /** @type {{ file: string, bytes: number }[]} */
    const shards = loader.shards();
    const total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
    let done = 0;
    for (const shard of shards) {
      loader.add(shard.file, await bytes(files, shard.file));
      done += shard.bytes;
      answer({ type: 'loading', bytes: done, total });
    }
  } catch (error) {
    loader.free();
    throw error;
  }
  captioner?.free();
  captioner = undefined;
  captioner = loader.finish();
  answer({ type: 'loaded' });
}

/**
 * @param {File[]} files
 * @param {string} name
 */
async function bytes(files, name) {
  const file = files.find((file) => file.name === name);
  if (!file) throw Object.assign(new Error(`${name}: not in the folder`), { code: 'model-unreachable' });
  return new Uint8Array(await file.arrayBuffer());
}

/**
 * @param {number} job
 * @param {Blob} photo
 */
async function caption(job, photo) {
  newest = job;
  if (!captioner) throw Object.assign(new Error('no model is loaded yet'), { code: 'no-model' });
  const file = new Uint8Array(await photo.arrayBuffer());
  const result = await captioner.caption(file, undefined, async (/** @type {import('./protocol.js').Word[]} */ words) => {
    answer({ type: 'words', job, words });
    await messages();
    return job === newest;
  });
  if (job === newest) answer({ type: 'caption', job, caption: result });
}

/** Lets messages in that arrived meanwhile. */
function messages() {
  return new Promise((resolve) => setTimeout(resolve));
}
