// What a caption is, and what the page's side and the worker say to each other.

/** A stable word for each kind of failure. docs/API.md tells what to do about each. */
export type ErrorCode =
  // About the photo.
  | 'unsupported-image'
  | 'image-corrupt'
  | 'image-too-large'
  | 'image-unreachable'
  // About the model.
  | 'model-unreachable'
  | 'model-corrupt'
  | 'model-unsupported'
  // About what was asked for.
  | 'bad-address'
  | 'bad-option'
  | 'bad-cells'
  | 'unknown-word'
  | 'aborted'
  | 'disposed'
  // About the machine.
  | 'device-unavailable'
  | 'device-lost'
  | 'out-of-memory'
  | 'not-a-number'
  | 'internal';

/** Something that a reader may want to know, and that stops nothing. */
export type NoticeCode =
  /** The model is not kept for the next visit, because storage is full or forbidden. */
  | 'not-stored'
  /** The network was not there; the model is the one of the last visit. */
  | 'offline'
  /** The GPU is ready; what is asked for from now on is computed there. */
  | 'gpu-took-over'
  /** The GPU was lost and is being set up again. */
  | 'device-rebuilt'
  /** The GPU failed again, or could not be opened; the processor took over. */
  | 'cpu-took-over';

export type Device = 'cpu' | 'webgpu';

/** In what the processor computes: `auto` is 8-bit integers where the model was calibrated for them, else 32-bit floats. */
export type Precision = 'auto' | 'f32';

export interface Word {
  text: string;
  logProbability: number;
  /** Rows of columns; with `lookedAway` they sum to one. Null for a model without attention. */
  attention: number[][] | null;
  /** The share of attention that went to no cell; null for a model that cannot look away. */
  lookedAway: number | null;
  /** The most probable other words at this place. */
  alternatives: { text: string; logProbability: number }[];
}

export interface Candidate {
  text: string;
  words: string[];
  /** The log-probability over the length. */
  score: number;
  /** How well it agrees with what people wrote of similar photos, from 0 to 10; null where it was not compared. */
  consensus: number | null;
  logProbability: number;
  /** False where the sentence was cut at the greatest length. */
  ended: boolean;
}

export interface Caption {
  /** The sentence alone, for programs. */
  text: string;
  /**
   * What to show people, in English: the sentence, behind a hedge where the model was not sure, or that this is no photo
   * that it knows.
   */
  hedged: string;
  words: Word[];
  logProbability: number;
  /** How sure the model was of it, by what was measured of the model. */
  sureness: 'sure' | 'unsure' | 'hesitant';
  /** Whether the picture looks like a photo that the model knows; null where nobody measured which do. */
  familiar: boolean | null;
  /** How far it is from those photos; above 1 it is not familiar. */
  distance: number | null;
  /** Best first; the first is this caption. */
  candidates: Candidate[];
  /** Whether they are in the order of score and consensus, not of the score alone. */
  reranked: boolean;
  grid: { rows: number; cols: number };
  /** Milliseconds. */
  timings: { decode: number; resize: number; encode: number; words: number };
  device: { encoder: string; decoder: string };
}

/** All may be left out. `beams` cannot be combined with `temperature`, `topP` and `seed`, which draw words by chance. */
export interface CaptionOptions {
  beams?: number;
  temperature?: number;
  topP?: number;
  seed?: number;
  minWords?: number;
  maxWords?: number;
  lengthPower?: number;
  /** Let the model say a word twice in a row, or three words twice. */
  allowRepeats?: boolean;
  /** Words that the caption begins with. */
  prefix?: string[];
  /** The only cells of the grid to look at, row by row from the upper left. */
  cells?: number[];
  /** Give every cell the mean of all: what the photo shows, and nothing of where. */
  averaged?: boolean;
  /** Whether beams are reranked by what people wrote of similar photos, where the model can; true if nothing is said. */
  consensus?: boolean;
  /** Tell the caption even of a picture that looks like no photo that the model knows. */
  anyPhoto?: boolean;
}

/** A channel of what a stage puts out that is to be 0 everywhere for all that follows; the stem is stage 0. */
export interface MutedChannel {
  stage: number;
  channel: number;
}

/** Numbers that lie over a photo. */
export interface FeatureMap {
  /** Channels, rows, columns. */
  shape: [number, number, number];
  /** Channel by channel, row by row. */
  values: Float32Array;
}

/** A line of the table of layers, and how long that layer took. */
export interface LayerTime {
  name: string;
  /** What its tensors' names begin with; empty where it has none. */
  key: string;
  output: number[];
  parameters: number;
  /** Of a convolution or a pooling. */
  kernel: number | null;
  stride: number | null;
  /** Zeros before and after each axis. */
  padding: [number, number] | null;
  groups: number | null;
  multiplyAdds: number;
  /** Side of the square of pixels that one number depends on. */
  receptiveField: number;
  /** Pixels of the input from one number to the next. */
  jump: number | null;
  /** Where the square of the first number has its centre, in pixels from the first of the input. */
  firstCentre: number;
  /** Null where a GPU computes, which does not tell when it has done a layer. */
  milliseconds: number | null;
}

/** What a stage puts out. */
export interface StageMaps extends FeatureMap {
  /** `stem`, then `stage1` and so on; the last is the grid. */
  name: string;
  multiplyAdds: number;
  milliseconds: number;
  layers: LayerTime[];
}

/** A layer of the decoder, as `sightline inspect` lists it. */
export interface DecoderLayer {
  name: string;
  output: number[];
  parameters: number;
}

/** The first convolution, with the norm behind it folded in. */
export interface Kernels {
  /** Kernels, channels, rows, columns. */
  shape: [number, number, number, number];
  values: Float32Array;
  stride: number;
  /** Zeros before and after each axis. */
  padding: [number, number];
  /** What each kernel makes of the photo, before any activation. */
  responses: FeatureMap;
}

/** A word, and what became of its probability where cells of the grid were hidden from the decoder. */
export interface NeededWord {
  text: string;
  /** With all cells. */
  probability: number;
  /** Attention, a share for each cell, row by row; null for a model without. */
  looked: Float32Array | null;
  /** By how much its probability falls where that cell is hidden; below 0 it rises. */
  cells: Float32Array;
  /** The same for every block of 2×2 cells, row by row: one row and one column less than there are cells. */
  blocks: Float32Array;
  /** The same for each of the regions that were asked for. */
  regions: Float32Array;
  /** Spearman's correlation of `looked` and `cells`, from -1 to 1; null where either is all the same. */
  agreement: number | null;
}

/** What to look at inside; what is left out is not computed. */
export interface InspectionOptions {
  /** The photo as the encoder gets it, and what each stage makes of it. */
  stages?: boolean;
  kernels?: boolean;
  /** The words of a sentence: which cells each of them needed. */
  needed?: string[];
  /** Cells that are hidden together, for each word of `needed`. */
  regions?: number[][];
  /** Channels that are silent, for `stages` and `needed`. */
  muted?: MutedChannel[];
}

export interface Inspection {
  /** The photo as the encoder gets it: normalised. Null unless stages were asked for. */
  input: FeatureMap | null;
  /** The stem, and then each stage. */
  stages: StageMaps[];
  /** Those of the decoder; empty unless stages were asked for. */
  decoder: DecoderLayer[];
  /** Null unless they were asked for, and where a network does not begin with a convolution. */
  kernels: Kernels | null;
  needed: NeededWord[];
}

/** A part of an inspection, as soon as it is there. */
export type InspectionPart =
  | { kind: 'input'; input: FeatureMap }
  | { kind: 'stage'; stage: StageMaps }
  | { kind: 'decoder'; layers: DecoderLayer[] }
  | { kind: 'kernels'; kernels: Kernels | null }
  | { kind: 'needed'; word: NeededWord };

/** What model this is. */
export interface About {
  name: string;
  license: string | null;
  /** What its text is: a sentence, or the name of a class; then a caption has one word. */
  kind: 'captions' | 'classes';
  decoder: string;
  hasAttention: boolean;
  /** Whether it takes the option `cells`; a classifier that was trained on whole grids does not. */
  takesCells: boolean;
  /** Sentences that are followed at a time where the option `beams` is left out. */
  usualBeams: number;
  words: number;
  grid: { rows: number; cols: number };
  /** How many stages the encoder has behind its stem; the last puts out the grid. */
  stages: number;
  device: { encoder: string; decoder: string };
}

export interface Progress {
  /** Bytes of the model that are here, and of the whole model. */
  loaded: number;
  total: number;
}

/** A photo on its way to the worker. */
export type Photo = Blob | ImageBitmap | ImageData;

export type ToWorker =
  | { type: 'load'; model: string | File[]; device: Device; precision: Precision; wasm?: string }
  | { type: 'caption'; job: number; key: number; photo: Photo; options: CaptionOptions; muted?: MutedChannel[] }
  | { type: 'inspect'; job: number; key: number; photo: Photo; options: InspectionOptions }
  | { type: 'stop'; job: number }
  /** Answered at once by a worker that has not got stuck. */
  | { type: 'ping' };

export type FromWorker =
  | ({ type: 'progress' } & Progress)
  | { type: 'notice'; code: NoticeCode }
  | { type: 'ready'; about: About }
  | { type: 'words'; job: number; words: Word[] }
  | { type: 'caption'; job: number; caption: Caption }
  | { type: 'part'; job: number; part: InspectionPart }
  | { type: 'inspected'; job: number }
  | { type: 'failed'; job?: number; code: ErrorCode; message: string }
  /** The worker is of no more use, and its owner has to begin another. */
  | { type: 'lost'; job?: number; code: ErrorCode; message: string }
  | { type: 'pong' };
