// What the worker does for a look inside, fetched when somebody first asks for one.

/** @import { FromWorker, InspectionPart, MutedChannel, NeededWord, Photo, StageMaps, ToWorker } from './protocol.js' */
/** @import { WebCaptioner, WebEncodedPhoto, WebPhoto } from './wasm/cpu/sightline.js' */
/**
 * What it takes of the worker. An encoded photo with muted channels is nobody else's; another is kept.
 * @typedef {object} Worker
 * @property {(photo: Photo) => Promise<WebPhoto>} decode
 * @property {(photo: Photo, muted: MutedChannel[]) => Promise<WebEncodedPhoto>} encode
 * @property {(photo: Photo) => Promise<WebEncodedPhoto>} encoded
 * @property {() => Promise<boolean>} isWanted
 * @property {(message: FromWorker, transferred: Transferable[]) => void} send
 */

/**
 * @param {WebCaptioner} model @param {Extract<ToWorker, { type: 'inspect' }>} request @param {Worker} worker
 */
export async function runInspection(model, { job, photo, options }, worker) {
  const { decode, encode, encoded, isWanted, send } = worker;
  const { stages, kernels, needed, regions, muted } = options;
  /** @param {InspectionPart} part @param {(ArrayBufferLike | undefined)[]} numbers what it holds of them, which is moved */
  const tell = (part, ...numbers) => {
    send({ type: 'part', job, part }, /** @type {ArrayBuffer[]} */ (numbers.filter(Boolean)));
    return isWanted();
  };
  if (!(await isWanted())) return;
  if (stages || kernels) {
    const decoded = await decode(photo);
    try {
      if (stages) {
        await model.stages(decoded, muted, (/** @type {StageMaps} */ { name, ...maps }) => {
          if (name === 'decoder') return tell({ kind: 'decoder', layers: maps.layers });
          /** @type {InspectionPart} */
          const part = name === 'input' ? { kind: 'input', input: maps } : { kind: 'stage', stage: { name, ...maps } };
          return tell(part, maps.values.buffer);
        });
      }
      if (kernels && (await isWanted())) {
        const first = await model.kernels(decoded);
        await tell({ kind: 'kernels', kernels: first }, first?.values.buffer, first?.responses.values.buffer);
      }
    } finally {
      decoded.free();
    }
  }
  if (!needed?.length || !(await isWanted())) return;
  const grid = muted?.length ? await encode(photo, muted) : await encoded(photo);
  try {
    await model.needed(grid, needed, regions, (/** @type {NeededWord} */ word) => {
      const { looked, cells, blocks, regions: boxes } = word;
      return tell({ kind: 'needed', word }, looked?.buffer, cells.buffer, blocks.buffer, boxes.buffer);
    });
  } finally {
    if (muted?.length) grid.free();
  }
}
