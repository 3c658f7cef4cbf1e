// Owns `node test/bench/bot.ts [single|burst|lag|memory|pictures]`: measures the whole bot on a real homeserver and holds it to its bars.
import { startLab } from '../lab/lab.ts';
import { labDir } from '../lab/labDir.ts';
import { benchBurst } from './burst.ts';
import { type Figure, isMet, toTable } from './figure.ts';
import { benchLag } from './lag.ts';
import { benchMemory } from './memory.ts';
import { benchPictures } from './roomPictures.ts';
import { benchSingle } from './single.ts';

const BENCHES = { single: benchSingle, burst: benchBurst, lag: benchLag, memory: benchMemory, pictures: benchPictures };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(`no bench called ${unknown.join(', ')}: there are ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}

const lab = await startLab(labDir(process.env));
const figures: Figure[] = [];
try {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    figures.push(...(await bench(lab.addresses.synapseUrl)));
  }
} finally {
  await lab.stop();
}
process.stdout.write(`${toTable(figures)}\n`);
process.exitCode = figures.every(isMet) ? 0 : 1;
