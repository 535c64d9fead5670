// The fold of the checkpoints, where the course of the race has some. What draws it is loaded when it is opened.
import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import { lazy } from '../ui/lazy';
import type { AppState } from '../session/state';

const CheckpointList = lazy(() => import('./CheckpointList').then((m) => m.CheckpointList));

export function Checkpoints({ state }: { state: AppState }) {
    const open = useSignal(false);
    if (!state.course.value?.trackside.checkpoints?.length) {
        return null;
    }
    return (
        <details class="checkpoints-panel" onToggle={(e) => { open.value = e.currentTarget.open; }}>
            <summary>{t('checkpoints.title')}</summary>
            {open.value && <CheckpointList state={state} />}
        </details>
    );
}
