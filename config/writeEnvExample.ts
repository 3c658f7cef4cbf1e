// Writes .env.example and the table of variables in README.md (`npm run env:example`); a test keeps both in step with the schema.
import { readFileSync, writeFileSync } from 'node:fs';
import { envExample, variableTable } from './envExample.ts';

const root = new URL('..', import.meta.url);
writeFileSync(new URL('.env.example', root), envExample());
const readme = new URL('README.md', root);
const table = `<!-- variables -->\n\n${variableTable()}\n\n<!-- /variables -->`;
writeFileSync(readme, readFileSync(readme, 'utf8').replace(/<!-- variables -->[\s\S]*<!-- \/variables -->/, table));
