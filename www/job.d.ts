// A caption that somebody waits for.

import type { CaptionerError } from './errors.js';
import type { Caption, ToWorker, Word } from './protocol.js';

export type OnWords = (words: Word[]) => void;

export interface Job {
  request: Extract<ToWorker, { type: 'caption' }>;
  onWords: OnWords;
  resolve(caption: Caption): void;
  reject(error: CaptionerError): void;
}
