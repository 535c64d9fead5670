// Which columns of a table are shown: those that fit into its box. The width of a column depends on the language, the
// units and the text size, so it is measured in the document: while the table is wider than its box, the column that
// matters least is left out. A wider box, another language or another list of columns begins with all columns again.
import { useLayoutEffect, useState } from 'preact/hooks';
import type { ColumnKey } from './columns';

/** What matters least comes first. What is not listed always stays. */
const LEAST_FIRST: readonly ColumnKey[] = ['toGo', 'gap', 'checkpoint', 'finishedAt', 'dwellTotal', 'pace', 'distance'];

/** The columns without the `dropped` least important ones, in their order. */
export function withoutLeast(columns: readonly ColumnKey[], dropped: number): ColumnKey[] {
    const gone = LEAST_FIRST.filter((c) => columns.includes(c)).slice(0, dropped);
    return columns.filter((c) => !gone.includes(c));
}

/**
 * The columns that fit into `box`, whose width is `widthPx`. `words` changes with what else makes columns wider or narrower.
 * It ends: columns that are not in LEAST_FIRST stay.
 */
export function useFitting(box: { current: HTMLElement | null }, columns: readonly ColumnKey[], widthPx: number, words: string): ColumnKey[] {
    const key = `${columns.join()} ${widthPx} ${words}`;
    const [dropped, setDropped] = useState({ key, count: 0 });
    const count = dropped.key === key ? dropped.count : 0;
    useLayoutEffect(() => {
        const { scrollWidth, clientWidth } = box.current!;
        if (scrollWidth > clientWidth && withoutLeast(columns, count + 1).length < withoutLeast(columns, count).length) {
            setDropped({ key, count: count + 1 });
        }
    });
    return withoutLeast(columns, count);
}
