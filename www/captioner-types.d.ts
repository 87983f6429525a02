// The API's module as TypeScript sees it: with all types that callers may want to name.

export * from './captioner.js';
export type { CallOptions, LoadOptions, PhotoSource } from './options.js';
export type {
  About,
  Candidate,
  Caption,
  CaptionOptions,
  Device,
  ErrorCode,
  NoticeCode,
  Progress,
  Word,
} from './protocol.js';
