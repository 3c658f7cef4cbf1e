// Owns changes to pdf.js that keep its arrays short: strings, names and arrays of a file have no limit there.
import type { Change } from './pdfjsChanges.ts';

/**
 * PDF readers take strings of 32,767 bytes and arrays of 8,191 entries (PDF 32000-1, C.2). A single array of more than 16 MB that
 * goes over a thread's heap limit ends the whole process and not the thread, as V8 has no way back then: one string of 22 million
 * characters, which lies in 54 kB, did it.
 */
const MOST = '1e6';

const STRINGS: Change = {
  from: /getString\(\)\{let e=1,t=!1;const n=this\.strBuf;n\.length=0;let a=this\.nextChar\(\);for\(;;\)\{/,
  to: `$&n.length>${MOST}&&(n.length=${MOST});`,
};

const HEX_STRINGS: Change = {
  from: /getHexString\(\)\{const e=this\.strBuf;e\.length=0;let t=this\.currentChar,n=-1,a=-1;this\._hexStringNumWarn=0;for\(;;\)\{/,
  to: `$&e.length>${MOST}&&(e.length=${MOST});`,
};

const NAMES: Change = {
  from: /getName\(\)\{let e,t;const n=this\.strBuf;n\.length=0;for\(;\(e=this\.nextChar\(\)\)>=0&&!\w+\[e\];\)/,
  to: `$&if(n.length>${MOST})n.length=${MOST};else `,
};

const ARRAYS: Change = {
  from: /n\.push\(this\.getObj\(e\)\);(?=if\(this\.buf1===\w+\)\{if\(this\.recoveryMode\)return n;throw new \w+\("End of file inside array)/,
  to: `{const t=this.getObj(e);n.length<${MOST}&&n.push(t)}`,
};

/** The characters of a font are numbered up to 65,535 (PDF 32000-1, 9.7.4.3). */
const WIDTHS: Change = {
  from: /for\(let e=t;e<=n;e\+\+\)(?=r\[e\]=s\}\}\}if\(n\.vertical\))/,
  to: 'for(let e=t,c=Math.min(n,65535);e<=c;e++)',
};

export const BOUNDS: readonly Change[] = [STRINGS, HEX_STRINGS, NAMES, ARRAYS, WIDTHS];
