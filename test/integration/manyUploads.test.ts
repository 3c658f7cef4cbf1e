// More uploads than a minute allows: nothing is lost, the member is told once, and the others wait for their turn.
import { expect, test } from 'vitest';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const paper = (n: number) => ({
  name: `paper${n}.pdf`,
  bytes: writePdf({ pages: [{ lines: [`Paper number ${n} of the series is about the weather.`] }] }),
});
const slowed = ({ anna, roomId, botId }: Rig) =>
  anna
    .timeline(roomId)
    .filter(({ sender, content }) => sender === botId && String(content.body).includes('one after the other'));

test('over MEMBER_UPLOADS_PER_MINUTE they wait, the member is told once, and all are answered', async () => {
  // Twenty a minute: the 21st waits 3 s, and each further one 3 s more.
  const rig = await createRig({ MEMBER_UPLOADS_PER_MINUTE: '20' });
  const posted = await rig.post(Array.from({ length: 23 }, (_, n) => paper(n)));
  const startedAt = performance.now();
  const messages = await rig.ended(posted);
  expect(performance.now() - startedAt).toBeGreaterThan(6_000);
  for (const [n, message] of messages.entries()) expect(JSON.stringify(message)).toContain(`Paper number ${n} of`);
  expect(slowed(rig)).toHaveLength(1);
  expect(slowed(rig)[0]?.content.body).toContain('more than 20 files in a minute');
});
