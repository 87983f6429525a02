// What a look inside says, in English.

export default {
  // The dialog.
  'inside.title': 'Look inside',
  'inside.close': 'Close',
  'inside.save': 'Save this picture',
  'inside.save-all': 'Save all pictures (ZIP)',
  'inside.way': 'The way of the photo',
  'inside.input': 'Input',
  'inside.stem': 'Stem',
  'inside.stage': 'Stage {number}',
  'inside.grid': 'Grid',
  'inside.words': 'Words',
  'inside.layers': 'All layers',
  'inside.filters': 'Filters',
  'inside.models': 'Side by side',
  'inside.milliseconds': '{time} ms',
  'inside.millions': '{count} M mult-adds',
  'inside.took': '{time}',
  'inside.computing': 'Computing…',
  'inside.stop': 'Stop',
  'inside.failed': 'That could not be computed.',
  'inside.again': 'Try again',
  'inside.was': 'The caption was:',
  'inside.becomes': 'It becomes:',
  'inside.same': 'It stays the same.',

  // One cell of the grid.
  'inside.cell.title': 'What one cell sees',
  'inside.cell.lead':
    'Choose a cell: by a click, or by arrow keys and Enter. The yellow dashes are around what it sees.',
  'inside.cell.grid': 'Grid of {rows} by {columns} cells',
  'inside.cell.place': 'row {row}, column {column}',
  'inside.cell.at': 'Row {row}, column {column}: {value}',
  'inside.cell.point': 'Point at a cell to read its number.',
  'inside.cell.similar': 'Most similar to row {row}, column {column}: {cells}.',
  'inside.cell.similar-one': 'row {row}, column {column} ({value})',
  'inside.cell.scale': 'Lightest: 1, the same. Darkest: {least}, the least similar.',
  'inside.cell.seen':
    'In theory it sees {side}×{side} pixels. The encoder gets {input}×{input}; {outside} of what it sees lies outside the photo.',
  'inside.cell.meaning':
    'A cell sees far more than its own square, and knows mostly what is in the middle of it. Cells that hold similar numbers show similar things.',
  'inside.cell.where': 'Without where',
  'inside.cell.where-lead':
    'Put the mean of all cells into every cell, and write the caption anew. That is average pooling: what is in the photo stays, where it is goes.',
  'inside.cell.where-write': 'Write it without where',
  'inside.cell.picture': 'Similar to row {row}, column {column}',

  // What a word needed.
  'inside.needed.title': 'Looked, and needed',
  'inside.needed.lead-looked': 'Attention tells where the model looked for a word. Did it need what is there?',
  'inside.needed.lead': 'Each cell is hidden in turn, and the word becomes less probable, or does not.',
  'inside.needed.looked': 'Looked',
  'inside.needed.needed': 'Needed',
  'inside.needed.hidden': 'What is hidden at a time',
  'inside.needed.cells': 'Single cells',
  'inside.needed.blocks': '2×2 blocks',
  'inside.needed.block': 'rows {row} and {bottom}, columns {column} and {right}',
  'inside.needed.block-at': 'Rows {row} and {bottom}, columns {column} and {right}: {value}',
  'inside.needed.probability': 'The model gives “\u2068{word}\u2069” {probability}.',
  'inside.needed.falls': 'falls by {points} points',
  'inside.needed.rises': 'rises by {points} points',
  'inside.needed.most-looked': 'Most: {share} of its attention ({place}).',
  'inside.needed.most-needed': 'Most: {points} percentage points less ({place}).',
  'inside.needed.tiny':
    'No single cell was needed: what is in one the model finds in its neighbours as well, or knows from the words before.',
  'inside.needed.tiny-block':
    'No block was needed: what is in one the model finds around it as well, or knows from the words before.',
  'inside.needed.rise': 'Pink: hiding it makes the word more probable, by up to {points} percentage points ({place}).',
  'inside.needed.agree': 'It looked at what it needed.',
  'inside.needed.agree-little': 'Where it looked and what it needed agree a little.',
  'inside.needed.agree-hardly': 'Where it looked tells hardly anything about what it needed.',
  'inside.needed.agree-not': 'It needed most where it looked least.',
  'inside.needed.agreement': '(Spearman’s correlation: {value})',
  'inside.needed.own': 'Without a box of your own',
  'inside.needed.own-lead':
    'Draw a box on the photo. Or move it by arrow keys, resize it by Shift and arrow keys, and press Enter. The bars tell how much each word loses without it.',
  'inside.needed.box': 'Box: rows {top} to {bottom}, columns {left} to {right}',
  'inside.needed.something-left': 'Something has to be left: make the box smaller.',
  'inside.needed.refused':
    'This model was trained on whole photos and cannot do without some cells, so nobody can tell which it needed.',
};
