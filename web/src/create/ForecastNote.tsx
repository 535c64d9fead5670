// What a race with these values would be like: when the first and the last arrive, and how many stop.
import { counted, locale, t } from '../i18n';
import * as format from '../model/format';
import { aboutTime, forecast } from '../model/forecast';
import type { RaceRequest } from '../model/raceform';
import { courseFacts } from './createState';
import type { CreateState } from './createState';

function sentenceOf({ stopRatio, competitors }: RaceRequest, stopping: number, time: string): string {
    if (stopRatio === 0 || stopping === 0) {
        return t(stopRatio === 0 ? 'create.forecast.none' : 'create.forecast.few', { time });
    }
    return stopRatio === 1 ? counted('create.forecast.all', competitors, { time })
        : counted('create.forecast.stop', stopping, { competitors: format.number(competitors, locale.value), time });
}

/** What to expect of the race, as it is typed. */
export function ForecastNote({ create, request }: { create: CreateState; request: RaceRequest }) {
    const facts = courseFacts(create.course.value);
    if (!facts) {
        return null;
    }
    const { stopping, lastHomeS } = forecast(request, facts);
    const time = aboutTime(lastHomeS, locale.value);
    return (
        <p class="forecast" aria-live="polite">
            {sentenceOf(request, stopping, time)}
            {request.speed !== 1 && ` ${t('create.forecast.wall', { time: aboutTime(lastHomeS / request.speed, locale.value) })}`}
        </p>
    );
}
