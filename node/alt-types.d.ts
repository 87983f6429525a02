// What `sightline/alt` gives: the lines of the command's JSON.

import type { Caption } from '../www/protocol.js';

/** The command's options in camel case: `{ anyPhoto: true, model: 'my-model' }` is `--any-photo --model=my-model`. */
export interface Options {
  [option: string]: string | number | boolean | AbortSignal | undefined;
  /** A folder, an address, or the name of a model that ships. */
  model?: string;
  /** Stops the command. */
  signal?: AbortSignal;
}

export interface Problem {
  code: string;
  message: string;
}

/** An image of a page, or a page that cannot be worked on. */
export interface AltLine {
  page: string;
  /** From 1. */
  line?: number;
  src?: string;
  /** The text that was written. */
  alt?: string;
  /** The text that was not, and waits in the book for a person. */
  draft?: string;
  /** How sure the model was of it; nothing for a text that a person reviewed. */
  sureness?: Caption['sureness'];
  /** From 0 to 1: the share of such texts that are good. */
  probability?: number;
  /** Why the image may be decoration. */
  decoration?: string;
  error?: Problem;
}

/** What is wrong with the texts of a site. */
export interface CheckReport {
  version: 1;
  /** How many were checked. */
  files: number;
  counts: { errors: number; warnings: number; notes: number };
  findings: Finding[];
}

export interface Finding {
  rule: string;
  severity: 'error' | 'warning' | 'note';
  file: string;
  /** From 1; left out where it is about the file as a whole. */
  line?: number;
  column?: number;
  message: string;
  /** The address of the picture, if it is about one. */
  picture?: string;
}

/** A photo's caption, or why it has none. */
export type CaptionLine = { photo: string } & ((Caption & { error?: undefined }) | { error: Problem });

export interface ModelSummary {
  name: string;
  license: string | null;
  created_by: string;
  /** Size of the vocabulary. */
  words: number;
  parameters: number;
  bytes: number;
  scores: Record<string, number>;
  [more: string]: unknown;
}
