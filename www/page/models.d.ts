// What the page's modules say to each other of models.

import type { Captioner, CaptionerError } from '../captioner.js';
import type { Shard } from '../model-files.js';
import type { NoticeCode, Progress } from '../protocol.js';

/** A model that ships, as `models/index.json` has it. */
export interface ShippedModel {
  name: string;
  /** None where `index.json` could not be had. */
  files: Shard[];
  /** As `sightline eval` names them; none of a model that was not measured. */
  scores: Record<string, number>;
}

export interface Choice {
  /** What people read of it; for a model that ships its name. */
  name: string;
  /** As `Captioner.load` takes it. */
  model: string | File[];
  /** The key of the text that tells the reason. */
  why: string;
  /** Nobody chose it but the page. */
  isAutomatic?: boolean;
}

/** A model on its way. */
export interface Loading {
  choice: Choice;
  controller: AbortController;
  progress?: Progress;
}

/** The model that captions. */
export interface Active {
  choice: Choice;
  captioner: Captioner;
}

/** What the list of models asks of the page. */
export interface ListContext {
  shipped: ShippedModel[];
  state(): { active?: Active; pending?: Loading };
  load(choice: Choice): void;
  /** Stops loading; a choice tells why the model that captions is the right one. */
  stay(choice?: Choice): void;
}

/** A model that could not be had, and why. */
export interface Failure {
  choice: Choice;
  error: CaptionerError;
}

/** What the page does when something happens to a model. */
export interface LoaderListener {
  /** Something is another now; a failure where a model could not be had. */
  onChange(failure?: Failure): void;
  /** It captions from now on, in place of another or as the first. */
  onReady(captioner: Captioner, isReplacement: boolean): void;
  /** Those who waited for a captioner wait for another one now. */
  onReplaced(): void;
  onNotice(choice: Choice, code: NoticeCode): void;
}
