// What a look inside says, in Arabic.

export default {
  // The dialog.
  'inside.title': 'نظرة إلى الداخل',
  'inside.close': 'إغلاق',
  'inside.save': 'حفظ هذه الصورة',
  'inside.save-all': 'حفظ كل الصور (ZIP)',
  'inside.way': 'مسار الصورة',
  'inside.input': 'المدخل',
  'inside.stem': 'الجذع',
  'inside.stage': 'المرحلة {number}',
  'inside.grid': 'الشبكة',
  'inside.words': 'الكلمات',
  'inside.layers': 'كل الطبقات',
  'inside.filters': 'المرشحات',
  'inside.models': 'جنبًا إلى جنب',
  'inside.milliseconds': '{time} مللي ثانية',
  'inside.millions': '{count} مليون ضرب وجمع',
  'inside.took': '{time}',
  'inside.computing': 'جارٍ الحساب…',
  'inside.stop': 'إيقاف',
  'inside.failed': 'تعذر حساب ذلك.',
  'inside.again': 'إعادة المحاولة',
  'inside.was': 'كان الوصف:',
  'inside.becomes': 'ويصبح:',
  'inside.same': 'يبقى كما هو.',
};
