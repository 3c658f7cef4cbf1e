// Owns the walk of a cursor that changes records on its way.
import type { IDBCursorWithValue } from '../../src/store/cursor.ts';
import type { IDBRequest } from '../../src/store/request.ts';

/** What is done where the cursor stands, before it goes on. */
export type WalkStep = { do: 'go' } | { do: 'delete' } | { do: 'update'; value: unknown };

/** Walks to the end, one step a record (going on when there are no more), and tells what stood there. */
export function cursorWalk(request: IDBRequest, steps: readonly WalkStep[], isHandled: boolean): Promise<unknown[]> {
  const seen: unknown[] = [];
  return new Promise((resolve, reject) => {
    const refuse = (failed: IDBRequest) => {
      failed.onerror = (event) => {
        if (isHandled) event.preventDefault();
        reject(failed.error);
      };
    };
    refuse(request);
    request.onsuccess = () => {
      const cursor = request.result as IDBCursorWithValue | null;
      if (cursor === null) return resolve(seen);
      try {
        seen.push([cursor.key, cursor.primaryKey, cursor.value]);
        const step = steps[seen.length - 1] ?? { do: 'go' };
        if (step.do === 'delete') refuse(cursor.delete());
        if (step.do === 'update') refuse(cursor.update(step.value));
        cursor.continue();
      } catch (error) {
        reject(error);
      }
    };
  });
}
