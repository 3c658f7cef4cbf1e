// Owns the content of the example invoice.
import type { PdfContent, StyledLine } from '../test/fixtures/pdfWriter.ts';
import { paragraph } from './layout.ts';

const item = (text: string, quantity: string, price: string, amount: string): StyledLine => ({
  cells: [
    { x: 64, text },
    { x: 360, text: quantity, align: 'right' },
    { x: 440, text: price, align: 'right' },
    { x: 531, text: amount, align: 'right' },
  ],
});

const total = (label: string, amount: string, bold = false): StyledLine => ({
  bold,
  cells: [
    { x: 300, text: label },
    { x: 531, text: amount, align: 'right' },
  ],
});

/** One page: a bicycle workshop bills a delivery service for a repair. */
export const invoice: PdfContent = {
  title: 'Invoice 2026-0417',
  author: 'Harbour Cycles',
  footer: 'Harbour Cycles · 14 Quay Street · Port Ellery · VAT GB 000 4417 20',
  pages: [
    {
      lines: [
        { text: 'Harbour Cycles', size: 18, bold: true },
        '14 Quay Street, Port Ellery',
        '',
        'Northside Deliveries',
        'Attn. Priya Raman',
        '3 Mill Lane, Port Ellery',
        '',
        { text: 'Invoice 2026-0417', size: 15, bold: true },
        '',
        {
          cells: [
            { x: 64, text: 'Date of invoice:' },
            { x: 180, text: '14 April 2026' },
          ],
        },
        {
          cells: [
            { x: 64, text: 'Customer number:' },
            { x: 180, text: '20881' },
          ],
        },
        {
          cells: [
            { x: 64, text: 'Payment due by:' },
            { x: 180, text: '14 May 2026' },
          ],
        },
        '',
        ...paragraph(
          'Thank you for bringing us your two cargo bicycles. We have replaced the brakes and the drive belt of the first one and serviced the motor of the second. Both were handed over on 11 April 2026.',
        ),
        { ...item('Item', 'Quantity', 'Price', 'Amount'), bold: true },
        { rule: true },
        item('Disc brake set, front and rear', '1', '£148.00', '£148.00'),
        item('Drive belt, reinforced', '1', '£96.50', '£96.50'),
        item('Motor service, mid-drive', '1', '£120.00', '£120.00'),
        item('Labour, hours', '4.5', '£52.00', '£234.00'),
        item('Collection and return', '2', '£15.00', '£30.00'),
        { rule: true },
        total('Subtotal', '£628.50'),
        total('VAT 20 %', '£125.70'),
        total('Total amount due', '£754.20', true),
        '',
        ...paragraph(
          'Please pay the total of £754.20 by 14 May 2026 to account 41882207, sort code 20-44-17, and quote the invoice number 2026-0417. For payments within seven days we grant a discount of 2 %.',
        ),
        ...paragraph(
          'The new parts carry a guarantee of 24 months. The belt should be checked after the first 500 kilometres; this check is free of charge.',
        ),
      ],
    },
  ],
};
