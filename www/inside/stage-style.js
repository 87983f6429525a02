// The look of the cards of stages.

export const STYLE = `
.inside .stage-both {
  display: grid;
  grid-template-columns: minmax(0, 4fr) minmax(0, 3fr);
  gap: var(--space-6);
  align-items: start;
}

.inside .stage-beside {
  display: grid;
  gap: var(--space-5);
}

.inside .stage-beside h4 {
  margin: 0;
  font-size: var(--type-3);
  line-height: 1.3;
}

.inside .stage-tiles {
  grid-template-columns: repeat(8, minmax(0, 1fr));
  gap: var(--space-1);
}

.inside .stage-tiles button {
  position: relative;
  border-color: transparent;
  background: none;
  line-height: 1.3;
}

.inside .stage-tiles button:hover {
  border-color: var(--edge);
}

.inside .stage-tiles [aria-pressed='true'] {
  border-color: var(--accent);
  background: var(--wash);
  font-weight: 600;
}

.inside .stage-tiles.fine canvas {
  image-rendering: auto;
}

.inside .stage-tiles .muted canvas {
  opacity: 0.25;
}

.inside .stage-tiles .muted span {
  text-decoration: line-through;
}

.inside .stage-tiles .muted::before {
  position: absolute;
  inset: var(--space-1) 0 auto;
  aspect-ratio: 1;
  color: var(--ink);
  font-size: 2.5rem;
  line-height: 1;
  content: '×' / '';
  display: grid;
  place-items: center;
}

.inside .stage-head {
  justify-content: space-between;
}

.inside .stage-pair {
  display: flex;
  gap: var(--space-3);
  align-items: start;
}

.inside .stage-pair figure {
  flex: 1;
}

.inside .stage-pair .stage-light {
  flex: 2;
}

.inside .stage-pair canvas {
  inline-size: 100%;
  block-size: auto;
  border-radius: var(--round-thumb);
}

.inside .stage-alone canvas {
  image-rendering: pixelated;
}

.inside .stage-photos,
.inside .stage-list {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-2);
  align-items: start;
  padding: 0;
  list-style: none;
}

.inside .stage-photos li {
  display: grid;
  inline-size: 72px;
  font-size: var(--type-2);
}

.inside .stage-photos canvas {
  inline-size: 72px;
  block-size: 72px;
  border-radius: var(--round-thumb);
  background: var(--sunk);
}

.inside .stage-list button {
  font-size: var(--type-2);
}

@media (width < 960px) {
  .inside .stage-both {
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-5);
  }

  .inside .stage-tiles {
    grid-template-columns: repeat(12, minmax(0, 1fr));
  }
}

@media (width < 720px) {
  .inside .stage-tiles {
    grid-template-columns: repeat(6, minmax(0, 1fr));
  }

  .inside .stage-tiles button {
    padding: 2px;
  }
}
`;
