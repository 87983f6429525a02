// Which of its two screens a narrow page shows: the list of photos, or the stage with one. A wide one shows both.

const { dataset } = document.documentElement;
const narrow = matchMedia('(width < 720px)');

/** @typedef {'list' | 'stage'} View */

/** @param {View} view */
function show(view) {
  dataset.view = view;
}

/** The photo, with a way back to the list. */
export function openStage() {
  if (dataset.view === 'stage') return;
  if (narrow.matches && history.state?.view !== 'stage') history.pushState({ view: 'stage' }, '');
  show('stage');
  // However far the page before was scrolled; on the way back, the browser finds that place again.
  scrollTo(0, 0);
}

/** The list, as the browser's own way back leads to it. */
export function openList() {
  if (history.state?.view === 'stage') history.back();
  else show('list');
}

export function isNarrow() {
  return narrow.matches;
}

window.addEventListener('popstate', ({ state }) => show(state?.view ?? 'list'));
// A reload has no photos any more, so there is nothing to go back from.
if (history.state?.view) history.replaceState(null, '');
show('list');
