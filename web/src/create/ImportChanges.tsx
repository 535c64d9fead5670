// What can be changed of a course that was just imported. Each change imports the file again; map, notes and length follow.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { locale, t } from '../i18n';
import type { Key } from '../i18n';
import * as format from '../model/format';
import type { ImportTalk } from '../model/importQuestion';
import { parseNumber, parseWhole } from '../model/number';
import type { AppState } from '../session/state';
import type { ImportOptions } from '../wire/api';
import type { CreateState } from './createState';
import { talkDiscard, talkSay } from './importTalk';
import { lengthText, lineName } from './ImportQuestion';

const TYPED_MS = 700;

interface Props {
    state: AppState;
    create: CreateState;
    talk: ImportTalk;
}

interface FieldProps {
    name: string;
    label: string;
    hint?: string;
    mode?: 'text' | 'numeric' | 'decimal';
    value: string;
    /** What the text means; a key of what is wrong with it. */
    read: (text: string) => ImportOptions | Key;
    say: (change: ImportOptions) => void;
}

// What is typed is sent when the typing stops, or when the field is left.
function Field({ name, label, hint, mode = 'text', value, read, say }: FieldProps) {
    const typed = useSignal<string | null>(null);
    const wrong = useSignal<Key | null>(null);
    const timer = useRef<ReturnType<typeof setTimeout>>();
    useEffect(() => () => clearTimeout(timer.current), []);
    useEffect(() => { typed.value = wrong.value = null; }, [value]);
    const send = (): void => {
        clearTimeout(timer.current);
        const text = typed.value?.trim();
        if (text === undefined || text === value) {
            typed.value = wrong.value = null;
            return;
        }
        const change = read(text);
        wrong.value = typeof change === 'string' ? change : null;
        if (typeof change !== 'string') {
            say(change);
        }
    };
    const type = (text: string): void => {
        typed.value = text;
        clearTimeout(timer.current);
        timer.current = setTimeout(send, TYPED_MS);
    };
    return (
        <div class="field">
            <label for={`import-${name}`}>{label}</label>
            <input id={`import-${name}`} type="text" inputMode={mode} autocomplete="off" data-import={name} value={typed.value ?? value} aria-invalid={wrong.value !== null}
                aria-describedby={wrong.value !== null ? `import-${name}-wrong` : hint ? `import-${name}-hint` : undefined}
                onInput={(e) => type(e.currentTarget.value)} onChange={send} />
            {hint && <span class="hint wrap" id={`import-${name}-hint`}>{hint}</span>}
            {wrong.value !== null && <span class="error" id={`import-${name}-wrong`} role="alert">{t(wrong.value)}</span>}
        </div>
    );
}

function LineField({ state, create, talk }: Props) {
    return (
        <div class="field">
            <label for="import-line">{t('ask.line')}</label>
            <select id="import-line" data-import="line" value={talk.options.line} onChange={(e) => talkSay(state, create, { line: e.currentTarget.value, laps: undefined })}>
                {talk.lines.map((c, k) => <option key={k} value={String(c.line)}>{`${k + 1} · ${lineName(c)} · ${lengthText(state, c.distance ?? 0)}`}</option>)}
            </select>
        </div>
    );
}

/** Laps, direction, line, names and declared length, with the import's own values filled in. */
export function ImportChanges({ state, create, talk }: Props) {
    const { options, course } = talk;
    const say = (change: ImportOptions): void => talkSay(state, create, change);
    const unitM = format.unitM(state.units.value);
    const laps = (text: string): ImportOptions | Key => {
        const n = text === '' ? undefined : parseWhole(text, locale.value);
        return n !== undefined && !(n >= 1) ? 'form.laps' : { laps: n };
    };
    const distance = (text: string): ImportOptions | Key => {
        const n = text === '' ? undefined : parseNumber(text, locale.value);
        return n !== undefined && !(n > 0) ? 'import.distanceWrong' : { distance: n === undefined ? undefined : n * unitM };
    };
    return (
        <fieldset class="changes">
            <legend>{t('import.change')}</legend>
            {talk.lines.length > 0 && <LineField state={state} create={create} talk={talk} />}
            <div class="pair">
                <Field name="laps" label={t('create.fileLaps')} mode="numeric" value={format.number(course!.laps ?? 1, locale.value)} read={laps} say={say} />
                <Field name="distance" label={t('import.distance', { unit: t(`unit.${state.units.value}`) })} hint={t('create.fileLapsHint')} mode="decimal"
                    value={options.distance === undefined ? '' : format.distance(options.distance, state.units.value, locale.value)} read={distance} say={say} />
            </div>
            <div class="pair">
                <Field name="longName" label={t('import.longName')} value={course!.longName} read={(text) => ({ longName: text === '' ? undefined : text })} say={say} />
                <Field name="name" label={t('create.fileName')} value={course!.shortName} read={(text) => ({ shortName: text === '' ? undefined : text })} say={say} />
            </div>
            <label class="check">
                <input type="checkbox" data-import="reverse" checked={options.reverse === true} onChange={(e) => say({ reverse: e.currentTarget.checked })} />
                {t('create.fileReverse')}
            </label>
            <div class="row">
                {talk.created && <button type="button" class="small" data-import="discard" onClick={() => talkDiscard(state, create)}>{t('import.discard')}</button>}
                <span class="soft">{t('import.changeHint')}</span>
            </div>
        </fieldset>
    );
}
