// The title of the tab names the competitor and the race, so that a viewer finds it among ten tabs and in a shared link.
import { effect } from '@preact/signals';
import { t } from './i18n';
import { path } from './session/route';
import { courseName } from './session/state';
import type { AppState } from './session/state';
import type { RaceSession } from './session/raceSession';

function titleOf(state: AppState, session: RaceSession): string {
    void state.tablesVersion.value;
    const bib = state.selected.value;
    const race = state.race.value;
    const name = bib === null ? '' : session.competitors.roster.nameOf(session.competitors.numberOf(bib)) || t('competitor.title', { bib });
    const course = race && (state.course.value?.trackside.longName || courseName(state, race.course));
    return [name, course, t('app.title')].filter(Boolean).join(' · ');
}

/** Keep the title of the dashboard; the other pages have titles of their own. */
export function keepTitle(state: AppState, session: RaceSession): void {
    effect(() => {
        const title = titleOf(state, session);
        if (path.value === '/' && document.title !== title) {
            document.title = title;
        }
    });
}
