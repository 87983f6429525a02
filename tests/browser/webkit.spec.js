// The page and the element in WebKit.

import { hasWebKit } from '../../scripts/tools.js';
import { testMainUses } from './main-uses.js';
import { startWebKit } from './webkit.js';

testMainUses('WebKit', hasWebKit() ? startWebKit : undefined);
