// The panel beside the map.
import { Charts } from '../charts/Charts';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { Announcer } from './Announcer';
import { Boards } from './Boards';
import { Checkpoints } from './Checkpoints';
import { Counts } from './Counts';
import { Lag } from './Lag';
import { Runner } from './CompetitorCard';
import { About, TakeAway } from './About';
import { useStationary } from './useStationary';

/** Everything beside the map; loaded while the first dots are on their status. */
export function Side({ state, session }: { state: AppState; session: RaceSession }) {
    const stationary = useStationary(state, session);
    return (
        <>
            <Counts state={state} />
            <Runner state={state} session={session} stationary={stationary} />
            <Boards state={state} session={session} stationary={stationary} />
            <Announcer state={state} session={session} />
            <div class="folds">
                <Checkpoints state={state} />
                <Charts state={state} session={session} />
                <Lag state={state} session={session} />
                <About state={state} />
                <TakeAway state={state} />
            </div>
        </>
    );
}
