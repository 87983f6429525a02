// The page of `sightline alt --review`: one picture after the other, by keyboard or by hand, each change written at once.

/** @import { Review, Text } from './texts.js' */

import { Card } from './card.js';
import { find } from './dom.js';
import { List } from './list.js';
import { Refusal, Texts } from './texts.js';

const texts = new Texts();
const card = new Card();
const list = new List(find(document, '#list ol', HTMLElement), (hash) => open(hash));
const done = find(document, '#done', HTMLElement);
const message = find(document, '#message', HTMLElement);
/** The picture that is looked at. */
let current = '';
/** A review is on its way; what is pressed meanwhile was meant for a picture that is about to go. */
let isBusy = false;

const isShowingAll = () => find(document, '#filter :checked', HTMLInputElement).value === 'all';
/** One that was reviewed elsewhere is not taken away from who looks at it. @param {Text} text */
const isSeen = (text) => isShowingAll() || !text.isReviewed || text.hash === current;

/** The picture that comes so many places after the current one among those that are shown. @param {1 | -1} step */
function beside(step) {
  const { all } = texts;
  const from = all.findIndex(({ hash }) => hash === current);
  for (let place = from + step; place >= 0 && place < all.length; place += step) {
    if (isSeen(all[place])) return all[place].hash;
  }
  return undefined;
}

/** Shows what the texts and the filter are now. */
function update() {
  const unreviewed = texts.unreviewed.length;
  const total = texts.all.length;
  const reviewed = total - unreviewed;
  find(document, '#reviewed', HTMLElement).textContent = `${reviewed} of ${total} reviewed`;
  const progress = find(document, '#progress', HTMLProgressElement);
  [progress.max, progress.value] = [total || 1, reviewed];
  const seen = texts.all.filter(isSeen);
  if (!seen.some(({ hash }) => hash === current)) current = seen[0]?.hash ?? '';
  const text = texts.find(current);
  list.update(texts.all, isSeen, current);
  // Of a book that could not be read nothing is known.
  done.hidden = unreviewed > 0 || total === 0;
  document.body.classList.toggle('empty', !text);
  if (text) card.show(text, `${seen.indexOf(text) + 1} of ${seen.length}`);
  else card.hide();
  for (const [id, isEnabled] of [
    ['previous', beside(-1)],
    ['next', beside(1)],
    ['undo', texts.canUndo],
  ]) {
    find(document, `#${id}`, HTMLButtonElement).disabled = !isEnabled;
  }
}

/** @param {string | undefined} hash */
function open(hash) {
  if (!hash) return;
  current = hash;
  tell('');
  update();
}

/** @param {string} text */
function tell(text) {
  message.textContent = text;
}

/** Does what may be refused, one thing at a time. @param {() => Promise<void>} act */
async function attempt(act) {
  if (isBusy) return;
  isBusy = true;
  tell('');
  try {
    await act();
  } catch (error) {
    tell(error instanceof Refusal ? error.message : `${error}`);
    if (!(error instanceof Refusal)) throw error;
  } finally {
    isBusy = false;
    update();
  }
}

/** @param {Review} review */
function review(review) {
  return attempt(async () => {
    const text = texts.find(current);
    if (!text) return;
    await texts.review(text, review);
    card.forgetTyped(text.hash);
    // Unless somebody has gone elsewhere meanwhile.
    if (current === text.hash) moveOn();
  });
}

/** Goes to the next picture; where all are reviewed that are shown, to none. */
function moveOn() {
  current = beside(1) ?? (isShowingAll() ? current : (beside(-1) ?? ''));
  const isButton = document.activeElement instanceof HTMLButtonElement;
  update();
  if (document.body.classList.contains('empty')) done.focus();
  else if (!isButton) card.element.focus();
}

/** Saves what stands in the field. */
function accept() {
  const text = texts.find(current);
  const typed = card.field.value.replaceAll(/\s+/g, ' ').trim();
  if (!text) return;
  if (!typed) return tell('Write what the picture shows, or mark it as decoration.');
  if (typed !== text.text) return review({ correct: { text: typed } });
  if (text.state === 'reviewed') return moveOn();
  return review('accept');
}

function undo() {
  return attempt(async () => {
    const hash = await texts.undo();
    if (hash) current = hash;
    update();
    card.element.focus();
  });
}

function edit() {
  card.field.focus();
  card.field.setSelectionRange(card.field.value.length, card.field.value.length);
}

function leaveField() {
  card.forgetTyped(current);
  update();
  card.element.focus();
}

/** What keys do, outside of the field. @type {Record<string, () => unknown>} */
const KEYS = {
  Enter: accept,
  e: edit,
  d: () => review('decoration'),
  u: undo,
  j: () => open(beside(1)),
  ArrowDown: () => open(beside(1)),
  k: () => open(beside(-1)),
  ArrowUp: () => open(beside(-1)),
};

/** What a key does where it is pressed. @param {KeyboardEvent} event */
function actionOf({ key, code, target, altKey, ctrlKey, metaKey, shiftKey }) {
  const letter = key.length === 1 ? key.toLowerCase() : key;
  // On a Mac that key writes another letter.
  if (altKey) return !ctrlKey && (letter === 'd' || code === 'KeyD') ? KEYS.d : undefined;
  if (target === card.field) {
    if (ctrlKey || metaKey || shiftKey) return undefined;
    return { Enter: accept, Escape: leaveField }[letter];
  }
  if (ctrlKey || metaKey) return letter === 'z' && !shiftKey ? undo : undefined;
  // A button is pressed by Enter; arrows choose among radio buttons.
  if (target instanceof HTMLButtonElement && letter === 'Enter') return undefined;
  if (target instanceof HTMLInputElement && letter.length > 1) return undefined;
  return KEYS[letter];
}

document.addEventListener('keydown', (event) => {
  const action = actionOf(event);
  if (!action || event.isComposing) return;
  event.preventDefault();
  // A key that is held goes through the pictures, and reviews none of them unseen.
  if (!event.repeat || ['ArrowDown', 'ArrowUp', 'j', 'k'].includes(event.key)) action();
});

const buttons = {
  accept,
  decorate: KEYS.d,
  undo,
  previous: KEYS.k,
  next: KEYS.j,
};
for (const [id, action] of Object.entries(buttons)) {
  find(document, `#${id}`, HTMLButtonElement).addEventListener('click', () => void action());
}
find(document, '#filter', HTMLElement).addEventListener('change', update);

/** Reads the texts, which another tab or an editor may have changed. */
function load() {
  return attempt(async () => {
    await texts.load();
    find(document, '#apply', HTMLElement).textContent = texts.apply;
    list.fill(texts.all);
  });
}

window.addEventListener('focus', load);
await load();
card.element.focus();
