// What a look inside says, in Burmese.

export default {
  // The dialog.
  'inside.title': 'အတွင်းကို ကြည့်ရန်',
  'inside.close': 'ပိတ်ရန်',
  'inside.save': 'ဤပုံကို သိမ်းရန်',
  'inside.save-all': 'ပုံအားလုံး သိမ်းရန် (ZIP)',
  'inside.way': 'ဓာတ်ပုံ၏ လမ်းကြောင်း',
  'inside.input': 'အဝင်',
  'inside.stem': 'အရင်း',
  'inside.stage': 'အဆင့် {number}',
  'inside.grid': 'ဇယားကွက်',
  'inside.words': 'စကားလုံးများ',
  'inside.layers': 'အလွှာအားလုံး',
  'inside.filters': 'စစ်ထုတ်ကိရိယာများ',
  'inside.models': 'ယှဉ်ကြည့်ရန်',
  'inside.milliseconds': '{time} မီလီစက္ကန့်',
  'inside.millions': 'မြှောက်ပေါင်း {count} သန်း',
  'inside.took': '{time}',
  'inside.computing': 'တွက်နေသည်…',
  'inside.stop': 'ရပ်ရန်',
  'inside.failed': 'တွက်၍ မရပါ။',
  'inside.again': 'ထပ်ကြိုးစားရန်',
  'inside.was': 'ယခင် စာကြောင်း -',
  'inside.becomes': 'ပြောင်းသွားသည် -',
  'inside.same': 'မပြောင်းပါ။',
};
