// Greedy search over a decoder as ONNX, word by word, by the rules of src/decoder/search/rules.rs.

/** @import { InferenceSession, OnnxRuntime, Tensor } from './onnxruntime-web.js' */

/** @typedef {{ start: InferenceSession, step: InferenceSession }} Decoder */
/** @typedef {{ least: number, most: number }} Length in words */

/**
 * @param {OnnxRuntime} ort @param {Decoder} decoder @param {Tensor} grid
 * @param {string[]} vocabulary @param {Length} length
 */
export async function greedy(ort, decoder, grid, vocabulary, { least, most }) {
  const id = (/** @type {string} */ word) => vocabulary.indexOf(word);
  const never = ['<pad>', '<start>', '<unk>'].map(id);
  const end = id('<end>');
  const photo = await decoder.start.run({ grid });
  const hidden = photo.values.dims[1];
  let h = new ort.Tensor('float32', new Float32Array(hidden), [1, hidden]);
  let c = h;
  /** @type {number[]} */
  const said = [];
  let last = id('<start>');
  while (said.length < most) {
    const word = new ort.Tensor('int64', BigInt64Array.of(BigInt(last)), [1]);
    const { scores, next_h, next_c } = await decoder.step.run({ word, ...photo, h, c });
    [h, c] = [next_h, next_c];
    last = best(
      scores.data,
      (word) => !never.includes(word) && (word === end ? said.length >= least : follows(said, word)),
    );
    if (last === end) break;
    said.push(last);
  }
  return said.map((word) => vocabulary[word]);
}

/** @param {Float32Array} scores @param {(word: number) => boolean} isAllowed */
function best(scores, isAllowed) {
  let found = -1;
  for (let word = 0; word < scores.length; word += 1) {
    if ((found < 0 || scores[word] > scores[found]) && isAllowed(word)) found = word;
  }
  return found;
}

/** Whether neither a word nor three words would be said again. @param {number[]} said @param {number} word */
function follows(said, word) {
  if (said.at(-1) === word) return false;
  const [one, two] = said.slice(-2);
  return !said.some((_, i) => i + 2 < said.length && said[i] === one && said[i + 1] === two && said[i + 2] === word);
}
