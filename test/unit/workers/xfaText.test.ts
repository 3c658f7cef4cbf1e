// What stands in an XFA form: labels, values, ticked boxes, chosen options.
import { expect, test } from 'vitest';
import { type XfaNode, xfaText } from '../../../workers/xfaText.ts';

const text = (value: string): XfaNode => ({ name: '#text', value });

test('the labels and values of a form are its text, a block a line', () => {
  const form: XfaNode = {
    name: 'div',
    children: [
      { name: 'p', children: [{ name: 'span', children: [text('Application')] }] },
      {
        name: 'div',
        children: [
          { name: 'span', children: [text('Name')] },
          { name: 'input', attributes: { type: 'text', value: 'Ada' } },
        ],
      },
      {
        name: 'div',
        children: [
          { name: 'input', attributes: { type: 'checkbox', checked: true } },
          { name: 'span', children: [text('I agree')] },
        ],
      },
      {
        name: 'select',
        children: [
          { name: 'option', value: 'Oslo', attributes: { selected: true } },
          { name: 'option', value: 'Rome', attributes: {} },
        ],
      },
      { name: 'textarea', attributes: { textContent: 'Two\nlines' } },
    ],
  };
  expect(xfaText(form)).toBe('Application\nName Ada\n☒ I agree\nOslo\nTwo\nlines');
});

test('a page without a form has no text', () => {
  expect(xfaText(null)).toBe('');
});
