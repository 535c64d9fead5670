// Drawing, editing and saving the geofence of a course.
import { useSignal, useSignalEffect } from '@preact/signals';
import * as api from '../wire/api';
import { counted, locale, t } from '../i18n';
import { say } from '../i18n/say';
import { cornersCount, cornersOf } from '../model/corners';
import * as format from '../model/format';
import { fenceParse, FenceTextError, fenceWkt } from '../model/geofence';
import { withToken } from '../ui/TokenDialog';
import type { AppState } from '../session/state';
import { chooseCourse } from './chooseCourse';
import { courseIsThere } from './createState';
import type { CreateState } from './createState';
import { FenceCorners } from './FenceCorners';
import { fenceBegin, fenceCancel, fenceChange, fenceClose, fenceHandled, fenceUndo } from './geofenceEdit';
import type { FenceDraft } from './createState';

function hasFence(create: CreateState): boolean {
    return create.course.value!.features.some((f) => f.properties.role === 'geofence');
}

function FenceNote({ state, create }: { state: AppState; create: CreateState }) {
    const spans = create.course.value!.trackside.geofenceSpans ?? [];
    if (!hasFence(create)) {
        return <p>{t('create.fenceHasNot')}</p>;
    }
    if (spans.length === 0) {
        return <p class="error">{t('create.fenceOutside')}</p>;
    }
    const units = state.units.value;
    const lengthM = spans.reduce((sum, [from, to]) => sum + to - from, 0);
    const length = `${format.distance(lengthM, units, locale.value)} ${t(`unit.${units}`)}`;
    return <p>{counted('create.fenceHas', spans.length, { length })}</p>;
}

function Idle({ create }: { create: CreateState }) {
    return (
        <div class="row">
            {hasFence(create) && <button type="button" data-fence="edit" onClick={() => fenceBegin(create)}>{t('create.fenceEdit')}</button>}
            <button type="button" data-fence="draw" onClick={() => { create.drawing.value = []; }}>{t('create.fenceDraw')}</button>
        </div>
    );
}

function Drawing({ create }: { create: CreateState }) {
    const corners = create.drawing.value!;
    return (
        <div class="row">
            <span role="status">{counted('create.fenceDrawing', corners.length)}</span>
            <button type="button" disabled={corners.length === 0}
                onClick={() => { create.drawing.value = corners.slice(0, -1); }}>{t('create.fenceUndo')}</button>
            <button type="button" class="primary" data-fence="close" disabled={corners.length < 3}
                onClick={() => fenceClose(create)}>{t('create.fenceClose')}</button>
            <button type="button" onClick={() => fenceCancel(create)}>{t('create.fenceCancel')}</button>
        </div>
    );
}

function Editing({ create, draft }: { create: CreateState; draft: FenceDraft }) {
    const count = cornersCount(draft.rings);
    const handled = fenceHandled(draft);
    return (
        <>
            <p role="status">{counted(handled ? 'create.fenceEditing' : 'create.fenceMany', count)}</p>
            {handled && <FenceCorners create={create} draft={draft} />}
            <div class="row">
                <button type="button" data-fence="undo" disabled={draft.past.length === 0} onClick={() => fenceUndo(create)}>{t('create.fenceBack')}</button>
                <button type="button" data-fence="cancel" onClick={() => fenceCancel(create)}>{t('create.fenceDiscard')}</button>
            </div>
        </>
    );
}

/** The geofence of the chosen course: drawn with clicks, its corners moved, or typed. */
export function FenceEditor({ state, create }: { state: AppState; create: CreateState }) {
    const typed = useSignal<string | null>(null); // as it was typed, as long as nothing else changed the corners
    const ours = useSignal<FenceDraft | null>(null); // what the typed text made
    const problem = useSignal<string | null>(null);
    const saved = useSignal(false);
    useSignalEffect(() => {
        const draft = create.fence.value;
        if (draft?.rings !== ours.peek()?.rings) {
            typed.value = null;
            problem.value = null;
            saved.value = false;
        }
    });
    const course = create.course.value;
    if (!course) {
        return null;
    }
    const draft = create.fence.value;
    const text = typed.value ?? (draft ? fenceWkt(draft.rings) : '');
    const complaint = (value: string): string | null => {
        try {
            fenceParse(value);
            return null;
        } catch (error) {
            return t(`fence.${(error as FenceTextError).problem}`);
        }
    };
    const type = (value: string): void => {
        typed.value = value;
        saved.value = false;
        if (complaint(value) === null) {
            problem.value = null;
            create.drawing.value = null;
            fenceTyped(value);
        }
    };
    const fenceTyped = (value: string): void => {
        const rings = cornersOf(fenceParse(value));
        ours.value = { rings, past: [], chosen: null };
        fenceChange(create, rings);
    };
    const put = async (): Promise<void> => {
        const { shortName } = course.trackside;
        await api.putGeofence(shortName, text.trim());
        if (create.values.value.course === shortName) {
            typed.value = ours.value = null; // so that the effect above, which may come late, finds nothing that is news
            await chooseCourse(create, shortName);
            saved.value = true;
        }
    };
    const save = (): void => {
        saved.value = false;
        const refused = document.querySelector<HTMLElement>('.corner-row [aria-invalid="true"]');
        if (refused) {
            refused.focus();
            return;
        }
        problem.value = complaint(text);
        if (problem.value === null) {
            void withToken(state, put, (error) => { problem.value = say(error); });
        }
    };
    return (
        <section class="panel fence" aria-labelledby="fence-title">
            <h2 id="fence-title"><span class="dot in-geofence" aria-hidden="true">◆ </span>{t('create.fence')}</h2>
            <FenceNote state={state} create={create} />
            <fieldset class="plain" disabled={!courseIsThere(create)}>
                {create.drawing.value !== null ? <Drawing create={create} />
                    : draft ? <Editing create={create} draft={draft} /> : <Idle create={create} />}
                <label class="field">
                    <span>{t('create.fenceText')}</span>
                    <textarea rows={3} class="mono" spellcheck={false} value={text} aria-invalid={problem.value !== null}
                        aria-describedby={problem.value === null ? undefined : 'fence-problem'}
                        onInput={(e) => type(e.currentTarget.value)} data-fence="text"
                        onChange={(e) => { problem.value = e.currentTarget.value.trim() === '' ? null : complaint(e.currentTarget.value); }} />
                </label>
                {problem.value !== null && <p class="error" role="alert" id="fence-problem">{problem.value}</p>}
                <div class="row">
                    <button type="button" class={draft ? 'primary' : ''} data-fence="save" disabled={text.trim() === ''} onClick={save}>{t('create.fenceSave')}</button>
                    {saved.value && <span role="status" class="soft">{t('create.fenceSaved')}</span>}
                    {draft && <span class="soft">{t('create.fenceNotYet')}</span>}
                </div>
            </fieldset>
        </section>
    );
}
