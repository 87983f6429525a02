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

  // The first kernels.
  'inside.kernel.title': 'ပထမဆုံး kernel များ',
  'inside.kernel.colours':
    'ကွန်ရက်သည် အရောင်တစ်ခုစီအတွက် အလေးချိန် {sides} ပါသော kernel {count} ခုဖြင့် စတင်သည်။ တစ်ခုစီသည် ဓာတ်ပုံပေါ်တွင် ရွေ့လျားပြီး ပုံစံငယ်တစ်ခုကို ရှာသည်။ မီးခိုးရောင် အလယ်အလတ်သည် 0 ဖြစ်သည်။ တောက်ပသော အနီသည် အနီရောင်ကို ထောက်ခံပြီး မှောင်သော အနီသည် ဆန့်ကျင်သည်။ တစ်ခုစီ၏ အပြင်းဆုံး အလေးချိန်ကို အပြည့်ပြသည်။',
  'inside.kernel.greys':
    'ကွန်ရက်သည် အလေးချိန် {sides} ပါသော kernel {count} ခုဖြင့် စတင်သည်။ တစ်ခုစီသည် ပုံပေါ်တွင် ရွေ့လျားပြီး ပုံစံငယ်တစ်ခုကို ရှာသည်။ မီးခိုးရောင် အလယ်အလတ်သည် 0 ဖြစ်သည်။ တောက်ပသည်များက ထောက်ခံပြီး မှောင်သည်များက ဆန့်ကျင်သည်။ တစ်ခုစီ၏ အပြင်းဆုံး အလေးချိန်ကို အပြည့်ပြသည်။',
  'inside.kernel.none': 'ဤကွန်ရက်သည် convolution ဖြင့် မစတင်သဖြင့် ပြရန် ပထမဆုံး kernel များ မရှိပါ။',
  'inside.kernel.name': 'Kernel {number}',
  'inside.kernel.edge':
    '၎င်း၏ အလေးချိန်များသည် တစ်ခုကိုတစ်ခု ချေဖျက်လုနီးပါးဖြစ်သည်။ ညီညာသောနေရာတွင် တိတ်ဆိတ်ပြီး အနားစွန်း သို့မဟုတ် အစင်းတွင် တုံ့ပြန်သည်။',
  'inside.kernel.area': '၎င်း၏ အလေးချိန်များသည် တစ်ခုကိုတစ်ခု မချေဖျက်ပါ။ ညီညာသောနေရာများကိုလည်း တုံ့ပြန်သည်၊ အချို့က တောက်ပရာ၊ အချို့က မှောင်ရာ။',
  'inside.kernel.colour': '၎င်း၏ အရောင်များ ကွဲပြားသည်။ အရောင်များကို ခွဲခြားသည်။',
  'inside.kernel.brightness': '၎င်း၏ အရောင်များ ဆင်တူသည်။ အရောင်မရွေး တောက်ပခြင်းနှင့် မှောင်ခြင်းကို ကြည့်သည်။',
  'inside.kernel.silent': '၎င်း၏ အလေးချိန်အားလုံး 0 ဖြစ်သည်။ လေ့ကျင့်စဉ် အသုံးမဝင်တော့ပါ။',
  'inside.kernel.channel': 'Channel',
  'inside.kernel.red': 'အနီ',
  'inside.kernel.green': 'အစိမ်း',
  'inside.kernel.blue': 'အပြာ',
  'inside.kernel.grey': 'မီးခိုး',
  'inside.kernel.least': 'အနည်းဆုံး',
  'inside.kernel.greatest-weight': 'အများဆုံး',
  'inside.kernel.sum': 'ပေါင်းလဒ်',
  'inside.kernel.answer': '၎င်း၏ တုံ့ပြန်မှု၊ {least} မှ {greatest} အထိ။ မီးခိုးရောင် အလယ်အလတ်သည် 0၊ တောက်ပသည်က အထက်၊ မှောင်သည်က အောက်။',
  'inside.kernel.greatest': 'ဓာတ်ပုံ၊ အများဆုံး တုံ့ပြန်ရာတွင် တောက်ပသည်။',
  'inside.kernel.size':
    'n ပစ်ဆယ်ရှိ ဓာတ်ပုံ၊ ၎င်း၏ ရှေ့ (before) နှင့် နောက် (after) ရှိ သုညများ၊ k ရှိ kernel နှင့် s ရှိ ခြေလှမ်းများအတွက် ဘက်တစ်ဖက်ရှိ တုံ့ပြန်မှု အရေအတွက် -',

  // All layers.
  'inside.layer.layer': 'အလွှာ',
  'inside.layer.output': 'အထွက်',
  'inside.layer.parameters': 'ပါရာမီတာများ',
  'inside.layer.kernel': 'Kernel',
  'inside.layer.stride': 'ခြေလှမ်း',
  'inside.layer.padding': 'Padding',
  'inside.layer.groups': 'အုပ်စုများ',
  'inside.layer.multiply-adds': 'မြှောက်ပေါင်းများ',
  'inside.layer.field': 'မြင်ကွင်း',
  'inside.layer.milliseconds': 'အချိန် (မီလီစက္ကန့်)',
  'inside.layer.share': 'ဝေစု',
  'inside.layer.total': 'အားလုံးပေါင်း',
  'inside.layer.time': 'အချိန်',
  'inside.layer.ones':
    '1×1 convolution သည် နေရာတစ်ခုတည်းကို ကြည့်ပြီး ၎င်း၏ channel များကို ရောစပ်သည်။ ဤနေရာတွင် ထိုအလွှာများက မြှောက်ပေါင်းအားလုံး၏ {share} ကို လုပ်ဆောင်သည်။',
  'inside.layer.bottleneck':
    'Bottleneck သည် 1×1 ဖြင့် channel များကို လျှော့ချပြီး ကုန်ကျမှုနည်းသော 3×3 ဖြင့် ပတ်ဝန်းကျင်ကို ကြည့်ကာ နောက်ထပ် 1×1 ဖြင့် ပြန်များစေသည်။',
  'inside.layer.inverted':
    'ပြောင်းပြန် bottleneck သည် 1×1 ဖြင့် channel များကို များစေပြီး တစ်ခုစီတွင် သီးခြား ပတ်ဝန်းကျင်ကို ကုန်ကျမှုနည်းစွာ ကြည့်ကာ နောက်ထပ် 1×1 ဖြင့် ပြန်လျှော့ချသည်။',
  'inside.layer.timed': 'အချိန်များသည် ဤစက်ပေါ်ရှိ ဤဓာတ်ပုံအတွက် ဖြစ်သည်။ အချိန်မရှိသော အလွှာကို ရှေ့အလွှာနှင့်အတူ တွက်ချက်ခဲ့သည်။',
  'inside.layer.untimed': 'GPU သည် အဆင့်တစ်ခုလုံး၏ ကြာချိန်ကိုသာ ပြောသည်။',
  'inside.layer.csv': 'CSV အဖြစ် သိမ်းရန်',

  // Side by side.
  'inside.models.why': 'အခြားမော်ဒယ်များဖြင့် ထိုဓာတ်ပုံကိုပင်- ဘာပြောသနည်း၊ ဘယ်ကိုကြည့်သနည်း၊ ဘာလိုအပ်သနည်း။',
  'inside.models.add': '{name} ထည့်ရန်',
  'inside.models.add-fetch': '{name} ထည့်ရန် ({megabytes} MB ရယူမည်)',
  'inside.models.folder': 'ဤစက်မှ မော်ဒယ်ဖိုလ်ဒါ ထည့်ရန်…',
  'inside.models.hint':
    'မော်ဒယ်တစ်ခုစီကို ရယူ၊ ဓာတ်ပုံကို ဖော်ပြစေပြီး ပြန်လွှတ်သည်။ အရည်အသွေးမှာ CIDEr-D ဖြစ်သည်။ ထိုဓာတ်ပုံများအတွက် လူတို့ရေးသည်နှင့် မည်မျှကိုက်ညီသည်ကို ပြပြီး များလေ ကောင်းလေဖြစ်သည်။',
  'inside.models.remove': '{name} ဖယ်ရှားရန်',
  'inside.models.waiting': 'ရှေ့မော်ဒယ်ကို စောင့်နေသည်…',
  'inside.models.blind': 'ဤမော်ဒယ်တွင် အာရုံစိုက်မှု မရှိသဖြင့် မြေပုံများ မရှိပါ။',
  'inside.models.encoder': 'Encoder',
  'inside.models.words': 'စကားလုံးများ',
  'inside.models.size': 'အရွယ်အစား',
  'inside.models.quality': 'အရည်အသွေး',
  'inside.models.megabytes': '{megabytes} MB',
};
