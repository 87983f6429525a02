// How the filter bench looks.

export const STYLE = `
.filter-card {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-4);
  container-type: inline-size;
  color: var(--ink);

  & [hidden] {
    display: none;
  }

  & :is(p, h3, dl, dd, figure) {
    margin: 0;
  }

  & h3 {
    font-size: var(--type-3);
  }

  & section {
    display: grid;
    gap: var(--space-3);
    justify-items: start;
  }

  & :is(button, select, input:is([type='number'], [type='range'])) {
    --target: 40px;
    box-sizing: border-box;
    min-block-size: var(--target);
    padding: 0 var(--space-3);
    border: 1px solid var(--edge);
    border-radius: var(--round-control);
    background: var(--sheet);
    color: inherit;
    font: inherit;
  }

  & :is(button, select) {
    max-inline-size: 100%;
    cursor: pointer;
  }

  & button:hover {
    border-color: var(--accent);
  }

  & button[aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }

  & button:disabled {
    cursor: not-allowed;
    opacity: 0.5;
  }

  & :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }

  & input[type='number'] {
    inline-size: 5em;
  }

  & input[type='range'] {
    inline-size: 14em;
    padding: 0;
    accent-color: var(--accent);
  }

  & input[aria-invalid] {
    border-color: var(--mark);
    box-shadow: inset 0 0 0 1px var(--mark);
  }
}

.filter-row,
.filter-fields {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-2);
}

.filter-fields {
  gap: var(--space-3) var(--space-4);
}

.filter-field {
  & > label {
    display: inline-grid;
    gap: var(--space-1);
  }

  & span {
    color: var(--quiet);
    font-size: var(--type-2);
  }

  & .filter-words {
    margin-inline-start: var(--space-2);
    color: var(--ink);
    font-variant-numeric: tabular-nums;
  }
}

.filter-check {
  display: flex;
  gap: var(--space-2);
  align-items: center;
  min-block-size: 40px;
}

.filter-quiet {
  color: var(--quiet);
  font-size: var(--type-2);
}

.filter-error {
  color: var(--mark);
  font-size: var(--type-2);
}

.filter-pictures {
  display: grid;
  gap: var(--space-4) var(--space-5);
  align-items: start;

  & figure {
    display: grid;
    gap: var(--space-2);
    justify-items: start;
  }

  & figcaption {
    min-block-size: 1lh;
    font-size: var(--type-2);
    font-variant-numeric: tabular-nums;
  }
}

.filter-walk {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-3) var(--space-5);
  align-items: center;
}

/* Where nothing is, and where the padding's zeros are, it is hatched. */
.filter-box,
.filter-zero {
  background: repeating-linear-gradient(45deg, var(--sunk) 0 4px, var(--hair) 4px 6px);
}

.filter-box {
  position: relative;
  inline-size: min(100%, 24rem * var(--ratio, 1));
  aspect-ratio: var(--ratio, 1);
  touch-action: pan-y pinch-zoom;

  &[tabindex='0'] {
    cursor: crosshair;
  }

  & canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    image-rendering: pixelated;
  }
}

.filter-frame {
  position: absolute;
  outline: 2px solid var(--gaze);
  box-shadow: 0 0 0 3px rgb(0 0 0 / 0.7);
  pointer-events: none;
}

.filter-sum {
  display: grid;
  gap: var(--space-2);
  inline-size: 100%;
  font-variant-numeric: tabular-nums;
}

.filter-tables {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-3);
  align-items: center;
  overflow-x: auto;

  & table {
    border-spacing: 2px;
  }

  & caption {
    padding-block-end: var(--space-1);
    color: var(--quiet);
    font-size: var(--type-2);
  }

  /* Seven of them are as wide as a phone. */
  & td {
    --cell: clamp(36px, 100cqi / 7 - 2.5px, 52px);
    box-sizing: border-box;
    min-inline-size: var(--cell);
    block-size: 40px;
    padding: 0;
    border-radius: 4px;
    font-size: 0.75rem;
    text-align: center;
  }

  & td:not(.filter-zero):empty {
    background: var(--sunk);
  }

  & td input[type='number'] {
    appearance: textfield;
    inline-size: var(--cell);
    padding: 0;
    border-radius: 4px;
    font-size: var(--type-1);
    text-align: center;
  }

  & ::-webkit-inner-spin-button {
    appearance: none;
  }
}

.filter-sign {
  font-size: var(--type-4);
}

.filter-equation {
  font-weight: 600;
}

.filter-card dl {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: var(--space-1) var(--space-3);
  font-variant-numeric: tabular-nums;
}

@container (width >= 520px) {
  .filter-pictures {
    grid-template-columns: repeat(2, minmax(0, 1fr));
  }

  .filter-walk {
    grid-column: 1 / -1;
  }
}

@container (width >= 860px) {
  .filter-pictures {
    grid-template-columns: repeat(3, minmax(0, 1fr));
    grid-template-rows: auto 1fr;

    & > :last-child {
      grid-area: 1 / 3 / span 2;
    }
  }

  .filter-walk {
    grid-column: span 2;
  }
}

@media (prefers-reduced-motion: reduce) {
  .filter-card :is(.filter-play, .filter-speed) {
    display: none;
  }
}

@media (pointer: coarse) {
  .filter-card :is(button, select, input:is([type='number'], [type='range'])) {
    --target: 44px;
  }

  .filter-check {
    min-block-size: 44px;
  }

  .filter-tables td {
    --cell: clamp(44px, 100cqi / 7 - 2.5px, 52px);
  }
}
`;
