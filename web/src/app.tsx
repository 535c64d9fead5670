// The page: the error line, and the dashboard, Create Race or the results by the address.
import { lazy } from './ui/lazy';
import { Dashboard } from './panels/Dashboard';
import { Trouble } from './panels/Trouble';
import { path } from './session/route';
import type { AppState } from './session/state';
import type { RaceSession } from './session/raceSession';

const CreatePage = lazy(() => import('./create/CreatePage').then((m) => m.CreatePage));
const TokenDialog = lazy(() => import('./ui/TokenDialog').then((m) => m.TokenDialog));
const ResultsPage = lazy(() => import('./results/ResultsPage').then((m) => m.ResultsPage));

function Page({ state, session }: { state: AppState; session: RaceSession }) {
    return path.value === '/create' ? <CreatePage state={state} session={session} />
        : path.value === '/results' ? <ResultsPage state={state} />
        : <Dashboard state={state} session={session} />;
}

export function App({ state, session }: { state: AppState; session: RaceSession }) {
    return (
        <>
            <Trouble state={state} />
            <Page state={state} session={session} />
            {state.tokenWanted.value && <TokenDialog state={state} />}
        </>
    );
}
