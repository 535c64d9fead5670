import '../node_modules/leaflet/dist/leaflet.css';
import './style.css';
import { render } from 'preact';
import { App } from './app';
import { bestLanguage, setLanguage } from './i18n';
import { createState } from './state';
import { start } from './start';
import { Watch } from './watch';

const state = createState();
const watch = new Watch(state);
void setLanguage(bestLanguage(navigator.languages));
render(<App state={state} watch={watch} />, document.getElementById('app')!);
void start(state, watch);
