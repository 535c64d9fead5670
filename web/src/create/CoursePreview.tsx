// The chosen course on a map, with its geofence as it is drawn or edited.
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { counted, t } from '../i18n';
import { baseMap } from '../map/basemap';
import { CourseLayer } from '../map/courselayer';
import type { CourseWords } from '../map/coursesigns';
import * as format from '../model/format';
import { answerOf } from '../model/importQuestion';
import { profileOf } from '../model/profile';
import type { Profile } from '../model/profile';
import { ProfileStrip, profileSentence } from '../profile/ProfileStrip';
import { NO_CONFIG } from '../session/state';
import type { AppState } from '../session/state';
import type { CourseGeoJson } from '../wire/types';
import { CandidateLayer } from './candidateLayer';
import { CourseNotes } from './CourseNotes';
import type { CreateState } from './createState';
import { DrawnFence, EditedFence } from './geofenceLayer';
import { fenceChange, fenceChoose, fenceClose } from './geofenceEdit';
import { lengthText } from './ImportQuestion';
import { talkSay } from './importTalk';

export function CoursePreview({ state, create }: { state: AppState; create: CreateState }) {
    const host = useRef<HTMLDivElement>(null);
    const tiles = state.config.value.tiles;
    const course = create.question.value ? null : create.course.value;
    const profile = profileOf(course);
    useEffect(() => {
        const map = baseMap(host.current!, state.plain.value ? NO_CONFIG : state.config.value, t('map.preview'));
        map.doubleClickZoom.disable();
        const words = (): CourseWords => ({ start: t('map.start'), finish: t('map.finish'), laps: (count) => counted('map.laps', count) });
        let layer: CourseLayer | null = null;
        let editing = false;
        const candidates = new CandidateLayer(map, {
            point: (k) => { create.pointed.value = k; },
            choose: (k) => {
                const question = create.question.peek()!;
                talkSay(state, create, answerOf(question.asks, question.candidates[k]!));
            },
        });
        const drawn = new DrawnFence(map, () => fenceClose(create));
        const edited = new EditedFence(map, {
            change: (rings, chosen) => fenceChange(create, rings, chosen),
            choose: (corner) => fenceChoose(create, corner),
        });
        map.on('click', (e) => {
            const corners = create.drawing.value;
            if (corners) {
                create.drawing.value = [...corners, [e.latlng.lng, e.latlng.lat]];
            }
        });
        const undo = [
            effect(() => {
                layer?.remove();
                const course = create.question.value ? null : create.course.value;
                layer = course ? new CourseLayer(map, course, words(), format.unitM(state.units.value)) : null;
                layer?.showDiagnostics(course?.trackside.diagnostics ?? [], (index) => { create.note.value = { index, from: 'map' }; });
                create.note.value = null;
            }),
            effect(() => {
                if (create.note.value?.from === 'list') {
                    layer?.showNote(create.note.value.index);
                    host.current?.scrollIntoView({ block: 'nearest' });
                }
            }),
            effect(() => candidates.show(create.question.value)),
            effect(() => {
                void create.question.value;
                candidates.point(create.pointed.value);
            }),
            effect(() => drawn.show(create.drawing.value)),
            effect(() => edited.show(create.fence.value)),
            effect(() => {
                const now = create.fence.value !== null;
                if (now !== editing) {
                    editing = now;
                    (now ? edited : layer)?.fit();
                }
            }),
        ];
        const sized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
        sized.observe(host.current!);
        return () => {
            sized.disconnect();
            undo.forEach((u) => u());
            map.remove();
        };
    }, [tiles]);
    return (
        <section class="preview" aria-label={t('map.preview')}>
            <div ref={host} class="map" />
            {profile && <div class="profile"><ProfileStrip profile={profile} units={state.units.value} spans={course!.trackside.geofenceSpans ?? []} top={8} /></div>}
            {course && <CourseNote state={state} create={create} course={course.trackside} profile={profile} />}
        </section>
    );
}

interface NoteProps {
    state: AppState;
    create: CreateState;
    course: CourseGeoJson['trackside'];
    profile: Profile | null;
}

function CourseNote({ state, create, course, profile }: NoteProps) {
    const { distance, lapDistance, laps } = course;
    const length = { distance: lengthText(state, distance), laps: counted('create.laps', laps) };
    return (
        <div class="course-note">
            <p>
                <strong>{course.longName || course.shortName}</strong>{' '}
                <span class="soft" aria-live="polite">
                    {laps > 1 ? t('create.lengthLaps', { ...length, lap: lengthText(state, lapDistance) }) : t('create.length', length)}
                </span>
            </p>
            {profile && <p class="soft">{profileSentence(profile, state.units.value)}</p>}
            <CourseNotes create={create} />
        </div>
    );
}
