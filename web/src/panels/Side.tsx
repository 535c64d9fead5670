import { Charts } from '../charts/Charts';
import type { AppState } from '../session/state';
import type { Watch } from '../session/raceSession';
import { Announcer } from './Announcer';
import { Boards } from './Boards';
import { Counts } from './Counts';
import { Lag } from './Lag';
import { Runner } from './Runner';
import { About, TakeAway } from './About';
import { useStillness } from './useStationary';

/** Everything beside the map; loaded while the first dots are on their way. */
export function Side({ state, watch }: { state: AppState; watch: Watch }) {
    const stillness = useStillness(state, watch);
    return (
        <>
            <Counts state={state} />
            <Runner state={state} watch={watch} stillness={stillness} />
            <Boards state={state} watch={watch} stillness={stillness} />
            <Announcer state={state} watch={watch} />
            <div class="folds">
                <Charts state={state} watch={watch} />
                <Lag state={state} watch={watch} />
                <About state={state} />
                <TakeAway state={state} />
            </div>
        </>
    );
}
