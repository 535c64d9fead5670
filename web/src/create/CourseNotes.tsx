// What the import decided and why, in its order. A note with a place shows it on the map.
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { sayNote } from '../i18n/notes';
import type { CreateState } from './createState';

export function CourseNotes({ create }: { create: CreateState }) {
    const list = useRef<HTMLOListElement>(null);
    const notes = create.course.value?.trackside.diagnostics ?? [];
    const chosen = create.note.value;
    useEffect(() => {
        if (chosen?.from === 'map') {
            list.current?.querySelector<HTMLElement>(`[data-note="${chosen.index}"]`)?.focus();
        }
    }, [chosen]);
    if (notes.length === 0) {
        return null;
    }
    return (
        <>
            <h2>{t('create.diagnostics')}</h2>
            <ol class="diagnostics" ref={list}>
                {notes.map((d, i) => (
                    <li key={i} class={`${d.level} ${chosen?.index === i ? 'chosen' : ''}`}>
                        <span aria-hidden="true">{d.level === 'warning' ? '▲' : 'ℹ'} </span>
                        {d.at
                            ? <button type="button" class="note" title={t('note.show')} data-note={i} onClick={() => { create.note.value = { index: i, from: 'list' }; }}>{sayNote(d.code, d.text)}</button>
                            : sayNote(d.code, d.text)}
                    </li>
                ))}
            </ol>
        </>
    );
}
