// Writes the alternative texts that people reviewed into the pages of a built site, and fails where they are not right.
// The plugins beside this file call it when a build is done.

import { alt, check } from 'sightline/alt';

const book = 'alt-texts.json';

/** @param {string} folder what was built */
export async function applyAltTexts(folder) {
  const problems = new Set();
  for await (const { page, line, src, error } of alt(folder, { apply: true, book })) {
    if (error) problems.add(sentence(page, line, src, error.message));
  }
  const { findings } = await check(folder, { book });
  for (const { severity, file, line, picture, message } of findings) {
    const problem = sentence(file, line, picture, message);
    if (severity === 'error') problems.add(problem);
    else console.warn(problem);
  }
  if (!problems.size) return;
  const help = `npx sightline alt ${folder} --book ${book} drafts texts, and with --review shows them.`;
  throw new Error(['Alternative texts are missing or wrong.', ...problems, help].join('\n'));
}

const sentence = (file, line, ...rest) => [line ? `${file}:${line}` : file, ...rest].filter(Boolean).join(': ');
