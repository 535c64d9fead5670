// Where a course file is given: chosen, or dropped anywhere on the page.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import type { AppState } from '../session/state';
import type { CreateState } from './createState';
import { talkBegin } from './importTalk';

const KINDS = '.kml,.kmz,.gpx,.tcx,.fit,.geojson,.json,.csv,.txt,.wkt,.osm,.xml,.zip,.gz';

// Anywhere on the page: a file that misses the panel would be opened by the browser instead.
function useDrop(over: (is: boolean) => void, take: (files: FileList | null | undefined) => void): void {
    useEffect(() => {
        const files = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
        const drag = (event: DragEvent): void => {
            if (files(event)) {
                event.preventDefault();
                over(true);
            }
        };
        const leave = (event: DragEvent): void => {
            if (event.relatedTarget === null) {
                over(false);
            }
        };
        const drop = (event: DragEvent): void => {
            if (files(event)) {
                event.preventDefault();
                over(false);
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
}

/** How the import stands, in a sentence. */
function Said({ create, many }: { create: CreateState; many: boolean }) {
    const talk = create.talk.value;
    const host = useRef<HTMLParagraphElement>(null);
    const wrong = many ? t('create.fileMany') : talk?.wrong ?? null;
    useEffect(() => {
        if (wrong !== null) {
            host.current?.scrollIntoView({ block: 'nearest' });
        }
    }, [wrong]);
    if (wrong !== null) {
        return <p ref={host} role="alert" class="error" data-import="said">{wrong}</p>;
    }
    if (!talk || talk.question) {
        return null;
    }
    return <p role="status" class="soft" data-import="said">{talk.busy ? t('create.fileBusy') : talk.course && t('create.fileDone', { name: talk.course.shortName })}</p>;
}

/** A course file from the viewer's disk. */
export function ImportCourse({ state, create }: { state: AppState; create: CreateState }) {
    const over = useSignal(false);
    const many = useSignal(false);
    const input = useRef<HTMLInputElement>(null);
    const take = (files: FileList | null | undefined): void => {
        const file = files?.[0];
        many.value = (files?.length ?? 0) > 1;
        if (file && !many.value) {
            talkBegin(state, create, file);
        }
        if (input.current) {
            input.current.value = '';
        }
    };
    useDrop((is) => { over.value = is; }, take);
    return (
        <section class={`panel drop ${over.value ? 'over' : ''}`} aria-labelledby="import-title">
            <h2 id="import-title">{t('create.file')}</h2>
            <label class="field">
                <span>{t('create.fileHint')}</span>
                <input ref={input} type="file" accept={KINDS} data-import="file" onChange={(e) => take(e.currentTarget.files)} />
            </label>
            <Said create={create} many={many.value} />
        </section>
    );
}
