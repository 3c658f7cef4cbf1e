// Owns the text of XFA forms, whose pages are a tree of HTML-like nodes instead of text runs.

/** A node of pdf.js's `page.getXfa()`. */
export type XfaNode = {
  name?: string;
  value?: string;
  attributes?: { textContent?: string; value?: unknown; checked?: boolean; selected?: boolean; type?: string };
  children?: (XfaNode | null | undefined)[];
};

const BLOCKS = new Set([
  'div',
  'p',
  'li',
  'tr',
  'table',
  'ul',
  'ol',
  'br',
  'textarea',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
]);

/** Labels and filled-in values in the order of the form, a block a line. */
export function xfaText(root: XfaNode | null): string {
  const parts: string[] = [];
  if (root) walk(root, parts);
  return parts
    .join('')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ ?\n[ \n]*/g, '\n')
    .trim();
}

function walk(node: XfaNode, parts: string[]): void {
  const { name = '', attributes = {}, children = [] } = node;
  if (name === 'option' && !attributes.selected) return;
  parts.push(BLOCKS.has(name) ? '\n' : ' ', ownText(node, name, attributes));
  for (const child of children) if (child) walk(child, parts);
  if (BLOCKS.has(name)) parts.push('\n');
}

function ownText(node: XfaNode, name: string, attributes: NonNullable<XfaNode['attributes']>): string {
  if (name === 'input' && (attributes.type === 'checkbox' || attributes.type === 'radio')) {
    return attributes.checked ? '☒' : '';
  }
  if (name === 'input') return typeof attributes.value === 'string' ? attributes.value : '';
  return attributes.textContent ?? node.value ?? '';
}
