// The error line at the top of the page.
import { lazy } from '../ui/lazy';
import type { AppState } from '../session/state';

const PipelineError = lazy(() => import('./PipelineError').then((m) => m.PipelineError));

/** What went wrong, in a sentence, until it is put away. */
export function Trouble({ state }: { state: AppState }) {
    const sentence = state.trouble.value;
    return (
        <div role="alert" class="trouble-place">
            {(state.statusBadge.value === 'stale' || state.statusBadge.value === 'catching') && <PipelineError state={state} />}
            {sentence !== null && (
                <p class="trouble">
                    <span aria-hidden="true">▲ </span>{sentence}
                    <button type="button" class="quiet" aria-label="×" onClick={() => { state.trouble.value = null; }}>×</button>
                </p>
            )}
        </div>
    );
}
