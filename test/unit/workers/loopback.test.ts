// How the two halves of pdf.js talk inside one thread: in order, by reference, until somebody closes.
import { describe, expect, test, vi } from 'vitest';
import { LoopbackPort } from '../../../workers/loopback.ts';

function pair() {
  const [one, other] = LoopbackPort.pair();
  const heard: unknown[] = [];
  other.addEventListener('message', ({ data }) => heard.push(data));
  return { one, other, heard };
}

describe('a message', () => {
  test('is heard at the other end, in order, after the sender has gone on', async () => {
    const { one, heard } = pair();
    one.postMessage({ chunk: { at: 1 } });
    one.postMessage({ chunk: { at: 2 } });
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual([{ chunk: { at: 1 } }, { chunk: { at: 2 } }]);
  });

  test('holds what its chunk held when it was sent, although the sender fills it again', async () => {
    const { one, heard } = pair();
    const chunk = { items: ['first'] };
    one.postMessage({ chunk });
    chunk.items = [];
    await Promise.resolve();
    expect(heard).toEqual([{ chunk: { items: ['first'] } }]);
  });

  test('holds the operators that it held when it was sent, although the sender empties their arrays', async () => {
    const { one, heard } = pair();
    const chunk = { fnArray: [10, 12], argsArray: [null, [1]], lastChunk: true };
    one.postMessage({ chunk });
    chunk.fnArray.length = 0;
    chunk.argsArray.length = 0;
    await Promise.resolve();
    expect(heard).toEqual([{ chunk: { fnArray: [10, 12], argsArray: [null, [1]], lastChunk: true } }]);
  });

  test('is not heard by a listener whose signal has aborted, nor after closing', async () => {
    const [one, other] = LoopbackPort.pair();
    const [left, stayed] = [vi.fn(), vi.fn()];
    const leaving = new AbortController();
    other.addEventListener('message', left, { signal: leaving.signal });
    other.addEventListener('message', stayed);
    leaving.abort();
    one.postMessage({});
    await Promise.resolve();
    one.close();
    one.postMessage({});
    await Promise.resolve();
    expect(left).not.toHaveBeenCalled();
    expect(stayed).toHaveBeenCalledOnce();
  });

  test('with an error tells it to the receiver, who may be asked nowhere else', () => {
    const { one, other } = pair();
    other.onError = vi.fn();
    one.postMessage({ reason: 'too large' });
    expect(other.onError).toHaveBeenCalledExactlyOnceWith('too large');
  });
});

test('decoded pictures are shown to whoever wants to change them, before they are heard', async () => {
  const { one, other, heard } = pair();
  const picture = { kind: 2, width: 4, height: 4, data: null };
  other.onPicture = (passing) => {
    passing.width = 2;
  };
  one.postMessage({ data: ['img_1', 0, 'Image', picture] });
  one.postMessage({ data: ['img_2', 0, 'Image', null] });
  one.postMessage({ data: ['font_1', 'Font', { width: 9 }] });
  await Promise.resolve();
  expect(heard).toEqual([
    { data: ['img_1', 0, 'Image', { ...picture, width: 2 }] },
    { data: ['img_2', 0, 'Image', null] },
    { data: ['font_1', 'Font', { width: 9 }] },
  ]);
});
