// Owns the content of the example report.
import type { PdfContent } from '../test/fixtures/pdfWriter.ts';
import { heading, newPage, pagesOf, paragraph } from './layout.ts';

/** Six pages with running header and footer, an outline and some 10,000 characters. */
export const report: PdfContent = {
  title: 'River Wend Flood Protection: Report 2025',
  author: 'Wend Valley Water Board',
  header: 'Wend Valley Water Board · Flood Protection Report 2025',
  footer: 'Page {page} of {pages}',
  outline: [
    { title: 'Summary', page: 1 },
    { title: 'The winter of 2024 to 2025', page: 2 },
    { title: 'Works on the river', page: 3 },
    { title: 'Dykes', page: 3, level: 2 },
    { title: 'Retention basins', page: 3, level: 2 },
    { title: 'Warning system', page: 4 },
    { title: 'Costs and funding', page: 5 },
    { title: 'Plans for 2026', page: 6 },
  ],
  pages: pagesOf([
    { text: 'River Wend Flood Protection', size: 20, bold: true },
    { text: 'Report for the year 2025', size: 13 },
    '',
    ...heading('Summary'),
    ...paragraph(
      'In 2025 the Wend Valley Water Board renewed 6.4 kilometres of dyke, opened the retention basin at Harrow Meadow and connected eleven new gauges to the warning system. No building was flooded during the year, although the river reached its third highest level since records began in 1931.',
    ),
    ...paragraph(
      'The flood of 18 January 2025 showed where the protection works and where it does not. The renewed dykes held everywhere. At Lower Aster, where the old dyke of 1958 is still in use, volunteers had to lay 14,000 sandbags in one night to keep the water out of the village.',
    ),
    ...paragraph(
      'The works of the year cost 8.7 million euros, which is 4 percent less than planned. The board asks the member towns to approve 11.2 million euros for 2026, of which more than half is meant for the dyke at Lower Aster.',
    ),
    ...heading('About this report'),
    ...paragraph(
      'The board reports to its nine member towns every spring. This report describes the weather of the past winter, the works that were completed, the state of the warning system, and the money that was spent. The last chapter sets out the plans for 2026, on which the assembly of members will decide on 21 May 2026.',
    ),
    newPage,
    ...heading('The winter of 2024 to 2025'),
    ...paragraph(
      'Rainfall between November and February was 38 percent above the average of the past thirty years. The ground was saturated by Christmas, so that nearly all the rain of January ran straight into the river. Snow played no part this time, because the hills were free of it from the middle of December.',
    ),
    ...paragraph(
      'On 18 January the gauge at Stonebridge showed 6.12 metres. Only the floods of 1947 and 1995 stood higher. The peak passed within nine hours, which is faster than in earlier floods; the reason is probably that many of the upper streams were straightened in the 1970s.',
    ),
    ...paragraph(
      'Four roads were closed for up to three days. Some 220 hectares of farmland stood under water, most of it in the areas that are set aside for this purpose. Farmers received 310,000 euros in compensation from the common fund. Nobody was hurt.',
    ),
    ...paragraph(
      'A second, smaller flood followed on 9 February with a level of 5.05 metres. By then the basin at Harrow Meadow was already in trial operation. It took up 400,000 cubic metres of water and lowered the peak at Stonebridge by 22 centimetres, which agrees well with the calculations made before it was built.',
    ),
    newPage,
    ...heading('Works on the river'),
    { text: 'Dykes', bold: true },
    '',
    ...paragraph(
      'The dyke between Stonebridge and Fenwick was raised by 60 centimetres and given a core of clay. The work took seven months, two fewer than planned, because the summer was dry. With this section, 41 of the 58 kilometres of dyke in the valley meet the standard of 2012.',
    ),
    ...paragraph(
      'Moles and badgers remain a problem. During the inspection in October, staff found 37 burrows, nine of which reached the core. All were filled before the winter. The board has agreed with the nature conservation office on a method that moves the animals without harming them.',
    ),
    { text: 'Retention basins', bold: true },
    '',
    ...paragraph(
      'The basin at Harrow Meadow was opened on 3 June 2025. It covers 85 hectares and can hold 1.9 million cubic metres of water. In dry times it is used as pasture; the farmers who graze their cattle there have signed contracts for 25 years. The inlet opens by itself when the river reaches 5.40 metres, so that it works without power.',
    ),
    ...paragraph(
      'A second basin is planned at Otter Bend. The survey found the remains of a medieval mill, and the office for monuments has asked for an excavation before any soil is moved. The board expects that this delays the work by about ten months.',
    ),
    newPage,
    ...heading('Warning system'),
    ...paragraph(
      'Eleven new gauges were connected in 2025, so that the network now has 34. The new ones stand on the upper streams, where the water rises first. They report every five minutes by radio and can run for three weeks on their batteries.',
    ),
    ...paragraph(
      'The forecast for Stonebridge now reaches twelve hours ahead instead of seven. During the flood of January it was wrong by 9 centimetres at most. The warning by telephone reached 91 percent of the registered households within twenty minutes. It failed in parts of Fenwick because a list of numbers had not been brought up to date; this has been corrected.',
    ),
    ...paragraph(
      'Since September residents can also be warned by a message to their mobile telephone. About 5,300 people have registered so far, which is a quarter of those who live in the area at risk. The board will write to all households again in the autumn of 2026.',
    ),
    ...paragraph(
      'The yearly exercise took place on 11 October with 160 members of the fire brigades. The mobile barrier at the market of Stonebridge was set up in 74 minutes. The goal of one hour was missed, mainly because the store room can only be reached by a narrow gate. A second gate will be built in spring.',
    ),
    newPage,
    ...heading('Costs and funding'),
    ...paragraph(
      'Spending in 2025 was 8.7 million euros. The dykes took the largest part with 5.1 million, followed by the basin at Harrow Meadow with 2.3 million and the warning system with 0.6 million. The remaining 0.7 million went into maintenance and administration.',
    ),
    ...paragraph(
      'The state paid 60 percent of the cost of construction. The member towns contributed 2.9 million euros, shared among them by the number of inhabitants in the area at risk. The contribution of each town stayed the same as in the year before.',
    ),
    ...paragraph(
      'Prices for clay and for transport rose by 12 percent during the year. The board met this by taking clay from the excavation of the basin, which saved about 350,000 euros and some 4,000 lorry trips through the villages.',
    ),
    ...paragraph(
      'The accounts were examined by the auditors of the district, who raised no objections. They recommend to build up a reserve of at least one million euros for emergency repairs. At the end of 2025 the reserve was 640,000 euros.',
    ),
    newPage,
    ...heading('Plans for 2026'),
    ...paragraph(
      'The dyke at Lower Aster has the first priority. It will be rebuilt on a length of 2.8 kilometres and moved back from the river by up to 90 metres, which gives the water more room. The owners of 14 plots have agreed to sell; talks with three others go on. Building is to begin in July 2026 and to end in the autumn of 2027.',
    ),
    ...paragraph(
      'The excavation at Otter Bend begins in April. In the same month the board starts to give back their bends to two of the straightened upper streams, together with the nature conservation office. This slows the water down and costs little compared with a dyke.',
    ),
    ...paragraph(
      'The board asks the assembly to approve the budget of 11.2 million euros and to raise the reserve by 200,000 euros. The contribution of the member towns would rise by 6 percent. Without the increase, the work at Lower Aster would have to be spread over four years instead of two.',
    ),
    ...paragraph(
      'The assembly of members meets on 21 May 2026 at 18:00 in the town hall of Stonebridge. The meeting is public, and questions may be sent to the board in writing until 14 May 2026.',
    ),
  ]),
};
