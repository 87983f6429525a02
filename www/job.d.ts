// What somebody waits for of a photo: a caption, or a look inside.

import type { CaptionerError } from './errors.js';
import type { Caption, InspectionPart, ToWorker, Word } from './protocol.js';

export type JobRequest = Extract<ToWorker, { job: number; photo: unknown }>;

export interface Job {
  request: JobRequest;
  /** It begins, perhaps anew in another worker. */
  onBegin?: () => void;
  /** Told the words so far. */
  onWords?: (words: Word[]) => void;
  /** Told each part of a look inside. */
  onPart?: (part: InspectionPart) => void;
  resolve(caption?: Caption): void;
  reject(error: CaptionerError): void;
}

export type JobListeners = Pick<Job, 'onBegin' | 'onWords' | 'onPart'>;
