// The form of a race: its fields, their errors, and the request that creates it.
import { useSignal } from '@preact/signals';
import * as api from '../wire/api';
import { locale, t } from '../i18n';
import type { Key } from '../i18n';
import { say } from '../i18n/say';
import * as format from '../model/format';
import { drawSeed, fieldOf, raceRequest, SPREADS } from '../model/raceform';
import type { Problem, RaceField } from '../model/raceform';
import { withToken } from '../ui/TokenDialog';
import { permalink } from '../session/permalink';
import { go } from '../session/route';
import { loadRaces } from '../session/start';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { chooseCourse } from './chooseCourse';
import { courseFacts } from './createState';
import type { CreateState } from './createState';
import { CopyRace } from './CopyRace';
import { CourseCards } from './CourseCards';
import { ForecastNote } from './ForecastNote';
import { PresetField } from './PresetField';

interface FieldProps {
    create: CreateState;
    name: RaceField;
    label: Key;
    hint?: Key;
    mode?: 'numeric' | 'decimal' | 'text';
    type?: string;
}

const LISTED_TRIES = 120;
const LISTED_EVERY_MS = 250;

// With Pinot a race is shown once its course can be looked up there, which may be a moment after it was made.
async function untilListed(state: AppState, runId: string): Promise<void> {
    for (let tries = 0; tries < LISTED_TRIES; tries++) {
        await loadRaces(state).catch(() => undefined);
        if (state.races.value?.some((race) => race.runId === runId)) {
            return;
        }
        await new Promise((later) => setTimeout(later, LISTED_EVERY_MS));
    }
}

function written(values: NonNullable<Problem['values']>): Record<string, string> {
    const number = new Intl.NumberFormat(locale.value);
    return Object.fromEntries(Object.entries(values).map(([name, v]) => [name, typeof v === 'number' ? number.format(v) : v]));
}

function problemText(create: CreateState, name: RaceField): string | null {
    const p = create.problems.value[name];
    return p === undefined ? null : typeof p === 'string' ? p : t(p.key as Key, written(p.values ?? {}));
}

function FieldError({ create, name }: { create: CreateState; name: RaceField }) {
    const text = problemText(create, name);
    return text === null ? null : <span class="error" id={`error-${name}`}><span aria-hidden="true">▲ </span>{text}</span>;
}

function Field({ create, name, label, hint, mode = 'numeric', type = 'text' }: FieldProps) {
    const wrong = name in create.problems.value;
    const set = (event: Event): void => {
        create.values.value = { ...create.values.value, [name]: (event.currentTarget as HTMLInputElement).value };
        if (wrong) {
            const { [name]: _gone, ...rest } = create.problems.value;
            create.problems.value = rest;
        }
    };
    return (
        <div class={`field ${wrong ? 'wrong' : ''}`}>
            <label for={`field-${name}`}>{t(label)}</label>
            <span class="with-hint">
                <input id={`field-${name}`} name={name} type={type} inputMode={mode} autocomplete="off" step={type === 'text' ? undefined : 1}
                    value={create.values.value[name]} aria-invalid={wrong}
                    aria-describedby={`${wrong ? `error-${name} ` : ''}${hint ? `hint-${name}` : ''}`.trim() || undefined}
                    onInput={set} />
                {hint && <span class="hint" id={`hint-${name}`}>{t(hint)}</span>}
            </span>
            <FieldError create={create} name={name} />
        </div>
    );
}

export function CourseField({ state, create }: { state: AppState; create: CreateState }) {
    const courses = state.courses.value;
    const wrong = 'course' in create.problems.value;
    return (
        <div class={`field ${wrong ? 'wrong' : ''}`}>
            <label for="field-course">{t('create.course')}</label>
            <select id="field-course" name="course" value={create.values.value.course} aria-invalid={wrong}
                aria-describedby={wrong ? 'error-course' : undefined}
                onChange={(e) => void chooseCourse(create, e.currentTarget.value)}>
                <option value="">{t('create.choose')}</option>
                {courses.map((c) => (
                    <option key={c.shortName} value={c.shortName}>
                        {`${c.longName || c.shortName} · ${format.distance(c.distance, state.units.value, locale.value)} ${t(`unit.${state.units.value}`)}`}
                    </option>
                ))}
            </select>
            {courses.length === 0 && <span class="hint">{t('create.noCourses')}</span>}
            <FieldError create={create} name="course" />
            <CourseCards state={state} create={create} />
        </div>
    );
}

/** How the paces lie between the two. */
function SpreadField({ create }: { create: CreateState }) {
    return (
        <div class="field">
            <label for="field-spread">{t('create.spread')}</label>
            <select id="field-spread" value={create.values.value.spread}
                onChange={(e) => { create.values.value = { ...create.values.value, spread: e.currentTarget.value }; }}>
                {SPREADS.map((s) => <option key={s} value={s}>{t(`create.spread.${s}`)}</option>)}
            </select>
        </div>
    );
}

/** Whether the pace follows the slope; only where the course has heights. */
function HillsField({ create }: { create: CreateState }) {
    return (
        <label class="check">
            <input type="checkbox" name="hills" checked={create.values.value.hills !== ''}
                onChange={(e) => { create.values.value = { ...create.values.value, hills: e.currentTarget.checked ? 'on' : '' }; }} />
            {t('create.hills')}
        </label>
    );
}

export function RaceForm({ state, session, create }: { state: AppState; session: RaceSession; create: CreateState }) {
    const busy = useSignal(false);
    const facts = courseFacts(create.course.value);
    const { request, errors } = raceRequest(create.values.value, facts, locale.value);
    const fine = Object.keys(errors).length === 0;

    const failed = (error: Error): void => {
        busy.value = false;
        const field = error instanceof api.ApiError ? fieldOf(error.field) : null;
        if (field) {
            create.problems.value = { [field]: say(error) };
            document.getElementById(`field-${field}`)?.focus();
        } else {
            create.sentence.value = say(error);
        }
    };
    const send = async (): Promise<void> => {
        busy.value = true;
        create.sentence.value = null;
        const race = await api.createRace(request);
        await untilListed(state, race.runId);
        busy.value = false;
        create.values.value = { ...create.values.value, seed: drawSeed() }; // the next one is another race
        state.trouble.value = null;
        state.raceId.value = race.runId;
        session.follow(race.runId);
        go(permalink({ race: race.runId, runner: null, at: null }));
    };
    const submit = (event: Event): void => {
        event.preventDefault();
        create.problems.value = errors;
        if (fine) {
            void withToken(state, send, failed);
        } else {
            create.sentence.value = null;
            document.getElementById(`field-${Object.keys(errors)[0]!}`)?.focus();
        }
    };

    return (
        <form onSubmit={submit} noValidate class="race-form">
            <PresetField state={state} create={create} />
            <fieldset>
                <legend>{t('create.group.field')}</legend>
                <Field create={create} name="competitors" label="create.competitors" />
                <div class="pair">
                    <Field create={create} name="fastest" label="create.fastest" hint="create.paceHint" mode="text" />
                    <Field create={create} name="slowest" label="create.slowest" hint="create.paceHint" mode="text" />
                </div>
                <SpreadField create={create} />
                {facts?.hasElevation && <HillsField create={create} />}
            </fieldset>
            <fieldset>
                <legend>{t('create.group.stops')}</legend>
                <Field create={create} name="stopPercent" label="create.stopPercent" hint="create.percentHint" mode="decimal" />
                <div class="pair">
                    <Field create={create} name="minPause" label="create.minPause" hint="create.secondsHint" />
                    <Field create={create} name="maxPause" label="create.maxPause" hint="create.secondsHint" />
                </div>
            </fieldset>
            <fieldset>
                <legend>{t('create.more')}</legend>
                <Field create={create} name="startTime" label="create.startTime" hint="create.startHint" type="datetime-local" mode="text" />
                <Field create={create} name="speed" label="create.speed" hint="create.speedHint" mode="decimal" />
                <div class="with-button">
                    <Field create={create} name="seed" label="create.seed" hint="create.seedHint" />
                    <button type="button" onClick={() => { create.values.value = { ...create.values.value, seed: drawSeed() }; }}>{t('create.seedAgain')}</button>
                </div>
            </fieldset>
            {fine && <ForecastNote create={create} request={request} />}
            {create.sentence.value !== null && <p class="error" role="alert">{create.sentence.value}</p>}
            {Object.keys(create.problems.value).length > 0 && <p class="error" role="alert">{t('form.fix')}</p>}
            {create.fence.value !== null && <p class="soft">{t('create.fenceUnsaved')}</p>}
            <div class="row">
                <button type="submit" class="primary" disabled={busy.value}>{t(busy.value ? 'create.busy' : 'create.submit')}</button>
            </div>
            {fine && <CopyRace state={state} request={request} />}
        </form>
    );
}
