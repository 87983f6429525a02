// The look of the dialog and of what cards have in common. Colours and measures are those of view/tokens.js.

import { TOKENS } from '../view/tokens.js';

export const STYLE = `
.inside {
  ${TOKENS}
  box-sizing: border-box;
  inline-size: 100%;
  max-inline-size: none;
  block-size: 100dvh;
  max-block-size: none;
  margin: 0;
  padding: 0;
  border: 0;
  border-radius: 0;
  background: var(--ground);
  color: var(--ink);
  font-size: var(--type-3);
  line-height: 1.5;
  overflow: hidden;
}

.inside[open] {
  display: grid;
  grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr);
}

.inside *,
.inside *::before {
  box-sizing: border-box;
}

.inside [hidden] {
  display: none !important;
}

.inside :is(h2, h3, p, ol, ul, figure, table) {
  margin: 0;
}

.inside :is(h2, h3) {
  font-size: var(--type-4);
  line-height: 1.3;
}

.inside h3 {
  font-size: var(--type-3);
}

.inside .quiet {
  color: var(--quiet);
  font-size: var(--type-2);
}

.inside .error {
  color: var(--mark);
}

.inside .visually-hidden {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.inside :is(button, input, select) {
  min-block-size: 40px;
  padding: 0 var(--space-3);
  border: 1px solid var(--edge);
  border-radius: var(--round-control);
  background: var(--sheet);
  color: inherit;
  font: inherit;
}

.inside :is(button, select) {
  cursor: pointer;
}

.inside button:hover {
  border-color: var(--accent);
}

.inside button:disabled {
  color: var(--quiet);
  cursor: default;
}

.inside :focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}

/* A word that another sentence does not have. */
.inside mark {
  border-radius: 4px;
  background: var(--wash);
  color: inherit;
  font-weight: 600;
  text-decoration: underline;
}

.inside canvas {
  display: block;
  max-inline-size: 100%;
}

.inside-head {
  display: flex;
  gap: var(--space-3);
  align-items: baseline;
  padding: var(--space-2) var(--space-4);
}

.inside-sentence {
  flex: 1;
  min-inline-size: 0;
  overflow: hidden;
  color: var(--quiet);
  text-overflow: ellipsis;
  white-space: nowrap;
}

.inside .inside-close {
  min-inline-size: 44px;
  border-color: transparent;
  background: none;
  font-size: var(--type-4);
}

.inside-way {
  display: flex;
  gap: 2px;
  padding: var(--space-1) var(--space-4) var(--space-2);
  overflow-x: auto;
  scroll-padding-inline: var(--space-5);
  scrollbar-width: thin;
  border-block-end: 1px solid var(--hair);
}

.inside .inside-tab {
  display: grid;
  flex: none;
  align-content: start;
  justify-items: center;
  min-inline-size: 72px;
  padding: 6px;
  border-color: transparent;
  background: none;
  font-size: var(--type-2);
  line-height: 1.3;
}

.inside .inside-tab:not(:has(.inside-picture)) {
  align-content: center;
}

.inside [aria-selected='true'],
.inside [aria-pressed='true'] {
  border-color: var(--accent);
  background: var(--wash);
}

.inside-picture {
  display: grid;
  place-items: center;
  inline-size: 56px;
  block-size: 56px;
  margin-block-end: var(--space-1);
  border-radius: var(--round-thumb);
  background: var(--sunk);
  overflow: hidden;
}

.inside-picture canvas {
  inline-size: 100%;
  block-size: 100%;
}

.inside-words {
  padding: 2px;
  font-size: 0.6875rem;
  line-height: 1.2;
}

.inside-name {
  font-weight: 600;
}

.inside-facts {
  display: grid;
  justify-items: center;
  color: var(--quiet);
  font-size: 0.6875rem;
  white-space: nowrap;
}

.inside-body {
  overflow: auto;
  overscroll-behavior: contain;
  scrollbar-gutter: stable;
}

.inside-card {
  max-inline-size: 1200px;
  margin: 0 auto;
  padding: var(--space-4);
  outline: none;
}

.inside-stack,
.inside-section {
  display: grid;
  gap: var(--space-5);
}

.inside-section {
  gap: var(--space-3);
}

.inside-buttons {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-2);
  align-items: center;
}

.inside-tiles {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(88px, 1fr));
  gap: var(--space-2);
  padding: 0;
  list-style: none;
}

.inside-tiles button {
  display: grid;
  gap: 2px;
  inline-size: 100%;
  padding: var(--space-1);
  font-size: 0.75rem;
}

.inside-tiles canvas {
  inline-size: 100%;
  aspect-ratio: 1;
  border-radius: 4px;
  image-rendering: pixelated;
}

.inside-foot {
  display: flex;
  gap: var(--space-2);
  justify-content: end;
  padding: var(--space-2) var(--space-4);
  border-block-start: 1px solid var(--hair);
}

@media (width < 720px) {
  .inside :is(.inside-head, .inside-way, .inside-foot) {
    padding-inline: var(--space-3);
  }

  .inside-head {
    flex-wrap: wrap;
    gap: 0;
  }

  .inside-sentence {
    order: 1;
    flex-basis: 100%;
    white-space: normal;
  }

  .inside .inside-close {
    margin-inline-start: auto;
  }

  .inside-card {
    padding: var(--space-3);
  }

  .inside .inside-foot button {
    flex: 1;
    padding: 0 var(--space-1);
    font-size: var(--type-2);
    line-height: 1.2;
  }
}

@media (pointer: coarse) {
  .inside :is(button, input, select) {
    min-block-size: 44px;
  }
}

@media (forced-colors: active) {
  .inside :is([aria-selected='true'], [aria-pressed='true']) {
    outline: 2px solid Highlight;
    outline-offset: -2px;
  }
}
`;
