import '../node_modules/leaflet/dist/leaflet.css';
import '../node_modules/uplot/dist/uPlot.min.css';
import './style.css';
import './charts/charts.css';
import './panels/lag.css';
import { render } from 'preact';
import { App } from './app';
import { savedChoice } from './choices';
import { bestLanguage, setLanguage } from './i18n';
import { createState } from './state';
import { start } from './start';
import { Watch } from './watch';

const state = createState();
const watch = new Watch(state);
state.units.value = savedChoice('units') === 'mi' ? 'mi' : 'km';
void setLanguage(bestLanguage([savedChoice('language') ?? '', ...navigator.languages]));
render(<App state={state} watch={watch} />, document.getElementById('app')!);
void start(state, watch);
