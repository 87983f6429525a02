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

  // The first kernels.
  'inside.kernel.title': 'النوى الأولى',
  'inside.kernel.colours':
    'تبدأ الشبكة بعدد {count} من النوى، لكل لون فيها {sides} وزنًا. تنزلق كل نواة فوق الصورة وتبحث عن نمط صغير واحد. الرمادي المتوسط هو 0؛ الأحمر الساطع يعني أن الأحمر يُحسب لها، والداكن يعني أنه يُحسب عليها. أقوى وزن في كل نواة هو الأشد.',
  'inside.kernel.greys':
    'تبدأ الشبكة بعدد {count} من النوى، في كل منها {sides} وزنًا. تنزلق كل نواة فوق الصورة وتبحث عن نمط صغير واحد. الرمادي المتوسط هو 0؛ الأوزان الساطعة تُحسب لها، والداكنة تُحسب عليها. أقوى وزن في كل نواة هو الأشد.',
  'inside.kernel.none': 'لا تبدأ هذه الشبكة بالتفاف، فليست لها نوى أولى لعرضها.',
  'inside.kernel.name': 'النواة {number}',
  'inside.kernel.edge': 'تكاد أوزانها يلغي بعضها بعضًا: المساحة المتجانسة تتركها صامتة، أما الحافة أو الخط فلا.',
  'inside.kernel.area': 'أوزانها لا يلغي بعضها بعضًا: فهي تستجيب للمساحات المتجانسة أيضًا، بعضها للساطع وبعضها للداكن.',
  'inside.kernel.colour': 'ألوانها مختلفة: فهي تميز بين الألوان.',
  'inside.kernel.brightness': 'ألوانها متشابهة: فهي تنظر إلى الساطع والداكن، أيًا كان اللون.',
  'inside.kernel.silent': 'كل أوزانها 0: صارت بلا فائدة أثناء التدريب.',
  'inside.kernel.channel': 'القناة',
  'inside.kernel.red': 'أحمر',
  'inside.kernel.green': 'أخضر',
  'inside.kernel.blue': 'أزرق',
  'inside.kernel.grey': 'رمادي',
  'inside.kernel.least': 'الأصغر',
  'inside.kernel.greatest-weight': 'الأكبر',
  'inside.kernel.sum': 'المجموع',
  'inside.kernel.answer': 'استجابتها، من {least} إلى {greatest}: الرمادي المتوسط هو 0، والساطع فوقه، والداكن تحته.',
  'inside.kernel.greatest': 'الصورة، ساطعة حيث تستجيب أكثر.',
  'inside.kernel.size':
    'كم استجابة توجد على طول الضلع، لصورة من n بكسل مع أصفار قبلها (before) وبعدها (after)، ونواة من k وخطوات من s:',

  // All layers.
  'inside.layer.layer': 'الطبقة',
  'inside.layer.output': 'الناتج',
  'inside.layer.parameters': 'المعاملات',
  'inside.layer.kernel': 'النواة',
  'inside.layer.stride': 'الخطوة',
  'inside.layer.padding': 'الحشو',
  'inside.layer.groups': 'المجموعات',
  'inside.layer.multiply-adds': 'عمليات الضرب والجمع',
  'inside.layer.field': 'الحقل المستقبِل',
  'inside.layer.milliseconds': 'الزمن (مللي ثانية)',
  'inside.layer.share': 'الحصة',
  'inside.layer.total': 'الكل معًا',
  'inside.layer.time': 'الزمن',
  'inside.layer.ones':
    'ينظر الالتفاف 1×1 إلى موضع واحد فقط ويمزج قنواته. هنا تقوم هذه الطبقات بنسبة {share} من كل عمليات الضرب والجمع.',
  'inside.layer.bottleneck':
    'عنق الزجاجة يقلل القنوات بالتفاف 1×1، ثم ينظر حوله بالتفاف 3×3، وهو رخيص عندئذ، ثم يكثرها من جديد بالتفاف 1×1 آخر.',
  'inside.layer.inverted':
    'عنق الزجاجة المقلوب يكثر القنوات بالتفاف 1×1، ثم ينظر حوله في كل قناة وحدها، وهو رخيص، ثم يقللها من جديد بالتفاف 1×1 آخر.',
  'inside.layer.timed': 'الأزمنة لهذه الصورة على هذا الجهاز؛ وما ليس له زمن حُسب مع الطبقة التي قبله.',
  'inside.layer.untimed': 'لا تخبر وحدة معالجة الرسوميات إلا بزمن المرحلة كلها.',
  'inside.layer.csv': 'حفظ كملف CSV',

  // Side by side.
  'inside.models.why': 'الصورة نفسها عبر نماذج أخرى: ماذا تقول، وأين نظرت، وما الذي يتطلبه ذلك.',
  'inside.models.add': 'إضافة {name}',
  'inside.models.add-fetch': 'إضافة {name} (تنزيل {megabytes} ميغابايت)',
  'inside.models.folder': 'إضافة مجلد نموذج من هذا الجهاز…',
  'inside.models.hint':
    'يُحمَّل كل نموذج، ويصف الصورة، ثم يُترك. الجودة هي CIDEr-D: مدى توافق أوصافه مع ما كتبه الناس عن الصور نفسها؛ والأكثر أفضل.',
  'inside.models.remove': 'إزالة {name}',
  'inside.models.waiting': 'ينتظر النموذج الذي قبله…',
  'inside.models.blind': 'ليس لهذا النموذج انتباه، فلا توجد خرائط.',
  'inside.models.encoder': 'المُرمِّز',
  'inside.models.words': 'الكلمات',
  'inside.models.size': 'الحجم',
  'inside.models.quality': 'الجودة',
  'inside.models.megabytes': '{megabytes} ميغابايت',
};
