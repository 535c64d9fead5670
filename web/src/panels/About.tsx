// Which race this is and how the page shows it, folded: the table needs the room. On a screen where the page scrolls it is
// open, as nothing has to make room there.
import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import type { AppState } from '../session/state';
import { RaceFacts } from './RaceFacts';
import { Settings } from './Settings';

const SCROLLS = '(max-width: 760px) and (min-height: 501px)';

export function About({ state }: { state: AppState }) {
    const open = useSignal(matchMedia(SCROLLS).matches);
    return (
        <details class="about-race" open={open.value} onToggle={(e) => { open.value = e.currentTarget.open; }}>
            <summary>{t('settings.fold')}</summary>
            <RaceFacts state={state} />
            <Settings state={state} />
        </details>
    );
}

/** The list of results, always in sight. */
export function TakeAway({ state }: { state: AppState }) {
    const race = state.race.value;
    return race && <a class="take-away" href={`/results?race=${encodeURIComponent(race.runId)}`}>{t('settings.results')}</a>;
}
