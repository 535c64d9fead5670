// The corners of a geofence as a list: everything that the map does with a pointer, by keyboard.
import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import { cornerAdded, cornerDegrees, cornerMoved, cornerRemovable, cornerRemoved } from '../model/corners';
import type { Corner } from '../model/corners';
import { degrees } from '../model/geofence';
import type { LonLat } from '../wire/types';
import type { CreateState } from './createState';
import { fenceChange, fenceChoose } from './geofenceEdit';
import type { FenceDraft } from './createState';

const idOf = ({ ring, at }: Corner): string => `corner-${ring}-${at}`;

// Where the keyboard goes on, once the rows are drawn again.
function focusOn(corner: Corner): void {
    requestAnimationFrame(() => document.getElementById(idOf(corner))?.focus());
}

interface RowProps {
    create: CreateState;
    draft: FenceDraft;
    corner: Corner;
    at: LonLat;
}

const AXES = [
    { index: 1, limit: 90, label: 'create.fenceLat', wrong: 'create.fenceLatWrong' },
    { index: 0, limit: 180, label: 'create.fenceLon', wrong: 'create.fenceLonWrong' },
] as const;

type Axis = (typeof AXES)[number];

function DegreesField({ create, draft, corner, at, axis, n }: RowProps & { axis: Axis; n: string }) {
    const refused = useSignal<string | null>(null);
    const id = axis.index === 1 ? idOf(corner) : `${idOf(corner)}-lon`;
    const set = (text: string): void => {
        const value = cornerDegrees(text, axis.limit);
        refused.value = Number.isNaN(value) ? text : null;
        if (refused.value === null && value !== at[axis.index]) {
            const to: LonLat = axis.index === 1 ? [at[0], value] : [value, at[1]];
            fenceChange(create, cornerMoved(draft.rings, corner, to), corner);
        }
    };
    return (
        <span class="degrees">
            <input id={id} type="text" inputMode="decimal" class="mono" aria-label={t(axis.label, { n })} value={refused.value ?? degrees(at[axis.index])}
                aria-invalid={refused.value !== null} aria-describedby={refused.value === null ? undefined : `${id}-wrong`}
                onFocus={() => fenceChoose(create, corner)} onChange={(e) => set(e.currentTarget.value)} />
            {refused.value !== null && <span class="error" id={`${id}-wrong`} role="alert">{t(axis.wrong)}</span>}
        </span>
    );
}

function CornerRow(props: RowProps) {
    const { create, draft, corner } = props;
    const n = corner.ring === 0 ? String(corner.at + 1) : `${corner.ring + 1}.${corner.at + 1}`;
    const chosen = draft.chosen?.ring === corner.ring && draft.chosen.at === corner.at;
    const add = (): void => {
        const next = { ...corner, at: corner.at + 1 };
        fenceChange(create, cornerAdded(draft.rings, corner), next);
        focusOn(next);
    };
    const remove = (): void => {
        fenceChange(create, cornerRemoved(draft.rings, corner));
        focusOn({ ring: 0, at: Math.max(0, corner.at - 1) });
    };
    return (
        <li class={`corner-row ${chosen ? 'chosen' : ''}`}>
            <span class="corner-n" aria-hidden="true">{n}</span>
            {AXES.map((axis) => <DegreesField key={axis.index} {...props} axis={axis} n={n} />)}
            <button type="button" aria-label={t('create.fenceAdd', { n })} title={t('create.fenceAdd', { n })} onClick={add}>+</button>
            <button type="button" aria-label={t('create.fenceRemove', { n })} title={t('create.fenceRemove', { n })}
                disabled={!cornerRemovable(draft.rings, corner)} onClick={remove}>×</button>
        </li>
    );
}

/** Every corner as two numbers, to be typed. */
export function FenceCorners({ create, draft }: { create: CreateState; draft: FenceDraft }) {
    return (
        <div class="corner-list">
            <p class="corner-head soft" aria-hidden="true"><span /><span>{t('create.lat')}</span><span>{t('create.lon')}</span></p>
            <ul aria-label={t('create.fenceCorners')}>
                {draft.rings.map((ring, r) => ring.map((at, i) => (
                    <CornerRow key={`${r} ${i}`} create={create} draft={draft} corner={{ ring: r, at: i }} at={at} />
                )))}
            </ul>
        </div>
    );
}
