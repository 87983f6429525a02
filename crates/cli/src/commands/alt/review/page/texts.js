// The texts of the book: read from the command that serves this page, and changed by it, one at a time.

/** @import { Word } from './protocol.js' */

/**
 * @typedef {'draft' | 'reviewed' | 'decoration'} State
 * @typedef {{ page: string, line: number, caption?: string, link?: string }} Use where a page shows a picture
 * @typedef {object} Text
 * @property {string} hash of the picture's file
 * @property {string} file
 * @property {string} text
 * @property {State} state
 * @property {boolean} isReviewed whether a person had a hand in it
 * @property {string} drafted what the model wrote
 * @property {'hesitant' | 'unsure' | 'sure' | null} sureness
 * @property {number | null} probability
 * @property {'decoration' | null} suggestion
 * @property {string} reason
 * @property {string[]} pages
 * @property {Use[]} uses of the first places
 * @typedef {'accept' | 'decoration' | { correct: { text: string } } | { restore: { text: string, state: State } }} Review
 */

/** How a draft begins of which the model was not sure; `src/sureness.rs` has the same words. */
const HEDGE = /^(hard to say\. )?perhaps: /i;

/** A draft without its hedge: whoever accepts it is sure. @param {string} draft */
export function unhedged(draft) {
  const rest = draft.replace(HEDGE, '');
  const isCapital = rest !== draft && /^\p{Lu}/u.test(draft);
  return isCapital ? rest.charAt(0).toUpperCase() + rest.slice(1) : rest;
}

/** What the person has to be told. */
export class Refusal extends Error {}

export class Texts {
  /** In the order of their files. @type {Text[]} */
  all = [];
  apply = '';
  /** What was reviewed here, the last one last, with what it was before. @type {{ hash: string, text: string, state: State }[]} */
  #reviewed = [];

  /** Reads the book as it is now. */
  async load() {
    const { texts, apply } = await answered(fetch('texts'));
    this.all = texts;
    this.apply = apply;
  }

  get unreviewed() {
    return this.all.filter(({ isReviewed }) => !isReviewed);
  }

  get canUndo() {
    return this.#reviewed.length > 0;
  }

  /** @param {string | undefined} hash */
  find(hash) {
    return this.all.find((text) => text.hash === hash);
  }

  /** @param {Text} before as the person saw it @param {Review} review */
  async review(before, review) {
    await this.#send(before, review);
    this.#reviewed.push({ hash: before.hash, text: before.text, state: before.state });
  }

  /** Takes the last review back, and tells of which picture it was. */
  async undo() {
    const last = this.#reviewed.at(-1);
    const now = this.find(last?.hash);
    if (last && now) await this.#send(now, { restore: { text: last.text, state: last.state } });
    this.#reviewed.pop();
    return now?.hash;
  }

  /** @param {Text} before @param {Review} review */
  async #send({ hash, text, state }, review) {
    const response = fetch('review', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ hash, seen: { text, state }, review }),
    });
    await answered(response, ({ text: now, error }) => {
      this.all = this.all.map((text) => (text.hash === now?.hash ? now : text));
      if (error && now) throw new Refusal(conflict(now));
    });
  }
}

/** What is said where somebody else was quicker. @param {Text} now */
function conflict({ text, state }) {
  const says = state === 'decoration' ? 'it is decoration now' : `it says “${text}” now`;
  return `Somebody has changed this meanwhile: ${says}. Nothing was written; Enter writes what stands in the field.`;
}

/** Where the model looked for each word. @param {string} hash @returns {Promise<{ model: string, words: Word[] }>} */
export function looksOf(hash) {
  return answered(fetch(`maps/${hash}`));
}

/**
 * What the command answers.
 * @param {Promise<Response>} request
 * @param {(answer: any) => void} [onAnswer] told before a refusal that has no other words is thrown
 */
async function answered(request, onAnswer = () => {}) {
  /** @type {any} */
  let answer;
  try {
    const response = await request;
    answer = await response.json();
  } catch {
    throw new Refusal('The command does not answer, so nothing was written. Begin sightline alt --review again.');
  }
  onAnswer(answer);
  if (answer.error) throw new Refusal(`${answer.error}.`);
  return answer;
}
