// The page's entry: styles, the first question to the server, and the page.

import { render } from 'preact';
import { App } from './app.tsx';
import { startPolling } from './state.ts';
import './style.css';

startPolling();
render(<App />, document.getElementById('page')!);
