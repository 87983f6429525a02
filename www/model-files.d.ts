// The files of a model: on their way, with who waits for them, and kept for the next visit.

import type { NoticeCode, Progress } from './protocol.js';

export interface Shard {
  file: string;
  bytes: number;
  sha256: string;
}

/** What takes the model in; the wasm's ModelLoader. */
export interface ModelLoader {
  shards(): Shard[];
  add(file: string, bytes: Uint8Array, sha256?: Uint8Array): void;
  /** Whether the bytes of a file were those that the manifest promises, whatever is wrong with them. */
  isVerified(file: string): boolean;
}

export interface DownloadListener {
  onProgress(progress: Progress): void;
  onNotice(code: NoticeCode): void;
}

/** A model that the browser keeps for the next visit. */
export interface KeptModel {
  /** Of its folder. */
  url: string;
  /** As its `model.json` says; the folder's own where a download did not get as far. */
  name: string;
  license: string | null;
  /** What it takes of the storage. */
  bytes: number;
  /** Whether all of it is there; the next load fetches the rest. */
  complete: boolean;
  /** When the last of its files was fetched; null where it was before dates were kept. */
  date: Date | null;
  /** Whether the browser keeps it even when space runs short, as all of the site. */
  persisted: boolean;
}
