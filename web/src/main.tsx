// The entry of the page: styles, state and session, then the first render.
import '../node_modules/leaflet/dist/leaflet.css';
import '../node_modules/uplot/dist/uPlot.min.css';
import './style.css';
import './sizes.css';
import './charts/charts.css';
import './panels/lag.css';
import './panels/manage.css';
import './embed/embed.css';
import './results/results.css';
import { render } from 'preact';
import { App } from './app';
import { savedPreference } from './session/preferences';
import { keepFollowed } from './session/follow';
import { bestLanguage, setLanguage } from './i18n';
import { embedded } from './session/route';
import { createState } from './session/state';
import { start } from './session/start';
import { RaceSession } from './session/raceSession';

const state = createState();
const session = new RaceSession(state);
state.units.value = savedPreference('units') === 'mi' ? 'mi' : 'km';
state.plain.value = savedPreference('ground') === 'plain';
state.tailS.value = Number(savedPreference('tail') ?? -1);
keepFollowed(state, !embedded);
void setLanguage(bestLanguage([savedPreference('language') ?? '', ...navigator.languages]));
render(<App state={state} session={session} />, document.getElementById('app')!);
void start(state, session);
