import { NameCells, NumberCells } from "../columns/cells";
import { connect, duckdb } from "../duckdb";

/** DuckDB's names of columns: none of the file's comes into a query as a name. */
export function sqlName(position: number): string {
  return `c${position}`;
}

/** A text of true or false in SQL: as a number. */
export function flagInSql(name: string): string {
  const text = `lower(trim(${name}))`;
  return (
    `CASE WHEN ${text} IN ('true', 'yes', 't', 'y', '1', '1.0') THEN 1::DOUBLE ` +
    `WHEN ${text} IN ('false', 'no', 'f', 'n', '0', '0.0') THEN 0::DOUBLE ` +
    `WHEN ${name} IS NULL THEN NULL ELSE error('Could not convert string "' || ${name} || '"') END`
  );
}

/** Rows as DuckDB gives them. */
export interface RowChunk {
  readonly rowCount: number;
  readonly columnCount: number;
  getColumnVector(column: number): object;
}

/** What DuckDB says of a file that it can't read. */
export class ScanError extends Error {}

const endsEarly = "its rows end where one can't be read";

/** What DuckDB says of the row at which a stream of a query has ended. */
export async function faultOf(query: string): Promise<string> {
  const connection = await connect();
  try {
    await connection.run(`SELECT count(COLUMNS(*)) FROM (${query})`);
    return endsEarly;
  } catch (error) {
    return (error as Error).message.split("\n")[0].replace(/^Invalid Input Error: /, "");
  } finally {
    connection.closeSync();
  }
}

/**
 * A query with a row more, of nothing but a mark. DuckDB's stream ends in the same way after the last row and at one that
 * can't be read: only the mark tells that no row is lacking.
 */
function withEndMark(query: string): string {
  return `SELECT *, false AS "end of rows" FROM (${query}) UNION ALL BY NAME SELECT true AS "end of rows"`;
}

function isEndMark(chunk: RowChunk): boolean {
  const marks = chunk.getColumnVector(chunk.columnCount - 1);
  if (!(marks instanceof duckdb().DuckDBBooleanVector))
    throw new TypeError("DuckDB gives no mark of the end");
  const isEnd = marks.getItem(chunk.rowCount - 1) === true;
  if (isEnd && chunk.rowCount > 1) throw new TypeError("DuckDB gives the mark of the end among rows");
  return isEnd;
}

/** The chunks of rows that a query gives, as they come; in constant memory. @throws {ScanError} */
export async function* scan(query: string, signal?: AbortSignal): AsyncGenerator<RowChunk> {
  const connection = await connect();
  const told = (error: Error) => {
    throw new ScanError(error.message);
  };
  let next: Promise<RowChunk | null> | undefined;
  try {
    const result = await connection.stream(withEndMark(query)).catch(told);
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await (next ?? result.fetchChunk()).catch(told);
      if (!chunk || chunk.rowCount === 0) throw new ScanError(endsEarly);
      if (isEndMark(chunk)) return;
      next = result.fetchChunk(); // is on its way while this one is taken in
      next.catch(() => {}); // it is thrown where it is awaited
      yield chunk;
    }
  } finally {
    connection.interrupt(); // what is not read is not computed
    await next?.catch(() => {});
    connection.closeSync();
  }
}

/** Sets the rows of a chunk in columns, from a row on, from DuckDB's memory into theirs. */
export function setChunk(chunk: RowChunk, cells: readonly (NumberCells | NameCells)[], row: number): void {
  const { DuckDBDoubleVector, DuckDBVarCharVector } = duckdb();
  for (const [i, column] of cells.entries()) {
    const vector = chunk.getColumnVector(i);
    if (column instanceof NumberCells && vector instanceof DuckDBDoubleVector) {
      const { items, validity } = vector as unknown as Stored & { items: Float64Array };
      column.setAll(row, plainNumbers(items, validBytes(validity)));
    } else if (column instanceof NameCells && vector instanceof DuckDBVarCharVector) {
      const { dataView, validity } = vector as unknown as Stored & { dataView: DataView };
      const texts = Buffer.from(dataView.buffer, dataView.byteOffset, textBytes * chunk.rowCount);
      const valid = validBytes(validity);
      for (let i = 0; i < chunk.rowCount; i++) {
        const at = textBytes * i;
        const length = isValid(valid, i) ? texts.readUInt32LE(at) : 0;
        if (length > inlineBytes) column.set(row + i, vector.getItem(i) ?? "");
        else column.setText(row + i, texts, at + 4, at + 4 + length);
      }
    } else throw new TypeError(`DuckDB gives column ${i} as ${vector.constructor.name}`);
  }
}

/** NaN in place of numbers whose bit in `valid` is 0, and in one form of its many; −0 without its sign. */
function plainNumbers(numbers: Float64Array, valid: Uint8Array | undefined): Float64Array {
  return numbers.map((number, i) => (isValid(valid, i) && !Number.isNaN(number) ? number + 0 : Number.NaN));
}

/** DuckDB has so many bytes of a text: its length, and then the text itself if it is no longer than the rest. */
const textBytes = 16;
const inlineBytes = textBytes - 4;

/** Whether a row's bit is set. */
function isValid(valid: Uint8Array | undefined, row: number): boolean {
  return !valid || (valid[row >> 3] & (1 << (row & 7))) !== 0;
}

/** What a vector of DuckDB's holds, which its types keep to themselves: reading it value by value takes several times as long. */
interface Stored {
  readonly validity: { readonly data: BigUint64Array | null };
}

/** A bit for each row, 0 where there is no value; undefined if every row has one. */
function validBytes({ data }: Stored["validity"]): Uint8Array | undefined {
  if (!data) return undefined;
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  return words.every((word) => word === -1)
    ? undefined
    : new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
