// The page's entry: theme and language before the first painting, then the key of the address, the questions to the
// server, and the page.

import { render } from 'preact';
import { App } from './app.tsx';
import { followLanguage } from './i18n.ts';
import { learnSession, tradeKey } from './session.ts';
import { startPolling } from './state.ts';
import { followTheme } from './theme.ts';
import './tokens.css';
import './style.css';

followTheme();
followLanguage();
const traded = tradeKey();
render(<App />, document.getElementById('page')!);
startPolling();
void traded.then(learnSession);
