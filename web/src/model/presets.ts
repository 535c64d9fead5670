// Races to begin with: what a choice fills into the form.
import type { RaceFormValues, Spread } from './raceform';

export type PresetName = 'original' | 'parkrun' | 'half' | 'city' | 'sprint' | 'everybody' | 'stress';

type Filled = Omit<RaceFormValues, 'course' | 'hills' | 'seed' | 'startTime'>;

export interface Preset extends Filled {
    /** The course that it is meant for, where there is one of that name. */
    course?: string;
}

const preset = (competitors: number, paces: [string, string, Spread?], stops: [string, number, number], speed: number, course?: string): Preset => ({
    competitors: String(competitors),
    fastest: paces[0],
    slowest: paces[1],
    spread: paces[2] ?? 'field',
    stopPercent: stops[0],
    minPause: String(stops[1]),
    maxPause: String(stops[2]),
    speed: String(speed),
    ...(course === undefined ? {} : { course }),
});

export const PRESETS: Record<PresetName, Preset> = {
    original: preset(100, ['2:24', '8:20', 'uniform'], ['10', 10, 60], 1),
    parkrun: preset(100, ['3:10', '11:00'], ['10', 10, 60], 1, 'crystal'),
    half: preset(2_000, ['3:00', '8:30'], ['0', 10, 60], 10, 'half'),
    city: preset(5_000, ['3:00', '9:00'], ['5', 20, 180], 10),
    sprint: preset(20, ['3:00', '3:10', 'uniform'], ['0', 10, 60], 1),
    everybody: preset(200, ['3:30', '8:00'], ['100', 60, 600], 5),
    stress: preset(50_000, ['2:50', '10:00'], ['10', 10, 300], 1),
};

export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** The form with a preset in it. Nobody can stop where there is no geofence. */
export function presetValues(name: PresetName, before: RaceFormValues, hasGeofence: boolean): RaceFormValues {
    const { course: _, ...filled } = PRESETS[name];
    return { ...before, ...filled, stopPercent: hasGeofence ? filled.stopPercent : '0' };
}

/** Whether the form still says what the preset does; course, seed and start time are anybody's. */
export function presetKept(name: PresetName, values: RaceFormValues, hasGeofence: boolean): boolean {
    const wanted = presetValues(name, values, hasGeofence);
    return (Object.keys(wanted) as (keyof RaceFormValues)[]).every((field) => wanted[field] === values[field]);
}
