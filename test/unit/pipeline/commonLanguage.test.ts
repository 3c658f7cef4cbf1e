// Which languages are told without the detector's tables, and which are left to it.
import { describe, expect, test } from 'vitest';
import { commonLanguage } from '../../../src/pipeline/commonLanguage.ts';

describe('the language of an ordinary text', () => {
  test.each([
    [
      'en',
      'The board reported that all the flats were let throughout the year and that only one household moved out of it.',
    ],
    [
      'de',
      'Die Stadtbücherei wird umgebaut und bleibt in dieser Zeit geschlossen. Der Lesesaal erhält ein neues Dach, und das Haus wird zugänglich sein.',
    ],
    [
      'fr',
      'Les membres de la coopérative ont décidé que les vélos seront admis dans la cour, et que des places sont prévues pour eux.',
    ],
    [
      'es',
      'Los miembros de la cooperativa decidieron que las bicicletas se admiten en el patio y que una parte del dinero es para el techo.',
    ],
    [
      'it',
      'I membri della cooperativa hanno deciso che le biciclette sono ammesse nel cortile, e che una parte dei soldi è per il tetto.',
    ],
    [
      'nl',
      'De leden van de coöperatie hebben besloten dat het dak wordt vernieuwd en dat een deel van het geld voor de fietsen is.',
    ],
    [
      'pt',
      'Os membros da cooperativa decidiram que as bicicletas são admitidas no pátio e que uma parte do dinheiro não é para o teto.',
    ],
    [
      'pl',
      'Członkowie spółdzielni zdecydowali, że rowery będą dozwolone na dziedzińcu, oraz że część pieniędzy jest na dach.',
    ],
    [
      'cs',
      'Členové družstva rozhodli, že kola budou na dvoře povolena a že část peněz půjde na novou střechu, která se staví.',
    ],
    [
      'uk',
      'Члени кооперативу вирішили, що велосипеди будуть дозволені у дворі, а частина грошей піде на її новий дах.',
    ],
    ['ja', '無裁定条件の議論が適用できなくて、特定の同値確率測度が選ばれる理由がない。'],
    ['zh', '关于红军作战的原则对国防问题的意见同各方接洽要有谦逊态度中日战争爆发后的形势与任务'],
    ['ko', '협동조합 회원들은 자전거를 안뜰에 허용하기로 결정했습니다. 지붕은 새로 만듭니다.'],
  ])('%s', (language, text) => {
    expect(commonLanguage(text)).toBe(language);
  });
});

describe('no quick answer is given', () => {
  test.each([
    [
      'for Danish',
      'Medlemmerne af kooperativet har besluttet, at cykler er tilladt i gården, og at en del af pengene er til taget.',
    ],
    [
      'for Catalan',
      'Els membres de la cooperativa han decidit que les bicicletes són admeses al pati i que una part dels diners és per a la teulada.',
    ],
    [
      'for Romanian',
      'Membrii cooperativei au decis că bicicletele sunt permise în curte și că o parte din bani este pentru acoperiș.',
    ],
    ['for a few words', 'Invoice 2026'],
    ['for figures', '12 345 678 90 12 34'],
    [
      'for two languages in turn',
      'The members of the board and the guests. Die Mitglieder der Genossenschaft und die Gäste sind nicht da.',
    ],
  ])('%s', (_which, text) => {
    expect(commonLanguage(text)).toBeNull();
  });
});
