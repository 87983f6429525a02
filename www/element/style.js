// The look of the element: what a page may set stands in the first rule, and everything else follows from it. A style
// sheet that is made by script, because a strict policy forbids any other in a shadow tree.

const CSS = `
:host {
  --accent: var(--photo-caption-accent, light-dark(#1d4e79, #8cc4f2));
  --on-accent: var(--photo-caption-on-accent, light-dark(#ffffff, #10202f));
  --error: var(--photo-caption-error, light-dark(#b3261e, #ffb4ab));
  --line: var(--photo-caption-line, light-dark(#767f8b, #8a93a0));
  --round: var(--photo-caption-radius, 0.4rem);
  --gap: var(--photo-caption-gap, 0.5rem);
  --strength: var(--photo-caption-strength, 0.8);
  display: block;
}

:host([hidden]),
[hidden] {
  display: none !important;
}

.picture {
  position: relative;
}

.picture img {
  display: block;
  max-inline-size: 100%;
  block-size: auto;
}

.overlay {
  position: absolute;
  opacity: var(--strength);
  pointer-events: none;
}

.reading,
.controls {
  display: grid;
  gap: var(--gap);
  justify-items: start;
}

.reading {
  min-block-size: 1.5em;
  margin-block-start: var(--gap);
  outline: none;
}

p,
ul {
  margin: 0;
  padding: 0;
}

button,
textarea {
  padding: 0.35em 0.8em;
  border: 1px solid var(--line);
  border-radius: var(--round);
  background: none;
  color: inherit;
  font: inherit;
}

button {
  cursor: pointer;
}

.start {
  border-color: var(--accent);
  background: var(--accent);
  color: var(--on-accent);
}

:is(button, textarea):focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}

/* Its room is there while the words come, and goes only where the model is sure. */
.hedge {
  min-block-size: 1.5em;
}

.words {
  line-height: 1.6;
}

.word {
  padding: 0 0.15em;
  border: 0;
  border-block-end: 3px solid rgb(from var(--accent) r g b / calc(0.15 + 0.85 * var(--sureness, 0)));
  border-radius: 0.15em;
}

button.word:hover,
.word[aria-pressed='true'] {
  background: rgb(from var(--accent) r g b / 0.18);
}

.detail,
.field {
  display: grid;
  gap: calc(var(--gap) / 2);
}

.field {
  inline-size: 100%;
}

.runners-up {
  display: flex;
  flex-wrap: wrap;
  gap: calc(var(--gap) / 2);
  list-style: none;
}

progress {
  inline-size: min(100%, 20rem);
  accent-color: var(--accent);
}

.failed {
  color: var(--error);
}

.visually-hidden {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
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
