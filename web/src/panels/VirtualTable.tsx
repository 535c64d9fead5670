// A table of any length: only the rows in view are in the document.
import { useEffect, useRef, useState } from 'preact/hooks';
import { language, t } from '../i18n';
import { Mark } from '../model/alarm';
import type { BoardRow } from '../wire/types';
import { COLUMNS, StatusSign } from './columns';
import type { ColumnKey, Show } from './columns';
import { useFitting } from './fitting';

/** Before a row was measured: its height follows the size of the screen (--row). */
const FIRST_ROW_PX = 30;
const SPARE = 6;

export interface TableSort {
    column: ColumnKey;
    descending: boolean;
}

interface Props {
    name: string;
    caption: string;
    columns: ColumnKey[];
    count: number;
    rowAt: (k: number) => BoardRow;
    show: Show;
    sort: TableSort | null;
    onSort: (sort: TableSort | null) => void;
    selected: number | null;
    onSelect: (bib: number | null) => void;
    /** Why a row is marked. */
    alarm: (row: BoardRow) => Mark;
    /** The last row is in sight. */
    onEnd?: () => void;
}

function Head({ column, sort, onSort, show }: { column: ColumnKey; sort: TableSort | null; onSort: Props['onSort']; show: Show }) {
    const { head, value, down } = COLUMNS[column];
    const mine = sort?.column === column ? sort : null;
    const click = (): void => {
        const first = down ?? false;
        onSort(!mine ? { column, descending: first } : mine.descending === first ? { column, descending: !first } : null);
    };
    const text = head(show.units);
    return (
        <th scope="col" class={`col-${column}`} aria-sort={mine ? (mine.descending ? 'descending' : 'ascending') : undefined}>
            {value
                ? (
                    <button type="button" class="sort" onClick={click} title={t('col.sort', { column: text })}>
                        {text}{mine && <span aria-hidden="true">{mine.descending ? ' ▼' : ' ▲'}</span>}
                    </button>
                )
                : text}
        </th>
    );
}

function Row({ row, k, columns, props }: { row: BoardRow; k: number; columns: ColumnKey[]; props: Props }) {
    const selected = props.selected === row.competitorId;
    const alarm = props.alarm(row);
    const select = (): void => props.onSelect(selected ? null : row.competitorId);
    return (
        <tr class={`${selected ? 'selected' : ''} ${alarm !== Mark.None ? 'alarm' : ''}`} data-bib={row.competitorId} aria-rowindex={k + 2} onClick={select}>
            {columns.map((key) => (key === 'bib'
                ? (
                    <th key={key} scope="row" class="col-bib">
                        {row.status !== undefined && <StatusSign status={row.status} />}
                        <button type="button" class="bib" aria-pressed={selected} onClick={(e) => { e.stopPropagation(); select(); }}>
                            {alarm !== Mark.None && <span class="warm" role="img" aria-label={t(alarm === Mark.Still ? 'board.alarm.still' : 'board.alarm')}>▲ </span>}
                            {row.competitorId}
                        </button>
                    </th>
                )
                : <td key={key} class={`col-${key}`}>{COLUMNS[key].cell(row, props.show)}</td>))}
        </tr>
    );
}

function indexOf(props: Props, bib: number): number {
    for (let k = 0; k < props.count; k++) {
        if (props.rowAt(k).competitorId === bib) {
            return k;
        }
    }
    return -1;
}

function rowHeight(box: HTMLElement): number {
    return parseFloat(getComputedStyle(box).getPropertyValue('--row')) || FIRST_ROW_PX;
}

/** A table of any length: only the rows in sight are in the document. Rows have one height. Columns that do not fit are
 * left out (fitting.ts). */
export function VirtualTable(props: Props) {
    const { count } = props;
    const scroll = useRef<HTMLDivElement>(null);
    const [top, setTop] = useState(0);
    const [{ width, height, rowPx }, setSize] = useState({ width: 0, height: 600, rowPx: FIRST_ROW_PX });
    const columns = useFitting(scroll, props.columns, width, `${language.value} ${props.show.units}`);
    useEffect(() => {
        const box = scroll.current!;
        const sized = new ResizeObserver(() => setSize({ width: box.clientWidth, height: box.clientHeight, rowPx: rowHeight(box) }));
        sized.observe(box);
        return () => sized.disconnect();
    }, []);
    useEffect(() => {
        scroll.current!.scrollTop = 0;
        setTop(0);
    }, [props.name, props.sort]);
    useEffect(() => {
        const k = props.selected === null ? -1 : indexOf(props, props.selected);
        const box = scroll.current!;
        const y = k * rowPx;
        if (k >= 0 && (y < box.scrollTop || y + 2 * rowPx > box.scrollTop + box.clientHeight)) {
            box.scrollTop = Math.max(0, y - box.clientHeight / 2 + rowPx);
        }
    }, [props.selected, props.name]);
    const from = Math.max(0, Math.min(count, Math.floor(top / rowPx) - SPARE));
    const to = Math.min(count, Math.ceil((top + height) / rowPx) + SPARE);
    const rows = [];
    for (let k = from; k < to; k++) {
        const row = props.rowAt(k);
        rows.push(<Row key={row.competitorId} row={row} k={k} columns={columns} props={props} />);
    }
    const moved = (): void => {
        const at = scroll.current!.scrollTop;
        if (Math.abs(at - top) >= rowPx) {
            setTop(at);
        }
        if (at + height >= (count - 1) * rowPx) {
            props.onEnd?.();
        }
    };
    return (
        <div ref={scroll} class="board-scroll" tabIndex={0} role="group" aria-label={props.caption} onScroll={moved}>
            <table data-board={props.name} aria-rowcount={count + 1}>
                <caption class="sr">{props.caption}</caption>
                <thead>
                    <tr aria-rowindex={1}>
                        {columns.map((key) => <Head key={key} column={key} sort={props.sort} onSort={props.onSort} show={props.show} />)}
                    </tr>
                </thead>
                <tbody>
                    {from > 0 && <tr class="space" aria-hidden="true" style={{ height: `${from * rowPx}px` }} />}
                    {rows}
                    {to < count && <tr class="space" aria-hidden="true" style={{ height: `${(count - to) * rowPx}px` }} />}
                </tbody>
            </table>
        </div>
    );
}
