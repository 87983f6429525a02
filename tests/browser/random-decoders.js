// Small decoders of every kind, and an encoder with a classifier, with weights by a formula, written as PyTorch would save
// them.

import { writeFileSync } from 'node:fs';

const [FEATURES, EMBEDDING, HIDDEN, FEED_FORWARD, LAYERS] = [128, 12, 24, 32, 2];

/** The size of the weights that compare the sentinel: so its shares differ from word to word, from 0.1 to 0.6. */
const SENTINEL = -24;

/** @typedef {[name: string, shape: number[]]} Slot */

/** @param {string} name @param {number} from @param {number} to @returns {Slot[]} */
const linear = (name, from, to) => [
  [`${name}.weight`, [to, from]],
  [`${name}.bias`, [to]],
];

/** @param {number} gates @param {number} from @returns {Slot[]} */
const cell = (gates, from) => [
  ['decode_step.weight_ih', [gates * HIDDEN, from]],
  ['decode_step.weight_hh', [gates * HIDDEN, HIDDEN]],
  ['decode_step.bias_ih', [gates * HIDDEN]],
  ['decode_step.bias_hh', [gates * HIDDEN]],
];

/** @param {string} name @returns {Slot[]} */
const attention = (name) => [
  [`${name}.in_proj_weight`, [3 * HIDDEN, HIDDEN]],
  [`${name}.in_proj_bias`, [3 * HIDDEN]],
  ...linear(`${name}.out_proj`, HIDDEN, HIDDEN),
];

/** @param {string} name @returns {Slot[]} */
const norm = (name) => [
  [`${name}.weight`, [HIDDEN]],
  [`${name}.bias`, [HIDDEN]],
];

/** @param {number} index @returns {Slot[]} */
const layer = (index) => [
  ...attention(`layers.${index}.self_attn`),
  ...attention(`layers.${index}.multihead_attn`),
  ...linear(`layers.${index}.linear1`, HIDDEN, FEED_FORWARD),
  ...linear(`layers.${index}.linear2`, FEED_FORWARD, HIDDEN),
  ...[1, 2, 3].flatMap((part) => norm(`layers.${index}.norm${part}`)),
];

/** @type {Record<'dot' | 'sentinel' | 'lstm' | 'rnn' | 'transformer', Slot[]>} */
const own = {
  dot: [...linear('project', FEATURES, HIDDEN), ...cell(4, EMBEDDING + HIDDEN)],
  sentinel: [
    ...linear('project', FEATURES, HIDDEN),
    ...linear('project_mean', FEATURES, EMBEDDING),
    ...cell(4, 2 * EMBEDDING),
    ...linear('sentinel_x', 2 * EMBEDDING, HIDDEN),
    ...linear('sentinel_h', HIDDEN, HIDDEN),
    ...linear('attention.sentinel_att', HIDDEN, HIDDEN),
    ...linear('attention.decoder_att', HIDDEN, HIDDEN),
  ],
  lstm: [...linear('init_h', FEATURES, HIDDEN), ...cell(4, EMBEDDING)],
  rnn: [...linear('init_h', FEATURES, HIDDEN), ...cell(1, EMBEDDING)],
  transformer: [
    ...linear('project', FEATURES, HIDDEN),
    ...linear('lift', EMBEDDING, HIDDEN),
    ...Array.from({ length: LAYERS }, (_, index) => layer(index)).flat(),
    ...norm('norm'),
  ],
};

/** @param {string} path @param {keyof typeof own} decoder @param {number} words */
export function writeDecoder(path, decoder, words) {
  // The layer that decides is scaled up, so that its decisions are clear ones.
  return write(path, [['embedding.weight', [words, EMBEDDING]], ...own[decoder], ...linear('fc', HIDDEN, words)], 4);
}

/** @param {string} name @param {number} from @param {number} to @param {number} side @returns {Slot[]} */
const convolution = (name, from, to, side) => [
  [`${name}.weight`, [to, from, side, side]],
  [`${name}.bias`, [to]],
];

/**
 * A residual net of four blocks whose norms are folded, and its classifier.
 * @param {string} path @param {number} classes
 */
export function writeClassifier(path, classes) {
  const WIDTH = FEATURES / 32;
  const blocks = [0, 1, 2, 3].flatMap((stage) => {
    const [name, width] = [`layer${stage + 1}.0`, WIDTH << stage];
    const from = stage ? 2 * width : WIDTH;
    return [
      ...convolution(`${name}.conv1`, from, width, 1),
      ...convolution(`${name}.conv2`, width, width, 3),
      ...convolution(`${name}.conv3`, width, 4 * width, 1),
      ...convolution(`${name}.downsample.0`, from, 4 * width, 1),
    ];
  });
  return write(path, [...convolution('conv1', 3, WIDTH, 7), ...blocks, ...linear('fc', FEATURES, classes)], 0.5);
}

/** @param {string} path @param {Slot[]} slots @param {number} decisive the size of the last layer's weights */
function write(path, slots, decisive) {
  let begin = 0;
  let seed = 1;
  const noise = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  /** @type {Record<string, { dtype: 'F32', shape: number[], data_offsets: [number, number] }>} */
  const header = {};
  /** @type {Record<string, number>} */
  const sizes = { 'fc.weight': decisive, 'attention.sentinel_att.weight': SENTINEL };
  const parts = slots.map(([name, shape]) => {
    const isNorm = /norm\d?\.weight$/.test(name);
    const count = shape.reduce((product, side) => product * side, 1);
    const inputs = count / shape[0];
    const scale = sizes[name] ?? (shape.length > 1 ? Math.sqrt(3 / inputs) : 0.1);
    const values = Float32Array.from({ length: count }, () => (isNorm ? 1 : 0) + scale * noise());
    const end = begin + values.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
    begin = end;
    return Buffer.from(values.buffer);
  });
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, ...parts]));
  return path;
}
