// What the page and the worker say to each other, and what a caption is.

export interface Word {
  text: string;
  logProbability: number;
  /** Rows of columns, summing to one; null for a model without attention. */
  attention: number[][] | null;
  alternatives: { text: string; logProbability: number }[];
}

export interface Caption {
  text: string;
  words: Word[];
  logProbability: number;
  candidates: { text: string; words: string[]; score: number; logProbability: number; ended: boolean }[];
  grid: { rows: number; cols: number };
  timings: { decode: number; resize: number; encode: number; words: number };
  device: { encoder: string; decoder: string };
}

export type Request =
  | { type: 'load'; files: File[] }
  | { type: 'caption'; job: number; photo: Blob };

export type Answer =
  | { type: 'loading'; bytes: number; total: number }
  | { type: 'loaded' }
  | { type: 'words'; job: number; words: Word[] }
  | { type: 'caption'; job: number; caption: Caption }
  | { type: 'error'; job?: number; code: string; message: string };
