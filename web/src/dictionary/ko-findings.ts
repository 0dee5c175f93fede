// All that an examination says, in Korean. Loaded when one begins, apart from the page's other words, which each visit needs.

import { koAdvice } from './ko-advice.ts';
import { koSeen } from './ko-seen.ts';

export const koFindings = { seen: koSeen, advice: koAdvice };
