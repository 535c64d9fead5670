import { lazy } from './ui/lazy';
import { Dashboard } from './panels/Dashboard';
import { Trouble } from './panels/Trouble';
import { path } from './session/route';
import type { AppState } from './session/state';
import type { Watch } from './session/raceSession';

const CreatePage = lazy(() => import('./create/CreatePage').then((m) => m.CreatePage));
const TokenDialog = lazy(() => import('./ui/TokenDialog').then((m) => m.TokenDialog));
const ResultsPage = lazy(() => import('./results/ResultsPage').then((m) => m.ResultsPage));

function Page({ state, watch }: { state: AppState; watch: Watch }) {
    return path.value === '/create' ? <CreatePage state={state} watch={watch} />
        : path.value === '/results' ? <ResultsPage state={state} />
        : <Dashboard state={state} watch={watch} />;
}

export function App({ state, watch }: { state: AppState; watch: Watch }) {
    return (
        <>
            <Trouble state={state} />
            <Page state={state} watch={watch} />
            {state.tokenWanted.value && <TokenDialog state={state} />}
        </>
    );
}
