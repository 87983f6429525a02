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
};
