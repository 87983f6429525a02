// The API's module as TypeScript sees it: with all types that callers may want to name.

export * from './captioner.js';
export type { KeptModel } from './model-files.js';
export type { CallOptions, InspectionCallOptions, LoadOptions, PhotoSource } from './options.js';
export type {
  About,
  Candidate,
  Caption,
  CaptionOptions,
  DecoderLayer,
  Device,
  ErrorCode,
  FeatureMap,
  Inspection,
  InspectionOptions,
  InspectionPart,
  Kernels,
  LayerTime,
  MutedChannel,
  NeededWord,
  NoticeCode,
  Precision,
  Progress,
  StageMaps,
  Word,
} from './protocol.js';
