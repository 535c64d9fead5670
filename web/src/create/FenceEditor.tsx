import { useSignal, useSignalEffect } from '@preact/signals';
import * as api from '../api';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import { fenceParse, FenceTextError, fenceWkt } from '../model/geofence';
import { withToken } from '../panels/TokenDialog';
import type { AppState } from '../state';
import { chooseCourse } from './CreatePage';
import type { CreateState } from './CreatePage';
import { closeDrawing } from './CoursePreview';

function FenceNote({ state, create }: { state: AppState; create: CreateState }) {
    const course = create.course.value!;
    const fenced = course.features.some((f) => f.properties.role === 'geofence');
    const spans = course.trackside.geofenceSpans ?? [];
    if (!fenced) {
        return <p>{t('create.fenceHasNot')}</p>;
    }
    if (spans.length === 0) {
        return <p class="error">{t('create.fenceOutside')}</p>;
    }
    const units = state.units.value;
    const lengthM = spans.reduce((sum, [from, to]) => sum + to - from, 0);
    const length = `${format.distance(lengthM, units, locale.value)} ${t(`unit.${units}`)}`;
    return <p>{t('create.fenceHas', { spans: spans.length, length })}</p>;
}

/** The geofence of the chosen course: drawn with clicks, or typed. */
export function FenceEditor({ state, create }: { state: AppState; create: CreateState }) {
    const text = useSignal('');
    const problem = useSignal<string | null>(null);
    const saved = useSignal(false);
    useSignalEffect(() => {
        const drawn = create.drawn.value;
        if (drawn) {
            text.value = fenceWkt(drawn);
            problem.value = null;
            create.drawn.value = null;
        }
    });
    const course = create.course.value;
    if (!course) {
        return null;
    }
    const corners = create.drawing.value;
    const put = async (): Promise<void> => {
        await api.putGeofence(course.trackside.shortName, text.value.trim());
        await chooseCourse(create, course.trackside.shortName);
        text.value = '';
        saved.value = true;
    };
    const save = (): void => {
        saved.value = false;
        try {
            fenceParse(text.value);
        } catch (error) {
            problem.value = t(`fence.${(error as FenceTextError).problem}`);
            return;
        }
        problem.value = null;
        void withToken(state, put, (error) => { problem.value = error.message; });
    };
    return (
        <section class="panel" aria-labelledby="fence-title">
            <h2 id="fence-title"><span class="dot in-geofence" aria-hidden="true">◆ </span>{t('create.fence')}</h2>
            <FenceNote state={state} create={create} />
            {corners === null
                ? <button type="button" data-fence="draw" onClick={() => { create.drawing.value = []; }}>{t('create.fenceDraw')}</button>
                : (
                    <div class="row">
                        <span role="status">{t('create.fenceDrawing', { count: corners.length })}</span>
                        <button type="button" disabled={corners.length === 0}
                            onClick={() => { create.drawing.value = corners.slice(0, -1); }}>{t('create.fenceUndo')}</button>
                        <button type="button" class="primary" data-fence="close" disabled={corners.length < 3}
                            onClick={() => closeDrawing(create)}>{t('create.fenceClose')}</button>
                        <button type="button" onClick={() => { create.drawing.value = null; }}>{t('create.fenceCancel')}</button>
                    </div>
                )}
            <label class="field">
                <span>{t('create.fenceText')}</span>
                <textarea rows={2} class="mono" spellcheck={false} value={text.value} aria-invalid={problem.value !== null}
                    onInput={(e) => { text.value = e.currentTarget.value; }} data-fence="text" />
            </label>
            {problem.value !== null && <p class="error" role="alert">{problem.value}</p>}
            <div class="row">
                <button type="button" data-fence="save" disabled={text.value.trim() === ''} onClick={save}>{t('create.fenceSave')}</button>
                {saved.value && <span role="status" class="soft">{t('create.fenceSaved')}</span>}
            </div>
        </section>
    );
}
