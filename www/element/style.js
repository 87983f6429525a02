// The look of the element: what it has in common with the page, and what its own page may set besides. A style
// sheet that is made by script, because a strict policy forbids any other in a shadow tree.

import { TOKENS } from '../view/tokens.js';
import { WORDS_STYLE } from '../view/words-style.js';

const CSS = `
:host {
  display: block;
}

:host([hidden]),
[hidden] {
  display: none !important;
}

/* Not in the first rule, from which they would reach the image that a page has put into the element. */
.frame,
.reading {${TOKENS}}

.reading > * {
  --accent: var(--photo-caption-accent, inherit);
  --on-accent: var(--photo-caption-on-accent, inherit);
  --mark: var(--photo-caption-error, inherit);
  --edge: var(--photo-caption-line, inherit);
  --round-control: var(--photo-caption-radius, inherit);
}

.picture {
  position: relative;
}

.picture img {
  display: block;
  max-inline-size: 100%;
  block-size: auto;
}

/* None of them is a stacking context: the map blends with the photo. */
.frame,
.overlay {
  position: absolute;
  pointer-events: none;
}

.frame {
  overflow: hidden;
}

.overlay > * {
  opacity: var(--photo-caption-strength, 1);
}

.reading,
.text {
  display: grid;
  gap: var(--gap);
  align-content: start;
}

.reading {
  --gap: var(--photo-caption-gap, 0.5rem);
  container-type: inline-size;
  contain-intrinsic-inline-size: 20rem;
  margin-block-start: var(--gap);
  outline: none;
}

.speechless {
  visibility: hidden;
}

/* Room for two lines: the caption's, or what is waited for and its bar. */
.text {
  justify-items: start;
  min-block-size: calc(2lh + var(--gap));
}

/* Two lines of words, and how sure the model was of them. */
.text.with-words {
  min-block-size: calc(2.8em + 24px + 1lh + var(--gap));
}

p {
  margin: 0;
}

${WORDS_STYLE}

/* The hedge and the words are one sentence. */
.sentence {
  margin-inline-start: -0.15em;

  & > * {
    display: inline;
    margin-inline: 0;
  }

  & > span {
    padding-inline: 0.15em;
  }
}

.reading > button,
.text > button,
textarea {
  min-block-size: 40px;
  padding: 0.35em 0.8em;
  border: 1px solid var(--edge);
  border-radius: var(--round-control);
  background: none;
  color: inherit;
  font: inherit;
}

.reading > button {
  justify-self: start;
}

button {
  cursor: pointer;
}

.text > .start {
  border-color: var(--accent);
  background: var(--accent);
  color: var(--on-accent);
}

:is(button, textarea):focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}

.field {
  display: grid;
  gap: calc(var(--gap) / 2);
}

progress {
  inline-size: min(100%, 20rem);
  accent-color: var(--accent);
}

.failed {
  color: var(--mark);
}

.visually-hidden {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

/* Where each of the panel's sentences takes one line. */
@container (width >= 30em) {
  .word-panel {
    min-block-size: calc(4 * var(--row) + 96px);
  }
}

@media (pointer: coarse) {
  .reading > button,
  .text > button,
  textarea {
    min-block-size: 44px;
  }
}

@media (prefers-reduced-motion: no-preference) {
  .working {
    animation: breathe 1.2s infinite alternate;
  }
}

@keyframes breathe {
  from {
    opacity: 0.5;
  }
}
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** One for all elements of a page. */
export function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
