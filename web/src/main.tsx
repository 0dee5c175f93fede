// The page's entry: theme and language before the first painting, then the key of the address, the questions to the
// server on both ways at once, and the page.

import { render } from 'preact';
import { App } from './app.tsx';
import { followKeys } from './keys.ts';
import { followLanguage } from './i18n.ts';
import { learnSession, tradeKey } from './session.ts';
import { startPolling } from './state.ts';
import { startSystem } from './system.ts';
import { followTheme } from './theme.ts';
import { startTiles } from './tiles/tiles.ts';
import './tokens.css';
import './style.css';
import './wall/wall.css';
import './opened/opened.css';
import './forms.css';
import './processors/processors.css';
import './discovery/discovery.css';
import './doctor/doctor.css';

followTheme();
followLanguage();
const traded = tradeKey();
startPolling();
startTiles();
followKeys();
render(<App />, document.getElementById('page')!);
void traded.then(learnSession).then(startSystem);
