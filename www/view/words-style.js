// How words, their panel and the layers over a photo look, on the page and in the element alike.

export const WORDS_STYLE = `
.words {
  margin-inline-start: -0.15em;
  line-height: 1.6;
  word-spacing: -0.15em;
}

.word {
  display: inline-block;
  margin: 0;
  padding: 2px 0.15em;
  border: 0;
  border-radius: 0.2em;
  background: none;
  color: inherit;
  font: inherit;
  line-height: 1.4;
  letter-spacing: inherit;
}

.sentence-end {
  white-space: nowrap;

  & .word {
    margin-inline-end: -0.15em;
  }
}

.word.unsure {
  /* WebKit does not read it in one. */
  text-decoration: underline;
  text-decoration-style: dotted;
  text-decoration-color: var(--edge);
  text-decoration-thickness: 2px;
  text-underline-offset: 0.3em;
}

button.word {
  cursor: pointer;
}

.word[aria-pressed='true'] {
  background: var(--wash);
  color: var(--ink);
}

/* Where a finger was, nothing stays as if it were chosen. */
@media (hover: hover) {
  button.word:hover {
    background: var(--wash);
    color: var(--ink);
  }
}

.word[aria-pressed='true'] {
  box-shadow: inset 0 -3px var(--accent);
}

.word-panel {
  --row: 40px;
  box-sizing: border-box;
  min-block-size: calc(4 * var(--row) + 136px);
  padding: 16px;
  border: 1px solid var(--hair);
  border-radius: var(--round-panel);
  background: var(--sheet);
  color: var(--ink);

  &:has(> .hint) {
    display: grid;
    place-content: center;
    border-style: dashed;
    text-align: center;
    text-wrap: balance;
  }

  & :is(p, ul) {
    margin: 0;
    padding: 0;
  }

  & .why {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 8px;
  }

  & .title {
    font-weight: 600;
  }

  & :is(.hint, .note, .foot, .chance) {
    color: var(--quiet);
    font-size: 0.875em;
    line-height: 1.45;
  }

  & .rows {
    margin-block: 8px;
    list-style: none;
  }

  & .row {
    display: grid;
    grid-template-columns: minmax(5.5em, auto) 1fr 3.5em;
    gap: 8px;
    align-items: center;
    box-sizing: border-box;
    inline-size: 100%;
    min-block-size: var(--row);
    padding: 0 8px;
    border: 0;
    border-radius: var(--round-thumb);
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
  }

  & button.row {
    cursor: pointer;
  }

  @media (hover: hover) {
    & button.row:hover {
      background: var(--wash);
    }
  }

  & .row[aria-current] {
    font-weight: 600;
  }

  & .bar {
    inline-size: max(2px, 100% * var(--share));
    block-size: 8px;
    border-radius: 8px;
    background: var(--accent);
  }

  & .chance {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
}

:is(button, input, select, textarea):disabled {
  cursor: not-allowed;
  opacity: 0.5;
}

:is(canvas.saturation, canvas.dim, canvas.heat, svg.contour) {
  position: absolute;
  inset: 0;
  inline-size: 100%;
  block-size: 100%;
  pointer-events: none;
}

:is(canvas.saturation, canvas.dim, canvas.heat, svg.contour)[hidden] {
  display: none;
}

canvas.saturation {
  mix-blend-mode: saturation;
}

svg.contour path {
  fill: none;
  stroke: rgb(0 0 0 / 0.6);
  stroke-linejoin: round;
  stroke-width: 4px;
  vector-effect: non-scaling-stroke;
}

svg.contour path + path {
  stroke: var(--gaze);
  stroke-width: 2px;
}

@media (pointer: coarse) {
  .word {
    padding-block: 6px;
  }

  button.word {
    min-inline-size: 44px;
    min-block-size: 44px;
  }

  /* However short it is, the full stop stands close to it. */
  .sentence-end .word {
    text-align: end;
  }

  .word-panel {
    --row: 44px;
  }
}
`;
