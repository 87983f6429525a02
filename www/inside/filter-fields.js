// What the filter bench's controls are made of: choices, sliders, and numbers that say what is wrong with them.

/** @import { Pixels } from './filters.js' */
/** @typedef {Pick<import('./inside.js').Inside, 'bitmap' | 'text' | 'number' | 'signal'>} Inside what of a look inside it needs */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A control with its name above it, and what belongs to it below. @param {string} name @param {HTMLElement} control @param {...HTMLElement} more */
function field(name, control, ...more) {
  return make('div', { className: 'filter-field' }, make('label', {}, make('span', {}, name), control), ...more);
}

/** @param {string} name @param {[value: string, name: string][]} options @param {string} value @param {(value: string) => void} onChoose */
export function choiceField(name, options, value, onChoose) {
  const select = make('select', {}, ...options.map(([value, name]) => make('option', { value }, name)));
  select.value = value;
  select.addEventListener('change', () => onChoose(select.value));
  return field(name, select);
}

/** @param {Inside} inside @param {string} name @param {{ min: number, max: number, value: number }} bounds @param {(value: number) => void} onNumber */
export function numberField(inside, name, { min, max, value }, onNumber) {
  const input = make('input', { type: 'number', min: `${min}`, max: `${max}`, value: `${value}`, required: true });
  const error = make('p', { className: 'filter-error', role: 'alert' });
  input.addEventListener('input', () => areGood(inside, [input], error) && onNumber(input.valueAsNumber));
  return field(name, input, error);
}

/** Whether fields hold what they may; those that do not are marked, and why is said. @param {Inside} inside @param {HTMLInputElement[]} inputs @param {HTMLElement} error */
export function areGood({ text, number }, inputs, error) {
  const bad = inputs.filter(({ validity }) => !validity.valid);
  for (const input of inputs) input.ariaInvalid = bad.includes(input) ? 'true' : null;
  const { min, max, step } = bad[0] ?? {};
  const key = step === 'any' ? 'filter.bad-weight' : 'filter.bad-number';
  error.textContent = bad.length ? text(key, { min: number(Number(min)), max: number(Number(max)) }) : '';
  return bad.length === 0;
}

/**
 * @param {string} name
 * @param {{ min: number, max: number, step: number, value: number }} bounds
 * @param {(value: number) => string} said what a value is in words
 * @param {(value: number) => void} onNumber
 */
export function sliderField(name, { min, max, step, value }, said, onNumber) {
  const input = make('input', { type: 'range', min: `${min}`, max: `${max}`, step: `${step}`, value: `${value}` });
  // Whoever hears the page is told by the slider itself.
  const words = make('span', { className: 'filter-words', ariaHidden: 'true' });
  const update = () => {
    words.textContent = said(input.valueAsNumber);
    input.ariaValueText = words.textContent;
  };
  input.addEventListener('input', () => {
    update();
    onNumber(input.valueAsNumber);
  });
  update();
  const made = field(name, input);
  made.querySelector('span')?.append(words);
  return made;
}

/** A picture with its title, and a frame that marks a place on it. */
export function makePicture() {
  const [canvas, frame] = [make('canvas'), make('div', { className: 'filter-frame', hidden: true })];
  const box = make('div', { className: 'filter-box' }, canvas, frame);
  const caption = make('figcaption', { ariaLive: 'polite' });
  return { figure: make('figure', {}, caption, box), box, canvas, frame, caption };
}

/** Says something new; what was said already is not said again. @param {HTMLElement} live @param {string} text @param {boolean} [isError] */
export function say(live, text, isError = false) {
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle('filter-error', isError);
}

/** Draws pixels, with room around them. @param {HTMLCanvasElement} canvas @param {Pixels} pixels @param {{ before: number, after: number }} [room] */
export function paint(canvas, { width, height, channels, data }, { before, after } = { before: 0, after: 0 }) {
  const image = new ImageData(width, height);
  for (let at = 0; at < width * height; at++) {
    for (let i = 0; i < 3; i++) image.data[4 * at + i] = data[channels * at + (channels === 3 ? i : 0)];
    image.data[4 * at + 3] = 255;
  }
  Object.assign(canvas, { width: width + before + after, height: height + before + after });
  canvas.getContext('2d')?.putImageData(image, before, before);
  canvas.parentElement?.style.setProperty('--ratio', `${canvas.width / canvas.height}`);
  return image;
}
