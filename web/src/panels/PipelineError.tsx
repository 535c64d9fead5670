// Why no data arrive, as far as the server knows, in a sentence.
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import * as api from '../wire/api';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import { wayTrouble } from '../model/pipelineStatus';
import type { Way } from '../model/pipelineStatus';
import type { AppState } from '../session/state';

const EVERY_MS = 3_000;

/** Why nothing comes, where the server knows: it is asked while the picture is stale, and gone when it is not. */
export function WayTrouble({ state }: { state: AppState }) {
    const way = useSignal<Way | null>(null);
    const runId = state.raceId.value;
    const stale = state.pill.value === 'stale' || state.pill.value === 'catching';
    useEffect(() => {
        way.value = null;
        if (!stale || runId === null) {
            return undefined;
        }
        const ask = (): void => void api.getLag(runId).then((answer) => { way.value = answer; }, () => { way.value = null; });
        ask();
        const timer = setInterval(ask, EVERY_MS);
        return () => clearInterval(timer);
    }, [stale, runId]);
    const trouble = stale ? wayTrouble(way.value, (n, digits) => format.number(n, locale.value, digits)) : null;
    return trouble && (
        <p class="trouble" data-way={trouble.key}>
            <span aria-hidden="true">▲ </span>
            {trouble.key === 'feedAway' ? t('way.feedAway', trouble.values)
                : trouble.key === 'storeStuck' ? t('way.storeStuck', trouble.values)
                : t('way.storeAway', trouble.values)}
        </p>
    );
}
