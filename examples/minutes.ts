// Owns the content of the example minutes.
import type { PdfContent } from '../test/fixtures/pdfWriter.ts';
import { heading, newPage, pagesOf, paragraph } from './layout.ts';

/** Two pages: the yearly meeting of a housing co-op. */
export const minutes: PdfContent = {
  title: 'Minutes of the General Meeting, 9 March 2026',
  author: 'Lindenhof Housing Co-operative',
  footer: 'Lindenhof Housing Co-operative · Minutes of 9 March 2026 · Page {page} of {pages}',
  pages: pagesOf([
    { text: 'Minutes of the General Meeting', size: 18, bold: true },
    '',
    'Lindenhof Housing Co-operative',
    '',
    'Held on 9 March 2026, 19:00 to 20:50, in the common room at 7 Linden Road',
    '',
    'Present: 41 of 56 members. Chair: Marta Okafor. Minutes: Jonas Weil.',
    '',
    ...heading('1. Opening'),
    ...paragraph(
      'Marta Okafor opened the meeting at 19:00 and found that a quorum was present. The agenda was accepted without changes, and the minutes of the meeting of 10 March 2025 were approved with two abstentions.',
    ),
    ...heading('2. Report of the board'),
    ...paragraph(
      'The board reported that all 56 flats were let throughout the year and that only one household moved out. The average waiting time for a flat has risen to 31 months. The repair of the lift in house B took eleven weeks because a part could not be delivered; the board apologised to the households on the upper floors.',
    ),
    ...heading('3. Accounts for 2025'),
    ...paragraph(
      'Treasurer Samir Haddad presented the accounts. Income was EUR 412,300 and expenses were EUR 398,750, so that the year closed with a surplus of EUR 13,550. The reserve for repairs now stands at EUR 286,000. The auditors found no errors and proposed to discharge the board, which the meeting did with 39 votes in favour and two abstentions.',
    ),
    ...heading('4. New roof for house A'),
    ...paragraph(
      'Three offers were compared. The meeting decided with 34 votes to 5, and two abstentions, to give the order for the new roof to the firm Brandt for EUR 184,000. Work begins on 1 June 2026 and is to be finished before the end of September. The cost is paid from the reserve; the monthly charges will not rise because of it.',
    ),
    ...paragraph(
      'Several members asked for solar panels on the new roof. The board will obtain offers and present them at an extra meeting in May, so that the panels could be mounted together with the roof.',
    ),
    newPage,
    ...heading('5. House rules'),
    ...paragraph(
      'The proposal to allow cargo bicycles in the courtyard was adopted with 29 votes to 12. Six marked places will be set up beside the bin store. Prams keep precedence in the entrance halls.',
    ),
    ...paragraph(
      'The proposal to lock the laundry at 21:00 did not find a majority. The opening hours stay as they are, from 7:00 to 22:00.',
    ),
    ...heading('6. Elections'),
    ...paragraph(
      'Marta Okafor and Samir Haddad were re-elected to the board for two years. Lena Brooks was elected as the third member and follows Peter Szabo, who did not stand again after nine years. The meeting thanked him with long applause.',
    ),
    ...heading('7. Any other business'),
    ...paragraph(
      'The summer party takes place on 4 July 2026. Volunteers may put their names on the list beside the letter boxes. The waste company will collect bulky items on 22 April 2026; nothing may be placed on the pavement before 18:00 of the day before.',
    ),
    ...heading('Tasks'),
    ...paragraph('Obtain two offers for solar panels: the board, by 30 April 2026', '• '),
    ...paragraph('Mark the places for cargo bicycles: Jonas Weil, by 15 April 2026', '• '),
    ...paragraph('Sign the contract with the firm Brandt: Marta Okafor, by 31 March 2026', '• '),
    ...paragraph('The next general meeting is planned for 8 March 2027. Marta Okafor closed the meeting at 20:50.'),
  ]),
};
