// Owns the process that is killed: writes one transaction after the other and prints the number of each that was completed.
import { openCryptoStore } from '../../src/store/cryptoStore.ts';
import { ending, openDatabase, result } from './promises.ts';

/** Three records in two stores a transaction; the pickle is as long as a session's. */
const [path = ''] = process.argv.slice(2);
const store = openCryptoStore(path);
const db = await openDatabase(store.indexedDB, 'db', 1, (fresh) => {
  fresh.createObjectStore('sessions').createIndex('by round', 'round');
  fresh.createObjectStore('core');
});
const next = await result<number>(db.transaction('sessions').objectStore('sessions').index('by round').count());
for (let n = next / 2; ; n++) {
  const transaction = db.transaction(['sessions', 'core'], 'readwrite');
  const sessions = transaction.objectStore('sessions');
  await result(sessions.put({ round: n, pickle: 'p'.repeat(2_500) }, `${n}/first`));
  await result(sessions.put({ round: n, pickle: 'q'.repeat(2_500) }, `${n}/second`));
  transaction.objectStore('core').put(n, 'last');
  transaction.commit();
  const { type } = await ending(transaction);
  if (type !== 'complete') throw new Error(`transaction ${n} ended with ${type}`);
  process.stdout.write(`${n}\n`);
}
