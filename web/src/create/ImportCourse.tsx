import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import * as api from '../api';
import { t } from '../i18n';
import { withToken } from '../panels/TokenDialog';
import { loadCourses } from '../start';
import type { AppState } from '../state';
import { chooseCourse } from './CreatePage';
import type { CreateState } from './CreatePage';

/** A course file from the viewer's disk, chosen or dropped. */
export function ImportCourse({ state, create }: { state: AppState; create: CreateState }) {
    const shortName = useSignal('');
    const laps = useSignal('');
    const reverse = useSignal(false);
    const replace = useSignal(false);
    const over = useSignal(false);
    const said = useSignal<{ text: string; wrong: boolean } | null>(null);
    const input = useRef<HTMLInputElement>(null);

    const send = async (file: File): Promise<void> => {
        said.value = { text: t('create.fileBusy'), wrong: false };
        const imported = await api.importCourse(file, {
            shortName: shortName.value.trim(),
            ...(laps.value.trim() === '' ? {} : { laps: Number(laps.value) }),
            reverse: reverse.value,
            replace: replace.value,
        });
        await loadCourses(state);
        await chooseCourse(create, imported.shortName);
        create.diagnostics.value = imported.diagnostics;
        said.value = { text: t('create.fileDone', { name: imported.shortName }), wrong: false };
    };
    const take = (file: File | undefined): void => {
        if (file) {
            void withToken(state, () => send(file), (error) => { said.value = { text: error.message, wrong: true }; });
        }
        if (input.current) {
            input.current.value = '';
        }
    };
    const drop = (event: DragEvent): void => {
        event.preventDefault();
        over.value = false;
        take(event.dataTransfer?.files[0]);
    };
    return (
        <section class={`panel drop ${over.value ? 'over' : ''}`} aria-labelledby="import-title"
            onDragOver={(e) => { e.preventDefault(); over.value = true; }} onDragLeave={() => { over.value = false; }} onDrop={drop}>
            <h2 id="import-title">{t('create.file')}</h2>
            <label class="field">
                <span>{t('create.fileHint')}</span>
                <input ref={input} type="file" accept=".kml,.kmz,.gpx,.geojson,.json,.csv" data-import="file"
                    onChange={(e) => take(e.currentTarget.files?.[0])} />
            </label>
            <details>
                <summary>{t('create.fileOptions')}</summary>
                <div class="pair">
                    <label class="field">
                        <span>{t('create.fileName')}</span>
                        <input type="text" value={shortName.value} data-import="name" onInput={(e) => { shortName.value = e.currentTarget.value; }} />
                        <span class="hint">{t('create.fileNameHint')}</span>
                    </label>
                    <label class="field">
                        <span>{t('create.fileLaps')}</span>
                        <input type="text" inputMode="numeric" value={laps.value} onInput={(e) => { laps.value = e.currentTarget.value; }} />
                        <span class="hint">{t('create.fileLapsHint')}</span>
                    </label>
                </div>
                <label class="check">
                    <input type="checkbox" checked={reverse.value} onChange={(e) => { reverse.value = e.currentTarget.checked; }} />
                    {t('create.fileReverse')}
                </label>
                <label class="check">
                    <input type="checkbox" checked={replace.value} data-import="replace" onChange={(e) => { replace.value = e.currentTarget.checked; }} />
                    {t('create.fileReplace')}
                </label>
            </details>
            {said.value && <p role={said.value.wrong ? 'alert' : 'status'} class={said.value.wrong ? 'error' : 'soft'} data-import="said">{said.value.text}</p>}
        </section>
    );
}
