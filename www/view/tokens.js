// The measures and colours that page and element share, each with one name. Contrasts are those against --ground:
// text has at least 4.5 to 1, and whatever marks a control at least 3 to 1, by day and by night.

/** The declarations of one block, without its selector: the build writes them into the page's style sheet. */
export const TOKENS = `
  --ground: light-dark(#f7f6f3, #111418);
  --sheet: light-dark(#ffffff, #191d23);
  --sunk: light-dark(#efede8, #0c0f12);
  --ink: light-dark(#161a20, #eceef1);
  --quiet: light-dark(#565f6b, #a4adb8);
  --hair: light-dark(#e2dfd8, #2a3038);
  --edge: light-dark(#878d96, #6f7884);
  --accent: light-dark(#1b5fa8, #7cb8f5);
  --on-accent: light-dark(#ffffff, #0c1b2b);
  --wash: light-dark(#e6eff9, #1c2c3e);
  --gaze: #ffd60a;
  --mark: light-dark(#b3261e, #ffb4ab);

  --type-1: 0.8125rem;
  --type-2: 0.875rem;
  --type-3: 1rem;
  --type-4: 1.25rem;
  --type-5: 1.625rem;
  --type-6: 2rem;
  --type-7: 2.5rem;

  --space-1: 4px;
  --space-2: 8px;
  --space-3: 12px;
  --space-4: 16px;
  --space-5: 24px;
  --space-6: 32px;
  --space-7: 48px;

  --round-thumb: 8px;
  --round-control: 10px;
  --round-panel: 14px;
  --round-photo: 16px;
`;
