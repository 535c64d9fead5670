import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { Dashboard } from './panels/Dashboard';
import { TokenDialog } from './panels/TokenDialog';
import { Trouble } from './panels/Trouble';
import { path } from './route';
import type { AppState } from './state';
import type { Watch } from './watch';

type Page = ComponentType<{ state: AppState; watch: Watch }>;

const createPage = signal<Page | null>(null);

// Create Race is loaded when it is opened: the dots come first.
function Create(props: { state: AppState; watch: Watch }) {
    const Loaded = createPage.value;
    if (!Loaded) {
        void import('./create/CreatePage').then((m) => { createPage.value = m.CreatePage; });
        return <div class="page" />;
    }
    return <Loaded {...props} />;
}

export function App({ state, watch }: { state: AppState; watch: Watch }) {
    return (
        <>
            <Trouble state={state} />
            {path.value === '/create' ? <Create state={state} watch={watch} /> : <Dashboard state={state} watch={watch} />}
            <TokenDialog state={state} />
        </>
    );
}
