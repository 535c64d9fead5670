// The profile under the live map, with the field of the moment that the map draws.
import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import { DARK, LIGHT } from '../map/palette';
import type { LiveMap } from '../map/livemap';
import type { Between } from '../model/frames';
import { profileOf } from '../model/profile';
import type { Profile } from '../model/profile';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { drawField } from './fieldDots';
import type { Named } from './fieldDots';
import { ProfileStrip } from './ProfileStrip';

const EVERY_MS = 250;
/** From so many competitors on every fourth time is enough. */
const MANY = 5_000;
const MANY_EVERY = 4;
/** Room for the names of the followed. */
const TOP_PX = 20;

interface Props {
    state: AppState;
    session: RaceSession;
    map: { current: LiveMap | null };
}

function followed({ state, session }: Props): Named[] {
    return state.followed.peek().map((bib) => {
        const number = session.competitors.numberOf(bib);
        const name = session.competitors.roster.nameOf(number);
        return { number, name: name === '' ? String(bib) : name };
    });
}

function Field({ of, profile, width, height }: { of: Props; profile: Profile; width: number; height: number }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useEffect(() => {
        const { state, session, map } = of;
        const dark = matchMedia('(prefers-color-scheme: dark)');
        const c = canvas.current!.getContext('2d');
        let drawn: Between | null = null;
        const draw = (anew: boolean): void => {
            const between = map.current?.places.shown() ?? null;
            if (!c || !between || document.hidden || (!anew && between.from === drawn?.from && between.share === drawn.share)) {
                return;
            }
            drawn = between;
            const bib = state.selected.peek();
            drawField(c, profile, between, followed(of), bib === null ? -1 : session.competitors.numberOf(bib), {
                width, height, top: TOP_PX, dpr: devicePixelRatio, palette: dark.matches ? DARK : LIGHT, font: `600 12px ${getComputedStyle(document.body).fontFamily}`,
            });
        };
        const themed = (): void => draw(true);
        dark.addEventListener('change', themed);
        let turn = 0;
        const timer = setInterval(() => {
            turn = (turn + 1) % MANY_EVERY;
            if (turn === 0 || session.competitors.n <= MANY) {
                draw(false);
            }
        }, EVERY_MS);
        const stop = effect(() => {
            void [state.selected.value, state.followed.value, state.named.value];
            draw(true);
        });
        return () => {
            clearInterval(timer);
            stop();
            dark.removeEventListener('change', themed);
        };
    }, [profile, width, height]);
    const scale = devicePixelRatio;
    return <canvas ref={canvas} class="profile-field" width={Math.round(width * scale)} height={Math.round(height * scale)} aria-hidden="true" />;
}

export function LiveProfile(props: Props) {
    const { state } = props;
    const course = state.course.value;
    const profile = profileOf(course);
    return profile && (
        <ProfileStrip profile={profile} units={state.units.value} spans={course!.trackside.geofenceSpans ?? []} top={TOP_PX}>
            {({ width, height }) => width > 0 && <Field of={props} profile={profile} width={width} height={height} />}
        </ProfileStrip>
    );
}
