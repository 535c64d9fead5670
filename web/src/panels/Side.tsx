import { Charts } from '../charts/Charts';
import type { AppState } from '../state';
import type { Watch } from '../watch';
import { Boards } from './Boards';
import { Counts } from './Counts';
import { Lag } from './Lag';
import { RaceFacts } from './RaceFacts';
import { Runner } from './Runner';
import { Settings } from './Settings';

/** Everything beside the map; loaded while the first dots are on their way. */
export function Side({ state, watch }: { state: AppState; watch: Watch }) {
    return (
        <>
            <Counts state={state} />
            <Runner state={state} watch={watch} />
            <Boards state={state} watch={watch} />
            <Charts state={state} watch={watch} />
            <Lag state={state} watch={watch} />
            <RaceFacts state={state} />
            <Settings state={state} />
        </>
    );
}
