// The look of the first kernels.

export const STYLE = `
.inside .kernel-parts {
  display: grid;
  gap: var(--space-5) var(--space-6);
  align-items: start;
}

.inside .kernel-tiles {
  grid-template-columns: repeat(auto-fill, minmax(52px, 1fr));
  gap: var(--space-1);
}

.inside .kernel-tiles button {
  border-color: transparent;
  background: none;
}

.inside .kernel-tiles [aria-pressed='true'] {
  background: var(--accent);
}

.inside .kernel-row {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-4);
  align-items: center;
}

.inside .kernel-large {
  flex: none;
  inline-size: 120px;
  border-radius: var(--round-thumb);
  image-rendering: pixelated;
}

.inside .kernel-row table {
  border-spacing: 0;
  font-size: var(--type-2);
  font-variant-numeric: tabular-nums;
}

.inside .kernel-row :is(th, td) {
  padding-inline-end: var(--space-4);
  font-weight: 400;
  text-align: end;
}

.inside .kernel-row th {
  color: var(--quiet);
  text-align: start;
}

.inside .kernel-answers {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr));
  gap: var(--space-4);
}

.inside .kernel-answers figure {
  display: grid;
  gap: var(--space-1);
  align-content: start;
}

.inside .kernel-answers canvas {
  inline-size: 100%;
  border-radius: var(--round-thumb);
}

.inside .kernel-formula {
  font-family: ui-monospace, monospace;
  font-size: var(--type-2);
  text-align: match-parent;
}

@media (width >= 860px) {
  .inside .kernel-parts {
    grid-template-columns: minmax(0, 4fr) minmax(0, 7fr);
  }
}
`;
