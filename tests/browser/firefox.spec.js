// The page and the element in Firefox.

import { findFirefox } from '../../scripts/tools.js';
import { startFirefox } from './firefox.js';
import { testMainUses } from './main-uses.js';

const path = findFirefox();
testMainUses('Firefox', path ? (folder) => startFirefox(path, folder) : undefined);
