// Import of a course from a file, with what the import found.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as api from '../wire/api';
import { locale, t } from '../i18n';
import { say } from '../i18n/say';
import { parseWhole } from '../model/number';
import { withToken } from '../ui/TokenDialog';
import { loadCourses } from '../session/start';
import type { AppState } from '../session/state';
import { chooseCourse } from './chooseCourse';
import type { CreateState } from './createState';

function lapsOf(text: string): number {
    const laps = parseWhole(text, locale.value);
    if (Number.isNaN(laps)) {
        throw new Error(t('form.laps'));
    }
    return laps;
}

/** A course file from the viewer's disk, chosen or dropped. */
export function ImportCourse({ state, create }: { state: AppState; create: CreateState }) {
    const shortName = useSignal('');
    const laps = useSignal('');
    const reverse = useSignal(false);
    const replace = useSignal(false);
    const over = useSignal(false);
    const options = useSignal(false);
    const host = useRef<HTMLElement>(null);
    const said = useSignal<{ text: string; wrong: boolean } | null>(null);
    const input = useRef<HTMLInputElement>(null);

    const send = async (file: File): Promise<void> => {
        said.value = { text: t('create.fileBusy'), wrong: false };
        const imported = await api.importCourse(file, {
            shortName: shortName.value.trim(),
            ...(laps.value.trim() === '' ? {} : { laps: lapsOf(laps.value) }),
            reverse: reverse.value,
            replace: replace.value,
        });
        await loadCourses(state);
        await chooseCourse(create, imported.shortName);
        if (create.course.value?.trackside.shortName === imported.shortName) {
            create.diagnostics.value = imported.diagnostics;
        }
        said.value = { text: t('create.fileDone', { name: imported.shortName }), wrong: false };
    };
    const failed = (error: Error): void => {
        said.value = { text: say(error), wrong: true };
        options.value ||= error instanceof api.ApiError && error.status === 409; // where another name is given, or the old one replaced
    };
    // Once it stands there: the options above it may have opened.
    useEffect(() => {
        if (said.value?.wrong) {
            host.current?.querySelector('[data-import="said"]')?.scrollIntoView({ block: 'nearest' });
        }
    }, [said.value]);
    const take = (files: FileList | null | undefined): void => {
        const file = files?.[0];
        if (files && files.length > 1) {
            failed(new Error(t('create.fileMany')));
        } else if (file) {
            void withToken(state, () => send(file), failed);
        }
        if (input.current) {
            input.current.value = '';
        }
    };
    // Anywhere on the page: a file that misses the panel would be opened by the browser instead.
    useEffect(() => {
        const files = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
        const drag = (event: DragEvent): void => {
            if (files(event)) {
                event.preventDefault();
                over.value = true;
            }
        };
        const leave = (event: DragEvent): void => { over.value = event.relatedTarget !== null && over.value; };
        const drop = (event: DragEvent): void => {
            if (files(event)) {
                event.preventDefault();
                over.value = false;
                take(event.dataTransfer?.files);
            }
        };
        addEventListener('dragover', drag);
        addEventListener('dragleave', leave);
        addEventListener('drop', drop);
        return () => {
            removeEventListener('dragover', drag);
            removeEventListener('dragleave', leave);
            removeEventListener('drop', drop);
        };
    }, []);
    return (
        <section ref={host} class={`panel drop ${over.value ? 'over' : ''}`} aria-labelledby="import-title">
            <h2 id="import-title">{t('create.file')}</h2>
            <label class="field">
                <span>{t('create.fileHint')}</span>
                <input ref={input} type="file" accept=".kml,.kmz,.gpx,.tcx,.geojson,.json,.csv,.txt,.wkt,.zip,.gz" data-import="file"
                    onChange={(e) => take(e.currentTarget.files)} />
            </label>
            <details open={options.value} onToggle={(e) => { options.value = e.currentTarget.open; }}>
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
