// What a chart is made of, in plain values: views.ts fills it from the race, Plot.tsx and Chart.tsx draw it.
import type { AlignedData } from 'uplot';

export type Name = 'finishers' | 'perMark' | 'pace' | 'lag';

/** How a series looks. Lines differ in dash or marks as well as in colour. */
export interface Look {
    path: 'line' | 'step' | 'bars' | 'edge';
    /** A CSS variable of the page. */
    colour: string;
    dash?: number[];
    marks?: boolean;
}

export interface Axis {
    label: string;
    steps: number[];
    ticks: (values: readonly number[]) => string[];
    /** It begins at 0, not at the least value. */
    fromZero?: boolean;
}

/** One entry of the legend. */
export interface Entry {
    look: Look;
    text: string;
}

export interface View {
    name: Name;
    /** With the unit of the y axis. */
    title: string;
    /** The main figures in a few words. */
    figures: string;
    /** Why there is nothing to see; null: there is. */
    empty: string | null;
    /** What one has to know about what is seen. */
    note: string | null;
    x: Axis;
    y: Axis;
    looks: Look[];
    /** Two series (1 …) between which the ground is tinted. */
    band: { series: [number, number]; colour: string } | null;
    legend: Entry[];
    data: AlignedData;
    /** The same as text. */
    head: string[];
    rows: string[][];
}
