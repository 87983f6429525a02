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

  // The first kernels.
  'inside.kernel.title': 'The first kernels',
  'inside.kernel.colours':
    'The network begins with {count} kernels of {sides} weights for each colour. Each slides over the photo and looks for one small pattern. Mid grey is 0; a bright red says that red counts, a dark one that red counts against. The strongest weight of each is full.',
  'inside.kernel.greys':
    'The network begins with {count} kernels of {sides} weights. Each slides over the picture and looks for one small pattern. Mid grey is 0; bright weights count, dark ones count against. The strongest weight of each is full.',
  'inside.kernel.none': 'This network does not begin with a convolution, so it has no first kernels to show.',
  'inside.kernel.name': 'Kernel {number}',
  'inside.kernel.edge':
    'Its weights nearly cancel each other out: an even area leaves it silent, and an edge or a stripe does not.',
  'inside.kernel.area':
    'Its weights do not cancel each other out: it answers to even areas too, some bright and some dark.',
  'inside.kernel.colour': 'Its colours differ: it tells colours apart.',
  'inside.kernel.brightness': 'Its colours are alike: it looks at bright and dark, whatever the colour.',
  'inside.kernel.silent': 'All of its weights are 0: in training it came to be of no use.',
  'inside.kernel.channel': 'Channel',
  'inside.kernel.red': 'Red',
  'inside.kernel.green': 'Green',
  'inside.kernel.blue': 'Blue',
  'inside.kernel.grey': 'Grey',
  'inside.kernel.least': 'Least',
  'inside.kernel.greatest-weight': 'Greatest',
  'inside.kernel.sum': 'Sum',
  'inside.kernel.answer': 'What it answers, from {least} to {greatest}: mid grey is 0, bright is above, dark below.',
  'inside.kernel.greatest': 'The photo, bright where it answers most.',
  'inside.kernel.size':
    'How many answers there are along a side, for a photo of n pixels with zeros before and after it, a kernel of k and steps of s:',

  // All layers.
  'inside.layer.layer': 'Layer',
  'inside.layer.output': 'Output',
  'inside.layer.parameters': 'Parameters',
  'inside.layer.kernel': 'Kernel',
  'inside.layer.stride': 'Stride',
  'inside.layer.padding': 'Padding',
  'inside.layer.groups': 'Groups',
  'inside.layer.multiply-adds': 'Multiply-adds',
  'inside.layer.field': 'Receptive field',
  'inside.layer.milliseconds': 'Time (ms)',
  'inside.layer.share': 'Share',
  'inside.layer.total': 'All together',
  'inside.layer.time': 'Time',
  'inside.layer.ones':
    'A 1×1 convolution looks at one place alone and mixes its channels. Here such layers do {share} of all multiply-adds.',
  'inside.layer.bottleneck':
    'A bottleneck makes the channels fewer with a 1×1, looks around with a 3×3, which is cheap then, and makes them many again with another 1×1.',
  'inside.layer.inverted':
    'An inverted bottleneck makes the channels many with a 1×1, looks around in each of them alone, which is cheap, and makes them few again with another 1×1.',
  'inside.layer.timed':
    'Times are those of this photo on this device; what has none was computed together with the layer before it.',
  'inside.layer.untimed': 'A GPU tells only how long a whole stage took.',
  'inside.layer.csv': 'Save as CSV',

  // Side by side.
  'inside.models.why': 'The same photo through other models: what they say, where they looked, and what it takes.',
  'inside.models.add': 'Add {name}',
  'inside.models.add-fetch': 'Add {name} (fetches {megabytes} MB)',
  'inside.models.folder': 'Add a model folder from this device…',
  'inside.models.hint':
    'Each model is loaded, captions the photo, and is let go of. Quality is CIDEr-D: how well its captions agree with what people wrote of the same photos; more is better.',
  'inside.models.remove': 'Remove {name}',
  'inside.models.waiting': 'It waits for the model before it…',
  'inside.models.blind': 'This model has no attention, so there are no maps.',
  'inside.models.encoder': 'Encoder',
  'inside.models.words': 'Words',
  'inside.models.size': 'Size',
  'inside.models.quality': 'Quality',
  'inside.models.megabytes': '{megabytes} MB',
};
