// The page's entry: styles, the first question to the server, and the page.

import { render } from 'preact';
import { App } from './app.tsx';
import { followLanguage } from './i18n.ts';
import { startPolling } from './state.ts';
import './style.css';

followLanguage();
startPolling();
render(<App />, document.getElementById('page')!);
