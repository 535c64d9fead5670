import { locale, t } from '../i18n';
import type { Key } from '../i18n';
import * as format from '../model/format';
import { aboutTime, outlook } from '../model/outlook';
import type { RaceRequest } from '../model/raceform';
import { courseFacts } from './CreatePage';
import type { CreateState } from './CreatePage';

function sentenceOf({ stopRatio }: RaceRequest, stopping: number): Key {
    if (stopRatio === 0) {
        return 'create.outlook.none';
    }
    return stopRatio === 1 ? 'create.outlook.all' : stopping === 0 ? 'create.outlook.few' : 'create.outlook.stop';
}

/** What to expect of the race, as it is typed. */
export function OutlookNote({ create, request }: { create: CreateState; request: RaceRequest }) {
    const facts = courseFacts(create.course.value);
    if (!facts) {
        return null;
    }
    const { stopping, lastHomeS } = outlook(request, facts);
    const n = (value: number): string => format.number(value, locale.value);
    const time = aboutTime(lastHomeS, locale.value);
    return (
        <p class="outlook" aria-live="polite">
            {t(sentenceOf(request, stopping), { stopping: n(stopping), competitors: n(request.competitors), time })}
            {request.speed !== 1 && ` ${t('create.outlook.wall', { time: aboutTime(lastHomeS / request.speed, locale.value) })}`}
        </p>
    );
}
