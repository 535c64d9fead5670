// Presets that fill in the form of a race.
import { counted, t } from '../i18n';
import { PRESET_NAMES, PRESETS, presetKept, presetValues } from '../model/presets';
import type { PresetName } from '../model/presets';
import type { AppState } from '../session/state';
import { chooseCourse } from './chooseCourse';
import { courseFacts } from './createState';
import type { CreateState } from './createState';

const nameOf = (name: PresetName): string =>
    counted('create.presetOf', Number(PRESETS[name].competitors), { name: t(`create.preset.${name}`) });

async function fillIn(state: AppState, create: CreateState, name: PresetName): Promise<void> {
    const wanted = PRESETS[name].course;
    create.preset.value = name;
    if (wanted !== undefined && wanted !== create.values.value.course && state.courses.value.some((c) => c.shortName === wanted)) {
        await chooseCourse(create, wanted);
    }
    create.values.value = presetValues(name, create.values.value, courseFacts(create.course.value)?.hasGeofence ?? false);
    create.problems.value = {};
}

function PresetNote({ state, create, name }: { state: AppState; create: CreateState; name: PresetName }) {
    const fenced = courseFacts(create.course.value)?.hasGeofence ?? false;
    const kept = presetKept(name, create.values.value, fenced);
    return (
        <>
            <span role="status" class="hint wrap" data-preset={kept ? 'kept' : 'changed'}>
                {t(kept ? 'create.presetIs' : 'create.presetChanged', { name: nameOf(name) })}
                {!fenced && PRESETS[name].stopPercent !== '0' && ` ${t('create.presetBare')}`}
            </span>
            {!kept && <button type="button" class="small" onClick={() => void fillIn(state, create, name)}>{t('create.presetAgain')}</button>}
        </>
    );
}

/** Races to begin with; what one of them filled in may be changed. */
export function PresetField({ state, create }: { state: AppState; create: CreateState }) {
    const name = create.preset.value;
    const set = (value: string): void => {
        if (value === '') {
            create.preset.value = null;
        } else {
            void fillIn(state, create, value as PresetName);
        }
    };
    return (
        <div class="field">
            <label for="field-preset">{t('create.preset')}</label>
            <select id="field-preset" value={name ?? ''} onChange={(e) => set(e.currentTarget.value)}>
                <option value="">{t('create.presetNone')}</option>
                {PRESET_NAMES.map((p) => <option key={p} value={p}>{nameOf(p)}</option>)}
            </select>
            {name && <div class="row"><PresetNote state={state} create={create} name={name} /></div>}
        </div>
    );
}
