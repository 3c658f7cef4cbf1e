// Owns the second process of the file's tests: opens the store of its argument and prints what came of it.
import { openCryptoStore } from '../../src/store/cryptoStore.ts';
import { CryptoStoreError } from '../../src/store/errors.ts';

const [path = ''] = process.argv.slice(2);
try {
  await openCryptoStore(path).close();
  console.log('opened');
} catch (error) {
  console.log(error instanceof CryptoStoreError ? error.code : error);
}
