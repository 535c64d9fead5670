import { lazy } from './lazy';
import { Dashboard } from './panels/Dashboard';
import { TokenDialog } from './panels/TokenDialog';
import { Trouble } from './panels/Trouble';
import { path } from './route';
import type { AppState } from './state';
import type { Watch } from './watch';

const CreatePage = lazy(() => import('./create/CreatePage').then((m) => m.CreatePage));

export function App({ state, watch }: { state: AppState; watch: Watch }) {
    return (
        <>
            <Trouble state={state} />
            {path.value === '/create' ? <CreatePage state={state} watch={watch} /> : <Dashboard state={state} watch={watch} />}
            <TokenDialog state={state} />
        </>
    );
}
