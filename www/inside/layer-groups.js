// The layers of a model in groups: those of each stage, and the decoder's.

/** @import { DecoderLayer, LayerTime } from '../protocol.js' */
/** @import { Maps } from './card.js' */
/** @import { Inside } from './inside.js' */

/**
 * @typedef {object} LayerGroup
 * @property {string} key for programs
 * @property {string} name
 * @property {(LayerTime | DecoderLayer)[]} layers
 * @property {number} parameters
 * @property {number} multiplyAdds 0 where nobody counts them
 * @property {number} milliseconds
 */

/** @param {Inside} inside @param {Maps} maps @returns {LayerGroup[]} */
export function groupsOf(inside, { stages, decoder }) {
  const encoder = stages.map(({ name: key, layers, multiplyAdds, milliseconds }, stage) => ({
    key,
    name: inside.tabName(inside.stageTab(stage)),
    layers,
    parameters: parametersOf(layers),
    multiplyAdds,
    milliseconds,
  }));
  const words = {
    key: 'decoder',
    name: inside.tabName('words'),
    layers: decoder,
    parameters: parametersOf(decoder),
    multiplyAdds: 0,
    milliseconds: inside.caption.timings.words,
  };
  return [...encoder, words];
}

/** The share of a network's multiply-adds that its 1×1 convolutions do. @param {LayerTime[]} layers */
export function shareOfOnes(layers) {
  const sum = (/** @type {LayerTime[]} */ some) => some.reduce((total, { multiplyAdds }) => total + multiplyAdds, 0);
  return sum(layers.filter(({ kernel }) => kernel === 1)) / sum(layers);
}

/** What kind of block a network is made of; nothing where it has none. @param {LayerTime[]} layers */
export function blockOf(layers) {
  if (layers.some(({ groups, output }) => (groups ?? 1) > 1 && groups === output[0])) return 'inverted';
  return layers.some(({ name }) => name.startsWith('Bottleneck')) ? 'bottleneck' : '';
}

/** Zeros before and after, as the command line writes them. @param {LayerTime['padding']} padding @param {(value: number) => string} [number] */
export function paddingText(padding, number = String) {
  if (!padding) return '';
  const [before, after] = padding;
  return before === after ? number(before) : `${number(before)}+${number(after)}`;
}

/** What `sightline inspect --csv` writes, with the stage before it and the time behind it. @param {LayerGroup[]} groups */
export function tableOf(groups) {
  const head = ['stage', 'layer', 'output', 'parameters', 'kernel', 'stride', 'padding', 'groups', 'multiply-adds'];
  const rows = groups.flatMap(({ key, layers }) =>
    layers.map((layer) => {
      const { kernel, stride, padding, groups, multiplyAdds, receptiveField, jump, milliseconds } =
        /** @type {Partial<LayerTime>} */ (layer);
      const own = [key, layer.name, layer.output.join('×'), layer.parameters];
      return [
        ...own,
        kernel,
        stride,
        paddingText(padding ?? null),
        groups,
        multiplyAdds,
        receptiveField,
        jump,
        milliseconds,
      ].map((value) => String(value ?? ''));
    }),
  );
  return [[...head, 'receptive field', 'jump', 'milliseconds'], ...rows];
}

/** @param {{ parameters: number }[]} layers */
function parametersOf(layers) {
  return layers.reduce((sum, { parameters }) => sum + parameters, 0);
}
