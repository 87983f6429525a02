// The files of a model on their way, and who waits for them.

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
}

export interface DownloadListener {
  onProgress(progress: Progress): void;
  onNotice(code: NoticeCode): void;
}
