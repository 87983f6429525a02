// What the page and the element say alike, in English.

export default {
  'model.waiting': 'The model is being loaded…',
  'model.loading': 'Loading the model: {loaded} of {total} MB',
  'model.warming': 'The model is warming up…',
  'model.retry': 'Try again',

  'caption.looking': 'Looking…',
  'caption.telling': 'Writing…',
  'caption.words': 'Words of the caption',
  'caption.chance': '“{word}”: the model gave it {chance}.',
  'caption.away': 'It looked away from the photo: {share}.',
  'caption.classes': 'The most probable classes',
  'caption.runners-up': 'It might have said:',
  'caption.swap': 'Say “{word}” instead and finish from there ({chance})',
  'caption.unfamiliar': 'This does not look like a photo that I know.',
  'hedge.sure': '',
  'hedge.unsure': 'Perhaps:',
  'hedge.hesitant': 'Hard to say. Perhaps:',

  'caption.sure': 'The model is rather sure of this caption.',
  'caption.unsure': 'The model is not quite sure of this caption.',
  'caption.hesitant': 'The model hesitates: this caption may well be wrong.',

  'element.start': 'Describe this photo',
  'element.fetch': 'Describe this photo (fetches a model of {megabytes} MB once)',
  'element.field': 'Correct the text',

  'error.unsupported-image': 'This file is no image that can be read here. JPEG, PNG, WebP, GIF and BMP can.',
  'error.image-corrupt': 'This image file is damaged or incomplete. Get a complete copy of it.',
  'error.image-too-large': 'This image is too large. Make it smaller first.',
  'error.image-unreachable': 'This image could not be fetched. Check its address and the network.',
  'error.model-unreachable':
    'The model could not be fetched. Check the network and try again; what has arrived is kept.',
  'error.model-corrupt': "The model's files are damaged, so it is not used.",
  'error.model-unsupported': 'This is no model that this version can read.',
  'error.bad-option': 'A setting is not possible.',
  'error.bad-cells': 'This part of the photo cannot be looked at alone.',
  'error.unknown-word': 'The model does not know this word.',
  'error.device-unavailable': 'This browser offers no such device here.',
  'error.device-lost': 'The GPU was lost.',
  'error.out-of-memory': 'There is not enough memory. Close other pages, or use a smaller photo.',
  'error.not-a-number': 'The device computes wrongly, or the model is damaged.',
  'error.internal': 'Something broke in the captioner. The next photo may work.',
  'error.disposed': 'The model was put away meanwhile.',
  'error.aborted': 'Stopped.',
};
