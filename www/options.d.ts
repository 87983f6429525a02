// What callers of the API give to it.

import type {
  CaptionOptions,
  Device,
  Inspection,
  InspectionOptions,
  InspectionPart,
  MutedChannel,
  NoticeCode,
  Precision,
  Progress,
  Word,
} from './protocol.js';

export interface LoadOptions {
  /** Address of a model folder, or the files of one. */
  model: string | URL | File[];
  /** `auto` begins on the processor, and takes WebGPU once it is ready where a real adapter answers. */
  device?: Device | 'auto';
  /** Of the processor: `auto` takes 8-bit integers where the model was calibrated for them. */
  precision?: Precision;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Something happened that stops nothing. */
  onNotice?: (code: NoticeCode) => void;
  /** Where worker.js is, if not beside this file; either may be on another site. */
  workerUrl?: string | URL;
  /** The folder with cpu/, cpu-relaxed/ and gpu/ in it, if not where worker.js looks for the wasm. */
  wasmUrl?: string | URL;
}

/** The same for whoever starts workers, with all addresses absolute. */
export interface WorkerOptions extends Pick<LoadOptions, 'onProgress' | 'onNotice'> {
  model: string | File[];
  device: Device | 'auto';
  precision: Precision;
  workerUrl?: string;
  wasmUrl?: string;
}

export interface CallOptions extends CaptionOptions {
  /** Channels of the encoder that are silent. */
  muted?: MutedChannel[];
  signal?: AbortSignal;
  /** Gets the newest word and all so far; a beam search may still change its mind about them. */
  onWord?: (word: Word, words: Word[]) => void;
}

export interface InspectionCallOptions extends InspectionOptions {
  signal?: AbortSignal;
  /** Gets each part as soon as it is there, and all that is there so far. */
  onPart?: (part: InspectionPart, inspection: Inspection) => void;
}

/** Whatever a page has of a photo. */
export type PhotoSource =
  | Blob
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | ImageBitmap
  | ImageData
  | URL
  | string;
