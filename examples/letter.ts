// Owns the content of the example letter, which is German.
import type { PdfContent } from '../test/fixtures/pdfWriter.ts';
import { paragraph } from './layout.ts';

/** One page: the town library announces its closure for building work. */
export const letter: PdfContent = {
  title: 'Umbau der Stadtbücherei',
  author: 'Stadtbücherei Ahlenfeld',
  footer: 'Stadtbücherei Ahlenfeld · Marktplatz 2 · Öffnungszeiten: Di. bis Sa., 10 bis 18 Uhr',
  pages: [
    {
      lines: [
        { text: 'Stadtbücherei Ahlenfeld', size: 16, bold: true },
        'Marktplatz 2, 00000 Ahlenfeld',
        '',
        'Frau Dr. Ines Kröger',
        'Gartenweg 11',
        '00000 Ahlenfeld',
        '',
        'Ahlenfeld, den 2. Februar 2026',
        '',
        { text: 'Umbau der Stadtbücherei: Schließung ab 1. April 2026', size: 13, bold: true },
        '',
        ...paragraph('Sehr geehrte Frau Dr. Kröger,'),
        ...paragraph(
          'die Stadtbücherei wird vom 1. April bis voraussichtlich 30. September 2026 umgebaut und bleibt in dieser Zeit geschlossen. Der Lesesaal erhält ein neues Dach, die Kinderabteilung zieht in das Erdgeschoss, und das Haus wird erstmals ohne Stufen zugänglich sein. Die Kosten von rund 1,2 Millionen Euro tragen die Stadt und das Land je zur Hälfte.',
        ),
        ...paragraph(
          'Damit Sie auch während des Umbaus lesen können, öffnen wir ab dem 7. April 2026 eine Zweigstelle in der alten Post, Bahnhofstraße 19. Dort finden Sie etwa 8.000 Bücher, z. B. die Neuerscheinungen und die Reiseführer. Alle anderen Titel können Sie bestellen; sie liegen in der Regel nach drei Werktagen für Sie bereit.',
        ),
        ...paragraph(
          'Bücher, die Sie zurzeit ausgeliehen haben, dürfen Sie bis zum 15. Oktober 2026 behalten. Mahngebühren werden während der Schließung nicht erhoben. Ihre Jahreskarte verlängert sich ohne Ihr Zutun um sechs Monate, d. h. sie gilt nun bis zum 31. Dezember 2026.',
        ),
        ...paragraph(
          'Für den Umzug von rund 60.000 Bänden suchen wir Helferinnen und Helfer. Wenn Sie am 27. oder 28. März einige Stunden Zeit haben, melden Sie sich bitte bis zum 10. März 2026 bei Herrn Brandes unter der Nummer 0123 456-78. Für Essen und Getränke ist gesorgt.',
        ),
        ...paragraph(
          'Wir danken Ihnen für Ihre Geduld und freuen uns darauf, Sie im Herbst im neuen Haus zu begrüßen.',
        ),
        'Mit freundlichen Grüßen',
        '',
        'Judith Amsel',
        'Leiterin der Stadtbücherei',
      ],
    },
  ],
};
