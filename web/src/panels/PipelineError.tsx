// Why no data arrive, as far as the server knows, in a sentence.
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import * as api from '../wire/api';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import { pipelineError } from '../model/pipelineStatus';
import type { PipelineStatus } from '../model/pipelineStatus';
import type { AppState } from '../session/state';

const EVERY_MS = 3_000;

/** Why nothing comes, where the server knows: it is asked while the picture is stale, and gone when it is not. */
export function PipelineError({ state }: { state: AppState }) {
    const status = useSignal<PipelineStatus | null>(null);
    const runId = state.raceId.value;
    const stale = state.statusBadge.value === 'stale' || state.statusBadge.value === 'catching';
    useEffect(() => {
        status.value = null;
        if (!stale || runId === null) {
            return undefined;
        }
        const ask = (): void => void api.getLag(runId).then((answer) => { status.value = answer; }, () => { status.value = null; });
        ask();
        const timer = setInterval(ask, EVERY_MS);
        return () => clearInterval(timer);
    }, [stale, runId]);
    const trouble = stale ? pipelineError(status.value, (n, digits) => format.number(n, locale.value, digits)) : null;
    return trouble && (
        <p class="trouble" data-pipeline={trouble.key}>
            <span aria-hidden="true">▲ </span>
            {trouble.key === 'feedAway' ? t('pipeline.feedAway', trouble.values)
                : trouble.key === 'storeStuck' ? t('pipeline.storeStuck', trouble.values)
                : t('pipeline.storeAway', trouble.values)}
        </p>
    );
}
